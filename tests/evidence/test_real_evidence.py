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
from qualitybook.evidence.reading import descriptor_of, present_tables
from qualitybook.evidence.schema import TABLES

DATA = Path(__file__).parents[2] / "data"

PART_OF_A_PERIOD = r"截至|为止|中旬|to the middle|reached by|to \d+ December"
WHOLE_ALL_THE_SAME = {
    "截至2021年9月所述": "undated: the day of the statement, no period",
    "截至2021年连续6年": "six whole years, the last of them 2021",
    "截至2021年”": "the whole of 2021",
    "截至2022年底": "the whole of 2022",
    "截至2024年底": "the whole of 2024",
    "截至去年底": "a stock at the end of its year",
}
NOT_FINAL = r"初步数|预计数|公示|初选"
FINAL_ALL_THE_SAME = {"是否含公示中的第六批不明": "whether the list under notice is counted is not known"}
ABOUT_WHEN = r"约为|约\d{4}|多半|或\d{4}年|疑为|\d{4}年值"
UNDATED_ALL_THE_SAME = {"页面日期无年份，约为2025年": "dates the page, not what was measured"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(DATA)


def test_no_errors() -> None:
    assert [str(problem) for problem in check(DATA) if problem.level == "error"] == []


def test_warnings_are_of_figures_published_before_their_period_was_over() -> None:
    """Awards, lists and surveys of a year that came out in it; every further one is to be looked at."""
    codes = [problem.code for problem in check(DATA)]
    assert set(codes) <= {"period_not_over"}
    assert len(codes) <= 18


def test_every_table_is_there() -> None:
    # Reviews come when somebody has reviewed, errata when something sealed was wrong, texts when a final one is seen;
    # and no goal of this plan sets values for years on its way.
    absent = ("reviews", "target_path", "errata", "plan_texts")
    assert present_tables(DATA) == [table.name for table in TABLES if table.name not in absent]


def test_descriptor_is_that_of_the_schema() -> None:
    stated = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert stated == descriptor_of(DATA, stated)


def test_goals_with_a_percentage_say_percent_in_both_languages(catalog: Catalog) -> None:
    goals = catalog.targets[(catalog.targets["unit"] == "percent") & (catalog.targets["value_text"] != "")]
    assert len(goals)
    for goal in goals.itertuples():
        assert f"{goal.value_text}%" in goal.statement_zh
        assert f"{goal.value_text}%" in goal.statement_en


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


def _unexplained(notes: pd.Series, pattern: str, exceptions: dict[str, str]) -> pd.Series:
    """Say which notes match a pattern and hold none of the exceptions; each of these must be there still."""
    for words in exceptions:
        assert notes.str.contains(words, regex=False).any(), words
    excepted = pd.concat([notes.str.contains(words, regex=False) for words in exceptions], axis=1).any(axis=1)
    return notes.str.contains(pattern) & ~excepted


def test_a_period_is_incomplete_where_its_note_says_so(catalog: Catalog) -> None:
    rows = catalog.observations
    said = _unexplained(rows["note_zh"] + " " + rows["note_en"], PART_OF_A_PERIOD, WHOLE_ALL_THE_SAME)
    # The source that dates its running totals "late September" says so once for all its figures of the year to date.
    said |= (rows["source_id"] == "gzdaily-food-week-2024") & rows["period"].str.contains("/")
    assert list(rows.loc[said != (rows["complete"] == "0"), "line"]) == []


def test_a_figure_is_provisional_or_revised_where_its_note_says_so(catalog: Catalog) -> None:
    rows = catalog.observations
    provisional = _unexplained(rows["note_zh"], NOT_FINAL, FINAL_ALL_THE_SAME)
    assert list(rows.loc[provisional != (rows["status"] == "provisional"), "line"]) == []
    revised = rows["note_zh"].str.contains("修订的GDP|同一GDP口径")
    assert list(rows.loc[revised != (rows["status"] == "revised"), "line"]) == []


def test_bounds_of_several_years_hold_for_each_where_the_text_says_so(catalog: Catalog) -> None:
    rows = catalog.observations
    span = (rows["end"].dt.year > rows["start"].dt.year) & rows["qualifier"].isin(["at_least", "at_most"])
    assert (span & (rows["each_year"] == "1")).sum() > 0
    said = span & rows["note_zh"].str.contains("均|每年")
    assert list(rows.loc[said != (rows["each_year"] == "1"), "line"]) == []


def test_an_undated_figure_is_dated_about_where_its_note_says_when(catalog: Catalog) -> None:
    rows = catalog.observations[catalog.observations["qualifier"] == "undated"]
    key = ["indicator_id", "region_id", "source_id"]
    dated = rows.merge(catalog.dating.drop(columns="line"), on=key, how="left")
    said = _unexplained(dated["note_zh"], ABOUT_WHEN, UNDATED_ALL_THE_SAME)
    assert list(dated.loc[said != dated["from_year"].notna(), "line"]) == []
    found = dated[dated["from_year"].notna()]
    assert len(found) == len(catalog.dating)
    for row in found.itertuples():
        assert row.from_year <= row.to_year
        assert f"{row.from_year:.0f}" in row.note_zh
        assert f"{row.to_year:.0f}" in row.note_zh


def test_bounds_are_those_of_the_kind(catalog: Catalog) -> None:
    """No rate can pass 100 and nothing counted or weighed can be negative; growth may do either."""
    rows = catalog.indicators
    bounds = {kind: set(zip(of["lower"], of["upper"], strict=True)) for kind, of in rows.fillna(-1).groupby("kind")}
    assert bounds["rate"] == {(0, 100)}
    assert set(rows.loc[rows["kind"] == "rate", "unit"]) == {"percent"}
    assert bounds["growth"] == {(-1, -1)}
    for kind in ("level", "cumulative_count", "yearly_count"):
        assert {lower for lower, _ in bounds[kind]} == {0}
    for kind in ("index", "rank"):
        assert all(0 <= lower < upper for lower, upper in bounds[kind] - {(-1, -1)})


def test_loading_takes_less_than_a_second_of_processor_time(catalog: Catalog) -> None:
    start = time.process_time()
    load(DATA)
    assert time.process_time() - start < 1.0
