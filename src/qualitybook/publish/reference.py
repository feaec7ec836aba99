"""The reference of the package as a library, from its docstrings, as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from qualitybook.analysis import backtest, edition_diff, indicative, library
from qualitybook.analysis.assess import assess, judge_peers
from qualitybook.analysis.assess import assess as verdicts
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions
from qualitybook.evidence.catalog import Catalog, load

ENTRIES: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("load", load),
    ("Catalog.as_of", Catalog.as_of),
    ("Catalog.series", Catalog.series),
    ("Catalog.figures_of", Catalog.figures_of),
    ("Catalog.places_of", Catalog.places_of),
    ("Catalog.figures_at", Catalog.figures_at),
    ("Catalog.records_at", Catalog.records_at),
    ("Catalog.observations_of", Catalog.observations_of),
    ("Catalog.indicator", Catalog.indicator),
    ("Catalog.unit", Catalog.unit),
    ("Catalog.unit_of", Catalog.unit_of),
    ("Catalog.region", Catalog.region),
    ("Catalog.source", Catalog.source),
    ("Catalog.target", Catalog.target),
    ("Catalog.evidence_of", Catalog.evidence_of),
    ("Catalog.area", Catalog.area),
    ("Catalog.edition", Catalog.edition),
    ("assess", assess),
    ("series", library.series),
    ("forecast", library.forecast),
    ("bands", library.bands),
    ("verdict", library.verdict),
    ("verdict_table", library.verdict_table),
    ("readings", indicative.readings),
    ("sensitivity", library.sensitivity),
    ("latest_figures", library.latest_figures),
    ("peer_table", library.peer_table),
    ("FitOptions", FitOptions),
    ("verdicts", verdicts),
    ("peer_verdicts", judge_peers),
    ("vintage_cases", backtest.vintage_cases),
    ("cut_off_cases", backtest.cut_off_cases),
    ("score", backtest.score),
    ("scores_by_class", backtest.scores_by_class),
    ("rank_histogram", backtest.rank_histogram),
    ("previous_edition", edition_diff.previous),
    ("compare_editions", edition_diff.compare),
)
SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Examples")

_UNDERLINE = re.compile(r"^-{3,}$")
_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")
# A single backquote is a name in numpydoc and code in Markdown; a double one is code in both.
_LITERAL = re.compile(r"``([^`]+)``")


def api_reference(level: int = 2) -> str:
    """Return what can be called, with signature, parameters, results and examples."""
    return "\n\n".join(block for name, called in ENTRIES for block in _entry(name, called, level)) + "\n"


def _entry(name: str, called: Callable[..., Any], level: int) -> Iterator[str]:
    yield f"{'#' * level} `{name}`"
    yield f"```python\n{name}{_signature(called)}\n```"
    sections = split_sections(inspect.getdoc(called) or "")
    yield _prose(sections.pop(""))
    for title in SECTIONS:
        if title in sections:
            yield from _section(title, sections[title])


def _signature(called: Callable[..., Any]) -> str:
    signature = inspect.signature(called)
    kept = [parameter for name, parameter in signature.parameters.items() if name != "self"]
    return str(signature.replace(parameters=kept)).replace(repr(DEFAULT_OPTIONS), "FitOptions()").replace("'", "")


def split_sections(doc: str) -> dict[str, str]:
    """Return the parts of a numpydoc docstring by their titles; what comes first has the title ``""``."""
    parts: dict[str, list[str]] = {"": []}
    lines = doc.splitlines()
    title = ""
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and _UNDERLINE.match(lines[number + 1]):
            title = line
            parts[title] = []
        elif not _UNDERLINE.match(line):
            parts[title].append(line)
    return {name: "\n".join(body).strip("\n") for name, body in parts.items()}


def _section(title: str, body: str) -> Iterator[str]:
    if title == "Examples":
        yield f"```pycon\n{body}\n```"
        return
    yield f"*{title}*"
    yield "\n".join(_items(body))


def _items(body: str) -> Iterator[str]:
    """Yield a list item for each parameter, result or error: its name and type as code, then what it is."""
    for block in re.split(r"\n(?=\S)", body):
        head, _, text = block.partition("\n")
        yield f"- `{head}`: {_prose(inspect.cleandoc(text))}"


def _prose(text: str) -> str:
    """Return docstring prose as Markdown, a paragraph a line."""
    plain = _LITERAL.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in plain.split("\n\n"))
