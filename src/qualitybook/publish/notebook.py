"""Notebooks before and after they run: Jinja2 over what people write, and what may stand in a book of what they show.

papermill fills parameters into code, not into text; so titles and headings are rendered into a copy of the template
before papermill sees it. What it leaves of a page is checked and cleaned.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter, SecurityError

from qualitybook.errors import PageError, QualitybookError
from qualitybook.publish.environment import MEBIBYTE, PAGE_SECONDS, PAGE_TEXT
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import escape
from qualitybook.report.review import Statement, statements

_REPEAT_TAG = "repeat-"
CELL_NUMBER = "template_cell"


_SECONDS = PAGE_SECONDS
_MOST_BITS = 10_000
_NAMED = re.compile(r"\{#(?=[\w-]+(?: [^{}#]*)?\})")
"""How MyST names what follows, such as {#our-city}; a comment of Jinja ends with #}."""


class _Bounded(ImmutableSandboxedEnvironment):
    """A sandbox in which no sum of a few signs takes all memory or time: a page may come from somebody else."""

    intercepted_binops = frozenset({"*", "**"})

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Return a template in which a name that MyST gives is text and begins no comment."""
        return _NAMED.sub("{{ '{#' }}", super().preprocess(source, name, filename))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of two values, unless that is too much."""
        pairs = ((left, right), (right, left))
        if operator == "*":
            sizes = [len(one) * other for one, other in pairs if hasattr(one, "__len__") and isinstance(other, int)]
            is_too_much = max(sizes, default=0) > PAGE_TEXT
        else:
            are_whole = isinstance(left, int) and isinstance(right, int)
            is_too_much = are_whole and left.bit_length() * right > _MOST_BITS
        if is_too_much:
            raise SecurityError(f"the result of {operator} is too large for a page; let it make less")
        return super().call_binop(context, operator, left, right)


@cache
def environment(authored: Path, lang: str) -> Environment:
    """Return the Jinja2 environment of one language; pages may come from somebody else, and run nothing."""
    made = _Bounded(
        loader=FileSystemLoader(authored),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Makes words without an end, for nothing that a book says.
    del made.globals["lipsum"]
    made.globals.update(_messages(Words(lang), SandboxedFormatter(made)))
    made.filters["md"] = escape
    return made


def _messages(words: Words, formatter: SandboxedFormatter) -> dict[str, Callable[..., str]]:
    """Return the messages for pages: with `str.format`, a placeholder would reach from a value to all of Python's."""

    def gettext(message: str, **values: object) -> str:
        text = words.gettext(message)
        return formatter.vformat(text, (), values) if values else text

    def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
        return formatter.vformat(words.unfilled(singular, plural, count), (), {"count": f"{count:,}", **values})

    return {"_": gettext, "ngettext": ngettext}


def render_page(path: Path, context: Mapping[str, Any], lang: str) -> str:
    """Return an authored page with the book's values filled in; raise PageError for a name that is not there."""
    return _rendered(path.read_text(encoding="utf-8"), context, environment(path.parent, lang), path.name, None)


def render_notebook(path: Path, context: Mapping[str, Any], authored: Path, lang: str) -> nbformat.NotebookNode:
    """Return a notebook template for papermill, with its Markdown cells rendered and its blocks repeated.

    Consecutive cells tagged ``repeat-<list>`` stand once for each item of that list of the context, with ``item`` in
    their own context; in such a block code cells are rendered as well. Each cell's metadata hold the number of the
    template's cell (from 1). Raise PageError if the template is no notebook, or a cell names something that is not
    there.
    """
    template = _read(path)
    for number, cell in enumerate(template.cells, start=1):
        cell.metadata[CELL_NUMBER] = number
    jinja = environment(authored, lang)
    notebook = nbformat.v4.new_notebook(metadata=template.metadata)
    notebook.cells = [
        _rendered_cell(cell, values, jinja, path.name) for cell, values in _unrolled(template.cells, context, path.name)
    ]
    number_cells(notebook)
    return notebook


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise PageError(f"not a notebook: {error}", template=path.name) from None


def names_used(path: Path, authored: Path, lang: str) -> set[str]:
    """Return the names of the context that a notebook template uses, in itself and in the parts that it includes.

    Raise PageError if the template is no notebook, or what it says is no Jinja2.
    """
    jinja = environment(authored, lang)
    cells = _read(path).cells
    lists = {name for cell in cells if (name := _repeated_list(cell)) is not None}
    waiting = [cell.source for cell in cells if cell.cell_type == "markdown" or _repeated_list(cell) is not None]
    texts = [*waiting, *(part.read_text(encoding="utf-8") for part in parts_used(path, authored, lang))]
    return lists.union(*(meta.find_undeclared_variables(_parsed(text, jinja, path.name)) for text in texts))


def parts_used(path: Path, authored: Path, lang: str) -> list[Path]:
    """Return the authored files that a notebook template includes, and those that they include."""
    jinja = environment(authored, lang)
    waiting = [cell.source for cell in _read(path).cells if cell.cell_type == "markdown"]
    found: dict[Path, None] = {}
    while waiting:
        for name in meta.find_referenced_templates(_parsed(waiting.pop(), jinja, path.name)):
            part = authored / str(name)
            if part not in found and part.is_file():
                found[part] = None
                waiting.append(part.read_text(encoding="utf-8"))
    return list(found)


def _parsed(source: str, jinja: Environment, name: str) -> nodes.Template:
    try:
        return jinja.parse(source)
    except TemplateSyntaxError as error:
        raise PageError(f"line {error.lineno}: {error.message}", template=name) from None
    except RecursionError:
        raise PageError("nested too deeply to be read", template=name) from None


def number_cells(notebook: nbformat.NotebookNode) -> None:
    """Give the cells ids by their place, so that two runs give the same file."""
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"c{place:03d}"


def _unrolled(
    cells: Sequence[nbformat.NotebookNode], context: Mapping[str, Any], name: str
) -> Iterator[tuple[nbformat.NotebookNode, dict[str, Any]]]:
    """Yield each cell of the page with its context, blocks once for each item."""
    for list_name, block in groupby(cells, key=_repeated_list):
        run = list(block)
        if list_name is None:
            yield from ((cell, dict(context)) for cell in run)
            continue
        if list_name not in context:
            reason = f"tag {_REPEAT_TAG}{list_name}: the page has no list {list_name!r}"
            raise PageError(reason, run[0].metadata[CELL_NUMBER], name)
        for item in context[list_name]:
            yield from ((copy.deepcopy(cell), {**context, "item": item}) for cell in run)


def _repeated_list(cell: nbformat.NotebookNode) -> str | None:
    found = [tag.removeprefix(_REPEAT_TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(_REPEAT_TAG)]
    return found[0] if found else None


def _rendered_cell(
    cell: nbformat.NotebookNode, context: Mapping[str, Any], jinja: Environment, name: str
) -> nbformat.NotebookNode:
    if cell.cell_type == "markdown" or _repeated_list(cell) is not None:
        cell.source = _rendered(cell.source, context, jinja, name, cell.metadata[CELL_NUMBER])
    return cell


def _rendered(source: str, context: Mapping[str, Any], jinja: Environment, name: str, cell: int | None) -> str:
    try:
        return "".join(_pieces(jinja.from_string(source), context, name, cell))
    except TemplateNotFound as error:
        raise PageError(f"no file {error.name!r} to include", cell, name) from None
    except TemplateSyntaxError as error:
        raise PageError(f"line {error.lineno}: {error.message}", cell, name) from None
    except TemplateError as error:
        raise PageError(str(error), cell, name) from None
    except MemoryError:
        raise PageError("takes more memory than a page may; let it make less", cell, name) from None
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise PageError(f"{type(error).__name__}: {error}", cell, name) from None


def _pieces(template: Template, context: Mapping[str, Any], name: str, cell: int | None) -> Iterator[str]:
    """Yield the text of a page; raise PageError where it goes on for ever."""
    size, end = 0, monotonic() + _SECONDS
    for piece in template.generate(context):
        size += len(piece)
        if size > PAGE_TEXT:
            raise PageError(f"{PAGE_TEXT // MEBIBYTE} MiB of text or more; say less", cell, name)
        if monotonic() > end:
            raise endless(name, cell)
        yield piece


def endless(name: str, cell: int | None = None) -> PageError:
    """Return the error of a page that takes too long to be filled in."""
    return PageError(f"not filled in after {PAGE_SECONDS} seconds; let it repeat less", cell, name)


_ALLOW_STDERR = "allow-stderr"
PARAMETERS, INJECTED = "parameters", "injected-parameters"
_UNSEEN = "remove-cell"
_UNSEEN_TAGS = frozenset({"hide-input", "remove-input", _UNSEEN})

_LONE_HEADING = re.compile(r"\s*(?P<level>#{2,6})\s[^\n]*\s*")

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


def check_outputs(notebook: nbformat.NotebookNode) -> None:
    """Raise PageError for outputs that may not stand in a book.

    A cell wrote to the error stream (a warning printed into the book is a defect) without the tag ``allow-stderr``, or
    displayed Markdown with a heading, which would break the table of contents; or the page shows too much.
    """
    shown = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown += _size(output)
            if shown >= PAGE_TEXT:
                reason = f"{PAGE_TEXT // MEBIBYTE} MiB of output or more on one page; print less, or write it to a file"
                raise PageError(reason, cell.metadata.get(CELL_NUMBER, 0))
            _check_output(output, cell)


def _size(output: nbformat.NotebookNode) -> int:
    """Return how many characters an output has."""
    return len(output.get("text", "")) + sum(len(str(shown)) for shown in output.get("data", {}).values())


def _check_output(output: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    number = cell.metadata.get(CELL_NUMBER, 0)
    if output.output_type == "stream" and output.name == "stderr" and _ALLOW_STDERR not in _tags(cell):
        raise PageError(
            f"the cell wrote to the error stream: {_last_line(output.text)}; mend what it warns of"
            f", or tag the cell {_ALLOW_STDERR}",
            number,
        )
    heading = first_heading(output.get("data", {}).get("text/markdown", ""))
    if heading is not None:
        raise PageError(f"displayed Markdown holds the heading {heading!r}; headings belong in cells", number)


def shown_markdown(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each piece of Markdown that executed cells show, from a notebook as nbformat or as JSON gives it."""
    for cell in cells:
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/markdown", ""))


def first_heading(markdown: str) -> str | None:
    """Return the text of the first heading of a Markdown text, None where there is none."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            return following.content
    return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if "Warning:" in line or "Error:" in line]
    return (named or lines or [""])[-1]


def cleaned(notebook: nbformat.NotebookNode, parameters: Mapping[str, str] | None = None) -> nbformat.NotebookNode:
    """Return an executed notebook without anything that differs between two runs or holds nothing, its input folded.

    Times, paths, what papermill injected, random ids and headings of sections that show nothing go; cells and outputs
    are numbered by their place. The cell of parameters says the page's own `parameters`, so that who downloads the
    notebook can run it again; what it says of others, such as where the evidence lies, stays as in the template.
    Neither site nor PDF shows it.
    """
    kept = [cell for cell in notebook.cells if INJECTED not in _tags(cell)]
    cells = [_filled(cell, parameters or {}) if PARAMETERS in _tags(cell) else _clean_cell(cell) for cell in kept]
    made = nbformat.v4.new_notebook(metadata=nbformat.from_dict(_METADATA), cells=_without_empty_sections(cells))
    number_cells(made)
    code = (cell for cell in made.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return made


def _without_empty_sections(cells: Sequence[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return the cells without headings under which nothing is shown; the code that stands there is hidden."""
    kept: list[nbformat.NotebookNode] = []
    holds, level_below, section = False, 0, list[nbformat.NotebookNode]()
    for cell in reversed(cells):
        heading = _LONE_HEADING.fullmatch(cell.source) if cell.cell_type == "markdown" else None
        if heading is None:
            section.append(cell)
            holds |= _shows(cell)
            continue
        level = len(heading["level"])
        if holds or level_below > level:
            kept += [*section, cell]
            level_below = level
        else:
            kept += [_hidden(each) for each in section]
        holds, section = False, []
    return (kept + section)[::-1]


def _shows(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell shows a reader anything besides its folded input."""
    if cell.cell_type == "markdown":
        return bool(cell.source.strip())
    if _UNSEEN in _tags(cell):
        return False
    return any(
        output.get("text", "").strip() or any(str(shown).strip() for shown in output.get("data", {}).values())
        for output in cell.outputs
    )


def _hidden(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if cell.cell_type == "code":
        cell.metadata = nbformat.from_dict(_metadata({*_tags(cell) - _UNSEEN_TAGS, _UNSEEN}))
    return cell


def _filled(cell: nbformat.NotebookNode, parameters: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return the cell of parameters with those of the page in place of the template's."""
    lines = []
    for line in cell.source.splitlines():
        name = line.partition("=")[0].strip()
        told = name in parameters and "=" in line
        lines.append(f"{name} = {json.dumps(parameters[name], ensure_ascii=False)}" if told else line)
    return nbformat.v4.new_code_cell("\n".join(lines), metadata=_metadata({PARAMETERS, _UNSEEN}))


def _clean_cell(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    tags = _tags(cell)
    if cell.cell_type != "code":
        return nbformat.v4.new_markdown_cell(cell.source, metadata=_metadata(tags))
    if not tags & _UNSEEN_TAGS:
        tags |= {"hide-input"}
    outputs = [_clean_output(output) for output in cell.outputs]
    return nbformat.v4.new_code_cell(cell.source, metadata=_metadata(tags), outputs=outputs)


def _clean_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output without metadata; the plain text beside Markdown, a Python repr, goes."""
    if "data" in output:
        output.metadata = nbformat.from_dict({})
        if "text/markdown" in output.data:
            output.data = nbformat.from_dict({"text/markdown": output.data["text/markdown"]})
    return output


def _metadata(tags: set[str]) -> dict[str, Any]:
    return {"tags": sorted(tags)} if tags else {}


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook, and the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8", newline="\n")


_ORDER = ("summary", "targets", "areas", "peers", "outlook", "when", "track-record")
"""Pages, or folders of pages, that reviewers should see first."""


def book_statements(source: Path) -> list[Statement]:
    """Return what every executed page says with numbers: the summary's first, then those of goals and areas.

    There are none where the folder is not there; raise QualitybookError if a page is damaged.
    """
    paths = sorted(source.rglob("*.ipynb"), key=lambda path: _rank(path.relative_to(source)))
    return [each for path in paths for each in _of_page(path)]


def _rank(page: Path) -> tuple[int, str]:
    first = page.with_suffix("").parts[0]
    return (_ORDER.index(first) if first in _ORDER else len(_ORDER), page.as_posix())


def _of_page(path: Path) -> list[Statement]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise QualitybookError(f"{path} is no executed page; build the book again") from None
    titles = (first_heading("".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown")
    return statements(next(filter(None, titles), path.stem), shown_markdown(cells))
