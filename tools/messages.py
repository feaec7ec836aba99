"""Bring the message catalogs up to date: collect every message, keep its translation, drop what is no longer used.

Run ``python tools/messages.py`` after a change of words; then translate what it lists. Messages come from the package,
from notebook templates and the Jinja2 calls in authored pages, and from the captions of ``_toc.yml``.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from qualitybook.report.i18n import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "src" / "qualitybook" / "report" / "locale"
FUNCTIONS = ("_", "gettext", "ngettext")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
HEADER = """\
# Messages of the book in {name}, kept by tools/messages.py.
msgid ""
msgstr ""
"Language: {sphinx}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={plurals}; plural={expression};\\n"

"""

MessageId = str | tuple[str, ...]
Found = tuple[str, MessageId]


def found_messages(root: Path = ROOT) -> Iterator[Found]:
    """Yield every message with the file that uses it, as a path below `root`.

    Parameters
    ----------
    root : pathlib.Path
        The project.
    """
    for path in sorted((root / "src").rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            yield _place(path, root), message
        yield from ((_place(path, root), message) for message in braced_messages(path.read_text(encoding="utf-8")))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from ((_place(path, root), message) for message in template_messages(cell.source))
            elif cell.cell_type == "code":
                yield from ((_place(path, root), message) for message in code_messages(cell.source))
    for path in sorted((root / "book").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        yield from ((_place(path, root), message) for message in template_messages(text))
    contents = root / "_toc.yml"
    for caption in captions(yaml.safe_load(contents.read_text(encoding="utf-8"))):
        yield _place(contents, root), caption


def _place(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def template_messages(source: str) -> Iterator[MessageId]:
    """Yield the messages of a Jinja2 template.

    Parameters
    ----------
    source : str
        The template.
    """
    tree = Environment().parse(source)
    for _, function, strings in extract_from_ast(tree, FUNCTIONS, babel_style=False):
        texts = tuple(text for text in ([strings] if isinstance(strings, str) else strings or ()) if text is not None)
        if texts:
            yield texts[:2] if function == "ngettext" else texts[0]


def braced_messages(source: str) -> Iterator[MessageId]:
    """Yield the messages in the braces of f-strings, into which Babel looks from Python 3.12 on only."""
    strings = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    for call in (node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call)):
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        texts = [str(said.value) for said in call.args if isinstance(said, ast.Constant)]
        if function in FUNCTIONS and texts:
            yield (texts[0], texts[1]) if function == "ngettext" else texts[0]


def code_messages(source: str) -> Iterator[MessageId]:
    """Yield the messages that the code of a notebook has its page say: ``page._("...")``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_":
            yield from (str(said.value) for said in node.args if isinstance(said, ast.Constant))


def captions(contents: object) -> Iterator[str]:
    """Yield the captions of a table of contents."""
    if isinstance(contents, dict):
        for key, value in contents.items():
            if key == "caption":
                yield str(value)
            else:
                yield from captions(value)
    elif isinstance(contents, list):
        for item in contents:
            yield from captions(item)


def template_catalog(root: Path = ROOT) -> Catalog:
    """Return a catalog of every message, without translations."""
    catalog = Catalog()
    for place, message in found_messages(root):
        catalog.add(message, locations=[(place, 1)])
    return catalog


def read_catalog(path: Path, locale: str) -> Catalog:
    """Return the catalog of a file, an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def updated(catalog: Catalog, template: Catalog) -> Catalog:
    """Return the catalog with the template's messages; translations are kept, and nothing is guessed.

    Parameters
    ----------
    catalog, template : babel.messages.catalog.Catalog
        What is translated, and what is used.
    """
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    for message in catalog:
        # A percent sign after a number is no printf format.
        message.flags.discard("python-format")
    return catalog


def written(catalog: Catalog, code: str) -> str:
    """Return the text of a catalog's file: messages in alphabetical order, no dates, no line numbers."""
    text = io.BytesIO()
    write_po(text, catalog, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False, omit_header=True)
    header = HEADER.format(
        name=LANGUAGES[code].name,
        sphinx=LANGUAGES[code].sphinx,
        plurals=catalog.num_plurals,
        expression=catalog.plural_expr,
    )
    return header + text.getvalue().decode("utf-8").strip() + "\n"


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the messages without a translation."""
    return [message for message in catalog if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings) and not message.fuzzy


def catalog_path(code: str) -> Path:
    """Return the path of a language's catalog."""
    return LOCALE / code / "LC_MESSAGES" / "qualitybook.po"


def main() -> int:
    """Update every language's catalog and say what is left to translate; 1 if anything is."""
    left = 0
    for code in sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}):
        path = catalog_path(code)
        catalog = updated(read_catalog(path, LANGUAGES[code].sphinx), template_catalog())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(catalog, code), encoding="utf-8", newline="\n")
        missing = untranslated(catalog)
        left += len(missing)
        for message in missing:
            print(f"{code}: not translated: {message.id!r}")
        print(f"{code}: {len(catalog)} messages, {len(missing)} to translate, in {path.relative_to(ROOT)}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
