"""How latest figures, changes and scopes are worded on the pages (the sample city is made up)."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import HEADERS, Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.latest import Latest
from qualitybook.report.i18n import Words
from qualitybook.report.pages import AreaPage, PeersPage, SummaryPage, TargetPage, WhatChangedPage

EN, ZH = Words("en"), Words("zh")
RATE, OTHER, SHARE, CENTRES, GROWTH = (
    "goods_pass_rate",
    "toys_share_passed",
    "research_intensity",
    "test_centres",
    "service_growth",
)
CITY, PROVINCE, NATION = "sample_city", "sample_province", "sample_nation"
DATING = [
    {
        "indicator_id": SHARE,
        "region_id": CITY,
        "source_id": "press-2025",
        "from_year": "2010",
        "to_year": "2012",
        "reason_zh": "虚构",
        "reason_en": "invented",
    }
]


def figure(indicator: str, period: str, value: str, region: str = CITY, **cells: str) -> Row:
    cells = {"qualifier": "undated"} | cells if not period else cells
    return observation(indicator, region, period, value, cells.pop("source_id", "yearbook-2025"), **cells)


def folder(path: Path, rows: list[Row], **tables: list[Row]) -> Path:
    """Write the sample city with these figures; the undated press report was read before the edition's date."""
    sources = [
        row | ({"accessed": "2026-06-01"} if row["source_id"] == "press-2025" else {})
        for row in evidence_tables()["sources"]
    ]
    return write_evidence(path / "data", observations=rows, **{"sources": sources, **tables})


def said(path: Path, rows: list[Row], indicator: str, words: Words, **tables: list[Row]) -> tuple[str, str]:
    """Return the latest figure and its change in words."""
    page = SummaryPage(folder(path, rows, **tables), "2025", words.code, path / "figures")
    found, unit = Latest.at(page.catalog, indicator, CITY), page.unit(indicator)
    return page.voice.latest_text(unit, found), page.voice.change_or_reason(unit, found)


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        (
            [("2019", "57.03", "exact"), ("2023", "60.54", "exact"), ("2025", "58.2", "exact")],
            ("58.2% (2025)", "−2.34 percentage points since 2023"),
            ("58.2%（2025年）", "−2.34个百分点（比2023年）"),
        ),
        (
            [("2024", "80", "exact"), ("2025", "84", "at_least")],
            ("≥ 84% (2025)", "at least +4 percentage points since 2024"),
            ("≥ 84%（2025年）", "至少+4个百分点（比2024年）"),
        ),
        (
            [("2020", "3.0", "exact")],
            ("3.0% (2020, no newer figure found for 5 years)", "no earlier figure found"),
            ("3.0%（2020年，已5年未查到新数）", "未查到更早的数"),
        ),
        (
            [("2024", "21", "exact"), ("2025", "21.5", "exact")],
            ("21.5% (2025)", "+0.5 percentage points since 2024 (within rounding)"),
            ("21.5%（2025年）", "+0.5个百分点（比2024年，在修约误差之内）"),
        ),
        (
            [("2024", "21", "exact"), ("2025", "21", "exact")],
            ("21% (2025)", "unchanged since 2024"),
            ("21%（2025年）", "与2024年持平"),
        ),
    ],
)
def test_figure_and_change_name_their_periods(
    tmp_path: Path, rows: list[tuple[str, str, str]], english: tuple[str, str], chinese: tuple[str, str]
) -> None:
    made = [figure(SHARE, period, value, qualifier=qualifier) for period, value, qualifier in rows]
    assert said(tmp_path / "en", made, SHARE, EN) == english
    assert said(tmp_path / "zh", made, SHARE, ZH) == chinese


