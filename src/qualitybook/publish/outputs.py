"""What papermill leaves of a page, checked and cleaned so that it may stand in a book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat

from qualitybook.publish.environment import MEBIBYTE, PAGE_TEXT
from qualitybook.publish.templates import CELL_NUMBER, number_cells

ALLOW_STDERR = "allow-stderr"
DROPPED_TAGS = frozenset({"parameters", "injected-parameters"})
UNSEEN_TAGS = frozenset({"hide-input", "remove-input", "remove-cell"})

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


class DisplayError(ValueError):
    """An output that may not stand in a book.

    Parameters
    ----------
    cell : int
        Number of the template's cell.
    reason : str
        What is wrong with it.
    """

    def __init__(self, cell: int, reason: str) -> None:
        self.cell = cell
        self.reason = reason
        super().__init__(cell, reason)


def check_outputs(notebook: nbformat.NotebookNode) -> None:
    """Make sure that the outputs may stand in a book.

    Raises
    ------
    DisplayError
        If a cell wrote to the error stream (a warning printed into the book is a defect) without the tag
        ``allow-stderr``, or displayed Markdown with a heading, which would break the table of contents; or if the page
        shows too much.
    """
    shown = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown += _size(output)
            if shown >= PAGE_TEXT:
                reason = f"{PAGE_TEXT // MEBIBYTE} MiB of output or more on one page; print less, or write it to a file"
                raise DisplayError(cell.metadata.get(CELL_NUMBER, 0), reason)
            _check_output(output, cell)


def _size(output: nbformat.NotebookNode) -> int:
    """Return how many characters an output has."""
    return len(output.get("text", "")) + sum(len(str(shown)) for shown in output.get("data", {}).values())


def _check_output(output: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    number = cell.metadata.get(CELL_NUMBER, 0)
    if output.output_type == "stream" and output.name == "stderr" and ALLOW_STDERR not in _tags(cell):
        raise DisplayError(
            number,
            f"the cell wrote to the error stream: {_last_line(output.text)}; mend what it warns of"
            f", or tag the cell {ALLOW_STDERR}",
        )
    heading = first_heading(output.get("data", {}).get("text/markdown", ""))
    if heading is not None:
        raise DisplayError(number, f"displayed Markdown holds the heading {heading!r}; headings belong in cells")


def shown_markdown(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each piece of Markdown that executed cells show, from a notebook as nbformat or as JSON gives it."""
    for cell in cells:
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/markdown", ""))


def first_heading(markdown: str) -> str | None:
    """Return the text of the first heading of a Markdown text, None where there is none."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            return following.content
    return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if "Warning:" in line or "Error:" in line]
    return (named or lines or [""])[-1]


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without anything that differs between two runs, its input folded.

    Times, paths, parameters and random ids go; cells and outputs are numbered by their place.
    """
    kept = [cell for cell in notebook.cells if not DROPPED_TAGS & _tags(cell)]
    made = nbformat.v4.new_notebook(metadata=nbformat.from_dict(_METADATA), cells=[_clean_cell(cell) for cell in kept])
    number_cells(made)
    code = (cell for cell in made.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return made


def _clean_cell(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    tags = _tags(cell)
    if cell.cell_type != "code":
        return nbformat.v4.new_markdown_cell(cell.source, metadata=_metadata(tags))
    if not tags & UNSEEN_TAGS:
        tags |= {"hide-input"}
    outputs = [_clean_output(output) for output in cell.outputs]
    return nbformat.v4.new_code_cell(cell.source, metadata=_metadata(tags), outputs=outputs)


def _clean_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output without metadata; the plain text beside Markdown, a Python repr, goes."""
    if "data" in output:
        output.metadata = nbformat.from_dict({})
        if "text/markdown" in output.data:
            output.data = nbformat.from_dict({"text/markdown": output.data["text/markdown"]})
    return output


def _metadata(tags: set[str]) -> dict[str, Any]:
    return {"tags": sorted(tags)} if tags else {}


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook, and the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8", newline="\n")
