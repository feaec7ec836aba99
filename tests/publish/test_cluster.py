"""Pages on a Dask cluster of separate processes, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from test_engine import page_job

from qualitybook.errors import RefusedError
from qualitybook.publish.cache import Store
from qualitybook.publish.execute import PageJob, Result, StoringRun, cluster, execute_on, pack, unpacked

SHOWN = """\
from IPython.display import Markdown
from pathlib import Path
(Path(out) / "drawn-NAME.csv").write_text("1")
Markdown(f"page NAME of {edition}")"""
# The process of the worker is an ancestor of the kernel; the first to come kills it, once.
KILLER = """\
import os, signal
from pathlib import Path
flag = Path({flag!r})
if not flag.exists():
    flag.touch()
    os.kill(os.getppid(), signal.SIGKILL)"""


def jobs_in(folder: Path, flag: Path) -> list[PageJob]:
    jobs = [page_job(folder, f"page{number}", SHOWN.replace("NAME", str(number))) for number in range(3)]
    jobs.insert(1, page_job(folder, "killer", KILLER.format(flag=str(flag)), SHOWN.replace("NAME", "killer")))
    return [replace(job, key=f"{number:02d}" + "0" * 62) for number, job in enumerate(jobs)]


def stored(store: Store, jobs: list[PageJob], out: Path) -> dict[str, bytes]:
    for job in jobs:
        assert store.fetch(job.key, out)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill")
def test_a_lost_workers_pages_are_made_elsewhere_and_equal_local_ones(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path / "far", tmp_path / "flag")
    far, near = Store(tmp_path / "far-store"), Store(tmp_path / "near-store")
    results: list[Result] = []
    with cluster("local:2") as executor:
        execute_on(executor, jobs, far, results.append)
    assert [str(result) for result in results if not result.ok] == []
    assert (tmp_path / "flag").exists()
    assert all(StoringRun(near)(job).ok for job in jobs)
    assert stored(far, jobs, tmp_path / "one") == stored(near, jobs, tmp_path / "two")


def test_a_parcel_needs_nothing_of_the_machine_it_comes_from(tmp_path: Path) -> None:
    job = page_job(tmp_path / "far", "page", SHOWN)
    (tmp_path / "far/part.evidence").write_bytes(b"figures")
    parcel = pack(replace(job, evidence=tmp_path / "far/part.evidence"))
    os.rename(tmp_path / "far", tmp_path / "gone")
    (tmp_path / "near").mkdir()
    made = unpacked(parcel, tmp_path / "near")
    assert made.evidence is not None
    assert made.evidence.read_bytes() == b"figures"
    assert made.template.read_bytes() == parcel.template
    assert all(path.is_relative_to(tmp_path / "near") for path in (made.source, made.authored, made.template))


@pytest.mark.parametrize("address", ["local:", "local:none", "local:0"])
def test_a_number_of_processes_is_needed(address: str) -> None:
    with pytest.raises(RefusedError, match="how many"), cluster(address):
        pass
