"""What changed from one edition to a later one, and why verdicts moved.

Why is found by judging again: with the later date and the old figures (what time alone does), with one new figure added
to the old ones, and with one new figure left out of all. So a figure is named as the cause only where the verdict
follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pandas as pd

from qualitybook.analysis.assess import Assessment, assess_target
from qualitybook.analysis.indicative import Reading, decimals, readings_of_plan
from qualitybook.evidence.catalog import SERIES_KEY, Catalog, Edition, chosen
from qualitybook.evidence.numbers import printed
from qualitybook.evidence.periods import stated_end
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import QUALITATIVE

_DAYS_OF_OLD_DOCUMENT = 365
"""Age of a document, before the edition before, from which its figures are found and not new."""

ROLE_ORDER = ("direct", "proxy", "context", "support")


@dataclass(frozen=True)
class Revision:
    """A figure that another one stands beside or in the place of."""

    now: pd.Series
    before: pd.Series
    """The new row of the observations and the one that the earlier edition used."""
    is_used: bool
    """Whether the later edition uses the new one."""


@dataclass(frozen=True)
class Cause:
    """A new figure of one of a target's series, and what the verdict does with it and without it."""

    row: pd.Series
    """The row of the observations."""
    role: str
    """What its series is to the target."""
    alone: bool
    """Whether adding it alone to the old figures gives the new answer."""
    needed: bool
    """Whether leaving it out gives another answer than the new one."""

    @property
    def code(self) -> str:
        """``decides`` (alone and needed), ``suffices``, ``contributes`` (needed, not alone) or ``none``."""
        if self.alone and self.needed:
            return "decides"
        return "suffices" if self.alone else "contributes" if self.needed else "none"


@dataclass(frozen=True)
class Move:
    """A target whose answer moved."""

    before: Assessment
    now: Assessment
    """In the earlier and in the later edition."""
    by_time: Assessment
    """With the figures of the earlier edition on the later one's as-of date."""
    causes: tuple[Cause, ...]
    """The new figures of its series, those that matter first."""
    without_withdrawn: Assessment | None = None
    """As `by_time`, without the figures whose source was withdrawn since; None where none was."""
    with_corrections: Assessment | None = None
    """As `by_time`, with today's values of figures that were corrected since; None where none was."""
    is_by_text: bool = False
    """Whether the new wording of the goal alone gives the new answer."""

    @property
    def time_matters(self) -> bool:
        """Whether the passing of time alone changes the answer."""
        return answer(self.by_time) != answer(self.before)

    @property
    def corrections_matter(self) -> bool:
        """Whether figures that were corrected since change the answer."""
        return self.with_corrections is not None and answer(self.with_corrections) != answer(self.by_time)

    @property
    def code(self) -> str:
        """Why it moved.

        ``text`` (nothing but another wording of the goal), ``time`` (nothing but time), ``corrected`` (nothing but that
        figures were corrected), ``withdrawn`` (nothing but that sources were withdrawn besides), ``figure`` (one figure
        decides, or figures do of which each would suffice), ``figures`` (several together) or ``unclear`` (no single
        figure changes the answer, all together do).
        """
        if self.is_by_text:
            return "text"
        if answer(self.by_time) == answer(self.now):
            return "time"
        if self.with_corrections is not None and answer(self.with_corrections) == answer(self.now):
            return "corrected"
        if self.without_withdrawn is not None and answer(self.without_withdrawn) == answer(self.now):
            return "withdrawn"
        codes = {cause.code for cause in self.causes}
        if codes & {"decides", "suffices"}:
            return "figure"
        return "figures" if "contributes" in codes else "unclear"


@dataclass(frozen=True)
class ReadingMove:
    """An indicative reading that moved: its kind, or its estimate or probability as printed."""

    target: str
    indicator: str
    before: Reading | None
    now: Reading | None
    """In the earlier and in the later edition; None where there is none."""


@dataclass(frozen=True)
class GoalChange:
    """A goal that a text of the plan added, dropped, or put in other words."""

    before: pd.Series | None
    now: pd.Series | None
    """Its row of the earlier and of the later edition; None where it has none."""


@dataclass(frozen=True)
class EditionDiff:
    """What changed between two editions."""

    before: Edition
    now: Edition
    new: pd.DataFrame
    """Figures seen by the later edition only, for whose indicator, place, period and basis nothing was known."""
    found: pd.DataFrame
    """The same of figures that are no news: without a period, from a document more than a year older than the earlier
    edition, or published by its day and found after it was sealed."""
    revised: tuple[Revision, ...]
    """New figures with another value than the one used before."""
    confirmed: pd.DataFrame
    """New figures with the value that was used before."""
    moves: tuple[Move, ...]
    """Targets whose answer moved, in the plan's order."""
    unmoved: int
    """Measurable targets whose answer did not."""
    readings: tuple[ReadingMove, ...] = ()
    """Indicative readings that moved, in the plan's order."""
    withdrawn: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Figures that the earlier edition used and whose source was withdrawn since."""
    goals: tuple[GoalChange, ...] = ()
    """Goals that the plan added, dropped or put in other words, in the plan's order."""
    corrected: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For figures of the earlier edition, sealed since, that say something else today, by their key in the seal: the
    value as published and today's, empty where the row is gone."""


