"""What a build promises when something goes wrong: the last good site is whole, the message names the cause, and the
next run succeeds without anything being cleaned by hand.

Short forms run always; `make faults` sets QUALITYBOOK_FAULTS, the seed of the random moments, and runs the long ones.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from processes import eventually
from small_project import build_here, page_cells, write_project, write_template
from small_project import contents as files_of

from qualitybook.publish.manifest import read_manifest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes and asks /proc about them")

SEED = os.environ.get("QUALITYBOOK_FAULTS", "")
long_form = pytest.mark.skipif(not SEED, reason="a long form; make faults runs it")
MOMENTS = 20
# What a shell starts in the background is deaf to Ctrl-C, and so are the tests and what they start.
PROGRAM = "import signal as s; s.signal(s.SIGINT, s.default_int_handler); from qualitybook.cli import main; main()"
BUILD = (sys.executable, "-c", PROGRAM, "build", "--lang", "en", "--jobs", "2")
PAGE = r"/unfinished/\w+/files/.*\.ipynb$"
SPHINX = r"/html\.new-\w+/.*/summary\.html$"
ASSEMBLED = r"/source\.new/preface\.md$"
STAGED = r"\._site\.staging/2025/en/summary\.html$"


@dataclass(frozen=True)
class Trial:
    """A project of its own, with the good site that it begins with."""

    folder: Path
    good: dict[str, bytes]

    def start(self, *options: str, fault: str = "") -> tuple[subprocess.Popen[str], str]:
        """Start a build; the mark is in the environment of all its processes."""
        mark = f"QB_FAULT_MARK={uuid.uuid4()}"
        values = {"PYTHONPATH": str(Path(__file__).parent / "faulty"), **({"QB_FAULT": fault} if fault else {})}
        environment = {**os.environ, **values, **dict([mark.split("=")])}
        pipe = subprocess.PIPE
        command = [*BUILD, *(options or ("--html",))]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=pipe, stderr=pipe, text=True), mark

    def run(self, *options: str, fault: str = "") -> tuple[int, str]:
        """Run a build to its end, and return its exit status and what it said; nothing of it lives on."""
        build, mark = self.start(*options, fault=fault)
        build.wait()
        assert eventually(lambda: not living(mark), 30), living(mark)
        out, err = build.communicate()
        return build.returncode, out + err

    @property
    def site(self) -> Path:
        """The site's folder."""
        return self.folder / "_site"

    def assert_site_is_as_it_was(self) -> None:
        """Make sure that the good site is there, whole."""
        assert read_manifest(self.site).differences(self.site) == []
        assert files_of(self.site) == self.good

    def assert_next_run_succeeds(self, *options: str) -> str:
        """Build again, without a fault, and return what that said; nothing unfinished is left."""
        built = build_here(self.folder, "--lang", "en", *(options or ("--html",)))
        assert built.exit_code == 0, built.output
        assert read_manifest(self.site).differences(self.site) == []
        beside = {path.name for path in self.folder.iterdir() if path.name.startswith(".")}
        assert beside == set()
        assert [path for path in (self.folder / "_build").rglob("*") if ".new" in path.name] == []
        assert list((self.folder / "_build/pages/unfinished").iterdir()) == []
        return built.output

    def change_a_page(self) -> None:
        """Change a template, so that there is something to do from the first step to the last."""
        write_template(self.folder, "summary", [*page_cells("'summary'"), new_code_cell("print('changed')")])

    def forget_the_last_build(self) -> None:
        """Let the next build put the site together anew, from what is stored."""
        (self.folder / "_build/last-build.json").unlink()


def living(mark: str) -> list[int]:
    """Return the processes with a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a good site, to be copied."""
    folder = write_project(tmp_path_factory.mktemp("good") / "project")
    code, said = Trial(folder, {}).run()
    assert code == 0, said
    return folder


@pytest.fixture
def trial(good: Path, tmp_path: Path) -> Trial:
    """Return a copy of the good project."""
    folder = tmp_path / "project"
    shutil.copytree(good, folder)
    return Trial(folder, files_of(good / "_site"))


