"""A small project for tests: the sample city's invented evidence, and templates that need nothing heavy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from unittest import mock

import nbformat
from click.testing import CliRunner, Result
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from synthetic import write_evidence

from qualitybook import cli
from qualitybook.publish.notebook import number_cells

ROOT = Path(__file__).parents[1]
PARAMETERS = 'edition = ""\nlang = ""\ndata = ""\nout = ""\ntarget = ""\narea = ""'
SETUP = "from pathlib import Path\nfrom IPython.display import Markdown"
FIGURE = """\
svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30" viewBox="0 0 60 30"><path d="M0 0L60 30"/></svg>'
(Path(out) / f"{STEM}-1.svg").write_text(svg)
Markdown(
    ":::{figure-md} fig-" + STEM + "-1\\n![A falling line](/figures/" + STEM + "-1.svg)\\n\\n"
    "Line of edition " + edition + " {cite}`yearbook-2023`.\\n:::"
)"""
TABLE = """\
Markdown(
    ":::{table} Figures\\n:name: tbl-" + STEM + "-1\\n\\n| a | b |\\n"
    "|---|--:|\\n| 1 | {cite}`sample-plan` |\\n:::\\n\\n"
    "See {numref}`fig-" + STEM + "-1` and {doc}`the methods </methods>`."
)"""
# What a page may read is named by its digest, so that the page depends on all of it.
EVIDENCE = 'Markdown("{sub}`" + Path(data).stem[:8] + "`")'
CALL = "from qualitybook.cli import main; main()"
COLD = "from qualitybook.publish import processes; processes.can_fork = lambda: False; "
PLAIN = ("summary", "what-changed", "peers", "outlook", "when", "track-record", "evidence", "methods")
AUTHORED = {
    "preface": "# {{ city }}\n\n{{ counts.observations }} · {{ as_of }} · {{ plan_title }}\n\n{{ words_table }}\n",
    "how-to-read": '# {{ _("Evidence levels") }}\n\n{% include "parts/note.md" %}\n\n{{ levels_table }}\n',
    "bibliography": '# {{ _("Sources") }}\n\n```{bibliography}\n```\n',
    "parts/note": "{{ target_year }} {cite}`sample-plan`\n",
}


def page_cells(stem: str, names_evidence: bool = True) -> list[nbformat.NotebookNode]:
    """Return the cells of a page with a figure and a table; `stem` is a Python expression."""
    last = [new_code_cell(EVIDENCE)] if names_evidence else []
    return [
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_markdown_cell("# {{ title }}"),
        new_code_cell(f"{SETUP}\nSTEM = {stem}", metadata={"tags": ["remove-cell"]}),
        new_code_cell(FIGURE),
        new_code_cell(TABLE),
        *last,
    ]


def templates(names_evidence: bool = True) -> dict[str, list[nbformat.NotebookNode]]:
    """Return the cells of every template; without its digest, a page shows nothing of what it may read."""
    made = {name.replace("-", "_"): page_cells(repr(name), names_evidence) for name in PLAIN}
    made["target"] = page_cells("target", names_evidence)
    made["area"] = [
        *page_cells("area", names_evidence),
        new_markdown_cell("## {{ item.number }} {{ item.name }}", metadata={"tags": ["repeat-tasks"]}),
        new_code_cell('Markdown("Task {{ item.id }}")', metadata={"tags": ["repeat-tasks"]}),
    ]
    return made


def write_project(folder: Path, changes: Mapping[str, Sequence[nbformat.NotebookNode]] | None = None) -> Path:
    """Write a project with the real settings, and the real table of contents but for the pages that it does not have.

    Parameters
    ----------
    folder : pathlib.Path
        Where; evidence goes to ``data/`` below it.
    changes : mapping, optional
        Cells to use instead of a template's usual ones.
    """
    write_evidence(folder / "data")
    shutil.copy(ROOT / "_config.yml", folder / "_config.yml")
    lacking = {"goods", "reproduce", "glossary"} - set(changes or ())
    entries = (ROOT / "_toc.yml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in entries if line.removeprefix("      - file: ") not in lacking]
    (folder / "_toc.yml").write_text("\n".join([*kept, ""]), encoding="utf-8")
    for code in ("zh", "en"):
        for name, text in AUTHORED.items():
            path = folder / "book" / code / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    (folder / "notebooks").mkdir()
    for name, cells in {**templates(), **(changes or {})}.items():
        write_template(folder, name, cells)
    return folder


def write_template(folder: Path, name: str, cells: Sequence[nbformat.NotebookNode]) -> None:
    """Write one template of a project."""
    notebook = new_notebook(cells=list(cells))
    number_cells(notebook)
    nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")


def build(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, cold: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run ``qualitybook build`` in a folder, with other environment variables or where it cannot fork."""
    command = [sys.executable, "-c", COLD + CALL if cold else CALL, "build", "--jobs", "2", *options]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def build_here(folder: Path, *options: str) -> Result:
    """Run the same in this process: the next build here need not import what it forks from again.

    A build ends that process before Typst runs, whose memory a whole book needs.
    """
    with chdir(folder), mock.patch("qualitybook.publish.book.end_server"):
        return CliRunner().invoke(cli.main, ["build", "--jobs", "2", *options], catch_exceptions=False)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
