#!/usr/bin/env bash
# duckdb 2.0: rows that refer to their own table are refused in one statement, parents first or not
#
# One would guess: a foreign key is checked when a statement ends, or at least row by row in the order given, so that a
# tree of places is loaded by one INSERT whose parents come first; SQLite takes it in any order.
# What happens: the check asks the rows that were there before the statement. A parent and its child in one INSERT are
# refused even with the parent first; in two statements of one transaction they are taken.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet duckdb==2.0.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sqlite3

import duckdb

print("duckdb", duckdb.__version__, "sqlite", sqlite3.sqlite_version)
TABLE = "CREATE TABLE place (id VARCHAR PRIMARY KEY, parent VARCHAR REFERENCES place (id))"
PARENT, CHILD = "('country', NULL)", "('city', 'country')"

light = sqlite3.connect(":memory:")
light.execute("PRAGMA foreign_keys = ON")
light.execute(TABLE)
light.execute(f"INSERT INTO place VALUES {CHILD}, {PARENT}")
print("sqlite, child first:", light.execute("SELECT count(*) FROM place").fetchone())
assert light.execute("SELECT count(*) FROM place").fetchone() == (2,)

heavy = duckdb.connect()
heavy.execute(TABLE)
try:
    heavy.execute(f"INSERT INTO place VALUES {PARENT}, {CHILD}")
    raise SystemExit("duckdb takes both in one statement")
except duckdb.ConstraintException as error:
    print("duckdb, parent first:", error)
heavy.execute("BEGIN")
for row in (PARENT, CHILD):
    heavy.execute(f"INSERT INTO place VALUES {row}")
heavy.execute("COMMIT")
print("duckdb, two statements:", heavy.execute("SELECT count(*) FROM place").fetchone())
assert heavy.execute("SELECT count(*) FROM place").fetchone() == (2,)
PY
