"""Text that means something to Typst, widths of columns, captions and characters."""

from __future__ import annotations

import io
import re
from importlib import resources

import pypdf
import pytest
import typst
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.publish.documents import BookError
from qualitybook.publish.typst.builder import TEMPLATES
from qualitybook.publish.typst.columns import CELL_PADDING, LANDSCAPE, PORTRAIT, ems, layout, longest_word, title_width
from qualitybook.publish.typst.text import (
    FONT_FOLDERS,
    admonition_titles,
    array,
    check_glyphs,
    dictionary,
    fixed_words,
    markup,
    missing_glyphs,
    string,
    with_passages,
)
from qualitybook.publish.typst.translator import short_caption
from qualitybook.report.i18n import LANGUAGES, Words

NASTY = [
    "= Heading",
    "+ item",
    "- item",
    "/ term: x",
    "1. item",
    "12.",
    "2024.5 rows",
    "a -- b --- c -5 -?",
    "wait...",
    "https://a.org//b /* c */",
    "#let x = 1; #x",
    "$x$ *b* _e_ `r` ~ @ref <label> [x] {y} \\n \\u{41}",
    "'single' \"double\"",
    "98.5%（含）—“引号”",
]


def printed(body: str) -> list[str]:
    """Return the lines that Typst prints."""
    setting = "#set page(width: 40cm)\n#set smartquote(enabled: false)\n#set text(cjk-latin-spacing: none)\n"
    pdf = typst.compile((setting + body).encode(), format="pdf", font_paths=FONT_FOLDERS, ignore_system_fonts=True)
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().splitlines()


def test_typst_prints_text_as_it_is() -> None:
    assert printed("\n\n".join(map(markup, NASTY))) == NASTY


def test_typst_reads_strings_as_they_are() -> None:
    assert printed("\n\n".join(f"#{string(text)}" for text in NASTY)) == NASTY


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_markup_only_adds_backslashes(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", markup(text), flags=re.S) == re.sub(r"[ \t\r\n]+", " ", text)


def test_line_breaks_are_spaces() -> None:
    assert markup("a\n  b\tc") == "a b c"


def test_arrays_and_dictionaries() -> None:
    assert [array([]), array(["1"]), array(["1", "2"])] == ["()", "(1,)", "(1, 2)"]
    assert dictionary({}) == "(:)"
    assert dictionary({"a": "1", "b-c": "none"}) == "(\n  a: 1,\n  b-c: none,\n)"


def test_width_of_text() -> None:
    assert ems("食品") == 2
    assert ems("ab") == pytest.approx(1.08)
    assert ems("5%") == pytest.approx(0.54 + 0.92)
    assert longest_word("食品安全 98.5% abc") == pytest.approx(4 * 0.54 + 0.92)


def test_a_small_table_keeps_its_natural_width() -> None:
    assert layout([["a", "b"]], [["1", "2"]], 2).widths == ("auto", "auto")


def test_a_long_column_gets_the_room_that_short_ones_leave() -> None:
    form = layout([], [["1", "食品" * 50, "2"]], 3)
    assert form.widths[::2] == ("auto", "auto")
    assert form.widths[1].endswith("fr")
    assert form.wraps


def test_no_column_is_narrower_than_its_longest_word() -> None:
    form = layout([], [["食品安全" * 60, "A" * 40 + " b" * 20]], 2)
    assert form.widths[1] == f"{1.06 * 40 * 0.54 + CELL_PADDING / 9:.1f}em"


@pytest.mark.parametrize("more", range(10, 140, 5))
def test_a_share_leaves_room_for_the_space_beside_the_text(more: int) -> None:
    """A share is one of the whole column, of which the text has less in a narrow one than in a wide one."""
    cells = ["1", "食" * 9, "食" * more, "食" * 24, "食" * 32, "食" * more, "其他假定75%～90%", "食" * 120]
    form = layout([], [cells], 8)
    shares = [float(width[:-2]) for width in form.widths if width.endswith("fr")]
    left = PORTRAIT - sum(8 * 0.54 + CELL_PADDING for width in form.widths if width == "auto")
    left -= sum(8 * float(width[:-2]) for width in form.widths if width.endswith("em"))
    narrow = form.widths[6]
    room = left * float(narrow[:-2]) / sum(shares) if narrow.endswith("fr") else 8 * float(narrow[:-2])
    assert room - CELL_PADDING >= 8 * longest_word("75%～")


@pytest.mark.parametrize(("columns", "size", "landscape"), [(6, 9, False), (7, 8, False), (9, 8, False), (10, 8, True)])
def test_many_columns_are_set_smaller_and_then_sideways(columns: int, size: float, landscape: bool) -> None:
    cells = [["食品安全抽检"] * columns]
    assert (layout([], cells, columns).size, layout([], cells, columns).landscape) == (size, landscape)
    assert not layout([], cells, columns, may_turn=False).landscape


def test_a_long_title_does_not_widen_a_column_of_short_figures() -> None:
    form = layout([["目标", "Range of the forecast in 2025"]], [["食品" * 60, "96.2-97.7% or even more"]], 2)
    assert form.widths[1] == f"{1.06 * (0.54 * 22 + 0.92) + CELL_PADDING / 9:.1f}em"


def test_a_row_goes_on_on_the_next_page_only_where_a_text_is_long() -> None:
    assert not layout([], [["1", "食品" * 40, "食品" * 50]], 3).breakable
    assert layout([], [["1", "食品" * 80, "2"]], 3).breakable
    assert layout([], [["1", "\n".join("食品" * 2 for _ in range(30)), "食品" * 50]], 3).breakable


@pytest.mark.parametrize(
    ("title", "width"), [("来源等级", 4), ("数字的个数", 4), ("数字的个数与最近年份", 6), ("a" * 20, 10.8)]
)
def test_titles_of_columns_have_two_lines_at_most(title: str, width: float) -> None:
    assert title_width(title) == pytest.approx(width)


def test_many_narrow_columns_stay_upright() -> None:
    assert not layout([], [["1"] * 12], 12).landscape


@given(st.lists(st.integers(0, 80), min_size=1, max_size=12))
def test_fixed_columns_never_fill_the_page(lengths: list[int]) -> None:
    form = layout([], [["食" * length for length in lengths]], len(lengths))
    room = (LANDSCAPE if form.landscape else PORTRAIT) - len(lengths) * CELL_PADDING
    natural = sum(length * form.size for length, width in zip(lengths, form.widths, strict=True) if width == "auto")
    assert natural <= room
    assert form.wraps or sum(lengths) * form.size <= room


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("合格率，2018—2024年。截至2026年。", "合格率，2018—2024年"),
        ("Pass rate, e.g. of food, 98.5 or more. As of May.", "Pass rate, e.g. of food, 98.5 or more"),
        ("No stop", "No stop"),
    ],
)
def test_the_first_sentence_of_a_caption(caption: str, expected: str) -> None:
    assert short_caption(nodes.caption("", caption), lambda node: False) == expected


