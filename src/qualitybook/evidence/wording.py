"""What the statements of goals say in digits, held against the cells that decide the goals: warnings.

A statement is copied from the plan, and value, unit and years are typed beside it: 0.98 for 98 % is met by any figure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from qualitybook.errors import Problem
from qualitybook.evidence.numbers import SCALE_WORD, SCALES
from qualitybook.evidence.reading import RawTable, column_of_units
from qualitybook.evidence.schema import PERCENT, RULES

_Tables = Mapping[str, RawTable]
_MONTH = r"[月日]|\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9.,])(?<![A-Za-z0-9]-)(?:[1-9][0-9]{{0,2}}(?:\s[0-9]{{3}})+|[0-9]+(?:,[0-9]{{3}})*)"
    rf"(?:\.[0-9]+)?(?![0-9]|{_MONTH})"
)
"""But not of a name such as PM2.5 or GB/T 19001-2016, nor of a date."""
_NAME = re.compile(
    r"[A-Z]{2,}[0-9]*(?:/[A-Z]+)?\s*[0-9]+(?:\.[0-9]+)*\s*[-–—:]\s*[0-9]{4}(?![0-9])|《[^》]*》"
    r"|[〔\[(][0-9]{4}[〕\])]\s*(?:第?[0-9]+号|No\.?\s*[0-9]+)|[A-Z][a-z]+\s\([0-9]{4}\s*[-–—]\s*[0-9]{4}\)"
)
"""A standard with its year, such as GB/T 19580—2012 and ISO 9001:2015; a title; a document's number, 〔2023〕8号."""
_SPAN = re.compile(r"(?<=[0-9])\s*[-~–—至到]\s*(?=[0-9])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SCALE = re.compile(rf"\s*\(?(?:(?:{SCALE_WORD.pattern})\s*)+")
_POINTS = re.compile(r"百分点|\bpoints?\b")
_PERCENT = re.compile(r"%|\bper ?cent\b")
_BEFORE = {
    "at_most": (
        r"不[得能应]?(?:超过|高于|大于|多于|突破)|或者?(?:低于|少于|小于)|至多|≤|前|\b(?:at most|first|top)|"
        r"\b(?:no|not) (?:more than|higher than|above|over)|\bor (?:less than|lower than|fewer than|below|under)"
    ),
    "at_least": (
        r"不[得能应]?(?:低于|少于|小于)|或者?(?:超过|高于|大于|多于|突破)|至少|≥|\bat least|"
        r"\b(?:no|not) (?:less than|lower than|below|under)|\bor (?:more than|higher than|above|over)"
    ),
    "above": r"超过|高于|大于|多于|突破|>|\b(?:more than|higher than|above|over)",
    "below": r"低于|少于|小于|<|\b(?:less than|lower than|fewer than|below|under)",
}
"""What stands before a value, by the rule that it means; negations come first."""
_AFTER = {"at_least": r"以上|\bor (?:more|above|higher)\b", "at_most": r"以下|以内|\bor (?:less|below|lower|fewer)\b"}
"""What stands behind it."""
_WORDS = (
    *("零|zero", "一|one", "[二两]|two", "三|three", "四|four", "五|five", "六|six", "七|seven", "八|eight", "九|nine"),
    *("十|ten", "eleven", "twelve"),
)
"""Numbers as statements write them without digits."""
_NUMERAL, _MEASURE = "[一二三四五六七八九十百千万亿第]", "(?=[个家项件名所座条位起张类大次种年天发])"
_DOUBLED = re.compile(r"翻一?番|\bdoubl|\btwice\b", re.IGNORECASE)
_TIMES = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:倍|times\b)")
_NEAR = 40
"""Signs before and behind a number that are looked at."""
_BEHIND = r"[^0-9,.;，。、；]{0,20}?"


@dataclass(frozen=True)
class _Amount:
    """A number of a text."""

    digits: str
    scale: float
    "What the word behind it multiplies it by; 1 without one."
    before: str
    after: str

    @property
    def is_year(self) -> bool:
        return bool(_YEAR.fullmatch(self.digits))

    def is_value(self, cell: str, scale_of_unit: float, scales: Iterable[float]) -> bool:
        """Whether it is the number of a cell, signs aside; of 3 to 5 million the first has no word behind it."""
        number, value = float(self.digits), abs(float(cell))
        if self.scale == 1 and number == value:
            return True
        possible = (1.0, *scales) if self.scale == 1 else (self.scale,)
        return any(math.isclose(number * scale, value * scale_of_unit) for scale in possible)


@dataclass(frozen=True)
class _Goal:
    """The cells of a goal that its statement may repeat."""

    line: int
    rule: str
    value: str
    value_high: str
    unit: str
    scale: float
    target_year: str
    baseline_year: str
    set_in: str
    "The year in which the plan was published that sets it; empty where that is not known."
    years: frozenset[str]
    steps: tuple[tuple[int, str, str], ...]
    "Line, year and value of those on its way."
    texts: Mapping[str, str]
    explained: frozenset[str]
    "The years that its statement or interpretation names, in any language."
    written: frozenset[str]
    "These and those in the names of documents."

    def may_name(self, year: str, named: Collection[str]) -> bool:
        """Whether a statement that names some years says one beside the goal's: of the next goal, or of how it was."""
        if self.target_year in named and year > self.target_year:
            return True
        has_cell = not {"baseline_year", "from_year"}.isdisjoint(RULES[self.rule].columns)
        return not has_cell and (self.target_year in named or year < self.set_in)


def statements_against_cells(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals whose statement says another value, year, comparison or measure of change than their cells."""
    targets, editions = tables["targets"], {year for _, (year,) in tables["editions"].rows("target_year")}
    goals = list(_goals(tables))
    of_several = {year for year, count in Counter(goal.target_year for goal in goals).items() if count > 1}
    for goal in goals:
        for name, cell in (("value", goal.value), ("value_high", goal.value_high)):
            yield from _value_said(targets, goal.line, name, cell, goal)
        for line, year, value in goal.steps:
            yield from _value_said(tables["target_path"], line, "value", value, goal, year)
        yield from [*_years_said(targets, goal)] or _years_explained(targets, goal, editions, of_several)
        yield from _comparison_said(targets, goal)
        yield from _points_said(targets, goal)


def _goals(tables: _Tables) -> Iterator[_Goal]:
    targets, scales = tables["targets"], column_of_units(tables["units"].cells, "scale")
    steps: dict[str, list[tuple[int, str, str]]] = {}
    for line, (target, year, value) in tables["target_path"].rows("target_id", "year", "value"):
        steps.setdefault(target, []).append((line, year, value))
    columns, more = targets.table.texts("statement"), targets.table.texts("interpretation")
    published = {source: day[:4] for _, (source, day) in tables["sources"].rows("source_id", "published")}
    what = ("target_id", "source_id", "rule", "value", "value_high", "unit")
    names = (*what, "target_year", "baseline_year", "from_year", "due")
    for line, cells in targets.rows(*names, *columns, *more):
        target, source, rule, value, high, unit, *years = cells[: len(names)]
        plain = [unicodedata.normalize("NFKC", text) for text in cells[len(names) :]]
        way = tuple(steps.get(target, ()))
        yield _Goal(
            line,
            rule,
            value,
            high,
            unit,
            float(scale) if (scale := scales.get(unit, "")).isdecimal() else 1.0,
            years[0],
            years[1],
            published.get(source, ""),
            frozenset({year[:4] for year in years if year} | {year for _, year, _ in way} | _years_before(years[2])),
            way,
            dict(zip(columns, plain, strict=False)),
            frozenset(amount.digits for text in plain for amount in _amounts(text) if amount.is_year),
            frozenset(year for text in plain for year in _YEAR.findall(text)),
        )


def _years_before(from_year: str) -> set[str]:
    """Return the year that growth from a year on is held against."""
    return {str(int(from_year) - 1)} if from_year else set()


def _amounts(text: str) -> list[_Amount]:
    text, amounts = _SPAN.sub("|", _NAME.sub(" ", text)), []
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        word = _SCALE.match(text, end)
        scale = math.prod(SCALES[part] for part in SCALE_WORD.findall(word[0])) if word else 1.0
        amounts.append(
            _Amount(re.sub(r"[,\s]", "", found[0]), scale, text[max(0, start - _NEAR) : start], text[end : end + _NEAR])
        )
    return amounts


def _value_said(
    checked: RawTable, line: int, name: str, cell: str, goal: _Goal, year: str | None = None
) -> Iterator[Problem]:
    """Warn of a value that a text does not name; of one for a year on the way where the text names that year."""
    for column, text in goal.texts.items():
        amounts = _amounts(text)
        others = [amount.digits for amount in amounts if not amount.is_year]
        scales = {amount.scale for amount in amounts}
        is_about = year is None or any(amount.digits == year for amount in amounts)
        is_said = any(each.is_value(cell or "0", goal.scale, scales) for each in amounts) or _in_words(cell, text)
        if cell and others and is_about and not is_said:
            allowed = f"what {column} says: {' or '.join(others)}; to do: correct the cell or the statement"
            yield checked.problem(line, name, cell, allowed, "value_of_statement", "warning")
            break


def _in_words(cell: str, text: str) -> bool:
    """Whether a text says the number of a cell in words, such as three clusters; 100 % more is 翻一番 or 1倍."""
    value = abs(float(cell or "nan"))
    sizes = [float(found) for found in _TIMES.findall(text)]
    if any(math.isclose(value, 100 * size) for known in sizes for size in (known, known - 1)):
        return True
    if value not in range(len(_WORDS)):
        return value == 100 and bool(_DOUBLED.search(text))
    zh, _, en = _WORDS[int(value)].rpartition("|")
    words = rf"\b{en}\b" + (rf"|(?<!{_NUMERAL}){zh}{_MEASURE}" if zh else "")
    return re.search(words, text, re.IGNORECASE) is not None


def _years_said(targets: RawTable, goal: _Goal) -> Iterator[Problem]:
    own = {goal.value.lstrip("-"), goal.value_high}
    for column, text in goal.texts.items():
        years = [amount.digits for amount in _amounts(text) if amount.is_year and amount.digits not in own]
        strange = sorted(year for year in set(years) - goal.years if not goal.may_name(year, years))
        if strange:
            allowed = (
                f"the years of the goal, {', '.join(sorted(goal.years))}; to do: correct these cells or the statement"
            )
            yield targets.problem(goal.line, column, " ".join(strange), allowed, "year_of_statement", "warning")
            break


def _years_explained(
    targets: RawTable, goal: _Goal, editions: Collection[str], of_several: Collection[str]
) -> Iterator[Problem]:
    """Warn of a baseline that the texts do not name though they name others, and of a year that nothing else names."""
    columns = f"{' or '.join(goal.texts)} or the interpretation"
    others = sorted(goal.explained - {goal.target_year})
    if goal.baseline_year and others and goal.baseline_year not in others:
        allowed = f"a year that the texts of the goal name: {', '.join(others)}; or name this one in {columns}"
        yield targets.problem(goal.line, "baseline_year", goal.baseline_year, allowed, "baseline_unnamed", "warning")
    # Of a year before the plan was published that is said already.
    known = {*editions, *of_several, *goal.written}
    if editions and goal.target_year >= goal.set_in and goal.target_year not in known:
        allowed = f"a year that an edition judges ({', '.join(sorted(editions))}), or one that {columns} names"
        yield targets.problem(goal.line, "target_year", goal.target_year, allowed, "goal_year_unnamed", "warning")


def _comparison_said(targets: RawTable, goal: _Goal) -> Iterator[Problem]:
    """Warn of a rule that no text bears out though one says how the value is to be compared: 以上 is at least."""
    if goal.rule not in _BEFORE or not goal.value:
        return
    said: dict[str, str] = {}
    for column, text in goal.texts.items():
        for amount in _amounts(text):
            if amount.is_value(goal.value, goal.scale, ()) and (rule := _comparison_around(amount)):
                said.setdefault(rule, column)
    if said and goal.rule not in said:
        allowed = " or ".join(f"{rule}, as {column} says" for rule, column in said.items())
        yield targets.problem(goal.line, "rule", goal.rule, allowed, "rule_of_statement", "warning")


def _comparison_around(amount: _Amount) -> str:
    behind = (rule for rule, words in _AFTER.items() if re.match(rf"{_BEHIND}(?:{words})", amount.after, re.IGNORECASE))
    before = (rule for rule, words in _BEFORE.items() if re.search(rf"(?:{words})\s*$", amount.before, re.IGNORECASE))
    return next(behind, "") or next(before, "")


def _points_said(targets: RawTable, goal: _Goal) -> Iterator[Problem]:
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
