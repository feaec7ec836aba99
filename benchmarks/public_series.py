"""The public yearly series that the forecasts are calibrated and compared on."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qualitybook.analysis.scales import SeriesClass
from qualitybook.analysis.transforms import LOGIT, log_for

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PublicSeries:
    """One public series.

    Attributes
    ----------
    family : str
        Data set.
    cluster : str
        Country, where several series of a data set move together; else the series itself.
    values : numpy.ndarray
        All yearly values, shape (T,).
    origin : int
        Number of values before the test years.
    transform_name : str
        ``logit`` for percentages, else ``log``.
    """

    family: str
    cluster: str
    values: FloatArray
    origin: int
    transform_name: str

    def treated_as(self, kind: SeriesClass) -> SeriesClass:
        """Return a class with this series' own scale.

        Parameters
        ----------
        kind : SeriesClass
            Class whose drift and models are wanted.

        Returns
        -------
        SeriesClass
            The class on the scale of the series.
        """
        return replace(kind, transform_name=self.transform_name)

    @cached_property
    def scaled(self) -> FloatArray:
        """The values on the modelling scale, shape (T,)."""
        return (LOGIT if self.transform_name == "logit" else log_for(self.values)).forward(self.values)


def read_family(folder: Path, family: str) -> list[PublicSeries]:
    """Read one data set.

    Parameters
    ----------
    folder : Path
        Folder of the data sets.
    family : str
        Name of the data set, the start of its file name.

    Returns
    -------
    list of PublicSeries
        Its series in the order of the file.
    """
    found = []
    with (folder / f"{family}_yearly.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            train, test = ([float(value) for value in row[part].split()] for part in ("train", "test"))
            # WUENIC ids read legacy-<country>-<vaccine>, and the vaccines of one country move together.
            rate = family.startswith("wuenic")
            cluster = row["id"].split("-")[1] if rate else f"{family}:{row['id']}"
            scale = "logit" if rate else "log"
            found.append(PublicSeries(family, cluster, np.array(train + test), len(train), scale))
    return found
