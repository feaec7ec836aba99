"""The theme's icons as a font of those that the pages show: a few kilobytes instead of more than a megabyte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

# After the extensions that still write pages when the build is finished (500).
LAST = 980
ICONS = "icons.woff"
THEME_SHEETS = ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css")
THEME_FONTS = "vendor/fontawesome"
THEME_FONT = f"{THEME_FONTS}/webfonts/fa-solid-900.ttf"
# Draws the icons a second time, as pictures.
THEME_SCRIPT = "scripts/fontawesome.js"
_FONT_RULE = re.compile(r"@font-face\s*\{[^}]*fontawesome[^}]*\}")
_CLASS = re.compile(r"\bfa-([a-z0-9-]+)")
_CLASS_RULE = re.compile(r"((?:\.fa-[a-z0-9-]+::?before,?\s*)+)\{content:\s*\"\\([0-9a-f]+)\"")
_WHOLE_RULE = re.compile(_CLASS_RULE.pattern + r"[^}]*\}")
_CODE = re.compile(r"content:\s*\"\\(f[0-9a-f]{3})\"")
# The sheets' own icons are written as characters of the private use area.
_CHARACTER = re.compile("[\ue000-\uf8ff]")


def without_unused(sheet: str, used: set[str]) -> str:
    """Return a style sheet without the fonts and without the rules of icons that no page shows."""

    def kept(rule: re.Match[str]) -> str:
        return rule[0] if used & set(_CLASS.findall(rule[1])) else ""

    return _WHOLE_RULE.sub(kept, _FONT_RULE.sub("", sheet))


def icon_names(pages: Iterable[str]) -> set[str]:
    """Return the names of the icons that pages show, without the prefix of the class."""
    return {name for page in pages for name in _CLASS.findall(page)}


def icon_codes(sheets: Iterable[str], used: set[str]) -> set[int]:
    """Return the code points of the icons that a site shows.

    Parameters
    ----------
    sheets : iterable of str
        The theme's style sheets: which icon a class means, and which icons the sheets draw by themselves.
    used : set of str
        Names of the icons that the pages show.

    Returns
    -------
    set of int
        Code points of the theme's font.
    """
    by_name: dict[str, int] = {}
    codes: set[int] = set()
    for sheet in sheets:
        for selectors, code in _CLASS_RULE.findall(sheet):
            by_name |= {name: int(code, 16) for name in _CLASS.findall(selectors)}
        codes |= {int(code, 16) for code in _CODE.findall(_CLASS_RULE.sub("", sheet))}
        codes |= {ord(character) for character in _CHARACTER.findall(sheet)}
    return codes | {by_name[name] for name in used if name in by_name}


def write_icons(font: Path, codes: Iterable[int], out: Path) -> None:
    """Write a font with some characters of another.

    Parameters
    ----------
    font : pathlib.Path
        The whole font.
    codes : iterable of int
        Code points to keep.
    out : pathlib.Path
        Where to write it, as WOFF.
    """
    options = Options()
    options.notdef_outline = True
    whole = TTFont(font, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(codes))
    subsetter.subset(whole)
    whole.flavor = "woff"
    whole.save(out)


def lighten_icons(app: Sphinx, exception: Exception | None) -> None:
    """Put the small font in the place of the theme's fonts and script."""
    static = Path(app.outdir, "_static")
    font = static / THEME_FONT
    if exception is not None or app.builder.format != "html" or not font.is_file():
        return
    sheets = {static / name: (static / name).read_text(encoding="utf-8") for name in THEME_SHEETS}
    used = icon_names(path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html"))
    write_icons(font, icon_codes(sheets.values(), used), static / ICONS)
    for path, sheet in sheets.items():
        path.write_text(without_unused(sheet, used), encoding="utf-8", newline="\n")
    for leftover in [static / THEME_SCRIPT, *(static / THEME_FONTS).rglob("*.*")]:
        leftover.unlink(missing_ok=True)


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("build-finished", lighten_icons, priority=LAST)
