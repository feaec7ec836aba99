"""What commands share: options, the evidence and its choices, errors and their exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from qualitybook.evidence import Catalog, Edition, Problem
    from qualitybook.evidence.settings import BookSettings

BAD_DATA = 1
ALL = "all"
CURRENT = "current"

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
    return failed([*(str(problem) for problem in problems), f"The evidence has {counted(problems)}."])


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
            f"no folder {str(data)!r}; run in the project's folder or name one.", param_hint="--data"
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

    try:
        return load_settings(data)
    except EvidenceError as error:
        raise bad_evidence(error.problems) from None


def chosen_editions(catalog: Catalog, text: str | None) -> list[Edition]:
    """Return the editions that an option names; the current one (else the last) without it."""
    table = catalog.editions
    known = list(table["edition"])
    if text is None:
        current = list(table.loc[table["status"] == CURRENT, "edition"])
        return [catalog.edition((current or known)[-1])]
    names = known if text == ALL else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"no edition {unknown[0]!r}; allowed: {', '.join(known)}.", param_hint="--edition")
    return [catalog.edition(name) for name in dict.fromkeys(names)]


def chosen_languages(text: str) -> list[str]:
    """Return the languages that an option names."""
    from qualitybook.report.i18n import LANGUAGES

    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in LANGUAGES]
    if unknown:
        raise click.BadParameter(f"no language {unknown[0]!r}; allowed: {', '.join(LANGUAGES)}.", param_hint="--lang")
    return list(dict.fromkeys(names))
