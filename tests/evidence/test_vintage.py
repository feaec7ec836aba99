"""What could be known on a day, and which figure to use."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import evidence_tables, observation, write_evidence

from qualitybook.evidence.catalog import SERIES_KEY, Catalog, available_from, chosen, load, undated


def _available(published: str, accessed: str, ends: list[str | None]) -> date:
    """Return when a source is available that was read on a day and reports periods with these ends."""
    sources = pd.DataFrame({"source_id": ["s"], "published": [published], "accessed": [pd.Timestamp(accessed)]})
    observations = pd.DataFrame({"source_id": "s", "end": pd.Series(pd.to_datetime(pd.Series(ends, dtype="str")))})
    return available_from(sources, observations)["s"].date()


@pytest.mark.parametrize(
    ("published", "accessed", "ends", "expected"),
    [
        ("2024-03-05", "2026-01-01", ["2023-12-31"], date(2024, 3, 5)),
        ("2024-02", "2026-01-01", ["2023-12-31"], date(2024, 2, 29)),
        ("2024", "2026-01-01", ["2023-12-31"], date(2024, 12, 31)),
        ("2026", "2026-01-01", ["2023-12-31"], date(2026, 1, 1)),
        ("", "2026-01-01", ["2021-12-31", "2023-06-30", None], date(2024, 6, 30)),
        ("", "2026-01-01", ["2024-02-29"], date(2025, 2, 28)),
        ("", "2026-01-01", ["2023-02-28"], date(2024, 2, 29)),
        ("", "2026-01-01", ["2025-12-31"], date(2026, 1, 1)),
        ("", "2026-01-01", [None], date(2026, 1, 1)),
        ("", "2026-01-01", [], date(2026, 1, 1)),
    ],
    ids=[
        "day",
        "month",
        "bare year",
        "never later than read",
        "no date: latest period plus twelve months",
        "no date: end of February of a common year",
        "no date: end of February of a leap year",
        "no date: never later than read",
        "no date, undated figures: the day it was read",
        "no date, no figures: the day it was read",
    ],
)
def test_available_from(published: str, accessed: str, ends: list[str | None], expected: date) -> None:
    assert _available(published, accessed, ends) == expected


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(write_evidence(tmp_path_factory.mktemp("data")))


def test_an_edition_sees_what_was_available_on_its_day(catalog: Catalog) -> None:
    assert set(catalog.as_of("2024-05-30").sources["source_id"]) == {"sample-plan", "yearbook-2023"}
    assert set(catalog.as_of("2024-05-31").sources["source_id"]) == {"sample-plan", "yearbook-2023", "yearbook-2024"}
    then = catalog.as_of(date(2025, 6, 30))
    assert then.as_of_date == date(2025, 6, 30)
    assert "press-2025" not in set(then.observations["source_id"])
    assert then.observations_of("goods_pass_rate", "sample_city")["period"].iloc[-1] == "2024"
    assert len(then.peer_targets) == 1
    assert catalog.as_of_date is None


def test_the_plan_is_always_there(catalog: Catalog) -> None:
    before = catalog.as_of("2001-01-01")
    assert before.observations.empty
    assert before.peer_targets.empty
    assert len(before.targets) == len(catalog.targets)
    assert len(before.gaps) == len(catalog.gaps)
    assert before.source("sample-plan").title


@settings(max_examples=40)
@given(st.dates(date(2022, 1, 1), date(2027, 1, 1)), st.dates(date(2022, 1, 1), date(2027, 1, 1)))
def test_knowledge_only_grows(catalog: Catalog, one: date, other: date) -> None:
    earlier, later = sorted([one, other])
    then, now = catalog.as_of(earlier), catalog.as_of(later)
    assert set(then.observations["line"]) <= set(now.observations["line"])
    again = now.as_of(earlier)
    pd.testing.assert_frame_equal(again.observations, then.observations)
    pd.testing.assert_frame_equal(again.sources, then.sources)


@pytest.mark.parametrize("published", ["2025-07-01", "2025-07", "2025", ""])
def test_a_figure_planted_later_never_shows_earlier(tmp_path: Path, published: str) -> None:
    tables = evidence_tables()
    tables["sources"].append({**tables["sources"][-1], "source_id": "planted", "published": published})
    # Better in everything than what it would displace, and for an old period.
    tables["observations"] = [
        {**row, "preferred": "0"} if row["period"] == "2024" and row["region_id"] == "sample_city" else row
        for row in tables["observations"]
    ]
    tables["observations"].append(observation("goods_pass_rate", "sample_city", "2024", "11.11", "planted"))
    catalog = load(write_evidence(tmp_path, **tables))
    for day in ("2024-06-30", "2025-06-30"):
        then = catalog.as_of(day)
        for name in ("observations", "sources", "peer_targets"):
            assert "planted" not in set(getattr(then, name)["source_id"])
        assert 11.11 not in set(chosen(then.observations)["value"])
    now = chosen(catalog.as_of("2026-06-30").observations)
    rows = now[(now["indicator_id"] == "goods_pass_rate") & (now["region_id"] == "sample_city")]
    assert rows.loc[rows["period"] == "2024", "value"].tolist() == [11.11]


def _candidates(tmp_path: Path, *rows: dict[str, str]) -> pd.DataFrame:
    return load(write_evidence(tmp_path, observations=rows)).observations


def _row(source: str, **cells: str) -> dict[str, str]:
    return observation("service_growth", "sample_city", "2022", "1", source, **{"preferred": "0", **cells})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([_row("yearbook-2023", preferred="1", grade="C"), _row("yearbook-2026")], "yearbook-2023"),
        ([_row("yearbook-2023", grade="B"), _row("yearbook-2026", grade="C")], "yearbook-2023"),
        ([_row("yearbook-2023"), _row("yearbook-2025"), _row("yearbook-2024")], "yearbook-2025"),
    ],
    ids=["preferred first", "then the better grade", "then the later publication"],
)
def test_which_figure_is_chosen(tmp_path: Path, rows: list[dict[str, str]], expected: str) -> None:
    table = _candidates(tmp_path, *rows)
    assert chosen(table)["source_id"].tolist() == [expected]


def test_a_tie_is_settled_by_the_source(tmp_path: Path) -> None:
    sources = evidence_tables()["sources"]
    sources.append({**sources[-2], "source_id": "a-yearbook-2026"})
    rows = [_row("yearbook-2026"), _row("a-yearbook-2026")]
    for order in (rows, rows[::-1]):
        table = load(write_evidence(tmp_path, observations=order, sources=sources)).observations
        assert chosen(table)["source_id"].tolist() == ["a-yearbook-2026"]


def test_filter_comes_before_choice(tmp_path: Path) -> None:
    rows = [_row("yearbook-2023"), _row("yearbook-2026", preferred="1")]
    catalog = load(write_evidence(tmp_path, observations=rows))
    assert chosen(catalog.observations)["source_id"].tolist() == ["yearbook-2026"]
    assert chosen(catalog.as_of("2024-06-30").observations)["source_id"].tolist() == ["yearbook-2023"]


def test_bases_are_chosen_apart(tmp_path: Path) -> None:
    table = _candidates(tmp_path, _row("yearbook-2023"), _row("yearbook-2024", basis="old-scope"))
    assert chosen(table)["basis"].tolist() == ["", "old-scope"]


def test_undated_figures_are_kept_apart(catalog: Catalog) -> None:
    assert (chosen(catalog.observations)["period"] != "").all()
    assert undated(catalog.observations)["region_id"].tolist() == ["neighbour_city"]


def test_each_dated_series_has_one_figure_that_is_chosen(catalog: Catalog) -> None:
    dated = catalog.observations[catalog.observations["period"] != ""]
    keys = {tuple(key) for key in dated[SERIES_KEY].to_numpy().tolist()}
    assert sorted(map(tuple, chosen(catalog.observations)[SERIES_KEY].to_numpy().tolist())) == sorted(keys)


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_choice_does_not_depend_on_the_order_of_rows(catalog: Catalog, random) -> None:
    lines = list(range(len(catalog.observations)))
    random.shuffle(lines)
    shuffled = catalog.observations.iloc[lines]
    pd.testing.assert_frame_equal(chosen(shuffled), chosen(catalog.observations))
