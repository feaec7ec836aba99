"""Pages of the indicators that are filled into a frame, which Sphinx writes once.

There are hundreds of them, and two thirds of each is the same on all. Sphinx reads and writes the first one as it does
any page; what the theme puts around it is the frame. The others hold nothing but what `plain` reads; what is not
understood is left to Sphinx. A page comes out as Sphinx would write it, byte for byte, and so do the search index, the
bibliography and the links of other pages.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from docutils.utils import new_document, normalize_language_tag, smartquotes
from docutils.writers._html_base import HTMLTranslator
from markupsafe import escape as escape_in_template
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.locale import _ as sphinx_words
from sphinx.util.index_entries import split_index_msg
from sphinxcontrib.bibtex.citation_target import CitationTarget
from sphinxcontrib.bibtex.roles import CitationRef

from qualitybook.publish.documents import words_of
from qualitybook.publish.site import data_in_page
from qualitybook.publish.web import plain
from qualitybook.publish.web.finish import squeezed, steady, with_policy
from qualitybook.publish.web.head import shortened, table_of
from qualitybook.publish.web.narrow import CARDS, MOST_ROWS, has_cards, told_columns
from qualitybook.publish.web.pictures import drawn_in_page, is_drawn
from qualitybook.publish.web.search import names_of_pages
from qualitybook.publish.web.sheet import as_linked
from qualitybook.publish.web.terms import Glossary
from qualitybook.publish.web.text import kept_from_quotes, parts_by_language
from qualitybook.report import INDICATORS
from qualitybook.report.i18n import Words, language

_ENCODED = HTMLTranslator.special_characters


def _encoded(text: str) -> str:
    """Return a text as docutils writes it."""
    return text.translate(_ENCODED)


def _in_data(text: str) -> str:
    """Return a text within a text of a block of data."""
    return data_in_page(text)[1:-1]


_MARKUP = "&<\"'@>\\"
"""What different places of a page write differently."""
_NAME, _BODY, _PLACE = "qb0name0qb", "qb0body0qb", "qb0place{}0qb"
_TITLE, _ABOUT = (f"qb0{name}{_MARKUP}0qb" for name in ("title", "about"))
_FILLED_IN = re.compile(r"qb0(name|body|place|title|about)(.*?)0qb", re.DOTALL)
_WAYS: tuple[Callable[[str], str], ...] = (
    _encoded,
    escape,
    lambda text: str(escape_in_template(text)),
    _in_data,
)
"""How places of a page write a text."""
_FRAME = f"{INDICATORS}/{_NAME}"
_OF_PAGE = (
    *("parents", "prev", "next", "meta", "metatags", "rellinks", "sourcename", "page_source_suffix"),
    *("toc", "display_toc"),
)
"""What Sphinx tells the template of a page."""


def _way_of(shown: str) -> Callable[[str], str]:
    """Return how a place of the frame writes a text, from how it writes `_MARKUP`."""
    for way in _WAYS:
        if way(_MARKUP) == shown:
            return way
    raise ExtensionError(
        f"the theme writes {_MARKUP} as {shown}, which no page can be filled in like; install the theme that "
        "requirements.lock names"
    )


class _Frame:
    """The page with what differs between pages left out."""

    def __init__(self, text: str) -> None:
        self._fixed: list[str] = []
        self._left_out: list[tuple[str, Callable[[str], str] | None]] = []
        end = 0
        for found in _FILLED_IN.finditer(text):
            kind, shown = found[1], found[2]
            self._fixed.append(text[end : found.start()])
            is_text = kind in {"title", "about"}
            self._left_out.append((kind if is_text else kind + shown, _way_of(shown) if is_text else None))
            end = found.end()
        self._last = text[end:]

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the page with its own in every place."""
        parts = []
        for fixed, (name, way) in zip(self._fixed, self._left_out, strict=True):
            parts += [fixed, way(values[name]) if way else values[name]]
        return "".join([*parts, self._last])


