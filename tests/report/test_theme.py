"""The look of the figures: colours that everyone can tell apart, glyphs that exist, files that repeat byte for byte."""

from __future__ import annotations

import re
import warnings
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_rgb

from qualitybook.errors import RefusedError
from qualitybook.publish import web
from qualitybook.report import labels, theme
from qualitybook.report.compact import compact, stepwise, way
from qualitybook.report.figures.svg import STYLES

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(XYZ[1] @ linear(colour))


def lab(rgb: np.ndarray) -> np.ndarray:
    scaled = XYZ @ rgb / WHITE
    f = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(colour: str, ground: str) -> float:
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: str, other: str, deficiency: str) -> float:
    matrix = np.array(DEFICIENCIES[deficiency])
    first, second = (lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in (one, other))
    return float(np.linalg.norm(first - second))


def test_contrast_is_measured_as_the_guideline_defines_it() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", sorted({*theme.PALETTE.values(), theme.INK, theme.QUIET}))
def test_every_colour_that_text_is_set_in_reads_on_white(colour: str) -> None:
    assert contrast(colour, theme.PAPER) >= 4.5


@pytest.mark.parametrize("role", sorted(theme.PALETTE))
def test_every_mark_stands_out_from_what_it_is_drawn_on(role: str) -> None:
    assert contrast(theme.PALETTE[role], theme.PAPER) >= 3
    if role != "bound":
        assert contrast(theme.PALETTE[role], theme.BANDS["95"]) >= 3


def test_series_that_share_a_chart_differ_without_colour() -> None:
    for (one, dashes), (other, others) in combinations(STYLES, 2):
        greys = [lab(linear(theme.PALETTE[role]))[0] for role in (one, other)]
        assert dashes != others or abs(greys[0] - greys[1]) > 10


def test_charts_keep_their_paper_on_a_dark_page() -> None:
    rules = Path(web.__file__).with_name("static") / "qualitybook.css"
    rule = re.search(r"\.bd-article figure img \{([^}]*)\}", rules.read_text(encoding="utf-8"))
    assert rule is not None
    assert re.search(r"background(-color)?: (#fff(fff)?|white)", rule[1])


@pytest.mark.parametrize("deficiency", sorted(DEFICIENCIES))
def test_series_and_goal_differ_for_every_kind_of_sight(deficiency: str) -> None:
    roles = ("observed", "target", "bound", "context")
    for one, other in combinations(roles, 2):
        assert difference(theme.PALETTE[one], theme.PALETTE[other], deficiency) > 15, (one, other)


def test_verdicts_have_a_symbol_each_that_the_font_holds() -> None:
    symbols = list(labels.STATE_SYMBOLS.values())
    assert len(set(symbols)) == len(symbols)
    glyphs = TTFont(pylopdf_fonts_zh_cn.sans_path()).getBestCmap()
    assert all(ord(symbol) in glyphs for symbol in symbols)


def test_grades_stay_ordered_in_grey() -> None:
    greys = [lab(linear(theme.GRADE_SHADES[grade]))[0] for grade in ("A", "B", "C", "bound", "none")]
    assert all(lighter - darker > 5 for darker, lighter in pairwise(greys))


def test_bands_are_distinct_in_grey_and_carry_the_median() -> None:
    assert lab(linear(theme.BANDS["95"]))[0] - lab(linear(theme.BANDS["80"]))[0] > 10
    assert contrast(theme.PALETTE["forecast"], theme.BANDS["80"]) > 2


def test_the_theme_is_gone_afterwards() -> None:
    before = dict(mpl.rcParams)
    with theme.use_theme("zh"):
        assert mpl.rcParams["font.family"] == [*theme.font_families()]
        assert mpl.rcParams["axes.unicode_minus"]
        assert mpl.rcParams["svg.fonttype"] == "path"
    assert dict(mpl.rcParams) == before


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(RefusedError, match="'xx'"), theme.use_theme("xx"):
        pass


def test_chinese_latin_and_the_minus_sign_have_glyphs(tmp_path: Path) -> None:
    with theme.use_theme("zh"), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = theme.new_figure(40)
        axes = figure.add_subplot()
        axes.plot([0, 1], [-2, 1])
        axes.set_title("质量（%）≥≤²³℃μ·“样本” quality −")
        theme.save(figure, tmp_path / "glyphs")


