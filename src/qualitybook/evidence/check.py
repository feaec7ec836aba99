"""Check an evidence folder and report everything that is wrong with it at once.

A file that cannot be read as its table gives the problems of its form; the cells of every other one are checked against
the schema, and each rule about several cells or rows sees only cells that are sound, so that one mistake is one
problem.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from qualitybook.errors import EvidenceError, Problem, json_of
from qualitybook.evidence.numbers import decimals_of
from qualitybook.evidence.periods import Period, month_end, stated_end, stated_start
from qualitybook.evidence.reading import RawTable, descriptor_of, forms
from qualitybook.evidence.schema import (
    DESCRIPTOR_NAME,
    IMPRINT,
    OBSERVATIONS,
    PATH,
    PERCENT,
    QUALITATIVE,
    RULES,
    SETTINGS_NAME,
    TABLES,
    TRANSLATED,
    UNDATED,
    UNITS,
    YEAR_FROM,
    BookSettings,
    ForeignKey,
    Kind,
    direction_of,
    in_each_language,
    issue_keys,
    kind_of,
    settings_line,
    settings_text,
    settled_codes,
    sign_of,
    tables_of,
)
from qualitybook.evidence.seals import SEALS, problems_of_seals
from qualitybook.evidence.slips import RULES_OF_SLIPS, hard_to_see
from qualitybook.evidence.store import JOURNAL, LOCK, STAGING, interrupted
from qualitybook.paths import HISTORY

_RATES_OF_COUNTS = ("pass_rate", "share")
"""Rates of which n and passed, where both are published, are the whole and its part."""

# Beside half a unit of the last printed digit: what binary arithmetic may add to it.
_ARITHMETIC_SLACK = 1e-9


YEAR_FROM_NEEDED, TABLE_EMPTY, EDITION_MISSING = "year_from_needed", "table_empty", "edition_missing"
STILL_READ = frozenset({YEAR_FROM_NEEDED, EDITION_MISSING})
"""Codes of errors beside which the tables can be read all the same, so that their figures can be looked at."""

# Looking for the nearest key is slow; when this many are unknown, a whole table is amiss and hints do not help.
_MOST_HINTS = 20
_MOST_NAMED = 3


_Tables = Mapping[str, RawTable]
_Rule = Callable[[_Tables], Iterable[Problem]]


def check(folder: Path | str) -> list[Problem]:
    """Return the errors and warnings about every table of an evidence folder, by file, line and column.

    Nothing may be built while there is an error among them.
    """
    folder = Path(folder)
    return problems_of(folder, read_folder(folder))


def read_folder(folder: Path) -> dict[str, RawTable]:
    """Read the tables of an evidence folder as text."""
    return {table.name: RawTable.read(folder, table) for table in tables_of(folder)}


def problems_of(folder: Path, raw: Mapping[str, RawTable]) -> list[Problem]:
    """Check tables that were read."""
    if not folder.is_dir():
        return [Problem(folder.as_posix(), None, "", "no such folder", "a folder with the evidence", "folder_missing")]
    problems = [problem for table in raw.values() for problem in (*table.problems, *_problems_of_cells(table))]
    for rule in _RULES:
        problems += rule(raw)
    problems += _problems_of_descriptor(folder)
    problems += _problems_of_settings(folder)
    problems += _problems_of_change(folder)
    problems += _problems_of_places(folder)
    problems += _problems_of_names(folder)
    problems += problems_of_seals(folder, raw)
    return sorted(without_settled(problems, raw["observations"].rows("settled")), key=_place)


def without_settled(problems: Iterable[Problem], settled: Iterable[tuple[int, tuple[str, ...]]]) -> list[Problem]:
    """Return problems without the warnings of figures whose row names their code as settled."""
    codes = {line: settled_codes(cell) for line, (cell,) in settled if cell}
    return [
        problem
        for problem in problems
        if problem.level == "error"
        or problem.file != OBSERVATIONS.path
        or problem.code not in codes.get(problem.row or 0, frozenset())
    ]


def _place(problem: Problem) -> tuple[int, int, int, str]:
    """Return where a problem sorts: file and column in the order of the schema."""
    for number, table in enumerate(TABLES):
        if table.path == problem.file:
            first = problem.column.partition("+")[0]
            column = table.header.index(first) if first in table.header else -1
            return number, problem.row or 0, column, problem.code
    return len(TABLES), problem.row or 0, 0, problem.code


# Cells


def _problems_of_cells(raw: RawTable) -> Iterator[Problem]:
    for field in raw.table.fields:
        for index in sorted(raw.refused.get(field.name, ())):
            yield raw.problem(raw.lines[index], field.name, raw.cells[field.name][index], field.allowed, "cell")


# Rows


def _never_empty(tables: _Tables) -> Iterator[Problem]:
    """Require the rows without which there is no book."""
    first = "; 'qualitybook edition new' adds the first"
    for name, code, advice in (("editions", EDITION_MISSING, first), ("targets", TABLE_EMPTY, "")):
        checked = tables[name]
        if checked.is_whole and not checked.lines:
            allowed = f"at least one row: {checked.table.description}{advice}"
            yield checked.problem(1, "", "a header and nothing else", allowed, code)


# Keys


def _repeated_keys(tables: _Tables) -> Iterator[Problem]:
    """Find rows that share the primary key or a cell of a column declared unique."""
    for checked in tables.values():
        table = checked.table
        keys = [table.primary_key, *((field.name,) for field in table.fields if field.unique)]
        for key in keys:
            first: dict[tuple[str, ...], int] = {}
            for line, cells in checked.rows(*key):
                if cells in first:
                    yield checked.problem(
                        line,
                        "+".join(key),
                        " + ".join(filter(None, cells)),
                        "a key that no other row has",
                        "key_repeated",
                        other_row=first[cells],
                    )
                first.setdefault(cells, line)


def _numbers_of_goals(tables: _Tables) -> Iterator[Problem]:
    """Find goals in force at the same time that share a number, and new wordings without a day."""
    goals = tables["targets"]
    rows = list(goals.rows("number", "target_id", "valid_from", "valid_to", "supersedes"))
    replaced = {old: start for _, (_, _, start, _, old) in rows if start}
    before: dict[str, list[tuple[int, str, str, str, str]]] = {}
    for line, (number, key, start, end, old) in rows:
        if old and (not start or old == key):
            allowed = "a day: from when on this wording holds" if old != key else "another goal than itself"
            column, found = ("valid_from", start) if old != key else ("supersedes", old)
            yield goals.problem(line, column, found, allowed, "supersedes")
        # A wording is over once another has taken its place, which a third one may have done in turn.
        end = min(filter(None, (end, replaced.get(key, ""))), default="")
        for other_line, other, other_start, other_end, other_old in before.get(number, ()):
            is_over = (end and end <= other_start) or (other_end and other_end <= start)
            if not (is_over or other == old or other_old == key):
                allowed = "a number that no other goal in force has"
                yield goals.problem(line, "number", number, allowed, "key_repeated", other_row=other_line)
                break
        before.setdefault(number, []).append((line, key, start, end, old))


def _goals_hold_some_time(tables: _Tables) -> Iterator[Problem]:
    """Require that a goal holds before it holds no more, and from a later day on than the wording it takes over.

    Else no edition has it; nor can wordings then supersede each other in a circle.
    """
    goals = tables["targets"]
    starts = goals.lookup("target_id", "valid_from")
    for line, (key, start, end, old) in goals.rows("target_id", "valid_from", "valid_to", "supersedes"):
        if start and end and end <= start:
            yield goals.problem(line, "valid_to", end, f"a day after valid_from, {start}", "valid_order")
        if start and old not in ("", key) and start <= starts.get(old, ""):
            allowed = f"a day after {starts[old]}, from when on {old}, which it supersedes, holds"
            yield goals.problem(line, "valid_from", start, allowed, "supersedes")


def _dangling_keys(tables: _Tables) -> Iterator[Problem]:
    """Find foreign keys that are no key of the other table; where that has no row at all, it alone is named."""
    lacking: dict[tuple[str, str], dict[str, None]] = {}
    for checked in tables.values():
        for key in checked.table.foreign_keys:
            other = tables[key.table]
            if other.is_whole and other.lines:
                yield from _dangling(checked, key, other)
            elif other.is_whole:
                keys = (cells for _, cells in checked.rows(*key.fields) if all(cells))
                lacking.setdefault((key.table, key.level), {}).update(dict.fromkeys(map(" + ".join, keys)))
    for (name, level), named_keys in lacking.items():
        if named_keys:
            more = f" and {len(named_keys) - _MOST_NAMED} more" if len(named_keys) > _MOST_NAMED else ""
            named = ", ".join([*named_keys][:_MOST_NAMED]) + more
            allowed = f"a row for each key that other tables name: {named}"
            yield tables[name].problem(1, "", "a header and nothing else", allowed, "key_unknown", level)


def _dangling(checked: RawTable, key: ForeignKey, other: RawTable) -> Iterator[Problem]:
    known = set(zip(*(other.cells[name] for name in key.to_fields), strict=True))
    hints: dict[tuple[str, ...], str] = {}
    for line, cells in checked.rows(*key.fields):
        has_gap = any(not cell for name, cell in zip(key.fields, cells, strict=True) if name not in key.may_be_empty)
        if cells in known or has_gap or (cells in hints and key.level == "warning"):
            # A name that lacks its translation is said once, not for each figure that uses it.
            continue
        if cells not in hints:
            hints[cells] = _nearest(cells, known) if len(hints) < _MOST_HINTS else ""
        allowed = f"a key of {other.table.path}{hints[cells]}"
        yield checked.problem(line, "+".join(key.fields), " + ".join(cells), allowed, "key_unknown", key.level)


def _nearest(cells: tuple[str, ...], known: set[tuple[str, ...]]) -> str:
    """Return a hint at the known key most like these cells, if one is."""
    nearest = get_close_matches(" + ".join(cells), sorted(" + ".join(key) for key in known), n=1)
    return f"; nearest: {nearest[0]}" if nearest else ""


# Figures


def _period_or_undated(tables: _Tables) -> Iterator[Problem]:
    """Require a period of each figure that is not undated, and none of one that is."""
    observations = tables["observations"]
    for line, (period, qualifier) in observations.rows("period", "qualifier"):
        if (period == "") != (qualifier == UNDATED):
            allowed = "no period with the qualifier undated" if period else "a period, or the qualifier undated"
            yield observations.problem(line, "period", period, allowed, "period_and_qualifier")


def _values_within_bounds(tables: _Tables) -> Iterator[Problem]:
    """Find values beyond the bounds of their indicator."""
    bounds = _bounds(tables)
    for name in ("observations", "targets", "peer_targets"):
        checked = tables[name]
        ruled = checked.rows("indicator_id", "value", "rule") if name != "observations" else ()
        # What a goal says of a change, of growth or of a part of a whole is no figure of the indicator.
        others = {line for line, (*_, rule) in ruled if RULES[rule].value_is != "figure"}
        for line, (indicator_id, value) in checked.rows("indicator_id", "value"):
            lower, upper = bounds.get(indicator_id, ("", ""))
            if value and line not in others and not _is_between(value, lower, upper):
                allowed = f"{lower or 'any'} to {upper or 'any'}, the bounds of {indicator_id}"
                yield checked.problem(line, "value", value, allowed, "value_out_of_bounds")


def _values_possible(tables: _Tables) -> Iterator[Problem]:
    """Find figures that the kind of their indicator rules out and its bounds let pass."""
    rows, form_of = tables["indicators"].rows("indicator_id", "kind", "subkind", "unit"), forms(tables["units"].cells)
    implied = {
        indicator_id: kind_of(kind, subkind)
        for _, (indicator_id, kind, subkind, unit) in rows
        if kind != "rate" or form_of.get(unit) == "percent"
    }
    bounds, observations = _bounds(tables), tables["observations"]
    for line, (indicator_id, value) in observations.rows("indicator_id", "value"):
        kind = implied.get(indicator_id, Kind())
        if (
            value
            and _is_between(value, *bounds.get(indicator_id, ("", "")))
            and not _is_between(value, kind.lowest, kind.highest)
        ):
            span = f"{kind.lowest} to {kind.highest}" if kind.highest else f"{kind.lowest} or more"
            allowed = f"{span}, as of {kind.called}; look at the printed figure again, or at the kind of {indicator_id}"
            yield observations.problem(line, "value", value, allowed, "value_impossible")


def _bounds(tables: _Tables) -> dict[str, tuple[str, str]]:
    rows = tables["indicators"].rows("indicator_id", "lower", "upper")
    return {indicator_id: (lower, upper) for _, (indicator_id, lower, upper) in rows}


def _is_between(value: str, lower: str, upper: str) -> bool:
    return (not lower or float(value) >= float(lower)) and (not upper or float(value) <= float(upper))


def _counts(tables: _Tables) -> Iterator[Problem]:
    """Require that the items that passed are some of those inspected."""
    observations = tables["observations"]
    for line, (n, passed) in observations.rows("n", "passed"):
        if passed and not n:
            yield observations.problem(line, "n", n, "a number of items where passed has one", "n_missing")
        elif passed and int(passed) > int(n):
            yield observations.problem(line, "passed", passed, f"at most n, {n}", "passed_exceeds_n")


def _rates_against_counts(tables: _Tables) -> Iterator[Problem]:
    """Hold rates against the share that their counts make, within the rounding of their printed digits."""
    observations = tables["observations"]
    columns, form_of = ("indicator_id", "unit", "subkind"), forms(tables["units"].cells)
    rates = {
        indicator_id
        for _, (indicator_id, unit, subkind) in tables["indicators"].rows(*columns)
        if form_of.get(unit) == "percent" and subkind in _RATES_OF_COUNTS
    }
    for line, (indicator_id, value, qualifier, n, passed) in observations.rows(
        "indicator_id", "value", "qualifier", "n", "passed"
    ):
        if indicator_id not in rates or qualifier not in ("exact", "derived") or not (n and passed):
            continue
        if int(passed) > int(n):
            # Said already; held against such counts no rate is right.
            continue
        share = 100 * int(passed) / int(n)
        half_unit = 0.5 * 10.0 ** -decimals_of(value)
        if abs(float(value) - share) > half_unit + _ARITHMETIC_SLACK:
            allowed = f"{share:.4f}, which is {passed} of {n}, within {half_unit:g}"
            yield observations.problem(line, "value", value, allowed, "rate_against_counts")


def _one_preferred(tables: _Tables) -> Iterator[Problem]:
    """Allow each mark once for an indicator, place, period and basis; undated figures are not compared."""
    observations = tables["observations"]
    first: dict[tuple[str, ...], int] = {}
    for line, (*series, preferred) in observations.rows("indicator_id", "region_id", "period", "basis", "preferred"):
        if preferred == "0" or not series[2]:
            continue
        key = (*series, preferred)
        if key in first:
            allowed = f"one figure with this mark of {' + '.join(part for part in series if part)}"
            yield observations.problem(line, "preferred", preferred, allowed, "preferred_twice", other_row=first[key])
        first.setdefault(key, line)


def _provisional_preferred(tables: _Tables) -> Iterator[Problem]:
    """Warn where a provisional figure is marked as the one to use though the verified or revised one is there."""
    observations = tables["observations"]
    columns = ("indicator_id", "region_id", "period", "basis", "preferred", "status")
    rows = [(line, tuple(series), int(mark), status) for line, (*series, mark, status) in observations.rows(*columns)]
    final: dict[tuple[str, ...], tuple[int, int]] = {}
    for line, series, mark, status in rows:
        if status in ("verified", "revised") and mark >= final.get(series, (-1, 0))[0]:
            final[series] = mark, line
    for line, series, mark, status in rows:
        if status == "provisional" and series[2] and series in final and mark > final[series][0]:
            allowed = "a mark below that of the verified or revised figure of the same series and period"
            yield observations.problem(
                line, "preferred", str(mark), allowed, "provisional_preferred", "warning", other_row=final[series][1]
            )


def _period_over_when_published(tables: _Tables) -> Iterator[Problem]:
    """Warn of figures published before their period was over, as those of awards and surveys are.

    The month of publication itself is a natural period: that of a bulletin, or of a number counted on some day.
    """
    observations = tables["observations"]
    stated = {
        source_id: (published, stated_end(published or accessed))
        for _, (source_id, published, accessed) in tables["sources"].rows("source_id", "published", "accessed")
    }
    for line, (period, source_id) in observations.rows("period", "source_id"):
        published, day = stated.get(source_id, ("", None))
        if period and day is not None and Period.parse(period).end > month_end(day.year, day.month):
            allowed = f"a period that was over when {source_id} was {'published' if published else 'read'}, {day}"
            yield observations.problem(line, "period", period, allowed, "period_not_over", "warning")


# Sources, editions, indicators


def _published_before_read(tables: _Tables) -> Iterator[Problem]:
    """Find sources read before they were published."""
    sources = tables["sources"]
    for line, (published, accessed) in sources.rows("published", "accessed"):
        if published and stated_start(published) > stated_start(accessed):
            allowed = f"no later than the day it was read, {accessed}"
            yield sources.problem(line, "published", published, allowed, "published_after_access")


def issue_number(first: str, edition: str) -> int:
    """Return which corrected issue of an edition another one is, from 2; 0 where it is none."""
    found = re.fullmatch(rf"{re.escape(first)}-([0-9]+)", edition)
    return int(found[1]) if found else 0


def _editions_in_order(tables: _Tables) -> Iterator[Problem]:
    """Require that each edition has a later as-of date than the one before, and a corrected issue the same.

    The issues of one stand by their numbers: the last is the one that counts.
    """
    editions = tables["editions"]
    last, first, number = "", "", 0
    for line, (edition, as_of) in editions.rows("edition", "as_of"):
        is_issue = as_of == last and issue_number(first, edition) > number
        first, number = (first, issue_number(first, edition)) if is_issue else (edition, 0)
        if as_of <= last and not is_issue:
            yield editions.problem(line, "as_of", as_of, f"a day after {last}, the edition before", "editions_order")
        last = max(as_of, last)


def _indicators_consistent(tables: _Tables) -> Iterator[Problem]:
    """Require that lower bounds lie below upper ones, and that rates, and only rates, have a subkind."""
    indicators = tables["indicators"]
    for line, (lower, upper) in indicators.rows("lower", "upper"):
        if lower and upper and float(lower) >= float(upper):
            yield indicators.problem(line, "lower", lower, f"less than upper, {upper}", "bounds_order")
    for line, (kind, subkind) in indicators.rows("kind", "subkind"):
        if (kind == "rate") != (subkind != ""):
            allowed = "a subkind for a rate" if kind == "rate" else f"empty for the kind {kind}"
            yield indicators.problem(line, "subkind", subkind, allowed, "subkind_and_kind")


_SUMMED = ("level", "yearly_count")


def _parts_of_years_explained(tables: _Tables) -> Iterator[Problem]:
    """Require of a level with figures for parts of a year how they make the year; other kinds have a usual way."""
    indicators, observations = tables["indicators"], tables["observations"]
    unsaid = set()
    for line, (indicator_id, kind, year_from) in indicators.rows("indicator_id", "kind", "year_from"):
        if kind == "level" and not year_from:
            unsaid.add(indicator_id)
        if year_from == "pooled" and kind != "rate":
            allowed = f"another way for the kind {kind}: only rates are pooled by their counts"
            yield indicators.problem(line, "year_from", year_from, allowed, "year_from_and_kind")
        if year_from == "sum" and kind not in _SUMMED:
            allowed = f"another way for the kind {kind}: only {' and '.join(_SUMMED)} add up over the parts of a year"
            yield indicators.problem(line, "year_from", year_from, allowed, "year_from_and_kind")
    for line, (indicator_id, period, complete) in observations.rows("indicator_id", "period", "complete"):
        if indicator_id in unsaid and period and _is_part_of_a_year(period, complete):
            # Said once of an indicator: its other parts follow from the same empty cell.
            unsaid.remove(indicator_id)
            allowed = (
                f"a whole year, as long as year_from of {indicator_id} in indicators.csv is empty; it says how parts "
                f"make the year: {', '.join(YEAR_FROM)}"
            )
            yield observations.problem(line, "period", period, allowed, YEAR_FROM_NEEDED)


def _is_part_of_a_year(period: str, complete: str) -> bool:
    parsed = Period.parse(period)
    return parsed.year is not None and (complete == "0" or not parsed.is_full_year)


def _decimals_as_printed(tables: _Tables) -> Iterator[Problem]:
    """Hold the decimals of an indicator against those of its latest official figures of whole years.

    The figures of the plan's own place count first, then those of all places.
    """
    places = Counter(region_id for _, (region_id,) in tables["targets"].rows("region_id"))
    own = places.most_common(1)[0][0] if places else ""
    everywhere, at_home = _latest_decimals(tables, ""), _latest_decimals(tables, own)
    indicators = tables["indicators"]
    for line, (indicator_id, decimals) in indicators.rows("indicator_id", "decimals"):
        year, printed = at_home.get(indicator_id) or everywhere.get(indicator_id, ("", set()))
        if decimals and printed and int(decimals) not in printed:
            allowed = f"{' or '.join(str(count) for count in sorted(printed))}, as its figures of {year} are printed"
            yield indicators.problem(line, "decimals", decimals, allowed, "decimals_as_printed", "warning")


def _latest_decimals(tables: _Tables, place: str) -> dict[str, tuple[str, set[int]]]:
    """Return for each indicator the last year with an official figure and the decimals printed; "" is every place."""
    latest: dict[str, tuple[str, set[int]]] = {}
    columns = ("indicator_id", "region_id", "period", "value", "qualifier", "grade", "complete")
    for _, (indicator_id, region_id, period, value, *how) in tables["observations"].rows(*columns):
        qualifier, grade, complete = how
        is_official = qualifier == "exact" and grade != "C" and complete != "0" and place in ("", region_id)
        if is_official and period and Period.parse(period).is_full_year:
            newest, printed = latest.get(indicator_id, ("", set()))
            if period >= newest:
                known = printed if period == newest else set()
                latest[indicator_id] = (period, known | {decimals_of(value)})
    return latest


def _each_year_of_several(tables: _Tables) -> Iterator[Problem]:
    """Allow `each_year` only for a bound over several years."""
    observations = tables["observations"]
    for line, (period, qualifier, each_year) in observations.rows("period", "qualifier", "each_year"):
        if not each_year:
            continue
        if qualifier not in ("at_least", "at_most") or not period or Period.parse(period).year is not None:
            allowed = "empty: only a bound over several years can hold for each of them"
            yield observations.problem(line, "each_year", each_year, allowed, "each_year_and_period")


def _datings_of_undated(tables: _Tables) -> Iterator[Problem]:
    """Require that a dating is of a figure without a period, and that its years are in order."""
    dating, observations = tables["dating"], tables["observations"]
    columns = ("indicator_id", "region_id", "source_id", "qualifier")
    undated = {tuple(key) for _, (*key, qualifier) in observations.rows(*columns) if qualifier == UNDATED}
    for line, (indicator_id, region_id, source_id) in dating.rows("indicator_id", "region_id", "source_id"):
        if (indicator_id, region_id, source_id) not in undated:
            found = " + ".join((indicator_id, region_id, source_id))
            allowed = "an indicator, a place and a source of a figure of observations.csv without a period"
            yield dating.problem(line, "indicator_id+region_id+source_id", found, allowed, "dating_of_undated")
    for line, (first, last) in dating.rows("from_year", "to_year"):
        if first > last:
            yield dating.problem(line, "from_year", first, f"at most to_year, {last}", "dating_order")


# Goals


_RULE_COLUMNS = ("value", "value_high", "baseline_year", "from_year", "due")
"""Columns of goals that a rule needs or has no use for."""


def _goals_consistent(tables: _Tables) -> Iterator[Problem]:
    """Require of a goal what its rule needs, and nothing that its rule has no use for.

    Of one set elsewhere the baseline may be unknown.
    """
    targets, peers = tables["targets"], tables["peer_targets"]
    for line, (rule, indicator_id) in targets.rows("rule", "indicator_id"):
        yield from _needed_or_empty(targets, line, "indicator_id", indicator_id, RULES[rule].is_measured, rule)
    for goals in (targets, peers):
        for column in _RULE_COLUMNS:
            for line, (rule, cell) in goals.rows("rule", column):
                may_lack = goals is peers and column == "baseline_year" and not RULES[rule].needs_value
                if cell or not may_lack:
                    yield from _needed_or_empty(goals, line, column, cell, column in RULES[rule].columns, rule)


def _goals_in_order(tables: _Tables) -> Iterator[Problem]:
    """Require that the years of a goal follow each other, that its values do, and that its month lies in its year."""
    for name in ("targets", "peer_targets"):
        goals = tables[name]
        for line, (baseline, year) in goals.rows("baseline_year", "target_year"):
            if baseline and baseline >= year:
                allowed = f"a year before the target year, {year}"
                yield goals.problem(line, "baseline_year", baseline, allowed, "baseline_order")
        for line, (first, year) in goals.rows("from_year", "target_year"):
            if first and first > year:
                allowed = f"the first year of growth, at most the target year, {year}"
                yield goals.problem(line, "from_year", first, allowed, "growth_order")
        for line, (due, year) in goals.rows("due", "target_year"):
            if due and due[:4] != year:
                allowed = f"a month of the target year, {year}-01 to {year}-12"
                yield goals.problem(line, "due", due, allowed, "due_in_year")
        yield from _values_in_order(goals)


def _values_in_order(goals: RawTable) -> Iterator[Problem]:
    for line, (rule, low, high) in goals.rows("rule", "value", "value_high"):
        if low and high and float(low) > float(high) - (rule == "between") * 1e-9:
            allowed = f"more than value, {low}" if rule == "between" else f"how many there are, at least value, {low}"
            yield goals.problem(line, "value_high", high, allowed, "values_order")
    for line, (rule, *values) in goals.rows("rule", "value", "value_high"):
        for column, cell in zip(("value", "value_high"), values, strict=True):
            if cell and RULES[rule].counts_items and not _is_number_of_items(cell):
                yield goals.problem(
                    line, column, cell, f"a whole number from 1 on with the rule {rule}", "no_whole_number"
                )
    for line, (rule, value) in goals.rows("rule", "value"):
        if RULES[rule].value_is in ("change", "growth") and value and float(value) == 0:
            allowed = "a rise (5) or a fall (-5); to do: for no change take rising, falling, at_least or at_most"
            yield goals.problem(line, "value", value, allowed, "change_of_nothing")


def _is_number_of_items(cell: str) -> bool:
    return float(cell) >= 1 and float(cell).is_integer()


def _goals_suit_indicators(tables: _Tables) -> Iterator[Problem]:
    """Refuse a rule that makes no sense for its indicator: against what is better, or for numbers of another nature."""
    if tables["units"].problems:
        return
    known, named = forms(tables["units"].cells), ("indicator_id", "better", "unit")
    indicators = {key: cells for _, (key, *cells) in tables["indicators"].rows(*named)}
    for name in ("targets", "peer_targets"):
        goals = tables[name]
        for line, (rule, indicator_id, value) in goals.rows("rule", "indicator_id", "value"):
            better, unit = indicators.get(indicator_id, ("", ""))
            direction = direction_of(rule, value)
            if better in _WORSE_WAY and direction == _WORSE_WAY[better] and rule != QUALITATIVE:
                wrong = "the sign of value, the rule" if sign_of(rule, value) else "the rule"
                allowed = (
                    f"a rule that asks for {better} figures, as {indicator_id} is better when {better}; to do: correct "
                    f"{wrong}, or put neither under better of {indicator_id} in indicators.csv"
                )
                yield goals.problem(line, "rule", rule, allowed, "rule_and_better")
            if indicator_id and RULES[rule].forms and known.get(unit, "") not in ("", *RULES[rule].forms):
                allowed = (
                    f"a rule for {unit}, the unit of {indicator_id}: {rule} is for units of the form "
                    f"{', '.join(RULES[rule].forms)}; "
                    f"to do: {_INSTEAD.get(rule, 'choose another rule')}"
                )
                yield goals.problem(line, "rule", rule, allowed, "rule_and_unit")


_WORSE_WAY = {"higher": -1, "lower": 1}
_INSTEAD = {
    "count_increase": "take rising, or change_from_baseline with a value",
    "share_of": "take at_least with the value in the unit of the indicator",
    "rank_within": "take at_most, or give the indicator the unit rank",
    "done_by": "take at_least with a value, or give the indicator the unit flag",
}


def _paths_lead_to_goals(tables: _Tables) -> Iterator[Problem]:
    """Require that the years on the way come before the goal's own, are of a goal with a path, and end at its value."""
    path, targets = tables["target_path"], tables["targets"]
    goals = {key: cells for _, (key, *cells) in targets.rows("target_id", "rule", "value", "target_year")}
    steps: dict[str, dict[str, str]] = {}
    for line, (target_id, year, value) in path.rows("target_id", "year", "value"):
        rule, last, end = goals.get(target_id, ("", "", ""))
        steps.setdefault(target_id, {})[year] = value
        if rule and PATH not in RULES[rule].needs:
            allowed = f"a goal with the rule reach_by_path; {target_id} has {rule}"
            yield path.problem(line, "target_id", target_id, allowed, "path_of_goal")
        elif end and year > end:
            yield path.problem(line, "year", year, f"a year up to the target year, {end}", "path_order")
        elif year == end and last and float(value) != float(last):
            allowed = f"{last}, the value of {target_id} in targets.csv for its target year"
            yield path.problem(line, "value", value, allowed, "path_end")
    for line, (target_id, rule, value, end) in targets.rows("target_id", "rule", "value", "target_year"):
        if PATH not in RULES[rule].needs:
            continue
        way = {**steps.get(target_id, {}), end: value}
        values = [float(way[year]) for year in sorted(way) if way[year]]
        if len({later > earlier for earlier, later in pairwise(values) if later != earlier}) > 1:
            found = ", ".join(f"{way[year]} in {year}" for year in sorted(way))
            allowed = "values that go one way, up or down; look at them again in target_path.csv"
            yield targets.problem(line, "value", found, allowed, "path_back", "warning")
        if len(set(way.values())) < 2:
            allowed = f"another rule, as long as target_path.csv has no year with another value for {target_id}"
            yield targets.problem(line, "rule", rule, allowed, "path_needed")


