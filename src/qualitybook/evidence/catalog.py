"""The evidence as typed tables, and look-ups in them.

A place lies in the places above it by ``parent_id``. Areas such as a delta or a coast are nobody's parent: the table
``region_areas`` says which of them a place lies in. Where it says nothing of a place, an area is taken to contain it if
the plan's evidence names it as a context and the place that it lies in contains the place as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache, cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from qualitybook.errors import EvidenceError, PageError, Problem, UnknownKeyError
from qualitybook.evidence.check import STILL_READ, problems_of, read_folder
from qualitybook.evidence.numbers import decimals_of
from qualitybook.evidence.periods import Period, month_end, stated_end
from qualitybook.evidence.reading import RawTable, rows_of, usual_units
from qualitybook.evidence.schema import LANGUAGES, OBSERVATIONS, kind_of
from qualitybook.evidence.seals import Seal, Since, key_of, read_seals, since

if TYPE_CHECKING:
    import numpy as np


CURRENT = "current"
"""Status of the edition that readers are shown first."""
_OF_GOALS = ("gaps", "indicative_evidence", "indicative_goals", "target_evidence", "target_path")
"""Tables whose rows go with the goal that they are about."""
_AREA = "area"
"""Level of places such as a delta or a coast, which are nobody's parent."""
_EXACT_FORMS = ("count", "rank", "flag", "span")

_SERIES_COLUMNS = (
    "period",
    "value",
    "qualifier",
    "n",
    "passed",
    "basis",
    "grade",
    "source_id",
    "source",
    "published",
)

_Record = TypeVar("_Record")


@dataclass(frozen=True)
class Indicator:
    """A measurable quantity; see the columns of the table ``indicators``."""

    indicator_id: str
    name_zh: str
    name_en: str
    unit: str
    lower: float | None
    upper: float | None
    better: str
    kind: str
    subkind: str
    frequency: str
    year_from: str
    decimals: int | None
    definition_zh: str
    definition_en: str
    comparability_zh: str
    comparability_en: str
    custodian_zh: str
    custodian_en: str

    @property
    def made_from(self) -> str:
        """How parts of a year make the year: ``own`` (not at all), ``mean``, ``sum``, ``pooled`` or ``end``."""
        return self.year_from or kind_of(self.kind).year_from


@dataclass(frozen=True)
class Unit:
    """A unit and how a number is written with it; see the columns of the table ``units``."""

    unit: str
    form: str
    name_zh: str
    name_en: str
    text_zh: str
    text_en: str
    one_en: str
    scale: int
    decimals: int | None

    @property
    def is_whole(self) -> bool:
        """Whether its figures are whole numbers that nobody rounded: 320 days are 320."""
        return self.form in _EXACT_FORMS and self.scale == 1


@dataclass(frozen=True)
class Region:
    """A place; see the columns of the table ``regions``."""

    region_id: str
    name_zh: str
    name_en: str
    level: str
    parent_id: str


@dataclass(frozen=True)
class Source:
    """A publication; see the columns of the table ``sources``."""

    source_id: str
    title: str
    publisher: str
    kind: str
    published: str
    access_kind: str
    url: str
    found_url: str
    accessed: date
    language: str
    withdrawn: date | None
    available_from: date


@dataclass(frozen=True)
class Target:
    """A goal of the plan; see the columns of the table ``targets``."""

    target_id: str
    number: int
    area_id: str
    indicator_id: str
    region_id: str
    rule: str
    value: float | None
    unit: str
    target_year: int
    baseline_year: int | None
    statement_zh: str
    statement_en: str
    interpretation_zh: str
    interpretation_en: str
    source_id: str
    value_text: str
    value_high: float | None
    from_year: int | None
    due: str
    valid_from: date | None
    valid_to: date | None
    supersedes: str
    path: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Edition:
    """One year's book; see the columns of the table ``editions``."""

    edition: str
    as_of: date
    target_year: int
    status: str
    reconstructed: str

    @property
    def is_closing(self) -> bool:
        """Whether the year of its goals was over on its as-of date, so that it closes their account."""
        return self.as_of.year > self.target_year

    @property
    def is_reconstructed(self) -> bool:
        """Whether it was worked out later and was not published when it would have been."""
        return self.reconstructed == "1"


