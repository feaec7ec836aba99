"""Builders of the printed book, one Typst file of all documents in the order of the contents, and of short forms."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.util import logging
from sphinx.util.osutil import ensuredir

from qualitybook.publish.documents import BookError, words_of
from qualitybook.publish.typst.formulas import check_formulas
from qualitybook.publish.typst.labels import Label, Terms, address, labels_of
from qualitybook.publish.typst.press import lock_of, typeset
from qualitybook.publish.typst.text import (
    FONT_FOLDERS,
    admonition_titles,
    array,
    check_glyphs,
    dictionary,
    fixed_words,
    markup,
    string,
)
from qualitybook.publish.typst.translator import DocumentPlace, PrintedBook, TypstTranslator
from qualitybook.report import LINES

_SOURCE_NAME = "book.typ"
_PDF_NAME = "book.pdf"
_IMAGE_FOLDER = "images"
WEB_ONLY_PAGE = "web_only"
"""Key in the front matter of a page that the PDF leaves out."""
TEMPLATES = ("elements.typ", "front.typ", "back.typ", "short.typ", "whole.typ")
_BRIEF = ("minute", LINES, "distance")
"""Classes of what the book's first page puts on the page after the cover."""

# What only announces a citation: "Sources: ".
_ANNOUNCED = re.compile(r"(?!\s)[^。.;；]*[:：]$")
_OPENING = """\
#set page(numbering: "I")
#counter(page).update(1)
#imprint()
#contents()
#set page(numbering: "1")
#counter(page).update(1)
"""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chapter:
    """One document with the documents below it."""

    docname: str
    numbered: bool
    below: tuple[Chapter, ...] = ()

    def documents(self) -> Iterator[str]:
        """Yield the names of its documents in order."""
        yield self.docname
        for chapter in self.below:
            yield from chapter.documents()


@dataclass(frozen=True)
class Part:
    """Chapters under one caption of the contents; no caption for those outside any part."""

    caption: str
    chapters: tuple[Chapter, ...]


def parts_of(env: Any, root: str) -> list[Part]:
    """Return the parts of the book as its contents list them.

    The root document comes first, without a number. Chapters are numbered where their contents say ``numbered``, or all
    of them if no contents do.
    """
    seen = {root}
    trees = list(env.get_doctree(root).findall(addnodes.toctree))
    every = not any(tree.get("numbered") for tree in trees)
    parts = [Part("", (Chapter(root, numbered=False),))]
    for tree in trees:
        numbered = every or bool(tree.get("numbered"))
        parts.append(Part(tree.get("caption") or "", _chapters(env, tree, seen, numbered=numbered)))
    return [part for part in parts if part.chapters]


def _chapters(env: Any, tree: addnodes.toctree, seen: set[str], *, numbered: bool) -> tuple[Chapter, ...]:
    """Return the documents of one list of contents, each with those it lists itself."""
    chapters = []
    for docname in tree["includefiles"]:
        if docname not in seen and not env.metadata[docname].get(WEB_ONLY_PAGE):
            seen.add(docname)
            # A document takes long to load; most list none.
            lists = env.get_doctree(docname).findall(addnodes.toctree) if docname in env.toctree_includes else ()
            below = tuple(chapter for inner in lists for chapter in _chapters(env, inner, seen, numbered=numbered))
            chapters.append(Chapter(docname, numbered, below))
    return tuple(chapters)


def book_date(stated: str) -> date | None:
    """Return the date the PDF carries: the stated one, else ``SOURCE_DATE_EPOCH``, else none, never today's."""
    if stated:
        try:
            return date.fromisoformat(stated)
        except ValueError:
            raise BookError(f"typst_date {stated!r} is no day; write it as YYYY-MM-DD") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else None


class _PieceTranslator(TypstTranslator):
    """Translate pieces of a page, in commands of their own that number nothing and lead nowhere."""

    rows_call = "piece-rows"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # As in a box: no table turns a page.
        self._boxes = 1

    def label_of(self, node: nodes.Element) -> Label | None:
        """Return no label: the page in the whole book has it."""
        return None

    def picture(self, node: nodes.Element) -> str:
        """Return the Typst expression of an image."""
        return f"piece-{super().picture(node)}"

    def _captioned(self, kind: str, node: nodes.Element, captions: Sequence[nodes.Element], body: str) -> str:
        caption = "".join(self.boxed_content(each.children) for each in captions)
        return f"#piece-{kind}[{caption}][{body}]"


