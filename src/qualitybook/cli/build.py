"""``qualitybook build``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import click

from qualitybook.cli.shared import (
    NO_SITEMAP,
    Place,
    advice,
    chosen_editions,
    chosen_languages,
    command_line,
    data_option,
    errors_told,
    existing,
    failed,
    grouped,
    load_book,
    load_catalog,
    plural,
    refuse_unknown_editions,
    told,
    waiting,
)
from qualitybook.errors import EvidenceError, QualitybookError, RefusedError
from qualitybook.publish.environment import CELL_SECONDS, PAGE_MEMORY, STORE_LIMIT
from qualitybook.publish.forms import DEFAULT_FORMS, FORMS, refuse_lacking

if TYPE_CHECKING:
    from qualitybook.evidence import Catalog
    from qualitybook.publish.book import Built, Step, Watcher
    from qualitybook.publish.layout import Project
    from qualitybook.publish.manifest import LastBuild


MEND_PAGES = "Mend the cells named above and build again; --allow-missing puts a note in the place of such a page."
MEND_BOOK = "Mend the files named above and build again."
_NOT_MADE = "The book could not be made; the site is as it was."


def _form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each form of a book."""
    *others, last = (FORMS[name].label for name in DEFAULT_FORMS)
    for name, form in reversed(list(FORMS.items())):
        needs = f"; needs 'qualitybook[{form.extra}]'" if form.extra else ""
        alone = f" (alone, it stays in the build folder{needs})"
        more = alone if form.suffix else f"; default: {', '.join(others)} and {last}"
        command = click.option(f"--{name}", is_flag=True, help=f"Build the {form.label}{more}.")(command)
    return command