@dataclass(frozen=True, eq=False)
class Catalog:
    """Every table of an evidence folder.

    Text columns hold str ("" for an empty cell), numeric ones float (NaN for an empty cell; int where none may be
    empty), days datetime64 (NaT); each index is a RangeIndex. Every table has ``line``, the line of its file on which
    the record starts. ``observations`` has besides its fields ``value_text`` (the text of the value), ``decimals``
    (printed after the point), ``start``, ``end`` (NaT where undated), ``year`` (Int64, only for a whole calendar year),
    ``period_kind`` ("" where undated) and ``available_from``; ``sources`` has ``available_from``; ``targets`` and
    ``peer_targets`` have ``value_text``, and ``targets`` have ``path``, the years on the way with their values.
    """

    folder: Path
    """Where the tables were read."""
    observations: pd.DataFrame
    indicators: pd.DataFrame
    sources: pd.DataFrame
    regions: pd.DataFrame
    region_areas: pd.DataFrame
    areas: pd.DataFrame
    tasks: pd.DataFrame
    targets: pd.DataFrame
    plan_texts: pd.DataFrame
    target_path: pd.DataFrame
    task_indicators: pd.DataFrame
    target_evidence: pd.DataFrame
    peer_targets: pd.DataFrame
    open_scopes: pd.DataFrame
    indicative_evidence: pd.DataFrame
    indicative_goals: pd.DataFrame
    gaps: pd.DataFrame
    editions: pd.DataFrame
    publishers: pd.DataFrame
    locators: pd.DataFrame
    units: pd.DataFrame
    dating: pd.DataFrame
    category_groups: pd.DataFrame
    reviews: pd.DataFrame
    errata: pd.DataFrame
    as_of_date: date | None = None
    """The day after which nothing was published that the tables hold; None for all that was read."""
    declared: frozenset[str] | None = None
    """The indicators whose figures the tables hold, where others were left out; None where none were."""
    seals: Mapping[str, Seal] = field(default_factory=dict)
    """What sealed editions were, by their keys."""

    def indicator(self, indicator_id: str) -> Indicator:
        """Return an indicator by its key; raises UnknownKeyError."""
        return _found("indicators", self._indicators, indicator_id)

    def unit(self, unit: str) -> Unit:
        """Return a unit by its key, one of the folder's own or one brought along; raises UnknownKeyError."""
        return _found("units", self._units, unit)

    def unit_of(self, indicator_id: str) -> Unit:
        """Return the unit of an indicator's values; raises UnknownKeyError."""
        return self.unit(self.indicator(indicator_id).unit)

    def region(self, region_id: str) -> Region:
        """Return a place by its key; raises UnknownKeyError."""
        return _found("regions", self._regions, region_id)

    def source(self, source_id: str) -> Source:
        """Return a publication by its key; raises UnknownKeyError."""
        return _found("sources", self._sources, source_id)

    def target(self, target_id: str) -> Target:
        """Return a goal of the plan by its key; raises UnknownKeyError."""
        return _found("targets", self._targets, target_id)

    def area(self, area_id: str) -> str:
        """Return the key of an area of the plan if there is one; raises UnknownKeyError."""
        if area_id not in set(self.areas["area_id"]):
            raise UnknownKeyError("areas", area_id, self.areas["area_id"])
        return area_id

    def edition(self, edition: str) -> Edition:
        """Return an edition by its key; raises UnknownKeyError."""
        return _found("editions", self._editions, edition)

    @property
    def current_edition(self) -> Edition:
        """The edition that readers are shown first: the current one, else the last."""
        known = list(self.editions["edition"])
        current = list(self.editions.loc[self.editions["status"] == CURRENT, "edition"])
        return self.edition((current or known)[-1])

    @cached_property
    def plan_region(self) -> str:
        """The place that most goals of the plan are set for."""
        return str(self.targets["region_id"].mode().iloc[0])

    def figures_of(self, indicator_id: str) -> pd.DataFrame:
        """Return the rows of ``observations`` of one indicator, as they stand there.

        Parameters
        ----------
        indicator_id : str
            Key of the indicator.

        Returns
        -------
        pandas.DataFrame
            Rows of ``observations`` with their own index; none where nothing is published.

        Raises
        ------
        PageError
            If the figures of this indicator were left out.
        """
        self._require_declared(indicator_id)
        return self.observations.iloc[self._rows_by_indicator.get(indicator_id, [])]

    def places_of(self, indicator_id: str) -> frozenset[str]:
        """Return the keys of the places that an indicator has figures of; found without touching the figures.

        Raises
        ------
        PageError
            If the figures of this indicator were left out.
        """
        self._require_declared(indicator_id)
        return self._places_by_indicator.get(indicator_id, frozenset())

    def figures_at(self, indicator_id: str, region_id: str) -> pd.DataFrame:
        """Return the rows of ``observations`` of one indicator and place, dated ones first, by period.

        Parameters
        ----------
        indicator_id, region_id : str
            Keys; a pair without figures gives no rows.

        Returns
        -------
        pandas.DataFrame
            Rows of ``observations`` with their own index, sorted by start, end and line.

        Raises
        ------
        PageError
            If the figures of this indicator were left out.
        """
        self._require_declared(indicator_id)
        return self.observations.iloc[self._rows_by_series.get((indicator_id, region_id), [])]

    def records_at(self, indicator_id: str, region_id: str) -> list[Any]:
        """Return the rows of `figures_at` as named tuples, which are found several times as fast.

        Raises
        ------
        PageError
            If the figures of this indicator were left out.
        """
        self._require_declared(indicator_id)
        return [self._records[place] for place in self._rows_by_series.get((indicator_id, region_id), [])]

    def records_of(self, lines: Iterable[int]) -> list[Any]:
        """Return rows of ``observations`` as named tuples, by their lines of the file and in its order.

        Parameters
        ----------
        lines : iterable of int
            Lines of the file; one without a visible figure gives no row.
        """
        return [self._records_by_line[line] for line in sorted(set(lines)) if line in self._records_by_line]

    def observations_of(self, indicator_id: str, region_id: str) -> pd.DataFrame:
        """Return the figures of one indicator and place, dated ones first, by period.

        Parameters
        ----------
        indicator_id, region_id : str
            Keys; a pair without figures gives no rows.

        Returns
        -------
        pandas.DataFrame
            Rows of ``observations`` with a new RangeIndex, sorted by start, end, basis and source.
        """
        rows = self.figures_at(indicator_id, region_id)
        order = ["start", "end", "basis", "source_id"]
        return rows.sort_values(order, kind="stable", na_position="last").reset_index(drop=True)

    def evidence_of(self, target_id: str) -> pd.DataFrame:
        """Return the rows of ``target_evidence`` of one goal, as they stand there.

        Parameters
        ----------
        target_id : str
            Key; a goal without evidence gives no rows.

        Returns
        -------
        pandas.DataFrame
            Rows of ``target_evidence`` with their own index.
        """
        return self.target_evidence.iloc[self._rows_by_target.get(target_id, [])]

    @cached_property
    def without_address(self) -> frozenset[str]:
        """The sources that were neither found at an address nor have one."""
        rows = self.sources[(self.sources["url"] == "") & (self.sources["found_url"] == "")]
        return frozenset(rows["source_id"])

    def as_of(self, day: date | str) -> Catalog:
        """Return the catalog as it could be known on a day.

        Parameters
        ----------
        day : datetime.date or str
            The as-of date; a text is YYYY-MM-DD.

        Returns
        -------
        Catalog
            Without what was published later, or had been withdrawn.

        Examples
        --------
        >>> from qualitybook import load
        >>> catalog = load("data")
        >>> len(catalog.as_of("2024-06-30").observations) < len(catalog.observations)
        True
        """
        as_of_date = date.fromisoformat(day) if isinstance(day, str) else day
        seen = self.published_by(as_of_date)
        gone = self.sources["withdrawn"] <= pd.Timestamp(as_of_date)
        used = seen.with_goals_of(as_of_date)._of_sources(set(self.sources.loc[~gone, "source_id"]))
        return replace(used, as_of_date=as_of_date)

    def with_goals_of(self, day: date) -> Catalog:
        """Return the same with the goals that were in force on a day, each in the wording of that day.

        Parameters
        ----------
        day : datetime.date
            The day.

        Returns
        -------
        Catalog
            Without goals that came later, were dropped by then, or had given way to another wording.
        """
        known = self._goals_known(day)
        is_in_force = ~(known["valid_to"] <= pd.Timestamp(day)) & ~known["target_id"].isin(known["supersedes"])
        return self._with_goals(known[is_in_force].reset_index(drop=True))

    def _with_goals(self, targets: pd.DataFrame) -> Catalog:
        """Return the same with some of its goals, and what the tables say of those; itself where those are all."""
        if len(targets) == len(self.targets):
            return self
        of_goals: dict[str, Any] = {
            name: table[table["target_id"].isin({*targets["target_id"], ""})].reset_index(drop=True)
            for name, table in self.tables().items()
            if name in _OF_GOALS
        }
        return replace(self, targets=targets, **of_goals)

    def _goals_known(self, day: date) -> pd.DataFrame:
        return self.targets[~(self.targets["valid_from"] > pd.Timestamp(day))].reset_index(drop=True)

    def text_of(self, edition: Edition) -> Any | None:
        """Return the text of the plan that an edition goes by.

        Parameters
        ----------
        edition : Edition
            The edition, from `Catalog.edition`.

        Returns
        -------
        tuple or None
            Row of ``plan_texts``: the last one of its year that was in force; None where none is recorded.
        """
        texts = self.plan_texts
        own = texts[
            (texts["target_year"] == edition.target_year) & (texts["valid_from"] <= pd.Timestamp(edition.as_of))
        ]
        return next(iter(rows_of(own.sort_values("valid_from").tail(1))), None)

    def plan_of(self, edition: Edition) -> Source:
        """Return the plan that an edition goes by.

        Parameters
        ----------
        edition : Edition
            The edition, from `Catalog.edition`.

        Returns
        -------
        Source
            The text in force; that of the first goal where no text is recorded.
        """
        text = self.text_of(edition)
        return self.source(str(self.targets["source_id"].iloc[0] if text is None else text.source_id))

    def seen_by(self, edition: Edition) -> Catalog:
        """Return the catalog as an edition saw it.

        Parameters
        ----------
        edition : Edition
            The edition, from `Catalog.edition`.

        Returns
        -------
        Catalog
            As on its as-of date; where it is sealed with the figures that it saw then and no others, their values as
            published.
        """
        seen = self.as_of(edition.as_of)
        seal = self.seals.get(edition.edition)
        if seal is None:
            return seen
        # Whatever is said today of its sources: a day of publication corrected, or a withdrawal that came to be known.
        keys = [key_of(row) for row in self.observations[list(OBSERVATIONS.primary_key)].to_dict("records")]
        figures = self.observations[[key in seal.figures for key in keys]].reset_index(drop=True)
        figures = _as_published(figures, [seal.figures[key][0] for key in keys if key in seal.figures])
        cited = self.sources["source_id"].isin({*seen.sources["source_id"], *figures["source_id"]})
        return replace(seen, observations=figures, sources=self.sources[cited].reset_index(drop=True))

    def since(self, edition: Edition) -> Since:
        """Return what has become of the figures of a sealed edition; nothing of another one.

        Parameters
        ----------
        edition : Edition
            The edition, from `Catalog.edition`.

        Returns
        -------
        Since
            The lines of figures ``found`` since, and by their keys the figures ``changed``.
        """
        seal = self.seals.get(edition.edition)
        if seal is None:
            return Since((), {})
        return since(seal, self.texts(), self.as_of(edition.as_of).observations["line"])

    def texts(self) -> dict[int, dict[str, str]]:
        """Return the text of the cells of ``observations``, by line.

        Returns
        -------
        dict of int to dict of str to str
            As they stand in the file, but for days.
        """
        table = self.observations.assign(value=self.observations["value_text"])
        for name in ("n", "passed"):
            table[name] = ["" if pd.isna(count) else str(int(count)) for count in table[name]]
        rows = table[[*OBSERVATIONS.header, "line"]].to_dict("records")
        return {row["line"]: {str(name): str(cell) for name, cell in row.items()} for row in rows}

    def published_by(self, day: date) -> Catalog:
        """Return what had been published by a day, withdrawn by then or not: all that editions up to that day saw.

        Parameters
        ----------
        day : datetime.date
            The day.

        Returns
        -------
        Catalog
            Without what was published later.
        """
        limit = pd.Timestamp(day)
        published = set(self.sources.loc[self.sources["available_from"] <= limit, "source_id"])
        known = self._with_goals(self._goals_known(day))._of_sources(published)
        is_as_of = known.sources["withdrawn"].isna().all() and known.with_goals_of(day) is known
        return replace(known, as_of_date=day if is_as_of else None)

    def _of_sources(self, known: set[str]) -> Catalog:
        # The plan's own tables stay as they are, with the sources that its goals cite, so that a book of any date can
        # name its plan.
        return replace(
            self,
            observations=_of_sources(self.observations, known),
            sources=_of_sources(self.sources, known | set(self.targets["source_id"])),
            peer_targets=_of_sources(self.peer_targets, known),
        )

    def series(self, indicator_id: str, region_id: str) -> pd.DataFrame:
        """Return the published figures of one indicator and place, one for each period and basis.

        Where several sources give the same period, it is the figure that the book uses. Nothing is pooled, fitted or
        filled in; bounds and figures without a year are there, marked by their qualifier.

        Parameters
        ----------
        indicator_id, region_id : str
            Keys of the indicator and the place.

        Returns
        -------
        pandas.DataFrame
            ``period``, ``value``, ``qualifier``, ``n`` and ``passed`` (missing where not published), ``basis``,
            ``grade``, ``source_id``, ``source`` (its title) and ``published``; dated figures first, by their period.

        Raises
        ------
        UnknownKeyError
            If there is no such indicator or place.

        Examples
        --------
        >>> from qualitybook import load
        >>> series = load("data").as_of("2025-06-30").series("food_supervision_sampling_pass_rate", "guangdong")
        >>> series[["period", "value", "n", "grade"]].head(3)
            period  value      n grade
        0  2016-Q2  97.72   <NA>     B
        1  2016-Q4  97.11   <NA>     B
        2  2017-Q2  97.57  47331     B
        """
        self.indicator(indicator_id)
        self.region(region_id)
        rows = self.observations_of(indicator_id, region_id)
        used = pd.concat([chosen(rows), undated(rows)], ignore_index=True)
        sources = self.sources.set_index("source_id")
        named = used.assign(
            source=used["source_id"].map(sources["title"]), published=used["source_id"].map(sources["published"])
        )
        return named[list(_SERIES_COLUMNS)].astype({"n": "Int64", "passed": "Int64"})

    # Looked up for every goal of a plan: found once, so that the time grows with the goals and not with their square.

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return _records(Indicator, self.indicators, "indicator_id")

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {**units_brought_along(), **_records(Unit, self.units, "unit")}

    @cached_property
    def _regions(self) -> dict[str, Region]:
        return _records(Region, self.regions, "region_id")

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return _records(Source, self.sources, "source_id")

    @cached_property
    def _editions(self) -> dict[str, Edition]:
        return _records(Edition, self.editions, "edition")

    @cached_property
    def _targets(self) -> dict[str, Target]:
        return _records(Target, self.targets, "target_id")

    @cached_property
    def _rows_by_indicator(self) -> dict[str, np.ndarray]:
        return dict(self.observations.groupby("indicator_id").indices)  # type: ignore[arg-type]

    @cached_property
    def _rows_by_series(self) -> dict[tuple[str, str], np.ndarray]:
        ordered = self.observations.reset_index(drop=True).sort_values(["start", "end", "line"], kind="stable")
        groups = ordered.groupby(["indicator_id", "region_id"]).indices
        return {key: ordered.index.to_numpy()[places] for key, places in groups.items()}  # type: ignore[misc]

    @cached_property
    def _places_by_indicator(self) -> dict[str, frozenset[str]]:
        places: dict[str, set[str]] = {}
        for indicator_id, region_id in self._rows_by_series:
            places.setdefault(indicator_id, set()).add(region_id)
        return {indicator_id: frozenset(found) for indicator_id, found in places.items()}

    @cached_property
    def _ranks(self) -> dict[str, dict[str, int]]:
        return {}

    @cached_property
    def _records(self) -> list[Any]:
        return list(rows_of(self.observations))

    @cached_property
    def _records_by_line(self) -> dict[int, Any]:
        return {record.line: record for record in self._records}

    @cached_property
    def _rows_by_target(self) -> dict[str, np.ndarray]:
        return dict(self.target_evidence.groupby("target_id").indices)  # type: ignore[arg-type]

    def _require_declared(self, indicator_id: str) -> None:
        if self.declared is not None and indicator_id not in self.declared:
            raise PageError(
                f"the page reads figures of {indicator_id!r}, which it does not declare; "
                "what a page reads is declared in qualitybook/publish/plan.py"
            )

    def containing_places(self, region_id: str) -> list[str]:
        """Return the places that contain a place, smallest first; an area stands before the place that it lies in.

        An area of which it is not said where it lies comes last.
        """
        found: list[str] = []
        areas = self._areas_of(region_id)
        for place in self._above(region_id):
            found += [area for area in areas if self.region(area).parent_id == place]
            found.append(place)
        return list(dict.fromkeys([*found, *areas]))

    def in_order(self, regions: Collection[str], place: str = "") -> list[str]:
        """Return places in the order in which a book of the plan's place shows them.

        Parameters
        ----------
        place
            The place that the book, or the goal, is about; the plan's where not given.
        """
        rank = self._rank(place or self.plan_region)
        return sorted(regions, key=lambda region: (rank.get(region, len(rank)), self.region(region).name_en, region))

    def _rank(self, centre: str) -> dict[str, int]:
        """Return the positions of the places that stand first in a book of a place."""
        if centre not in self._ranks:
            nations = self.regions.loc[self.regions["level"] == "nation", "region_id"]
            first = dict.fromkeys([centre, *self.containing_places(centre), *nations, *self._named()])
            self._ranks[centre] = {region: position for position, region in enumerate(first)}
        return self._ranks[centre]

    def first_place(self, indicator_id: str, place: str = "") -> str | None:
        """Return the first place of which an indicator has a figure, None where it has none."""
        return next(iter(self.in_order(self.places_of(indicator_id), place)), None)

    def other_scopes(self, indicator_id: str) -> tuple[str, ...]:
        """Return the indicators by which goals on an indicator may be meant as well, none for most."""
        rows = self.open_scopes
        return tuple(rows.loc[rows["indicator_id"] == indicator_id, "other_id"])

    def lies_in(self, place: str, region_id: str) -> bool:
        """Say whether a place lies in another by ``parent_id``, at any depth."""
        return region_id in self._above(place)

    def _above(self, region_id: str) -> Iterator[str]:
        parent = self.region(region_id).parent_id
        while parent:
            yield parent
            parent = self.region(parent).parent_id

    def _areas_of(self, region_id: str) -> list[str]:
        """Return the areas that a place, or a place that contains it, lies in."""
        stated = self.region_areas
        own = {region_id, *self._above(region_id)}
        found = list(stated.loc[stated["region_id"].isin(own), "area_id"])
        if region_id not in set(stated["region_id"]):
            evidence = self.target_evidence
            named = map(self.region, evidence.loc[evidence["role"] == "context", "region_id"])
            found += [region.region_id for region in named if region.level == _AREA and region.parent_id in own]
        return list(dict.fromkeys(found))

    def _named(self) -> Iterator[str]:
        """Yield the places that the plan's tables name, in their order."""
        for table in (self.targets, self.target_evidence, self.peer_targets):
            yield from table["region_id"]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the catalog by its name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}

    def editions_in_order(self) -> list[Edition]:
        """Return the editions by their as-of dates, the issues of one as they were made."""
        return [self.edition(str(key)) for key in self.editions.sort_values("as_of", kind="stable")["edition"]]

    def editions_before(self, day: date) -> list[Edition]:
        """Return the editions of as-of dates before a day, oldest first; of one issued again the last issue."""
        return list({each.as_of: each for each in self.editions_in_order() if each.as_of < day}.values())

    def targets_in_order(self) -> list[pd.Series]:
        """Return the rows of the plan's targets in the plan's order."""
        return [target for _, target in self.targets.sort_values("number", kind="stable").iterrows()]

    @property
    def plan_baseline(self) -> int | None:
        """The plan's baseline: the latest year that any of its goals compares with, None where none does."""
        years = self.targets["baseline_year"].dropna()
        return None if years.empty else int(years.max())


