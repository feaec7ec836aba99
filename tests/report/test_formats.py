"""Periods, numbers and dates in both languages."""

from __future__ import annotations

import ast
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.errors import RefusedError
from qualitybook.evidence import numbers
from qualitybook.evidence.catalog import units_brought_along
from qualitybook.report import formats
from qualitybook.report.i18n import Axis, Words, translator

ZH, EN = Words("zh"), Words("en")
UNITS = units_brought_along()
CHINESE = {"": 0, "万": 4, "亿": 8, "万亿": 12}
ENGLISH = {"": 0, "million": 6, "billion": 9}


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2022", "2022年", "2022"),
        ("2022-H1", "2022年上半年", "H1 2022"),
        ("2022-H2", "2022年下半年", "H2 2022"),
        ("2022-Q3", "2022年第3季度", "Q3 2022"),
        ("2022-07", "2022年7月", "July 2022"),
        ("2024-01/2024-09", "2024年1—9月", "January–September 2024"),
        ("2023-11/2024-02", "2023年11月—2024年2月", "November 2023–February 2024"),
        ("2016-01/2020-12", "2016—2020年", "2016–2020"),
        ("2020-01/2023-06", "2020年1月—2023年6月", "January 2020–June 2023"),
        ("", "未写明年份", "year not stated"),
    ],
)
def test_periods(text: str, chinese: str, english: str) -> None:
    assert (ZH.period_text(text), EN.period_text(text)) == (chinese, english)


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2024-09-29", "2024年9月29日", "29 September 2024"),
        ("2024-05", "2024年5月", "May 2024"),
        ("2023", "2023年", "2023"),
    ],
)
def test_published_dates_are_as_precise_as_known(text: str, chinese: str, english: str) -> None:
    assert (ZH.published(text), EN.published(text)) == (chinese, english)


@pytest.mark.parametrize(
    ("number", "unit", "chinese", "english"),
    [
        ("98.5", "percent", "98.5%", "98.5%"),
        ("-13.5", "percent", "−13.5%", "−13.5%"),
        ("25", "ug_m3", "25微克/立方米", "25 µg/m³"),
        ("92", "index", "92", "92"),
        ("9", "rank", "第9位", "rank 9"),
        ("1", "flag", "是", "yes"),
        ("83.8", "years_of_age", "83.8岁", "83.8 years"),
        ("35", "centres", "35个", "35 centres"),
        ("1", "centres", "1个", "1 centre"),
        ("3207", "firms", "3,207家", "3,207 firms"),
        ("13085", "firms", "13,085家", "13,085 firms"),
        # Chinese takes the larger word where no digit is lost and two decimals are enough.
        ("1483000", "batches", "148.3万批次", "1,483,000 batches"),
        ("2200411", "trademarks", "2,200,411件", "2,200,411 trademarks"),
        ("100000000", "visits", "1亿人次", "100,000,000 visits"),
        ("26000", "10k_visits", "2.6亿人次", "260 million visits"),
        ("15273.06", "10k_visits", "15,273.06万人次", "152.7 million visits"),
        ("71.73", "10k_complaints", "71.73万件", "717,300 complaints"),
        ("53.1719", "10k_complaints", "53.1719万件", "531,719 complaints"),
        ("240.98", "10k_complaints", "240.98万件", "2.410 million complaints"),
        ("2800", "10k_TEU", "2,800万标箱", "28 million TEU"),
        ("12407.24", "CNY_100m", "12,407.24亿元", "CNY 1,240.7 billion"),
        ("85.63", "CNY_100m", "85.63亿元", "CNY 8.563 billion"),
        ("3923", "CNY_100m", "3,923亿元", "CNY 392.3 billion"),
        ("0.5", "CNY_100m", "0.5亿元", "CNY 50 million"),
        ("45000", "CNY_10k", "4.5亿元", "CNY 450 million"),
        ("9034.22", "CNY_10k", "9,034.22万元", "CNY 90.34 million"),
        ("35", "CNY_10k", "35万元", "CNY 350,000"),
        ("23483.88", "CNY", "23,483.88元", "CNY 23,483.88"),
        ("80", "10k_m2", "80万平方米", "800,000 m²"),
        ("3.5", "million_m3", "350万立方米", "3.5 million m³"),
        ("2.5", "10k", "2.5万", "25,000"),
        ("", "percent", "", ""),
    ],
)
def test_a_number_with_its_unit_in_both_languages(number: str, unit: str, chinese: str, english: str) -> None:
    assert ZH.quantity(number, UNITS[unit]) == chinese
    assert EN.quantity(number, UNITS[unit]) == english