def answer(assessment: Assessment) -> tuple[object, ...]:
    """Return what an assessment says: state, reason, printed percent and evidence level."""
    verdict = assessment.verdict
    return verdict.state, verdict.reason, verdict.percent, assessment.level


def compare(catalog: Catalog, before: Edition, now: Edition) -> EditionDiff:
    """Return what changed between two editions.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole.
    before, now : Edition
        The editions, the earlier one first.

    Returns
    -------
    EditionDiff
        ``new`` and ``found`` (figures for periods that had none, and those that are no news), ``confirmed`` and
        ``revised`` (with the value used before, and with another), ``moves`` (goals whose answer moved) and
        ``readings`` (indicative readings that moved).
    """
    old, new = catalog.seen_by(before), catalog.seen_by(now)
    added = new.observations[~new.observations["line"].isin(old.observations["line"])]
    unknown, revised, confirmed = _sorted_out(old.observations, new.observations, added)
    measurable = [target for target in new.targets_in_order() if target["rule"] != QUALITATIVE]
    found = [_move(old, new, target, before.as_of, now.as_of) for target in measurable]
    moves = tuple(move for move in found if move is not None)
    readings = tuple(_reading_moves(old, new, before.as_of, now.as_of))
    is_old = _is_old(new, unknown, before.as_of) | unknown["line"].isin(catalog.since(before).found)
    news = unknown[~is_old]
    withdrawn = old.observations[~old.observations["line"].isin(new.observations["line"])]
    unmoved = len(found) - len(moves)
    return EditionDiff(
        before,
        now,
        news,
        unknown[is_old],
        revised,
        confirmed,
        moves,
        unmoved,
        readings,
        withdrawn,
        tuple(_goal_changes(old, new)),
        corrected(catalog, before),
    )


def corrected(catalog: Catalog, edition: Edition) -> dict[str, tuple[str, str]]:
    """Return the figures of a sealed edition that say something else today: the value as published, and today's."""
    changed = catalog.since(edition).changed
    return {key: (catalog.seals[edition.edition].figures[key][0], now) for key, now in changed.items()}


def _goal_changes(old: Catalog, new: Catalog) -> Iterator[GoalChange]:
    then = {str(goal["target_id"]): goal for goal in old.targets_in_order()}
    left = set(new.targets["target_id"])
    for goal in new.targets_in_order():
        if goal["target_id"] not in then:
            yield GoalChange(then.get(str(goal["supersedes"])), goal)
    given_way = {str(old_id) for old_id in new.targets["supersedes"]}
    for key, goal in then.items():
        if key not in left | given_way:
            yield GoalChange(goal, None)


def _is_old(catalog: Catalog, rows: pd.DataFrame, before: date) -> pd.Series:
    """Return which new figures are no news: undated ones, and those of documents much older than the edition before."""
    written = {source_id: _written(catalog, source_id) for source_id in set(rows["source_id"])}
    old = [
        row.period == "" or (written[row.source_id] or before) < before - timedelta(days=_DAYS_OF_OLD_DOCUMENT)
        for row in rows_of(rows[["period", "source_id"]])
    ]
    return pd.Series(old, index=rows.index, dtype=bool)


def _written(catalog: Catalog, source_id: str) -> date | None:
    """Return when a document was written at the latest: its stated date, else the end of the last period it reports."""
    stated = stated_end(catalog.source(source_id).published)
    last = catalog.observations.loc[catalog.observations["source_id"] == source_id, "end"].max()
    return stated or (None if pd.isna(last) else last.date())


def previous(catalog: Catalog, edition: Edition) -> Edition | None:
    """Return the edition before one.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole.
    edition : Edition
        The later edition, from `Catalog.edition`.

    Returns
    -------
    Edition or None
        None for the first.
    """
    earlier = catalog.editions_before(edition.as_of)
    return earlier[-1] if earlier else None


def _sorted_out(
    old: pd.DataFrame, new: pd.DataFrame, added: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Revision, ...], pd.DataFrame]:
    """Return the new figures as unknown before, as revisions, and as confirmations."""
    used_before = {_key(row): row for _, row in chosen(old).iterrows()}
    used_now = set(chosen(new)["line"])
    unknown, confirmed, revised = [], [], []
    for at, row in added.sort_values(["indicator_id", "region_id", "start", "line"], kind="stable").iterrows():
        known = used_before.get(_key(row)) if row["period"] else None
        if known is None:
            unknown.append(at)
        elif float(known["value"]) == float(row["value"]):
            confirmed.append(at)
        else:
            revised.append(Revision(row, known, int(row["line"]) in used_now))
    return added.loc[unknown], tuple(revised), added.loc[confirmed]


