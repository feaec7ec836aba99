"""Authored pages that no table of contents names: they are left out of the book, and said to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from qualitybook.evidence.errors import Problem
from qualitybook.publish.layout import AUTHORED, CONTENTS, Project
from qualitybook.publish.settings_check import read_settings
from qualitybook.report.i18n import LANGUAGES


def contents_file(project: Project, evidence: Path) -> Path:
    """Return the table of contents to use: the evidence folder's own, where it has one, else the project's."""
    own = own_contents(evidence)
    return own if own.is_file() else project.root / CONTENTS


def own_contents(evidence: Path) -> Path:
    """Return where an evidence folder's own table of contents would be."""
    return evidence / AUTHORED / CONTENTS


def is_named(page: str, contents: Mapping[str, Any]) -> bool:
    """Return whether a table of contents names a page.

    Parameters
    ----------
    page : str
        Name of the page.
    contents : mapping
        ``_toc.yml``: a root, and parts with chapters (``file`` or ``glob``).
    """
    return any(fnmatchcase(page, pattern) for pattern in _patterns(contents))


def _patterns(item: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(item[key]) for key in ("root", "file", "glob") if key in item)
    for key in ("parts", "chapters", "sections"):
        for below in item.get(key, ()):
            yield from _patterns(below)


def unnamed_pages(project: Project, evidence: Path) -> list[Problem]:
    """Return a warning for each authored page that the table of contents does not name.

    An evidence folder with a table of contents of its own chooses from the project's pages, so that only its own pages
    are looked at.

    Parameters
    ----------
    project : Project
        Where authored pages lie that suit any book.
    evidence : pathlib.Path
        The evidence folder.

    Raises
    ------
    ProjectError
        If the table of contents cannot be read.
    """
    path = contents_file(project, evidence)
    contents = read_settings(path)
    roots = [evidence] if path == own_contents(evidence) else [project.root, evidence]
    pages = [page for root in roots for code in LANGUAGES for page in sorted((root / AUTHORED / code).glob("*.md"))]
    return [_unnamed(page, path) for page in pages if not is_named(page.stem, contents)]


def _unnamed(page: Path, contents: Path) -> Problem:
    remedy = f"pages that {contents.as_posix()} names; name it there, or move it to {page.parent.as_posix()}/parts/"
    return Problem(page.as_posix(), None, "", "a page in no table of contents", remedy, "page_unnamed", "warning")
