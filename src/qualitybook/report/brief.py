"""An edition in one minute as plain data: three sentences, a line for each measurable goal, and one picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qualitybook.report import markdown
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import Column


@dataclass(frozen=True)
class Line:
    """What is said of one goal, each part finished Markdown with its citations."""

    number: str
    name: str
    """The goal's short name."""
    docname: str
    """The goal's page in the book."""
    figure: str
    """The figure nearest to it, with its year and, where it is not the goal's own, what and where it is of."""
    asked: str
    gap: str
    direction: str
    answer: str
    """The verdict, or what is said in its place."""
    sure: str
    settles: str
    """Who can settle it, with which number."""


@dataclass(frozen=True)
class Brief:
    """What an edition says in one minute, finished Markdown."""

    title: str
    sentences: tuple[str, ...]
    rows: tuple[Line, ...]
    caption: str
    """Of the table that the rows make."""
    figure: str
    """The picture with its caption; empty where no goal has a scale."""
    notes: tuple[str, ...]
    """What must be read beside it: the as-of date, what is no verdict, how many figures somebody has checked."""


def linked(row: Line) -> str:
    """Return a goal's name, leading to its page."""
    return markdown.link(row.name, row.docname)


def columns(words: Words, name: Callable[[Line], str] = linked) -> list[Column[Line]]:
    """Return the columns of the table of lines."""
    return [
        Column(words.gettext("No."), lambda row: row.number, "r"),
        Column(words.gettext("Goal"), name),
        Column(words.gettext("Nearest figure"), lambda row: row.figure),
        Column(words.gettext("Asked for"), lambda row: row.asked),
        Column(words.gettext("Gap"), lambda row: row.gap),
        Column(words.gettext("Since the baseline"), lambda row: row.direction),
        Column(words.gettext("Answer"), lambda row: row.answer),
        Column(words.gettext("How sure"), lambda row: row.sure),
        Column(words.gettext("Who can settle it, and with what"), lambda row: row.settles),
    ]


def to_markdown(words: Words, told: Brief) -> str:
    """Return the page that tells an edition in one minute, without what leads nowhere outside its book."""
    header, rows, align = markdown.spread(columns(words, lambda row: row.name), told.rows)
    plain = [[markdown.without_citations(cell) for cell in row] for row in rows]
    table = markdown.table(header, plain, caption=told.caption, name="tbl-brief", align=align)
    figure, notes = markdown.without_citations(told.figure), words.sentences(told.notes)
    return markdown.paragraphs(f"# {told.title}", markdown.bullets(told.sentences), table, figure, notes)
