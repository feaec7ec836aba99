#!/usr/bin/env bash
# frictionless 5.21: uniqueKeys of a schema are passed over, so rows that break them are valid
#
# One would guess: uniqueKeys stands in Table Schema beside primaryKey, and validate() checks both, or says that it does
# not know one of them.
# What happens: two equal rows break a primaryKey and are named; the same two rows under uniqueKeys are valid, without a
# note or a warning.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet frictionless==5.21.0
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

ROWS = "3,x,a\n3,x,b\n"
primary = told(package(ROWS, primaryKey=["id", "part"]))
unique = told(package(ROWS, uniqueKeys=[["id", "part"]]))
print("primaryKey:", primary)
print("uniqueKeys:", unique)
assert primary[0] is False
assert unique == (True, [])
assert package(ROWS, uniqueKeys=[["id", "part"]]).get_resource("t").schema.to_dict()["uniqueKeys"] == [["id", "part"]]
PY
