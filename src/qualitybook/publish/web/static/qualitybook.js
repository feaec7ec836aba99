// A page opened from a folder may not read its neighbours: list what was found without quoting it.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// A source is told where a page first cites it; here wherever it does.
addEventListener("DOMContentLoaded", () => {
  const told = new Map();
  for (const link of document.querySelectorAll(".bibtex-citation a")) {
    const place = link.getAttribute("href");
    if (link.title) told.set(place, link.title);
    else link.title = told.get(place) ?? "";
  }
});

// Pictures: each mark says what it is where it is pointed at, reached by keys, or tapped: as its row of the picture's
// table does, or its title. The narrow picture has the marks of the wide one, in the same order.
addEventListener("DOMContentLoaded", () => {
  const pictures = document.querySelectorAll(".qb-picture");
  const tip = document.createElement("div");
  const hide = () => { tip.hidden = true; };
  const show = (mark) => {
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const box = mark.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const left = Math.min(Math.max(4, box.left + box.width / 2 - own.width / 2), innerWidth - own.width - 4);
    const above = box.top - own.height - 4;
    tip.style.left = `${Math.max(4, left) + scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 4) + scrollY}px`;
  };
  const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
  const prepare = (svg, titles) => {
    const marks = [...svg.querySelectorAll(".qb-mark")];
    marks.forEach((mark, place) => {
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", titles[place]);
      mark.querySelector("title")?.remove();
    });
    if (!marks.length) return;
    svg.setAttribute("role", "group");
    marks.forEach((mark, place) => {
      mark.setAttribute("tabindex", place ? "-1" : "0");
      mark.addEventListener("keydown", (event) => {
        if (event.key === "Escape") hide();
        const next = marks[place + step[event.key]];
        if (!next) return;
        event.preventDefault();
        mark.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
      });
    });
  };
  for (const picture of pictures) {
    const [wide, narrow] = picture.querySelectorAll("svg");
    const rows = [...picture.parentElement.querySelectorAll(":scope > .qb-rows tbody tr")];
    const said = (row) => [...row.cells].map((cell) => cell.textContent).join("\n");
    const titles = [...wide.querySelectorAll(".qb-mark")].map((mark) =>
      mark.dataset.row ? said(rows[mark.dataset.row]) : mark.querySelector("title")?.textContent ?? "");
    prepare(wide, titles);
    if (narrow) prepare(narrow, titles);
  }
  if (!pictures.length) return;
  tip.className = "qb-tip";
  tip.setAttribute("aria-hidden", "true"); // what it says is the name of the mark
  hide();
  document.body.append(tip);
  const on = (event) => {
    const mark = event.target.closest?.(".qb-mark[aria-label]");
    if (mark) show(mark); else hide();
  };
  for (const kind of ["pointerover", "focusin", "click"]) document.addEventListener(kind, on);
  document.addEventListener("focusout", hide);
});

// The list of all indicators: a search field for their names, and a choice for each column of words.
addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector(".catalogue table");
  if (!table) return;
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => ({
    row, cells: [...row.cells].map((cell) => cell.textContent.trim()),
  }));
  const parts = (text) => text.split(/[;；]\s*/).filter(Boolean);
  const box = document.createElement("form"), count = document.createElement("output");
  const add = (tag, column) => {
    const label = document.createElement("label"), field = document.createElement(tag);
    label.append(heads[column], field);
    box.append(label);
    return field;
  };
  const name = Object.assign(add("input", 0), {type: "search"});
  const choices = [3, 4, 5, 6].map((column) => {
    const field = add("select", column);
    field.append(new Option("—", ""));
    const found = new Set(rows.flatMap(({cells}) => parts(cells[column])));
    for (const text of found) field.append(new Option(text, text));
    return {column, field};
  });
  const apply = () => {
    const wanted = name.value.trim().toLowerCase();
    let shown = 0;
    for (const {row, cells} of rows) {
      const fits = cells[0].toLowerCase().includes(wanted)
        && choices.every(({column, field}) => !field.value || parts(cells[column]).includes(field.value));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} / ${rows.length}`;
  };
  box.className = "qb-filter";
  box.addEventListener("input", apply);
  box.addEventListener("submit", (event) => event.preventDefault());
  box.append(count);
  apply();
  table.closest(".catalogue").prepend(box);
});

// A phone folds tables of many cards.
addEventListener("DOMContentLoaded", () => {
  if (!matchMedia("(max-width: 480px)").matches) return;
  const asked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const fold of document.querySelectorAll("details.qb-long")) fold.open = fold.contains(asked);
});

// Scripts that only the fold with the page's code has use for come when it is opened.
addEventListener("DOMContentLoaded", () => {
  document.querySelector("details.qb-code")?.addEventListener("toggle", () => {
    for (const { href } of document.querySelectorAll("link[rel=later]"))
      document.body.append(Object.assign(document.createElement("script"), { src: href, async: false }));
  }, { once: true });
});
