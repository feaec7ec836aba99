"""What changed between editions, and which figure is named as the cause. All figures are invented."""

from __future__ import annotations

from pathlib import Path

from synthetic import Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.edition_diff import EditionDiff, compare, previous
from qualitybook.evidence import load


def diff_of(folder: Path, before: str = "2024", now: str = "2025", extra: list[Row] | None = None) -> EditionDiff:
    """Return the changes in the sample city's evidence with further figures."""
    rows = [*evidence_tables()["observations"], *(extra or [])]
    catalog = load(write_evidence(folder, observations=rows))
    return compare(catalog, catalog.edition(before), catalog.edition(now))


def test_the_figure_that_decides_is_named(tmp_path: Path) -> None:
    move = next(move for move in diff_of(tmp_path).moves if move.now.target_id == "goods-pass")
    assert move.before.verdict.state == "cannot_judge"
    assert (move.now.verdict.state, move.code) == ("met", "figure")
    decisive = [cause for cause in move.causes if cause.code == "decides"]
    assert [(cause.row["period"], cause.row["value_text"], cause.role) for cause in decisive] == [
        ("2025", "95.96", "direct")
    ]


def test_what_time_alone_does_is_not_put_down_to_a_figure(tmp_path: Path) -> None:
    rows = [
        row
        for row in evidence_tables()["observations"]
        if row["indicator_id"] != "research_intensity" or int(row["period"]) < 2024
    ]
    catalog = load(write_evidence(tmp_path, observations=rows))
    made = compare(catalog, catalog.edition("2024"), catalog.edition("2025"))
    move = next(move for move in made.moves if move.now.target_id == "research")
    assert (move.before.verdict.state, move.now.verdict.state) == ("open", "awaiting")
    assert (move.code, move.time_matters, move.causes) == ("time", True, ())


def test_a_revision_is_told_with_what_it_stands_beside(tmp_path: Path) -> None:
    revised = observation("research_intensity", "sample_city", "2023", "3.20", "yearbook-2026", preferred="0")
    made = diff_of(tmp_path, extra=[revised])
    (revision,) = [item for item in made.revised if item.now["indicator_id"] == "research_intensity"]
    assert (revision.before["value_text"], revision.now["value_text"], revision.is_used) == ("3.09", "3.20", False)
    assert revision.now["line"] not in set(made.new["line"])


def test_nothing_new_moves_nothing(tmp_path: Path) -> None:
    editions = [*evidence_tables()["editions"]]
    editions[1]["as_of"] = "2024-07-01"
    catalog = load(write_evidence(tmp_path, editions=editions))
    made = compare(catalog, catalog.edition("2023"), catalog.edition("2024"))
    assert (len(made.new), made.revised, made.moves) == (0, (), ())


def test_the_edition_before(tmp_path: Path) -> None:
    catalog = load(write_evidence(tmp_path))
    assert previous(catalog, catalog.edition("2023")) is None
    before = previous(catalog, catalog.edition("2025"))
    assert before is not None
    assert before.edition == "2024"
