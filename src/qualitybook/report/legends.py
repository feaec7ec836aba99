"""The tables that explain the book's words, made from the rules themselves, for the authored pages."""

from __future__ import annotations

from qualitybook.analysis.verdict import WORDS as WORD_FLOORS
from qualitybook.report import labels
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import table


def words_table(words: Words) -> str:
    """Return the likelihood words with the printed percents that each stands for."""
    _ = words.gettext
    ceiling = 100
    rows = []
    for floor, code in WORD_FLOORS:
        span = (
            f"{floor}% – {ceiling}%" if ceiling < 100 and floor > 0 else (f"≥ {floor}%" if floor else f"≤ {ceiling}%")
        )
        rows.append([labels.label(words, labels.WORDS, code), span])
        ceiling = floor - 1
    return table(
        [_("Word"), _("Printed probability")], rows, caption=_("Likelihood words"), name="tbl-words", align="lr"
    )


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
