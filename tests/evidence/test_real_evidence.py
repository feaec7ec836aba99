"""The evidence of the repository: sound, described, quick to load, and nothing known before its day."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd
import pytest

from qualitybook.evidence import Catalog, chosen, load
from qualitybook.evidence.check import check
from qualitybook.evidence.periods import Period
from qualitybook.evidence.schema import TABLES, descriptor, present_tables

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(DATA)


def test_no_errors() -> None:
    assert [str(problem) for problem in check(DATA) if problem.level == "error"] == []


def test_warnings_are_of_figures_published_before_their_period_was_over() -> None:
    assert {problem.code for problem in check(DATA)} <= {"period_not_over"}


def test_every_table_is_there() -> None:
    # Reviews come when somebody has reviewed.
    assert present_tables(DATA) == [table.name for table in TABLES if table.name != "reviews"]


def test_descriptor_is_that_of_the_schema() -> None:
    stated = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert stated == descriptor(present_tables(DATA), stated)


def test_every_period_is_written_in_its_one_form(catalog: Catalog) -> None:
    for text in set(catalog.observations["period"]) - {""}:
        assert str(Period.parse(text)) == text


def test_each_edition_knows_more_than_the_one_before(catalog: Catalog) -> None:
    numbers = [len(catalog.as_of(day.date()).observations) for day in catalog.editions["as_of"]]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 0


def test_no_edition_uses_what_came_after_its_day(catalog: Catalog) -> None:
    published = dict(zip(catalog.sources["source_id"], catalog.sources["published"], strict=True))
    for day in catalog.editions["as_of"]:
        then = catalog.as_of(day.date())
        assert (then.observations["available_from"] <= day).all()
        for source_id in set(then.observations["source_id"]) | set(then.peer_targets["source_id"]):
            # A stated date later than the as-of date, however precise, begins later too.
            assert published[source_id] <= f"{day:%Y-%m-%d}"


def test_a_planted_figure_does_not_leak(catalog: Catalog) -> None:
    """Publish every figure again with another value, a day after the first edition, and better than the real one."""
    first = catalog.editions["as_of"].iloc[0]
    after = first + pd.Timedelta(days=1)
    planted = catalog.observations.assign(value=-1.0, source_id="planted", preferred=1, grade="A", available_from=after)
    source = catalog.sources.iloc[[0]].assign(source_id="planted", available_from=after)
    sources = pd.concat([catalog.sources, source], ignore_index=True)
    both = pd.concat([catalog.observations, planted], ignore_index=True)
    tables = {table.name: getattr(catalog, table.name) for table in TABLES}
    mixed = Catalog(**{**tables, "observations": both, "sources": sources}, folder=catalog.folder)
    then = chosen(catalog.as_of(first.date()).observations)
    now = chosen(mixed.as_of(first.date()).observations)
    pd.testing.assert_frame_equal(now.drop(columns="available_from"), then.drop(columns="available_from"))
    assert "planted" in set(chosen(mixed.as_of(after.date()).observations)["source_id"])


def test_every_indicator_says_how_parts_make_its_year(catalog: Catalog) -> None:
    unset = catalog.indicators.loc[catalog.indicators["year_from"] == "", "indicator_id"]
    assert list(unset) == []


def test_a_year_is_pooled_from_rates_only_and_averaged_or_summed_from_amounts_only(catalog: Catalog) -> None:
    kinds = {way: set(rows["kind"]) for way, rows in catalog.indicators.groupby("year_from")}
    assert kinds["pooled"] == {"rate"}
    assert kinds["mean"] == {"level"}
    assert kinds["sum"] == {"level", "yearly_count"}
    stocks = catalog.indicators[catalog.indicators["kind"] == "cumulative_count"]
    assert set(stocks["year_from"]) == {"end"}
    never_made_of_parts = catalog.indicators[catalog.indicators["kind"].isin(["growth", "index", "rank"])]
    assert set(never_made_of_parts["year_from"]) == {"own"}


def test_decimals_are_those_of_the_latest_whole_year(catalog: Catalog) -> None:
    """The plan's place first, and what may be fitted first; of that year's figures the most decimals."""
    place = catalog.targets["region_id"].mode().item()
    for indicator in catalog.indicators.itertuples():
        found = indicator.decimals
        assert (None if pd.isna(found) else int(found)) == _printed_decimals(catalog, indicator.indicator_id, place)


def _printed_decimals(catalog: Catalog, indicator_id: str, place: str) -> int | None:
    rows = catalog.observations
    whole = (rows["period"].str.fullmatch(r"\d{4}")) & (rows["complete"] != "0")
    rows = rows[(rows["indicator_id"] == indicator_id) & whole & (rows["qualifier"] == "exact") & (rows["basis"] == "")]
    sure, home = (rows["grade"] != "C") | (rows["verbatim"] == "1"), rows["region_id"] == place
    for chosen_rows in (rows[sure & home], rows[sure], rows[home], rows):
        if len(chosen_rows):
            latest = chosen_rows[chosen_rows["period"] == chosen_rows["period"].max()]
            return int(latest["decimals"].max())
    return None


def test_loading_takes_less_than_a_second_of_processor_time(catalog: Catalog) -> None:
    start = time.process_time()
    load(DATA)
    assert time.process_time() - start < 1.0
