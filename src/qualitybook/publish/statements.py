"""What the finished pages of a book say with numbers, read from the book as it was last built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qualitybook.report.statements import Statement, statements

ORDER = ("summary", "targets", "areas", "peers", "outlook", "track-record")
"""Pages, or folders of pages, that reviewers should see first."""


def book_statements(source: Path) -> list[Statement]:
    """Return what every executed page says with numbers.

    Parameters
    ----------
    source : pathlib.Path
        Folder of a book with its executed pages, ``_build/<edition>/<lang>/source``.

    Returns
    -------
    list of Statement
        The summary's first, then those of goals and areas; none where the folder is not there.
    """
    paths = sorted(source.rglob("*.ipynb"), key=lambda path: _rank(path.relative_to(source)))
    return [each for path in paths for each in _of_page(json.loads(path.read_text(encoding="utf-8")))]


def _rank(page: Path) -> tuple[int, str]:
    first = page.with_suffix("").parts[0]
    return (ORDER.index(first) if first in ORDER else len(ORDER), page.as_posix())


def _of_page(notebook: dict[str, Any]) -> list[Statement]:
    title = "".join(notebook["cells"][0]["source"]).partition("\n")[0].lstrip("# ")
    return statements(title, _outputs(notebook))


def _outputs(notebook: dict[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/markdown", ""))