@pytest.mark.parametrize(
    ("unit", "chinese", "english"),
    [
        ("percent", ("%", 0), ("%", 0)),
        ("CNY_100m", ("亿元", 0), ("CNY billion", -1)),
        ("CNY_10k", ("万元", 0), ("CNY million", -2)),
        ("10k_TEU", ("万标箱", 0), ("million TEU", -2)),
        ("million_m3", ("万立方米", 2), ("million m³", 0)),
        ("ug_m3", ("微克/立方米", 0), ("µg/m³", 0)),
    ],
)
def test_an_axis_is_named_by_the_scale_of_its_ticks(
    unit: str, chinese: tuple[str, int], english: tuple[str, int]
) -> None:
    assert ZH.axis(UNITS[unit]) == Axis(*chinese)
    assert EN.axis(UNITS[unit]) == Axis(*english)


@pytest.mark.parametrize(
    ("number", "unit", "qualifier", "chinese", "english"),
    [
        ("98", "percent", "at_least", "98%以上", "98% or more"),
        ("3.6", "percent", "about", "约3.6%", "about 3.6%"),
        ("3", "accidents", "at_most", "不超过3起", "at most 3 accidents"),
        ("2800", "10k_TEU", "at_least", "2,800万标箱以上", "28 million TEU or more"),
        ("30000", "firms", "at_least", "3万家以上", "at least 30,000 firms"),
        ("26000", "10k_visits", "about", "约2.6亿人次", "about 260 million visits"),
        ("1483000", "batches", "about", "约148.3万批次", "about 1,483,000 batches"),
        ("92", "index", "exact", "92", "92"),
    ],
)
def test_bounds_are_words_in_running_text(number: str, unit: str, qualifier: str, chinese: str, english: str) -> None:
    assert ZH.told(number, UNITS[unit], qualifier) == chinese
    assert EN.told(number, UNITS[unit], qualifier) == english


def test_bounds_are_marks_in_cells() -> None:
    assert EN.qualified("98", UNITS["percent"], "at_least") == "≥ 98%"
    assert ZH.qualified("1483000", UNITS["batches"], "about") == "≈ 148.3万批次"


@pytest.mark.parametrize(
    ("low", "high", "unit", "chinese", "english"),
    [
        ("3.34", "4.15", "percent", "3.34%～4.15%", "3.34–4.15%"),
        ("30", "51", "centres", "30～51个", "30–51 centres"),
        ("-0.81", "0.99", "percent", "−0.81%～0.99%", "−0.81 to 0.99%"),
        ("980", "12407.24", "CNY_100m", "980～12,407.24亿元", "CNY 98–1,240.7 billion"),
        ("95.0", "95.0", "percent", "95.0%", "95.0%"),
        ("3", "11", "rank", "第3位～第11位", "rank 3–11"),
    ],
)
def test_ranges_of_values(low: str, high: str, unit: str, chinese: str, english: str) -> None:
    assert ZH.span(low, high, UNITS[unit]) == chinese
    assert EN.span(low, high, UNITS[unit]) == english


def test_ends_that_are_finished_texts_are_joined() -> None:
    assert ZH.between("−0.81", "+0.99") == "−0.81～+0.99"
    assert (EN.between("−0.81", "+0.99"), EN.between("+0.1", "+0.9")) == (
        "−0.81 to +0.99",
        "+0.1 to +0.9",
    )


