"""What commands share: options, the evidence and its choices, errors and their exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from qualitybook.evidence import Catalog, Edition, Problem
    from qualitybook.evidence.settings import BookSettings

BAD_DATA = 1
MEND = "Correct what is named above (docs/reference/tables.md says what each column holds), then try again."
ROOM = "make room or ask for the right to write there, then try again."
ALL = "all"

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Evidence folder.",
)


class Failed(click.ClickException):
    """The data or a page is wrong; the message says all of it."""

    exit_code = BAD_DATA

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it is."""
        click.echo(self.message, err=True, file=file)


def failed(lines: Sequence[str]) -> Failed:
    """Return the exception that ends the command with these lines on the error stream."""
    return Failed("\n".join(lines))


def bad_evidence(problems: Sequence[Problem]) -> Failed:
    """Return the exception that ends the command with everything that is wrong with the evidence."""
    return failed([*(str(problem) for problem in problems), f"The evidence has {counted(problems)}.", MEND])


def counted(problems: Sequence[Problem]) -> str:
    """Return how many errors and warnings there are, in words."""
    errors = sum(problem.level == "error" for problem in problems)
    return f"{plural(errors, 'error')}, {plural(len(problems) - errors, 'warning')}"


def plural(count: int, noun: str) -> str:
    """Return a number of things, in words."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def print_json(value: Any, out: TextIO) -> None:
    """Write a value as JSON that people can read."""
    out.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


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
    from qualitybook.evidence import EvidenceError, load

    existing(data)
    try:
        return load(data)
    except EvidenceError as error:
        raise bad_evidence(error.problems) from None


def load_book(data: Path) -> BookSettings:
    """Return what the evidence folder says about its book, or end the command with what is wrong with that."""
    from qualitybook.evidence import EvidenceError
    from qualitybook.evidence.settings import load_settings

    existing(data)
    try:
        return load_settings(data)
    except EvidenceError as error:
        raise bad_evidence(error.problems) from None


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
        """Return the command that the arguments name.

        Raises
        ------
        click.UsageError
            If there is none, with the nearest names.
        """
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Commands: {', '.join(known)}."
            ctx.fail(f"No such command {name!r}. {hint}")
        return super().resolve_command(ctx, args)


def chosen_edition(catalog: Catalog, text: str | None, param_hint: str = "--edition") -> Edition:
    """Return the one edition that an option names; the current one (else the last) without it."""
    chosen = chosen_editions(catalog, text, param_hint)
    if len(chosen) > 1:
        raise click.BadParameter("choose one edition.", param_hint=param_hint)
    return chosen[0]


def chosen_editions(catalog: Catalog, text: str | None, param_hint: str = "--edition") -> list[Edition]:
    """Return the editions that an option names; the current one (else the last) without it."""
    known = list(catalog.editions["edition"])
    if text is None:
        return [catalog.current_edition]
    names = known if text == ALL else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"no edition {unknown[0]!r}; allowed: {', '.join(known)}.", param_hint=param_hint)
    return [catalog.edition(name) for name in dict.fromkeys(names)]


def chosen_languages(text: str) -> list[str]:
    """Return the languages that an option names."""
    from qualitybook.report.i18n import LANGUAGES

    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in LANGUAGES]
    if unknown:
        raise click.BadParameter(f"no language {unknown[0]!r}; allowed: {', '.join(LANGUAGES)}.", param_hint="--lang")
    return list(dict.fromkeys(names))
