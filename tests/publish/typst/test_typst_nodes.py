"""The Typst source of every node that the PDF has a form for."""

from __future__ import annotations

import re

import pytest
from docutils import nodes
from sphinx import addnodes
from typst_source import ADMONITIONS, document, paragraph, row, source_of, table

from qualitybook.publish.documents import BookError
from qualitybook.publish.typst.labels import Label, Terms, collect_labels, destination
from qualitybook.publish.typst.translator import DocumentPlace, TypstTranslator, length

OTHER = {("other", "s"): Label("other#s", "section"), ("other", "t"): Label("other#t", "place")}
TERM = nodes.term("", "Bound", ids=["term-bound"])
FOOTNOTE = nodes.footnote("", nodes.label("", "1"), paragraph("A note."), ids=["f1"])


def section(title: str, *children: nodes.Node, name: str = "s") -> nodes.section:
    return nodes.section("", nodes.title("", title), *children, ids=[name])


def items(*texts: str) -> list[nodes.list_item]:
    return [nodes.list_item("", paragraph(text)) for text in texts]


def image(**attributes: str) -> nodes.image:
    return nodes.image("", uri="figures/a.svg", **attributes)


def figure(*children: nodes.Node) -> nodes.figure:
    return nodes.figure("", image(alt="A line rises."), *children, ids=["fig-1"])


def fields() -> nodes.field_list:
    field = nodes.field("", nodes.field_name("", "Unit"), nodes.field_body("", paragraph("%")))
    return nodes.field_list("", field)


def definitions() -> nodes.definition_list:
    item = nodes.definition_list_item(
        "", TERM.deepcopy(), nodes.classifier("", "word"), nodes.definition("", paragraph("98 or more."))
    )
    return nodes.definition_list("", item)


def to(page: str, target: str, text: str = "there", **attributes: str) -> nodes.reference:
    return nodes.reference("", text, refuri=f"book:{page}#{target}", **attributes)


def number_to(target: str, title: str = "Fig. %s") -> addnodes.number_reference:
    return addnodes.number_reference("", "", nodes.inline("", "Fig. 9"), refid=target, title=title)


