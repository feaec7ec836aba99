"""``qualitybook intake``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitybook.cli.shared import (
    JUMP,
    LOOK_AGAIN,
    ROOM,
    Commands,
    Place,
    command_line,
    data_option,
    errors_told,
    existing,
    expected,
    failed,
    load_catalog,
    plural,
    print_table,
    refuse_unfit_file,
    with_options,
    writing,
)
from qualitybook.errors import UnknownKeyError

if TYPE_CHECKING:
    from qualitybook.evidence.intake import Change, Fault, Intake

_NOTHING_WRITTEN = "Nothing was written; mend the file and try again."
_FIGURES = ("observations", "sources", "reviews")
"""Tables of which each row is told by its source."""


@click.group(cls=Commands)
def intake() -> None:
    """Take in new figures: make a workbook to fill in, and add it to the evidence."""


@intake.command()
@click.argument("out", type=Place(dir_okay=False), metavar="OUT.xlsx")
@click.option("--target", help="Only the series that this goal rests on, a key of plan/targets.csv.")
@click.option("--area", help="Only the indicators of this area's tasks, a key of plan/areas.csv.")
@click.option("--missing", is_flag=True, help="All series of all goals and tasks; default: the goals' own series.")
@click.option("--plan", is_flag=True, help="Instead of figures the plan: areas, tasks, goals and what they rest on.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@data_option
def template(
    out: Path, target: str | None, area: str | None, missing: bool, plan: bool, force: bool, data: Path
) -> None:
    """Write a workbook, prefilled with the figures that are missing for the coming edition, or with the plan."""
    if sum([target is not None, area is not None, missing, plan]) > 1:
        raise click.UsageError("--target, --area, --missing and --plan exclude each other; choose one.")
    _refuse_place(out, ".xlsx", force)
    content, said = _plan(data) if plan else _figures(data, target, area, missing)
    _write_out(out, content)
    click.echo(f"{out}: {said}")
    click.echo(f"  {command_line('intake', 'import', str(out), '--dry-run')}")


def _figures(data: Path, target: str | None, area: str | None, missing: bool) -> tuple[bytes, str]:
    """Return the workbook for figures, and what to do with it."""
    from qualitybook.evidence.intake import wanted
    from qualitybook.report.workbook import template as workbook

    catalog = load_catalog(data)
    try:
        figures = wanted(catalog, target=target, area=area, everything=missing)
    except UnknownKeyError as error:
        raise click.BadParameter(f"{error}.", param_hint="--target" if target is not None else "--area") from None
    said = f"{plural(len(figures), 'figure')} to look for. Fill in what you find, leave the rest empty, then:"
    return workbook(catalog, figures), said


def _plan(data: Path) -> tuple[bytes, str]:
    """Return the workbook with the plan, and what to do with it."""
    from qualitybook.evidence.check import read_folder
    from qualitybook.evidence.editions import sound
    from qualitybook.evidence.schema import LANGUAGES, languages_of
    from qualitybook.report.workbook import plan_workbook

    existing(data)
    raw = read_folder(data)
    with errors_told():
        sound(data, raw)
    languages = languages_of(data)
    lang = "" if tuple(languages) == tuple(LANGUAGES) else f" --lang {','.join(languages)}"
    said = (
        f"{plural(len(raw['targets'].lines), 'goal')} with what they rest on. For a plan of your own replace the rows, "
        f"then 'qualitybook init DIR --from-workbook FILE{lang}' makes its folder; to add rows to this one:"
    )
    return plan_workbook(raw), said


@intake.command()
@click.argument("out", type=Place(dir_okay=False), metavar="OUT.po")
@click.option("--lang", required=True, help="The language to translate into, such as en.")
@click.option("--all", "everything", is_flag=True, help="All texts; default: those without a translation.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@data_option
def words(out: Path, lang: str, everything: bool, force: bool, data: Path) -> None:
    """Write the texts of the evidence that lack in a language, as a file of messages (PO) for a translator.

    Programs for translators, such as Poedit, open it. `qualitybook intake import OUT.po` takes it back.
    """
    from qualitybook.evidence.intake.words import messages_of
    from qualitybook.evidence.schema import LANGUAGES

    existing(data)
    if lang not in LANGUAGES:
        raise click.BadParameter(f"no language {lang!r}; allowed: {', '.join(LANGUAGES)}.", param_hint="--lang")
    _refuse_place(out, ".po", force)
    with errors_told():
        content, count = messages_of(data, lang, everything=everything)
    if not count:
        click.echo(f"No text lacks in {lang}; nothing was written. --all writes those that are there.")
        return
    _write_out(out, content)
    click.echo(f"{out}: {plural(count, 'text')} to translate. Leave empty what you do not know, then:")
    click.echo(f"  {command_line('intake', 'import', str(out), '--dry-run')}")


def _refuse_place(out: Path, suffix: str, force: bool) -> None:
    """Refuse a file of another kind, or one that is there."""
    hint = f"OUT{suffix}"
    if out.suffix.lower() != suffix:
        raise click.BadParameter(
            f"{out.name!r} does not end in {suffix}; write {out.with_suffix(suffix).name!r}.", param_hint=hint
        )
    if out.exists() and not force:
        raise click.BadParameter(f"{str(out)!r} is there; choose another name or say --force.", param_hint=hint)


def _write_out(out: Path, content: bytes) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    except OSError as error:
        raise failed([f"{out} could not be written: {error.strerror}; choose another folder."]) from None


@intake.command("import")
@click.argument("file", type=Place(exists=True, dir_okay=False), metavar="FILE.xlsx|.csv|.po")
@click.option("--dry-run", is_flag=True, help="Check and show what would change, and write nothing.")
@click.option("--accept-doubts", is_flag=True, help="Take in figures that look like slips; you have looked at them.")
@click.option("--wide", is_flag=True, help="A table with years along one side, as yearbooks print it.")
@click.option("--map", "mapping", metavar="NAME", help="With --wide: how it is read, wide/NAME.toml in the folder.")
@data_option
def import_(file: Path, dry_run: bool, accept_doubts: bool, wide: bool, mapping: str | None, data: Path) -> None:
    """Check a workbook or a CSV file, show what it changes, and add it to the evidence.

    All of it is added or nothing. A figure that contradicts one of another source is kept beside it. Refusals name the
    sheet and the cell. A doubt (a jump, a rate like a fraction, a formula) is settled in its row, by notes in both
    languages that say why and the doubt's code in the column settled; or by --accept-doubts. A row that is there
    already is corrected where the column corrects names the columns that are wrong.

    A table of a yearbook is read by a mapping that says which row is which indicator. Where the folder has none of that
    name, one is proposed, with a question mark for all that names and units do not say.

    A file of messages that `intake words` wrote is taken back as a whole; empty and fuzzy messages say nothing.
    """
    existing(data)
    refuse_unfit_file(file, "FILE")
    if file.suffix.lower() == ".po":
        _take_words(file, data, dry_run)
        return
    if wide != (mapping is not None):
        raise click.UsageError("--wide and --map NAME go together; give both or neither.")
    if mapping is not None and not _has_mapping(data, mapping):
        _propose(file, data, mapping, dry_run)
        return
    made = prepared(file, data, mapping)
    for fault in made.faults:
        click.echo(str(fault), err=True)
    if is_written := bool(made.added) and not dry_run and not made.refusals(accept_doubts):
        # Before anything is printed: a reader of the output who leaves (`| head`) ends the command.
        _put(made, file, " ".join(_told(made)))
    if made.passed_over:
        click.echo(made.passed_over)
    _print_changes(made.changes)
    refuse(made, accept_doubts)
    _print_touched(made)
    if is_written:
        _print_written(made)
    elif not made.added:
        click.echo("Nothing new; nothing was written.")
    else:
        options = ("--wide", "--map", mapping) if mapping is not None else ()
        command = command_line("intake", "import", str(file), *options)
        click.echo(f"Dry run: nothing was written. To add this: {command}")


def _take_words(file: Path, data: Path, dry_run: bool) -> None:
    """Put what a translator wrote into the tables."""
    from qualitybook.evidence.intake.words import with_messages

    with errors_told("{}", _NOTHING_WRITTEN):
        made, count = with_messages(data, file)
    told = f"{plural(count, 'text')} of {plural(len(made.files), 'table')} translated."
    if not count:
        click.echo("Nothing new; nothing was written.")
    elif dry_run:
        click.echo(f"{told} Dry run: nothing was written. To add this: {command_line('intake', 'import', str(file))}")
    else:
        _put(made, file, told)
        click.echo(told)


def _has_mapping(data: Path, name: str) -> bool:
    from qualitybook.evidence.intake.wide import mapping_path
    from qualitybook.evidence.schema import SOURCES

    key = SOURCES.field("source_id")
    if not key.accepts(name):
        raise click.BadParameter(f"{name!r}; allowed: {key.allowed}.", param_hint="--map")
    return (data / mapping_path(name)).is_file()


def _propose(file: Path, data: Path, name: str, dry_run: bool) -> None:
    """Print what can be said of a table for sure, or write it as the mapping to be completed."""
    from qualitybook.evidence.check import read_folder
    from qualitybook.evidence.editions import sound
    from qualitybook.evidence.intake.wide import UNDECIDED, mapping_path, proposal

    raw = read_folder(data)
    with errors_told("{}", _NOTHING_WRITTEN):
        sound(data, raw)
        places = list(raw["regions"].cells["region_id"])
        text = proposal(file, raw, places[0] if len(places) == 1 else "")
    path = data / mapping_path(name)
    if dry_run:
        click.echo(text)
    else:
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise failed([f"{path} could not be written: {error.strerror}.", f"To do: {ROOM}"]) from None
    open_ = text.count(f'= "{UNDECIDED}"')
    where = "above" if dry_run else f"in {path.as_posix()}"
    click.echo(f"There is no mapping {name!r} yet. One is proposed {where}; no figure was taken in.")
    named = text.count("# by its name")
    click.echo(
        f"Indicators known by their names: {named}. To be decided: {plural(open_, 'line')}, each with a {UNDECIDED}."
    )
    click.echo(f"Then: {command_line('intake', 'import', str(file), '--dry-run')}")


@intake.command("log")
@data_option
def log_(data: Path) -> None:
    """List the imports into this folder that can be taken back, the last one first."""
    from qualitybook.evidence.history import imports

    existing(data)
    with errors_told("{}."):
        found = imports(data)
    for each in found:
        click.echo(f"{each.number}  {each.day}  {each.file}  {each.told}")
    if not found:
        click.echo("No import is known here.")


@intake.command()
@data_option
def undo(data: Path) -> None:
    """Take the last import back: the tables are as they were before it, byte for byte.

    Refused where they have changed since. What an import before it brought can be taken back next.
    """
    from qualitybook.evidence.history import undo as take_back

    existing(data)
    with writing(data):
        last = take_back(data)
    click.echo(f"Taken back: {last.file} of {last.day}. {last.told} {', '.join(last.after)} as before it.")


@intake.command()
@data_option
def recover(data: Path) -> None:
    """Finish a change of the evidence that was interrupted half-way."""
    from qualitybook.evidence.store import interrupted, locked

    existing(data)
    found = interrupted(data)
    with errors_told("{}."), locked(data):
        click.echo("The interrupted change is finished." if found else "Nothing was interrupted.")


def prepared(file: Path, data: Path, mapping: str | None = None, *, is_new: bool = False) -> Intake:
    """Return what a file would do, a table of years by its mapping, with doubts of its figures; or end the command."""
    from qualitybook.evidence.intake import prepare, read_entries
    from qualitybook.evidence.intake.merge import BROUGHT
    from qualitybook.evidence.intake.wide import wide_entries
    from qualitybook.evidence.schema import OBSERVATIONS, tables_of

    tables = {table.name: table for table in tables_of(data)}
    with errors_told("{}", _NOTHING_WRITTEN):
        if mapping is None:
            entries, faults, count = read_entries(file, [tables[name] for name in tables if name in BROUGHT])
            what = f"{plural(count, 'row')} without a figure"
        else:
            entries, faults, count = wide_entries(file, data, mapping, tables[OBSERVATIONS.name])
            what = f"{plural(count, 'cell')} with a sign of no figure"
        made = prepare(data, entries, faults, is_new, date.today().isoformat())
    return replace(made.with_faults(_jumps(made)), passed_over=f"{what} passed over." if count else "")


def refuse(made: Intake, accept_doubts: bool) -> None:
    """End the command where something is amiss."""
    refusals = made.refusals(accept_doubts)
    if refusals:
        raise failed([f"{plural(len(refusals), 'cell')} to look at; nothing was written.", *_how_to_accept(refusals)])


def _jumps(made: Intake) -> list[Fault]:
    """Return a doubt for each new or corrected figure that is far from what is known beside it."""
    from qualitybook.analysis.jumps import MOST_STEPS, jumps

    if made.catalog is None:
        return []
    # A rate that was taken for a fraction is far from its neighbours as well.
    doubted = {fault.place for fault in made.faults if fault.level == "doubt" and fault.column == "value"}
    faults = []
    figures = made.figures
    for jump in jumps(made.catalog, figures):
        entry = figures[jump.line]
        fault = entry.fault("value", entry.cells["value"], expected(jump, MOST_STEPS), LOOK_AGAIN, JUMP, "doubt")
        if fault.place not in doubted:
            faults.append(fault)
    return faults


def _how_to_accept(refusals: list[Fault]) -> list[str]:
    if any(fault.level == "error" for fault in refusals):
        return []
    return ["All of them are doubts: settle them in their rows as said above, or say --accept-doubts."]


def _print_changes(changes: tuple[Change, ...]) -> None:
    """Print what each row does, as a table; other rows than figures that are there already in one line."""
    told = [change for change in changes if change.kind != "present" or change.is_figure]
    if len(told) < len(changes):
        click.echo(f"{plural(len(changes) - len(told), 'other row')} there already.")
    if not told:
        return
    rows = [_row(change) for change in told]
    headings = ["Cell", "Change", "Row", "Before", "Now", "Source"]
    if any(row[-1] for row in rows):
        headings.append("Used from now on")
    print_table("Changes", headings, [row[: len(headings)] for row in rows], right=("Before", "Now"))


def _row(change: Change) -> list[str]:
    entry = change.entry
    key = " ".join(entry.cells[name] for name in entry.table.primary_key if name != "source_id" and entry.cells[name])
    kind = "new" if change.kind == "row" else change.kind
    if change.kind == "correction":
        before = "\n".join(_cell_of(name, text) for name, text in change.was.items())
        now = "\n".join(_cell_of(name, entry.cells[name]) for name in change.was)
    else:
        before, now = ", ".join(change.before), entry.cells["value"] if change.is_figure else ""
    named = ("source_id",) if entry.table.name in _FIGURES else entry.table.primary_key
    source = " ".join(entry.cells[name] for name in named if entry.cells[name])
    return [entry.place, kind, key if change.is_figure else entry.table.name, before, now, source, _used(change)]


def _cell_of(column: str, text: str) -> str:
    """Return a cell's text, with the column where it is not the figure itself."""
    return text if column == "value" else f"{column}: {text or 'empty'}"


