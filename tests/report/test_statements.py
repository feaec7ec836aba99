"""What a page says with numbers, read back from the Markdown that the book's code writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitybook.errors import QualitybookError
from qualitybook.publish.notebook import book_statements
from qualitybook.report import markdown
from qualitybook.report.review import Statement, statements


def said(*outputs: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return text and sources of what a page says."""
    return [(each.text, each.source_ids) for each in statements("Page", outputs)]


def test_a_row_of_a_table_has_its_caption_and_its_sources() -> None:
    rows = [
        [markdown.escape("a_b | *c*"), "97.5%", markdown.cite(["one", "two"])],
        [markdown.link(markdown.escape("Goods [x]"), "indicators/goods"), "3", ""],
        ["no number", "–", markdown.cite(["one"])],
    ]
    table = markdown.table(["Name", "Figure 1", "Source"], rows, caption="Figures of 2025", name="tbl-page-1")
    assert said(table) == [
        ("Figures of 2025 | a_b | *c* | 97.5%", ("one", "two")),
        ("Figures of 2025 | Goods [x] | 3", ()),
        ("Figures of 2025 | no number | –", ("one",)),
    ]


def test_sentences_bullets_and_boxes_are_statements_where_a_number_stands() -> None:
    box = markdown.admonition("important", f"At least **95%** {markdown.cite(['plan'])}.", title="Verdict: met (99%)")
    text = markdown.paragraphs("No number here.", "In 2024 it was 3.", markdown.bullets(["one", "two of 2"]), box)
    assert [text for text, _ in said(text)] == ["In 2024 it was 3.", "two of 2", "Verdict: met (99%)", "At least 95%."]
    assert said(box)[1][1] == ("plan",)


def test_a_picture_its_label_and_what_is_for_the_web_say_nothing_but_the_caption() -> None:
    figure = markdown.figure("/figures/a-1.svg", alt="Chart 1", caption="Figures of 2025.", name="fig-a-1")
    links = markdown.container(f"{markdown.WEB_ONLY} downloads", "Download figure 1")
    assert said(figure + "\n" + links + "\nAfter 2 boxes.") == [("Figures of 2025.", ()), ("After 2 boxes.", ())]


def test_a_table_without_a_caption_does_not_take_that_of_the_one_before() -> None:
    first = markdown.table(["A"], [["1"]], caption="First", name="tbl-page-1")
    second = markdown.plain_table(["B 7"], [["2"]])
    assert said(f"{first}\n{second}") == [("First | 1", ()), ("2", ())]


def test_a_number_by_itself_counts_what_follows() -> None:
    assert said("**12**\n\n? cannot be judged\n\n0\n\nmet") == [("12 ? cannot be judged", ()), ("0 met", ())]


def test_the_pages_of_a_book_come_in_the_order_of_their_importance(tmp_path: Path) -> None:
    for name in ("methods", "areas/1-economy", "targets/02-b", "targets/01-a", "summary"):
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        cells = [
            {"cell_type": "markdown", "source": ["# Title of ", name, "\n", "text 1"]},
            {"cell_type": "code", "source": "1", "outputs": [{"data": {"text/markdown": ["It is ", "5."]}}]},
            {"cell_type": "code", "source": "2", "outputs": [{"text": "6"}]},
        ]
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    found = book_statements(tmp_path)
    order = ("summary", "targets/01-a", "targets/02-b", "areas/1-economy", "methods")
    assert found == [Statement(f"Title of {name}", "It is 5.", ()) for name in order]
    assert book_statements(tmp_path / "nowhere") == []


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "summary.ipynb").write_text('{"cells": ', encoding="utf-8")
    with pytest.raises(QualitybookError, match=r"summary\.ipynb is no executed page; build the book again"):
        book_statements(tmp_path)
