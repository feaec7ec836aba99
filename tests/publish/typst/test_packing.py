"""PDFs in fewer bytes, which say what they said."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pypdf
import pytest
import typst

from qualitybook.publish.typst import packing

CELLS = ", ".join(f"[cell {number}]" for number in range(300))
TABLE = f'#set document(title: "Invented")\n= Cells\n#table(columns: 3, table.header[a][b][c], {CELLS})\n'


def written(path: Path, standards: list[str]) -> Path:
    path.write_bytes(typst.compile(TABLE.encode(), format="pdf", pdf_standards=standards))
    return path


def texts(path: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def tags(path: Path) -> list[str]:
    """Return the kinds of the elements of a PDF's structure."""
    with pikepdf.open(path) as pdf:
        found = (each for each in pdf.objects if isinstance(each, pikepdf.Dictionary))
        return sorted(str(each["/S"]) for each in found if each.get("/Type") == "/StructElem")


def test_a_packed_pdf_has_the_same_pages_and_tags_in_half_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path / "book.pdf", ["a-2b", "ua-1"])
    size, said, tagged = path.stat().st_size, texts(path), tags(path)
    assert tagged.count("/TD") == 300
    packing.main(path)
    assert path.stat().st_size < size / 2
    assert (texts(path), tags(path)) == (said, tagged)
    assert list(tmp_path.iterdir()) == [path]


def test_it_is_packed_alike_each_time(tmp_path: Path) -> None:
    first, second = written(tmp_path / "first.pdf", ["a-2b"]), tmp_path / "second.pdf"
    # Compiled once: Typst writes the time of day where nothing says another.
    second.write_bytes(first.read_bytes())
    for path in (first, second):
        packing.main(path)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("standard", ["a-1b", "1.4"])
def test_a_pdf_of_before_objects_were_kept_together_stays_as_it_is(tmp_path: Path, standard: str) -> None:
    path = written(tmp_path / "book.pdf", [standard])
    before = path.read_bytes()
    packing.main(path)
    assert path.read_bytes() == before


CITED = """#set document(title: "Invented")
#set page(numbering: "i")
#let words = "?page%20%7Bpage%7D"
= Cites
Text #link("source:bib#2" + words)[[2]], again #link("source:bib#2" + words)[[2]], #link("https://a.example/?b")[c]
#pagebreak()
#link("cited:bib#1" + words)[[1]] Lost. \\ #v(3cm) #link("cited:bib#2" + words)[[2]] Title.
"""


def ends(path: Path) -> list[tuple[str, str, int, float]]:
    """Return the words of each link, its address, and the page and the height that it leads to."""
    with pikepdf.open(path) as pdf:
        return [
            (
                str(link["/Contents"]),
                str(link["/A"]["/URI"]) if "/A" in link else "",
                pikepdf.Page(link["/Dest"][0]).index if "/Dest" in link else -1,
                float(link["/Dest"][3]) if "/Dest" in link else 0,
            )
            for page in pdf.pages
            for link in page.get("/Annots", ())
        ]


@pytest.mark.parametrize("standards", [["a-2b", "ua-1"], ["1.4"]])
def test_citations_and_sources_come_to_lead_to_each_other(tmp_path: Path, standards: list[str]) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(typst.compile(CITED.encode(), format="pdf", pdf_standards=standards))
    tagged = tags(path)
    packing.main(path)
    cited, again, web, lost, source = ends(path)
    assert (cited[:3], again) == (("page ii", "", 1), cited)
    assert web == ("https://a.example/?b", "https://a.example/?b", -1, 0)
    assert lost[:3] == ("page ii", "", 1)
    assert source[:3] == ("page i", "", 0)
    # The second entry of the page stands three centimetres and more below the first.
    assert lost[3] - cited[3] > 85
    assert tags(path) == tagged


HYPHENS = """#set page(width: 6cm, height: auto)
#set text(hyphenate: true, lang: "en")
#set par(justify: true)
The responsibilities of administrative representatives, A-B.
"""


def test_a_hyphen_is_copied_as_a_hyphen_where_the_first_one_ended_a_line(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(typst.compile(HYPHENS.encode(), format="pdf", pdf_standards=["a-2b"]))
    assert "A\xadB" in texts(path)[0]
    packing.main(path)
    (text,) = texts(path)
    assert "A-B." in text
    assert "\xad" not in text
