"""Cells that name their column, and parts of a page that the website folds."""

from __future__ import annotations

from docutils import nodes
from docutils.core import publish_doctree

from qualitybook.publish.web.narrow import CARDS, _name_columns
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