@lru_cache(maxsize=4096)
def _with_quotes(texts: tuple[str, ...], code: str, action: str) -> list[str]:
    """Return the texts of a block with typographic quotes, backslashes kept, as Sphinx and `text` set them."""
    tag = next((tag for tag in normalize_language_tag(code) if tag in smartquotes.smartchars.quotes), "")
    if not tag:
        return list(texts)
    kept = [re.sub(r"(?<=\x00)([-\\'\".`])", r"\\\1", kept_from_quotes(text)) for text in texts]
    taught = smartquotes.educate_tokens((("plain", text) for text in kept), attr=action, language=tag)
    return [nodes.unescape(text) for text in taught]


def _quoted(env: BuildEnvironment, runs: Iterable[plain.Run]) -> list[str]:
    """Return the texts of a block's runs with typographic quotes."""
    texts = tuple(run.text for run in runs)
    return _with_quotes(texts, str(env.settings["language_code"]), env.config.smartquotes_action)


def _text_of(env: BuildEnvironment, runs: Iterable[plain.Run]) -> str:
    return "".join(_quoted(env, runs))


@dataclass
class _Book:
    """What all pages share."""

    app: Sphinx
    glossary: Glossary
    _cited: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    @cached_property
    def builder(self) -> StandaloneHTMLBuilder:
        return cast("StandaloneHTMLBuilder", self.app.builder)

    @cached_property
    def words(self) -> Words:
        return words_of(self.app.config)

    def permalink(self, place: str, what: str) -> str:
        """Return the link to a place that stands behind its title."""
        icon = self.app.config.html_permalinks_icon
        return f'<a class="headerlink" href="#{place}" title="{sphinx_words(what)}">{icon}</a>'

    def citation(self, page: str, key: str) -> tuple[str, list[str]]:
        """Return what a citation of a source shows, and the texts in it."""
        if key not in self._cited:
            domain: Any = self.app.env.get_domain("cite")
            xref = pending_xref("", refdoc=page)
            shown = domain.resolve_xref(self.app.env, page, self.builder, "p", key, xref, nodes.inline())
            self._cited[key] = self._written(shown), [text.astext() for text in shown.findall(nodes.Text)]
        return self._cited[key]

    def _written(self, shown: nodes.Element) -> str:
        parts = []
        for child in shown.children:
            text = _encoded(child.astext())
            if isinstance(child, nodes.reference):
                title = _encoded(" ".join(child["reftitle"].split()))
                text = f'<a class="reference internal" href="{child["refuri"]}" title="{title}">{text}</a>'
            parts.append(text)
        return "".join(parts)


