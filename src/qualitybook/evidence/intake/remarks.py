"""What readers wrote into a document for Word: comments with their answers, and tracked changes, each with its place.

Word, WPS and LibreOffice write the same parts. Elements are told by their names alone, so that documents saved as
Strict Open XML are read as well.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from qualitybook.errors import RefusedError

KINDS = ("comment", "reply", "insertion", "deletion", "moved_here", "moved_away")
_CHANGES = {"ins": "insertion", "del": "deletion", "moveTo": "moved_here", "moveFrom": "moved_away"}
_GONE = ("del", "moveFrom")
_TEXT = {"t": "", "delText": "", "tab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-"}
"""Elements that are text, with what stands for those that hold none."""
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
# A text box stands in the document twice, the second time for old programs.
_PASSED_OVER = {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "instrText", "Fallback"}
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MOST_BYTES = 64 << 20
_HEAD = "word/"


@dataclass(frozen=True)
class Remark:
    """One comment or change."""

    kind: str
    """One of `KINDS`."""
    who: str
    when: str
    """Day and time as the program wrote them, empty where it wrote none."""
    said: str
    """What the comment says, or the text that was changed."""
    marked: str = ""
    """The words that a comment is about; empty for a change."""
    page: int | None = None
    """Page of the document when it was last laid out, where the program says so."""
    headings: tuple[str, ...] = ()
    """The headings that it stands under, the highest first."""
    paragraph: int = 0
    """Which paragraph below the last of them, from 1, those of tables and notes counted; 0 for the heading itself."""
    text: str = ""
    """The whole paragraph, as it reads with all changes."""
    is_settled: bool = False
    """Whether the comment was marked as settled."""


def remarks_in(path: Path) -> list[Remark]:
    """Return the comments and tracked changes of a document, in its order.

    RefusedError tells of a file that is no document for Word, damaged, or larger than can be read.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            return _Walk(parts).remarks()
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        RuntimeError,
        ElementTree.ParseError,
    ) as error:
        is_spoilt = isinstance(error, zipfile.BadZipFile | zlib.error | EOFError)
        reason = "empty, damaged, or of another kind" if is_spoilt else " ".join(str(error).strip("'\"").split())
        raise RefusedError(
            f"{path.name} is no document that can be read ({reason}); open it in Word, WPS or LibreOffice and save it "
            "as .docx without a password",
            "--from",
        ) from None


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: ElementTree.Element | None, name: str = "val") -> str:
    """Return an attribute by its name without its space."""
    found = element.attrib.items() if element is not None else ()
    return next((value for key, value in found if key.rpartition("}")[2] == name), "")


def _text_of(element: ElementTree.Element, without: Collection[str] = ()) -> str:
    """Return the text of an element, that of some elements in it left aside."""
    if _name(element) in _TEXT:
        return element.text or _TEXT[_name(element)]
    return "".join(_text_of(each, without) for each in element if _name(each) not in without)


def _part(parts: zipfile.ZipFile, name: str, *, needed: bool = False) -> ElementTree.Element:
    """Return a part of a document, an empty one where it has none."""
    full = _HEAD + name
    if full not in parts.namelist() and not needed:
        return ElementTree.Element("none")
    if parts.getinfo(full).file_size > _MOST_BYTES:
        raise ValueError(f"{full} is larger than the {_MOST_BYTES >> 20} MiB allowed")
    return ElementTree.fromstring(parts.read(full), ElementTree.XMLParser(target=_Builder()))


class _Builder(ElementTree.TreeBuilder):
    """Builds a part, which has no entities of its own."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse what may declare some, before it does."""
        raise ValueError("a part declares a document type, which none must")


def _levels(styles: ElementTree.Element) -> dict[str, int]:
    """Return the level of each style of headings, by its id."""
    found = {_value(style, "styleId"): style for style in styles if _name(style) == "style"}
    levels: dict[str, int] = {}
    for key, style in found.items():
        named = _HEADING.fullmatch(_value(style.find("{*}name")))
        outline = _value(style.find("{*}pPr/{*}outlineLvl"))
        if named or outline.isdigit():
            levels[key] = int(named[1]) if named else int(outline) + 1
    bases = {key: _value(style.find("{*}basedOn")) for key, style in found.items()}
    return {**{key: levels[base] for key, base in bases.items() if base in levels}, **levels}


@dataclass
class _Paragraph:
    """A paragraph while it is read."""

    text: str = ""
    remarks: list[Remark] = field(default_factory=list)


