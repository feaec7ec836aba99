"""What supporting indicators did since the baseline (the figures here are made by the tests)."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import CatalogMaker, Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.balance import CHANGES, Change, balance, balances, change_since, counts, plan_baseline
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence import Catalog, load

RATE, SATISFACTION, CENTRES, GROWTH = "goods_pass_rate", "consumer_satisfaction", "test_centres", "service_growth"
CITY = "sample_city"


def figures(indicator: str, values: dict[str, str], **cells: str) -> list[Row]:
    return [observation(indicator, CITY, period, value, "yearbook-2023", **cells) for period, value in values.items()]


@pytest.fixture
def change_of(catalog_of: CatalogMaker) -> Callable[..., Change]:
    """Return a function that makes the sample city's series from figures and tells its change since 2022."""

    def make(indicator: str, values: dict[str, str], better: str = "higher", **cells: str) -> Change:
        indicators = evidence_tables()["indicators"]
        for row in indicators:
            row["better"] = better
        catalog = catalog_of(figures(indicator, values, **cells), indicators=indicators)
        return change_since(catalog, build_series(catalog, indicator, CITY), 2022)

    return make


HISTORY = {"2018": "2.0", "2019": "2.4", "2020": "2.2", "2021": "2.8", "2022": "3.0"}


@pytest.mark.parametrize(
    ("after", "better", "code"),
    [
        ("3.5", "higher", "better"),
        ("3.5", "lower", "worse"),
        ("2.5", "higher", "worse"),
        ("2.5", "lower", "better"),
        ("3.2", "higher", "no_change"),
        ("2.8", "lower", "no_change"),
        ("9.0", "neither", "no_direction"),
    ],
)
def test_a_change_is_held_against_the_own_usual_step(
    change_of: Callable[..., Change], after: str, better: str, code: str
) -> None:
    change = change_of(GROWTH, {**HISTORY, "2023": after}, better)
    # The steps up to the baseline are 0.4, 0.2, 0.6 and 0.2.
    assert change.threshold == pytest.approx(0.3)
    assert (change.code, change.threshold_kind) == (code, "own_steps")
    assert change.difference == pytest.approx(float(after) - 3.0)


def test_more_years_allow_a_larger_change(change_of: Callable[..., Change]) -> None:
    change = change_of(GROWTH, {**HISTORY, "2026": "3.5"})
    assert change.threshold == pytest.approx(0.3 * math.sqrt(4))
    assert change.code == "no_change"


def test_a_step_over_a_gap_counts_as_several(change_of: Callable[..., Change]) -> None:
    change = change_of(GROWTH, {"2014": "1.0", "2018": "2.0", "2022": "4.0", "2023": "5.0"})
    assert change.threshold == pytest.approx((1.0 / 2 + 2.0 / 2) / 2)


def test_the_change_itself_is_no_part_of_the_usual_step(change_of: Callable[..., Change]) -> None:
    assert change_of(GROWTH, {**HISTORY, "2023": "50.0"}).threshold == pytest.approx(0.3)


def test_a_short_history_borrows_the_step_of_its_class(change_of: Callable[..., Change]) -> None:
    change = change_of(SATISFACTION, {"2022": "80.0", "2023": "80.5"})
    assert (change.code, change.threshold_kind) == ("no_change", "class_steps")
    assert change.threshold is not None
    assert change.threshold > 0.5
    assert change_of(SATISFACTION, {"2022": "60.0", "2023": "90.0"}).code == "better"


def test_a_short_history_without_a_class_tells_nothing(change_of: Callable[..., Change]) -> None:
    change = change_of(GROWTH, {"2021": "1.0", "2022": "2.0", "2023": "9.0"})
    assert (change.code, change.threshold, change.threshold_kind) == ("too_short", None, None)


def test_sampling_error_counts_where_it_is_larger(change_of: Callable[..., Change]) -> None:
    history = {"2018": "93.00", "2019": "93.10", "2020": "93.00", "2021": "93.10", "2022": "93.00", "2023": "95.00"}
    few = change_of(RATE, history, n="200")
    assert (few.code, few.threshold_kind) == ("no_change", "sampling")
    assert few.threshold == pytest.approx(196 * math.sqrt(0.94 * 0.06 * 2 / 200))
    many = change_of(RATE, history, n="5000000")
    assert (many.code, many.threshold_kind) == ("better", "own_steps")


