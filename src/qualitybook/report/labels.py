"""Every code, heading and legend in words: one table for each kind of code, and what is made of the tables."""

from __future__ import annotations

from collections.abc import Mapping

from qualitybook.analysis.verdict import WORDS as WORD_FLOORS
from qualitybook.evidence.catalog import Edition
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import table


def _(message: str) -> str:
    """Mark a message for extraction; it is translated when it is used."""
    return message


STATES = {
    "met": _("met"),
    "not_met": _("not met"),
    "open": _("open"),
    "awaiting": _("awaiting publication"),
    "never_published": _("not found two years after"),
    "cannot_judge": _("cannot be judged"),
    "no_verdict": _("no verdict"),
}

_STATE_MEANINGS = {
    "met": _("A direct, exact official figure of the target year reaches the goal."),
    "not_met": _("A direct, exact official figure of the target year misses the goal, or a published fall breaks it."),
    "open": _("The target year is not over; a probability is given where the evidence carries one."),
    "awaiting": _(
        "The target year is over and its figure was not found; a probability is given where the evidence carries one."
    ),
    "never_published": _("Two years after the target year its figure was still not found for this book."),
    "cannot_judge": _("What was found carries neither a final verdict nor its probability; the reason is given."),
    "no_verdict": _("The plan names no measure that could decide the goal; supporting indicators are shown."),
}

STATE_SYMBOLS = {
    "met": "✓",
    "not_met": "×",
    "open": "○",
    "awaiting": "◐",
    "never_published": "∅",
    "cannot_judge": "?",
    "no_verdict": "–",
}

STANDINGS = {
    "met": _("met"),
    "likely": _("likely, 67% or more"),
    "uncertain": _("uncertain, 33 to 66%"),
    "unlikely": _("unlikely, below 33%"),
    "not_met": _("not met"),
    "cannot_judge": _("cannot be judged"),
    "no_verdict": _("no measure named"),
}

STANDING_SYMBOLS = {
    "met": "✓",
    "likely": "▲",
    "uncertain": "◇",
    "unlikely": "▽",
    "not_met": "×",
    "cannot_judge": "?",
    "no_verdict": "–",
}

SIDES = {
    "likely": _("likely to be reached:"),
    "even": _("could go either way:"),
    "unlikely": _("likely to be missed:"),
    "scope": _("depending on which scope counts:"),
    "unknown": _("not known:"),
}

NO_GAPS = {
    "no_figure": "–",
    "undated": _("not comparable: its year is not stated"),
    "other_scope": _("not comparable: another measure"),
    "basis": _("not comparable: another definition"),
    "no_baseline": _("no figure of the baseline year"),
    "no_later": _("no figure after the baseline year"),
}

REASONS = {
    "no_figure": _("no figure was found for this book"),
    "only_bounds": _("only bounds were found"),
    "only_undated": _("only a figure without a year was found"),
    "only_other_scope": _("only figures by another scope or recognition were found"),
    "no_baseline": _("no figure of the baseline year was found"),
    "weak_start": _(
        "the figure of the year that it starts from is a bound, provisional, about, derived or of low grade"
    ),
    "weak_year": _("the figure of an earlier year is provisional, about, derived or of low grade"),
    "no_percentage": _("no percentage can be taken of a starting figure of zero or less"),
    "only_parts": _("only figures of parts of years were found"),
    "only_low_grade": _("only figures of unclear origin were found"),
    "no_later_value": _("no figure later than the baseline year was found"),
    "basis_break": _("the definition changed after the baseline year"),
    "too_few": _("too few yearly figures were found"),
    "too_few_ranks": _("fewer than eight places in the ranking were found"),
    "too_far": _("the last figure found lies too far before the target year"),
    "provisional": _("the figure of the target year is provisional"),
    "low_grade": _("the figure of the target year comes from a source of unclear origin"),
    "doubtful_year": _("it is not certain that the figure belongs to the target year"),
    "derived": _("the figure of the target year is worked out from others"),
    "approximate": _("the figure of the target year is approximate"),
    "part_of_year": _("what was found of the target year is not of the whole year or of its end"),
    "year_not_over": _("the target year is not over"),
    "bound_open": _("the bound that is known for the target year leaves the answer open"),
    "other_basis": _("the figure of the target year is on another definition"),
    "impossible_value": _("a figure lies outside what a forecast of its kind can hold"),
    "not_forecast": _("figures of this kind are shown, not forecast"),
    "year_passed_over": _("figures of later years were found, none of the target year"),
    "not_fitted": _("the published figures are of a kind that is not fitted"),
    "sample_too_small": _("the sample is too small"),
    "missing_years": _("no figure was found for a year between the baseline and the target year"),
    "month_within": _("the figure found does not say whether it was before or after the end of the month"),
    "qualitative": _("the plan names no measure"),
}

