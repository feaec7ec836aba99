"""Slips in a folder's tables that a reader of the row would see and that turn a verdict or a page: mostly warnings.

A goal may be meant so; then the warning stays, and says what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from qualitybook.evidence.schema import LANGUAGES

if TYPE_CHECKING:
    from qualitybook.evidence.errors import Problem
    from qualitybook.evidence.reading import Checked

_Tables = Mapping[str, "Checked"]
_LEVELS = ("nation", "province", "city", "district")
"""From above; an area may lie anywhere."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"(?<![A-Za-z.])[A-Za-z]{3,}(?![A-Za-z.])")
"""But not of an address such as quality.example."""


def _column(checked: Checked, key: str, name: str) -> dict[str, str]:
    """Return the cells of a column by those of another."""
    return {cells[0]: cells[1] for _, cells in checked.rows(key, name)}


def _goals_and_direct_series(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals without the series that decides them, and of series called direct that do not decide."""
    targets, evidence = tables["targets"], tables["target_evidence"]
    goals = {row[0]: row[1:] for _, row in targets.rows("target_id", "indicator_id", "region_id")}
    places, measured = (set(tables[name].cells[key]) for name, key in _OTHER_KEYS)
    rows = list(evidence.rows("target_id", "indicator_id", "region_id", "role"))
    # A key that is unknown is said already, and what it was meant for is not known.
    is_sound = _is_sound(evidence) and all(row[0] in goals and {*row[1:3]} <= places | measured for _, row in rows)
    direct = {row[0] for _, row in rows if row[3] == "direct"}
    for line, (target, indicator, region) in targets.rows("target_id", "indicator_id", "region_id"):
        if indicator and is_sound and target not in direct:
            allowed = f"a row of {target}, {indicator} and {region} with the role direct in {evidence.table.path}"
            yield targets.problem(line, "indicator_id", indicator, allowed, "direct_missing", "warning")
    for line, (target, indicator, region, role) in rows:
        if is_sound and role == "direct" and goals[target] != (indicator, region) and goals[target][1] in places:
            meant = " of ".join(filter(None, goals[target])) if goals[target][0] else "none, as it names no indicator"
            allowed = f"another role: the direct series of {target} is {meant}"
            yield evidence.problem(
                line, "indicator_id+region_id", f"{indicator} + {region}", allowed, "direct_of_other", "warning"
            )


_OTHER_KEYS = (("regions", "region_id"), ("indicators", "indicator_id"))


def _is_sound(checked: Checked) -> bool:
    """Whether all that stands in a table can be read, so that what is not there is not there."""
    return checked.is_whole and not checked.refused


def _editions_of_goals(tables: _Tables) -> Iterator[Problem]:
    """Require that the last edition, and no other, is current; warn of one for a year that no goal is set for."""
    editions = tables["editions"]
    rows = list(editions.rows("edition", "target_year", "status"))
    current = [line for line, (_, _, status) in rows if status == "current"]
    if rows and _is_sound(editions) and current != [rows[-1][0]]:
        line, (_, _, status) = next((row for row in rows if row[0] in current[:-1]), rows[-1])
        allowed = "current for the last edition and archived for all others: readers are shown the current one first"
        yield editions.problem(line, "status", status, allowed, "edition_status")
    years = {year for _, (year,) in tables["targets"].rows("target_year")}
    for line, (_, year, _) in rows:
        if years and tables["targets"].is_whole and year not in years:
            allowed = f"a year that a goal is to be met in: {', '.join(sorted(years))}"
            yield editions.problem(line, "target_year", year, allowed, "edition_without_goal", "warning")


def _sources_of_goals(tables: _Tables) -> Iterator[Problem]:
    """Warn of a source that was withdrawn while goals that an edition goes by are still from it."""
    as_of = max((day for _, (day,) in tables["editions"].rows("as_of")), default="")
    goals = list(tables["targets"].rows("source_id", "valid_to"))
    sources = tables["sources"]
    for line, (source, withdrawn) in sources.rows("source_id", "withdrawn"):
        if not withdrawn or withdrawn > as_of:
            continue
        left = [row for row, (own, valid_to) in goals if own == source and not (valid_to and valid_to <= as_of)]
        if left:
            found = f"{withdrawn}, of {source}, which {len(left)} goals in force are from (targets.csv:{left[0]})"
            allowed = (
                "empty for a source of goals in force: give these goals the source that holds now, or in valid_to the "
                "day from which they no longer count"
            )
            yield sources.problem(line, "withdrawn", found, allowed, "plan_withdrawn", "warning")


def _categories_of_their_kind(tables: _Tables) -> Iterator[Problem]:
    """Warn of a category of a rate that is no rate itself."""
    kinds = _column(tables["indicators"], "indicator_id", "kind")
    groups = tables["category_groups"]
    for column in ("indicator_id", "category_id"):
        for line, (indicator,) in groups.rows(column):
            if kinds.get(indicator, "rate") != "rate":
                allowed = f"a rate; {indicator} is of the kind {kinds[indicator]}"
                yield groups.problem(line, column, indicator, allowed, "category_kind", "warning")


def places_above(parents: Mapping[str, str], region: str) -> list[str]:
    """Return the places that a place lies in, smallest first; in a circle each of them once."""
    above: list[str] = []
    place = parents.get(region, "")
    while place and place not in above:
        above.append(place)
        place = parents.get(place, "")
    return above


def _places_in_order(tables: _Tables) -> Iterator[Problem]:
    """Warn of a second nation, and of places that lie in one of a level below."""
    regions = tables["regions"]
    levels = _column(regions, "region_id", "level")
    parents = _column(regions, "region_id", "parent_id")
    nation = 0
    for line, (region, level, parent) in regions.rows("region_id", "level", "parent_id"):
        if level == _LEVELS[0] and nation:
            allowed = "one nation; places of others have the level area"
            yield regions.problem(line, "level", level, allowed, "nation_twice", "warning", other_row=nation)
        if level == _LEVELS[0]:
            nation = nation or line
        above = levels.get(parent, "")
        is_below = level in _LEVELS and above in _LEVELS and _LEVELS.index(above) > _LEVELS.index(level)
        if is_below and region not in places_above(parents, region):
            allowed = f"a place of the level {level} or above; {parent} has the level {above}"
            yield regions.problem(line, "parent_id", parent, allowed, "place_below", "warning")


def _texts_in_their_language(tables: _Tables) -> Iterator[Problem]:
    """Warn of texts in the column of another language; a name quoted in one is no text."""
    for checked in tables.values():
        for field in checked.table.fields:
            code = field.name.rpartition("_")[2]
            if code not in LANGUAGES or not field.name.removesuffix(f"_{code}"):
                continue
            for line, (text,) in checked.rows(field.name):
                if _is_of_another(code, text):
                    allowed = f"a text in {LANGUAGES[code]}"
                    yield checked.problem(line, field.name, text, allowed, "language_of_text", "warning")


def _is_of_another(code: str, text: str) -> bool:
    """Whether a text is Chinese where it should not be, or at least two words of another script where it should."""
    chinese, words = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    return (not chinese and words > 1) if code == "zh" else chinese > 2 * words


_LONGEST_WORD = 100
_LONG = re.compile(rf"[^\W\u2e80-\u9fff\uac00-\ud7af]{{{_LONGEST_WORD + 1},}}")


def _texts_to_be_seen(tables: _Tables) -> Iterator[Problem]:
    """Warn of marks that nobody sees, which turn or split what is around them, and of words that no line holds."""
    for checked in tables.values():
        for field in (field for field in checked.table.fields if field.type == "text"):
            unseen = {mark for mark in set().union(*checked.cells[field.name]) if unicodedata.category(mark) == "Cf"}
            for line, (text,) in checked.rows(field.name):
                for mark in sorted(unseen.intersection(text)):
                    found = f"U+{ord(mark):04X} {unicodedata.name(mark, '')}".strip()
                    allowed = "text without marks that cannot be seen; type the words anew"
                    yield checked.problem(line, field.name, found, allowed, "mark_unseen", "warning")
                for word in _LONG.findall(text):
                    allowed = f"words of at most {_LONGEST_WORD} letters: no line of a page holds a longer one"
                    yield checked.problem(line, field.name, word, allowed, "word_too_long", "warning")


RULES_OF_SLIPS: tuple[Callable[[_Tables], Iterable[Problem]], ...] = (
    _goals_and_direct_series,
    _editions_of_goals,
    _sources_of_goals,
    _categories_of_their_kind,
    _places_in_order,
    _texts_in_their_language,
    _texts_to_be_seen,
)
