"""The pages of a website: which it has, which are read and written again, and a builder that carries on from it.

Sphinx asks the clock; here the contents of files decide. A page is read again where anything that it is made from has
changed, and all pages are written again where what they show of each other has changed: titles, numbers, labels. What
comes of it is what a whole build makes.

The pages of the indicators are admitted though no table of contents names them. Elsewhere (in the PDF, in earlier
editions) a reference to one is its text.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from glob import has_magic
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from qualitybook.publish.bibliography import citing_pages
from qualitybook.publish.cache import digest_of_bytes, digest_of_value
from qualitybook.publish.documents import is_indicator, pages_with_terms
from qualitybook.publish.layout import KEYWORDS, SERIES
from qualitybook.publish.web.filled import Filling
from qualitybook.publish.web.search import split_index
from qualitybook.report import INDICATORS

_LAST = 990
_NOTED = "qualitybook_noted"
"""Attribute of Sphinx's environment, which Sphinx keeps with the pages that it has read."""


@dataclass(frozen=True)
class _Noted:
    """What a build knows of its pages when it has read them."""

    inputs: Mapping[str, str]
    """Digest of what each page is made from."""
    shared: str
    """Digest of what pages show of other pages."""
    citing: str
    """Digest of which pages cite which source: the bibliography shows it."""


def _noted_by(env: BuildEnvironment) -> _Noted | None:
    """Return what the build noted that Sphinx carries on from; None for the first one."""
    return getattr(env, _NOTED, None)


def _inputs_of(env: BuildEnvironment) -> dict[str, str]:
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


