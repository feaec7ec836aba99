"""Whether a computer has what the book needs: one finding for each thing, with what to do where it is missing."""

from __future__ import annotations

import locale
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from qualitybook.evidence.errors import EvidenceError
from qualitybook.evidence.settings import FILE, load_settings
from qualitybook.publish.layout import Project, ProjectError

OK, NOTE, PROBLEM = "ok", "note", "problem"
LEAST_PYTHON = (3, 11)
# One edition in both languages takes about 80 MB with its site; this leaves room for several and their old versions.
LEAST_SPACE = 1024**3
LOCK = "requirements.lock"
BROWSER_VARIABLE = "QUALITYBOOK_CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
# A character of each language of the book, and the dash that both use.
SAMPLE = "质é–"


@dataclass(frozen=True)
class Finding:
    """What was found about one thing.

    Attributes
    ----------
    name : str
        The thing.
    state : str
        ``ok``, ``note`` (only some commands need it) or ``problem``.
    found : str
        What was found.
    advice : str
        What to do; empty where nothing is to be done.
    """

    name: str
    state: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.state:8}{self.name:16}{self.found}{advice}"


def examine(root: Path, evidence: Path) -> list[Finding]:
    """Return what was found about everything that the book needs.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, in which the commands run.
    evidence : pathlib.Path
        The evidence folder.
    """
    checks: list[Callable[[], Finding]] = [
        python_version,
        lambda: packages(root),
        fonts,
        lambda: disk_space(root),
        lambda: write_access(root),
        locale_encoding,
        lambda: output_encoding(getattr(sys.stdout, "encoding", None)),
        file_names,
        lambda: project_files(root),
        lambda: evidence_folder(evidence),
        lambda: address(evidence),
        browser,
    ]
    return [check() for check in checks]


def python_version(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Return whether Python is new enough."""
    found, least = ".".join(map(str, version)), ".".join(map(str, LEAST_PYTHON))
    if version < LEAST_PYTHON:
        return Finding("Python", PROBLEM, found, f"install Python {least} or later, then say make PYTHON=/path/to/it")
    return Finding("Python", OK, found)


def packages(root: Path) -> Finding:
    """Return whether the installed packages are those of the lock file."""
    lock = root / LOCK
    if not lock.is_file():
        return Finding("packages", NOTE, f"no {LOCK} here to compare with", "run in the project's folder")
    different = sorted(_different(lock.read_text(encoding="utf-8")))
    if different:
        more = f" and {len(different) - 3} more" if len(different) > 3 else ""
        return Finding("packages", PROBLEM, f"not as locked: {', '.join(different[:3])}{more}", "run make setup")
    return Finding("packages", OK, f"as in {LOCK}")


def _different(lock: str) -> Iterator[str]:
    """Yield the installed packages whose version is none of those locked for some system."""
    locked: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(lock):
        locked.setdefault(name, set()).add(version)
    for name, versions in locked.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or an extra that was not asked for
        if installed not in versions:
            yield f"{name} {installed}"


def fonts() -> Finding:
    """Return whether the fonts of figures and PDF are there."""
    try:
        from qualitybook.report import faces
    except ImportError as error:
        package = str(error.name).replace("_", "-")
        return Finding("fonts", PROBLEM, f"package {package} is not installed", "run make setup")
    missing = [path.name for path in (*faces.SERIF, *faces.of_figures()) if not path.is_file()]
    if missing:
        return Finding("fonts", PROBLEM, f"{', '.join(missing)} missing", "run make distclean, then make setup")
    return Finding("fonts", OK, "Noto Serif and Noto Sans (SC, TC, JP), in the environment")


def disk_space(folder: Path) -> Finding:
    """Return whether there is room for a build."""
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GiB free"
    if free < LEAST_SPACE:
        return Finding("disk", PROBLEM, found, f"make room: a build needs up to {LEAST_SPACE / 1024**3:.0f} GiB")
    return Finding("disk", OK, found)


def write_access(folder: Path) -> Finding:
    """Return whether the folder can be written, by writing."""
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=folder) as made:
            (Path(made) / "file").write_text(SAMPLE, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        return Finding("write access", PROBLEM, f"{folder.resolve()}: {reason}", "work in a folder that you own")
    return Finding("write access", OK, str(folder.resolve()))


def locale_encoding() -> Finding:
    """Return whether programs read and write text as UTF-8 by themselves."""
    encoding = locale.getpreferredencoding(False)
    if sys.flags.utf8_mode or encoding.replace("-", "").lower() == "utf8":
        return Finding("locale", OK, encoding)
    return Finding("locale", NOTE, encoding, "the book does not mind; for other programs set PYTHONUTF8=1")


def output_encoding(encoding: str | None) -> Finding:
    """Return whether what the commands print can hold both languages."""
    try:
        SAMPLE.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        advice = "set PYTHONUTF8=1 (or LC_ALL=C.UTF-8) and start again"
        return Finding("output", PROBLEM, f"{encoding or 'unknown'} cannot print Chinese", advice)
    return Finding("output", OK, str(encoding))


def file_names() -> Finding:
    """Return whether file names can hold Chinese."""
    encoding = sys.getfilesystemencoding()
    try:
        os.fsencode(SAMPLE).decode("utf-8")
    except UnicodeError:
        return Finding("file names", PROBLEM, f"{encoding} cannot hold Chinese", "set PYTHONUTF8=1 and start again")
    return Finding("file names", OK, encoding)


def project_files(root: Path) -> Finding:
    """Return whether the project's settings, pages and templates are here."""
    try:
        Project(root).checked()
    except ProjectError as error:
        return Finding("project", PROBLEM, str(error))
    return Finding("project", OK, "settings, authored pages and page templates are here")


def evidence_folder(folder: Path) -> Finding:
    """Return whether the evidence folder is there."""
    if not folder.is_dir():
        return Finding(
            "evidence", PROBLEM, f"no folder {folder}", "name one with --data, or make one: qualitybook init DIR"
        )
    return Finding("evidence", OK, f"{folder} ('qualitybook check' looks inside)")


def address(folder: Path) -> Finding:
    """Return whether it is known where the site is published."""
    try:
        found = load_settings(folder).address
    except (EvidenceError, OSError):
        return Finding("address", NOTE, f"no {FILE} that can be read in {folder}", "'qualitybook check' says why")
    if not found:
        missing = f"none in {folder / FILE}: the site has no sitemap.xml, and 404.html no link"
        return Finding("address", NOTE, missing, f'write address = "https://…" at the top of {FILE}')
    return Finding("address", OK, found)


def find_browser(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the path of a Chromium that is there: the one that is named, the system's, or Playwright's."""
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        return which(named)
    return next(filter(None, map(which, BROWSERS)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None  # a development tool, which only the tests need
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def browser(find: Callable[[], str | None] = find_browser) -> Finding:
    """Return whether there is a browser for the browser tests."""
    found = find()
    named = os.environ.get(BROWSER_VARIABLE)
    if found is None and named:
        return Finding("browser", NOTE, f"{BROWSER_VARIABLE} names no program: {named}", "correct it, or unset it")
    if found is None:
        advice = "only make test-browser needs one: python -m playwright install chromium"
        return Finding("browser", NOTE, "no Chromium found", advice)
    return Finding("browser", OK, found)