def test_a_period_cut_short_is_no_year_and_says_so(tmp_path: Path) -> None:
    rows = [
        figure(SHARE, "2015", "31.2"),
        figure(SHARE, "2016", "31.0"),
        figure(SHARE, "2020", "32.9", qualifier="at_least", complete="0"),
    ]
    assert said(tmp_path, rows, SHARE, EN) == (
        "31.0% (2016); ≥ 32.9% (2020, not the whole period, no newer figure found for 5 years)",
        "−0.2 percentage points since 2015",
    )


def test_the_line_of_a_goal_without_its_own_series_has_the_figure_of_the_place_that_contains_it(tmp_path: Path) -> None:
    years = ("2022", "2023", "2024")
    rows = [figure(RATE, year, "95.0", place) for year in years for place in ("neighbour_city", PROVINCE)]
    page = SummaryPage(folder(tmp_path, rows), "2025", "en", tmp_path / "figures")
    (line,) = [row for row in page.lines().data.splitlines() if "</targets/01-" in row]
    assert "Sample Province 95.0% (2024)" in line
    assert "Neighbour City" not in line


def test_a_year_worked_out_from_its_parts_says_so_and_is_not_rounded_over_a_line(tmp_path: Path) -> None:
    parts = [
        figure(RATE, "2025-H1", "98.00", n="1000", passed="980", source_id="yearbook-2026"),
        figure(RATE, "2025-H2", "98.00", n="1001", passed="981", source_id="yearbook-2026"),
    ]
    latest_figure, _change = said(tmp_path, parts, RATE, EN)
    assert latest_figure == "98.001% (2025, worked out from its parts)"


def test_a_table_of_figures_marks_what_is_not_whole_not_final_or_of_each_year(tmp_path: Path) -> None:
    rows = [
        figure(SHARE, "2020", "3.1", complete="0"),
        figure(SHARE, "2021", "3.2", status="provisional"),
        figure(SHARE, "2022-01/2024-12", "3.0", qualifier="at_least", each_year="1"),
    ]
    page = TargetPage("research", folder(tmp_path, rows), "2025", "en", tmp_path / "figures")
    for mark in ("2020 (not the whole period)", "2021 (provisional)", "2022–2024 (said of each year)"):
        assert mark in page.observations().data


@pytest.mark.parametrize(("period", "qualifier"), [("2025", "at_least"), ("2025", "about")])
def test_nothing_is_foreseen_of_a_year_that_a_figure_is_known_of(tmp_path: Path, period: str, qualifier: str) -> None:
    known = [figure(RATE, str(year), "94.5") for year in range(2018, 2025)]
    rows = [*known, figure(RATE, period, "94.9", qualifier=qualifier)]
    ranges = []
    for number, made in enumerate((known, rows)):
        page = TargetPage("goods-pass", folder(tmp_path / str(number), made), "2025", "en", tmp_path / "figures")
        ranges.append(next(row for row in page.rests_on().data.splitlines() if "Sample City" in row).split(" | "))
    assert any("–" in cell and "%" in cell for cell in ranges[0])
    assert "–" in [cell.strip(" |") for cell in ranges[1]]


def test_a_goal_whose_year_has_parts_only_names_the_figure_that_it_lacks(tmp_path: Path) -> None:
    rows = [figure(RATE, "2025-H1", "94.9"), figure(CENTRES, "2022", "35"), figure(CENTRES, "2025-09", "40")]
    page = SummaryPage(folder(tmp_path, rows, gaps=None), "2025", "en", tmp_path / "figures")
    (item,) = [each for each in page.assessments if each.target_id == "centres"]
    assert item.verdict.reason == "part_of_year"
    assert page.missing_of(item) == ["Number of test centres (Sample City): the final figure of the whole of 2025."]


def test_a_part_of_a_year_stands_beside_the_year_with_the_same_part(tmp_path: Path) -> None:
    rows = [figure(SHARE, *row) for row in (("2023", "97.81"), ("2023-H2", "97.49"), ("2024-H2", "97.45"))]
    assert said(tmp_path, rows, SHARE, EN)[0] == (
        "97.81% (2023); 97.45% (H2 2024), −0.04 percentage points since H2 2023"
    )


