"""What commands share: options, the evidence and its choices, errors and their exit status."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Literal, TextIO

import click

from qualitybook.errors import EvidenceError, Problem, QualitybookError, RefusedError, in_one_line

if TYPE_CHECKING:
    from qualitybook.analysis.jumps import Jump
    from qualitybook.evidence import Catalog, Edition
    from qualitybook.evidence.schema import BookSettings


BAD_DATA = 1
_TABLE_WIDTH = 120
MEND = "Correct what is named above (docs/reference/tables.md says what each column holds), then try again."
ROOM = "make room or ask for the right to write there, then try again."
NO_SITEMAP = "No address in book.toml: the site has no {name}, and its page for lost addresses no link."
_NOT_REPEATED = ("dry_run", "force", "withdraw", "sealed")
"""Options that are for one command alone, not for those that follow it."""
_QUOTED = re.compile(r"(['`])(qualitybook ([^'`\n]+))\1")


_LONGEST_NAME = 240
"""Bytes of the name of a file or folder: no system takes more than 255, and what is unfinished has a longer one."""


class Place(click.Path):
    """A file or folder; an empty name, which a variable of the shell may be, is none and not the present folder."""

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path that a text names."""
        if value == "":
            self.fail("found an empty name; name a file or folder ('.' is the present one).", param, ctx)
        long = next((part for part in PurePath(value).parts if len(os.fsencode(part)) > _LONGEST_NAME), "")
        if long:
            self.fail(f"found a name of {len(os.fsencode(long))} bytes; allowed: {_LONGEST_NAME}.", param, ctx)
        if _is_loop(value):
            self.fail(f"{value!r} is or lies behind a link that leads back to itself; name another place.", param, ctx)
        return super().convert(value, param, ctx)


def _is_loop(path: str) -> bool:
    try:
        os.stat(path)
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


_LONGEST_TIME = 1_000_000


class Span(click.FloatRange):
    """A length of time; what is no number, or without an end, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number that a text names."""
        found = super().convert(value, param, ctx)
        if not found <= _LONGEST_TIME:
            self.fail(f"found {value}; allowed: at most {_LONGEST_TIME}.", param, ctx)
        return found


data_option = click.option(
    "--data", type=Place(file_okay=False), default=Path("data"), show_default=True, help="Evidence folder."
)


class _Failed(click.ClickException):
    """The data or a page is wrong; the message says all of it."""

    exit_code = BAD_DATA

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it is."""
        click.echo(self.message, err=True, file=file)


def failed(lines: Sequence[str]) -> _Failed:
    """Return the exception that ends the command with these lines on the error stream."""
    return _Failed(with_options("\n".join(lines)))


def command_line(*words: str) -> str:
    """Return a command of this program to be typed next, with the options that the present command was given.

    Of these it has those that mean the same there: of the same name, type and default.
    """
    return " ".join(["qualitybook", *map(shlex.quote, words), *_given_options(words)])


def with_options(text: str) -> str:
    """Return a text in which each command of this program that it quotes is completed as by `command_line`."""
    return _QUOTED.sub(
        lambda match: f"{match[1]}{' '.join([match[2], *_given_options(match[3].split())])}{match[1]}", text
    )


def _given_options(words: Sequence[str]) -> Iterator[str]:
    """Yield the options of the present command, as they were given, that the command which the words name has too."""
    context = click.get_current_context(silent=True)
    if context is None:
        return
    target = context.find_root().command
    for word in words:
        below = target.get_command(context, word) if isinstance(target, click.Group) else None
        target = below or target
    known = {_meaning(option) for option in target.params if isinstance(option, click.Option)}
    for option in context.command.params:
        name = str(option.name)
        is_given = context.get_parameter_source(name) == click.core.ParameterSource.COMMANDLINE
        if not isinstance(option, click.Option) or not is_given or name in _NOT_REPEATED:
            continue
        if _meaning(option) in known and option.opts[0] not in words:
            yield option.opts[0]
            if not option.is_flag:
                yield shlex.quote(str(context.params[name]))


def _meaning(option: click.Option) -> tuple[str, str, str]:
    return option.opts[0], str(option.type.to_info_dict()), str(option.default)


@contextmanager
def errors_told(form: str = "error: {}", *after: str) -> Iterator[None]:
    """End the command with what an error of ours says, put into words by `form`, and with the lines `after` it."""
    try:
        yield
    except RefusedError as error:
        said = form.format(error)
        if error.option:
            raise click.BadParameter(said, param_hint=error.option) from None
        raise click.UsageError(said) from None
    except EvidenceError as error:
        raise failed([str(error), f"The evidence has {counted(error.problems)}.", MEND]) from None
    except QualitybookError as error:
        raise failed([form.format(error), *after]) from None


@contextmanager
def writing(data: Path, *after: str) -> Iterator[None]:
    """End the command with what keeps the evidence from being written; it is then as it was."""
    try:
        with errors_told("{}.", *after):
            yield
    except OSError as error:
        lines = [f"{data} could not be written: {error.strerror}; the evidence is as it was.", f"To do: {ROOM}"]
        raise failed(lines) from None


def refuse_unfit_file(path: Path, hint: str) -> None:
    """End the command at what cannot be read twice, such as a pipe, and at a name that no message can say."""
    if not path.is_file():
        raise click.BadParameter(
            f"{str(path)!r} is no file that can be read twice; save it to disk and name that file.", param_hint=hint
        )
    try:
        str(path).encode()
    except UnicodeEncodeError:
        said = f"the name {str(path)!r} is not text in this computer's encoding; give the file another name."
        raise click.BadParameter(said, param_hint=hint) from None


def counted(problems: Sequence[Problem]) -> str:
    """Return how many errors and warnings there are, in words."""
    errors = sum(problem.level == "error" for problem in problems)
    return f"{plural(errors, 'error')}, {plural(len(problems) - errors, 'warning')}"


def plural(count: int, noun: str) -> str:
    """Return a number of things, in words."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def grouped(names: Sequence[str]) -> list[str]:
    """Return the paths of files, or the folder and their number where several are in one."""
    folders = Counter(PurePosixPath(name).parent.as_posix() for name in names)
    told: dict[str, None] = {}
    for name in names:
        folder = PurePosixPath(name).parent.as_posix()
        is_several = folders[folder] > 1 and folder != "."
        told[f"{folder}/ ({folders[folder]} files)" if is_several else name] = None
    return list(map(in_one_line, told))