def _found_in(tree: nodes.document, classes: Sequence[str]) -> list[nodes.Element]:
    """Return the containers of these classes, in the order of the classes."""
    containers = list(tree.findall(nodes.container))
    return [each for name in classes for each in containers if name in each["classes"]]


def _drop_citations(tree: nodes.document) -> None:
    """Take citations out of a page whose references are not resolved yet."""
    for cited in list(tree.findall(_is_citation)):
        place, inside = cited.parent.index(cited), cited.parent
        inside.remove(cited)
        if place and isinstance(before := inside[place - 1], nodes.Text):
            left = _ANNOUNCED.sub("", before.rstrip())
            inside.replace(before, nodes.Text(left))
            after = inside[place] if place < len(inside) else None
            if left != before.rstrip() and isinstance(after, nodes.Text):
                inside.replace(after, nodes.Text(after.lstrip("。. ")))


def _is_citation(node: nodes.Node) -> bool:
    return isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite"


def _drop_references(piece: nodes.Element) -> None:
    """Leave the text of references alone, and no footnotes: their places are not in a short form."""
    for note in list(piece.findall(nodes.footnote_reference)):
        note.parent.remove(note)
    for kind in (nodes.reference, addnodes.number_reference):
        for reference in list(piece.findall(kind)):
            if "refuri" not in reference or "://" not in reference["refuri"]:
                reference.replace_self(reference.children)


def _drop_rows(piece: nodes.Element, kept: int) -> int:
    """Leave only the first rows of the tables of a piece, and return how many others they had."""
    others = [row for body in piece.findall(nodes.tbody) for row in body.children[kept:]]
    for row in others:
        row.parent.remove(row)
    return len(others)


def _keep_columns(piece: nodes.Element, kept: Sequence[int]) -> None:
    """Leave only some columns of the tables of a piece, counted from 0, from the end if negative."""
    for holder in [*piece.findall(nodes.tgroup), *piece.findall(nodes.row)]:
        kind = nodes.colspec if isinstance(holder, nodes.tgroup) else nodes.entry
        cells = [child for child in holder.children if isinstance(child, kind)]
        wanted = {id(cells[place]) for place in kept if -len(cells) <= place < len(cells)}
        for cell in cells:
            if id(cell) not in wanted:
                holder.remove(cell)
        if isinstance(holder, nodes.tgroup):
            holder["cols"] = len(wanted)


class WholeBook(Builder):
    """Writes the book as one file, in which a document has the same address from everywhere."""

    # Nothing is fetched from the internet: an image that is not a file is refused.
    supported_remote_images = True

    def init(self) -> None:
        """Say where the images go."""
        self.imagedir = _IMAGE_FOLDER

    def get_outdated_docs(self) -> str:
        """Say that the book is always written whole."""
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a document."""
        return address(docname)

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of a document, the same from everywhere."""
        return address(to)

    def contents(self) -> tuple[list[Part], list[str]]:
        """Return the parts of the book, and the names of its documents in their order."""
        parts = parts_of(self.env, self.config.root_doc)
        return parts, [name for part in parts for chapter in part.chapters for name in chapter.documents()]

    def completed(self, docname: str, *, with_citations: bool = True) -> nodes.document:
        """Return a document with its references resolved and its images found, without its contents."""
        tree = self.env.get_doctree(docname)
        if not with_citations:
            _drop_citations(tree)
        for contents in list(tree.findall(addnodes.toctree)):
            contents.parent.remove(contents)
        self.env.resolve_references(tree, docname, self)
        self.post_process_images(tree)
        return tree

    def copy_images(self) -> Path:
        """Put the images of the documents beside what is made, and return their folder."""
        folder = Path(self.outdir, self.imagedir)
        folder.mkdir(parents=True, exist_ok=True)
        for source, name in sorted(self.images.items()):
            shutil.copyfile(Path(self.srcdir, source), folder / name)
        return folder


