#!/usr/bin/env bash
# Sphinx 7.4: the search index that readers load names the extensions that the pages were read with
#
# One would guess: renaming a module of an own extension, nothing else, leaves every published file as it was, since no
# page says what it was made with; and searchindex.js holds words, titles and addresses.
# What happens: an extension that states env_version, as each must that keeps something between builds, is listed in
# searchindex.js under its module's name with that version. A renamed module changes the published bytes, and the names of
# private modules are public.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet sphinx==7.4.7
mkdir "$work/docs"
printf 'Title\n=====\n\nwords\n' > "$work/docs/index.rst"
for name in first_name second_name; do
    printf 'def setup(app):\n    return {"env_version": 3}\n' > "$work/docs/$name.py"
    printf 'import pathlib, sys\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\nextensions = ["%s"]\nexclude_patterns = ["*.py"]\n' "$name" > "$work/docs/conf.py"
    "$work/venv/bin/python" -m sphinx -q -b html "$work/docs" "$work/$name"
    rm -rf "$work/docs/__pycache__"
done
"$work/venv/bin/python" - "$work" <<'PY'
import sys
from importlib.metadata import version
from pathlib import Path

print("sphinx", version("sphinx"))
indices = {name: Path(sys.argv[1], name, "searchindex.js").read_text() for name in ("first_name", "second_name")}
pages = {name: Path(sys.argv[1], name, "index.html").read_text() for name in indices}
for name, index in indices.items():
    start = index.index("envversion")
    print(f"{name}: {index[start:index.index('}', start) + 1]}")
    assert f'"{name}": 3' in index or f"{name}:3" in index, index
assert pages["first_name"] == pages["second_name"]
assert indices["first_name"] != indices["second_name"]
PY
