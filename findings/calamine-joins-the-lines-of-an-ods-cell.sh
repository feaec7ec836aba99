#!/usr/bin/env bash
# python-calamine 0.9: a line break in a cell of an OpenDocument table vanishes, and two years are one number
#
# One would guess: pandas reads the same text from a file whichever engine it is told to take; and calamine keeps the line
# break, as it does between two paragraphs of such a cell and in workbooks of Excel.
# What happens: the element for a line break is passed over without a blank in its place. "2024" above "2025" is 20242025,
# which is still made of digits only; the engine odf gives two lines.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet python-calamine==0.9.1 odfpy==1.4.1 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P

print("python-calamine", version("python-calamine"), "odfpy", version("odfpy"), "pandas", version("pandas"))


def cell(*paragraphs):
    made = TableCell(valuetype="string")
    for paragraph in paragraphs:
        made.addElement(paragraph)
    return made


broken = P(text="2024")
broken.addElement(LineBreak())
broken.addText("2025")
book, sheet = OpenDocumentSpreadsheet(), Table(name="years")
for each in (cell(P(text="years")), cell(broken), cell(P(text="2024"), P(text="2025"))):
    row = TableRow()
    row.addElement(each)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save("years.ods")
found = {engine: pd.read_excel("years.ods", engine=engine)["years"].tolist() for engine in ("odf", "calamine")}
print(found)
assert found["odf"] == ["2024\n2025", "2024\n2025"]
assert [str(text) for text in found["calamine"]] == ["20242025", "2024\n2025"]
PY
