#!/usr/bin/env bash
# pandoc 3.9: what a notebook's cell shows as Markdown is left out of Word and HTML, without a word
#
# One would guess: pandoc reads Markdown better than anything else, so a result of the type text/markdown, which Jupyter
# typesets, becomes paragraphs and tables as the notebook's own text does.
# What happens: text in Markdown cells is converted, results in Markdown become a raw block that only Markdown writers
# keep. Word and HTML get nothing in its place, the exit code is 0 and no warning is given. A plain text beside it in the
# same result is shown instead.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pypandoc-binary==1.17 nbformat==5.10.4
cd "$work"
"$work/venv/bin/python" - <<'PY'
import subprocess
from importlib.metadata import version

import nbformat
import pypandoc
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def converted(to, **data):
    """Return what pandoc makes of a notebook with a text and one result, and what it says."""
    result = new_output("display_data", data={name.replace("_", "/"): text for name, text in data.items()})
    cells = [new_markdown_cell("Own *text*.", id="a"), new_code_cell("show()", outputs=[result], id="b")]
    nbformat.write(new_notebook(cells=cells), "made.ipynb")
    command = [pypandoc.get_pandoc_path(), "made.ipynb", "-o", f"made.{to}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    shown = subprocess.run([command[0], f"made.{to}", "-t", "plain"], capture_output=True, text=True, check=True).stdout
    return shown, said


print("pandoc", pypandoc.get_pandoc_version(), "nbformat", version("nbformat"))
for to in ("docx", "html"):
    shown, said = converted(to, text_markdown="The result is **12.5**.")
    print(f"{to}, Markdown alone: {' / '.join(shown.split())!r}, said {said!r}")
    assert "Own text." in shown
    assert "12.5" not in shown
    assert said == ""
    shown, _ = converted(to, text_markdown="The result is **12.5**.", text_plain="plainly 12.5")
    print(f"{to}, with plain text: {' / '.join(shown.split())!r}")
    assert "plainly 12.5" in shown
PY
