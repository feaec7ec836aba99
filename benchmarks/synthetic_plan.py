"""A synthetic plan of any size, for measuring: every place, goal and figure in it is invented here.

Run as ``python benchmarks/synthetic_plan.py FOLDER [--cities 300]`` to write one: an evidence folder whose plan sets
each city twelve goals of every kind, with a yearbook for each city and year, and the province's series beside half of
them.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qualitybook.evidence.schema import TABLES

SEED = 20231030
FIRST_YEAR, LAST_YEAR = 2013, 2024
BASELINE_YEAR, TARGET_YEAR = 2022, 2025
CITIES_A_PROVINCE = 20
PLAN = "synthetic-plan"
PUBLISHER = "虚构统计局"

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Measure:
    """One of the twelve invented indicators and the goal that every city has for it.

    Attributes
    ----------
    key : str
        Key of the indicator, and of the goal after that of its city.
    kind, subkind, unit : str
        As in the table ``indicators``.
    rule : str
        How its goal is judged.
    start, step, noise : float
        Level in the first year, mean yearly step and its standard deviation.
    goal : float or None
        The value to reach.
    decimals : int
        Digits printed after the point.
    beside : bool
        Whether the province's series stands beside the city's own.
    """

    key: str
    kind: str
    subkind: str
    unit: str
    rule: str
    start: float
    step: float
    noise: float
    goal: float | None = None
    decimals: int = 1
    beside: bool = False

    @property
    def is_rate(self) -> bool:
        """Whether its values are percentages of a whole."""
        return self.kind == "rate"


MEASURES = (
    Measure("goods_pass_rate", "rate", "pass_rate", "percent", "at_least", 91.0, 0.3, 0.6, 95.0, beside=True),
    Measure("food_pass_rate", "rate", "pass_rate", "percent", "at_least", 95.5, 0.2, 0.4, 98.0, beside=True),
    Measure("drug_pass_rate", "rate", "pass_rate", "percent", "at_least", 97.0, 0.1, 0.3, 98.5),
    Measure("works_pass_rate", "rate", "pass_rate", "percent", "at_least", 93.0, 0.3, 0.5, 97.0, 2),
    Measure("research_share", "rate", "share", "percent", "rising", 2.2, 0.09, 0.04, None, 2, beside=True),
    Measure("services_share", "rate", "share", "percent", "rising", 51.0, 0.5, 0.3, beside=True),
    Measure("satisfaction", "rate", "satisfaction", "percent", "at_least", 78.0, 0.5, 0.8, 84.0),
    Measure("complaints_share", "rate", "share", "percent", "at_most", 4.8, -0.15, 0.2, 3.0, 2, beside=True),
    Measure("quality_index", "index", "", "index", "at_least", 82.0, 0.4, 0.6, 87.0, 2, beside=True),
    Measure("test_centres", "cumulative_count", "", "count", "count_increase", 20.0, 1.6, 1.0, None, 0),
    Measure("standards", "cumulative_count", "", "count", "count_increase", 140.0, 14.0, 6.0, None, 0),
    Measure("patents", "yearly_count", "", "count", "at_least", 900.0, 60.0, 50.0, 1500.0, 0),
)


def synthetic_tables(cities: int) -> Tables:
    """Return the tables of a plan for that many cities; the same at each call.

    Parameters
    ----------
    cities : int
        Number of cities; each has `MEASURES` goals.

    Returns
    -------
    dict of str to list of dict
        For each required table its rows, each a mapping from column to cell text; empty cells may be left out.
    """
    draws = np.random.default_rng(SEED)
    names = [f"city_{number:04d}" for number in range(1, cities + 1)]
    provinces = list(dict.fromkeys(_province_of(number) for number in range(cities)))
    return {
        "observations": list(_observations(names, provinces, draws)),
        "indicators": [_indicator(measure) for measure in MEASURES],
        "sources": list(_sources(names, provinces)),
        "regions": list(_regions(names, provinces)),
        "areas": [{"area_id": "quality", "number": "1", **_named("虚构领域", "Invented area")}],
        "tasks": [
            {"task_id": "quality-1", "area_id": "quality", "number": "1.1", **_named("虚构任务", "Invented task")}
        ],
        "targets": list(_targets(names)),
        "task_indicators": [
            {"task_id": "quality-1", "indicator_id": measure.key, "role": "headline"} for measure in MEASURES
        ],
        "target_evidence": list(_target_evidence(names)),
        "peer_targets": [],
        "gaps": [],
        "editions": [{"edition": "2025", "as_of": "2025-12-31", "target_year": str(TARGET_YEAR), "status": "current"}],
        "publishers": [{"publisher": PUBLISHER, **_named(PUBLISHER, "Invented Statistics Bureau", "publisher")}],
        "locators": [{"locator": "正文", **_named("正文", "text", "locator")}],
    }


def write_plan(folder: Path, cities: int) -> Path:
    """Write a synthetic plan as an evidence folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where; made if it is not there.
    cities : int
        Number of cities.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    tables = synthetic_tables(cities)
    for table in TABLES:
        if table.name in tables:
            path = folder / table.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, table.header, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(tables[table.name])
    (folder / "README.md").write_text("Synthetic: every place, goal and figure here is invented.\n", encoding="utf-8")
    return folder