WORDS = {
    "very_likely": _("very likely"),
    "likely": _("likely"),
    "as_likely_as_not": _("about as likely as not"),
    "unlikely": _("unlikely"),
    "very_unlikely": _("very unlikely"),
}

READING_REASONS = {
    "no_measure": _("there is no rule and no list, so nothing can be reached or missed"),
    "no_series": _("no value was found for any place"),
    "no_figure": _("no number was found at any level"),
    "baseline_unknown": _("the number of the baseline year was not found, and a single approval may decide"),
    "no_path": _("the goal asks for no fall on the way, which the evidence does not show year by year"),
    "g1": _("no place above has the same measure in reach of the target year"),
    "g2": _("there are fewer than four other places to compare with, and no value of the place itself"),
    "g3": _("figures of this kind are not read from others"),
    "g4": _("the place set the goal for itself, and nothing of its own level is known"),
    "g5": _("for this measure, estimates of other places, each hidden in turn, were not close enough"),
    "g6": _("other assumptions would change the answer too much"),
    "g9": _("the place's own figures are enough for a verdict"),
}

READING_GATES = {
    "g1": _("a place above has the same measure, known or forecast for the target year"),
    "g2": _("at least four other places, or a value of the place itself that is not too old"),
    "g3": _("a rate or an index; of stocks only a class's range from one count"),
    "g4": _("a goal that a place above has set as well, or something known of the place itself"),
    "g5": _(
        "places hidden in turn were estimated well and better than by the place above, or this one is known in part"
    ),
    "g6": _("other stated assumptions stay within 35 points"),
    "g7": _("the place's sources do not contradict each other"),
    "g8": _("printed in whole fives from 10% to 90%"),
    "g9": _("fewer than four yearly values of the place itself, else the verdict stands"),
}

LEVELS = {
    "A": _("direct evidence, at least eight yearly values"),
    "B": _("direct evidence, four to seven yearly values"),
    "C": _("direct evidence, one to three dated values"),
    "D": _("only a proxy, other places, bounds or figures without a year"),
    "E": _("nothing of the place and nothing near it"),
}

GRADES = {
    "A": _("official text"),
    "B": _("official figure carried by media or a mirror"),
    "C": _("aggregator or unclear origin"),
}

QUALIFIERS = {
    "exact": _("as published"),
    "at_least": _("lower bound"),
    "at_most": _("upper bound"),
    "about": _("approximate"),
    "derived": _("derived"),
    "undated": _("without a year"),
}

USES = {
    "fitted": _("fitted"),
    "pooled": _("used for the year, which is worked out from its parts"),
    "bound": _("not fitted: a bound"),
    "undated": _("not fitted: without a year"),
    "several_years": _("not fitted: covers several years"),
    "part_of_year": _("not fitted: part of a year"),
    "grade_c": _("not fitted: grade C"),
    "derived": _("not fitted: derived"),
    "left_out": _("not fitted: left out"),
    "other_basis": _("not fitted: another definition"),
    "second_source": _("not fitted: another source stands for the period"),
}

ROLES = {
    "direct": _("direct"),
    "proxy": _("proxy"),
    "context": _("context"),
    "support": _("supporting"),
}

CLASSES = {
    "pass_rate": _("pass rates"),
    "share": _("shares and satisfaction"),
    "bounded_index": _("indices between two bounds"),
    "index": _("indices, levels and counts"),
}

