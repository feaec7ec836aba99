#!/usr/bin/env bash
# pandas 3.1: read_html reads 98.5 with the raised mark of a note 1 as the number 98.51
#
# One would guess: the tables of statistical offices, with their notes, come in as text where a cell has more than a
# number, so that a column with marks is seen to be no column of numbers.
# What happens: what the tags sup and sub hold is joined to the digits before it. The column is of floats, and the figure is
# another; nothing tells which cells had a mark. A line break, in contrast, is kept as a blank.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pandas==3.1.1 lxml==6.1.3
cd "$work"
"$work/venv/bin/python" - <<'PY'
import io
from importlib.metadata import version

import pandas as pd

print("pandas", version("pandas"), "lxml", version("lxml"))
page = (
    "<table><tr><th>year</th><th>rate</th></tr>"
    "<tr><td>2023</td><td>97.4</td></tr><tr><td>2024</td><td>98.5<sup>1</sup></td></tr></table>"
)
(table,) = pd.read_html(io.StringIO(page))
print(table, table.dtypes, sep="\n")
assert str(table["rate"].dtype) == "float64"
assert table["rate"].tolist() == [97.4, 98.51]
PY
