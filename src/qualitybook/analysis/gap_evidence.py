"""What an indicative reading is worked out from: gaps of other places, and what is held of the places above.

The rows of ``plan/indicative_evidence.csv`` name all of it. Nothing is chosen here that they do not say, but for two
rules that hold everywhere: dated figures of a place itself are always used, and of several parts of a year that two
places have in common the longest stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri

from qualitybook.analysis.gap_model import OwnValue, PeerGap, gap_prior, predict
from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.scales import LOG, LOGIT, Transform
from qualitybook.analysis.series import (
    FITTED_QUALIFIERS,
    FitOptions,
    Series,
    build_series,
    by_year,
    is_sound,
    rounding_sd,
)
from qualitybook.evidence.catalog import Catalog, chosen_lines

ANY_BASIS = FitOptions(all_bases=True)
"""A gap is taken to outlast a change of definition; a reading says that it hangs on this."""
_TAIL = 0.1


def scale_of(catalog: Catalog, indicator_id: str) -> Transform | None:
    """Return the scale on which gaps of an indicator are taken; None for what has no gaps that last."""
    indicator = catalog.indicator(indicator_id)
    if indicator.kind == "rate" and catalog.unit(indicator.unit).form == "percent":
        return LOGIT
    return LOG if indicator.kind == "index" else None


# Other places


@dataclass(frozen=True)
class Pair:
    """Figures of one period of a place and of one that contains it."""

    place: str
    year: int
    own: Any
    above: Any
    "Rows of the observations."
    gap: float
    variance: float
    "On the modelling scale."


def pairs_of(catalog: Catalog, indicator_id: str, region_id: str, against_id: str = "", basis: str = "") -> list[Pair]:
    """Return every pair of a place with one that contains it, one a year.

    `against_id` is the indicator of the containing place, where it is another; `basis` that of the places' figures,
    where the containing place's are on another: else both are on the same.
    """
    scale = scale_of(catalog, indicator_id)
    if scale is None:
        return []
    usable = _usable(catalog, scale, against_id or indicator_id, region_id)
    above = {(row.period, basis or row.basis): row for row in usable}
    places = sorted(place for place in catalog.places_of(indicator_id) if catalog.lies_in(place, region_id))
    found = []
    for place in places:
        years: dict[int, Pair] = {}
        for row in _usable(catalog, scale, indicator_id, place):
            other = above.get((row.period, row.basis))
            if other is not None:
                years.setdefault(row.start.year, _pair(scale, place, row, other))
        found += [years[year] for year in sorted(years)]
    return found


def _usable(catalog: Catalog, scale: Transform, indicator_id: str, region_id: str) -> list[Any]:
    """Return the dated figures of a place that a gap may rest on, those of the longest periods first."""
    rows = catalog.records_at(indicator_id, region_id)
    best = chosen_lines(rows)
    usable = [row for row in rows if row.line in best and row.qualifier in FITTED_QUALIFIERS and is_sound(row)]
    # A share of 101 % has no place on the scale; the gaps of the other places are none the worse for it.
    usable = [
        row for row in usable if row.complete != "0" and row.start.year == row.end.year and scale.holds(row.value)
    ]
    return sorted(usable, key=lambda row: (row.start - row.end, row.start))


def _pair(scale: Transform, place: str, own: Any, above: Any) -> Pair:
    z = scale.forward([own.value, above.value])
    blur = scale.variance([own.value, above.value], [_blur(own), _blur(above)])
    return Pair(place, own.start.year, own, above, float(z[0] - z[1]), float(blur.sum()))


def _blur(row: Any) -> float:
    return rounding_sd(row.value_text) if row.qualifier == "about" else 0.0


# Places above


@dataclass(frozen=True)
class Ahead:
    """A year after the last figure, on the modelling scale: by a ``forecast``, or the range of a ``class``."""

    mean: float
    variance: float
    how: str


@dataclass(frozen=True, eq=False)
class Shared:
    """Series and forecasts made so far, shared by all ways of working out a goal."""

    catalog: Catalog
    _series: dict[tuple[str, str], Series] = field(default_factory=dict)
    _ahead: dict[tuple[str, str, int], Ahead | None] = field(default_factory=dict)

    def series(self, indicator_id: str, region_id: str) -> Series:
        """Return a series with the figures of any basis."""
        key = indicator_id, region_id
        if key not in self._series:
            self._series[key] = build_series(self.catalog, indicator_id, region_id, ANY_BASIS)
        return self._series[key]

    def ahead(self, series: Series, scale: Transform, year: int) -> Ahead | None:
        """Return a year after the last figure of a series, None where it is out of reach."""
        key = series.indicator_id, series.region_id, year
        if key not in self._ahead:
            self._ahead[key] = _forecast(self.catalog, series, scale, year)
        return self._ahead[key]


@dataclass(frozen=True, eq=False)
class Above:
    """A place that contains the goal's, and what is held of it in any year."""

    shared: Shared
    series: Series
    scale: Transform
    values: Mapping[int, tuple[float, float]]
    "Mean and variance of the years with a figure."
    parts: Mapping[int, tuple[float, float]]
    "The same of years of which a part is named to stand for the whole."
    beyond: Above | None
    "The place above it, None for the outermost."
    peers: tuple[PeerGap, ...]
    offset: float
    offset_variance: float
    _held: dict[int, tuple[float, float] | None] = field(default_factory=dict)

    def belief(self, year: int) -> tuple[float, float]:
        """Return mean and variance of a year; raises LookupError where nothing can be said."""
        if year not in self._held:
            self._held[year] = self._of(year)
        found = self._held[year]
        if found is None:
            raise LookupError(f"nothing is held of {self.series.region_id} in {year}")
        return found[0] - self.offset, found[1] + self.offset_variance

    def holds(self, year: int) -> bool:
        """Whether anything can be said of a year."""
        try:
            self.belief(year)
        except LookupError:
            return False
        return True

    def how(self, year: int) -> str:
        """Return how a year is known: ``figure``, ``part``, ``gap``, ``forecast``, ``class`` or "" for not at all."""
        if year in self.values:
            return "figure"
        if year in self.parts:
            return "part"
        if self.beyond is not None:
            return "gap" if self.beyond.how(year) else ""
        ahead = self._ahead(year)
        return "" if ahead is None else ahead.how

    def _of(self, year: int) -> tuple[float, float] | None:
        if year in self.values or year in self.parts:
            return self.values.get(year) or self.parts[year]
        if self.beyond is None:
            if not self.values or year > max(self.values):
                ahead = self._ahead(year)
                return None if ahead is None else (ahead.mean, ahead.variance)
            return _bridged(self.values, year)
        prior = gap_prior(self.scale.name)
        made = predict(year, self.beyond.belief, prior, self.peers, own_values(self.values, self.beyond))
        return made.mean, made.variance

    def _ahead(self, year: int) -> Ahead | None:
        return self.shared.ahead(self.series, self.scale, year)

    @property
    def first_year(self) -> int | None:
        """The first year of which anything is known: the gap of an earlier figure would be taken from nothing."""
        return min(self.values, default=None) if self.beyond is None else self.beyond.first_year


