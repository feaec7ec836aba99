"""One document's nodes as pandoc's own tree. Every node it knows is named here; any other stops the build."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docutils import nodes

from qualitybook.publish.documents import BookError, is_for_web
from qualitybook.publish.typst.columns import Grid, shares, texts_of
from qualitybook.publish.typst.labels import Labels, destination

Node = dict[str, Any]
"""A node of pandoc's tree: its kind ``t``, and what it holds, ``c``."""

_BREAKS = re.compile(r"\s*\n\s*")
_LINE_BREAK = re.compile(r"<br\s*/?>")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_ALIGNMENTS = {"left": "AlignLeft", "center": "AlignCenter", "right": "AlignRight"}
_NUMBERINGS = {
    "arabic": "Decimal",
    "loweralpha": "LowerAlpha",
    "upperalpha": "UpperAlpha",
    "lowerroman": "LowerRoman",
    "upperroman": "UpperRoman",
}
_SPANS = {
    "emphasis": "Emph",
    "title_reference": "Emph",
    "strong": "Strong",
    "superscript": "Superscript",
    "subscript": "Subscript",
}
_TILES = "tally"
"""Class of a container whose containers stand side by side."""
BOX, SOURCE, CELL = "Admonition", "Bibliography", "Table Text"
"""Styles of paragraphs that the document for Word has beside pandoc's own."""


def node(kind: str, *content: Any) -> Node:
    """Return a node of pandoc's tree."""
    return {"t": kind} if not content else {"t": kind, "c": content[0] if len(content) == 1 else list(content)}


def attributes(name: str = "", classes: Iterable[str] = (), **values: str) -> list[Any]:
    """Return the attributes of a node; an underscore of a key is a hyphen."""
    return [name, list(classes), [[key.replace("_", "-"), value] for key, value in values.items()]]


def styled(style: str, blocks: list[Node], name: str = "") -> Node:
    """Return blocks whose paragraphs have a style of their own in Word and a class in an electronic book."""
    return node("Div", attributes(name, [style.lower().replace(" ", "-")], custom_style=style), blocks)


def plain(text: str) -> list[Node]:
    """Return a text without markup."""
    return [node("Str", _BREAKS.sub(" ", text))] if text else []


def anchor(label: str) -> str:
    """Return a label as the name of a place."""
    return _UNSAFE.sub("-", label.replace("#", "--"))


@dataclass(frozen=True)
class Shared:
    """What all documents of one book share."""

    labels: Labels
    """Label of every place."""
    referenced: frozenset[str]
    """Names of the labels that references lead to."""
    admonitions: Mapping[str, str]
    """Titles of the admonitions, by node name."""
    numbers: Callable[[str, str, str], str]
    """Returns the words of a caption's number for a document, a kind and an id; empty without one."""
    images: Mapping[str, str]
    """File of each image."""


