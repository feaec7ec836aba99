"""What is kept of the last build of a form of a book, so that Sphinx reads and writes only what has changed since.

The pages that Sphinx has read lie beside the form. They are good for the next build while everything that all pages
rest on is the same: settings, contents, bibliography, code, and which files there are. What has changed in single pages
this module finds as an extension of Sphinx's. Sphinx asks the clock; here the contents of files decide. A page is read
again where anything that it is made from has changed, and all pages are written again where what they show of each
other has changed: titles, numbers, labels.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from qualitybook.publish.bibliography import citing_pages
from qualitybook.publish.cache import digest_of_bytes, digest_of_package, digest_of_value, digests_of_files, files_below
from qualitybook.publish.environment import build_environment
from qualitybook.publish.layout import KEYWORDS, SERIES
from qualitybook.report.folders import FIGURES

DOCTREES = ".doctrees"
BASIS = "basis.json"
PAGES = (".md", ".ipynb")
OF_PAGES = (f"{FIGURES}/", f"{SERIES}/")
DATED = 315_619_200
"""1980-01-02: every file is so dated, that Sphinx does not take the time of writing for a change."""


class Kept:
    """What is kept beside a form of a book.

    Parameters
    ----------
    is_carried_on
        Whether a build changes the form that is there, instead of making it anew.
    """

    def __init__(
        self, source: Path, files: Mapping[str, str], form: Path, epoch: int, *, is_carried_on: bool = False
    ) -> None:
        self.source = source
        self.form = form
        self.folder = form.with_name(f"{form.name}.kept")
        self.is_carried_on = is_carried_on
        common = {path: digest for path, digest in files.items() if not _is_of_a_page(path)}
        self.basis = digest_of_value(
            [str(source.resolve()), sorted(files), common, digest_of_package(), build_environment(epoch)]
        )

    def lend(self, build: Path, name: str) -> None:
        """Let a build carry on, where it can."""
        for path in files_below(self.source):
            os.utime(path, (DATED, DATED))
        if self._is_good():
            shutil.copytree(self.folder / DOCTREES, build / DOCTREES)
            if self.is_carried_on:
                # Sphinx writes these each time, and names in the pages those that are there already otherwise.
                shutil.copytree(self.form, build / name, ignore=shutil.ignore_patterns("_static"))

    def take(self, build: Path) -> None:
        """Keep what a build has read; the form that it has made is in place."""
        self.drop()
        self.folder.mkdir(parents=True)
        (build / DOCTREES).rename(self.folder / DOCTREES)
        # Written last: without it, what is kept is good for nothing.
        (self.folder / BASIS).write_text(self._text(), encoding="utf-8")

    def drop(self) -> None:
        """Keep nothing, so that the next build starts afresh."""
        (self.folder / BASIS).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_good(self) -> bool:
        try:
            return (self.folder / BASIS).read_text(encoding="utf-8") == self._text()
        except (OSError, UnicodeDecodeError):
            return False

    def _text(self) -> str:
        """Return what is noted: what all pages rest on, and the form as it was made where it is carried on."""
        made = digest_of_value(digests_of_files(self.form)) if self.is_carried_on else ""
        kept = digest_of_value(digests_of_files(self.folder / DOCTREES))
        return json.dumps({"basis": self.basis, "made": made, "kept": kept}, indent=1) + "\n"


def _is_of_a_page(path: str) -> bool:
    """Whether a file of a book is a page or belongs to single pages, which Sphinx is left to find out."""
    return path.endswith(PAGES) or path.startswith(OF_PAGES) or path == KEYWORDS


LAST = 990
NOTED = "qualitybook_noted"
"""Attribute of Sphinx's environment, which Sphinx keeps with the pages that it has read."""


@dataclass(frozen=True)
class Noted:
    """What a build knows of its pages when it has read them."""

    inputs: Mapping[str, str]
    """Digest of what each page is made from."""
    shared: str
    """Digest of what pages show of other pages."""
    citing: str
    """Digest of which pages cite which source: the bibliography shows it."""


def noted_by(env: BuildEnvironment) -> Noted | None:
    """Return what the build noted that Sphinx carries on from; None for the first one."""
    return getattr(env, NOTED, None)


def inputs_of(env: BuildEnvironment) -> dict[str, str]:
    """Return the digest of what each page that has been read is made from: its files, and the names it goes by."""
    source = Path(env.srcdir)
    path = source / KEYWORDS
    names = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cache
    def digest(name: str) -> str:
        file = source / name
        return digest_of_bytes(file.read_bytes()) if file.is_file() else ""

    def inputs(page: str) -> dict[str, Any]:
        own = [env.doc2path(page, base=False), f"{SERIES}/{page}.csv", *env.dependencies.get(page, ())]
        return {"files": {name: digest(name) for name in own}, "names": names.get(page)}

    return {page: digest_of_value(inputs(page)) for page in env.all_docs}


def shared_by(env: BuildEnvironment) -> str:
    """Return the digest of what pages show of other pages, all of them read."""
    standard, formulas = env.domains["std"], env.domains["math"]
    # Sphinx's own labels have a text that is translated when it is written.
    labels = standard.data["labels"]
    cited: Any = env.domains["cite"]
    return digest_of_value(
        {
            "titles": {page: str(title) for page, title in env.titles.items()},
            "long_titles": {page: str(title) for page, title in env.longtitles.items()},
            "contents": {page: str(toc) for page, toc in env.tocs.items()},
            "below": env.toctree_includes,
            "sections": repr(sorted(env.toc_secnumbers.items())),
            "figures": repr(sorted(env.toc_fignumbers.items())),
            "labels": repr(sorted((name, page, place, str(text)) for name, (page, place, text) in labels.items())),
            "places": repr(sorted(standard.data["anonlabels"].items())),
            "terms": [digest_of_bytes(Path(env.doc2path(page)).read_bytes()) for page in pages_with_terms(env)],
            "formulas": repr(sorted(formulas.data["objects"].items())),
            "citations": [(each.citation_id, each.key) for each in cited.citations],
        }
    )


def pages_with_terms(env: BuildEnvironment) -> list[str]:
    """Return the pages that define words, whose meaning other pages show."""
    places = env.domains["std"].data["objects"]
    return sorted({page for (kind, _name), (page, _place) in places.items() if kind == "term"})


def pages_to_read(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Return the pages that are made from something else than when they were read."""
    noted = noted_by(env)
    before = noted.inputs if noted is not None else {}
    return [page for page, digest in inputs_of(env).items() if before.get(page) != digest]


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the pages that are written again besides those that were read again, and note what is so now.

    The first page always is: where Sphinx has no page to write, it leaves out what all pages share, and extensions fail
    that add to it.
    """
    before = noted_by(env)
    now = Noted(inputs_of(env), shared_by(env), digest_of_value(citing_pages(env)))
    setattr(env, NOTED, now)
    if before is None or before.shared != now.shared:
        return sorted(env.found_docs)
    if before.citing != now.citing:
        return sorted({key.docname for key in cast("Any", env.domains["cite"]).bibliographies})
    return [app.config.root_doc]


def sort_excluded(app: Sphinx, config: Config) -> None:
    """Sort what is shut out: sphinx-external-toc lists it as the disk does, and Sphinx takes the order for a change."""
    config.exclude_patterns = sorted(config.exclude_patterns)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect this module to Sphinx."""
    app.connect("config-inited", sort_excluded, priority=LAST)
    app.connect("env-get-outdated", pages_to_read)
    # After the contents are numbered (500).
    app.connect("env-get-updated", pages_to_write, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}
