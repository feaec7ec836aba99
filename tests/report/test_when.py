"""The page that says when more will be known, word for word, and its workbook (everything in it is made up)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from synthetic import evidence_tables, write_evidence

from qualitybook.evidence import load
from qualitybook.evidence.intake import prepare, read_entries
from qualitybook.evidence.schema import OBSERVATIONS, SOURCES
from qualitybook.publish.plan import pages_of
from qualitybook.report.pages import WhenPage


def page_of(folder: Path, lang: str = "en", **changes: str) -> WhenPage:
    gaps = evidence_tables()["gaps"]
    gaps[0] |= changes
    return WhenPage(write_evidence(folder / "data", gaps=gaps), "2025", lang, folder / "figures")


@pytest.mark.parametrize(
    ("lang", "rows"),
    [
        (
            "en",
            [
                "| 2 | {page}`Research intensity keeps rising </targets/02-research>` | Please give for Sample City, "
                "for the whole of 2025: Research intensity. | Statistics Bureau |",
                "| 3 | {page}`More test centres </targets/03-centres>` | Please give for Sample City, for the end of "
                "2025: Number of test centres. | Sample City Statistics Bureau |",
            ],
        ),
        (
            "zh",
            [
                "| 2 | {page}`研发投入强度持续提高 </targets/02-research>` | 请提供样例市2025年全年的研发投入强度。 | "
                "市统计局 |",
                "| 3 | {page}`增加检验中心 </targets/03-centres>` | 请提供样例市2025年末的检验中心数。 | "
                "样例市统计局 |",
            ],
        ),
    ],
)
def test_each_question_names_goal_office_and_what_is_asked(tmp_path: Path, lang: str, rows: list[str]) -> None:
    said = page_of(tmp_path, lang).questions().data
    assert [line for line in said.splitlines() if line.startswith("| ") and ":--" not in line][1:] == rows
    assert "{download}" in said


def test_years_in_a_row_are_said_as_one_and_a_pass_rate_is_asked_with_its_counts(tmp_path: Path) -> None:
    rows = [
        row
        for row in evidence_tables()["observations"]
        if not (row["indicator_id"] in ("goods_pass_rate", "research_intensity") and row["period"] >= "2022")
    ]
    page = WhenPage(write_evidence(tmp_path / "data", observations=rows), "2025", "en", tmp_path / "figures")
    said = [page.wording(question) for question in page.found()]
    assert any(
        text.startswith("Please give for Sample City, for the whole of each year of 2022–2025:") for text in said
    )
    assert any(text.endswith("Please add how many were inspected and how many passed.") for text in said)


def test_the_calendar_names_office_publication_and_earlier_issues(tmp_path: Path) -> None:
    page = page_of(tmp_path, issues="yearbook-2024, yearbook-2025", likely_source_en="the yearbook.")
    (row,) = [line for line in page.calendar().data.splitlines() if line.startswith("| Goal")]
    assert row == (
        "| Goal 2 | {page}`Research intensity keeps rising </targets/02-research>`: the intensity of 2025 | "
        "Statistics Bureau | the yearbook. | 20 May 2025 {cite}`yearbook-2025`; May 2024 {cite}`yearbook-2024` |"
    )


def test_what_is_not_known_stays_empty(tmp_path: Path) -> None:
    assert page_of(tmp_path).calendar().data.count("| Statistics Bureau | – | – |") == 1


def test_without_a_gap_there_is_no_calendar_and_no_heading(tmp_path: Path) -> None:
    data = write_evidence(tmp_path / "data", gaps=[])
    assert WhenPage(data, "2025", "en", tmp_path / "figures").calendar().data == ""
    (page,) = [page for page in pages_of(load(data), "2025", "en") if page.docname == "when"]
    assert page.context["has_calendar"] is False


def test_a_goal_that_needs_a_rule_first_is_told_apart(tmp_path: Path) -> None:
    said = page_of(tmp_path, numbers="", answer_en="the definition").rules_first().data
    assert "keeps rising </targets/02-research>`: the definition (Statistics Bureau)" in said
    assert page_of(tmp_path / "other").rules_first().data == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_workbook_of_the_questions_can_be_filled_in_and_read_back(tmp_path: Path, lang: str) -> None:
    page = page_of(tmp_path, lang)
    page.questions()
    path = tmp_path / "figures" / "when-questions.xlsx"
    book = load_workbook(BytesIO(path.read_bytes()))
    sheet = book["observations"]
    names = [cell.value for cell in sheet[2]]
    assert [sheet.cell(row, names.index("period") + 1).value for row in (3, 4)] == ["2025", "2025"]
    assert sheet.cell(3, len(names)).value == ("Statistics Bureau" if lang == "en" else "市统计局")
    answer = {"value": "3.20", "qualifier": "exact", "source_id": "answer-2026", "locator": "正文", "grade": "A"}
    answer |= {"preferred": "1"}
    for name, text in answer.items():
        sheet.cell(3, names.index(name) + 1).value = text
    sources = book["sources"]
    letter = {"source_id": "answer-2026", "title": "复函", "publisher": "样例市统计局", "kind": "report"}
    letter |= {"published": "2026-06-01", "access_kind": "original", "accessed": "2026-06-02", "language": "zh"}
    letter |= {"url": "https://example.org/answer"}
    columns = [cell.value for cell in sources[2]]
    for name, text in letter.items():
        sources.cell(3, columns.index(name) + 1).value = text
    filled = tmp_path / "filled.xlsx"
    book.save(filled)
    entries, faults, passed_over = read_entries(filled, [OBSERVATIONS, SOURCES])
    made = prepare(tmp_path / "data", entries, faults)
    assert not made.refusals(accept_doubts=False)
    assert passed_over == 1
    assert sorted(change.entry.table.name for change in made.added) == ["observations", "sources"]
    (figure,) = [change.entry.cells for change in made.added if change.is_figure]
    assert (figure["indicator_id"], figure["period"], figure["value"]) == ("research_intensity", "2025", "3.20")


def test_a_goal_without_a_page_is_named_and_not_linked(tmp_path: Path) -> None:
    page = page_of(tmp_path, target_id="climate")
    assert page.catalog.target("climate").rule == "qualitative"
    shown = str(page.calendar().data)
    assert page.words.name(page.catalog.target("climate"), "statement") in shown
    assert "-climate>" not in shown
