"""Reproducible annual quality-status books.

>>> from qualitybook import load, series, forecast, verdict

`load` reads an evidence folder; `series`, `forecast` and `verdict` are the three steps from its figures to an answer,
and `assess` takes them for every goal of the plan. All of it is imported when it is first asked for, so that the
command line answers at once. What the notebooks of the book use, a script can use.
"""

from __future__ import annotations

from importlib import import_module

# Without `typing`, in whose import Ctrl+C would end a command with a traceback; type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from qualitybook.analysis.assess import assess
    from qualitybook.analysis.assess import assess_targets as verdicts
    from qualitybook.analysis.assess import judge_peers as peer_verdicts
    from qualitybook.analysis.backtest import cut_off_cases, rank_histogram, score, scores_by_class, vintage_cases
    from qualitybook.analysis.edition_diff import compare as compare_editions
    from qualitybook.analysis.edition_diff import previous as previous_edition
    from qualitybook.analysis.indicative import readings
    from qualitybook.analysis.library import (
        bands,
        forecast,
        latest_figures,
        peer_table,
        sensitivity,
        series,
        verdict,
        verdict_table,
    )
    from qualitybook.analysis.series import FitOptions
    from qualitybook.evidence.catalog import load

__version__ = "0.1.0"
__all__ = [
    "FitOptions",
    "__version__",
    "assess",
    "bands",
    "compare_editions",
    "cut_off_cases",
    "forecast",
    "latest_figures",
    "load",
    "peer_table",
    "peer_verdicts",
    "previous_edition",
    "rank_histogram",
    "readings",
    "score",
    "scores_by_class",
    "sensitivity",
    "series",
    "verdict",
    "verdict_table",
    "verdicts",
    "vintage_cases",
]

_LIBRARY = "qualitybook.analysis.library"
_BACKTEST = "qualitybook.analysis.backtest"
_HOMES = {
    "assess": ("qualitybook.analysis.assess", "assess"),
    "load": ("qualitybook.evidence.catalog", "load"),
    "FitOptions": ("qualitybook.analysis.series", "FitOptions"),
    "readings": ("qualitybook.analysis.indicative", "readings"),
    "compare_editions": ("qualitybook.analysis.edition_diff", "compare"),
    "previous_edition": ("qualitybook.analysis.edition_diff", "previous"),
    "peer_verdicts": ("qualitybook.analysis.assess", "judge_peers"),
    "verdicts": ("qualitybook.analysis.assess", "assess_targets"),
    **{
        name: (_LIBRARY, name)
        for name in (
            *("bands", "forecast", "latest_figures", "peer_table", "sensitivity", "series"),
            *("verdict", "verdict_table"),
        )
    },
    **{
        name: (_BACKTEST, name)
        for name in ("cut_off_cases", "rank_histogram", "score", "scores_by_class", "vintage_cases")
    },
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, called = _HOMES[name]
    return getattr(import_module(home), called)


def __dir__() -> list[str]:
    return sorted(__all__)
