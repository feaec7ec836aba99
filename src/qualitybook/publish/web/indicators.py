"""The pages of the indicators: admitted to the website though no table of contents names them, and their sidebar.

Elsewhere (in the PDF, in earlier editions) a reference to one is its text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from qualitybook.report import INDICATORS

# After sphinx-external-toc has shut out what its table of contents does not name.
_AFTER_CONTENTS = 900
# After the theme has put its functions into the context.
_AFTER_THEME = 900


def is_indicator(page: str) -> bool:
    """Whether a page is an indicator's."""
    return page.startswith(f"{INDICATORS}/")


class _Admission:
    """Lets the website have the pages that the table of contents leaves out.

    Sphinx keeps its settings with the pages that it has read, and takes other ones for a change in the next build; so
    the setting is as it was while Sphinx does so.
    """

    def __init__(self) -> None:
        self._shut_out: list[str] = []

    def begin(self, app: Sphinx) -> None:
        """Admit the pages before Sphinx looks for any."""
        self._shut_out = app.config.exclude_patterns
        self.open(app)

    def open(self, app: Sphinx, *about: Any) -> None:
        """Admit the pages."""
        if app.builder.format == "html":
            app.config.exclude_patterns = [pattern for pattern in self._shut_out if not is_indicator(pattern)]

    def close(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Put the setting back, and have nothing written again."""
        app.config.exclude_patterns = self._shut_out
        return []


def _leave_text(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Node) -> nodes.Node | None:
    """Return the text of a reference to an indicator's page where the book does not have it."""
    target = str(node.get("reftarget", "")).lstrip("/")
    return contnode if node.get("reftype") == "doc" and is_indicator(target) else None


class _Sidebars:
    """The sidebar of the indicators' pages, worked out once: none of its entries is the page itself."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def share(self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
        """Let the page take the sidebar of the first one."""
        make = context.get("generate_toctree_html")
        if is_indicator(pagename) and make is not None:
            context["generate_toctree_html"] = self._remembered(make)

    def _remembered(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def remembered(kind: str, **options: Any) -> Any:
            key = repr((kind, sorted(options.items())))
            if key not in self._made:
                self._made[key] = make(kind=kind, **options)
            return self._made[key]

        return remembered


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    admission = _Admission()
    app.connect("builder-inited", admission.begin, priority=_AFTER_CONTENTS)
    # The last event before Sphinx writes down what it has read, and the first one after.
    app.connect("env-get-updated", admission.close, priority=_AFTER_CONTENTS)
    app.connect("env-check-consistency", admission.open)
    app.connect("missing-reference", _leave_text)
    app.connect("html-page-context", _Sidebars().share, priority=_AFTER_THEME)
