#!/usr/bin/env bash
# docutils 0.21: with typographic quotes a text that tells of an entity, such as &#34;, shows the sign instead
#
# One would guess: reStructuredText knows no entities, so "&#34;" in a paragraph is five letters, and the writer escapes the
# "&". Typographic quotes (smart_quotes, on in Sphinx by default) change quotation marks, dashes and dots that are typed.
# What happens: the rules for quotes read the entities of six signs that they care for (a backslash, both quotation marks,
# a dot, a hyphen, a backquote) and put the sign in their place. Other entities (&#38;, &lt;) stay. A page on how to write
# a quotation mark in HTML no longer says how.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet docutils==0.21.2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import docutils
from docutils.core import publish_doctree

print("docutils", docutils.__version__)
for entity in ("&#92;", "&#34;", "&#39;", "&#46;", "&#45;", "&#96;", "&#38;", "&lt;"):
    source = f"Write {entity} there."
    shown = [
        publish_doctree(source, settings_overrides={"smart_quotes": quotes}).astext() for quotes in (False, True)
    ]
    print(entity, shown)
    assert shown[0] == source
    assert (shown[1] == source) == (entity in ("&#38;", "&lt;"))
PY
