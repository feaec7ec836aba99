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

CHANGES = {
    "better": _("better"),
    "no_change": _("no detectable change"),
    "worse": _("worse"),
    "no_direction": _("neither direction is better"),
    "too_short": _("too few figures to tell what change is usual"),
    "no_data": _("no data on both sides of the baseline"),
}

THRESHOLDS = {
    "own_steps": _("its own usual step"),
    "class_steps": _("the usual step of similar series"),
    "sampling": _("sampling error"),
}
