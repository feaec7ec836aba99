"""A place's value from that of the place that contains it: a gap that mostly lasts, learnt from other places.

On the modelling scale the value of a place is that of its parent and a gap, ``z(t) = z_parent(t) + g(t)``. The gap is a
common one of all places, a lasting one of the place that drifts slowly, and the noise of one figure:

    cov(g_i(t), g_j(u)) = tau^2 (c^2 + 1(i = j) (a exp(-|t - u| / L) + (1 - a) 1(t = u)))

The spread `tau` and the lasting share `a` run over a small grid whose prior comes from public panels; given both, all
else is conditioning of a multivariate normal, so that the answer is a mixture of normals. Nothing is sampled here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product

import numpy as np
from scipy.special import ndtr, ndtri

from qualitybook.analysis.scales import FloatArray

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


@cache
def gap_prior(transform_name: str) -> GapPrior:
    """Return the prior for a modelling scale, ``logit`` or ``log``; raises KeyError for another one."""
    text = resources.files("qualitybook.analysis").joinpath("gaps.json").read_text(encoding="utf-8")
    record = json.loads(text)[transform_name]
    return GapPrior(**record | {name: tuple(record[name]) for name in ("lasting", "lasting_weights")})


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


def condition_gaps(
    prior: GapPrior, years: FloatArray, gaps: FloatArray, variances: FloatArray, asked: FloatArray
) -> GapMixture:
    """Return the gaps of the years asked for, given those of other years.

    Years are shape (n,) and asked (H,); gaps and variances (what is known to blur a gap, such as the rounding of a
    figure) shape (n,), on the modelling scale.
    """
    at = np.concatenate([years, asked])
    kernel = _kernel(prior, np.zeros(at.size), at, at[:, None] == at[None, :])
    covariances = _scaled(kernel.spread, prior.common**2 + kernel.own)
    log_weights, means, rest = _conditioned(kernel.log_weights, covariances, gaps, variances)
    return GapMixture(_normalised(log_weights), means, rest + _JITTER * np.eye(asked.size))


@dataclass(frozen=True, eq=False)
class _Kernel:
    """The grid of K spreads and lasting shares, and how gaps of N places and years go together at each of them."""

    spread: FloatArray
    log_weights: FloatArray
    own: FloatArray
    "Covariances of the places' own part of the gap in squared spreads, shape (K, N, N)."


def _kernel(prior: GapPrior, place: FloatArray, year: FloatArray, one_figure: FloatArray) -> _Kernel:
    """Return the kernel of gaps at places in years (N,); `one_figure` (N, N) says which are one published figure."""
    spread, share, weights = prior.grid()
    distance = np.abs(year[:, None] - year[None, :])
    lasting = np.exp(-distance / prior.memory) * (place[:, None] == place[None, :])
    share = share[:, None, None]
    return _Kernel(spread, np.log(weights), share * lasting + (1 - share) * one_figure)


def _scaled(spread: FloatArray, shape: FloatArray) -> FloatArray:
    covariances: FloatArray = np.square(spread)[:, None, None] * shape
    return covariances


def _conditioned(
    log_weights: FloatArray, covariances: FloatArray, seen: FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weights (K,), means (K, H) and covariances (K, H, H) of what comes after the n gaps seen.

    `seen` is shape (n,) or (K, n).
    """
    n = variances.size
    if n == 0:
        return log_weights, np.zeros(covariances.shape[:2]), covariances
    root = np.linalg.cholesky(covariances[:, :n, :n] + np.diag(variances + _JITTER))
    gaps = np.broadcast_to(seen, (log_weights.size, n))[..., None]
    scaled = np.linalg.solve(root, gaps)
    gain = np.linalg.solve(root, covariances[:, :n, n:])
    turned = gain.transpose(0, 2, 1)
    misfit = np.square(scaled).sum(axis=(1, 2)) / 2 + np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return log_weights - misfit, (turned @ scaled)[..., 0], covariances[:, n:, n:] - turned @ gain


def _normalised(log_weights: FloatArray) -> FloatArray:
    weights: FloatArray = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


