"""The words that the figures print, one mapping a figure."""

from __future__ import annotations

from collections.abc import Mapping

from qualitybook.evidence.catalog import Unit
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words


def mark_words(words: Words) -> dict[str, str]:
    """Return the key of the marks: grades, bounds, and what is not fitted."""
    _ = words.gettext
    return {
        "grade_A": _("grade A"),
        "grade_B": _("grade B"),
        "grade_C": _("grade C"),
        "not_fitted": _("hollow: not fitted"),
        "at_least": labels.label(words, labels.QUALIFIERS, "at_least"),
        "at_most": labels.label(words, labels.QUALIFIERS, "at_most"),
        "bound": _("bound only"),
        "none": _("no figure"),
        "period": _("bar: period covered"),
        "sampling": _("95% sampling interval"),
        "basis_change": _("change of definition"),
    }


def history_words(words: Words, unit: Unit, target: str) -> Mapping[str, str]:
    """Return the words of a history figure; `target` names the goal."""
    _ = words.gettext
    return {
        **mark_words(words),
        "unit": formats.unit_name(words, unit),
        "target": target,
        "forecast": _("forecast median"),
        "interval_80": _("80% interval"),
        "interval_95": _("95% interval"),
        "role_direct": labels.label(words, labels.ROLES, "direct"),
        "role_proxy": labels.label(words, labels.ROLES, "proxy"),
        "role_context": labels.label(words, labels.ROLES, "context"),
    }


def dot_words(words: Words) -> Mapping[str, str]:
    """Return the words of the dot plot of goals of other places."""
    _ = words.gettext
    return {
        **mark_words(words),
        "forecast": _("forecast median"),
        "latest": _("latest figure"),
        "interval": _("80% interval"),
        "target": _("own goal"),
    }


def track_words(words: Words) -> Mapping[str, str]:
    """Return the words of the figure of forecasts against outcomes."""
    _ = words.gettext
    return {
        "axis": _("distance from the forecast median, in half widths of the 80% interval"),
        "interval_80": _("80% interval"),
        "interval_95": _("95% interval"),
        "hit_80": _("inside 80%"),
        "hit_95": _("inside 95% only"),
        "miss": _("outside"),
    }


def rank_words(words: Words) -> Mapping[str, str]:
    """Return the words of the rank histogram."""
    _ = words.gettext
    return {
        "axis": _("share of the forecast below the outcome, %"),
        "count": _("number of outcomes"),
        "expected": _("if calibrated"),
    }


def steps_words(words: Words, unit: Unit, target: str) -> Mapping[str, str]:
    """Return the words of the worked example's figure; `target` names the goal."""
    _ = words.gettext
    return {
        "unit": formats.unit_name(words, unit),
        "observed": _("published"),
        "median": _("median"),
        "interval_80": _("80% interval"),
        "target": target,
    }
