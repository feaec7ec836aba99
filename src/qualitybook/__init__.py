"""Reproducible annual quality-status books.

>>> from qualitybook import load, assess

`load` reads an evidence folder, `assess` judges its plan's targets; both are imported when they are first asked for, so
that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qualitybook.analysis.assess import assess
    from qualitybook.evidence.catalog import load

__version__ = "0.1.0"
__all__ = ["__version__", "assess", "load"]

_HOMES = {"assess": "qualitybook.analysis.assess", "load": "qualitybook.evidence.catalog"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
