"""What goals ask, in words, and the book's sentences: each says what a computed result says, and no more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.borrowing import ParentView, Revision
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.series import made_text
from qualitybook.analysis.verdict import GrowthSoFar, Pace, Verdict
from qualitybook.evidence.catalog import Unit, units_brought_along
from qualitybook.evidence.numbers import decimals_of, printed, rounded, significant, whole_percent
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import PERCENT
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import escape

PACED = ("too_far", "too_few_ranks")
"""Reasons without a probability beside which the pace stands."""
_FIVES = 5
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
    steps = [
        words.gettext("{value} in {year}", value=words.quantity(_text(step, value_text), own), year=words.year(year))
        for year, step in goal.path
    ]
    return words.gettext(
        labels.RULES[_code(goal)],
        value=words.quantity(value, own),
        range=words.span(value, high, own) if high else "",
        part=value,
        whole=high,
        baseline=words.year(goal.baseline_year or 0),
        years=words.years(goal.from_year or goal.target_year, goal.target_year),
        month=words.month(*map(int, goal.due.split("-"))) if goal.due else "",
        steps=words.join(steps),
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


def probability_text(verdict: Verdict) -> str:
    """Return the printed probability, empty without one."""
    return "" if verdict.percent is None else formats.percent_text(verdict.percent)


def path_text(verdict: Verdict) -> str:
    """Return the probability that every year still ahead reaches its value, as it is printed; empty without one."""
    chance = verdict.path_probability
    return "" if chance is None else escape(formats.percent_text(whole_percent(chance)))


def verdict_words(words: Words, verdict: Verdict) -> str:
    """Return the verdict in a few words: ``◐ awaiting publication, unlikely (12%)``, ``cannot be judged (no figure)``.

    It has its symbol, but for a question mark, which reads as a misprint within a line.
    """
    symbol = labels.STATE_SYMBOLS[verdict.state]
    state = words.gettext(labels.STATES[verdict.state])
    if verdict.word is not None:
        word = words.gettext(labels.WORDS[verdict.word])
        detail = words.parentheses(probability_text(verdict))
        return f"{symbol} {state}{words.language.comma}{word}{detail}"
    if verdict.reason and verdict.state not in ("no_verdict", "never_published"):
        state += words.parentheses(words.gettext(labels.REASONS[verdict.reason]))
    return state if verdict.state == "cannot_judge" else f"{symbol} {state}"


def verdict_sentences(words: Words, assessment: Assessment, as_of: date) -> list[str]:
    """Return the paragraph of the verdict box as sentences."""
    verdict = assessment.verdict
    sentences = [_probability_sentence(words, verdict) or _state_sentence(words, verdict, as_of)]
    sentences += _final_sentences(words, assessment)
    sentences += _event_sentences(words, verdict)
    sentences += _threshold_sentences(words, verdict, assessment.unit)
    sentences += _path_sentences(words, verdict)
    sentences += _growth_sentences(words, verdict)
    sentences += pace_sentences(words, verdict, assessment.unit)
    sentences += _sample_sentences(words, verdict)
    sentences += _model_sentences(words, verdict)
    sentences.append(_level_sentence(words, assessment))
    return sentences


def _probability_sentence(words: Words, verdict: Verdict) -> str:
    _ = words.gettext
    if verdict.word is None:
        return ""
    # Long series use only their latest figures.
    used = verdict.forecast.n if verdict.forecast else verdict.n
    figures = _("the latest {used} of {n} yearly figures", used=used, n=verdict.n)
    if used == verdict.n:
        figures = _("{n} yearly figures", n=verdict.n)
    return _(
        "If nothing out of the ordinary happens, the goal is {word} to be reached: probability {probability}, from "
        "{figures} up to {last_year}, looking {ahead}.",
        word=words.gettext(labels.WORDS[verdict.word]),
        probability=escape(probability_text(verdict)),
        figures=figures,
        last_year=words.year(verdict.last_year or 0),
        ahead=words.ngettext("{count} year ahead", "{count} years ahead", int(verdict.horizon or 0)),
    )


def _state_sentence(words: Words, verdict: Verdict, as_of: date) -> str:
    _ = words.gettext
    day = words.date(as_of)
    year = words.year(verdict.goal.target_year)
    if "from_parts" in verdict.flags:
        return _from_parts_sentence(words, verdict)
    if "averaged" in verdict.flags or verdict.goal.due:
        return _other_final_sentence(words, verdict) or _state_of_month(words, verdict, day)
    if verdict.state == "met":
        return _("The goal is met: the official figure of {year} reaches it.", year=year)
    if verdict.state == "not_met":
        return _("The goal is not met, as an official figure shows.")
    if verdict.state == "never_published":
        return _(
            "By {day} no figure of {year} had been found for this book, two years after that year ended.",
            day=day,
            year=year,
        )
    if verdict.state == "no_verdict":
        return _("The plan names no measure that could decide this goal, so the book gives no verdict.")
    code = verdict.reason or "no_figure"
    return _("As of {day} the goal cannot be judged: {reason}.", day=day, reason=words.gettext(labels.REASONS[code]))


def _other_final_sentence(words: Words, verdict: Verdict) -> str:
    """Return the sentence on a final verdict that no figure of the target year gives by itself; else nothing."""
    _ = words.gettext
    if verdict.goal.due:
        told = {
            "met": _("The goal is met: it was done by then, as an official figure shows."),
            "not_met": _("The goal is not met: it was not done by then, as an official figure shows."),
        }
    else:
        told = {
            "met": _("The goal is met: the mean of the official figures of all its years reaches it."),
            "not_met": _("The goal is not met: the mean of the official figures of all its years misses it."),
        }
    return told.get(verdict.state, "")


def _state_of_month(words: Words, verdict: Verdict, day: str) -> str:
    """Return how a goal with a month stands on a day without a figure that decides it."""
    _ = words.gettext
    if verdict.reason is not None:
        reason = words.gettext(labels.REASONS[verdict.reason])
        return _("As of {day} the goal cannot be judged: {reason}.", day=day, reason=reason)
    if verdict.state == "open":
        return _(
            "As of {day} the month of the goal was not over, and nothing was found that says it was done.", day=day
        )
    return _("By {day} nothing had been found for this book that says whether it was done.", day=day)


def decided_text(verdict: Verdict) -> str:
    """Return the value of the target year, worked out from its parts, that decides a verdict."""
    assert verdict.series is not None
    row = next(rows_of(verdict.series.yearly.loc[[verdict.goal.target_year]]))
    return made_text(row.value, int(row.decimals))


def _from_parts_sentence(words: Words, verdict: Verdict) -> str:
    """Return the sentence on a final verdict by a year that the book worked out, which is compared unrounded."""
    values = {"year": words.year(verdict.goal.target_year), "value": decided_text(verdict)}
    if verdict.state == "met":
        return words.gettext(
            "The goal is met: {year} as worked out from the official figures of all its parts, {value}, reaches it.",
            **values,
        )
    return words.gettext(
        "The goal is not met: {year} as worked out from the official figures of all its parts, {value}, misses it; "
        "what is worked out is not rounded up.",
        **values,
    )


def _final_sentences(words: Words, assessment: Assessment) -> list[str]:
    """Return on what a final verdict rests besides the figure: how it is read, and what points the other way."""
    _ = words.gettext
    verdict = assessment.verdict
    if "by_bound" in verdict.flags:
        return [_("That follows from a published bound, {figure}.", figure=_figure_of_line(words, assessment))]
    if "as_printed" not in verdict.flags:
        return []
    told = [
        _(
            "Figures count as they are printed; read strictly the answer is open, since the figure may have lain on "
            "the other side of the goal before it was rounded."
        )
    ]
    if verdict.contrary_lines:
        parts = [_figure_of_line(words, assessment, line) for line in verdict.contrary_lines]
        told.append(_("Parts of the year point the other way: {figures}.", figures=words.join(parts)))
    return told


def _figure_of_line(words: Words, assessment: Assessment, line: int | None = None) -> str:
    """Return a figure of the direct series by its line, the deciding one where none is named."""
    verdict, unit = assessment.verdict, assessment.unit
    assert verdict.series is not None
    assert unit is not None
    wanted = verdict.deciding_line if line is None else line
    row = next(row for row in verdict.series.figures if row.line == wanted)
    return escape(_row_text(words, row, unit))


def _event_sentences(words: Words, verdict: Verdict) -> list[str]:
    """Return what a probability is the probability of, where that is not one value to be reached."""
    event = verdict.goal.kind.event
    if verdict.probability is None or event not in labels.EVENTS:
        return []
    return [words.gettext(labels.EVENTS[event])]


def _threshold_sentences(words: Words, verdict: Verdict, unit: Unit | None) -> list[str]:
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
        "value": words.quantity(printed(verdict.threshold, decimals + 1), unit),
    }
    if verdict.goal.direction < 0:
        return [words.gettext("From {baseline} in {year} that makes {value} or less.", **told)]
    return [words.gettext("From {baseline} in {year} that makes {value} or more.", **told)]


def _path_sentences(words: Words, verdict: Verdict) -> list[str]:
    """Return how each year on the way came out, and the probability of all that are ahead."""
    if not verdict.path:
        return []
    states = [
        words.year(each.year) + words.language.colon + words.gettext(labels.STATES[each.state]) for each in verdict.path
    ]
    told = words.gettext("Year by year: {states}; the last year decides.", states=words.join(states))
    if verdict.path_probability is None:
        return [told]
    both = words.gettext(
        "That every year still ahead reaches its value has a probability of {percent}.", percent=path_text(verdict)
    )
    return [told, both]


def growth_numbers(found: GrowthSoFar) -> tuple[str, str]:
    """Return mean and needed growth as they are printed: one decimal more than the figures have; "" for none needed."""
    needed = "" if found.needed is None else formats.number(found.needed, found.decimals + 1)
    return formats.number(found.mean, found.decimals + 1), needed


def _growth_sentences(words: Words, verdict: Verdict) -> list[str]:
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


def pace_sentences(words: Words, verdict: Verdict, unit: Unit | None) -> list[str]:
    """Return the pace that the goal needs beside the pace so far; a side note where there is no probability."""
    _ = words.gettext
    if verdict.series is None or not (verdict.probability is not None or verdict.reason in PACED):
        return []
    made = Pace.beside(verdict)
    if made is None or not made.steps:
        return []
    values = {
        "count": len(made.steps),
        "steps": words.join([formats.signed(step.change, made.decimals) for step in made.steps]),
        "first": words.year(made.steps[0].from_year),
        "last": words.year(made.steps[-1].to_year),
    }
    if made.needed is None:
        return [_("Steps a year from {first} to {last}, the {count} latest: {steps}.", **values)]
    decimals = made.decimals + (made.years > 1)
    needed = formats.signed(made.needed, decimals)
    if unit is not None and unit.form == "percent":
        needed = words.difference(Decimal(printed(made.needed, decimals)), unit)
    told = _(
        "Needed each year after the latest figure: {needed}; steps a year from {first} to {last}, the {count} latest: "
        "{steps}.",
        needed=needed,
        **values,
    )
    if verdict.probability is None:
        return [told]
    return [told, _steps_beside_need(words, made)]


def parent_sentences(words: Words, assessment: Assessment, place: str) -> list[str]:
    """Return what the newer figures of a containing place would make of the probability, where there are any."""
    _ = words.gettext
    view, unit = assessment.parent, assessment.unit
    if view is None or unit is None:
        return []
    told = _(
        "With the newer figures of {place}, {figures}, and the usual gap to them the probability would be about "
        "{percent}; the verdict rests on the figures of the place itself.",
        place=escape(place),
        figures=escape(words.join([_row_text(words, row, unit) for row in view.newer])),
        percent=view_percent(view),
    )
    return [told, *_revision_sentences(words, view.revision, place, unit)]


def view_percent(view: ParentView) -> str:
    """Return the probability by a containing place's figures: in whole fives, since it is no verdict."""
    return formats.number(_FIVES * rounded(100 * view.probability / _FIVES), 0) + "%"


