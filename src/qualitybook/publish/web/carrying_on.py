"""Sphinx's builder of websites, which can carry on from a former website and makes of it what a whole build makes."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

_INDEX = "search-index.pickle"
"""Beside what Sphinx keeps of the pages that it has read; the index of the website lacks a part of this."""
_BY_PAGE = ("_titles", "_filenames", "_all_titles", "_index_entries")
_BY_WORD = ("_mapping", "_title_mapping")


class WebsiteBuilder(StandaloneHTMLBuilder):
    """Builder of websites by the name of Sphinx's own."""

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Take the search index of the former website over, but for the pages that are written again."""
        kept = set(self.env.all_docs) - set(docnames)
        if self.indexer is None or not kept:
            return
        state: dict[str, dict[str, Any]] = pickle.loads(self._index_file.read_bytes())
        for name in _BY_PAGE:
            setattr(self.indexer, name, {page: value for page, value in state[name].items() if page in kept})
        for name in _BY_WORD:
            words = {word: pages & kept for word, pages in state[name].items()}
            setattr(self.indexer, name, {word: pages for word, pages in words.items() if pages})

    def dump_search_index(self) -> None:
        """Write the search index, pages in the order of a whole build, and keep it for the next build."""
        if self.indexer is not None:
            for name in _BY_PAGE:
                setattr(self.indexer, name, dict(sorted(getattr(self.indexer, name).items())))
            state = {name: getattr(self.indexer, name) for name in (*_BY_PAGE, *_BY_WORD)}
            self._index_file.write_bytes(pickle.dumps(state))
        super().dump_search_index()

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


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_builder(WebsiteBuilder, override=True)
