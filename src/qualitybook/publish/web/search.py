"""Search that finds Chinese: overlapping pairs of characters, split the same way at build time and in the browser.

Chinese has no spaces, and a dictionary cuts a phrase differently in a sentence and in a query. Pairs of neighbouring
characters cannot: a page holds every pair of each phrase on it. Other words are stemmed as English in both editions,
because either edition quotes the other's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish
from sphinx.transforms.post_transforms import SphinxPostTransform

from qualitybook.publish.documents import is_indicator
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

    Words stay as they are; numbers get `_NUMBER_MARK`; a run of Chinese characters becomes its pairs, a lone one stays.
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
        # The same words stand on every page, and are asked for three times on each; the stemmer is slow.
        self._stems: dict[str, str] = {}
        self._worth: dict[str, bool] = {}

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
        if word not in self._worth:
            self._worth[word] = super().word_filter(word.rstrip(_PAD))
        return self._worth[word]


INDEX = "searchindex.js"
PART_BYTES = 8192
"""What a part of the index with words holds about; a query loads one for each of its terms."""
PAGES_IN_FILE = 16
"""Pages that a part with pages tells of, as `ranking.js` counts on."""
_SHORT_RUN = 2
"""Pages in a row that are named one by one."""
_MOST_PAGES = 20
"""Pages from which on a heading that stands on all of them leads nowhere."""
_WORDS = ("terms", "titleterms")
_NAMES = "names"
"""Words of the names that pages go by: a query finds a page by a whole name, so they count for no page's text."""
_SET = "Search.setIndex("


def part_of(term: str, parts: int) -> int:
    """Return the part of the index that holds a term, as the browser counts: by units of UTF-16."""
    total, units = 0, term.encode("utf-16-le")
    for place in range(0, len(units), 2):
        total = (31 * total + int.from_bytes(units[place : place + 2], "little")) % 65521
    return total % parts


def split_index(folder: Path, terms_of: Callable[[str], Iterable[str]]) -> None:
    """Put the index into parts: words, of which a query loads its own, and pages, of which it loads those it finds.

    Names that pages go by are found by their terms.
    """
    path = folder / INDEX
    index = json.loads(path.read_text(encoding="utf-8").removeprefix(_SET).removesuffix(")"))
    pages = _pages(index)
    # Of very many that a query finds, the first are shown first.
    order = sorted(range(len(pages)), key=lambda page: (is_indicator(pages[page][0]), len(pages[page][1]), page))
    place = {page: number for number, page in enumerate(order)}
    words = _words(index, pages, terms_of, place)
    parts = max(1, len(json.dumps(words, ensure_ascii=False).encode()) // PART_BYTES)
    empty: dict[str, Any] = {kind: {} for kind in (*_WORDS, _NAMES, "alltitles", "indexentries", "objects", "objnames")}
    lists: dict[str, Any] = {kind: [] for kind in ("docnames", "filenames", "titles")}
    head = {**empty, **lists, "objtypes": {}, "pages": len(pages), "parts": parts}
    path.write_text(f"{_SET}{_json(head)})\n", encoding="utf-8", newline="\n")
    into = folder / path.stem
    into.mkdir(exist_ok=True)
    for number, own in enumerate(_by_part(words, parts)):
        (into / f"{number}.js").write_text(f"Search.addTerms({_json(own)})\n", encoding="utf-8", newline="\n")
    for first in range(0, len(pages), PAGES_IN_FILE):
        told = _json([pages[page] for page in order[first : first + PAGES_IN_FILE]])
        written = f"Search.addPages({first},{told})\n"
        (into / f"p{first // PAGES_IN_FILE}.js").write_text(written, encoding="utf-8", newline="\n")


def _by_part(words: Mapping[str, Mapping[str, Any]], parts: int) -> list[dict[str, dict[str, Any]]]:
    """Return the words of each part of the index."""
    own: list[dict[str, dict[str, Any]]] = [{kind: {} for kind in words} for _ in range(parts)]
    for kind, terms in words.items():
        for term, at in terms.items():
            own[part_of(term, parts)][kind][term] = at
    return own


_Page = tuple[str, str, list[str], list[tuple[str, str]]]
"""Name and title of a page, other names that it goes by, and its headings that lead on, each with its place."""


def _pages(index: Mapping[str, Any]) -> list[_Page]:
    pages: list[_Page] = [(name, title, [], []) for name, title in zip(index["docnames"], index["titles"], strict=True)]
    for name, places in index["indexentries"].items():
        for page, *_ in places:
            pages[page][2].append(name)
    for title, places in index["alltitles"].items():
        for page, place in places if _leads_on(title, places, index) else ():
            if place is not None:
                pages[page][3].append((title, place))
    return pages


def _words(
    index: Mapping[str, Any], pages: list[_Page], terms_of: Callable[[str], Iterable[str]], place: Mapping[int, int]
) -> dict[str, dict[str, Any]]:
    """Return the words of the index, each with its pages by their new numbers."""
    words: dict[str, dict[str, list[int]]] = {
        kind: {term: [at] if isinstance(at, int) else at for term, at in index[kind].items()} for kind in _WORDS
    }
    words[_NAMES] = {}
    for number, page in enumerate(pages):
        for term in dict.fromkeys(term for name in page[2] for term in terms_of(name)):
            words[_NAMES].setdefault(term, []).append(number)
    return {
        kind: {term: _unlisted(sorted({place[page] for page in at})) for term, at in sorted(own.items())}
        for kind, own in words.items()
    }


def _unlisted(pages: list[int]) -> int | list[int | list[int]]:
    """Return numbers of pages as the index has them: one alone, or a list in which first and last stand for a run."""
    if len(pages) == 1:
        return pages[0]
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return [each for run in runs for each in ([[run[0], run[-1]]] if len(run) > _SHORT_RUN else run)]


def _leads_on(title: str, places: list[Any], index: Mapping[str, Any]) -> bool:
    """Whether a heading leads further than the titles of pages: not on very many, nor as a longer title of its page."""
    if len(places) >= _MOST_PAGES:
        return False
    return any(place is None or not escape(title).startswith(index["titles"][page]) for page, place in places)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


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
        names = names_of_pages(Path(self.app.srcdir)).get(self.env.docname, [])
        entries = [("single", name, "", "main", None) for name in names]
        if entries:
            self.document.append(addnodes.index(entries=entries))


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_post_transform(_NamesOfPage)
    for search in _EDITION_SEARCHES:
        app.add_search_language(search)