def load(folder: Path | str) -> Catalog:
    """Read and check an evidence folder.

    Parameters
    ----------
    folder : pathlib.Path or str
        Folder with the tables of :data:`qualitybook.evidence.schema.TABLES`.

    Returns
    -------
    Catalog
        All figures, whenever published.

    Raises
    ------
    EvidenceError
        If anything is wrong; its ``problems`` list all of it.

    Examples
    --------
    >>> from qualitybook import load
    >>> catalog = load("data")
    >>> catalog.region("guangdong").name_en
    'Guangdong'
    """
    problems, catalog = checked(folder)
    if catalog is None or any(problem.level == "error" for problem in problems):
        raise EvidenceError(problems)
    return catalog


def checked(folder: Path | str, raw: Mapping[str, RawTable] | None = None) -> tuple[list[Problem], Catalog | None]:
    """Return everything that is wrong with an evidence folder, and its catalog; None where an error forbids it."""
    folder = Path(folder)
    raw = read_folder(folder) if raw is None else raw
    problems = problems_of(folder, raw)
    if any(problem.level == "error" and problem.code not in STILL_READ for problem in problems):
        return problems, None
    tables = {name: _typed(table) for name, table in raw.items()}
    tables["observations"] = _with_periods(tables["observations"])
    available = available_from(tables["sources"], tables["observations"])
    for name in ("sources", "observations"):
        tables[name]["available_from"] = tables[name]["source_id"].map(available).astype("datetime64[s]")
    tables["targets"]["path"] = _paths(tables["targets"]["target_id"], tables["target_path"])
    return problems, Catalog(folder=folder, as_of_date=None, declared=None, seals=read_seals(folder), **tables)


