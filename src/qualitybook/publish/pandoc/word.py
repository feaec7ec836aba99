"""What pandoc leaves to do of a document for Word: faces and sizes, contents that are filled in, page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from qualitybook.publish.pandoc.tree import BOX, CELL
from qualitybook.report.i18n import Words
from qualitybook.report.workbook import with_fixed_times

_TEXT, _HEADS = ("Times New Roman", "SimSun"), ("Arial", "SimHei")
"""Faces of Latin and of Chinese characters: Word and WPS have them, others put the nearest of their own in."""
_THEME = re.compile(r"\}\w*[Tt]heme$")
_FIELDS = re.compile(r"\{(\w+)\}")
_LEVELS = {"Heading 1": 1, "Heading 2": 2}
"""Headings that the contents list."""
_INDENT = 200
"""First-line indent of a Chinese paragraph in hundredths of a character."""


def dress(made: Path, words: Words) -> None:
    """Finish a document in place; its bytes depend on nothing but its content."""
    document = Document(str(made))
    _set_faces(document, words)
    _set_styles(document, words)
    _fill_contents(document)
    _set_pages(document, words)
    document.save(str(made))
    made.write_bytes(with_fixed_times(made.read_bytes()))


def _set_faces(document: Any, words: Words) -> None:
    """Name the faces of every style, in the place of those of the theme, which has no Chinese ones."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        is_head = "major" in str(fonts.get(qn("w:asciiTheme"), ""))
        is_code = fonts.get(qn("w:ascii")) is not None
        for name in [name for name in fonts.attrib if _THEME.search(name)]:
            del fonts.attrib[name]
        latin, chinese = _HEADS if is_head else _TEXT
        if not is_code:
            for name in ("ascii", "hAnsi", "cs"):
                fonts.set(qn(f"w:{name}"), latin)
        fonts.set(qn("w:eastAsia"), chinese)
    for spoken in styles.iter(qn("w:lang")):
        spoken.set(qn("w:val"), "en-US" if words.code == "zh" else words.language.html)
        spoken.set(qn("w:eastAsia"), "zh-CN")


def _set_styles(document: Any, words: Words) -> None:
    """Give the styles that pandoc does not know their look, and tables their lines."""
    styles = document.styles
    # Pandoc has those that the document uses.
    box, cell = (
        styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in (BOX, CELL)
    )
    cell.base_style = styles["Normal"]
    cell.font.size = Pt(8.5)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(1)
    box.paragraph_format.left_indent = Cm(0.6)
    line = '<w:left w:val="single" w:sz="18" w:space="6" w:color="7F7F7F"/>'
    box.element.get_or_add_pPr().append(parse_xml(f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>"))
    for level in _LEVELS.values():
        entry = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        entry.base_style = styles["Normal"]
        entry.paragraph_format.left_indent = Cm(0.7 * (level - 1))
        entry.paragraph_format.tab_stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    if words.code == "zh":
        for name in ("Body Text", "First Paragraph"):
            indent = parse_xml(f'<w:ind {nsdecls("w")} w:firstLineChars="{_INDENT}" w:firstLine="480"/>')
            styles[name].element.get_or_add_pPr().append(indent)
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>' for side in ("top", "bottom", "insideH")
    )
    looks = styles["Table"].element.find(".//{*}tblPr")
    looks.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{rules}</w:tblBorders>"))


def _fill_contents(document: Any) -> None:
    """Write the lines of the contents, which pandoc leaves to Word, so that WPS and others have them too."""
    field = next(document.element.body.iter(qn("w:instrText"))).getparent().getparent()
    kept, command = field.getparent(), next(field.iter(qn("w:instrText"))).text
    lines = []
    for paragraph, name in _headings(document):
        line = Paragraph(kept.makeelement(qn("w:p")), document._body)
        line.style = document.styles[f"toc {_LEVELS[paragraph.style.name]}"]
        lines.append((line, paragraph.text, name))
    for place, (line, text, name) in enumerate(lines):
        if place == 0:
            _begin(line, command, dirty=True)
        link = line._p.makeelement(qn("w:hyperlink"), {qn("w:anchor"): name})
        for run in (line.add_run(text + "\t"), *_field(line, f"PAGEREF {name} \\h")):
            link.append(run._r)
        line._p.append(link)
        if place == len(lines) - 1:
            _mark(line, "end")
        field.addprevious(line._p)
    kept.remove(field)


def _headings(document: Any) -> Iterator[tuple[Any, str]]:
    """Yield the headings that the contents list, each with the name of the place that pandoc has put before it."""
    for paragraph in document.paragraphs:
        if paragraph.style.name in _LEVELS:
            before = paragraph._p.getprevious()
            while before is not None and before.tag != qn("w:bookmarkStart"):
                before = before.getprevious()
            yield paragraph, before.get(qn("w:name")) if before is not None else ""


def _mark(paragraph: Any, kind: str, *, dirty: bool = False) -> Any:
    """Add a mark of a field to a paragraph."""
    run = paragraph.add_run()
    about = {qn("w:fldCharType"): kind} | ({qn("w:dirty"): "true"} if dirty else {})
    run._r.append(run._r.makeelement(qn("w:fldChar"), about))
    return run


def _begin(paragraph: Any, command: str, *, dirty: bool = False) -> list[Any]:
    """Begin a field, whose last result follows."""
    first, told = _mark(paragraph, "begin", dirty=dirty), paragraph.add_run()
    text = told._r.makeelement(qn("w:instrText"), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    text.text = f" {command} "
    told._r.append(text)
    return [first, told, _mark(paragraph, "separate")]


def _field(paragraph: Any, command: str) -> list[Any]:
    """Add a field to a paragraph; Word works it out."""
    return [*_begin(paragraph, command), paragraph.add_run(""), _mark(paragraph, "end")]


def _set_pages(document: Any, words: Words) -> None:
    """Set A4 pages with their numbers at the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    text = words.gettext("Page {page} of {total}", page="{PAGE}", total="{NUMPAGES}")
    for place, piece in enumerate(_FIELDS.split(text)):
        if place % 2:
            _field(foot, piece)
        else:
            foot.add_run(piece)