# One place in one year


Belief = Callable[[int], tuple[float, float]]
"""What is held of a place in a year: mean and variance on the modelling scale."""


@dataclass(frozen=True)
class PeerGap:
    """How far another place stood from its parent in a year, on the modelling scale."""

    place: str
    year: int
    gap: float
    variance: float = 0.0
    "What is known to blur it, such as the rounding of a figure."


@dataclass(frozen=True)
class OwnValue:
    """A value of the place itself on the modelling scale, with the years it may be of and their weights."""

    z: float
    years: tuple[tuple[int, float], ...]
    variance: float = 0.0


@dataclass(frozen=True)
class OwnBound:
    """A statement "at least" of the place itself: from `low` on, or one printed unit, `low` to `high`."""

    low: float
    high: float
    year: int
    variance: float = 0.0


@dataclass(frozen=True)
class Lead:
    """How places that publish stand to the others, in spreads: mean and deviation, and what is left of the spread."""

    mean: float = 0.0
    sd: float = 0.0
    share: float = 1.0


NO_LEAD, PEERS_LEAD = Lead(), Lead(0.7, 0.5, 0.4)
_ROUNDED_DOWN, _OTHER_LINE = 0.7, 0.15
"""Prior share of statements that are a figure rounded down; how likely a line below a figure is that very line."""
_NODES = 11
_NO_MASS = 1e-13
_UNLIKELY = 30.0
"Taken off the log likelihood where a statement has none on the grid."
_NEGLIGIBLE = 1e-13
_FLOOR_OF_VARIANCE = 1e-10
_WIDTH, _REACH_OF_QUANTILES, _PLACES = 0.1, 90.0, 801
_LEAST_TAIL = 1e-14


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of normals on the modelling scale: weights, means and standard deviations, each of shape (K,)."""

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    @property
    def mean(self) -> float:
        """Its mean."""
        return float(self.weights @ self.means)

    @property
    def variance(self) -> float:
        """Its variance."""
        return float(self.weights @ (np.square(self.sds) + np.square(self.means - self.mean)))

    def below(self, z: float) -> float:
        """Return the probability of a value below `z`."""
        return float(self.weights @ ndtr((z - self.means) / self.sds))

    def quantiles(self, levels: Sequence[float]) -> FloatArray:
        """Return the quantiles at these levels, found by halving a grid that is dense where the mixture is."""
        reach = np.linspace(np.arcsinh(-_REACH_OF_QUANTILES), np.arcsinh(_REACH_OF_QUANTILES), _PLACES)
        places = self.mean + _WIDTH * np.sqrt(self.variance) * np.sinh(reach)
        asked = ndtri(np.asarray(levels, dtype=float))
        low, high = np.zeros(asked.size, dtype=int), np.full(asked.size, _PLACES - 1)
        while np.any(high - low > 1):
            middle = (low + high) // 2
            is_above = self._score(places[middle]) <= asked
            low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
        before, after = self._score(places[low]), self._score(places[high])
        share = np.clip((asked - before) / np.where(after > before, after - before, 1.0), 0.0, 1.0)
        found: FloatArray = places[low] + share * (places[high] - places[low])
        return found

    def _score(self, z: FloatArray) -> FloatArray:
        below = self.weights @ ndtr((z[None, :] - self.means[:, None]) / self.sds[:, None])
        score: FloatArray = ndtri(np.clip(below, _LEAST_TAIL, 1 - _LEAST_TAIL))
        return score


def predict(
    year: int,
    parent: Belief,
    prior: GapPrior,
    peers: Sequence[PeerGap] = (),
    values: Sequence[OwnValue] = (),
    bound: OwnBound | None = None,
    lead: Lead = NO_LEAD,
) -> Mixture:
    """Return what is held of a place in a year, from its parent, other places and what little it has of its own."""
    parts = [
        _by_years(year, parent, prior, peers, values, [each[0] for each in chosen], bound, lead)
        for chosen in product(*(value.years for value in values))
    ]
    shares = [np.prod([each[1] for each in chosen]) for chosen in product(*(value.years for value in values))]
    log_weights = np.concatenate([part[0] + np.log(share) for part, share in zip(parts, shares, strict=True)])
    means, sds = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
    weights = _normalised(log_weights)
    kept = weights > _NEGLIGIBLE
    return Mixture(weights[kept] / weights[kept].sum(), means[kept], sds[kept])


def _by_years(
    year: int,
    parent: Belief,
    prior: GapPrior,
    peers: Sequence[PeerGap],
    values: Sequence[OwnValue],
    years: Sequence[int],
    bound: OwnBound | None,
    lead: Lead,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weights, means and deviations of a mixture, given the years that the place's values are of."""
    number = {place: at for at, place in enumerate(dict.fromkeys(peer.place for peer in peers), 1)}
    own = [*years, *([bound.year] if bound else []), year]
    place = np.array([*(number[peer.place] for peer in peers), *([0] * len(own))], dtype=float)
    when = np.array([*(peer.year for peer in peers), *own], dtype=float)
    one_figure = np.eye(place.size, dtype=bool)
    asked_already = (place == 0) & (when == year)
    one_figure[-1] |= asked_already
    one_figure[:, -1] |= asked_already
    kernel = _kernel(prior, place, when, one_figure)
    is_peer = place > 0
    among = np.outer(is_peer, is_peer)
    shape = prior.common**2 + kernel.own + among * (lead.sd**2 - (1 - lead.share) * kernel.own)
    beliefs = [parent(each) for each in years]
    seen = [*(peer.gap for peer in peers), *(value.z - at[0] for value, at in zip(values, beliefs, strict=True))]
    blur = [*(p.variance for p in peers), *(value.variance + at[1] for value, at in zip(values, beliefs, strict=True))]
    shift = lead.mean * kernel.spread[:, None] * is_peer[None, : len(seen)]
    log_weights, means, rest = _conditioned(
        kernel.log_weights, _scaled(kernel.spread, shape), np.array(seen)[None, :] - shift, np.array(blur)
    )
    middle, variance = parent(year)
    if bound is not None:
        log_weights, gap, spread = _bounded(log_weights, means, rest, bound, parent(bound.year))
    else:
        gap, spread = means[:, -1], rest[:, -1, -1]
    return log_weights, middle + gap, np.sqrt(np.maximum(spread, _FLOOR_OF_VARIANCE) + variance)