GOLDEN: dict[str, tuple[list[nodes.Node], str]] = {
    "document": ([], ""),
    "compound": ([nodes.compound("", paragraph("a"))], "a"),
    "section": (
        [section("One", section("Two", section("Three", name="u"), name="t"))],
        '#chapter(level: 1, name: label("page#s"))[One]\n\n\n'
        '#section(level: 2, name: label("page#t"), depth: 1)[Two]\n\n\n'
        '#section(level: 3, name: label("page#u"), depth: 2)[Three]',
    ),
    "title": ([section("Rates & #1")], '#chapter(level: 1, name: label("page#s"))[Rates & \\#1]'),
    "rubric": ([nodes.rubric("", "Aside")], "#rubric[Aside]"),
    "transition": ([nodes.transition()], "#transition"),
    "paragraph": ([paragraph("One\nline."), paragraph("Two.")], "One line.\n\n\nTwo."),
    "Text": ([paragraph("3 * 4 = $12")], "3 \\* 4 = \\$12"),
    "inline": ([paragraph(nodes.inline("", "x"))], "x"),
    "generated": ([paragraph(nodes.generated("", "x"))], "x"),
    "abbreviation": ([paragraph(nodes.abbreviation("", "GDP"))], "GDP"),
    "download_reference": ([paragraph(addnodes.download_reference("", "the data"))], "the data"),
    "emphasis": ([paragraph(nodes.emphasis("", "x"), "(y)")], "#emph[x];(y)"),
    "title_reference": ([paragraph(nodes.title_reference("", "x"))], "#emph[x];"),
    "strong": ([paragraph(nodes.strong("", "x"), ".y")], "#strong[x];.y"),
    "superscript": ([paragraph("m", nodes.superscript("", "2"))], "m#super[2];"),
    "subscript": ([paragraph("x", nodes.subscript("", "t"))], "x#sub[t];"),
    "literal": ([paragraph(nodes.literal("", 'a"\\b'))], '#raw("a\\"\\\\b");'),
    "literal_block": ([nodes.literal_block("", "a\nb")], '#raw(block: true, "a\\nb")'),
    "math": ([paragraph(nodes.math("", r"\frac{1}{2}"))], '#formula("\\\\frac{1}{2}", $frac(#none 1, 2)$);'),
    "math_block": (
        [nodes.math_block("", "a^2", number=1, ids=["equation-e"]), nodes.math_block("", "b")],
        '#display-formula(numbered: true, "a^2", $ a^(2) $)\n\n\n#display-formula("b", $ b $)',
    ),
    "raw": (
        [paragraph("a", nodes.raw("", "<br />\n", format="html"), nodes.raw("", "<b>", format="html"))],
        "a#linebreak();",
    ),
    "reference": (
        [paragraph(nodes.reference("", "site", refuri="https://a.org/?b=1"))],
        '#web("https://a.org/?b=1")[site];',
    ),
    "number_reference": (
        [figure(nodes.caption("", "C")), paragraph(number_to("fig-1"))],
        '#captioned-figure(name: label("page#fig-1"), caption: [C])'
        '[#align(center, picture("images/a.svg", alt: "A line rises."))]\n\n\n'
        '#see-number(label("page#fig-1"));',
    ),
    "footnote_reference": (
        [
            paragraph(nodes.footnote_reference("", "1", refid="f1"), nodes.footnote_reference("", "1", refid="f1")),
            FOOTNOTE.deepcopy(),
        ],
        '#note(label("page#f1"))[A note.];#note-again(label("page#f1"));',
    ),
    "footnote": ([FOOTNOTE.deepcopy()], ""),
    "citation": (
        [nodes.citation("", nodes.label("", "12"), paragraph("Office. Title."), ids=["c1"])],
        '#bibliography-entries(\n  ("page#c1", [12], [Office. Title.]),\n)',
    ),
    "image": (
        [image(width="200px"), paragraph("x ", image(alt='a "b"'))],
        '#align(center, picture("images/a.svg", width: 150pt))\n\n\nx #box(picture("images/a.svg", alt: "a \\"b\\""));',
    ),
    "figure": (
        [figure(nodes.caption("", "It rose. As of May."), nodes.legend("", paragraph("More.")))],
        '#captioned-figure(name: label("page#fig-1"), caption: [It rose. As of May.], short: [It rose])'
        '[#align(center, picture("images/a.svg", alt: "A line rises."))\n\n#legend[More.]]',
    ),
    "caption": (
        [nodes.container("", nodes.caption("", "Listing"), nodes.literal_block("", "a"))],
        '#rubric[Listing]\n\n\n#raw(block: true, "a")',
    ),
    "table": (
        [table([row("a", "b", classes="text-right")], [row("1", "2"), row("3", "4")], columns=2, title="Rates")],
        '#captioned-table(name: label("page#tbl-1"), caption: [Rates])[#data-table(columns: (auto, auto), '
        "align: (right, right), size: 9pt, header: ([a], [b]),\n  [1], [2],\n  [3], [4],\n)]",
    ),
    "bullet_list": ([nodes.bullet_list("", *items("a", "b"))], "#list([a], [b])"),
    "enumerated_list": (
        [nodes.enumerated_list("", *items("a"), enumtype="loweralpha", prefix="(", suffix=")", start=3)],
        '#enum(start: 3, numbering: "(a)", [a])',
    ),
    "definition_list": (
        [definitions(), paragraph(nodes.reference("", "x", refid="term-bound"))],
        '#definitions(\n  ([#anchor(label("page#term-bound"));Bound, #emph[word];], [98 or more.]),\n)\n\n\n'
        '#go-to(label("page#term-bound"))[x];',
    ),
    "term": ([TERM.deepcopy()], "Bound"),
    "classifier": ([nodes.classifier("", "word")], "#emph[word];"),
    "definition": ([nodes.definition("", paragraph("a"))], "a"),
    "glossary": ([addnodes.glossary("", paragraph("a"))], "a"),
    "field_list": ([fields()], "#fields(([Unit], [%]))"),
    "line_block": (
        [nodes.line_block("", nodes.line("", "a"), nodes.line_block("", nodes.line("", "b")))],
        "#line-block([a], [#line-block([b])])",
    ),
    "block_quote": (
        [nodes.block_quote("", paragraph("Quality first."), nodes.attribution("", "Outline"))],
        "#quote(block: true, attribution: [Outline])[Quality first.]",
    ),
    "admonition": (
        [nodes.admonition("", nodes.title("", "Mind"), paragraph("x"), classes=["warning"])],
        '#admonition("warning", title: [Mind])[x]',
    ),
    "container": ([nodes.container("", paragraph("a"))], "a"),
    "target": (
        [nodes.target("", ids=["spot"]), paragraph(nodes.reference("", "x", refid="spot"))],
        '#anchor(label("page#spot"));\n#go-to(label("page#spot"))[x];',
    ),
    "comment": ([nodes.comment("", "x")], ""),
    "index": ([addnodes.index("", entries=[])], ""),
    "substitution_definition": ([nodes.substitution_definition("", "x")], ""),
    "toctree": ([addnodes.toctree()], ""),
    "meta": ([nodes.meta()], ""),
    "highlightlang": ([addnodes.highlightlang()], ""),
    "tabular_col_spec": ([addnodes.tabular_col_spec()], ""),
} | {
    kind: (
        [getattr(addnodes if kind == "seealso" else nodes, kind)("", paragraph("x"))],
        f'#admonition("{kind}", title: [{title}])[x]',
    )
    for kind, title in ADMONITIONS.items()
}


