"""The pages of the sample city's book."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from synthetic import evidence_tables, write_evidence

from qualitybook.evidence import load
from qualitybook.publish.plan import Page, pages_of


@pytest.fixture
def pages(sample_folder: Path) -> dict[str, Page]:
    return {page.docname: page for page in pages_of(load(sample_folder), "2025", "zh")}


def test_the_pages_follow_the_plan(pages: dict[str, Page]) -> None:
    assert list(pages) == [
        "summary",
        "what-changed",
        "targets/01-goods-pass",
        "targets/02-research",
        "targets/03-centres",
        "areas/1-goods",
        "areas/2-services",
        "peers",
        "outlook",
        "when",
        "track-record",
        "evidence",
        "methods",
    ]


def test_a_qualitative_target_has_no_page(pages: dict[str, Page]) -> None:
    assert not any("climate" in name for name in pages)


def test_the_order_is_that_of_the_numbers(tmp_path: Path) -> None:
    targets = list(reversed(evidence_tables()["targets"]))
    catalog = load(write_evidence(tmp_path / "data", targets=targets))
    numbers = [page.context["number"] for page in pages_of(catalog, "2025", "en") if page.template == "target"]
    assert numbers == [1, 2, 3]


def test_a_target_page_gets_its_target(pages: dict[str, Page], sample_folder: Path) -> None:
    page = pages["targets/01-goods-pass"]
    assert page.parameters == {
        "edition": "2025",
        "lang": "zh",
        "out": "figures",
        "target": "goods-pass",
    }
    assert (page.template, page.stem) == ("target", "target-01")
    assert page.title == "产品抽检合格率不低于95%"
    assert page.context["statement"] == page.title
    assert page.context["rule"] == "at_least"


def test_an_area_page_gets_its_tasks_in_order(pages: dict[str, Page]) -> None:
    page = pages["areas/1-goods"]
    assert (page.template, page.stem, page.parameters["area"]) == ("area", "area-1", "goods")
    assert page.context["tasks"] == [
        {"id": "goods-1", "number": "1.1", "name": "加强产品抽检"},
        {"id": "goods-2", "number": "1.2", "name": "加强研究"},
    ]


def test_templates_are_named_as_python_names_are(pages: dict[str, Page]) -> None:
    assert pages["track-record"].template == "track_record"


def test_titles_are_those_of_the_language(sample_folder: Path) -> None:
    titles = {page.docname: page.title for page in pages_of(load(sample_folder), "2025", "en")}
    assert titles["targets/02-research"] == "Research intensity keeps rising"
    assert titles["areas/2-services"] == "Better services"
    assert titles["track-record"] == "Track record"


def test_text_from_the_data_is_harmless_in_the_context(tmp_path: Path) -> None:
    targets = evidence_tables()["targets"]
    targets[0]["statement_en"] = "*98%* of [goods](x) | `all`"
    catalog = load(write_evidence(tmp_path / "data", targets=targets))
    page = next(page for page in pages_of(catalog, "2025", "en") if page.template == "target")
    assert page.title == "*98%* of [goods](x) | `all`"
    assert page.context["statement"] == page.context["title"] == r"\*98%\* of \[goods\](x) \| \`all\`"


def test_stems_are_unique_and_pages_travel_to_other_processes(pages: dict[str, Page]) -> None:
    assert len({page.stem for page in pages.values()}) == len(pages)
    assert pickle.loads(pickle.dumps(pages)) == pages


def test_a_page_keeps_its_own_context_over_that_of_the_book(pages: dict[str, Page]) -> None:
    page = pages["areas/1-goods"].within({"number": 99, "city": "Synthetic"})
    assert (page.context["number"], page.context["city"]) == (1, "Synthetic")