def test_files_repeat_byte_for_byte_and_carry_no_date(tmp_path: Path) -> None:
    written = []
    for folder in ("a", "a longer name"):
        with theme.use_theme("en"):
            figure = theme.new_figure(40)
            figure.add_subplot().fill_between([0, 1], [0, 0], [1, 2], gid="band")
            path = theme.save(figure, tmp_path / folder / "figure.1")
        assert path.name == "figure.1.svg"
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert b"<dc:date>" not in written[0]


def test_a_saved_figure_is_closed(tmp_path: Path) -> None:
    with theme.use_theme("en"):
        figure = theme.new_figure(40)
        figure.add_subplot()
        theme.save(figure, tmp_path / "figure")
    assert figure.axes == []


PLOTTED = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">
<svg class="qb-chart">
 <metadata>dated</metadata>
 <g id="axes_1">
  <!-- 20 -->
  <g/>
  <defs><path id="Sans-13" d="M 0 0 \nL 1.2375 3 \nz\n" transform="scale(0.015625)"/></defs>
  <g transform="translate(3.14159 2) scale(0.075 -0.075)">
   <use xlink:href="#Sans-13"/><use xlink:href="#Sans-13" transform="translate(55.5 0)"/>
  </g>
  <use xlink:href="#Sans-13" x="1.23456" y="2.34567" clip-path="url(#p1)"/>
 </g>
 <text>96.7412 per M 1</text>
</svg>
"""
SHORT = (
    '<?xml version="1.0"?><svg class="qb-chart">'
    '<defs><path id="i0" d="M0 0l1.24 3z" transform="scale(0.015625)"/></defs>'
    '<g transform="translate(3.14 2) scale(0.075 -0.075)"><use xlink:href="#i0"/><use xlink:href="#i0" x="55.5"/></g>'
    '<use xlink:href="#i0" x="1.23" y="2.35" clip-path="url(#i1)"/>'
    "<text>96.7412 per M 1</text></svg>\n"
)
LETTERS = """<svg><g style="fill: #222222" transform="translate(1 2) scale(0.075 -0.075)"><defs>
<path id="Sans-14" d="M 640 0 \nL 1280 640 \nL 640 0 \nQ 0 64 640 -640 \nz\n" transform="scale(0.015625)"/></defs>
<use xlink:href="#Sans-14"/><use xlink:href="#Sans-14" transform="translate(55.57 0)"/></g></svg>"""
SMALL_LETTERS = (
    '<svg><g style="fill:#222222" transform="translate(1 2) scale(.0075 -.0075)"><defs>'
    '<path id="i0" d="M100 0l100 100-100-100q-100 10 0-100z"/></defs>'
    '<use xlink:href="#i0"/><use xlink:href="#i0" x="556"/></g></svg>'
)
ALIKE = """<svg><path d="M 0 0 L 1 0" style="fill: none; stroke: #222222"/>
<path d="M 0 1 L 1 1.5" style="fill: none; stroke: #222222"/><path d="M 0 2 L 0 2.5" style="opacity: 0.5"/>
<path d="M 0 3 L 1 3" style="opacity: 0.5"/></svg>"""
TOLD_ONCE = (
    '<svg><g style="fill:none;stroke:#222222"><path d="M0 0h1"/><path d="M0 1l1 .5"/></g>'
    '<path d="M0 2v.5" style="opacity:0.5"/><path d="M0 3h1" style="opacity:0.5"/></svg>'
)


@pytest.mark.parametrize(("drawn", "short"), [(PLOTTED, SHORT), (LETTERS, SMALL_LETTERS), (ALIKE, TOLD_ONCE)])
def test_a_drawing_is_written_in_short_and_once_short_stays_so(drawn: str, short: str) -> None:
    assert compact(drawn) == short
    assert compact(short) == short


def test_steps_lead_to_the_places_that_were_drawn() -> None:
    places = [(0.0, 0.0), (10.004, 3.0), (10.008, 3.0), (10.012, 4.5), (-2.5, -0.25)]
    drawn = "M" + "L".join(f"{x} {y}" for x, y in places)
    assert stepwise(drawn) == way(places) == "M0 0l10 3h.01v1.5l-12.51-4.75"
