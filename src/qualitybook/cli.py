"""The command line: ``qualitybook check | assess | build | version``.

Everything heavy is imported by the command that needs it, so that help and mistakes answer at once. Exit status:
0 good, 1 the data or a page is wrong, 2 the command is.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from qualitybook import __version__

if TYPE_CHECKING:
    from qualitybook.analysis.assess import Assessment
    from qualitybook.evidence import Catalog, Edition, Problem
    from qualitybook.publish.book import Built, Request, Step, Watcher

BAD_DATA = 1
ALL = "all"
CURRENT = "current"
TABLE_WIDTH = 120
CSV_COLUMNS = (
    *("target_id", "number", "statement_zh", "statement_en", "rule", "value", "unit", "target_year", "baseline_year"),
    *("state", "reason", "probability", "probability_text", "word", "level", "n", "last_year", "horizon"),
    *("latest_period", "latest_value", "latest_qualifier", "latest_source_id"),
)


class Commands(click.Group):
    """A group that answers an unknown command with the nearest known ones."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name.

        Raises
        ------
        click.UsageError
            If there is none, with the nearest names.
        """
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx)
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Commands: {', '.join(known)}."
            ctx.fail(f"No such command {name!r}. {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": TABLE_WIDTH})
def main() -> None:
    """Turn a table of published figures and a city's plan into a bilingual quality-status book."""


data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Evidence folder.",
)


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


@main.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(data: Path, form: str) -> None:
    """Check the evidence and list everything that is wrong with it."""
    from dataclasses import asdict

    from qualitybook.evidence.check import check as check_evidence

    _existing(data)
    problems = check_evidence(data)
    errors = [problem for problem in problems if problem.level == "error"]
    if form == "json":
        found = [{**asdict(problem), "message": str(problem)} for problem in problems]
        _print_json({"data": str(data), "errors": len(errors), "problems": found}, sys.stdout)
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{data}: {_counted(problems)}")
    if errors:
        raise SystemExit(BAD_DATA)


def _counted(problems: Sequence[Problem]) -> str:
    """Return how many errors and warnings there are, in words."""
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    return f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')}"


