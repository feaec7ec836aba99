"""Slips in a folder's tables that a reader of the row would see and that turn a verdict or a page: mostly warnings.

A goal may be meant so; then the warning stays, and says what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qualitybook.errors import Problem
from qualitybook.evidence.periods import Period, stated_start
from qualitybook.evidence.reading import LOWEST_PLAIN_RATE, RawTable, forms, usual_units
from qualitybook.evidence.schema import LANGUAGES, PERCENT, PROVISIONAL, RULES, direction_of, kind_of
from qualitybook.evidence.wording import statements_against_cells

_Tables = Mapping[str, RawTable]
_LEVELS = ("nation", "province", "city", "district")
"""From above; an area may lie anywhere."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"(?<![A-Za-z.])[A-Za-z]{3,}(?![A-Za-z.])")
"""But not of an address such as quality.example."""


def _goals_and_direct_series(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals without the series that decides them, and of series called direct that do not decide."""
    targets, evidence = tables["targets"], tables["target_evidence"]
    goals = {row[0]: row[1:] for _, row in targets.rows("target_id", "indicator_id", "region_id")}
    places, measured = set(tables["regions"].cells["region_id"]), set(tables["indicators"].cells["indicator_id"])
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


def _is_sound(checked: RawTable) -> bool:
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


_LONGEST_AHEAD = 366
"""Days from the last reading of a source to an as-of date up to which an edition may be planned."""


def _editions_beyond_what_was_read(tables: _Tables) -> Iterator[Problem]:
    """Warn of an as-of date long after the last reading of a source: what was published up to it nobody knows."""
    read = max((day for _, (day,) in tables["sources"].rows("accessed")), default="")
    for line, (as_of,) in tables["editions"].rows("as_of"):
        if read and (date.fromisoformat(as_of) - date.fromisoformat(read)).days > _LONGEST_AHEAD:
            allowed = (
                f"a day at most {_LONGEST_AHEAD} days after {read}, when the last source was read: of what was not "
                "found by then the edition would say that it was never published"
            )
            yield tables["editions"].problem(line, "as_of", as_of, allowed, "edition_ahead", "warning")


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


_WAYS = {1: "higher", -1: "lower"}


def _directions_agree(tables: _Tables) -> Iterator[Problem]:
    """Warn of a direction that is said to be better for a goal, against the goal itself or against the indicator."""
    evidence = tables["target_evidence"]
    usual = tables["indicators"].lookup("indicator_id", "better")
    goals = {
        target: (indicator, _WAYS.get(direction_of(rule, value), ""))
        for _, (target, indicator, rule, value) in tables["targets"].rows("target_id", "indicator_id", "rule", "value")
    }
    for line, (target, indicator, better) in evidence.rows("target_id", "indicator_id", "better"):
        own, asked = goals.get(target, ("", ""))
        said = asked if indicator == own else usual.get(indicator, "")
        if {better, said} == {*_WAYS.values()}:
            by = f"{target} asks for" if indicator == own else f"indicators.csv says of {indicator}"
            allowed = f"{said}, as {by}; or neither, or empty"
            yield evidence.problem(line, "better", better, allowed, "better_against_goal", "warning")


def _goals_after_their_plan(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals for a year that was over when they were set, and of wordings that hold only after that year."""
    published = tables["sources"].lookup("source_id", "published")
    for name in ("targets", "peer_targets"):
        goals = tables[name]
        for line, (year, source) in goals.rows("target_year", "source_id"):
            if year < (set_in := published.get(source, "")[:4]):
                allowed = f"{set_in} or later, as {source}, which sets it, was published then"
                yield goals.problem(line, "target_year", year, allowed, "goal_before_plan", "warning")
    targets = tables["targets"]
    for line, (start, year) in targets.rows("valid_from", "target_year"):
        if start[:4] > year:
            allowed = f"a day up to the end of the target year, {year}"
            yield targets.problem(line, "valid_from", start, allowed, "valid_after_goal", "warning")


def _texts_of_the_plan(tables: _Tables) -> Iterator[Problem]:
    """Warn of a text for a year that no goal has, and of one that holds before it was published."""
    texts = tables["plan_texts"]
    years = {year for _, (year,) in tables["targets"].rows("target_year")}
    published = tables["sources"].lookup("source_id", "published")
    for line, (year, start, source) in texts.rows("target_year", "valid_from", "source_id"):
        if years and tables["targets"].is_whole and year not in years:
            allowed = f"a year that a goal is to be met in: {', '.join(sorted(years))}"
            yield texts.problem(line, "target_year", year, allowed, "text_without_goal", "warning")
        day = published.get(source)
        if day and start < str(stated_start(day)):
            allowed = f"a day from {day} on, when {source} was published"
            yield texts.problem(line, "valid_from", start, allowed, "text_before_published", "warning")


_MOST_TIMES = 8
"""A goal lies at most so many times above or below all figures of its indicator; a lost digit makes it ten."""
_FEW = 100.0
"""Numbers below it may grow many times: from one laboratory to ten."""


_MEASURED = ("count", "money", "plain")


def _values_far_from_figures(tables: _Tables) -> Iterator[Problem]:
    """Warn of goals in percent like 0.98, and of goals of others that no figure is near: these have no statement."""
    figures: dict[tuple[str, ...], list[float]] = {}
    for _, (indicator, region, figure) in tables["observations"].rows("indicator_id", "region_id", "value"):
        for key in ((indicator,), (indicator, region)):
            figures.setdefault(key, []).append(float(figure))
    form_of = forms(tables["units"].cells)
    for name in ("targets", "peer_targets"):
        goals = tables[name]
        for line, (indicator, region, rule, unit, value) in goals.rows(
            "indicator_id", "region_id", "rule", "unit", "value"
        ):
            # A nation counts a hundred times what a city does.
            of_size = form_of.get(unit) in ("count", "money")
            known, goal = figures.get((indicator, region) if of_size else (indicator,), []), float(value or 0)
            if RULES[rule].value_is != "figure" or goal <= 0 or not known or min(known) <= 0:
                continue
            low, high = min(known), max(known)
            is_large = unit == PERCENT or (form_of.get(unit) in _MEASURED and max(goal, high) >= _FEW)
            if unit == PERCENT and goal <= 1 and low > LOWEST_PLAIN_RATE:
                allowed = f"a value in percent: {100 * goal:g}; the lowest figure is {low:g}"
                yield goals.problem(line, "value", value, allowed, "value_like_fraction", "warning")
            elif name == "peer_targets" and is_large and not low / _MOST_TIMES <= goal <= high * _MOST_TIMES:
                allowed = f"at most {_MOST_TIMES} times above or below the figures of {indicator}, {low:g} to {high:g}"
                yield goals.problem(line, "value", value, allowed, "value_far", "warning")


def _goals_of_others(tables: _Tables) -> Iterator[Problem]:
    """Warn of a goal set elsewhere that is for the place, indicator and year of a goal of the plan."""
    names = ("indicator_id", "region_id", "target_year")
    own, peers = {key for _, key in tables["targets"].rows(*names)}, tables["peer_targets"]
    for line, key in peers.rows(*names):
        if key in own:
            allowed = "another place than that of the plan's own goal, which has a row in targets.csv"
            yield peers.problem(line, "region_id", key[1], allowed, "peer_of_own_place", "warning")


_FEW_GOALS = 3
"""Goals that a plan of others must have for one of them to stand out by its year."""


def _years_of_other_plans(tables: _Tables) -> Iterator[Problem]:
    """Warn of a goal set elsewhere for a year that no other goal of its source has, unless it follows another goal.

    A note that names the year says that it is meant.
    """
    peers = tables["peer_targets"]
    rows = list(peers.rows("source_id", "target_year", "indicator_id", "region_id"))
    notes = {line: " ".join(texts) for line, texts in peers.rows(*peers.table.texts("note"))}
    series = Counter((source, *key) for _, (source, _, *key) in rows)
    years: dict[str, Counter[str]] = {}
    for _, (source, year, *_) in rows:
        years.setdefault(source, Counter())[year] += 1
    for line, (source, year, *key) in rows:
        if year in notes.get(line, ""):
            continue
        found = years[source]
        if found.total() >= _FEW_GOALS and found[year] == 1 and len(found) > 1 and series[source, *key] == 1:
            others = sorted(found.keys() - {year})
            allowed = f"{' or '.join(others)}, as in the other goals of {source}; or a note that names {year}"
            yield peers.problem(line, "target_year", year, allowed, "peer_year", "warning")


_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))


