"""The list of all indicators (its entries are made up)."""

from __future__ import annotations

from pathlib import Path

from qualitybook.report import CATALOGUE, FIGURES
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import Entry, write_catalogue


def entry(key: str, *, area: int = 0, is_own: bool = True, is_stale: bool = False) -> Entry:
    areas = (f"Area {area}",) if area else ()
    return Entry(key, key.upper(), area, areas, is_own, ("Place",), "rate", "Place: 1%", (), is_stale, "", ())


def test_the_plans_place_and_its_areas_come_first_and_what_has_no_news_last(tmp_path: Path) -> None:
    (tmp_path / FIGURES).mkdir()
    for each in (
        entry("old", area=1, is_stale=True),
        entry("elsewhere", area=1, is_own=False),
        entry("tenth", area=10),
        entry("second", area=2),
        entry("none"),
    ):
        each.write(tmp_path)
    write_catalogue(tmp_path, Words("en"))
    text = (tmp_path / f"{CATALOGUE}.md").read_text(encoding="utf-8")
    places = [text.index(name) for name in ("SECOND", "TENTH", "NONE", "ELSEWHERE", "OLD")]
    assert places == sorted(places)
