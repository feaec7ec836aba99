"""The head of the first page (the sample city and its figures are made up)."""

from __future__ import annotations

import re

import pytest
from synthetic import write_evidence

from qualitybook.analysis.edition_diff import compare
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import labels
from qualitybook.report.pages import SummaryPage
from qualitybook.report.pages.summary import TALLY, standing

GOAL = Goal("goods_pass_rate", "sample_city", "at_least", 95.0, 2025)


@pytest.fixture(scope="module", params=("zh", "en"))
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SummaryPage:
    folder = tmp_path_factory.mktemp("front")
    return SummaryPage(write_evidence(folder / "data"), "2025", str(request.param), folder / "figures")


@pytest.mark.parametrize(
    ("state", "word", "expected"),
    [
        ("met", None, "met"),
        ("not_met", None, "not_met"),
        ("open", "very_likely", "likely"),
        ("awaiting", "likely", "likely"),
        ("open", "as_likely_as_not", "uncertain"),
        ("open", "very_unlikely", "unlikely"),
        ("open", None, "cannot_judge"),
        ("never_published", None, "cannot_judge"),
        ("no_verdict", None, "no_verdict"),
    ],
)
def test_every_goal_stands_somewhere(
    state: str, word: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verdict, "word", property(lambda verdict: word))
    assert standing(Verdict(GOAL, state)) == expected


def test_the_tally_counts_every_goal_once_and_says_each_standing_in_words(page: SummaryPage) -> None:
    text = page.tally().data
    assert sum(int(count) for count in re.findall(r"\*\*(\d+)\*\*", text)) == len(page.assessments)
    for name in TALLY:
        assert f"{labels.STANDING_SYMBOLS[name]} {page._(labels.STANDINGS[name])}" in text


def test_a_figure_offers_what_it_draws_but_not_in_print(page: SummaryPage) -> None:
    offered = page._downloads("summary-1")
    assert "{container} web-only downloads" in offered
    assert re.findall(r"/figures/summary-1\.(\w+)>", offered) == ["svg", "csv"]


def test_the_changes_are_told_in_short_and_lead_to_their_page(page: SummaryPage) -> None:
    text = page.changes().data
    assert text.count("\n- ") == len(compare(page.everything, page.everything.edition("2024"), page.edition).moves) > 0
    assert "</what-changed>`" in text
    assert "{table}" not in text


def test_an_awaited_figure_is_named_where_no_gap_is_recorded(page: SummaryPage) -> None:
    (awaited,) = [item for item in page.assessments if item.verdict.state == "awaiting" and item.gaps.empty]
    (text,) = page.missing_of(awaited)
    assert page.series_name(str(awaited.target["indicator_id"]), str(awaited.target["region_id"])) in text
    assert text in page.to_publish().data
