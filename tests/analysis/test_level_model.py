"""The fit of the level model's constants in `benchmarks` runs the same model as the forecasts (series made here)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from level_model import HORIZON, LEVELS, NAMES, fit_level_model, level_model_loss, quantiles
from public_series import PublicSeries

from qualitybook.analysis.damped_trend import fit_damped_trend
from qualitybook.analysis.scales import INDEX, PASS_RATE

START = {"noise_ratio": 0.1, "trend_ratio": 0.6, "damping": 0.95, "prior_weight": 0.5, "prior_step": 0.05}


def walks(count: int, trend: float) -> list[PublicSeries]:
    draws = np.random.default_rng(7)
    steps = trend + 0.1 * draws.standard_normal((count, 13))
    return [PublicSeries("made", f"made:{i}", np.exp(np.cumsum(row)), 10, "log") for i, row in enumerate(steps)]


@pytest.mark.parametrize("kind", [INDEX, PASS_RATE], ids=["index", "rate"])
@pytest.mark.parametrize("n", [3, 5, 10])
def test_it_gives_the_quantiles_of_the_state_space_run(kind: object, n: int) -> None:
    constants = kind.constants
    past = np.cumsum(np.random.default_rng(n).standard_normal((4, n)), axis=1)
    together = quantiles(past, {name: getattr(constants, name) for name in NAMES})
    for z, rows in zip(past, together, strict=True):
        alone = fit_damped_trend(z, np.arange(n, dtype=float), HORIZON, constants).quantiles(LEVELS)
        assert rows == pytest.approx(alone, rel=1e-6, abs=1e-8)


def test_the_fit_lowers_the_loss_and_answers_the_same_twice() -> None:
    series = walks(24, trend=0.2)
    fitted = fit_level_model(series, START)
    assert level_model_loss(series, fitted) < level_model_loss(series, START)
    assert fit_level_model(series, START) == fitted
    assert set(fitted) == set(NAMES)
    assert 0 < fitted["damping"] < 1


def test_steady_trends_are_damped_less_than_none() -> None:
    steady, none = (fit_level_model(walks(24, trend), START)["trend_ratio"] for trend in (0.3, 0.0))
    assert steady > none
