"""How long work shows its progress: bars on a terminal, lines in a pipe, nothing if quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qualitybook.publish.book import Step, Watcher


@contextmanager
def watcher(quiet: bool) -> Iterator[Watcher]:
    """Give what shows the progress of a build."""
    if quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _bars() as watch:
            yield watch
    else:
        yield _say


def _say(step: Step) -> None:
    click.echo(f"{step.stage} {step.done}/{step.total}: {step.text}", err=True)


@contextmanager
def _bars() -> Iterator[Watcher]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[text]}"), console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def watch(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = progress.add_task(step.stage, total=step.total, text="")
            progress.update(tasks[step.stage], completed=step.done, text=step.text)

        yield watch
