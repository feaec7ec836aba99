"""What goals ask, in words, and what is said of the kinds that ask more than for one value."""

from __future__ import annotations

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.verdict import GrowthSoFar, Verdict
from qualitybook.evidence.catalog import Unit, units_brought_along
from qualitybook.evidence.numbers import decimals_of, printed, significant
from qualitybook.evidence.schema import PERCENT
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words

_STATED_IN_GOAL = ("growth", "month")
"""How rules are judged whose words name their years themselves."""


def goal_text(words: Words, goal: Goal, value_text: str, unit: Unit) -> str:
    """Return what a goal asks, short: ``at least 98.5%, for 2025``."""
    asked = asked_text(words, goal, value_text, unit)
    if goal.kind.judged in _STATED_IN_GOAL or goal.path:
        return asked
    return words.gettext("{asked}, for {year}", asked=asked, year=words.year(goal.target_year))


def asked_text(words: Words, goal: Goal, value_text: str, unit: Unit) -> str:
    """Return what a goal asks without its year: ``at least 98.5%``."""
    own = _unit_of_value(goal, unit)
    value = value_text.removeprefix("-") if goal.kind.value_is != "figure" else value_text
    high = "" if goal.value_high is None else _text(goal.value_high, value_text)
    return labels.label(
        words,
        labels.RULES,
        _code(goal),
        value=words.quantity(value, own),
        range=words.span(value, high, own) if high else "",
        part=value,
        whole=high,
        baseline=words.year(goal.baseline_year or 0),
        years=words.years(goal.from_year or goal.target_year, goal.target_year),
        month=words.month(*map(int, goal.due.split("-"))) if goal.due else "",
        steps=words.join(
            words.gettext(
                "{value} in {year}", value=words.quantity(_text(step, value_text), own), year=words.year(year)
            )
            for year, step in goal.path
        ),
    )


def _code(goal: Goal) -> str:
    """Return the code of a goal's words: its rule, downwards where its value says so, "at all" without a baseline."""
    downwards = "_down" if not goal.kind.direction and goal.direction < 0 else ""
    at_all = "_at_all" if goal.kind.needs_baseline and goal.baseline_year is None else ""
    return goal.rule + downwards + at_all


def _unit_of_value(goal: Goal, unit: Unit) -> Unit:
    """Return the unit of a goal's value: a change of a percentage is in points unless it is in percent itself."""
    is_change, known = goal.kind.value_is == "change", units_brought_along()
    if goal.kind.value_is == "growth" or (is_change and goal.is_percent):
        return known[PERCENT]
    return known["percentage_points"] if is_change and unit.unit == PERCENT else unit


def _text(value: float, beside: str) -> str:
    """Return a value as it stands in its table, with as many decimals as the one beside it at least."""
    decimals = [decimals_of(text) for text in (significant(value, 12), beside)]
    return printed(value, max(decimals))


def event_sentences(words: Words, verdict: Verdict) -> list[str]:
    """Return what a probability is the probability of, where that is not one value to be reached."""
    event = verdict.goal.kind.event
    if verdict.probability is None or event not in labels.EVENTS:
        return []
    return [labels.label(words, labels.EVENTS, event)]


def threshold_text(verdict: Verdict, decimals: int) -> str:
    """Return the figure that a change from another year comes down to, as it was worked out; empty for other goals."""
    return "" if verdict.threshold is None or not verdict.goal.is_relative else printed(verdict.threshold, decimals)


def threshold_sentences(words: Words, verdict: Verdict, unit: Unit | None) -> list[str]:
    """Return the figure that a change from the baseline comes down to."""
    if unit is None or verdict.series is None or verdict.goal.kind.value_is not in ("change", "growth"):
        return []
    year, values = verdict.goal.compared_year, verdict.series.yearly
    if verdict.threshold is None or year is None or year not in values.index:
        return []
    decimals = int(values["decimals"].loc[year])
    told = {
        "baseline": words.quantity(printed(float(values["value"].loc[year]), decimals), unit),
        "year": words.year(year),
        "value": words.quantity(threshold_text(verdict, decimals + 1), unit),
    }
    if verdict.goal.direction < 0:
        return [words.gettext("From {baseline} in {year} that makes {value} or less.", **told)]
    return [words.gettext("From {baseline} in {year} that makes {value} or more.", **told)]


def path_sentences(words: Words, verdict: Verdict, percent: str) -> list[str]:
    """Return how each year on the way came out, and the probability of all that are ahead."""
    if not verdict.path:
        return []
    states = [
        words.year(each.year) + words.language.colon + labels.label(words, labels.STATES, each.state)
        for each in verdict.path
    ]
    told = words.gettext("Year by year: {states}; the last year decides.", states=words.join(states))
    if verdict.path_probability is None:
        return [told]
    both = words.gettext(
        "That every year still ahead reaches its value has a probability of {percent}.", percent=percent
    )
    return [told, both]


def growth_numbers(found: GrowthSoFar) -> tuple[str, str]:
    """Return mean and needed growth as they are printed: one decimal more than the figures have; "" for none needed."""
    needed = "" if found.needed is None else formats.number(found.needed, found.decimals + 1)
    return formats.number(found.mean, found.decimals + 1), needed


def growth_sentences(words: Words, verdict: Verdict) -> list[str]:
    """Return the mean of the growth known, and what the years left would have to bring."""
    found = GrowthSoFar.of(verdict)
    if found is None:
        return []
    mean, needed = growth_numbers(found)
    said = words.gettext(
        "The geometric mean of the growth in {years} is {mean}%.",
        years=words.years(found.years[0], found.years[-1]),
        mean=mean,
    )
    if not needed:
        return [said]
    left = words.ngettext(
        "Needed in the {count} year left: {needed}%.",
        "Needed in each of the {count} years left: {needed}% on average.",
        found.years_left,
        needed=needed,
    )
    return [said, left]