def _typed(raw: RawTable) -> pd.DataFrame:
    """Return the cells with numbers and days for their texts, and the line of each record."""
    texts = dict(raw.cells)
    if "value" in texts:
        texts["value_text"] = texts["value"]
    # Lists in one call: five times as fast as a series for each column.
    table = pd.DataFrame(texts, dtype="str")
    for column in raw.table.fields:
        if column.dtype != "str":
            # Python's own reading of the text is the nearest double; a faster parser may round otherwise.
            read = int if column.dtype == "int64" else float
            numbers = [read(text) if text else float("nan") for text in texts[column.name]]
            table[column.name] = pd.Series(numbers, dtype=column.dtype)
    for column in raw.table.fields:
        if column.type == "date":
            days = [date.fromisoformat(text) if text else None for text in texts[column.name]]
            table[column.name] = pd.Series(days, dtype="datetime64[s]")
    table["line"] = pd.Series(raw.lines, dtype="int64")
    return table


def _paths(target_ids: pd.Series, target_path: pd.DataFrame) -> pd.Series:
    """Return for each goal the years on its way with the values to reach in them, in order; mostly none."""
    steps: dict[str, list[tuple[int, float]]] = {}
    for row in rows_of(target_path):
        steps.setdefault(row.target_id, []).append((int(row.year), float(row.value)))
    return pd.Series([tuple(sorted(steps.get(target_id, ()))) for target_id in target_ids], dtype=object)


