"""``qualitybook assess``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from qualitybook.cli.shared import Day, chosen_edition, data_option, load_catalog, print_json

TABLE_WIDTH = 120


@click.command()
@click.option("--edition", help="Edition, a row of editions.csv; default: the current one.")
@click.option("--as-of", type=Day(), help="Another as-of date than the edition's.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one for each processor.")
@data_option
def assess(edition: str | None, as_of: date | None, form: str, jobs: int | None, data: Path) -> None:
    """Judge every target of the plan on the edition's as-of date."""
    from qualitybook.evidence.reading import write_csv
    from qualitybook.publish.processes import local_pool
    from qualitybook.report.assessments import csv_rows, judged, report

    catalog = load_catalog(data)
    chosen = chosen_edition(catalog, edition)
    day = as_of or chosen.as_of
    rows = judged(catalog, day, jobs or os.cpu_count() or 1, partial(local_pool, plain=True))
    if form == "table":
        _print_table(rows, f"Edition {chosen.edition}, as of {day.isoformat()}")
    elif form == "csv":
        write_csv(sys.stdout, csv_rows(rows))
    else:
        print_json(report(catalog, chosen, day, rows), sys.stdout)


def _print_table(rows: Sequence[Mapping[str, Any]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH)
    table = Table(title=title, title_justify="left")
    for heading in ("No.", "Goal", "Verdict", "Probability", "Level", "n", "Last year"):
        table.add_column(heading, justify="right" if heading in ("No.", "n", "Last year") else "left")
    for row in rows:
        table.add_row(*_table_row(row))
    console.print(table)


def _table_row(row: Mapping[str, Any]) -> list[str]:
    from qualitybook.report import labels
    from qualitybook.report.i18n import Words

    words = Words("en")
    verdict = labels.label(words, labels.STATES, row["state"])
    if row["reason"] and row["probability"] is None:
        verdict += words.parentheses(labels.label(words, labels.REASONS, row["reason"]))
    word = labels.label(words, labels.WORDS, row["word"]) if row["word"] else ""
    chance = f"{row['probability_text']} {word}" if row["probability_text"] else ""
    last_year = "" if row["last_year"] is None else str(row["last_year"])
    return [str(row["number"]), row["statement_en"], verdict, chance, row["level"], str(row["n"]), last_year]