def _months_in_full(tables: _Tables) -> Iterator[Problem]:
    """Warn of a year of which each month but one, not the last, has a figure: it was left out or filed elsewhere."""
    observations = tables["observations"]
    months: dict[tuple[str, ...], dict[str, int]] = {}
    both: set[tuple[str, ...]] = set()
    for line, (period, *series) in observations.rows("period", "indicator_id", "region_id", "basis"):
        if re.fullmatch("[0-9]{4}-[0-9]{2}", period):
            months.setdefault((*series, period[:4]), {})[period[5:]] = line
        elif period == f"{period[:4]}-01/{period[:4]}-02":
            both.add((*series, period[:4]))
    single = {key: min(lacking) for key, lines in months.items() if len(lacking := _MONTHS - lines.keys()) == 1}
    usual = Counter((*series, month) for (*series, _), month in single.items())
    for key, month in single.items():
        *series, year = key
        is_in_both = month in ("01", "02") and key in both
        # What lacks each year is not published, as January is often told with February alone.
        if month != "12" and not is_in_both and usual[*series, month] == 1:
            lines, allowed = months[key], f"a figure for {year}-{month} as well, the only month of {year} that has none"
            yield observations.problem(lines["12"], "period", f"{year}-12", allowed, "month_missing", "warning")


