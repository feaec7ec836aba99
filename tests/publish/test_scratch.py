"""Folders for what is not finished, and one build at a time: what holds when processes are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qualitybook.evidence.store import locked
from qualitybook.publish.scratch import alone_in, lock_file, remove_abandoned, scratch_folder

IN_SCRATCH = """\
import time
from pathlib import Path
from qualitybook.publish.scratch import scratch_folder
with scratch_folder(Path({parent!r}), "qb-") as folder:
    (folder / "half").write_text("half")
    print(folder, flush=True)
    time.sleep(300)
"""
ALONE = """\
import sys, time
from pathlib import Path
from qualitybook.publish.scratch import alone_in
with alone_in([Path({folder!r})], lambda folder: print("waits", flush=True)):
    print("alone", flush=True)
    sys.stdin.read()
"""


def started(code: str) -> subprocess.Popen[str]:
    """Start a Python process that speaks through pipes."""
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process."""
    process.kill()
    process.communicate()


def test_a_scratch_folder_is_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    seen = []
    for error in (None, KeyError("no")):
        try:
            with scratch_folder(tmp_path / "new", "qb-") as folder:
                seen.append(folder)
                assert folder.stat().st_mode & 0o777 == 0o700
                if error is not None:
                    raise error
        except KeyError:
            pass
    assert len(set(seen)) == 2
    assert list((tmp_path / "new").iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    process = started(IN_SCRATCH.format(parent=str(tmp_path)))
    folder = Path(said(process))
    remove_abandoned(tmp_path, "qb-")
    assert (folder / "half").exists()
    end(process)
    assert (folder / "half").exists()
    remove_abandoned(tmp_path, "other-")
    assert folder.exists()
    remove_abandoned(tmp_path, "qb-")
    assert list(tmp_path.iterdir()) == []


def test_the_second_waits_until_the_first_has_ended_even_if_it_is_killed(tmp_path: Path) -> None:
    code = ALONE.format(folder=str(tmp_path / "_build"))
    first = started(code)
    assert said(first) == "alone"
    second = started(code)
    assert said(second) == "waits"
    end(first)
    assert said(second) == "alone"
    end(second)


def test_somebody_alone_in_a_folder_needs_no_folder_and_may_come_again(tmp_path: Path) -> None:
    waited: list[Path] = []
    for _ in range(2):
        with alone_in([tmp_path / "a/_build", tmp_path / "_site", tmp_path / "_site"], waited.append):
            assert lock_file(tmp_path / "a/_build").exists()
            assert not (tmp_path / "_site").exists()
    assert waited == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system in which nobody makes files")
def test_nobody_waits_for_a_lock_that_cannot_be(tmp_path: Path) -> None:
    waited: list[Path] = []
    with (
        pytest.raises(FileNotFoundError, match=r"/proc/\.nothing\.lock"),
        alone_in([Path("/proc/nothing")], waited.append),
    ):
        pass
    with pytest.raises(FileNotFoundError, match=r"\.intake\.lock"), locked(Path("/proc")):
        pass
    assert waited == []