PUBLIC_FAMILIES = {
    "m1": _("the M1 competition"),
    "m3": _("the M3 competition"),
    "tourism": _("the Tourism competition"),
    "gapminder": _("countries' infant mortality, fertility and product (Gapminder)"),
    "penn": _("countries' product, employment and schooling (Penn World Table)"),
    "cigarettes": _("prices and sales of cigarettes in US states"),
    "crime": _("crime, prisoners and income in US states"),
    "wuenic_legacy": _("immunisation coverage (WUENIC)"),
    "states": _("unemployment and the share of the young in US states"),
    "saving": _("countries' saving rates"),
    "spending": _("government spending as a share of the product"),
    "labour": _("labour's share of income (Penn World Table)"),
    "freedom": _("scores of the Human Freedom Index"),
    "life": _("life expectancy, as a score from 0 to 100"),
}
"""Families of public series in words, by their names in the calibration file."""

RULES = {
    "at_least": _("at least {value}"),
    "at_most": _("at most {value}"),
    "above": _("above {value}"),
    "below": _("below {value}"),
    "between": _("in the range {range}"),
    "rising": _("rising since {baseline}"),
    "rising_at_all": _("rising"),
    "falling": _("falling since {baseline}"),
    "falling_at_all": _("falling"),
    "change_from_baseline": _("up by {value} or more on {baseline}"),
    "change_from_baseline_at_all": _("up by {value} or more"),
    "change_from_baseline_down": _("down by {value} or more from {baseline}"),
    "change_from_baseline_down_at_all": _("down by {value} or more"),
    "average_growth": _("growth of {value} or more a year on average in {years}"),
    "average_growth_down": _("a fall of {value} or more a year on average in {years}"),
    "count_increase": _("more than in {baseline}"),
    "count_increase_at_all": _("more than before"),
    "share_of": _("at least {part} of {whole}"),
    "rank_within": _("among the first {part}"),
    "done_by": _("done by the end of {month}"),
    "reach_by_path": _("at least {steps}"),
    "reach_by_path_down": _("at most {steps}"),
    "qualitative": _("no measure named"),
}

EVENTS = {
    "figure_between": _("That is the probability that the figure lies between both values, or on one of them."),
    "rank_holds": _("It supposes that the places of the ranking move on as this one moved so far."),
}

ACCESS = {
    "original": _("original"),
    "reprint": _("reprint"),
    "mirror": _("mirror"),
    "machine_translation": _("machine translation"),
    "quotation": _("quotation"),
    "compilation": _("unofficial compilation"),
}


KINDS = {
    "rate": _("rate"),
    "index": _("index"),
    "level": _("level"),
    "growth": _("growth rate"),
    "cumulative_count": _("count at a date"),
    "yearly_count": _("count in a year"),
    "rank": _("place in a ranking"),
}

SUBKINDS = {
    "pass_rate": _("pass rate"),
    "share": _("share"),
    "satisfaction": _("satisfaction"),
}

BETTER = {
    "higher": _("higher is better"),
    "lower": _("lower is better"),
    "neither": _("neither direction is better"),
}

FREQUENCIES = {
    "year": _("every year"),
    "half": _("every half-year"),
    "quarter": _("every quarter"),
    "month": _("every month"),
    "irregular": _("irregularly"),
}

TASK_ROLES = {
    "headline": _("main indicator"),
    "supporting": _("supporting indicator"),
}


NOT_COMPARABLE = {
    "no_figure": _("no figure found"),
    "undated": _("not comparable: its year is not stated"),
    "no_earlier": _("no earlier figure found"),
    "part_of_year": _("not comparable: what was found before does not cover the same months"),
    "several_years": _("not comparable: what was found before covers several years"),
    "basis": _("not comparable: what was found before has another definition"),
    "bounds": _("not comparable: both are bounds"),
}

ALTERNATIVES = {
    "each_release": _("mean of the bulletins' own mixes"),
    "latest_year": _("mix of the latest year"),
    "other_place": _("mix of {place}, {period}"),
    "all_cells": _("reference mix, with the categories of bulletins that were only seen in part"),
}

