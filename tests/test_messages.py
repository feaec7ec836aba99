"""The message catalogs hold every message, translated, and nothing else."""

from __future__ import annotations

import re
import runpy
import string
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from qualitybook.report.i18n import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[1]
TOOL = runpy.run_path(str(ROOT / "tools" / "messages.py"))
HEADING = re.compile(r"""#+ \{+ ?(?:gettext|_)\(\\?['"]([^'"\\]+)\\?['"]\)""")
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})


@pytest.fixture(scope="module")
def template() -> Catalog:
    return TOOL["template_catalog"]()


@pytest.fixture(params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return TOOL["read_catalog"](TOOL["catalog_path"](request.param), LANGUAGES[request.param].sphinx)


def messages(catalog: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in catalog if message.id}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def test_every_message_is_in_the_catalog_and_no_other(template: Catalog, catalog: Catalog) -> None:
    assert sorted(map(texts, messages(catalog))) == sorted(map(texts, messages(template)))
    assert not catalog.obsolete


def test_every_message_is_translated(catalog: Catalog) -> None:
    assert [message.id for message in TOOL["untranslated"](catalog)] == []


def test_translations_keep_the_placeholders(catalog: Catalog) -> None:
    for message, translation in messages(catalog).items():
        allowed = set().union(*map(fields, texts(message)))
        for text in filter(None, texts(translation or "")):
            assert fields(text) == allowed, message


def test_chinese_punctuation_is_full_width() -> None:
    catalog = TOOL["read_catalog"](TOOL["catalog_path"]("zh"), "zh_CN")
    for message, translation in messages(catalog).items():
        for text in texts(translation):
            plain = text.replace("{", "").replace("}", "")
            marks = [mark for before, mark in pairwise(plain) if mark in ",;:!?()" and is_han(before)]
            assert not marks, message


def test_no_heading_is_the_head_of_a_column_of_counts() -> None:
    """In Chinese a count has its unit in the head, so that one message cannot serve for both."""
    known = messages(TOOL["read_catalog"](TOOL["catalog_path"]("zh"), "zh_CN"))
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
    headings = {found for path in sources for found in HEADING.findall(path.read_text(encoding="utf-8"))}
    assert {"Verdicts", "All goals"} <= headings
    assert [each for each in headings if str(known.get(each)).endswith("）")] == []


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def test_the_file_is_as_the_tool_writes_it(catalog: Catalog, template: Catalog) -> None:
    code = str(catalog.locale).partition("_")[0]
    again = TOOL["written"](TOOL["updated"](catalog, template), code)
    assert TOOL["catalog_path"](code).read_text(encoding="utf-8") == again


def write_project(folder: Path) -> Path:
    """Write a project with one message of each kind."""
    import nbformat

    for name in ("src", "notebooks", "book/en/parts"):
        (folder / name).mkdir(parents=True)
    (folder / "src/words.py").write_text(
        'def say(words, _):\n    words.ngettext("{count} page", "{count} pages", 2)\n'
        '    return words.gettext("Kept {name}", name="x") + _("New " "in two parts")\n',
        encoding="utf-8",
    )
    code = nbformat.v4.new_code_cell('_("not here")\npage.text(page._("Said in {n} cells", n=1))')
    cells = [nbformat.v4.new_markdown_cell('# {{ _("Heading {n}", n=1) }}'), code]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks/page.ipynb")
    (folder / "book/en/parts/note.md").write_text('{% if x %}{{ _("In a part") }}{% endif %}', encoding="utf-8")
    (folder / "_toc.yml").write_text("parts:\n- caption: A caption\n  chapters:\n  - file: a\n", encoding="utf-8")
    return folder


def test_messages_are_found_wherever_they_are_used(tmp_path: Path) -> None:
    found = TOOL["found_messages"](write_project(tmp_path))
    assert list(found) == [
        ("src/words.py", ("{count} page", "{count} pages")),
        ("src/words.py", "Kept {name}"),
        ("src/words.py", "New in two parts"),
        ("notebooks/page.ipynb", "Heading {n}"),
        ("notebooks/page.ipynb", "Said in {n} cells"),
        ("book/en/parts/note.md", "In a part"),
        ("_toc.yml", "A caption"),
    ]


def test_messages_in_the_braces_of_f_strings_are_found(tmp_path: Path) -> None:
    source = write_project(tmp_path) / "src/words.py"
    source.write_text(
        "def say(words, n):\n    return f\"{words.gettext('In braces')} {words.ngettext('page', 'pages', n)} \"\n",
        encoding="utf-8",
    )
    found = [message for place, message in TOOL["found_messages"](tmp_path) if place == "src/words.py"]
    assert set(found) == {"In braces", ("page", "pages")}


def test_an_update_keeps_translations_guesses_nothing_and_drops_what_is_unused(tmp_path: Path) -> None:
    before = Catalog(locale="zh_CN")
    before.add("Kept {name}", "留下{name}")
    before.add("New in two part", "几乎相同")
    after = TOOL["updated"](before, TOOL["template_catalog"](write_project(tmp_path)))
    assert messages(after)["Kept {name}"] == "留下{name}"
    assert not messages(after)["New in two parts"]
    text = TOOL["written"](after, "zh")
    assert "几乎相同" not in text
    assert "fuzzy" not in text
    assert "Date" not in text
    path = tmp_path / "again.po"
    path.write_text(text, encoding="utf-8")
    assert TOOL["written"](TOOL["read_catalog"](path, "zh_CN"), "zh") == text