def _key(row: pd.Series) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in SERIES_KEY)


def _move(old: Catalog, new: Catalog, target: pd.Series, then: date, today: date) -> Move | None:
    goals = old.targets[old.targets["target_id"] == target["supersedes"]]
    before = assess_target(old, target if goals.empty else goals.iloc[0], then)
    now = assess_target(new, target, today)
    if answer(before) == answer(now):
        return None
    if not goals.empty and answer(assess_target(old, target, then)) == answer(now):
        return Move(before, now, before, (), is_by_text=True)
    by_time = assess_target(old, target, today)
    if answer(by_time) == answer(now):
        return Move(before, now, by_time, ())
    fixed = _with_corrections(old, new)
    corrected_then = None if fixed is old else assess_target(fixed, target, today)
    if corrected_then is not None and answer(corrected_then) == answer(now):
        return Move(before, now, by_time, (), None, corrected_then)
    old, kept = fixed, old.observations["line"].isin(new.observations["line"])
    without = None if kept.all() else assess_target(_without(old, old.observations["line"][~kept]), target, today)
    return Move(before, now, by_time, tuple(_causes(old, new, target, today, now)), without, corrected_then)


def _with_corrections(old: Catalog, new: Catalog) -> Catalog:
    """Return the old evidence with the values that the new has on the same lines; itself where these are the same."""
    now = new.observations.set_index("line")["value_text"]
    then = old.observations.set_index("line")["value_text"]
    lines = [line for line in then.index.intersection(now.index) if then[line] != now[line]]
    return _with(_without(old, lines), new, lines) if lines else old


def _reading_moves(old: Catalog, new: Catalog, then: date, today: date) -> Iterator[ReadingMove]:
    if new.indicative_goals.empty:
        return
    before, now = (
        {(item.target, item.indicator): item for found in readings_of_plan(seen, day).values() for item in found}
        for seen, day in ((old, then), (new, today))
    )
    for key in dict.fromkeys([*now, *before]):
        earlier, later = before.get(key), now.get(key)
        if _said(old, earlier) != _said(new, later):
            yield ReadingMove(*key, earlier, later)


def _said(seen: Catalog, reading: Reading | None) -> tuple[object, ...]:
    """Return what a reading says, as printed; nothing where there is none or it says nothing."""
    if reading is None or reading.estimate is None:
        return ()
    return reading.kind, printed(reading.estimate, decimals(seen, reading)), reading.probability, reading.beyond


def _causes(old: Catalog, new: Catalog, target: pd.Series, today: date, now: Assessment) -> list[Cause]:
    """Return the new figures of a target's series, tried one by one."""
    causes = []
    for role, row in _new_figures(old, new, target):
        line = int(row["line"])
        added = assess_target(_with(old, new, [line]), target, today)
        left_out = assess_target(_without(new, [line]), target, today)
        causes.append(Cause(row, role, answer(added) == answer(now), answer(left_out) != answer(now)))
    order = ("decides", "suffices", "contributes", "none")
    return sorted(causes, key=lambda cause: order.index(cause.code))


def _new_figures(old: Catalog, new: Catalog, target: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Yield the figures of a target's series that the earlier edition did not see, the direct series' first."""
    known = set(old.observations["line"])
    told: set[int] = set()
    for role, indicator_id, region_id in _series_of(new, target):
        rows = new.observations_of(indicator_id, region_id)
        for _, row in rows.iterrows():
            if int(row["line"]) not in known | told:
                told.add(int(row["line"]))
                yield role, row


def _series_of(catalog: Catalog, target: pd.Series) -> list[tuple[str, str, str]]:
    rows = catalog.evidence_of(str(target["target_id"])).to_dict("records")
    series = [("direct", str(target["indicator_id"]), str(target["region_id"]))]
    series += [(str(row["role"]), str(row["indicator_id"]), str(row["region_id"])) for row in rows]
    return sorted(dict.fromkeys(series), key=lambda item: ROLE_ORDER.index(item[0]))


def _with(old: Catalog, new: Catalog, lines: Iterable[int]) -> Catalog:
    """Return the old evidence with these figures of the new, and the sources that the new knows."""
    extra = new.observations[new.observations["line"].isin(list(lines))]
    observations = pd.concat([old.observations, extra]).sort_values("line").reset_index(drop=True)
    return replace(old, observations=observations, sources=new.sources, as_of_date=new.as_of_date)


def _without(new: Catalog, lines: Iterable[int]) -> Catalog:
    kept = new.observations[~new.observations["line"].isin(list(lines))]
    return replace(new, observations=kept.reset_index(drop=True))