_NOT_FINAL = re.compile(
    r"初步(?!筛|建|形成|具备)|初核|快报|预计[数值为]"
    r"|(?<!no longer )\b(?:provisional|preliminary)\b(?! (?:rules|regulations|measures))",
    re.IGNORECASE,
)


def _status_of_notes(tables: _Tables) -> Iterator[Problem]:
    """Warn of figures that their note calls provisional and that count as final, as they have no status."""
    observations = tables["observations"]
    columns = observations.table.texts("note")
    for line, (status, *notes) in observations.rows("status", *columns):
        found = (match for match in map(_NOT_FINAL.search, notes) if match is not None)
        word = next(found, None) if not status else None
        if word is not None:
            allowed = f"{PROVISIONAL}, as its note says {word[0]!r}; revised or verified if it is that now"
            yield observations.problem(line, "status", status, allowed, "status_of_note", "warning")


def _kinds_of_their_units(tables: _Tables) -> Iterator[Problem]:
    """Warn of indicators whose unit is none of their kind: by the kind is told what is forecast, and how."""
    if tables["units"].problems:
        return
    form_of, indicators = forms(tables["units"].cells), tables["indicators"]
    for line, (kind, subkind, unit) in indicators.rows("kind", "subkind", "unit"):
        fitting = kind_of(kind, subkind).forms
        if fitting and form_of.get(unit, fitting[0]) not in fitting:
            allowed = f"a kind for {unit}, a unit of the form {form_of[unit]}; {kind} is for {', '.join(fitting)}"
            yield indicators.problem(line, "kind", kind, allowed, "kind_and_unit", "warning")


def _units_keep_their_form(tables: _Tables) -> Iterator[Problem]:
    """Warn of a folder's own unit that takes the place of one that is brought along and is of another nature."""
    units, usual = tables["units"], usual_units().lookup("unit", "form")
    for line, (unit, form) in units.rows("unit", "form"):
        if usual.get(unit, form) != form:
            allowed = f"{usual[unit]}, as of the unit that is brought along; or another key"
            yield units.problem(line, "form", form, allowed, "unit_form", "warning")


def _areas_of_places(tables: _Tables) -> Iterator[Problem]:
    """Warn of what a place is said to lie in that is no area, or the place itself."""
    levels, stated = tables["regions"].lookup("region_id", "level"), tables["region_areas"]
    for line, (region, area) in stated.rows("region_id", "area_id"):
        if levels.get(area, "area") != "area" or area == region:
            allowed = f"a place of the level area; what {region} lies in by administration is its parent_id"
            yield stated.problem(line, "area_id", area, allowed, "area_level", "warning")


