"""The page of a goal of which nothing is known (made up)."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from synthetic import evidence_tables, write_evidence

from qualitybook.publish.notebook import cleaned, render_notebook, shown_markdown
from qualitybook.report.pages import TargetPage

ROOT = Path(__file__).parents[2]


def cells_of(page: TargetPage) -> list[nbformat.NotebookNode]:
    """Return the cells of a goal's page with what its sections say."""
    context = {"number": 3, "statement": "More test centres"}
    made = render_notebook(ROOT / "notebooks" / "target.ipynb", context, ROOT / "book", page.words.code)
    for cell in made.cells:
        section = re.match(r"page\.(\w+)\(", cell.source)
        if cell.cell_type == "code" and section is not None:
            told = {"text/markdown": getattr(page, section[1])().data}
            cell.outputs = [nbformat.v4.new_output("display_data", data=told)]
    return list(cleaned(made).cells)


def headings(cells: list[nbformat.NotebookNode]) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def page_of(folder: Path, lang: str, *, bare: bool) -> TargetPage:
    """Return the page of the goal on test centres, of which the evidence may say nothing at all."""
    tables = evidence_tables()
    if bare:
        for name in ("observations", "target_evidence"):
            tables[name] = [row for row in tables[name] if row["indicator_id"] != "test_centres"]
        tables["gaps"] = [row for row in tables["gaps"] if row["target_id"] != "centres"]
    return TargetPage("centres", write_evidence(folder / "data", **tables), "2025", lang, folder / "figures")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_goal_without_evidence_is_its_verdict_and_no_empty_heading(tmp_path: Path, lang: str) -> None:
    cells = cells_of(page_of(tmp_path, lang, bare=True))
    assert [re.match("#+", heading)[0] for heading in headings(cells)] == ["#"]  # type: ignore[index]
    (verdict,) = [told for told in shown_markdown(cells) if told.strip()]
    assert ":class: important" in verdict
    visible = [cell for cell in cells if cell.cell_type == "code" and "remove-cell" not in cell.metadata["tags"]]
    assert len(visible) == 2  # the verdict and the place of the indicative reading


def test_what_is_known_keeps_its_heading(tmp_path: Path) -> None:
    found = headings(cells_of(page_of(tmp_path, "en", bare=False)))
    assert "## History and outlook" in found
    assert "## Why: what the verdict rests on" in found
    assert "## Every figure and its source" in found
