"""What may be said of a goal from related evidence, for orientation: never a verdict, and never counted as one.

A reading rests on what ``plan/indicative_evidence.csv`` names of a goal: the places above it, other places, and what
little the place has of its own (an undated value, a statement, a proxy). Gates decide whether its probability, only its
range or nothing is printed. It stands beside the goal's verdict and changes neither its state nor any count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from scipy.special import ndtri

from qualitybook.analysis.borrowing import ParentView
from qualitybook.analysis.forecast import MINIMUM_VALUES, Orientation
from qualitybook.analysis.gap_evidence import Above, Pair, Shared, above_of, number, own_values, scale_of, values_of
from qualitybook.analysis.gap_model import (
    NO_LEAD,
    PEERS_LEAD,
    Lead,
    Mixture,
    OwnBound,
    OwnValue,
    PeerGap,
    gap_prior,
    predict,
)
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.hidden_places import Hidden, gaps_of, hide_each_place, peers_of
from qualitybook.analysis.outlook import class_of, print_unit
from qualitybook.analysis.scales import Transform
from qualitybook.analysis.series import CURRENT_BASIS, Series, build_series, rounding_unit
from qualitybook.analysis.verdict import Verdict, judge, known_on
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.catalog import Catalog, Target
from qualitybook.evidence.reading import rows_of

KINDS = ("number", "range", "refused")
REASONS = (
    "no_measure",
    "no_series",
    "no_figure",
    "baseline_unknown",
    "no_path",
    "g1",
    "g2",
    "g3",
    "g4",
    "g5",
    "g6",
    "g9",
)
PEERS_LEAD_CODE = "peers_lead"
_ENDS = {"low95": 0.025, "low80": 0.1, "estimate": 0.5, "high80": 0.9, "high95": 0.975}
"""Which quantile the estimate and each end of a reading is."""
_LARGE = 10
_CLASS_LEVELS = tuple(round(level, 2) for level in np.arange(0.02, 0.99, 0.02))


@dataclass(frozen=True)
class Gate:
    """One condition that a reading must hold for its number, or at all, to be printed."""

    code: str
    """``g1`` to ``g9``."""
    passed: bool | None
    """None where it does not apply."""
    detail: Mapping[str, float | str] = field(default_factory=dict)
    """The numbers it was decided by."""


@dataclass(frozen=True)
class Variant:
    """The same reading under another assumption, unrounded."""

    code: str
    estimate: float
    probability: float


@dataclass(frozen=True)
class Ground:
    """A row of the table of indicative evidence that a reading rests on, with the figures that it stands for."""

    role: str
    indicator_id: str
    region_id: str
    rows: tuple[Any, ...]
    """Rows of the observations."""
    row: Any
    """The row of the table."""


@dataclass(frozen=True)
class Reading:
    """What related evidence says of a goal, read on one indicator."""

    target: str
    indicator: str
    kind: str
    """``number`` (a probability is printed), ``range`` (estimate and ends only) or ``refused``."""
    reason: str = ""
    """Code of the refusal, or of what keeps the number back; "" where a number is printed."""
    estimate: float | None = None
    """In the unit of the indicator, as are the ends."""
    low80: float | None = None
    high80: float | None = None
    low95: float | None = None
    high95: float | None = None
    probability: float | None = None
    """As printed: a whole five percent, .10 to .90."""
    beyond: str = ""
    """``above`` where the chance is .90 or more, ``below`` where it is .10 or less."""
    variants: tuple[Variant, ...] = ()
    gates: tuple[Gate, ...] = ()
    disagree: bool = False
    """Whether its sources contradict each other."""
    cross_check: bool = False
    """Whether the goal has a verdict with a probability, beside which this stands."""
    evidence: tuple[Ground, ...] = ()


def readings(catalog: Catalog, goal: Target, day: date | None = None) -> tuple[Reading, ...]:
    """Read one goal on related evidence, for orientation.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole or as of a day.
    goal : Target
        A goal of the plan, from `Catalog.target`.
    day : datetime.date, optional
        The as-of date. Default: the day that the catalog was filtered to, else that of the current edition.

    Returns
    -------
    tuple of Reading
        The reading on the goal's own indicator first, then those on other scopes; each with its ``kind`` and
        ``reason``, ``estimate`` and ends, ``probability`` as printed, ``variants``, ``gates`` and ``evidence``. None
        where the tables say nothing of the goal, or where its figure has decided it.

    Examples
    --------
    >>> from qualitybook import load, readings
    >>> evidence = load("data").as_of("2026-11-22")
    >>> found = readings(evidence, evidence.target("standard-labs"))
    >>> [(reading.kind, reading.reason) for reading in found]
    [('refused', 'no_figure')]
    """
    seen, known = known_on(catalog, day)
    return readings_beside(seen, goal, judge(seen, goal_of(goal), known))


def readings_of_plan(catalog: Catalog, day: date | None = None) -> dict[str, tuple[Reading, ...]]:
    """Return the readings of every goal of the plan that has some, by its key, in the plan's order."""
    seen, known = known_on(catalog, day)
    targets = [seen.target(str(row["target_id"])) for row in seen.targets_in_order()]
    found = {target.target_id: readings(seen, target, known) for target in targets}
    return {target: of_goal for target, of_goal in found.items() if of_goal}


