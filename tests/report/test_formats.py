"""Periods, numbers and dates in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from qualitybook.report import formats
from qualitybook.report.i18n import UnknownLanguageError, Words, translator

ZH, EN = Words("zh"), Words("en")


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2022", "2022年", "2022"),
        ("2022-H1", "2022年上半年", "first half of 2022"),
        ("2022-H2", "2022年下半年", "second half of 2022"),
        ("2022-Q3", "2022年第3季度", "quarter 3 of 2022"),
        ("2022-07", "2022年7月", "July 2022"),
        ("2024-01/2024-09", "2024年1—9月", "January 2024 – September 2024"),
        ("2023-11/2024-02", "2023年11月—2024年2月", "November 2023 – February 2024"),
        ("", "未写明年份", "year not stated"),
    ],
)
def test_periods(text: str, chinese: str, english: str) -> None:
    assert (formats.period(ZH, text), formats.period(EN, text)) == (chinese, english)


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2024-09-29", "2024年9月29日", "29 September 2024"),
        ("2024-05", "2024年5月", "May 2024"),
        ("2023", "2023年", "2023"),
    ],
)
def test_published_dates_are_as_precise_as_known(text: str, chinese: str, english: str) -> None:
    assert (formats.published(ZH, text), formats.published(EN, text)) == (chinese, english)


def test_quantities_carry_their_unit() -> None:
    assert formats.quantity(ZH, "98.5", "percent") == "98.5%"
    assert formats.quantity(EN, "25", "ug_m3") == "25 µg/m³"
    assert formats.quantity(EN, "92", "index") == "92"
    assert formats.quantity(EN, "11238.38", "CNY_100m") == "11,238.38 × 100 million yuan"
    assert formats.quantity(ZH, "11238.38", "CNY_100m") == "11,238.38亿元"
    assert formats.quantity(ZH, "2.5", "10k") == "2.5万"
    assert formats.quantity(EN, "9", "rank") == "rank 9"
    assert formats.quantity(ZH, "9", "rank") == "第9位"


def test_only_whole_parts_of_five_digits_or_more_are_grouped_and_only_once():
    assert [formats.grouped(text) for text in ("9999", "13700", "2550.82", "10176.83", "0.123456", "13,700")] == [
        "9999",
        "13,700",
        "2550.82",
        "10,176.83",
        "0.123456",
        "13,700",
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "written"), [(-1.5, 1, "−1.5"), (9999, 0, "9999"), (24012.17, 0, "24,012"), (98, 2, "98.00")]
)
def test_computed_numbers_have_a_true_minus_and_grouped_digits(value, decimals, written):
    assert formats.number(value, decimals) == written
    assert formats.qualified(EN, "98", "percent", "at_least") == "≥ 98%"


@pytest.mark.parametrize(("percent", "text"), [(3, "< 5%"), (5, "5%"), (46, "46%"), (95, "95%"), (97, "> 95%")])
def test_probabilities_are_printed_as_far_as_calibration_supports(percent: int, text: str) -> None:
    assert formats.percent_text(percent) == text


def test_computed_numbers_have_a_true_minus() -> None:
    assert formats.number(-0.314, 2) == "−0.31"


def test_lists_and_parentheses_follow_the_language() -> None:
    assert (ZH.join("甲乙"), EN.join("ab")) == ("甲、乙", "a, b")
    assert (ZH.parentheses("甲"), EN.parentheses("a")) == ("（甲）", " (a)")
    assert ZH.date(date(2026, 11, 22)) == "2026年11月22日"


def test_an_unknown_language_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(UnknownLanguageError, match="zh, en"):
        translator("fr")
