"""``qualitybook doctor``."""

from __future__ import annotations

import click

from qualitybook.cli.shared import BAD_DATA, data_option, plural, with_options


@click.command()
@data_option
def doctor(data: object) -> None:
    """Say whether this computer has what the book needs, and what to do where it has not."""
    from pathlib import Path

    from qualitybook.publish.health import examine

    findings = examine(Path(), Path(str(data)))
    for finding in findings:
        click.echo(with_options(str(finding)))
    problems = sum(finding.state == "problem" for finding in findings)
    click.echo(f"{plural(len(findings), 'check')}, {plural(problems, 'problem')}.")
    if problems:
        raise SystemExit(BAD_DATA)
