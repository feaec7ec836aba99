"""The command line: one module for a group of commands, imported when one of them is called.

Everything heavy is imported inside the command that needs it, so that help and mistakes answer at once. Exit status:
0 good, 1 the data or a page is wrong, 2 the command is.
"""

from __future__ import annotations

import os
import re
from importlib import import_module

import click

from qualitybook.cli.shared import Commands

# The module that holds each command as the function of its name.
COMMANDS = {
    "assess": "evidence",
    "build": "build",
    "cache": "site",
    "check": "evidence",
    "doctor": "site",
    "edition": "edition",
    "init": "evidence",
    "intake": "intake",
    "publish": "site",
    "review": "evidence",
    "serve": "site",
    "shelf": "site",
    "verify": "site",
    "version": "site",
}
_WIDTH = 120
_EPOCH = "SOURCE_DATE_EPOCH"
"""Variable of the environment that says which time builds are to carry."""


class _Modules(Commands):
    """The commands of this package, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Modules, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _WIDTH})
def main() -> None:
    """Turn a table of published figures and a city's plan into a bilingual quality-status book."""
    epoch = os.environ.get(_EPOCH, "0")
    # Libraries read it too, while they are imported, and end in tracebacks of their own.
    if not re.fullmatch(r"[0-9]{1,11}", epoch):
        raise click.UsageError(f"{_EPOCH}: found {epoch!r}; allowed: whole seconds since 1970; or unset it.")