class _Writer:
    """Writes one page as Sphinx does, and keeps what the search index has of it."""

    def __init__(self, book: _Book, page: str) -> None:
        self.book, self.page = book, page
        self.unused = book.glossary.unused(book.app.env)
        self.texts: list[str] = []
        self.titles: list[tuple[str, str]] = []

    def body(self, content: plain.Content) -> str:
        """Return the page's article."""
        parts = []
        for level, blocks in groupby(content.blocks, lambda block: isinstance(block, plain.Title) and block.level):
            for block in blocks:
                if level == 2:
                    parts.append("</section>\n" if len(self.titles) > 1 else "")
                parts.append(self._block(block))
        sections = min(2, len(content.titles))
        return "".join([*parts, "</section>\n" * sections])

    def _block(self, block: plain.Block) -> str:
        if isinstance(block, plain.Title):
            return self._heading(block)
        if isinstance(block, plain.Paragraph):
            return f"<p>{self._line(block.runs, linked=True)}</p>\n"
        if isinstance(block, plain.Bullets):
            items = (f"<li><p>{self._line(item, linked=True)}</p></li>\n" for item in block.items)
            return f'<ul class="simple">\n{"".join(items)}</ul>\n'
        return self._figure(block) if isinstance(block, plain.Figure) else self._table(block)

    def _heading(self, title: plain.Title) -> str:
        own = ' class="tex2jax_ignore mathjax_ignore"' if title.level == 1 else ""
        text = self._title(title.runs, title.place)
        link = self.book.permalink(title.place, "Link to this heading")
        return f'<section{own} id="{title.place}">\n<h{title.level}>{text}{link}</h{title.level}>\n'

    def _title(self, runs: list[plain.Run], place: str) -> str:
        self.titles.append((_text_of(self.book.app.env, runs), place))
        return self._line(runs)

    def _figure(self, figure: plain.Figure) -> str:
        shown = drawn_in_page(Path(self.book.app.srcdir, figure.path), figure.alt, self.book.words)
        caption = f'<span class="caption-text">{self._line(figure.title)}</span>'
        link = self.book.permalink(figure.place, "Link to this image")
        return (
            f'<figure class="align-default" id="{figure.place}">\n{shown}'
            f"<figcaption>\n<p>{caption}{link}</p>\n</figcaption>\n</figure>\n"
        )

    def _table(self, table: plain.Table) -> str:
        head, *rows = table.rows
        title = self._title(table.title, table.place)
        names = [_text_of(self.book.app.env, runs) for runs in head]
        is_wide = has_cards(names)
        told = told_columns(names) if is_wide else ""
        link = self.book.permalink(table.place, "Link to this table")
        shown = (
            '<div class="pst-scrollable-table-container">'
            f'<table class="{f"{CARDS} " if is_wide else ""}table" id="{table.place}">\n'
            f'<caption><span class="caption-text">{title}</span>{link}</caption>\n'
            f"<thead>\n{self._row(head, table.aligns, 'th', 1)}</thead>\n<tbody{told}>\n"
            + "".join(self._row(row, table.aligns, "td", place) for place, row in enumerate(rows, start=2))
            + "</tbody>\n</table>\n</div>\n"
        )
        if is_wide and len(table.rows) > MOST_ROWS:
            return (
                f'<details class="qb-long" open><summary>{_encoded(self.titles[-1][0])}</summary>\n{shown}</details>\n'
            )
        return shown

    def _row(self, cells: list[list[plain.Run]], aligns: list[str], tag: str, place: int) -> str:
        own = "head " if tag == "th" else ""
        shown = "\n".join(
            f'<{tag} class="{own}text-{align}"><p>{self._line(runs)}</p></{tag}>'
            for runs, align in zip(cells, aligns, strict=True)
        )
        return f'<tr class="row-{"odd" if place % 2 else "even"}">{shown}\n</tr>\n'

    def _line(self, runs: list[plain.Run], *, linked: bool = False) -> str:
        return "".join(
            self._run(run, text, linked) for run, text in zip(runs, _quoted(self.book.app.env, runs), strict=True)
        )

    def _run(self, run: plain.Run, text: str, linked: bool) -> str:
        if run.kind == "cite":
            shown, texts = self.book.citation(self.page, run.text)
            self.texts += texts
            return f'<span class="bibtex-citation" id="{run.target}">{shown}</span>'
        if run.kind == "page":
            address = self.book.builder.get_relative_uri(self.page, run.target)
            return f'<a class="reference internal" href="{address}"><span class="doc">{self._text(text)}</span></a>'
        shown = self._text(text, linked)
        return f"<strong>{shown}</strong>" if run.kind == "strong" else shown

    def _text(self, text: str, linked: bool = False) -> str:
        """Return a text, what is in the other language marked and words of the glossary linked."""
        parts = []
        for piece, other in parts_by_language(text, self.book.words.code):
            shown = self._linked(piece) if linked else self._said(piece)
            parts.append(f'<span lang="{language(other).html}">{shown}</span>' if other else shown)
        return "".join(parts)

    def _said(self, text: str) -> str:
        self.texts.append(text)
        return _encoded(text)

    def _linked(self, text: str) -> str:
        parts = []
        for piece in self.unused.pieces(nodes.Text(text), self.book.app, self.page):
            shown = self._said(piece.astext())
            if isinstance(piece, nodes.reference):
                title = _encoded(" ".join(piece["reftitle"].split()))
                shown = f'<a class="qb-term reference internal" href="{piece["refuri"]}" title="{title}">{shown}</a>'
            parts.append(shown)
        return "".join(parts)


