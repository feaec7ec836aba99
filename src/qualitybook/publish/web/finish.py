"""What is done with the pages of a website at its end, in one reading: icons, style sheet, policy, and what is idle."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

from qualitybook.publish.environment import REHEARSAL
from qualitybook.publish.web.sheet import SHEET, linked, merge_sheets, named_in_sheet, remove_idle
from qualitybook.publish.web.theme import has_policy, lighten_icons, with_policy, write_catalog_as_code

_KEPT = r"<(?P<kept>pre|textarea|script|style|svg)\b.*?</(?P=kept)>"
"""Elements in which blanks and ends of lines say something."""
_SLACK = re.compile(rf"{_KEPT}|\s*\n\s*(?:<!--.*?-->\s*)*|<!--.*?-->", re.DOTALL)
_IDLE = re.compile(r'(?<=<tr) class="row-(?:odd|even)"|(?<=<td) class="text-left"|(?<=class="reference) internal(?=")')
"""Classes that no style sheet asks for, and that of how cells stand anyway."""
_BARE = re.compile(r'<span class="fn-bracket">([^<]*)</span>|<span class="doc">((?:[^<]|<(?!/?a\b))*)</span>(?=</a>)')
"""What a style sheet does not ask for either, around a text."""
_THEMES_OWN = re.compile(
    r'<script defer src="[^"]*/scripts/[\w-]+\.js[^"]*"></script>\n?| data-bs-(?:placement|toggle)="[a-z]*"'
    r"|<script>DOCUMENTATION_OPTIONS\.\w+ = [^<]*</script>\n?"
    r'|<div class="pst-async-banner-revealer d-none">\s*<aside [^>]*>\s*</aside>\s*</div>\n?'
    r'|(?<=/>)<meta name="viewport" [^>]*>'
)
"""The theme's scripts, which `frame.js` stands for, with what only they read; and what it says twice."""
_TITLE = re.compile(r'(<[^<>]*\s)data-bs-title="(?=[^\s>])')
"""Browsers show titles without a script."""
_CODE = re.compile(r'<details class="qb-code">.*?</details>', re.DOTALL)
_COPYING = re.compile(r'<script src="([^"]*/(?:clipboard|copybutton)[\w.]*\.js[^"]*)"></script>\n?')
_SOURCE = re.compile(r'(<a class="reference" href="(?P<place>[^"]*#id\d+)") title="[^"]*"')


_STATIC = re.compile(r'_static/([^"?\s]+)')


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

    bare = _outlined_once(_BARE.sub(r"\1\2", _SLACK.sub(_spared, page.lstrip())))
    bare = _IDLE.sub("", _THEMES_OWN.sub("", _copying_later(bare)))
    return _signs_tied(_SOURCE.sub(once, _TITLE.sub(r'\1title="', bare)))


_TIED = '<span class="qb-tied">'
_NEVER_FIRST = re.compile(
    rf"<(?P<whole>head|math|pre|textarea|script|style|svg)\b.*?</(?P=whole)>|{_TIED}[^<]*</span>|<[^>]*>"
    r"|(?P<tied>[^\s<>;][～—·]+)",
    re.DOTALL,
)


def _signs_tied(page: str) -> str:
    """Return a page on which no line begins with the sign of a range, a dash or a dot between names (GB/T 15834).

    A character that forbids the break would be copied with the text.
    """
    return _NEVER_FIRST.sub(lambda found: f"{_TIED}{found[0]}</span>" if found["tied"] else found[0], page)


_OUTLINE = re.compile(r'<path id="([^"]*)" d="([^"]*)"/>')
_USE = re.compile(r'(<use href="#)([^"]*)')


def _outlined_once(page: str) -> str:
    """Return a page whose pictures share the outlines of their letters."""
    drawn: dict[str, str] = {}
    same: dict[str, str] = {}

    def first(found: re.Match[str]) -> str:
        name = drawn.setdefault(found[2], found[1])
        same[found[1]] = name
        return found[0] if name == found[1] else ""

    bare = _OUTLINE.sub(first, page).replace("<defs></defs>", "")
    return _USE.sub(lambda found: found[1] + same.get(found[2], found[2]), bare)


_FIRST_SCREEN = 20_000
"""So many characters of a page, head and contents included, may stand on a reader's first screen."""
_TABLE_END = "</table>"
_EXPECTED = '<link rel="expect" href="#rows" blocking="render">\n'


def steady(page: str) -> str:
    """Return a page whose first table, if it stands on the first screen, is shown when all its rows are there.

    Shown row by row, its columns would move under the reader's eyes. What a browser waits for stands after the table:
    it goes on at the first tag of what it was told to expect (seen in Chromium 156).
    """
    start, end = page.find("<table"), page.find(_TABLE_END)
    if not 0 < start < _FIRST_SCREEN or end < start or _EXPECTED in page:
        return page
    after = end + len(_TABLE_END)
    return f'{page[:after]}<span id="rows"></span>{page[after:]}'.replace("</head>", f"{_EXPECTED}</head>", 1)


def _copying_later(page: str) -> str:
    """Return a page whose only code is folded with its scripts for code left to the fold, which few readers open."""
    if 'class="highlight' in _CODE.sub("", page):
        return page
    return _COPYING.sub(r'<link rel="later" href="\1">\n', page)


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Finish a website; pages of an earlier build are finished already."""
    static = Path(app.outdir, "_static")
    if exception is not None or app.builder.format != "html" or not static.is_dir():
        return
    places = [path for path in sorted(Path(app.outdir).rglob("*.html")) if static not in path.parents]
    there = {path: path.read_text(encoding="utf-8") for path in places}
    # The names in a page decide what its sheet has: they are the same in a page of an earlier build.
    pages = {path: text if has_policy(text) else steady(squeezed(text)) for path, text in there.items()}
    write_catalog_as_code(static)
    lighten_icons(static, pages.values())
    named = {name for page in pages.values() for name in _STATIC.findall(page)}
    remove_idle(static.rglob("*.js"), static, named)
    version = merge_sheets(static, pages.values())
    remove_idle(static.rglob("*.*"), static, named | {SHEET} | named_in_sheet(static))
    for path, text in pages.items():
        if (done := with_policy(linked(text, version))) != there[path]:
            path.write_text(done, encoding="utf-8", newline="\n")


# After the extensions that still write pages when the build is finished (500).
_AFTER_PAGES = 980


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    if REHEARSAL not in os.environ:
        app.connect("build-finished", _finish, priority=_AFTER_PAGES)
