"""Every latest figure and change that the area tables of the real book print, found again by another way.

The other way is pandas on the raw rows of ``observations.csv``: it knows nothing of the package's series. Years that
the book makes from their parts are the only thing that it takes over, by the rule of the indicator.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from qualitybook.analysis.latest import Latest
from qualitybook.evidence import Catalog, load

DATA = Path(__file__).parents[1] / "data"
STOCKS = ("cumulative_count",)
MADE = ("mean", "sum", "pooled")


@pytest.fixture(scope="module", params=["2023", "2024", "2025"])
def seen(request: pytest.FixtureRequest) -> Catalog:
    catalog = load(DATA)
    return catalog.as_of(catalog.edition(request.param).as_of)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def raw(seen: Catalog) -> pd.DataFrame:
    """Return the raw rows that the edition sees, dated ones only, each the best of its period and basis."""
    known = seen.sources.set_index("source_id")["available_from"]
    rows = read("observations.csv")
    rows = rows[rows["source_id"].isin(known.index) & (rows["period"] != "")]
    rows = rows.assign(available=rows["source_id"].map(known), at=range(len(rows)))
    rows = rows.sort_values(
        ["preferred", "grade", "available", "source_id"], ascending=[False, True, False, True], kind="stable"
    )
    rows = rows.drop_duplicates(["indicator_id", "region_id", "period", "basis"])
    return rows.assign(**spans(rows["period"]))


def spans(periods: pd.Series) -> dict[str, list[pd.Period]]:
    """Return the first and the last month of periods by their text alone."""
    months = {"H1": ("01", "06"), "H2": ("07", "12")} | {
        f"Q{quarter}": (f"{3 * quarter - 2:02d}", f"{3 * quarter:02d}") for quarter in range(1, 5)
    }

    def ends(text: str) -> tuple[str, str]:
        if "/" in text:
            first, last = text.split("/")
            return first, last
        if len(text) == 4:
            return f"{text}-01", f"{text}-12"
        year, rest = text.split("-")
        first, last = months.get(rest, (rest, rest))
        return f"{year}-{first}", f"{year}-{last}"

    both = [ends(text) for text in periods]
    return {
        "first": [pd.Period(first, "M") for first, _ in both],
        "last": [pd.Period(last, "M") for _, last in both],
    }


@pytest.fixture(scope="module")
def printed(seen: Catalog) -> list[Latest]:
    """Return what the area tables print."""
    pairs = {(indicator, seen.first_place(indicator)) for indicator in seen.task_indicators["indicator_id"]}
    return [Latest.at(seen, indicator, place) for indicator, place in sorted(pairs, key=str) if place is not None]


def kinds(seen: Catalog) -> pd.DataFrame:
    return read("indicators.csv").set_index("indicator_id")


def is_stock(indicator: pd.Series) -> bool:
    return indicator["year_from"] == "end" or (not indicator["year_from"] and indicator["kind"] in STOCKS)


def own_rows(raw: pd.DataFrame, found: Latest) -> pd.DataFrame:
    return raw[(raw["indicator_id"] == found.indicator_id) & (raw["region_id"] == found.region_id)]


def test_every_printed_change_belongs_to_the_printed_figure(
    seen: Catalog, raw: pd.DataFrame, printed: list[Latest]
) -> None:
    indicators = kinds(seen)
    wrong, compared, made = [], 0, 0
    for found in printed:
        if found.point is None or found.change is None:
            continue
        stock, rows = is_stock(indicators.loc[found.indicator_id]), own_rows(raw, found)
        if len(found.point.lines) > 1 or len(found.change.before.lines) > 1:
            made += 1
            continue
        expected = pair_of(rows, stock)
        assert expected is not None, found
        last, before = expected
        told = (found.point.period, found.change.before.period, Decimal(str(found.change.value)).normalize())
        true = (last["period"], before["period"], (Decimal(last["value"]) - Decimal(before["value"])).normalize())
        compared += 1
        if told != true:
            wrong.append((found.indicator_id, found.region_id, told, true))
    assert wrong == []
    assert compared > 20
    assert made < compared


def pair_of(rows: pd.DataFrame, stock: bool) -> tuple[pd.Series, pd.Series] | None:
    """Return the latest figure and the one before it of the same kind of period and basis, None without a pair."""
    rows = rows.assign(months=[(last - first).n + 1 for first, last in zip(rows["first"], rows["last"], strict=True)])
    whole = rows[(rows["period"].str.len() == 4) & (rows["complete"] != "0")]
    inside = rows[rows["first"].map(lambda month: month.year) == rows["last"].map(lambda month: month.year)]
    kept = rows if stock else whole if len(whole) else inside if len(inside) else rows
    order = kept.assign(current=kept["basis"] == "", point=~kept["qualifier"].isin(["at_least", "at_most"]))
    order = order.sort_values(["last", "months", "point", "current", "at"], kind="stable")
    last = order.iloc[-1]
    years = order["last"].map(lambda month: month.year)
    same = order[(order["basis"] == last["basis"]) & (years < last["last"].year)]
    if not stock and not len(whole):
        same = same[same["months"] == last["months"]]
        if len(inside):
            same = same[same["last"] == last["last"] - 12]
    return None if same.empty else (last, same.iloc[-1])


def test_where_no_change_is_printed_there_is_no_comparable_figure(
    seen: Catalog, raw: pd.DataFrame, printed: list[Latest]
) -> None:
    indicators = kinds(seen)
    left_out = [
        (found.indicator_id, found.region_id, found.reason)
        for found in printed
        if found.point is not None
        and found.change is None
        and found.reason != "bounds"
        and len(found.point.lines) == 1
        and pair_of(own_rows(raw, found), is_stock(indicators.loc[found.indicator_id])) is not None
    ]
    assert left_out == []


def test_no_undated_figure_is_the_latest_and_none_is_set_against_another_basis(printed: list[Latest]) -> None:
    for found in printed:
        assert found.point is None or found.point.period
        if found.change is not None:
            assert found.change.before.basis == found.change.after.basis
            assert found.change.before.span == found.change.after.span


def test_the_marks_of_age(seen: Catalog, printed: list[Latest]) -> None:
    assert seen.as_of_date is not None
    over = seen.as_of_date.year - 1
    for found in printed:
        newest = [
            point for point in (found.point, found.part and found.part.after, found.lone_part) if point is not None
        ]
        if newest:
            age = over - max(int(point.period[-7:-3] if "/" in point.period else point.period[:4]) for point in newest)
            assert found.years_without == (age if age > 3 else None), found
