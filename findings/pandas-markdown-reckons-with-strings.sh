#!/usr/bin/env bash
# pandas 3.1 with tabulate 0.10: to_markdown prints another text than the one in the cell, although the column is of strings
#
# One would guess: a column of the type str is printed as it is, since pandas knows its type; whoever keeps figures as text
# does so to keep "98.50" and the code "3E5".
# What happens: pandas hands the cells to tabulate without their type, and tabulate reads numbers out of strings. The zero is
# gone, and the code has become 300000. disable_numparse=True keeps both.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pandas==3.1.1 tabulate==0.10.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import pandas as pd

print("pandas", version("pandas"), "tabulate", version("tabulate"))
table = pd.DataFrame({"code": ["3E5", "7A1"], "rate": ["98.50", "97.10"], "only": ["3E5", "1.10"]}, dtype="str")
assert [str(kind) for kind in table.dtypes] == ["str"] * 3
text = table.to_markdown(index=False)
kept = table.to_markdown(index=False, disable_numparse=True)
print(text, kept, sep="\n\n")
assert "98.50" not in text and "98.5" in text
assert "300000" in text and "1.10" not in text
assert "98.50" in kept and "1.10" in kept and "300000" not in kept
PY
