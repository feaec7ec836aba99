"""What every builder of the book needs of Sphinx: words, whole lines of Chinese, whole descriptions of pictures.

A line break between two Chinese characters is no space. MyST leaves out every character of a description that was
written with a backslash or as an entity: the parser keeps those in tokens of their own, which it joins with the text
around them everywhere but in a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst.directives.misc import Raw
from docutils.parsers.rst.directives.tables import CSVTable
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.directives.code import LiteralInclude
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform

from qualitybook.errors import QualitybookError, RefusedError, json_of
from qualitybook.publish.environment import BOOK_MEMORY
from qualitybook.report import INDICATORS
from qualitybook.report.i18n import LANGUAGES, Words, unknown_language
from qualitybook.report.markdown import WEB_ONLY


class BookError(QualitybookError, SphinxError):
    """A book that cannot be written in one of its forms; the message names the document and what is wrong in it."""

    category = "Book"


def above(node: nodes.Node) -> Iterator[nodes.Element]:
    """Yield what a node stands in, from its parent on."""
    while (around := node.parent) is not None:
        yield around
        node = around


def is_indicator(page: str) -> bool:
    """Whether a page is an indicator's."""
    return page.startswith(f"{INDICATORS}/")


USED_ON = "used-on"
"""Class of the line that leads from a source to the pages that cite it."""
_INPUT_HIDDEN = {"input", "input+output", "all"}
"""Cells of a notebook whose code the website folds away."""


def is_for_web(node: nodes.Node) -> bool:
    """Whether a node is for the website alone: marked so, code that is folded there, or who cites a source."""
    if not isinstance(node, nodes.Element):
        return False
    is_code = node.get("nb_element") == "cell_code_source"
    return bool({WEB_ONLY, USED_ON}.intersection(node["classes"])) or (
        is_code and node.parent.get("hide_mode") in _INPUT_HIDDEN
    )


def pages_with_terms(env: BuildEnvironment) -> list[str]:
    """Return the pages that define words, whose meaning other pages show."""
    places = env.domains["std"].data["objects"]
    return sorted({page for (kind, _name), (page, _place) in places.items() if kind == "term"})


def words_of(config: Config) -> Words:
    """Return the words of the language that a Sphinx configuration names; refuse one in which the book has none."""
    for code, language in LANGUAGES.items():
        if language.sphinx == config.language:
            return Words(code)
    raise unknown_language(config.language)


# Ideographs, Chinese punctuation and full-width forms: between two of them a line break is no space.
_WIDE = "\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018\u2019\u201c\u201d\u2026"
_BREAK_IN_TEXT = re.compile(f"(?<=[{_WIDE}])[ \t]*\n[ \t]*(?=[{_WIDE}])")
_ENDS_WIDE = re.compile(f"[{_WIDE}]$")
_STARTS_WIDE = re.compile(f"^[{_WIDE}]")


def join_lines(text: str) -> str:
    """Return `text` without the line breaks between two Chinese characters."""
    return _BREAK_IN_TEXT.sub("", text)


def _text_of(node: nodes.Node | None) -> str:
    return node.astext() if node is not None else ""


def _is_idle_break(siblings: list[nodes.Node], place: int) -> bool:
    """Say whether the node is nothing but a line break between two Chinese characters."""
    node = siblings[place]
    if not isinstance(node, nodes.Text) or node.strip() or "\n" not in node:
        return False
    before = siblings[place - 1] if place else None
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    return bool(_ENDS_WIDE.search(_text_of(before)) and _STARTS_WIDE.search(_text_of(after)))


def _merged(siblings: list[nodes.Node]) -> list[nodes.Node]:
    """Return the nodes without idle breaks, neighbouring texts made one."""
    kept: list[nodes.Node] = []
    for place, node in enumerate(siblings):
        if _is_idle_break(siblings, place):
            continue
        if isinstance(node, nodes.Text) and kept and isinstance(kept[-1], nodes.Text):
            kept[-1] = nodes.Text(str(kept[-1]) + str(node))
        else:
            kept.append(node)
    return [nodes.Text(join_lines(str(node))) if isinstance(node, nodes.Text) else node for node in kept]


