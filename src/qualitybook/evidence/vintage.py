"""What could be known on a day, and which of several figures to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pandas as pd

from qualitybook.evidence.periods import month_end, stated_end
from qualitybook.evidence.rows import rows_of

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Catalog

SERIES_KEY = ["indicator_id", "region_id", "period", "basis"]
_PLACE = ["indicator_id", "region_id", "start", "end", "period", "basis"]
_COMPARED = [*_PLACE, "preferred", "grade", "available_from", "source_id"]
_series_key, _place = attrgetter(*SERIES_KEY), attrgetter(*_PLACE)


def available_from(sources: pd.DataFrame, observations: pd.DataFrame) -> pd.Series:
    """Return the day from which each source can be used.

    That day is the end of what ``published`` states; where it states nothing, the end of the latest period the source
    reports plus 12 months; where it reports none, the day of access; and never later than the day of access.

    Parameters
    ----------
    sources : pandas.DataFrame
        Columns ``source_id``, ``published`` (text), ``accessed`` (datetime64).
    observations : pandas.DataFrame
        Columns ``source_id``, ``end`` (datetime64, NaT where undated).

    Returns
    -------
    pandas.Series
        datetime64, indexed by ``source_id`` in the order of `sources`.
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


def as_of(catalog: Catalog, day: date | str) -> Catalog:
    """Return the catalog as it could be known on a day.

    Parameters
    ----------
    catalog : Catalog
        The evidence.
    day : datetime.date or str
        The as-of date; a text is YYYY-MM-DD.

    Returns
    -------
    Catalog
        Only figures, sources and goals of others that were available on the day, and ``as_of_date``. The plan's own
        tables stay as they are, with the sources that its goals cite, so that a book of any date can name its plan.
    """
    as_of_date = date.fromisoformat(day) if isinstance(day, str) else day
    limit = pd.Timestamp(as_of_date)
    sources = catalog.sources
    known = set(sources.loc[sources["available_from"] <= limit, "source_id"])
    cited = known | set(catalog.targets["source_id"])
    return replace(
        catalog,
        observations=_of_sources(catalog.observations, known),
        sources=_of_sources(sources, cited),
        peer_targets=_of_sources(catalog.peer_targets, known),
        as_of_date=as_of_date,
    )


def _of_sources(table: pd.DataFrame, source_ids: set[str]) -> pd.DataFrame:
    return table[table["source_id"].isin(source_ids)].reset_index(drop=True)


def chosen(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the figure to use for each indicator, place, period and basis.

    Among several the preferred one goes first, then the better grade, then the later publication; two that are still
    equal are settled by the key of the source, so that the answer does not depend on the order of rows. To be called
    after the as-of filter: a figure that came later must not displace the one that was known.

    Parameters
    ----------
    observations : pandas.DataFrame
        Rows of the catalog's ``observations``.

    Returns
    -------
    pandas.DataFrame
        The rows chosen, sorted by indicator, place, start, end and basis, with a new RangeIndex. Undated figures are
        not among them.
    """
    return observations.iloc[_parted(_records_of(observations))[0]].reset_index(drop=True)


def chosen_lines(records: Sequence[Any]) -> frozenset[int]:
    """Return the lines of the figures that :func:`chosen` returns, from rows as named tuples."""
    return frozenset(records[position].line for position in _parted(records)[0])


def alternatives(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the dated figures that :func:`chosen` leaves aside.

    Parameters
    ----------
    observations : pandas.DataFrame
        Rows of the catalog's ``observations``.

    Returns
    -------
    pandas.DataFrame
        The other rows, best first within each indicator, place, period and basis, with a new RangeIndex.
    """
    return observations.iloc[_parted(_records_of(observations))[1]].reset_index(drop=True)


def undated(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the figures published without saying for which period.

    Parameters
    ----------
    observations : pandas.DataFrame
        Rows of the catalog's ``observations``.

    Returns
    -------
    pandas.DataFrame
        Sorted by indicator, place and source, with a new RangeIndex.
    """
    rows = observations[observations["period"] == ""]
    return rows.sort_values(["indicator_id", "region_id", "source_id", "line"]).reset_index(drop=True)


def _records_of(observations: pd.DataFrame) -> list[Any]:
    return list(rows_of(observations[_COMPARED]))


def _parted(records: Sequence[Any]) -> tuple[list[int], list[int]]:
    """Return the positions of the dated figures that are chosen and of those left aside, each in their order."""
    dated = [position for position, record in enumerate(records) if record.period]
    best: dict[tuple[str, ...], int] = {}
    others = []
    for position in sorted(dated, key=lambda at: (_place(records[at]), _merit(records[at]))):
        if best.setdefault(_series_key(records[position]), position) != position:
            others.append(position)
    return list(best.values()), others


def _merit(record: Any) -> tuple[int, str, int, str]:
    return -record.preferred, record.grade, -record.available_from.toordinal(), record.source_id
