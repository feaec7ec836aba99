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
    failed,
    load_book,
    load_catalog,
    plural,
)

if TYPE_CHECKING:
    from qualitybook.evidence import Catalog
    from qualitybook.publish.book import Built, Request, Watcher


@click.command()
@click.option("--edition", help="Editions, separated by commas, or 'all'; default: the current one.")
@click.option("--lang", default="zh,en", show_default=True, help="Languages, separated by commas.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one for each processor.")
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
@click.option("--allow-missing", is_flag=True, help="Put a note in the place of a page that fails.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@data_option
def build(edition: str | None, lang: str, html: bool, pdf: bool, quiet: bool, data: Path, **options: Any) -> None:
    """Build the book: execute the pages, and publish website and PDF together."""
    from qualitybook.publish.book import Request
    from qualitybook.publish.layout import Project

    catalog = load_catalog(data)
    project, name = Project(options["root"]), load_book(data).name
    request = Request(
        project=project,
        editions=[each.edition for each in chosen_editions(catalog, edition)],
        langs=chosen_languages(lang),
        build_dir=options["build_dir"] or project.build_folder(data, name),
        output=options["output"] or project.site_folder(data, name),
        jobs=options["jobs"] or os.cpu_count() or 1,
        html=html or not pdf,
        pdf=pdf or not html,
        allow_missing=options["allow_missing"],
    )
    with watcher(quiet) as watch:
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
        raise bad_evidence(error.problems) from None
    except book.PagesError as error:
        lines = [line for result in error.results for line in _failure_lines(result)]
        raise failed(
            [*lines, f"{plural(len(error.results), 'page')} could not be made; the site is as it was."]
        ) from None
    except (book.BooksError, PageTemplateError) as error:
        raise failed([str(error), "The book could not be made; the site is as it was."]) from None


def _failure_lines(result: Any) -> list[str]:
    """Return the lines about a failed page: where, what, and the end of the traceback."""
    traceback = [f"    {line}" for line in result.failure.traceback.splitlines()]
    return [f"error: {result}", *traceback]


def _print_built(built: Built) -> None:
    for result in built.missing:
        click.echo(f"missing: {result}", err=True)
    if built.site is not None:
        click.echo(f"Site: {built.site / 'index.html'}")
    for path in built.pdfs:
        click.echo(f"PDF: {path}")
