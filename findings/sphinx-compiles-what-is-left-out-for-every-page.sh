#!/usr/bin/env bash
# sphinx 7.4, sphinx-external-toc 1.1: files left out of the contents cost time on each page, a jump beyond 512
#
# One would guess: what the contents do not name is passed over once, when Sphinx looks for its sources, and costs
# nothing afterwards; 600 files passed over cost half as much again as 400.
# What happens: sphinx-external-toc makes each file that `_toc.yml` does not name a pattern of `exclude_patterns`, and
# Sphinx makes matchers of all of them again for each tree of contents that it resolves, on each page that it writes.
# Python keeps the newest 512 regular expressions: with 400 patterns the trees of contents find theirs kept, with 600
# hundreds are compiled anew for each page. One pattern for a folder of such files, with `external_toc_exclude_missing` off,
# spares it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cat > "$work/trial.py" <<'PY'
import re
import sys
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from sphinx.application import Sphinx

compiled = 0
compile_pattern = re._compiler.compile


def counted(*arguments):
    global compiled
    compiled += 1
    return compile_pattern(*arguments)


re._compiler.compile = counted


def patterns_compiled(folder, left_out, pages):
    global compiled
    folder.mkdir()
    names = [f"page{number}" for number in range(pages)]
    for name in ["index", *names, *(f"left{number}" for number in range(left_out))]:
        (folder / f"{name}.rst").write_text(f"{name}\n{'=' * len(name)}\n")
    listed = "".join(f"- file: {name}\n" for name in names)
    (folder / "_toc.yml").write_text(f"root: index\nentries:\n{listed}")
    settings = {"extensions": ["sphinx_external_toc"], "external_toc_exclude_missing": True}
    app = Sphinx(folder, None, folder / "out", folder / "trees", "html", settings, status=None, warning=StringIO())
    compiled = 0
    app.build()
    return compiled


print("sphinx", version("sphinx"), "sphinx-external-toc", version("sphinx-external-toc"))
work = Path(sys.argv[1])
found = {}
for left_out in (400, 600):
    for pages in (5, 10):
        found[left_out, pages] = patterns_compiled(work / f"{left_out}-{pages}", left_out, pages)
        print(f"{left_out} files left out, {pages} pages: {found[left_out, pages]} regular expressions compiled")
few, many = (found[left_out, 10] - found[left_out, 5] for left_out in (400, 600))
print(f"for five pages more: {few} with 400 files left out, {many} with 600")
assert few < 50 and many > 1000, (few, many)
PY
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet sphinx==7.4.7 sphinx-external-toc==1.1.0
"$work/venv/bin/python" "$work/trial.py" "$work"