def test_a_build_that_is_killed_leaves_the_site_and_the_next_one_carries_on(trial: Trial) -> None:
    trial.change_a_page()
    for point in (PAGE, SPHINX, STAGED):
        code, said = trial.run(fault=f"kill:{point}")
        assert code == -9, said
        trial.assert_site_is_as_it_was()
    assert "summary: stored" in trial.assert_next_run_succeeds()
    assert "changed" in (trial.site / "2025/en/summary.html").read_text(encoding="utf-8")


def test_notebooks_that_misbehave_are_all_named(trial: Trial) -> None:
    bad = {
        "summary": ("raise KeyError('absent')", "KeyError: 'absent'"),
        "peers": ("while True: pass", "CellTimeoutError"),
        "outlook": ("print('x' * 100_000_000)", "10 MiB of output or more"),
        "track_record": ("x = bytearray(3 << 30)", "the page may take 1024 MiB of memory; --memory gives it more"),
        "methods": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError"),
    }
    before = {name: (trial.folder / f"notebooks/{name}.ipynb").read_bytes() for name in bad}
    for name, (source, _) in bad.items():
        write_template(trial.folder, name, [*page_cells(repr(name)), new_code_cell(source)])
    code, said = trial.run("--html", "--timeout", "10", "--memory", "1024")
    assert code == 1
    errors = {line.split("notebooks/")[1].split(".")[0]: line for line in said.splitlines() if "error: 2025/en" in line}
    assert set(errors) == set(bad), said
    for name, (_, cause) in bad.items():
        assert cause in errors[name]
        assert "cell 7)" in errors[name]
    assert "5 pages could not be made; the site is as it was." in said
    trial.assert_site_is_as_it_was()
    for name, data in before.items():
        (trial.folder / f"notebooks/{name}.ipynb").write_bytes(data)
    # Everything is as in the last good build again, and there would be nothing to do.
    trial.forget_the_last_build()
    trial.assert_next_run_succeeds()
    trial.assert_site_is_as_it_was()


def test_a_build_that_is_given_up_begins_nothing_more(trial: Trial) -> None:
    trial.change_a_page()
    books = trial.folder / "_build/2025/en"
    build, mark = trial.start("--html", "--pdf", "--jobs", "1")
    assert eventually(lambda: any(books.glob("html.new-*")))
    build.send_signal(signal.SIGINT)
    _, said = build.communicate()
    assert build.returncode == 1, said
    assert "Traceback" not in said
    assert eventually(lambda: not living(mark), 30), living(mark)
    assert not (books / "pdf").exists()
    trial.assert_site_is_as_it_was()
    trial.assert_next_run_succeeds()


def refused(trial: Trial, fault: str, cause: str, what_to_do: str) -> None:
    """Run a build that the system refuses something, and make sure that it says so."""
    code, said = trial.run(fault=fault)
    assert code == 1, said
    assert cause in said
    assert what_to_do in said
    assert "the site is as it was" in said
    assert "Traceback" not in said
    trial.assert_site_is_as_it_was()


def test_a_full_disk_is_named(trial: Trial) -> None:
    trial.forget_the_last_build()
    refused(trial, f"ENOSPC:{STAGED}", "No space left on device", "The disk is full: free some space")
    trial.assert_next_run_succeeds()
    trial.assert_site_is_as_it_was()


@long_form
@pytest.mark.parametrize("point", [PAGE, ASSEMBLED, SPHINX])
def test_a_full_disk_is_named_wherever_it_is_met(trial: Trial, point: str) -> None:
    trial.change_a_page()
    refused(trial, f"ENOSPC:{point}", "No space left on device", "The disk is full: free some space")
    trial.assert_next_run_succeeds()


@long_form
@pytest.mark.parametrize("point", [r"/source\.new$", r"\._site\.staging$", r"/\._site\.lock$"])
def test_a_place_that_cannot_be_written_is_named(trial: Trial, point: str) -> None:
    trial.forget_the_last_build()
    refused(trial, f"EROFS:{point}", "Read-only file system", "That place cannot be written")
    trial.assert_next_run_succeeds()
    trial.assert_site_is_as_it_was()