IMPORTANCES = {
    "decides": _("decides a verdict"),
    "weak_direct": _("weak, and a verdict leans on it"),
    "fitted": _("a verdict leans on it"),
    "direct": _("direct, shown beside"),
    "proxy": _("proxy"),
    "beside": _("context or support"),
    "area": _("only on the page of an area"),
}

WEAKNESSES = {
    **{code: QUALIFIERS[code] for code in ("at_least", "at_most", "about", "derived", "undated")},
    "grade_c": _("grade C"),
    "no_address": _("address not recorded"),
    "dating": _("year in doubt"),
}

RESULTS = {
    "confirmed": _("confirmed"),
    "differs": _("differs"),
    "not_found": _("not found"),
    "unclear": _("unclear"),
}

ANSWERS = {
    "answers": _("answers"),
    "gone": _("gone"),
    "refuses": _("refuses"),
    "unreachable": _("unreachable"),
}

CHECKLIST_COLUMNS = {
    "number": _("No."),
    "importance": _("Importance"),
    "pages": _("Pages"),
    "series": _("Series"),
    "figure": _("Figure"),
    "weaknesses": _("What to look at"),
    "grade": _("Grade"),
    "source": _("Source"),
    "where": _("Where in the source"),
    "read": _("How it was read"),
    "address": _("Address"),
    "marks": _("Checked so far"),
}

CLAIM_COLUMNS = {
    "pages": _("Pages"),
    "claim": _("Claim"),
    "rests_on": _("Rests on the figures"),
    "check": _("Where to check"),
}

STATEMENT_COLUMNS = {
    "pages": _("Pages"),
    "statement": _("What the page says"),
    "check": _("Where to check"),
}


REMARK_COLUMNS = {
    "document": _("Document"),
    "page": _("Page"),
    "headings": _("Headings"),
    "paragraph": _("Paragraph"),
    "text": _("Its text"),
    "kind": _("Kind"),
    "marked": _("Marked words"),
    "said": _("Remark or changed text"),
    "who": _("Who"),
    "when": _("When"),
    "answer": _("What was done"),
}

REMARKS = {
    "comment": _("comment"),
    "reply": _("reply"),
    "insertion": _("inserted"),
    "deletion": _("deleted"),
    "moved_here": _("moved to here"),
    "moved_away": _("moved away"),
}


def edition_name(words: Words, edition: Edition) -> str:
    """Return the name of an edition, marked where it was reconstructed."""
    mark = words.parentheses(words.gettext("reconstructed")) if edition.is_reconstructed else ""
    return words.gettext("{edition} edition", edition=edition.edition) + mark


RUNS = {
    "book": _("as the book does"),
    "with_grade_c": _("with grade C figures"),
    "grade_a_only": _("grade A figures only"),
    "without_derived": _("without derived figures"),
    "model_a": _("error table alone"),
    "model_b": _("damped trend alone"),
    "printed_year": _("figures of doubtful year as filed"),
    "one_year_back": _("figures of doubtful year moved one year back"),
    "without_year": _("without the figure of {year}"),
}

DIRECTIONS = {
    "better": _("better"),
    "worse": _("worse"),
    "basis": _("not comparable: another definition"),
    "part_of_year": _("not comparable: a part of a year against a year"),
    "several_years": _("not comparable: one covers several years"),
    "bounds": _("not comparable: both are bounds"),
    "within_rounding": _("within rounding"),
    "within_chance": _("not more than chance"),
}

TESTS = {
    "count": _("a complete count"),
    "sampling": _("sampling error"),
    "steps": _("usual step over so many years"),
}


CHOOSE = _("Choose an entry of the list.")