def test_ranges_without_a_unit_and_of_years() -> None:
    assert (ZH.span("3.34", "4.15"), EN.span("3.34", "4.15")) == ("3.34～4.15", "3.34–4.15")
    assert EN.interval(93.94, 95.25, 1, UNITS["percent"]) == "93.9–95.3%"
    assert (ZH.years(2013, 2022), EN.years(2013, 2022)) == ("2013—2022年", "2013–2022")
    assert ZH.years(2013, 2013) == "2013年"


@pytest.mark.parametrize(
    ("before", "after", "unit", "chinese", "english"),
    [
        ("60.54", "58.2", "percent", "−2.34个百分点", "−2.34 percentage points"),
        ("1.0", "4.0", "percent", "+3.0个百分点", "+3.0 percentage points"),
        ("3", "4", "percent", "+1个百分点", "+1 percentage point"),
        ("88.75", "90.0", "percent", "+1.25个百分点", "+1.25 percentage points"),
        ("98.2", "98.20", "percent", "持平", "no change"),
        ("20", "9", "rank", "上升11位", "up 11 places"),
        ("1", "2", "rank", "下降1位", "down 1 place"),
        ("82", "484", "firms", "+402家", "+402 firms"),
        ("5", "4", "firms", "−1家", "−1 firm"),
        ("11055.77", "11032.38", "CNY_100m", "−23.39亿元", "−CNY 2.339 billion"),
        ("53.68", "71.73", "10k_complaints", "+18.05万件", "+180,500 complaints"),
        ("81.89", "88.27", "score", "+6.38分", "+6.38 points"),
    ],
)
def test_a_change_has_the_decimals_of_its_figures(
    before: str, after: str, unit: str, chinese: str, english: str
) -> None:
    amount = Decimal(after) - Decimal(before)
    assert ZH.difference(amount, UNITS[unit]) == chinese
    assert EN.difference(amount, UNITS[unit]) == english


def test_whole_parts_of_four_digits_or_more_are_grouped_and_only_once() -> None:
    assert [formats.grouped(text) for text in ("999", "9999", "-13700", "2550.82", "0.123456", "13,700")] == [
        "999",
        "9,999",
        "−13,700",
        "2,550.82",
        "0.123456",
        "13,700",
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (-1.5, 1, "−1.5"),
        (-0.314, 2, "−0.31"),
        (9999, 0, "9,999"),
        (24012.17, 0, "24,012"),
        (98, 2, "98.00"),
        # Halves go away from zero by the decimal digits, whatever the binary number lies next to.
        (98.25, 1, "98.3"),
        (98.35, 1, "98.4"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (-2.5, 0, "−3"),
        (8.35 - 7.1, 1, "1.3"),
        # Nothing has no sign.
        (-0.04, 1, "0.0"),
        (-0.0, 0, "0"),
        (float("nan"), 1, "–"),
        (float("-inf"), 1, "–"),
        (0.0000004, 6, "0.000000"),
    ],
)
def test_computed_numbers_as_they_are_written(value: float, decimals: int, written: str) -> None:
    assert formats.number(value, decimals) == written


def test_signs_and_short_numbers() -> None:
    assert [formats.signed(value, 1) for value in (1.25, -0.25, 0.04, -0.04)] == ["+1.3", "−0.3", "0.0", "0.0"]
    assert [formats.short(value) for value in (98.5, 25.0, 2800.0, -0.5, 0.0)] == ["98.5", "25", "2,800", "−0.5", "0"]


texts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=5).map(str)


@given(texts, st.integers(0, 4))
def test_rounding_is_that_of_the_decimal_module(text: str, decimals: int) -> None:
    exact = Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    wanted = f"{abs(exact) if exact.is_zero() else exact:,f}".replace("-", "−")
    assert formats.number(text, decimals) == formats.number(float(text), decimals) == wanted


