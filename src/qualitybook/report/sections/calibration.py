"""How the forecasts fared on public series that were left out of their fit."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.analysis.counts import clopper_pearson
from qualitybook.analysis.scales import CLASSES, calibration
from qualitybook.evidence.numbers import rounded
from qualitybook.report import formats, labels
from qualitybook.report.figures import calibration as calibration_figure
from qualitybook.report.pages.base import Page


def sentence(page: Page, class_code: str) -> str:
    """Return how often the 80% intervals of a class held on the series left out."""
    shares = {code: score["cover80"] for code, score in coverage_of(class_code).items()}
    ends = (min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__))
    low, high = (page.computed.given("calibration.coverage", _key(class_code, end), shares[end], 0) for end in ends)
    name = labels.label(page.words, labels.CLASSES, class_code)
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
            labels.label(page.words, labels.CLASSES, code),
            _left_out(page, left_out),
            *_scores(page, f"coverage/{code}/{left_out}", score),
        ]
        for code in CLASSES
        for left_out, score in coverage_of(code).items()
    ]
    header = [page._("Class of series"), page._("Left out of the fit and forecast"), page._("Outcomes")]
    header += [page._("Inside 80%"), page._("Inside 95%")]
    return page.table(header, rows, page._("Coverage on public series left out of the fit"), "llrrr")


def coverage_of(code: str) -> dict[str, dict[str, float]]:
    """Return what was left out of the fit of a class, and how the forecasts of it fared."""
    found: dict[str, dict[str, float]] = calibration()["provenance"]["coverage"][code]
    return found


def table_by_step(page: Page) -> str:
    """Return the coverage of every class on what was left out, by size of step."""
    coverage = calibration()["provenance"]["coverage_by_step"]
    rows = [
        [
            labels.label(page.words, labels.CLASSES, code),
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
    edges = [_edge(page, end) for end in steps.removesuffix(" or more").split("-")]
    if len(edges) == 1:
        return page._("{low} or more", low=edges[0])
    return page._("{low} to below {high}", low=edges[0], high=edges[1])


def _edge(page: Page, text: str) -> str:
    """Return an edge of the bins, recorded with its place in the calibration file."""
    place = calibration()["provenance"]["step_edges"].index(float(text))
    decimals = len(text.partition(".")[2])
    return page.computed.given(
        "calibration.step_edge", f"calibration.json/provenance/step_edges/{place}", float(text), decimals
    )


def _left_out(page: Page, code: str) -> str:
    """Return what was left out in words; the calibration file names it ``without m1``."""
    return labels.label(page.words, labels.PUBLIC_FAMILIES, code.removeprefix("without "))


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
    name = labels.label(page.words, labels.CLASSES, code)
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
    """Return the points of a class's calibration figure.

    Parameters
    ----------
    code : str
        Class of series.

    Returns
    -------
    pandas.DataFrame
        Columns of `qualitybook.report.figures.calibration`.
    """
    rows = []
    for printed, observed, cases in calibration()["provenance"]["reliability"][code]:
        interval = clopper_pearson(int(rounded(observed * cases / 100)), cases)
        rows.append([printed, observed, cases, interval.lower, interval.upper, formats.number(cases, 0)])
    return pd.DataFrame(rows, columns=["printed", "observed", "count", "lower", "upper", "label"])