def test_an_undated_figure_bears_its_years_wherever_it_stands(tmp_path: Path) -> None:
    rows = [figure(SHARE, "", "89.6", source_id="press-2025")]
    assert said(tmp_path, rows, SHARE, EN, dating=DATING)[0] == (
        "no dated figure found; 89.6% (about 2010 to 2012, no newer figure found for 13 years)"
    )
    data = folder(tmp_path / "pages", rows, dating=DATING)
    page = TargetPage("research", data, "2025", "en", tmp_path / "figures")
    for part in (page.rests_on(), page.observations()):
        assert "about 2010 to 2012" in part.data
        assert "year not stated" not in part.data


def test_a_stale_figure_goes_to_the_end_of_its_table_with_its_mark(tmp_path: Path) -> None:
    rows = [
        figure("consumer_satisfaction", "2016", "80"),
        figure(GROWTH, "2023", "4.6"),
        figure(GROWTH, "2024", "4.0"),
        figure(CENTRES, "2024", "6"),
    ]
    page = AreaPage("services", folder(tmp_path, rows), "2025", "en", tmp_path / "figures")
    table = [line for line in page.task("services-1").data.splitlines() if line.startswith("| {page}")]
    # Consumer satisfaction is the headline of the task.
    assert [line.split("`")[1].split(" <")[0].split(" </")[0].strip() for line in table] == [
        "Growth of services",
        "Number of test centres",
        "Consumer satisfaction",
    ]
    assert ", no newer figure found for 9 years)" in table[-1]
    assert "| 4.0% (2024) | −0.6 percentage points since 2023 |" in table[0]


def test_two_points_of_different_places_are_a_sentence_not_a_chart(tmp_path: Path) -> None:
    rows = [figure(CENTRES, "2022", "35"), figure(CENTRES, "2024", "19", "neighbour_city")]
    link = {**evidence_tables()["target_evidence"][1], "target_id": "centres", "indicator_id": CENTRES}
    links = [*evidence_tables()["target_evidence"], link | {"region_id": "neighbour_city"}]
    page = TargetPage("centres", folder(tmp_path, rows, target_evidence=links), "2025", "en", tmp_path / "figures")
    told = page.history().data
    assert "figure-md" not in told
    assert "No place has two comparable figures, so there is no chart." in told
    assert "35 (2022)" in told
    assert "19 (2024)" in told


def test_the_figure_that_a_reason_speaks_of_is_shown_in_place_of_the_latest(tmp_path: Path) -> None:
    rows = [
        figure(RATE, "2013", "91.75", "neighbour_city"),
        figure(RATE, "", "95.74", "neighbour_city", source_id="press-2025"),
    ]
    links = [
        row | {"source_id": "press-2025" if row["region_id"] == "neighbour_city" else ""}
        for row in evidence_tables()["target_evidence"]
    ]
    page = TargetPage("goods-pass", folder(tmp_path, rows, target_evidence=links), "2025", "en", tmp_path / "figures")
    (line,) = [row for row in page.rests_on().data.splitlines() if "Neighbour" in row]
    assert "| 95.74% (year not stated) {cite}`press-2025` |" in line
    assert "91.75" not in line


OPEN = [{"indicator_id": RATE, "other_id": OTHER, "reason_zh": "口径未写明（虚构）", "reason_en": "open (invented)"}]
GOAL_OF_NATION = dict(
    zip(
        HEADERS["peer_targets"],
        (NATION, RATE, "at_least", "98", "percent", "2025", "sample-plan", "", ""),
        strict=False,
    )
)


