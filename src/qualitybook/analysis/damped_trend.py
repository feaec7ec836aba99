"""Model B: a local level with a shrunken, damped trend, run by the Kalman filter of statsmodels.

    z_t = l_t + eps_t,  l_{t+1} = l_t + phi b_t + eta_t,  b_{t+1} = phi b_t,
    Var eta = s2,  Var eps = r s2 + V_t,  b_1 ~ N(0, pb s2),  l_1 diffuse,  s2 ~ scaled-inv-chi2(nu0, s0^2).

As in model A, the unit of the last printed decimal widens ``s0``: what stays the same as printed may have moved.

``r, pb, phi, nu0, s0`` are constants of the class of series, so no optimiser runs. Without known observation variances
``V_t`` the posterior is closed: with innovations ``v_t`` and their variances ``F_t`` at ``s2 = 1``, a forecast is
Student t with ``nu0 + n - 1`` degrees of freedom and squared scale ``(nu0 s0^2 + sum v_t^2 / F_t) / (nu0 + n - 1)``
times the forecast variance of the filter. With them, s2 runs over a grid and the normal forecasts are mixed.

This module imports statsmodels; import it only where a forecast is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.mlemodel import MLEModel

from qualitybook.analysis.error_table import STEP_GRID_SIZE, log_step_prior, mixture_quantiles, prior_step
from qualitybook.analysis.scales import ClassConstants, FloatArray

_GRID_DECADES = (-3.5, 1.5)
"""Span of the grid of level variances in powers of ten around the estimate that ignores observation variance."""


class DampedTrendModel(MLEModel):
    """State space model of level and damped trend with fixed constants, of yearly values on the modelling scale."""

    def __init__(self, endog: FloatArray, constants: ClassConstants) -> None:
        super().__init__(endog, k_states=2, k_posdef=1)
        self._constants = constants
        self["design"] = np.array([[1.0, 0.0]])
        self["transition"] = np.array([[1.0, constants.damping], [0.0, constants.damping]])
        self["selection"] = np.array([[1.0], [0.0]])
        self.set_step_variance(1.0)

    def set_step_variance(self, step_variance: float, variances: FloatArray | None = None) -> None:
        """Set the variances of the model; those known of each year, shape (T,), are added to the irregular one."""
        irregular = self._constants.noise_ratio * step_variance
        self["state_cov"] = np.array([[step_variance]])
        self["obs_cov"] = np.array([[irregular]]) if variances is None else (irregular + variances)[None, None, :]
        start = Initialization(2)
        start.set(0, "diffuse")
        start.set(1, "known", constant=[0.0], stationary_cov=[[self._constants.trend_ratio * step_variance]])
        self.ssm.initialization = start


@dataclass(frozen=True, eq=False)
class TrendFit:
    """What the filter found, for one or several level variances."""

    step_variance: FloatArray
    """Level variances, shape (K,)."""
    weights: FloatArray
    """Posterior weights, shape (K,)."""
    freedom: float
    """Degrees of freedom of the forecast; infinite where variances are mixed over a grid."""
    locations: FloatArray
    variances: FloatArray
    """Mean and variance of the value at each lead, shape (K, H)."""
    state: FloatArray
    state_variance: FloatArray
    """Level and trend at the last fitted value, shapes (K, 2) and (K, 2, 2)."""
    constants: ClassConstants
    """Constants the model ran with."""

    def quantiles(self, levels: FloatArray) -> FloatArray:
        """Return the quantiles of model B on the modelling scale, shape (H, L)."""
        deviations = np.sqrt(self.variances)
        if self.weights.size == 1:
            return self.locations[0][:, None] + deviations[0][:, None] * stdtrit(self.freedom, levels)[None, :]
        columns = range(self.locations.shape[1])
        return np.array(
            [mixture_quantiles(self.locations[:, h], deviations[:, h], self.weights, levels) for h in columns]
        )

    def simulate(self, lead: int, paths: int, draws: np.random.Generator) -> FloatArray:
        """Return values simulated from the posterior of level, trend and level variance, shape (paths, lead)."""
        part = draws.choice(self.weights.size, size=paths, p=self.weights)
        widen = np.ones(paths)
        if np.isfinite(self.freedom):
            widen = self.freedom / draws.chisquare(self.freedom, size=paths)
        # Square roots of the covariances, which may be singular.
        spectra = [np.linalg.eigh(matrix) for matrix in self.state_variance]
        roots = np.array([vectors * np.sqrt(np.maximum(values, 0.0)) for values, vectors in spectra])
        noise = np.einsum("pij,pj->pi", roots[part], draws.standard_normal((paths, 2)))
        level, trend = (self.state[part] + np.sqrt(widen)[:, None] * noise).T
        deviation = np.sqrt(self.step_variance[part] * widen)
        found = np.empty((paths, lead))
        for h in range(lead):
            level = level + self.constants.damping * trend + deviation * draws.standard_normal(paths)
            trend = self.constants.damping * trend
            irregular = np.sqrt(self.constants.noise_ratio) * deviation
            found[:, h] = level + irregular * draws.standard_normal(paths)
        return found


def fit_damped_trend(
    z: FloatArray,
    years: FloatArray,
    max_lead: int,
    constants: ClassConstants,
    variances: FloatArray | None = None,
    grain: float = 0.0,
) -> TrendFit:
    """Run the filter over the fitted values of whole years, shape (n,), and as far ahead as asked."""
    positions = (years - years[0]).astype(int)
    endog = np.full(positions[-1] + 1 + max_lead, np.nan)
    endog[positions] = z
    model = DampedTrendModel(endog, constants)
    prior = prior_step(constants.prior_step, constants.prior_weight, grain)
    exact = _exact_fit(model, z.size, max_lead, constants, prior)
    if variances is None or not np.any(variances > 0):
        return exact
    known = np.zeros(endog.size)
    known[positions] = variances
    return _grid_fit(model, known, max_lead, constants, prior, float(exact.step_variance[0]))


def _exact_fit(model: DampedTrendModel, n: int, max_lead: int, constants: ClassConstants, prior: float) -> TrendFit:
    """Return the closed posterior where values are exact."""
    locations, variances, state, state_variance, squares, _ = _filtered(model, max_lead)
    freedom = constants.prior_weight + n - 1
    s2 = (constants.prior_weight * prior**2 + squares) / freedom
    return TrendFit(
        step_variance=np.array([s2]),
        weights=np.ones(1),
        freedom=freedom,
        locations=locations[None, :],
        variances=s2 * variances[None, :],
        state=state[None, :],
        state_variance=s2 * state_variance[None, :],
        constants=constants,
    )


def _grid_fit(
    model: DampedTrendModel, known: FloatArray, max_lead: int, constants: ClassConstants, prior: float, centre: float
) -> TrendFit:
    """Return normal forecasts over a grid of level variances, weighted by prior and likelihood."""
    grid = centre * np.logspace(*_GRID_DECADES, STEP_GRID_SIZE)
    runs = []
    for s2 in grid:
        model.set_step_variance(float(s2), known)
        runs.append(_filtered(model, max_lead))
    log_weight = np.array([run[5] for run in runs])
    log_weight = log_weight + log_step_prior(grid, constants.prior_weight, prior)
    weights = np.exp(log_weight - log_weight.max())
    locations, variances, state, state_variance = (np.array([run[i] for run in runs]) for i in range(4))
    return TrendFit(grid, weights / weights.sum(), np.inf, locations, variances, state, state_variance, constants)


def _filtered(
    model: DampedTrendModel, max_lead: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, float, float]:
    """Run the filter once: forecasts, their variances, last state and its variance, sum of v^2/F, log likelihood."""
    result = model.ssm.filter()
    last = model.nobs - max_lead - 1
    # The diffuse first value carries no information on the step size.
    used = slice(int(result.nobs_diffuse), last + 1)
    surprise = result.forecasts_error[0, used]
    total = result.forecasts_error_cov[0, 0, used]
    seen = np.isfinite(surprise)
    ratio = surprise[seen] ** 2 / total[seen]
    return (
        result.forecasts[0, last + 1 :],
        result.forecasts_error_cov[0, 0, last + 1 :],
        result.filtered_state[:, last],
        result.filtered_state_cov[:, :, last],
        float(ratio.sum()),
        float(-0.5 * np.sum(np.log(total[seen]) + ratio)),
    )