def above_of(shared: Shared, rows: Sequence[Any], parts: Sequence[Any], peers: Sequence[PeerGap]) -> Above | None:
    """Return the smallest of the places above that the table names, each held by the one before it."""
    found: Above | None = None
    for row in rows:
        scale = scale_of(shared.catalog, row.from_indicator_id)
        if scale is None:
            return None
        series = shared.series(row.from_indicator_id, row.region_id)
        others = tuple(peer for peer in peers if peer.place != row.region_id)
        known = values_of(series, scale)
        offset, blur = number(row.offset), number(row.offset_sd) ** 2
        named = _parts(shared.catalog, row, parts, scale)
        found = Above(shared, series, scale, known, named, found, others, offset, blur)
    return found


def _parts(catalog: Catalog, parent: Any, rows: Sequence[Any], scale: Transform) -> dict[int, tuple[float, float]]:
    """Return the years of a place above for which the table names a part, with its offset from whole years."""
    found = {}
    for row in rows:
        if (row.from_indicator_id, row.region_id) == (parent.from_indicator_id, parent.region_id):
            for figure in catalog.records_at(row.from_indicator_id, row.region_id):
                if figure.source_id == row.source_id and figure.qualifier in FITTED_QUALIFIERS and figure.period:
                    z = float(scale.forward([figure.value])[0]) - number(row.offset)
                    found[figure.end.year] = (z, number(row.offset_sd) ** 2)
    return found


def values_of(series: Series, scale: Transform) -> dict[int, tuple[float, float]]:
    """Return mean and variance on the modelling scale of each year with a figure.

    A figure printed more coarsely than others of the series is blurred by its rounding.
    """
    decimals = series.yearly["decimals"].max()
    known: dict[int, tuple[float, float]] = {}
    for year, row in by_year(series.yearly):
        coarse = 10.0 ** -int(row["decimals"]) / np.sqrt(12) if row["decimals"] < decimals else 0.0
        value, sd = [float(row["value"])], [max(float(row["sd"]), coarse)]
        known[year] = float(scale.forward(value)[0]), float(scale.variance(value, sd)[0])
    return known


def own_values(values: Mapping[int, tuple[float, float]], above: Above) -> list[OwnValue]:
    """Return figures of a place as evidence of its gap, those of years from the first that is known of the other."""
    first = above.first_year
    known = values.items() if first is not None else ()
    return [OwnValue(z, ((year, 1.0),), variance) for year, (z, variance) in known if first is None or year >= first]


def _bridged(values: Mapping[int, tuple[float, float]], year: int) -> tuple[float, float]:
    """Return a year before or between figures: on the line between them, with the variance of a walk tied to both."""
    at, z = np.array(list(values), dtype=float), np.array([mean for mean, _ in values.values()])
    steps = np.diff(z) / np.sqrt(np.diff(at))
    yearly = float(np.mean(steps * steps)) if steps.size else 0.0
    after = int(np.searchsorted(at, year))
    if after == 0:
        return float(z[0]), yearly * float(at[0] - year)
    width = at[after] - at[after - 1]
    return float(np.interp(year, at, z)), float(yearly * (year - at[after - 1]) * (at[after] - year) / width)


def _forecast(catalog: Catalog, series: Series, scale: Transform, year: int) -> Ahead | None:
    """Return the forecast of the engine, or the range of its class for a short series."""
    made = forecast_series(catalog, series, year)
    if made is not None:
        horizon = year - int(series.years()[-1])
        ends = [made.quantile(level, horizon) for level in (_TAIL, 0.5, 1 - _TAIL)]
    else:
        rough = orient_series(catalog, series, year) if series.n else None
        if rough is None:
            return None
        ends = [rough.lower, rough.centre, rough.upper]
    low, middle, high = (float(z) for z in scale.forward(ends))
    sd = (high - low) / (2 * float(ndtri(1 - _TAIL)))
    return Ahead(middle, sd * sd, "class" if made is None else "forecast")


def number(cell: float) -> float:
    """Return a number of the table, 0 for an empty cell."""
    return 0.0 if np.isnan(cell) else float(cell)
