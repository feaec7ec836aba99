"""No number in what people write but from the evidence, the plan, a document's own designation, or the method.

A number that a writer puts into a page or a reason has no source beside it, and nobody notices when it is wrong ("about
a third of the province"). So:

* In the plan's tables and in ``dating.csv`` a number must be printed in a figure of an indicator that the row's goal or
  task is linked to (or in that figure's note), or be the value of a goal for such an indicator.
* In the definitions and remarks of an indicator a number must be one of its own figures, notes or bounds. How it is
  made (lists of parameters, cities, thresholds) and arithmetic on figures is listed below.
* In the book's pages numbers are placeholders. Settings of the method and the like are listed below, each with its
  reason; numbers from a test or of a place are not.
* Dates, years, counted months, and what documents and standards are called (a table, an issue, PM2.5) are no numbers in
  this sense. Shares in words ("a third", "三分之一") are numbers.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
PAGES = sorted([*(ROOT / "book").rglob("*.md"), *(DATA / "book").rglob("*.md")])
PLAN = sorted((DATA / "plan").glob("*.csv"))
Row = dict[str, str]

MARKUP = re.compile(
    r"^```bash.*?^```$|\$\$.*?\$\$|\$[^$\n]*\$|\{\{.*?\}\}|\{%.*?%\}|`[^`\n]+`|^\s*\d+\.\s", re.DOTALL | re.MULTILINE
)
DATES = re.compile(
    r"(?:19|20)\d\d(?:[-—–至](?:19|20)?\d\d)?年?|\d{1,2}月(?:\d{1,2}日)?|3·15"
    r"|(?<!\d)\d{1,2} (?:March|December)|(?:March|December) \d{1,2}(?!\d)"
)
NAMES = re.compile(
    r"PM2\.5|GB \d+|\dA\b|4A|CC BY(?: \d\.\d)?|Python \d\.\d+|(?<![A-Za-z])M[13](?!\d)|per 10,000"
    r"|[表第]\d+(?:[-—]\d+)?期?|table \d+-\d+|no\. \d+|Q[1-4]\b|H[12]\b"
)
NUMBER = re.compile(r"(?<![A-Za-z\d.])\d[\d,]*(?:\.\d+)?(?![A-Za-z\d])")
SHARE = re.compile(
    r"[一二两三四五六七八九十百]+分之[一二三四五六七八九十百]+|[一二两三四五六七八九]成|一半|[一两二三四五六七八九十]+倍"
    r"|\b(?:a|one|two|three) (?:third|fifth|tenth)s?\b|\b(?:a quarter|three quarters) of\b|\b(?:one|two|seven) in ten\b"
    r"|(?<!first )(?<!second )\bhalf\b(?!-)|\btwice\b|\bdoubled?\b"
)

# Per page, in either language, what may stand there as digits or as words, and why.
PRINTED_INTERVALS = {"80", "95"}
ALLOWED: Mapping[str, tuple[frozenset[str], str]] = {
    stem: (frozenset(numbers), reason)
    for stem, numbers, reason in (
        (
            "how-to-read",
            {*PRINTED_INTERVALS, "98", "half"},
            "nominal levels of the intervals drawn; a bound as an example; the mark of weak sources",
        ),
        (
            "glossary",
            {"0", "1", "100", "0.25", "70", "一半", "七成", "seven in ten"},
            "definitions of a score and of calibration",
        ),
        ("reproduce", {"0", "1", "2"}, "exit codes of the commands"),
        ("methods-series", {"0", "100", "0.5", "10", "half"}, "settings of the scales; the margin at their ends"),
        (
            "methods-models",
            {"2", "4", "8", "16", "21", "90", "98.5", "half", "一半", "1", "100", "百分之一"},
            "settings of the models: weights of the overdispersion, grid, the smallest sample and the rates it is for",
        ),
        (
            "methods-tests",
            {"5", "8", "10", "19", "95", "五成", "half"},
            "lengths tried; arithmetic of the quantile",
        ),
        (
            "methods-verdicts",
            {"3", "97", "5", "95", "20", "20,000", "80", "98", "94.73"},
            "where probabilities are cut off, when models are said to differ, number of simulated paths; "
            "98 and 94.73 as examples of how figures count",
        ),
        ("methods-weaknesses", {"80", "90"}, "nominal level of an interval; what is called near the ceiling"),
        ("methods-references", {"*"}, "volumes, issues and pages of the works cited"),
    )
}

MADE = "how it is made, as its sources describe it: parameters, cities, branches, thresholds, telephone lines, scale"
WORKED_OUT = "arithmetic on figures of the evidence, or their counts rounded"
QUOTED = "the words of a source, quoted to say what cannot be read from them"
OF_INDICATORS: Mapping[str, tuple[frozenset[str], str]] = {
    name: (frozenset(numbers.split()), reason)
    for reason, group in (
        (
            MADE,
            {
                "agri_provincial_supervision_sampling_pass_rate": "20",
                "agri_provincial_supervision_sampling_pass_rate__livestock_poultry": "20",
                "agri_provincial_supervision_sampling_pass_rate__vegetables": "20",
                "air_good_days_count": "100",
                "consumer_complaints_market_regulators": "12315 12345",
                "consumer_losses_recovered": "10,000",
                "consumer_satisfaction_score": "16 17",
                "consumption_safety_satisfaction": "1,000 3",
                "education_service_satisfaction": "3",
                "elderly_care_satisfaction": "1,000 3",
                "emerging_industries_8_share_of_gdp": "3 5",
                "energy_intensity_2005_prices": "10,000",
                "fortune_global_500_headquarters": "500",
                "industrial_firms_above_size": "500",
                "manufacturing_clusters_over_100bn": "100",
                "medical_service_satisfaction": "3",
                "mfg_product_pass_rate": "29",
                "mfg_quality_competitiveness_index": "12 29 84 90",
                "public_service_satisfaction_samr": "11 12 80",
                "public_transport_satisfaction": "3",
                "quality_chain_projects": "100",
                "service_clusters_over_100bn": "100",
                "ultra_low_energy_building_area": "10,000",
            },
        ),
        (
            WORKED_OUT,
            {
                "agri_routine_monitoring_pass_rate": "0.7 136",
                "agri_routine_monitoring_pass_rate_2017_basis": "0.7 94",
                "agri_routine_monitoring_pass_rate_2018_basis": "0.5 122 130",
                "food_national_plan_sampling_pass_rate": "0.6 1.0",
                "food_supervision_bulletin_pass_rate": "26 54",
                "food_supervision_published_province_pass_rate": "3.1 31",
                "food_supervision_sampling_pass_rate": "2.36 236 7 700",
                "gi_protected_products": "2",
                "pm25_annual_mean_recomputed": "0.5",
            },
        ),
        (QUOTED, {"air_good_days_ratio": "312 339", "high_star_green_building_share": "12"}),
    )
    for name, numbers in group.items()
}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers_in(text: str) -> list[str]:
    """Return the numbers and the shares in words of a text, without its dates and the names of documents."""
    bare = NAMES.sub("", DATES.sub("", text))
    return [found.rstrip(",.") for found in NUMBER.findall(bare)] + SHARE.findall(bare)


def prose(path: Path) -> str:
    return MARKUP.sub("", path.read_text(encoding="utf-8"))


def texts_of(row: Row) -> str:
    return " ".join(text or "" for name, text in row.items() if name.endswith(("_zh", "_en")))


class Supported:
    """Numbers that the evidence prints, by indicator."""

    def __init__(self, folder: Path) -> None:
        self.of: dict[str, set[str]] = defaultdict(set)
        for row in read(folder / "observations.csv"):
            own = {row["value"], row["n"], row["passed"], *numbers_in(row["note_zh"]), *numbers_in(row["note_en"])}
            self.of[row["indicator_id"]] |= own - {""}
        self.linked: dict[str, set[str]] = defaultdict(set)
        for table, key in (("target_evidence", "target_id"), ("targets", "target_id"), ("task_indicators", "task_id")):
            for row in read(folder / "plan" / f"{table}.csv"):
                self.linked[row[key]].add(row["indicator_id"])
        for table in ("targets", "peer_targets"):
            for row in read(folder / "plan" / f"{table}.csv"):
                self.of[row["indicator_id"]] |= {row["value"]} - {""}

    def by(self, row: Row) -> set[str]:
        """Return the numbers that a row of a table may say."""
        keys = {row.get("target_id", ""), row.get("task_id", "")} - {""}
        indicators = {row.get("indicator_id", "")}.union(*(self.linked[key] for key in keys))
        return set().union(*(self.of[indicator] for indicator in indicators - {""}))


def unsupported(rows: Iterable[Row], evidence: Supported) -> list[tuple[str, str]]:
    """Return the numbers of rows that nothing supports, each with the key of its row."""
    return [
        ("/".join(list(row.values())[:3]), number)
        for row in rows
        for number in numbers_in(texts_of(row))
        if number not in evidence.by(row) and number.replace(",", "") not in evidence.by(row)
    ]


@pytest.fixture(scope="module")
def evidence() -> Supported:
    return Supported(DATA)


@pytest.mark.parametrize("path", [*PLAN, DATA / "dating.csv"], ids=lambda path: path.stem)
def test_tables_of_the_plan_say_no_number_without_a_figure(path: Path, evidence: Supported) -> None:
    assert unsupported(read(path), evidence) == []


def foreign(row: Row, evidence: Supported) -> set[str]:
    """Return the numbers in an indicator's texts that are none of its own figures, notes or bounds."""
    own = evidence.of[row["indicator_id"]] | {row["lower"], row["upper"]}
    return {number for number in numbers_in(texts_of(row)) if number not in own and number.replace(",", "") not in own}


