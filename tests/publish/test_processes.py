"""Processes of a build: their environment, their log, and that nothing of them outlives who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import eventually, is_alive

from qualitybook.publish import processes
from qualitybook.publish.processes import ended, start, worker_pool

PROGRAM = """\
import os, sys, time
def main(place, status):
    print("dropped")
    print("größer 大", os.environ["WORD"], os.environ.get("TZ"), hash("x"), file=sys.stderr)
    if place is not None:
        with open(place, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(300)
    sys.exit(status)
"""
STARTER = """\
import os, sys
from pathlib import Path
from qualitybook.publish.processes import start
if __name__ == "__main__":
    folder = Path({folder!r})
    sys.path.insert(0, str(folder))
    start("program", (folder / "pid", 0), {{**os.environ, "WORD": "w"}}, log=folder / "log").join()
"""
EARLY = """\
import signal
from multiprocessing import forkserver
from pathlib import Path
from qualitybook.publish.processes import start_early
before = signal.getsignal(signal.SIGINT)
start_early()
status = Path("/proc", str(forkserver._forkserver._forkserver_pid), "status").read_text()
(ignored,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigIgn"))
print(bool(int(ignored, 16) & 1 << signal.SIGINT - 1), signal.getsignal(signal.SIGINT) == before)
"""
POOL = """\
import os, time
from qualitybook.publish.processes import local_pool
def work():
    os.write(1, b"%d\\n" % os.getpid())  # at once: printed, number and line end of two workers may mix
    time.sleep(300)
if __name__ == "__main__":
    with local_pool(2, plain={plain}) as pool:
        for run in [pool.submit(work) for _ in range(2)]:
            run.result()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a program, which is found there."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_program_gets_its_environment_and_its_log(folder: Path) -> None:
    before = dict(os.environ)
    logs = [folder / "first", folder / "second"]
    for status, log in enumerate(logs):
        process = start("program", (None, status), {"WORD": "yes", "TZ": "Asia/Shanghai"}, log=log)
        process.join()
        assert process.exitcode == status
    said = [log.read_text(encoding="utf-8") for log in logs]
    assert said[0].startswith("größer 大 yes Asia/Shanghai ")
    assert said[0] == said[1], "the seed of hashes is not fixed"
    assert dict(os.environ) == before


def test_an_error_of_a_program_is_in_its_log(folder: Path) -> None:
    process = start("program", (), {}, log=folder / "log")
    process.join()
    assert process.exitcode == 1
    assert "TypeError" in (folder / "log").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes live")
def test_a_program_ends_with_who_started_it_even_when_that_is_killed(folder: Path) -> None:
    (folder / "starter.py").write_text(STARTER.format(folder=str(folder)), encoding="utf-8")
    with subprocess.Popen([sys.executable, str(folder / "starter.py")]) as starter:
        assert eventually(lambda: (folder / "pid").is_file() and (folder / "pid").read_text(encoding="utf-8") != "")
        program = int((folder / "pid").read_text(encoding="utf-8"))
        assert is_alive(program)
        starter.kill()
    assert eventually(lambda: not is_alive(program))


def test_workers_have_the_environment_of_who_made_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("one", "two"):
        monkeypatch.setenv("WORD", word)
        with worker_pool(1) as pool:
            assert pool.submit(os.getenv, "WORD").result() == word


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes live")
@pytest.mark.parametrize("plain", [False, True])
def test_workers_end_with_who_started_them_even_when_it_is_killed(tmp_path: Path, plain: bool) -> None:
    (tmp_path / "starter.py").write_text(POOL.format(plain=plain), encoding="utf-8")
    with subprocess.Popen([sys.executable, tmp_path / "starter.py"], stdout=subprocess.PIPE, text=True) as starter:
        try:
            assert starter.stdout is not None
            workers = [int(starter.stdout.readline()) for _ in range(2)]
            assert len(set(workers)) == 2
            assert all(is_alive(worker) for worker in workers)
        finally:
            starter.kill()
    assert eventually(lambda: not any(is_alive(worker) for worker in workers))


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="asks the system's folder of processes")
def test_what_is_imported_early_leaves_an_interrupt_to_the_build_from_its_first_moment() -> None:
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


WORDLESS = """
from qualitybook.report import i18n
i18n.LANGUAGES["xx"] = i18n.Language("xx", "xx", "xx", "Wordless", ",", ",", ".", ":", ";", "(", ")")
from qualitybook.publish import preloaded
from qualitybook.report.theme import font_families
print(font_families.cache_info().currsize, i18n.translator.cache_info().currsize)
"""


def test_a_language_without_words_yet_does_not_end_what_others_are_forked_from() -> None:
    done = subprocess.run([sys.executable, "-c", WORDLESS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "2"]


def test_threads_that_start_and_await_processes_hear_how_each_ended(folder: Path) -> None:
    """One in eight was taken for lost, with an exit code of 255, when each thread asked for itself."""

    def code_of(status: int) -> int:
        return ended(start("program", (None, status), {**os.environ, "WORD": "w"}, log=folder / "log"))

    asked = [number % 3 for number in range(160)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(code_of, asked)) == asked


def test_a_program_ends_when_who_waits_for_it_gives_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = start("program", (folder / "pid", 0), {**os.environ, "WORD": "w"}, log=folder / "log")
    eventually((folder / "pid").exists)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(processes, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ended(program)
    monkeypatch.undo()
    assert ended(program) == -signal.SIGKILL


def test_a_program_whose_folder_is_gone_ends_without_a_word(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = start("program", (None, 0), {**os.environ, "WORD": "w"}, log=folder / "gone/log")
    assert ended(program) == 1
    assert capfd.readouterr().err == ""
