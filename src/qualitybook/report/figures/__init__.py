"""The report's figures: plain tables and translated words in, a figure out.

No function here knows a word of any language, reads a file or decides anything: rows come with their marks, words come
translated. Draw within `qualitybook.report.theme.use_theme`, write with `qualitybook.report.theme.save`.
"""

from qualitybook.report.figures.compare import dot_plot, food_comparison
from qualitybook.report.figures.grid import coverage
from qualitybook.report.figures.history import Target, history, model_steps
from qualitybook.report.figures.panels import Panel, card, small_multiples
from qualitybook.report.figures.record import calibration, rank_bars, track_record

__all__ = [
    "Panel",
    "Target",
    "calibration",
    "card",
    "coverage",
    "dot_plot",
    "food_comparison",
    "history",
    "model_steps",
    "rank_bars",
    "small_multiples",
    "track_record",
]
