#!/usr/bin/env bash
# CPython 3.11 on Linux with python-dotenv 1.1: a program that inherits its environment may fail with "Bad address"
#
# One would guess: `subprocess.run(["true"])` is safe beside a thread that reads settings with `load_dotenv`: the child
# gets the variables as they were at one moment, an old or a new value at the worst.
# What happens: the child is started by vfork and shares the parent's memory until it has become the program. Without
# `env=` it hands the C library's own list of variables to the kernel, while the other thread, which is not stopped,
# moves that list: now and then execve finds a stale pointer, and `run` raises OSError 14, naming the program, which is
# there. With `env=` given, or without vfork, it does not happen.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet python-dotenv==1.1.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import errno
import io
import os
import platform
import subprocess
import threading
from importlib.metadata import version

from dotenv import load_dotenv

print("Python", platform.python_version(), "python-dotenv", version("python-dotenv"), platform.libc_ver())
ended = threading.Event()


def read_settings():
    turn = 0
    while not ended.is_set():
        turn += 1
        load_dotenv(stream=io.StringIO(f"SETTING_{turn % 500}={'x' * (turn % 40)}\n"), override=True)
        os.environ.pop(f"SETTING_{turn * 7 % 500}", None)


def failures(most, **options):
    found = 0
    for _ in range(most):
        try:
            subprocess.run(["/bin/true"], check=True, **options)
        except OSError as error:
            assert error.errno == errno.EFAULT, error
            print("  ", error)
            found += 1
            break
    return found


threading.Thread(target=read_settings, daemon=True).start()
print("variables inherited:")
inherited = failures(20_000)
print("variables given:")
given = failures(500, env={"PATH": os.environ["PATH"]})
subprocess._USE_VFORK = False
print("inherited, without vfork:")
forked = failures(500)
ended.set()
assert (inherited, given, forked) == (1, 0, 0), (inherited, given, forked)
PY
