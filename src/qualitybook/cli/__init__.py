"""The command line: one module for each command, imported when the command is called.

Everything heavy is imported inside the command that needs it, so that help and mistakes answer at once. Exit status:
0 good, 1 the data or a page is wrong, 2 the command is.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

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


class Commands(click.Group):
    """A group whose commands lie in modules, and that answers an unknown one with the nearest known."""

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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name.

        Raises
        ------
        click.UsageError
            If there is none, with the nearest names.
        """
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Commands: {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {name!r}. {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH})
def main() -> None:
    """Turn a table of published figures and a city's plan into a bilingual quality-status book."""
