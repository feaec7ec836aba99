#!/usr/bin/env bash
# Python's ElementTree: {*}name finds elements of any namespace in find and findall, and nothing in iter
#
# One would guess: the wildcard for a namespace that find(), findall() and iterfind() have works in iter(), which takes a
# tag as well, as it does in lxml; or that iter() refuses it.
# What happens: iter() compares it as text, so that it never matches and the loop is silently empty. Code that was
# written for lxml reads nothing from documents whose namespaces vary.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet lxml==6.0.2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import platform
from importlib.metadata import version
from xml.etree import ElementTree

from lxml import etree

print("python", platform.python_version(), "lxml", version("lxml"))
SOURCE = '<a xmlns="urn:one"><b>x</b><c><b>y</b></c></a>'
own, other = ElementTree.fromstring(SOURCE), etree.fromstring(SOURCE)
found = {
    "findall": [each.text for each in own.findall(".//{*}b")],
    "iter": [each.text for each in own.iter("{*}b")],
    "iter of lxml": [each.text for each in other.iter("{*}b")],
}
print(found)
assert found == {"findall": ["x", "y"], "iter": [], "iter of lxml": ["x", "y"]}
PY
