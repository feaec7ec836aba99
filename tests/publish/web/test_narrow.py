"""Cells that name their column, and parts of a page that the website folds."""

from __future__ import annotations

from docutils import nodes
from docutils.core import publish_doctree

from qualitybook.publish.web.narrow import CARDS, _is_long, _name_columns, fold
from qualitybook.report import markdown

TABLE = """
===  =====  =====
{}
===  =====  =====
x    1      2
===  =====  =====
"""


def named(head: str) -> nodes.table:
    table = next(publish_doctree(TABLE.format(head)).findall(nodes.table))
    _name_columns(table)
    return table


def test_each_cell_of_a_wide_table_names_its_column() -> None:
    table = named("A    B      C")
    body = next(table.findall(nodes.tbody))
    assert [entry["qb_label"] for entry in body.findall(nodes.entry)] == ["A", "B", "C"]
    assert table["classes"] == [CARDS]


def test_a_table_of_two_columns_stays_a_table() -> None:
    table = next(publish_doctree("===  ===\nA    B\n===  ===\n1    2\n===  ===\n").findall(nodes.table))
    _name_columns(table)
    assert table["classes"] == []


def test_a_fold_says_in_print_nothing_of_what_it_is_folded_under() -> None:
    assert markdown.fold("Show all", "Text.") == (
        "::::{container} fold\n\n:::{container} web-only\n\nShow all\n:::\n\nText.\n::::\n"
    )


def test_a_phone_folds_long_tables_with_a_title_that_are_not_folded_already() -> None:
    def table(rows: int, *around: nodes.Element) -> nodes.table:
        body = "\n".join(f"{place}    1      2" for place in range(rows))
        source = ".. table:: Title\n\n   ===  =====  =====\n   A    B      C\n   ===  =====  =====\n"
        text = source + "".join(f"   {line}\n" for line in body.split("\n")) + "   ===  =====  =====\n"
        found = next(publish_doctree(text).findall(nodes.table))
        _name_columns(found)
        for box in around:
            box += found
        return found

    assert _is_long(table(9))
    assert not _is_long(table(2))
    assert not _is_long(table(9, fold("", summary="", look="")))
    assert not _is_long(table(9, nodes.container(classes=["catalogue"])))