class TypstBuilder(WholeBook):
    """Builds the book as one Typst file and a PDF."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is %(outdir)s/book.pdf."
    supported_image_types = ["image/svg+xml", "application/pdf", "image/png", "image/jpeg"]  # noqa: RUF012 - Sphinx's name
    default_translator_class = TypstTranslator

    def write(self, *ignored: Any) -> None:
        """Write the Typst file and compile it.

        Raise BookError if a node is unknown, a reference leads nowhere, a character has no glyph, a formula loses a
        sign, or Typst reports an error.
        """
        book, body = self._content()
        settings = self._settings()
        book.note_characters("".join(settings.values()), "conf")
        check_glyphs(book.pages_of)
        check_formulas(book.formulas)
        folder = resources.files(__package__)
        template = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in TEMPLATES)
        source = f"#let book = {dictionary(settings)}\n{template}\n{body}"
        Path(self.outdir, _SOURCE_NAME).write_text(source, encoding="utf-8", newline="\n")
        self.copy_images()
        self._compile()

    def _content(self) -> tuple[PrintedBook, str]:
        """Return what the documents share, and the source of everything that is printed."""
        parts, names = self.contents()
        trees = {docname: self.completed(docname) for docname in names}
        book = self._book(trees)
        body = "".join(self._parts(book, trees, parts))
        opening = f"#cover()\n{self._brief(self._short_book(book))}{_OPENING}"
        return book, f"{opening}{body}\n#lists()\n{self._index(book)}"

    def _parts(self, book: PrintedBook, trees: Mapping[str, nodes.document], parts: Iterable[Part]) -> Iterator[str]:
        """Yield the source of each part, chapters numbered as they come."""
        numbers = count(1)
        for part in parts:
            if part.caption:
                book.note_characters(part.caption, "toc")
                yield f"\n#part[{markup(part.caption)}]\n"
            for chapter in part.chapters:
                number = next(numbers) if chapter.numbered else None
                place = DocumentPlace(chapter.docname, 2 if part.caption else 1, 0, number)
                yield from self._documents(book, trees, chapter, place)

    def _documents(
        self, book: PrintedBook, trees: Mapping[str, nodes.document], chapter: Chapter, place: DocumentPlace
    ) -> Iterator[str]:
        """Yield the source of a document and of those below it."""
        translator = TypstTranslator(trees[place.docname], self, book, place)
        translator.document.walkabout(translator)
        yield f"\n// {place.docname}\n"
        yield "".join(translator.body)
        for below in chapter.below:
            within = DocumentPlace(below.docname, place.level + 1, place.depth + 1, place.number)
            yield from self._documents(book, trees, below, within)

    def _short_book(self, book: PrintedBook | None = None) -> PrintedBook:
        """Return what the pieces of a short form share; the characters and formulas are those of `book`, if any."""
        made = PrintedBook(lang=words_of(self.config).code, admonitions=admonition_titles(words_of(self.config)))
        return made if book is None else replace(made, pages_of=book.pages_of, formulas=book.formulas)

    def _brief(self, book: PrintedBook) -> str:
        """Return the source of the edition on one page, empty where the first page has nothing for it."""
        root = self.config.root_doc
        shown = self._pieces(book, root, _found_in(self.completed(root, with_citations=False), _BRIEF))
        return f"#brief[\n{shown}\n]\n" if shown else ""

    def _pieces(self, book: PrintedBook, docname: str, shown: Sequence[nodes.Element]) -> str:
        """Return the source of some pieces of a document."""
        for piece in shown:
            _drop_references(piece)
        tree = new_document(docname)
        return _PieceTranslator(tree, self, book, DocumentPlace(docname)).content(shown)

    def _book(self, trees: dict[str, nodes.document]) -> PrintedBook:
        """Return what all documents share: their labels, and the words of the book's language."""
        labels, led_to = labels_of(trees)
        return replace(
            self._short_book(),
            labels=labels,
            referenced=led_to,
            number_formats=frozenset(self.config.numfig_format.values()),
            terms=Terms.of(self.config.typst_index),
            summary_sections=self.config.typst_summary_sections,
        )

    def _index(self, book: PrintedBook) -> str:
        """Return the source of the index, empty without one."""
        groups = self.config.typst_index
        book.note_characters("".join(title + "".join(terms.values()) for title, terms in groups.items()), "index")
        return f"\n#term-index({book.terms.groups()})\n" if groups else ""

    def _settings(self) -> dict[str, str]:
        """Return what the template needs to know, as Typst expressions."""
        config, words = self.config, words_of(self.config)
        day = book_date(str(config.typst_date))
        plain = {
            "title": config.typst_title or config.html_title,
            "subtitle": config.typst_subtitle,
            "author": config.typst_author or config.author,
            "edition": config.typst_edition,
            "as-of": config.typst_as_of,
            "version": config.typst_version,
            "note": config.typst_cover_note,
            "lang": words.code,
        }
        return {
            **{name: string(str(value)) for name, value in plain.items()},
            "imprint": array([f"[{markup(paragraph)}]" for paragraph in config.typst_imprint]),
            "keywords": array([string(keyword) for keyword in config.typst_keywords]),
            "date": f"datetime(year: {day.year}, month: {day.month}, day: {day.day})" if day else "none",
            "words": dictionary({name: string(text) for name, text in fixed_words(words).items()}),
        }

    def _compile(self) -> None:
        error, warning = typeset(
            lock_of(Path(self.srcdir)),
            Path(self.outdir, _PDF_NAME),
            input=str(Path(self.outdir, _SOURCE_NAME)),
            format="pdf",
            root=str(self.outdir),
            font_paths=FONT_FOLDERS,
            ignore_system_fonts=True,
            pdf_standards=list(self.config.typst_standards),
        )
        if error:
            raise BookError(error)
        if warning:
            _logger.warning("Typst: %s", warning, type="typst")