def _bounded(
    log_weights: FloatArray, means: FloatArray, rest: FloatArray, bound: OwnBound, belief: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weights, means and variances of the gap asked for, each (2 * nodes * K,), under a statement.

    The statement is read both as a figure rounded down and as a line that is exceeded; each is a normal cut off, by
    nodes of equal probability.
    """
    sd = np.sqrt(np.maximum(rest[:, 0, 0], _NO_MASS * 10) + belief[1] + bound.variance)[:, None, None]
    centre = (belief[0] + means[:, 0])[:, None, None]
    low = ndtr((bound.low - centre) / sd)
    high = np.concatenate([ndtr((bound.high - centre) / sd), np.ones_like(low)], axis=1)
    mass = high - low
    readings = np.log([_ROUNDED_DOWN, (1 - _ROUNDED_DOWN) * _OTHER_LINE])[None, :, None]
    log_mass = np.where(mass < _NO_MASS, -_UNLIKELY, np.log(np.maximum(mass, _NO_MASS)))
    nodes = (np.arange(_NODES) + 0.5) / _NODES
    moved = sd * ndtri(np.clip(low + mass * nodes, _NO_MASS, 1 - _NO_MASS))
    gain = rest[:, 0, -1][:, None, None] / np.square(sd)
    weights = log_weights[:, None, None] + readings + log_mass - np.log(_NODES) + np.zeros_like(moved)
    left = rest[:, -1, -1][:, None, None] - np.square(gain * sd) + np.zeros_like(moved)
    return weights.ravel(), (means[:, -1][:, None, None] + gain * moved).ravel(), left.ravel()
