"""How far a place lies from the place that contains it: a gap that mostly lasts, from public panels and its own past.

On the modelling scale the value of a place is that of its parent and a gap, ``z(t) = z_parent(t) + g(t)``. The gap is
a common one of all places, a lasting one of the place that drifts slowly, and the noise of one figure:

    cov(g(t), g(u)) = tau^2 (c^2 + a exp(-|t - u| / L) + (1 - a) 1(t = u))

The spread `tau` and the lasting share `a` run over a small grid whose prior comes from public panels; given both, all
else is conditioning of a multivariate normal, so that the answer is a mixture of normals. Nothing is sampled here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from qualitybook.analysis.transforms import FloatArray

_REACH = 2.2
"Ends of the grid of the spread, in standard deviations of its logarithm."
_JITTER = 1e-9


@dataclass(frozen=True)
class GapPrior:
    """What public panels say of gaps on one modelling scale."""

    log_spread_mean: float
    log_spread_sd: float
    lasting: tuple[float, ...]
    "Shares of the gap's variance that last."
    lasting_weights: tuple[float, ...]
    memory: float
    "Years after which the lasting part has lost all but a share of 1/e."
    common: float
    "Standard deviation of the common gap, in spreads."
    points: int

    def grid(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return spreads, lasting shares and their prior weights, each of shape (K,)."""
        places = np.linspace(-_REACH, _REACH, self.points)
        density = np.exp(-places * places / 2)
        spreads = np.exp(self.log_spread_mean + self.log_spread_sd * places)
        spread, share = np.meshgrid(spreads, self.lasting, indexing="ij")
        weights = np.outer(density / density.sum(), np.array(self.lasting_weights) / sum(self.lasting_weights))
        return spread.ravel(), share.ravel(), weights.ravel()


@dataclass(frozen=True, eq=False)
class GapMixture:
    """Gaps of some years as a mixture of normals: weights (K,), means (K, H), covariances (K, H, H)."""

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray

    def draw(self, size: int, draws: np.random.Generator) -> FloatArray:
        """Return random gaps, shape (size, H)."""
        counts = draws.multinomial(size, self.weights)
        parts = [
            draws.multivariate_normal(mean, covariance, count, method="cholesky")
            for count, mean, covariance in zip(counts, self.means, self.covariances, strict=True)
        ]
        return np.concatenate(parts)


@cache
def gap_prior(transform_name: str) -> GapPrior:
    """Return the prior for a modelling scale, ``logit`` or ``log``; raises KeyError for another one."""
    text = resources.files("qualitybook.analysis").joinpath("gaps.json").read_text(encoding="utf-8")
    record = json.loads(text)[transform_name]
    return GapPrior(
        log_spread_mean=record["log_spread_mean"],
        log_spread_sd=record["log_spread_sd"],
        lasting=tuple(record["lasting"]),
        lasting_weights=tuple(record["lasting_weights"]),
        memory=record["memory"],
        common=record["common"],
        points=record["points"],
    )


def condition_gaps(
    prior: GapPrior, years: FloatArray, gaps: FloatArray, variances: FloatArray, asked: FloatArray
) -> GapMixture:
    """Return the gaps of the years asked for, given those of other years.

    Years are shape (n,) and asked (H,); gaps and variances (what is known to blur a gap, such as the rounding of a
    figure) shape (n,), on the modelling scale.
    """
    spread, share, weights = prior.grid()
    at = np.concatenate([years, asked])
    distance = np.abs(at[:, None] - at[None, :])
    n = years.size
    log_weights, means, covariances = np.log(weights), [], []
    for place, (tau, lasting) in enumerate(zip(spread, share, strict=True)):
        shape = prior.common**2 + lasting * np.exp(-distance / prior.memory) + (1 - lasting) * (distance == 0)
        covariance = tau * tau * shape
        root = np.linalg.cholesky(covariance[:n, :n] + np.diag(variances + _JITTER))
        seen = np.linalg.solve(root, gaps)
        gain = np.linalg.solve(root, covariance[:n, n:])
        log_weights[place] -= seen @ seen / 2 + np.log(np.diag(root)).sum()
        means.append(gain.T @ seen)
        covariances.append(covariance[n:, n:] - gain.T @ gain + _JITTER * np.eye(asked.size))
    posterior = np.exp(log_weights - log_weights.max())
    return GapMixture(posterior / posterior.sum(), np.array(means), np.array(covariances))
