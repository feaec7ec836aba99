"""The pages of the sample city's indicators: every figure with its source, what it serves, and a chart that reads."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from overlap import hard_to_read
from synthetic import evidence_tables, write_evidence

from qualitybook.evidence.catalog import Catalog, load
from qualitybook.report.figures import svg
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import Sheet, Sheets
from qualitybook.report.markdown import escape
from qualitybook.report.voice import Voice

SHARED = (
    *("indicators", "regions", "areas", "tasks", "targets", "task_indicators", "target_evidence"),
    *("publishers", "locators"),
)
AS_OF = "2026-06-30"
LONG = {"zh": "名字特别长的地方" * 4, "en": "A place with a very long name " * 3}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("evidence")
    tables = evidence_tables()
    # Invented: one figure of an indicator without any other, and names that do not fit on a line.
    tables["regions"][0] |= {"name_zh": LONG["zh"], "name_en": LONG["en"].strip()}
    write_evidence(folder, **tables)
    return load(folder).as_of(AS_OF)


def sheets(catalog: Catalog, lang: str) -> dict[str, Sheet]:
    return {sheet.indicator_id: sheet for sheet in Sheets(Voice(lang, catalog))}


def test_each_indicator_with_a_figure_has_a_page(catalog: Catalog) -> None:
    assert set(sheets(catalog, "zh")) == set(catalog.observations["indicator_id"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_stands_in_the_table_with_its_source(catalog: Catalog, lang: str) -> None:
    for key, sheet in sheets(catalog, lang).items():
        table = [line for line in sheet.text.splitlines() if line.startswith("| ")]
        figures = catalog.figures_of(key)
        assert len(table) == len(figures) + 2, key
        for row in figures.itertuples():
            printed = Words(lang).qualified(row.value_text, catalog.unit_of(key), row.qualifier)
            assert any(f"| {escape(printed)} |" in line and f"{{cite}}`{row.source_id}`" in line for line in table)


def test_a_page_names_the_goals_and_tasks_that_its_indicator_serves(catalog: Catalog) -> None:
    for key, sheet in sheets(catalog, "en").items():
        evidence, links = catalog.target_evidence, catalog.task_indicators
        goals = set(evidence.loc[evidence["indicator_id"] == key, "target_id"])
        tasks = catalog.tasks[catalog.tasks["task_id"].isin(links.loc[links["indicator_id"] == key, "task_id"])]
        assert all(catalog.target(goal).statement_en in sheet.text for goal in goals)
        assert all(name in sheet.text for name in tasks["name_en"])


def test_nothing_later_than_the_edition_is_on_a_page(catalog: Catalog) -> None:
    early = catalog.as_of("2024-06-30")
    assert len(early.observations) < len(catalog.observations)
    shown = re.findall(r"\{cite\}`([^`]+)`", "".join(sheet.text for sheet in sheets(early, "en").values()))
    assert set(shown) <= set(early.sources["source_id"])


@pytest.mark.parametrize("form", [svg.WIDE, svg.NARROW])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_of_a_chart_overlaps_or_is_cut_off(catalog: Catalog, lang: str, form: svg.Form) -> None:
    drawn = [sheet for sheet in sheets(catalog, lang).values() if sheet.places]
    assert any(len(sheet.places) > 1 for sheet in drawn)
    for sheet in drawn:
        assert len(sheet.places) <= svg.MOST_PLACES
        chart = svg.chart(sheet.places, sheet.axis, form)
        assert hard_to_read(chart) == ([], []), sheet.indicator_id


def test_one_figure_is_enough_for_a_chart(catalog: Catalog) -> None:
    sheet = next(sheet for sheet in sheets(catalog, "en").values() if sheet.places)
    alone = replace(sheet.places[0], marks=sheet.places[0].marks[-1:])
    assert hard_to_read(svg.chart([alone], sheet.axis)) == ([], [])


def test_each_mark_says_place_period_figure_grade_and_source(catalog: Catalog) -> None:
    sheet = sheets(catalog, "en")["research_intensity"]
    titles = [mark.title.split("\n") for mark in sheet.places[0].marks]
    assert {len(title) for title in titles} == {5}
    place, period, figure, grade, source = titles[-1]
    assert place in sheet.places[0].name
    assert f"| {escape(period)} | {escape(figure)} |" in sheet.text
    assert grade == "grade A"
    assert source.partition(" (")[0] in set(catalog.sources["title"])


def test_a_page_is_the_same_bytes_each_time(catalog: Catalog, tmp_path: Path) -> None:
    sheet = next(sheet for sheet in sheets(catalog, "zh").values() if sheet.places)
    files = []
    for folder in (tmp_path / "one", tmp_path / "another"):
        sheet.write(folder)
        files.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")})
    assert files[0] == files[1]
    assert {path.suffix for path in files[0]} == {".json", ".jsonl", ".md", ".svg"}


def made_from(catalog: Catalog) -> dict[str, str]:
    """Return the digest of what each sheet is made from."""
    sheets = Sheets(Voice("en", catalog))
    return {key: sheets.made_from(key) for key in sheets.indicators}


def test_a_changed_figure_changes_what_its_own_sheet_is_made_from_and_no_other(catalog: Catalog) -> None:
    before = made_from(catalog)
    assert len(set(before.values())) == len(before)
    row = catalog.observations.index[0]
    key = catalog.observations.loc[row, "indicator_id"]
    for column in ("value_text", "qualifier", "grade", "note_en", "locator"):
        observations = catalog.observations.astype({column: object})
        observations.loc[row, column] = "another"
        after = made_from(replace(catalog, observations=observations))
        assert {each for each in before if after[each] != before[each]} == {key}, column


def test_a_changed_source_changes_what_the_sheets_that_cite_it_are_made_from(catalog: Catalog) -> None:
    before, sources = made_from(catalog), catalog.sources.copy()
    source = catalog.observations.groupby("source_id")["indicator_id"].nunique().idxmin()
    sources.loc[sources["source_id"] == source, "title"] = "Another title"
    after = made_from(replace(catalog, sources=sources))
    citing = set(catalog.observations.loc[catalog.observations["source_id"] == source, "indicator_id"])
    assert {each for each in before if after[each] != before[each]} == citing
    assert citing != set(before)


@pytest.mark.parametrize("table", SHARED)
def test_a_table_of_all_sheets_changes_what_they_are_all_made_from(catalog: Catalog, table: str) -> None:
    before, rows = made_from(catalog), getattr(catalog, table)
    column = next(
        name for name in rows.columns if name.startswith(("name", "statement", "role", "publisher", "locator"))
    )
    after = made_from(replace(catalog, **{table: rows.assign(**{column: rows[column].astype(object).map(str) + "x"})}))
    assert not set(before.values()) & set(after.values()) or rows.empty


def test_a_record_put_in_above_changes_nothing(catalog: Catalog) -> None:
    lower = replace(catalog, observations=catalog.observations.assign(line=catalog.observations["line"] + 1))
    assert made_from(lower) == made_from(catalog)