def _shared_by(env: BuildEnvironment, filled: Mapping[str, str]) -> str:
    """Return the digest of what pages show of other pages, all of them read or, with these titles, filled in."""
    standard, formulas = env.domains["std"], env.domains["math"]
    # Sphinx's own labels have a text that is translated when it is written.
    labels = standard.data["labels"]
    cited: Any = env.domains["cite"]
    return digest_of_value(
        {
            "titles": {page: str(title) for page, title in env.titles.items()},
            "filled": filled,
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


def _pages_to_read(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Return the pages that are made from something else than when they were read."""
    noted = _noted_by(env)
    before = noted.inputs if noted is not None else {}
    return [page for page, digest in _inputs_of(env).items() if before.get(page) != digest]


def _pages_to_write(app: Sphinx, env: BuildEnvironment, filling: Filling) -> Iterable[str]:
    """Return the pages that are written again besides those that were read again, and note what is so now.

    The first page always is: where Sphinx has no page to write, it leaves out what all pages share, and extensions fail
    that add to it. So is the page that others are filled in like.
    """
    before = _noted_by(env)
    now = _Noted(_inputs_of(env), _shared_by(env, filling.titles(env)), digest_of_value(citing_pages(env)))
    setattr(env, _NOTED, now)
    if before is None or before.shared != now.shared:
        return sorted(env.found_docs)
    again = {app.config.root_doc, *filling.always_written}
    if before.citing != now.citing:
        again |= {key.docname for key in cast("Any", env.domains["cite"]).bibliographies}
    return sorted(again)


_ALL_INDICATORS = f"{INDICATORS}/*.md"


def _settle_excluded(app: Sphinx, config: Config) -> None:
    """Sort what is shut out, the pages of the indicators as one: sphinx-external-toc lists each, as the disk does.

    Sphinx takes the order for a change, and makes patterns of the whole list for each page that it writes. In a folder
    whose path has brackets sphinx-external-toc lists none: it takes the path for a pattern.
    """
    unlisted = {_ALL_INDICATORS} if has_magic(str(app.srcdir)) else set()
    config.exclude_patterns = sorted(
        unlisted | {_ALL_INDICATORS if is_indicator(pattern) else pattern for pattern in config.exclude_patterns}
    )


_INDEX = "search-index.pickle"
"""Beside what Sphinx keeps of the pages that it has read; the index of the website lacks a part of this."""
_BY_PAGE = ("_titles", "_filenames", "_all_titles", "_index_entries")
_BY_WORD = ("_mapping", "_title_mapping")


class _WebsiteBuilder(StandaloneHTMLBuilder):
    """Builder of websites by the name of Sphinx's own."""

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Take the search index of the former website over, but for the pages that are written again."""
        kept = self.env.found_docs - set(docnames)
        if not kept:
            return
        state: dict[str, dict[str, Any]] = pickle.loads(self._index_file.read_bytes())
        for name in _BY_PAGE:
            setattr(self.indexer, name, {page: value for page, value in state[name].items() if page in kept})
        for name in _BY_WORD:
            words = {word: pages & kept for word, pages in state[name].items()}
            setattr(self.indexer, name, {word: pages for word, pages in words.items() if pages})

    def dump_search_index(self) -> None:
        """Write the search index, pages in the order of a whole build, and keep it for the next build."""
        assert self.indexer is not None
        for name in _BY_PAGE:
            setattr(self.indexer, name, dict(sorted(getattr(self.indexer, name).items())))
        state = {name: getattr(self.indexer, name) for name in (*_BY_PAGE, *_BY_WORD)}
        self._index_file.write_bytes(pickle.dumps(state))
        super().dump_search_index()
        search = self.indexer.lang
        split_index(Path(self.outdir), lambda name: [search.stem(word).lower() for word in search.split(name)])

    def copy_image_files(self) -> None:
        """Copy the pictures, and remove those of the former website that no page shows any more."""
        super().copy_image_files()
        shown = {name for _, name in self.env.images.values()}
        for path in Path(self.outdir, self.imagedir).glob("*"):
            if path.name not in shown:
                path.unlink()

    def copy_download_files(self) -> None:
        """Copy the files that pages offer, and remove those of the former website that no page offers any more."""
        super().copy_download_files()
        folder = Path(self.outdir, "_downloads")
        offered = {folder / name for _, name in self.env.dlfiles.values()}
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            elif path.is_file() and path not in offered:
                path.unlink()

    @property
    def _index_file(self) -> Path:
        return Path(self.doctreedir, _INDEX)


# After sphinx-external-toc has shut out what its table of contents does not name.
_AFTER_CONTENTS = 900
# After the theme has put its functions into the context.
_AFTER_THEME = 900
_EARLY = 100


class _Admission:
    """Lets Sphinx make the pages that the table of contents leaves out, but for those that are filled in.

    Sphinx keeps its settings with the pages that it has read, and takes other ones for a change in the next build; so
    the setting is as it was while Sphinx does so.
    """

    def __init__(self, filling: Filling) -> None:
        self._shut_out: list[str] = []
        self._filling = filling

    def begin(self, app: Sphinx) -> None:
        """Admit the pages before Sphinx looks for any."""
        self._shut_out = app.config.exclude_patterns
        if app.builder.format == "html":
            self._filling.choose(app)
            self.open(app)
            app.config.exclude_patterns += [f"{page}.md" for page in self._filling.pages]

    def open(self, app: Sphinx, *about: Any) -> None:
        """Admit the pages, among them those that are filled in, when Sphinx has looked for what it reads."""
        if app.builder.format == "html":
            app.config.exclude_patterns = [pattern for pattern in self._shut_out if pattern != _ALL_INDICATORS]

    def close(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Put the setting back, and have nothing written again."""
        app.config.exclude_patterns = self._shut_out
        return []


def _leave_text(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Node) -> nodes.Node | None:
    """Return the text of a reference to an indicator's page where the book does not have it."""
    target = str(node.get("reftarget", "")).lstrip("/")
    return contnode if node.get("reftype") == "doc" and is_indicator(target) else None


def _share_sidebar(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any, *, made: dict[str, Any]
) -> None:
    """Let an indicator's page take the sidebar that the first one has made: none of its entries is the page itself."""
    make = context.get("generate_toctree_html")
    if not is_indicator(pagename) or make is None:
        return

    def remembered(kind: str, **options: Any) -> Any:
        key = repr((kind, sorted(options.items())))
        if key not in made:
            made[key] = make(kind=kind, **options)
        return made[key]

    context["generate_toctree_html"] = remembered


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_builder(_WebsiteBuilder, override=True)
    app.connect("config-inited", _settle_excluded, priority=_LAST)
    app.connect("env-get-outdated", _pages_to_read)
    # After the contents are numbered (500).
    filling = Filling()
    app.connect("env-get-updated", partial(_pages_to_write, filling=filling), priority=_LAST)
    admission = _Admission(filling)
    app.connect("builder-inited", admission.begin, priority=_AFTER_CONTENTS)
    # The last event before Sphinx writes down what it has read, and the first one after.
    app.connect("env-get-updated", admission.close, priority=_AFTER_CONTENTS)
    app.connect("env-check-consistency", admission.open)
    app.connect("missing-reference", _leave_text)
    app.connect("html-page-context", partial(_share_sidebar, made={}), priority=_AFTER_THEME)
    # The bibliography (500) counts in the pages that are filled in, and Sphinx does not while it looks for pages.
    app.connect("env-updated", filling.cite, priority=_EARLY)
    app.connect("env-updated", filling.hide, priority=_LAST)
    app.connect("env-check-consistency", filling.show)
    app.connect("html-page-context", filling.look, priority=_EARLY)
    app.connect("html-page-context", filling.look_at_downloads, priority=_AFTER_THEME)
    app.connect("html-collect-pages", filling.fill)
