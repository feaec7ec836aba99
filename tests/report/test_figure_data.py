"""What a figure's CSV holds: for a spreadsheet, with numbers as they were printed. The evidence is made up."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from synthetic import evidence_tables, write_evidence

from qualitybook.report.frames import write_figure_data
from qualitybook.report.pages.area import AreaPage
from qualitybook.report.pages.methods import MethodsPage
from qualitybook.report.pages.peers import PeersPage
from qualitybook.report.pages.target import TargetPage

MARK = b"\xef\xbb\xbf"


def rows(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(MARK)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_are_as_printed_and_years_are_years(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {
            "start": [2018.0, 2018.5, float("nan")],
            "year": [2018, 2019, 2020],
            "value": [97.1, 98.0, 96.5],
            "value_printed": ["97.10", "98.0", ""],
            "count": [3, 0, 1],
            "lower": [96.0, 95.25, float("nan")],
            "series": ["食品", "=SUM(1)", "-1.2"],
            "own": [True, False, False],
        }
    )
    write_figure_data(tmp_path / "figure.csv", data)
    text = (tmp_path / "figure.csv").read_bytes()
    assert text.removeprefix(MARK).decode("utf-8").splitlines() == [
        "start,year,value,count,lower,series,own",
        "2018,2018,97.10,3,96.0,食品,True",
        "2018.5,2019,98.0,0,95.25,'=SUM(1),False",
        ",2020,96.5,1,,-1.2,False",
    ]
    assert b"\r" not in text


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the sample city's evidence with figures that end in a zero."""
    tables = evidence_tables()
    for row in tables["observations"]:
        if not row["n"] and "." in row["value"]:
            row["value"] += "0"
    return write_evidence(tmp_path / "data", **tables)


def printed(data: Path, indicator: str) -> dict[str, str]:
    with (data / "observations.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["indicator_id"] == indicator]
    return {
        row["period"]: row["value"] for row in found if row["region_id"] == "sample_city" and row["preferred"] == "1"
    }


def test_a_goals_figure_has_its_figures_as_printed(data: Path, tmp_path: Path) -> None:
    TargetPage("goods-pass", data, "2025", "zh", tmp_path / "figures").history()
    made = [row for row in rows(tmp_path / "figures/target-01-1.csv") if row["role"] == "direct"]
    known = printed(data, "goods_pass_rate")
    assert len(made) > 5
    assert {row["period"]: row["value"] for row in made} == {row["period"]: known[row["period"]] for row in made}
    assert any(row["value"].endswith("0") and "." in row["value"] for row in made)
    assert {row["start"] for row in made if len(row["period"]) == 4} <= {row["period"] for row in made}


def test_so_do_those_of_areas_and_other_places(data: Path, tmp_path: Path) -> None:
    area = AreaPage("services", data, "2025", "zh", tmp_path / "figures")
    area.task("services-1")
    made = [
        row for path in (tmp_path / "figures").glob("area-*.csv") for row in rows(path) if "service_growth" in str(row)
    ]
    known = printed(data, "service_growth")
    assert made
    assert {row["period"]: row["value"] for row in made} == {row["period"]: known[row["period"]] for row in made}
    PeersPage(data, "2025", "zh", tmp_path / "figures").dots()
    with (data / "plan/peer_targets.csv").open(encoding="utf-8", newline="") as file:
        goals = {row["value"] for row in csv.DictReader(file)}
    assert {row["target"] for row in rows(tmp_path / "figures/peers-1.csv")} <= goals


def test_the_worked_example_too(data: Path, tmp_path: Path) -> None:
    page = MethodsPage(data, "2025", "zh", tmp_path / "figures")
    page.drawn()
    made = [row for row in rows(tmp_path / "figures/methods-1.csv") if row["model"] == ""]
    assert made
    assert page.example is not None
    known = page.example.verdict.series.rows.set_index("period")["value_text"].to_dict()
    assert {row["year"]: row["value"] for row in made} == {row["year"]: known[row["year"]] for row in made}
