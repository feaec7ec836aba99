"""Markdown that code writes, and text from the data that must stay text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

from qualitybook.report import markdown

PARSER = MdParserConfig(
    enable_extensions={"attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "strikethrough"}
)
ANYTHING = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf")), min_size=1
)


def plain_text(source: str) -> str:
    """Return what a reader sees of inline MyST, or fail if it is more than plain text."""
    # As a line of its own: some marks count only at its beginning.
    tokens = create_md_parser(PARSER, DocutilsRenderer).parse(source)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"], source
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}, f"{source!r} is read as {children}"
    return "".join(child.content for child in children)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "**bold** _it_",
        "[link](http://x.y)",
        "{cite}`a`",
        "a | b",
        "$x$ and $$y$$",
        "back\\slash `code`",
        "# no heading",
        "~~gone~~",
        "![image](x.png)",
        "<!-- hidden -->",
        "a^b",
        "x@y.z",
        "R&D",
        "R&amp;D &lt;0.1 &nbsp; &#92;",
        "1. first",
        "12) twelfth",
        "- dash",
        "-",
        "---",
        "+ plus",
        "+++",
        "=====",
        ": meaning",
        ":::",
        "% of GDP",
        "(label)=",
        "-5",
    ],
)
def test_text_from_the_data_stays_text(text: str) -> None:
    assert plain_text(markdown.escape(text)) == text


MARKS = st.text(alphabet=st.sampled_from("\\`*_{}[]<>()#|$~^@!&;:%=+-.'\"/ 1ab质"), min_size=1).filter(str.strip)


@given(ANYTHING | MARKS)
def test_any_text_stays_text(text: str) -> None:
    assert plain_text(markdown.escape(text)) == on_one_line(text)


@given(ANYTHING | MARKS)
def test_escaped_text_can_be_had_back(text: str) -> None:
    assert markdown.unescape(markdown.escape(text)) == on_one_line(text)


def on_one_line(text: str) -> str:
    """Return a text with every run of blanks as one space; one at which no line ends is none of them."""
    return " ".join(re.split(r"[^\S\xa0]+", text)).strip()


@given(ANYTHING | MARKS)
def test_a_picture_says_what_was_written(text: str) -> None:
    tokens = create_md_parser(PARSER, DocutilsRenderer).parse(markdown.image("/a.svg", text))
    (picture,) = tokens[1].children or []
    assert (picture.type, picture.attrs["src"]) == ("image", "/a.svg")
    assert {child.type for child in picture.children or ()} <= {"text", "text_special"}
    assert "".join(child.content for child in picture.children or ()) == on_one_line(text)


def test_escape_puts_text_on_one_line() -> None:
    assert markdown.escape(" two\n lines ") == "two lines"
    assert markdown.escape("≥\xa0 98%\xa0") == "≥\xa0 98%"


def test_cite_lists_each_source_once() -> None:
    assert markdown.cite(["b", "a", "b"]) == "{cite}`b,a`"
    assert markdown.cite([]) == ""


def test_table_is_a_captioned_directive() -> None:
    made = markdown.table(
        ["Year", "Value"], [["2024", "98.5%"], ["2025", ""]], caption="Rates", name="tbl-x", align="lr"
    )
    assert made == (
        ":::{table} Rates\n:name: tbl-x\n\n| Year | Value |\n| :-- | --: |\n| 2024 | 98.5% |\n| 2025 |   |\n:::\n"
    )


def test_figure_carries_alternative_text_and_caption() -> None:
    made = markdown.figure("/figures/a.svg", alt="A [rise] of `x`", caption="Rates.", name="fig-a")
    assert made == ":::{figure-md} fig-a\n\n![A \\[rise\\] of \\`x\\`](/figures/a.svg)\n\nRates.\n:::\n"


def test_a_directive_around_a_directive_has_the_longer_fence() -> None:
    inner = markdown.admonition("note", "text")
    assert markdown.admonition("important", inner, title="T").startswith("::::{admonition} T\n:class: important\n")


def test_tables_parse_with_as_many_columns_as_given() -> None:
    made = markdown.table(["a"], [[markdown.escape("x | y")]], caption="c", name="n")
    body = "\n".join(made.splitlines()[3:-1])
    rows = [token for token in MarkdownIt("commonmark").enable("table").parse(body) if token.type == "td_open"]
    assert len(rows) == 1