class _Walk:
    """The way through a document, by the parts that say something."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._document = _part(parts, "document.xml", needed=True)
        self._levels = _levels(_part(parts, "styles.xml"))
        comments = _part(parts, "comments.xml")
        self._comments = {_value(each, "id"): each for each in comments if _name(each) == "comment"}
        about = [each for each in _part(parts, "commentsExtended.xml") if _name(each) == "commentEx"]
        self._answers = {_value(each, "paraId"): _value(each, "paraIdParent") for each in about}
        self._settled = {_value(each, "paraId") for each in about if _value(each, "done") in ("1", "true")}
        self._notes = {
            (kind, _value(note, "id")): note for kind in _NOTES.values() for note in _part(parts, f"{kind}s.xml")
        }
        self._headings: list[tuple[int, str]] = []
        self._count = 0
        self._breaks = 0
        self._knows_pages = any(_name(each) == "lastRenderedPageBreak" for each in self._document.iter())
        self._open: dict[str, str] = {}
        self._marked: dict[str, str] = {}
        self._here = _Paragraph()

    def remarks(self) -> list[Remark]:
        """Return all remarks; a comment on several paragraphs stands in the last of them."""
        return list(self._below(self._document))

    def _below(self, element: ElementTree.Element) -> Iterator[Remark]:
        for child in element:
            if _name(child) == "p":
                yield from self._paragraph(child)
            elif _name(child) not in _PASSED_OVER:
                self._range(child)
                yield from self._below(child)

    def _paragraph(self, element: ElementTree.Element) -> Iterator[Remark]:
        outer, self._here = self._here, _Paragraph()
        notes = list(self._runs(element, ""))
        here, self._here = self._here, outer
        text = " ".join(here.text.split())
        level = self._levels.get(_value(element.find("{*}pPr/{*}pStyle")), 0)
        if level and text:
            self._headings = [*((above, title) for above, title in self._headings if above < level), (level, text)]
            self._count = 0
        elif text or here.remarks:
            self._count += 1
        headings = tuple(title for _, title in self._headings)
        for remark in _joined(here.remarks):
            yield replace(remark, headings=headings, paragraph=self._count, text=text)
        marked, self._open = self._open, {}
        for note in notes:
            yield from self._below(note)
        self._open = marked

    def _runs(self, element: ElementTree.Element, change: str) -> Iterator[ElementTree.Element]:
        """Read what a paragraph holds, and yield the notes that it refers to."""
        for child in element:
            name = _name(child)
            if name in _TEXT:
                self._add(child.text or _TEXT[name], is_there=change not in _GONE)
            elif name == "lastRenderedPageBreak":
                self._breaks += 1
            elif name in _NOTES:
                note = self._notes.get((_NOTES[name], _value(child, "id")))
                yield from [note] if note is not None else []
            elif name in _CHANGES:
                self._change(child, name)
                yield from self._runs(child, change if change in _GONE else name)
            elif name not in _PASSED_OVER:
                self._range(child)
                yield from self._runs(child, change)

    def _add(self, text: str, *, is_there: bool) -> None:
        """Take in some text; what is gone is text of its comments, not of its paragraph."""
        self._open = {key: marked + text for key, marked in self._open.items()}
        if is_there:
            self._here.text += text

    def _change(self, element: ElementTree.Element, name: str) -> None:
        # What another has taken out of an insertion is a deletion alone.
        if said := _text_of(element, _GONE):
            when = _value(element, "date")
            self._here.remarks.append(Remark(_CHANGES[name], _value(element, "author"), when, said, page=self._page()))

    def _range(self, element: ElementTree.Element) -> None:
        """Note where the words of a comment begin and end, and take it in at its mark; its words may lack."""
        name, key = _name(element), _value(element, "id")
        if name == "commentRangeStart":
            self._open[key] = ""
        elif name == "commentRangeEnd":
            self._marked[key] = self._open.pop(key, "")
        elif name == "commentReference" and key in self._comments:
            self._comment(self._comments[key], self._marked.get(key) or self._open.get(key, ""))

    def _comment(self, comment: ElementTree.Element, marked: str) -> None:
        paragraphs = [each for each in comment.iter() if _name(each) == "p"]
        lines = [_text_of(paragraph) for paragraph in paragraphs]
        # The last paragraph of a comment is what others name it by.
        named = _value(paragraphs[-1], "paraId") if paragraphs else ""
        kind = "reply" if self._answers.get(named) else "comment"
        self._here.remarks.append(
            Remark(
                kind,
                _value(comment, "author"),
                _value(comment, "date"),
                "\n".join(lines).strip(),
                marked=" ".join(marked.split()),
                page=self._page(),
                is_settled=named in self._settled,
            )
        )

    def _page(self) -> int | None:
        return self._breaks + 1 if self._knows_pages else None


def _joined(remarks: list[Remark]) -> list[Remark]:
    """Return the remarks of a paragraph; programs cut a change into runs, which are one change again."""
    joined: list[Remark] = []
    for remark in remarks:
        last = joined[-1] if joined else None
        is_more = last is not None and remark.kind in _CHANGES.values() and last.kind == remark.kind
        if is_more and last is not None and last.who == remark.who and last.when[:10] == remark.when[:10]:
            joined[-1] = replace(last, said=last.said + remark.said)
        else:
            joined.append(remark)
    return joined