def _plural(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


@main.command()
@click.option("--edition", help="Edition, a row of editions.csv; default: the current one.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Another as-of date than the edition's.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@data_option
def assess(edition: str | None, as_of: datetime | None, form: str, data: Path) -> None:
    """Judge every target of the plan on the edition's as-of date."""
    from qualitybook.analysis.assess import assess as assess_targets

    catalog = _catalog(data)
    chosen = _editions(catalog, edition)[0]
    day = as_of.date() if as_of else chosen.as_of
    assessments = assess_targets(catalog, day)
    if form == "table":
        _print_table(assessments, f"Edition {chosen.edition}, as of {day.isoformat()}")
    elif form == "csv":
        _print_csv(assessments, sys.stdout)
    else:
        _print_json(_report(catalog, chosen, day, assessments), sys.stdout)


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


def _print_json(value: Any, out: TextIO) -> None:
    out.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


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


@main.command()
@click.option("--edition", help="Editions, separated by commas, or 'all'; default: the current one.")
@click.option("--lang", default="zh,en", show_default=True, help="Languages, separated by commas.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one for each processor.")
@click.option("--html", is_flag=True, help="Build the website; default: website and PDF.")
@click.option("--pdf", is_flag=True, help="Build the PDF (alone, it stays in the build folder).")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("_site"), show_default=True)
@click.option(
    "--build-dir", type=click.Path(file_okay=False, path_type=Path), default=Path("_build"), show_default=True
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder with _config.yml, _toc.yml, book/ and notebooks/; default: here.",
)
@click.option("--allow-missing", is_flag=True, help="Put a note in the place of a page that fails.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@data_option
def build(edition: str | None, lang: str, html: bool, pdf: bool, quiet: bool, data: Path, **options: Any) -> None:
    """Build the book: execute the pages, and publish website and PDF together."""
    from qualitybook.publish.book import Request
    from qualitybook.publish.layout import Project

    catalog = _catalog(data)
    request = Request(
        project=Project(options["root"]),
        editions=[each.edition for each in _editions(catalog, edition)],
        langs=_languages(lang),
        build_dir=options["build_dir"],
        output=options["output"],
        jobs=options["jobs"] or os.cpu_count() or 1,
        html=html or not pdf,
        pdf=pdf or not html,
        allow_missing=options["allow_missing"],
    )
    with _watcher(quiet) as watch:
        built = _build(catalog, request, watch)
    if not quiet:
        _print_built(built)


def _build(catalog: Catalog, request: Request, watch: Watcher) -> Built:
    """Build, and turn what is wrong into a message and an exit status."""
    from qualitybook.evidence import EvidenceError
    from qualitybook.publish import book
    from qualitybook.publish.layout import ProjectError
    from qualitybook.publish.templates import PageTemplateError

    try:
        return book.build(catalog, request, watch)
    except ProjectError as error:
        raise click.UsageError(str(error)) from None
    except EvidenceError as error:
        raise _bad_evidence(error.problems) from None
    except book.PagesError as error:
        lines = [line for result in error.results for line in _failure_lines(result)]
        raise _failed(
            [*lines, f"{_plural(len(error.results), 'page')} could not be made; the site is as it was."]
        ) from None
    except (book.BooksError, PageTemplateError) as error:
        raise _failed([str(error), "The book could not be made; the site is as it was."]) from None


def _failure_lines(result: Any) -> list[str]:
    """Return the lines about a failed page: where, what, and the end of the traceback."""
    traceback = [f"    {line}" for line in result.failure.traceback.splitlines()]
    return [f"error: {result}", *traceback]


def _failed(lines: Sequence[str]) -> click.ClickException:
    """Return the exception that ends the command with these lines on the error stream."""
    return _Failed("\n".join(lines))


class _Failed(click.ClickException):
    """The data or a page is wrong; the message says all of it."""

    exit_code = BAD_DATA

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True, file=file)


def _bad_evidence(problems: Sequence[Problem]) -> click.ClickException:
    return _failed([*(str(problem) for problem in problems), f"The evidence has {_counted(problems)}."])


def _print_built(built: Built) -> None:
    for result in built.missing:
        click.echo(f"missing: {result}", err=True)
    if built.site is not None:
        click.echo(f"Site: {built.site / 'index.html'}")
    for path in built.pdfs:
        click.echo(f"PDF: {path}")


@contextmanager
def _watcher(quiet: bool) -> Iterator[Watcher]:
    """Give what shows the progress: bars on a terminal, lines in a pipe, nothing if quiet."""
    if quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _bars() as watch:
            yield watch
    else:
        yield _say


def _say(step: Step) -> None:
    click.echo(f"{step.stage} {step.done}/{step.total}: {step.text}", err=True)


@contextmanager
def _bars() -> Iterator[Callable[[Step], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[text]}"), console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def watch(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = progress.add_task(step.stage, total=step.total, text="")
            progress.update(tasks[step.stage], completed=step.done, text=step.text)

        yield watch


def _existing(data: Path) -> None:
    """Make sure that the evidence folder is there."""
    if not data.is_dir():
        raise click.BadParameter(
            f"no folder {str(data)!r}; run in the project's folder or name one.", param_hint="--data"
        )


def _catalog(data: Path) -> Catalog:
    """Return the evidence, or end the command with everything that is wrong with it."""
    from qualitybook.evidence import EvidenceError, load

    _existing(data)
    try:
        return load(data)
    except EvidenceError as error:
        raise _bad_evidence(error.problems) from None


def _editions(catalog: Catalog, text: str | None) -> list[Edition]:
    """Return the editions that an option names; the current one (else the last) without it."""
    table = catalog.editions
    known = list(table["edition"])
    if text is None:
        current = list(table.loc[table["status"] == CURRENT, "edition"])
        return [catalog.edition((current or known)[-1])]
    names = known if text == ALL else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"no edition {unknown[0]!r}; allowed: {', '.join(known)}.", param_hint="--edition")
    return [catalog.edition(name) for name in dict.fromkeys(names)]


def _languages(text: str) -> list[str]:
    from qualitybook.report.i18n import LANGUAGES

    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in LANGUAGES]
    if unknown:
        raise click.BadParameter(f"no language {unknown[0]!r}; allowed: {', '.join(LANGUAGES)}.", param_hint="--lang")
    return list(dict.fromkeys(names))
