"""What the processes of a build need, imported once by the process that they are forked from."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module

import nbformat

from qualitybook.publish.processes import FIGURES
from qualitybook.report import i18n, theme

_PAGES = (
    *("papermill", "IPython.core.completer", "statsmodels.api"),
    *("qualitybook.publish.assemble", "qualitybook.publish.engine", "qualitybook.publish.execute"),
    "qualitybook.report.pages",
)
_BOOKS = (
    *("jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.application", "sphinx.builders.html"),
    *("myst_nb.sphinx_ext", "sphinx_book_theme", "sphinxcontrib.bibtex", "sphinx_design", "sphinx_external_toc"),
    *("qualitybook.publish.web", "qualitybook.publish.typst.builder", "qualitybook.publish.typst.pictures"),
)

for name in (*_PAGES, *FIGURES, *_BOOKS):
    import_module(name)


def _read_what_pages_share() -> None:
    """Read what every page asks for: the form of notebooks, the faces of figures, and the words of each language.

    What cannot be read is told by the page that needs it: this process has nobody to tell.
    """
    shared: list[Callable[[], object]] = [
        partial(nbformat.validate, nbformat.v4.new_notebook()),
        theme.font_families,
        *(partial(i18n.translator, code) for code in i18n.LANGUAGES),
    ]
    for read in shared:
        with suppress(Exception):
            read()


_read_what_pages_share()
# What is here lives as long as the process: no fork has to look through it, and copy it, when it clears away.
gc.collect()
gc.freeze()
