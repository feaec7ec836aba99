"""How the calibration on public series is told: the numbers are those of the file that the package ships."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import write_evidence

from qualitybook.analysis.scales import CLASSES, calibration
from qualitybook.report.pages.base import Page
from qualitybook.report.sections import calibration as calibration_section


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("calibration")
    return Page("made", write_evidence(folder / "data"), "2025", "en", folder / "figures")


@pytest.mark.parametrize("code", sorted(CLASSES))
def test_points_lie_inside_their_intervals(code: str) -> None:
    points = calibration_section.reliability(code)
    assert len(points) >= 8
    assert points["printed"].is_monotonic_increasing
    assert points["observed"].between(points["lower"], points["upper"]).all()
    scores = calibration()["provenance"]["coverage"][code]
    assert points["count"].sum() == sum(score["cases"] for score in scores.values())


def test_the_sentence_names_the_worst_and_the_best_data_set(page: Page) -> None:
    shares = [score["cover80"] for score in calibration()["provenance"]["coverage"]["share"].values()]
    told = calibration_section.sentence(page, "share")
    assert f"held {min(shares):.0f}% to {max(shares):.0f}% of the outcomes" in told


def test_one_data_set_gets_one_number(page: Page) -> None:
    (score,) = calibration()["provenance"]["coverage"]["pass_rate"].values()
    assert calibration_section.sentence(page, "pass_rate").endswith(f"held {score['cover80']:.0f}% of the outcomes.")


def test_every_score_is_in_the_table(page: Page) -> None:
    told = calibration_section.table(page)
    coverage = calibration()["provenance"]["coverage"]
    assert told.count("WUENIC") == 2
    for scores in coverage.values():
        for score in scores.values():
            assert f"| {score['cases']:,} | {score['cover80']:.1f}% | {score['cover95']:.1f}% |" in told


def test_a_figure_a_class_is_drawn(page: Page) -> None:
    told = calibration_section.figures(page)
    assert told.count("figure-md") == len(CLASSES)
    assert len(list(Path(page.out).glob("*.svg"))) == len(CLASSES)
