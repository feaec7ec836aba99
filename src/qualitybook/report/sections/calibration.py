"""How the forecasts fared on public series that were left out of their fit."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.analysis.sampling import clopper_pearson
from qualitybook.analysis.scales import CLASSES, calibration
from qualitybook.evidence.numbers import rounded
from qualitybook.report import formats, labels
from qualitybook.report.figures import calibration as calibration_figure
from qualitybook.report.pages.base import Page

DATA_SETS = {"m1": "M1", "m3": "M3", "wuenic_legacy": "WUENIC"}


def sentence(page: Page, class_code: str) -> str:
    """Return how often the 80% intervals of a class held on the series left out."""
    shares = [score["cover80"] for score in calibration()["provenance"]["coverage"][class_code].values()]
    low, high = (formats.number(end, 0) for end in (min(shares), max(shares)))
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
    coverage = calibration()["provenance"]["coverage"]
    rows = [
        [
            labels.label(page.words, labels.CLASSES, code),
            _left_out(page, left_out),
            formats.short(score["cases"]),
            formats.number(score["cover80"], 1) + "%",
            formats.number(score["cover95"], 1) + "%",
        ]
        for code in CLASSES
        for left_out, score in coverage[code].items()
    ]
    header = [page._("Class of series"), page._("Left out of the fit and forecast"), page._("Outcomes")]
    header += [page._("Inside 80%"), page._("Inside 95%")]
    return page.table(header, rows, page._("Coverage on public series left out of the fit"), "llrrr")


def _left_out(page: Page, code: str) -> str:
    """Return what was left out in words; the calibration file names it ``without m1`` or ``without its country``."""
    name = code.removeprefix("without ")
    if name in DATA_SETS:
        return page._("{data_set}, with the constants of the other data sets", data_set=DATA_SETS[name])
    return page._("WUENIC, each country with the error table of all others")


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

    farthest = points.iloc[(points["printed"] - points["observed"]).abs().argmax()]
    name = labels.label(page.words, labels.CLASSES, code)
    return page.figure(
        draw,
        points,
        alt=page._(
            "Calibration of {series_class}: the farthest point from the diagonal printed {printed}% where {observed}% "
            "came true.",
            series_class=name,
            printed=formats.number(farthest["printed"], 0),
            observed=formats.number(farthest["observed"], 0),
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
