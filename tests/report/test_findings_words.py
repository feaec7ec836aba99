"""The sentences of findings, word for word in both languages (the sample city and its figures are made up)."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.findings import findings
from qualitybook.report.pages import findings as findings_section
from qualitybook.report.pages.area import AreaPage

CITY, PROVINCE = "sample_city", "sample_province"
OWN = "{cite}`yearbook-2026`"
EARLIER = "{cite}`yearbook-2023`"
GROWTH = {
    "en": "{page}`Growth of services </indicators/service_growth>`",
    "zh": "{page}`服务业增速 </indicators/service_growth>`",
}
SATISFACTION = {
    "en": "{page}`Consumer satisfaction </indicators/consumer_satisfaction>`",
    "zh": "{page}`消费者满意度 </indicators/consumer_satisfaction>`",
}
CENTRES = {
    "en": "{page}`Number of test centres </indicators/test_centres>`",
    "zh": "{page}`检验中心数 </indicators/test_centres>`",
}


def rows_of(indicator: str, values: dict[str, str], region: str = CITY, **cells: str) -> list[Row]:
    return [
        observation(indicator, region, period, value, f"yearbook-{2026 if period > '2022' else 2023}", **cells)
        for period, value in values.items()
    ]


FIGURES = [
    *rows_of("consumer_satisfaction", {"2022": "81.0", "2024": "84.0", "2025": "83.5"}),
    *rows_of("consumer_satisfaction", {"2022": "79.0", "2025": "80.0"}, PROVINCE),
    *rows_of("test_centres", {"2022": "7", "2024": "4"}),
    *rows_of("service_growth", {"2016": "5.0"}),
]


def page_of(folder: Path, lang: str, rows: list[Row] | None = None, area: str = "services") -> AreaPage:
    data = write_evidence(folder / "data", observations=FIGURES if rows is None else rows)
    return AreaPage(area, data, "2025", lang, folder / "figures")


def task(page: AreaPage) -> str:
    return findings_section.of_task(page, findings(page.catalog, ["services-1"]))


def test_a_task_says_what_rose_and_fell_what_is_stale_and_what_others_had(tmp_path: Path) -> None:
    assert task(page_of(tmp_path, "en")).splitlines() == [
        f"- {SATISFACTION['en']}: 83.5% (2025) {OWN}, up 2.5 percentage points since 2022 {EARLIER}, down 0.5 "
        f"percentage points since 2024; Sample Province: 80.0% (2025), up 1.0 percentage points since 2022 "
        "{cite}`yearbook-2023,yearbook-2026`.",
        f"- Fell: {CENTRES['en']}: 4 (2024) {OWN}, a fall of 3 since 2022 {EARLIER}.",
        "- Indicators listed: 3; with figures of Sample City: 3. "
        f"Without news: {GROWTH['en']}: 5.0% (2016, no newer figure found for 9 years) {EARLIER}.",
    ]


def test_the_same_in_chinese(tmp_path: Path) -> None:
    assert task(page_of(tmp_path, "zh")).splitlines() == [
        f"- {SATISFACTION['zh']}：83.5%（2025年） {OWN}，比2022年上升2.5个百分点 {EARLIER}，比2024年下降0.5个百分点；"
        "样例省：80.0%（2025年），比2022年上升1.0个百分点 {cite}`yearbook-2023,yearbook-2026`。",
        f"- 下降的有：{CENTRES['zh']}：4（2024年） {OWN}，比2022年减少3 {EARLIER}。",
        "- 列入指标3项，其中查到样例市数字的3项。"
        f"已多年未查到新数的有：{GROWTH['zh']}：5.0%（2016年，已9年未查到新数） {EARLIER}。",
    ]


def test_an_area_opens_with_how_many_moved_and_with_its_headlines(tmp_path: Path) -> None:
    assert page_of(tmp_path / "en", "en").findings().data.splitlines() == [
        "- Indicators listed: 3; with figures of Sample City: 3. Of those that can be compared with 2022 (where it "
        "has no figure, with the nearest of the three years before), 1 rose, 1 fell and 0 did not change. Without a "
        "new figure for more than three years: 1.",
        f"- {SATISFACTION['en']}: 83.5% (2025) {OWN}, up 2.5 percentage points since 2022 {EARLIER}.",
    ]
    assert page_of(tmp_path / "zh", "zh").findings().data.splitlines() == [
        "- 列入指标3项，其中查到样例市数字的3项。数值可与2022年（当年无数的取此前三年内最近一年）相比的，上升1项，"
        "下降1项，持平0项。三年以上未查到新数的1项。",
        f"- {SATISFACTION['zh']}：83.5%（2025年） {OWN}，比2022年上升2.5个百分点 {EARLIER}。",
    ]


def test_what_a_fall_is_recorded_as_is_what_is_printed(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en")
    task(page)
    (fall,) = [made for made in page.computed.ledger.notes if (made.statement, made.printed) == ("series.change", "3")]
    centres = "test_centres|sample_city"
    assert fall.result == "3"
    assert fall.rows == f"{centres}|2024|yearbook-2026|; against; {centres}|2022|yearbook-2023|"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "up 2 places since 2022"),
        ("zh", "比2022年上升2位"),
    ],
)
def test_a_place_in_a_ranking_is_told_in_places(tmp_path: Path, lang: str, told: str) -> None:
    rank = {"kind": "rank", "unit": "rank", "lower": "1", "subkind": ""}
    indicators = [
        row | (rank if row["indicator_id"] == "service_growth" else {}) for row in evidence_tables()["indicators"]
    ]
    rows = rows_of("service_growth", {"2022": "5", "2024": "3"})
    data = write_evidence(tmp_path / "data", observations=rows, indicators=indicators)
    page = AreaPage("services", data, "2025", lang, tmp_path / "figures")
    assert told in task(page)


def test_a_change_that_is_no_more_than_chance_says_so_with_its_number(tmp_path: Path) -> None:
    rows = rows_of("consumer_satisfaction", {"2019": "80", "2020": "84", "2021": "79", "2022": "83", "2025": "84"})
    assert "(not more than chance, usual step over so many years" in task(page_of(tmp_path, "en", rows))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("at_least", "exact", "at most +3 percentage points since 2022"),
        ("exact", "at_least", "up at least 3 percentage points since 2022"),
        ("exact", "at_most", "at most +3 percentage points since 2022"),
        ("about", "exact", "up about 3 percentage points since 2022"),
    ],
)
def test_bounds_leave_open_what_they_leave_open(tmp_path: Path, before: str, after: str, told: str) -> None:
    rows = [
        *rows_of("consumer_satisfaction", {"2022": "80"}, qualifier=before),
        *rows_of("consumer_satisfaction", {"2024": "83"}, qualifier=after),
    ]
    assert told in task(page_of(tmp_path, "en", rows))


def test_an_area_without_goals_or_gaps_says_nothing_of_them(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en", area="goods")
    assert page.targets([]).data == ""
    tables = evidence_tables()
    data = write_evidence(tmp_path / "other", gaps=[], observations=tables["observations"])
    assert AreaPage("goods", data, "2025", "en", tmp_path / "figures").gaps().data == ""
