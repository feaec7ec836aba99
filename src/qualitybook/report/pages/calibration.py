"""How the forecasts fared: on public series left out of their fit, and in the book's own run with today's data."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.analysis.backtest import more_than_chance, rank_histogram, score, skill
from qualitybook.analysis.counts import Interval
from qualitybook.analysis.scales import CLASSES, calibration
from qualitybook.evidence.numbers import decimals_of, rounded
from qualitybook.report import formats, labels, markdown
from qualitybook.report.derived import CUT_OFF, operation
from qualitybook.report.figures import calibration as calibration_figure
from qualitybook.report.frames import TOLD
from qualitybook.report.narrative import LEAST_CASES
from qualitybook.report.pages.base import Page


def sentence(page: Page, class_code: str) -> str:
    """Return how often the 80% intervals of a class held on the series left out."""
    shares = {code: score["cover80"] for code, score in _coverage_of(class_code).items()}
    ends = (min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__))
    low, high = (page.computed.given("calibration.coverage", _key(class_code, end), shares[end], 0) for end in ends)
    name = page._(labels.CLASSES[class_code])
    if low == high:
        return page._(
            "Forecasts of {series_class} were tested on public series left out of their fit: 80% intervals held {low}% "
            "of the outcomes.",
            series_class=name,
            low=low,
        )
    return page._(
        "Forecasts of {series_class} were tested on public series left out of their fit: 80% intervals held {low}% to "
        "{high}% of the outcomes, depending on the data set.",
        series_class=name,
        low=low,
        high=high,
    )


def table(page: Page) -> str:
    """Return the coverage of every class on what was left out."""
    rows = [
        [
            page._(labels.CLASSES[code]),
            # The calibration file names it "without m1".
            page._(labels.PUBLIC_FAMILIES[left_out.removeprefix("without ")]),
            *_scores(page, f"coverage/{code}/{left_out}", score),
        ]
        for code in CLASSES
        for left_out, score in _coverage_of(code).items()
    ]
    header = [page._("Class of series"), page._("Left out of the fit and forecast"), page._("Outcomes")]
    header += [page._("Inside 80%"), page._("Inside 95%")]
    return page.table(header, rows, page._("Coverage on public series left out of the fit"), "llrrr")


def tables(page: Page) -> str:
    """Return the coverage of every class on what was left out: by data set, and by size of step."""
    return markdown.paragraphs(table(page), table_by_step(page))


def _coverage_of(code: str) -> dict[str, dict[str, float]]:
    """Return what was left out of the fit of a class, and how the forecasts of it fared."""
    found: dict[str, dict[str, float]] = calibration()["provenance"]["coverage"][code]
    return found


def table_by_step(page: Page) -> str:
    """Return the coverage of every class on what was left out, by size of step."""
    coverage = calibration()["provenance"]["coverage_by_step"]
    rows = [
        [
            page._(labels.CLASSES[code]),
            _span(page, steps),
            *_scores(page, f"coverage_by_step/{code}/{steps}", score),
        ]
        for code in CLASSES
        for steps, score in coverage[code].items()
    ]
    header = [page._("Class of series"), page._("Mean yearly step, on the transformed scale"), page._("Outcomes")]
    header += [page._("Inside 80%"), page._("Inside 95%")]
    return page.table(header, rows, page._("The same by size of step, steps of at least 100 outcomes"), "llrrr")


def _key(code: str, left_out: str, name: str = "cover80") -> str:
    return f"calibration.json/provenance/coverage/{code}/{left_out}/{name}"


def _scores(page: Page, place: str, score: Mapping[str, float]) -> list[str]:
    """Return outcomes and coverages that stand at a place of the calibration's provenance."""
    path, given = f"calibration.json/provenance/{place}", page.computed.given
    cases = given("calibration.cases", f"{path}/cases", score["cases"], 0)
    shares = [given("calibration.coverage", f"{path}/{name}", score[name], 1) for name in ("cover80", "cover95")]
    return [cases, *(f"{share}%" for share in shares)]