def _revision_sentences(words: Words, revision: Revision | None, place: str, unit: Unit) -> list[str]:
    if revision is None:
        return []
    decimals = int(revision.after.decimals)
    return [
        words.gettext(
            "The figure of {place} for {year} was revised from {before} to {after}; by the same factor the {own} of "
            "the place itself would become about {implied}, so figures from before and after such a revision do not "
            "go together.",
            place=escape(place),
            year=words.year(revision.year),
            before=words.told(revision.before.value_text, unit, revision.before.qualifier),
            after=words.told(revision.after.value_text, unit, revision.after.qualifier),
            own=words.quantity(printed(revision.own, decimals), unit),
            implied=words.quantity(printed(revision.implied, decimals), unit),
        )
    ]


def _row_text(words: Words, row: Any, unit: Unit) -> str:
    figure = words.told(row.value_text, unit, row.qualifier)
    return figure + words.parentheses(words.period_text(row.period))


def _steps_beside_need(words: Words, made: Pace) -> str:
    """Return why the probability is modest where every step so far was as large as the one needed; else nothing."""
    assert made.needed is not None
    enough = [step.change >= made.needed if made.needed > 0 else step.change <= made.needed for step in made.steps]
    if made.needed == 0 or not all(enough):
        return ""
    return words.gettext(
        "Each of these steps was at least as large as the one needed; the probability is lower than they suggest, "
        "because series of this kind seldom keep their pace."
    )


