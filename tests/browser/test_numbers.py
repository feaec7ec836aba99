"""Every number on every kind of page: of the evidence, or computed from it and recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from page_numbers import LEFT_OUT, Published, unexplained
from recomputed import Recomputed


def test_every_number_on_a_page_is_a_row_or_computed_from_rows(site: Path, edition: str, lang: str) -> None:
    assert unexplained(site, edition, lang, LEFT_OUT) == []


@pytest.fixture(scope="module")
def recomputed(site: Path, edition: str) -> Recomputed:
    """The numbers of the book, which are the same in both languages; what is printed of them is not."""
    return Recomputed(Published(site, edition, "en"))


def test_every_computed_number_comes_out_by_another_way(
    recomputed: Recomputed, site: Path, edition: str, lang: str
) -> None:
    assert recomputed.mistakes(Published(site, edition, lang)) == []


def test_a_number_that_is_changed_on_a_page_is_found(site: Path, edition: str, tmp_path: Path) -> None:
    """The change of a figure, the first that is recorded of an area's page, is printed with another last digit."""
    folder = tmp_path / edition / "en"
    shutil.copytree(site / "data", tmp_path / "data")
    changes = {row["page"]: row["printed"] for rows in Published(site, edition, "en").derived.values() for row in rows}
    name = next(page for page in changes if page.startswith("areas/"))
    printed = next(
        row["printed"]
        for row in Published(site, edition, "en").derived[name]
        if row["statement"] == "series.change" and row["printed"][0] in "+−"
    )
    for each in ("bibliography", name):
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(site / edition / "en" / f"{each}.html", folder / f"{each}.html")
    page = folder / f"{name}.html"
    text = page.read_text(encoding="utf-8")
    assert printed in text
    assert unexplained(tmp_path, edition, "en") == []
    page.write_text(text.replace(printed, f"{printed[0]}9{printed[1:]}", 1), encoding="utf-8")
    assert len(unexplained(tmp_path, edition, "en")) == 1