def decimals(catalog: Catalog, reading: Reading) -> int:
    """Return the decimals that a reading bears: none for counts, one for numbers from ten on, else two."""
    if catalog.unit_of(reading.indicator).form == "count":
        return 0
    return 1 if (reading.estimate or 0.0) >= _LARGE else 2


def goal_of(target: Target) -> Goal:
    """Return what a goal of the plan asks."""
    return Goal.of(asdict(target))


def readings_beside(seen: Catalog, target: Target, verdict: Verdict) -> tuple[Reading, ...]:
    """Return the readings of a goal whose verdict is known, from evidence already filtered to the as-of date."""
    words = [row for row in rows_of(seen.indicative_goals) if row.target_id == target.target_id]
    if verdict.is_decided:
        return ()
    goal = goal_of(target)
    words.sort(key=lambda row: row.indicator_id != goal.indicator_id)
    made = [_reading(seen, replace(goal, indicator_id=row.indicator_id), row, verdict) for row in words]
    # What stands beside a probability and can say nothing is not worth a word.
    return tuple(reading for reading in made if not (verdict.probability is not None and reading.kind == "refused"))


def _reading(seen: Catalog, goal: Goal, words: Any, verdict: Verdict) -> Reading:
    rows = [
        row
        for row in rows_of(seen.indicative_evidence)
        if (row.target_id, row.indicator_id) == (words.target_id, words.indicator_id)
    ]
    blank = Reading(words.target_id, words.indicator_id, "refused", words.refusal or "g1")
    if words.refusal:
        return blank
    main = [row for row in rows if not row.variant]
    if any(row.role == "class" for row in main):
        return _by_class(seen, goal, blank, main)
    try:
        return _by_gap(seen, goal, blank, rows, verdict)
    except ImpossibleValueError:
        # A figure that the scale cannot hold, a share of 101 % or a negative index, must not take other goals with it.
        return replace(blank, reason="g3", gates=(tested_kind(has_scale=False),))


# By the gap to a place above


@dataclass(frozen=True)
class _Worked:
    """One way of working out a reading."""

    scale: Transform
    above: Above
    year: int
    pairs: tuple[Pair, ...]
    "Of the same measure, or of one named as its equal."
    peers: tuple[PeerGap, ...]
    "The gaps of these, and those that only lend their size."
    values: tuple[OwnValue, ...]
    "Dated figures, undated ones and proxies."
    direct: int
    "How many years have a figure of the very measure, by its current definition."
    bound: OwnBound | None
    ceiling: float
    "On the modelling scale; infinite without one."
    grounds: tuple[Ground, ...]

    def mixture(self, lead: Lead = NO_LEAD) -> Mixture:
        """Return what is held of the year asked for."""
        return self.held(self.year, self.values, self.bound, lead)

    def held(
        self, year: int, values: Sequence[OwnValue], bound: OwnBound | None = None, lead: Lead = NO_LEAD
    ) -> Mixture:
        """Return what is held of a year by these values and statements of the place."""
        return predict(year, self.above.belief, gap_prior(self.scale.name), self.peers, values, bound, lead)

    @property
    def own_years(self) -> list[list[int]]:
        """The years that each piece of the place's own evidence may be of."""
        years = [[year for year, _ in value.years] for value in self.values]
        return [*years, *([[self.bound.year]] if self.bound else [])]


