"""A plain Jupyter Book of one edition in one language: authored pages, settings, contents and bibliography.

The book is assembled beside the last one and takes its place only when it is whole; a person can run
``jupyter-book build`` on it. Beside its pages lies ``derived.csv``: what they have recorded of what they compute
(`qualitybook.report.derived` says what the columns mean), with the counts that the text names.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from qualitybook import __version__
from qualitybook.errors import PageError
from qualitybook.evidence.reading import csv_text
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish.bibliography import write_bib
from qualitybook.publish.environment import (
    MEBIBYTE,
    PAGE_MEMORY,
    PAGE_SECONDS,
    epoch_of,
    limited_memory,
    process_environment,
)
from qualitybook.publish.execute import Result
from qualitybook.publish.forms import FORMS, PRINTED, file_name
from qualitybook.publish.layout import (
    AUTHORED,
    CONFIG,
    CONTENTS,
    DERIVED,
    KEYWORDS,
    LISTING,
    STATIC,
    Project,
    Volume,
    contents_file,
    is_named,
    read_settings,
)
from qualitybook.publish.notebook import endless, render_page, shown_markdown
from qualitybook.publish.plan import Plan, imprint
from qualitybook.publish.processes import start_telling
from qualitybook.publish.site import read_shelves
from qualitybook.report import CATALOGUE, FIGURES, INDICATORS
from qualitybook.report.derived import FOLDER, SUFFIX, Ledger, operation
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.markdown import admonition, cited, escape

_BIBLIOGRAPHY = "references.bib"


def start(project: Project, evidence: Path, volume: Volume) -> None:
    """Make an empty folder to assemble the book in, and bring its authored pages together.

    Those of the evidence folder go over the project's, page by page.
    """
    shutil.rmtree(volume.draft, ignore_errors=True)
    (volume.draft / FIGURES).mkdir(parents=True)
    shutil.rmtree(volume.authored, ignore_errors=True)
    _lay_over([project.authored(volume.lang), evidence / AUTHORED / volume.lang], volume.authored)


def _lay_over(folders: Iterable[Path], out: Path) -> None:
    """Copy folders, where they are there, into one; a file of a later one takes the place of an earlier one's."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        if folder.is_dir():
            shutil.copytree(folder, out, dirs_exist_ok=True)


def finish(project: Project, evidence: Path, plan: Plan, settings: Mapping[str, Any]) -> None:
    """Add what is not executed to the pages that are, and put the book in place of the last one.

    Raise PageError where an authored page names something that is not there.
    """
    volume, words = plan.volume, Words(plan.volume.lang)
    contents = read_settings(contents_file(project, evidence))
    _write_authored(volume, contents, plan.context)
    _copy_static(project, evidence, volume.draft)
    _write_yaml(volume.draft / CONFIG, merged(read_settings(project.root / CONFIG), settings))
    _write_yaml(volume.draft / CONTENTS, adapted_contents(contents, docnames(volume.draft), words))
    write_references(plan.sources, volume.draft, words)
    plan.figures.write(volume.draft)
    write_derived(volume.draft, {page.stem: page.docname for page in plan.pages})
    _write_keywords(plan.names, docnames(volume.draft), volume.draft)
    shutil.rmtree(volume.source, ignore_errors=True)
    volume.draft.rename(volume.source)


def write_missing(result: Result, words: Words) -> None:
    """Put a page that says that it could not be made in the place of a failed one."""
    _ = words.gettext
    failure = result.failure
    assert failure is not None
    note = _(
        "This page could not be made. The reason was: {reason}", reason=escape(f"{failure.ename}: {failure.evalue}")
    )
    path = result.job.source / f"{result.job.page.docname}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {escape(result.job.page.title)}\n\n{admonition('warning', note)}", "utf-8", newline="\n")