@pytest.mark.parametrize("name", GOLDEN)
def test_source_of_a_node(name: str) -> None:
    children, expected = GOLDEN[name]
    assert source_of(*(child.deepcopy() for child in children)) == expected


def test_every_known_node_has_a_golden_source() -> None:
    known = {name.removeprefix("visit_") for name in vars(TypstTranslator) if name.startswith("visit_")}
    assert known == set(GOLDEN)


def test_boxes_of_the_first_page_stand_side_by_side() -> None:
    tile = nodes.container("", paragraph("0"), classes=["tile"])
    assert source_of(nodes.container("", tile, classes=["tally"])) == (
        "#block[#set par(justify: false, first-line-indent: 0pt)\n"
        "#grid(columns: (1fr,) * 7, gutter: 4pt, box(width: 100%, stroke: 0.5pt + luma(70%), inset: 6pt)[0])]"
    )


def test_what_is_for_the_web_only_is_not_printed() -> None:
    assert source_of(nodes.container("", paragraph("SVG"), classes=["web-only", "downloads"])) == ""


@pytest.mark.parametrize("node", [nodes.sidebar(), nodes.problematic("", "x"), addnodes.desc()])
def test_an_unknown_node_stops_the_build(node: nodes.Element) -> None:
    with pytest.raises(BookError, match=rf"page: .*'{node.__class__.__name__}'"):
        source_of(node)


def test_a_document_below_a_chapter_is_a_section_of_it() -> None:
    place = DocumentPlace("page", level=3, depth=1, number=4)
    assert source_of(section("Food"), place=place) == '#section(level: 3, name: label("page#s"), depth: 1)[Food]'


def test_a_numbered_chapter_carries_its_number() -> None:
    place = DocumentPlace("page", level=2, number=4)
    assert source_of(section("Food"), place=place) == '#chapter(level: 2, name: label("page#s"), number: 4)[Food]'


def test_captions_in_chapters_without_number_are_counted_on() -> None:
    chapters = [section("A", table([], [row("x")], columns=1, title="T"), name="a"), section("B", name="b")]
    assert '#chapter(level: 1, name: label("page#b"), tables: 1)[B]' in source_of(*chapters)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (to("other", "s"), '#see(label("other#s"))[there];'),
        (to("other", "t"), '#go-to(label("other#t"))[there];'),
    ],
)
def test_references_say_the_page_of_sections_only(reference: nodes.reference, expected: str) -> None:
    assert source_of(paragraph(reference), elsewhere=OTHER) == expected


