"""What readers look for is among the first three pages that the search names: names, areas, tasks, abbreviations.

The first list is for the book of the real evidence (``make test-all``), the second for the sample city's.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chromium import Reader
from playwright.sync_api import expect
from small_site import site_to_read

FIRST = 3
# A query that many pages answer is listed page by page, each with an excerpt; the first are there at once.
LISTED_MS = 30_000
# What is typed, and the beginning of the names of the pages that answer it.
REAL = [
    ("研发", ("targets/04-innovation", "areas/1-economy", "indicators/rd")),
    ("研发投入强度", "targets/04-innovation"),
    ("R&D", "targets/04-innovation"),
    ("R&D intensity", "targets/04-innovation"),
    ("创新", "targets/04-innovation"),
    ("制造业质量竞争力指数", "targets/05-mfg-index"),
    ("质量竞争力", "targets/05-mfg-index"),
    ("competitiveness index", "targets/05-mfg-index"),
    ("manufacturing quality competitiveness", "targets/05-mfg-index"),
    ("产业集群", "targets/06-clusters"),
    ("clusters", "targets/06-clusters"),
    ("农产品质量安全例行监测", "targets/07-agri-monitoring"),
    ("农产品", "targets/07-agri-monitoring"),
    ("farm produce", "targets/07-agri-monitoring"),
    ("食品抽检", "targets/08-food-sampling"),
    ("食品抽检合格率", "targets/08-food-sampling"),
    ("food sampling", "targets/08-food-sampling"),
    ("制造业产品质量合格率", "targets/09-mfg-pass-rate"),
    ("manufacturing product pass rate", "targets/09-mfg-pass-rate"),
    ("工程质量", ("targets/10-construction-conformity", "areas/4-construction")),
    ("construction", ("targets/10-construction-conformity", "areas/4-construction")),
    ("计量测试中心", "targets/13-metrology-centres"),
    ("metrology", ("targets/13-metrology-centres", "areas/7-infrastructure")),
    ("质检中心", "targets/14-inspection-centres"),
    ("inspection centres", "targets/14-inspection-centres"),
    ("标准验证点", ("targets/15-standard-labs", "areas/7-infrastructure")),
    ("laboratories", "targets/15-standard-labs"),
    ("提高经济发展质量效益", "areas/1-economy"),
    ("质量变革创新", "areas/2-industry"),
    ("提升计量保障能力", "areas/7-infrastructure"),
    ("完善现代化质量治理体系", "areas/8-governance"),
    ("quality governance", "areas/8-governance"),
    ("consumer services", "areas/5-services"),
    ("小微企业", "areas/6-enterprises"),
    ("专利", ("indicators/", "areas/1-economy", "areas/6-enterprises")),
    ("patents", ("indicators/", "areas/1-economy", "areas/6-enterprises")),
    ("GDP", ("indicators/", "areas/1-economy", "targets/04-innovation")),
    ("PM2.5", ("indicators/pm", "areas/1-economy")),
    ("展望", "outlook"),
    ("outlook", "outlook"),
    ("术语", "glossary"),
    ("glossary", "glossary"),
    ("方法", "methods"),
    ("sources", "bibliography"),
    ("来源", ("bibliography", "evidence")),
    ("track record", "track-record"),
]
SMALL = [
    ("产品抽检", "targets/01-goods-pass"),
    ("pass rate of goods", "targets/01-goods-pass"),
    ("Research intensity", "targets/02-research"),
    ("研发投入", "targets/02-research"),
    ("检验中心", "targets/03-centres"),
    ("test centres", "targets/03-centres"),
    ("提高产品质量", "areas/1-goods"),
    ("Better services", "areas/2-services"),
    ("改善服务", "areas/2-services"),
    ("方法", "methods"),
    ("outlook", "outlook"),
    ("Growth of services", "areas/2-services"),
    ("Research intensity of Atlantis", "targets/02-research"),
]
# What is typed, and what must stand in the excerpts: the reader's word, in English in any of its forms.
EXCERPTS = {
    "zh": [("合格率", "合格率"), ("目标年数值", "目标年|数值"), ("率", "率"), ("误差 2025", "误差|2025")],
    "en": [("intervals", r"\binterval"), ("pass rate", "pass rate"), ("forecasting", r"\bforecast"), ("2025", "2025")],
}
# A name of a page in the other language, which its text does not hold: of the sample city, and of the real evidence.
OTHER_NAMES = {
    False: {"zh": ("Better services", "areas/2-services"), "en": ("改善服务", "areas/2-services")},
    True: {"zh": ("consumer services", "areas/5-services"), "en": ("完善现代化质量治理体系", "areas/8-governance")},
}
EXCERPT_LENGTH = 125
NEAR_THE_BEGINNING = 400
ARTICLE_TEXT = """() => {
  const article = document.querySelector("article").cloneNode(true);
  article.querySelectorAll("h1, .headerlink").forEach((element) => element.remove());
  return article.textContent;
}"""
# Authored pages have no name in the other language.
IN_ONE_LANGUAGE = {"zh": {"glossary", "sources"}, "en": {"术语", "来源"}}
RESULTS = """() => [...document.querySelectorAll("#search-results ul.search > li > a")].map(
  (link) => new URL(link.href).pathname)"""


def found(visitor: Reader, site: Path, edition: str, lang: str, query: str) -> list[str]:
    """Type a query into the search page's field, and return the pages it names, the first first."""
    page = visitor.page
    field = page.locator("article input[name=q], .bd-search-container input[name=q]").first
    field.fill(query)
    with page.expect_navigation():
        field.press("Enter")
    expect(page.locator(".search-summary")).not_to_be_empty(timeout=LISTED_MS)
    root = f"/{edition}/{lang}/"
    paths = [path.partition(root)[2].removesuffix(".html") for path in page.evaluate(RESULTS)]
    return list(dict.fromkeys(paths))


