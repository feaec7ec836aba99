"""Warm kernels: the same pages as cold ones, and nothing left behind however a build ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from processes import eventually, is_alive

from qualitybook.publish import kernels
from qualitybook.publish.environment import process_environment
from qualitybook.publish.execute import PageJob, run_page
from qualitybook.publish.pages import Page
from qualitybook.publish.processes import can_fork, local_pool

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no warm kernels")

DRAWN = """\
import matplotlib.pyplot as plt, numpy as np, os, random, sys, time
from IPython.display import Markdown
from qualitybook.report.theme import save, use_theme
with use_theme("zh"):
    figure, axes = plt.subplots()
    axes.plot(np.random.default_rng(1).normal(size=9), label="样例 " + edition)
    axes.legend()
    save(figure, __import__("pathlib").Path(out) / "drawn")
Markdown(f"{os.getcwd() == sys.path[0] or sys.path[0]} {os.environ['TZ']} {time.tzname} {hash('x')}")"""
KILLED_BUILD = """\
import signal, sys, time
from pathlib import Path
sys.path[:0] = {tests!r}
from test_kernels import page_job, run_in_pool
if __name__ == "__main__":
    # What a shell starts in the background is deaf to this signal, and so are the tests and what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run_in_pool(page_job(Path({folder!r}), "endless", "import os, subprocess, time\\n"
        "helper = subprocess.Popen(['sleep', '300'])\\n"
        "open('pids', 'w').write(f'{{os.getpid()}} {{helper.pid}} {{os.getppid()}}')\\ntime.sleep(300)"))
"""


def page_job(folder: Path, name: str, *cells: str) -> PageJob:
    """Return the job of a page made of these code cells."""
    for part in ("notebooks", "source", "source/figures"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    parameters = new_code_cell('edition = ""\nout = ""', metadata={"tags": ["parameters"]})
    template = folder / "notebooks" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[parameters, *(new_code_cell(cell) for cell in cells)]), template)
    page = Page(name, name, name, name, {"edition": "2031", "out": "figures"})
    return PageJob(page, template, folder, folder / "source", "en", 86400, timeout=60)


def run_in_pool(job: PageJob) -> None:
    """Run a page as a build does: warm, in a pool of its own."""
    from qualitybook.publish.execute import execute_pages

    with kernels.warm_kernels(process_environment(0)) as warm, local_pool(1) as pool:
        execute_pages([replace(job, kernels=warm)], pool)


@pytest.fixture(scope="module")
def warm() -> Iterator[Path]:
    with kernels.warm_kernels(process_environment(0)) as folder:
        assert folder is not None
        yield folder
    assert not folder.exists()


def test_warm_and_cold_kernels_make_the_same_bytes(warm: Path, tmp_path: Path) -> None:
    made = {}
    for name, folder in (("warm", warm), ("cold", None)):
        job = replace(page_job(tmp_path / name, "drawn", DRAWN), kernels=folder)
        result = run_page(job)
        assert result.ok, result
        made[name] = {path.name: path.read_bytes() for path in job.source.rglob("*.*") if path.is_file()}
    assert set(made["cold"]) == {"drawn.ipynb", "drawn.svg", "drawn.png"}
    assert made["warm"] == made["cold"]


def test_the_kernel_is_warm(warm: Path, tmp_path: Path) -> None:
    job = page_job(tmp_path, "loaded", "import sys\nassert 'statsmodels.api' in sys.modules")
    assert run_page(replace(job, kernels=warm)).ok
    failed = run_page(job).failure
    assert failed is not None
    assert failed.ename == "AssertionError"


def test_only_the_owner_can_reach_the_server(warm: Path) -> None:
    assert (warm / kernels.SOCKET).stat().st_mode & 0o777 == 0o600
    assert warm.stat().st_mode & 0o777 == 0o700


def test_a_warm_kernel_that_dies_or_is_too_slow_is_named(warm: Path, tmp_path: Path) -> None:
    dying = run_page(replace(page_job(tmp_path, "dying", "import os\nos._exit(3)"), kernels=warm)).failure
    slow = replace(page_job(tmp_path, "slow", "import time\ntime.sleep(60)"), kernels=warm, timeout=1)
    late = run_page(slow).failure
    assert dying is not None
    assert late is not None
    assert (dying.ename, late.ename) == ("DeadKernelError", "CellTimeoutError")


def test_without_a_server_the_kernel_is_cold_and_a_note_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kernels.write_kernelspec(tmp_path)
    job = page_job(tmp_path, "cold", "import sys\nassert 'pandas' not in sys.modules")
    assert run_page(replace(job, kernels=tmp_path)).ok
    assert "note: no warm kernel" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes live")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_build_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "build.py"
    script.write_text(
        KILLED_BUILD.format(tests=[str(folder) for folder in Path(__file__).parents[:2]], folder=str(tmp_path)),
        encoding="utf-8",
    )
    build = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.DEVNULL)
    noted = tmp_path / "source/pids"
    assert eventually(lambda: noted.exists() and len(noted.read_text().split()) == 3)
    pids = [int(pid) for pid in noted.read_text().split()]
    pids += [int(pid) for pid in Path(f"/proc/{build.pid}/task/{build.pid}/children").read_text().split()]
    assert all(is_alive(pid) for pid in pids)
    os.kill(build.pid, number)
    build.wait(60)
    assert eventually(lambda: not any(is_alive(pid) for pid in pids)), [pid for pid in pids if is_alive(pid)]