def _by_gap(seen: Catalog, goal: Goal, blank: Reading, rows: Sequence[Any], verdict: Verdict) -> Reading:
    worked = _work_out(Shared(seen), goal, _of_variant(rows, ""))
    if worked is None:
        return replace(blank, reason="g3", gates=(tested_kind(has_scale=False),))
    how = worked.above.how(worked.year)
    first = same_measure(
        worked.above.series.region_id, how, worked.year, worked.above.offset, worked.above.offset_variance**0.5
    )
    if not how:
        return replace(blank, reason="g1", gates=(first,), evidence=worked.grounds)
    mixture = worked.mixture()
    cross_check = verdict.probability is not None and verdict.goal.indicator_id == goal.indicator_id
    # Beside a verdict stands what the newer figures of a place above make of its probability.
    chance = None if cross_check else _chance(seen, goal, worked, mixture)
    if cross_check and (view := ParentView.of(seen, verdict)) is not None:
        chance = view.probability
    variants = [] if cross_check else list(_variants(seen, goal, rows, worked))
    passed = _gates(seen, goal, worked, rows, chance, variants)
    shown, number_of, beyond = printed(chance)
    handed_over = before_verdict(worked.direct)
    stops = [gate.code for gate in (first, *passed, handed_over) if gate.passed is False]
    if cross_check:
        stops = []
    reason = stops[0] if stops else "no_path" if chance is None else ""
    together = agreement({} if cross_check else _contradictions(worked))
    return replace(
        blank,
        kind="range" if reason else "number",
        reason=reason,
        **_on_original_scale(seen, goal, worked, mixture),
        probability=None if reason else number_of,
        beyond="" if reason else beyond,
        variants=tuple(variants),
        gates=(first, *passed, together, shown, handed_over),
        disagree=together.passed is False,
        cross_check=cross_check,
        evidence=worked.grounds,
    )


def _gates(
    seen: Catalog,
    goal: Goal,
    worked: _Worked,
    rows: Sequence[Any],
    chance: float | None,
    variants: Sequence[Variant],
) -> list[Gate]:
    has_own = bool(worked.own_years)
    return [
        peers_or_own(len({pair.place for pair in worked.pairs}), worked.own_years, worked.year),
        tested_kind(has_scale=True),
        whose_goal(goal.value, _goals_above(seen, goal, rows), has_own=has_own),
        Gate("g5", None)
        if has_own
        else own_check(hide_each_place(seen, [row for row in rows if row.role == "peers" and not row.variant])),
        Gate("g6", None) if chance is None else sensitivity(chance, [variant.probability for variant in variants]),
    ]


def _work_out(shared: Shared, goal: Goal, rows: Sequence[Any]) -> _Worked | None:
    """Return what these rows of the table make of a goal; None where its indicator has no scale or no place above."""
    seen = shared.catalog
    scale = scale_of(seen, goal.indicator_id)
    by_role: dict[str, list[Any]] = {}
    for row in rows:
        by_role.setdefault(row.role, []).append(row)
    named = [*by_role.get("peers", []), *by_role.get("peer", [])]
    pairs = [pair for pair in _peers(seen, named) if pair.place != goal.region_id]
    lent = [pair for pair in peers_of(seen, by_role.get("spread", [])) if pair.place != goal.region_id]
    peers = [*gaps_of(pairs), *_centred(gaps_of(lent))]
    above = above_of(shared, by_role.get("parent", []), by_role.get("part", []), peers)
    if scale is None or above is None:
        return None
    series = shared.series(goal.indicator_id, goal.region_id)
    own = values_of(series, scale)
    dated = own_values(own, above)
    indirect = [_indirect(seen, scale, row) for row in (*by_role.get("own_undated", []), *by_role.get("proxy", []))]
    # Something has to be held of the place above in each year that a value may be of.
    held = [each for each in indirect if each is not None and all(above.holds(year) for year, _ in each.years)]
    bounds = [_bound(seen, scale, row) for row in by_role.get("statement", [])]
    ceilings = [figures[0].value for row in by_role.get("ceiling", []) if (figures := _figures(seen, row))]
    found = [bound for bound in bounds if bound is not None and above.holds(bound.year)]
    return _Worked(
        scale=scale,
        above=above,
        year=int(by_role["year"][0].from_year) if "year" in by_role else goal.target_year,
        pairs=tuple(pairs),
        peers=tuple(peers),
        values=(*dated, *held),
        direct=int((series.yearly["basis"] == CURRENT_BASIS).sum()),
        bound=max(found, key=lambda bound: bound.year, default=None),
        ceiling=min((float(scale.forward([value])[0]) for value in ceilings), default=float("inf")),
        grounds=tuple(_grounds(shared, rows, [*pairs, *lent])),
    )


