#!/usr/bin/env bash
# openpyxl 3.1: of columns that were hidden together only the first is said to be hidden
#
# One would guess: column_dimensions[letter].hidden tells of each column whether a reader sees it, as row_dimensions does
# of rows, so that code which leaves out hidden columns may ask letter by letter.
# What happens: a file names neighbours with the same looks by one entry, and openpyxl keeps the entry under its first letter.
# Asked for the others it makes new, visible ones. Only min and max of the first tell.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet openpyxl==3.1.5 xlsxwriter==3.3.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import openpyxl
import xlsxwriter

print("openpyxl", version("openpyxl"), "xlsxwriter", version("xlsxwriter"))
with xlsxwriter.Workbook("table.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b", "c", "d", "e"])
    sheet.set_column("B:D", None, None, {"hidden": True})
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_row(2, None, None, {"hidden": True})
read = openpyxl.load_workbook("table.xlsx").active
columns = {letter: read.column_dimensions[letter].hidden for letter in "ABCDE"}
print(columns, read.column_dimensions["B"].min, read.column_dimensions["B"].max)
assert columns == {"A": False, "B": True, "C": False, "D": False, "E": False}
assert (read.column_dimensions["B"].min, read.column_dimensions["B"].max) == (2, 4)
assert read.row_dimensions[2].hidden and read.row_dimensions[3].hidden
PY
