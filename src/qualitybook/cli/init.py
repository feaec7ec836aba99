"""``qualitybook init``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from qualitybook.cli.shared import command_line


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a minimal evidence folder DIR for another city or plan.

    It passes `check` and builds. Every row in it is an example to be replaced by what was published.
    """
    from qualitybook.evidence.editions import FolderInUseError, write_starter

    try:
        written = write_starter(folder, date.today())
    except FolderInUseError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        reason = f"{str(folder)!r} could not be made: {error.strerror}"
        raise click.UsageError(f"{reason}; name a new folder in one that you own.") from None
    for path in written:
        click.echo(path.as_posix())
    click.echo("\nNext: replace the examples, beginning with book.toml and plan/targets.csv, then")
    for command in ("check", "build"):
        click.echo(f"  {command_line(command, '--data', folder.as_posix())}")