def _centred(gaps: Sequence[PeerGap]) -> list[PeerGap]:
    """Return gaps of another measure around zero: they lend their size and not their sign."""
    middle = float(np.mean([gap.gap for gap in gaps])) if gaps else 0.0
    return [replace(gap, gap=gap.gap - middle) for gap in gaps]


def _peers(seen: Catalog, rows: Iterable[Any]) -> list[Pair]:
    """Return the pairs of other places: of all that lie in a place, or of those named one by one."""
    named = list(rows)
    places = {row.region_id for row in named if row.role == "peer"}
    whole = [row for row in named if row.role == "peers"]
    within = [
        row._replace(region_id=[row.region_id, *seen.containing_places(row.region_id)][-1])
        for row in named
        if row.role == "peer"
    ]
    return [*peers_of(seen, whole), *(pair for pair in peers_of(seen, within) if pair.place in places)]


def _figures(seen: Catalog, row: Any) -> list[Any]:
    """Return the observations that a row of the table names: of its source where it names one, of its years."""
    found = seen.records_at(row.from_indicator_id, row.region_id)
    if row.source_id:
        return [each for each in found if each.source_id == row.source_id]
    first, last = row.from_year, row.to_year
    return [each for each in found if each.period and not each.start.year < first and not each.end.year > last]


def _years(row: Any, figures: Sequence[Any]) -> list[int]:
    """Return the years that a row says its figure may belong to, else that of the figure's own period."""
    if not np.isnan(row.from_year):
        return list(range(int(row.from_year), int(row.to_year) + 1))
    return [figures[-1].end.year] if figures and figures[-1].period else []


def _indirect(seen: Catalog, scale: Transform, row: Any) -> OwnValue | None:
    """Return an undated value or a proxy, with its offset taken off; several figures with counts are pooled."""
    figures = [each for each in _figures(seen, row) if each.qualifier not in ("at_least", "at_most")]
    years = _years(row, figures)
    if not figures or not years:
        return None
    value = _pooled(figures) if len(figures) > 1 else float(figures[0].value)
    z = float(scale.forward([value])[0]) - number(row.offset)
    return OwnValue(z, tuple((year, 1 / len(years)) for year in years), number(row.offset_sd) ** 2)


def _pooled(figures: Sequence[Any]) -> float:
    n, passed = (np.array([getattr(each, name) for each in figures], dtype=float) for name in ("n", "passed"))
    if np.isnan(n).any() or np.isnan(passed).any():
        return float(np.mean([each.value for each in figures]))
    return float(100 * passed.sum() / n.sum())


def _bound(seen: Catalog, scale: Transform, row: Any) -> OwnBound | None:
    figures = [each for each in _figures(seen, row) if each.qualifier == "at_least"]
    if not figures:
        return None
    figure = max(figures, key=lambda each: each.end)
    low = float(figure.value)
    ends = scale.forward([low, min(low + rounding_unit(figure.value_text), scale.upper)]) - number(row.offset)
    return OwnBound(float(ends[0]), float(ends[1]), _years(row, [figure])[-1], number(row.offset_sd) ** 2)


def _grounds(shared: Shared, rows: Iterable[Any], pairs: Sequence[Pair]) -> Iterator[Ground]:
    for row in rows:
        if row.role in ("peers", "peer", "spread"):
            mine = [
                pair
                for pair in pairs
                if pair.own.indicator_id == row.from_indicator_id
                and pair.own.basis == (row.basis or pair.above.basis)
                and (row.role != "peer" or pair.place == row.region_id)
            ]
            figures = [figure for pair in mine for figure in (pair.own, pair.above)]
        elif row.role in ("parent", "class"):
            # The observations that yearly values rest on.
            known = shared.catalog.records_at(row.from_indicator_id, row.region_id)
            yearly = shared.series(row.from_indicator_id, row.region_id).yearly
            used = {line for lines in yearly["lines"] for line in lines}
            figures = [each for each in known if each.line in used]
        else:
            figures = _figures(shared.catalog, row)
        yield Ground(row.role, row.from_indicator_id, row.region_id, tuple(dict.fromkeys(figures)), row)


