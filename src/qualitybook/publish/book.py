"""The whole way from evidence to site: execute the pages, assemble the books, compile them, publish them together.

Nothing is published unless all of it was made, so that the last good site stays whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from qualitybook.errors import QualitybookError
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish import assemble
from qualitybook.publish.cache import Store
from qualitybook.publish.characters import refuse_undrawable
from qualitybook.publish.compile import begin_forms, rehearse
from qualitybook.publish.environment import CELL_SECONDS, PAGE_MEMORY, STORE_LIMIT, epoch_of
from qualitybook.publish.execute import (
    Failure,
    PageJob,
    Result,
    StoringRun,
    cluster,
    execute_on,
    execute_pages,
    page_jobs,
    write_indicator_pages,
)
from qualitybook.publish.forms import DEFAULT_FORMS, FORMS, WEBSITE, place_of, runs_of
from qualitybook.publish.layout import (
    CONFIG,
    DERIVED,
    REQUIRED,
    Project,
    Volume,
    check_pages,
    check_settings,
    contents_file,
    read_settings,
)
from qualitybook.publish.machines import write_for_machines
from qualitybook.publish.manifest import book_inputs
from qualitybook.publish.plan import Offer, Plan, planned, volumes_of
from qualitybook.publish.processes import dropping, end_server, local_threads
from qualitybook.publish.scratch import TEMPORARY, remove_abandoned, temporary_parent
from qualitybook.publish.site import Beside, Book, publish_site
from qualitybook.report.i18n import Words

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Catalog

PAGES = "pages"
COMPILED = "compiled"
INDICATORS = "indicators"
_STORE = "pages"
_EXTRACTS = "evidence"


@dataclass(frozen=True)
class Step:
    """One thing that has been done, for who watches."""

    stage: str
    """`PAGES`, `INDICATORS` or `COMPILED`."""
    done: int
    total: int
    """How far the stage is."""
    text: str
    """What was done."""


Watcher = Callable[[Step], None]


@dataclass(frozen=True)
class Request:
    """What to build."""

    project: Project
    """Where templates, authored pages and settings lie."""
    editions: Sequence[str]
    """Keys of the editions."""
    langs: Sequence[str]
    """Language codes, the first language first."""
    build_dir: Path
    output: Path
    """Where it is built, and where the site goes."""
    jobs: int = 1
    """How many processes may run."""
    forms: Sequence[str] = DEFAULT_FORMS
    """Names of the forms, in the order of `FORMS`."""
    allow_missing: bool = False
    """Whether a page that fails is replaced by a note."""
    scheduler: str | None = None
    """Address of the Dask scheduler whose workers make the pages; None for processes of this machine."""
    store: Path | None = None
    """Where pages that have been made are kept; default: ``pages`` in the build folder."""
    store_limit: int = STORE_LIMIT
    """MiB that the store may have after a build, beside the pages of that build."""
    timeout: int = CELL_SECONDS
    memory: int = PAGE_MEMORY
    """Seconds that a cell, and MiB of memory that a page may take."""

    @property
    def made_pages(self) -> Store:
        """The pages that have been made."""
        return Store((self.store or self.build_dir / _STORE).resolve())

    @property
    def html(self) -> bool:
        """Whether a website is asked for."""
        return WEBSITE in self.forms

    def files(self, settings: BookSettings, volume: Volume) -> dict[str, Path]:
        """Return where the files lie that a book is made into, by their forms."""
        return {name: place_of(settings, volume, name) for name in self.forms if FORMS[name].suffix}


@dataclass(frozen=True)
class Built:
    """What was built."""

    site: Path | None
    """The site's folder; None where no website was asked for."""
    files: list[tuple[str, Path]]
    """What lies beside a website, each with the name of its form: on the site, or in the build folder without one."""
    missing: list[Result]
    """Pages that a note stands for."""
    beside: Beside = field(default_factory=Beside)
    """What else the site has: what is not this program's, and what the books once had."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of all that the books were made from, by name, where there is a site."""


class PagesError(QualitybookError, RuntimeError):
    """Pages that could not be made."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.results = list(results)
        super().__init__("\n".join(str(result) for result in results))


def build(catalog: Catalog, request: Request, watch: Watcher = lambda step: None) -> Built:
    """Build the books and put them on the site.

    Nobody else may build in the same folders meanwhile: see `qualitybook.publish.scratch`.

    Raises
    ------
    RefusedError, UnknownKeyError
        If the request names something that is not there.
    EvidenceError
        If the evidence folder lacks the settings of its book, or a text has a character that cannot be drawn.
    PageError, PagesError, SiteError, QualitybookError, OSError
        If a page or a book cannot be made, or not put there; the site is as it was.
    """
    project, folder, began = request.project.checked(), catalog.folder, time.time()
    contents = contents_file(project, folder)
    check_settings(project.root / CONFIG, contents)
    check_pages(project, folder)
    rehearse(project.root / CONFIG, request.build_dir)
    refuse_undrawable(folder, project)
    settings = BookSettings.load(folder)
    volumes = volumes_of(catalog, request.editions, request.langs, request.build_dir)
    _clear_leftovers(request, volumes)
    plans, offer = planned(catalog, settings, volumes, request.build_dir / _EXTRACTS, with_website=request.html)
    for volume in volumes:
        assemble.start(project, folder, volume)
    # Mostly the store has all pages of the indicators: one process looks them through while others make pages.
    with _indicator_pages(request, plans) as indicators:
        failed = _make_pages(request, plans, watch)
        for total, text in indicators.result() if indicators is not None else ():
            watch(Step(INDICATORS, total, total, text))
    named = read_settings(contents)
    names = {volume.name: assemble.page_names(volume, named) for volume in volumes}
    editions = assemble.editions_offered(request.output, volumes, names)
    for plan in plans:
        assemble.finish(project, folder, plan, assemble.config_values(plan, editions, request.forms))
    _compile(request, volumes, settings, watch)
    built = _publish(request, folder, volumes, offer, failed)
    request.made_pages.bound(request.store_limit << 20, began)
    return built


def _clear_leftovers(request: Request, volumes: Sequence[Volume]) -> None:
    """Remove what builds that were killed have left, but for what the site's own `recover` puts right."""
    remove_abandoned(temporary_parent(), TEMPORARY)
    request.made_pages.clear()
    for volume in volumes:
        remove_abandoned(volume.folder)


