"""What the site offers to programs, from the sample city's invented evidence."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from synthetic import BOOK_TOML, evidence_tables, write_evidence

from qualitybook.analysis.assess import assess_targets
from qualitybook.evidence import load
from qualitybook.evidence.reading import present_tables
from qualitybook.evidence.schema import TABLES, BookSettings
from qualitybook.publish.machines import write_for_machines
from qualitybook.publish.plan import COLUMNS, Offer, figures_of, offer_of, pages_of
from qualitybook.publish.site import Shelf
from qualitybook.report.i18n import Words

FORMULA = '=HYPERLINK("http://planted.example","planted")'
SHELVES = (Shelf("2025", ("zh", "en"), {}), Shelf("2024", ("zh",), {}))
ADDRESS = "https://quality.example/book/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def evidence(folder: Path, toml: str = BOOK_TOML) -> Path:
    """Write the sample city's evidence with a formula for a title and a note."""
    tables = evidence_tables()
    tables["sources"][4]["title"] = FORMULA
    for row in tables["observations"]:
        if row["period"] == "2025":
            row |= {"note_zh": FORMULA, "note_en": "@SUM(1)"}
    write_evidence(folder, **tables)
    (folder / "book.toml").write_text(toml, encoding="utf-8")
    return folder


def with_address() -> str:
    return BOOK_TOML.replace("[title]", f'address = "{ADDRESS}"\n\n[title]', 1)


def offer(data: Path) -> Offer:
    """Return what a site offers of edition 2025."""
    catalog = load(data)
    return offer_of(catalog, BookSettings.load(data), {"2025": assess_targets(catalog, catalog.edition("2025").as_of)})


def written(root: Path, data: Path) -> Path:
    """Write the files of a site with two editions and a page in each book."""
    for shelf in SHELVES:
        for code in shelf.languages:
            page = root / shelf.edition / code / "summary.html"
            page.parent.mkdir(parents=True)
            page.write_text("<!DOCTYPE html>", encoding="utf-8")
    write_for_machines(root, SHELVES, offer(data))
    return root


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return evidence(tmp_path / "evidence")


@pytest.fixture
def root(tmp_path: Path, data: Path) -> Path:
    return written(tmp_path / "site", data)


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding), newline="")))


