"""How each measurable goal stands: the figure nearest to it, how far that is off, and its way since the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.findings import Direction, direction_since
from qualitybook.analysis.indicative import Reading
from qualitybook.analysis.latest import Change, Latest, Point
from qualitybook.analysis.series import CURRENT_BASIS
from qualitybook.analysis.verdict import Goal, Verdict, likelihood_word
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.schema import RULES, kind_of

_NATION = "nation"
ROLES = ("direct", "proxy", "context")
SIDES = ("met", "not_met", "likely", "even", "unlikely", "scope", "unknown")
"""Decided; leaning to reached, to neither side, to missed; depending on the scope; not known."""
_OF_WORD = {
    "very_likely": "likely",
    "likely": "likely",
    "as_likely_as_not": "even",
    "unlikely": "unlikely",
    "very_unlikely": "unlikely",
}
NO_GAP = ("no_figure", "undated", "other_scope", "basis", "no_baseline", "no_later")


@dataclass(frozen=True)
class Gap:
    """How far a figure is from the value that a goal names, as printed; above it is positive."""

    value: Decimal
    qualifier: str
    """``exact``, ``about``, or a bound where the figure is one."""


@dataclass(frozen=True)
class Nearest:
    """The figure that says most of a goal, by one scope of it."""

    role: str
    """One of `ROLES`."""
    found: Latest
    gap: Gap | Change | None
    """From the value that the goal names; of goals without one, from the figure of the baseline year."""
    no_gap: str
    """Why there is none, one of `NO_GAP`; empty where there is one."""


@dataclass(frozen=True)
class Standing:
    """How one measurable goal stands."""

    assessment: Assessment
    nearest: tuple[Nearest, ...]
    """By each scope where the wording leaves it open, else one; none where no figure was found."""
    direction: Direction | None
    """Of the goal's own series, else of the first proxy of its place that has one."""
    readings: tuple[Reading, ...]
    """What related evidence says of it."""

    @property
    def rests_on(self) -> tuple[int, ...]:
        """Lines of the figures that the answer rests on."""
        read = (figure.line for reading in self.readings for ground in reading.evidence for figure in ground.rows)
        return tuple(dict.fromkeys([*lines_behind(self.assessment.verdict), *map(int, read)]))

    @property
    def is_decided(self) -> bool:
        """Whether the goal is met or missed for good."""
        return self.assessment.verdict.is_decided

    @property
    def side(self) -> str:
        """Which way what is known points, one of `SIDES`."""
        item = self.assessment
        verdicts = [scope.verdict for scope in item.scopes] or [item.verdict]
        sides = {side_of(verdict, self.reading_on(verdict.goal.indicator_id)) for verdict in verdicts}
        return sides.pop() if len(sides) == 1 else "scope"

    def reading_on(self, indicator_id: str) -> Reading | None:
        """Return what related evidence says by one of the goal's scopes, None where nothing was asked of it."""
        return next((reading for reading in self.readings if reading.indicator == indicator_id), None)


def side_of(verdict: Verdict, reading: Reading | None = None) -> str:
    """Return which way a verdict points, and where it cannot be judged a reading; one of `SIDES`."""
    if verdict.is_decided:
        return verdict.state
    if verdict.word is not None:
        return _OF_WORD[verdict.word]
    return "unknown" if reading is None else _side_of_reading(reading, verdict.goal)


def _side_of_reading(reading: Reading, goal: Goal) -> str:
    """Return which way a reading points: by its probability, else by the side of the goal that its range lies on."""
    if reading.probability is not None:
        return _OF_WORD[likelihood_word(round(100 * reading.probability))]
    if reading.low80 is None or reading.high80 is None or goal.value is None:
        return "unknown"
    ends = sorted(goal.direction * (end - goal.value) for end in (reading.low80, reading.high80))
    return "likely" if ends[0] > 0 else "unlikely" if ends[1] < 0 else "even"


