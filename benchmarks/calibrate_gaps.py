"""Fit what readings borrow from public panels of places, and show it beside the constants that ship.

    python benchmarks/calibrate_gaps.py [SERIES] [--write FILE]

Moments, each family counting the same: the spread of a panel is that of its gaps around their mean, the lasting share
and its memory are those of ``a exp(-d / L)`` laid through the correlations of gaps d years apart, the common gap is the
mean of a panel's gaps in its spreads. The deviation of the log of the spread is widened by 1.4 as in the constants
that ship. These (``src/qualitybook/analysis/gaps.json``) were fitted once on more families than can be installed here
and are not overwritten; this shows how far a refit lies from them, and what leaving out a family changes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from gap_panels import GapPanel, read_panels
from scipy.optimize import curve_fit

from qualitybook.analysis.gap_model import GapPrior, gap_prior
from qualitybook.analysis.scales import FloatArray

SCALES = ("logit", "log")
WIDENED = 1.4
POINTS = 11
LONGEST_LAG = 12
LEAST_PAIRS = 20
LASTING_LEVELS = (1 / 6, 1 / 2, 5 / 6)
LONGEST_MEMORY = 60.0


def main() -> None:
    """Print shipped and refitted constants by scale, and those without each family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="?", type=Path, help="folder with wuenic_legacy_yearly.csv")
    parser.add_argument("--write", type=Path, help="file for the refitted constants")
    arguments = parser.parse_args()
    families = read_panels(arguments.series)
    made = {}
    for scale in SCALES:
        named = of_scale(families, scale)
        made[scale] = fitted(named)
        print(f"{scale}: {', '.join(f'{name} ({len(panels)})' for name, panels in named.items())}")
        print(f"  shipped   {told(gap_prior(scale))}")
        print(f"  refitted  {told(made[scale])}")
        for name in named:
            print(f"  without {name}: {told(fitted(without(named, name)))}")
    if arguments.write:
        arguments.write.write_text(json.dumps({scale: asdict(prior) for scale, prior in made.items()}, indent=1) + "\n")


def of_scale(families: Mapping[str, Sequence[GapPanel]], scale: str) -> dict[str, list[GapPanel]]:
    """Return the families of a scale."""
    named = {name: [panel for panel in panels if panel.scale == scale] for name, panels in families.items()}
    return {name: panels for name, panels in named.items() if panels}


def without(families: Mapping[str, list[GapPanel]], left_out: str) -> dict[str, list[GapPanel]]:
    """Return the families but one and its sister, whose name starts alike."""
    stem = left_out.split("_")[0]
    return {name: panels for name, panels in families.items() if name.split("_")[0] != stem}


def fitted(families: Mapping[str, Sequence[GapPanel]]) -> GapPrior:
    """Return the constants that these families give."""
    spreads, shares, memories, commons = (
        [[part[place] for part in map(moments, panels)] for panels in families.values()] for place in range(4)
    )
    means = np.array([np.mean(np.log(family)) for family in spreads])
    within = np.mean([np.var(np.log(family)) for family in spreads])
    lasting = np.concatenate([np.array(family) for family in shares])
    weights = np.concatenate([np.full(len(family), 1 / len(family)) for family in shares])
    points = weighted_quantiles(lasting, weights, LASTING_LEVELS)
    return replace(
        gap_prior("logit"),
        log_spread_mean=float(means.mean()),
        log_spread_sd=float(WIDENED * np.sqrt(means.var() + within)),
        lasting=tuple(float(point) for point in points),
        lasting_weights=(1 / 3, 1 / 3, 1 / 3),
        memory=float(np.exp(np.mean([np.mean(np.log(family)) for family in memories]))),
        common=float(np.sqrt(np.mean([np.mean(np.square(family)) for family in commons]))),
        points=POINTS,
    )


def moments(panel: GapPanel) -> tuple[float, float, float, float]:
    """Return spread, lasting share, memory and the common gap in spreads of one panel."""
    gaps = panel.gaps - np.nanmean(panel.gaps)
    spread = float(np.nanstd(gaps))
    lags, correlations = correlations_of(gaps, panel.years)
    share, memory = lasting_of(lags, correlations)
    return spread, share, memory, float(np.nanmean(panel.gaps)) / spread


def correlations_of(gaps: FloatArray, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lags in years and how gaps so far apart go together, around the mean of each year."""
    centred = gaps - np.nanmean(gaps, axis=0)
    variance = float(np.nanmean(np.square(centred)))
    found: dict[float, list[FloatArray]] = {}
    for first in range(years.size):
        for second in range(first + 1, years.size):
            products = centred[:, first] * centred[:, second]
            found.setdefault(years[second] - years[first], []).append(products[np.isfinite(products)])
    joined = {lag: np.concatenate(parts) for lag, parts in sorted(found.items()) if lag <= LONGEST_LAG}
    kept = {lag: float(part.mean()) / variance for lag, part in joined.items() if part.size >= LEAST_PAIRS}
    return np.array(list(kept)), np.array(list(kept.values()))


def lasting_of(lags: FloatArray, correlations: FloatArray) -> tuple[float, float]:
    """Return the lasting share and the memory of the curve through the correlations."""
    (share, memory), _ = curve_fit(
        lambda lag, a, years: a * np.exp(-lag / years),
        lags,
        np.clip(correlations, 0.01, 0.99),
        p0=(0.8, 15.0),
        bounds=((0.05, 1.0), (0.99, LONGEST_MEMORY)),
    )
    return float(share), float(memory)


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: Sequence[float]) -> FloatArray:
    """Return quantiles of values that weigh differently."""
    order = np.argsort(values)
    below = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    found: FloatArray = np.interp(levels, below, values[order])
    return found


def told(prior: GapPrior) -> str:
    """Return constants as one line."""
    lasting = ", ".join(f"{point:.2f}" for point in prior.lasting)
    return (
        f"m {prior.log_spread_mean:6.2f}  s {prior.log_spread_sd:5.2f}  a {lasting}  L {prior.memory:5.1f}  "
        f"c {prior.common:5.2f}"
    )


if __name__ == "__main__":
    main()
