"""Follow the tutorial on a copy of the project and write down what its commands really print.

``python tools/tutorial.py`` brings both languages' texts up to date; a test holds them to it. In a block ``console``
each line that begins with ``$`` is run and what follows is its output. A table row that names a sheet and a column is
entered into the workbook. Blocks of another kind (what takes minutes, or needs a browser) are not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TUTORIALS = tuple(ROOT / "docs" / "tutorial" / name for name in ("first-edition.md", "first-edition.zh-CN.md"))
NEEDED = ("_config.yml", "_toc.yml", "book", "notebooks", "examples", "data")
WORKBOOK = "new.xlsx"
HEADINGS_ROW, ENTRY_ROW = 2, 3

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Who follows the tutorial has built the book by then; here what takes minutes is not run.
NOT_BUILT = re.compile(r"note: the book \S+ has not been built")
ENTRY = re.compile(r"^\| `(observations|sources)` \| `([a-z_]+)` \| (.+?) \|", re.MULTILINE)


def main() -> None:
    """Write the real output into every tutorial."""
    for path in TUTORIALS:
        path.write_text(followed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def followed(text: str) -> str:
    """Return the tutorial with what its commands print when it is followed from the start."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in NEEDED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
        return "".join(_parts(text, folder))


def _parts(text: str, folder: Path) -> Iterator[str]:
    last = 0
    for block in _BLOCK.finditer(text):
        prose = text[last : block.start()]
        _enter(prose, folder / WORKBOOK)
        yield prose
        yield f"```console\n{_run(block[1], folder)}```"
        last = block.end()
    yield text[last:]


def _enter(prose: str, workbook: Path) -> None:
    """Enter what the tables of a piece of prose say into the first row of each sheet."""
    entries = ENTRY.findall(prose)
    if not entries:
        return
    from openpyxl import load_workbook

    book = load_workbook(workbook)
    for sheet, column, value in entries:
        names = [cell.value for cell in book[sheet][HEADINGS_ROW]]
        book[sheet].cell(ENTRY_ROW, names.index(column) + 1, value)
    book.save(workbook)


def _run(block: str, folder: Path) -> str:
    """Return a block with the real output of each of its commands."""
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{_output(command, folder)}" for command in commands)


def _output(command: str, folder: Path) -> str:
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]]), "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    lines = [line for line in (done.stdout + done.stderr).splitlines() if not NOT_BUILT.match(line)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    main()
