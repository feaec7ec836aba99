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
from qualitybook.evidence.schema import TABLES, descriptor_of, present_tables

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
    assert stated == descriptor_of(DATA, stated)


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


def test_loading_takes_less_than_a_second_of_processor_time(catalog: Catalog) -> None:
    start = time.process_time()
    load(DATA)
    assert time.process_time() - start < 1.0