def test_a_goal_of_open_scope_is_never_told_by_one_number(tmp_path: Path) -> None:
    steps = zip(range(2018, 2025), ("90", "90.4", "90.2", "90.8", "91", "91.2", "91.5"), strict=True)
    rows = [
        *(figure(RATE, str(year), value, NATION) for year, value in steps),
        figure(OTHER, "2023", "99", NATION, qualifier="at_least"),
        figure(OTHER, "2023", "99.6", PROVINCE),
        figure(RATE, "2023", "94.0"),
    ]
    data = folder(tmp_path, rows, open_scopes=OPEN, peer_targets=[GOAL_OF_NATION])
    peers = PeersPage(data, "2025", "en", tmp_path / "figures")
    lines = peers.table_of_goals().data.splitlines()
    (line,) = [row for row in lines if row.startswith("|") and "Sample Nation" in row]
    assert "Pass rate of goods: 91.5% (2024)" in line
    assert "Pass rate of toys: ≥ 99% (2023)" in line
    assert "Pass rate of toys: cannot be judged (only bounds were found), that figure reaches the value" in line
    summary = SummaryPage(data, "2025", "en", tmp_path / "figures")
    target = TargetPage("goods-pass", data, "2025", "en", tmp_path / "figures")
    assert "Pass rate of goods: 94.0% (2023)" in target.verdict().data
    assert "Pass rate of toys: not found for this book; Sample Province 99.6% (2023)" in target.verdict().data
    by_scope = "Pass rate of goods: 94.0% (2023) {cite}`yearbook-2025`; Pass rate of toys: Sample Province 99.6% (2023)"
    assert by_scope in summary.lines().data


def test_what_is_no_news_is_told_apart(tmp_path: Path) -> None:
    rows = [figure(SHARE, "2025", "3.2", source_id="yearbook-2026"), figure(SHARE, "", "3.1", source_id="press-2025")]
    data = folder(tmp_path, rows)
    page = WhatChangedPage(data, "2025", "en", tmp_path / "figures")
    assert "3.2% (2025)" in page.new().data
    assert "3.1" not in page.new().data
    assert "3.1% (year not stated)" in page.found().data
    assert "found since and no news: 1." in page.lead().data


def test_what_was_not_found_is_not_called_unpublished(tmp_path: Path) -> None:
    gaps = [
        row | {"likely_source_zh": "样例年鉴2026。", "likely_source_en": "Sample yearbook 2026."}
        for row in evidence_tables()["gaps"]
    ]
    data = folder(tmp_path, [figure(RATE, "2024", "95.0")], gaps=gaps)
    for lang, likely in (("en", "Most likely in: Sample yearbook 2026."), ("zh", "最可能的出处：样例年鉴2026。")):
        page = AreaPage("goods", data, "2025", lang, tmp_path / "figures")
        assert likely in page.gaps().data
        told = page.task("goods-2").data
        assert ("Not found for this book" if lang == "en" else "本书未查到") in told
        assert "published" not in told


def test_a_reconstructed_edition_says_so_on_its_first_page_and_where_it_is_quoted(tmp_path: Path) -> None:
    editions = [
        row | {"reconstructed": "1" if row["edition"] != "2025" else ""} for row in evidence_tables()["editions"]
    ]
    data = write_evidence(tmp_path / "data", editions=editions)
    old = SummaryPage(data, "2024", "en", tmp_path / "figures")
    now = SummaryPage(data, "2025", "en", tmp_path / "figures")
    assert "This edition is reconstructed" in old.sentences().data
    assert "reconstructed" not in now.sentences().data
    assert "2024 edition (reconstructed)" in now.changes().data


def test_a_text_of_several_lines_is_said_in_one(tmp_path: Path) -> None:
    tables = evidence_tables()
    tables["indicators"][0]["name_en"] = "Pass rate\nof goods"
    tables["sources"][1]["title"] = "Yearbook\n2023"
    page = TargetPage("goods-pass", write_evidence(tmp_path / "data", **tables), "2025", "en", tmp_path / "figures")
    assert page.voice.indicator("goods_pass_rate") == "Pass rate of goods"
    assert page.voice.source(page.catalog.source("yearbook-2023")).startswith("Yearbook 2023 (")