@click.command()
@click.option("--edition", help="Editions, separated by commas, or 'all'; default: the current one.")
@click.option("--lang", help="Languages, separated by commas; default: all of the book.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one for each processor.")
@click.option("--scheduler", help="Make the pages on a Dask cluster: tcp://HOST:PORT, or local:N for N processes here.")
@_form_options
@click.option(
    "--output",
    type=Place(file_okay=False),
    help="Where the site goes; default: _site, or _site-NAME for another evidence folder whose book is called NAME.",
)
@click.option(
    "--build-dir", type=Place(file_okay=False), help="Where it is built; default: _build, or _build-NAME likewise."
)
@click.option(
    "--root",
    type=Place(exists=True, file_okay=False),
    default=Path(),
    help="Folder with _config.yml, _toc.yml, book/ and notebooks/; default: here.",
)
@click.option(
    "--store",
    type=Place(file_okay=False),
    envvar="QUALITYBOOK_STORE",
    show_envvar=True,
    help="Where pages that have been made are kept, to be taken again; default: pages/ in the build folder.",
)
@click.option(
    "--store-limit",
    type=click.IntRange(min=0),
    default=STORE_LIMIT,
    show_default=True,
    envvar="QUALITYBOOK_STORE_LIMIT",
    show_envvar=True,
    help="MiB that they may take; those used longest ago go, but none of this build's.",
)
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=CELL_SECONDS,
    show_default=True,
    help="Seconds that one cell of a page may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=256),
    default=PAGE_MEMORY,
    show_default=True,
    help="MiB of memory that one page may take (enforced on Linux).",
)
@click.option("--allow-missing", is_flag=True, help="Put a note in the place of a page that fails.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@data_option
def build(edition: str | None, lang: str | None, quiet: bool, data: Path, **options: Any) -> None:
    """Build the book: execute the pages, and publish website and PDF together.

    Only what has changed since the last build is made again. However a build ends, the last good site is whole, and the
    next build carries on with the pages that were made. A second build in the same folders waits for the first.
    """
    from qualitybook.publish.layout import REQUIRED, Project
    from qualitybook.publish.manifest import LastBuild, book_inputs
    from qualitybook.publish.scratch import alone_in

    existing(data)
    langs = ",".join(chosen_languages(lang, data))
    project = Project(options["root"])
    name = "" if project.is_own(data) else load_book(data).name
    build_dir = options["build_dir"] or project.build_folder(data, name)
    output = options["output"] or project.site_folder(data, name)
    last = LastBuild(build_dir, output)
    forms = [name for name in FORMS if options[name]] or list(DEFAULT_FORMS)
    asked = {"edition": edition, "lang": langs, "forms": forms, "output": str(output)}
    with _refusals_told():
        refuse_lacking(forms)
        said = None
        # A file that goes while it is read is a change.
        with suppress(FileNotFoundError):
            said = last.answer(asked, book_inputs(project.root, data, REQUIRED))
        if said is None:
            refuse_unknown_editions(data, edition)
            _check_places(data, project, build_dir, output)
            places = {build_dir / _TAKEN: data, build_dir / _PROJECT: project.root}
            with (
                _named_where_they_lie(places),
                _errors_told(),
                alone_in([build_dir, output], (lambda folder: None) if quiet else waiting),
            ):
                built = _built(data, project, build_dir, output, asked, {**options, "quiet": quiet})
                said = _said(built)
                notes = [] if quiet else _notes(built, load_book(build_dir / _TAKEN).address)
                click.echo("".join(f"{note}\n" for note in notes), err=True, nl=False)
                if built.site is not None and not built.missing:
                    # Not what stood there before: it may have changed while this build waited for another one.
                    _note(last, asked, built.inputs, said)
        elif not quiet:
            click.echo("Nothing has changed since the last build.", err=True)
    if not quiet:
        click.echo("\n".join(said))


def _check_places(data: Path, project: Project, build_dir: Path, output: Path) -> None:
    """Refuse to build over what no build has written."""
    from qualitybook.publish.manifest import SiteError
    from qualitybook.publish.site import present_at

    try:
        present_at(output)
    except SiteError as error:
        raise click.BadParameter(f"{error}.", param_hint="--output") from None
    if build_dir.resolve() in (data.resolve(), project.root.resolve()):
        reason = f"{str(build_dir)!r} is what the book is made from; name another folder."
        raise click.BadParameter(reason, param_hint="--build-dir")


_TAKEN, _PROJECT = "taken", "project"
"""Where in the build folder the evidence and the project lie as they stood when the build began."""


def _built(
    data: Path, project: Project, build_dir: Path, output: Path, asked: dict[str, Any], options: dict[str, Any]
) -> Built:
    """Build what was asked, and name the pages that a note stands for."""
    from qualitybook.publish.processes import start_early

    start_early()
    from qualitybook.publish import book
    from qualitybook.publish.layout import slips_of_contents
    from qualitybook.publish.snapshot import take_both

    is_new = not build_dir.exists()
    try:
        taken, as_taken = take_both(data, project, build_dir / _TAKEN, build_dir / _PROJECT)
        catalog = load_catalog(taken)
        project.checked()
    except BaseException:
        # A request that is refused leaves nothing behind.
        if is_new:
            rmtree(build_dir, ignore_errors=True)
        raise
    if not options["quiet"]:
        for problem in slips_of_contents(project, data):
            click.echo(str(problem), err=True)
    request = book.Request(
        project=as_taken,
        editions=_unsealed(catalog, asked["edition"], output),
        langs=chosen_languages(asked["lang"]),
        build_dir=build_dir,
        output=output,
        jobs=options["jobs"] or os.cpu_count() or 1,
        forms=asked["forms"],
        allow_missing=options["allow_missing"],
        scheduler=options["scheduler"],
        store=options["store"],
        store_limit=options["store_limit"],
        timeout=options["timeout"],
        memory=options["memory"],
    )
    with _watcher(options["quiet"]) as watch:
        built = book.build(catalog, request, watch)
    for result in built.missing:
        click.echo(f"missing: {result}", err=True)
    return built


def _unsealed(catalog: Catalog, asked: str | None, output: Path) -> list[str]:
    """Return the editions to be made: not those that are sealed, whose published pages stay."""
    from qualitybook.evidence.schema import EVERY_EDITION

    names = [each.edition for each in chosen_editions(catalog, asked)]
    sealed = [name for name in names if name in catalog.seals]
    left = [name for name in names if name not in sealed]
    if (sealed and asked != EVERY_EDITION) or not left:
        rebuild = command_line("edition", "rebuild", sealed[0], "--into", "DIR")
        reissue = command_line("edition", "reissue", sealed[0])
        raise click.BadParameter(
            f"{', '.join(sealed)} is sealed: its published pages stay. To compare: {rebuild}; for a corrected issue: "
            f"{reissue}.",
            param_hint="--edition",
        )
    for name in sealed:
        click.echo(f"{name} is sealed: its published pages are carried over, not made again.", err=True)
        if not (output / name).is_dir():
            fetch = command_line("publish", str(output), "--output", "DIR")
            how = f"`{fetch}`, with DIR where they are published, brings them first."
            click.echo(f"{output} does not have them yet; {how}", err=True)
    return left


def _note(last: LastBuild, asked: dict[str, Any], inputs: Mapping[str, str], said: list[str]) -> None:
    """Note what was built; without the note the next build is longer, but the site is there."""
    try:
        last.write(asked, inputs, said)
    except OSError as error:
        lines = [*told(error), "The site is in place, but the next build cannot tell that nothing has changed."]
        click.echo("\n".join(lines), err=True)


@contextmanager
def _named_where_they_lie(places: Mapping[Path, Path]) -> Iterator[None]:
    """Name files in messages where people edit them, not where the build has copied them to."""
    try:
        yield
    except click.ClickException as error:
        told = error.message
        for taken, own in places.items():
            for folder in (taken.resolve(), taken):
                told = told.replace(f"{folder}{os.sep}", "" if own == Path() else f"{own}{os.sep}")
        # Click calls it final, and prints nothing else; another error would lose its class and exit status.
        vars(error)["message"] = told
        raise


@contextmanager
def _errors_told() -> Iterator[None]:
    """Turn what is wrong with the evidence, the pages or the request into a message and an exit status."""
    from qualitybook.publish.book import PagesError
    from qualitybook.publish.manifest import SiteError

    with errors_told("{}"):
        try:
            yield
        except (RefusedError, EvidenceError):
            raise
        except PagesError as error:
            lines = [line for result in error.results for line in _failure_lines(result)]
            what_to_do = advice(str(result) for result in error.results)
            count = f"{plural(len(error.results), 'page')} could not be made; the site is as it was."
            raise failed([*lines, *what_to_do, count, MEND_PAGES]) from None
        except SiteError as error:
            raise failed([f"error: {error}.", _NOT_MADE]) from None
        except QualitybookError as error:
            raise failed([str(error), *advice([str(error)]), _NOT_MADE, MEND_BOOK]) from None


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Turn what the system refuses into a message and an exit status; imports nothing, so nothing waits for it."""
    try:
        with errors_told("{}"):
            yield
    except OSError as error:
        raise failed([*told(error), _NOT_MADE]) from None


def _failure_lines(result: Any) -> list[str]:
    """Return the lines about a failed page: where, what, and the end of the traceback."""
    traceback = [f"    {line}" for line in result.failure.traceback.splitlines()]
    return [f"error: {result}", *traceback]


def _said(built: Built) -> list[str]:
    """Return where the book is."""
    site = [] if built.site is None else [f"Site: {built.site / 'index.html'}"]
    return [*site, *(f"{FORMS[form].label}: {path}" for form, path in built.files)]


def _notes(built: Built, address: str) -> list[str]:
    """Return what the site has beside the books that were built, and what it lacks."""
    from qualitybook.publish.manifest import named
    from qualitybook.publish.site import SITEMAP

    if built.site is None:
        return []
    lacks = [] if address else [NO_SITEMAP.format(name=SITEMAP)]
    return [
        *(f"Kept, not this program's: {name}" for name in grouped(built.beside.others)),
        *(f"Kept from an earlier build: {name}" for name in grouped(built.beside.carried)),
        *(
            f"Edition {edition}: its languages are not of one build ({named(names)} differs); build it in all of them."
            for edition, names in built.beside.uneven.items()
        ),
        *lacks,
    ]


# How long work shows its progress: bars on a terminal, lines in a pipe, nothing if quiet


@contextmanager
def _watcher(quiet: bool) -> Iterator[Watcher]:
    """Give what shows the progress of a build."""
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
def _bars() -> Iterator[Watcher]:
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
