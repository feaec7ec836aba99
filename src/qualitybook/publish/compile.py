"""The forms of an assembled book: Jupyter Book in a process of its own, where every warning is an error."""

from __future__ import annotations

import json
import os
import re
import shutil
from itertools import takewhile
from pathlib import Path

from qualitybook.errors import QualitybookError
from qualitybook.publish.cache import digest_of_package, digest_of_value, digests_of_files
from qualitybook.publish.environment import build_environment, process_environment
from qualitybook.publish.forms import Form
from qualitybook.publish.partial import Kept
from qualitybook.publish.processes import start
from qualitybook.publish.scratch import scratch_folder

PROGRAM = "jupyter_book.cli.main"
ALLOWED_WARNINGS: tuple[re.Pattern[str], ...] = ()
"""Warnings that say nothing about the book; each needs its reason beside it."""

_WARNING = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b")
_ERROR = re.compile(r"error\b", re.IGNORECASE)
# How Python names an error of ours at the end of its traceback.
_OWN_ERROR = re.compile(r"qualitybook[\w.]*\.\w+Error: ")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_LINES_SHOWN = 20


class CompileError(QualitybookError, RuntimeError):
    """A book that could not be turned into a form without a warning."""

    def __init__(self, what: str, lines: list[str]) -> None:
        self.what = what
        self.lines = lines
        super().__init__("\n".join([f"{what}:", *(f"  {line}" for line in lines)]))


def build_form(form: Form, source: Path, out: Path, epoch: int) -> Path:
    """Turn an assembled book into a form: a folder, or the one file that a folder of its own holds.

    Raises
    ------
    CompileError
        If Sphinx or the typesetter fails or warns, or does not make one file.
    """
    folder = out.parent if form.suffix else out
    stamp = _Stamp(source, folder, epoch)
    if out.exists() and stamp.holds():
        return out
    _jupyter_book(Kept(source, stamp.files, folder, epoch, is_carried_on=not form.suffix), form, epoch)
    if form.suffix:
        kind = Path(form.suffix).suffix or form.suffix
        found = sorted(folder.glob(f"*{kind}"))
        if len(found) != 1:
            causes = [f"found {len(found)} {form.label} files in {folder}, expected one"]
            raise CompileError(f"{source} as {form.label}", causes)
        found[0].rename(out)
    stamp.write()
    return out


class _Stamp:
    """What a form of a book was last made from, beside it: where neither that nor the form has changed, it stays."""

    def __init__(self, source: Path, out: Path, epoch: int) -> None:
        self.path = out.with_name(f"{out.name}.json")
        self.out = out
        self.files = digests_of_files(source)
        self.made_from = digest_of_value([self.files, digest_of_package(), build_environment(epoch)])

    def holds(self) -> bool:
        """Whether the form is there, whole, and made from the same."""
        try:
            return self.path.read_text(encoding="utf-8") == self._text()
        except (FileNotFoundError, UnicodeDecodeError):
            return False

    def write(self) -> None:
        """Note what the form was made from, and what it is."""
        self.path.write_text(self._text(), encoding="utf-8")

    def _text(self) -> str:
        made = digest_of_value(digests_of_files(self.out))
        return json.dumps({"made": made, "made_from": self.made_from}, indent=1) + "\n"


def _jupyter_book(kept: Kept, form: Form, epoch: int) -> None:
    """Run ``jupyter-book build``, which carries on from what is kept, and put what it made in its place."""
    source, out, builder = kept.source, kept.form, form.builder
    options = ["--builder", "custom", "--custom-builder", builder] if form.suffix else ["--builder", builder]
    with scratch_folder(out.parent, f"{out.name}.new-") as work:
        build = work / "_build"
        kept.lend(build, builder)
        log = work / "errors.log"
        arguments = ["build", str(source), "--path-output", str(work), "-q", "-n", *options]
        press = start(PROGRAM, [arguments], process_environment(epoch) | {"NO_COLOR": "1"}, log=log)
        press.join()
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        told = warnings_in(said, source)
        made = build / builder
        if press.exitcode or told or not made.is_dir():
            kept.drop()
            causes = told or cause_in(said) or [f"jupyter-book ended with {press.exitcode}"]
            raise CompileError(f"{source} as {builder}", causes)
        shutil.rmtree(out, ignore_errors=True)
        made.rename(out)
        kept.take(build)


def cause_in(log: str) -> list[str]:
    """Return the lines of Sphinx's log that say why it broke off.

    An error of ours says it all, without the traceback that it ends; else they are some lines from the first that names
    an error, or the last.
    """
    lines = _COLOUR.sub("", log).strip().splitlines()
    own = next((place for place, line in enumerate(lines) if _OWN_ERROR.match(line)), None)
    if own is not None:
        said = [_OWN_ERROR.sub("", lines[own], count=1), *takewhile(str.strip, lines[own + 1 :])]
        return said[:_LINES_SHOWN]
    first = next((place for place, line in enumerate(lines) if _ERROR.search(line)), max(0, len(lines) - _LINES_SHOWN))
    return lines[first : first + _LINES_SHOWN]


def warnings_in(log: str, source: Path) -> list[str]:
    """Return the lines of Sphinx's log that warn, once each, with paths as seen from the book."""
    # Jupyter Book lets Sphinx colour its words wherever it runs; a colour before a word hides where the word begins.
    plain = _COLOUR.sub("", log)
    lines = [line.strip().replace(f"{source.resolve()}{os.sep}", "") for line in plain.splitlines()]
    warned = [line for line in lines if _WARNING.search(line)]
    return list(dict.fromkeys(line for line in warned if not any(known.search(line) for known in ALLOWED_WARNINGS)))
