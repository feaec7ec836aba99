"""The forms of an assembled book: Jupyter Book in a process of its own, where every warning is an error.

The pages that Sphinx has read are kept beside a form. They are good for the next build while everything that all pages
rest on is the same: settings, contents, bibliography, code, and which files there are. What has changed in single pages
`qualitybook.publish.web.pages` finds.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

from qualitybook.errors import QualitybookError
from qualitybook.publish.cache import (
    digest_of_package,
    digest_of_value,
    digests_of_files,
    files_below,
    leave_note,
    note_in,
)
from qualitybook.publish.environment import (
    BOOK_MEMORY,
    MEBIBYTE,
    REHEARSAL,
    SETTINGS_SECONDS,
    TYPESET_LATER,
    build_environment,
    limited_memory,
    process_environment,
)
from qualitybook.publish.forms import FORMS, Form
from qualitybook.publish.layout import CONTENTS, DERIVED, KEYWORDS, SERIES
from qualitybook.publish.processes import ended, start
from qualitybook.publish.scratch import scratch_folder
from qualitybook.publish.typst import press
from qualitybook.report import FIGURES

_ALLOWED_WARNINGS: tuple[re.Pattern[str], ...] = ()
"""Warnings that say nothing about the book; each needs its reason beside it."""

_WARNING = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b")
_ERROR = re.compile(r"error\b", re.IGNORECASE)
# How Python names an error of ours at the end of its traceback.
_OWN_ERROR = re.compile(r"qualitybook[\w.]*\.\w+Error: ")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_LINES_SHOWN = 20
_CLEARING = (100_000, 5, 1_000_000)
"""How often Sphinx's processes clear away what is new, what is a little older, and everything: never."""


def begin_forms(places: Mapping[str, Path], source: Path, epoch: int, held: ExitStack) -> dict[str, Callable[[], None]]:
    """Turn an assembled book into forms that are made in one run, but for what Typst has to do.

    That is returned by the names of the forms, to be called when it may. Typst needs most of the memory that a build
    takes: it should run when no other process of the build does.

    Parameters
    ----------
    places
        Where each form goes, by its name.
    held
        Keeps what Typst needs until it is closed.

    Raises
    ------
    QualitybookError
        If Sphinx or the typesetter fails or warns, or does not make one file of a form.
    """
    files = digests_of_files(source)
    made_from = digest_of_value([files, digest_of_package(), build_environment(epoch)])
    targets = {name: _Target(FORMS[name], out, made_from) for name, out in places.items()}
    if all(target.holds() for target in targets.values()):
        return {}
    first = next(iter(targets.values()))
    kept = Kept(source, files, first.folder, epoch, is_carried_on=not first.form.suffix)
    what = f"{source} as {', '.join(target.form.label for target in targets.values())}"
    with ExitStack() as own:
        work = own.enter_context(scratch_folder(first.folder.parent, f"{first.folder.name}.new-"))
        _jupyter_book(kept, first.form, what, work, epoch)
        commands = _commands_left(work)
        if commands:
            held.push(own.pop_all())
        else:
            for target in targets.values():
                target.put(work)
        kept.take(work / "_build")
    if not commands:
        return {}
    pairs = zip(targets.items(), commands, strict=True)
    return {name: partial(_set_type, kept, target, command, work, epoch) for (name, target), command in pairs}


