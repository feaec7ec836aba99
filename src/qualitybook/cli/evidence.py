"""``qualitybook check``, ``assess``, ``init`` and ``review``: what is wrong with an evidence folder, what it says."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualitybook.cli.shared import (
    BAD_DATA,
    JUMP,
    LOOK_AGAIN,
    MEND,
    Day,
    Place,
    Span,
    chosen_editions,
    chosen_languages,
    command_line,
    counted,
    data_option,
    errors_told,
    existing,
    expected,
    failed,
    load_book,
    load_catalog,
    plural,
    print_json,
    print_table,
    refuse_unfit_file,
    with_options,
)
from qualitybook.errors import Problem, RefusedError

if TYPE_CHECKING:
    from qualitybook.analysis.review import Answer, Review
    from qualitybook.evidence import Catalog, Edition
    from qualitybook.evidence.intake.remarks import Remark
    from qualitybook.report.review import Statement

_SLIP_OR_BREAK = f"{LOOK_AGAIN}, or give it a basis; if it is right, put {JUMP} in the column settled"


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(data: Path, form: str) -> None:
    """Check the evidence and list everything that is wrong with it, characters that no font can draw included."""
    from dataclasses import asdict

    from qualitybook.evidence.catalog import checked
    from qualitybook.evidence.check import read_folder
    from qualitybook.publish.characters import undrawable
    from qualitybook.publish.layout import Project

    existing(data)
    raw, project = read_folder(data), Project(Path())
    problems, catalog = checked(data, raw)
    problems += undrawable(data, raw, project if project.is_own(data) else None)
    problems += _slips_of_contents(data)
    if catalog is not None:
        problems += _warnings_of(catalog)
    errors = [problem for problem in problems if problem.level == "error"]
    if form == "json":
        found = [{**asdict(problem), "message": str(problem)} for problem in problems]
        print_json({"data": str(data), "errors": len(errors), "problems": found}, sys.stdout)
    else:
        for problem in problems:
            click.echo(with_options(str(problem)))
        click.echo(f"{data}: {counted(problems)}")
        if errors:
            click.echo(MEND)
    if errors:
        raise SystemExit(BAD_DATA)


def _slips_of_contents(data: Path) -> list[Problem]:
    """Return warnings of pages that only the table of contents names, or all but it, where there is one."""
    from qualitybook.publish.layout import Project, contents_file, slips_of_contents

    project = Project(Path())
    try:
        return slips_of_contents(project, data) if contents_file(project, data).is_file() else []
    except RefusedError:
        # Not the evidence: a build tells what is wrong with it.
        return []


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
    chosen = _chosen_edition(catalog, edition)
    day = as_of or chosen.as_of
    seen = catalog.seen_by(chosen) if as_of is None else catalog
    rows = judged(seen, day, jobs or os.cpu_count() or 1, partial(local_pool, plain=True))
    if form == "table":
        _print_verdicts(rows, f"Edition {chosen.edition}, as of {day.isoformat()}")
    elif form == "csv":
        write_csv(sys.stdout, csv_rows(rows))
    else:
        print_json(report(catalog, chosen, day, rows), sys.stdout)


def _chosen_edition(catalog: Catalog, text: str | None, param_hint: str = "--edition") -> Edition:
    """Return the one edition that an option names; the current one (else the last) without it."""
    chosen = chosen_editions(catalog, text, param_hint)
    if len(chosen) > 1:
        raise click.BadParameter("choose one edition.", param_hint=param_hint)
    return chosen[0]


def _print_verdicts(rows: Sequence[Mapping[str, Any]], title: str) -> None:
    headings = ["No.", "Goal", "Verdict", "Probability", "Level", "n", "Last year"]
    if any(row["indicative"] for row in rows):
        headings.append("Indicative")
    cells = [_table_row(row)[: len(headings)] for row in rows]
    print_table(title, headings, cells, right=("No.", "n", "Last year"), overflow="ellipsis")


def _table_row(row: Mapping[str, Any]) -> list[str]:
    from qualitybook.report import labels
    from qualitybook.report.i18n import Words

    words, state, reason, word = Words("en"), row["state"], row["reason"], row["word"]
    verdict = words.gettext(labels.STATES[state])
    if reason and row["probability"] is None:
        verdict += words.parentheses(words.gettext(labels.REASONS[reason]))
    word = words.gettext(labels.WORDS[word]) if word else ""
    chance = f"{row['probability_text']} {word}" if row["probability_text"] else ""
    last_year = "" if row["last_year"] is None else str(row["last_year"])
    cells = [str(row["number"]), _statement(row), verdict, chance, row["level"], str(row["n"]), last_year]
    return [*cells, "; ".join(_indicative(reading) for reading in row["indicative"])]


def _statement(row: Mapping[str, Any]) -> str:
    """Return a goal in English, or in the language that the book has."""
    from qualitybook.evidence.schema import in_each_language

    texts = [row["statement_en"], *(row[column] for column in in_each_language("statement"))]
    return next(filter(None, texts), "")


def _indicative(reading: Mapping[str, Any]) -> str:
    """Return an indicative reading for the table: its 80 % range, and its probability where one is printed."""
    if reading["estimate"] is None:
        return "none"
    text = f"{reading['low80']:.4g} to {reading['high80']:.4g}"
    return text if reading["probability"] is None else f"{text}: {reading['probability']:.0%}"


@click.command()
@click.argument("folder", metavar="DIR", type=Place())
@click.option(
    "--from-workbook",
    "workbook",
    type=Place(exists=True, dir_okay=False),
    metavar="FILE.xlsx",
    help="A plan, as 'qualitybook intake template --plan' writes it.",
)
@click.option("--lang", help="Languages of the book, separated by commas; default: all.")
def init(folder: Path, workbook: Path | None, lang: str | None) -> None:
    """Make an evidence folder DIR for another city or plan, minimal or from a workbook.

    The minimal one passes `check` and builds; every row in it is an example to be replaced by what was published. One
    from a workbook holds that plan, all of it or nothing, and waits for its first edition.
    """
    with _made(folder):
        langs = chosen_languages(lang)
        steps = _from_example(folder, langs) if workbook is None else _from_workbook(folder, workbook, langs)
    click.echo(f"\nNext: {steps[0]}, then")
    for command in steps[1:]:
        click.echo(f"  {command}")


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Refuse a folder that cannot be made, or that holds something."""
    from qualitybook.evidence.editions import refuse_filled

    try:
        with errors_told("{}"):
            refuse_filled(folder)
            yield
    except OSError as error:
        reason = f"{str(folder)!r} could not be made: {error.strerror}"
        raise click.UsageError(f"{reason}; name a new folder in one that you own.") from None


