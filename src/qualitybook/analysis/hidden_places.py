"""How often readings from other places would have been right: each place of the folder's own pairs hidden in turn.

Hidden is every figure of a place that its containing place has a figure beside, one at a time. What is known is the
containing place's figure of that year, the gaps of the other places, and in one situation the place's earlier figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from qualitybook.analysis.gap_evidence import Pair, pairs_of, scale_of
from qualitybook.analysis.gap_model import OwnValue, PeerGap, gap_prior, predict
from qualitybook.analysis.scales import Transform
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import rows_of

GOALS = (-0.5, 0.0, 0.5, 1.0, 1.5)
"""Goals asked of each hidden place, in spreads above its parent."""
NOTHING, EARLIER = "nothing", "earlier"
SITUATIONS = (NOTHING, EARLIER)
_IS_REACHED, _IS_NOT = 0.9, 0.1
"""The naive answer: likely where the parent itself reaches the goal, unlikely where it does not."""
_ENDS = (0.025, 0.1, 0.9, 0.975)


@dataclass(frozen=True)
class Case:
    """One hidden figure."""

    pair: Pair
    inside80: bool
    inside95: bool
    brier: float
    """Mean over the goals asked of it."""
    brier_parent: float
    """The same of the naive answer."""


@dataclass(frozen=True)
class Hidden:
    """What came of hiding each place, in a situation: ``nothing`` known of it, or ``earlier`` figures."""

    situation: str
    cases: tuple[Case, ...]

    @property
    def places(self) -> int:
        """Number of places hidden."""
        return len({case.pair.place for case in self.cases})

    @property
    def share80(self) -> float:
        """Percent of the figures that lay in their 80 % band, NaN without cases."""
        return _percent([case.inside80 for case in self.cases])

    @property
    def share95(self) -> float:
        """Percent of the figures that lay in their 95 % band, NaN without cases."""
        return _percent([case.inside95 for case in self.cases])

    @property
    def brier(self) -> float:
        """Mean squared error of the probabilities; .25 for always one half, NaN without cases."""
        return float(np.mean([case.brier for case in self.cases])) if self.cases else float("nan")

    @property
    def brier_parent(self) -> float:
        """The same for taking the parent's figure for the place's."""
        return float(np.mean([case.brier_parent for case in self.cases])) if self.cases else float("nan")


def _percent(inside: Sequence[bool]) -> float:
    return 100 * float(np.mean(inside)) if inside else float("nan")


def hide_each_place(catalog: Catalog, rows: Iterable[Any], situation: str = NOTHING) -> Hidden:
    """Return what comes of hiding each place that rows of peers name, among those of the same containing place.

    The rows are those of the table of indicative evidence with the role ``peers``, of one reading.
    """
    cases: list[Case] = []
    by_place = groupby(sorted(rows, key=lambda row: row.region_id), key=lambda row: row.region_id)
    for _, group in by_place:
        named = list(group)
        scale = scale_of(catalog, named[0].from_indicator_id)
        if scale is not None:
            cases += _hidden(peers_of(catalog, named), scale, situation)
    return Hidden(situation, tuple(cases))


@dataclass(frozen=True)
class HiddenOnPlan:
    """What came of hiding each place of every indicator that the plan's readings take peers of, in both situations."""

    by_indicator: dict[str, tuple[Hidden, ...]]

    def of(self, situation: str, indicator_id: str = "") -> Hidden:
        """Return what came of it in a situation, altogether or for one indicator."""
        named = [indicator_id] if indicator_id else list(self.by_indicator)
        parts = [found for name in named for found in self.by_indicator[name] if found.situation == situation]
        return Hidden(situation, tuple(case for part in parts for case in part.cases))


def hide_on_plan(catalog: Catalog) -> HiddenOnPlan:
    """Return what comes of hiding each place, for each indicator that has pairs; variants of a reading add theirs."""
    rows: dict[str, dict[tuple[str, ...], Any]] = {}
    for row in rows_of(catalog.indicative_evidence):
        if row.role == "peers":
            key = row.from_indicator_id, row.region_id, row.against_id, row.basis
            rows.setdefault(row.indicator_id, {}).setdefault(key, row)
    made = {
        indicator: tuple(hide_each_place(catalog, named.values(), situation) for situation in SITUATIONS)
        for indicator, named in rows.items()
    }
    return HiddenOnPlan({indicator: found for indicator, found in made.items() if found[0].cases})


def peers_of(catalog: Catalog, rows: Iterable[Any]) -> list[Pair]:
    """Return the pairs of the places that rows of peers name, each place once a year."""
    found: dict[tuple[str, int], Pair] = {}
    for row in rows:
        pairs = pairs_of(catalog, row.from_indicator_id, row.region_id, row.against_id, row.basis)
        for pair in pairs:
            if not pair.year < row.from_year and not pair.year > row.to_year:
                found.setdefault((pair.place, pair.year), pair)
    return list(found.values())


def gaps_of(pairs: Iterable[Pair]) -> list[PeerGap]:
    """Return pairs as evidence of a gap."""
    return [PeerGap(pair.place, pair.year, pair.gap, pair.variance) for pair in pairs]


def _hidden(pairs: Sequence[Pair], scale: Transform, situation: str) -> list[Case]:
    if len({pair.place for pair in pairs}) < 2:
        return []
    spread = float(np.std([pair.gap for pair in pairs]))
    cases = []
    for pair in pairs:
        others = [other for other in pairs if other.place != pair.place]
        earlier = [other for other in pairs if other.place == pair.place and other.year < pair.year]
        if situation == NOTHING or earlier:
            cases.append(_case(pair, others, earlier if situation == EARLIER else [], scale, spread))
    return cases


def _case(pair: Pair, others: Sequence[Pair], earlier: Sequence[Pair], scale: Transform, spread: float) -> Case:
    """Return what is said of a hidden figure, the parent's figures standing at zero: only gaps matter."""
    values = [OwnValue(other.gap, ((other.year, 1.0),), other.variance) for other in earlier]
    made = predict(pair.year, lambda _year: (0.0, 0.0), gap_prior(scale.name), gaps_of(others), values)
    low95, low80, high80, high95 = made.quantiles(_ENDS)
    goals = [spread * goal for goal in GOALS]
    errors = [(1 - made.below(goal) - (pair.gap >= goal)) ** 2 for goal in goals]
    naive = [((_IS_REACHED if goal <= 0 else _IS_NOT) - (pair.gap >= goal)) ** 2 for goal in goals]
    return Case(
        pair,
        inside80=bool(low80 <= pair.gap <= high80),
        inside95=bool(low95 <= pair.gap <= high95),
        brier=float(np.mean(errors)),
        brier_parent=float(np.mean(naive)),
    )
