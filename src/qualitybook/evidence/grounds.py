"""What indicative readings rest on, held against the goal's place and year and against the figures: warnings.

A row under the wrong role, place or year turns a reading, or drops out of it, and nothing else tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitybook.evidence.periods import Period
from qualitybook.evidence.slips import places_above

if TYPE_CHECKING:
    from qualitybook.evidence.reading import RawTable

_ABOVE = ("parent", "part")
_OWN = ("own_undated", "statement", "proxy", "class")
_OF_MANY = ("peers", "spread")
_LARGEST_OFFSET = 3.0
"""On a scale of logarithms: twenty times the odds."""

Row = Mapping[str, str]
Doubt = tuple[str, str, str]
"""Column, what was found, and what is allowed."""


@dataclass(frozen=True)
class Grounds:
    """What rows of indicative evidence are held against."""

    goals: Mapping[str, tuple[str, str, str]]
    """Place, target year and baseline year of each goal."""
    meant: Collection[tuple[str, str]]
    """Goals, each with what it may be read on: its own indicator, and those between which its wording is open."""
    above: Mapping[str, Collection[str]]
    """The places and areas that each place lies in."""
    containing: Collection[str]
    """The places and areas that any other lies in."""
    published: Mapping[str, str]
    figures: Mapping[tuple[str, str], Collection[tuple[str, str, str]]]
    """Period, qualifier and source of the figures of each indicator and place."""
    used: Collection[tuple[str, ...]]
    """Goal, what it is read on, indicator and place of the rows that are of no variant."""

    @classmethod
    def of(cls, tables: Mapping[str, RawTable]) -> Grounds:
        """Return what the tables of a folder say."""
        parents = {region: parent for _, (region, parent) in tables["regions"].rows("region_id", "parent_id")}
        areas: dict[str, set[str]] = {}
        for _, (region, area) in tables["region_areas"].rows("region_id", "area_id"):
            areas.setdefault(region, set()).add(area)
        above = {}
        for region in parents:
            within = {region, *places_above(parents, region)}
            above[region] = set().union(within - {region}, *(areas.get(place, ()) for place in within))
        goals = tables["targets"].rows("target_id", "region_id", "target_year", "baseline_year")
        figures: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        names = ("indicator_id", "region_id", "period", "qualifier", "source_id")
        for _, (indicator, region, *figure) in tables["observations"].rows(*names):
            figures.setdefault((indicator, region), []).append((figure[0], figure[1], figure[2]))
        rows = tables["indicative_evidence"].rows(
            "target_id", "indicator_id", "from_indicator_id", "region_id", "variant"
        )
        return cls(
            {target: (region, year, baseline) for _, (target, region, year, baseline) in goals},
            _meant(tables),
            above,
            set().union(*above.values()),
            {source: day for _, (source, day) in tables["sources"].rows("source_id", "published")},
            figures,
            {tuple(key) for _, (*key, variant) in rows if not variant},
        )

    def doubts(self, row: Row) -> Iterator[Doubt]:
        """Yield what looks like a slip in a row that is sound by itself, of what its goal may be read on."""
        if (row["target_id"], row["indicator_id"]) in self.meant and row["region_id"] in self.above:
            yield from self._of_place(row)
            yield from self._of_years(row)
            yield from self._of_measure(row)
            yield from self._of_figures(row)

    def doubts_of_refusal(self, target: str, indicator: str, refusal: str) -> Iterator[str]:
        """Yield what else should stand there where something speaks against the reason why nothing is estimated."""
        place, _, baseline = self.goals.get(target, ("", "", ""))
        known = [key for key in self.figures if key[0] == indicator]
        if refusal in ("no_series", "no_figure") and known:
            yield f"another reason: observations.csv has figures of {indicator}, of {known[0][1]} for one"
        if refusal == "baseline_unknown":
            own = self.figures.get((indicator, place), ())
            if not baseline:
                yield "another reason: there is no baseline"
            elif not known:
                yield "another reason: no figure is known"
            elif any(figure[:2] == (baseline, "exact") for figure in own):
                yield f"another reason: observations.csv has the figure of {baseline}"

    def _of_place(self, row: Row) -> Iterator[Doubt]:
        own, role, place = self.goals[row["target_id"]][0], row["role"], row["region_id"]
        above = self.above.get(own, ())
        if role in _ABOVE and place not in above:
            yield "region_id", place, f"a place that {own} lies in, with the role {role}"
        if role in _OWN and place in above:
            yield "region_id", place, f"{own}, as the role {role} is of its own evidence; of a place above take parent"
        if role == "ceiling" and place == own:
            yield "region_id", place, f"another place than {own}, with the role ceiling"
        if role == "peer" and (place == own or not set(self.above[place]) & set(above)):
            yield "region_id", place, f"a place beside {own}, in one that both lie in, with the role peer"
        if role in _OF_MANY and place not in self.containing:
            yield "region_id", place, f"a place that others lie in, with the role {role}; of a single one take peer"

    def _of_years(self, row: Row) -> Iterator[Doubt]:
        if row["role"] == "year" and row["from_year"] != row["to_year"]:
            yield "to_year", row["to_year"], f"{row['from_year']}, as the role year is of one"
        last, year = row["to_year"], self.goals[row["target_id"]][1]
        published = self.published.get(row["source_id"], "")[:4]
        if last and last > year:
            yield "to_year", last, f"at most {year}, the target year of {row['target_id']}"
        elif last and published and last > published:
            yield "to_year", last, f"at most {published}, when {row['source_id']} was published"

    def _of_measure(self, row: Row) -> Iterator[Doubt]:
        for column in ("offset", "offset_sd"):
            if row[column] and abs(float(row[column])) > _LARGEST_OFFSET:
                allowed = f"a distance on the modelling scale, from {-_LARGEST_OFFSET:g} to {_LARGEST_OFFSET:g}"
                yield column, row[column], allowed
        if row["role"] == "spread" and row["from_indicator_id"] == row["indicator_id"] and not row["basis"]:
            yield "role", "spread", "peers: places that have the very measure; spread is of another one"
        is_of_other = row["role"] == "parent" and row["from_indicator_id"] != row["indicator_id"]
        if not row["offset"] and (is_of_other or row["role"] == "proxy"):
            allowed = f"how far {row['from_indicator_id']} reads above {row['indicator_id']}; 0 if it does not"
            yield "offset", "", allowed

    def _of_figures(self, row: Row) -> Iterator[Doubt]:
        """Find rows that rest on nothing: no figure in their years, no bound, no series to be left out."""
        key = row["from_indicator_id"], row["region_id"]
        figures = self.figures.get(key, ())
        first, last = row["from_year"], row["to_year"]
        named = " of ".join(key)
        if row["role"] == "proxy" and not row["source_id"]:
            spans = [Period.parse(period) for period, _, _ in figures if period]
            if not any(not first or (int(first) <= span.start.year and span.end.year <= int(last)) for span in spans):
                yield "from_year", f"{first} to {last}", f"years in which there are figures of {named}"
        if row["role"] == "statement":
            said = {qualifier for _, qualifier, source in figures if source == row["source_id"]}
            if "at_least" not in said:
                yield "source_id", row["source_id"], f"the source of a figure of {named} with the qualifier at_least"
        if row["role"] == "left_out" and (row["target_id"], row["indicator_id"], *key) not in self.used:
            yield "from_indicator_id+region_id", f"{key[0]} + {key[1]}", "a series that the reading itself rests on"


def _meant(tables: Mapping[str, RawTable]) -> set[tuple[str, str]]:
    meant = {(target, indicator) for _, (target, indicator) in tables["targets"].rows("target_id", "indicator_id")}
    for _, (indicator_id, other_id) in tables["open_scopes"].rows("indicator_id", "other_id"):
        meant |= {(target, other_id) for target, indicator in meant if indicator == indicator_id}
    return meant
