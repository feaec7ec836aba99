"""The command line: one module for each command, imported when the command is called.

Everything heavy is imported inside the command that needs it, so that help and mistakes answer at once. Exit status:
0 good, 1 the data or a page is wrong, 2 the command is.
"""

from __future__ import annotations

from importlib import import_module

import click

from qualitybook.cli.shared import Commands

# A command is the function of its own name in the module of its own name (with _ for -).
COMMANDS = (
    "assess",
    "build",
    "cache",
    "check",
    "doctor",
    "edition",
    "init",
    "intake",
    "publish",
    "review",
    "serve",
    "verify",
    "version",
)
WIDTH = 120


class Modules(Commands):
    """The commands of this package, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
        return command


@click.group(cls=Modules, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH})
def main() -> None:
    """Turn a table of published figures and a city's plan into a bilingual quality-status book."""
