// One search over several books: each brings its own index, and `ranking.js` ranks what is found in it.
// Sphinx's scripts, which come next, are to start no search of their own and to mark nothing on pages.
var SPHINX_HIGHLIGHT_ENABLED = false;
const _ready = () => {};

addEventListener("DOMContentLoaded", () => {
  const books = JSON.parse(document.getElementById("qb-books").textContent);
  const form = document.getElementById("qb-search"), list = document.getElementById("qb-found");
  const count = document.getElementById("qb-count"), near = document.getElementById("search-nearest");
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

  // The search is asked of one book after the other.
  const take = async (book) => {
    Search.root = book.way;
    if (!book.index) {
      Search.setIndex = (index) => { book.index = index; };
      await Search.fetch("searchindex.js");
    }
    Search._index = book.index;
    return Boolean(book.index);
  };

  // Whole words first, in all books; parts of words, and pages that only come near, where no book has them.
  const found = async (query) => {
    const parsed = Search._parseQuery(query);
    for (const isWhole of [true, false]) {
      const results = [];
      for (const book of books) {
        if (!await take(book)) continue;
        await Search.prepare(parsed, !isWhole);
        near.hidden = true;
        const own = isWhole ? Search.rank(query, parsed[1]) : Search._performSearch(...parsed);
        const isNear = !near.hidden;
        results.push(...own.map((result) => ({ book, result, isNear })));
      }
      const best = results.some(({ isNear }) => !isNear) ? results.filter(({ isNear }) => !isNear) : results;
      near.hidden = !best.some(({ isNear }) => isNear);
      if (best.length) return best.sort((one, other) => other.result[4] - one.result[4]);
    }
    return [];
  };

  const line = ({ book, result: [page, title, anchor] }) => {
    const link = Object.assign(document.createElement("a"), { textContent: textOf(title), lang: book.lang });
    link.href = `${book.way}${page}.html${anchor ?? ""}`;
    const from = Object.assign(document.createElement("small"), { textContent: book.title, lang: book.lang });
    const item = document.createElement("li");
    item.append(link, document.createElement("br"), from);
    return item;
  };

  const answer = async (query) => {
    count.textContent = "…";
    const results = await found(query);
    list.replaceChildren(...results.map(line));
    count.textContent = count.dataset.text.replace("{count}", results.length);
    count.dataset.of = query;
  };
  let last = Promise.resolve();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = form.elements.q.value.trim();
    if (query) last = last.then(() => answer(query));
  });
  form.hidden = false;
});