def _needed_or_empty(
    checked: RawTable, line: int, column: str, cell: str, is_needed: bool, rule: str
) -> Iterator[Problem]:
    if is_needed and not cell:
        yield checked.problem(line, column, cell, f"not empty with the rule {rule}", "rule_needs")
    if cell and not is_needed:
        yield checked.problem(line, column, cell, f"empty with the rule {rule}", "rule_forbids")


def _units_known(tables: _Tables) -> Iterator[Problem]:
    """Find units that no table knows, each once a file."""
    if tables["units"].problems:
        return
    known = forms(tables["units"].cells).keys()
    for name in ("indicators", "targets", "peer_targets"):
        checked = tables[name]
        said = {"", *known}
        for line, (unit,) in checked.rows("unit"):
            if unit not in said:
                said.add(unit)
                nearest = _nearest((unit,), {(key,) for key in known})
                row = f"add a row to {UNITS.path} ({', '.join(UNITS.header)})"
                allowed = f"a unit that is brought along or has a row in {UNITS.path}{nearest}; or {row}"
                yield checked.problem(line, "unit", unit, allowed, "unit_unknown")


def _units_agree(tables: _Tables) -> Iterator[Problem]:
    """Hold the unit of a goal against that of its indicator; a change has that or percent, growth percent."""
    units = tables["indicators"].lookup("indicator_id", "unit")
    known = {"", *forms(tables["units"].cells)}
    for name in ("targets", "peer_targets"):
        checked = tables[name]
        for line, (rule, indicator_id, unit) in checked.rows("rule", "indicator_id", "unit"):
            own = units.get(indicator_id, "" if not indicator_id else unit)
            expected, words = _units_of_goal(rule, own)
            # A unit that no table knows is said already.
            if unit not in expected and {unit, *expected} <= known:
                yield checked.problem(line, "unit", unit, words if indicator_id else "empty", "unit_of_indicator")


