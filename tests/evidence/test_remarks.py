"""Comments and tracked changes of documents for Word, written by python-docx, by LibreOffice, and by hand."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from qualitybook.cli import main
from qualitybook.errors import RefusedError
from qualitybook.evidence.intake.remarks import Remark, remarks_in

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SPACE_14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
SPACE_15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'


def change(paragraph: Paragraph, kind: str, who: str, *texts: str) -> None:
    """Add a tracked change to a paragraph, in as many runs as there are texts."""
    held = "delText" if kind == "del" else "t"
    runs = "".join(f'<w:r><w:{held} xml:space="preserve">{text}</w:{held}></w:r>' for text in texts)
    about = f'w:id="77" w:author="{who}" w:date="2026-03-04T05:06:07Z"'
    paragraph._p.append(parse_xml(f"<w:{kind} {nsdecls('w')} {about}>{runs}</w:{kind}>"))


@pytest.fixture
def commented(tmp_path: Path) -> Path:
    """Return a document with two comments and three changes."""
    document = docx.Document()
    document.add_heading("食品安全 Food", 1)
    document.add_paragraph("")
    document.add_paragraph("第一段。")
    document.add_heading("Verdict", 2)
    paragraph = document.add_paragraph("The rate is ")
    marked = paragraph.add_run("97.5%")
    paragraph.add_run(" in 2025")
    change(paragraph, "ins", "王审", ", pro", "visional")
    change(paragraph, "del", "王审", " surely")
    document.add_comment(marked, "请核对来源\n第二行 <&>", author="李阅", initials="L")
    table = document.add_table(1, 2)
    cell = table.cell(0, 1).paragraphs[0]
    document.add_comment(cell.add_run("98.5"), "printed as 98.50", author="Zhao")
    change(cell, "ins", "Zhao", "0")
    document.add_heading("Next", 1)
    document.save(str(tmp_path / "commented.docx"))
    return tmp_path / "commented.docx"


WRITTEN = [
    ("insertion", "王审", ", provisional", "", ("食品安全 Food", "Verdict"), 1),
    ("deletion", "王审", " surely", "", ("食品安全 Food", "Verdict"), 1),
    ("comment", "李阅", "请核对来源\n第二行 <&>", "97.5%", ("食品安全 Food", "Verdict"), 1),
    ("comment", "Zhao", "printed as 98.50", "98.5", ("食品安全 Food", "Verdict"), 2),
    ("insertion", "Zhao", "0", "", ("食品安全 Food", "Verdict"), 2),
]


def told(path: Path) -> list[tuple[object, ...]]:
    return sorted(
        ((each.kind, each.who, each.said, each.marked, each.headings, each.paragraph) for each in remarks_in(path)),
        key=str,
    )


def test_remarks_come_back_with_their_place(commented: Path) -> None:
    assert told(commented) == sorted(WRITTEN, key=str)
    found = {each.said: each for each in remarks_in(commented)}
    assert found[", provisional"].text == "The rate is 97.5% in 2025, provisional"
    assert found[", provisional"].when == "2026-03-04T05:06:07Z"
    assert found["printed as 98.50"].page is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_remarks_that_libreoffice_has_saved_are_the_same(commented: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(saved)]
    subprocess.run([*command, str(commented)], check=True, capture_output=True, timeout=120)
    assert told(saved / commented.name) == sorted(WRITTEN, key=str)


BY_HAND = {
    "styles.xml": f'<w:styles {SPACE}><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="a"><w:name w:val="部分"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:styleId="b"><w:name w:val="Own"/><w:basedOn w:val="1"/></w:style></w:styles>',
    "document.xml": f"<w:document {SPACE}><w:body>"
    '<w:p><w:pPr><w:pStyle w:val="b"/></w:pPr><w:r><w:t>One</w:t></w:r></w:p>'
    '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:commentRangeStart w:id="0"/><w:r><w:t>Two</w:t></w:r>'
    '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    '<w:r><w:commentReference w:id="1"/></w:r></w:p>'
    '<w:p><w:commentRangeStart w:id="2"/><w:r><w:lastRenderedPageBreak/><w:t>first</w:t></w:r>'
    '<w:r><w:footnoteReference w:id="5"/></w:r></w:p><w:p><w:r><w:t>second</w:t></w:r>'
    '<w:commentRangeEnd w:id="2"/><w:r><w:commentReference w:id="2"/></w:r>'
    '<w:moveFrom w:id="9" w:author="C"><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p></w:body></w:document>',
    "footnotes.xml": f'<w:footnotes {SPACE}><w:footnote w:id="5"><w:p><w:r><w:t>See</w:t></w:r>'
    '<w:ins w:id="8" w:author="D"><w:r><w:t> there</w:t></w:r></w:ins></w:p></w:footnote></w:footnotes>',
    "comments.xml": f"<w:comments {SPACE} {SPACE_14}>"
    + "".join(
        f'<w:comment w:id="{key}" w:author="A{key}"><w:p w14:paraId="P{key}"><w:r><w:t>said {key}</w:t></w:r></w:p>'
        "</w:comment>"
        for key in range(3)
    )
    + "</w:comments>",
    "commentsExtended.xml": f'<w15:commentsEx {SPACE_15}><w15:commentEx w15:paraId="P0" w15:done="1"/>'
    '<w15:commentEx w15:paraId="P1" w15:paraIdParent="P0" w15:done="0"/></w15:commentsEx>',
}


def by_hand(path: Path, **changes: str) -> Path:
    """Write a document from its parts."""
    parts = {**BY_HAND, **{name.replace("_", "."): text for name, text in changes.items()}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(f"word/{name}", text)
    return path


def test_answers_marks_notes_pages_and_moves_are_told(tmp_path: Path) -> None:
    found = remarks_in(by_hand(tmp_path / "made.docx"))
    one_two = ("One", "Two")
    assert found == [
        Remark("comment", "A0", "", "said 0", "Two", 1, one_two, 0, "Two", is_settled=True),
        Remark("reply", "A1", "", "said 1", "", 1, one_two, 0, "Two"),
        Remark("insertion", "D", "", " there", "", 2, one_two, 2, "See there"),
        Remark("comment", "A2", "", "said 2", "firstsecond", 2, one_two, 3, "second"),
        Remark("moved_away", "C", "", "gone", "", 2, one_two, 3, "second"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("text.docx", "no archive", "empty, damaged, or of another kind"),
        ("other.docx", None, "word/document.xml"),
        ("entities.docx", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "declares a document type"),
        ("late.docx", f"<!--{'x' * 2000}--><!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "declares a document type"),
        ("deep.docx", f"<x>{'<y>' * 20_000}{'</y>' * 20_000}</x>", "recursion"),
        ("broken.docx", "<w:p>", "unbound prefix"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: str | None, reason: str, sample_folder: Path
) -> None:
    path = tmp_path / name
    if reason.startswith("empty"):
        path.write_text(str(content), encoding="utf-8")
    elif content is None:
        zipfile.ZipFile(path, "w").close()
    else:
        by_hand(path, document_xml=content)
    with pytest.raises(RefusedError, match=reason) as caught:
        remarks_in(path)
    assert "save it as .docx" in str(caught.value)
    where = ["--output", str(tmp_path / "review"), "--data", str(sample_folder)]
    done = CliRunner().invoke(main, ["review", "2025", "--from", str(path), *where])
    assert done.exit_code == 2
    assert f"Invalid value for --from: {name} is no document that can be read" in done.stderr
    assert not (tmp_path / "review").exists()


def test_a_part_that_is_encrypted_is_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "made.docx")
    data = bytearray(path.read_bytes())
    # The first bit of a part's flags, in the list at the end of the archive and before the part itself.
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="encrypted"):
        remarks_in(path)


def test_a_deletion_within_an_insertion_is_no_part_of_it(tmp_path: Path) -> None:
    text = (
        f'<w:document {SPACE}><w:body><w:p><w:ins w:author="A"><w:r><w:t>a new</w:t></w:r>'
        '<w:del w:author="B"><w:r><w:delText>ish</w:delText></w:r></w:del></w:ins>'
        '<w:del w:author="B"><w:ins w:author="A"><w:r><w:t> gone</w:t></w:r></w:ins></w:del>'
        "<w:r><w:t> text</w:t></w:r></w:p></w:body></w:document>"
    )
    found = remarks_in(by_hand(tmp_path / "made.docx", document_xml=text))
    assert [(each.kind, each.who, each.said, each.text) for each in found][:2] == [
        ("insertion", "A", "a new", "a new text"),
        ("deletion", "B", "ish gone", "a new text"),
    ]


def test_the_workbook_lists_the_remarks_and_comes_back(commented: Path, tmp_path: Path, sample_folder: Path) -> None:
    again = commented.with_name("again.docx")
    shutil.copyfile(commented, again)
    out = tmp_path / "review"
    where = ["--output", str(out), "--data", str(sample_folder)]
    done = CliRunner().invoke(main, ["review", "2025", "--from", str(commented), "--from", str(again), *where])
    assert done.exit_code == 0, done.output
    assert "5 remarks in commented.docx." in done.stdout
    sheet = openpyxl.load_workbook(out / "review-2025-zh.xlsx")["remarks"]
    assert sheet.max_row == 11
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:3] == ["文档", "页", "所在标题"]
    (row,) = [row for row in rows if row[0] == "commented.docx" and row[6] == "97.5%"]
    assert row[2:6] == ["食品安全 Food › Verdict", "1", "The rate is 97.5% in 2025, provisional", "批注"]
    assert row[7:9] == ["请核对来源\n第二行 <&>", "李阅"]
    text = (out / "review-2025-en.md").read_text(encoding="utf-8").split("## Remarks")[1]
    assert "| comment | 97.5% | 请核对来源 第二行 \\<\\&\\> | 李阅 |" in text
    back = CliRunner().invoke(
        main, ["intake", "import", str(out / "review-2025-zh.xlsx"), "--dry-run", "--data", str(sample_folder)]
    )
    assert back.exit_code == 0, back.output
    assert "warning" not in back.stderr