class Filling:
    """The pages that are filled in, and the page that the frame is taken from."""

    def __init__(self) -> None:
        self.pages: dict[str, plain.Content] = {}
        self._first = ""
        self._around: dict[str, Any] = {}
        self._glossary = Glossary()

    def choose(self, app: Sphinx) -> None:
        """Read the pages, and choose those that can be filled in."""
        source = Path(app.srcdir)
        understood = dict(self._understood(source))
        self._first = next(iter(understood), "")
        if self._first:
            headings = _headings(understood.pop(self._first))
            self.pages = {page: content for page, content in understood.items() if _headings(content) == headings}

    @staticmethod
    def _understood(source: Path) -> Iterator[tuple[str, plain.Content]]:
        for path in sorted((source / INDICATORS).glob("*.md")):
            page = f"{INDICATORS}/{path.stem}"
            try:
                content = plain.read(path.read_text(encoding="utf-8"))
            except plain.NotUnderstoodError:
                continue
            pictures = [block for block in content.blocks if isinstance(block, plain.Figure)]
            if table_of(source, page).is_file() and all(is_drawn(source / each.path) for each in pictures):
                yield page, content

    def titles(self, env: BuildEnvironment) -> dict[str, str]:
        """Return the titles of the pages."""
        return {page: _text_of(env, content.titles[0].runs) for page, content in self.pages.items()}

    def cite(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Tell the bibliography what the pages cite; it orders citations by pages that are there."""
        domain: Any = env.get_domain("cite")
        others = [each for each in domain.citation_refs if each.docname in env.all_docs]
        # Each source once for each page: the domain looks through all citations for each entry.
        domain.data["citation_refs"] = others + [
            CitationRef(place, page, 0, [CitationTarget(key, "", "")])
            for page, content in self.pages.items()
            for key, place in {key: place for place, key in content.cited}.items()
        ]
        env.project.docnames |= self.pages.keys()

    def hide(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Have Sphinx not look for the pages among those that it has read."""
        env.project.docnames -= self.pages.keys()

    def show(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Let links of other pages find the pages, when Sphinx has written down what it has read."""
        labels = env.domains["std"].data["labels"]
        for page, content in self.pages.items():
            env.all_docs[page] = 0
            env.titles[page] = nodes.title("", _text_of(env, content.titles[0].runs))
            for block in content.blocks:
                if isinstance(block, plain.Figure | plain.Table):
                    labels[block.name] = (page, block.place, _text_of(env, block.title))

    @property
    def always_written(self) -> list[str]:
        """The page that the frame is taken from."""
        return [self._first] if self.pages else []

    def look(self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
        """Keep what the template is told of the page that the frame is taken from, as it is before the theme's part."""
        if pagename == self._first:
            self._around = {name: context[name] for name in _OF_PAGE}

    def look_at_downloads(
        self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], tree: Any
    ) -> None:
        """Keep what the page offers, which the frame offers under the name of each page."""
        if pagename == self._first:
            suffix = table_of(Path(), self._first).suffix
            links = [link for link in context["downloads"] if link["href"].endswith(suffix)]
            self._around["downloads"] = [{**link, "href": _NAME + suffix} for link in links]

    def fill(self, app: Sphinx) -> Iterable[Any]:
        """Write the pages, and no others."""
        if self.pages:
            frames: dict[tuple[bool, ...], _Frame] = {}
            book = _Book(app, self._glossary)
            for page, content in self.pages.items():
                there = tuple(page in other.get("pages", ()) for other in self._editions(app))
                if there not in frames:
                    frames[there] = self._frame(app, there)
                self._fill(book, page, content, frames[there])
        return []

    @staticmethod
    def _editions(app: Sphinx) -> list[dict[str, Any]]:
        return list((app.config.html_context.get("book") or {}).get("editions", ()))

    def _frame(self, app: Sphinx, there: tuple[bool, ...]) -> _Frame:
        """Return the frame of the pages that other editions have as well, or not."""
        builder, env = cast("StandaloneHTMLBuilder", app.builder), app.env
        editions = zip(self._editions(app), there, strict=True)
        offered = [{**other, "pages": [_FRAME] if is_there else []} for other, is_there in editions]
        own = {
            **self._around,
            "title": _encoded(_TITLE),
            "body": _BODY,
            "book": {**(app.config.html_context.get("book") or {}), "editions": offered},
        }
        for place, href in enumerate(re.findall(r'href="(#[^"]+)"', own["toc"])):
            own["toc"] = own["toc"].replace(f'href="{href}"', f'href="#{_PLACE.format(place)}"')
        about = new_document("")
        about += nodes.section("", nodes.paragraph("", "", nodes.Text(_ABOUT)))
        path = Path(app.doctreedir, "frame.html")
        env.titles[_FRAME] = nodes.title("", _TITLE)
        builder.handle_page(_FRAME, own, outfilename=str(path), event_arg=about)
        del env.titles[_FRAME]
        text = path.read_text(encoding="utf-8")
        path.unlink()
        return _Frame(squeezed(text))

    def _fill(self, book: _Book, page: str, content: plain.Content, frame: _Frame) -> None:
        app, writer = book.app, _Writer(book, page)
        body = squeezed(writer.body(content).strip())
        title = _text_of(app.env, content.titles[0].runs)
        places = {f"place{number}": each.place for number, each in enumerate(content.titles[1:])}
        about = next(block.runs for block in content.blocks if isinstance(block, plain.Paragraph))
        own = {
            "name": Path(page).name,
            "body": body,
            "title": title,
            "about": shortened(_text_of(app.env, about)),
        }
        text = with_policy(steady(frame.filled({**own, **places})))
        path = Path(app.outdir, f"{page}.html")
        there = path.read_text(encoding="utf-8") if path.is_file() else ""
        if as_linked(text, there) != there:
            path.write_text(text, encoding="utf-8", newline="\n")
        table = table_of(Path(app.srcdir), page)
        shutil.copyfile(table, path.with_suffix(table.suffix))
        _index(book, page, title, writer)


def _headings(content: plain.Content) -> list[str]:
    return [title.runs[0].text for title in content.titles[1:]]


def _index(book: _Book, page: str, title: str, writer: _Writer) -> None:
    """Give the search index a page as Sphinx does, which reads its texts one by one."""
    indexer = book.builder.indexer
    assert indexer is not None
    (first, _place), *others = writer.titles
    indexer._titles[page], indexer._filenames[page] = _encoded(title), f"{page}.md"
    indexer._all_titles[page] = [(first, None), *others]
    names = names_of_pages(Path(book.app.srcdir)).get(page, [])
    entries = {(part, "", "main") for name in names for part in split_index_msg("single", name)}
    indexer._index_entries[page] = sorted(entries)
    in_titles = {term for text, _place in writer.titles for term in _terms(indexer, text)}
    in_texts = {term for text in writer.texts for term in _terms(indexer, text)}
    for terms, mapping in ((in_titles, indexer._title_mapping), (in_texts - in_titles, indexer._mapping)):
        for term in terms:
            mapping.setdefault(term, set()).add(page)


@lru_cache(maxsize=1 << 16)
def _terms(indexer: Any, text: str) -> frozenset[str]:
    """Return the terms of a text as the index holds them."""
    search = indexer.lang
    stems = ((word, search.stem(word).lower()) for word in search.split(text))
    kept = (stem if search.word_filter(stem) else word for word, stem in stems)
    return frozenset(term for term in kept if search.word_filter(term))