HEADINGS = {
    "indicator_id": _("Indicator"),
    "region_id": _("Place"),
    "period": _("Period"),
    "value": _("Figure as printed"),
    "qualifier": _("How it was put"),
    "n": _("Items inspected"),
    "passed": _("Items that passed"),
    "source_id": _("Key of the source"),
    "locator": _("Where in the source"),
    "grade": _("Grade"),
    "preferred": _("To be used (1) or kept beside (0)"),
    "note_zh": _("Note in Chinese"),
    "note_en": _("Note in English"),
    "basis": _("Earlier definition"),
    "verbatim": _("Quoted word for word (1)"),
    "dating": _("Doubt about the year"),
    "complete": _("Period not complete (0)"),
    "status": _("Release of the figure"),
    "each_year": _("Said of each year (1)"),
    "settled": _("Doubts that were looked at"),
    "withdrawn": _("Withdrawn on"),
    "corrects": _("Columns to correct in a row that is there"),
    "title": _("Title"),
    "publisher": _("Publisher"),
    "kind": _("Kind of publication"),
    "published": _("Published on"),
    "access_kind": _("How it was read"),
    "url": _("Address"),
    "found_url": _("Address of the copy that was read"),
    "accessed": _("Read on"),
    "language": _("Language"),
    "edition": _("Edition"),
    "reviewer": _("Checked by"),
    "reviewed": _("Checked on"),
    "result": _("Result"),
}

PLAN_HEADINGS = {
    "area_id": _("Key of the area"),
    "task_id": _("Key of the task"),
    "target_id": _("Key of the goal"),
    "valid_from": _("Holds from"),
    "valid_to": _("Holds no more from"),
    "supersedes": _("Key of its earlier wording"),
    "number": _("Number"),
    "name": _("Name"),
    "rule": _("When it is met"),
    "targets.value": _("Value to reach"),
    "target_path.value": _("Value to reach in that year"),
    "peer_targets.value": _("Value to reach"),
    "unit": _("Unit"),
    "target_year": _("Target year"),
    "baseline_year": _("Baseline year"),
    "value_high": _("Upper value, or how many there are"),
    "from_year": _("First year"),
    "to_year": _("Last year"),
    "due": _("Month by whose end it is to be done"),
    "statement": _("The goal in short words"),
    "short": _("Short name"),
    "interpretation": _("How the wording was made measurable"),
    "year": _("Year"),
    "role": _("Role"),
    "reason": _("Reason"),
    "better": _("Which direction is better"),
    "lower": _("Lowest value possible"),
    "upper": _("Highest value possible"),
    "indicators.kind": _("Kind of quantity"),
    "subkind": _("Kind of rate"),
    "frequency": _("How often it is published"),
    "year_from": _("How parts make the year"),
    "decimals": _("Decimals"),
    "definition": _("Definition and scope"),
    "comparability": _("Breaks of definition or scope"),
    "custodian": _("Who measures it"),
    "indicators.indicator_id": _("Key of the indicator"),
    "regions.region_id": _("Key of the place"),
    "level": _("Level of administration"),
    "parent_id": _("The place it lies in"),
    "missing": _("What was not found, and whom to ask"),
    "likely_source": _("Publication that most likely has it"),
    "keeper": _("Office that can answer"),
    "answer": _("What would settle the goal"),
    "numbers": _("How many numbers that is"),
    "issues": _("Earlier issues of the publication"),
    "locator": _("Where in the source"),
    "publishers.publisher": _("As the sources name it"),
    "plan_texts.state": _("Draft or final text"),
    "other_id": _("Indicator of the other scope"),
    "other_short": _("Short name of the other scope"),
    "variant": _("Other assumption, empty for the reading itself"),
    "from_indicator_id": _("Indicator of the series"),
    "against_id": _("Indicator that peers are held against"),
    "offset": _("Distance from what is asked"),
    "offset_sd": _("Standard deviation of the distance"),
    "refusal": _("Why nothing is estimated"),
    "assumption": _("Assumption that the reading hangs on"),
    "category_id": _("Pass rate of the category"),
    "group": _("Group of categories"),
    "note": _("Note"),
    "form": _("Nature of its numbers"),
    "text": _("How a number is written with it"),
    "one": _("How one of it is written"),
    "scale": _("How many a value of 1 stands for"),
}
"""Columns of the plan's tables; where tables differ, with the name of the table."""