def _from_example(folder: Path, langs: Sequence[str]) -> list[str]:
    from qualitybook.evidence.editions import write_starter

    for path in write_starter(folder, date.today(), langs):
        click.echo(path.as_posix())
    commands = [command_line(command, "--data", folder.as_posix()) for command in ("check", "build")]
    return ["replace the examples, beginning with book.toml and plan/targets.csv", *commands]


def _from_workbook(folder: Path, workbook: Path, langs: Sequence[str]) -> list[str]:
    """Make the folder beside its place, and put it there when it is whole."""
    from qualitybook.cli.intake import prepared, refuse
    from qualitybook.evidence.editions import write_tables
    from qualitybook.evidence.store import LOCK

    refuse_unfit_file(workbook, "--from-workbook")
    place = folder.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}-") as made:
        new = Path(made) / place.name
        write_tables(new, {}, langs)
        intake = prepared(workbook, new, is_new=True)
        for fault in intake.faults:
            click.echo(str(fault), err=True)
        refuse(intake, accept_doubts=False)
        intake.write()
        (new / LOCK).unlink(missing_ok=True)
        if place.is_dir():
            # A folder that takes its place would not be the one that somebody stands in.
            for each in sorted(new.iterdir()):
                os.replace(each, place / each.name)
        else:
            os.replace(new, place)
    if intake.passed_over:
        click.echo(intake.passed_over)
    counts = Counter(change.entry.table.path for change in intake.added)
    for path, count in counts.items():
        click.echo(f"{(folder / path).as_posix()}: {plural(count, 'row')}")
    data = ("--data", folder.as_posix())
    return [
        "put the book's titles into book.toml",
        command_line("edition", "new", "EDITION", "--as-of", "YYYY-MM-DD", *data),
        command_line("intake", "template", "figures.xlsx", "--missing", *data),
    ]


def _warnings_of(catalog: Catalog) -> list[Problem]:
    """Return a warning for each figure of the evidence that lies a step beyond all measure from the one before."""
    from qualitybook.analysis.jumps import MOST_STEPS_APART, steps_too_large
    from qualitybook.evidence.check import without_settled
    from qualitybook.evidence.schema import OBSERVATIONS

    rows = catalog.observations.set_index("line")
    problems = [
        Problem(
            OBSERVATIONS.path,
            jump.line,
            "value",
            str(rows.loc[jump.line, "value_text"]),
            f"{expected(jump, MOST_STEPS_APART)}; {_SLIP_OR_BREAK}",
            JUMP,
            "warning",
        )
        for jump in steps_too_large(catalog)
    ]
    return without_settled(problems, zip(rows.index, zip(rows["settled"], strict=True), strict=True))


_NOT_BUILT = (
    "the book {book} has not been built, so the list lacks what its pages say; "
    "'qualitybook build --edition {edition} --lang {lang}' builds it"
)


