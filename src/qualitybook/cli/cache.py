"""``qualitybook cache list | prune``: the pages that have been made and need not be made again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from qualitybook.cli.shared import Commands, plural

DAY = 24 * 60 * 60
MEBIBYTE = 1 << 20

store_option: Callable[[Any], Any] = click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("_build/pages"),
    show_default=True,
    envvar="QUALITYBOOK_STORE",
    show_envvar=True,
    help="Folder of the pages.",
)


@click.group(cls=Commands)
def cache() -> None:
    """List or remove stored pages, which a build takes instead of making them again."""


@cache.command("list")
@store_option
def list_pages(store: Path) -> None:
    """List the stored pages, the one used last first: last use, size in bytes, key, page."""
    from qualitybook.publish.cache import Store

    entries = Store(store).entries()
    for entry in entries:
        used = datetime.fromtimestamp(entry.used).isoformat(" ", "minutes")
        click.echo(f"{used}  {entry.size:>10}  {entry.key[:12]}  {entry.page}")
    click.echo(f"{store}: {plural(len(entries), 'page')}, {sum(entry.size for entry in entries) / MEBIBYTE:.1f} MiB")


@cache.command()
@click.option(
    "--unused-days", type=click.FloatRange(min=0), default=30, show_default=True, help="Days without use; 0 for all."
)
@store_option
def prune(unused_days: float, store: Path) -> None:
    """Remove the stored pages that were not used for a while."""
    from qualitybook.publish.cache import Store

    removed = Store(store).prune(unused_days * DAY)
    size = sum(entry.size for entry in removed) / MEBIBYTE
    click.echo(f"{store}: removed {plural(len(removed), 'page')}, {size:.1f} MiB")
