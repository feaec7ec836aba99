"""PDFs packed: Typst writes the tags of a book, two thirds of its bytes, as plain text, one by one.

On the way, the links between citations and sources, which Typst has written as addresses of our own, come to lead to
each other, and hyphens that would be copied as hyphens of a line's end become hyphens.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote

import pikepdf

_OBJECT_STREAMS = "1.5"
"""The version of PDF from which on objects may be kept together, compressed; PDF/A-1 asks for an older one."""
_OTHER_END = {"source": "cited", "cited": "source"}
"""The schemes of our own addresses, and to which others they lead."""
_SOFT, _HARD = b"> <00AD>\n", b"> <002D>\n"
"""What a font says of the glyph of a hyphen of a line's end, and of a hyphen's."""


def main(path: Path) -> None:
    """Pack a PDF: the same objects and the same contents, in fewer bytes."""
    packed = path.with_name(f"{path.name}.packed")
    with pikepdf.open(path) as pdf:
        together = pdf.pdf_version >= _OBJECT_STREAMS
        is_changed = mend_hyphens(pdf) | join_links(pdf)
        if not is_changed and not together:
            return
        mode = pikepdf.ObjectStreamMode.generate if together else pikepdf.ObjectStreamMode.disable
        pdf.save(packed, object_stream_mode=mode, deterministic_id=True)
    packed.replace(path)


def join_links(pdf: pikepdf.Pdf) -> bool:
    """Let each link to an address of our own lead to the first at its other end; return whether there was any."""
    links = [
        (link, page, *_parted(str(link["/A"].get("/URI", ""))))
        for page in pdf.pages
        for link in page.get("/Annots", ())
        if "/A" in link
    ]
    own = [each for each in links if each[2] in _OTHER_END]
    places = {(scheme, key): (link, page) for link, page, scheme, key, _ in reversed(own)}
    for link, page, scheme, key, words in own:
        # What is cited only in the head of a table, where no link may stand, leads to itself.
        end, end_page = places.get((_OTHER_END[scheme], key), (link, page))
        left, top = end["/Rect"][0], end["/Rect"][3]
        link["/Dest"] = pikepdf.Array([end_page.obj, pikepdf.Name.XYZ, left, top, 0])
        link["/Contents"] = pikepdf.String(words.replace("{page}", end_page.label))
        del link["/A"]
    return bool(own)


def mend_hyphens(pdf: pikepdf.Pdf) -> bool:
    """Let what looks like a hyphen be copied as one; return whether there was any other.

    A font has one glyph for the hyphen and that of a line's end. Typst says of it what it stood for first, so that
    readers find and copy no "long-term" in a book whose first hyphen ended a line.
    """
    fonts = (each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/ToUnicode" in each)
    meanings = {font["/ToUnicode"].objgen: font["/ToUnicode"] for font in fonts}
    wrong = [each for each in meanings.values() if _SOFT in (told := each.read_bytes()) and _HARD not in told]
    for each in wrong:
        each.write(each.read_bytes().replace(_SOFT, _HARD))
    return bool(wrong)


def _parted(address: str) -> tuple[str, str, str]:
    """Return the scheme of an address, what it names, and its words for the place that it leads to."""
    scheme, _, rest = address.partition(":")
    key, _, words = rest.rpartition("?")
    return scheme, key, unquote(words)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
