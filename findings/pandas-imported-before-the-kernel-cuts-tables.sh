#!/usr/bin/env bash
# pandas 3.1 with ipykernel 7.4: a table in a notebook loses columns where pandas was imported before the kernel began
#
# One would guess: what a cell shows depends on the cell, the data and pandas' options, which nobody set; a kernel that has
# pandas loaded already, to start sooner or because it is a fork of a process that has, shows the same a little earlier.
# What happens: on import pandas asks once whether it is in a terminal, and chooses display.max_columns by that: 20 in a
# kernel, 0 ("as many as the terminal is wide", taken to be 80 signs) elsewhere. Imported a moment before the kernel it
# keeps 0, and the same cell prints "..." in place of columns, in the text that notebooks, PDFs and comparisons take.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pandas==3.1.1 ipykernel==7.4.0 nbclient==0.11.0 nbformat
JUPYTER_PATH="$work" JUPYTER_PLATFORM_DIRS=1 IPYTHONDIR="$work/ipython" "$work/venv/bin/python" - "$work" <<'PY'
import json
import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient

print("pandas", version("pandas"), "ipykernel", version("ipykernel"))
START = "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
KERNELS = {"plain": START, "preloaded": f"import pandas; {START}"}
CELL = """\
import pandas as pd
pd.DataFrame([range(9)], columns=[f"a_column_with_a_name_{number}" for number in range(9)])
"""


def shown(kernel, program):
    """Return the text that a kernel shows of a table of nine columns."""
    folder = Path(sys.argv[1], "kernels", kernel)
    folder.mkdir(parents=True)
    spec = {"argv": [sys.executable, "-c", program, "-f", "{connection_file}"], "display_name": kernel, "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, kernel_name=kernel, timeout=120).execute()
    return notebook.cells[0].outputs[0].data["text/plain"]


texts = {kernel: shown(kernel, program) for kernel, program in KERNELS.items()}
for kernel, text in texts.items():
    print(f"-- {kernel}\n{text}")
assert all(f"_{number}" in texts["plain"] for number in range(9)), texts["plain"]
assert "..." in texts["preloaded"] and "_4" not in texts["preloaded"], texts["preloaded"]
PY
