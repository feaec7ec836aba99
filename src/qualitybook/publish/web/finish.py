"""What is done with the pages of a website at its end, in one reading: icons, style sheet, policy, and what is idle."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

from qualitybook.publish.web.sheet import linked, merge_sheets
from qualitybook.publish.web.theme import has_policy, lighten_icons, with_policy, write_catalog_as_code

_KEPT = r"<(?P<kept>pre|textarea|script|style|svg)\b.*?</(?P=kept)>"
"""Elements in which blanks and ends of lines say something."""
_SLACK = re.compile(rf"{_KEPT}|\s*\n\s*(?:<!--.*?-->\s*)*|<!--.*?-->", re.DOTALL)
_IDLE = re.compile(r'(?<=<tr) class="row-(?:odd|even)"|(?<=<td) class="text-left"|(?<=class="reference) internal(?=")')
"""Classes that no style sheet asks for, and that of how cells stand anyway."""
_SCRIPT = re.compile(r'<script defer src="[^"]*/bootstrap\.js[^"]*"></script>\n| data-bs-(?:placement|toggle)="[a-z]*"')
_TITLE = re.compile(r"\bdata-bs-title=")
"""What only the theme's largest script reads: browsers show titles without it."""
_SOURCE = re.compile(r'(<a class="reference" href="(?P<place>[^"]*#id\d+)") title="[^"]*"')


def _spared(found: re.Match[str]) -> str:
    """Return what stays of slack: an end of a line, where it is not all comment."""
    return found[0] if found["kept"] else "" if found[0].startswith("<") else "\n"


def squeezed(page: str) -> str:
    """Return a page in fewer bytes: without slack, and each source told once, wherever else by a script."""
    told: set[str] = set()

    def once(found: re.Match[str]) -> str:
        is_told = found["place"] in told
        told.add(found["place"])
        return found[1] if is_told else found[0]

    bare = _SLACK.sub(_spared, page.lstrip())
    return _SOURCE.sub(once, _TITLE.sub("title=", _IDLE.sub("", _SCRIPT.sub("", bare))))


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Finish a website; pages of an earlier build are finished already."""
    static = Path(app.outdir, "_static")
    if exception is not None or app.builder.format != "html" or not static.is_dir():
        return
    places = [path for path in sorted(Path(app.outdir).rglob("*.html")) if static not in path.parents]
    there = {path: path.read_text(encoding="utf-8") for path in places}
    # The names in a page decide what its sheet has: they are the same in a page of an earlier build.
    pages = {path: text if has_policy(text) else squeezed(text) for path, text in there.items()}
    write_catalog_as_code(static)
    lighten_icons(static, pages.values())
    version = merge_sheets(static, pages.values())
    for path, text in pages.items():
        if (done := with_policy(linked(text, version))) != there[path]:
            path.write_text(done, encoding="utf-8", newline="\n")


# After the extensions that still write pages when the build is finished (500).
_AFTER_PAGES = 980


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("build-finished", _finish, priority=_AFTER_PAGES)