def _sample_sentences(words: Words, verdict: Verdict) -> list[str]:
    """Return what the size of the samples means: which question is answered, or why none can be."""
    _ = words.gettext
    if "fall_within_sampling_error" in verdict.flags:
        if verdict.goal.direction < 0:
            return [
                _(
                    "The rise lies within sampling error (1.96 standard errors), but the goal asks for published "
                    "figures without a rise."
                )
            ]
        return [
            _(
                "The fall lies within sampling error (1.96 standard errors), but the goal asks for published figures "
                "without a fall."
            )
        ]
    if verdict.sample is None:
        return []
    items = formats.number(verdict.sample, 0)
    if verdict.last_interval is not None:
        low, high = (formats.number(end, 1) for end in (verdict.last_interval.lower, verdict.last_interval.upper))
        return [
            _(
                "The last figure comes from {items} items, and its exact 95% interval runs from {low}% to {high}%: too "
                "wide to tell the goal from the luck of the draw.",
                items=items,
                low=low,
                high=high,
            )
        ]
    if verdict.true_rate_probability is None:
        return []
    return [
        _(
            "That is the probability of the figure to be published, with {items} items inspected as in the last year; "
            "for the rate of all items it is {probability}.",
            items=items,
            probability=escape(formats.percent_text(whole_percent(verdict.true_rate_probability))),
        )
    ]