def _write_authored(volume: Volume, contents: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    """Render the authored pages of one language that the contents name, and record the counts that they name."""
    paths = _authored_pages(volume, contents)
    if not paths:
        return
    # In a process of its own: the pages may come from somebody else, and this one has no bounds.
    filling = start_telling(__name__, (volume, paths, context), process_environment(epoch_of(volume.edition.as_of)))
    name = paths[0].name
    try:
        while (said := filling.receive(PAGE_SECONDS)) is not None:
            if isinstance(said, Exception):
                raise said
            name = said
    except TimeoutError:
        raise endless(name) from None
    except EOFError:
        raise PageError("the process that fills it in died", template=name) from None
    finally:
        filling.end()


def main(tell: Callable[[object], None], pages: tuple[Volume, Sequence[Path], Mapping[str, Any]]) -> None:
    """Be the process that fills in authored pages: tell the name of each as it begins, at last None or an error."""
    volume, paths, context = pages
    try:
        with limited_memory(PAGE_MEMORY * MEBIBYTE):
            for path in paths:
                tell(path.name)
                told = Told(context.get("counts", {}), Ledger(_ledger_of(volume.draft, path.stem)))
                text = render_page(path, {**context, "counts": told}, volume.lang)
                (volume.draft / path.name).write_text(text, "utf-8", newline="\n")
    except (PageError, OSError) as error:
        tell(error)
    else:
        tell(None)


def _authored_pages(volume: Volume, contents: Mapping[str, Any]) -> list[Path]:
    """Return the authored pages of a book that its table of contents names."""
    return [path for path in sorted(volume.authored.glob("*.md")) if is_named(path.stem, contents)]


def _copy_static(project: Project, evidence: Path, out: Path) -> None:
    """Copy the files that authored pages show, where there are any; the evidence folder's go over the project's."""
    folders = [root / AUTHORED / STATIC for root in (project.root, evidence)]
    if any(folder.is_dir() for folder in folders):
        _lay_over(folders, out / STATIC)


def page_names(volume: Volume, contents: Mapping[str, Any]) -> set[str]:
    """Return the names of all pages that a book will have, once its executed pages are there."""
    return docnames(volume.draft) | {path.stem for path in _authored_pages(volume, contents)}


def docnames(source: Path) -> set[str]:
    """Return the names of all pages that lie in a book."""
    paths = [path for suffix in ("*.md", "*.ipynb") for path in source.rglob(suffix)]
    return {path.relative_to(source).with_suffix("").as_posix() for path in paths}


def adapted_contents(contents: Mapping[str, Any], pages: set[str], words: Words) -> dict[str, Any]:
    """Return a table of contents in the book's language, without the pages that the book does not have."""
    adapted: dict[str, Any] = {}
    for key, value in contents.items():
        if key == "caption":
            adapted[key] = words.gettext(value)
        elif key in LISTING:
            items = [adapted_contents(item, pages, words) for item in value]
            adapted[key] = [item for item in items if _leads_somewhere(item, pages)]
        else:
            adapted[key] = value
    return adapted


def _leads_somewhere(item: Mapping[str, Any], pages: set[str]) -> bool:
    if "file" in item:
        return item["file"] in pages
    if "glob" in item:
        return any(fnmatchcase(page, item["glob"]) for page in pages)
    return bool(item.get("chapters") or item.get("sections") or "url" in item)


def write_references(sources: Sequence[Mapping[str, str]], source: Path, words: Words) -> None:
    """Write the bibliography of the sources that the book cites, in the order of the table of sources.

    Those that only pages of indicators cite come last: the PDF lacks these pages, and its numbers are the website's.
    """
    printed, cited = cited_sources(source, _is_printed), cited_sources(source)
    used = [row for row in sources if row["source_id"] in cited]
    write_bib(sorted(used, key=lambda row: row["source_id"] not in printed), words, source / _BIBLIOGRAPHY)


def _write_keywords(names: Mapping[str, Sequence[str]], pages: set[str], source: Path) -> None:
    """Write the names of a book's pages; of the indicators only those that have one."""
    kept = {page: own for page, own in names.items() if page in pages or not page.startswith(f"{INDICATORS}/")}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    (source / KEYWORDS).write_text(text, encoding="utf-8", newline="\n")


def _is_printed(page: Path) -> bool:
    """Whether a page, by its path in the book, is in the PDF too."""
    return page.parts[0] != INDICATORS and page.stem != CATALOGUE


def cited_sources(source: Path, wanted: Callable[[Path], bool] | None = None) -> set[str]:
    """Return the keys that the pages of a book cite, all or those that are wanted, by their paths in the book."""
    pages = [path for path in sorted(source.rglob("*")) if wanted is None or wanted(path.relative_to(source))]
    texts = [path.read_text(encoding="utf-8") for path in pages if path.suffix == ".md"]
    for path in pages:
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            texts += shown_markdown(cells)
    return {key for text in texts for key in cited(text)}


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the values of `over`, mappings merged key by key."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


def _write_yaml(path: Path, values: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write a YAML file with its keys as they come."""
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), "utf-8", newline="\n")


_SUMMARY_SECTIONS = 1
"""Sections of the front page that its printed summary holds below the sentences and lines: the picture."""

_OF_SPHINX = frozenset({"index", "genindex", "search"})
"""Pages of every book that come from no source."""


def config_values(
    plan: Plan,
    editions: Sequence[Mapping[str, Any]],
    forms: Sequence[str],
) -> dict[str, Any]:
    """Return what is merged over the project's ``_config.yml`` for one book."""
    volume, settings = plan.volume, plan.settings
    words = Words(volume.lang)
    licence = words.gettext("CC BY 4.0 for text and figures, MIT for the code")
    own = next(offer for offer in editions if offer["edition"] == volume.edition.edition)
    book = {
        "edition": volume.edition.edition,
        "as_of": volume.edition.as_of.isoformat(),
        "languages": own["languages"],
        "editions": list(editions),
        "draft": settings.is_draft,
        "licence": licence,
        "address": settings.address,
        "title": words.name(settings, "title"),
        "author": words.name(settings, "author"),
        "imprint": imprint(settings, words),
        "files": {name: file_name(settings, volume, name) for name in forms if FORMS[name].suffix},
    }
    return {
        "title": words.name(settings, "title"),
        "author": words.name(settings, "author"),
        "sphinx": {
            "config": {
                "language": words.language.sphinx,
                "html_context": {"book": book},
                **_cover_values(settings, volume, words, licence),
                "typst_index": {title: dict(terms) for title, terms in plan.index.items()},
                "typst_summary_sections": _SUMMARY_SECTIONS,
                "typst_forms": [FORMS[name].builder for name in forms if FORMS[name].together == PRINTED],
            }
        },
    }


def _cover_values(settings: BookSettings, volume: Volume, words: Words, licence: str) -> dict[str, Any]:
    """Return what the PDF's cover and imprint print."""
    _ = words.gettext
    draft = _("Draft goals: the plan was read as a consultation draft; its final text was not seen.")
    return {
        "typst_title": words.name(settings, "title"),
        "typst_subtitle": words.name(settings, "subtitle"),
        "typst_author": words.name(settings, "author"),
        "typst_edition": volume.edition.edition,
        "typst_as_of": words.date(volume.edition.as_of),
        "typst_date": volume.edition.as_of.isoformat(),
        "typst_version": __version__,
        "typst_cover_note": draft if settings.is_draft else "",
        "typst_imprint": [
            _("Licence: {licence}", licence=licence),
            *imprint(settings, words),
            _citation(settings, volume, words),
        ],
    }


def _citation(settings: BookSettings, volume: Volume, words: Words) -> str:
    """Return how the edition is to be cited."""
    return words.gettext(
        "Please cite as: {author}: {title}. {subtitle}. Edition {edition}, as of {as_of}, version {version}.",
        author=words.name(settings, "author"),
        title=words.name(settings, "title"),
        subtitle=words.name(settings, "subtitle"),
        edition=volume.edition.edition,
        as_of=words.date(volume.edition.as_of),
        version=__version__,
    )


def editions_offered(site: Path, volumes: Iterable[Volume], pages: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Return the editions that a site will offer, newest first, given the names of the pages of these books.

    Each has ``edition``, ``languages`` (codes) and ``pages`` (names of the pages that all its languages have).
    """
    offered = {
        (shelf.edition, code): _published_pages(site, shelf.edition, code)
        for shelf in read_shelves(site)
        for code in shelf.languages
    }
    for volume in volumes:
        key = (volume.edition.edition, volume.lang)
        # Pages that the book once had stay beside those that are made now.
        offered[key] = set(pages[volume.name]) | (offered.get(key, set()) - _OF_SPHINX)
    editions = sorted({edition for edition, _ in offered}, reverse=True)
    return [
        _offer(edition, {code: names for (key, code), names in offered.items() if key == edition})
        for edition in editions
    ]


def _offer(edition: str, pages: Mapping[str, set[str]]) -> dict[str, Any]:
    common = set.intersection(*pages.values())
    return {"edition": edition, "languages": [code for code in LANGUAGES if code in pages], "pages": sorted(common)}


def _published_pages(site: Path, edition: str, code: str) -> set[str]:
    folder = site / edition / code
    return {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")}


COLUMNS = {
    "page": "name of the page, its address in the book without suffix",
    "statement": "what is said: a code that stays the same from edition to edition",
    "rows": "what it is computed from, as the edition sees it: figures as `indicator, region, period, source, basis` "
    "with vertical bars between them, rows of a table as `table?column=value`, a whole table as `table`; `against` "
    "parts two things that are compared",
    "operation": "what is done with the rows, with its parameters",
    "result": "the number, or several with a space between them, to ten digits",
    "printed": "the same as it stands on the page",
}
BOOK_COUNTS = {
    "observations": ("observations", operation("count")),
    "sources": ("observations", operation("count", of="source_id")),
    "indicators": ("observations", operation("count", of="indicator_id")),
    "targets": ("targets", operation("count")),
    "judged": ("targets", operation("count", of="goal", which="judged")),
    "cannot": ("targets", operation("count", of="goal", which="cannot")),
    "no_verdict": ("targets", operation("count", of="goal", which="no_verdict")),
}
"""Rows and operation of each number that authored text may name, by its name in ``counts``."""


class Told(Mapping[str, str]):
    """The counts of a book as they are printed; what a page asks for is recorded in its ledger."""

    def __init__(self, counts: Mapping[str, str], ledger: Ledger) -> None:
        self._counts, self._ledger = counts, ledger

    def __getitem__(self, name: str) -> str:
        printed = self._counts[name]
        rows, done = BOOK_COUNTS[name]
        return self._ledger.note(f"book.{name}", done, rows, int(printed.replace(",", "")), printed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


def _ledger_of(source: Path, page: str) -> Path:
    """Return the file of a page's ledger in a book's source folder."""
    return source / FIGURES / FOLDER / f"{page}{SUFFIX}"


def write_derived(source: Path, docnames: Mapping[str, str]) -> None:
    """Gather the ledgers of a book's pages as `DERIVED` in its source folder, pages by their names.

    These are told where a ledger is called after something else.
    """
    text = csv_text([list(COLUMNS), *sorted(_rows(source, docnames))])
    (source / DERIVED).write_text(text, encoding="utf-8", newline="")


def _rows(source: Path, docnames: Mapping[str, str]) -> Iterator[list[str]]:
    folder = source / FIGURES / FOLDER
    for path in folder.rglob(f"*{SUFFIX}"):
        page = path.relative_to(folder).with_suffix("").as_posix()
        for made in Ledger(path).read():
            yield [docnames.get(page, page), *astuple(made)]
