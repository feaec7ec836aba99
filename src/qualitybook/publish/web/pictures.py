"""Pictures of our own SVG stand in the page itself, so that they follow its theme: wide, narrow, and as a table.

Style sheets choose between the wide and the narrow one. A figure's marks say what they are; the same is told by a table
that opens in the place of the picture.
"""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from qualitybook.publish.cache import digest_of_value
from qualitybook.publish.documents import words_of
from qualitybook.publish.web.narrow import CARDS, told_columns
from qualitybook.report import FIGURES, theme
from qualitybook.report.compact import beside_texts
from qualitybook.report.i18n import Words
from qualitybook.report.theme import CHART, MARK, NARROW_SUFFIX

_HEAD = re.compile(rf'<svg [^>]*class="{CHART}"')
_BEFORE = re.compile(r"^.*?(?=<svg )|<style type=.*?</style>", re.DOTALL)
_FACES = re.compile(r""" font-family="[^"]*"| xmlns(?::xlink)?="[^"]*"| version="[^"]*"|font-family: ?[^;"]*;?""")
_HEAD_LENGTH = 600
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_OF_MARK = re.compile(rf'(?<=<g class="{MARK}")><title>(.*?)</title>', re.DOTALL)
_PLACE = re.compile(r"""(?<= id=")|(?<=href="#)|(?<=url\(#)""")
_COLUMNS = 5
"""Facts that a mark tells which has a row in the table of its picture: it tells them by that row."""
_MARK_LENGTH = 6
"""Characters of the digest of a picture's name that its ids begin with: it is unlike that of the page's others."""
_CLASSED = re.compile(r'(?<=class=")([fs]-\w+(?: s-\w+)?")((?: (?:fill|stroke)="[^"]*")+)')
_TOLD_BY_CLASS = re.compile(r' (?:fill|stroke)="#[^"]*"')
_GROUND = re.compile(r'(?<= r="8") fill="none" stroke="none"')
"""Of what a mark is pointed at by; the style sheet says it."""
_COLOUR = re.compile(r"(?<=[: ])#[0-9a-f]{6}")


def _themes() -> dict[str, str]:
    """Return what stands for each colour of a figure in a page, whose theme may be dark."""
    roles = {"observed", "target", "proxy", "context"}
    own = {theme.PALETTE[role].lower(): f"var(--qb-{role})" for role in sorted(roles)}
    pale = {
        theme.paler(colour).lower(): f"color-mix(in srgb, {name} 55%, var(--qb-paper))" for colour, name in own.items()
    }
    bands = {colour.lower(): f"var(--qb-band-{level})" for level, colour in theme.BANDS.items()}
    ground = {theme.INK: "ink", theme.QUIET: "quiet", theme.RULE: "rule", theme.PAPER: "paper"}
    return {**own, **pale, **bands, **{colour.lower(): f"var(--qb-{name})" for colour, name in ground.items()}}


_THEMES = _themes()


class picture(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in small letters
    """A picture within the page: the file that it is `drawn` in, and `alt`, which says what it shows."""


def _drawn(path: Path) -> str:
    """Return a picture of our own, empty for any other file."""
    if path.suffix != ".svg" or not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    return text if _HEAD.search(text[:_HEAD_LENGTH]) else ""


def _narrow(path: Path) -> Path:
    return path.with_suffix(NARROW_SUFFIX + path.suffix)


class _DrawInPage(SphinxPostTransform):
    """Put our own pictures into the page; the site has no file of them then."""

    # Before Sphinx looks for the pictures that it has to copy.
    default_priority = 5
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.app.srcdir, image["uri"])
            if image["uri"].startswith(f"{FIGURES}/") and is_drawn(path):
                image.parent.replace(image, picture("", drawn=str(path), alt=image.get("alt", "")))


def _note_narrow_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """Have a page written again when the narrow variant of one of its pictures changes."""
    for image in doctree.findall(nodes.image):
        narrow = _narrow(Path(app.srcdir, image["uri"]))
        if narrow.is_file():
            app.env.note_dependency(narrow.relative_to(app.srcdir).as_posix())


