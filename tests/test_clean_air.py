"""The invented example of every shape of goal: its answers are those worked out by hand, and it says that it is one."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from small_project import build_here

from qualitybook.analysis.assess import assess_targets
from qualitybook.evidence import Catalog, load
from qualitybook.evidence.check import check
from qualitybook.evidence.schema import RULES
from qualitybook.publish.notes import notes_of
from qualitybook.report.voice import Voice

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "clean-air"

# On 30 June 2026, by hand:
BY_HAND = {
    # 40+33+27+22+18+14+12+13+17+22+27+34 = 279, a mean of 23.25; nobody has published it, so it orients only.
    "pm25": ("cannot_judge", "derived"),
    # 320 is 320 or more.
    "good-days": ("met", ""),
    # 165 in 2020, 160, then 161: a rise in 2022.
    "ozone": ("not_met", ""),
    # The 20th place is among the first 20.
    "rank": ("met", ""),
    # 9.0 is not less than 9.
    "leakage": ("not_met", ""),
    # 31.2 is more than 30.
    "reuse": ("met", ""),
    # (9.0+12.4+10.0+9.5)/4 = 10.225, between 8 and 12; likewise of no publication.
    "groundwater": ("cannot_judge", "derived"),
    # 17 of 20, and 18 are asked for.
    "sections": ("not_met", ""),
    # 90.2 is 90 or more, but provisional.
    "sewage": ("cannot_judge", "provisional"),
    # 100.0 x 0.865 = 86.5; 86.0 is below.
    "energy": ("met", ""),
    # 21.0 + 5 = 26.0; 25.2 is 0.8 short.
    "renewable": ("not_met", ""),
    # 1.071 x 1.032 x 1.055 x 1.060 x 1.039 = 1.2842, its fifth root 1.0513.
    "investment": ("met", ""),
    # 15, and 12 in 2020.
    "stations": ("met", ""),
    # In force from September, due in June.
    "rules": ("not_met", ""),
    # 40.1, 40.3, 40.8, 41.0, 41.5, 41.9: every year more.
    "green": ("met", ""),
    # 2030 is more than three years away.
    "buses": ("cannot_judge", "too_far"),
    "culture": ("no_verdict", "qualitative"),
}
A_YEAR_BEFORE = {
    # The rise of 2022 decides at once.
    "ozone": ("not_met", ""),
    # Seven ranks; a probability needs eight.
    "rank": ("cannot_judge", "too_few_ranks"),
    # Figures of growth are never forecast.
    "investment": ("cannot_judge", "not_forecast"),
    "buses": ("cannot_judge", "too_far"),
    "culture": ("no_verdict", "qualitative"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(FOLDER)


def answers(catalog: Catalog, edition: str) -> dict[str, tuple[str, str]]:
    found = assess_targets(catalog, catalog.edition(edition).as_of)
    return {item.target_id: (item.verdict.state, item.verdict.reason or "") for item in found}


def test_it_is_sound() -> None:
    assert [str(problem) for problem in check(FOLDER)] == []


def test_it_has_a_goal_of_every_shape_and_a_series_of_every_length(catalog: Catalog) -> None:
    assert set(catalog.targets["rule"]) == set(RULES)
    assert {"2025", "2025-01", "2025-Q1"} <= set(catalog.observations["period"])
    assert {"provisional", "revised"} <= set(catalog.observations["status"])
    assert catalog.sources["withdrawn"].notna().any()
    assert [len(target.path) for target in map(catalog.target, catalog.targets["target_id"]) if target.path] == [2]


def test_the_answers_are_those_worked_out_by_hand(catalog: Catalog) -> None:
    assert answers(catalog, "2025") == BY_HAND


def test_a_year_before_what_is_not_decided_is_open(catalog: Catalog) -> None:
    assert answers(catalog, "2024") == {key: ("open", "") for key in BY_HAND} | A_YEAR_BEFORE


@pytest.mark.parametrize(
    ("indicator", "year", "day", "value"),
    [
        ("good_days", "2023", date(2025, 1, 1), "315"),
        ("good_days", "2023", date(2025, 6, 30), "316"),
        ("reuse", "2024", date(2025, 5, 9), "35.0"),
        ("reuse", "2024", date(2025, 6, 30), "29.8"),
    ],
)
def test_a_revision_and_a_withdrawal_count_from_their_days(
    catalog: Catalog, indicator: str, year: str, day: date, value: str
) -> None:
    from qualitybook.evidence import chosen

    seen = chosen(catalog.as_of(day).observations_of(indicator, "example_city"))
    assert list(seen[seen["period"] == year]["value_text"]) == [value]


def test_its_erratum_stands_beside_the_edition_and_names_a_figure_that_is_there(catalog: Catalog) -> None:
    (erratum,) = catalog.errata.to_dict("records")
    named = catalog.observations_of(erratum["indicator_id"], erratum["region_id"])
    assert list(named[named["period"] == erratum["period"]]["value_text"]) == ["24"]
    edition = catalog.edition(erratum["edition"])
    page = notes_of([Voice("en", catalog)], [edition])[edition.edition]
    assert "called the 24th place of 2023 the 23rd. A slip of the editor (invented)." in page


def test_names_of_sources_and_places_say_that_they_are_invented(catalog: Catalog) -> None:
    for names in (catalog.sources["title"], catalog.sources["publisher"], catalog.regions["name_en"]):
        assert names.str.contains("invented").all()
    assert (catalog.sources["url"] == "").all()


@pytest.mark.book
def test_every_page_of_its_book_says_that_it_is_invented(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "clean-air")
    built = build_here(tmp_path, "--root", str(ROOT), "--data", "clean-air", "--html")
    assert built.exit_code == 0, built.stderr
    site = tmp_path / "_site-clean-air-example"
    assert [path.name for path in (site / "2025").iterdir() if path.is_dir()] == ["en"]
    pages = {path: path.read_text("utf-8") for path in (site / "2025" / "en").rglob("*.html")}
    assert len([path for path in pages if path.parent.name == "targets"]) == len(BY_HAND) - 1
    seen = {path: re.sub(r"(?s)<(script|style|title)\b.*?</\1>|<[^>]+>", " ", text) for path, text in pages.items()}
    # One page only leads on to the first.
    assert [path.name for path, text in seen.items() if "invented" not in text.lower()] == ["index.html"]
