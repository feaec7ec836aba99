#!/usr/bin/env bash
# CPython 3.11 on Linux, multiprocessing's fork server with pandas preloaded: Ctrl-C in its first second is a traceback
#
# One would guess: the fork server is made to ignore Ctrl-C, so a program that catches KeyboardInterrupt ends with the one
# line that it prints itself.
# What happens: the server imports what it was told to preload before it ignores the signal. Whoever presses Ctrl-C while
# it imports, which takes seconds for large libraries, kills it and reads its traceback, from the midst of some library,
# under the program's own word. Where the starter ignores the signal for as long as it starts the server, the server
# leaves it alone from its first moment, and the starter hears it as before.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pandas==2.3.3
cd "$work"
cat > heavy.py <<'PY'
import time
from pathlib import Path

Path("begun").touch()
import pandas  # noqa: F401
time.sleep(2)
PY
cat > program.py <<'PY'
import signal
import sys
import time
from multiprocessing import forkserver

heard = signal.signal(signal.SIGINT, signal.SIG_IGN) if sys.argv[1] == "shielded" else None
forkserver.set_forkserver_preload(["heavy"])
forkserver.ensure_running()
if heard:
    signal.signal(signal.SIGINT, heard)
try:
    time.sleep(30)
except KeyboardInterrupt:
    print("ended by the user", file=sys.stderr, flush=True)
PY
cat > trial.py <<'PY'
import os
import platform
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

print("Python", platform.python_version(), "pandas", version("pandas"))
outcome = {}
for way in ("plain", "shielded"):
    Path("begun").unlink(missing_ok=True)
    command = [sys.executable, "program.py", way]
    program = subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not Path("begun").exists():
        time.sleep(0.01)
    # The starter is at rest, the server imports: as a terminal does, all of them are told.
    time.sleep(0.2)
    os.killpg(program.pid, signal.SIGINT)
    said = program.communicate(timeout=60)[1].splitlines()
    outcome[way] = [line for line in said if line in ("ended by the user", "KeyboardInterrupt")]
    print(f"{way}: {len(said)} lines, of them {outcome[way]}")
assert sorted(outcome["plain"]) == ["KeyboardInterrupt", "ended by the user"], outcome
assert outcome["shielded"] == ["ended by the user"], outcome
PY
"$work/venv/bin/python" trial.py
