"""The section on a standardised rate, from a made-up city: its tables, figure and sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic import Row, evidence_tables, observation, write_evidence

from qualitybook.report.pages.standardisation import standardised
from qualitybook.report.pages.target import TargetPage

Counts = tuple[int, int]


def release(region: str, period: str, toys: Counts, tools: Counts, rest: Counts = (0, 0)) -> list[Row]:
    """Return the rows of one release: counts (n, passed) of two categories, and a total with `rest` beside them."""
    total = tuple(int(part) for part in np.sum([toys, tools, rest], axis=0))
    named = {"goods_pass_rate": total, "toys_share_passed": toys, "tools_share_passed": tools}
    return [
        observation(name, region, period, f"{100 * passed / n:.2f}", "yearbook-2025", n=str(n), passed=str(passed))
        for name, (n, passed) in named.items()
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        *release("neighbour_city", "2022-03", (100, 95), (300, 290)),
        *release("neighbour_city", "2022-09", (200, 180), (200, 196)),
        *release("neighbour_city", "2023-04", (300, 288), (100, 99)),
        *release("neighbour_city", "2023-05", (50, 49), (50, 50), rest=(50, 49)),
        *release("sample_province", "2022-H1", (1000, 950), (3000, 2900), rest=(6000, 5750)),
        *release("sample_province", "2023-H1", (2000, 1950), (3000, 2910), rest=(5000, 4840)),
        observation("goods_pass_rate", "sample_city", "2022", "94.0", "yearbook-2023"),
    ]
    evidence = evidence_tables()["target_evidence"]
    for row in evidence:
        if row["region_id"] == "neighbour_city":
            row["role"] = "proxy"
    return write_evidence(tmp_path / "data", observations=rows, target_evidence=evidence)


def section(folder: Path, out: Path, lang: str = "en", target: str = "goods-pass") -> str:
    page = TargetPage(target, folder, "2025", lang, out)
    return standardised(page, page.assessment.supports)


def rows_of_table(text: str, caption: str) -> list[list[str]]:
    """Return the cells of the body of the table with that caption."""
    body = text.split(f":::{{table}} {caption}\n")[1].split(":::")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_raw_and_standardised_stand_side_by_side(folder: Path, tmp_path: Path) -> None:
    rows = rows_of_table(section(folder, tmp_path / "figures"), "Raw and standardised pass rate of the bulletins")
    assert [row[:3] + row[4:5] for row in rows] == [["2022", "2", "800", "2"], ["2023", "2", "550", "1"]]
    # 761 of 800 raw, 95.125, the half away from zero; 275/300 of the toys and 486/500 of the tools, half of all each.
    assert rows[0][3].startswith("95.13% (93.")
    assert rows[0][5].startswith("94.43% (")
    # All releases of 2023: 387 of 400 and 148 of 150.
    assert rows[1][3].startswith("97.27% (")
    assert rows[1][5].startswith("97.50% (")
    assert rows[0][6] == "{cite}`yearbook-2025`"


def test_the_figure_is_drawn_with_its_data(folder: Path, tmp_path: Path) -> None:
    text = section(folder, tmp_path / "figures")
    assert ":::{figure-md} fig-target-01-1" in text
    assert "97.27% raw and 97.50% standardised in 2023" in text
    drawn = pd.read_csv(tmp_path / "figures" / "target-01-1.csv")
    assert drawn["year"].tolist() == [2022, 2023]
    assert drawn["standardised"].to_numpy() == pytest.approx([50 * (275 / 300 + 486 / 500), 97.5])
    assert (tmp_path / "figures" / "target-01-1.svg").is_file()


def test_the_change_is_split_and_adds_up(folder: Path, tmp_path: Path) -> None:
    (row,) = rows_of_table(section(folder, tmp_path / "figures"), "Change of the raw rate: mix and rate")
    change, mix, rate = (float(cell.split(" ")[0].replace("−", "-")) for cell in row[2:])
    assert row[:2] == ["2022", "2023"]
    assert change == pytest.approx(100 * (387 / 400 - 761 / 800), abs=0.006)
    assert mix + rate == pytest.approx(change, abs=0.011)
    assert mix < 0 < rate


def test_other_mixes_and_the_place_they_come_from(folder: Path, tmp_path: Path) -> None:
    text = section(folder, tmp_path / "figures")
    rows = rows_of_table(text, "What the choice of the mix makes: standardised rate in percent")
    assert rows[0] == ["reference mix", "tools 50.0%, toys 50.0%", "94.43", "97.50"]
    # Half of the province's counted items of 2023 and of 2022 each: 2000 of 5000 were toys in 2023.
    place = next(row for row in rows if row[0].startswith("mix of Sample Province, H1 2023"))
    assert place[1] == "tools 60.0%, toys 40.0%"
    assert place[3] == f"{60 * 0.99 + 40 * 0.96:.2f}"
    elsewhere = rows_of_table(text, "The same split elsewhere, in percentage points")
    assert [row[0] for row in elsewhere] == ["Sample Province"]
    assert elsewhere[0][3] == "2"


def test_what_the_rates_can_say(folder: Path, tmp_path: Path) -> None:
    text = section(folder, tmp_path / "figures")
    assert "More bulletins exist than were found" in text
    assert "they do not decide the goal" in text
    assert "in all 1,200 batches of the 3 bulletins" in text


def test_chinese(folder: Path, tmp_path: Path) -> None:
    text = section(folder, tmp_path / "figures", lang="zh")
    assert "工具50.0%、玩具50.0%" in text
    assert " batches" not in text
    assert "95.13%（93." in text


def test_a_target_without_such_a_proxy_has_no_section(folder: Path, tmp_path: Path, sample_folder: Path) -> None:
    assert section(folder, tmp_path / "figures", target="research") == ""
    assert section(sample_folder, tmp_path / "figures") == ""
    assert not (tmp_path / "figures").exists()


def test_same_evidence_gives_the_same_text(folder: Path, tmp_path: Path) -> None:
    assert section(folder, tmp_path / "one") == section(folder, tmp_path / "two")
