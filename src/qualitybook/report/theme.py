"""The one look of all figures: fonts, colours with their roles, sizes, and how a figure is written to files.

Colours are those of Okabe and Ito (2008), which people with any of the common colour deficiencies can tell apart,
darkened where a label is set in them so that text reaches a contrast of 4.5 to 1 on white (WCAG 2.1, 1.4.3). No meaning
hangs on a colour alone: grades are marker shapes, verdicts are symbols, bounds are arrows, series carry their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from qualitybook.report import faces
from qualitybook.report.compact import compact
from qualitybook.report.i18n import language

WIDTH_MM = 160.0
NARROW_MM = 70.0
"""Width of the variant for narrow screens: drawn larger on one of 390 pixels, its smallest letters have 11 of them."""
MM_PER_INCH = 25.4
_DPI = 150

SIZE_TEXT = 8.5
SIZE_SMALL = 7.5
SIZE_TINY = 6.5
LINE_SPACING = 1.25

INK = "#222222"
QUIET = "#595959"
RULE = "#D9D9D9"
PAPER = "#FFFFFF"

PALETTE = {
    "observed": "#0072B2",
    "forecast": "#0072B2",
    "target": "#B84A00",
    "bound": "#222222",
    "proxy": "#007A59",
    "context": "#6E6E6E",
    "peers": "#6E6E6E",
}
"""Colour of each role a mark can have; all of them may be used for text on white."""

BANDS = {"80": "#7FB8D9", "95": "#CFE4F1"}
"""Fill of the forecast's 80% and 95% intervals, light enough for a line and a label to stand on them."""

GRADE_SHADES = {"A": "#08519C", "B": "#4F93C8", "C": "#A9CCE5", "bound": "#E6E6E6", "none": PAPER}
"""Shade of a cell by the best grade of the figures in it, from dark to light, so that it survives photocopying."""


_PALER = 0.45
"""Share of the paper in the colour of a bar that must not outshine the mark it belongs to."""


def paler(colour: str) -> str:
    """Return a colour mixed with that of the paper."""
    red, green, blue = (
        (1 - _PALER) * own + _PALER * white for own, white in zip(to_rgb(colour), to_rgb(PAPER), strict=True)
    )
    return to_hex((red, green, blue))


CHART = "qb-chart"
MARK = "qb-mark"
"""Classes of a picture and of a mark that says what it is."""
NARROW_SUFFIX = ".narrow"
"""Stands before the suffix of the file with the variant for narrow screens."""
TOLD = "mark:"
"""Begins the address that matplotlib writes around a mark; what follows is told of it."""
# In single quotation marks where there is a double one in the text.
_MARK = re.compile(rf"""<a xlink:href=(["']){TOLD}(?P<told>.*?)\1[^>]*>(?P<drawn>.*?)</a>""", re.DOTALL)
_PLACE = re.compile(r'<use [^>]*x="([-0-9.]+)" y="([-0-9.]+)"')


@lru_cache(maxsize=1)
def font_families() -> tuple[str, ...]:
    """Register the book's faces with matplotlib, once, and return their families.

    The first covers Chinese and Latin text and the symbols the figures use; what it lacks is drawn by those after it.
    """
    families = []
    for path in faces.of_figures():
        font_manager.fontManager.addfont(path)
        families.append(str(font_manager.FontProperties(fname=path).get_name()))
    return tuple(families)


def parameters(lang: str) -> dict[str, Any]:
    """Collect the settings of the theme; the language decides between regional forms of a character."""
    # Only what draws needs it, and it takes as long as all other libraries that the driver of a build imports.
    import seaborn as sns

    return {
        **sns.axes_style("ticks"),
        **_text_parameters(lang),
        **_line_parameters(),
        "figure.figsize": (WIDTH_MM / MM_PER_INCH, WIDTH_MM / MM_PER_INCH / 2),
        "figure.facecolor": PAPER,
        "figure.dpi": _DPI,
        "patch.linewidth": 0,
        "svg.fonttype": "path",
        "svg.hashsalt": "qualitybook",
        "path.simplify": False,
    }