def _errata_of_editions(tables: _Tables) -> Iterator[Problem]:
    """Warn of errata from before their edition, and of an edition that is to correct itself."""
    errata = tables["errata"]
    days = tables["editions"].lookup("edition", "as_of")
    for line, (edition, day) in errata.rows("edition", "day"):
        if day < days.get(edition, ""):
            allowed = f"a day from {days[edition]} on, the as-of date of the edition"
            yield errata.problem(line, "day", day, allowed, "erratum_before_edition", "warning")
    for line, (edition, issue) in errata.rows("edition", "issue"):
        if issue == edition:
            allowed = "another edition than the one with the mistake, or empty"
            yield errata.problem(line, "issue", issue, allowed, "erratum_issue", "warning")


def _categories_of_their_kind(tables: _Tables) -> Iterator[Problem]:
    """Warn of a category of a rate that is no rate itself."""
    kinds = tables["indicators"].lookup("indicator_id", "kind")
    groups = tables["category_groups"]
    for column in ("indicator_id", "category_id"):
        for line, (indicator,) in groups.rows(column):
            if kinds.get(indicator, "rate") != "rate":
                allowed = f"a rate; {indicator} is of the kind {kinds[indicator]}"
                yield groups.problem(line, column, indicator, allowed, "category_kind", "warning")


def _places_above(parents: Mapping[str, str], region: str) -> list[str]:
    """Return the places that a place lies in, smallest first; in a circle each of them once."""
    above: list[str] = []
    place = parents.get(region, "")
    while place and place not in above:
        above.append(place)
        place = parents.get(place, "")
    return above


def _places_without_circle(tables: _Tables) -> Iterator[Problem]:
    """Find places that lie in themselves, directly or by way of others."""
    regions = tables["regions"]
    parents = regions.lookup("region_id", "parent_id")
    for line, (region,) in regions.rows("region_id"):
        if region in _places_above(parents, region):
            allowed = "a place that does not itself lie in this one"
            yield regions.problem(line, "parent_id", parents[region], allowed, "places_circular")


def _places_in_order(tables: _Tables) -> Iterator[Problem]:
    """Warn of a second nation, and of places that lie in one of a level below."""
    regions = tables["regions"]
    levels = regions.lookup("region_id", "level")
    parents = regions.lookup("region_id", "parent_id")
    nation = 0
    for line, (region, level, parent) in regions.rows("region_id", "level", "parent_id"):
        if level == _LEVELS[0] and nation:
            allowed = "one nation; places of others have the level area"
            yield regions.problem(line, "level", level, allowed, "nation_twice", "warning", other_row=nation)
        if level == _LEVELS[0]:
            nation = nation or line
        above = levels.get(parent, "")
        is_below = level in _LEVELS and above in _LEVELS and _LEVELS.index(above) > _LEVELS.index(level)
        if is_below and region not in _places_above(parents, region):
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


_UNSEEN = {"Cf", "Zl", "Zp"}
"""Marks of form, and the ends of lines and paragraphs that only some programs know."""
_LONGEST_WORD = 100
_LONG = re.compile(rf"[^\W\u2e80-\u9fff\uac00-\ud7af]{{{_LONGEST_WORD + 1},}}")


def marks_unseen(text: str, *, with_control: bool = False) -> Iterator[tuple[str, str, str]]:
    """Yield the marks of a text that nobody sees, with what is allowed and the code of the problem."""
    unseen = {*_UNSEEN, "Cc"} if with_control else _UNSEEN
    for mark in sorted(mark for mark in set(text) - {"\t", "\r"} if unicodedata.category(mark) in unseen):
        found = f"U+{ord(mark):04X} {unicodedata.name(mark, '')}".strip()
        yield found, "text without marks that cannot be seen; type the words anew", "mark_unseen"