def _in_page(drawn: str, form: str, alt: str, name: str) -> str:
    """Return a picture as a page has it: named, in the page's own face and colours, its ids unlike any other's."""
    return beside_texts(lambda tags: _tags_in_page(tags, form, alt, name), _BEFORE.sub("", drawn))


def _tags_in_page(drawn: str, form: str, alt: str, name: str) -> str:
    bare = _FACES.sub("", drawn).strip()
    colours = {found.lower() for found in _COLOUR.findall(bare)}
    own = "" if colours <= set(_THEMES) else " qb-own-paper"
    if not own:
        bare = _COLOUR.sub(lambda found: _THEMES[found[0]], bare)
    bare = _CLASSED.sub(lambda found: found[1] + _TOLD_BY_CLASS.sub("", found[2]), _GROUND.sub("", bare))
    mark = digest_of_value(name)[:_MARK_LENGTH]
    bare = _PLACE.sub(lambda found: f"{mark}{found[0]}", bare.replace("xlink:href=", "href="))
    head = f'<svg class="{CHART} {form}{own}" role="img" aria-label="{escape(alt)}"'
    # A function, since backslashes of a text in its place would be read as references to groups.
    return _HEAD.sub(lambda _found: head, bare, count=1)


def rows_of_marks(drawn: str) -> list[list[str]]:
    """Return what the marks of a picture say, a row each and none twice: series by series, each in its marks' order."""
    rows = [unescape(title).split("\n") for title in dict.fromkeys(_TITLE.findall(drawn))]
    series = list(dict.fromkeys(row[0] for row in rows))
    return sorted(rows, key=lambda row: series.index(row[0]))


def _table(rows: list[list[str]], words: Words) -> str:
    """Return the fold with the table that stands for a picture."""
    _ = words.gettext
    header = [_("Series"), _("Period"), _("Figure"), _("Grade"), _("Source")]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    says = "".join(f"<span>{escape(text)}</span>" for text in (_("Show as a table"), _("Show as a picture")))
    rows_told = f"<tbody{told_columns(header)}>{body}</tbody>"
    table = f'<table class="table {CARDS}"><thead><tr>{head}</tr></thead>{rows_told}</table>'
    box = f'<div class="pst-scrollable-table-container" tabindex="0">{table}</div>'
    return f'<details class="qb-rows"><summary>{says}</summary>{box}</details>'


def is_drawn(path: Path) -> bool:
    """Whether a file is a picture of our own."""
    return bool(_drawn(path))


def drawn_in_page(path: Path, alt: str, words: Words | None) -> str:
    """Return both forms of a picture as a page has them and, with words, the table that tells what their marks are."""
    name, wide, narrow = path.stem, _drawn(path), _drawn(_narrow(path))
    rows = [row for row in rows_of_marks(wide) if len(row) == _COLUMNS] if words is not None else []

    def told(found: re.Match[str]) -> str:
        row = unescape(found[1]).split("\n")
        return f' data-row="{rows.index(row)}">' if row in rows else found[0]

    forms = [_in_page(_OF_MARK.sub(told, wide), "qb-wide" if narrow else "", alt, name)]
    if narrow:
        forms.append(_in_page(_OF_MARK.sub(">", narrow), "qb-narrow", alt, f"{name}-narrow"))
    shown = f'<span class="qb-picture">{"".join(forms)}</span>\n'
    return shown + _table(rows, words) + "\n" if rows and words is not None else shown


def _visit_picture(translator: HTML5Translator, node: picture) -> None:
    """Write both forms of a picture and, in a figure, its table."""
    words = words_of(translator.config) if isinstance(node.parent, nodes.figure) else None
    translator.body.append(drawn_in_page(Path(node["drawn"]), node["alt"], words))


def _depart_picture(translator: HTML5Translator, node: picture) -> None:
    """Do nothing more."""


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_node(picture, html=(_visit_picture, _depart_picture))
    app.connect("doctree-read", _note_narrow_pictures)
    app.add_post_transform(_DrawInPage)
