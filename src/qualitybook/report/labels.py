"""Codes of the analysis as words: one table for each kind of code."""

from __future__ import annotations

from qualitybook.evidence.catalog import Edition
from qualitybook.report.i18n import Words


def _(message: str) -> str:
    """Mark a message for translation; the translation happens in `label`."""
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

STATE_MEANINGS = {
    "met": _("A direct, exact official figure of the target year reaches the goal."),
    "not_met": _("A direct, exact official figure of the target year misses the goal, or a published fall breaks it."),
    "open": _("The target year is not over; a probability is given where the evidence carries one."),
    "awaiting": _(
        "The target year is over and its figure was not found; a probability is given where the evidence carries one."
    ),
    "never_published": _("Two years after the target year its figure was still not found for this book."),
    "cannot_judge": _("What was found carries no probability; the reason is given."),
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
    "no_figure": _("no figure was found for this book"),
    "only_bounds": _("only bounds were found"),
    "only_undated": _("only a figure without a year was found"),
    "only_other_scope": _("only figures by another scope or recognition were found"),
    "no_baseline": _("no figure of the baseline year was found"),
    "no_later_value": _("no figure later than the baseline year was found"),
    "basis_break": _("the definition changed after the baseline year"),
    "too_few": _("too few yearly figures were found"),
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
    "not_fitted": _("the published figures are of a kind that is not fitted"),
    "sample_too_small": _("the sample is too small"),
    "missing_years": _("no figure was found for a year between the baseline and the target year"),
    "qualitative": _("the plan names no measure"),
}

NO_GROWTH_RATIO = {
    "no_number": _("the goal names no number"),
    "other_rule": _("it is made for goals of a value or more"),
    "too_few": _("fewer than two yearly figures are fitted"),
    "reached_at_base": _("the goal was reached already in the year that it starts from"),
    "not_ahead": _("the last figure is of the target year or later"),
    "not_positive": _("it needs figures above zero"),
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
    "rising": _("rising since {baseline}"),
    "rising_at_all": _("rising"),
    "count_increase": _("more than in {baseline}"),
    "count_increase_at_all": _("more than before"),
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


def edition_name(words: Words, edition: Edition) -> str:
    """Return the name of an edition, marked where it was reconstructed."""
    mark = words.parentheses(words.gettext("reconstructed")) if edition.is_reconstructed else ""
    return edition.edition + mark


def label(words: Words, table: dict[str, str], code: str, **values: object) -> str:
    """Return the words for a code of one of the tables of this module.

    Raises
    ------
    KeyError
        If the table does not hold the code.
    """
    return words.gettext(table[code], **values)
