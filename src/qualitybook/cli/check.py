"""``qualitybook check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitybook.cli.shared import BAD_DATA, MEND, counted, data_option, existing, print_json, with_options

if TYPE_CHECKING:
    from qualitybook.evidence import Problem


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(data: Path, form: str) -> None:
    """Check the evidence and list everything that is wrong with it, characters that no font can draw included."""
    from dataclasses import asdict

    from qualitybook.cli.doubts import warnings_of
    from qualitybook.evidence.catalog import checked
    from qualitybook.evidence.check import read_folder
    from qualitybook.publish.characters import undrawable
    from qualitybook.publish.layout import Project

    existing(data)
    raw, project = read_folder(data), Project(Path())
    problems, catalog = checked(data, raw)
    problems += undrawable(data, raw, project if project.is_own(data) else None)
    problems += _unnamed_pages(data)
    if catalog is not None:
        problems += warnings_of(catalog)
    errors = [problem for problem in problems if problem.level == "error"]
    if form == "json":
        found = [{**asdict(problem), "message": str(problem)} for problem in problems]
        print_json({"data": str(data), "errors": len(errors), "problems": found}, sys.stdout)
    else:
        for problem in problems:
            click.echo(with_options(str(problem)))
        click.echo(f"{data}: {counted(problems)}")
        if errors:
            click.echo(MEND)
    if errors:
        raise SystemExit(BAD_DATA)


def _unnamed_pages(data: Path) -> list[Problem]:
    """Return warnings of authored pages that no table of contents names, where there is a table of contents."""
    from qualitybook.publish.layout import Project, ProjectError, contents_file, unnamed_pages

    project = Project(Path())
    try:
        return unnamed_pages(project, data) if contents_file(project, data).is_file() else []
    except ProjectError:
        # Not the evidence: a build tells what is wrong with it.
        return []