def _used(change: Change) -> str:
    """Return which of a period's figures is used from now on, and how to use this one."""
    if change.used is None:
        return ""
    value, source = change.used
    if source == change.entry.cells["source_id"]:
        return f"{value}, this one"
    how = "; put 1 in preferred to use this one" if change.kind in ("new", "revision") else ""
    return f"{value}, of {source}{how}"


def _print_touched(made: Intake) -> None:
    for edition, count in made.touched.items():
        click.echo(
            f"Edition {edition} will see {plural(count, 'new or corrected figure')}: published on or before its as-of "
            "date.",
            err=True,
        )


def _put(made: Intake, file: Path, told: str) -> None:
    """Write what an import changes, all or none, and keep what takes it back."""
    with writing(made.folder, "Nothing was written."):
        made.write(file.name, date.today().isoformat(), told)


def _told(made: Intake, where: str = "") -> list[str]:
    """Return what an import did, a sentence each."""
    new = [change for change in made.added if change.kind != "correction"]
    figures, corrected = sum(change.is_figure for change in new), len(made.added) - len(new)
    told = [f"Added {plural(figures, 'figure')} and {plural(len(new) - figures, 'other row')}{where}."]
    return [*told, f"Corrected {plural(corrected, 'row')}."] if corrected else told


def _print_written(made: Intake) -> None:
    for sentence in _told(made, f" to {made.folder}"):
        click.echo(sentence)
    click.echo(with_options("To take it back: 'qualitybook intake undo'."))
    next_ = "Next: 'qualitybook assess' shows the verdicts, 'qualitybook edition new' starts the next edition."
    click.echo(with_options(next_))
