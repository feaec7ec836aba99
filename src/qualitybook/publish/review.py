"""What the finished pages of a book say with numbers, read from the book as it was last built."""

from __future__ import annotations

import json
from pathlib import Path

from qualitybook.errors import QualitybookError
from qualitybook.publish.notebook import first_heading, shown_markdown
from qualitybook.report.review import Statement, statements

ORDER = ("summary", "targets", "areas", "peers", "outlook", "when", "track-record")
"""Pages, or folders of pages, that reviewers should see first."""


def book_statements(source: Path) -> list[Statement]:
    """Return what every executed page says with numbers.

    Returns
    -------
    list of Statement
        The summary's first, then those of goals and areas; none where the folder is not there.

    Raises
    ------
    QualitybookError
        If a page is damaged.
    """
    paths = sorted(source.rglob("*.ipynb"), key=lambda path: _rank(path.relative_to(source)))
    return [each for path in paths for each in _of_page(path)]


def _rank(page: Path) -> tuple[int, str]:
    first = page.with_suffix("").parts[0]
    return (ORDER.index(first) if first in ORDER else len(ORDER), page.as_posix())


def _of_page(path: Path) -> list[Statement]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise QualitybookError(f"{path} is no executed page; build the book again") from None
    titles = (first_heading("".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown")
    return statements(next(filter(None, titles), path.stem), shown_markdown(cells))
