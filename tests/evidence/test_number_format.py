"""What a cell shows of its number or day. The answers are those of ECMA-376, 18.8.31, and of what Excel shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.evidence.intake.cells import Shown, parts_of_day, plain, shown
from qualitybook.evidence.schema import Field

ACCOUNTING = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '
"""As Chinese Excel and WPS write it."""
ACCOUNTING_YUAN = '_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '
ACCOUNTING_ENGLISH = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
DIGITS_ALONE: list[tuple[str, float, str]] = [
    ("0", 98, "98"),
    ("0", 98.5, "99"),
    ("0", 97.4, "97"),
    ("0.0", 98, "98.0"),
    ("0.0", 96.25, "96.3"),
    ("0.0", 0.35, "0.4"),
    ("0.00", 98.5, "98.50"),
    ("0.00", 1.005, "1.01"),
    ("0.00", -1.005, "-1.01"),
    ("0.000", 98, "98.000"),
    ("0.00_ ", 98.5, "98.50"),
    ("0.00_);[Red]\\(0.00\\)", 98.5, "98.50"),
    ("0.00_);[Red]\\(0.00\\)", -98.5, "-98.50"),
    ("0.00_);\\(0.00\\)", -3, "-3.00"),
    ("0.00_ ;[Red]\\-0.00\\ ", 98.5, "98.50"),
    ("0.00_ ;[Red]\\-0.00\\ ", -98.5, "-98.50"),
    ("0.00;[Red]0.00", 98.5, "98.50"),
    ("0.00;[Red]0.00", -98.5, "-98.50"),
    ("0.00;[红色]0.00", -98.5, "-98.50"),
    ("0.00;[Red]-0.00", -98.5, "-98.50"),
    ("0.0;▲0.0", -3.5, "-3.5"),
    ("#,##0", 31032.5, "31033"),
    ("#,##0.00", 31032.5, "31032.50"),
    ("#,##0.00_ ", 31032.5, "31032.50"),
    ("#,##0.00_);(#,##0.00)", 96.1, "96.10"),
    ("#,##0.00_);(#,##0.00)", -96.1, "-96.10"),
    ("#,##0.00_ ;[Red]\\-#,##0.00\\ ", 96.1, "96.10"),
    (ACCOUNTING, 98, "98.00"),
    (ACCOUNTING, -98, "-98.00"),
    (ACCOUNTING_YUAN, 98.1, "98.10"),
    (ACCOUNTING_ENGLISH, 98.1, "98.10"),
    (ACCOUNTING_ENGLISH, -98.1, "-98.10"),
    ('_-* #,##0.0_-;-* #,##0.0_-;_-* "-"??_-;_-@_-', 98, "98.0"),
    ('"¥"#,##0.00', 1240.7, "1240.70"),
    ('"¥"#,##0.00;"¥"\\-#,##0.00', -1240.7, "-1240.70"),
    ("[$¥-804]#,##0.00", 1240.7, "1240.70"),
    ("[$-804]0.0", 98, "98.0"),
    ("[$€-2] 0.0", 98, "98.0"),
    ("[Red]0.00", 98.5, "98.50"),
    ("[Color10]0.0", 98, "98.0"),
    ("[颜色3]0.0", 98, "98.0"),
    ("[蓝色]0.0_ ", 98, "98.0"),
    ("0.0??", 96.1, "96.1"),
    ("0.0??", 96.125, "96.125"),
    ("0.0#", 96, "96.0"),
    ("0.##", 96, "96"),
    ("0.##", 96.129, "96.13"),
    ("#.##", 98.5, "98.5"),
    ("#.00", 0.5, "0.50"),
    ("?0.0", 8, "8.0"),
    ("00.0", 8, "8.0"),
    ('0.0"%"', 98.5, "98.5"),
    ('0.00"%"', 98.5, "98.50"),
    ("0.00\\%", 98.5, "98.50"),
    ('0.0"个"', 35, "35.0"),
    ("0.0个", 35, "35.0"),
    ('0.0" m3"', 35, "35.0"),
    ('"约"0.0', 35, "35.0"),
    ("0.0\\ ", 35, "35.0"),
    ("0.0!个", 35, "35.0"),
    ("[>=1000]#,##0;0.00", 98.5, "98.50"),
    ("[>=1000]#,##0;0.00", 1098.5, "1099"),
    ("[<1]0.000;[<10]0.00;0.0", 0.5, "0.500"),
    ("[<1]0.000;[<10]0.00;0.0", 5, "5.00"),
    ("[<1]0.000;[<10]0.00;0.0", 50, "50.0"),
    ("[Red][>100]0;0.0", 98, "98.0"),
    ("[=0]0;0.0", 98, "98.0"),
    ("[<>0]0.0;0", 98, "98.0"),
    ("0.0;-0.0;0", 0, "0"),
    ("0.0;-0.0", 0, "0.0"),
    ("0.0;-0.0;0.00;@", 0, "0.00"),
    ("0.0;@", 98, "98.0"),
    ("0.0", -0.04, "0.0"),
    ("0.00E+00", 98.5, "98.5"),
    ("0.0E+0", 9.96, "10"),
    ("", 98.5, "98.5"),
    ("General", 98, "98"),
    ("General", 0.1 + 0.2, "0.3"),
    ("General", -1.5, "-1.5"),
    ("General", 1234567890, "1234567890"),
    ("G/通用格式", 98.5, "98.5"),
    ('G/通用格式"万元"', 98.5, "98.5"),
    ('General"%"', 98.5, "98.5"),
    ("[Red]General", 98.5, "98.5"),
    ("@", 98.5, "98.5"),
]
SCALED = [
    ("0.00%", 0.985, "98.50", 2),
    ("0%", 0.985, "99", 2),
    ("0.0%_ ", 0.985, "98.5", 2),
    ("0.0,", 96100, "96.1", -3),
    ('0.00,,,"亿"', 3.1e9, "3.10", -9),
    ("#,##0.0,,", 31_032_500, "31.0", -6),
    ("0,.0", 96100, "96.1", -3),
]
NO_DIGITS = [
    (";;;", 98.5),
    ("0.0;-0.0;;@", 0),
    (ACCOUNTING, 0),
    ('"达标"', 1),
    ('"达标";"不达标"', -1),
    ("#", 0),
    ("#,###", 0),
]
UNCLEAR = [
    ("# ?/?", 98.5),
    ("# ??/100", 98.5),
    ("0.00;0.00", -98.5),
    ('0!.0,"万"', 12345),
    ("0\\.0", 98),
    ('0"."0', 98),
    ('0.0"0"', 98),
    ('0"年"00', 98),
    ("[DBNum1][$-804]General", 98),
    ("[DBNum2]0.0", 98),
    ("[$-2000000]0.0", 98),
    ("-0.0", 98),
    ("(0.0)", 98),
    ('0.0"（初步）"', 98),
    ("##0.0E+0", 12345),
    ("0.0E+0", 123456),
    ("0.0.0", 98),
    ("yyyy", 98),
    ("0.0x", 98),
    ('0.0"', 98),
    ("[>=1000]0;[>=100]0.0", 5),
    ("[<0]0.0;0.00", -5),
    ("0.0‰", 98),
    ("0.0０", 98),
    ("0." + "0" * 31, 98),
    ("0" + "%" * 99, 98),
    ("General", 98.33333333333333),
    ("General", 123456789012),
]


@pytest.mark.parametrize(("code", "value", "text"), DIGITS_ALONE)
def test_the_digits_that_are_shown(code: str, value: float, text: str) -> None:
    assert shown(value, code) == Shown(text)


@pytest.mark.parametrize(("code", "value", "text", "scale"), SCALED)
def test_a_number_shown_larger_or_smaller_says_so(code: str, value: float, text: str, scale: int) -> None:
    assert shown(value, code) == Shown(text, scale)


@pytest.mark.parametrize(("code", "value"), NO_DIGITS)
def test_a_cell_may_show_no_digit(code: str, value: float) -> None:
    assert shown(value, code) == Shown("")


@pytest.mark.parametrize(("code", "value"), UNCLEAR)
def test_what_cannot_be_told_is_not_guessed(code: str, value: float) -> None:
    assert shown(value, code) is None


DECIMALS = st.integers(0, 6)
VALUES = st.decimals(0, 10**7, places=5)
BEFORE = st.sampled_from(["", "[Red]", "[蓝色]", "_ * ", '"¥"', "[$¥-804]", "\\ ", "_("])
AFTER = st.sampled_from(["", "_ ", "_)", "\\ ", '"%"', "个", '" kg"', "* "])
WHOLE = st.sampled_from(["0", "#,##0", "?0", "##0"])
REST = st.sampled_from(["", ";[Red]\\-0.0", ";\\(0\\)", ';-0.0;"-"??', ";;;@"])


@given(VALUES, DECIMALS, BEFORE, WHOLE, AFTER, REST)
def test_what_stands_around_the_digits_does_not_change_them(
    value: Decimal, decimals: int, before: str, whole: str, after: str, rest: str
) -> None:
    digits = whole + (f".{'0' * decimals}" if decimals else "")
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if value:
        assert shown(float(value), before + digits + after + rest) == Shown(f"{expected:f}")


@given(VALUES, DECIMALS, st.sampled_from([";\\-{}", ";[Red]\\({}\\)", ";[Red]{}", ";-{}_ "]))
def test_a_negative_number_has_the_digits_of_its_own_section(value: Decimal, decimals: int, section: str) -> None:
    digits = "0" + (f".{'0' * decimals}" if decimals else "")
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if expected:
        assert shown(-float(value), "0.0000000" + section.format(digits)) == Shown(f"-{expected:f}")


@given(st.floats(-1e9, 1e9), st.text('0#?.,%_*;"\\![]()-+ER@dm¥个 G/通用格式eral>=<1', max_size=14))
def test_any_format_gives_a_number_or_nothing(value: float, code: str) -> None:
    found = shown(value, code)
    if found is not None and found.text:
        assert Field("value", "number").accepts(found.text) or len(found.text) > 15


@given(st.floats(-1e12, 1e12))
def test_a_plain_number_is_the_stored_one_to_fifteen_digits(value: float) -> None:
    assert float(plain(value)) == pytest.approx(value, rel=1e-14)
    assert "e" not in plain(value)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("yyyy", "y"),
        ('yyyy"年"', "y"),
        ('[$-804]yyyy"年";@', "y"),
        ('e"年"', "y"),
        ("yyyy\\-mm", "ym"),
        ('yyyy"年"m"月"', "ym"),
        ('[$-804]yyyy"年"m"月";@', "ym"),
        ("mmm\\-yy", "ym"),
        ("yyyy-mm-dd", "ymd"),
        ("mm-dd-yy", "ymd"),
        ('yyyy"年"m"月"d"日"', "ymd"),
        ("yyyy-mm-dd hh:mm", "ymd"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "ymd"),
        ("General", "ymd"),
        ("", "ymd"),
    ],
)
def test_the_parts_of_a_day_that_are_shown(code: str, parts: str) -> None:
    assert parts_of_day(code) == parts
