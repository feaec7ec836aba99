"""Descriptions of pictures reach screen readers as they were written, on the site, in the PDF and in the notebooks."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from unittest.mock import Mock

import pytest
from docutils.core import publish_parts
from hypothesis import given
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from qualitybook.publish import documents
from qualitybook.report import markdown

SETTINGS = {"myst_enable_extensions": ["attrs_inline", "colon_fence", "deflist", "dollarmath"], "report_level": 5}
NASTY = [
    "R&D spending",
    "E. coli <0.1 & pass rate > 5",
    "[ ] \\ ` * _ {x} $y$ ~ ^ # | ! @ ' \"",
    "*all* _of_ `these` [are](marks) <b>and</b> &amp; &lt; {cite}`x` [^1]",
    "合格率<98%（含&其他）[草案]",
]
PRINTABLE = st.text(st.characters(codec="utf-8").filter(str.isprintable), min_size=1).filter(str.strip)
MARKS = st.text(st.sampled_from("\\`*_{}[]<>()#|$~^@!&;:%=+-.'\"/ 1ab质"), min_size=1).filter(str.strip)


class Pictures(HTMLParser):
    """The descriptions of a page's pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.said.append(dict(attrs)["alt"])


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    app: Any = Mock()
    app.registry.get_transforms.return_value = []
    documents.register(app)


def on_the_site(source: str) -> list[str | None]:
    parts = publish_parts(source, parser=Parser(), writer_name="html5", settings_overrides=SETTINGS)
    return Pictures(parts["body"]).said


def in_the_notebook(source: str) -> list[str | None]:
    return Pictures(markdown2html_mistune(source)).said


@pytest.mark.parametrize("text", NASTY)
def test_no_character_is_lost(text: str) -> None:
    source = markdown.image("a.svg", text)
    assert on_the_site(source) == in_the_notebook(source) == [text]


@given(PRINTABLE | MARKS)
def test_any_printable_text_comes_out_as_it_went_in(text: str) -> None:
    source = markdown.image("a.svg", text)
    assert on_the_site(source) == in_the_notebook(source) == [" ".join(text.split())]


def test_markup_in_a_description_of_an_author_is_stripped() -> None:
    assert on_the_site("![*Rates* of `R&D`\nand $n$](a.svg)") == ["Rates of R&D and n"]
