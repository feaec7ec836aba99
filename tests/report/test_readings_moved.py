"""Which indicative readings moved between two editions, as codes and in words (made up)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import HEADERS, Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.edition_diff import EditionDiff, ReadingMove, compare
from qualitybook.analysis.indicative import Reading
from qualitybook.evidence import load
from qualitybook.report.pages import WhatChangedPage

RATE = "goods_pass_rate"
BEFORE = Reading("goods-pass", RATE, "range", "g5", 94.62, 92.31, 96.0)
NOW = replace(BEFORE, kind="number", reason="", estimate=95.1, low80=93.0, high80=96.4, probability=0.55)


def blank(table: str, **cells: str) -> Row:
    return dict.fromkeys(HEADERS[table], "") | {"target_id": "goods-pass", "indicator_id": RATE} | cells


def folder(at: Path, *, news: bool) -> Path:
    """Return evidence in which the goal is read on the nation, of which the later edition may know more."""
    kept = [row for row in evidence_tables()["observations"] if row["indicator_id"] != RATE]
    nation = [
        observation(RATE, "sample_nation", str(year), f"{93 + 0.1 * (year - 2010):.1f}", "yearbook-2024")
        for year in range(2010, 2023)
    ]
    late = [observation(RATE, "sample_nation", "2024", "96.9", "yearbook-2026")] if news else []
    words = blank("indicative_goals", assumption_zh="虚构", assumption_en="made up")
    grounds = [
        blank("indicative_evidence", from_indicator_id=RATE, region_id="sample_nation", role=role)
        | {"note_zh": "虚构", "note_en": "made up"}
        for role in ("parent", "peers")
    ]
    return write_evidence(
        at, observations=[*kept, *nation, *late], indicative_evidence=grounds, indicative_goals=[words]
    )


def diff_of(at: Path, *, news: bool) -> EditionDiff:
    catalog = load(folder(at, news=news))
    return compare(catalog, catalog.edition("2024"), catalog.edition("2025"))


def test_a_reading_that_moved_has_both_its_values(tmp_path: Path) -> None:
    (move,) = diff_of(tmp_path, news=True).readings
    assert (move.target, move.indicator) == ("goods-pass", RATE)
    assert move.before is not None
    assert move.now is not None
    assert move.before.estimate is not None
    assert move.now.estimate is not None
    assert round(move.now.estimate, 1) > round(move.before.estimate, 1)


def test_a_reading_that_says_the_same_did_not_move(tmp_path: Path) -> None:
    assert diff_of(tmp_path, news=False).readings == ()


MOVED = {
    "zh": (
        "| 1 | 产品抽检合格率不低于95% | 产品抽检合格率 | 94.6%（92.3%～96.0%） | 95.1%（93.0%～96.4%），约55% |",
        "| 1 | 产品抽检合格率不低于95% | 产品抽检合格率 | 无指示性估计 | 不估计 |",
    ),
    "en": (
        "| 1 | A pass rate of goods of 95% or more | Pass rate of goods "
        "| 94.6% (92.3–96.0%) | 95.1% (93.0–96.4%), about 55% |",
        "| 1 | A pass rate of goods of 95% or more | Pass rate of goods | no reading | no estimate |",
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_changed_says_both_values(tmp_path: Path, lang: str) -> None:
    page = WhatChangedPage(write_evidence(tmp_path / "data"), "2025", lang, tmp_path / "figures")
    assert page.diff is not None
    none = Reading("goods-pass", RATE, "refused", "no_series")
    moves = (ReadingMove("goods-pass", RATE, BEFORE, NOW), ReadingMove("goods-pass", RATE, None, none))
    told = page.readings_moved(replace(page.diff, readings=moves)).data
    assert [line for line in told.splitlines() if line.startswith("| 1 ")] == list(MOVED[lang])
    assert page.readings_moved(replace(page.diff, readings=())).data == ""
