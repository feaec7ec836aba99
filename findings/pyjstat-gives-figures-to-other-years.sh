#!/usr/bin/env bash
# pyjstat 2.4: figures of a table whose rows are in another order come out under other years
#
# One would guess: Dataset.read puts each figure of a data frame where its row says, by place and year, as JSON-stat is a
# cube whose cells are found by their categories; or it refuses rows that are not in order.
# What happens: the categories are listed as they first occur, and the figures are taken over row by row. Where one place
# has its years upwards and another downwards, the figures of the second are exchanged. No error, no warning, and the
# number of figures is right.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pyjstat==2.4.0 pandas==2.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import pandas as pd
from pyjstat import pyjstat

print("pyjstat", version("pyjstat"), "pandas", version("pandas"))
rows = [("North", "2024", 24), ("North", "2023", 23), ("South", "2023", 13), ("South", "2024", 14)]
table = pd.DataFrame(rows, columns=["area", "year", "value"])
back = pyjstat.Dataset.read(table).write("dataframe")
found = {(area, year): value for area, year, value in back.itertuples(index=False)}
print(table, back, sep="\n\n")
assert found["North", "2023"] == 23 and found["North", "2024"] == 24
assert found["South", "2023"] == 14 and found["South", "2024"] == 13, found
assert pyjstat.Dataset.read(table.sort_values(["area", "year"])).write("dataframe")["value"].tolist() == [23, 24, 13, 14]
PY