def _named(chinese: str, english: str, field: str = "name") -> Row:
    return {f"{field}_zh": chinese, f"{field}_en": english}


def _province_of(number: int) -> str:
    return f"province_{number // CITIES_A_PROVINCE + 1:02d}"


def _years() -> range:
    return range(FIRST_YEAR, LAST_YEAR + 1)


def _observations(cities: list[str], provinces: list[str], draws: np.random.Generator) -> Iterator[Row]:
    beside = [(measure, province) for measure in MEASURES if measure.beside for province in provinces]
    for measure, place in [*((measure, city) for measure in MEASURES for city in cities), *beside]:
        length = int(draws.integers(6, len(_years()) + 1))
        for year, value in list(zip(_years(), _values(measure, draws), strict=True))[-length:]:
            yield {
                "indicator_id": measure.key,
                "region_id": place,
                "period": str(year),
                "value": f"{value:.{measure.decimals}f}",
                "qualifier": "exact",
                "source_id": _source_id(place, year),
                "locator": "正文",
                "grade": "A",
                "preferred": "1",
            }


def _values(measure: Measure, draws: np.random.Generator) -> np.ndarray:
    """Return one value a year: a start near the measure's own, then steps; counts never fall, rates stay rates."""
    start = measure.start + 3 * measure.noise * draws.standard_normal()
    steps = measure.step + measure.noise * draws.standard_normal(len(_years()) - 1)
    if measure.kind == "cumulative_count":
        steps = np.maximum(np.round(steps), 0)
    values = start + np.concatenate([[0.0], np.cumsum(steps)])
    return np.clip(values, 0.1, 99.9) if measure.is_rate else np.maximum(values, 1.0)


def _source_id(place: str, year: int) -> str:
    return f"{place}-yearbook-{year + 1}"


def _sources(cities: list[str], provinces: list[str]) -> Iterator[Row]:
    shared = {
        "publisher": PUBLISHER,
        "access_kind": "original",
        "accessed": "2025-12-01",
        "language": "zh",
        "url": "https://example.org/",
    }
    yield {**shared, "source_id": PLAN, "title": "虚构方案", "kind": "plan", "published": "2023-02-28"}
    for place in (*cities, *provinces):
        for year in _years():
            identity = {"source_id": _source_id(place, year), "title": f"{place}年鉴{year + 1}（虚构）"}
            yield {**shared, **identity, "kind": "dataset", "published": f"{year + 1}-05-15"}


def _regions(cities: list[str], provinces: list[str]) -> Iterator[Row]:
    yield {"region_id": "nation", **_named("虚构国", "Invented nation"), "level": "nation"}
    for name in provinces:
        yield {"region_id": name, **_named(f"虚构省{name[-2:]}", f"Invented {name}"), "level": "province"} | {
            "parent_id": "nation"
        }
    for number, name in enumerate(cities):
        yield {"region_id": name, **_named(f"虚构市{name[-4:]}", f"Invented {name}"), "level": "city"} | {
            "parent_id": _province_of(number)
        }


def _indicator(measure: Measure) -> Row:
    return {
        "indicator_id": measure.key,
        "unit": measure.unit,
        "lower": "0",
        "upper": "100" if measure.is_rate else "",
        "better": "lower" if measure.rule == "at_most" else "higher",
        "kind": measure.kind,
        "subkind": measure.subkind,
        "frequency": "year",
        **_named(f"虚构指标{measure.key}", f"Invented {measure.key}"),
        **_named("虚构。", "Invented.", "definition"),
        **_named(PUBLISHER, "Invented Statistics Bureau", "custodian"),
    }


def _targets(cities: list[str]) -> Iterator[Row]:
    number = 0
    for city in cities:
        for measure in MEASURES:
            number += 1
            yield {
                "target_id": _target_id(city, measure),
                "number": str(number),
                "area_id": "quality",
                "indicator_id": measure.key,
                "region_id": city,
                "rule": measure.rule,
                "value": "" if measure.goal is None else f"{measure.goal:.{measure.decimals}f}",
                "unit": measure.unit,
                "target_year": str(TARGET_YEAR),
                "baseline_year": str(BASELINE_YEAR) if measure.rule in ("rising", "count_increase") else "",
                "source_id": PLAN,
                **_named("虚构目标", "Invented goal", "statement"),
                **_named("虚构。", "Invented.", "interpretation"),
            }


def _target_id(city: str, measure: Measure) -> str:
    return f"{city}-{measure.key}".replace("_", "-")


def _target_evidence(cities: list[str]) -> Iterator[Row]:
    reasons = _named("虚构。", "Invented.", "reason")
    for number, city in enumerate(cities):
        for measure in MEASURES:
            row = {"target_id": _target_id(city, measure), "indicator_id": measure.key, **reasons}
            yield {**row, "region_id": city, "role": "direct"}
            if measure.beside:
                yield {**row, "region_id": _province_of(number), "role": "context"}


def main() -> None:
    """Write a synthetic plan and say how large it is."""
    parser = argparse.ArgumentParser(description="Write a synthetic plan: every figure in it is invented.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cities", type=int, default=300)
    options = parser.parse_args()
    folder = write_plan(options.folder, options.cities)
    sizes = {name: len(rows) for name, rows in synthetic_tables(options.cities).items()}
    print(json.dumps({"folder": str(folder), **sizes}, indent=1))


if __name__ == "__main__":
    main()
