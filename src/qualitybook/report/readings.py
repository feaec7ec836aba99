"""Indicative readings in words: the sentence that frames them, each reading, its gates and its other assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.indicative import HIGHEST_PRINTED, LOWEST_PRINTED, PEERS_LEAD_CODE, Reading, Variant, decimals
from qualitybook.analysis.verdict import likelihood_word
from qualitybook.evidence.numbers import printed, whole_percent
from qualitybook.evidence.reading import rows_of
from qualitybook.report import formats, labels, narrative
from qualitybook.report.derived import figures, operation
from qualitybook.report.voice import Computed, Voice


def frame(voice: Voice, found: Sequence[Reading] = ()) -> str:
    """Return the sentence that stands above readings: that nothing is estimated where that is all they say."""
    if found and all(reading.estimate is None for reading in found):
        return voice.gettext("No indicative estimate")
    if found and all(reading.cross_check for reading in found):
        return voice.gettext(
            "Indicative, not a verdict: what newer figures of the places above make of the place's own figures."
        )
    return voice.gettext(
        "Indicative, not a verdict: worked out from figures of other places, similar series or the place's own older "
        "figures, for orientation while its value of the target year is missing."
    )


def sentence(voice: Voice, reading: Reading, *, named: bool = False) -> str:
    """Return a reading in a sentence or two."""
    parts = [_statement(voice, reading)]
    if reading.disagree:
        stated = next(ground.rows[-1] for ground in reading.evidence if ground.role == "statement")
        told = voice.told(stated.value_text, voice.unit(stated.indicator_id), stated.qualifier)
        contradiction = voice.gettext(
            "The sources contradict each other: by all else that is known, the place's own statement ({statement}) has "
            "a chance of about {percent}.",
            statement=told + voice.language.comma + voice.period_text(stated.period),
            percent=_fives(_chance_of_statement(reading)),
        )
        parts.append(contradiction)
    said = voice.sentences(parts)
    return voice.indicator(reading.indicator) + voice.language.colon + said if named else said


def recorded(computed: Computed, reading: Reading, seen: date | None = None) -> Reading:
    """Return a reading after recording what is printed of it: estimate, ends, probability and variants.

    `seen` is the day up to which it knows, where that is not the edition's.
    """
    voice = computed.voice
    rows = figures(voice.catalog, (figure.line for ground in reading.evidence for figure in ground.rows))
    named = {"target": reading.target, "indicator": reading.indicator, "seen": seen}

    def note(of: str, value: float | None, told: str) -> None:
        if value is not None:
            computed.ledger.note("reading", operation("indicative", of=of, **named), rows, value, told)

    for of in ("estimate", "low80", "high80", "low95", "high95"):
        value = getattr(reading, of)
        if value is not None:
            # The lower end of a range leaves the unit to the upper.
            is_low, places = of == "low80", decimals(voice.catalog, reading)
            note(of, value, formats.number(value, places) if is_low else figure_text(voice, reading, value))
    note("probability", reading.probability, chance_text(voice, reading))
    for variant in reading.variants:
        note(variant.code, variant.probability, variant_chance(variant))
        note(f"{variant.code}.estimate", variant.estimate, figure_text(voice, reading, variant.estimate))
    if reading.disagree:
        note("contradiction", _chance_of_statement(reading), _fives(_chance_of_statement(reading)))
    return reading


def variant_chance(variant: Variant) -> str:
    """Return the probability under another assumption, in whole fives from 10 to 90."""
    return _fives(min(max(variant.probability, LOWEST_PRINTED), HIGHEST_PRINTED))


def short(voice: Voice, reading: Reading) -> str:
    """Return a reading for a cell of a table: ``91.5 (88.4–94.8), about 45%``."""
    if reading.estimate is None:
        return voice.gettext("no estimate")
    said = figure_text(voice, reading, reading.estimate) + voice.parentheses(range_text(voice, reading))
    return said if reading.probability is None else said + voice.language.comma + chance_text(voice, reading)


def chance_text(voice: Voice, reading: Reading) -> str:
    """Return the probability as printed: ``about 45%``, ``90% or more``; empty where none is."""
    if reading.probability is None:
        return ""
    percent = f"{whole_percent(reading.probability)}%"
    if reading.beyond == "above":
        return voice.gettext("{percent} or more", percent=percent)
    if reading.beyond == "below":
        return voice.gettext("{percent} or less", percent=percent)
    return voice.gettext("about {percent}", percent=percent)


def chance_word(voice: Voice, reading: Reading) -> str:
    """Return the word for the printed probability, empty where none is."""
    if reading.probability is None:
        return ""
    return voice.gettext(labels.WORDS[likelihood_word(whole_percent(reading.probability))])


def range_text(voice: Voice, reading: Reading) -> str:
    """Return the 80 % range with its unit, empty without one."""
    if reading.low80 is None or reading.high80 is None:
        return ""
    unit = voice.unit(reading.indicator)
    return voice.interval(reading.low80, reading.high80, decimals(voice.catalog, reading), unit)


def figure_text(voice: Voice, reading: Reading, value: float) -> str:
    """Return an estimate with its unit, in the decimals that a reading bears."""
    return voice.quantity(printed(value, decimals(voice.catalog, reading)), voice.unit(reading.indicator))


def refusal(voice: Voice, reading: Reading) -> str:
    """Return why nothing is estimated, or why no probability is printed; empty where one is."""
    return voice.gettext(labels.READING_REASONS[reading.reason]) if reading.reason else ""


def variant_text(voice: Voice, reading: Reading, variant: Variant) -> str:
    """Return what a variant assumes: in the words of its rows in the evidence."""
    if variant.code == PEERS_LEAD_CODE:
        return voice.gettext("places that publish are ahead of the others")
    rows = rows_of(voice.catalog.indicative_evidence)
    notes = [
        voice.name(row, "note")
        for row in rows
        if (row.target_id, row.indicator_id, row.variant) == (reading.target, reading.indicator, variant.code)
    ]
    return voice.language.semicolon.join(dict.fromkeys(notes))


def assumption(voice: Voice, reading: Reading) -> str:
    """Return the one assumption that a reading hangs on, as the end of a sentence."""
    rows = rows_of(voice.catalog.indicative_goals)
    found = (row for row in rows if (row.target_id, row.indicator_id) == (reading.target, reading.indicator))
    return next((voice.name(row, "assumption") for row in found), "")


def goal_text(voice: Voice, reading: Reading) -> str:
    """Return what the reading's goal asks: ``at least 92``, ``more than in 2022``."""
    target = voice.catalog.target(reading.target)
    return narrative.asked_text(voice, Goal.of(asdict(target)), target.value_text, voice.unit(reading.indicator))


