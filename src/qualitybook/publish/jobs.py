"""The jobs of a book's pages: what each is made from, and the key that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from qualitybook.evidence.extract import Evidence, extract
from qualitybook.publish.cache import digest_of_bytes, digest_of_code, digest_of_value
from qualitybook.publish.environment import build_environment, epoch_of
from qualitybook.publish.execute import PageJob
from qualitybook.publish.layout import Project, Volume
from qualitybook.publish.notebook import PageTemplateError, names_used, parts_used
from qualitybook.publish.pages import Page, pages_of
from qualitybook.report.shared_results import SharedResults

SUFFIX = ".evidence"


@dataclass
class Extracts:
    """The extracts of the evidence that pages read, each written once.

    Attributes
    ----------
    evidence : Evidence
        All evidence.
    folder : pathlib.Path
        Where the extracts go, named by their digests.
    """

    evidence: Evidence
    folder: Path
    _made: dict[tuple[date, frozenset[str] | None], Path] = field(default_factory=dict)

    def path(self, day: date, reads: frozenset[str] | None) -> Path:
        """Return the file with what may be read on an as-of date; its stem is its digest."""
        if (day, reads) not in self._made:
            part = extract(self.evidence, day, reads)
            path = self.folder.resolve() / f"{part.digest()}{SUFFIX}"
            SharedResults(path).folder.mkdir(parents=True, exist_ok=True)
            part.write(path)
            self._made[day, reads] = path
        return self._made[day, reads]


def page_jobs(project: Project, extracts: Extracts, volume: Volume, context: Mapping[str, Any]) -> list[PageJob]:
    """Return the jobs of a book's executed pages, in the book's order.

    Parameters
    ----------
    project : Project
        Where the templates lie.
    extracts : Extracts
        The evidence.
    volume : Volume
        Which book.
    context : mapping
        What every page of the book may use; each job gets what its template uses.
    """
    jobs = [
        PageJob(
            page=page,
            template=project.template(page.template),
            authored=volume.authored.resolve(),
            source=volume.draft.resolve(),
            lang=volume.lang,
            epoch=epoch_of(volume.edition.as_of),
            evidence=extracts.path(volume.edition.as_of, page.reads),
        )
        for page in pages_of(extracts.evidence.catalog, volume.edition.edition, volume.lang)
    ]
    return [_complete(job, context) for job in jobs]


def _complete(job: PageJob, context: Mapping[str, Any]) -> PageJob:
    """Return a job with the part of the context that its page uses, and its key."""
    whole = job.page.within(context)
    try:
        names = names_used(job.template, job.authored, job.lang)
        parts = parts_used(job.template, job.authored, job.lang)
    except (PageTemplateError, OSError):
        # What is wrong with the template is told when the page is made; such a page is never stored.
        return replace(job, page=whole)
    page = replace(whole, context={name: value for name, value in whole.context.items() if name in names})
    written = {part.relative_to(job.authored).as_posix(): digest_of_bytes(part.read_bytes()) for part in parts}
    return replace(job, page=page, key=_key(job, page, written))


def _key(job: PageJob, page: Page, parts: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything that a page is made from."""
    return digest_of_value(
        {
            "template": digest_of_bytes(job.template.read_bytes()),
            "parts": parts,
            "docname": page.docname,
            "parameters": dict(page.parameters),
            "context": dict(page.context),
            "evidence": None if job.evidence is None else job.evidence.stem,
            "lang": job.lang,
            "environment": build_environment(job.epoch),
            "code": digest_of_code(job.lang),
        }
    )
