"""What the statements of goals say in digits, held against the cells that decide the goals: warnings.

A statement is copied from the plan, and value, unit and years are typed beside it: 0.98 for 98 % is met by any figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitybook.evidence.reading import column_of_units
from qualitybook.evidence.schema import PERCENT, RULES

if TYPE_CHECKING:
    from qualitybook.evidence.errors import Problem
    from qualitybook.evidence.reading import Checked

_Tables = Mapping[str, "Checked"]
_MONTH = r"[月日]|\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_NUMBER = re.compile(rf"(?<![A-Za-z0-9.,])(?<![A-Za-z0-9]-)[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?(?![0-9]|{_MONTH})")
"""But not of a name such as PM2.5 or GB/T 19001-2016, nor of a date."""
_SPAN = re.compile(r"(?<=[0-9])(?<![0-9]{5})\s*[-~–—至到]\s*(?=[0-9])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SCALED = re.compile("[百千万亿]|hundred|thousand|million|billion|trillion")
_POINTS = re.compile(r"百分点|\bpoints?\b")
_PERCENT = re.compile(r"%|\bper ?cent\b")


@dataclass(frozen=True)
class _Goal:
    """The cells of a goal that its statement may repeat."""

    line: int
    rule: str
    value: str
    value_high: str
    unit: str
    years: frozenset[str]
    texts: Mapping[str, str]


def statements_against_cells(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals whose statement names another value, other years or another measure of change than their cells."""
    scales = column_of_units(tables["units"].cells, "scale")
    for goal in _goals(tables):
        yield from _values_said(tables["targets"], goal, scales.get(goal.unit, "1") != "1")
        yield from _years_said(tables["targets"], goal)
        yield from _points_said(tables["targets"], goal)


def _goals(tables: _Tables) -> Iterator[_Goal]:
    targets = tables["targets"]
    steps: dict[str, set[str]] = {}
    for _, (target, year) in tables["target_path"].rows("target_id", "year"):
        steps.setdefault(target, set()).add(year)
    columns = targets.table.texts("statement")
    names = ("target_id", "rule", "value", "value_high", "unit", "target_year", "baseline_year", "from_year", "due")
    for line, cells in targets.rows(*names, *columns):
        target, rule, value, high, unit, *years = cells[: len(names)]
        texts = {
            name: unicodedata.normalize("NFKC", text) for name, text in zip(columns, cells[len(names) :], strict=True)
        }
        named = frozenset({year[:4] for year in years if year} | steps.get(target, set()))
        yield _Goal(line, rule, value, high, unit, named, texts)


def _numbers(text: str) -> list[str]:
    return [number.replace(",", "") for number in _NUMBER.findall(_SPAN.sub(" ", text))]


def _values_said(targets: Checked, goal: _Goal, is_scaled: bool) -> Iterator[Problem]:
    for name, cell in (("value", goal.value), ("value_high", goal.value_high)):
        for column, text in goal.texts.items():
            numbers = _numbers(text)
            others = [number for number in numbers if not _YEAR.fullmatch(number)]
            any_scale = is_scaled or bool(_SCALED.search(text))
            if cell and others and not any(_is_same(cell, number, any_scale) for number in numbers):
                allowed = f"what {column} says: {' or '.join(others)}; to do: correct the cell or the statement"
                yield targets.problem(goal.line, name, cell, allowed, "value_of_statement", "warning")
                break


def _is_same(cell: str, number: str, any_scale: bool) -> bool:
    """Whether two numbers are the same without their signs; in a scaled unit, that they have the same digits."""
    if any_scale:
        return _digits(cell) == _digits(number)
    return abs(float(cell)) == float(number)


def _digits(number: str) -> str:
    whole, _, fraction = number.lstrip("-").partition(".")
    return f"{whole}{fraction}".strip("0")


def _years_said(targets: Checked, goal: _Goal) -> Iterator[Problem]:
    own = {goal.value.lstrip("-"), goal.value_high}
    for column, text in goal.texts.items():
        years = [number for number in _numbers(text) if _YEAR.fullmatch(number) and number not in own]
        strange = sorted(set(years) - goal.years)
        if strange:
            allowed = (
                f"the years of the goal, {', '.join(sorted(goal.years))}; to do: correct these cells or the statement"
            )
            yield targets.problem(goal.line, column, " ".join(strange), allowed, "year_of_statement", "warning")
            break


def _points_said(targets: Checked, goal: _Goal) -> Iterator[Problem]:
    if RULES[goal.rule].value_is != "change":
        return
    for column, text in goal.texts.items():
        says_points = bool(_POINTS.search(text))
        if goal.unit == PERCENT and says_points:
            allowed = f"percentage_points, as {column} speaks of points: percent is of the baseline figure"
        elif goal.unit == "percentage_points" and _PERCENT.search(text) and not says_points:
            allowed = f"percent of the baseline figure, as {column} says; or a statement that speaks of points"
        else:
            continue
        yield targets.problem(goal.line, "unit", goal.unit, allowed, "points_or_percent", "warning")
        break