def test_a_reference_in_parentheses_gets_no_second_pair() -> None:
    text = source_of(paragraph("（见", to("other", "s"), "）和", to("other", "s")), elsewhere=OTHER)
    assert re.sub(r'#passage\("zh"\)\[(.)\];', r"\1", text) == (
        '（见#see(label("other#s"), within: true)[there];）和#see(label("other#s"))[there];'
    )


def test_references_in_a_cell_say_no_page() -> None:
    cells = nodes.row("", nodes.entry("", paragraph(to("other", "s"))))
    assert '[#go-to(label("other#s"))[there];]' in source_of(table([], [cells], columns=1), elsewhere=OTHER)


def test_a_reference_out_of_nowhere_stops_the_build() -> None:
    with pytest.raises(BookError, match="page: a reference leads to 'other#gone'"):
        source_of(paragraph(to("other", "gone")))


def test_a_reference_to_a_formula_is_its_number() -> None:
    formula = [nodes.target("", refid="equation-e"), nodes.math_block("", "a", number=1, ids=["equation-e"])]
    made = source_of(*formula, paragraph(nodes.reference("", "(1)", refid="equation-e")))
    assert made.startswith('#display-formula(name: label("page#equation-e"), numbered: true, "a", $ a $)')
    assert made.endswith('#see-number(label("page#equation-e"), hint: false);')


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tafel %s!", '#see-number(label("page#fig-1"), before: [Tafel ], after: [!]);'),
        ("No. {number}", '#see-number(label("page#fig-1"), before: [No. ], after: []);'),
        ("{name} {number}", '#see(label("page#fig-1"))[Fig. 9];'),
    ],
)
def test_a_numbered_reference_keeps_the_words_of_its_author(title: str, expected: str) -> None:
    assert source_of(figure(nodes.caption("", "C")), paragraph(number_to("fig-1", title))).endswith(expected)


def test_the_list_of_figures_leaves_citations_out() -> None:
    caption = nodes.caption("", "Rates [")
    caption += [nodes.reference("", "3", refid="c1"), nodes.Text("].")]
    citation = nodes.citation("", nodes.label("", "3"), paragraph("x"), ids=["c1"])
    assert "short: [Rates])" in source_of(figure(caption), citation)


def test_the_list_of_figures_prints_formulas_as_formulas() -> None:
    caption = nodes.caption("", "Rates ")
    caption += [nodes.math("", r"\frac{a}{b}"), nodes.footnote_reference("", "1", refid="f1")]
    made = source_of(figure(caption), FOOTNOTE.deepcopy())
    assert 'short: [Rates #formula("\\\\frac{a}{b}", $frac(#none a, b)$);])' in made


def test_a_figure_without_caption_has_no_number() -> None:
    assert source_of(figure()).startswith("#uncaptioned[")


def test_a_figure_from_the_internet_stops_the_build() -> None:
    with pytest.raises(BookError, match=r"page: the image 'https://a\.org/b\.png'"):
        source_of(nodes.image("", uri="https://a.org/b.png"))


def test_a_wide_table_turns_the_page_but_not_in_a_box() -> None:
    wide = table([], [row(*["abcdefghijkl"] * 10)], columns=10)
    assert source_of(wide.deepcopy()).startswith("#landscape[#uncaptioned[#data-table(")
    assert "#landscape" not in source_of(nodes.note("", wide))


def test_cells_over_several_columns_and_rows() -> None:
    cells = row("a", "b")
    cells.children[0]["morecols"], cells.children[1]["morerows"] = 1, 2
    assert "table.cell(colspan: 2)[a], table.cell(rowspan: 3)[b]" in source_of(table([], [cells], columns=3))