def test_answers_that_only_come_near_are_called_so(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    visitor.open(f"{edition}/{lang}/search.html")
    note = visitor.page.locator("#search-nearest")
    for query, is_near in (("outlook", False), ("Research intensity of Atlantis", True), ("Atlantis", False)):
        pages = found(visitor, site, edition, lang, query)
        assert note.is_visible() == is_near, (query, pages)
        assert bool(pages) == (query != "Atlantis")


def test_the_right_page_is_among_the_first(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    queries = SMALL if site_to_read() is None else REAL
    assert len(REAL) >= 30
    visitor.open(f"{edition}/{lang}/search.html")
    assert found(visitor, site, edition, lang, "Atlantis") == []
    missed = {}
    for query, wanted in queries:
        pages = found(visitor, site, edition, lang, query)
        if query not in IN_ONE_LANGUAGE[lang] and not any(page.startswith(wanted) for page in pages[:FIRST]):
            missed[query] = pages[:FIRST]
    assert missed == {}
    assert visitor.complaints == []


def excerpts(visitor: Reader) -> list[str]:
    """Return what stands under each result, when all of it is there."""
    page = visitor.page
    results = page.locator("#search-results ul.search > li")
    expect(results.locator("p.context")).to_have_count(results.count(), timeout=LISTED_MS)
    return results.locator("p.context").all_inner_texts()


# From a folder a browser reads no other page, and results stand without their text.
@pytest.mark.parametrize("base", ["http"], indirect=True)
def test_results_show_the_text_around_the_words_of_the_reader(
    visitor: Reader, site: Path, edition: str, lang: str
) -> None:
    visitor.open(f"{edition}/{lang}/summary.html")
    switch = " ".join(visitor.page.locator(".bd-header-article").inner_text().split())
    visitor.open(f"{edition}/{lang}/search.html")
    for query, wanted in EXCERPTS[lang]:
        found(visitor, site, edition, lang, query)
        shown = excerpts(visitor)
        assert len(shown) >= FIRST, query
        assert [text for text in shown if len(text) > EXCERPT_LENGTH] == []
        assert [text for text in shown if switch[:10] in text] == [], query
        assert all(re.search(wanted, text, re.IGNORECASE) for text in shown[:FIRST]), (query, shown)
    assert visitor.complaints == []


@pytest.mark.parametrize("base", ["http"], indirect=True)
def test_a_result_by_another_name_shows_how_its_text_begins(
    visitor: Reader, site: Path, edition: str, lang: str
) -> None:
    visitor.open(f"{edition}/{lang}/search.html")
    name, answer = OTHER_NAMES[site_to_read() is not None][lang]
    pages = found(visitor, site, edition, lang, name)
    shown = excerpts(visitor)[pages.index(answer)]
    visitor.open(f"{edition}/{lang}/{answer}.html")
    begins = "".join(visitor.page.evaluate(ARTICLE_TEXT).split())
    assert shown
    assert 0 <= begins.find("".join(shown.strip("…").split())) < NEAR_THE_BEGINNING


@pytest.mark.parametrize("query", ["<script>document.title='planted'</script>", "[planted](javascript:1)", "''\"--"])
def test_a_query_is_only_text(visitor: Reader, site: Path, edition: str, query: str) -> None:
    visitor.open(f"{edition}/en/search.html")
    found(visitor, site, edition, "en", query)
    assert "planted" not in visitor.page.title()
    assert visitor.refused == []


def test_a_query_loads_its_own_parts_of_the_index(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    """What no page has may be a part of a word, for which all parts are looked through."""
    visitor.open(f"{edition}/{lang}/search.html")
    everything = len(list((site / edition / lang / "searchindex").glob("[0-9]*.js")))
    for query, most in (("outlook", 1), ("pass rate", 2), ("Atlantis", everything)):
        visitor.requests.clear()
        found(visitor, site, edition, lang, query)
        parts = {address for address in visitor.requests if re.search(r"/searchindex/\d+\.js", address)}
        assert 1 <= len(parts) <= most, query
        assert query != "Atlantis" or len(parts) == everything
