// What stands under a result: the page's text around the reader's own words, else its first sentence.
// Sphinx looks for the terms of the index, which are stems and pairs and stand in no text, and shows the page's head.
(() => {
  const LENGTH = 120;
  const BEFORE = 40;
  const NEAR = 400;
  const NO_TEXT = ".headerlink, script, style, svg, nav, details, .web-only, [hidden]";
  const NO_SENTENCE = `table, figure, ${NO_TEXT}`;
  const BLOCKS = "p, li, td, th, dt, dd, tr, div, section, figcaption, caption, h1, h2, h3, h4, h5, h6";
  const HAN = /\p{Script=Han}/u;
  const stemmer = new Stemmer();

  const squeezed = (text) => text.replace(/\s+/g, " ").trim();

  // The text below the heading of an article or of a section; the result's own line shows the heading.
  const textBelow = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelector("h1, h2, h3, h4, h5, h6")?.remove();
    copy.querySelectorAll(NO_TEXT).forEach((element) => element.remove());
    copy.querySelectorAll(BLOCKS).forEach((element) => element.append("\n"));
    return squeezed(copy.textContent);
  };

  // The words of a query as the reader wrote them, and parts of a run of Chinese: the longest first.
  const wordsOf = (query) => {
    const runs = query.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu) ?? [];
    return runs.flatMap(partsOf).sort((one, other) => other.length - one.length);
  };

  const partsOf = (run) => {
    const characters = Array.from(run);
    if (!HAN.test(run) || characters.length > LENGTH) return [run];
    const ends = characters.map((_, place) => place + 1);
    return ends.flatMap((end) => characters.map((_, start) => characters.slice(start, end).join("")))
      .filter((part) => part === run || Array.from(part).length > 1);
  };

  // Where a text first has a word, in any of its forms: "preliminary" is found for "preliminaries"; -1 where it has none.
  const placeOf = (text, word) => {
    if (HAN.test(word)) return text.indexOf(word);
    const stem = stemmer.stemWord(word.toLowerCase());
    for (const match of text.matchAll(/(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu))
      if (stemmer.stemWord(match[0].toLowerCase()) === stem) return match.index;
    return -1;
  };

  const firstPlace = (text, query) => {
    const phrase = text.toLowerCase().indexOf(squeezed(query).toLowerCase());
    if (phrase >= 0) return phrase;
    const meant = wordsOf(query).filter((word) => !stopwords.includes(word.toLowerCase()));
    return meant.map((word) => placeOf(text, word)).find((place) => place >= 0) ?? -1;
  };

  // The nearest place to the right of `place`, or to the left, at which no word and no character is cut in two.
  const whole = (text, place, step) => {
    const cut = (at) => /[\p{L}\p{N}]/u.test(text[at - 1] ?? " ") && /[\p{L}\p{N}]/u.test(text[at] ?? " ")
      && !(HAN.test(text[at - 1]) && HAN.test(text[at])) || /[\uDC00-\uDFFF]/.test(text[at] ?? " ");
    while (place > 0 && place < text.length && cut(place)) place += step;
    return place;
  };

  const around = (text, place) => {
    const wanted = Math.max(0, Math.min(place - BEFORE, text.length - LENGTH));
    const start = wanted > 0 ? Math.min(whole(text, wanted, 1), place) : 0;
    const end = whole(text, Math.min(text.length, start + LENGTH), -1);
    return (start > 0 ? "…" : "") + text.slice(start, end).trim() + (end < text.length ? "…" : "");
  };

  const firstSentence = (text) => {
    const sentence = text.match(/^.*?(?:[。！？]|[.!?](?=\s|$))/u)?.[0] ?? text;
    return sentence.length > LENGTH ? around(text, 0) : sentence;
  };

  // Of a section that the result leads to, the beginning where the reader's words stand only in its heading.
  const excerpt = (page, query, anchor) => {
    const article = page.querySelector("article");
    const section = anchor ? page.getElementById(decodeURIComponent(anchor.slice(1))) : null;
    const part = [section, article].find((each) => each !== null && textBelow(each));
    if (!part) return "";
    const text = textBelow(part);
    const place = firstPlace(text, query);
    if (place >= 0) return around(text, place);
    const paragraphs = [...part.querySelectorAll("p")].filter((each) => each.closest(NO_SENTENCE) === null);
    const sentence = paragraphs.map((each) => squeezed(each.textContent)).find(Boolean) ?? text;
    // A page that begins with a table has its first sentence far below.
    return text.slice(0, NEAR).includes(sentence.slice(0, BEFORE)) ? firstSentence(sentence) : around(text, 0);
  };

  Search.makeSearchSummary = (html, keywords, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const query = new URLSearchParams(window.location.search).get("q") ?? "";
    const text = excerpt(page, query, anchor);
    return text === "" ? null : Object.assign(document.createElement("p"), { className: "context", textContent: text });
  };
})();