def test_footnotes_of_a_head_are_written_once_in_the_first_row() -> None:
    mark = nodes.footnote_reference("", "1", refid="f1")
    head = nodes.row("", nodes.entry("", paragraph("Rate", mark.deepcopy(), mark.deepcopy())))
    head.children[0].children[0].insert(0, nodes.target("", ids=["spot"]))
    made = source_of(
        table([head], [row("97"), row("98")], columns=1),
        paragraph(mark.deepcopy(), nodes.reference("", "x", refid="spot")),
        FOOTNOTE.deepcopy(),
    )
    again = '#note-again(label("page#f1"));'
    once = '#anchor(label("page#spot"));#silent-note(label("page#f1"))[A note.];'
    mark_alone = again.replace("again", "mark")
    assert f"header: ([Rate{mark_alone}{mark_alone}],),\n  [{once}97],\n  [98],\n" in made
    assert made.endswith(f'{again}#go-to(label("page#spot"))[x];')


def test_a_head_without_rows_keeps_its_footnotes() -> None:
    head = nodes.row("", nodes.entry("", paragraph("Rate", nodes.footnote_reference("", "1", refid="f1"))))
    made = source_of(table([head], [], columns=1), FOOTNOTE.deepcopy())
    assert 'header: ([Rate#note(label("page#f1"))[A note.];],)' in made


def test_footnotes_of_a_title_stay_out_of_what_repeats_it() -> None:
    titled = section("Rates")
    titled.children[0] += nodes.footnote_reference("", "1", refid="f1")
    made = source_of(titled, FOOTNOTE.deepcopy())
    assert made == '#chapter(level: 1, name: label("page#s"), notes: [#note(label("page#f1"))[A note.];])[Rates]'


def test_a_list_of_several_paragraphs_is_set_wide() -> None:
    item = nodes.list_item("", paragraph("a"), paragraph("b"))
    assert source_of(nodes.bullet_list("", item)) == "#list(tight: false, [a\n\n\nb])"


def test_the_rule_before_footnotes_is_left_out() -> None:
    assert source_of(nodes.transition(classes=["footnotes"])) == ""


@pytest.mark.parametrize("mode", ["input", "input+output", "all"])
def test_hidden_code_is_not_printed_but_its_output_is(mode: str) -> None:
    code = nodes.container("", nodes.literal_block("", "code"), nb_element="cell_code_source")
    output = nodes.container("", paragraph("output"), nb_element="cell_code_output")
    cell = nodes.container("", code, output, nb_element="cell_code", hide_mode=mode)
    assert source_of(cell) == "output"


def test_code_that_the_website_shows_is_printed() -> None:
    code = nodes.container("", nodes.literal_block("", "code"), nb_element="cell_code_source")
    assert source_of(nodes.container("", code, nb_element="cell_code")) == '#raw(block: true, "code")'


@pytest.mark.parametrize(
    ("value", "expected"), [("80%", "80%"), ("10 cm", "10cm"), ("100", "75pt"), ("4px", "3pt"), ("5ex", None)]
)
def test_lengths(value: str, expected: str | None) -> None:
    assert length(value) == expected


def test_ids_of_one_node_share_a_label() -> None:
    labels = collect_labels("page", document(nodes.section("", nodes.title("", "T"), ids=["a", "b"])))
    assert labels == {("page", name): Label("page#a", "section") for name in ("a", "b", "")}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"refid": "a"}, ("here", "a")),
        ({"refuri": "#a"}, ("here", "a")),
        ({"refuri": "book:areas/1-x#a"}, ("areas/1-x", "a")),
        ({"refuri": "book:areas/1-x"}, ("areas/1-x", "")),
        ({"refuri": "https://a.org"}, None),
    ],
)
def test_destinations(attributes: dict[str, str], expected: tuple[str, str] | None) -> None:
    assert destination(nodes.reference("", "", **attributes), "here") == expected


def test_cells_and_captions_that_name_a_term_are_marked_for_the_index() -> None:
    terms = Terms.of({"Area": {"rate": "Pass rate", "food": "Pass rate of food"}})
    assert terms.mark(" Pass rate of food") == '#index-mark("food");'
    assert terms.mark("Pass rate (city): all figures") == terms.mark("Pass rate，2024年") == '#index-mark("rate");'
    assert terms.mark("Pass rates") == terms.mark("The Pass rate") == Terms.of({}).mark("Pass rate") == ""
    assert terms.groups() == '(([Area], (("rate", [Pass rate]), ("food", [Pass rate of food]))),)'