def lines_behind(verdict: Verdict) -> tuple[int, ...]:
    """Return the lines of the figures that a verdict rests on; none where it cannot be judged."""
    series = verdict.series
    if series is None:
        return ()
    if verdict.probability is not None:
        used = series.yearly if verdict.forecast is None else series.yearly.iloc[-verdict.forecast.n :]
        return tuple(int(line) for lines in used["lines"] for line in lines)
    if "from_parts" in verdict.flags:
        used = series.yearly.loc[[verdict.goal.target_year]]
        return (*_start_of(verdict), *(int(line) for lines in used["lines"] for line in lines))
    decided = () if verdict.deciding_line is None else (*_start_of(verdict), verdict.deciding_line)
    return (*decided, *verdict.contrary_lines)


def _start_of(verdict: Verdict) -> tuple[int, ...]:
    """Return the lines of earlier years that a decided goal hangs on: that it is compared with, or all on the way."""
    goal, series = verdict.goal, verdict.series
    if series is None or not verdict.is_decided:
        return ()
    first = goal.compared_year
    if "averaged" in verdict.flags:
        first = goal.from_year
    elif not goal.is_relative:
        return ()
    yearly = series.yearly.loc[first : goal.target_year]
    is_of_each = goal.kind.judged == "each_year" or "averaged" in verdict.flags
    used = yearly["lines"] if is_of_each else yearly["lines"].loc[yearly.index == first]
    before = takewhile(lambda lines: verdict.deciding_line not in lines, used)
    return tuple(int(line) for lines in before for line in lines)


def standings(
    catalog: Catalog, assessments: Iterable[Assessment], readings: Mapping[str, tuple[Reading, ...]]
) -> list[Standing]:
    """Return how each measurable goal stands, from evidence filtered to the as-of date and the readings by goal."""
    return [standing(catalog, item, readings.get(item.target_id, ())) for item in assessments if item.is_measurable]


def standing(catalog: Catalog, item: Assessment, readings: tuple[Reading, ...] = ()) -> Standing:
    """Return how a measurable goal stands."""
    direction = _direction(catalog, item)
    change = None if direction is None or direction.indicator_id != _indicator(item) else direction.change
    if item.scopes:
        found = [("direct" if scope.is_own_place else "context", scope.latest) for scope in item.scopes]
    else:
        found = _nearest(catalog, item)[:1]
    return Standing(item, tuple(_measured(item, role, each, change) for role, each in found), direction, readings)


def _names_a_figure(rule: str) -> bool:
    """Say whether the value of a goal is one that its figures can be held against as they are."""
    return RULES[rule].needs_value and RULES[rule].value_is == "figure"


def _indicator(item: Assessment) -> str:
    return str(item.target["indicator_id"])


def _nearest(catalog: Catalog, item: Assessment) -> list[tuple[str, Latest]]:
    """Return the figures beside a goal, the nearest first: its own series, then fresh ones, then whole years."""
    place = str(item.target["region_id"])
    beside = [
        (support.role, Latest.of_series(catalog, support.series)) for support in item.supports if support.role in ROLES
    ]
    own = [] if item.latest is None else [("direct", item.latest)]
    found = [(role, each) for role, each in (*own, *beside) if each.shown is not None]
    places = catalog.in_order({each.region_id for _role, each in found}, place)

    def rank(pair: tuple[str, Latest]) -> tuple[bool, bool, bool, int, int]:
        role, each = pair
        is_whole = each.point is not None and each.point.is_whole
        return role != "direct", each.is_stale, not is_whole, ROLES.index(role), places.index(each.region_id)

    return sorted(found, key=rank)


def _measured(item: Assessment, role: str, found: Latest, change: Change | None) -> Nearest:
    """Return a figure with how far it is from the goal, or with why that is not said."""
    scopes = {scope.indicator_id for scope in item.scopes} or {_indicator(item)}
    point, reason = found.point, ""
    if found.shown is None:
        reason = "no_figure"
    elif found.indicator_id not in scopes:
        reason = "other_scope"
    elif found.shown.basis != CURRENT_BASIS:
        reason = "basis"
    elif point is None:
        reason = "undated"
    if reason or point is None:
        return Nearest(role, found, None, reason)
    if _names_a_figure(item.target["rule"]):
        return Nearest(role, found, _gap(item, point), "")
    is_later = (point.year or 0) > (item.verdict.goal.baseline_year or 0)
    return Nearest(role, found, change, "" if change is not None else "no_baseline" if is_later else "no_later")


