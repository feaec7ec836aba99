"""What the book's own run with today's data says about its bands and probabilities, in words that the counts choose."""

from __future__ import annotations

import pandas as pd

from qualitybook.analysis.backtest import more_than_chance, rank_histogram, score, skill
from qualitybook.report import formats
from qualitybook.report.derived import CUT_OFF, operation
from qualitybook.report.narrative import LEAST_CASES
from qualitybook.report.pages.base import Page

PASS_RATE = "pass_rate"
ROWS = "observations"


def judgement(page: Page, cases: pd.DataFrame) -> str:
    """Return whether the bands were too wide or too narrow and what follows; empty below thirty cases."""
    if len(cases) < LEAST_CASES:
        return ""
    parts = [_bands(page, cases), _tails(page, cases), _pass_rates(page, cases), _caution(page)]
    return page.words.sentences([part for part in parts if part])


def _bands(page: Page, cases: pd.DataFrame) -> str:
    found, note = score(cases), page.computed.ledger.note
    share = 100 * found.hits80 / found.cases
    inside, among = (
        operation("inside", level=0.80, run=CUT_OFF),
        operation("share", of="inside", level=0.80, run=CUT_OFF),
    )
    held = {
        "hits": note("track_record.inside", inside, ROWS, found.hits80, formats.short(found.hits80)),
        "cases": note(
            "track_record.cases",
            operation("count", of="case", run=CUT_OFF),
            ROWS,
            found.cases,
            formats.short(found.cases),
        ),
        "share": note("track_record.share", among, ROWS, share, formats.number(share, 0)),
    }
    way = more_than_chance(found.hits80, found.cases, 0.8)
    if way > 0:
        return page._(
            "**The bands were too wide**: those called 80% held {hits} of {cases} outcomes ({share}%), more than "
            "chance explains. Probabilities read from bands that are too wide lean towards one half: a goal that is "
            "likely to be met, or to be missed, looks less decided than it is.",
            **held,
        )
    if way < 0:
        return page._(
            "**The bands were too narrow**: those called 80% held {hits} of {cases} outcomes ({share}%), fewer than "
            "chance explains. Probabilities read from bands that are too narrow lean towards certainty: take a likely "
            "goal for less likely, and an unlikely one for less unlikely, than printed.",
            **held,
        )
    return page._(
        "The bands called 80% held {hits} of {cases} outcomes ({share}%); chance explains the difference, so this test "
        "gives no reason to take them for too wide or too narrow.",
        **held,
    )


def _tails(page: Page, cases: pd.DataFrame) -> str:
    counts = rank_histogram(cases)
    outer = int(counts["count"].iloc[[0, -1]].sum())
    note, expected = page.computed.ledger.note, 2 * float(counts["expected"].iloc[0])
    tenths = operation("outer_tenths", run=CUT_OFF)
    if_calibrated = operation("outer_tenths", run=CUT_OFF, expected=1)
    numbers = {
        "outer": note("track_record.outer", tenths, ROWS, outer, formats.short(outer)),
        "expected": note("track_record.outer_expected", if_calibrated, ROWS, expected, formats.number(expected, 0)),
    }
    way = more_than_chance(outer, len(cases), 2 / len(counts))
    if way > 0:
        return page._(
            "In the lowest and the highest tenth of the forecasts lay {outer} outcomes where {expected} are expected, "
            "more than chance explains.",
            **numbers,
        )
    if way < 0:
        return page._(
            "In the lowest and the highest tenth of the forecasts lay {outer} outcomes where {expected} are expected, "
            "fewer than chance explains.",
            **numbers,
        )
    return page._(
        "In the lowest and the highest tenth of the forecasts lay {outer} outcomes where {expected} are expected, "
        "which chance explains.",
        **numbers,
    )


def _pass_rates(page: Page, cases: pd.DataFrame) -> str:
    chosen = cases[cases["class_code"] == PASS_RATE]
    if len(chosen) < LEAST_CASES:
        return ""
    brier = score(chosen).brier or 0.0
    done = operation("brier", run=CUT_OFF, series_class=PASS_RATE)
    score_text = page.computed.ledger.note("track_record.brier", done, ROWS, brier, formats.number(brier, 3))
    way = skill(chosen)
    if way > 0:
        return page._(
            "Whether a pass rate would not fall was foreseen better than by always saying one half (Brier score "
            "{score} against 0.25).",
            score=score_text,
        )
    if way < 0:
        return page._(
            "Whether a pass rate would not fall was foreseen worse than by always saying one half (Brier score {score} "
            "against 0.25): its probabilities say how far it may move, not which way.",
            score=score_text,
        )
    return page._(
        "Whether a pass rate would not fall was foreseen neither better nor worse than by always saying one half, as "
        "far as these cases tell (Brier score {score} against 0.25): its probabilities say how far it may move, not "
        "which way.",
        score=score_text,
    )


def _caution(page: Page) -> str:
    return page._(
        "“Chance” here means an exact binomial test at 5% that takes outcomes for independent; those of one series "
        "hang together, so a difference just past it proves little."
    )