def _units_of_goal(rule: str, own: str) -> tuple[tuple[str, ...], str]:
    """Return the units that the value of a goal may have, that of the indicator being its own, and say which."""
    if RULES[rule].value_is == "growth":
        return (PERCENT,), f"{PERCENT}, as growth a year is told"
    if RULES[rule].value_is == "change":
        other = "percentage_points" if own == PERCENT else own
        return (PERCENT, other), f"{PERCENT} for a change in percent of the baseline figure, {other} for a difference"
    return (own,), f"{own or 'empty'}, the unit of the indicator"


# Groups of categories


def _issues_known(tables: _Tables) -> Iterator[Problem]:
    """Find earlier issues of a publication that are no sources."""
    if not tables["sources"].is_whole:
        return
    known = set(tables["sources"].cells["source_id"])
    for line, (cell,) in tables["gaps"].rows("issues"):
        for key in issue_keys(cell):
            if key not in known:
                yield tables["gaps"].problem(line, "issues", key, "keys of sources.csv", "key_unknown")


def _groups_consistent(tables: _Tables) -> Iterator[Problem]:
    """Require that a category is not the whole it is part of, and that a group has one name."""
    groups = tables["category_groups"]
    for line, (indicator_id, category_id) in groups.rows("indicator_id", "category_id"):
        if indicator_id == category_id:
            allowed = "an indicator other than indicator_id"
            yield groups.problem(line, "category_id", category_id, allowed, "category_of_itself")
    for column in in_each_language("name"):
        first: dict[str, tuple[str, int]] = {}
        for line, (group, name) in groups.rows("group", column):
            known, at = first.setdefault(group, (name, line))
            if name != known:
                allowed = f"{known}, the name of {group}"
                yield groups.problem(line, column, name, allowed, "group_named_twice", other_row=at)


