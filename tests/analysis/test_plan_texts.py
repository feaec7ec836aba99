"""Texts of a plan: each edition goes by the one in force on its day. Two worked examples on the made-up city.

The final text of the draft asks for 96 instead of 95, drops a goal and adds one. Then the goals' year is over and a
plan for 2030 follows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from synthetic import Row, evidence_tables, write_evidence

from qualitybook import cli
from qualitybook.analysis.assess import assess_targets
from qualitybook.analysis.edition_diff import compare
from qualitybook.evidence import Catalog, load
from qualitybook.evidence.check import check
from qualitybook.evidence.extract import Evidence, settings_of
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish.notebook import render_notebook
from qualitybook.publish.plan import planned, volumes_of
from qualitybook.report import pages
from qualitybook.report.i18n import Words

ROOT = Path(__file__).parents[2]
FINAL_FROM, NEXT_FROM = "2025-09-01", "2027-01-15"


def source(key: str, title: str, published: str) -> Row:
    plan = next(row for row in evidence_tables()["sources"] if row["source_id"] == "sample-plan")
    return {**plan, "source_id": key, "title": title, "published": published, "accessed": "2027-06-01"}


def text(key: str, state: str, day: str, year: str = "2025") -> Row:
    return {"source_id": key, "state": state, "valid_from": day, "target_year": year}


def with_final_text(folder: Path, **changes: list[Row]) -> Path:
    """Write the city whose draft plan became final: one number changed, one goal dropped, one added."""
    tables = evidence_tables()
    goods, research, centres, climate = tables["targets"]
    final = {"source_id": "final-plan", "valid_from": FINAL_FROM}
    changed = {**goods, **final, "target_id": "goods-96", "value": "96", "supersedes": "goods-pass"}
    changed |= {"statement_zh": "产品抽检合格率不低于96%", "statement_en": "A pass rate of goods of 96% or more"}
    added = {**goods, **final, "target_id": "research-3", "number": "5", "indicator_id": "research_intensity"}
    added |= {"value": "3", "statement_zh": "研发投入强度不低于3%", "statement_en": "Research intensity of 3% or more"}
    direct = [row for row in tables["target_evidence"] if row["target_id"] in ("goods-pass", "research")]
    keys = {"goods-pass": "goods-96", "research": "research-3"}
    rows = {
        "targets": [goods, changed, research, {**centres, "valid_to": FINAL_FROM}, climate, added],
        "target_evidence": [
            *tables["target_evidence"],
            *({**row, "target_id": keys[row["target_id"]]} for row in direct),
        ],
        "sources": [*tables["sources"], source("final-plan", "样例市质量方案", "2025-09-01")],
        "plan_texts": [
            text("sample-plan", "consultation_draft", "2023-02-28"),
            text("final-plan", "final", FINAL_FROM),
        ],
    }
    return write_evidence(folder, **{**rows, **changes})


def with_next_plan(folder: Path) -> Path:
    """Write the same a year later: the year of the goals is over, and a plan for 2030 has begun."""
    tables = evidence_tables()
    with_final_text(folder)
    goods = tables["targets"][0]
    followed = {**goods, "target_id": "goods-2030", "number": "11", "value": "97", "target_year": "2030"}
    followed |= {"source_id": "plan-2030", "valid_from": NEXT_FROM}
    append(folder / "plan/targets.csv", followed)
    append(folder / "plan/texts.csv", text("plan-2030", "final", NEXT_FROM, "2030"))
    append(folder / "sources.csv", source("plan-2030", "样例市质量规划2030", "2027-01-15"))
    evidence = next(row for row in tables["target_evidence"] if row["target_id"] == "goods-pass")
    append(folder / "plan/target_evidence.csv", {**evidence, "target_id": "goods-2030"})
    added = ["edition", "new", "2026", "--as-of", "2027-06-30", "--target-year", "2030", "--data", str(folder)]
    assert CliRunner().invoke(cli.main, added).exit_code == 0
    return folder


def append(path: Path, row: Row) -> None:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(row.get(name, "") for name in header) + "\n")


def answers(catalog: Catalog, edition: str) -> dict[str, str]:
    """Return the state of each goal of an edition."""
    found = assess_targets(catalog, catalog.edition(edition).as_of)
    return {item.target_id: item.verdict.state for item in found}


def test_texts_in_a_language_without_a_field_stay_with_the_state_of_the_plan_and_count(tmp_path: Path) -> None:
    catalog = load(with_final_text(tmp_path / "data"))
    settings = BookSettings.load(catalog.folder)
    # As settings are read where a language was added.
    object.__setattr__(settings, "title_fr", "Livre")
    own = settings_of(catalog, settings, catalog.edition("2025"))
    assert (settings.plan_state, own.plan_state) == ("consultation_draft", "final")
    assert vars(own)["title_fr"] == "Livre"
    before = Evidence(catalog, settings).digest()
    object.__setattr__(settings, "title_fr", "Un livre")
    assert Evidence(catalog, settings).digest() != before


def test_each_edition_goes_by_the_text_of_its_day(tmp_path: Path) -> None:
    folder = with_final_text(tmp_path / "data")
    assert [str(problem) for problem in check(folder) if problem.level == "error"] == []
    catalog = load(folder)
    assert answers(catalog, "2024") == {
        "goods-pass": "cannot_judge",  # Its samples are too small, as without texts.
        "research": "open",
        "centres": "open",
        "climate": "no_verdict",
    }
    now = answers(catalog, "2025")
    # 95.96 as printed: met by the draft's 95, not by the final text's 96.
    assert now["goods-96"] == "not_met"
    assert list(now) == ["goods-96", "research", "climate", "research-3"]
    plain = load(write_evidence(tmp_path / "plain"))
    assert answers(plain, "2025")["goods-pass"] == "met"
    assert [catalog.plan_of(catalog.edition(name)).source_id for name in ("2024", "2025")] == [
        "sample-plan",
        "final-plan",
    ]


def test_an_edition_sees_nothing_of_goals_that_are_not_its_own(tmp_path: Path) -> None:
    gap = {**evidence_tables()["gaps"][0], "target_id": "research-3"}
    catalog = load(with_final_text(tmp_path / "data", gaps=[gap]))
    for edition, found in (("2024", []), ("2025", ["research-3"])):
        seen = catalog.as_of(catalog.edition(edition).as_of)
        assert list(seen.gaps["target_id"]) == found
        assert set(seen.target_evidence["target_id"]) <= set(seen.targets["target_id"])
        assert seen.published_by(catalog.edition(edition).as_of).gaps["target_id"].tolist() == found


def test_what_changed_tells_the_new_wording_the_dropped_and_the_added_goal(tmp_path: Path) -> None:
    catalog = load(with_final_text(tmp_path / "data"))
    diff = compare(catalog, catalog.edition("2024"), catalog.edition("2025"))
    told = [
        tuple(None if goal is None else goal["target_id"] for goal in (change.before, change.now))
        for change in diff.goals
    ]
    assert told == [("goods-pass", "goods-96"), (None, "research-3"), ("centres", None)]
    assert compare(catalog, catalog.edition("2023"), catalog.edition("2024")).goals == ()


@pytest.mark.parametrize(
    ("lang", "draft", "closing", "earlier"),
    [
        ("en", "Draft goal:", "Closing report", "it takes the place of “A pass rate of goods of 95% or more”"),
        ("zh", "征求意见稿", "终期报告", "取代此前的“产品抽检合格率不低于95%”"),
    ],
)
def test_pages_say_draft_final_and_what_the_draft_said(
    tmp_path: Path, lang: str, draft: str, closing: str, earlier: str
) -> None:
    evidence = Evidence.open(with_final_text(tmp_path / "data"))
    for edition, day in (("2024", date(2025, 6, 30)), ("2025", date(2026, 6, 30))):
        evidence.extract(day, None).write(tmp_path / f"{edition}.evidence")
    before = pages.TargetPage("goods-pass", tmp_path / "2024.evidence", "2024", lang, tmp_path / "out")
    now = pages.TargetPage("goods-96", tmp_path / "2025.evidence", "2025", lang, tmp_path / "out")
    assert draft in str(before.verdict().data)
    assert draft not in str(now.verdict().data)
    assert earlier in str(now.verdict().data)
    assert closing in str(now.draft_note().data)
    assert closing not in str(before.draft_note().data)
    changed = pages.WhatChangedPage(tmp_path / "2025.evidence", "2025", lang, tmp_path / "out")
    assert "96%" in str(changed.goals().data)


def test_a_plan_for_2030_follows_and_the_old_goals_stay_beside_it(tmp_path: Path) -> None:
    folder = with_next_plan(tmp_path / "data")
    assert [str(problem) for problem in check(folder) if problem.level == "error"] == []
    catalog = load(folder)
    closing, first = catalog.edition("2025"), catalog.edition("2026")
    assert (closing.is_closing, first.is_closing) == (True, False)
    assert [catalog.plan_of(each).source_id for each in (closing, first)] == ["final-plan", "plan-2030"]
    assert "goods-2030" not in answers(catalog, "2025")
    now = answers(catalog, "2026")
    assert (now["goods-96"], now["goods-2030"]) == ("not_met", "cannot_judge")  # 2030 is more than three years ahead.
    told = json.loads(
        CliRunner().invoke(cli.main, ["edition", "diff", "--format", "json", "--data", str(folder)]).output
    )
    assert told["goals"] == [{"before": None, "now": "goods-2030"}]


def test_a_wording_may_replace_one_that_replaced_another(tmp_path: Path) -> None:
    """95, then 96 from 2025-03, then 97 from 2026-03: in whatever order they stand, one is in force."""
    goods, *others = evidence_tables()["targets"]
    second = {**goods, "target_id": "goods-96", "value": "96", "valid_from": "2025-03-01", "supersedes": "goods-pass"}
    third = {**second, "target_id": "goods-97", "value": "97", "valid_from": "2026-03-01", "supersedes": "goods-96"}
    for at, order in enumerate(([goods, second, third], [third, second, goods])):
        folder = with_final_text(tmp_path / str(at), targets=[*order, *others], target_evidence=[])
        assert [problem.column for problem in check(folder) if problem.code == "key_repeated"] == []
        catalog = load(folder)
        for day, value in (("2025-02-28", 95.0), ("2025-03-01", 96.0), ("2026-03-01", 97.0)):
            (found,) = (row for _, row in catalog.as_of(day).targets.iterrows() if row["number"] == 1)
            assert found["value"] == value


def test_goals_that_follow_each_other_may_stand_in_any_order(tmp_path: Path) -> None:
    goods, *others = evidence_tables()["targets"]
    before = {**goods, "valid_to": "2025-01-01"}
    after = {**goods, "target_id": "goods-b", "valid_from": "2025-01-01"}
    for at, order in enumerate(([before, after], [after, before])):
        folder = with_final_text(tmp_path / str(at), targets=[*order, *others])
        assert [problem.column for problem in check(folder) if problem.code == "key_repeated"] == []


def test_two_goals_in_force_share_no_number(tmp_path: Path) -> None:
    goods, research, *others = evidence_tables()["targets"]
    taken = with_final_text(tmp_path / "taken", targets=[goods, {**research, "number": "1"}, *others])
    assert ("number", "key_repeated") in {(problem.column, problem.code) for problem in check(taken)}
    undated = {**goods, "target_id": "goods-96", "supersedes": "goods-pass"}
    folder = with_final_text(tmp_path / "undated", targets=[goods, undated, research, *others])
    assert ("valid_from", "supersedes") in {(problem.column, problem.code) for problem in check(folder)}


@pytest.mark.parametrize(
    ("written", "edition", "lang", "told"),
    [(with_final_text, "2025", "en", "goods-96"), (with_next_plan, "2026", "zh", "goods-2030")],
)
def test_every_page_of_an_edition_can_be_made(
    tmp_path: Path, written: Callable[[Path], Path], edition: str, lang: str, told: str
) -> None:
    evidence = Evidence.open(written(tmp_path / "data"))
    volumes = volumes_of(evidence.catalog, [edition], [lang], tmp_path / "build")
    (plan,), _offer = planned(evidence.catalog, evidence.settings, volumes, tmp_path / "extracts")
    made: dict[str, dict[str, Any]] = {}
    for page in plan.pages:
        path = ROOT / f"notebooks/{page.template}.ipynb"
        template = render_notebook(path, page.within(plan.context).context, ROOT / "book" / lang, lang)
        data = {"data": str(page.evidence), "out": str(tmp_path / "out")}
        made[page.docname] = run_cells(template, {**page.parameters, **data})
    assert any(told in name for name in made)
    verdicts = str(made["track-record"]["page"].verdicts().data)
    assert Words(lang).gettext("no such goal") in verdicts
    assert Words(lang).gettext("earlier wording") in verdicts
    assert plan.sheets is not None
    assert len(list(plan.sheets)) > 1


def run_cells(notebook: nbformat.NotebookNode, parameters: dict[str, str]) -> dict[str, Any]:
    """Run a page's cells of code, and return what they leave."""
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            names |= parameters if "parameters" in cell.metadata.get("tags", []) else {}
    return names