@click.command()
@click.argument("edition")
@click.option("--lang", help="Languages, separated by commas; default: all of the book.")
@click.option("--output", type=Place(file_okay=False), default=Path("_review"), show_default=True)
@click.option(
    "--check-addresses", is_flag=True, help="Ask each source's address whether it answers (uses the network)."
)
@click.option("--timeout", type=Span(min=0.1), default=10.0, show_default=True, help="Seconds for an answer.")
@click.option("--pause", type=Span(min=0), default=2.0, show_default=True, help="Seconds between two requests.")
@click.option(
    "--build-dir", type=Place(file_okay=False), help="Where `build` has built the edition; default: where it builds."
)
@click.option(
    "--from",
    "documents",
    type=Place(exists=True, dir_okay=False),
    multiple=True,
    help="List the comments and tracked changes of a document that 'build --docx' made; may come several times.",
)
@data_option
def review(
    edition: str,
    lang: str | None,
    output: Path,
    check_addresses: bool,
    timeout: float,
    pause: float,
    build_dir: Path | None,
    documents: tuple[Path, ...],
    data: Path,
) -> None:
    """Write a checklist for reviewers of an edition, as Markdown and as a workbook.

    It has each figure, what a verdict leans on first, each computed claim with its figures, and, of a book that has
    been built, everything that its pages say with numbers. Reviewers fill in who, when and the result in the workbook;
    'qualitybook intake import' takes it back, and the marks appear on the evidence page. What readers wrote into
    documents for Word is a list of its own, with page, headings and paragraph.
    """
    from qualitybook.analysis.review import Review
    from qualitybook.report.review import Checklist
    from qualitybook.report.voice import Voice
    from qualitybook.report.workbook import review_workbook

    remarks = _remarks(documents)
    catalog = load_catalog(data)
    langs = chosen_languages(lang, data)
    made = Review.of(catalog, _chosen_edition(catalog, edition, "EDITION"))
    answers = _answers(made, timeout, pause) if check_addresses else {}
    built = build_dir or _build_folder(data)
    files: dict[str, bytes] = {}
    for code in langs:
        said = _said_in(built / edition / code / "source", catalog)
        if not said:
            note = _NOT_BUILT.format(book=f"{edition}/{code}", edition=edition, lang=code)
            click.echo(with_options(f"note: {note}"), err=True)
        checklist = Checklist(Voice(code, catalog), made, answers, said, remarks)
        files[f"review-{edition}-{code}.md"] = checklist.markdown().encode("utf-8")
        files[f"review-{edition}-{code}.xlsx"] = review_workbook(checklist)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (output / name).write_bytes(content)
    except OSError as error:
        raise failed([f"{output} could not be written: {error.strerror}; choose another --output."]) from None
    for name in files:
        click.echo(str(output / name))
    without = {item.row["source_id"] for item in made.items if "no_address" in item.weaknesses}
    click.echo(f"{plural(len(made.items), 'figure')} to check; {plural(len(without), 'source')} without an address.")
    for name, found in remarks.items():
        click.echo(f"{plural(len(found), 'remark')} in {name}.")


def _remarks(documents: Sequence[Path]) -> dict[str, list[Remark]]:
    """Return what readers wrote into documents, or end the command at the first that cannot be read."""
    from qualitybook.evidence.intake.remarks import remarks_in

    for path in documents:
        refuse_unfit_file(path, "--from")
    with errors_told("{}."):
        return {path.name: remarks_in(path) for path in documents}


def _build_folder(data: Path) -> Path:
    """Return where the folder's book is built by default; a folder without settings has none, which is no mistake."""
    from qualitybook.evidence.schema import SETTINGS_NAME
    from qualitybook.publish.layout import Project

    project = Project(Path())
    has_own_name = not project.is_own(data) and (data / SETTINGS_NAME).is_file()
    return project.build_folder(data, load_book(data).name if has_own_name else "")


def _said_in(source: Path, catalog: Catalog) -> list[Statement]:
    """Return what the pages of a built book say, or end the command where the book is older than the sources."""
    from qualitybook.publish.notebook import book_statements

    with errors_told("error: {}."):
        said = book_statements(source)
    unknown = {key for each in said for key in each.source_ids} - set(catalog.sources["source_id"])
    if unknown:
        found = ", ".join(sorted(unknown))
        raise failed([f"error: the book in {source} cites what sources.csv does not have: {found}; build it again."])
    return said


def _answers(made: Review, timeout: float, pause: float) -> dict[str, Answer]:
    """Ask the addresses of all sources of the figures, and say which do not answer."""
    from qualitybook.analysis.review import ask

    used = [made.sources.loc[item.row["source_id"]] for item in made.items]
    urls = list(dict.fromkeys(str(source["url"] or source["found_url"]) for source in used))
    urls = [url for url in urls if url]
    answers = {}
    for number, answer in enumerate(ask(urls, timeout, pause), start=1):
        answers[answer.url] = answer
        if answer.code != "answers":
            click.echo(f"{number}/{len(urls)} {answer.code} ({answer.detail}): {answer.url}", err=True)
    return answers