@pytest.mark.parametrize(
    "values",
    [
        {"2021": "80.0", "2022": "81.0"},
        {"2023": "80.0", "2024": "81.0"},
        {"2018": "80.0", "2023": "85.0"},
        {},
    ],
)
def test_without_figures_on_both_sides_there_is_no_data(catalog_of: CatalogMaker, values: dict[str, str]) -> None:
    catalog = catalog_of([*figures(SATISFACTION, values), *figures(GROWTH, HISTORY)])
    change = change_since(catalog, build_series(catalog, SATISFACTION, CITY), 2022)
    assert (change.code, change.threshold, change.difference) == ("no_data", None, None)


def test_a_bound_is_no_figure(catalog_of: CatalogMaker) -> None:
    rows = [*figures(SATISFACTION, {"2022": "80.0"}), *figures(SATISFACTION, {"2023": "85"}, qualifier="at_least")]
    catalog = catalog_of(rows)
    assert change_since(catalog, build_series(catalog, SATISFACTION, CITY), 2022).code == "no_data"


def test_points_name_period_line_and_source(change_of: Callable[..., Change]) -> None:
    change = change_of(CENTRES, {"2021": "3", "2022-06": "4", "2024-03": "6"})
    assert change.before is not None
    assert change.after is not None
    assert (change.before.period, change.before.year, change.before.value, change.before.line) == (
        "2022-06",
        2022,
        4,
        3,
    )
    assert (change.after.period, change.after.year, change.after.line) == ("2024-03", 2024, 4)
    assert change.after.source_id == "yearbook-2023"


def test_the_sample_plan(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    assert plan_baseline(catalog) == 2022
    found = balances(catalog, 2025)
    assert list(found) == ["climate"]
    assert balances(catalog, 2035) == {}
    (change,) = found["climate"]
    assert (change.indicator_id, change.code, change.threshold_kind) == (SATISFACTION, "no_change", "class_steps")
    assert counts(found["climate"]) == {code: int(code == "no_change") for code in CHANGES}
    assert balance(catalog, "goods-pass") == ()


def test_a_plan_without_a_baseline_has_no_balance(catalog_of: CatalogMaker) -> None:
    targets = [row for row in evidence_tables()["targets"] if row["target_id"] in ("goods-pass", "climate")]
    links = [row for row in evidence_tables()["target_evidence"] if row["target_id"] in ("goods-pass", "climate")]
    catalog = catalog_of(targets=targets, target_evidence=links, gaps=None)
    assert plan_baseline(catalog) is None
    assert balance(catalog, "climate") == ()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(write_evidence(tmp_path_factory.mktemp("balance") / "data"))


def invented(values: list[float]) -> Series:
    """Return a series from 2019 on that holds nothing but values."""
    years = pd.RangeIndex(2019, 2019 + len(values), name="year")
    yearly = pd.DataFrame({"value": values, "decimals": 1, "n": float("nan")}, index=years)
    yearly["lines"], yearly["sources"] = [(2,)] * len(values), [("made",)] * len(values)
    return Series(GROWTH, CITY, pd.DataFrame({"line": [2], "period": ["2019"]}), yearly)


@given(
    values=st.lists(st.integers(-50, 50).map(float), min_size=5, max_size=8),
    shift=st.integers(-20, 20),
    factor=st.sampled_from([0.5, 2.0, 4.0]),
)
@settings(max_examples=30, deadline=None)
def test_neither_level_nor_unit_matters_and_a_mirror_turns_the_finding(
    sample: Catalog, values: list[float], shift: int, factor: float
) -> None:
    def told(changed: list[float]) -> str:
        return change_since(sample, invented(changed), 2022).code

    code = told(values)
    assert told([value + shift for value in values]) == code
    assert told([value * factor for value in values]) == code
    mirrored = {"better": "worse", "worse": "better"}.get(code, code)
    assert told([-value for value in values]) == mirrored
