"""No request leaves the site: drop what another host would serve, and thebe, which loads its code from one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sphinx.application import Sphinx

UNWANTED_EXTENSION = "sphinx_thebe"
# The extension's assets, all named after it.
UNWANTED_ASSET = "thebe"
# After every other handler of the page context, so that nothing is added once we have looked.
LAST = 990


def silence_unwanted_extension(app: Sphinx) -> None:
    """Disconnect every listener of the extension that Jupyter Book always loads for live code."""
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__.partition(".")[0] == UNWANTED_EXTENSION:
                app.disconnect(listener.id)


def is_foreign(address: str) -> bool:
    """Say whether an address names a host (``https://…`` or ``//…``), that is, leaves the site."""
    return "//" in address


def local_assets(assets: Iterable[Any]) -> list[Any]:
    """Return the scripts or style sheets that the site serves itself.

    Parameters
    ----------
    assets : iterable
        Sphinx's assets (with ``filename`` and ``attributes``) or plain file names.

    Returns
    -------
    list
        Those that are neither on another host nor thebe's, in the same order.
    """
    kept = []
    for asset in assets:
        filename = str(getattr(asset, "filename", asset) or "")
        body = str(getattr(asset, "attributes", {}).get("body") or "")
        if not is_foreign(filename) and UNWANTED_ASSET not in filename + body:
            kept.append(asset)
    return kept


def keep_local_assets(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Keep a page's own scripts and style sheets only."""
    for kind in ("script_files", "css_files"):
        context[kind] = local_assets(context.get(kind, []))


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    silence_unwanted_extension(app)
    app.connect("html-page-context", keep_local_assets, priority=LAST)
