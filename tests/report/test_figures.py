"""Every figure with plain and with nasty data, which these tests make up, in both languages.

What is asked of all of them: no text on another, none cut off, no glyph missing, the same bytes again.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from overlap import hard_to_read, text_boxes

from qualitybook.report import figures, labels, theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.record import outcome_kind

NAN = math.nan
WORDS = {
    "zh": {
        "unit": "合格率（%）",
        "target": "目标：2025年不低于98.5%",
        "forecast": "预测中位数98.3%",
        "interval_80": "80%预测区间",
        "interval_95": "95%预测区间",
        "grade_A": "官方原文",
        "grade_B": "媒体转载的官方数",
        "grade_C": "汇编或来源不清",
        "not_fitted": "空心：不参与拟合",
        "at_least": "不低于",
        "at_most": "不高于",
        "period": "跨月或跨年的时段",
        "sampling": "抽样误差（95%）",
        "basis_change": "口径变化",
        "role_direct": "目标口径",
        "role_proxy": "替代口径：监督抽检合格率",
        "role_context": "背景：全国评价性抽检合格率",
        "indicative": "指示性估计，不是判定",
        "indicative_80": "80%范围，指示性",
        "latest": "最新公布值",
        "interval": "80%预测区间",
        "bound": "只有界限",
        "none": "没有公布",
        "hit_80": "落在80%区间内",
        "hit_95": "只落在95%区间内",
        "miss": "落在区间之外",
        "axis": "与预测中位数之差（以80%区间半宽为单位）",
        "printed": "书中印出的概率（%）",
        "observed": "实际达成的比例（%）",
        "perfect": "完全校准",
        "count": "结果个数",
        "expected": "校准良好时",
        "median": "预测中位数",
        "raw": "公报原始合格率",
        "standardised": "按固定结构标准化",
    },
    "en": {
        "unit": "Pass rate, per cent",
        "target": "Draft goal for 2025: 98.5 per cent or more",
        "forecast": "Median forecast 98.3 per cent",
        "interval_80": "80% forecast interval",
        "interval_95": "95% forecast interval",
        "grade_A": "official text",
        "grade_B": "official figure carried by the media",
        "grade_C": "aggregator or unclear source",
        "not_fitted": "hollow: shown, not fitted",
        "at_least": "at least",
        "at_most": "at most",
        "period": "period other than a year",
        "sampling": "sampling error, 95%",
        "basis_change": "change of definition",
        "role_direct": "as the goal defines it",
        "role_proxy": "proxy: supervision sampling",
        "role_context": "context: national evaluative sampling",
        "indicative": "indicative estimate, not a verdict",
        "indicative_80": "80% range, indicative",
        "latest": "latest published",
        "interval": "80% interval",
        "bound": "bounds only",
        "none": "nothing published",
        "hit_80": "inside the 80% interval",
        "hit_95": "inside the 95% interval only",
        "miss": "outside both intervals",
        "axis": "Difference from the median, in half-widths of the 80% interval",
        "printed": "Printed probability (%)",
        "observed": "Share that came true (%)",
        "perfect": "perfect calibration",
        "count": "Number of outcomes",
        "expected": "if calibrated",
        "median": "median forecast",
        "raw": "as published",
        "standardised": "standardised to a fixed mix",
    },
}
LONG = {
    "zh": "规模以上工业企业产品质量国家监督抽查与评价性抽检合格率（不含港澳台，按批次加权，2018年起新口径）",
    "en": "Pass rate of national supervision and evaluative sampling of products of firms above designated size",
}


@pytest.fixture(params=sorted(WORDS))
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    """Draw in each language, with a missing glyph an error."""
    with theme.use_theme(request.param), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        yield request.param


def assert_readable(figure: Figure) -> None:
    assert hard_to_read(figure) == ([], [])


def collections(figure: Figure, gid: str) -> list[Collection]:
    return [artist for artist in figure.findobj(Collection) if str(artist.get_gid() or "").startswith(gid)]


def marked(figure: Figure, gid: str) -> int:
    """Count the marks of a kind."""
    return sum(len(np.ma.getdata(collection.get_offsets())) for collection in collections(figure, gid))


def strokes(figure: Figure, gid: str) -> int:
    """Count the lines in collections of a kind."""
    chosen = [artist for artist in collections(figure, gid) if isinstance(artist, LineCollection)]
    return sum(len(collection.get_segments()) for collection in chosen)


def lines(figure: Figure, gid: str) -> int:
    return sum(str(line.get_gid() or "").startswith(gid) for axes in figure.axes for line in axes.lines)


def texts(figure: Figure) -> list[str]:
    return [content for content, _ in text_boxes(figure)]


# -- history ----------------------------------------------------------------------------------------------------------


def observation(year: float, value: float, **more: object) -> dict[str, object]:
    """One made-up published figure, exact and of grade A unless said otherwise."""
    plain = {
        "start": year,
        "end": year + 1,
        "value": value,
        "qualifier": "exact",
        "grade": "A",
        "fitted": True,
        "whole": True,
        "hollow": False,
        "lower": NAN,
        "upper": NAN,
        "role": "direct",
        "basis": "",
        "label": f"{value:.1f}",
    }
    return {**plain, **more}


def undated(value: float, label: str) -> dict[str, object]:
    return observation(NAN, value, qualifier="undated", fitted=False, whole=False, label=label)


def fan(first: int, years: int, middle: float, step: float = 0.3) -> pd.DataFrame:
    ahead = np.arange(1, years + 1) * step
    return pd.DataFrame(
        {
            "year": first + np.arange(years),
            "q025": middle - 2 * ahead,
            "q10": middle - 1.2 * ahead,
            "q50": middle + 0.1 * ahead,
            "q90": middle + ahead,
            "q975": middle + 1.6 * ahead,
        }
    )


def plain_series(lang: str) -> list[dict[str, object]]:
    values = (96.1, 96.4, 96.6, 97.0, 97.7, 97.9, 98.2, 97.6, 98.05)
    years = (2014, 2015, 2016, 2017, 2019, 2020, 2021, 2022, 2023)
    rows = [
        observation(year, value, grade="AB"[year % 2], basis="old" if year < 2018 else "")
        for year, value in zip(years, values, strict=True)
    ]
    for row in rows[-3:]:
        row["lower"], row["upper"] = float(str(row["value"])) - 0.3, float(str(row["value"])) + 0.3
    return rows


def mixed_series(lang: str) -> list[dict[str, object]]:
    return [
        *plain_series(lang),
        observation(2018, 97.0, qualifier="at_least", fitted=False),
        observation(2021, 99.2, qualifier="at_most", fitted=False),
        observation(2024, 98.2, end=2024.75, grade="C", fitted=False),
        undated(98.4, LONG[lang][:20]),
        *(observation(year, 96.8 + 0.1 * (year - 2016), role="context", label="") for year in range(2016, 2022)),
        *(observation(year, 98.6 + 0.1 * (year - 2019), role="proxy", label="") for year in range(2019, 2023)),
    ]


def all_bounds(lang: str) -> list[dict[str, object]]:
    kinds = ("at_least", "at_most")
    return [
        observation(
            2015 + i, 98 + 0.1 * i, qualifier=kinds[i % 2], fitted=False, grade="B", label=f"{98 + 0.1 * i:.1f}"
        )
        for i in range(8)
    ]


def at_the_ceiling(lang: str) -> list[dict[str, object]]:
    return [observation(year, 100.0, label="100") for year in range(2015, 2023)] + [
        observation(2023, 100.0, qualifier="at_least", fitted=False, label="100")
    ]


def several_undated(lang: str) -> list[dict[str, object]]:
    return [observation(2020, 98.0), *(undated(98.0 + 0.01 * i, LONG[lang][: 14 + i]) for i in range(5))]


def crowded(lang: str) -> list[dict[str, object]]:
    return [
        observation(2015, 50.0 + place, role=role, series=f"{LONG[lang][:16]} {place}", label=f"{50 + place}.12345")
        for place, role in enumerate(("direct", "proxy", "proxy", "context", "context", "context"))
    ]


HISTORIES: dict[str, Callable[[str], list[dict[str, object]]]] = {
    "plain": plain_series,
    "mixed": mixed_series,
    "one value": lambda lang: [observation(2022, 97.3)],
    "all bounds": all_bounds,
    "25 years": lambda lang: [observation(2000 + i, 900.0 * 1.2**i, label=f"{900 * 1.2**i:.2f}") for i in range(25)],
    "at the ceiling": at_the_ceiling,
    "all undated": lambda lang: [undated(95.7, "95.7")],
    "several undated": several_undated,
    "crowded": crowded,
    "several years": lambda lang: [observation(2014, 97.2, end=2019, fitted=False, grade="C"), observation(2021, 98.0)],
}


@pytest.mark.parametrize("case", sorted(HISTORIES))
@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_history_is_readable(lang: str, case: str, ahead: int) -> None:
    rows = pd.DataFrame(HISTORIES[case](lang))
    limits = (0.0, 100.0) if rows["value"].max() <= 100 else (0.0, None)
    bands = fan(2024, ahead, 98.1) if ahead else None
    figure = figures.history(rows, bands, figures.Target(98.5, 2025), WORDS[lang], limits=limits)
    assert_readable(figure)


SHAPES = {
    "range": (figures.Target(96.0, 2025, upper=98.0), 2, 2, 0),
    "change": (figures.Target(96.0, 2025, baseline=(2019, 99.0)), 1, 1, 1),
    "path": (figures.Target(99.0, 2025, path=((2023, 98.0), (2024, 98.5), (2025, 99.0))), 1, 3, 1),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_of_goal_is_drawn(lang: str, shape: str) -> None:
    target, across, marked_values, ways = SHAPES[shape]
    figure = figures.history(pd.DataFrame(plain_series(lang)), None, target, WORDS[lang], limits=(0.0, 100.0))
    assert_readable(figure)
    axes = figure.axes[0]
    lines = [str(line.get_gid()) for line in axes.lines]
    assert (lines.count("target"), marked(figure, "target-year"), lines.count("way")) == (across, marked_values, ways)
    low, high = axes.get_ylim()
    assert all(low <= value <= high for value in target.values)
    first, last = axes.get_xlim()
    assert all(first <= year <= last for year in target.years)


def test_the_best_rank_stands_on_top(lang: str) -> None:
    rows = pd.DataFrame([observation(2018 + place, rank) for place, rank in enumerate((30.0, 28.0, 26.0, 22.0))])
    target = figures.Target(20, 2023)
    figure = figures.history(rows, None, target, WORDS[lang], limits=(1.0, None), is_count=True, is_rank=True)
    assert_readable(figure)
    bottom, top = figure.axes[0].get_ylim()
    assert top < 20 < 30 < bottom


READ = figures.Indicative(2025, 99.1, 96.5, 99.6, "Indicative for 2025")


def test_a_reading_is_a_hollow_mark_in_a_broken_frame_and_explained(lang: str) -> None:
    target = figures.Target(98.5, 2025)
    figure = figures.history(pd.DataFrame(plain_series(lang)), None, target, WORDS[lang], reading=READ)
    assert_readable(figure)
    (mark,) = [drawn for drawn in collections(figure, "indicative") if drawn.get_gid() == "indicative"]
    assert np.ma.getdata(mark.get_offsets()).tolist() == [[2025, 99.1]]
    assert tuple(mark.get_facecolor()[0]) == to_rgba(theme.PAPER)
    assert mark.get_urls() == [theme.TOLD + READ.told]
    (frame,) = [patch for patch in figure.axes[0].patches if patch.get_gid() == "indicative-80"]
    low, high = frame.get_extents().transformed(figure.axes[0].transData.inverted()).intervaly
    assert (low, high) == pytest.approx((96.5, 99.6))
    assert not frame.get_fill()
    assert frame.get_linestyle() not in ("-", "solid")
    said = {content.replace("\n", " " if lang == "en" else "") for content in texts(figure)}
    assert {WORDS[lang]["indicative"], WORDS[lang]["indicative_80"]} <= said
    bottom, top = figure.axes[0].get_ylim()
    assert bottom < 96.5 < 99.6 < top


def test_without_a_reading_there_is_neither_mark_nor_key(lang: str) -> None:
    figure = figures.history(pd.DataFrame(plain_series(lang)), None, None, WORDS[lang])
    assert not collections(figure, "indicative")
    assert not {WORDS[lang]["indicative"], WORDS[lang]["indicative_80"]} & set(texts(figure))


def test_history_draws_every_kind_of_mark(lang: str) -> None:
    bands = fan(2024, 2, 98.1)
    figure = figures.history(pd.DataFrame(mixed_series(lang)), bands, figures.Target(98.5, 2025), WORDS[lang])
    assert marked(figure, "grade-A") == 4 + 6 + 4
    assert marked(figure, "grade-B") == 5
    assert marked(figure, "grade-C-shown") == 1
    assert marked(figure, "bound-at_least") == 1
    assert marked(figure, "bound-at_most") == 1
    assert strokes(figure, "sampling") == 3
    assert strokes(figure, "period") == 1
    assert marked(figure, "target-year") == 1
    assert lines(figure, "target") == 1
    assert lines(figure, "undated") == 1
    assert lines(figure, "basis") == 1
    assert len(collections(figure, "band-80")) == len(collections(figure, "band-95")) == 1
    for key in (
        "target",
        "forecast",
        "grade_A",
        "grade_C",
        "at_least",
        "at_most",
        "role_proxy",
        "role_context",
        "period",
    ):
        assert WORDS[lang][key] in {content.replace("\n", " " if lang == "en" else "") for content in texts(figure)}, (
            key
        )


def test_the_key_explains_only_what_occurs(lang: str) -> None:
    figure = figures.history(pd.DataFrame(plain_series(lang)), None, None, WORDS[lang])
    absent = ("grade_C", "at_least", "at_most", "not_fitted", "period", "interval_80", "role_direct", "target")
    assert not {WORDS[lang][key] for key in absent} & set(texts(figure))


def test_the_line_breaks_over_a_missing_year_and_a_change_of_basis() -> None:
    frame = pd.DataFrame({"x": [2014, 2015, 2017, 2018, 2019, 2020], "basis": ["", "", "", "", "new", "new"]})
    assert [run["x"].tolist() for run in marks.runs(frame)] == [[2014, 2015], [2017, 2018], [2019, 2020]]
    assert marks.basis_changes(frame) == [2018.5]


def test_the_fan_starts_at_the_last_value_of_the_goals_own_series(lang: str) -> None:
    rows = pd.DataFrame([observation(2022, 97.0), observation(2023, 99.9, role="context", label="")])
    figure = figures.history(rows, fan(2024, 1, 97.5), None, WORDS[lang])
    median = next(line for line in figure.axes[0].lines if line.get_gid() == "median")
    assert median.get_xydata()[0].tolist() == [2022.0, 97.0]


def test_a_year_stands_at_its_own_number_and_a_part_in_its_middle() -> None:
    placed = marks.time_position(pd.Series([2022.0, 2024.0]), pd.Series([2023.0, 2024.75]))
    assert placed.tolist() == [2022.0, 2023.875]


def test_arrows_point_to_where_the_value_may_lie() -> None:
    up, down = marks.arrow("at_least").vertices, marks.arrow("at_most").vertices
    right = marks.arrow("at_least", sideways=True).vertices
    assert np.asarray(up)[:, 1].max() == -np.asarray(down)[:, 1].min() == np.asarray(right)[:, 0].max() == 2


# -- the other figures ------------------------------------------------------------------------------------------------


def history(lang: str, rows: list[dict[str, object]]) -> Figure:
    return figures.history(pd.DataFrame(rows), None, None, WORDS[lang])


def drawn_lines(figure: Figure) -> list[list[float]]:
    """Return the values that each line of a figure goes through."""
    found = [line for axes in figure.axes for line in axes.lines if line.get_gid() == "line"]
    return [[float(value) for value in np.asarray(line.get_ydata())] for line in found]


def test_no_line_joins_a_part_of_a_year_with_years(lang: str) -> None:
    years = [observation(2022, 2.0), observation(2023, 3.0), observation(2024, 4.0)]
    quarter = observation(2024.0, 9.0, end=2024.25, whole=False)
    assert drawn_lines(history(lang, [*years, quarter])) == [[2.0, 3.0, 4.0]]


def hollow_marks(figure: Figure) -> int:
    """Return how many marks of figures are not filled."""
    return sum(len(mark.get_offsets()) for mark in marks_of(figure) if str(mark.get_gid()).endswith("-shown"))


def marks_of(figure: Figure) -> list[PathCollection]:
    found = [mark for axes in figure.axes for mark in axes.collections if str(mark.get_gid()).startswith("grade-")]
    return [mark for mark in found if isinstance(mark, PathCollection)]


def test_provisional_and_approximately_dated_figures_are_hollow(lang: str) -> None:
    provisional = observation(2024, 4.0, hollow=True)
    about = observation(2010, 8.9, end=2013, qualifier="undated", fitted=False, whole=False, hollow=True)
    figure = history(lang, [observation(2022, 2.0), observation(2023, 3.0), provisional, about])
    assert hollow_marks(figure) == 2
    # The provisional one is fitted, so the line goes through it; the other lies across its years.
    assert drawn_lines(figure) == [[2.0, 3.0, 4.0]]
    assert lines(figure, "undated") == 0


def test_counts_have_whole_numbers_along_their_axis(lang: str) -> None:
    shown = pd.DataFrame([observation(2022, 3.0), observation(2023, 4.0)])
    figure = figures.history(shown, None, None, WORDS[lang], is_count=True)
    figure.canvas.draw()
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels
    assert all(label.isdigit() for label in labels)


def peers(lang: str) -> pd.DataFrame:
    kinds = ("forecast", "latest", "at_least", "at_most", "forecast")
    rows = []
    for group in range(3):
        for place, kind in enumerate(kinds[: 5 - group * 2]):
            value = (98.0, 3.5, 24_000.0)[group] * (1 + 0.003 * place)
            rows.append(
                {
                    "group": LONG[lang] if group == 1 else f"{LONG[lang][:20]} {group}",
                    "name": LONG[lang][: 6 + 12 * (place % 4)],
                    "value": value,
                    "lower": value * 0.99 if kind == "forecast" else NAN,
                    "upper": value * 1.01 if kind == "forecast" else NAN,
                    "target": value * 1.005 if place < 2 else NAN,
                    "kind": kind,
                    "label": f"{value:.2f}（2024年）",
                    "state_symbol": list(labels.STATE_SYMBOLS.values())[place],
                    "own": place == 0,
                }
            )
    return pd.DataFrame(rows)


def test_dot_plot_is_readable_and_complete(lang: str) -> None:
    rows = peers(lang)
    figure = figures.dot_plot(rows, WORDS[lang])
    assert_readable(figure)
    assert len(figure.axes) == 3
    assert marked(figure, "dot-forecast") == (rows["kind"] == "forecast").sum()
    assert marked(figure, "dot-latest") == (rows["kind"] == "latest").sum()
    assert marked(figure, "bound-at_least") == (rows["kind"] == "at_least").sum()
    assert marked(figure, "goal") == rows["target"].notna().sum()
    assert strokes(figure, "interval") == rows["lower"].notna().sum()


def test_dot_plot_keeps_the_order_it_is_given(lang: str) -> None:
    rows = peers(lang).iloc[:5].iloc[::-1].assign(name=list("EDCBA"))
    axes = figures.dot_plot(rows, WORDS[lang]).axes[0]
    heights = [label.get_position()[1] for label in axes.get_yticklabels()]
    assert [label.get_text() for label in axes.get_yticklabels()] == list("EDCBA")
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("first", "rows"), [(2015, 27), (2000, 8), (2024, 1)])
def test_coverage_is_readable_and_complete(lang: str, first: int, rows: int) -> None:
    best = ("A", "B", "C", "bound", "none")
    table = pd.DataFrame(
        [
            {
                "row": f"{row} {LONG[lang][: 4 + 2 * row]}",
                "year": year,
                "count": 1 + year % 30,
                "best": best[(row + year) % 5],
            }
            for row in range(rows)
            for year in range(first, 2026)
        ]
    )
    figure = figures.coverage(table, WORDS[lang])
    assert_readable(figure)
    for grade in best[:-1]:
        assert marked(figure, f"symbol-{grade}") == (table["best"] == grade).sum()
    assert marked(figure, "symbol-none") == 0


@pytest.mark.parametrize("first", [2024, 2019, 2010])
def test_food_comparison_is_readable(lang: str, first: int) -> None:
    years = np.arange(first, 2025)
    raw = 98.5 - 0.2 * np.cos(years)
    standardised = np.where(years == 2019, NAN, 98.5 - 0.1 * np.sin(years))
    rows = pd.DataFrame({"year": years})
    for name, values in (("raw", raw), ("standardised", standardised)):
        rows[name], rows[f"{name}_lower"], rows[f"{name}_upper"] = values, values - 0.4, values + 0.3
        rows[f"{name}_label"] = [f"{value:.2f}" if np.isfinite(value) else "" for value in values]
    figure = figures.food_comparison(rows, 98.5, WORDS[lang])
    assert_readable(figure)
    assert marked(figure, "rate-raw") == len(years)
    assert lines(figure, "target") == 1
    assert f"{raw[-1]:.2f}" in texts(figure)
    assert f"{standardised[-1]:.2f}" in texts(figure)


def cases(lang: str, count: int) -> pd.DataFrame:
    outcomes = (0.2, 1.3, -2.4, NAN)
    return pd.DataFrame(
        [
            {
                "label": LONG[lang][: 8 + 10 * (i % 5)],
                "lo80": -1.0,
                "hi80": 1.0,
                "lo95": -1.6,
                "hi95": 1.6,
                "outcome": outcomes[i % 4],
            }
            for i in range(count)
        ]
    )


@pytest.mark.parametrize("count", [1, 16])
def test_track_record_is_readable_and_complete(lang: str, count: int) -> None:
    table = cases(lang, count)
    figure = figures.track_record(table, WORDS[lang])
    assert_readable(figure)
    for kind in ("hit_80", "hit_95", "miss"):
        assert marked(figure, f"outcome-{kind}") == (outcome_kind(table) == kind).sum()


def test_outcomes_are_sorted_by_interval() -> None:
    assert outcome_kind(cases("en", 4)).tolist() == ["hit_80", "hit_95", "miss", ""]


@pytest.mark.parametrize("count", [1, 12])
def test_calibration_is_readable(lang: str, count: int) -> None:
    printed = np.linspace(2, 99, count)
    points = pd.DataFrame(
        {
            "printed": printed,
            "observed": np.clip(printed + 5 * np.sin(printed), 0, 100),
            "count": 1 + np.arange(count) ** 2,
            "lower": np.clip(printed - 20, 0, 100),
            "upper": [NAN] + [100.0] * (count - 1),
            "label": [f"n = {1 + i**2}" for i in range(count)],
        }
    )
    figure = figures.calibration(points, WORDS[lang])
    assert_readable(figure)
    assert marked(figure, "share") == count
    assert strokes(figure, "interval") == count - 1
    assert WORDS[lang]["perfect"] in texts(figure)


@pytest.mark.parametrize("count", [[0] * 9 + [30], [19] * 10, [3, 17, 28, 7, 21, 41, 30, 17, 12, 15]])
def test_rank_bars_are_readable_and_as_high_as_their_counts(lang: str, count: list[int]) -> None:
    edges = np.linspace(0, 1, 11)
    table = pd.DataFrame({"lower": edges[:-1], "upper": edges[1:], "count": count, "expected": sum(count) / 10})
    figure = figures.rank_bars(table, WORDS[lang])
    assert_readable(figure)
    bars = [patch for axes in figure.axes for patch in axes.patches if patch.get_gid() == "ranks"]
    assert [bar.get_height() for bar in bars] == count
    assert lines(figure, "expected") == 1


@pytest.mark.parametrize("models", [1, 2, 3])
def test_model_steps_are_readable(lang: str, models: int) -> None:
    values = pd.DataFrame({"year": range(2010, 2024), "value": np.linspace(96, 98.1, 14)})
    frames: Mapping[str, pd.DataFrame] = {
        f"{LONG[lang][:30]} {model}": fan(2024, 2, 98.1)[["year", "q10", "q50", "q90"]] for model in range(models)
    }
    figure = figures.model_steps(values, frames, figures.Target(98.5, 2025), WORDS[lang])
    assert_readable(figure)
    assert len(collections(figure, "band-80")) == models
    assert lines(figure, "target") == models
    assert len({axes.get_ylim() for axes in figure.axes}) == 1


EMPTY: dict[str, Callable[[], Figure]] = {
    "dot_plot": lambda: figures.dot_plot(pd.DataFrame(), {}),
    "coverage": lambda: figures.coverage(pd.DataFrame(), {}),
    "track_record": lambda: figures.track_record(pd.DataFrame(), {}),
}


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_a_figure_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        EMPTY[name]()


DRAWINGS: dict[str, Callable[[str], Figure]] = {
    "history": lambda lang: figures.history(
        pd.DataFrame(mixed_series(lang)), fan(2024, 2, 98.1), figures.Target(98.5, 2025), WORDS[lang]
    ),
    "dot_plot": lambda lang: figures.dot_plot(peers(lang), WORDS[lang]),
    "track_record": lambda lang: figures.track_record(cases(lang, 5), WORDS[lang]),
}


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_figures_repeat_byte_for_byte(lang: str, name: str, tmp_path: Path) -> None:
    files = [theme.save(DRAWINGS[name](lang), tmp_path / str(run)) for run in range(2)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_overlap_check_can_fail() -> None:
    with theme.use_theme("en"):
        figure = theme.new_figure(40)
        figure.text(0.5, 0.5, "one")
        figure.text(0.51, 0.5, "other")
        figure.text(0.99, 0.1, "over the edge")
    assert hard_to_read(figure) == ([("one", "other")], ["over the edge"])


# -- text, places, scales ---------------------------------------------------------------------------------------------

NAMES = st.text(alphabet="质量强市，。（）“”合格率 ab-12.5%～—", max_size=60)


@given(NAMES, st.floats(20, 200))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_and_fits(name: str, room: float) -> None:
    wrapped = marks.wrap(name, room, 7.5)
    assert wrapped.replace("\n", "").replace(" ", "") == name.replace(" ", "")
    for line in wrapped.split("\n"):
        assert marks.width(line, 7.5) <= room or len(marks.pieces(line)) == 1


@given(NAMES)
@example("11“。 ”")
@settings(max_examples=60, deadline=None)
def test_no_line_starts_with_closing_punctuation(name: str) -> None:
    lines_after_the_first = marks.wrap(name.lstrip("，。（）“”.%～—"), 30, 7.5).split("\n")[1:]
    assert not [line for line in lines_after_the_first if line and line[0] in "，。）”～—"]


def test_wrapping_known_answer() -> None:
    assert marks.wrap("合格率（新口径）", 7.5 * 4.1, 7.5) == "合格率\n（新口\n径）"
    assert marks.wrap("pass rate of works", 38, 7.5) == "pass rate\nof works"
    assert marks.wrap("合格率3～5", 7.5 * 3.6, 7.5) == "合格率\n3～5"


def test_a_word_wider_than_its_room_is_broken() -> None:
    address = "https://example.org/" + "made-up/" * 30
    lines = marks.wrap(f"见 {address}", 80, 7.5).split("\n")
    assert "".join(lines) == f"见 {address}"
    assert max(marks.width(line, 7.5) for line in lines) <= 80


def test_a_figure_with_its_bounds_is_never_broken() -> None:
    assert marks.wrap("99.1% (96.5–100.0%), about 80%", 30, 7.5).split("\n")[:2] == ["99.1%", "(96.5–100.0%),"]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 8)), max_size=10))
def test_spread_boxes_keep_their_order_and_do_not_overlap(boxes: list[tuple[float, float]]) -> None:
    centres, sizes = [centre for centre, _ in boxes], [size for _, size in boxes]
    placed = layout.spread(centres, sizes, 0, 100)
    order = sorted(range(len(boxes)), key=lambda i: (centres[i], i))
    for low, high in pairwise(order):
        assert placed[high] - placed[low] >= (sizes[low] + sizes[high]) / 2 - 1e-9
    assert all(
        place - size / 2 >= -1e-9 and place + size / 2 <= 100 + 1e-9 for place, size in zip(placed, sizes, strict=True)
    )


def test_spread_moves_no_box_that_is_free_and_shares_the_way() -> None:
    assert layout.spread([10, 50, 51], [4, 4, 4], 0, 100) == pytest.approx([10, 48.5, 52.5])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_a_value_axis_holds_every_value(values: list[float]) -> None:
    low, high = marks.value_range(values, (None, None))
    assert low < min(values) <= max(values) < high


@given(st.lists(st.floats(90, 100), min_size=1, max_size=12))
def test_no_tick_stands_beyond_what_an_indicator_can_reach(values: list[float]) -> None:
    low, high = marks.value_range(values, (0.0, 100.0))
    ticks = marks.value_ticks(low, high, (0.0, 100.0), 6)
    assert high <= 100 + marks.OVERSHOOT * max(high - low, 2) + 1e-9
    assert all(0 <= tick <= 100 + 1e-6 for tick in ticks)


@given(st.integers(1990, 2020), st.integers(0, 60), st.floats(60, 400))
@settings(deadline=None)
def test_years_never_run_into_each_other(first: int, span: int, room: float) -> None:
    step = marks.year_step(first, first + span, room, 7.5)
    assert step * room / (span + 1) > marks.width("2000", 7.5) or step == marks.YEAR_STEPS[-1]


def test_labels_without_a_free_place_are_reported_or_left_out() -> None:
    with theme.use_theme("en"):
        figure = theme.new_figure(30)
        axes = figure.add_subplot()
        layout.settle(figure)
        wide = "a label that is far too wide for any place inside these axes " * 3
        asked = [layout.PointLabel(0.5, 0.5, wide, needed=needed) for needed in (True, False)]
        homeless = layout.place(axes, asked, np.empty((0, 2)))
    assert homeless == asked[:1]
    assert not axes.findobj(Annotation)


def said_by(figure: Figure, folder: Path) -> list[str]:
    """Return what the marks of a figure say of themselves once it is written."""
    drawn = theme.save(figure, folder / "figure").read_text(encoding="utf-8")
    return re.findall(rf'<g class="{theme.MARK}"><title>(.*?)</title>', drawn)


def test_each_mark_says_what_it_is(lang: str, tmp_path: Path) -> None:
    dots = peers(lang).assign(told=lambda rows: [f"dot {number}" for number in range(len(rows))])
    said = said_by(figures.dot_plot(dots, WORDS[lang]), tmp_path)
    drawn = dots[dots["kind"].isin(["forecast", "latest"])]
    assert sorted(set(said)) == sorted({*drawn["told"], *dots.loc[dots["target"].notna(), "told"]})
    record = cases(lang, 4).assign(told=["a", 'b "quoted"', "c", "d"])
    assert sorted(said_by(figures.track_record(record, WORDS[lang]), tmp_path)) == ["a", 'b "quoted"', "c"]
    edges = np.linspace(0, 1, 3)
    bars = pd.DataFrame({"lower": edges[:-1], "upper": edges[1:], "count": [3, 5], "expected": 4.0})
    assert said_by(figures.rank_bars(bars.assign(told=["low", "high"]), WORDS[lang]), tmp_path) == ["low", "high"]
    cells = pd.DataFrame({"row": "goal", "year": [2023, 2024], "count": [2, 0], "best": ["A", "none"]})
    assert said_by(figures.coverage(cells.assign(told=["two", "no"]), WORDS[lang]), tmp_path) == ["two"]
