"""The notebooks that pages offer, so that they stand alone: no directives, pictures within, sources named.

Jupyter and nbconvert show the Markdown of a result; pandoc leaves it out and shows plain text and pictures.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pybtex.backends.plaintext import Backend
from sphinx.environment import BuildEnvironment

from qualitybook.publish.documents import words_of
from qualitybook.publish.typst.text import admonition_titles
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import WEB_ONLY, cited
from qualitybook.report.review import EMPHASIS, FENCE, OPTION, ROLE, RULE, unmarked

_CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
_PICTURE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(([^):\s]+\.(?:svg|png))\)")
_ENDS = re.compile(r"^[| ]+|(?:(?<!\\)[| ])+$")
_TITLED = ("admonition", "table")


def stand_alone(path: Path, env: BuildEnvironment) -> str:
    """Return an executed notebook of a book as one that needs nothing of it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = _sources(env)
    text = _Text({key: label for key, (label, _) in sources.items()}, words_of(env.config))
    keys: dict[str, None] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            keys |= dict.fromkeys(cited(_whole(cell["source"])))
            cell["source"] = text.readable(_whole(cell["source"]))
            continue
        if cell["cell_type"] != "code":
            continue
        said = [_whole(output.get("data", {}).get("text/markdown", "")) for output in cell["outputs"]]
        keys |= dict.fromkeys(key for each in said for key in cited(each))
        cell["outputs"] = [
            made for output in cell["outputs"] for made in text.outputs(output, Path(env.srcdir), path.parent)
        ]
    # Cells without anything are those that had links of the website alone.
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["source"] or cell["cell_type"] == "code"]
    if found := [key for key in keys if key in sources]:
        notebook["cells"].append(_list_of([sources[key] for key in found], text.words))
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _whole(text: str | list[str]) -> str:
    """Return a text of a notebook, which may be stored in lines."""
    return text if isinstance(text, str) else "".join(text)


def _sources(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return number and text of each source of the book."""
    domain: Any = env.get_domain("cite")
    shown = [(citation.key, citation.formatted_entry) for citation in domain.citations]
    return {key: (entry.label, entry.text.render(Backend())) for key, entry in shown}


def _list_of(sources: list[tuple[str, str]], words: Words) -> dict[str, Any]:
    """Return a cell that names sources."""
    by_number = sorted(sources, key=lambda source: (len(source[0]), source[0]))
    lines = [f"- [{label}] {_escaped(text)}" for label, text in by_number]
    source = "\n".join([f"## {words.gettext('Sources')}", "", *lines])
    return {"cell_type": "markdown", "id": "sources", "metadata": {}, "source": source}


def _escaped(text: str) -> str:
    # Addresses stay as they are, that they lead there: in them "&" begins no entity.
    return re.sub(r"([\\`*_$<>~|\[\]]|&(?=#?\w+;))", r"\\\1", text)


class _Text:
    """Turns MyST that the book's code writes into Markdown that everything reads."""

    def __init__(self, labels: Mapping[str, str], words: Words) -> None:
        self.labels, self.words = labels, words
        self._titles = admonition_titles(words)

    def outputs(self, output: dict[str, Any], source: Path, here: Path) -> Iterator[dict[str, Any]]:
        """Yield what takes the place of an output: its pictures, and its Markdown with the same in plain text."""
        shown = output.get("data", {}).get("text/markdown")
        if shown is None:
            yield output
            return
        whole = _whole(shown)
        for described, name in _PICTURE.findall(whole):
            # As in Sphinx, a slash leads from the top of the book.
            found = source / name[1:] if name.startswith("/") else here / name
            data = {**_picture(found), "text/plain": unmarked(described)}
            yield {"output_type": "display_data", "data": data, "metadata": {}}
        if text := self.readable(_PICTURE.sub("", whole)):
            yield {**output, "data": {**output["data"], "text/markdown": text, "text/plain": _plain(text)}}

    def readable(self, text: str) -> str:
        """Return a text without directives, roles and what is for the website only."""
        lines = [self._line(line) for line in self._lines(text)]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _lines(self, text: str) -> Iterator[str]:
        """Yield the lines that stay, the titles of directives among them."""
        boxes: list[str] = []
        for line in text.splitlines():
            fence = FENCE.fullmatch(line.strip())
            if fence is None:
                if not any(WEB_ONLY in box for box in boxes) and not OPTION.match(line):
                    yield line
            elif fence[2]:
                boxes.append(fence[3])
                title = fence[3].strip() if fence[2] in _TITLED else self._titles.get(fence[2], "")
                if title:
                    yield from ("", f"**{EMPHASIS.sub('', title)}**", "")
            elif boxes:
                boxes.pop()

    def _line(self, line: str) -> str:
        numbered = _CITATION.sub(self._numbers, line)
        return ROLE.sub(r"\2", re.sub(r"\{(?:site|download)\}`[^`]*`", "", numbered))

    def _numbers(self, cited: re.Match[str]) -> str:
        keys = [key.strip() for key in cited[1].split(",")]
        return "\\[" + ", ".join(self.labels.get(key, key) for key in keys) + "\\]"


def _picture(path: Path) -> dict[str, str]:
    """Return a picture as a notebook holds one."""
    if path.suffix == ".svg":
        return {"image/svg+xml": path.read_text(encoding="utf-8")}
    return {"image/png": base64.b64encode(path.read_bytes()).decode()}


def _plain(text: str) -> str:
    """Return Markdown as plain text, the rows of its tables a line each."""
    rows = [line for line in text.splitlines() if not (line.startswith("|") and RULE.fullmatch(line))]
    return "\n".join(unmarked(_ENDS.sub("", line).rstrip() if line.startswith("|") else line) for line in rows)
