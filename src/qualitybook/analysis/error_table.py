"""Model A: the last value plus forecast errors of other public series, scaled by this series' own yearly step.

With ``z`` the fitted values on the modelling scale at years ``t``, ``d_i = (z_{i+1} - z_i) / sqrt(t_{i+1} - t_i)`` and
``m`` steps, the quantile ``p`` at lead ``h`` is

    z_n + c h (z_n - z_1) / (t_n - t_1) + S sqrt(h) q_{n,h}(p),

    S = R^(m / (m + k)) s0^(k / (m + k)),    R^2 = (sum d_i^2 + w s0^2 + 4 u^2) / (m + w).

``R`` is the series' own step size. ``s0``, the typical step of the class, hardly enters it (``w`` is far below one
step): on public series steps differ a hundredfold within a class, and a step size borrowed in full makes ranges too
wide where they are small and too narrow where they are large. ``u`` is the unit of the last printed decimal: figures
that stay the same as printed may have moved by less than that. ``k``, one step, draws small and large step
sizes towards each other, as they are drawn in the years that follow.

Where values carry a known observation variance, the last value becomes the filtered level of a local level model and
``R^2`` the harmonic posterior mean of its step variance. Without observation variance that mean is exactly the formula
above, because the prior is scaled-inverse-chi-squared with ``w`` degrees of freedom and scale ``s0``. The noisier the
values are, the fewer steps ``m`` they count for in ``S``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from qualitybook.analysis.scales import ErrorTable, FloatArray

STEP_GRID_SIZE = 21
"""Number of step variances on the grid that stands for their posterior."""

_STEP_GRID_DECADES = (-3.5, 1.0)
"""Span of that grid in powers of ten around the naive step variance."""

FINE_SCORES = np.linspace(-4.0, 4.0, 121)
FINE_LEVELS = ndtr(FINE_SCORES)
"""Probability levels, evenly spaced in normal scores, that stand for a whole distribution."""

FINE_WEIGHTS = np.diff(ndtr(np.concatenate([[-np.inf], (FINE_SCORES[1:] + FINE_SCORES[:-1]) / 2, [np.inf]])))
"""Probability each of them stands for."""

_SMALLEST_DEVIATION = 1e-9
"""Smallest standard deviation of a part of a mixture, on any of the scales used."""

GRAIN_WEIGHT = 4.0
"""Squares of the unit of the last printed decimal that are added to those of the steps."""

_NEGLIGIBLE_SHARE = 1e-6
"""Level variance below this share of the error variance is left out of the convolution."""


def scaled_steps(z: FloatArray, years: FloatArray) -> FloatArray:
    """Return the steps between fitted values, divided by the square root of the gap, shape (n - 1,)."""
    return np.diff(z) / np.sqrt(np.diff(years))


def step_scale(
    z: FloatArray, years: FloatArray, class_step: float, weight: float = 1.0, shrinkage: float = 0.0, grain: float = 0.0
) -> float:
    """Return the yearly step size ``S`` of a series, drawn towards that of its class."""
    steps = scaled_steps(z, years)
    own = np.sqrt((np.sum(steps**2) + weight * prior_step(class_step, weight, grain) ** 2) / (steps.size + weight))
    return _shrunk_step(float(own), steps.size, class_step, shrinkage)


def prior_step(class_step: float, weight: float, grain: float) -> float:
    """Return the scale of the prior of a step variance: the class step, widened by the unit of the last decimal."""
    return float(np.sqrt(class_step**2 + GRAIN_WEIGHT / weight * grain**2))


def _shrunk_step(own: float, steps: float, class_step: float, shrinkage: float) -> float:
    """Return the geometric mean of a step size seen in some steps and of the class step."""
    if shrinkage == 0.0:
        return own
    share = steps / (steps + shrinkage)
    return float(own**share * class_step ** (1.0 - share))


def mean_step(z: FloatArray, years: FloatArray) -> float:
    """Return the mean yearly step from the first to the last fitted value, zero for a single value."""
    return 0.0 if z.size < 2 else float((z[-1] - z[0]) / (years[-1] - years[0]))


@dataclass(frozen=True, eq=False)
class LevelEstimate:
    """What is known of the present level and of its yearly step."""

    level: float
    """Present level on the modelling scale."""
    variance: float
    """Variance of that level, zero where values are exact."""
    step: float
    """Yearly step ``S``."""
    dispersion: float = 1.0
    """Factor on the observation variance, 1 unless several were tried."""

    @classmethod
    def of(
        cls,
        z: FloatArray,
        years: FloatArray,
        class_step: float,
        variances: FloatArray | None = None,
        dispersions: FloatArray | None = None,
        *,
        weight: float = 1.0,
        shrinkage: float = 0.0,
        grain: float = 0.0,
    ) -> LevelEstimate:
        """Return the present level and step size, with the observation variance taken into account.

        The variances are those of each value on the modelling scale, shape (n,). Dispersions are factors on them to
        weigh against each other (prior weight falls as one over the factor squared); by default they are taken as they
        are.
        """
        own = step_scale(z, years, class_step, weight, 0.0, grain)
        seen = float(z.size - 1)
        if variances is None or not np.any(variances > 0):
            return cls(float(z[-1]), 0.0, _shrunk_step(own, seen, class_step, shrinkage))
        factors = np.ones(1) if dispersions is None else dispersions
        grid = own**2 * np.logspace(*_STEP_GRID_DECADES, STEP_GRID_SIZE)
        steps, factor = (axis.ravel() for axis in np.meshgrid(grid, factors))
        level, variance, log_likelihood = filter_local_level(z, years, steps, factor[:, None] * variances)
        prior = log_step_prior(steps, weight, prior_step(class_step, weight, grain))
        log_weight = log_likelihood + prior - 2.0 * np.log(factor)
        chance = np.exp(log_weight - log_weight.max())
        chance /= chance.sum()
        centre = float(chance @ level)
        dispersion = float(chance @ factor)
        step = float(1.0 / np.sqrt(chance @ (1.0 / steps)))
        # The difference of two noisy values holds two noises; their share in it takes away what a step tells of its
        # size.
        clear = step**2 / (step**2 + 2.0 * dispersion * float(np.mean(variances)))
        return cls(
            level=centre,
            variance=float(chance @ (variance + (level - centre) ** 2)),
            step=_shrunk_step(step, seen * clear**2, class_step, shrinkage),
            dispersion=dispersion,
        )


def log_step_prior(step_variance: FloatArray, weight: float, step: float) -> FloatArray:
    """Return the log density, over log variance, of a scaled-inverse-chi-squared prior, up to a constant."""
    return -0.5 * weight * (np.log(step_variance) + step**2 / step_variance)


def filter_local_level(
    z: FloatArray, years: FloatArray, step_variance: FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Run a local level filter with a diffuse start for K step variances at once; `variances` has shape (K, n).

    Return the last level, its variance, and the log likelihood given the first value, each of shape (K,).
    """
    level = np.full(step_variance.shape, z[0])
    variance = variances[:, 0].copy()
    log_likelihood = np.zeros(step_variance.shape)
    for i in range(1, z.size):
        variance = variance + step_variance * (years[i] - years[i - 1])
        total = variance + variances[:, i]
        surprise = z[i] - level
        log_likelihood -= 0.5 * (np.log(total) + surprise**2 / total)
        gain = variance / total
        level = level + gain * surprise
        variance = variance * (1.0 - gain)
    return level, variance, log_likelihood