@contextmanager
def _indicator_pages(request: Request, plans: Sequence[Plan]) -> Iterator[Future[list[tuple[int, str]]] | None]:
    """Write the pages of the indicators while the block does something else, and give them up when it fails."""
    if not request.html:
        yield None
        return
    given_up, store = Event(), request.made_pages
    with ThreadPoolExecutor(1) as beside:
        try:
            yield beside.submit(write_indicator_pages, plans, store, request.jobs, given_up)
        finally:
            given_up.set()


def _make_pages(request: Request, plans: Sequence[Plan], watch: Watcher) -> list[Result]:
    """Bring all pages of all books together, and return those that failed and may."""
    jobs = [
        replace(job, timeout=request.timeout, memory=request.memory)
        for plan in plans
        for job in page_jobs(request.project, plan)
    ]
    failed = [result for result in make_pages(jobs, request, watch) if not result.ok]
    if failed and not request.allow_missing:
        raise PagesError(failed)
    for result in failed:
        assemble.write_missing(result, Words(result.job.lang))
    return failed


def make_pages(jobs: Sequence[PageJob], request: Request, watch: Watcher) -> list[Result]:
    """Take the pages that the store has, make the others, and put all of them into their books."""
    store = request.made_pages
    results: list[Result] = []

    def tell(result: Result) -> None:
        if result.ok and not result.stored and not store.fetch(result.job.key, result.job.source):
            result = Result(result.job, Failure(None, "OSError", f"the page was lost from {store.folder}; build again"))
        results.append(result)
        watch(Step(PAGES, len(results), len(jobs), str(result)))

    missing = []
    for job in jobs:
        if job.key and store.fetch(job.key, job.source):
            tell(Result(job, stored=True))
        else:
            missing.append(job)
    if missing and request.scheduler is not None:
        with cluster(request.scheduler) as executor:
            execute_on(executor, missing, store, tell)
    elif missing:
        with local_threads(min(request.jobs, len(missing))) as pool:
            execute_pages(missing, pool, tell, StoringRun(store))
    return results


def _compile(request: Request, volumes: Sequence[Volume], settings: BookSettings, watch: Watcher) -> None:
    """Make every form of every book, several at a time; what Typst has to do comes last, with nothing else running."""
    total = len(request.forms) * len(volumes)
    left: list[tuple[str, Callable[[], None]]] = []
    made: list[str] = []
    errors: list[QualitybookError] = []

    def note(name: str) -> None:
        made.append(name)
        watch(Step(COMPILED, len(made), total, name))

    with ExitStack() as held:
        with dropping(ThreadPoolExecutor(request.jobs)) as pool:
            runs = _begun(request, volumes, settings, pool, held)
            for run in as_completed(runs):
                with _collecting(errors):
                    rest, names = run.result(), runs[run]
                    for form, name in names.items():
                        if form in rest:
                            left.append((name, rest[form]))
                        else:
                            note(name)
        if left:
            end_server()
        for name, set_type in left:
            with _collecting(errors):
                set_type()
                note(name)
    if errors:
        raise QualitybookError("\n".join(sorted(map(str, errors))))


@contextmanager
def _collecting(errors: list[QualitybookError]) -> Iterator[None]:
    """Keep an error of the block, so that what else is to be made is tried."""
    try:
        yield
    except QualitybookError as error:
        errors.append(error)


def _begun(
    request: Request, volumes: Sequence[Volume], settings: BookSettings, pool: ThreadPoolExecutor, held: ExitStack
) -> dict[Future[dict[str, Callable[[], None]]], dict[str, str]]:
    """Begin every form of every book, and return what runs, with what its forms are called."""
    runs = {}
    # The websites take longest, and stand first: begun first, none of them is left to run alone at the end.
    for forms in runs_of(request.forms):
        for volume in volumes:
            places, epoch = {name: place_of(settings, volume, name) for name in forms}, epoch_of(volume.edition.as_of)
            named = {name: f"{volume.name} {name.upper()}" for name in forms}
            runs[pool.submit(begin_forms, places, volume.source, epoch, held)] = named
    return runs


def _publish(request: Request, evidence: Path, volumes: Sequence[Volume], offer: Offer, missing: list[Result]) -> Built:
    """Put the books on the site together; what lies beside a website stays in the build folder without one."""
    files = {volume: request.files(offer.settings, volume) for volume in volumes}
    if not request.html:
        return Built(None, [each for own in files.values() for each in own.items()], missing)
    books = [
        Book(volume.edition.edition, volume.lang, volume.form(WEBSITE), tuple(own.values()))
        for volume, own in files.items()
    ]
    derived = {volume.name: volume.source / DERIVED for volume in volumes}
    inputs = book_inputs(request.project.root, evidence, REQUIRED)
    beside = publish_site(
        request.output,
        books,
        offer.as_of,
        lambda root, shelves: write_for_machines(root, shelves, offer, derived, evidence),
        {volume.name: inputs for volume in volumes},
        offer.marks,
    )
    placed = [
        (form, request.output / volume.name / path.name) for volume, own in files.items() for form, path in own.items()
    ]
    return Built(request.output, placed, missing, beside, inputs)
