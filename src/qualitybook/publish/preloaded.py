"""What the processes of a build need, imported once by the process that they are forked from."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module

import nbformat
from sphinx.application import builtin_extensions

from qualitybook.publish.processes import FIGURES
from qualitybook.publish.web.sheet import parse_themes
from qualitybook.report import i18n, theme

_PAGES = (
    *("papermill", "IPython.core.completer", "IPython.core.completerlib", "IPython.core.magics", "statsmodels.api"),
    *("qualitybook.publish.assemble", "qualitybook.publish.engine", "qualitybook.publish.execute"),
    "qualitybook.report.pages",
)
_BOOKS = (
    *("jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.application", "sphinx.builders.html"),
    *("myst_nb.core.lexers", "myst_nb.sphinx_ext", "sphinx_book_theme", "sphinxcontrib.bibtex"),
    *("sphinx_design.extension", "sphinx_external_toc"),
    *("qualitybook.publish.web", "qualitybook.publish.typst.builder", "qualitybook.publish.typst.pictures"),
)

for name in (*_PAGES, *FIGURES, *_BOOKS, *builtin_extensions):
    import_module(name)


def _read_how_selectors_are() -> None:
    """Have what reads selectors for the theme work out how: with one of each kind that the theme asks for."""
    import_module("soupsieve").compile("li:not(.current) > a[href]")


def _read_what_is_shared() -> None:
    """Read what every page asks for: the form of notebooks, the faces of figures, and the words of each language.

    And what every website does: the theme's style sheets, and how selectors are. What cannot be read is told by what
    needs it: this process has nobody to tell.
    """
    shared: list[Callable[[], object]] = [
        partial(nbformat.validate, nbformat.v4.new_notebook()),
        theme.font_families,
        *(partial(i18n.translator, code) for code in i18n.LANGUAGES),
        parse_themes,
        _read_how_selectors_are,
    ]
    for read in shared:
        with suppress(Exception):
            read()


_read_what_is_shared()
# What is here lives as long as the process: no fork has to look through it, and copy it, when it clears away.
gc.collect()
gc.freeze()
