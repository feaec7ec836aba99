#!/usr/bin/env bash
# sphinx-external-toc 1.1.0 with Sphinx 7.4.7: in a folder whose path has brackets, pages outside the contents are built
#
# One would guess: `external_toc_exclude_missing` leaves out every file that _toc.yml does not name, wherever the book
# lies; the name of a folder above it is no part of the question.
# What happens: the files to leave out are looked for with a pattern whose beginning is the book's own path. In
# "book [2025]" the brackets stand for one of four digits, no file is found, nothing is left out, and the draft is a
# page of the site, told only as a document in no toctree. The same book in "book 2025" has no such page.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet sphinx==7.4.7 sphinx-external-toc==1.1.0
"$work/venv/bin/python" - "$work" <<'PY'
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

print("sphinx-external-toc", version("sphinx-external-toc"), "sphinx", version("sphinx"))


def built(folder: Path) -> tuple[list[str], str]:
    folder.mkdir()
    (folder / "conf.py").write_text('extensions = ["sphinx_external_toc"]\nexternal_toc_exclude_missing = True\n')
    (folder / "_toc.yml").write_text("root: index\n")
    (folder / "index.rst").write_text("Index\n=====\n")
    (folder / "draft.rst").write_text("Draft\n=====\n")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--no-color", "-b", "html", folder, folder / "_site"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    pages = {"index.html", "draft.html"} & {path.name for path in (folder / "_site").iterdir()}
    return sorted(pages), told.replace(f"{folder}/", "").strip()


work = Path(sys.argv[1])
plain, quiet = built(work / "book 2025")
bracketed, said = built(work / "book [2025]")
print("book 2025:  ", plain, repr(quiet))
print("book [2025]:", bracketed, repr(said))
assert plain == ["index.html"] and not quiet, (plain, quiet)
assert bracketed == ["draft.html", "index.html"] and said.endswith("isn't included in any toctree"), (bracketed, said)
PY