_RULES: tuple[_Rule, ...] = (
    _never_empty,
    _repeated_keys,
    _numbers_of_goals,
    _goals_hold_some_time,
    _dangling_keys,
    _period_or_undated,
    _values_within_bounds,
    _values_possible,
    _counts,
    _rates_against_counts,
    _one_preferred,
    _provisional_preferred,
    _period_over_when_published,
    _published_before_read,
    _editions_in_order,
    _indicators_consistent,
    _parts_of_years_explained,
    _decimals_as_printed,
    _each_year_of_several,
    _datings_of_undated,
    _goals_consistent,
    _goals_in_order,
    _goals_suit_indicators,
    _paths_lead_to_goals,
    _units_known,
    _units_agree,
    _groups_consistent,
    _issues_known,
    *RULES_OF_SLIPS,
)


# Files beside the tables


def _problems_of_descriptor(folder: Path) -> list[Problem]:
    """Return a warning if the descriptor, where there is one, does not describe the tables."""
    path = folder / DESCRIPTOR_NAME
    if not path.is_file():
        return []
    try:
        stated = json_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Problem(DESCRIPTOR_NAME, None, "", str(error), "JSON in UTF-8", "descriptor_form")]
    if not isinstance(stated, dict) or stated != descriptor_of(folder, stated):
        allowed = "the tables and columns as the schema declares them"
        return [Problem(DESCRIPTOR_NAME, None, "", "another description", allowed, "descriptor_differs", "warning")]
    return []