def _on_original_scale(seen: Catalog, goal: Goal, worked: _Worked, mixture: Mixture) -> dict[str, Any]:
    """Return estimate and ends of what lies under the ceiling in the indicator's unit, within its bounds."""
    indicator = seen.indicator(goal.indicator_id)
    share = 1.0 if np.isinf(worked.ceiling) else mixture.below(worked.ceiling)
    values = np.clip(
        worked.scale.inverse(mixture.quantiles([level * share for level in _ENDS.values()])),
        -np.inf if indicator.lower is None else indicator.lower,
        np.inf if indicator.upper is None else indicator.upper,
    )
    return dict(zip(_ENDS, map(float, values), strict=True))


def _chance(seen: Catalog, goal: Goal, worked: _Worked, mixture: Mixture) -> float | None:
    """Return the probability that the figure as it will be printed reaches the goal; None without a value asked."""
    asked = None if goal.value is None else Asked.by(goal)
    if asked is None:
        return None
    ends = asked.unrounded(print_unit(seen, worked.above.shared.series(goal.indicator_id, goal.region_id)))
    share = 1.0 if np.isinf(worked.ceiling) else mixture.below(worked.ceiling)
    low, high = (min(_below(worked.scale, mixture, end) / share, 1.0) for end in ends)
    return high - low


def _below(scale: Transform, mixture: Mixture, value: float) -> float:
    """Return how much of the mixture lies below a value on the original scale, which may be infinite."""
    if np.isinf(value):
        return float(value > 0)
    return mixture.below(float(scale.forward([np.clip(value, scale.lower, scale.upper)])[0]))


def _variants(seen: Catalog, goal: Goal, rows: Sequence[Any], worked: _Worked) -> Iterator[Variant]:
    """Yield the reading under each assumption that the table states, and with peers that publish because they lead."""
    for code in dict.fromkeys(row.variant for row in rows if row.variant):
        other = _work_out(worked.above.shared, goal, _of_variant(rows, code))
        if other is not None and other.above.how(other.year):
            yield from _variant(seen, goal, other, code, other.mixture())
    if worked.peers:
        yield from _variant(seen, goal, worked, PEERS_LEAD_CODE, worked.mixture(PEERS_LEAD))


def _variant(seen: Catalog, goal: Goal, worked: _Worked, code: str, mixture: Mixture) -> Iterator[Variant]:
    chance = _chance(seen, goal, worked, mixture)
    if chance is not None:
        yield Variant(code, _on_original_scale(seen, goal, worked, mixture)["estimate"], chance)


def _of_variant(rows: Sequence[Any], code: str) -> list[Any]:
    """Return the rows of a variant: its own, which stand for those of their roles, and all others."""
    main = [row for row in rows if not row.variant]
    if not code:
        return main
    own = [row for row in rows if row.variant == code]
    out = {(row.from_indicator_id, row.region_id) for row in own if row.role == "left_out"}
    own = [row for row in own if row.role != "left_out"]
    roles = {_group(row.role) for row in own}
    kept = [row for row in main if _group(row.role) not in roles and (row.from_indicator_id, row.region_id) not in out]
    return [*kept, *own]


def _group(role: str) -> str:
    return "peers" if role == "peer" else role


def _contradictions(worked: _Worked) -> Mapping[str, float]:
    """Return how likely the place's statement is by its other sources; nothing where it has only one."""
    if worked.bound is None or not worked.values:
        return {}
    by_others = worked.held(worked.bound.year, worked.values)
    return {"statement": 1 - by_others.below(worked.bound.low)}


def _goals_above(seen: Catalog, goal: Goal, rows: Sequence[Any]) -> dict[str, float]:
    """Return the goals of the same rule and year of the places that contain the goal's, nearest first."""
    named = {goal.indicator_id, *(row.from_indicator_id for row in rows if row.role == "parent")}
    asked = goal.rule, goal.target_year, goal.value_high
    set_above = {
        row.region_id: float(row.value)
        for row in rows_of(seen.peer_targets)
        if row.indicator_id in named and not np.isnan(row.value)
        if (set_there := Goal.of(row._asdict()))
        and (set_there.rule, set_there.target_year, set_there.value_high) == asked
    }
    return {place: set_above[place] for place in seen.containing_places(goal.region_id) if place in set_above}


