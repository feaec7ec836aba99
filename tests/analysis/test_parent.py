"""Gaps to a containing place, and a goal by its newer figures (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.special import ndtr
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.borrowing import ParentView
from qualitybook.analysis.gap_model import condition_gaps, gap_prior
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.scales import LOGIT
from qualitybook.analysis.verdict import judge

NOW = date(2026, 6, 30)
INTENSITY, RATE, CENTRES = "research_intensity", "goods_pass_rate", "test_centres"


def gaps_of(own: dict[int, float], parent: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    years = np.array(list(own), dtype=float)
    return years, LOGIT.forward([*own.values()]) - LOGIT.forward([parent[year] for year in own])


def chance_at_least(goal: float, parent: float, years: np.ndarray, gaps: np.ndarray, asked: int) -> float:
    made = condition_gaps(gap_prior("logit"), years, gaps, np.zeros(years.size), np.array([float(asked)]))
    above = (LOGIT.forward([goal])[0] - LOGIT.forward([parent])[0] - made.means[:, 0]) / np.sqrt(
        made.covariances[:, 0, 0]
    )
    return float(made.weights @ (1 - ndtr(above)))


def test_gaps_agree_with_an_independent_computation() -> None:
    """The numbers are those of a separate program with the same prior, checked against three million draws."""
    own, parent = {2018: 2.63, 2019: 2.87, 2023: 3.44}, {2018: 2.71, 2019: 2.88, 2023: 3.48}
    years, gaps = gaps_of(own, parent)
    assert chance_at_least(3.435, 3.6, years, gaps, 2024) == pytest.approx(0.741139209320645, abs=1e-6)
    assert chance_at_least(3.435, 3.6, years, gaps, 2025) == pytest.approx(0.7166838588824953, abs=1e-6)
    one = np.array([2023.0]), gaps[-1:]
    assert chance_at_least(3.435, 3.6, *one, 2024) == pytest.approx(0.6217965204660574, abs=1e-6)


def test_a_gap_known_longer_is_known_better() -> None:
    prior = gap_prior("logit")
    short = condition_gaps(prior, np.array([2023.0]), np.array([0.1]), np.zeros(1), np.array([2024.0]))
    years = np.arange(2014.0, 2024.0)
    long = condition_gaps(prior, years, np.full(10, 0.1), np.zeros(10), np.array([2024.0]))
    spread = [float(made.weights @ made.covariances[:, 0, 0]) for made in (short, long)]
    assert spread[1] < spread[0] / 4


def test_draws_have_the_moments_of_the_mixture() -> None:
    years = np.arange(2014.0, 2024.0)
    made = condition_gaps(gap_prior("log"), years, np.full(10, 0.1), np.zeros(10), np.array([2024.0, 2025.0]))
    drawn = made.draw(50_000, np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx(made.weights @ made.means, abs=0.002)


# The city of the sample lies in its province.

OWN = {str(year): f"{93 + 0.2 * (year - 2014):.1f}" for year in range(2014, 2024)}
PROVINCE = {str(year): f"{92 + 0.2 * (year - 2014):.1f}" for year in range(2014, 2024)}


def both(province: dict[str, str], **cells: str) -> list[Row]:
    own = [observation(RATE, "sample_city", year, value, "yearbook-2024") for year, value in OWN.items()]
    newer = [observation(RATE, "sample_province", year, value, "yearbook-2026") for year, value in province.items()]
    return own + [row | cells if int(row["period"][:4]) > 2023 else row for row in newer]


def view_of(catalog_of: CatalogMaker, observations: list[Row], goal: float = 95.0) -> ParentView | None:
    catalog = catalog_of(observations)
    return ParentView.of(catalog, judge(catalog, Goal(RATE, "sample_city", "at_least", goal, 2025), NOW))


def test_a_rise_of_the_province_lifts_the_chance_and_a_fall_lowers_it(catalog_of: CatalogMaker) -> None:
    rise, fall = (view_of(catalog_of, both(PROVINCE | {"2024": str(end), "2025": str(end)})) for end in (94.6, 92.6))
    assert rise is not None
    assert fall is not None
    assert rise.region_id == "sample_province"
    assert [row.period for row in rise.newer] == ["2024", "2025"]
    assert rise.probability > 0.8
    assert fall.probability < 0.2


@pytest.mark.parametrize("province", [PROVINCE, PROVINCE | {"2024": "94.6"}, {"2023": "93.8", "2025": "94.6"}])
def test_without_newer_figures_or_shared_years_there_is_no_such_view(
    catalog_of: CatalogMaker, province: dict[str, str]
) -> None:
    assert view_of(catalog_of, both(province)) is None


def test_rounding_of_an_approximate_figure_of_the_province_blurs_the_chance(catalog_of: CatalogMaker) -> None:
    sharp, blurred = (
        view_of(catalog_of, both(PROVINCE | {"2025": "95"}, qualifier=qualifier), goal=95.6)
        for qualifier in ("exact", "about")
    )
    assert sharp is not None
    assert blurred is not None
    assert 0.5 < blurred.probability < sharp.probability


def test_a_revision_of_the_province_is_carried_over_to_the_city(catalog_of: CatalogMaker) -> None:
    first = observation(RATE, "sample_province", "2023", "94.0", "yearbook-2024", basis="first-release")
    made = view_of(catalog_of, [*both(PROVINCE | {"2025": "94.6"}), first])
    assert made is not None
    assert made.revision is not None
    assert (made.revision.before.value_text, made.revision.after.value_text) == ("94.0", "93.8")
    assert made.revision.implied == pytest.approx(94.8 * 93.8 / 94.0)


def test_a_rise_is_asked_of_every_year_as_printed(catalog_of: CatalogMaker) -> None:
    goal = Goal(RATE, "sample_city", "rising", None, 2025, baseline_year=2022)
    steady, falling = (
        ParentView.of(catalog, judge(catalog, goal, NOW))
        for ends in (("94.6", "95.4"), ("94.6", "93.8"))
        for catalog in [catalog_of(both(PROVINCE | dict(zip(("2024", "2025"), ends, strict=True))))]
    )
    assert steady is not None
    assert falling is not None
    assert steady.probability > 0.7 > 0.3 > falling.probability


def test_verdicts_without_a_probability_have_no_such_view(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(evidence_tables()["observations"])
    decided = judge(catalog, Goal(RATE, "sample_city", "at_least", 95.0, 2025), NOW)
    assert decided.probability is None
    assert ParentView.of(catalog, decided) is None
