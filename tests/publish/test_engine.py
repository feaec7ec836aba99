"""Pages in processes of their own: forked or not, the same bytes, and nothing left behind however a build ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from processes import eventually, is_alive

from qualitybook.publish import processes
from qualitybook.publish.execute import PageJob, execute_pages, run_page
from qualitybook.publish.plan import Page
from qualitybook.publish.processes import can_fork, local_threads

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
from test_engine import page_job, run_in_pool
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
    """Run a page as a build does: started by a thread of its own."""
    with local_threads(1) as pool:
        execute_pages([job], pool)


def made_by(job: PageJob) -> dict[str, bytes]:
    """Return the files of a page that is made."""
    result = run_page(job)
    assert result.ok, result
    return {path.name: path.read_bytes() for path in job.source.rglob("*.*") if path.is_file()}


def test_a_page_is_the_same_bytes_however_its_process_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_by(page_job(tmp_path / "as the system can", "drawn", DRAWN))
    assert set(made) == {"drawn.ipynb", "drawn.svg"}
    monkeypatch.setattr(processes, "can_fork", lambda: False)
    assert made_by(page_job(tmp_path / "afresh", "drawn", DRAWN)) == made
    # As in a worker of Dask.
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    assert made_by(page_job(tmp_path / "apart", "drawn", DRAWN)) == made


@pytest.mark.skipif(not can_fork(), reason="this system cannot fork")
def test_a_fork_has_the_libraries(tmp_path: Path) -> None:
    assert run_page(page_job(tmp_path, "loaded", "import sys\nassert 'statsmodels.api' in sys.modules")).ok


def test_a_page_that_dies_or_is_too_slow_is_named(tmp_path: Path) -> None:
    dying = run_page(page_job(tmp_path, "dying", "import os\nos._exit(3)")).failure
    late = run_page(replace(page_job(tmp_path, "slow", "import time\ntime.sleep(60)"), timeout=1)).failure
    assert dying is not None
    assert late is not None
    assert (dying.ename, late.ename) == ("DeadKernelError", "CellTimeoutError")


SAYING = """\
import os, subprocess, sys
from IPython.display import Markdown, clear_output, display
print("cleared")
clear_output()
print("one")
display(Markdown("*two*"))
print("three", end="")
print("!")
subprocess.run([sys.executable, "-c", "print('four')"])
5"""


def test_outputs_come_in_the_order_in_which_a_cell_shows_them(tmp_path: Path) -> None:
    job = page_job(tmp_path, "saying", SAYING, "x = _", "async def six():\n    return x + 1\nawait six()")
    assert run_page(job).ok
    page = nbformat.read(job.source / "saying.ipynb", as_version=4)
    shown = [output.get("text") or output["data"] for cell in page.cells for output in cell.get("outputs", [])]
    assert shown == ["one\n", {"text/markdown": "*two*"}, "three!\nfour\n", {"text/plain": "5"}, {"text/plain": "6"}]


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