def hard_to_see(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a text has that nobody sees or no line holds, with what is allowed and the code of the problem."""
    yield from marks_unseen(text)
    for word in _LONG.findall(text):
        allowed = f"words of at most {_LONGEST_WORD} letters: no line of a page holds a longer one"
        yield word, allowed, "word_too_long"


def _texts_to_be_seen(tables: _Tables) -> Iterator[Problem]:
    """Warn of marks that nobody sees, which turn or split what is around them, and of words that no line holds."""
    for checked in tables.values():
        for field in (field for field in checked.table.fields if field.type == "text"):
            whole = "\n".join(checked.cells[field.name])
            if next(hard_to_see(whole), None) is None:
                continue
            for line, (text,) in checked.rows(field.name):
                for found, allowed, code in hard_to_see(text):
                    yield checked.problem(line, field.name, found, allowed, code, "warning")


# What indicative readings rest on, held against the goal's place and year and against the figures
#
# A row under the wrong role, place or year turns a reading, or drops out of it, and nothing else tells.


_OF_ONE_FIGURE = ("part", "own_undated", "statement", "ceiling")
_ABOVE = ("parent", "part")
_OWN = ("own_undated", "statement", "proxy", "class")
_OF_MANY = ("peers", "spread")
_LARGEST_OFFSET = 3.0
"""On a scale of logarithms: twenty times the odds."""

_Row = Mapping[str, str]
_Fault = tuple[str, str, str]
"""Column, what was found, and what is allowed."""


@dataclass(frozen=True)
class _Grounds:
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
    def of(cls, tables: _Tables) -> _Grounds:
        """Return what the tables of a folder say."""
        parents = tables["regions"].lookup("region_id", "parent_id")
        areas: dict[str, set[str]] = {}
        for _, (region, area) in tables["region_areas"].rows("region_id", "area_id"):
            areas.setdefault(region, set()).add(area)
        above = {}
        for region in parents:
            within = {region, *_places_above(parents, region)}
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
            tables["sources"].lookup("source_id", "published"),
            figures,
            {tuple(key) for _, (*key, variant) in rows if not variant},
        )

    def doubts(self, row: _Row) -> Iterator[_Fault]:
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

    def _of_place(self, row: _Row) -> Iterator[_Fault]:
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

    def _of_years(self, row: _Row) -> Iterator[_Fault]:
        if row["role"] == "year" and row["from_year"] != row["to_year"]:
            yield "to_year", row["to_year"], f"{row['from_year']}, as the role year is of one"
        last, year = row["to_year"], self.goals[row["target_id"]][1]
        published = self.published.get(row["source_id"], "")[:4]
        if last and last > year:
            yield "to_year", last, f"at most {year}, the target year of {row['target_id']}"
        elif last and published and last > published:
            yield "to_year", last, f"at most {published}, when {row['source_id']} was published"

    def _of_measure(self, row: _Row) -> Iterator[_Fault]:
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

    def _of_figures(self, row: _Row) -> Iterator[_Fault]:
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


def _meant(tables: _Tables) -> set[tuple[str, str]]:
    meant = {(target, indicator) for _, (target, indicator) in tables["targets"].rows("target_id", "indicator_id")}
    for _, (indicator_id, other_id) in tables["open_scopes"].rows("indicator_id", "other_id"):
        meant |= {(target, other_id) for target, indicator in meant if indicator == indicator_id}
    return meant


def _indicative(tables: _Tables) -> Iterator[Problem]:
    """Yield what is wrong with what goals are read on, and with the evidence of that."""
    grounds = _Grounds.of(tables)
    yield from _indicative_goals_whole(tables, grounds)
    yield from _indicative_rows_consistent(tables, grounds)


def _indicative_goals_whole(tables: _Tables, grounds: _Grounds) -> Iterator[Problem]:
    """Require of what a goal is read on that the goal can mean it, and either evidence with a parent or a refusal."""
    goals, named = tables["indicative_goals"], tables["indicative_evidence"]
    rows = [cells for _, cells in named.rows("target_id", "indicator_id", "variant", "role")]
    held = {cells[:2] for cells in rows}
    founded = {cells[:2] for cells in rows if not cells[2] and cells[3] in ("parent", "class")}
    names = ("target_id", "indicator_id", "refusal", *goals.table.texts("assumption"))
    for line, (target, indicator, refusal, *assumptions) in goals.rows(*names):
        found, key = f"{target} + {indicator}", (target, indicator)
        if key not in grounds.meant:
            allowed = "the goal's own indicator, or one that open_scopes.csv names beside it"
            yield goals.problem(line, "indicator_id", indicator, allowed, "indicative_scope")
        if refusal and key in held:
            allowed = f"empty, or no rows of {found} in {named.table.path}: what is refused rests on nothing"
            yield goals.problem(line, "refusal", refusal, allowed, "indicative_refused")
        elif refusal:
            for allowed in grounds.doubts_of_refusal(target, indicator, refusal):
                yield goals.problem(line, "refusal", refusal, allowed, "indicative_refusal", "warning")
        elif key not in founded:
            allowed = f"a reason, or a row of {found} with the role parent or class in {named.table.path}"
            yield goals.problem(line, "refusal", refusal, allowed, "indicative_without_parent")
        if not refusal and not all(assumptions):
            allowed = "the one assumption that the reading hangs on, in each language"
            yield goals.problem(line, names[-1], "", allowed, "indicative_assumption")


def _indicative_rows_consistent(tables: _Tables, grounds: _Grounds) -> Iterator[Problem]:
    """Require of a row of indicative evidence what its role needs."""
    named = tables["indicative_evidence"]
    goals = {key for _, key in tables["indicative_goals"].rows("target_id", "indicator_id")}
    figures = {key for _, key in tables["observations"].rows("indicator_id", "region_id", "source_id")}
    for line, cells in named.rows(*named.table.header):
        row = dict(zip(named.table.header, cells, strict=True))
        if (row["target_id"], row["indicator_id"]) not in goals:
            allowed = "a row in plan/indicative_goals.csv; add one that says what the reading hangs on"
            found = f"{row['target_id']} + {row['indicator_id']}"
            yield named.problem(line, "target_id+indicator_id", found, allowed, "indicative_goal_missing")
        faults = list(_faults_of_indicative(row, figures))
        for column, found, allowed in faults:
            yield named.problem(line, column, found, allowed, "indicative_row")
        for column, found, allowed in () if faults else grounds.doubts(row):
            yield named.problem(line, column, found, allowed, "indicative_ground", "warning")


def _faults_of_indicative(row: _Row, figures: Collection[tuple[str, ...]]) -> Iterator[_Fault]:
    """Yield what is wrong with a row of indicative evidence by itself."""
    role, first, last = row["role"], row["from_year"], row["to_year"]
    if bool(first) != bool(last) or first > last:
        yield "from_year", first, f"with to_year {last or 'empty'}: both years, in order, or neither"
    if role in ("own_undated", "year") and not first:
        yield "from_year", first, f"the years that it may be of, with the role {role}"
    if (row["offset_sd"] and not row["offset"]) or row["offset_sd"].startswith("-"):
        yield "offset_sd", row["offset_sd"], "0 or more, beside an offset"
    if role == "left_out" and not row["variant"]:
        yield "variant", "", "the assumption under which the series is left out"
    for column in ("against_id", "basis"):
        if row[column] and role not in _OF_MANY:
            yield column, row[column], f"empty with the role {role}"
    key = row["from_indicator_id"], row["region_id"], row["source_id"]
    if role in _OF_ONE_FIGURE and key not in figures:
        yield "source_id", row["source_id"], f"the source of a figure of {key[0]} at {key[1]} in observations.csv"


RULES_OF_SLIPS: tuple[Callable[[_Tables], Iterable[Problem]], ...] = (
    _goals_and_direct_series,
    _editions_of_goals,
    _editions_beyond_what_was_read,
    _sources_of_goals,
    _directions_agree,
    _goals_after_their_plan,
    _texts_of_the_plan,
    _values_far_from_figures,
    _goals_of_others,
    _years_of_other_plans,
    _months_in_full,
    _status_of_notes,
    statements_against_cells,
    _kinds_of_their_units,
    _units_keep_their_form,
    _areas_of_places,
    _errata_of_editions,
    _categories_of_their_kind,
    _places_without_circle,
    _places_in_order,
    _texts_in_their_language,
    _texts_to_be_seen,
    _indicative,
)