class Translator:
    """Translates one document, whose title is of a level and stands behind the number of a chapter."""

    def __init__(self, shared: Shared, document: nodes.document, docname: str, level: int, number: str) -> None:
        self.shared, self.document, self.docname = shared, document, docname
        self._level, self._number = level - 1, number

    def blocks(self, children: Iterable[nodes.Node]) -> list[Node]:
        """Return nodes as blocks; text among blocks makes paragraphs of its own."""
        made: list[Node] = []
        loose: list[nodes.Node] = []
        for child in children:
            if isinstance(child, nodes.Text | nodes.Inline) and not isinstance(child, nodes.image):
                loose.append(child)
                continue
            made += self._paragraph(loose)
            loose = []
            made += self._block(child)
        return made + self._paragraph(loose)

    def _paragraph(self, children: list[nodes.Node]) -> list[Node]:
        return self._paragraph_of(self.inlines(children))

    def inlines(self, children: Iterable[nodes.Node]) -> list[Node]:
        """Return nodes within a line."""
        return [made for child in children for made in self._inline(child)]

    def _known(self, kind: str, item: nodes.Node) -> Any:
        name = type(item).__name__
        known = getattr(self, f"_{kind}_{name}", None)
        if known is None:
            raise BookError(f"{self.docname}: no form for the node {name!r} ({kind}); say it in another way")
        return known

    def _name(self, item: nodes.Element) -> str:
        """Return the name of a place that references lead to, empty for any other."""
        label = self.shared.labels.get((self.docname, item["ids"][0])) if item.get("ids") else None
        return anchor(label.name) if label and label.name in self.shared.referenced else ""

    # Blocks

    def _block(self, item: nodes.Node) -> list[Node]:
        made: list[Node] = self._known("block", item)(item)
        return made

    def _block_section(self, item: nodes.section) -> list[Node]:
        self._level += 1
        made = self.blocks(item.children)
        self._level -= 1
        return made

    def _block_title(self, item: nodes.title) -> list[Node]:
        label = self.shared.labels[self.docname, item.parent["ids"][0]]
        title = [*plain(self._number), *self.inlines(item.children)]
        self._number = ""
        return [node("Header", self._level, attributes(anchor(label.name)), title)]

    def _block_compound(self, item: nodes.Element) -> list[Node]:
        return self.blocks(item.children)

    _block_glossary = _block_legend = _block_compound

    def _block_paragraph(self, item: nodes.Element) -> list[Node]:
        content = self.inlines(item.children)
        name = self._name(item)
        return self._paragraph_of([node("Span", attributes(name), content)] if name else content)

    def _paragraph_of(self, content: list[Node]) -> list[Node]:
        return [node("Para", content)] if content else []

    def _block_rubric(self, item: nodes.Element) -> list[Node]:
        return self._paragraph_of([node("Strong", self.inlines(item.children))])

    _block_caption = _block_rubric

    def _block_transition(self, item: nodes.Element) -> list[Node]:
        return [] if "footnotes" in item["classes"] else [node("HorizontalRule")]

    def _block_literal_block(self, item: nodes.Element) -> list[Node]:
        return [node("CodeBlock", attributes(self._name(item)), item.astext())]

    def _block_math_block(self, item: nodes.Element) -> list[Node]:
        name = self._name(item)
        number = plain(f" ({item['number']})") if item.get("number") else []
        return [node("Para", [node("Span", attributes(name), [_math("DisplayMath", item), *number])])]

    def _block_image(self, item: nodes.Element) -> list[Node]:
        return [node("Para", self._inline_image(item))]

    def _block_target(self, item: nodes.Element) -> list[Node]:
        return self._placed(item, [])

    def _block_bullet_list(self, item: nodes.Element) -> list[Node]:
        return self._placed(item, [node("BulletList", self._items(item))])

    def _block_enumerated_list(self, item: nodes.Element) -> list[Node]:
        numbering = _NUMBERINGS[item.get("enumtype", "arabic")]
        about = [int(item.get("start", 1)), node(numbering), node("Period")]
        return self._placed(item, [node("OrderedList", about, self._items(item))])

    def _items(self, item: nodes.Element) -> list[list[Node]]:
        each = [self.blocks(child.children) for child in item.children if isinstance(child, nodes.list_item)]
        return [_tight(blocks) for blocks in each]

    def _placed(self, item: nodes.Element, made: list[Node]) -> list[Node]:
        name = self._name(item)
        return [node("Div", attributes(name), made)] if name else made

    def _block_definition_list(self, item: nodes.Element) -> list[Node]:
        return [node("DefinitionList", [self._definition(child) for child in item.findall(nodes.definition_list_item)])]

    def _definition(self, item: nodes.Element) -> list[Any]:
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        meant = [child for child in item.children if isinstance(child, nodes.definition)]
        named = [node("Span", attributes(self._name(term)), self.inlines(term.children)) for term in terms]
        return [named, [self.blocks(each.children) for each in meant]]

    def _block_field_list(self, item: nodes.Element) -> list[Node]:
        fields = list(item.findall(nodes.field))
        pairs = [[self.inlines(field[0].children), [self.blocks(field[1].children)]] for field in fields]
        return [node("DefinitionList", pairs)]

    def _block_line_block(self, item: nodes.Element) -> list[Node]:
        return [node("LineBlock", [self.inlines(line.children) for line in item.findall(nodes.line)])]

    def _block_block_quote(self, item: nodes.Element) -> list[Node]:
        return [node("BlockQuote", self.blocks(item.children))]

    def _block_attribution(self, item: nodes.Element) -> list[Node]:
        return self._paragraph_of(plain("— ") + self.inlines(item.children))

    def _block_admonition(self, item: nodes.Element) -> list[Node]:
        children = list(item.children)
        has_own = bool(children) and isinstance(children[0], nodes.title)
        title = self.inlines(children.pop(0).children) if has_own else plain(self.shared.admonitions[item.tagname])
        heading = node("Para", [node("Strong", title)])
        return [styled(BOX, [heading, *self.blocks(children)], self._name(item))]

    _block_attention = _block_caution = _block_danger = _block_error = _block_hint = _block_admonition
    _block_important = _block_note = _block_seealso = _block_tip = _block_warning = _block_admonition

    def _block_container(self, item: nodes.Element) -> list[Node]:
        if is_for_web(item):
            return []
        boxes = [child for child in item.children if isinstance(child, nodes.container)]
        if _TILES in item["classes"] and boxes:
            cells = [_cell(self.blocks(box.children)) for box in boxes]
            columns = [[node("AlignCenter"), node("ColWidth", 1 / len(cells))]] * len(cells)
            return [_table(attributes(), [None, []], columns, [], [cells])]
        return self._placed(item, self.blocks(item.children))

    def _block_citation(self, item: nodes.Element) -> list[Node]:
        number = next(item.findall(nodes.label)).astext()
        kept = [child for child in item.children if not (isinstance(child, nodes.label) or is_for_web(child))]
        entry = [made for child in kept for made in self.inlines(child.children)]
        return [styled(SOURCE, [node("Para", [*plain(f"[{number}] "), *entry])], self._name(item))]

    def _block_figure(self, item: nodes.Element) -> list[Node]:
        caption = self._caption(item, "figure", nodes.caption)
        shown = [child for child in item.children if not isinstance(child, nodes.caption)]
        return [node("Figure", attributes(self._name(item)), caption, self.blocks(shown))]

    def _block_table(self, item: nodes.Element) -> list[Node]:
        grid = Grid.of(item)
        head, body = ([[self._entry(entry) for entry in row] for row in rows] for rows in (grid.head, grid.body))
        words = [[texts_of(row) for row in rows] for rows in (grid.head, grid.body)]
        widths = shares(words[0], words[1], grid.columns)
        columns = [
            [node(_ALIGNMENTS[side]), node("ColWidth", width)]
            for side, width in zip(grid.alignments, widths, strict=True)
        ]
        caption = self._caption(item, "table", nodes.title)
        return [_table(attributes(self._name(item)), caption, columns, head, body)]

    def _caption(self, item: nodes.Element, kind: str, title: type[nodes.Element]) -> list[Any]:
        found = next((child for child in item.children if isinstance(child, title)), None)
        if found is None:
            return [None, []]
        number = self.shared.numbers(self.docname, kind, item["ids"][0]) if item.get("ids") else ""
        return [None, [node("Plain", [*plain(number), *self.inlines(found.children)])]]

    def _entry(self, entry: nodes.Element) -> list[Any]:
        return _cell(self.blocks(entry.children), int(entry.get("morerows", 0)), int(entry.get("morecols", 0)))

    def _block_raw(self, item: nodes.Element) -> list[Node]:
        return []

    _block_comment = _block_index = _block_substitution_definition = _block_toctree = _block_raw
    _block_meta = _block_highlightlang = _block_tabular_col_spec = _block_footnote = _block_raw

    # Within a line

    def _inline(self, item: nodes.Node) -> list[Node]:
        if isinstance(item, nodes.Text):
            return plain(item.astext())
        made: list[Node] = self._known("inline", item)(item)
        return made

    def _inline_inline(self, item: nodes.Element) -> list[Node]:
        name = self._name(item)
        made = self.inlines(item.children)
        return [node("Span", attributes(name), made)] if name else made

    _inline_generated = _inline_abbreviation = _inline_download_reference = _inline_paragraph = _inline_inline
    _inline_classifier = _inline_target = _inline_inline

    def _inline_emphasis(self, item: nodes.Element) -> list[Node]:
        return [node(_SPANS[item.tagname], self.inlines(item.children))]

    _inline_title_reference = _inline_strong = _inline_superscript = _inline_subscript = _inline_emphasis

    def _inline_literal(self, item: nodes.Element) -> list[Node]:
        return [node("Code", attributes(), item.astext())]

    def _inline_math(self, item: nodes.Element) -> list[Node]:
        return [_math("InlineMath", item)]

    def _inline_raw(self, item: nodes.Element) -> list[Node]:
        is_break = item["format"] == "html" and _LINE_BREAK.fullmatch(item.astext().strip())
        return [node("LineBreak")] if is_break else []

    def _inline_reference(self, item: nodes.Element) -> list[Node]:
        place = destination(item, self.docname)
        if place is not None and place not in self.shared.labels:
            raise BookError(
                f"{self.docname}: a reference leads to {'#'.join(place)!r}, which is not in the book; correct it"
            )
        to = item["refuri"] if place is None else f"#{anchor(self.shared.labels[place].name)}"
        return [node("Link", attributes(self._name(item)), self.inlines(item.children), [to, ""])]

    _inline_number_reference = _inline_reference

    def _inline_footnote_reference(self, item: nodes.Element) -> list[Node]:
        note = self.document.ids[item["refid"]]
        return [node("Note", self.blocks(child for child in note.children if not isinstance(child, nodes.label)))]

    def _inline_image(self, item: nodes.Element) -> list[Node]:
        if "://" in item["uri"]:
            raise BookError(
                f"{self.docname}: the image {item['uri']!r} is not a file of the book; put the file beside the page"
            )
        return [node("Image", attributes(), plain(item.get("alt", "")), [self.shared.images[item["uri"]], ""])]

    def _inline_comment(self, item: nodes.Element) -> list[Node]:
        return []

    _inline_index = _inline_substitution_definition = _inline_comment


def _math(kind: str, item: nodes.Element) -> Node:
    return node("Math", node(kind), item.astext())


def _tight(blocks: list[Node]) -> list[Node]:
    """Return the blocks of a cell or of an item of a list; those of a single paragraph without space around it."""
    paragraphs = sum(block["t"] == "Para" for block in blocks)
    return [node("Plain", block["c"]) if block["t"] == "Para" and paragraphs == 1 else block for block in blocks]


def _cell(blocks: list[Node], more_rows: int = 0, more_columns: int = 0) -> list[Any]:
    shown = [styled(CELL, blocks)] if blocks else []
    return [attributes(), node("AlignDefault"), more_rows + 1, more_columns + 1, shown]


def _table(about: list[Any], caption: list[Any], columns: list[Any], head: list[Any], body: list[Any]) -> Node:
    rows = [[[attributes(), row] for row in part] for part in (head, body)]
    return node(
        "Table",
        about,
        caption,
        columns,
        [attributes(), rows[0]],
        [[attributes(), 0, [], rows[1]]],
        [attributes(), []],
    )
