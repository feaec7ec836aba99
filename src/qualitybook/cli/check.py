"""``qualitybook check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qualitybook.cli.shared import BAD_DATA, MEND, counted, data_option, existing, print_json, with_options


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(data: Path, form: str) -> None:
    """Check the evidence and list everything that is wrong with it."""
    from dataclasses import asdict

    from qualitybook.evidence.check import check as check_evidence

    existing(data)
    problems = check_evidence(data)
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
