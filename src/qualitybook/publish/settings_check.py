"""The project's settings and table of contents, looked at before any page is made: a slip there costs no minutes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from qualitybook.publish.layout import ProjectError


def check_settings(config: Path, contents: Path) -> None:
    """Refuse files that Jupyter Book could not read.

    Parameters
    ----------
    config, contents : pathlib.Path
        The settings and the table of contents.

    Raises
    ------
    ProjectError
        If one is no mapping in YAML, or the contents are not as a table of contents is built.
    """
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    read_settings(config)
    try:
        parse_toc_data(read_settings(contents))
    except MalformedError as error:
        raise ProjectError(f"{contents}: {error}; compare it with _toc.yml of a fresh copy") from None


def read_settings(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    ProjectError
        If it is none; with the line where that is known.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ProjectError(f"{path} is not UTF-8; write it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        place = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ProjectError(f"{path}{place}: {_told([error.context, error.problem])}; correct it") from None
    except yaml.YAMLError as error:
        raise ProjectError(f"{path}: {error}; correct it") from None
    if not isinstance(values, dict):
        raise ProjectError(f"{path}: found {type(values).__name__}; allowed: names with values (YAML)")
    return values


def _told(parts: Iterable[str | None]) -> str:
    return ", ".join(part for part in parts if part)
