#!/usr/bin/env bash
# papermill 2.7: a tuple reaches the notebook as a text, while the notebook's own record of parameters says a list
#
# One would guess: a tuple is injected as a tuple or as a list, which JSON makes of it, or refused as numpy's numbers
# are, of which the record cannot be written.
# What happens: only Python's plain types, lists and dicts are translated; anything else is put in quotes. The cell gets
# "(2020, 2025)", over which a loop runs sign by sign, and `len` is 12; the metadata under `papermill` hold [2020, 2025].
# Nothing warns.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet papermill==2.7.0 ipykernel==7.1.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import nbformat
import papermill

cells = [
    nbformat.v4.new_code_cell("years = []", metadata={"tags": ["parameters"]}),
    nbformat.v4.new_code_cell("print(type(years).__name__, len(years))"),
]
spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), "page.ipynb")
print("papermill", version("papermill"))


def given(years):
    papermill.execute_notebook("page.ipynb", "made.ipynb", {"years": years}, progress_bar=False)
    made = nbformat.read("made.ipynb", as_version=4)
    return made.cells[-1].outputs[0].text.strip(), made.metadata.papermill.parameters.years


of_list, of_tuple = given([2020, 2025]), given((2020, 2025))
print("a list:", of_list)
print("a tuple:", of_tuple)
assert of_list == ("list 2", [2020, 2025]), of_list
assert of_tuple == ("str 12", [2020, 2025]), of_tuple
PY
