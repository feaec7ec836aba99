"""A small made-up city for tests. Nothing in it was measured or published: every figure is invented here."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from qualitybook.evidence import Catalog
from qualitybook.evidence.schema import TABLES

CatalogMaker = Callable[..., Catalog]
Row = dict[str, str]
Tables = dict[str, list[Row]]

PATHS: Mapping[str, str] = {table.name: table.path for table in TABLES}
HEADERS: Mapping[str, list[str]] = {table.name: table.header for table in TABLES}

BOOK_TOML = """\
name = "sample-book"
plan_state = "consultation_draft"

[title]
zh = "样例市质量状况年度报告"
en = "Sample City Quality Status Report"

[subtitle]
zh = "虚构数据，仅供测试"
en = "Invented figures for tests"

[author]
zh = "测试"
en = "The tests"
"""

_RATE_COUNTS = {2018: (400, 372), 2019: (420, 393), 2020: (410, 386), 2021: (450, 425), 2022: (460, 436)}
_RATE_COUNTS |= {2023: (480, 457), 2024: (500, 477), 2025: (520, 499)}
_RATES_BEFORE_COUNTS = {2013: "90.8", 2014: "91.6", 2015: "91.2", 2016: "92.5", 2017: "92.1"}
_PROVINCE_RATES = {2018: "92.4", 2019: "92.9", 2020: "93.3", 2021: "93.6", 2022: "94.1", 2023: "94.2", 2024: "94.6"}
_INTENSITIES = {2016: "2.41", 2017: "2.50", 2018: "2.63", 2019: "2.71", 2020: "2.84", 2021: "2.95", 2022: "3.02"}
_INTENSITIES |= {2023: "3.09", 2024: "3.15"}
_CENTRES = {2021: "3", 2022: "4", 2023: "4", 2024: "6"}


def evidence_tables() -> Tables:
    """Return the tables of the sample city, made anew at each call so that a test may change them.

    Returns
    -------
    dict of str to list of dict
        For each table of the schema its rows, each a mapping from column to cell text.
    """
    return {
        "observations": _observations(),
        "indicators": _indicators(),
        "sources": _sources(),
        "regions": _regions(),
        "areas": _areas(),
        "tasks": _tasks(),
        "targets": _targets(),
        "task_indicators": _task_indicators(),
        "target_evidence": _target_evidence(),
        "peer_targets": _peer_targets(),
        "gaps": _gaps(),
        "editions": _editions(),
        "publishers": _publishers(),
        "locators": _locators(),
        "category_groups": _category_groups(),
    }


def write_evidence(folder: Path, **changes: Sequence[Row] | None) -> Path:
    """Write the evidence of the sample city.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write; made if it is not there.
    **changes : sequence of dict, or None
        Rows to write for a table instead of the usual ones; None leaves its file out.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    for name, rows in {**evidence_tables(), **changes}.items():
        path = folder / PATHS[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        if rows is not None:
            write_table(path, HEADERS[name], rows)
    (folder / "book.toml").write_text(BOOK_TOML, encoding="utf-8")
    return folder


def write_table(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Write rows as CSV: UTF-8, LF, quotes where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(header), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def observation(indicator_id: str, region_id: str, period: str, value: str, source_id: str, **cells: str) -> Row:
    """Return a row of observations: exact, grade A, preferred, unless told otherwise."""
    return {
        "indicator_id": indicator_id,
        "region_id": region_id,
        "period": period,
        "value": value,
        "qualifier": "exact",
        "n": "",
        "passed": "",
        "source_id": source_id,
        "locator": "正文",
        "grade": "A",
        "preferred": "1",
        "note_zh": "",
        "note_en": "",
        "basis": "",
        "verbatim": "",
        "dating": "",
        "complete": "",
        "status": "",
        "each_year": "",
        **cells,
    }


def _yearbook_of(year: int) -> str:
    """Return the source that reports a year: the first yearbook holds all years up to 2022."""
    return f"yearbook-{max(year, 2022) + 1}"


def _observations() -> list[Row]:
    rate, intensity, centres = "goods_pass_rate", "research_intensity", "test_centres"
    rows = [
        observation(rate, "sample_city", str(year), value, _yearbook_of(year), grade="B")
        for year, value in _RATES_BEFORE_COUNTS.items()
    ]
    rows += [
        observation(
            rate, "sample_city", str(year), f"{100 * passed / n:.2f}", _yearbook_of(year), n=str(n), passed=str(passed)
        )
        for year, (n, passed) in _RATE_COUNTS.items()
    ]
    for region, name, series in (
        ("sample_province", rate, _PROVINCE_RATES),
        ("sample_city", intensity, _INTENSITIES),
        ("sample_city", centres, _CENTRES),
    ):
        rows += [observation(name, region, str(year), value, _yearbook_of(year)) for year, value in series.items()]
    rows += [
        observation(rate, "sample_city", "2012", "93.0", "yearbook-2023", basis="old-scope"),
        observation(
            rate, "sample_city", "2024", "95", "press-2025", grade="B", preferred="0", qualifier="about", locator="报道"
        ),
        observation(
            rate, "sample_city", "2024-H1", "94.80", "press-2025", n="250", passed="237", grade="B", locator="报道"
        ),
        observation(
            rate,
            "neighbour_city",
            "",
            "96.1",
            "press-2025",
            qualifier="undated",
            grade="B",
            locator="报道",
            note_zh="年份未写明",
            note_en="year not stated",
        ),
        observation("consumer_satisfaction", "sample_city", "2021", "81.2", "yearbook-2023"),
        observation("consumer_satisfaction", "sample_city", "2023", "83.5", "yearbook-2024"),
        observation(
            "consumer_satisfaction", "sample_city", "2024", "84", "press-2025", qualifier="at_least", grade="C"
        ),
        observation("service_growth", "sample_city", "2022", "-1.2", "yearbook-2023"),
        observation("service_growth", "sample_city", "2023", "4.6", "yearbook-2024"),
        observation("service_growth", "sample_city", "2024-01/2024-09", "5.1", "press-2025", grade="B", locator="报道"),
    ]
    return rows


def _indicators() -> list[Row]:
    rows = [
        ("goods_pass_rate", "产品抽检合格率", "Pass rate of goods", "percent", "0", "100", "rate", "pass_rate"),
        ("research_intensity", "研发投入强度", "Research intensity", "percent", "0", "100", "rate", "share"),
        (
            "consumer_satisfaction",
            "消费者满意度",
            "Consumer satisfaction",
            "percent",
            "0",
            "100",
            "rate",
            "satisfaction",
        ),
        ("toys_share_passed", "玩具合格率", "Pass rate of toys", "percent", "0", "100", "rate", "pass_rate"),
        ("tools_share_passed", "工具合格率", "Pass rate of tools", "percent", "0", "100", "rate", "pass_rate"),
        ("test_centres", "检验中心数", "Number of test centres", "count", "0", "", "cumulative_count", ""),
        ("service_growth", "服务业增速", "Growth of services", "percent", "", "", "growth", ""),
    ]
    return [
        {
            "indicator_id": key,
            "name_zh": name_zh,
            "name_en": name_en,
            "unit": unit,
            "lower": lower,
            "upper": upper,
            "better": "higher",
            "kind": kind,
            "subkind": subkind,
            "frequency": "year",
            "definition_zh": f"{name_zh}（虚构）。",
            "definition_en": f"{name_en} (invented).",
            "comparability_zh": "2013年起口径改变。" if key == "goods_pass_rate" else "",
            "comparability_en": "New scope from 2013." if key == "goods_pass_rate" else "",
            "custodian_zh": "样例市统计局",
            "custodian_en": "Sample City Statistics Bureau",
        }
        for key, name_zh, name_en, unit, lower, upper, kind, subkind in rows
    ]


def _sources() -> list[Row]:
    rows = [
        ("sample-plan", "样例市质量方案（征求意见稿）", "样例市政府", "plan", "2023-02-28", "original"),
        ("yearbook-2023", "样例市年鉴2023", "样例市统计局", "dataset", "2023-05-15", "original"),
        ("yearbook-2024", "样例市年鉴2024", "样例市统计局", "dataset", "2024-05", "original"),
        ("yearbook-2025", "样例市年鉴2025", "样例市统计局", "dataset", "2025-05-20", "original"),
        ("yearbook-2026", "样例市年鉴2026", "样例市统计局", "dataset", "2026-04-30", "mirror"),
        ("press-2025", "样例市半年质量状况", "样例日报", "press", "", "reprint"),
    ]
    return [
        {
            "source_id": key,
            "title": title,
            "publisher": publisher,
            "kind": kind,
            "published": published,
            "access_kind": access_kind,
            "url": f"https://example.org/{key}" if access_kind == "original" else "",
            "found_url": "" if access_kind == "original" else f"http://example.net/{key}",
            "accessed": "2026-07-01",
            "language": "zh",
        }
        for key, title, publisher, kind, published, access_kind in rows
    ]


def _regions() -> list[Row]:
    rows = [
        ("sample_nation", "样例国", "Sample Nation", "nation", ""),
        ("sample_province", "样例省", "Sample Province", "province", "sample_nation"),
        ("sample_city", "样例市", "Sample City", "city", "sample_province"),
        ("neighbour_city", "邻市", "Neighbour City", "city", "sample_province"),
    ]
    return [dict(zip(HEADERS["regions"], row, strict=True)) for row in rows]


def _areas() -> list[Row]:
    rows = [("goods", "1", "提高产品质量", "Better goods"), ("services", "2", "提高服务质量", "Better services")]
    return [dict(zip(HEADERS["areas"], row, strict=True)) for row in rows]


def _tasks() -> list[Row]:
    rows = [
        ("goods-1", "goods", "1.1", "加强产品抽检", "More sampling of goods"),
        ("goods-2", "goods", "1.2", "加强研究", "More research"),
        ("services-1", "services", "2.1", "改善服务", "Better service"),
    ]
    return [dict(zip(HEADERS["tasks"], row, strict=True)) for row in rows]


def _targets() -> list[Row]:
    rows = [
        ("goods-pass", "1", "goods", "goods_pass_rate", "at_least", "95", "percent", "", "产品抽检合格率不低于95%"),
        ("research", "2", "goods", "research_intensity", "rising", "", "percent", "2022", "研发投入强度持续提高"),
        ("centres", "3", "services", "test_centres", "count_increase", "", "count", "2022", "增加检验中心"),
        ("climate", "4", "", "", "qualitative", "", "", "", "质量氛围更好"),
    ]
    english = {
        "goods-pass": "A pass rate of goods of 95% or more",
        "research": "Research intensity keeps rising",
        "centres": "More test centres",
        "climate": "A better climate for quality",
    }
    return [
        {
            "target_id": key,
            "number": number,
            "area_id": area,
            "indicator_id": indicator,
            "region_id": "sample_city",
            "rule": rule,
            "value": value,
            "unit": unit,
            "target_year": "2025",
            "baseline_year": baseline,
            "statement_zh": statement,
            "statement_en": english[key],
            "interpretation_zh": "虚构目标的解释。",
            "interpretation_en": "How the invented goal is read.",
            "source_id": "sample-plan",
        }
        for key, number, area, indicator, rule, value, unit, baseline, statement in rows
    ]


def _task_indicators() -> list[Row]:
    rows = [
        ("goods-1", "goods_pass_rate", "headline"),
        ("goods-2", "research_intensity", "headline"),
        ("services-1", "consumer_satisfaction", "headline"),
        ("services-1", "service_growth", "supporting"),
        ("services-1", "test_centres", "supporting"),
    ]
    return [dict(zip(HEADERS["task_indicators"], row, strict=True)) for row in rows]


def _target_evidence() -> list[Row]:
    rows = [
        ("goods-pass", "goods_pass_rate", "sample_city", "direct", "方案所用指标", "the plan's own indicator"),
        ("goods-pass", "goods_pass_rate", "sample_province", "context", "全省同口径", "the province, same scope"),
        ("goods-pass", "goods_pass_rate", "neighbour_city", "context", "邻市", "the neighbour"),
        ("research", "research_intensity", "sample_city", "direct", "本书选定", "chosen for this book"),
        ("centres", "test_centres", "sample_city", "direct", "方案所用指标", "the plan's own indicator"),
        ("climate", "consumer_satisfaction", "sample_city", "support", "参考指标", "supporting indicator"),
    ]
    names = ("target_id", "indicator_id", "region_id", "role", "reason_zh", "reason_en")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _peer_targets() -> list[Row]:
    rows = [
        ("sample_province", "goods_pass_rate", "at_least", "94", "percent", "2025", "sample-plan", "", ""),
        ("neighbour_city", "goods_pass_rate", "at_least", "96", "percent", "2025", "press-2025", "转引", "quoted"),
    ]
    return [dict(zip(HEADERS["peer_targets"], row, strict=False)) for row in rows]


def _gaps() -> list[Row]:
    rows = [
        ("goods-2", "research", "2025年研发投入强度；市统计局。", "Research intensity of 2025; Statistics Bureau."),
        ("services-1", "", "逐年满意度；市统计局。", "Yearly satisfaction; Statistics Bureau."),
    ]
    gaps = [dict(zip(("task_id", "target_id", "missing_zh", "missing_en"), row, strict=True)) for row in rows]
    gaps[0] |= {"keeper_zh": "市统计局", "keeper_en": "Statistics Bureau", "numbers": "1"}
    gaps[0] |= {"answer_zh": "2025年的强度", "answer_en": "the intensity of 2025"}
    return gaps


def _editions() -> list[Row]:
    rows = [
        ("2023", "2024-06-30", "2025", "archived"),
        ("2024", "2025-06-30", "2025", "archived"),
        ("2025", "2026-06-30", "2025", "current"),
    ]
    return [dict(zip(("edition", "as_of", "target_year", "status"), row, strict=True)) for row in rows]


def _publishers() -> list[Row]:
    rows = [
        ("样例市政府", "样例市政府", "Government of Sample City"),
        ("样例市统计局", "样例市统计局", "Sample City Statistics Bureau"),
        ("样例日报", "样例日报", "Sample Daily"),
    ]
    return [dict(zip(HEADERS["publishers"], row, strict=True)) for row in rows]


def _locators() -> list[Row]:
    rows = [("正文", "正文", "text"), ("报道", "报道", "article")]
    return [dict(zip(HEADERS["locators"], row, strict=True)) for row in rows]


def _category_groups() -> list[Row]:
    rows = [
        ("goods_pass_rate", "toys_share_passed", "toys", "玩具", "toys"),
        ("goods_pass_rate", "tools_share_passed", "tools", "工具", "tools"),
    ]
    return [dict(zip(HEADERS["category_groups"], row, strict=True)) for row in rows]
