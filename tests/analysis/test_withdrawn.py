"""A source that was withdrawn: its rows stay, later editions do not use them, and what changed says so. All made up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner
from synthetic import evidence_tables, write_evidence

from qualitybook import cli
from qualitybook.analysis.edition_diff import compare
from qualitybook.evidence import Catalog, load
from qualitybook.evidence.extract import Evidence
from qualitybook.report import pages

WITHDRAWN = "2026-03-01"


def withdrawn(folder: Path, source: str = "yearbook-2025", day: str = WITHDRAWN) -> Path:
    """Write the sample city with a source that was taken back between the editions of 2024 and 2025."""
    sources = evidence_tables()["sources"]
    for row in sources:
        row["withdrawn"] = day if row["source_id"] == source else ""
    return write_evidence(folder, sources=sources)


def used(catalog: Catalog, day: str) -> set[str]:
    return set(catalog.as_of(day).observations["source_id"])


def test_editions_of_the_day_and_later_do_not_use_it(tmp_path: Path) -> None:
    catalog = load(withdrawn(tmp_path / "data"))
    assert "yearbook-2025" in set(catalog.observations["source_id"])
    assert "yearbook-2025" in used(catalog, "2026-02-28")
    assert "yearbook-2025" not in used(catalog, WITHDRAWN)
    assert catalog.source("yearbook-2025").withdrawn == date.fromisoformat(WITHDRAWN)
    assert catalog.source("yearbook-2024").withdrawn is None


def test_what_changed_lists_the_figures_and_names_withdrawal_as_the_cause(tmp_path: Path) -> None:
    catalog = load(withdrawn(tmp_path / "data", "yearbook-2023", "2024-06-30"))
    first, second = catalog.editions_in_order()[:2]
    plain = load(write_evidence(tmp_path / "plain"))
    gone = compare(catalog, first, second).withdrawn
    assert gone.empty  # It was withdrawn before the first of the two saw anything.
    catalog = load(withdrawn(tmp_path / "data", "yearbook-2023", "2025-01-01"))
    diff = compare(catalog, *catalog.editions_in_order()[:2])
    assert set(diff.withdrawn["source_id"]) == {"yearbook-2023"}
    assert len(diff.withdrawn) == sum(plain.observations["source_id"] == "yearbook-2023")
    moved = {move.now.target_id: move.code for move in diff.moves}
    assert "withdrawn" in moved.values()


def test_the_command_and_the_page_say_it_in_both_languages(tmp_path: Path) -> None:
    folder = withdrawn(tmp_path / "data", "yearbook-2023", "2025-01-01")
    asked = ["edition", "diff", "2023", "2024", "--data", str(folder)]
    told = json.loads(CliRunner().invoke(cli.main, [*asked, "--format", "json"]).output)
    assert {row["source_id"] for row in told["withdrawn"]} == {"yearbook-2023"}
    for lang, title, cause in (
        ("en", "## Withdrawn sources", "withdrawn sources"),
        ("zh", "## 撤回的来源", "来源撤回"),
    ):
        text = CliRunner().invoke(cli.main, [*asked, "--format", "markdown", "--lang", lang]).output
        assert title in text
        assert cause in text
        extract = tmp_path / "page.evidence"
        Evidence.open(folder).extract(date(2025, 6, 30), None).write(extract)
        page = pages.WhatChangedPage(extract, "2024", lang, tmp_path / lang)
        assert "yearbook-2023" not in set(page.catalog.observations["source_id"])
        assert str(page.withdrawn().data).count("yearbook-2023") >= 1
        assert str(pages.WhatChangedPage(folder, "2025", lang, tmp_path / lang).withdrawn().data) == ""