def print_json(value: Any, out: TextIO) -> None:
    """Write a value as JSON that people can read."""
    out.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[str] = (),
    overflow: Literal["fold", "ellipsis"] = "fold",
) -> None:
    """Print a table as wide as the terminal, elsewhere of a width that is always the same."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow=overflow)
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else _TABLE_WIDTH
    Console(width=width, markup=False, highlight=False).print(table)


def existing(data: Path) -> None:
    """Make sure that the evidence folder is there."""
    if not data.is_dir():
        raise click.BadParameter(
            f"no folder {str(data)!r}; run in the project's folder, name one, or make one: qualitybook init DIR.",
            param_hint="--data",
        )
    if not any(data.glob("*.csv")):
        raise click.BadParameter(
            f"{str(data)!r} holds no table; name an evidence folder, or make one: qualitybook init DIR.",
            param_hint="--data",
        )


def load_catalog(data: Path) -> Catalog:
    """Return the evidence, or end the command with everything that is wrong with it."""
    from qualitybook.evidence import load

    existing(data)
    with errors_told():
        return load(data)


def load_book(data: Path) -> BookSettings:
    """Return what the evidence folder says about its book, or end the command with what is wrong with that."""
    from qualitybook.evidence.schema import BookSettings

    existing(data)
    with errors_told():
        return BookSettings.load(data)


class Day(click.ParamType):
    """A day of the calendar."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day that a text names."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no day; write it as YYYY-MM-DD, for example {date.today():%Y-06-30}.", param, ctx)


class Commands(click.Group):
    """A group that answers an unknown command with the nearest known, or with all of them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; of an unknown one tell the nearest names."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Commands: {', '.join(known)}."
            ctx.fail(f"No such command {name!r}. {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the system refuses ends it in a message, wherever it was asked."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                # A reader of the output who has left; click ends in silence then.
                raise
            raise failed(told(error)) from None
        except UnicodeEncodeError as error:
            found = f"error: {error.object[error.start]!a} cannot be written as {error.encoding}"
            raise failed([f"{found}; set PYTHONUTF8=1 (or LC_ALL=C.UTF-8) and try again."]) from None


def chosen_editions(catalog: Catalog, text: str | None, param_hint: str = "--edition") -> list[Edition]:
    """Return the editions that an option names; the current one (else the last) without it."""
    if text is None:
        return [catalog.current_edition]
    return [catalog.edition(name) for name in _named_editions(list(catalog.editions["edition"]), text, param_hint)]


def _named_editions(known: Sequence[str], text: str, param_hint: str) -> list[str]:
    """Return the names of the editions that an option names, each once."""
    from qualitybook.evidence.schema import EVERY_EDITION

    names = known if text == EVERY_EDITION else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"no edition {unknown[0]!r}; allowed: {', '.join(known)}.", param_hint=param_hint)
    return list(dict.fromkeys(names))


def refuse_unknown_editions(data: Path, text: str | None) -> None:
    """Refuse an option that names an edition which is not there, without reading more than the table of editions.

    What else is wrong with that table is told when the evidence is read.
    """
    from qualitybook.evidence.reading import RawTable
    from qualitybook.evidence.schema import EDITIONS

    table = RawTable.read(data, EDITIONS)
    if text is not None and not table.problems:
        _named_editions(list(table.cells["edition"]), text, "--edition")


def chosen_languages(text: str | None, data: Path | None = None) -> list[str]:
    """Return the languages that an option names; without it all that the folder's book is made in."""
    from qualitybook.evidence.schema import SETTINGS_NAME, languages_of
    from qualitybook.report.i18n import LANGUAGES

    known = languages_of(data) if data is not None else tuple(LANGUAGES)
    names = list(known) if text is None else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        why = f" ({SETTINGS_NAME} names no other)" if unknown[0] in LANGUAGES else ""
        raise click.BadParameter(f"no language {unknown[0]!r}; allowed: {', '.join(known)}{why}.", param_hint="--lang")
    return list(dict.fromkeys(names))


