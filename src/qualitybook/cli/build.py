"""``qualitybook build``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualitybook.cli.progress import watcher
from qualitybook.cli.shared import (
    bad_evidence,
    chosen_editions,
    chosen_languages,
    data_option,
    existing,
    failed,
    load_book,
    load_catalog,
    plural,
)

if TYPE_CHECKING:
    from qualitybook.evidence import Catalog
    from qualitybook.publish.book import Built, Request, Watcher
    from qualitybook.publish.layout import Project

MEND_PAGES = "Mend the cells named above and build again; --allow-missing puts a note in the place of such a page."
MEND_BOOK = "Mend the files named above and build again."


@click.command()
@click.option("--edition", help="Editions, separated by commas, or 'all'; default: the current one.")
@click.option("--lang", default="zh,en", show_default=True, help="Languages, separated by commas.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one for each processor.")
@click.option("--scheduler", help="Make the pages on a Dask cluster: tcp://HOST:PORT, or local:N for N processes here.")
@click.option("--html", is_flag=True, help="Build the website; default: website and PDF.")
@click.option("--pdf", is_flag=True, help="Build the PDF (alone, it stays in the build folder).")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the site goes; default: _site, or _site-NAME for another evidence folder whose book is called NAME.",
)
@click.option(
    "--build-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it is built; default: _build, or _build-NAME likewise.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder with _config.yml, _toc.yml, book/ and notebooks/; default: here.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="QUALITYBOOK_STORE",
    show_envvar=True,
    help="Where pages that have been made are kept, to be taken again; default: pages/ in the build folder.",
)
@click.option("--allow-missing", is_flag=True, help="Put a note in the place of a page that fails.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@data_option
def build(edition: str | None, lang: str, html: bool, pdf: bool, quiet: bool, data: Path, **options: Any) -> None:
    """Build the book: execute the pages, and publish website and PDF together.

    Only what has changed since the last build is made again.
    """
    from qualitybook.publish.last_build import LastBuild
    from qualitybook.publish.layout import REQUIRED, Project
    from qualitybook.publish.manifest import book_inputs

    existing(data)
    project = Project(options["root"])
    name = "" if project.is_own(data) else load_book(data).name
    build_dir = options["build_dir"] or project.build_folder(data, name)
    output = options["output"] or project.site_folder(data, name)
    last = LastBuild(build_dir, output)
    asked = {"edition": edition, "lang": lang, "html": html or not pdf, "pdf": pdf or not html, "output": str(output)}
    inputs = book_inputs(project.root, data, REQUIRED)
    said = last.answer(asked, inputs)
    if said is None:
        _check_places(data, project, build_dir, output)
        built = _built(data, project, build_dir, output, asked, {**options, "quiet": quiet})
        said = _said(built)
        if built.site is not None and not built.missing:
            last.write(asked, inputs, said)
        for result in built.missing:
            click.echo(f"missing: {result}", err=True)
    elif not quiet:
        click.echo("Nothing has changed since the last build.", err=True)
    if not quiet:
        click.echo("\n".join(said))


def _check_places(data: Path, project: Project, build_dir: Path, output: Path) -> None:
    """Refuse to build over what no build has written."""
    from qualitybook.publish.site import holds_something_else

    if holds_something_else(output):
        reason = f"{str(output)!r} holds something that is no site of this program; name another folder."
        raise click.BadParameter(reason, param_hint="--output")
    if build_dir.resolve() in (data.resolve(), project.root.resolve()):
        reason = f"{str(build_dir)!r} is what the book is made from; name another folder."
        raise click.BadParameter(reason, param_hint="--build-dir")


def _built(
    data: Path, project: Project, build_dir: Path, output: Path, asked: dict[str, Any], options: dict[str, Any]
) -> Built:
    """Build what was asked."""
    from qualitybook.publish.book import Request

    catalog = load_catalog(data)
    request = Request(
        project=project,
        editions=[each.edition for each in chosen_editions(catalog, asked["edition"])],
        langs=chosen_languages(asked["lang"]),
        build_dir=build_dir,
        output=output,
        jobs=options["jobs"] or os.cpu_count() or 1,
        html=asked["html"],
        pdf=asked["pdf"],
        allow_missing=options["allow_missing"],
        scheduler=options["scheduler"],
        store=options["store"],
    )
    with watcher(options["quiet"]) as watch:
        return _build(catalog, request, watch)


def _build(catalog: Catalog, request: Request, watch: Watcher) -> Built:
    """Build, and turn what is wrong into a message and an exit status."""
    from qualitybook.evidence import EvidenceError
    from qualitybook.publish import book
    from qualitybook.publish.cluster import SchedulerError
    from qualitybook.publish.layout import ProjectError
    from qualitybook.publish.templates import PageTemplateError

    try:
        return book.build(catalog, request, watch)
    except SchedulerError as error:
        raise click.BadParameter(str(error), param_hint="--scheduler") from None
    except ProjectError as error:
        raise click.UsageError(str(error)) from None
    except EvidenceError as error:
        raise bad_evidence(error.problems) from None
    except book.PagesError as error:
        lines = [line for result in error.results for line in _failure_lines(result)]
        raise failed(
            [*lines, f"{plural(len(error.results), 'page')} could not be made; the site is as it was.", MEND_PAGES]
        ) from None
    except (book.BooksError, PageTemplateError) as error:
        raise failed([str(error), "The book could not be made; the site is as it was.", MEND_BOOK]) from None


def _failure_lines(result: Any) -> list[str]:
    """Return the lines about a failed page: where, what, and the end of the traceback."""
    traceback = [f"    {line}" for line in result.failure.traceback.splitlines()]
    return [f"error: {result}", *traceback]


def _said(built: Built) -> list[str]:
    """Return where the book is."""
    site = [] if built.site is None else [f"Site: {built.site / 'index.html'}"]
    return [*site, *(f"PDF: {path}" for path in built.pdfs)]
