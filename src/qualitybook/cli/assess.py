"""``qualitybook assess``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from qualitybook.cli.shared import chosen_editions, data_option, load_catalog, print_json

if TYPE_CHECKING:
    from qualitybook.analysis.assess import Assessment
    from qualitybook.evidence import Catalog, Edition

TABLE_WIDTH = 120
CSV_COLUMNS = (
    *("target_id", "number", "statement_zh", "statement_en", "rule", "value", "unit", "target_year", "baseline_year"),
    *("state", "reason", "probability", "probability_text", "word", "level", "n", "last_year", "horizon"),
    *("latest_period", "latest_value", "latest_qualifier", "latest_source_id"),
)


@click.command()
@click.option("--edition", help="Edition, a row of editions.csv; default: the current one.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Another as-of date than the edition's.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@data_option
def assess(edition: str | None, as_of: datetime | None, form: str, data: Path) -> None:
    """Judge every target of the plan on the edition's as-of date."""
    from qualitybook.analysis.assess import assess as assess_targets

    catalog = load_catalog(data)
    chosen = chosen_editions(catalog, edition)[0]
    day = as_of.date() if as_of else chosen.as_of
    assessments = assess_targets(catalog, day)
    if form == "table":
        _print_table(assessments, f"Edition {chosen.edition}, as of {day.isoformat()}")
    elif form == "csv":
        _print_csv(assessments, sys.stdout)
    else:
        print_json(_report(catalog, chosen, day, assessments), sys.stdout)


def _report(catalog: Catalog, edition: Edition, day: date, assessments: Sequence[Assessment]) -> dict[str, Any]:
    """Return all assessments as plain values, with what they were made from."""
    plan = catalog.source(str(catalog.targets["source_id"].iloc[0]))
    return {
        "edition": edition.edition,
        "as_of": day.isoformat(),
        "plan": {"source_id": plan.source_id, "title": plan.title, "published": plan.published},
        "targets": [_worded(assessment) for assessment in assessments],
    }


def _worded(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain values, with its probability as the book prints it."""
    from qualitybook.analysis.records import record
    from qualitybook.report.formats import percent_text

    percent = assessment.verdict.percent
    return {**record(assessment), "probability_text": None if percent is None else percent_text(percent)}


def _print_csv(assessments: Sequence[Assessment], out: TextIO) -> None:
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for assessment in assessments:
        row = _worded(assessment)
        latest = row["latest"] or {}
        writer.writerow({**row, **{f"latest_{key}": value for key, value in latest.items()}})


def _print_table(assessments: Sequence[Assessment], title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH)
    table = Table(title=title, title_justify="left")
    for heading in ("No.", "Goal", "Verdict", "Probability", "Level", "n", "Last year"):
        table.add_column(heading, justify="right" if heading in ("No.", "n", "Last year") else "left")
    for assessment in assessments:
        table.add_row(*_table_row(assessment))
    console.print(table)


def _table_row(assessment: Assessment) -> list[str]:
    from qualitybook.report import labels
    from qualitybook.report.i18n import Words

    words, row = Words("en"), _worded(assessment)
    verdict = labels.label(words, labels.STATES, row["state"])
    if row["reason"] and row["probability"] is None:
        verdict += words.parentheses(labels.label(words, labels.REASONS, row["reason"]))
    word = labels.label(words, labels.WORDS, row["word"]) if row["word"] else ""
    chance = f"{row['probability_text']} {word}" if row["probability_text"] else ""
    last_year = "" if row["last_year"] is None else str(row["last_year"])
    return [str(row["number"]), row["statement_en"], verdict, chance, row["level"], str(row["n"]), last_year]