@given(st.integers(-(10**7), 10**7), st.integers(-(10**7), 10**7), st.integers(0, 3), st.integers(0, 3))
def test_differences_are_exact(first: int, second: int, decimals: int, others: int) -> None:
    before, after = Decimal(first).scaleb(-decimals), Decimal(second).scaleb(-others)
    told = EN.difference(after - before, UNITS["ratio"])
    if before == after:
        assert told == "no change"
    else:
        assert Decimal(told.replace("−", "-").replace(",", "")) == after - before
        assert numbers.decimals_of(told) == max(decimals, others)


@given(st.integers(0, 10**9), st.integers(0, 3), st.sampled_from(sorted(UNITS)))
def test_no_language_prints_more_than_the_evidence_and_chinese_prints_all_of_it(
    digits: int, decimals: int, key: str
) -> None:
    unit, value = UNITS[key], Decimal(digits).scaleb(-decimals)
    if unit.form == "flag":
        return
    for words, powers in ((ZH, CHINESE), (EN, ENGLISH)):
        shown = words.quantity(f"{value:f}", unit)
        template = unit.one_en if words is EN and unit.one_en and shown == unit.one_en.replace("{}", "1") else ""
        before, _, behind = (template or words.name(unit, "text")).partition("{}")
        inner = shown.removeprefix(before).removesuffix(behind)
        found = re.fullmatch(r"([\d,]+(?:\.\d+)?) ?(\D*)", inner)
        assert found, shown
        number = Decimal(found[1].replace(",", ""))
        power = powers[found[2]]
        stored = len(str(unit.scale)) - 1
        real = value.scaleb(stored)
        unit_printed = Decimal(1).scaleb(power - numbers.decimals_of(found[1]))
        if words is ZH:
            assert number.scaleb(power) == real
        assert abs(number.scaleb(power) - real) <= unit_printed / 2
        assert decimals == 0 or unit_printed >= Decimal(1).scaleb(stored - decimals) or number.scaleb(power) == real


@pytest.mark.parametrize(("percent", "text"), [(3, "< 5%"), (5, "5%"), (46, "46%"), (95, "95%"), (97, "> 95%")])
def test_probabilities_are_printed_as_far_as_calibration_supports(percent: int, text: str) -> None:
    assert formats.percent_text(percent) == text


def test_lists_and_parentheses_follow_the_language() -> None:
    assert (ZH.join("甲乙"), EN.join("ab")) == ("甲、乙", "a, b")
    assert (ZH.parentheses("甲"), EN.parentheses("a")) == ("（甲）", " (a)")
    assert ZH.date(date(2026, 11, 22)) == "2026年11月22日"


def test_an_unknown_language_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(RefusedError, match="zh, en"):
        translator("fr")


REPORT = Path(formats.__file__).parent
WRITES_NUMBERS = re.compile(r".*[eEfFgGn%,]$")


def formatted_elsewhere(path: Path) -> list[str]:
    """Return where a file writes or rounds a number by itself."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        spec = node.format_spec if isinstance(node, ast.FormattedValue) else None
        parts = spec.values if isinstance(spec, ast.JoinedStr) else []
        if WRITES_NUMBERS.match("".join(str(part.value) for part in parts if isinstance(part, ast.Constant))):
            found.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("round", "format", "np.round"):
            found.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
    return found


def test_numbers_are_written_and_rounded_in_one_place() -> None:
    # The voice itself, which numbers are written with, sets the thousands of its counts apart.
    # What `svg` and `compact` write by themselves are lengths in a drawing.
    places = {REPORT / name for name in ("formats.py", "i18n.py", "figures/svg.py", "compact.py")}
    elsewhere = [path for path in sorted(REPORT.rglob("*.py")) if path not in places]
    assert [line for path in elsewhere for line in formatted_elsewhere(path)] == []
    assert formatted_elsewhere(REPORT / "formats.py")
