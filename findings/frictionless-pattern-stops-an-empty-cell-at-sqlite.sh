#!/usr/bin/env bash
# frictionless 5.21: a package that is valid cannot be published to SQLite where a field with a pattern may be empty
#
# One would guess: a constraint is asked of values, so what validate() passes, with its empty cells, publish() writes.
# What happens: publish() makes each pattern a check of the table, a function of Python in SQLite's case, which is called
# with None for an empty cell and raises; SQLite reports "user-defined function raised exception", naming neither field
# nor row. Without the pattern the same rows are written.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'frictionless[sql]==5.21.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import json
from pathlib import Path

import frictionless
from frictionless import Package


def package(rows, constraints=None, **keys):
    """Return a package of one table with these rows and keys."""
    Path("t.csv").write_text("id,part,code\n" + rows)
    fields = [
        {"name": "id", "type": "integer"},
        {"name": "part", "type": "string"},
        {"name": "code", "type": "string", "constraints": constraints or {}},
    ]
    table = {"name": "t", "path": "t.csv", "schema": {"fields": fields, **keys}}
    Path("datapackage.json").write_text(json.dumps({"name": "p", "resources": [table]}))
    return Package("datapackage.json")


def told(made):
    report = made.validate()
    return report.valid, [error.message for task in report.tasks for error in task.errors]


print("frictionless", frictionless.__version__)

ROWS = "1,a,AB\n2,b,\n"
made = package(ROWS, {"pattern": "[A-Z]+"})
print("validate:", told(made))
assert told(made) == (True, [])
try:
    made.publish("sqlite:///one.sqlite")
    raise SystemExit("the package was published")
except Exception as error:
    said = str(error).splitlines()[0]
    print(f"publish: {type(error).__name__}: {said}")
    assert "user-defined function raised exception" in said
package(ROWS).publish("sqlite:///two.sqlite")
print("published without the pattern:", Path("two.sqlite").stat().st_size > 0)
PY
