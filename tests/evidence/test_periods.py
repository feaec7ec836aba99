"""Periods and stated dates: known answers, and what holds for any of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence import Period, stated_end
from qualitybook.evidence.periods import month_end, stated_start

years = st.integers(1900, 2099)
months = st.tuples(years, st.integers(1, 12))


def _written(month: tuple[int, int]) -> str:
    return f"{month[0]}-{month[1]:02d}"


texts = st.one_of(
    years.map(str),
    st.builds("{}-H{}".format, years, st.integers(1, 2)),
    st.builds("{}-Q{}".format, years, st.integers(1, 4)),
    months.map(_written),
    st.lists(months, min_size=2, max_size=2).map(sorted).map(lambda ends: "/".join(map(_written, ends))),
)


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31), "year"),
        ("2022-H1", date(2022, 1, 1), date(2022, 6, 30), "half"),
        ("2022-H2", date(2022, 7, 1), date(2022, 12, 31), "half"),
        ("2022-Q1", date(2022, 1, 1), date(2022, 3, 31), "quarter"),
        ("2022-Q3", date(2022, 7, 1), date(2022, 9, 30), "quarter"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2024-01/2024-09", date(2024, 1, 1), date(2024, 9, 30), "interval"),
        ("2019-11/2021-02", date(2019, 11, 1), date(2021, 2, 28), "interval"),
    ],
)
def test_known_periods(text: str, start: date, end: date, kind: str) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.kind) == (start, end, kind)


@given(texts)
def test_round_trip(text: str) -> None:
    assert str(Period.parse(text)) == text


@given(texts)
def test_a_period_is_whole_months(text: str) -> None:
    period = Period.parse(text)
    assert period.start.day == 1
    assert (period.end + timedelta(days=1)).day == 1
    assert period.start < period.end


@given(texts, texts)
def test_order_follows_the_days(one: str, other: str) -> None:
    first, second = sorted([Period.parse(one), Period.parse(other)])
    assert (first.start, first.end) <= (second.start, second.end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22",
        "2022-13",
        "2022-00",
        "2022-Q5",
        "2022-H3",
        "2022-q1",
        "2022-7",
        "２０２２",
        "2022 ",
        "2022-01-01",
        "3022",
        "2022/2023",
        "2022-01/2022-Q3",
        "2022年",
        "2022-01/2022-02/2022-03",
        "2022\n",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ImpossibleValueError) as raised:
        Period.parse(text)
    assert raised.value.found == text
    assert "YYYY-Q3" in raised.value.allowed


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ImpossibleValueError, match="ends no earlier"):
        Period.parse("2024-09/2024-01")


def test_year_of_a_period() -> None:
    assert Period.parse("2022-Q4").year == 2022
    assert Period.parse("2022-11/2023-01").year is None


def test_only_a_stated_year_is_a_full_year() -> None:
    assert Period.parse("2022").is_full_year
    assert not Period.parse("2022-01/2022-12").is_full_year
    assert not Period.parse("2022-H1").is_full_year


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-07-14", date(2023, 7, 14), date(2023, 7, 14)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_stated_dates(text: str, start: date, end: date) -> None:
    assert (stated_start(text), stated_end(text)) == (start, end)


def test_nothing_stated() -> None:
    assert stated_end("") is None
    with pytest.raises(ImpossibleValueError):
        stated_start("")


@pytest.mark.parametrize("text", ["2023-02-30", "2023-13", "07-14", "2023-7-1", "2023-07-14T00:00", "2023-H1"])
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(ImpossibleValueError):
        stated_end(text)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_less_precise_date_holds_the_day(day: date) -> None:
    for text in (f"{day.year}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"):
        end = stated_end(text)
        assert end is not None
        assert stated_start(text) <= day <= end
    assert month_end(day.year, day.month) >= day
