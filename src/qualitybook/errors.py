"""What stops a command and is told without a traceback; every part of the program has errors of this kind.

It stands outside `qualitybook.evidence`, which takes a second to import, so that mistakes are answered at once. So does
the reading of JSON, in which others may have made any.
"""

from __future__ import annotations

import json
from typing import Any


class QualitybookError(Exception):
    """What stops a command of this program and is told without a traceback: what is wrong, and what to do."""


class RefusedError(QualitybookError, ValueError):
    """Something that a command was asked for and that cannot be: its use is wrong, which is exit status 2."""

    def __init__(self, message: str, option: str = "") -> None:
        self.option = option
        """The option that asked for it, where it was one."""
        super().__init__(message)


class BusyError(QualitybookError, RuntimeError):
    """Another command is changing the evidence, or has changed it meanwhile."""


def json_of(text: str) -> Any:
    """Return what a JSON text from somewhere else says.

    Raises
    ------
    ValueError
        If it is no JSON, or nested deeper than Python reads.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("lists or objects nested too deeply") from None
