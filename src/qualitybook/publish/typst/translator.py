"""One document's nodes as Typst source. Every node it knows is named here; any other stops the build."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxTranslator

from qualitybook.publish.documents import BookError, is_for_web
from qualitybook.publish.typst.columns import Grid, Layout, layout, texts_of
from qualitybook.publish.typst.formulas import Formula, typst_formula
from qualitybook.publish.typst.labels import Label, Labels, Terms, destination
from qualitybook.publish.typst.text import array, markup, string, with_passages

if TYPE_CHECKING:
    from sphinx.builders import Builder

# Length units of docutils that Typst has too; pixels are those of CSS.
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(%|pt|mm|cm|in|em|px|)")
_POINTS_PER_PIXEL = 0.75
_NUMBERINGS = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
# Where the number goes in the words of a numbered reference, in Sphinx's old and new style.
_NUMBER = re.compile(r"%s|\{number\}")
_LINE_BREAK = re.compile(r"<br\s*/?>")
# A sentence ends in Chinese, or in English before a space and a capital: "e.g. this" goes on.
_SENTENCE = re.compile(r".+?(?:。|[a-z0-9)%”]\.(?= [A-Z]))")
# What citations leave behind when they are taken out.
_EMPTY_BRACKETS = re.compile(r"\s*\[[\s,;]*\]")
_GRIDS = {
    "tally": "columns: (1fr,) * 7, gutter: 4pt",
}
"""How the boxes in a container of these classes stand side by side, as arguments of Typst's grid."""
_PAGED = {"section", "figure", "table"}
"""Kinds of places whose page is printed beside a reference."""


@dataclass(frozen=True)
class DocumentPlace:
    """Where a document stands in the book."""

    docname: str
    level: int = 1
    """Level of its title among the bookmarks, from 1."""
    depth: int = 0
    """0 for a chapter, 1 for a document within a chapter, and so on."""
    number: int | None = None
    """Number of the chapter, None for one without."""


@dataclass
class PrintedBook:
    """What all documents of one book share while they are translated."""

    lang: str = "en"
    """The language's short code."""
    labels: Labels = field(default_factory=dict)
    """Label of every place."""
    referenced: frozenset[str] = frozenset()
    """Names of the labels that references lead to."""
    admonitions: dict[str, str] = field(default_factory=dict)
    """Titles of the admonitions, by node name."""
    number_formats: frozenset[str] = frozenset()
    """Sphinx's own wordings of a numbered reference, which the template's replace."""
    pages_of: dict[str, set[str]] = field(default_factory=dict)
    """For each character written, the documents it stands in."""
    formulas: list[Formula] = field(default_factory=list)
    """The formulas written so far."""
    terms: Terms = field(default_factory=lambda: Terms.of({}))
    """What the index lists."""
    summary_sections: int = 0
    """How many sections of the book's first page are set, with what precedes them, on one page; 0 for no such page."""
    loose: dict[str, int] = field(default_factory=lambda: {"figure": 0, "table": 0})
    """Captions counted so far in chapters without a number, which share one count."""

    def note_characters(self, text: str, docname: str) -> None:
        """Remember that a document shows some text."""
        for character in set(text):
            self.pages_of.setdefault(character, set()).add(docname)


def length(value: str) -> str | None:
    """Return a docutils length as Typst writes it, None for one that it has no unit for."""
    match = _LENGTH.fullmatch(value.strip())
    if match is None:
        return None
    number, unit = match.groups()
    return f"{float(number) * _POINTS_PER_PIXEL:g}pt" if unit in {"", "px"} else f"{number}{unit}"


def short_caption(caption: nodes.Element, is_note: Callable[[nodes.Node], bool]) -> str:
    """Return a caption's first sentence, without its stop and without notes."""
    short = caption.deepcopy()
    for note in list(short.findall(is_note)):
        note.parent.remove(note)
    text = " ".join(_EMPTY_BRACKETS.sub("", short.astext()).split())
    match = _SENTENCE.match(text)
    return (match[0] if match else text).rstrip("。.")