def _gap(item: Assessment, point: Point) -> Gap:
    value = Decimal(point.value_text) - Decimal(str(item.target["value_text"]))
    return Gap(value, point.qualifier if point.is_bound or point.qualifier == "about" else "exact")


def _direction(catalog: Catalog, item: Assessment) -> Direction | None:
    """Return which way a goal's own series, else the first proxy of its place, has gone since the baseline."""
    baseline = item.verdict.goal.baseline_year or catalog.plan_baseline
    own = [] if item.verdict.series is None else [item.verdict.series]
    series = [*own, *(support.series for support in item.with_role("proxy"))]
    if baseline is None:
        return None
    found = (direction_since(catalog, each, baseline) for each in series)
    return next((direction for direction in found if direction.change is not None), None)


@dataclass(frozen=True)
class Bearing:
    """A figure that bears on a goal, and its distance from it."""

    role: str
    """``direct``, ``proxy``, ``above`` (a place that contains the goal's), ``nation`` or ``peer``."""
    found: Latest
    point: Point
    distance: float
    """In the goal's unit; positive where it reaches the goal."""
    is_loose: bool
    """Whether it cannot be compared without more ado: by its age, its period, its definition or what it measures."""


def bearings(catalog: Catalog, standing: Standing, indicator_id: str) -> tuple[Bearing, ...]:
    """Return the figures that bear on a goal by one of its scopes; none for counts and for goals without a value.

    Of other places only what can be compared is told.
    Of goals that ask for a rise since a year, the place's own figures are told, from that of the year.
    """
    goal = standing.assessment.verdict.goal
    rule = RULES[goal.rule]
    asked = value_asked(standing)
    if asked is None or goal.direction == 0 or not kind_of(catalog.indicator(indicator_id).kind).is_relative:
        return ()
    found = (
        (role, each, point)
        for role, each in _around(catalog, standing.assessment, indicator_id, with_others=rule.needs_value)
        if (point := each.shown) is not None
    )
    return tuple(
        Bearing(role, each, point, goal.direction * (point.value - asked), _is_loose(each, point, indicator_id))
        for role, each, point in found
        if role in ROLES or not (_is_loose(each, point, indicator_id) or (role == "peer" and point.is_bound))
    )


def value_asked(standing: Standing) -> float | None:
    """Return the value that figures of a goal are held against: its own, else that of its series in the baseline."""
    way, goal = standing.direction, standing.assessment.verdict.goal
    if _names_a_figure(goal.rule):
        return goal.value
    is_own = way is not None and way.indicator_id == goal.indicator_id
    return way.before.value if is_own and way is not None and way.before is not None else None


def _around(
    catalog: Catalog, item: Assessment, indicator_id: str, *, with_others: bool
) -> Iterator[tuple[str, Latest]]:
    """Yield the latest figures of an indicator at the goal's place and elsewhere, and the goal's proxies."""
    place, unit = str(item.target["region_id"]), catalog.indicator(indicator_id).unit
    if place in catalog.places_of(indicator_id):
        yield "direct", Latest.at(catalog, indicator_id, place)
    if indicator_id == _indicator(item):
        for support in item.with_role("proxy"):
            if catalog.indicator(support.series.indicator_id).unit == unit:
                yield "proxy", Latest.of_series(catalog, support.series)
    above = catalog.containing_places(place)
    for other in catalog.in_order(catalog.places_of(indicator_id) - {place}, place) if with_others else ():
        level = catalog.region(other).level
        role = "peer" if other not in above else "nation" if level == _NATION else "above"
        yield role, Latest.at(catalog, indicator_id, other)


def _is_loose(found: Latest, point: Point, indicator_id: str) -> bool:
    is_comparable = point.is_whole and point.basis == CURRENT_BASIS
    return found.is_stale or not is_comparable or found.indicator_id != indicator_id
