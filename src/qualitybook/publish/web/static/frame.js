// The frame of a page: light and dark, the field of the search, the contents beside the page or over it, and where in
// the page the reader is. It stands in the place of the theme's scripts, most of which this book has no use for.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const { mode } = root.dataset;
    root.dataset.theme = mode === "light" || mode === "dark" ? mode : dark.matches ? "dark" : "light";
  };
  show();
  dark.addEventListener("change", show);

  // From what the system has to its contrary first.
  const change = () => {
    const modes = dark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    root.dataset.mode = modes[(modes.indexOf(root.dataset.mode) + 1) % modes.length];
    show();
    for (const name of ["mode", "theme"]) localStorage.setItem(name, root.dataset[name]);
  };

  // A click beside a dialog closes it.
  const closeBeside = ({ currentTarget: dialog, clientX, clientY }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (dialog.open && (clientX < left || clientX > right || clientY < top || clientY > bottom)) dialog.close();
  };

  const prepareSearch = () => {
    const dialog = document.getElementById("pst-search-dialog");
    if (!dialog) return;
    // The page of the search has a field of its own.
    const own = document.querySelector(":not(#pst-search-dialog) > form.bd-search input");
    const search = () => {
      if (!own) dialog.open ? dialog.close() : dialog.showModal();
      else if (document.activeElement === own) own.blur();
      else { own.focus(); own.select(); own.scrollIntoView({ block: "center" }); }
    };
    const isMac = /^(Mac|iPhone)/.test(navigator.platform);
    if (isMac) document.querySelectorAll("kbd.kbd-shortcut__modifier:first-child").forEach((key) => { key.textContent = "⌘"; });
    for (const button of document.querySelectorAll(".search-button__button")) button.addEventListener("click", search);
    dialog.addEventListener("click", closeBeside);
    addEventListener("keydown", (event) => {
      const asked = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
      if (!asked || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      search();
    }, true);
  };

  // Where there is no room for them beside the page, contents move into a dialog while it is open.
  const move = (from, to) => {
    to.append(...from.childNodes);
    to.classList.add(...from.classList);
    from.className = "";
  };
  const prepareContents = (name) => {
    const [bar, dialog] = ["", "-modal"].map((end) => document.getElementById(`pst-${name}-sidebar${end}`));
    const button = document.querySelector(`.${name}-toggle`);
    if (!bar || !dialog || !button) return;
    button.addEventListener("click", () => {
      if (name === "primary" && matchMedia("(min-width: 992px)").matches) {
        button.blur();
        bar.classList.toggle("pst-sidebar-hidden");
        return;
      }
      move(bar, dialog);
      dialog.showModal();
      dialog.addEventListener("close", () => { move(dialog, bar); button.focus(); }, { once: true });
    });
    dialog.addEventListener("click", closeBeside);
    // Not everywhere does a browser do so by itself.
    dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") dialog.close(); });
  };

  const keepPlaceInContents = () => {
    const bar = document.querySelector("div.bd-sidebar");
    const active = [...document.querySelectorAll(".bd-docs-nav .active")].pop();
    if (!bar || !active) return;
    const kept = Number.parseInt(sessionStorage.getItem("sidebar-scroll-top"), 10);
    const top = active.getBoundingClientRect().top;
    if (!Number.isNaN(kept)) bar.scrollTop = kept;
    else if (top > innerHeight / 2) bar.scrollTop = top - bar.getBoundingClientRect().top - bar.clientHeight / 4;
    addEventListener("pagehide", () => sessionStorage.setItem("sidebar-scroll-top", bar.scrollTop));
  };

  // The entry of the section that is read, or that a link has just led to.
  const followReader = () => {
    const links = [...document.querySelectorAll("#pst-page-toc-nav a")];
    const sections = new Map(links.map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link]));
    sections.delete(null);
    let led = 0;
    const mark = (link) => {
      for (const each of links) {
        each.classList.toggle("active", each === link);
        each === link ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
      }
      for (const entry of document.querySelectorAll("#pst-page-toc-nav .toc-entry"))
        entry.classList.toggle("active", entry.contains(link));
    };
    const lead = () => {
      const link = links.find((each) => each.hash && each.hash === location.hash);
      if (link) { led = Date.now(); mark(link); }
    };
    const watch = new IntersectionObserver((seen) => {
      const entry = seen.filter((each) => each.isIntersecting).pop();
      if (entry && Date.now() > led + 1000) mark(sections.get(entry.target.closest("section") ?? entry.target));
    }, { rootMargin: "0px 0px -70% 0px" });
    for (const section of sections.keys()) watch.observe(section.querySelector("h1, h2, h3, h4, h5, h6") ?? section);
    addEventListener("hashchange", lead);
    lead();
  };

  // What scrolls by itself is reached by keys.
  const SCROLLING = "pre, .cell_output > .output, .pst-scrollable-table-container";
  const reachByKeys = () => {
    for (const box of document.querySelectorAll(SCROLLING))
      box.tabIndex = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight ? 0 : -1;
  };

  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll(".theme-switch-button")) button.addEventListener("click", change);
    prepareSearch();
    prepareContents("primary");
    prepareContents("secondary");
    keepPlaceInContents();
    followReader();
    const top = document.querySelector(".sbt-scroll-pixel-helper");
    if (top) new IntersectionObserver(([seen]) =>
      document.body.classList.toggle("scrolled", seen.boundingClientRect.y < 0)).observe(top);
  });
  addEventListener("load", reachByKeys);
  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(reachByKeys, 300); };
  addEventListener("resize", later);
  document.addEventListener("toggle", later, true);
})();
