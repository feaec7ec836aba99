// Ranks what a search finds: titles and the names that a page goes by, whole phrases first, before text.
// Sphinx's own search gives a page the score of its best single word, so that a common word decides.
document.addEventListener("DOMContentLoaded", () =>
  document.querySelector(".bd-search-container input[name=q]")?.focus());

(() => {
  const WEIGHTS = { title: 100, name: 90, section: 60, tie: 10 };
  // Of a goal and its indicator, which go by the same name, the goal's page comes first.
  const DETAIL = 0.7;
  // Sphinx knows the titles of pages as HTML, those of sections as plain text, and writes both into the page as HTML.
  const asHtml = (text) => Object.assign(document.createElement("div"), { textContent: text }).innerHTML;
  // Punctuation means nothing here: "R&D" and "R & D" are one phrase.
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
  const plain = (text) => text.toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, " ").trim();
  const stemmer = new Stemmer();
  const termsOf = (text) => new Set(splitQuery(text).map((word) => stemmer.stemWord(word)));
  const listed = (files) => (files === undefined ? [] : [].concat(files));

  // How well a title answers a query, from 0 to 1: as the whole of it, as a phrase in it, or with all its words.
  const fit = (title, phrase, terms) => {
    const text = plain(title);
    const share = Math.min(1, phrase.length / Math.max(1, text.length));
    if (text === phrase) return 1;
    if (phrase && text.includes(phrase)) return 0.5 + 0.4 * share;
    const own = termsOf(text);
    return terms.every((term) => own.has(term)) ? 0.4 + 0.3 * share : 0;
  };

  const pagesWith = (index, terms) =>
    terms.map((term) => new Set([...listed(index.terms[term]), ...listed(index.titleterms[term])]));

  const pagesWithAll = (index, terms, named) => {
    const found = pagesWith(index, terms);
    const everywhere = index.docnames.map((_, page) => page).filter((page) => found.every((pages) => pages.has(page)));
    return new Set([...everywhere, ...named.keys()]);
  };

  const weighted = (docname, score) => (docname.startsWith("indicators/") ? DETAIL * score : score);

  const best = (current, candidate) => (current && current.score >= candidate.score ? current : candidate);

  const rank = (query, searchTerms) => {
    const index = Search._index;
    const terms = [...searchTerms];
    const phrase = plain(query);
    const named = new Map();
    const note = (page, score, anchor, title) => {
      if (score > 0) named.set(page, best(named.get(page), { score, anchor, title }));
    };
    const inTitle = index.titles.map((title) => fit(textOf(title), phrase, terms));
    index.titles.forEach((title, page) => note(page, WEIGHTS.title * inTitle[page], "", title));
    for (const [name, places] of Object.entries(index.indexentries))
      for (const [page] of places) note(page, WEIGHTS.name * fit(name, phrase, terms), "", index.titles[page]);
    for (const [title, places] of Object.entries(index.alltitles))
      for (const [page, id] of places)
        if (index.titles[page] !== title)
          note(page, WEIGHTS.section * fit(title, phrase, terms), id === null ? "" : `#${id}`,
            `${index.titles[page]} > ${asHtml(title)}`);
    const inTitles = (page) => terms.filter((term) => listed(index.titleterms[term]).includes(page)).length;
    return [...pagesWithAll(index, terms, named)].map((page) => {
      const match = named.get(page) ?? { score: 1 + inTitles(page), anchor: "", title: index.titles[page] };
      // Of two pages that go by the same name, the one whose title says so comes first.
      const own = match.score + WEIGHTS.tie * inTitle[page];
      const name = index.docnames[page];
      return [name, match.title, match.anchor, null, weighted(name, own), index.filenames[page]];
    });
  };

  // Pages with two words at least, and half of all, those in titles and names first: a short form of a name, or a word
  // that the book does not know, should not leave a reader with nothing.
  const nearest = (searchTerms) => {
    const index = Search._index;
    const terms = [...searchTerms];
    const inText = pagesWith(index, terms);
    const names = index.titles.map((title) => [textOf(title)]);
    for (const [name, places] of Object.entries(index.indexentries))
      for (const [page] of places) names[page].push(name);
    const scores = index.docnames.map((docname, page) => {
      const own = termsOf(names[page].join(" "));
      const held = terms.filter((term, place) => own.has(term) || inText[place].has(page)).length;
      const score = held + WEIGHTS.tie * terms.filter((term) => own.has(term)).length;
      return held >= Math.max(2, terms.length / 2) ? weighted(docname, score) : 0;
    });
    return index.docnames
      .map((name, page) => [name, index.titles[page], "", null, scores[page], index.filenames[page]])
      .filter((_, page) => scores[page] > 0);
  };

  // Words and pages lie in parts of the index: a query loads the words that are its own, and the pages that it finds,
  // first those with its words in their titles. Where it may hold parts of words, it loads all.
  const PAGES_IN_FILE = 16, FIRST = 6;
  const partOf = (term) => {
    let sum = 0;
    for (let place = 0; place < term.length; place++) sum = (31 * sum + term.charCodeAt(place)) % 65521;
    return sum % Search._index.parts;
  };
  const loads = new Map();
  // From the page to the book that is searched.
  Search.root = "";
  Search.fetch = (name) => {
    const address = Search.root + name;
    const loading = (done) => {
      const script = Object.assign(document.createElement("script"), { onload: done, onerror: done });
      script.src = address;
      document.body.append(script);
    };
    if (!loads.has(address)) loads.set(address, new Promise(loading));
    return loads.get(address);
  };
  const load = (part) => Search.fetch(`searchindex/${part}.js`);
  // A pair in a list of pages is the first and the last of a run.
  const run = ([first, last]) => Array.from({ length: last - first + 1 }, (_, place) => first + place);
  const spread = (pages) => Array.isArray(pages) ? pages.flatMap((page) => Array.isArray(page) ? run(page) : page) : pages;
  Search.addTerms = (part) => {
    for (const kind of ["terms", "titleterms", "names"])
      for (const [term, pages] of Object.entries(part[kind])) Search._index[kind][term] = spread(pages);
  };
  Search.addPages = (first, pages) => pages.forEach(([name, title, names, sections], place) => {
    const index = Search._index, page = first + place;
    const note = (kind, text, ...at) => {
      if (!Object.hasOwn(index[kind], text)) index[kind][text] = [];
      index[kind][text].push([page, ...at]);
    };
    index.docnames[page] = index.filenames[page] = name;
    index.titles[page] = title;
    note("alltitles", textOf(title), null);
    for (const other of names) note("indexentries", other, "", true);
    for (const [section, id] of sections) note("alltitles", section, id);
  });
  const inAll = ([first, ...others]) => [...first ?? []].filter((page) => others.every((pages) => pages.has(page)));
  const filesWith = (terms) => {
    const index = Search._index, bySize = (one, other) => one - other;
    const inNames = (term) => new Set([...listed(index.titleterms[term]), ...listed(index.names[term])]);
    const titled = inAll(terms.map(inNames)).sort(bySize);
    const found = [...titled, ...inAll(pagesWith(index, terms)).sort(bySize)];
    return [...new Set(found.map((page) => Math.floor(page / PAGES_IN_FILE)))];
  };
  Search.rank = (query, searchTerms) => (searchTerms.size ? rank(query, searchTerms) : []);
  // Loads what a query needs, pages from so many files, and says whether there are more.
  Search.prepare = async ([, searchTerms], withAll, most = Infinity) => {
    const { parts, pages } = Search._index, terms = [...searchTerms];
    await Promise.all((withAll ? [...Array(parts).keys()] : terms.map(partOf)).map(load));
    const files = withAll ? [...Array(Math.ceil(pages / PAGES_IN_FILE)).keys()] : filesWith(terms);
    await Promise.all(files.slice(0, most).map((file) => load(`p${file}`)));
    return files.length > most;
  };
  // The first pages are listed before the others are loaded, which stand behind them.
  const listInTurn = async (parsed) => {
    const [, terms, , marked] = parsed;
    const first = Search._performSearch(...parsed), shown = new Set(first.map(([page]) => page));
    while (first.length) {
      _displayItem(first.pop(), terms, marked);
      await new Promise((done) => setTimeout(done, 5));
    }
    await Search.prepare(parsed, false);
    const others = Search._performSearch(...parsed).filter(([page]) => !shown.has(page));
    _displayNextItem(others, shown.size + others.length, terms, marked);
  };
  const sphinxQuery = Search.query;
  Search.query = async (query) => {
    const parsed = Search._parseQuery(query);
    const [, searchTerms, excludedTerms] = parsed;
    const hasMore = await Search.prepare(parsed, false, FIRST);
    const isWhole = !excludedTerms.size && Search.rank(query, searchTerms).length;
    if (!isWhole) await Search.prepare(parsed, true);
    if (isWhole && hasMore) await listInTurn(parsed); else sphinxQuery(query);
  };

  const sphinxSearch = Search._performSearch;
  Search._performSearch = (query, searchTerms, excludedTerms, highlightTerms, objectTerms) => {
    const ranked = searchTerms.size && !excludedTerms.size;
    let found = ranked ? rank(query, searchTerms) : [];
    // Parts of words are Sphinx's affair.
    if (!found.length) {
      const others = sphinxSearch(query, searchTerms, excludedTerms, highlightTerms, objectTerms);
      if (others.length || !ranked)
        return others.map(([page, title, ...rest]) => {
          const own = Search._index.titles[Search._index.docnames.indexOf(page)];
          return [page, title.startsWith(own) ? own + asHtml(title.slice(own.length)) : asHtml(title), ...rest];
        });
      found = nearest(searchTerms);
      document.getElementById("search-nearest").hidden = !found.length;
    }
    _removeChildren(document.getElementById("search-progress"));
    return found.sort(_orderResultsByScoreThenName);
  };
})();
