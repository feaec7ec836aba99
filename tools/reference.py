"""Write docs/reference from the code: the tables, the commands and the library. python tools/reference.py."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from qualitybook import cli
from qualitybook.analysis import backtest, edition_diff, indicative, library
from qualitybook.analysis.assess import assess, assess_targets, judge_peers
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions
from qualitybook.evidence.catalog import Catalog, load
from qualitybook.evidence.schema import TABLES, Field, Table
from qualitybook.publish.assemble import COLUMNS
from qualitybook.report.derived import OPERATIONS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by tools/reference.py from the code; do not edit. -->"
WIDTH = 100


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


def pages() -> dict[str, str]:
    """Return the text of each page by its name."""
    return {
        "tables.md": _page("Tables of the evidence", _TABLES_LEAD, *(_table(table) for table in TABLES)),
        "commands.md": _page("Commands", _COMMANDS_LEAD, *_overview(), *_commands(cli.main, "qualitybook")),
        "derived.md": _page("Computed numbers: derived.csv", _DERIVED_LEAD, *_derived()),
        "api.md": _page("The package as a library", _API_LEAD, api_reference().rstrip("\n")),
    }


_TABLES_LEAD = (
    "The tables of an evidence folder with their columns, as `src/qualitybook/evidence/tables.toml` declares them. "
    '`data/README.md` says what the columns mean and how to fill them in. A column may be empty where "or empty" '
    'is said; those marked "key" together identify a row.'
)
_COMMANDS_LEAD = (
    "`make book` and `make test` do everything; with `.venv` activated the single steps are the commands of "
    "`qualitybook`. The exit status is 0 for success, 1 for a problem in the data or on a page, and 2 for wrong usage. "
    "[中文](commands.zh-CN.md)"
)
_DERIVED_LEAD = (
    "Every number on a page is a figure of the evidence or computed from figures. What is computed is a row of "
    "`data/EDITION/LANGUAGE/derived.csv` on the site: the page, what is said, from which rows, by which operation, "
    "and the result. A test reads every number on the finished pages and fails on one that is neither a figure of a "
    "source cited beside it nor such a row; another works the whole table out again from the published tables."
)
_API_LEAD = (
    "What `from qualitybook import load, series, forecast, verdict, assess` offers, the names that the notebooks of "
    "the book use. The examples read the evidence of this project and run in its folder; the tests run them."
)


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join([NOTE, f"# {title}", *blocks]) + "\n"


def _table(table: Table) -> str:
    needed = "" if table.required else " The file may be missing."
    head = f"## {table.path}\n\nOne row is {table.description}.{needed}"
    rows = ["| column | | holds | allowed |", "|---|---|---|---|", *(_row(field, table) for field in table.fields)]
    links = [f"- `{', '.join(key.fields)}` is a key of `{key.table}`." for key in table.foreign_keys]
    return "\n\n".join(["\n".join(part) for part in ([head], rows, links) if part])


def _row(field: Field, table: Table) -> str:
    part = "key" if field.name in table.primary_key else ""
    return f"| `{field.name}` | {part} | {field.description} | {field.allowed.replace('|', chr(92) + '|')} |"


def _derived() -> Iterator[str]:
    """Yield the columns of derived.csv, and the operations that it may name."""
    columns = ["| column | holds |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in COLUMNS.items())]
    done = ["| operation | gives |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in OPERATIONS.items())]
    yield "## Columns"
    yield "\n".join(columns)
    yield "## Operations"
    yield "Parameters stand behind the name in parentheses: `interval(year=2025, level=0.8)`."
    yield "\n".join(done)


def targets() -> dict[str, dict[str, str]]:
    """Return what each target of the Makefile does, by group and name, as `make help` prints it."""
    groups: dict[str, dict[str, str]] = {}
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if line.startswith("##@ "):
            last = groups.setdefault(line[4:], {})
        elif found := re.match(r"([a-z-]+):.*## (.*)", line):
            last[found[1]] = found[2]
    return groups


def commands(command: click.Command = cli.main, path: str = "qualitybook") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that is not only a group of others, with its full name."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")
    else:
        yield path, command


def _overview() -> Iterator[str]:
    """Yield a table of all targets of make, and one of all commands."""
    yield "## make"
    named = [(f"make {name}", text) for group in targets().values() for name, text in group.items()]
    yield "\n".join(["| target | |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in named)])
    yield "## The commands in one table"
    said = [(name, command.get_short_help_str(500)) for name, command in commands()]
    yield "\n".join(["| command | |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in said)])
    yield "What each says when it is called with `--help`:"


def _commands(command: click.Command, path: str, parent: click.Context | None = None) -> Iterator[str]:
    """Yield the help of a command, and of the commands below it."""
    settings = {**command.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    context = click.Context(command, info_name=path.split()[-1], parent=parent, **settings)
    yield f"## {path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, f"{path} {name}", context)


ENTRIES: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("load", load),
    ("Catalog.as_of", Catalog.as_of),
    ("Catalog.published_by", Catalog.published_by),
    ("Catalog.seen_by", Catalog.seen_by),
    ("Catalog.editions_before", Catalog.editions_before),
    ("Catalog.with_goals_of", Catalog.with_goals_of),
    ("Catalog.text_of", Catalog.text_of),
    ("Catalog.plan_of", Catalog.plan_of),
    ("Catalog.since", Catalog.since),
    ("Catalog.texts", Catalog.texts),
    ("Catalog.series", Catalog.series),
    ("Catalog.figures_of", Catalog.figures_of),
    ("Catalog.places_of", Catalog.places_of),
    ("Catalog.figures_at", Catalog.figures_at),
    ("Catalog.records_at", Catalog.records_at),
    ("Catalog.records_of", Catalog.records_of),
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
    ("Catalog.containing_places", Catalog.containing_places),
    ("Catalog.in_order", Catalog.in_order),
    ("Catalog.first_place", Catalog.first_place),
    ("Catalog.lies_in", Catalog.lies_in),
    ("Catalog.other_scopes", Catalog.other_scopes),
    ("Catalog.editions_in_order", Catalog.editions_in_order),
    ("Catalog.targets_in_order", Catalog.targets_in_order),
    ("Catalog.tables", Catalog.tables),
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
    ("verdicts", assess_targets),
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
# What a type is comes as a text; the quotation marks of defaults are their own.
_ANNOTATION = re.compile(r"(: |-> )'([^']*)'")
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
    text = str(signature.replace(parameters=kept)).replace(repr(DEFAULT_OPTIONS), "FitOptions()")
    return _ANNOTATION.sub(r"\1\2", text)


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


if __name__ == "__main__":
    main()
