"""``qualitybook edition``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualitybook.cli.shared import (
    Commands,
    Day,
    Place,
    chosen_editions,
    chosen_languages,
    command_line,
    data_option,
    errors_told,
    existing,
    load_catalog,
    plural,
    print_json,
    print_table,
    with_options,
    writing,
)

if TYPE_CHECKING:
    from qualitybook.analysis.edition_diff import EditionDiff, Move
    from qualitybook.analysis.indicative import Reading
    from qualitybook.evidence import Catalog
    from qualitybook.report.changes import ChangeWords, Listed


@click.group(cls=Commands)
def edition() -> None:
    """Add and remove editions, list them, and tell what changed from one to another."""


@edition.command()
@click.argument("name", metavar="EDITION")
@click.option("--as-of", type=Day(), required=True, help="What was published later is not used.")
@click.option("--target-year", type=click.IntRange(1900, 2099), help="Year of the goals; default: as the last edition.")
@data_option
def new(name: str, as_of: date, target_year: int | None, data: Path) -> None:
    """Add an edition and make it the current one."""
    from qualitybook.evidence.editions import add_edition
    from qualitybook.evidence.reading import RawTable
    from qualitybook.evidence.schema import EDITIONS

    existing(data)
    with writing(data):
        made = add_edition(data, name, as_of, target_year)
    click.echo(f"Edition {made.edition}: as of {made.as_of}, goals of {made.target_year}; it is the current one now.")
    is_first = len(RawTable.read(data, EDITIONS).lines) == 1
    told = "'qualitybook assess' shows the verdicts" if is_first else "'qualitybook edition diff' tells what changed"
    click.echo(with_options(f"Next: {told}, 'qualitybook build' makes the book."))


@edition.command()
@click.argument("name", metavar="EDITION")
@click.option("--sealed", is_flag=True, help="Remove it even though it is sealed; its seal stays.")
@data_option
def remove(name: str, sealed: bool, data: Path) -> None:
    """Take an edition off the evidence; what is published of it stays until it is withdrawn."""
    from qualitybook.evidence.editions import remove_edition

    existing(data)
    with writing(data):
        current = remove_edition(data, name, is_sealed_too=sealed)
    click.echo(f"Edition {name} is removed; {current.edition} is the current one.")
    withdrawal = command_line("publish", "DIR", "--withdraw", name, *["--sealed"] * sealed)
    click.echo(f"To take its pages off a site: {withdrawal}")


@edition.command()
@click.argument("name", metavar="EDITION")
@click.option(
    "--from",
    "site",
    metavar="DIR",
    type=Place(exists=True, file_okay=False),
    required=True,
    help="Where it is published.",
)
@data_option
def seal(name: str, site: Path, data: Path) -> None:
    """Seal an earlier edition: its published pages stay as they are from now on, byte for byte.

    The seal holds what the edition saw and the SHA-256 of every page; it and the evidence of that time are files of
    the evidence folder, to be committed. Later builds and publications carry the pages over.
    """
    from qualitybook.publish.sealing import seal as seal_edition

    chosen = _edition(load_catalog(data), name, "EDITION")
    with writing(data):
        made = seal_edition(data, chosen, site, date.today().isoformat(), _commit())
    click.echo(
        f"Edition {name} is sealed: {plural(len(made.figures), 'figure')}, {plural(len(made.verdicts), 'verdict')}, "
        f"{plural(len(made.files), 'published file')}. To be committed: {data / 'seals'}"
    )


def _commit() -> str:
    """Return the commit of the program that runs, where it has not been changed since; else nothing."""
    import subprocess

    from qualitybook.publish.environment import own_environment

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parents[1]), *arguments]
        return subprocess.run(command, env=own_environment(), capture_output=True, text=True, check=True).stdout

    try:
        return "" if git("status", "--porcelain", ".") else git("rev-parse", "HEAD").strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


@edition.command()
@click.argument("name", metavar="EDITION")
@data_option
def reissue(name: str, data: Path) -> None:
    """Add a corrected issue of an edition, 2025-2; what was published first stays reachable."""
    from qualitybook.evidence.editions import add_issue

    existing(data)
    with writing(data):
        made = add_issue(data, name)
    click.echo(
        f"Issue {made.edition}, as of {made.as_of}. Say in errata.csv what was wrong with {name}, then build it."
    )


@edition.command()
@click.argument("name", metavar="EDITION")
@click.option("--into", metavar="DIR", type=Place(file_okay=False), required=True, help="A new folder.")
@click.option("--html", is_flag=True, help="Only the website.")
@data_option
@click.pass_context
def rebuild(ctx: click.Context, name: str, into: Path, html: bool, data: Path) -> None:
    """Make a sealed edition again from the evidence of its time, and say how it compares with what was published.

    Nothing of the evidence or of a site is changed. Pages differ where the program has changed since, and where their
    menu names other editions.
    """
    from qualitybook.cli.build import build
    from qualitybook.evidence.seals import restore
    from qualitybook.publish.sealing import compared

    seals = load_catalog(data).seals
    if name not in seals:
        known = ", ".join(seals) or "none"
        raise click.BadParameter(f"no sealed edition {name!r}; allowed: {known}.", param_hint="EDITION")
    if into.exists() and any(into.iterdir()):
        raise click.BadParameter(f"{str(into)!r} is not empty; name a new folder.", param_hint="--into")
    evidence, site = into / "evidence", into / "site"
    sealed = seals[name]
    with errors_told("{}."):
        restore(data, sealed, evidence)
    langs = ",".join(sealed.languages)
    ctx.invoke(build, edition=name, lang=langs, data=evidence, output=site, build_dir=into / "build", html=html)
    told = compared(sealed, site)
    click.echo(f"Verdicts: {'not ' * bool(told.verdicts)}the same as published.")
    for target, (then, now) in told.verdicts.items():
        click.echo(f"  {target}: {then} -> {now}")
    for word, names in (("same", told.same), ("differs", told.different), ("not made", told.lost)):
        click.echo(f"{word:8} {plural(len(names), 'file')}")
    click.echo(f"{site} holds what was made.")


@edition.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@data_option
def list_(form: str, data: Path) -> None:
    """List the editions with the figures that each sees."""
    catalog = load_catalog(data)
    rows = [
        {
            "edition": each.edition,
            "as_of": each.as_of.isoformat(),
            "target_year": each.target_year,
            "status": each.status,
            "sealed": getattr(catalog.seals.get(each.edition), "sealed", ""),
            "figures": len(catalog.seen_by(each).observations),
        }
        for each in catalog.editions_in_order()
    ]
    if form == "json":
        print_json(rows, sys.stdout)
    else:
        headings = ["Edition", "As of", "Goals of", "Status", "Figures"]
        for row in rows:
            row["status"] = f"{row['status']}, sealed" if row.pop("sealed") else row["status"]
        print_table("Editions", headings, [[str(cell) for cell in row.values()] for row in rows])


@edition.command()
@click.argument("before", metavar="[BEFORE]", required=False)
@click.argument("now", metavar="[NOW]", required=False)
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@click.option("--lang", help="Language of the words; default: English, where the book has it.")
@data_option
def diff(before: str | None, now: str | None, form: str, lang: str | None, data: Path) -> None:
    """Tell what changed between two editions, and which figures moved the verdicts.

    Without NOW: from BEFORE to the current edition. Without both: from the edition before the current one to it.
    """
    from qualitybook.analysis.edition_diff import compare
    from qualitybook.report.changes import ChangeWords
    from qualitybook.report.voice import Voice

    langs = sorted(chosen_languages(lang, data), key="en".__ne__)
    if lang is not None and len(langs) > 1:
        raise click.BadParameter("choose one language.", param_hint="--lang")
    catalog = load_catalog(data)
    pair = _pair(catalog, before, now)
    changes = compare(catalog, *pair)
    told = ChangeWords(Voice(langs[0], catalog), changes, "[{}]".format)
    if form == "json":
        print_json(_record(changes), sys.stdout)
    elif form == "markdown":
        click.echo(_markdown(told))
    else:
        _print_diff(told)


def _pair(catalog: Catalog, before: str | None, now: str | None) -> tuple[Any, Any]:
    """Return the two editions that are meant, or end the command."""
    from qualitybook.analysis.edition_diff import previous

    later = _edition(catalog, now, "NOW")
    earlier = previous(catalog, later) if before is None else _edition(catalog, before, "BEFORE")
    if earlier is None:
        raise click.UsageError(f"edition {later.edition} is the first; name a later one to compare with it.")
    if earlier.as_of >= later.as_of:
        raise click.UsageError(
            f"edition {earlier.edition} (as of {earlier.as_of}) is not before {later.edition} (as of {later.as_of}); "
            "name the earlier one first."
        )
    return earlier, later


def _edition(catalog: Catalog, name: str | None, argument: str) -> Any:
    if name is not None and name not in set(catalog.editions["edition"]):
        known = ", ".join(catalog.editions["edition"])
        raise click.BadParameter(f"no edition {name!r}; allowed: {known}.", param_hint=argument)
    return chosen_editions(catalog, name)[0]


def _markdown(told: ChangeWords) -> str:
    """Return the changes as a Markdown text of its own."""
    from qualitybook.report.markdown import plain_table

    _ = told.voice.gettext
    before, now = told.diff.before.edition, told.diff.now.edition
    title = _("What changed from edition {before} to {now}", before=before, now=now)
    parts = [f"# {title}", told.lead(), "\n".join(f"- {told.move(move)}" for move in told.diff.moves)]
    for heading, listed in _tables(told).items():
        parts += [f"## {heading}", plain_table(*listed)]
    return "\n\n".join(part for part in parts if part)


def _tables(told: ChangeWords) -> dict[str, Listed]:
    """Return each table that has rows, by its title."""
    _ = told.voice.gettext
    tables = {
        _("The plan's text"): told.goals(),
        _("Verdicts that moved"): told.moves(),
        _("Indicative readings that moved"): told.readings(),
        _("Revised figures"): told.revisions(),
        _("Figures corrected since"): told.corrected(),
        _("Withdrawn sources"): told.withdrawn(),
        _("New figures"): told.new(),
        _("Older figures found since"): told.found(),
    }
    return {title: (header, rows) for title, (header, rows) in tables.items() if rows}


def _print_diff(told: ChangeWords) -> None:
    """Print the changes as tables, with the sentences about the verdicts."""
    from qualitybook.report.markdown import unescape

    click.echo(unescape(told.lead()))
    for move in told.diff.moves:
        click.echo(f"- {unescape(told.move(move))}")
    for title, (headings, rows) in _tables(told).items():
        print_table(title, headings, [[unescape(cell) for cell in row] for row in rows])


def _record(changes: EditionDiff) -> dict[str, Any]:
    """Return the changes as codes and numbers."""
    columns = ["indicator_id", "region_id", "period", "basis", "value_text", "qualifier", "grade", "source_id", "line"]
    return {
        "before": {"edition": changes.before.edition, "as_of": changes.before.as_of.isoformat()},
        "now": {"edition": changes.now.edition, "as_of": changes.now.as_of.isoformat()},
        "new": changes.new[columns].to_dict("records"),
        "found_since": changes.found[columns].to_dict("records"),
        "revised": [
            {
                "now": revision.now[columns].to_dict(),
                "before": revision.before[columns].to_dict(),
                "is_used": revision.is_used,
            }
            for revision in changes.revised
        ],
        "confirmed": changes.confirmed[columns].to_dict("records"),
        "withdrawn": changes.withdrawn[columns].to_dict("records"),
        "moved": [_move_record(move) for move in changes.moves],
        "corrected": [
            {"figure": key, "published": then, "today": now} for key, (then, now) in changes.corrected.items()
        ],
        "unmoved": changes.unmoved,
        "goals": [
            {side: None if goal is None else goal["target_id"] for side, goal in vars(change).items()}
            for change in changes.goals
        ],
        "readings_moved": [
            {"target_id": move.target, "before": _reading(move.before), "now": _reading(move.now)}
            for move in changes.readings
        ],
    }


def _reading(reading: Reading | None) -> dict[str, Any] | None:
    from qualitybook.analysis.indicative import reading_record

    return None if reading is None else reading_record(reading)


def _move_record(move: Move) -> dict[str, Any]:
    return {
        "target_id": move.now.target_id,
        "why": move.code,
        "before": move.before.record(),
        "by_time_alone": move.by_time.record(),
        "now": move.now.record(),
        "figures": [
            {
                "line": int(cause.row["line"]),
                "role": cause.role,
                "code": cause.code,
                "source_id": cause.row["source_id"],
            }
            for cause in move.causes
        ],
    }