def test_characters_without_a_glyph_are_found() -> None:
    assert missing_glyphs("广a≥①✓\u00a0\u200b\ua015") == {"\ua015"}


def test_fonts_inside_typst_count() -> None:
    assert missing_glyphs("\u1e9e") == set()


def test_no_line_breaks_between_a_percent_sign_and_a_year_in_parentheses() -> None:
    assert longest_word("97.39%（2025年上半年）") == ems("97.39%（2025")
    assert longest_word("97%（农业部）") == ems("97%")
    assert longest_word("其他假定下10%～25%") == ems("10%～")


def test_the_error_names_character_and_documents() -> None:
    with pytest.raises(BookError, match=r"U\+A015 YI SYLLABLE WU in a, b"):
        check_glyphs({"\ua015": {"b", "a"}, "x": {"c"}})


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_template_has_all_words_it_asks_for(code: str) -> None:
    folder = resources.files("qualitybook.publish.typst")
    template = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in TEMPLATES)
    asked = set(re.findall(r"book\.words\.([a-z-]+)", template))
    assert asked == set(fixed_words(Words(code)))


def test_words_are_in_the_language_of_the_book() -> None:
    assert fixed_words(Words("zh"))["chapter"] == "第{number}章"
    assert admonition_titles(Words("zh"))["warning"] == "警告"
    assert fixed_words(Words("en"))["see-page"] == " (page {page})"


@pytest.mark.parametrize(
    ("lang", "text", "marked"),
    [
        ("en", "See 食品抽检（2024年）合格率 and 95.", 'See #passage("zh")[食品抽检（2024年）合格率]; and 95.'),
        ("zh", "见“Guangzhou Statistical Yearbook 2025”", '见“#passage("en")[Guangzhou Statistical Yearbook]; 2025”'),
        ("zh", "按GDP和R&D计，CC BY 4.0", "按GDP和R&D计，CC BY 4.0"),
    ],
)
def test_passages_in_another_language_are_marked(lang: str, text: str, marked: str) -> None:
    assert with_passages(text, lang) == marked