def _text_parameters(lang: str) -> dict[str, Any]:
    """Fonts, sizes and colours of text."""
    # Matplotlib shapes text by language from 3.11 on; earlier releases do not know the setting.
    shaping = {"text.language": language(lang).html} if "text.language" in mpl.rcParams else {}
    return {
        **shaping,
        "font.family": [*font_families()],
        "font.size": SIZE_TEXT,
        "axes.titlesize": SIZE_TEXT,
        "axes.labelsize": SIZE_SMALL,
        "xtick.labelsize": SIZE_SMALL,
        "ytick.labelsize": SIZE_SMALL,
        "legend.fontsize": SIZE_SMALL,
        "axes.unicode_minus": True,
        "text.color": INK,
        "axes.labelcolor": QUIET,
        "axes.titlecolor": INK,
        "xtick.labelcolor": QUIET,
        "ytick.labelcolor": QUIET,
        "legend.labelcolor": QUIET,
        "text.parse_math": False,
        # Hinted letters are wider or narrower from one resolution to the next, and measured labels would not fit.
        "text.hinting": "none",
    }


def _line_parameters() -> dict[str, Any]:
    """Axes, ticks, grid and key."""
    return {
        "axes.edgecolor": QUIET,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "grid.color": RULE,
        "grid.linewidth": 0.6,
        "xtick.major.size": 3.0,
        "xtick.major.width": 0.7,
        "xtick.color": QUIET,
        "ytick.major.size": 0.0,
        "ytick.major.pad": 3.0,
        "lines.linewidth": 1.6,
        "lines.markersize": 5.5,
        "legend.frameon": False,
        "legend.borderpad": 0.2,
        "legend.handletextpad": 0.5,
        "legend.columnspacing": 1.4,
    }


@contextmanager
def use_theme(lang: str, *, is_narrow: bool = False) -> Iterator[None]:
    """Draw in the book's look, narrow ones with letters as letters; what was set before comes back afterwards."""
    settings: Any = parameters(lang)
    if is_narrow:
        settings |= {"figure.figsize": (NARROW_MM / MM_PER_INCH, NARROW_MM / MM_PER_INCH), "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        yield


def width_mm() -> float:
    """Return how wide figures are drawn, in millimetres."""
    return float(mpl.rcParams["figure.figsize"][0]) * MM_PER_INCH


def is_narrow() -> bool:
    """Whether figures are drawn for narrow screens."""
    return width_mm() < WIDTH_MM


def share(length_mm: float) -> float:
    """Return what a length of a wide figure is in one that is drawn now, in points."""
    return length_mm * width_mm() / WIDTH_MM * 72.0 / MM_PER_INCH


def new_figure(height_mm: float, gap_mm: float = 1.0) -> Figure:
    """Start an empty figure, as wide as the text column, that no window or notebook knows of.

    The gap is the room between charts that stand side by side, in millimetres.
    """
    pad = gap_mm / 2 / MM_PER_INCH
    engine = ConstrainedLayoutEngine(h_pad=pad, w_pad=pad)
    figure = Figure(figsize=(width_mm() / MM_PER_INCH, height_mm / MM_PER_INCH), layout=engine)
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path_without_suffix: Path) -> Path:
    """Write a figure as SVG, as the theme in use sets its letters, close it, and return the file; its folder is made.

    One for narrow screens gets a name of its own. The file carries no date and no version, so the same figure gives the
    same bytes.
    """
    variant = NARROW_SUFFIX if is_narrow() else ""
    path = path_without_suffix.with_name(f"{path_without_suffix.name}{variant}.svg")
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = StringIO()
    with mpl.rc_context({"svg.hashsalt": "qualitybook", "path.simplify": False}):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    path.write_text(compact(with_marks(drawn.getvalue())), encoding="utf-8", newline="\n")
    figure.clear()
    plt.close(figure)
    return path


def with_marks(drawn: str) -> str:
    """Return an SVG of matplotlib's as a picture of ours, in which what is told of a mark is the title of the mark."""
    return _MARK.sub(_named, drawn.replace("<svg ", f'<svg class="{CHART}" ', 1))


def _named(found: re.Match[str]) -> str:
    place = _PLACE.search(found["drawn"])
    target = f'<circle cx="{place[1]}" cy="{place[2]}" r="8" fill="none" stroke="none"/>' if place else ""
    return f'<g class="{MARK}"><title>{found["told"]}</title>{target}{found["drawn"]}</g>'