def test_verdicts_keep_to_their_schema(root: Path) -> None:
    schema = json.loads((root / "data/assessments.schema.json").read_text("utf-8"))
    report = json.loads((root / "data/2025/assessments.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(report, schema)
    assert [target["number"] for target in report["targets"]] == [1, 2, 3, 4]
    for change in ({"state": "perhaps"}, {"probability": 1.2}, {"unknown": 1}):
        broken = {**report, "targets": [{**report["targets"][0], **change}]}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)
    table = rows(root / "data/2025/assessments.csv")
    assert [row["state"] for row in table] == [target["state"] for target in report["targets"]]


def test_the_data_package_describes_every_table(root: Path, data: Path) -> None:
    package = json.loads((root / "data/datapackage.json").read_text("utf-8"))
    assert [resource["name"] for resource in package["resources"]] == [
        table.name for table in TABLES if table.name in {*present_tables(data), "units"}
    ]
    for resource in package["resources"]:
        header = (root / "data" / resource["path"]).read_text("utf-8").splitlines()[0]
        assert header.split(",") == [column["name"] for column in resource["schema"]["fields"]]


def test_the_units_of_the_figures_are_published_with_them(root: Path, data: Path) -> None:
    units = {row["unit"]: row for row in rows(root / "data/units.csv")}
    assert set(units) == {row["unit"] for row in rows(root / "data/indicators.csv")}
    assert (units["percent"]["form"], units["percent"]["text_en"], units["percent"]["scale"]) == ("percent", "{}%", "1")
    assert not (data / "units.csv").exists()


def test_tables_run_nothing_and_keep_every_number(root: Path, data: Path) -> None:
    assert rows(root / "data/sources.csv")[4]["title"] == "'" + FORMULA
    before, after = rows(data / "observations.csv"), rows(root / "data/observations.csv")
    assert [row["value"] for row in after] == [row["value"] for row in before]
    assert "-1.2" in {row["value"] for row in after}
    assert {row["note_en"] for row in after} >= {"'@SUM(1)"}
    cells = [cell for row in after for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in "=@+" and cell]


def test_the_page_of_the_data_lists_what_is_there(root: Path) -> None:
    page = (root / "data/index.html").read_text("utf-8")
    for name in ("observations.csv", "plan/targets.csv", "2025/assessments.json", "assessments.schema.json"):
        assert f'href="{name}"' in page
        assert (root / "data" / name).is_file()
    assert '<section lang="zh-CN">' in page
    assert '<section lang="en">' in page


def test_the_feed_dates_editions_by_their_as_of_dates(root: Path) -> None:
    feed = ElementTree.parse(root / "feed.xml").getroot()
    assert feed.findtext("a:updated", None, ATOM) == "2026-06-30T00:00:00Z"
    entries = feed.findall("a:entry", ATOM)
    links = [link.get("href") for entry in entries for link in entry.findall("a:link", ATOM)]
    assert links == ["2025/zh/summary.html", "2025/en/summary.html", "2024/zh/summary.html"]
    assert entries[2].findtext("a:updated", None, ATOM) == "2025-06-30T00:00:00Z"
    assert len({entry.findtext("a:id", None, ATOM) for entry in entries}) == 3


def test_addresses_are_absolute_where_the_site_has_one(tmp_path: Path) -> None:
    root = written(tmp_path / "site", evidence(tmp_path / "evidence", with_address()))
    locations = [loc.text for loc in ElementTree.parse(root / "sitemap.xml").getroot().iterfind("m:url/m:loc", MAP)]
    assert "https://quality.example/book/2025/zh/summary.html" in locations
    assert 'href="https://quality.example/book/editions.html"' in (root / "404.html").read_text("utf-8")
    assert 'href="https://quality.example/book/2025/en/summary.html"' in (root / "feed.xml").read_text("utf-8")


def test_the_map_names_every_page(tmp_path: Path) -> None:
    root = written(tmp_path / "site", evidence(tmp_path / "evidence", with_address()))
    locations = [loc.text for loc in ElementTree.parse(root / "sitemap.xml").getroot().iterfind("m:url/m:loc", MAP)]
    pages = ["2024/notes.html", "2024/zh/summary.html", "2025/en/summary.html", "2025/notes.html"]
    pages += ["2025/zh/summary.html", "data/index.html"]
    assert locations == [ADDRESS + page for page in pages]


def test_the_map_writes_addresses_as_the_protocol_does(tmp_path: Path) -> None:
    data = evidence(tmp_path / "evidence", with_address())
    root = written(tmp_path / "site", data)
    (root / "2025" / "zh" / "说明 1.html").write_text("<!DOCTYPE html>", encoding="utf-8")
    write_for_machines(root, SHELVES, offer(data))
    assert f"{ADDRESS}2025/zh/%E8%AF%B4%E6%98%8E%201.html" in (root / "sitemap.xml").read_text("utf-8")


def test_without_an_address_there_is_no_map_and_no_link_that_leads_elsewhere(root: Path, data: Path) -> None:
    """The protocol takes full addresses only, and a page for lost ways is shown at any depth."""
    assert not (root / "sitemap.xml").exists()
    lost = (root / "404.html").read_text("utf-8")
    assert "<a " not in lost
    assert "The first page of this site leads to all editions." in lost
    (root / "sitemap.xml").write_text("of a site that had an address")
    write_for_machines(root, SHELVES, offer(data))
    assert not (root / "sitemap.xml").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_offer_the_figures_they_rest_on(tmp_path: Path, data: Path, lang: str) -> None:
    catalog = load(data)
    seen = catalog.as_of(catalog.edition("2023").as_of)
    figures_of(seen, Words(lang), pages_of(catalog, "2023", lang)).write(tmp_path)
    target = rows(tmp_path / "series/targets/02-research.csv", "utf-8-sig")
    assert list(target[0]) == list(COLUMNS)
    assert [(row["period"], row["value"]) for row in target][-1] == ("2023", "3.09")
    assert {row["indicator"] for row in target} == {{"zh": "研发投入强度", "en": "Research intensity"}[lang]}
    area = rows(tmp_path / "series/areas/2-services.csv", "utf-8-sig")
    assert ("service_growth", "-1.2") in {(row["indicator_id"], row["value"]) for row in area}
    assert not (tmp_path / "series/methods.csv").exists()
