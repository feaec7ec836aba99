#!/usr/bin/env bash
# importlib-metadata 10.2: importing it changes what the standard library's importlib.metadata returns
#
# One would guess: importlib_metadata is the same thing for older Pythons; a program that asks importlib.metadata gets
# the standard library's answers, whatever some other package (myst-nb, by way of jupyter-cache) imports besides.
# What happens: the import puts a finder of its own first and takes the standard library's away. From then on
# importlib.metadata.distribution() and entry_points() return objects of the other package: isinstance with the standard
# library's own classes is False, and a field that a package does not state, None before, is a KeyError
# (seen with Python 3.11). Which of the two a program meets depends on what was imported before it asks.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet importlib-metadata==10.2.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
import warnings
from importlib import metadata

print("Python", sys.version.split()[0], "- importlib-metadata", metadata.version("importlib-metadata"))
# Later Pythons warn of what they return here.
warnings.simplefilter("ignore", DeprecationWarning)


def asked(when):
    found = metadata.distribution("pip")
    scripts = metadata.entry_points(group="console_scripts")
    try:
        field = repr(metadata.metadata("pip")["Nowhere-Stated"])
    except KeyError as error:
        field = f"KeyError {error}"
    print(f"{when}: {type(found).__module__}, a field that is not stated: {field}")
    return isinstance(found, metadata.Distribution), isinstance(next(iter(scripts)), metadata.EntryPoint), field


assert asked("before the import") == (True, True, "None")
import importlib_metadata  # noqa: E402, F401

own, entry, field = asked("after the import ")
assert (own, entry) == (False, False)
assert field.startswith("KeyError")
PY