@dataclass(frozen=True)
class _Target:
    """A form that is to be made, and where it goes; a note beside it says what it was last made from."""

    form: Form
    out: Path
    made_from: str
    """Digest of what it is to be made from: where neither that nor the form has changed, it stays."""

    @property
    def folder(self) -> Path:
        """What is put in place whole: the folder around its one file, or the website."""
        return self.out.parent if self.form.suffix else self.out

    def holds(self) -> bool:
        """Whether the form is there, whole, and made from the same."""
        try:
            return self.out.exists() and note_in(self._note) == self._text()
        except (OSError, UnicodeDecodeError):
            return False

    def made(self, work: Path) -> Path:
        """Return the folder where a run has made it."""
        folder = work / "_build" / _run_of(self.form)
        return folder / self.form.builder if self.form.together else folder

    def put(self, work: Path) -> None:
        """Put what a run has made in its place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.made(work).rename(self.folder)
        if self.form.suffix:
            kind = Path(self.form.suffix).suffix or self.form.suffix
            found = sorted(self.folder.glob(f"*{kind}"))
            if len(found) != 1:
                causes = [f"found {len(found)} {self.form.label} files in {self.folder}, expected one"]
                raise _refusal(f"{self.out.name} as {self.form.label}", causes)
            found[0].rename(self.out)
        leave_note(self._note, self._text())

    @property
    def _note(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.json")

    def _text(self) -> str:
        made = digest_of_value(digests_of_files(self.folder))
        return json.dumps({"made": made, "made_from": self.made_from}, indent=1) + "\n"


def _run_of(form: Form) -> str:
    """Return the builder of the run that makes a form."""
    return form.together or form.builder


def _refusal(what: str, lines: list[str]) -> QualitybookError:
    """Return the error of a book that could not be turned into a form without a warning."""
    return QualitybookError("\n".join([f"{what}:", *(f"  {line}" for line in lines)]))


def rehearse(config: Path, build_dir: Path) -> None:
    """Have Sphinx take settings with a book of one line, so that what it refuses is told before any page is made.

    Settings that it took once, by the same program, are not tried again.

    Raises
    ------
    QualitybookError
        If it warns of them or fails.
    """
    passed = build_dir / "settings.json"
    tried = json.dumps(digest_of_value([digests_of_files(config), digest_of_package()]))
    with suppress(OSError, UnicodeDecodeError):
        if note_in(passed) == tried:
            return
    with scratch_folder(build_dir, "settings.new-") as work:
        (work / "index.md").write_text("# -\n", encoding="utf-8")
        (work / CONTENTS).write_text("format: jb-book\nroot: index\n", encoding="utf-8")
        (work / "references.bib").touch()
        options = ["--config", str(config.resolve()), "--builder", "custom", "--custom-builder", "html"]
        causes = _sphinx(work, options, work / "_build" / "html", 0, {REHEARSAL: "1"}, SETTINGS_SECONDS)
    if causes:
        raise _refusal(str(config), causes)
    leave_note(passed, tried)


DOCTREES = ".doctrees"
_BASIS = "basis.json"
_PAGES = (".md", ".ipynb")
_OF_PAGES = (f"{FIGURES}/", f"{SERIES}/")
_DATED = 315_619_200
"""1980-01-02: every file is so dated, that Sphinx does not take the time of writing for a change."""


class Kept:
    """What is kept beside a form of a book; one that is carried on is changed by a build, and not made anew."""

    def __init__(
        self, source: Path, files: Mapping[str, str], form: Path, epoch: int, *, is_carried_on: bool = False
    ) -> None:
        self.source = source
        self.form = form
        self.folder = form.with_name(f"{form.name}.kept")
        self.is_carried_on = is_carried_on
        common = {path: digest for path, digest in files.items() if not _is_of_a_page(path)}
        self.basis = digest_of_value(
            [str(source.resolve()), sorted(files), common, digest_of_package(), build_environment(epoch)]
        )

    def lend(self, build: Path, name: str) -> None:
        """Let a build carry on, where it can."""
        for path in files_below(self.source):
            os.utime(path, (_DATED, _DATED))
        if self._is_good():
            shutil.copytree(self.folder / DOCTREES, build / DOCTREES)
            if self.is_carried_on:
                # Sphinx writes these each time, and names in the pages those that are there already otherwise.
                shutil.copytree(self.form, build / name, ignore=shutil.ignore_patterns("_static"))

    def take(self, build: Path) -> None:
        """Keep what a build has read; the form that it has made is in place."""
        self.drop()
        self.folder.mkdir(parents=True)
        (build / DOCTREES).rename(self.folder / DOCTREES)
        # Written last: without it, what is kept is good for nothing.
        (self.folder / _BASIS).write_text(self._text(), encoding="utf-8")

    def drop(self) -> None:
        """Keep nothing, so that the next build starts afresh."""
        (self.folder / _BASIS).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_good(self) -> bool:
        try:
            return note_in(self.folder / _BASIS) == self._text()
        except (OSError, UnicodeDecodeError):
            return False

    def _text(self) -> str:
        """Return what is noted: what all pages rest on, and the form as it was made where it is carried on."""
        made = digest_of_value(digests_of_files(self.form)) if self.is_carried_on else ""
        kept = digest_of_value(digests_of_files(self.folder / DOCTREES))
        return json.dumps({"basis": self.basis, "made": made, "kept": kept}, indent=1) + "\n"


def _is_of_a_page(path: str) -> bool:
    """Whether a file of a book is a page or belongs to single pages, which Sphinx is left to find out."""
    return path.endswith(_PAGES) or path.startswith(_OF_PAGES) or path in (KEYWORDS, DERIVED)


def _jupyter_book(kept: Kept, form: Form, what: str, work: Path, epoch: int) -> None:
    """Run ``jupyter-book build``, which carries on from what is kept."""
    builder = _run_of(form)
    options = ["--builder", "custom", "--custom-builder", builder] if form.suffix else ["--builder", builder]
    kept.lend(work / "_build", builder)
    causes = _sphinx(kept.source, options, work / "_build" / builder, epoch, {TYPESET_LATER: str(_later(work))})
    if causes:
        kept.drop()
        raise _refusal(what, causes)


def _set_type(kept: Kept, target: _Target, command: list[str], work: Path, epoch: int) -> None:
    """Have Typst do what Sphinx left to it, pack what it made, and put it in its place."""
    environment = process_environment(epoch)
    error, warning = press.run(command, environment)
    said = error or warning
    for path in sorted(target.made(work).glob("*.pdf")):
        said = said or press.pack(path, environment)
    if said:
        kept.drop()
        raise _refusal(f"{kept.source} as {target.form.label}", said.splitlines()[:_LINES_SHOWN])
    target.put(work)


def _commands_left(work: Path) -> list[list[str]]:
    """Return what a run has left to Typst, in the order of its forms."""
    path = _later(work)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _later(work: Path) -> Path:
    return work / "typeset.jsonl"


def _sphinx(
    source: Path,
    options: list[str],
    made: Path,
    epoch: int,
    variables: Mapping[str, str],
    seconds: float | None = None,
) -> list[str]:
    """Run ``jupyter-book build`` below the folder of what is to be made, and return why that was not made."""
    work = made.parent.parent
    log = work / "errors.log"
    arguments = ["build", str(source), "--path-output", str(work), "-q", "-n", *options]
    environment = process_environment(epoch) | {"NO_COLOR": "1", **variables}
    maker = start(__name__, [arguments], environment, log=log)
    try:
        code = ended(maker, seconds)
    except TimeoutError:
        return [f"Sphinx was not done with these settings after {seconds} seconds; undo what was changed last"]
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    told = warnings_in(said, source)
    if code or told or not made.is_dir():
        return told or cause_in(said) or [f"jupyter-book ended with {code}"]
    return []


def main(arguments: list[str]) -> None:
    """Be Sphinx's process.

    Clearing away all would take a quarter of Sphinx's time, and what Sphinx has read lives as long as its process: only
    what has just been made is looked through, for each page's documents refer to themselves.
    """
    from jupyter_book.cli.main import main as jupyter_book

    gc.set_threshold(*_CLEARING)
    try:
        # One page of somebody else may ask for all that there is.
        with limited_memory(BOOK_MEMORY * MEBIBYTE):
            jupyter_book(arguments)
    except SystemExit as ended:
        if ended.code:
            raise


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
    return list(dict.fromkeys(line for line in warned if not any(known.search(line) for known in _ALLOWED_WARNINGS)))
