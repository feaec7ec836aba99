"""The workbook that figures are entered in."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.intake.sheets import CORRECTS
from qualitybook.evidence.intake.wanted import Wanted
from qualitybook.evidence.rows import rows_of
from qualitybook.evidence.schema import OBSERVATIONS, SOURCES, Table, in_each_language
from qualitybook.report import labels
from qualitybook.report.workbooks import sheets
from qualitybook.report.workbooks.headings import HEADINGS

SPARE_ROWS = 200
"""Empty rows below the prefilled ones that are ready for entries."""


def template(catalog: Catalog, figures: Sequence[Wanted]) -> bytes:
    """Return a workbook with a sheet for figures and one for sources.

    Parameters
    ----------
    catalog : Catalog
        The evidence, for the drop-down lists.
    figures : sequence of Wanted
        What the first rows are prefilled with.
    """
    from openpyxl import Workbook

    book = Workbook()
    observations = book.active
    assert observations is not None
    observations.title = OBSERVATIONS.name
    sources = book.create_sheet(SOURCES.name)
    lists = _lists(catalog)
    ranges = sheets.add_lists(book, lists)
    for sheet, table, rows in ((observations, OBSERVATIONS, len(figures)), (sources, SOURCES, 0)):
        sheets.write_headings(sheet, table.fields, [(CORRECTS, sheets.both(HEADINGS[CORRECTS]))])
        sheets.as_text(sheet, range(1, len(table.fields) + 2), rows + SPARE_ROWS)
        for at, field in enumerate(table.fields, start=1):
            if field.name in ranges:
                sheets.offer(sheet, at, ranges[field.name])
    named = {name: dict(zip(_keys(lists[name]), lists[name], strict=True)) for name in ("indicator_id", "region_id")}
    for row, figure in enumerate(figures, start=sheets.FIRST_ROW):
        sheets.put_text(
            observations, row, _column(OBSERVATIONS, "indicator_id"), named["indicator_id"][figure.indicator_id]
        )
        sheets.put_text(observations, row, _column(OBSERVATIONS, "region_id"), named["region_id"][figure.region_id])
        sheets.put_text(observations, row, _column(OBSERVATIONS, "period"), figure.period)
    return sheets.saved(book)


def _lists(catalog: Catalog) -> dict[str, list[str]]:
    """Return what each column offers."""
    names = in_each_language("name")
    indicators = {row.indicator_id: [getattr(row, name) for name in names] for row in rows_of(catalog.indicators)}
    regions = {row.region_id: [getattr(row, name) for name in names] for row in rows_of(catalog.regions)}
    kinds = SOURCES.field("kind").enum
    return {
        "indicator_id": sheets.choices(indicators),
        "region_id": sheets.choices(regions),
        "qualifier": sheets.choices(sheets.coded(labels.QUALIFIERS)),
        "grade": sheets.choices(sheets.coded(labels.GRADES)),
        "preferred": ["1", "0"],
        "status": list(OBSERVATIONS.field("status").enum),
        "access_kind": sheets.choices(sheets.coded(labels.ACCESS)),
        "kind": list(kinds),
    }


def _keys(entries: Sequence[str]) -> list[str]:
    return [entry.split(sheets.CHOICE_SEPARATOR)[0] for entry in entries]


def _column(table: Table, name: str) -> int:
    return table.header.index(name) + 1
