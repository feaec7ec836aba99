"""The notebooks that readers download: run again by who has the source tree, changed, and still within their reads."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from synthetic import write_evidence

from qualitybook.evidence.extract import Evidence
from qualitybook.publish.environment import epoch_of
from qualitybook.publish.execute import PageJob, run_page
from qualitybook.publish.notebook import cleaned
from qualitybook.publish.plan import Extracts, pages_of

ROOT = Path(__file__).parents[1]
EDITION = "2025"
PAGES = ("targets/01-goods-pass", "areas/2-services", "peers")
GOAL, EDITION_LINE = "goal = evidence.target(target)\n", f'edition = "{EDITION}"'


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source tree with sample evidence, and beside its templates the executed notebooks that the site offers."""
    folder = tmp_path_factory.mktemp("tree")
    evidence = Evidence.open(write_evidence(folder / "data"))
    edition = evidence.catalog.edition(EDITION)
    extracts = Extracts(evidence, folder)
    for page in pages_of(evidence.catalog, EDITION, "en"):
        if page.docname in PAGES:
            template = ROOT / "notebooks" / f"{page.template}.ipynb"
            reads = extracts.path(edition.as_of, page.reads)
            (folder / "notebooks/figures").mkdir(parents=True, exist_ok=True)
            whole, day = page.within({"city": "Sample City"}), epoch_of(edition.as_of)
            source = folder / "notebooks"
            made = run_page(PageJob(whole, template, ROOT / "book/en", source, "en", day, evidence=reads))
            assert made.ok, made.failure
    return folder


def downloaded(tree: Path, page: str) -> nbformat.NotebookNode:
    return nbformat.read(tree / "notebooks" / f"{page}.ipynb", as_version=4)


def run_again(notebook: nbformat.NotebookNode, tree: Path) -> nbformat.NotebookNode:
    """Run a notebook as JupyterLab does, in the folder of the templates."""
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tree / "notebooks")}}).execute()
    return notebook


def shown(notebook: nbformat.NotebookNode) -> list[list[nbformat.NotebookNode]]:
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def verdict_of(notebook: nbformat.NotebookNode) -> str:
    """Return the state in the table that the cell of the verdict shows."""
    (cell,) = [cell for cell in notebook.cells if cell.source.startswith("answer = verdict(")]
    lines = [line.split() for line in cell.outputs[0].data["text/plain"].splitlines()]
    return next(words[-1] for words in lines if words[0] == "state")


@pytest.mark.parametrize("page", PAGES)
def test_a_downloaded_notebook_runs_again_from_the_source_tree_and_shows_the_same(tree: Path, page: str) -> None:
    offered = downloaded(tree, page)
    again = cleaned(run_again(downloaded(tree, page), tree))
    assert len(shown(offered)) > 5
    assert shown(again) == shown(offered)


def test_a_changed_goal_moves_the_verdict_and_what_the_page_says(tree: Path) -> None:
    notebook = downloaded(tree, PAGES[0])
    assert verdict_of(notebook) == "met"
    (cell,) = [cell for cell in notebook.cells if GOAL in cell.source]
    asked = 'from dataclasses import replace\ngoal = replace(evidence.target(target), value=99.0, value_text="99")\n'
    cell.source = cell.source.replace(GOAL, asked)
    again = run_again(notebook, tree)
    assert verdict_of(again) == "not_met"
    box = next(cell for cell in again.cells if cell.source.startswith("page.verdict("))
    assert "99%" in box.outputs[0].data["text/markdown"]


def test_another_edition_moves_the_verdict(tree: Path) -> None:
    notebook = downloaded(tree, PAGES[0])
    notebook.cells[0].source = notebook.cells[0].source.replace(EDITION_LINE, 'edition = "2024"')
    assert verdict_of(run_again(notebook, tree)) == "cannot_judge"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_cell_of_a_template_says_one_thing(path: Path) -> None:
    if path.stem == "explore":
        return
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert max(len(cell.source.splitlines()) for cell in code) <= 8
    shown_to_readers = [cell for cell in code if "remove-cell" not in cell.metadata.get("tags", [])][1:]
    assert max(len(cell.source.splitlines()) for cell in shown_to_readers) == 1


def test_a_step_of_the_analysis_that_reads_what_the_page_did_not_declare_is_an_error(tmp_path: Path) -> None:
    evidence = Evidence.open(write_evidence(tmp_path / "data"))
    day = evidence.catalog.edition(EDITION).as_of
    page = next(page for page in pages_of(evidence.catalog, EDITION, "en") if page.docname == PAGES[0])
    notebook = nbformat.read(ROOT / "notebooks/target.ipynb", as_version=4)
    notebook.cells.insert(5, nbformat.v4.new_code_cell('series(evidence, "test_centres", goal.region_id)'))
    template = tmp_path / "target.ipynb"
    nbformat.write(notebook, template)
    (tmp_path / "figures").mkdir()
    reads = Extracts(evidence, tmp_path).path(day, page.reads)
    made = run_page(PageJob(page, template, ROOT / "book/en", tmp_path, "en", epoch_of(day), evidence=reads))
    assert made.failure is not None
    assert (made.failure.cell, made.failure.ename) == (6, "PageError")
