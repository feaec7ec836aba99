"""The track record (the sample city and its figures are made up)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from synthetic import write_evidence

from qualitybook.report.pages import TrackRecordPage


def test_a_year_made_from_its_parts_is_printed_with_its_thousands_apart(tmp_path: Path) -> None:
    page = TrackRecordPage(write_evidence(tmp_path / "data"), "2025", "en", tmp_path / "figures")
    lines = tuple(int(line) for line in page.everything.observations["line"].iloc[:2])
    made = SimpleNamespace(indicator_id="goods_pass_rate", lines=lines, outcome=12345.0, decimals=0)
    assert page._outcome(made, page.everything.observations.iloc[0]).startswith("12,345")


def test_an_outcome_that_its_source_rounded_is_marked_so_in_the_table_and_in_the_picture(tmp_path: Path) -> None:
    page = TrackRecordPage(write_evidence(tmp_path / "data"), "2025", "en", tmp_path / "figures")
    line = page.everything.observations.iloc[0].copy()
    line["qualifier"] = "about"
    case = SimpleNamespace(
        lines=(int(line["line"]),), outcome=float(line["value"]), decimals=2, **dict(line[["indicator_id"]])
    )
    assert page._outcome(case, line).startswith("≈")
    assert page._outcome(case, line) == page._said(case, line)
