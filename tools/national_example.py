"""Copy the evidence of ``examples/china-2023`` from ``data/``: python tools/national_example.py.

The example's plan, editions and titles are written by hand. What was published is copied row by row: the figures of the
indicators and places that its plan names, the goals of provinces and cities for the same indicators and year, and the
indicators, units, places, sources, publishers and locators that these rows name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from qualitybook.evidence.reading import write_descriptor
from qualitybook.evidence.schema import TABLES

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
EXAMPLE = ROOT / "examples" / "china-2023"
PATHS = {table.name: table.path for table in TABLES}
TARGET_YEAR = "2025"
TITLE = "全国质量状况年度报告：公布数据 / China Quality Status Report: published figures"

Row = dict[str, str]


def main() -> None:
    """Write the copied tables and the descriptor of the example."""
    for name, rows in copied_tables().items():
        write(name, rows)
    write_descriptor(EXAMPLE, {"name": "china-quality-evidence", "title": TITLE})


def copied_tables() -> dict[str, list[Row]]:
    """Return the rows of ``data/`` that the example's plan needs, in their order, by the name of the table."""
    targets = read(EXAMPLE, "targets")
    evidence = read(EXAMPLE, "target_evidence")
    asked = {row["indicator_id"] for row in targets}
    groups = [row for row in read(DATA, "category_groups") if row["indicator_id"] in asked]
    places = {row["region_id"] for row in targets}
    peers = [
        row
        for row in read(DATA, "peer_targets")
        if row["indicator_id"] in asked and row["target_year"] == TARGET_YEAR and row["region_id"] not in places
    ]
    own = asked | {row["indicator_id"] for row in [*evidence, *read(EXAMPLE, "task_indicators")]}
    own |= {row["category_id"] for row in groups}
    scopes = [row for row in read(DATA, "open_scopes") if row["indicator_id"] in own]
    own |= {row["other_id"] for row in scopes}
    wanted = {(indicator, place) for indicator in own for place in places}
    wanted |= {(row["indicator_id"], row["region_id"]) for row in [*evidence, *peers]}
    figures = [row for row in read(DATA, "observations") if (row["indicator_id"], row["region_id"]) in wanted]
    sources = having(DATA, "sources", "source_id", [*figures, *peers, *targets])
    indicators = [row for row in read(DATA, "indicators") if row["indicator_id"] in own]
    regions = with_parents(having(DATA, "regions", "region_id", [*figures, *peers, *targets]))
    return {
        "observations": figures,
        "peer_targets": peers,
        "category_groups": groups,
        "indicators": indicators,
        "units": having(DATA, "units", "unit", indicators),
        "regions": regions,
        "region_areas": _within(read(DATA, "region_areas"), regions),
        "open_scopes": scopes,
        "sources": sources,
        "publishers": having(DATA, "publishers", "publisher", sources),
        "locators": having(DATA, "locators", "locator", figures),
    }


def having(folder: Path, name: str, key: str, rows: Iterable[Row]) -> list[Row]:
    """Return the rows of a table whose key other rows name."""
    named = {row[key] for row in rows}
    return [row for row in read(folder, name) if row[key] in named]


def _within(lies_in: list[Row], regions: list[Row]) -> list[Row]:
    """Return which of these places lie in which of these areas."""
    there = {row["region_id"] for row in regions}
    return [row for row in lies_in if {row["region_id"], row["area_id"]} <= there]


def with_parents(regions: list[Row]) -> list[Row]:
    """Return the places with all that they lie in."""
    named = {row["region_id"] for row in regions} | {row["parent_id"] for row in regions} - {""}
    grown = [row for row in read(DATA, "regions") if row["region_id"] in named]
    return grown if len(grown) == len(regions) else with_parents(grown)


def read(folder: Path, name: str) -> list[Row]:
    """Return the rows of a table of an evidence folder."""
    with (folder / PATHS[name]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: list[Row]) -> None:
    """Write rows as the evidence wants them (UTF-8, LF, quotes where needed), with the columns that ``data/`` has."""
    with (DATA / PATHS[name]).open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with (EXAMPLE / PATHS[name]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