# The gates, one function each; refusals and doubts are codes.
#
# A number needs the same measure above (G1), peers or something of the place's own (G2), a kind of figure that the
# model was tested on (G3), a goal that the place did not set knowing its own level (G4), the indicator's own check (G5)
# and an answer that stated other assumptions do not turn around (G6). G7 tells that sources contradict each other, G8
# what of a number is printed, G9 that a verdict stands before it.

LEAST_PEERS = 4
OLDEST_OWN_VALUE = 17
MOST_CANDIDATE_YEARS = 5
LEAST_PLACES_OF_A_CHECK = 6
LARGEST_BRIER = 0.22
LARGEST_SPREAD = 0.35
LEAST_AGREEMENT = 0.25
LOWEST_PRINTED, HIGHEST_PRINTED = 0.10, 0.90
SMALLEST_COUNT = 10
LARGEST_COUNT_LEAD = 3
_TINY = 1e-9


def same_measure(region_id: str, how: str, year: int, offset: float, offset_sd: float) -> Gate:
    """G1: the place above has the same measure, or one with a measured offset, known or forecast for the year."""
    return Gate("g1", how != "", {"region": region_id, "how": how, "year": year, "offset": offset, "sd": offset_sd})


def peers_or_own(peers: int, own_years: Sequence[Sequence[int]], year: int) -> Gate:
    """G2: at least four other places, or one value of the place itself that is not too old or too undated."""
    recent = [years for years in own_years if len(years) <= MOST_CANDIDATE_YEARS]
    age = year - max((min(years) for years in recent), default=year - OLDEST_OWN_VALUE - 1)
    detail: dict[str, float | str] = {"peers": peers, "own": len(own_years)}
    if recent:
        detail["age"] = age
    return Gate("g2", peers >= LEAST_PEERS or age <= OLDEST_OWN_VALUE, detail)


def tested_kind(*, has_scale: bool) -> Gate:
    """G3: rates and indices; the model was not tested on totals, ranks and growth."""
    return Gate("g3", has_scale)


def stock_of_baseline(count: float | None, lead: int) -> Gate:
    """G3 for stocks: one dated value of the baseline year, not too small and not too far back."""
    passed = count is not None and count >= SMALLEST_COUNT and 1 <= lead <= LARGEST_COUNT_LEAD
    return Gate("g3", passed, {} if count is None else {"count": count, "lead": lead})


def whose_goal(value: float | None, goals_above: Mapping[str, float], *, has_own: bool) -> Gate:
    """G4: with nothing of the place itself, only a goal that a place above has set as well."""
    if has_own or value is None:
        return Gate("g4", None)
    shared = [region for region, goal in goals_above.items() if goal == value]
    return Gate("g4", bool(shared), {"region": shared[0]} if shared else {})


def own_check(hidden: Hidden) -> Gate:
    """G5: each place hidden in turn on this indicator; asked only where nothing of the place itself is known."""
    detail: dict[str, float | str] = {"places": hidden.places, "cases": len(hidden.cases)}
    if hidden.cases:
        detail |= {"brier": hidden.brier, "parent": hidden.brier_parent}
    enough = hidden.places >= LEAST_PLACES_OF_A_CHECK
    better = enough and hidden.brier <= min(LARGEST_BRIER, hidden.brier_parent)
    return Gate("g5", better, detail)


def sensitivity(probability: float, variants: Sequence[float]) -> Gate:
    """G6: the stated other assumptions stay together."""
    low, high = min([probability, *variants]), max([probability, *variants])
    return Gate("g6", high - low <= LARGEST_SPREAD + _TINY, {"low": low, "high": high})


def agreement(chances: Mapping[str, float]) -> Gate:
    """G7: no source of the place gives what another says less than a quarter; None with one source or none."""
    if not chances:
        return Gate("g7", None)
    least = min(chances, key=lambda source: chances[source])
    return Gate("g7", chances[least] >= LEAST_AGREEMENT, {"source": least, "chance": chances[least]})


