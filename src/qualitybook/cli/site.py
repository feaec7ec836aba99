"""``qualitybook publish``, ``shelf``, ``serve``, ``verify``, ``cache``, ``version``, ``doctor``: of what is built."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from qualitybook import __version__
from qualitybook.cli.shared import (
    BAD_DATA,
    NO_SITEMAP,
    ROOM,
    Commands,
    Place,
    Span,
    chosen_languages,
    command_line,
    data_option,
    errors_told,
    failed,
    grouped,
    load_book,
    load_catalog,
    plural,
    told,
    waiting,
    with_options,
)

if TYPE_CHECKING:
    from qualitybook.publish.plan import Offer
    from qualitybook.publish.release import Released


_WORDS = {"others": "kept", "altered": "changed"}
"""What a line of the report begins with, where it is not the name of the field."""
_MEANINGS = {
    "carried": "from an earlier build; its page or PDF is not in the new one",
    "removed": "of a former build; no page shows it any more",
    "altered": "since it was published; the new build's own file takes its place, where it has one",
    "others": "not this program's",
    "sealed": "its published pages stay as they are, byte for byte",
    "uneven": "its languages are not of one build; build it in all of them and publish that",
}


@click.command()
@click.argument("folder", metavar="DIR", type=Place())
@click.option("--output", type=Place(file_okay=False), help="The site; default: where `build` puts it.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option(
    "--withdraw",
    metavar="EDITION",
    help="Publish nothing; take this edition back from DIR, and from the site where that has it.",
)
@click.option(
    "--force", is_flag=True, help="Publish even a build that a newer one has replaced, or that was withdrawn."
)
@click.option("--sealed", is_flag=True, help="Withdraw the edition even though it is sealed.")
@data_option
def publish(
    folder: Path, output: Path | None, dry_run: bool, withdraw: str | None, force: bool, sealed: bool, data: Path
) -> None:
    """Put the site into DIR, the folder that a web server shows.

    It is checked against its manifest first, then copied beside DIR and takes its place in one step, so that no
    reader sees half of it. What DIR has besides stays: other editions, pages and PDFs that a new build of an edition
    lacks, and everything that this program did not put there. DIR/publications.json says which builds were published.
    """
    from qualitybook.evidence.editions import SEALED
    from qualitybook.publish.layout import Project
    from qualitybook.publish.plan import offer_of

    book = load_book(data)
    offer = offer_of(load_catalog(data), book)
    if withdraw in offer.seals and not sealed:
        raise click.UsageError(SEALED.format(edition=withdraw))
    site = output or Project(Path()).site_folder(data, book.name)
    with _as_it_was(folder):
        if withdraw is None:
            _publish(site, folder, offer, dry_run=dry_run, force=force)
        else:
            _withdraw(site, folder, withdraw, offer, dry_run=dry_run)
    if dry_run:
        click.echo("Dry run: nothing was written.")


@contextmanager
def _as_it_was(folder: Path) -> Iterator[None]:
    """End the command with what keeps something from being put into a folder, which is then as it was."""
    try:
        with errors_told("error: {}", f"{folder} is as it was."):
            yield
    except OSError as error:
        raise failed([*told(error), f"{folder} is as it was; {ROOM}"]) from None


def _publish(site: Path, folder: Path, offer: Offer, *, dry_run: bool, force: bool) -> None:
    """Publish the site, or say what that would do."""
    from qualitybook.publish.machines import write_lists
    from qualitybook.publish.release import release
    from qualitybook.publish.site import SITEMAP

    with _alone_in([site, folder], dry_run):
        released = release(
            site,
            folder,
            offer.as_of,
            lambda root, shelves: write_lists(root, shelves, offer),
            force=force,
            dry_run=dry_run,
            seals=offer.seals,
            marks=offer.marks,
        )
    _print(released)
    _print_unknown(released, folder, offer)
    if not offer.settings.address:
        click.echo(NO_SITEMAP.format(name=SITEMAP), err=True)
    click.echo(f"{folder} {'would show' if dry_run else 'shows'} {site}.")
    if not dry_run and not _is_open(folder):
        click.echo(
            f"{folder} has folders or files that only you or your group may read (umask); where the web server is "
            f"somebody else: chmod -R a+rX {quote(str(folder))}",
            err=True,
        )


def _alone_in(folders: Sequence[Path], dry_run: bool) -> AbstractContextManager[None]:
    """Hold folders for this process alone, or refuse those that could not be held."""
    from qualitybook.publish.scratch import alone_in, refuse_unusable

    if not dry_run:
        return alone_in(folders, waiting)
    refuse_unusable(folders)
    return nullcontext()


def _is_open(folder: Path) -> bool:
    """Whether everybody on this computer may read what a folder has."""
    for path in (folder, *folder.rglob("*")):
        rights = path.lstat().st_mode
        needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(rights) else stat.S_IROTH
        if os.name != "nt" and rights & needed != needed:
            return False
    return True


def _withdraw(site: Path, folder: Path, edition: str, offer: Offer, *, dry_run: bool) -> None:
    """Take an edition back from where it is published, and from the site, from which it would be published again."""
    from qualitybook.publish.machines import write_lists
    from qualitybook.publish.release import withdraw
    from qualitybook.publish.site import read_shelves

    editions = [shelf.edition for shelf in read_shelves(site)]
    is_on_site = edition in editions and len(editions) > 1 and site.resolve() != folder.resolve()
    with _alone_in([site, folder], dry_run):
        for place in [folder, site] if is_on_site else [folder]:
            done = withdraw(
                place,
                edition,
                offer.as_of,
                lambda root, shelves: write_lists(root, shelves, offer),
                dry_run=dry_run,
                sealed=offer.seals,
                marks=offer.marks,
            )
            _print(done)
            click.echo(f"{place} {'would show' if dry_run else 'shows'} {edition} no more.")
    if edition in offer.as_of:
        remedy = command_line("edition", "remove", edition)
        click.echo(f"{edition} is in editions.csv still: a build of it makes it again. To drop it: {remedy}")


def _print(released: Released) -> None:
    """Print what was done, a line for each book, and for each file or the files of a folder."""
    for each in fields(released):
        names = getattr(released, each.name)
        meaning = _MEANINGS.get(each.name)
        for name in grouped(names) if meaning else names:
            click.echo(f"{_WORDS.get(each.name, each.name):8} {name}{f': {meaning}' if meaning else ''}")


def _print_unknown(released: Released, folder: Path, offer: Offer) -> None:
    """Name the editions that stay and that the evidence does not have, with the way to take them back."""
    books = (*released.new, *released.replaced, *released.same, *released.kept)
    for edition in dict.fromkeys(book.split("/")[0] for book in books):
        if edition not in offer.as_of:
            command = command_line("publish", str(folder), "--withdraw", edition)
            click.echo(f"{edition} is not in editions.csv; it stays published. To take it back: {command}")


@click.command()
@click.argument("folder", metavar="DIR", type=Place(file_okay=False))
@click.argument("sites", metavar="[SITE]...", nargs=-1, type=Place())
@click.option("--remove", multiple=True, metavar="NAME", help="Take the book of this name off; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
def shelf(folder: Path, sites: tuple[Path, ...], remove: tuple[str, ...], dry_run: bool) -> None:
    """Put several books into DIR, behind one front page with one search.

    Each SITE, as `build` made it or `publish` put it somewhere, is checked against its manifest and copied as it is
    into DIR/NAME, where NAME is that of its book. Books that DIR has besides stay.
    """
    from qualitybook.publish.shelf import put_on_shelf

    with _as_it_was(folder), _alone_in([*sites, folder], dry_run):
        _print(put_on_shelf(folder, sites, remove=remove, dry_run=dry_run))
    click.echo("Dry run: nothing was written." if dry_run else f"{folder} shows them; its front page is index.html.")


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 for any free one."
)
@click.option(
    "--watch", is_flag=True, help="Build the website now, and again whenever evidence, pages or templates change."
)
@click.option("--lang", help="Languages to build with --watch; default: all of the book.")
@click.option("--output", type=Place(file_okay=False), help="The site; default: where `build` puts it.")
@data_option
@click.pass_context
def serve(ctx: click.Context, port: int, watch: bool, lang: str | None, output: Path | None, data: Path) -> None:
    """Show the site on this computer: http://127.0.0.1:8000/, until Ctrl+C.

    With --watch it keeps its libraries loaded, so that the website after a change costs less than `build --html`; the
    bytes are the same. A line says what came of each change; what is wrong leaves the site as it was.
    """
    from threading import Event

    from qualitybook.publish.layout import Project
    from qualitybook.publish.preview import INDEX, server_of, sources_of, state_of
    from qualitybook.publish.preview import serve as serve_site

    project = Project(Path())
    site = output or project.site_folder(data, load_book(data).name)
    chosen_languages(lang, data)
    rebuild = _builder(ctx, data=data, lang=lang, html=True, output=site) if watch else None
    sources = sources_of(project, data)
    # What is edited while the first site is built is for the second one.
    seen = state_of(sources)
    if rebuild is not None:
        rebuild()
    elif not (site / INDEX).is_file():
        raise click.UsageError(
            with_options(f"no site in {str(site)!r}; make one with `qualitybook build`, or say --watch")
        )
    try:
        server = server_of(site, port)
    except OSError as error:
        raise click.BadParameter(f"{error.strerror}; take another, or 0 for any.", param_hint="--port") from None
    click.echo(f"http://{server.server_name}:{server.server_port}/ shows {site}; Ctrl+C ends it.")
    with suppress(KeyboardInterrupt):
        serve_site(server, sources, rebuild, Event(), seen)


def _builder(ctx: click.Context, **options: Any) -> Callable[[], None]:
    """Return what runs `build` with these options and says in a line what came of it, instead of ending."""
    from time import perf_counter

    from qualitybook.cli.build import build

    built = 0

    def rebuild() -> None:
        nonlocal built
        start, told = perf_counter(), "built"
        try:
            # Only the first one takes long enough to be watched.
            ctx.invoke(build, quiet=built > 0, **options)
            built += 1
        except click.ClickException as error:
            told = f"not built, the site is as it was: {error.format_message()}"
        click.echo(f"{datetime.now():%H:%M:%S} {perf_counter() - start:.1f} s: {told}", err=True)

    return rebuild


@click.command()
@click.argument("folder", type=Place(file_okay=False), default=Path("_site"))
def verify(folder: Path) -> None:
    """Check every file of the site in FOLDER (default: _site) against its manifest."""
    from qualitybook.publish.manifest import read_manifest

    with errors_told():
        manifest = read_manifest(folder)
    differences = manifest.differences(folder)
    if differences:
        lines = [f"error: {line}" for line in differences]
        raise failed(
            [*lines, f"{folder}: {plural(len(differences), 'file')} not as published; build or publish the site again."]
        )
    click.echo(f"{folder}: {plural(len(manifest.files), 'file')} as published.")


_DAY = 24 * 60 * 60
_MEBIBYTE = 1 << 20

_store_option: Callable[[Any], Any] = click.option(
    "--store",
    type=Place(file_okay=False),
    default=Path("_build/pages"),
    show_default=True,
    envvar="QUALITYBOOK_STORE",
    show_envvar=True,
    help="Folder of the pages.",
)


@click.group(cls=Commands)
def cache() -> None:
    """List or remove stored pages, which a build takes instead of making them again."""


@cache.command("list")
@_store_option
def list_pages(store: Path) -> None:
    """List the stored pages, the one used last first: last use, size in bytes, key, page."""
    from qualitybook.publish.cache import Store

    entries = Store(store).entries()
    for entry in entries:
        used = datetime.fromtimestamp(entry.used).isoformat(" ", "minutes")
        click.echo(f"{used}  {entry.size:>10}  {entry.key[:12]}  {entry.page}")
    click.echo(f"{store}: {plural(len(entries), 'page')}, {sum(entry.size for entry in entries) / _MEBIBYTE:.1f} MiB")


@cache.command()
@click.option("--unused-days", type=Span(min=0), default=30, show_default=True, help="Days without use; 0 for all.")
@_store_option
def prune(unused_days: float, store: Path) -> None:
    """Remove the stored pages that were not used for a while."""
    from qualitybook.publish.cache import Store

    removed = Store(store).prune(unused_days * _DAY)
    size = sum(entry.size for entry in removed) / _MEBIBYTE
    click.echo(f"{store}: removed {plural(len(removed), 'page')}, {size:.1f} MiB")


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


# What a computer may lack that neither make nor another command says


OK, NOTE, PROBLEM = "ok", "note", "problem"
LOCK = "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
# A character of each language of the book, and the dash that both use.
_SAMPLE = "质é–"


@dataclass(frozen=True)
class Finding:
    """What was found about one thing, and what to do; nothing where nothing is to be done."""

    name: str
    state: str
    """``ok``, ``note`` (it could not be told) or ``problem``."""
    found: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.state:8}{self.name:16}{self.found}{advice}"


@click.command()
def doctor() -> None:
    """Say whether this computer has what the book needs, and what to do where it has not."""
    findings = examine(Path())
    for finding in findings:
        click.echo(str(finding))
    problems = sum(finding.state == PROBLEM for finding in findings)
    click.echo(f"{plural(len(findings), 'check')}, {plural(problems, 'problem')}.")
    if problems:
        raise SystemExit(BAD_DATA)


def examine(root: Path) -> list[Finding]:
    """Return what was found about everything that the book needs, the lock file in a folder included."""
    return [packages(root), output_encoding(getattr(sys.stdout, "encoding", None)), file_names()]


def packages(root: Path) -> Finding:
    """Return whether the installed packages are those of the lock file."""
    lock = root / LOCK
    if not lock.is_file():
        return Finding("packages", NOTE, f"no {LOCK} here to compare with", "run in the project's folder")
    different = sorted(_different(lock.read_text(encoding="utf-8")))
    if different:
        more = f" and {len(different) - 3} more" if len(different) > 3 else ""
        return Finding("packages", PROBLEM, f"not as locked: {', '.join(different[:3])}{more}", "run make setup")
    return Finding("packages", OK, f"as in {LOCK}")


def _different(lock: str) -> Iterator[str]:
    """Yield the installed packages whose version is none of those locked for some system."""
    from importlib import metadata

    locked: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(lock):
        locked.setdefault(name, set()).add(version)
    for name, versions in locked.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or an extra that was not asked for
        if installed not in versions:
            yield f"{name} {installed}"


def output_encoding(encoding: str | None) -> Finding:
    """Return whether what the commands print can hold both languages."""
    try:
        _SAMPLE.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        advice = "set PYTHONUTF8=1 (or LC_ALL=C.UTF-8) and start again"
        return Finding("output", PROBLEM, f"{encoding or 'unknown'} cannot print Chinese", advice)
    return Finding("output", OK, str(encoding))


def file_names() -> Finding:
    """Return whether file names can hold Chinese."""
    encoding = sys.getfilesystemencoding()
    try:
        os.fsencode(_SAMPLE).decode("utf-8")
    except UnicodeError:
        return Finding("file names", PROBLEM, f"{encoding} cannot hold Chinese", "set PYTHONUTF8=1 and start again")
    return Finding("file names", OK, encoding)
