"""The page for people who buy, word for word (the sample city's goods are made up)."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import evidence_tables, observation, write_evidence

from qualitybook.analysis.categories import FEW
from qualitybook.evidence import load
from qualitybook.publish.plan import pages_of
from qualitybook.report.pages import GoodsPage

TOTAL, TOYS, TOOLS = "goods_pass_rate", "toys_share_passed", "tools_share_passed"
COUNTS = {(TOTAL, "2024-05"): (1000, 980), (TOYS, "2024-05"): (200, 190), (TOOLS, "2024-05"): (100, 95)}
NAMES = {"toys_share_passed": ("玩具：抽检", "Goods: toys"), "tools_share_passed": ("工具", "Tools")}


def folder_of(folder: Path) -> Path:
    tables = evidence_tables()
    rows = [
        observation(key, "sample_city", period, f"{100 * passed / n:.2f}", "press-2025", n=str(n), passed=str(passed))
        for (key, period), (n, passed) in COUNTS.items()
    ]
    indicators = [
        row
        | dict(
            zip(("name_zh", "name_en"), NAMES.get(row["indicator_id"], (row["name_zh"], row["name_en"])), strict=True)
        )
        for row in tables["indicators"]
    ]
    kept = [row for row in tables["observations"] if row["indicator_id"] != TOTAL]
    return write_evidence(folder / "data", observations=[*kept, *rows], indicators=indicators)


def page_of(folder: Path, lang: str) -> GoodsPage:
    return GoodsPage(folder_of(folder), "2025", lang, folder / "figures")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            "The notices of 2022–2024 that were found for this book (periods: 1) report 1,000 inspected batches, "
            "of which 20 failed: 98.00% passed {cite}`press-2025`.\n\nOf categories with 100 batches or more, "
            "these passed less often than all together, by more than chance: "
            "{page}`toys </indicators/toys_share_passed>` (95.00%) {cite}`press-2025`.\n",
        ),
        (
            "zh",
            "本书查到的2022—2024年通告分属1个时期，合计抽检1,000批次，不合格20批次，合格率98.00% "
            "{cite}`press-2025`。\n\n抽检满100批次的类别中，合格率低于总体且超出偶然波动的是："
            "{page}`抽检 </indicators/toys_share_passed>`（95.00%） {cite}`press-2025`。\n",
        ),
    ],
)
def test_the_page_says_first_what_was_inspected_and_what_failed(tmp_path: Path, lang: str, said: str) -> None:
    # Of 100 tools 95 passed, which chance alone may make of 98%: they are not named.
    page = page_of(tmp_path, lang)
    assert page.answer(page.found()).data == said


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            "Notices of which no total was found are not in these numbers; they count in the table of categories "
            "alone {cite}`press-2025`.",
        ),
        ("zh", "没有查到合计数的通告未计入以上数字，只计入分类表 {cite}`press-2025`。"),
    ],
)
def test_a_notice_without_a_total_is_said_to_count_in_its_categories_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    page = page_of(tmp_path, lang)
    assert said not in page.answer(page.found()).data
    monkeypatch.setitem(COUNTS, (TOYS, "2024-03"), (40, 39))
    page = page_of(tmp_path / "more", lang)
    assert said in page.answer(page.found()).data.split("\n\n")


def test_a_name_that_ends_with_a_colon_is_said_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, TOYS, ("抽检：玩具：", "Toys"))
    page = page_of(tmp_path, "zh")
    assert "{page}`抽检：玩具： </indicators/toys_share_passed>`" in page.answer(page.found()).data


def test_the_sentence_names_the_number_below_which_a_category_is_told_apart(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en")
    assert f"with {FEW} batches or more" in page.answer(page.found()).data


def test_each_category_has_its_counts_and_a_range(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en")
    rows = [line for line in page.table_of_categories(page.found()).data.splitlines() if line.startswith("| {page}")]
    # Clopper and Pearson for 190 of 200 and 95 of 100.
    assert [row.split(" | ")[1:5] for row in rows] == [
        ["200", "10", "95.00%", "91.0–97.6%"],
        ["100", "5", "95.00%", "88.7–98.4%"],
    ]


def test_what_is_computed_is_recorded_with_its_figures(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en")
    page.table_of_categories(page.found())
    made = {(note.operation, note.rows, note.printed) for note in page.computed.ledger.notes}
    toys = "toys_share_passed|sample_city|2024-05|press-2025|"
    assert ("sum(of=failed)", toys, "10") in made
    assert ("pooled_rate(by=counts)", toys, "95.00%") in made


def test_the_page_is_made_only_where_the_place_has_counts_by_category(tmp_path: Path) -> None:
    names = [page.docname for page in pages_of(load(folder_of(tmp_path / "with")), "2025", "en")]
    assert "goods" in names
    without = load(write_evidence(tmp_path / "without"))
    assert "goods" not in [page.docname for page in pages_of(without, "2025", "en")]
