"""Cells that name their column, and parts of a page that the website folds."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from docutils.core import publish_doctree

from qualitybook.publish.web import narrow
from qualitybook.publish.web.narrow import (
    CARDS,
    MOST_COLUMNS,
    _is_long,
    _name_columns,
    fold,
    has_cards,
    told_columns,
)
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


def test_the_body_of_a_wide_table_tells_what_its_columns_are_called() -> None:
    table = named("A    B      C")
    body = next(table.findall(nodes.tbody))
    assert body["qb_names"] == ["A", "B", "C"]
    assert table["classes"] == [CARDS]


def test_a_name_of_a_column_may_have_any_sign() -> None:
    told = told_columns(["It's", 'a \\ <b> & "c"'])
    assert told == r""" style="--c1:'It\'s';--c2:'a \\ &lt;b&gt; &amp; &quot;c&quot;'" """.rstrip()


def test_the_style_sheet_names_as_many_columns_as_a_table_of_cards_may_have() -> None:
    sheet = (Path(narrow.__file__).parent / "static/qualitybook.css").read_text(encoding="utf-8")
    named = [int(number) for number in re.findall(r"nth-child\((\d+)\)::before { content: var\(--c\1\)", sheet)]
    assert named == list(range(1, MOST_COLUMNS + 1))
    assert not has_cards(["A"] * (MOST_COLUMNS + 1))


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