@long_form
def test_a_file_in_the_place_of_a_folder_is_named_and_kept(trial: Trial) -> None:
    shutil.move(trial.folder / "_build", trial.folder / "elsewhere")
    (trial.folder / "_build").write_text("mine", encoding="utf-8")
    code, said = trial.run()
    assert code == 1, said
    assert "There is a file where a folder is needed" in said
    trial.assert_site_is_as_it_was()
    (trial.folder / "_build").unlink()
    shutil.move(trial.folder / "elsewhere", trial.folder / "_build")
    trial.site.rename(trial.folder / "good")
    trial.site.write_text("mine", encoding="utf-8")
    code, said = trial.run()
    assert code == 2, said
    assert "'_site' is a file; move it away, or name a folder" in said
    assert trial.site.read_text(encoding="utf-8") == "mine"


@long_form
def test_two_builds_at_once_come_one_after_the_other(trial: Trial) -> None:
    trial.change_a_page()
    builds = [trial.start()[0] for _ in range(2)]
    said = ["".join(build.communicate()) for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    assert sum("Another build is at work in" in text for text in said) == 1
    trial.assert_next_run_succeeds()


@long_form
def test_damage_and_a_clock_in_the_past_are_made_good(trial: Trial) -> None:
    """The clock is put back by letting everything that was built be from the future."""
    pages = sorted((trial.folder / "_build/pages").glob("*/*/files/**/*.ipynb"))
    pages[0].write_bytes(pages[0].read_bytes()[:100])
    summary = trial.site / "2025/en/summary.html"
    summary.write_bytes(b"")
    future = time.time() + 50 * 365 * 24 * 3600
    for path in trial.folder.rglob("*"):
        os.utime(path, (future, future))
    said = trial.assert_next_run_succeeds()
    assert said.count(": made") == 1
    trial.assert_site_is_as_it_was()


@long_form
def test_a_truncated_pdf_is_made_again(trial: Trial) -> None:
    both = ("--html", "--pdf")
    trial.assert_next_run_succeeds(*both)
    before = files_of(trial.site)
    for path in trial.folder.rglob("*.pdf"):
        path.write_bytes(path.read_bytes()[:1000])
    trial.assert_next_run_succeeds(*both)
    assert files_of(trial.site) == before


@long_form
def test_what_sphinx_keeps_may_be_damaged(trial: Trial) -> None:
    template = trial.folder / "notebooks/summary.ipynb"
    before = template.read_bytes()
    trial.change_a_page()
    trial.assert_next_run_succeeds()
    (kept,) = trial.folder.rglob("environment.pickle")
    kept.write_bytes(kept.read_bytes()[:1000])
    template.write_bytes(before)
    trial.assert_next_run_succeeds()
    trial.assert_site_is_as_it_was()


@dataclass(frozen=True)
class Reference:
    """An uninterrupted build of the changed project: what it makes, and how long it takes."""

    site: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def uninterrupted(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("uninterrupted") / "project"
    shutil.copytree(good, folder)
    trial = Trial(folder, {})
    trial.change_a_page()
    begun = time.monotonic()
    code, said = trial.run()
    assert code == 0, said
    return Reference(files_of(trial.site), time.monotonic() - begun)


@long_form
@pytest.mark.parametrize("number", range(MOMENTS))
def test_a_build_may_be_killed_at_any_moment(trial: Trial, uninterrupted: Reference, number: int) -> None:
    moment = random.Random(f"{SEED}-{number}").uniform(0, uninterrupted.seconds)
    print(f"seed {SEED}, moment {number}: killed after {moment:.2f} of {uninterrupted.seconds:.2f} s")
    trial.change_a_page()
    build, mark = trial.start()
    try:
        build.wait(moment)
    except subprocess.TimeoutExpired:
        build.kill()
    build.communicate()
    assert eventually(lambda: not living(mark), 30), living(mark)
    assert read_manifest(trial.site).differences(trial.site) == []
    assert files_of(trial.site) in (trial.good, uninterrupted.site)
    trial.assert_next_run_succeeds()
    assert files_of(trial.site) == uninterrupted.site
