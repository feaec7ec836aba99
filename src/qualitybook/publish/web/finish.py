"""What is done with the pages of a website at its end, in one reading: icons, style sheet, policy, and what is idle.

The policy in each page lets the browser load and run what the site brings along, and nothing else. The theme's few
inline scripts are named by their hashes, so that a script that slipped into a page would not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from qualitybook.publish.environment import REHEARSAL
from qualitybook.publish.web.sheet import SHEET, linked, merge_sheets, named_in_sheet

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


_ICONS = "icons.woff"
_THEME_SHEETS = ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css")
_THEME_FONTS = "vendor/fontawesome"
_THEME_FONT = f"{_THEME_FONTS}/webfonts/fa-solid-900.ttf"
_FONT_RULE = re.compile(r"@font-face\s*\{[^}]*fontawesome[^}]*\}")
_CLASS = re.compile(r"\bfa-([a-z0-9-]+)")
_CLASS_RULE = re.compile(r"((?:\.fa-[a-z0-9-]+::?before,?\s*)+)\{content:\s*\"\\([0-9a-f]+)\"")
_ICON_CODE = re.compile(r"content:\s*\"\\(f[0-9a-f]{3})\"")
# The sheets' own icons are written as characters of the private use area.
_CHARACTER = re.compile("[\ue000-\uf8ff]")


def _icon_codes(sheets: Iterable[str], used: set[str]) -> set[int]:
    """Return the code points of the icons that a site shows: those of used classes, and those that sheets draw."""
    by_name: dict[str, int] = {}
    codes: set[int] = set()
    for sheet in sheets:
        for selectors, code in _CLASS_RULE.findall(sheet):
            by_name |= {name: int(code, 16) for name in _CLASS.findall(selectors)}
        codes |= {int(code, 16) for code in _ICON_CODE.findall(_CLASS_RULE.sub("", sheet))}
        codes |= {ord(character) for character in _CHARACTER.findall(sheet)}
    return codes | {by_name[name] for name in used if name in by_name}


def _write_icons(font: Path, codes: Iterable[int], out: Path) -> None:
    """Write a font with some characters of another."""
    options = Options()
    options.notdef_outline = True
    whole = TTFont(font, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(codes))
    subsetter.subset(whole)
    whole.flavor = "woff"
    whole.save(out)


def _lighten_icons(static: Path, pages: Iterable[str]) -> None:
    """Put a small font in the place of the theme's; the rules of icons that no page shows go with other idle ones."""
    font = static / _THEME_FONT
    if not font.is_file():
        return
    sheets = {static / name: (static / name).read_text(encoding="utf-8") for name in _THEME_SHEETS}
    used = {name for page in pages for name in _CLASS.findall(page)}
    _write_icons(font, _icon_codes(sheets.values(), used), static / _ICONS)
    for path, sheet in sheets.items():
        path.write_text(_FONT_RULE.sub("", sheet), encoding="utf-8", newline="\n")
    for leftover in (static / _THEME_FONTS).rglob("*.*"):
        leftover.unlink()


# Blocks of data (JSON) are no scripts: a browser never runs them, and the policy says nothing of them.
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\s(?:src=|type=\"application/))[^>]*>(.*?)</script>", re.DOTALL)
_CHARSET = re.compile(r"""<meta charset="utf-8"\s*/?>""", re.IGNORECASE)
_CATALOG = re.compile(r"^Documentation\.addTranslations\((.*)\);?\s*$", re.DOTALL)
_POLICY = '<meta http-equiv="Content-Security-Policy" content="'


def script_hashes(page: str) -> list[str]:
    """Return the hashes of the inline scripts in a page's head as a policy writes them.

    The head is the theme's; below it stands text of the evidence, and no script there is to run.
    """
    digests = {
        hashlib.sha256(body.encode("utf-8")).digest() for body in _INLINE_SCRIPT.findall(page.partition("</head>")[0])
    }
    return sorted(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)


def policy(page: str) -> str:
    """Return the Content-Security-Policy for a page.

    It names ``file:`` beside the site itself for readers who open it from a folder; from a server, browsers load no
    such address anyway.
    """
    own = "'self' file:"
    return "; ".join(
        [
            f"default-src {own}",
            " ".join([f"script-src {own}", *script_hashes(page)]),
            f"style-src {own} 'unsafe-inline'",  # the theme's icons bring their rules along
            f"img-src {own} data:",
            "object-src 'none'",
            "base-uri 'none'",
        ]
    )


def _has_policy(page: str) -> bool:
    """Whether a page has its policy, and so is finished but for its style sheet."""
    return _POLICY in page


def with_policy(page: str) -> str:
    """Return a page with its policy, right after its character set and before anything that loads."""
    if _has_policy(page):
        return page
    return _CHARSET.sub(lambda match: f'{match[0]}\n{_POLICY}{policy(page)}">', page, count=1)


def catalog_as_code(script: str) -> str:
    """Return ``translations.js`` with its rule for plurals as code, not as a text to evaluate; others as they are."""
    match = _CATALOG.match(script)
    if match is None:
        return script
    catalog = json.loads(match[1])
    return (
        f"Object.assign(Documentation.TRANSLATIONS, {json.dumps(catalog['messages'])});\n"
        f"Documentation.PLURAL_EXPR = (n) => ({catalog['plural_expr']});\n"
        f"Documentation.LOCALE = {json.dumps(catalog['locale'])};\n"
    )


def _write_catalog_as_code(static: Path) -> None:
    """Write Sphinx's script of translated words without the need to evaluate text as code."""
    catalog = static / "translations.js"
    if catalog.exists():
        catalog.write_text(catalog_as_code(catalog.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _remove_idle(files: Iterable[Path], static: Path, named: Collection[str]) -> None:
    """Remove files that nothing names."""
    for path in list(files):
        if path.is_file() and path.relative_to(static).as_posix() not in named:
            path.unlink()


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Finish a website; pages of an earlier build are finished already."""
    static = Path(app.outdir, "_static")
    if exception is not None or app.builder.format != "html" or not static.is_dir():
        return
    places = [path for path in sorted(Path(app.outdir).rglob("*.html")) if static not in path.parents]
    there = {path: path.read_text(encoding="utf-8") for path in places}
    # The names in a page decide what its sheet has: they are the same in a page of an earlier build.
    pages = {path: text if _has_policy(text) else steady(squeezed(text)) for path, text in there.items()}
    _write_catalog_as_code(static)
    _lighten_icons(static, pages.values())
    named = {name for page in pages.values() for name in _STATIC.findall(page)}
    _remove_idle(static.rglob("*.js"), static, named)
    version = merge_sheets(static, pages.values())
    _remove_idle(static.rglob("*.*"), static, named | {SHEET} | named_in_sheet(static))
    for path, text in pages.items():
        if (done := with_policy(linked(text, version))) != there[path]:
            path.write_text(done, encoding="utf-8", newline="\n")


# After the extensions that still write pages when the build is finished (500).
_AFTER_PAGES = 980


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    if REHEARSAL not in os.environ:
        app.connect("build-finished", _finish, priority=_AFTER_PAGES)