class _JoinChineseLines(SphinxTransform):
    """Join the source lines of Chinese paragraphs."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        for element in list(self.document.findall(nodes.TextElement)):
            if not isinstance(element, (nodes.FixedTextElement, nodes.literal)):
                children = _merged(element.children)
                element.clear()
                element.extend(children)


_TEXT = {"text", "text_special", "code_inline", "math_inline"}
_BREAKS = {"softbreak", "hardbreak"}


def _description(renderer: DocutilsRenderer, tokens: Sequence[SyntaxTreeNode] | None) -> str:
    """Return the text of a description, without its markup."""
    text = ""
    for token in tokens or ():
        if token.type in _TEXT:
            text += token.content
        else:
            text += " " if token.type in _BREAKS else _description(renderer, token.children)
    return text


_HEAD = re.compile(r"---\n(?:(?:orphan|web_only): true\n)*---\n")
_OF_NOTEBOOK = frozenset({"kernelspec", "language_info"})
"""What notebooks of the book say of themselves."""
_UNNOTED = ((CSVTable, "url"), (Raw, "url"), (LiteralInclude, "diff"))
"""Options of directives that read a file and tell Sphinx of none, so that `_hold_within` would not see it."""


def _file_of(env: BuildEnvironment, page: str) -> str:
    return Path(env.doc2path(page, base=False)).as_posix()


def _refuse_own_settings(app: Sphinx, page: str, source: list[str]) -> None:
    """Let no page say at its head how it is read: such settings have code run while the book is made."""
    name = _file_of(app.env, page)
    if name.endswith(".ipynb"):
        if not set(json_of(source[0])["metadata"]) <= _OF_NOTEBOOK:
            raise BookError(f"{name} has metadata besides {' and '.join(sorted(_OF_NOTEBOOK))}; take them out")
    elif source[0].startswith("---") and not _HEAD.match(source[0]):
        raise BookError(f"{name} has settings between hyphens before its first line; take them out")


_STATIC = "book/_static/"
_ELSEWHERE = re.compile(r"(?!data:)[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_ADDRESS = re.compile(r"(?!(?:https?|mailto):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def _refuse_acting(app: Sphinx, doctree: nodes.document) -> None:
    """Let no page do anything in a reader's browser: send it elsewhere, run an address, or fetch a picture."""
    name = _file_of(app.env, app.env.docname)
    for meta in doctree.findall(nodes.meta):
        if "http-equiv" in meta:
            raise BookError(f"{name} tells the browser what to do ({meta['http-equiv']}); take that out")
    for image in doctree.findall(nodes.image):
        if _ELSEWHERE.match(image["uri"]):
            raise BookError(f"{name} shows {image['uri']}, a picture of elsewhere; put a copy into {_STATIC}")
    addresses = [link.get("refuri", "") for link in doctree.findall(nodes.reference)]
    addresses += [entry for tree in doctree.findall(addnodes.toctree) for _title, entry in tree["entries"]]
    for address in filter(_ADDRESS.match, addresses):
        raise BookError(f"{name} has the address {address}; name one with http, https or mailto")


_tokenize = ParserBlock.tokenize


def _tokenize_all(parser: ParserBlock, state: StateBlock, start: int, end: int) -> None:
    """Raise `RecursionError` for blocks so deep in others that the parser would leave them out without a word."""
    if state.level >= state.md.options.maxNesting and state.getLines(start, end, 0, False).strip():
        raise RecursionError
    _tokenize(parser, state, start, end)


def _name_too_much(app: Sphinx) -> None:
    """Let a page be named whose blocks stand too deeply in one another for Python, or that takes too much memory."""
    read = app.builder.read_doc

    def read_named(page: str, **options: Any) -> None:
        try:
            read(page, **options)
        except RecursionError:
            reason = "has lists, quotes, emphasis or other blocks in one another too deeply; put fewer into one another"
        except MemoryError:
            reason = f"takes more memory than there is, or than the {BOOK_MEMORY} MiB of a book; let it hold less"
        else:
            return
        raise BookError(f"{_file_of(app.env, page)} {reason}")

    app.builder.read_doc = read_named  # type: ignore[assignment,method-assign,misc]


def _hold_within(app: Sphinx, env: BuildEnvironment) -> None:
    """Let no page include, show or offer a file that lies outside of the book: pages may come from somebody else."""
    book = Path(app.srcdir).resolve()
    outside = [
        f"{_file_of(env, page)} names {name}, which lies outside of the book"
        for page, name in _files_named(env)
        if not (book / name).resolve().is_relative_to(book)
    ]
    if outside:
        raise RefusedError("\n".join([*outside, "put copies beside the pages"]))


def _files_named(env: BuildEnvironment) -> Iterator[tuple[str, str]]:
    """Yield each page with the files that it includes, shows and offers, by their paths as seen from the book."""
    for page, names in sorted(env.dependencies.items()):
        yield from ((page, str(name)) for name in sorted(map(str, names)))
    for kept in (env.images, env.dlfiles):
        for name, (pages, _) in sorted(kept.items()):
            yield from ((page, name) for page in sorted(pages))


# What a notebook's output is shown as, best first.
_MIME_TYPES = (
    "text/markdown",
    "image/svg+xml",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)


def show_outputs(app: Sphinx, builders: Sequence[type[Builder]]) -> None:
    """Tell MyST-NB which form of an output these builders show."""
    ranked = list(enumerate(_MIME_TYPES, start=1))
    ours = [(builder.name, mime_type, place) for builder in builders for place, mime_type in ranked]

    def choose(app: Sphinx, config: Config) -> None:
        config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *ours]

    app.connect("config-inited", choose)


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx, once, however many extensions of the book ask for it."""
    # MyST has no setting for it.
    DocutilsRenderer.renderInlineAsText = _description  # type: ignore[assignment,method-assign]
    if _JoinChineseLines not in app.registry.get_transforms():
        app.add_transform(_JoinChineseLines)
        for directive, option in _UNNOTED:
            (directive.option_spec or {}).pop(option, None)
        ParserBlock.tokenize = _tokenize_all  # type: ignore[method-assign,assignment]
        app.connect("builder-inited", _name_too_much)
        app.connect("source-read", _refuse_own_settings)
        # After the contents have been put into the page (500).
        app.connect("doctree-read", _refuse_acting, priority=900)
        app.connect("env-check-consistency", _hold_within)
