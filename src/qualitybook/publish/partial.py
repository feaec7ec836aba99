"""Sphinx extension: which pages a build must read and write again, when it carries on from a former one.

Sphinx asks the clock; here the contents of files decide. A page is read again where anything that it is made from has
changed, and all pages are written again where what they show of each other has changed: titles, numbers, labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from qualitybook.publish.bibliography import citing_pages
from qualitybook.publish.cache import digest_of_bytes, digest_of_value
from qualitybook.publish.layout import KEYWORDS, SERIES

LAST = 990
NOTED = "qualitybook_noted"
"""Attribute of Sphinx's environment, which Sphinx keeps with the pages that it has read."""


@dataclass(frozen=True)
class Noted:
    """What a build knows of its pages when it has read them.

    Attributes
    ----------
    inputs : mapping of str to str
        Digest of what each page is made from.
    shared : str
        Digest of what pages show of other pages.
    citing : str
        Digest of which pages cite which source: the bibliography shows it.
    """

    inputs: Mapping[str, str]
    shared: str
    citing: str


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
            "formulas": repr(sorted(formulas.data["objects"].items())),
            "citations": [(each.citation_id, each.key) for each in cited.citations],
        }
    )


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
    """Connect this module to Sphinx.

    Returns
    -------
    dict
        Extension metadata for Sphinx.
    """
    app.connect("config-inited", sort_excluded, priority=LAST)
    app.connect("env-get-outdated", pages_to_read)
    # After the contents are numbered (500).
    app.connect("env-get-updated", pages_to_write, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}