# The short forms, and all printed forms at once


def _(message: str) -> str:
    """Mark a message for extraction; it is translated when it is used."""
    return message


_MORE = _("And {count} more, which stand in the book.")


class BriefBuilder(TypstBuilder):
    """Sets an edition on one page."""

    name = "typst-brief"

    def _content(self) -> tuple[PrintedBook, str]:
        book = self._short_book()
        return book, self._brief(book)


@dataclass(frozen=True)
class _Slide:
    """What a slide shows of a page."""

    title: str
    docname: str
    """The page; empty for the book's first."""
    classes: tuple[str, ...]
    """Classes of the containers that it shows."""
    columns: tuple[int, ...] = ()
    """The columns that it shows of their tables, all where none are named."""
    rows: int = 0
    """How many rows of them it shows at most, all where 0."""


_SLIDES = (
    _Slide(_("Where the goals stand"), "", ("tally", "minute")),
    _Slide(_("Distance to the goals"), "", ("distance",)),
    _Slide(_("What moved"), "", ("moved",)),
    _Slide(_("What is missing, and who can settle it"), "when", ("asked",)),
    _Slide(_("Outlook"), "when", ("ahead",), (0, 1, 2, -1), 8),
    _Slide(_("How the answers are found"), "how-to-read", ("method",)),
)


class SlidesBuilder(TypstBuilder):
    """Sets an edition on slides."""

    name = "typst-slides"

    def _content(self) -> tuple[PrintedBook, str]:
        book = self._short_book()
        return book, "\n".join(self._slide(book, slide) for slide in _SLIDES)

    def _slide(self, book: PrintedBook, slide: _Slide) -> str:
        title = words_of(self.config).gettext(slide.title)
        book.note_characters(title, "slides")
        docname = slide.docname or self.config.root_doc
        shown = self._shown(docname, slide) if docname in self.env.found_docs else []
        return f"#slide[{markup(title)}][\n{self._pieces(book, docname, shown)}\n]"

    def _shown(self, docname: str, slide: _Slide) -> list[nodes.Element]:
        shown = _found_in(self.completed(docname, with_citations=False), slide.classes)
        for piece in shown:
            if slide.columns:
                _keep_columns(piece, slide.columns)
            if slide.rows and (left := _drop_rows(piece, slide.rows)):
                piece += nodes.paragraph("", words_of(self.config).gettext(_MORE, count=left))
        return shown


class PrintedForms(WholeBook):
    """Writes each form of `typst_forms` into a folder of its builder's name, from one reading of the book."""

    name = "typst-forms"
    format = "typst"
    # Sphinx asks for one; each form has its own.
    default_translator_class = TypstBuilder.default_translator_class

    def write(self, *ignored: Any) -> None:
        """Write the forms one after the other."""
        for name in self.config.typst_forms:
            form = self.app.registry.create_builder(self.app, name, self.env)
            form.outdir = self.outdir / name
            ensuredir(form.outdir)
            form.init()
            form.write((), ())


BUILDERS = (TypstBuilder, BriefBuilder, SlidesBuilder, PrintedForms)