def test_indicators_say_no_number_but_their_own(evidence: Supported) -> None:
    for row in read(DATA / "indicators.csv"):
        allowed, _ = OF_INDICATORS.get(row["indicator_id"], (frozenset(), ""))
        assert foreign(row, evidence) == allowed, row["indicator_id"]


def test_a_number_planted_in_an_indicator_is_found(evidence: Supported) -> None:
    row = read(DATA / "indicators.csv")[0]
    assert foreign({**row, "comparability_zh": "约占全省41.7%"}, evidence) == {"41.7"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_say_no_number_but_settings_of_the_method(path: Path) -> None:
    allowed, _ = ALLOWED.get(path.stem, (frozenset(), ""))
    assert "*" in allowed or set(numbers_in(prose(path))) - allowed == set()


def test_every_exception_is_still_needed() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for path in PAGES:
        said[path.stem] |= set(numbers_in(prose(path)))
    for stem, (allowed, reason) in ALLOWED.items():
        assert reason
        assert allowed - {"*"} <= said[stem], stem


@pytest.mark.parametrize(
    ("table", "key", "planted"),
    [
        ("target_evidence", "reason_zh", "广州研发投入约占全省三分之一"),
        ("target_evidence", "reason_en", "the city makes up about a third of the province"),
        ("target_evidence", "reason_zh", "比上年高0.37个百分点"),
        ("targets", "interpretation_en", "The province stood at 97.123 in 2021."),
        ("peer_targets", "note_zh", "完成了41.7%"),
        ("gaps", "likely_source_en", "About 7,431 firms are listed there."),
    ],
)
def test_a_planted_number_is_found(table: str, key: str, planted: str, evidence: Supported) -> None:
    row = {**read(DATA / "plan" / f"{table}.csv")[0], key: planted}
    assert unsupported([row], evidence)


@pytest.mark.parametrize(
    "planted", ["合格率为97.3%。", "It rose by 12 points.", "占全省四分之一。", "Half of all firms did.", "约1,234家"]
)
def test_a_number_planted_in_a_page_is_found(planted: str) -> None:
    assert set(numbers_in(planted.lower()))


def test_dates_and_names_of_documents_are_no_numbers() -> None:
    text = (
        "2019年8月3日，表17-5，2022—2025年，table 17-5 of 2023, PM2.5, 3·15, 15 March, 第34期, 4A级, no. 21, 2022-2025"
    )
    assert numbers_in(text) == []
