"""Builders of the short forms of the printed book, and of all printed forms at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.util.osutil import ensuredir

from qualitybook.publish.documents import words_of
from qualitybook.publish.typst.builder import TypstBuilder, WholeBook
from qualitybook.publish.typst.pieces import drop_rows, found_in, keep_columns
from qualitybook.publish.typst.text import markup
from qualitybook.publish.typst.translator import PrintedBook


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
class Slide:
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


SLIDES = (
    Slide(_("Where the goals stand"), "", ("tally", "minute")),
    Slide(_("Distance to the goals"), "", ("distance",)),
    Slide(_("What moved"), "", ("moved",)),
    Slide(_("What is missing, and who can settle it"), "when", ("asked",)),
    Slide(_("Outlook"), "when", ("ahead",), (0, 1, 2, -1), 8),
    Slide(_("How the answers are found"), "how-to-read", ("method",)),
)


class SlidesBuilder(TypstBuilder):
    """Sets an edition on slides."""

    name = "typst-slides"

    def _content(self) -> tuple[PrintedBook, str]:
        book = self._short_book()
        return book, "\n".join(self._slide(book, slide) for slide in SLIDES)

    def _slide(self, book: PrintedBook, slide: Slide) -> str:
        title = words_of(self.config).gettext(slide.title)
        book.note_characters(title, "slides")
        docname = slide.docname or self.config.root_doc
        shown = self._shown(docname, slide) if docname in self.env.found_docs else []
        return f"#slide[{markup(title)}][\n{self._pieces(book, docname, shown)}\n]"

    def _shown(self, docname: str, slide: Slide) -> list[nodes.Element]:
        shown = found_in(self._uncited(docname), slide.classes)
        for piece in shown:
            if slide.columns:
                keep_columns(piece, slide.columns)
            if slide.rows and (left := drop_rows(piece, slide.rows)):
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

    def finish(self) -> None:
        """Do nothing more: the forms are complete."""
