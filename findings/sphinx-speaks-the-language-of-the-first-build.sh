#!/usr/bin/env bash
# Sphinx 7.4: a second book in one process has the words of the first one's language
#
# One would guess: each application takes its words from its own setting language, so that an English and a German book
# that are built after a Chinese one, by the same script, say "Fig. 1" and "Abb. 1".
# What happens: the catalogs of all builds of a process are chained under one name, those of the first in front. The
# pages of the later books state their own language in the tag html and have Chinese captions and titles of notes within.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet sphinx==7.4.7
cd "$work"
"$work/venv/bin/python" - <<'PY'
import io
import re
from importlib.metadata import version
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

print("sphinx", version("sphinx"))
source = Path("source")
source.mkdir()
(source / "conf.py").write_text("numfig = True\n")
(source / "index.rst").write_text("T\n=\n\n.. table:: Caption\n\n   ==  ==\n   a   b\n   ==  ==\n\n.. note:: text\n")


def built(lang):
    """Return the language that a page states, the number of its table and the title of its note."""
    with patch_docutils(), docutils_namespace():
        streams = {"status": io.StringIO(), "warning": io.StringIO(), "confoverrides": {"language": lang}}
        Sphinx("source", "source", f"out-{lang}", f"trees-{lang}", "html", **streams).build(force_all=True)
    page = Path(f"out-{lang}", "index.html").read_text()
    patterns = (r'<html[^>]* lang="([^"]*)"', r'caption-number">([^<]*?) <', r'admonition-title">([^<]*)<')
    return tuple(re.search(pattern, page)[1] for pattern in patterns)


found = {lang: built(lang) for lang in ("zh_CN", "en", "de")}
print(found)
assert found["zh_CN"][0] == "zh-CN"
assert [found[lang][0] for lang in ("en", "de")] == ["en", "de"]
assert found["en"][1:] == found["de"][1:] == found["zh_CN"][1:]
assert re.search("[\u4e00-\u9fff]", "".join(found["de"][1:]))
PY
