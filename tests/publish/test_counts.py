"""What a build starts: counts, which say the same on a busy machine."""

from __future__ import annotations

import re
from collections import Counter
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import small_project
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.publish.compile import Kept
from qualitybook.publish.typst import press

PAGES, FORMS = (f"qualitybook.publish.{name}" for name in ("processes", "compile"))
"""Modules that processes are started for: one that makes a page or fills in those that people write, and one that makes
forms."""
WRITTEN = 1
"""Processes that fill in the pages of a language that people write."""
SET, PACKED = "press.py", "packing.py"
"""Programs that are run for each PDF."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return the counts of the processes that are started, by their module."""
    counts: Counter[str] = Counter()
    start = BaseProcess.start

    def counted(process: Any) -> None:
        if process._target.__name__ == "_run":
            counts[process._args[0]] += 1
        start(process)

    monkeypatch.setattr(BaseProcess, "start", counted)
    run = press.run

    def counted_run(command: list[str], environment: dict[str, str]) -> tuple[str, str]:
        # Nothing that Typst could do without is left beside it.
        assert forkserver._forkserver._forkserver_pid is None
        counts[Path(command[2]).name] += 1
        return run(command, environment)

    monkeypatch.setattr(press, "run", counted_run)
    return counts


def built(*options: str) -> tuple[int, int]:
    """Build, and return how many pages there are and how many were made."""
    result = CliRunner().invoke(cli.main, ["build", "--lang", "en", *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    pages = re.findall(r"^pages \d+/(\d+): (.*)$", result.output, re.MULTILINE)
    return len(pages), sum(said.endswith(": made") for _, said in pages)


def test_a_build_starts_a_process_a_page_two_for_its_forms_and_typst_for_each_printed_one_and_then_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: Counter[str]
) -> None:
    monkeypatch.chdir(small_project.write_project(tmp_path))
    pages, made = built()
    assert made == pages
    # All printed forms come of one reading; and the settings are tried on a book of one page before any other is made.
    assert started == {PAGES: pages + WRITTEN, FORMS: 3, SET: 3, PACKED: 3}
    started.clear()
    built()
    assert started == {}
    observations = Path("data/observations.csv")
    text = observations.read_text(encoding="utf-8")
    observations.write_text(text.replace("83.5", "83.6", 1), encoding="utf-8")
    is_good, carried = Kept._is_good, []
    monkeypatch.setattr(Kept, "_is_good", lambda kept: carried.append(is_good(kept)) or carried[-1])
    pages, made = built()
    assert 0 < made < pages
    assert started == {PAGES: made + WRITTEN, FORMS: 2, SET: 3, PACKED: 3}
    # Sphinx reads the pages again that have changed, and no others.
    assert carried == [True, True]
    started.clear()
    words = Path("book/en/preface.md")
    words.write_text(words.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    assert built("--html")[1] == 0
    assert started == {PAGES: WRITTEN, FORMS: 1}
