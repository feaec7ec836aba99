"""The book for Word and as an electronic book: what stands in them, in both languages, and what they need."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from PIL import Image
from small_project import build_here, write_project
from typst_book import build, write_book

from qualitybook.cli import main
from qualitybook.evidence.intake.remarks import remarks_in
from qualitybook.publish import forms

BODY = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def write(folder: Path, code: str) -> Path:
    """Write the book of the printed book's tests for these builders."""
    source = write_book(folder, code)
    settings = source / "conf.py"
    text = settings.read_text(encoding="utf-8").replace('"qualitybook.publish.typst"', '"qualitybook.publish.pandoc"')
    settings.write_text(f'{text}typst_title = "样例 <&> Sample"\ntypst_author = "Office"\n', encoding="utf-8")
    return source


@pytest.fixture(scope="module", params=["zh", "en"])
def word(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    source = write(tmp_path_factory.mktemp("book") / "book", request.param)
    return request.param, build(source, source / "out", "pandoc-docx").with_suffix(".docx")


def texts(document: docx.document.Document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def test_headings_are_headings_and_the_contents_list_them(word: tuple[str, Path]) -> None:
    document = docx.Document(str(word[1]))
    parts, chapters = texts(document, "Heading 1"), texts(document, "Heading 2")
    assert parts == ["摘要 Summary", "进展 Progress", "附录 Appendix"]
    assert chapters == ["要点 Messages", "其余 Others", "1 合格率 Rates", "2 方法 Methods", "3 参考文献 Bibliography"]
    names = {each.get(qn("w:name")) for each in document.element.body.iter(qn("w:bookmarkStart"))}
    links = [
        link
        for line in document.element.body.iter(qn("w:p"))
        if line.find(f"{BODY}pPr/{BODY}pStyle[@{BODY}val='toc1']") is not None
        or line.find(f"{BODY}pPr/{BODY}pStyle[@{BODY}val='toc2']") is not None
        for link in line.iter(qn("w:hyperlink"))
    ]
    listed = ["".join(text.text or "" for text in link.iter(qn("w:t"))) for link in links]
    assert listed == [
        *("摘要 Summary", "要点 Messages", "其余 Others", "进展 Progress", "1 合格率 Rates"),
        *("附录 Appendix", "2 方法 Methods", "3 参考文献 Bibliography"),
    ]
    assert {link.get(qn("w:anchor")) for link in links} <= names
    places = {each.get(qn("w:name")): each for each in document.element.body.iter(qn("w:bookmarkStart"))}
    assert [heading_after(places[link.get(qn("w:anchor"))]) for link in links] == listed


def heading_after(place: BaseOxmlElement) -> str:
    """Return the text of the paragraph that a place stands before."""
    paragraph = next(each for each in place.itersiblings() if each.tag == qn("w:p"))
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def test_tables_are_tables_whose_head_comes_again(word: tuple[str, Path]) -> None:
    document = docx.Document(str(word[1]))
    rates = document.tables[0]
    assert [cell.text for cell in rates.rows[0].cells] == ["期间甲", "地区", "指标", "数值", "等级", "来源"]
    assert len(rates.rows) == 61
    assert [row._tr.find(f"{BODY}trPr/{BODY}tblHeader") is not None for row in rates.rows[:2]] == [True, False]
    (caption,) = texts(document, "Table Caption")
    assert re.fullmatch(r"(表|Table) 1\.1 观测值", caption)


def test_a_picture_is_drawn_in_pixels_and_described(word: tuple[str, Path]) -> None:
    document = docx.Document(str(word[1]))
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "The rate rises from 97 to 98"
    # 300 pixels of CSS, of which an inch has 96.
    assert shape.width.inches == pytest.approx(300 / 96, rel=0.01)
    (caption,) = texts(document, "Image Caption")
    assert re.match(r"(图|Fig\.) 1\.1 合格率的变化", caption)
    with zipfile.ZipFile(word[1]) as parts:
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        assert len(pictures) == 1
        assert parts.read(pictures[0]).startswith(b"\x89PNG")


def test_sources_notes_and_formulas_are_what_word_knows(word: tuple[str, Path]) -> None:
    document = docx.Document(str(word[1]))
    (source,) = texts(document, "Bibliography")
    assert re.match(r"\[1\] 统计局", source)
    assert "脚注文字。" in zipfile.ZipFile(word[1]).read("word/footnotes.xml").decode()
    assert len(list(document.element.body.iter(qn("m:oMath")))) == 2
    (box, warned) = texts(document, "Admonition")
    assert box in ("警告", "Warning")
    assert warned.startswith("注意")
    assert not any("secret_call" in paragraph.text for paragraph in document.paragraphs)


def test_chinese_characters_have_chinese_faces_and_pages_numbers(word: tuple[str, Path]) -> None:
    code, path = word
    document = docx.Document(str(path))
    fonts = list(document.styles.element.iter(qn("w:rFonts")))
    assert {each.get(qn("w:eastAsia")) for each in fonts} == {"SimSun", "SimHei"}
    assert not [name for each in fonts for name in each.attrib if name.endswith("Theme")]
    commands = [each.text.strip() for each in document.sections[0].footer._element.iter(qn("w:instrText"))]
    assert commands == ["PAGE", "NUMPAGES"]
    about = document.core_properties
    assert about.title == "样例 <&> Sample"
    assert about.modified == about.created
    indented = document.styles["Body Text"].element.find(f".//{BODY}ind") is not None
    assert indented == (code == "zh")


@pytest.mark.parametrize("form", ["docx", "epub"])
def test_the_same_book_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1751241600")
        made = [
            build(write(tmp_path / name, "en"), tmp_path / name / "out", f"pandoc-{form}") for name in ("one", "two")
        ]
    first, second = (path.with_suffix(f".{form}").read_bytes() for path in made)
    assert first == second


@pytest.fixture(scope="module", params=["zh", "en"])
def epub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    source = write(tmp_path_factory.mktemp("book") / "book", request.param)
    with zipfile.ZipFile(build(source, source / "out", "pandoc-epub").with_suffix(".epub")) as parts:
        assert parts.namelist()[0] == "mimetype"
        assert parts.infolist()[0].compress_type == zipfile.ZIP_STORED
        return {name: parts.read(name) for name in parts.namelist()}


def test_every_part_of_the_electronic_book_is_listed_well_formed_and_led_to(epub: dict[str, bytes]) -> None:
    assert epub["mimetype"] == b"application/epub+zip"
    package = ElementTree.fromstring(epub["EPUB/content.opf"])
    listed = {f"EPUB/{item.get('href')}" for item in package.iter("{http://www.idpf.org/2007/opf}item")}
    assert listed | {"mimetype", "META-INF/container.xml", "EPUB/content.opf"} >= {
        name for name in epub if not name.startswith("META-INF/")
    }
    assert listed <= set(epub)
    pages = {name: ElementTree.fromstring(text) for name, text in epub.items() if name.endswith(".xhtml")}
    places = {
        f"{name.rpartition('/')[2]}#{each.get('id')}"
        for name, page in pages.items()
        for each in page.iter()
        if each.get("id")
    }
    links = [link.get("href", "") for page in pages.values() for link in page.iter("{http://www.w3.org/1999/xhtml}a")]
    inner = [link.rpartition("/")[2] for link in links if "#" in link and "://" not in link]
    assert len(inner) > 8
    assert [link for link in inner if not link.startswith("#") and link not in places] == []


def test_the_electronic_book_has_its_tables_pictures_and_formulas(epub: dict[str, bytes]) -> None:
    text = b"".join(content for name, content in sorted(epub.items()) if name.startswith("EPUB/text/")).decode()
    assert text.count("<table") == 2
    assert 'alt="The rate rises from 97 to 98"' in text
    assert "<math" in text
    assert "secret_call" not in text
    navigation = epub["EPUB/nav.xhtml"].decode()
    assert all(title in navigation for title in ("摘要 Summary", "合格率 Rates", "参考文献 Bibliography"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A website in English, with the forms that are made where they are asked for."""
    folder = write_project(tmp_path_factory.mktemp("project"))
    built = build_here(folder, "--lang", "en", "--html", "--docx", "--epub", "--png")
    assert built.exit_code == 0, built.stderr
    return folder / "_site" / "2025" / "en"


def test_both_are_made_only_where_they_are_asked_for_and_lie_on_the_site(site: Path) -> None:
    names = {path.name for path in site.iterdir() if path.suffix in (".docx", ".epub", ".pdf")}
    assert names == {"sample-book-2025-en.docx", "sample-book-2025-en.epub"}
    assert 'href="sample-book-2025-en.docx"' in (site / "summary.html").read_text(encoding="utf-8")
    assert set(forms.DEFAULT_FORMS) == {"html", "pdf", "brief", "slides"}


def test_the_figures_of_a_book_come_as_pixels_for_slides_where_they_are_asked_for(site: Path) -> None:
    packed = site / "sample-book-2025-en-figures.zip"
    assert f'href="{packed.name}"' in (site / "summary.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(packed) as figures:
        assert "goods-pass-1.png" in figures.namelist()
        pictures = [Image.open(io.BytesIO(figures.read(name))) for name in figures.namelist()]
        # The small project's figures are 60 by 30 pixels, 96 to the inch.
        assert {(round(picture.info["dpi"][0]), picture.size) for picture in pictures} == {(288, (180, 90))}


@pytest.mark.parametrize("form", ["docx", "epub"])
def test_without_the_extra_one_message_names_the_command(
    form: str, tmp_path: Path, sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "EXTRAS", {"word": ("no_such_module",)})
    where = ["--data", str(sample_folder), "--build-dir", str(tmp_path / "made")]
    done = CliRunner().invoke(main, ["build", f"--{form}", *where])
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == (
        f"Error: Invalid value for --{form}: no_such_module not installed; say pip install 'qualitybook[word]'"
    )
    assert not (tmp_path / "made").exists()


def test_a_comment_on_the_book_comes_back_with_its_chapter(word: tuple[str, Path], tmp_path: Path) -> None:
    document = docx.Document(str(word[1]))
    (paragraph,) = [each for each in document.paragraphs if each.text == "结论。"]
    document.add_comment(paragraph.runs, "依据？", author="审阅者")
    document.save(str(tmp_path / "back.docx"))
    (remark,) = remarks_in(tmp_path / "back.docx")
    assert (remark.said, remark.marked, remark.who) == ("依据？", "结论。", "审阅者")
    assert remark.headings == ("进展 Progress", "1 合格率 Rates", "数据 Data")
