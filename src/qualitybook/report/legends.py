"""The tables that explain the book's words, made from the rules themselves, for the authored pages."""

from __future__ import annotations

from qualitybook.analysis.verdict import WORDS as WORD_FLOORS
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import table


def words_table(words: Words) -> str:
    """Return the likelihood words with the printed percents that each stands for."""
    _ = words.gettext
    ceiling = 100
    rows = []
    for floor, code in WORD_FLOORS:
        rows.append([labels.label(words, labels.WORDS, code), _percents(words, floor, ceiling)])
        ceiling = floor - 1
    return table(
        [_("Word"), _("Printed probability")], rows, caption=_("Likelihood words"), name="tbl-words", align="lr"
    )


def _percents(words: Words, floor: int, ceiling: int) -> str:
    """Return the whole percents from one to another; what is open below or above in words."""
    if floor == 0:
        return formats.in_words(words, f"{ceiling}%", "at_most")
    if ceiling == 100:
        return formats.in_words(words, f"{floor}%", "at_least")
    return formats.span(words, f"{floor}%" if words.code == "zh" else str(floor), f"{ceiling}%")


def levels_table(words: Words) -> str:
    """Return the evidence levels with their rule."""
    _ = words.gettext
    rows = [[level, words.gettext(text)] for level, text in labels.LEVELS.items()]
    return table([_("Level"), _("It rests on")], rows, caption=_("Evidence levels"), name="tbl-levels")


def states_table(words: Words) -> str:
    """Return the states of a verdict with their meaning."""
    _ = words.gettext
    rows = [
        [f"{labels.STATE_SYMBOLS[code]} {words.gettext(name)}", words.gettext(labels.STATE_MEANINGS[code])]
        for code, name in labels.STATES.items()
    ]
    return table([_("State"), _("Meaning")], rows, caption=_("States of a verdict"), name="tbl-states")


def grades_table(words: Words) -> str:
    """Return the grades of a figure with their meaning and their marker."""
    _ = words.gettext
    markers = {"A": "●", "B": "■", "C": "▲"}
    rows = [[grade, markers[grade], words.gettext(text)] for grade, text in labels.GRADES.items()]
    return table([_("Grade"), _("Marker"), _("Origin of the figure")], rows, caption=_("Grades"), name="tbl-grades")
