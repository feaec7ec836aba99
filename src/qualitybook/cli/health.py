"""``qualitybook doctor``: what a computer may lack that neither make nor another command says."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from qualitybook.cli.shared import BAD_DATA, plural

OK, NOTE, PROBLEM = "ok", "note", "problem"
LOCK = "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
# A character of each language of the book, and the dash that both use.
_SAMPLE = "质é–"


@dataclass(frozen=True)
class Finding:
    """What was found about one thing, and what to do; nothing where nothing is to be done."""

    name: str
    state: str
    """``ok``, ``note`` (it could not be told) or ``problem``."""
    found: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.state:8}{self.name:16}{self.found}{advice}"


@click.command()
def doctor() -> None:
    """Say whether this computer has what the book needs, and what to do where it has not."""
    findings = examine(Path())
    for finding in findings:
        click.echo(str(finding))
    problems = sum(finding.state == PROBLEM for finding in findings)
    click.echo(f"{plural(len(findings), 'check')}, {plural(problems, 'problem')}.")
    if problems:
        raise SystemExit(BAD_DATA)


def examine(root: Path) -> list[Finding]:
    """Return what was found about everything that the book needs, the lock file in a folder included."""
    return [packages(root), output_encoding(getattr(sys.stdout, "encoding", None)), file_names()]


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
    from importlib import metadata

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


def output_encoding(encoding: str | None) -> Finding:
    """Return whether what the commands print can hold both languages."""
    try:
        _SAMPLE.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        advice = "set PYTHONUTF8=1 (or LC_ALL=C.UTF-8) and start again"
        return Finding("output", PROBLEM, f"{encoding or 'unknown'} cannot print Chinese", advice)
    return Finding("output", OK, str(encoding))


def file_names() -> Finding:
    """Return whether file names can hold Chinese."""
    encoding = sys.getfilesystemencoding()
    try:
        os.fsencode(_SAMPLE).decode("utf-8")
    except UnicodeError:
        return Finding("file names", PROBLEM, f"{encoding} cannot hold Chinese", "set PYTHONUTF8=1 and start again")
    return Finding("file names", OK, encoding)
