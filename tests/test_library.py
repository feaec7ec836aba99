"""The package as a library: what it hands out, what it costs to import, and its examples."""

from __future__ import annotations

import doctest
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import qualitybook
from qualitybook import (
    FitOptions,
    assess,
    bands,
    forecast,
    latest_figures,
    load,
    sensitivity,
    series,
    verdict,
    verdict_table,
)
from qualitybook.evidence import UnknownKeyError

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "china-2023"
WITH_EXAMPLES = (
    "qualitybook",
    "qualitybook.analysis.indicative",
    "qualitybook.analysis.library",
    "qualitybook.analysis.assess",
    "qualitybook.evidence.catalog",
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_in_docstrings_do_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_no_other_module_has_an_example_that_is_not_run() -> None:
    modules = {
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "src").rglob("*.py")
        if ">>> " in path.read_text(encoding="utf-8")
    }
    assert modules == set(WITH_EXAMPLES)


def test_a_series_has_one_figure_a_period_known_on_the_day(sample_folder: Path) -> None:
    series = load(sample_folder).as_of("2025-06-30").series("goods_pass_rate", "sample_city")
    by_period = series[series["basis"] == ""].set_index("period")
    assert by_period.index.is_unique
    assert "2025" not in by_period.index
    assert by_period.loc["2024", ["value", "n", "passed", "grade", "source"]].tolist() == [
        95.4,
        500,
        477,
        "A",
        "样例市年鉴2025",
    ]
    assert pd.isna(by_period.loc["2013", "n"])
    assert series["period"].tolist()[0] == "2012"


def test_figures_without_a_year_come_last_and_marked(sample_folder: Path) -> None:
    series = load(sample_folder).series("goods_pass_rate", "neighbour_city")
    assert series[["period", "qualifier"]].to_numpy().tolist() == [["", "undated"]]


def test_a_known_series_without_figures_is_an_empty_table(sample_folder: Path) -> None:
    series = load(sample_folder).series("toys_share_passed", "sample_city")
    assert (len(series), "value" in series) == (0, True)


def test_an_unknown_series_is_refused_with_the_nearest_names(sample_folder: Path) -> None:
    with pytest.raises(UnknownKeyError, match="goods_pass_rate"):
        load(sample_folder).series("good_pass_rate", "sample_city")


def test_verdicts_are_a_row_a_target(sample_folder: Path) -> None:
    verdicts = assess(sample_folder)
    assert verdicts["target_id"].tolist() == ["goods-pass", "research", "centres", "climate"]
    assert verdicts.loc[0, ["state", "level", "n", "last_year"]].tolist() == ["met", "A", 13, 2025]
    assert pd.isna(verdicts.loc[3, "value"])


def test_the_day_of_a_filtered_catalog_counts_and_another_overrides_it(sample_folder: Path) -> None:
    catalog = load(sample_folder)
    then = assess(catalog.as_of("2024-06-30"))
    pd.testing.assert_frame_equal(then, assess(catalog, as_of="2024-06-30"))
    assert then.loc[0, ["last_year", "horizon"]].tolist() == [2023, 2]
    assert assess(catalog).loc[0, "last_year"] == 2025


def test_every_name_that_the_package_offers_is_there() -> None:
    assert [name for name in qualitybook.__all__ if getattr(qualitybook, name, None) is None] == []


def test_the_three_steps_give_what_the_book_says() -> None:
    evidence = load(EXAMPLE).as_of("2025-06-30")
    goal = evidence.target("mfg-pass-rate")
    fitted = series(evidence, goal.indicator_id, goal.region_id)
    ahead = forecast(evidence, fitted, goal.target_year)
    answer = verdict(evidence, goal)
    assert ahead is not None
    assert answer.verdict.forecast is not None
    assert bands(fitted, ahead).loc[2025, "median"] == answer.verdict.forecast.median(1)
    assert bands(fitted, None).empty
    book = assess(evidence).set_index("target_id").loc["mfg-pass-rate"]
    assert verdict_table([answer]).loc[0, "probability"] == book["probability"]
    assert sensitivity(evidence, goal).book.probability == answer.verdict.probability


def test_a_verdict_moves_with_the_value_the_day_and_the_figures_that_are_fitted() -> None:
    evidence = load(EXAMPLE)
    goal = evidence.target("mfg-pass-rate")
    book = verdict(evidence, goal, as_of=date(2025, 6, 30)).verdict.probability
    assert book == verdict(evidence.as_of("2025-06-30"), goal).verdict.probability
    others = [
        verdict(evidence, replace(goal, value=93.0), as_of=date(2025, 6, 30)),
        verdict(evidence, goal, as_of=date(2024, 6, 30)),
        verdict(evidence, goal, as_of=date(2025, 6, 30), options=FitOptions(models=("B",))),
    ]
    assert book not in [other.verdict.probability for other in others]


def test_the_latest_figures_stand_with_their_change(sample_folder: Path) -> None:
    evidence = load(sample_folder).as_of("2025-06-30")
    found = latest_figures(evidence, [series(evidence, "goods_pass_rate", "sample_city")])
    assert found.loc[0, ["period", "value", "since"]].tolist() == ["2024", 95.4, "2023"]
    assert found.loc[0, "change"] == pytest.approx(0.4, abs=0.5)
    empty = latest_figures(evidence, [series(evidence, "toys_share_passed", "sample_city")])
    assert (empty.loc[0, "figures"], pd.isna(empty.loc[0, "value"])) == (0, True)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, qualitybook; print(sorted({'pandas', 'numpy'} & set(sys.modules)), 'load' in dir(qualitybook))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ImportError):
        exec("from qualitybook import nothing_of_the_kind")
