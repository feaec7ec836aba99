"""Codes of the analysis as words: one table for each kind of code."""

from __future__ import annotations

from qualitybook.report.i18n import Words


def _(message: str) -> str:
    """Mark a message for translation; the translation happens in `label`."""
    return message


STATES = {
    "met": _("met"),
    "not_met": _("not met"),
    "open": _("open"),
    "awaiting": _("awaiting publication"),
    "never_published": _("never published"),
    "cannot_judge": _("cannot be judged"),
    "no_verdict": _("no verdict"),
}

STATE_MEANINGS = {
    "met": _("A direct, exact official figure of the target year reaches the goal."),
    "not_met": _("A direct, exact official figure of the target year misses the goal, or a published fall breaks it."),
    "open": _("The target year is not over; a probability is given where the evidence carries one."),
    "awaiting": _(
        "The target year is over and its figure is not published; a probability is given where the evidence "
        "carries one."
    ),
    "never_published": _("Two years after the target year its figure is still not published."),
    "cannot_judge": _("The published evidence carries no probability; the reason is given."),
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

REASONS = {
    "no_figure": _("no figure is published"),
    "only_bounds": _("only bounds are published"),
    "only_undated": _("only a figure without a year is published"),
    "only_other_scope": _("only figures of another scope are published"),
    "no_baseline": _("the figure of the baseline year is not published"),
    "no_later_value": _("no figure later than the baseline year is published"),
    "basis_break": _("the definition changed after the baseline year"),
    "too_few": _("too few yearly figures are published"),
    "too_far": _("the last published figure lies too far before the target year"),
    "provisional": _("the figure of the target year is provisional"),
    "low_grade": _("the figure of the target year comes from a source of unclear origin"),
    "doubtful_year": _("it is not certain that the figure belongs to the target year"),
    "derived": _("the figure of the target year is worked out from others"),
    "approximate": _("the figure of the target year is approximate"),
    "part_of_year": _("only a part of the target year has a figure"),
    "bound_open": _("the bound that is known for the target year leaves the answer open"),
    "other_basis": _("the figure of the target year is on another definition"),
    "impossible_value": _("a figure lies outside what a forecast of its kind can hold"),
    "not_forecast": _("figures of this kind are shown, not forecast"),
    "not_fitted": _("the published figures are of a kind that is not fitted"),
    "sample_too_small": _("the sample is too small"),
    "missing_years": _("a year between the baseline and the target year has no figure"),
    "qualitative": _("the plan names no measure"),
}

WORDS = {
    "very_likely": _("very likely"),
    "likely": _("likely"),
    "as_likely_as_not": _("about as likely as not"),
    "unlikely": _("unlikely"),
    "very_unlikely": _("very unlikely"),
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
    "pooled": _("pooled into the year and fitted"),
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
    "index": _("indices, levels and counts"),
}

RULES = {
    "at_least": _("at least {value}"),
    "at_most": _("at most {value}"),
    "rising": _("rising since {baseline}"),
    "rising_at_all": _("rising"),
    "count_increase": _("more than in {baseline}"),
    "qualitative": _("no measure named"),
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


def label(words: Words, table: dict[str, str], code: str, **values: object) -> str:
    """Return the words for a code of one of the tables of this module.

    Raises
    ------
    KeyError
        If the table does not hold the code.
    """
    return words.gettext(table[code], **values)
