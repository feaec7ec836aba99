"""The whole way from evidence to site: execute the pages, assemble the books, compile them, publish them together.

Nothing is published unless all of it was made, so that the last good site stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.settings import BookSettings, load_settings
from qualitybook.publish import assemble
from qualitybook.publish.compile import CompileError, build_html, build_pdf
from qualitybook.publish.context import book_context
from qualitybook.publish.describe import config_values, editions_offered, indicator_index, pdf_name
from qualitybook.publish.environment import epoch_of, process_environment
from qualitybook.publish.execute import Result, execute_pages, local_pool
from qualitybook.publish.kernels import warm_kernels
from qualitybook.publish.layout import Project, Volume
from qualitybook.publish.machines import Offer, write_for_machines
from qualitybook.publish.site import Book, publish_site
from qualitybook.report.i18n import Words, language

PAGES = "pages"
COMPILED = "compiled"


@dataclass(frozen=True)
class Step:
    """One thing that has been done, for who watches.

    Attributes
    ----------
    stage : str
        `PAGES` or `COMPILED`.
    done, total : int
        How far the stage is.
    text : str
        What was done.
    """

    stage: str
    done: int
    total: int
    text: str


Watcher = Callable[[Step], None]


@dataclass(frozen=True)
class Request:
    """What to build.

    Attributes
    ----------
    project : Project
        Where templates, authored pages and settings lie.
    editions : sequence of str
        Keys of the editions.
    langs : sequence of str
        Language codes, the first language first.
    build_dir, output : pathlib.Path
        Where it is built, and where the site goes.
    jobs : int
        How many processes may run.
    html, pdf : bool
        Which forms.
    allow_missing : bool
        Whether a page that fails is replaced by a note.
    """

    project: Project
    editions: Sequence[str]
    langs: Sequence[str]
    build_dir: Path
    output: Path
    jobs: int = 1
    html: bool = True
    pdf: bool = True
    allow_missing: bool = False


@dataclass(frozen=True)
class Built:
    """What was built.

    Attributes
    ----------
    site : pathlib.Path or None
        The site's folder; None where no website was asked for.
    pdfs : list of pathlib.Path
        The PDFs: on the site, or in the build folder where there is none.
    missing : list of Result
        Pages that a note stands for.
    """

    site: Path | None
    pdfs: list[Path]
    missing: list[Result]


class PagesError(RuntimeError):
    """Pages that could not be made.

    Parameters
    ----------
    results : sequence of Result
        The failed pages.
    """

    def __init__(self, results: Sequence[Result]) -> None:
        self.results = list(results)
        super().__init__("\n".join(str(result) for result in results))


class BooksError(RuntimeError):
    """Books that could not be compiled.

    Parameters
    ----------
    errors : sequence of CompileError
        One for each book and form.
    """

    def __init__(self, errors: Sequence[CompileError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in errors))


def build(catalog: Catalog, request: Request, watch: Watcher = lambda step: None) -> Built:
    """Build the books and put them on the site.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    request : Request
        What to build.
    watch : callable, optional
        Told each thing done.

    Raises
    ------
    ProjectError, UnknownLanguageError, UnknownKeyError
        If the request names something that is not there.
    EvidenceError
        If the evidence folder lacks the settings of its book.
    PageTemplateError, PagesError, BooksError
        If a page or a book cannot be made; the site is as it was.
    """
    project = request.project.checked()
    settings = load_settings(catalog.folder)
    volumes = volumes_of(request, catalog)
    # The kernels' libraries are imported while the books' own values are worked out.
    with warm_kernels(process_environment(epoch_of(volumes[0].edition.as_of))) as kernels:
        contexts = {volume.name: _context(catalog, volume) for volume in volumes}
        failed = _make_pages(request, catalog, volumes, contexts, kernels, watch)
    pages = {volume.name: assemble.page_names(volume) for volume in volumes}
    editions = editions_offered(request.output, volumes, pages)
    for volume in volumes:
        values = config_values(settings, volume, editions, indicator_index(catalog, volume.lang), has_pdf=request.pdf)
        assemble.finish(project, catalog, volume, contexts[volume.name], values)
    _compile(request, volumes, settings, watch)
    return _publish(request, catalog, volumes, settings, failed)


def volumes_of(request: Request, catalog: Catalog) -> list[Volume]:
    """Return the books of a request, editions first."""
    for code in request.langs:
        language(code)
    editions = [catalog.edition(key) for key in request.editions]
    return [
        Volume(edition, code, request.build_dir / edition.edition / code)
        for edition in editions
        for code in request.langs
    ]


def _context(catalog: Catalog, volume: Volume) -> dict[str, Any]:
    return book_context(catalog, volume.edition, Words(volume.lang))


def _make_pages(
    request: Request,
    catalog: Catalog,
    volumes: Sequence[Volume],
    contexts: Mapping[str, Mapping[str, Any]],
    kernels: Path | None,
    watch: Watcher,
) -> list[Result]:
    """Execute the pages of all books in one pool, and return those that failed and may."""
    for volume in volumes:
        assemble.start(request.project, catalog.folder, volume)
    jobs = [
        job
        for volume in volumes
        for job in assemble.page_jobs(request.project, catalog, volume, contexts[volume.name], kernels)
    ]
    done = 0

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        watch(Step(PAGES, done, len(jobs), str(result)))

    with local_pool(min(request.jobs, len(jobs))) as pool:
        results = execute_pages(jobs, pool, tell)
    failed = [result for result in results if not result.ok]
    if failed and not request.allow_missing:
        raise PagesError(failed)
    for result in failed:
        assemble.write_missing(result, Words(result.job.lang))
    return failed


def _compile(request: Request, volumes: Sequence[Volume], settings: BookSettings, watch: Watcher) -> None:
    """Make every form of every book, several at a time."""
    with ThreadPoolExecutor(request.jobs) as pool:
        runs: dict[Future[Path], str] = {}
        for volume in volumes:
            epoch = epoch_of(volume.edition.as_of)
            if request.pdf:
                pdf = volume.pdf_folder / pdf_name(settings, volume)
                runs[pool.submit(build_pdf, volume.source, pdf, epoch)] = f"{volume.name} PDF"
            if request.html:
                runs[pool.submit(build_html, volume.source, volume.html, epoch)] = f"{volume.name} HTML"
        errors: list[CompileError] = []
        for done, run in enumerate(as_completed(runs), start=1):
            error = run.exception()
            if isinstance(error, CompileError):
                errors.append(error)
            elif error is not None:
                raise error
            watch(Step(COMPILED, done, len(runs), runs[run]))
    if errors:
        raise BooksError(sorted(errors, key=lambda error: error.what))


def _publish(
    request: Request, catalog: Catalog, volumes: Sequence[Volume], settings: BookSettings, missing: list[Result]
) -> Built:
    """Put the books on the site together; a PDF without a website stays in the build folder."""
    pdfs = {volume.name: volume.pdf_folder / pdf_name(settings, volume) for volume in volumes if request.pdf}
    if not request.html:
        return Built(None, list(pdfs.values()), missing)
    books = [Book(volume.edition.edition, volume.lang, volume.html, pdfs.get(volume.name)) for volume in volumes]
    offer = Offer(catalog, settings, list(dict.fromkeys(volume.edition.edition for volume in volumes)))
    publish_site(request.output, books, offer.as_of, lambda root, shelves: write_for_machines(root, shelves, offer))
    return Built(request.output, [request.output / name / path.name for name, path in pdfs.items()], missing)