def tables(words: Words) -> dict[str, str]:
    """Return the tables of codes that authored pages show, by the names that they have there."""
    _, markers = words.gettext, {"A": "●", "B": "■", "C": "▲"}
    levels = [[level, _(text)] for level, text in LEVELS.items()]
    states = [[f"{STATE_SYMBOLS[code]} {_(name)}", _(_STATE_MEANINGS[code])] for code, name in STATES.items()]
    grades = [[grade, markers[grade], _(text)] for grade, text in GRADES.items()]
    origin = [_("Grade"), _("Marker"), _("Origin of the figure")]
    return {
        "words_table": _words_table(words),
        "levels_table": table([_("Level"), _("It rests on")], levels, caption=_("Evidence levels"), name="tbl-levels"),
        "states_table": table([_("State"), _("Meaning")], states, caption=_("States of a verdict"), name="tbl-states"),
        "grades_table": table(origin, grades, caption=_("Grades"), name="tbl-grades"),
    }


def _words_table(words: Words) -> str:
    """Return the likelihood words with the printed percents that each stands for."""
    _ = words.gettext
    ceiling = 100
    rows = []
    for floor, code in WORD_FLOORS:
        rows.append([words.gettext(WORDS[code]), _percents(words, floor, ceiling)])
        ceiling = floor - 1
    return table(
        [_("Word"), _("Printed probability")], rows, caption=_("Likelihood words"), name="tbl-words", align="lr"
    )


def _percents(words: Words, floor: int, ceiling: int) -> str:
    """Return the whole percents from one to another; what is open below or above in words."""
    if floor == 0:
        return words.in_words(f"{ceiling}%", "at_most")
    if ceiling == 100:
        return words.in_words(f"{floor}%", "at_least")
    return words.between(f"{floor}%" if words.code == "zh" else str(floor), f"{ceiling}%")


_MARKS = {
    "grade_A": _("grade A"),
    "grade_B": _("grade B"),
    "grade_C": _("grade C"),
    "not_fitted": _("hollow: not fitted, provisional, or dated only approximately"),
    "at_least": QUALIFIERS["at_least"],
    "at_most": QUALIFIERS["at_most"],
    "bound": _("bound only"),
    "none": _("no figure"),
    "period": _("bar: period covered"),
    "sampling": _("95% sampling interval"),
    "basis_change": _("change of definition"),
}
FIGURES = {
    "distance": {
        "axis": _("distance to the goal in points; to the right it is reached"),
        "goal": _("the goal"),
        "direct": _("own figure"),
        "proxy": _("own figure of another measure"),
        "above": _("province or area around it"),
        "nation": _("the nation"),
        "peer": _("other places"),
        "hollow": _("hollow: old, undated, of part of a year or another measure"),
        "at_least": _("or more"),
        "at_most": _("or less"),
        "forecast": _("80% range of the forecast"),
        "indicative": _("80% range, indicative"),
    },
    "marks": _MARKS,
    "history": {
        **_MARKS,
        "forecast": _("forecast median"),
        "interval_80": _("80% interval"),
        "interval_95": _("95% interval"),
        "role_direct": ROLES["direct"],
        "role_proxy": ROLES["proxy"],
        "role_context": ROLES["context"],
        "indicative": _("indicative estimate, not a verdict"),
        "indicative_80": _("80% range, indicative"),
    },
    "places": {
        **_MARKS,
        "forecast": _("forecast median"),
        "latest": _("latest figure"),
        "interval": _("80% interval"),
        "target": _("own goal"),
    },
    "track record": {
        "axis": _("distance from the forecast median, in half widths of the 80% interval"),
        "interval_80": _("80% interval"),
        "interval_95": _("95% interval"),
        "hit_80": _("inside 80%"),
        "hit_95": _("inside 95% only"),
        "miss": _("outside"),
    },
    "ranks": {
        "axis": _("share of the forecast below the outcome, %"),
        "count": _("number of outcomes"),
        "expected": _("if calibrated"),
    },
    "steps": {"observed": _("published"), "median": _("median"), "interval_80": _("80% interval")},
}
"""The words of each kind of figure, by what they name in it."""


def figure_words(words: Words, kind: str, **named: str) -> Mapping[str, str]:
    """Return the words of a kind of figure, one of `FIGURES`, and those that belong to this one."""
    return {name: words.gettext(message) for name, message in FIGURES[kind].items()} | named