# Visitors that several nodes share. They are typed `Any` because docutils declares each visitor for its own node.


def _wrapped(before: str, after: str) -> tuple[Any, Any]:
    """Return both visitors of a node whose content stands between two pieces of source."""

    def visit(translator: TypstTranslator, node: nodes.Element) -> None:
        translator.write_anchor(node)
        translator.body.append(before)

    def depart(translator: TypstTranslator, node: nodes.Element) -> None:
        translator.body.append(after)

    return visit, depart


def _visitor(write: Callable[[TypstTranslator, Any], None]) -> Any:
    """Return the visitor of a node that is written at one go, children and all."""

    def visit(translator: TypstTranslator, node: nodes.Element) -> None:
        write(translator, node)
        raise nodes.SkipNode

    return visit


class TypstTranslator(SphinxTranslator):
    """Translate one document."""

    rows_call = "data-table"
    """What sets the rows of a table."""

    def __init__(self, document: nodes.document, builder: Builder, book: PrintedBook, place: DocumentPlace) -> None:
        super().__init__(document, builder)
        self.book = book
        self.place = place
        self.body: list[str] = []
        self._depth = place.depth - 1
        self._boxes = 0
        self._notes_written: set[str] = set()
        self._once: list[str] | None = None
        self._sections = 0
        self._summary_open = False

    # ------------------------------------------------------------------------------------------------------- Helpers

    def content(self, children: Iterable[nodes.Node]) -> str:
        """Return the source of some nodes, without white space around it."""
        outer, self.body = self.body, []
        for child in children:
            child.walkabout(self)
        inner, self.body = "".join(self.body), outer
        return inner.strip()

    def boxed_content(self, children: Iterable[nodes.Node]) -> str:
        """Return the source of nodes inside a box, a list or a cell: too narrow for page hints or turned pages."""
        self._boxes += 1
        inner = self.content(children)
        self._boxes -= 1
        return inner

    def printed(self, text: str) -> str:
        """Return `text`, its characters noted for the check of the fonts."""
        self.book.note_characters(text, self.place.docname)
        return text

    def printed_markup(self, text: str) -> str:
        """Return `text` as markup, its characters noted for the check of the fonts."""
        return markup(self.printed(text))

    def write_block(self, source: str) -> None:
        """Write a block, apart from what stands around it."""
        self.body.append(f"\n{source}\n\n")

    def label_of(self, node: nodes.Element) -> Label | None:
        """Return a node's label, None for a node that cannot be pointed at."""
        ids = node.get("ids")
        return self.book.labels.get((self.place.docname, ids[0])) if ids else None

    def label_argument(self, node: nodes.Element) -> str:
        """Return a node's label as a Typst argument."""
        label = self.label_of(node)
        return f"label({string(label.name)})" if label else "none"

    def write_anchor(self, node: nodes.Element) -> None:
        """Mark a place that has no label of its own in Typst, if a reference leads to it."""
        label = self.label_of(node)
        if label and label.kind == "place" and label.name in self.book.referenced:
            source = f"#anchor(label({string(label.name)}));"
            (self.body if self._once is None else self._once).append(source)

    def unknown_visit(self, node: nodes.Node) -> None:
        """Stop the build: what is not known must not be lost."""
        name = node.__class__.__name__
        raise BookError(f"{self.place.docname}: the PDF has no form for the node {name!r}; say it in another way")

    # ----------------------------------------------------------------------------------------------------- Structure

    visit_document, depart_document = _wrapped("", "")
    visit_compound, depart_compound = _wrapped("", "")

    def visit_section(self, node: nodes.Element) -> None:
        """Go one level down; the section after the last one of the summary ends its page."""
        self._depth += 1
        if self._depth == 1 and self._summary_open:
            self._sections += 1
            if self._sections > self.book.summary_sections:
                self._end_summary()

    def depart_section(self, node: nodes.Element) -> None:
        """Go one level up; with the chapter ends a summary that has no more sections than fit on its page."""
        if self._depth == 0 and self._summary_open:
            self._end_summary()
        self._depth -= 1

    def _end_summary(self) -> None:
        self._summary_open = False
        self.write_block("]\n#pagebreak(weak: true)")

    @_visitor
    def visit_title(self, node: nodes.Element) -> None:
        """Write the heading of a chapter or of a section."""
        level = self.place.level + self._depth - self.place.depth
        arguments = f"level: {level}, name: {self.label_argument(node.parent)}"
        if self._depth == 0:
            arguments += self._chapter_numbers()
        else:
            arguments += f", depth: {self._depth}"
        notes = [child for child in node.children if isinstance(child, nodes.footnote_reference)]
        if notes:
            # The title comes again in the contents and at the head of pages, its footnotes do not.
            arguments += f", notes: [{self.content(notes)}]"
        title = self.content(child for child in node.children if child not in notes)
        self.write_block(f"#{'section' if self._depth else 'chapter'}({arguments})[{title}]")
        if self._depth == 0 and self.book.summary_sections and self.place.docname == self.config.root_doc:
            self._summary_open = True
            self.write_block("#one-page[")

    def _chapter_numbers(self) -> str:
        """Return the chapter's number or, if it has none, where the count of its captions starts."""
        if self.place.number is not None:
            return f", number: {self.place.number}"
        return "".join(f", {kind}s: {count}" for kind, count in self.book.loose.items() if count)

    @_visitor
    def visit_rubric(self, node: nodes.Element) -> None:
        """Write a heading that is in no contents, or the caption of a listing."""
        self.write_anchor(node)
        self.write_block(f"#rubric[{self.content(node.children)}]")

    visit_caption = visit_rubric

    @_visitor
    def visit_transition(self, node: nodes.Element) -> None:
        """Write a rule, but for the one that MyST puts before the footnotes: in print they stand elsewhere."""
        if "footnotes" not in node["classes"]:
            self.write_block("#transition")

    # ---------------------------------------------------------------------------------------------------------- Text

    @_visitor
    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - docutils names it after the class
        """Write plain text."""
        self.body.append(with_passages(self.printed(node.astext()), self.book.lang))

    @_visitor
    def visit_literal(self, node: nodes.Element) -> None:
        """Write text of a program."""
        self.body.append(f"#raw({string(self.printed(node.astext()))});")

    @_visitor
    def visit_literal_block(self, node: nodes.Element) -> None:
        """Write lines of a program."""
        self.write_anchor(node)
        self.write_block(f"#raw(block: true, {string(self.printed(node.astext()))})")

    @_visitor
    def visit_math(self, node: nodes.Element) -> None:
        """Write a formula within a line."""
        latex = node.astext()
        self.body.append(f"#formula({string(latex)}, ${self.formula(latex)}$);")

    @_visitor
    def visit_math_block(self, node: nodes.Element) -> None:
        """Write a formula on lines of its own, with a number if it has one."""
        latex = node.astext()
        label = self.label_of(node)
        # The label of a formula without one is a random number: it would change the file from build to build.
        arguments = [f"name: {self.label_argument(node)}"] if label and label.name in self.book.referenced else []
        arguments += ["numbered: true"] if node.get("number") else []
        self.write_block(f"#display-formula({', '.join([*arguments, string(latex)])}, $ {self.formula(latex)} $)")

    def formula(self, latex: str) -> str:
        """Return a LaTeX formula as Typst mathematics."""
        formula = self.printed(typst_formula(latex))
        self.book.formulas.append(Formula(self.place.docname, latex, formula))
        return formula

    @_visitor
    def visit_raw(self, node: nodes.Element) -> None:
        """Break the line where HTML does; everything else in another format's markup is left out."""
        if node["format"] == "html" and _LINE_BREAK.fullmatch(node.astext().strip()):
            self.body.append("#linebreak();")

    visit_paragraph, depart_paragraph = _wrapped("\n", "\n\n")
    visit_inline, depart_inline = _wrapped("", "")
    visit_generated, depart_generated = _wrapped("", "")
    visit_abbreviation, depart_abbreviation = _wrapped("", "")
    visit_download_reference, depart_download_reference = _wrapped("", "")
    visit_emphasis, depart_emphasis = _wrapped("#emph[", "];")
    visit_title_reference, depart_title_reference = _wrapped("#emph[", "];")
    visit_strong, depart_strong = _wrapped("#strong[", "];")
    visit_superscript, depart_superscript = _wrapped("#super[", "];")
    visit_subscript, depart_subscript = _wrapped("#sub[", "];")

    # ---------------------------------------------------------------------------------------------------- References

    @_visitor
    def visit_reference(self, node: nodes.Element) -> None:
        """Write a link, out of the book or within it."""
        self.write_anchor(node)
        text = self.content(node.children)
        place = destination(node, self.place.docname)
        if place is None:
            self.body.append(f"#web({string(node['refuri'])})[{text}];")
        else:
            self.body.append(self._see(self._label_at(place), node, text))

    def _label_at(self, place: tuple[str, str]) -> Label:
        """Return the label of a place, which must be in the book."""
        try:
            return self.book.labels[place]
        except KeyError:
            raise BookError(
                f"{self.place.docname}: a reference leads to {'#'.join(place)!r}, which is not in the book; "
                "name a page or label of the book"
            ) from None

    def _see(self, label: Label, node: nodes.Element, text: str) -> str:
        """Return a reference within the book, with the page it leads to where that helps a reader of paper."""
        target = f"label({string(label.name)})"
        if label.kind == "equation":
            return f"#see-number({target}, hint: false);"
        if label.kind == "citation":
            return f"#cite-source({string(label.name)})[{text}];"
        if label.kind not in _PAGED or self._boxes:
            return f"#go-to({target})[{text}];"
        return f"#see({target}{_within_parentheses(node)})[{text}];"

    @_visitor
    def visit_number_reference(self, node: nodes.Element) -> None:
        """Write a reference by number, counted by Typst, in Sphinx's words only if the author chose them."""
        title = node["title"]
        place = destination(node, self.place.docname)
        if place is None or "{name}" in title:
            self.visit_reference(node)
            return
        label = self._label_at(place)
        arguments = f"label({string(label.name)})" + (", hint: false" if self._boxes else _within_parentheses(node))
        if title not in self.book.number_formats:
            before, after = (self.printed_markup(words) for words in _NUMBER.split(title, maxsplit=1))
            arguments += f", before: [{before}], after: [{after}]"
        self.body.append(f"#see-number({arguments});")

    @_visitor
    def visit_footnote_reference(self, node: nodes.Element) -> None:
        """Write a footnote where it is first referred to, and its number where it is again or comes on every page."""
        name = f"label({string(self.place.docname + '#' + node['refid'])})"
        first = node["refid"] not in self._notes_written
        self._notes_written.add(node["refid"])
        if first and self._once is None:
            self.body.append(f"#note({name})[{self._note_text(node)}];")
            return
        if first and self._once is not None:
            self._once.append(f"#silent-note({name})[{self._note_text(node)}];")
        self.body.append(f"#note-{'again' if self._once is None else 'mark'}({name});")

    def _note_text(self, node: nodes.Element) -> str:
        """Return the text of the footnote that a node refers to."""
        note = self.document.ids[node["refid"]]
        return self.boxed_content(child for child in note.children if not isinstance(child, nodes.label))

    @_visitor
    def visit_citation(self, node: nodes.Element) -> None:
        """Write the entries of the bibliography that stand together, at the first of them."""
        siblings = node.parent.children
        place = siblings.index(node)
        if place == 0 or not isinstance(siblings[place - 1], nodes.citation):
            entries = takewhile(lambda sibling: isinstance(sibling, nodes.citation), siblings[place:])
            self.write_block("#bibliography-entries(\n" + "".join(map(self._entry, entries)) + ")")

    def _entry(self, node: nodes.Element) -> str:
        """Return an entry; in print the pages that cite it stand for the website's links to them."""
        number = next(node.findall(nodes.label)).astext()
        entry = [child for child in node.children if not (isinstance(child, nodes.label) or is_for_web(child))]
        label = self.label_of(node)
        key = string(label.name if label else "")
        return f"  ({key}, [{self.printed_markup(number)}], [{self.boxed_content(entry)}]),\n"

    # --------------------------------------------------------------------------------------------- Figures and tables

    @_visitor
    def visit_image(self, node: nodes.Element) -> None:
        """Write an image: within its line if it stands beside words, else by itself."""
        self.write_anchor(node)
        if isinstance(node.parent, nodes.TextElement) and len(node.parent.children) > 1:
            self.body.append(f"#box({self.picture(node)});")
        else:
            self.write_block(f"#align(center, {self.picture(node)})")

    def picture(self, node: nodes.Element) -> str:
        """Return the Typst expression of an image, which must be a file of the book."""
        if "://" in node["uri"]:
            raise BookError(
                f"{self.place.docname}: the image {node['uri']!r} is not a file of the book; "
                "put it into the book's _static folder and name it there"
            )
        arguments = [string(f"{self.builder.imagedir}/{self.builder.images[node['uri']]}")]
        if node.get("alt"):
            arguments.append(f"alt: {string(node['alt'])}")
        if width := length(node.get("width", "auto")):
            arguments.append(f"width: {width}")
        if self._summary_open:
            arguments.append("fitted: false")
        return f"picture({', '.join(arguments)})"

    @_visitor
    def visit_figure(self, node: nodes.Element) -> None:
        """Write a figure with its caption and legend."""
        captions = [child for child in node.children if isinstance(child, nodes.caption)]
        legends = [child for child in node.children if isinstance(child, nodes.legend)]
        images = [child for child in node.children if child not in captions + legends]
        body = self.boxed_content(images)
        for legend in legends:
            body += f"\n\n#legend[{self.boxed_content(legend.children)}]"
        self.write_block(self._captioned("figure", node, captions, body))

    def _captioned(self, kind: str, node: nodes.Element, captions: Sequence[nodes.Element], body: str) -> str:
        """Return a figure or a table with its caption and number, or by itself if it has no caption."""
        if not captions:
            self.write_anchor(node)
            return f"#uncaptioned[{body}]"
        if self.place.number is None:
            self.book.loose[kind] += 1
        caption = self.book.terms.mark(captions[0].astext()) + self.boxed_content(captions[0].children)
        short = self._short(captions[0])
        listed = f", short: [{short}]" if short != caption else ""
        return f"#captioned-{kind}(name: {self.label_argument(node)}, caption: [{caption}]{listed})[{body}]"

    def _short(self, caption: nodes.Element) -> str:
        """Return what the lists of figures and tables print of a caption: its first sentence, or with formulas all."""
        if next(caption.findall(nodes.math), None) is None:
            return markup(short_caption(caption, self._is_note))
        return self.boxed_content(child for child in caption.children if not self._is_note(child))

    def _is_note(self, node: nodes.Node) -> bool:
        """Say whether a node of a caption is a footnote's mark or a citation."""
        if not isinstance(node, nodes.reference):
            return isinstance(node, nodes.footnote_reference)
        place = destination(node, self.place.docname)
        return place is not None and self._label_at(place).kind == "citation"

    @_visitor
    def visit_table(self, node: nodes.Element) -> None:
        """Write a table, on a turned page if it has too many columns for an upright one."""
        grid = Grid.of(node)
        head, body = ([texts_of(row) for row in rows] for rows in (grid.head, grid.body))
        form = layout(head, body, grid.columns, may_turn=not self._boxes)
        captions = [child for child in node.children if isinstance(child, nodes.title)]
        source = self._captioned("table", node, captions, self._rows(grid, form))
        self.write_block(f"#landscape[{source}]" if form.landscape else source)

    def _rows(self, grid: Grid, form: Layout) -> str:
        """Return the rows of a table as a Typst call."""
        arguments = [f"columns: {array(form.widths)}", f"align: {array(grid.alignments)}", f"size: {form.size:g}pt"]
        if form.wraps:
            arguments.append("ruled: true")
        if form.breakable:
            arguments.append("breakable: true")
        once = ""
        if grid.head:
            head, once = self._head(grid)
            arguments.append(f"header: {array(head)}")
        cells = [[self.cell(entry) for entry in row] for row in grid.body]
        if once:
            cells[0][0] = cells[0][0].replace("[", f"[{once}", 1)
        lines = [", ".join(row) for row in cells]
        return f"#{self.rows_call}({', '.join(arguments)},\n  " + ",\n  ".join(lines) + ",\n)"

    def _head(self, grid: Grid) -> tuple[list[str], str]:
        """Return the cells of a table's head, which comes again on every page, and what of it must be written once.

        Footnotes and anchors of the head go to the table's first row; in a head that stands once they stay in it.
        """
        entries = [entry for row in grid.head for entry in row]
        if not any(grid.body):
            return [self.cell(entry) for entry in entries], ""
        self._once = []
        head = [self.cell(entry) for entry in entries]
        once, self._once = "".join(self._once), None
        return head, once

    def cell(self, entry: nodes.Element) -> str:
        """Return a table's cell as a Typst expression."""
        spans = {"colspan": int(entry.get("morecols", 0)) + 1, "rowspan": int(entry.get("morerows", 0)) + 1}
        arguments = ", ".join(f"{name}: {count}" for name, count in spans.items() if count > 1)
        text = f"[{self.book.terms.mark(entry.astext())}{self.boxed_content(entry.children)}]"
        return f"table.cell({arguments}){text}" if arguments else text

    # --------------------------------------------------------------------------------------------------------- Lists

    @_visitor
    def visit_bullet_list(self, node: nodes.Element) -> None:
        """Write a list with marks."""
        self.write_anchor(node)
        self.write_block(f"#list({self._items(node)})")

    @_visitor
    def visit_enumerated_list(self, node: nodes.Element) -> None:
        """Write a list with numbers or letters."""
        self.write_anchor(node)
        pattern = node.get("prefix", "") + _NUMBERINGS[node.get("enumtype", "arabic")] + node.get("suffix", ".")
        start = f"start: {node['start']}, " if "start" in node else ""
        self.write_block(f"#enum({start}numbering: {string(pattern)}, {self._items(node)})")

    def _items(self, node: nodes.Element) -> str:
        """Return the items of a list as arguments; those of several paragraphs are set apart."""
        elements = [item for item in node.children if isinstance(item, nodes.Element)]
        loose = any(sum(isinstance(child, nodes.paragraph) for child in item.children) > 1 for item in elements)
        items = [f"[{self.boxed_content(item.children)}]" for item in elements]
        return ", ".join(["tight: false", *items] if loose else items)

    @_visitor
    def visit_definition_list(self, node: nodes.Element) -> None:
        """Write terms and what they mean."""
        items = [f"  {self._definition(item)},\n" for item in node.children if isinstance(item, nodes.Element)]
        self.write_block(f"#definitions(\n{''.join(items)})")

    def _definition(self, item: nodes.Element) -> str:
        """Return one or several terms and what they mean."""
        terms = [child for child in item.children if isinstance(child, nodes.term | nodes.classifier)]
        meaning = [child for child in item.children if child not in terms]
        return f"([{', '.join(self.content([term]) for term in terms)}], [{self.boxed_content(meaning)}])"

    @_visitor
    def visit_field_list(self, node: nodes.Element) -> None:
        """Write names and values in two columns."""
        pairs = zip(node.findall(nodes.field_name), node.findall(nodes.field_body), strict=True)
        fields = [f"([{self.content(name.children)}], [{self.boxed_content(body.children)}])" for name, body in pairs]
        self.write_block(f"#fields({', '.join(fields)})")

    @_visitor
    def visit_line_block(self, node: nodes.Element) -> None:
        """Write lines that are broken where the author broke them."""
        lines = [f"[{self._line(child)}]" for child in node.children if isinstance(child, nodes.Element)]
        self.write_block(f"#line-block({', '.join(lines)})")

    def _line(self, node: nodes.Element) -> str:
        """Return a line, or the indented lines within a block of lines."""
        return self.content([node] if isinstance(node, nodes.line_block) else node.children)

    visit_glossary, depart_glossary = _wrapped("", "")
    visit_term, depart_term = _wrapped("", "")
    visit_classifier, depart_classifier = _wrapped("#emph[", "];")
    visit_definition, depart_definition = _wrapped("", "")

    # --------------------------------------------------------------------------------------------------------- Boxes

    @_visitor
    def visit_admonition(self, node: nodes.Element) -> None:
        """Write a box with the title it brings, or with that of its kind."""
        self.write_anchor(node)
        children = list(node.children)
        if children and isinstance(children[0], nodes.title):
            title = self.content(children.pop(0).children)
        else:
            title = self.printed_markup(self.book.admonitions[node.tagname])
        kinds = [name for name in [*node["classes"], node.tagname] if name in self.book.admonitions]
        kind = string(kinds[0] if kinds else "note")
        self.write_block(f"#admonition({kind}, title: [{title}])[{self.boxed_content(children)}]")

    @_visitor
    def visit_block_quote(self, node: nodes.Element) -> None:
        """Write a quotation and whose it is."""
        self.write_anchor(node)
        sources = [child for child in node.children if isinstance(child, nodes.attribution)]
        text = self.boxed_content(child for child in node.children if child not in sources)
        attribution = "".join(f", attribution: [{self.content(source.children)}]" for source in sources)
        self.write_block(f"#quote(block: true{attribution})[{text}]")

    visit_attention = visit_caution = visit_danger = visit_error = visit_admonition
    visit_hint = visit_important = visit_note = visit_seealso = visit_tip = visit_warning = visit_admonition

    # ----------------------------------------------------------------------------------------------------- Notebooks

    def visit_container(self, node: nodes.Element) -> None:
        """Show what a cell put out, but nothing that is for the website."""
        if is_for_web(node):
            raise nodes.SkipNode
        if grid := _GRIDS.get(next(iter(node["classes"]), "")):
            self._write_boxes(node, grid)
            raise nodes.SkipNode
        self.write_anchor(node)

    def _write_boxes(self, node: nodes.Element, grid: str) -> None:
        """Write the containers within a container as boxes side by side."""
        boxes = [self.boxed_content(box.children) for box in node.children if isinstance(box, nodes.container)]
        cells = "".join(f", box(width: 100%, stroke: 0.5pt + luma(70%), inset: 6pt)[{box}]" for box in boxes)
        self.write_block(f"#block[#set par(justify: false, first-line-indent: 0pt)\n#grid({grid}{cells})]")

    def depart_container(self, node: nodes.Element) -> None:
        """End a container, which leaves no trace."""

    # --------------------------- What has no place in print: notes to the machine, and footnotes, written where cited.

    @_visitor
    def visit_comment(self, node: nodes.Element) -> None:
        """Leave out a node that has no place in print."""

    visit_index = visit_substitution_definition = visit_toctree = visit_meta = visit_comment
    visit_highlightlang = visit_tabular_col_spec = visit_footnote = visit_comment
    visit_target, depart_target = _wrapped("", "")


def _within_parentheses(node: nodes.Element) -> str:
    """Return the Typst argument that says whether a reference stands within parentheses of its sentence."""
    siblings = node.parent.children
    before = "".join(sibling.astext() for sibling in siblings[: siblings.index(node)])
    opened = sum(before.count(mark) for mark in "(（") - sum(before.count(mark) for mark in ")）")
    return ", within: true" if opened > 0 else ""