_FOLDERS = (STAGING, SEALS, HISTORY)
_FILES = (DESCRIPTOR_NAME, LOCK, f"{STAGING}/{JOURNAL}")
"""What the program has beside tables and settings."""


def _problems_of_places(folder: Path) -> Iterator[Problem]:
    """Find what is no folder where the program has folders, and no file where it has files."""
    for names, kind, is_right in ((_FOLDERS, "folder", Path.is_dir), (_FILES, "plain file", Path.is_file)):
        for name in names:
            if os.path.lexists(folder / name) and not is_right(folder / name):
                yield Problem(name, None, "", f"no {kind}", f"a {kind}, or nothing: move it away", "place_taken")


def _problems_of_names(folder: Path) -> Iterator[Problem]:
    """Find files named nearly as a table that is not there: an optional one would be empty without a word."""
    absent = {table.path.lower(): table.path for table in TABLES if not os.path.lexists(folder / table.path)}
    known = {table.path for table in TABLES}
    for path in sorted(folder.glob("*.[cC][sS][vV]")) + sorted(folder.glob("plan/*.[cC][sS][vV]")):
        name = path.relative_to(folder).as_posix()
        if name not in known and (meant := get_close_matches(name.lower(), absent, n=1, cutoff=0.9)):
            allowed = f"{absent[meant[0]]}; rename it or move it away: it is passed over"
            yield Problem(name, None, "", "no table of this name", allowed, "table_name", "warning")


def _problems_of_settings(folder: Path) -> list[Problem]:
    """Return what is wrong with the settings of the book, where there are any: only a book needs them."""
    if not os.path.lexists(folder / SETTINGS_NAME):
        return []
    try:
        settings = BookSettings.load(folder)
    except EvidenceError as error:
        return error.problems
    text = settings_text(folder)
    return [
        Problem(SETTINGS_NAME, settings_line(text, f"{key}.{code}"), f"{key}.{code}", found, allowed, kind, "warning")
        for key in (*TRANSLATED, *IMPRINT)
        for code in settings.languages
        for found, allowed, kind in hard_to_see(getattr(settings, f"{key}_{code}"))
    ]


def _problems_of_change(folder: Path) -> list[Problem]:
    """Return an error if a change of several tables was interrupted half-way."""
    if not interrupted(folder):
        return []
    allowed = "a finished change; 'qualitybook intake recover' finishes it"
    return [Problem(f"{STAGING}/{JOURNAL}", None, "", "a change that was interrupted", allowed, "change_interrupted")]