def printed(probability: float | None) -> tuple[Gate, float | None, str]:
    """G8: whole fives from 10 to 90, and whether the chance lies beyond them."""
    if probability is None:
        return Gate("g8", None), None, ""
    fives = int(probability * 20 + 0.5) / 20
    beyond = "above" if probability >= HIGHEST_PRINTED else "below" if probability <= LOWEST_PRINTED else ""
    shown = round(min(max(fives, LOWEST_PRINTED), HIGHEST_PRINTED), 2)
    return Gate("g8", not beyond, {"chance": probability}), shown, beyond


def before_verdict(direct: int) -> Gate:
    """G9: fewer direct yearly values than a verdict's own probability needs."""
    return Gate("g9", direct < MINIMUM_VALUES, {"values": direct})


# By the class of a stock


def _by_class(seen: Catalog, goal: Goal, blank: Reading, rows: Sequence[Any]) -> Reading:
    """Return how a stock of one dated value would go on if it moved like other public counts."""
    row = next(row for row in rows if row.role == "class")
    series = build_series(seen, row.from_indicator_id, row.region_id)
    first = int(goal.baseline_year or 0)
    lead = goal.target_year - int(series.last_year or 0)
    baseline = float(series.yearly["value"].loc[first]) if first in series.yearly.index else None
    kind = stock_of_baseline(baseline if series.n else None, lead)
    direct = before_verdict(series.n)
    grounds = tuple(_grounds(Shared(seen), rows, ()))
    if not kind.passed or baseline is None:
        reason = "baseline_unknown" if baseline is None else "g3"
        return replace(blank, reason=reason, gates=(kind, direct), evidence=grounds)
    levels, values = _class_quantiles(seen, series, lead)
    ends: dict[str, Any] = {name: float(np.interp(ndtri(end), ndtri(levels), values)) for name, end in _ENDS.items()}
    asked, chance = Asked.by(goal, baseline), None
    if asked is not None:
        below = np.interp(asked.unrounded(print_unit(seen, series)), values, levels, left=0.0, right=1.0)
        chance = float(below[1] - below[0])
    shown, number_of, beyond = printed(chance)
    reason = "no_path" if chance is None else "" if direct.passed else "g9"
    return replace(
        blank,
        kind="range" if reason else "number",
        reason=reason,
        **ends,
        probability=None if reason else number_of,
        beyond="" if reason else beyond,
        gates=(kind, shown, direct),
        evidence=grounds,
    )


def _class_quantiles(seen: Catalog, series: Series, lead: int) -> tuple[list[float], list[float]]:
    """Return levels and quantiles of a series' class after its last value, on the original scale."""
    group, indicator = class_of(seen, series.indicator_id), seen.indicator(series.indicator_id)
    found: dict[float, float] = {}
    if group is None:
        return [], []
    for level in _CLASS_LEVELS:
        made = Orientation.of(series.values(), group, lead, level=level, lower=indicator.lower, upper=indicator.upper)
        if made is not None:
            found |= {(1 - level) / 2: made.lower, 0.5: made.centre, (1 + level) / 2: made.upper}
    levels = sorted(found)
    return levels, [found[level] for level in levels]


# As plain values

_DIGITS = 6


def reading_record(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain values, with each row of the evidence by its role, series and sources."""
    numbers = ("estimate", "low80", "high80", "low95", "high95")
    return {
        "indicator_id": reading.indicator,
        "kind": reading.kind,
        "reason": reading.reason,
        **{name: _rounded(getattr(reading, name)) for name in numbers},
        "probability": reading.probability,
        "beyond": reading.beyond,
        "variants": [
            {"code": each.code, "estimate": _rounded(each.estimate), "probability": _rounded(each.probability)}
            for each in reading.variants
        ],
        "gates": [
            {
                "code": gate.code,
                "passed": gate.passed,
                "detail": {name: _plain(gate.detail[name]) for name in gate.detail},
            }
            for gate in reading.gates
        ],
        "disagree": reading.disagree,
        "cross_check": reading.cross_check,
        "evidence": [
            {
                "role": ground.role,
                "indicator_id": ground.indicator_id,
                "region_id": ground.region_id,
                "line": int(ground.row.line),
                "sources": sorted({str(figure.source_id) for figure in ground.rows}),
            }
            for ground in reading.evidence
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DIGITS)


def _plain(value: float | str) -> float | str:
    return value if isinstance(value, str) else round(float(value), _DIGITS)
