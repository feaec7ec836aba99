"""What related evidence says of one goal, under its verdict: never a verdict itself."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.analysis.indicative import Reading, Variant
from qualitybook.report import labels, markdown, readings
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page

_OF_PRINT = ("g8", "g9")
"""Conditions on how a number is printed and beside what, which the sentence itself tells."""
_OTHERS = ("peers", "peer", "spread", "left_out")


def box(page: Page, found: Sequence[Reading]) -> str:
    """Return the box with the readings of a goal, the conditions that fail, and what other assumptions give."""
    if not found:
        return ""
    told = [readings.recorded(page.computed, reading) for reading in found]
    body = markdown.paragraphs(
        *(_sentence(page, reading, named=len(told) > 1) for reading in told),
        *(_failing(page, reading) for reading in told),
    )
    noted = markdown.admonition("note", body, title=markdown.escape(readings.frame(page.voice, told)))
    tables = [_variants(page, reading) for reading in told if reading.variants]
    return "\n".join([noted, *tables])


def _sentence(page: Page, reading: Reading, *, named: bool) -> str:
    """Return a reading with the sources of the figures of the place and of those above it."""
    near = [ground for ground in reading.evidence if ground.role not in _OTHERS]
    cite = markdown.cite(str(figure.source_id) for ground in near for figure in ground.rows)
    return f"{markdown.escape(readings.sentence(page.voice, reading, named=named))} {cite}".strip()


def _failing(page: Page, reading: Reading) -> str:
    """Return the conditions that a reading does not hold, empty where it holds all."""
    failed = [
        labels.label(page.words, labels.READING_GATES, gate.code)
        for gate in reading.gates
        if gate.passed is False and gate.code not in _OF_PRINT
    ]
    if not failed:
        return ""
    return page._(
        "Conditions for a probability that do not hold here ({series}): {conditions}.",
        series=page.indicator_name(reading.indicator),
        conditions=markdown.escape(page.words.language.semicolon.join(failed)),
    )


def _variants(page: Page, reading: Reading) -> str:
    """Return the table of what other assumptions make of a reading."""
    voice = page.voice
    columns: list[Column[Variant]] = [
        Column(page._("Other assumption"), lambda item: markdown.escape(readings.variant_text(voice, reading, item))),
        Column(
            page._("Estimate"), lambda item: markdown.escape(readings.figure_text(voice, reading, item.estimate)), "r"
        ),
    ]
    if reading.probability is not None:
        columns.append(Column(page._("Chance"), lambda item: markdown.escape(readings.variant_chance(item)), "r"))
    caption = page._("Under other assumptions: {series}", series=page.indicator_name(reading.indicator))
    return page.table_of(columns, reading.variants, caption)
