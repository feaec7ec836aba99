"""Search that finds Chinese: overlapping pairs of characters, split the same way at build time and in the browser.

Chinese has no spaces, and a dictionary cuts a phrase differently in a sentence and in a query. Pairs of neighbouring
characters cannot: a page holds every pair of each phrase on it. Other words are stemmed as English in both editions,
because either edition quotes the other's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish
from sphinx.transforms.post_transforms import SphinxPostTransform

from qualitybook.publish.layout import KEYWORDS

# Inside a character class of Python and of JavaScript alike: 〇, the unified ideographs with extension A, the
# compatibility ideographs, and the ideographs beyond the basic plane.
HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_JAVASCRIPT_HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}"
# Sphinx's script drops what is all digits from a query; so marked, years and numbers of standards are found.
_NUMBER_MARK = "_"
_NUMBER = re.compile("[0-9]+")
_RUN = re.compile(f"([{HAN}]+)|[^\\W{HAN}]+")

_SPLIT_QUERY = r"""
function splitQuery(query) {
  const terms = [];
  for (const [run, han] of query.matchAll(/([HAN]+)|(?:(?![HAN])[\p{L}\p{N}_])+/gu)) {
    const characters = Array.from(run);
    if (/^[0-9]+$/.test(run)) terms.push(run + "_");
    else if (han === undefined || characters.length === 1) terms.push(run);
    else for (let i = 0; i + 1 < characters.length; i++) terms.push(characters[i] + characters[i + 1]);
  }
  return terms;
}
""".replace("HAN", _JAVASCRIPT_HAN)

# Sphinx's script demands every term of a query only if each has three characters or more; so padded, pairs have.
_FULL_LENGTH = 3
_PAD = "_"
_FULL_LENGTH_STEMMER = """
Stemmer = ((EnglishStemmer) => function () {
  const english = new EnglishStemmer();
  this.stemWord = (word) => {
    const stem = english.stemWord(word);
    return stem + "_".repeat(Math.max(0, 3 - Array.from(stem).length));
  };
})(Stemmer);
"""


def split_query(text: str) -> list[str]:
    """Split a query into search terms, as the browser does.

    Returns
    -------
    list of str
        Words as they are; numbers with `_NUMBER_MARK`; a run of Chinese characters as its pairs; a lone one as itself.
    """
    terms = []
    for match in _RUN.finditer(text):
        run, han = match[0], match[1]
        if _NUMBER.fullmatch(run):
            terms.append(run + _NUMBER_MARK)
        elif han is None or len(run) == 1:
            terms.append(run)
        else:
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
    return terms


def split_page(text: str) -> list[str]:
    """Split a page's text into terms: those of `split_query`, and each Chinese character for queries of one."""
    lone = [character for match in _RUN.finditer(text) if match[1] and len(match[1]) > 1 for character in match[1]]
    return split_query(text) + lone


class _PairSearch(SearchEnglish):
    """English stems and stop words, Chinese pairs of characters."""

    js_splitter_code = _SPLIT_QUERY
    js_stemmer_code = SearchEnglish.js_stemmer_code + _FULL_LENGTH_STEMMER

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        # The same words stand on every page, and the stemmer is slow.
        self._stems: dict[str, str] = {}

    def split(self, input: str) -> list[str]:
        """Return the terms of a text."""
        return split_page(input)

    def stem(self, word: str) -> str:
        """Return a term as the index holds it."""
        if word not in self._stems:
            self._stems[word] = super().stem(word).ljust(_FULL_LENGTH, _PAD)
        return self._stems[word]

    def word_filter(self, word: str) -> bool:
        """Say whether a term is worth an entry in the index."""
        return super().word_filter(word.rstrip(_PAD))


INDEX = "searchindex.js"
_PARTS = 64
_MOST_PAGES = 20
"""Pages from which on a heading that stands on all of them leads nowhere."""
_WORDS = ("terms", "titleterms")
_SET = "Search.setIndex("


def part_of(term: str) -> int:
    """Return the part of the index that holds a term, as the browser counts: by units of UTF-16."""
    total, units = 0, term.encode("utf-16-le")
    for place in range(0, len(units), 2):
        total = (31 * total + int.from_bytes(units[place : place + 2], "little")) % 65521
    return total % _PARTS


def split_index(folder: Path) -> None:
    """Put the words of titles and texts, most of the index, into parts of which a query loads its own."""
    path = folder / INDEX
    index = json.loads(path.read_text(encoding="utf-8").removeprefix(_SET).removesuffix(")"))
    parts: list[dict[str, dict[str, Any]]] = [{kind: {} for kind in _WORDS} for _ in range(_PARTS)]
    for kind in _WORDS:
        for term, pages in index.pop(kind, {}).items():
            parts[part_of(term)][kind][term] = pages
    titles = {title: places for title, places in index["alltitles"].items() if _leads_on(title, places, index)}
    empty: dict[str, Any] = {kind: {} for kind in _WORDS}
    path.write_text(_SET + _script({**index, "alltitles": titles, **empty}), encoding="utf-8", newline="\n")
    into = folder / path.stem
    into.mkdir(exist_ok=True)
    for number, part in enumerate(parts):
        (into / f"{number}.js").write_text(f"Search.addTerms({_script(part)}", encoding="utf-8", newline="\n")


def _leads_on(title: str, places: list[Any], index: Mapping[str, Any]) -> bool:
    """Whether a heading leads further than the titles of pages: not on very many, nor as a longer title of its page."""
    if len(places) >= _MOST_PAGES:
        return False
    return any(place is None or not escape(title).startswith(index["titles"][page]) for page, place in places)


def _script(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + ")\n"


class _ChineseEditionSearch(_PairSearch):
    """Search of the Chinese edition."""

    lang = "zh"
    language_name = "Chinese"


class EnglishEditionSearch(_PairSearch):
    """Search of the English edition."""

    lang = "en"
    language_name = "English"


_EDITION_SEARCHES: tuple[type[SearchLanguage], ...] = (_ChineseEditionSearch, EnglishEditionSearch)


@lru_cache(maxsize=1)
def names_of_pages(source: Path) -> dict[str, list[str]]:
    """Return the names that pages go by, by the page's name; a semicolon would make two entries of one."""
    path = source / KEYWORDS
    known: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {page: [name.replace(";", " ").replace("；", " ") for name in own] for page, own in known.items()}


class _NamesOfPage(SphinxPostTransform):
    """Give the search index the names that a page goes by, as entries of an index."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the document in place."""
        names = names_of_pages(Path(self.app.srcdir)).get(self.env.docname, [])
        entries = [("single", name, "", "main", None) for name in names]
        if entries:
            self.document.append(addnodes.index(entries=entries))


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_post_transform(_NamesOfPage)
    for search in _EDITION_SEARCHES:
        app.add_search_language(search)