def _with_periods(observations: pd.DataFrame) -> pd.DataFrame:
    periods = [Period.parse(text) if text else None for text in observations["period"]]
    decimals = [decimals_of(text) for text in observations["value_text"]]
    years = [
        period.year if period is not None and period.is_full_year and complete != "0" else None
        for period, complete in zip(periods, observations["complete"], strict=True)
    ]
    return observations.assign(
        decimals=pd.Series(decimals, dtype="int64"),
        start=pd.Series([period and period.start for period in periods], dtype="datetime64[s]"),
        end=pd.Series([period and period.end for period in periods], dtype="datetime64[s]"),
        year=pd.Series(years, dtype="Int64"),
        period_kind=pd.Series([period.kind if period is not None else "" for period in periods], dtype="str"),
    )


@cache
def units_brought_along() -> dict[str, Unit]:
    """Return the units that every folder knows, by their keys."""
    return _records(Unit, _typed(usual_units()), "unit")


def _records(kind: type[_Record], table: pd.DataFrame, key: str) -> dict[str, _Record]:
    """Return the rows by their keys as instances of a dataclass whose fields are columns of the table.

    Texts in a language that has no field, `name_fr` say, become attributes as well.
    """
    integers = {"number", "target_year", "baseline_year", "from_year", "decimals", "scale"}
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    made = (
        kind(**{name: _plain(cell, name in integers) for name, cell in zip(names, row, strict=True)})
        for row in rows_of(table[names])
    )
    records = dict(zip(table[key], made, strict=True))
    words = {str(name) for name in table if str(name).endswith(tuple(f"_{code}" for code in LANGUAGES))}
    for name in words - set(names):
        for at, text in zip(table[key], table[name], strict=True):
            object.__setattr__(records[at], name, text)
    return records


