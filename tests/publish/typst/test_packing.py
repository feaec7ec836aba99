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
