#!/usr/bin/env bash
# CPython 3.11, multiprocessing's fork server with numpy preloaded: of two threads that await a process one hears 255
#
# One would guess: a process that ends with 0 has the exit code 0 for whoever waits for it, and to start another process
# in another thread has nothing to do with it; both are so with the start method "spawn".
# What happens: each start of a process asks first after all that were started before. The fork server writes how a
# process ended once into a pipe. Where a thread that waits for the end and one that starts a process ask at the same
# moment, one of them reads it, and the other finds the pipe empty and takes the process for lost: its exit code is 255
# for good. With four threads that start and await processes that was one in eight.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet numpy==2.3.5
cat > "$work/trial.py" <<'PY'
import multiprocessing
import sys
import threading
from collections import Counter
from importlib.metadata import version


def nothing():
    pass


def start_and_wait(context, codes, times):
    for _ in range(times):
        process = context.Process(target=nothing)
        process.start()
        process.join()
        codes[process.exitcode] += 1


def codes_of(method, number, times):
    codes = Counter()
    context = multiprocessing.get_context(method)
    running = [threading.Thread(target=start_and_wait, args=(context, codes, times)) for _ in range(number)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return dict(codes)


if __name__ == "__main__":
    print("Python", sys.version.split()[0], "numpy", version("numpy"))
    multiprocessing.set_forkserver_preload(["numpy"])
    alone, together = (codes_of("forkserver", number, 200) for number in (1, 4))
    spawned = codes_of("spawn", 4, 10)
    print(f"forkserver, one thread: exit codes {alone}")
    print(f"forkserver, four threads: exit codes {together}")
    print(f"spawn, four threads: exit codes {spawned}")
    assert set(alone) == set(spawned) == {0}
    assert set(together) == {0, 255}
PY
"$work/venv/bin/python" "$work/trial.py"
