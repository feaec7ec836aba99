"""Words of the glossary lead there where a page first uses them, and say in short what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from qualitybook.publish.documents import above, pages_with_terms

TERM = "qb-term"
"""Class of a word that leads to the glossary."""
_LATIN = re.compile(r"[A-Za-z]")
_SENTENCE = re.compile(r".+?(?:。|\.(?= |$))", re.DOTALL)
_NOT_LINKED = (
    *(nodes.reference, nodes.title, nodes.caption, nodes.entry, nodes.literal, nodes.math, nodes.raw),
    *(nodes.FixedTextElement, nodes.citation, nodes.term, nodes.footnote_reference),
)


@dataclass(frozen=True)
class Term:
    """A word of the glossary."""

    page: str
    place: str
    """Page and id of its entry."""
    meaning: str
    """First sentence of its definition."""


def terms_of(glossary: nodes.document, page: str) -> dict[str, Term]:
    """Return the words of a glossary, in small letters."""
    found = {}
    for item in glossary.findall(nodes.definition_list_item):
        meanings = [child.astext() for child in item.findall(nodes.definition)]
        meaning = _SENTENCE.match(" ".join(meanings[0].split())) if meanings else None
        for term in item.findall(nodes.term):
            if term["ids"] and meaning:
                found[term.astext().lower()] = Term(page, term["ids"][0], meaning[0])
    return found


@lru_cache
def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the words in a text, the longest first; Latin ones as whole words, also in the plural."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(
        "|".join(rf"\b{re.escape(word)}s?\b" if _LATIN.search(word) else re.escape(word) for word in ordered), re.I
    )


class Glossary:
    """The words of a book, gathered once."""

    def __init__(self) -> None:
        self._known: dict[str, Term] | None = None

    def link(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Link the first use of each word in the paragraphs of a page."""
        if app.builder.format != "html":
            return
        known = self.gathered(app.env)
        if not known or any(term.page == docname for term in known.values()):
            return
        unused = self.unused(app.env)
        for text in list(doctree.findall(nodes.Text)):
            if _is_linked(text) and (pieces := list(unused.pieces(text, app, docname)))[1:]:
                text.parent.replace(text, pieces)

    def gathered(self, env: BuildEnvironment) -> dict[str, Term]:
        """Return the words with what is told of them."""
        if self._known is None:
            pages = pages_with_terms(env)
            self._known = {word: term for page in pages for word, term in terms_of(env.get_doctree(page), page).items()}
        return self._known

    def unused(self, env: BuildEnvironment) -> _Unused:
        """Return the words for a page that has used none yet."""
        return _Unused(self.gathered(env))


def _is_linked(text: nodes.Text) -> bool:
    """Whether words of a text may be links: it stands in a paragraph, and in nothing that has its own purpose."""
    around = list(above(text))
    has_own_purpose = any(isinstance(each, _NOT_LINKED) for each in around)
    return not has_own_purpose and any(isinstance(each, nodes.paragraph) for each in around)


class _Unused:
    """The words that a page has not used yet."""

    def __init__(self, known: Mapping[str, Term]) -> None:
        # One pattern for all pages: one of the words that are left would be made anew after each use.
        self._left, self._pattern = dict(known), pattern_of(tuple(known))

    def pieces(self, text: nodes.Text, app: Sphinx, docname: str) -> Iterator[nodes.Node]:
        """Cut a text where it first uses words; these are unused no more."""
        source, end = str(text), 0
        for match in self._pattern.finditer(source) if self._left else ():
            word = match[0].lower()
            term = self._left.pop(word, None) or self._left.pop(word.removesuffix("s"), None)
            if term is None:
                continue
            yield nodes.Text(source[end : match.start()])
            address = f"{app.builder.get_relative_uri(docname, term.page)}#{term.place}"
            link = nodes.reference("", match[0], refuri=address, internal=True, classes=[TERM], reftitle=term.meaning)
            yield link
            end = match.end()
        yield nodes.Text(source[end:])


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("doctree-resolved", Glossary().link)
