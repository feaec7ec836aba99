#!/usr/bin/env bash
# openpyxl 3.1: a line end of Windows in a cell is read as the letters _x000D_, though openpyxl knows how to undo them
#
# One would guess: what one library writes into a cell, another reads from it. XML cannot hold a carriage return (and some
# other signs) in a text as it is, so a workbook writes its number between "_x" and "_"; a spreadsheet shows the sign.
# What happens: openpyxl leaves the seven letters in the value, in shared and in inline texts, and pandas, which reads with
# it, passes them on. openpyxl.utils.escape.unescape, which its own reader of cells does not call, gives the text that was
# written.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet openpyxl==3.1.5 xlsxwriter==3.3.1 pandas==3.0.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.utils.escape import unescape

print("openpyxl", version("openpyxl"), "xlsxwriter", version("xlsxwriter"), "pandas", version("pandas"))
written = "first line\r\nsecond line"
for name, options in {"shared": {}, "inline": {"in_memory": False, "constant_memory": True}}.items():
    with xlsxwriter.Workbook(f"{name}.xlsx", options) as book:
        book.add_worksheet().write_string(0, 0, written)
    read = openpyxl.load_workbook(f"{name}.xlsx").active["A1"].value
    by_pandas = pd.read_excel(f"{name}.xlsx", header=None).iloc[0, 0]
    print(name, repr(read), repr(by_pandas), repr(unescape(read)))
    assert read == by_pandas == "first line_x000D_\nsecond line"
    assert unescape(read) == written
PY
