"""Codes of the further analyses as words: one table for each kind of code."""

from __future__ import annotations


def _(message: str) -> str:
    """Mark a message for translation; the translation happens in `qualitybook.report.labels.label`."""
    return message


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
    "no_data": _("no figures on both sides of the baseline found"),
    "basis": _("not comparable: another definition"),
    "part_of_year": _("not comparable: a part of a year against a year"),
    "several_years": _("not comparable: one covers several years"),
    "bounds": _("not comparable: both are bounds"),
    "not_judged": _("growth rates and ranks are shown, not judged"),
    "neither": _("neither direction is better here"),
    "open_bound": _("a bound leaves the direction open"),
    "unchanged": _("unchanged"),
    "within_rounding": _("within rounding"),
    "within_chance": _("not more than chance"),
    "too_few_steps": _("no word: too few steps"),
}

TESTS = {
    "count": _("a complete count"),
    "sampling": _("sampling error"),
    "steps": _("usual step over so many years"),
}
