"""What to ask and when it comes out (the sample city and its figures are made up)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from synthetic import CatalogMaker, Row, evidence_tables

from qualitybook.analysis.assess import assess_targets
from qualitybook.analysis.questions import Question, needs_a_rule, questions, releases
from qualitybook.evidence import Catalog, load

DATA = Path(__file__).parents[2] / "data"
DAY = date(2026, 6, 30)


def asked(catalog: Catalog, day: date = DAY) -> list[Question]:
    return questions(catalog.as_of(day), assess_targets(catalog, day))


def years_of(found: list[Question]) -> dict[str, tuple[str, ...]]:
    return {question.targets[0]: question.periods for question in found}


def figures_up_to(year: int, indicator: str) -> list[Row]:
    return [
        row
        for row in evidence_tables()["observations"]
        if row["indicator_id"] != indicator or (row["period"] and int(row["period"][:4]) <= year)
    ]


def test_only_the_missing_years_of_open_goals_are_asked_for(catalog_of: CatalogMaker) -> None:
    # The pass rate of 2025 is known and decides; research intensity and centres lack that year only.
    assert years_of(asked(catalog_of())) == {"research": ("2025",), "centres": ("2025",)}


def test_a_goal_that_may_not_fall_needs_every_year_and_a_count_both_ends(catalog_of: CatalogMaker) -> None:
    rising = catalog_of(figures_up_to(2021, "research_intensity"))
    assert years_of(asked(rising))["research"] == ("2022", "2023", "2024", "2025")
    count = catalog_of(figures_up_to(2021, "test_centres"))
    assert years_of(asked(count))["centres"] == ("2022", "2025")


def test_the_fewest_figures_a_goal_come_first(catalog_of: CatalogMaker) -> None:
    found = asked(catalog_of(figures_up_to(2021, "research_intensity")))
    assert [question.targets[0] for question in found] == ["centres", "research"]


def test_nothing_is_asked_of_a_year_that_is_not_over(catalog_of: CatalogMaker) -> None:
    assert asked(catalog_of(), date(2025, 12, 30)) == []


def test_goals_on_the_same_figures_are_one_question(catalog_of: CatalogMaker) -> None:
    targets = evidence_tables()["targets"]
    twin = next(row for row in targets if row["target_id"] == "centres") | {"target_id": "twin", "number": "5"}
    found = asked(catalog_of(targets=[*targets, twin]))
    assert found[0].targets == ("centres", "twin")


def test_a_goal_that_needs_a_rule_first_is_no_question(catalog_of: CatalogMaker) -> None:
    gaps = [row | {"numbers": ""} if row["target_id"] == "research" else row for row in evidence_tables()["gaps"]]
    catalog = catalog_of(gaps=gaps)
    assert "research" not in years_of(asked(catalog))
    assert [item.target_id for item in assess_targets(catalog, DAY) if needs_a_rule(item)] == ["research"]


def test_scopes_that_the_wording_leaves_open_are_asked_for_together(catalog_of: CatalogMaker) -> None:
    scopes = [{"indicator_id": "test_centres", "other_id": "service_growth", "reason_zh": "一", "reason_en": "a"}]
    found = {question.targets[0]: question.indicators for question in asked(catalog_of(open_scopes=scopes))}
    assert found["centres"] == ("test_centres", "service_growth")


def test_the_calendar_goes_by_the_month_of_the_latest_issue(catalog_of: CatalogMaker) -> None:
    gaps = evidence_tables()["gaps"]
    gaps[0] |= {"issues": "yearbook-2023, yearbook-2024"}
    gaps[1] |= {"issues": "yearbook-2026", "likely_source_zh": "年鉴", "likely_source_en": "yearbook"}
    found = releases(catalog_of(gaps=gaps).as_of(DAY))
    assert [(item.number, item.month) for item in found] == [("2.1", 4), ("2", 5)]
    assert [source.source_id for source in found[1].issues] == ["yearbook-2024", "yearbook-2023"]


def test_an_issue_that_an_edition_could_not_know_is_not_in_its_calendar(catalog_of: CatalogMaker) -> None:
    gaps = evidence_tables()["gaps"]
    gaps[0] |= {"issues": "yearbook-2026"}
    (found,) = releases(catalog_of(gaps=gaps).as_of(date(2025, 6, 30)))
    assert (found.issues, found.month) == ((), None)


def test_a_task_of_which_no_publication_is_known_is_not_in_the_calendar(catalog_of: CatalogMaker) -> None:
    assert [item.gap.target_id for item in releases(catalog_of().as_of(DAY))] == ["research"]


def test_the_recorded_numbers_are_those_that_the_goals_need() -> None:
    """In the real evidence, people wrote into `numbers` how many figures settle a goal; the rules give as many."""
    catalog = load(DATA)
    found = asked(catalog, max(catalog.editions["as_of"]))
    stated = {question.targets[0]: question.gap.numbers for question in found}
    assert stated == {question.targets[0]: len(question.figures) for question in found}
    assert len(found) >= 5


@pytest.mark.parametrize("state", ["met", "not_met"])
def test_a_decided_goal_asks_nothing(catalog_of: CatalogMaker, state: str) -> None:
    decided = {item.target_id: item.verdict.state for item in assess_targets(catalog_of(), DAY)}
    assert not {key for key, value in decided.items() if value == state} & set(years_of(asked(catalog_of())))