def table_quantiles(
    estimate: LevelEstimate, n: int, drift: float, leads: tuple[int, ...], levels: FloatArray, table: ErrorTable
) -> FloatArray:
    """Return the quantiles of model A on the modelling scale, shape (H, L)."""
    rows = []
    for lead in leads:
        unit = estimate.step * np.sqrt(lead)
        if estimate.variance <= _NEGLIGIBLE_SHARE * unit**2:
            errors = unit * table.scaled_errors(n, lead, levels)
        else:
            fine = unit * table.scaled_errors(n, lead, FINE_LEVELS)
            errors = blurred_quantiles(fine, np.full(fine.size, estimate.variance), levels)
        rows.append(errors + drift * lead)
    return estimate.level + np.asarray(rows)


def blurred_quantiles(values: FloatArray, variances: FloatArray, levels: FloatArray) -> FloatArray:
    """Return quantiles of a distribution whose every value carries its own normal error, of the variance beside it."""
    # The variance of a cell's width closes the gaps between the points that stand for a continuous distribution.
    filled = np.sqrt(variances + np.gradient(values) ** 2 / 12.0)
    return mixture_quantiles(values, np.maximum(filled, _SMALLEST_DEVIATION), FINE_WEIGHTS, levels)


def mixture_quantiles(
    means: FloatArray, deviations: FloatArray, weights: FloatArray | None, levels: FloatArray, points: int = 401
) -> FloatArray:
    """Return quantiles of a mixture of normal distributions; weights add up to one, and None stands for equal ones."""
    share = np.full(means.size, 1.0 / means.size) if weights is None else weights
    reach = max(4.5, float(np.max(np.abs(ndtri(levels)))) + 1.0)
    low, high = np.min(means - reach * deviations), np.max(means + reach * deviations)
    centre = float(share @ means)
    spread = float(np.sqrt(share @ (deviations**2 + (means - centre) ** 2)))
    # Evenly spaced in arcsinh, so that a wide but unlikely part does not coarsen the middle.
    ends = np.arcsinh((np.array([low, high]) - centre) / (0.1 * spread))
    x = centre + 0.1 * spread * np.sinh(np.linspace(ends[0], ends[1], points))
    cumulative = share @ ndtr((x[None, :] - means[:, None]) / deviations[:, None])
    return np.interp(ndtri(levels), ndtri(np.clip(cumulative, 1e-15, 1 - 1e-15)), x)