def _found(table: str, records: Mapping[str, _Record], key: str) -> _Record:
    try:
        return records[key]
    except KeyError:
        raise UnknownKeyError(table, key, records) from None


def _plain(cell: Any, is_integer: bool) -> Any:
    if cell is pd.NaT:
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date()
    if isinstance(cell, float):
        if pd.isna(cell):
            return None
        return int(cell) if is_integer else float(cell)
    return cell


# What could be known on a day, and which of several figures to use


SERIES_KEY = ["indicator_id", "region_id", "period", "basis"]
_PLACE = ["indicator_id", "region_id", "start", "end", "period", "basis"]
_COMPARED = [*_PLACE, "preferred", "grade", "available_from", "source_id"]
_series_key, _place = attrgetter(*SERIES_KEY), attrgetter(*_PLACE)


def available_from(sources: pd.DataFrame, observations: pd.DataFrame) -> pd.Series:
    """Return the day from which each source can be used.

    That day is the end of what ``published`` states; where it states nothing, the end of the latest period the source
    reports plus 12 months; where it reports none, the day of access; and never later than the day of access.
    """
    latest = observations.groupby("source_id")["end"].max().dropna()
    days = []
    for source_id, published, accessed in zip(
        sources["source_id"], sources["published"], sources["accessed"], strict=True
    ):
        stated = stated_end(published)
        if stated is None and source_id in latest.index:
            last = latest[source_id]
            stated = month_end(last.year + 1, last.month)
        days.append(min(stated, accessed.date()) if stated is not None else accessed.date())
    return pd.Series(days, index=pd.Index(sources["source_id"]), dtype="datetime64[s]", name="available_from")


