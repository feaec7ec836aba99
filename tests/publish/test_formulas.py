"""The site and the PDF show the same letters, digits and delimiters of every formula, or refuse it."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from xml.etree import ElementTree

import pypdf
import pytest
import typst
from formula_list import FORMULAS
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.publish.documents import BookError
from qualitybook.publish.formulas import difference, signs, visible
from qualitybook.publish.typst import formulas
from qualitybook.publish.typst.formulas import Formula, check_formulas, shown_by_typst, typst_formula
from qualitybook.publish.typst.text import FONT_FOLDERS
from qualitybook.publish.web import formulas as web
from qualitybook.publish.web.formulas import mathml

LISTED = [Formula("list", latex, typst_formula(latex)) for latex in FORMULAS]


def without_accents(text: str) -> str:
    """Return text as it is printed, without the accents that a reader of the PDF joins with their letters."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def test_the_list_is_long_enough() -> None:
    assert len(FORMULAS) >= 60


@pytest.mark.parametrize("latex", FORMULAS)
def test_the_site_shows_every_sign_in_order(latex: str) -> None:
    assert visible("".join(ElementTree.fromstring(mathml(latex)).itertext())) == FORMULAS[latex]


def test_the_pdf_shows_every_sign_in_order() -> None:
    shown = [visible(text) for text in shown_by_typst(LISTED)]
    assert dict(zip(FORMULAS, shown, strict=True)) == FORMULAS
    check_formulas(LISTED)


def test_the_printed_page_holds_the_same_signs() -> None:
    setting = '#set page(width: 40cm, height: 5cm)\n#show math.equation: set text(font: ("New Computer Modern Math", '
    setting += '"Noto Serif SC"))\n'
    source = setting + "#pagebreak()\n".join(f"$ {formula.typst} $\n" for formula in LISTED)
    pdf = typst.compile(source.encode(), format="pdf", font_paths=FONT_FOLDERS, ignore_system_fonts=True)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    printed = [Counter(visible(without_accents(page.extract_text()))) for page in pages]
    assert dict(zip(FORMULAS, printed, strict=True)) == {latex: Counter(text) for latex, text in FORMULAS.items()}


@pytest.mark.parametrize("latex", FORMULAS)
def test_what_has_to_be_shown_is_read_from_the_source(latex: str) -> None:
    assert Counter(signs(latex)) == Counter(FORMULAS[latex])


def test_a_word_keeps_its_spaces() -> None:
    assert ">arg\u00a0max</mo>" in mathml(r"\operatorname*{arg\,max}_x f")
    assert ">if\u00a0</mtext>" in mathml(r"\text{if } x")
    assert typst_formula(r"\operatorname*{arg\,max} f") == 'op("arg\u00a0max", limits: #true) f'
    assert typst_formula(r"a \text{ if } x") == 'a"\u00a0if\u00a0"x'


def test_a_thousand_has_no_gap_after_its_comma() -> None:
    assert typst_formula("1{,}000") == '1 class("normal", comma) 000'


@pytest.mark.parametrize(
    ("latex", "typst_source"),
    [
        (r"\frac{a}{b}(c)", "frac(#none a, b) (c)"),
        (r"\frac{n}{k}!", "frac(#none n, k) !"),
        (r"\frac{a}{b}^2", "frac(#none a, b)^(2)"),
        (r"g'(y)^2", "g^(prime) (y)^(2)"),
        (r"x'^2", "x^(prime 2)"),
    ],
)
def test_what_follows_a_fraction_or_a_prime_is_no_part_of_it(latex: str, typst_source: str) -> None:
    assert " ".join(typst_formula(latex).split()) == typst_source


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"\nosuchcommand x", "methods: the formula .* cannot be printed: .*unknown variable: nosuchcommand"),
        (r"\tag{1} x", r"methods: .*it gains \( \)"),
        (r"\color{red} x", "methods: .*it loses r e d"),
    ],
)
def test_what_is_lost_or_unknown_is_named_with_its_document(latex: str, message: str) -> None:
    good = Formula("other", "x", "x")
    with pytest.raises(BookError, match=message):
        check_formulas([good, Formula("methods", latex, typst_formula(latex))])


def test_a_converter_that_drops_a_delimiter_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "latex_to_typst", lambda latex: "100 1 - p")
    with pytest.raises(BookError, match=r"it loses \( \)"):
        check_formulas([Formula("a", "100(1-p)", typst_formula("100(1-p)"))])
    monkeypatch.setattr(web, "convert", lambda latex, display: "<math><mn>100</mn><mn>1</mn><mo>-</mo></math>")
    with pytest.raises(BookError, match=r"it loses \( p \)"):
        mathml("100(1-p)")


@given(st.text(r"\{}()[]^_&$%'|,;. abfrctexlgimd质", max_size=16))
def test_any_source_can_be_read(latex: str) -> None:
    assert difference(latex, signs(latex)) == ""
    typst_formula(latex)