# What is said of figures that lie far from those beside them


JUMP = "jump"
"""Code of the doubt, and of the warning about a figure that is there already."""
LOOK_AGAIN = "look at the figure, its decimal point and its unit again"


def expected(jump: Jump, most_steps: float) -> str:
    """Return what a figure was held against and how far from it it lies."""
    from qualitybook.analysis.jumps import MOST_STEPS_APART, MOST_TIMES

    at = f"{jump.value} ({jump.period or 'undated'})"
    times = f"at most {MOST_TIMES:g} times more or less than"
    far = f"this is {jump.steps:,.1f}"
    if jump.is_factor and jump.kind == "sum":
        return f"a part of a year, {times} {at} would make it; {far}"
    if jump.is_factor:
        places = f", the nearest of {jump.count} figures of other places" if jump.kind == "other_places" else ""
        return f"{times} {at}{places}; {far}"
    most: Mapping[str, float] = {"step": most_steps}
    beside = {
        "part_of_year": ", the nearest figure for another part of a year",
        "other_places": f", the nearest of {jump.count} other figures",
    }.get(jump.kind, "")
    return f"at most {most.get(jump.kind, MOST_STEPS_APART):g} usual steps from {at}{beside}; {far}"


# What the operating system refuses, in words: the cause, and what to do


_OTHER_FOLDER = "name another one (`build` has --output, --build-dir and --store for that)"
_FULL = f"The disk is full: free some space (`qualitybook cache prune` drops old pages), or {_OTHER_FOLDER}."
_REFUSED = f"You may not read or write there: give yourself the right to, or {_OTHER_FOLDER}."
_READ_ONLY = f"That place cannot be written: make it writable, or {_OTHER_FOLDER}."
_FILE_IN_THE_WAY = f"There is a file where a folder is needed: move it away, or {_OTHER_FOLDER}."
_FOLDER_IN_THE_WAY = "There is a folder where a file is needed: move it away, or name another one."
_TOO_MANY = "Too many files are open at once: raise the limit (`ulimit -n`), or build with fewer --jobs."
_ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: _READ_ONLY,
    errno.EEXIST: _FILE_IN_THE_WAY,
    errno.ENOTDIR: _FILE_IN_THE_WAY,
    errno.EISDIR: _FOLDER_IN_THE_WAY,
    errno.ENAMETOOLONG: "No file can have so long a name: choose a shorter one.",
    errno.ELOOP: "A link leads back to itself: remove it, or name another place.",
    errno.EFBIG: "A file would pass the size that you may write: raise the limit (`ulimit -f`).",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
"""What to do, by the number of the error."""

# As Python, its libraries and the typesetter, which is written in Rust, print it; processes that failed say no more.
_NUMBER = re.compile(r"(?:\[Errno |\(os error |OSError\()(\d+)")


def advice(lines: Iterable[str]) -> list[str]:
    """Return what to do about the system's errors that some lines tell of, each once."""
    numbers = [int(match[1]) for line in lines for match in _NUMBER.finditer(line)]
    return list(dict.fromkeys(_ADVICE[number] for number in numbers if number in _ADVICE))


def told(error: OSError) -> list[str]:
    """Return the lines that tell of an error of the system: the cause, and what to do."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        # Several files could not be copied; the first one says why.
        cause = str(error.args[0][0][-1])
    else:
        cause = str(error)
    return [f"error: {cause}", *advice([cause])]


def waiting(folder: Path) -> None:
    """Say that another process is at work in a folder."""
    click.echo(f"Another build is at work in {folder}; waiting until it has ended (Ctrl+C gives up).", err=True)