def _statement(voice: Voice, reading: Reading) -> str:
    _ = voice.gettext
    if reading.estimate is None:
        return _("No estimate: {reason}.", reason=refusal(voice, reading))
    said = {
        "estimate": figure_text(voice, reading, reading.estimate),
        "year": voice.year(voice.catalog.target(reading.target).target_year),
        "range": range_text(voice, reading),
        "assumption": assumption(voice, reading),
    }
    if reading.cross_check:
        return _(
            "The verdict stands; with the newer figures of the place above, the value of {year} would be about "
            "{estimate} ({range} with 80% confidence) and the chance {chance}, provided {assumption}.",
            chance=chance_text(voice, reading),
            **said,
        )
    if reading.probability is None:
        text = _(
            "About {estimate} in {year}, {range} with 80% confidence, provided {assumption}; no probability is given: "
            "{reason}.",
            reason=refusal(voice, reading),
            **said,
        )
        return voice.sentences([text, _where_the_goal_lies(voice, reading)])
    return _(
        "About {estimate} in {year}, {range} with 80% confidence; the chance of {goal} is {chance} ({word}), provided "
        "{assumption}.",
        goal=goal_text(voice, reading),
        chance=chance_text(voice, reading),
        word=chance_word(voice, reading),
        **said,
    )


def _where_the_goal_lies(voice: Voice, reading: Reading) -> str:
    """Return on which side of the range the goal lies, empty for a goal without a value."""
    goal = voice.catalog.target(reading.target).value
    if goal is None or reading.low80 is None or reading.high80 is None:
        return ""
    said = {"goal": goal_text(voice, reading)}
    if reading.low80 > goal:
        return voice.gettext("The whole range lies above the goal ({goal}).", **said)
    if reading.high80 < goal:
        return voice.gettext("The whole range lies below the goal ({goal}).", **said)
    return voice.gettext("The goal ({goal}) lies inside, and what is known does not say on which side.", **said)


def _chance_of_statement(reading: Reading) -> float:
    return next(float(gate.detail["chance"]) for gate in reading.gates if gate.code == "g7")


def _fives(chance: float) -> str:
    return f"{5 * int(20 * chance + 0.5)}%"