def _span(page: Page, steps: str) -> str:
    """Return a bin of steps in words; the calibration file names it ``0.01-0.02`` or ``0.5 or more``."""
    # Each edge is recorded with its place in the calibration file.
    known, path = calibration()["provenance"]["step_edges"], "calibration.json/provenance/step_edges"
    edges = [
        page.computed.given("calibration.step_edge", f"{path}/{known.index(float(end))}", float(end), decimals_of(end))
        for end in steps.removesuffix(" or more").split("-")
    ]
    if len(edges) == 1:
        return page._("{low} or more", low=edges[0])
    return page._("{low} to below {high}", low=edges[0], high=edges[1])


def figures(page: Page) -> str:
    """Return a figure a class: the printed probability of a target against the share that came true."""
    return "\n".join(_figure(page, code) for code in CLASSES)


def _figure(page: Page, code: str) -> str:
    points = reliability(code)
    words = {
        "printed": page._("printed probability, %"),
        "observed": page._("share that came true, %"),
        "perfect": page._("as printed"),
    }
    heads = [words[name] + page.words.language.colon for name in ("printed", "observed")]
    points[TOLD] = [
        f"{heads[0]}{formats.number(chance, 0)}\n{heads[1]}{formats.number(share, 0)}"
        for chance, share in zip(points["printed"], points["observed"], strict=True)
    ]

    def draw() -> Figure:
        return calibration_figure(points, words)

    place = int((points["printed"] - points["observed"]).abs().argmax())
    printed, observed = (
        page.computed.given(
            "calibration.farthest",
            f"calibration.json/provenance/reliability/{code}/{place}/{column}",
            points[name].iloc[place],
            0,
        )
        for column, name in enumerate(("printed", "observed"))
    )
    name = page._(labels.CLASSES[code])
    return page.figure(
        draw,
        points,
        alt=page._(
            "Calibration of {series_class}: the farthest point from the diagonal printed {printed}% where {observed}% "
            "came true.",
            series_class=name,
            printed=printed,
            observed=observed,
        ),
        caption=page._(
            "Calibration of {series_class}: probabilities of targets near the forecast, by tenths, against what came "
            "true on public series left out of the fit; beside the points, the number of cases. Outcomes of one series "
            "hang together, so the intervals (95%, as if independent) are too narrow.",
            series_class=name,
        ),
    )


def reliability(code: str) -> pd.DataFrame:
    """Return the points of a class's calibration figure."""
    rows = []
    for printed, observed, cases in calibration()["provenance"]["reliability"][code]:
        interval = Interval.clopper_pearson(int(rounded(observed * cases / 100)), cases)
        rows.append([printed, observed, cases, interval.lower, interval.upper, formats.number(cases, 0)])
    return pd.DataFrame(rows, columns=["printed", "observed", "count", "lower", "upper", "label"])


PASS_RATE = "pass_rate"
ROWS = "observations"


def judgement(page: Page, cases: pd.DataFrame) -> str:
    """Return whether the bands were too wide or too narrow and what follows; empty below thirty cases."""
    if len(cases) < LEAST_CASES:
        return ""
    caution = page._(
        "“Chance” here means an exact binomial test at 5% that takes outcomes for independent; those of one series "
        "hang together, so a difference just past it proves little."
    )
    parts = [_bands(page, cases), _tails(page, cases), _pass_rates(page, cases), caution]
    return page.words.sentences([part for part in parts if part])


def _bands(page: Page, cases: pd.DataFrame) -> str:
    found, note = score(cases), page.computed.ledger.note
    share = 100 * found.hits80 / found.cases
    inside, cases_of = operation("inside", level=0.80, run=CUT_OFF), operation("count", of="case", run=CUT_OFF)
    among = operation("share", of="inside", level=0.80, run=CUT_OFF)
    held = {
        "hits": note("track_record.inside", inside, ROWS, found.hits80, formats.short(found.hits80)),
        "cases": note("track_record.cases", cases_of, ROWS, found.cases, formats.short(found.cases)),
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
