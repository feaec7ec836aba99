"""The report's figures: plain tables and translated words in, a figure out.

No function here knows a word of any language, reads a file or decides anything: rows come with their marks, words come
translated. Matplotlib draws within `qualitybook.report.theme.use_theme`; `qualitybook.report.theme.save` writes.
"""

from qualitybook.report.figures.compare import dot_plot, food_comparison
from qualitybook.report.figures.distance import distance
from qualitybook.report.figures.grid import coverage
from qualitybook.report.figures.history import Indicative, Target, history, model_steps
from qualitybook.report.figures.record import calibration, rank_bars, track_record

__all__ = [
    "Indicative",
    "Target",
    "calibration",
    "coverage",
    "distance",
    "dot_plot",
    "food_comparison",
    "history",
    "model_steps",
    "rank_bars",
    "track_record",
]
