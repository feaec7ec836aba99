"""Templates rendered by Jinja2; the templates are made by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from qualitybook.errors import PageError
from qualitybook.publish.notebook import CELL_NUMBER, render_notebook, render_page


def cell(kind: str, source: str, *tags: str) -> nbformat.NotebookNode:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    return make(source, metadata={"tags": list(tags)})


def rendered(folder: Path, context: Mapping[str, Any], *cells: nbformat.NotebookNode, lang: str = "en") -> list[Any]:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), folder / "page.ipynb")
    return list(render_notebook(folder / "page.ipynb", context, folder / "authored", lang).cells)


def test_markdown_cells_are_rendered_and_code_cells_are_not(tmp_path: Path) -> None:
    made = rendered(
        tmp_path,
        {"title": "A \\* title"},
        cell("markdown", "# {{ title }}"),
        cell("code", "table = {'{{ title }}': {}}"),
    )
    assert [each.source for each in made] == ["# A \\* title", "table = {'{{ title }}': {}}"]


def test_a_tagged_block_is_repeated_for_each_item(tmp_path: Path) -> None:
    made = rendered(
        tmp_path,
        {"tasks": [{"id": "a", "name": "Alpha"}, {"id": "b", "name": "Beta"}]},
        cell("markdown", "before"),
        cell("markdown", "## {{ item.name }}", "repeat-tasks"),
        cell("code", "show({{ item.id | tojson }})", "repeat-tasks"),
        cell("markdown", "after"),
    )
    assert [each.source for each in made] == [
        "before",
        "## Alpha",
        'show("a")',
        "## Beta",
        'show("b")',
        "after",
    ]
    assert [each.metadata[CELL_NUMBER] for each in made] == [1, 2, 3, 2, 3, 4]
    assert len({each["id"] for each in made}) == 6


def test_a_block_over_an_empty_list_vanishes(tmp_path: Path) -> None:
    made = rendered(tmp_path, {"tasks": []}, cell("markdown", "{{ item.id }}", "repeat-tasks"), cell("code", "1"))
    assert [each.source for each in made] == ["1"]


def test_parts_are_included_and_see_the_context(tmp_path: Path) -> None:
    (tmp_path / "authored/parts").mkdir(parents=True)
    (tmp_path / "authored/parts/note.md").write_text("As of {{ as_of }}.", encoding="utf-8")
    made = rendered(tmp_path, {"as_of": "today"}, cell("markdown", '{% include "parts/note.md" %}'))
    assert made[0].source == "As of today."


def test_messages_are_those_of_the_language(tmp_path: Path) -> None:
    made = rendered(tmp_path, {}, cell("markdown", '{{ _("{count} of them", count=3) }} {{ "a_b" | md }}'))
    assert made[0].source == "3 of them a\\_b"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ nowhere }}", "'nowhere' is undefined"),
        ("{{ counts.nothing }}", "'dict object' has no attribute 'nothing'"),
        ('{% include "parts/none.md" %}', "no file 'parts/none.md' to include"),
        ("one\n{% if %}", "line 2: Expected an expression, got 'end of statement block'"),
        ('{{ _("{absent}", present=1) }}', "KeyError: 'absent'"),
    ],
)
def test_what_is_wrong_is_named_with_template_and_cell(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(PageError) as caught:
        rendered(tmp_path, {"counts": {}}, cell("code", "1"), cell("markdown", source))
    assert str(caught.value) == f"page.ipynb, cell 2: {reason}"


def test_an_unknown_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="cell 1: tag repeat-tasks: the page has no list 'tasks'"):
        rendered(tmp_path, {}, cell("markdown", "", "repeat-tasks"))


def test_what_is_no_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.ipynb").write_text("not json", encoding="utf-8")
    with pytest.raises(PageError, match=r"^page\.ipynb: not a notebook"):
        render_notebook(tmp_path / "page.ipynb", {}, tmp_path, "en")


def test_authored_pages_are_rendered(tmp_path: Path) -> None:
    (tmp_path / "preface.md").write_text("# {{ city }}\n\n{# a note #}\nEnd\n", encoding="utf-8")
    assert render_page(tmp_path / "preface.md", {"city": "Synthetic"}, "en") == "# Synthetic\n\nEnd\n"


def test_a_name_that_a_page_gives_begins_no_comment(tmp_path: Path) -> None:
    (tmp_path / "preface.md").write_text("{#city .wide}\n## {{ city }}{# note #} 1\n", encoding="utf-8")
    (tmp_path / "part.md").write_text("{% include 'preface.md' %}\n\n{#end}\n", encoding="utf-8")
    page = render_page(tmp_path / "part.md", {"city": "Synthetic"}, "en")
    assert page == "{#city .wide}\n## Synthetic 1\n\n{#end}\n"


def test_an_error_in_an_authored_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "preface.md").write_text("{{ town }}", encoding="utf-8")
    with pytest.raises(PageError, match=r"^preface\.md: 'town' is undefined$"):
        render_page(tmp_path / "preface.md", {}, "en")