def _as_published(observations: pd.DataFrame, values: Sequence[str]) -> pd.DataFrame:
    """Return figures with these values; counts that belong to another value are left out."""
    changed = observations["value_text"] != pd.Series(values, dtype=object)
    if not changed.any():
        return observations
    then = observations.copy()
    told = [text for text, differs in zip(values, changed, strict=True) if differs]
    then.loc[changed, "value_text"] = told
    then.loc[changed, "value"] = [float(text) for text in told]
    then.loc[changed, "decimals"] = [decimals_of(text) for text in told]
    then.loc[changed, ["n", "passed"]] = float("nan")
    return then


def _of_sources(table: pd.DataFrame, source_ids: set[str]) -> pd.DataFrame:
    return table[table["source_id"].isin(source_ids)].reset_index(drop=True)


def chosen(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the figure to use for each indicator, place, period and basis.

    Among several the preferred one goes first, then the better grade, then the later publication; two that are still
    equal are settled by the key of the source, so that the answer does not depend on the order of rows. To be called
    after the as-of filter: a figure that came later must not displace the one that was known.

    They are sorted by indicator, place, start, end and basis, with a new RangeIndex; undated ones are not among them.
    """
    return observations.iloc[_best(list(rows_of(observations[_COMPARED])))].reset_index(drop=True)


def chosen_lines(records: Sequence[Any]) -> frozenset[int]:
    """Return the lines of the figures that :func:`chosen` returns, from rows as named tuples."""
    return frozenset(records[position].line for position in _best(records))


def undated(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the figures published without saying for which period."""
    rows = observations[observations["period"] == ""]
    return rows.sort_values(["indicator_id", "region_id", "source_id", "line"]).reset_index(drop=True)


def _best(records: Sequence[Any]) -> list[int]:
    """Return the positions of the dated figures that are chosen, in their order."""
    dated = [position for position, record in enumerate(records) if record.period]
    best: dict[tuple[str, ...], int] = {}
    for position in sorted(dated, key=lambda at: (_place(records[at]), _merit(records[at]))):
        best.setdefault(_series_key(records[position]), position)
    return list(best.values())


def _merit(record: Any) -> tuple[int, str, int, str]:
    return -record.preferred, record.grade, -record.available_from.toordinal(), record.source_id
