#!/usr/bin/env bash
# frictionless 5.21: an empty cell in a primary key of two fields is valid, and every database refuses the table
#
# One would guess: fields of a primary key are never empty, as in SQL, so validate() names an empty one whether the key
# has one field or two.
# What happens: it complains only where all fields of the key are empty. With one of two empty the package is valid, and
# DuckDB, given the declared key, refuses the row.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet frictionless==5.21.0 duckdb==2.0.1
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

import duckdb

whole = told(package("1,a,x\n,b,y\n", primaryKey=["id"]))
half = told(package("1,a,x\n1,,y\n", primaryKey=["id", "part"]))
print("key of one field, empty:", whole)
print("key of two fields, one empty:", half)
assert whole[0] is False
assert half == (True, [])
database = duckdb.connect()
database.execute("CREATE TABLE t (id INTEGER, part VARCHAR, code VARCHAR, PRIMARY KEY (id, part))")
try:
    database.execute("INSERT INTO t SELECT * FROM read_csv('t.csv', header = true)")
    raise SystemExit("duckdb takes it")
except duckdb.ConstraintException as error:
    print("duckdb", duckdb.__version__, error)
PY