def _model_sentences(words: Words, verdict: Verdict) -> list[str]:
    _ = words.gettext
    if "methods_disagree" not in verdict.flags:
        return []
    shown = {model: formats.percent_text(whole_percent(value)) for model, value in verdict.by_model.items()}
    return [
        _(
            "The two methods disagree: {a} by the error table, {b} by the damped trend.",
            a=escape(shown["A"]),
            b=escape(shown["B"]),
        )
    ]


def _level_sentence(words: Words, assessment: Assessment) -> str:
    """Return the sentence on the evidence level and, beside it, on the quality of the sources."""
    _ = words.gettext
    level = assessment.level
    meaning = words.gettext(labels.LEVELS[level])
    told = _("Evidence level {level}: {meaning}.", level=level, meaning=meaning)
    if not assessment.weakly_sourced:
        return told
    weak = _("Most of the direct figures are of grade C or have no recorded address.")
    return words.sentences([told, weak])


def coverage_sentence(words: Words, hits: int, cases: int) -> str:
    """Return how often the book's 80% bands held; below thirty cases it says that they prove nothing."""
    _ = words.gettext
    if cases == 0:
        return _("No figure has been found since for any series that an earlier edition could forecast.")
    text = _("{hits} of {cases} later figures lie inside their 80% band.", hits=hits, cases=cases)
    if cases < LEAST_CASES:
        few = _("With so few cases the list shows what happened and proves nothing about the method.")
        return words.sentences([text, few])
    return text


LEAST_CASES = 30
