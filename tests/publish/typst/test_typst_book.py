"""The PDF of a small book in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
import typst
from accessible import faults, languages
from docutils import nodes
from ink import beyond, collisions, runs
from pdf_text import texts_of
from pypdf.generic import Destination
from sphinx import addnodes
from typst_book import build, write_book, write_page
from typst_source import document

from qualitybook.publish.documents import BookError
from qualitybook.publish.typst import packing
from qualitybook.publish.typst.builder import Chapter, Part, book_date, parts_of
from qualitybook.publish.typst.columns import POINTS_PER_MM

A4 = (595, 842)
# Chinese text and Latin letters are set apart by a little room, which readers of the PDF may take for a space.
GAP = re.compile("(?<=[\u2e80-\uffef]) +(?=[0-9A-Za-z])|(?<=[0-9A-Za-z]) +(?=[\u2e80-\uffef])")


def tight(text: str) -> str:
    """Return text without the room between Chinese and Latin letters."""
    return GAP.sub("", text)


@dataclass
class Printed:
    """A built book."""

    source: Path
    path: Path

    def __post_init__(self) -> None:
        self.reader = pypdf.PdfReader(self.path)
        self.pages = [tight(page.extract_text().replace("\u2060", "")) for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    def label_of_page_with(self, pattern: str) -> str:
        """Return the printed number of the first page of the text with some words (lists stand behind it)."""
        found = [number for number, text in enumerate(self.pages) if re.search(pattern, text)]
        return next(label for label in map(self.reader.page_labels.__getitem__, found) if label.isdecimal())


@pytest.fixture(scope="module")
def zh(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    source = write_book(tmp_path_factory.mktemp("zh") / "source", "zh")
    return Printed(source, build(source, source.parent / "out"))


@pytest.fixture(scope="module")
def en(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    source = write_book(tmp_path_factory.mktemp("en") / "source", "en")
    return Printed(source, build(source, source.parent / "out"))


def titles(outline: list[Any]) -> list[Any]:
    return [entry.title if isinstance(entry, Destination) else titles(entry) for entry in outline]


def structure(node: Any) -> Iterator[Any]:
    """Yield all elements of a PDF's structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict):
        yield node
        if "/K" in node:
            yield from structure(node["/K"])


def test_bookmarks_have_parts_chapters_and_sections(zh: Printed, en: Printed) -> None:
    assert titles(zh.reader.outline) == [
        "摘要 Summary",
        ["要点 Messages", "其余 Others"],
        "第一部分 进展 Progress",
        ["第1章 合格率 Rates", ["1.1 数据 Data"]],
        "第二部分 附录 Appendix",
        ["第2章 方法 Methods", "第3章 参考文献 Bibliography"],
        "图目录",
        "表目录",
        "指标索引",
    ]
    assert titles(en.reader.outline)[2:4] == ["Part I 进展 Progress", ["Chapter 1 合格率 Rates", ["1.1 数据 Data"]]]


def test_front_matter_has_roman_numbers_and_the_cover_none(zh: Printed) -> None:
    labels = zh.reader.page_labels
    assert labels[:3] == ["", "I", "II"]
    assert labels[3:] == [str(number) for number in range(1, len(labels) - 2)]


def test_contents_come_first_and_lists_behind_the_text(zh: Printed, en: Printed) -> None:
    assert "目录" in zh.pages[2]
    assert "Contents" in en.pages[2]
    lists = next(number for number, text in enumerate(zh.pages) if re.search(r"图1\.1合格率的变化[. ]+\d", text))
    assert lists > int(zh.label_of_page_with("方法Methods\n+警告"))
    assert re.search(r"表1\.1观测值[. ]+\d", "".join(zh.pages[lists:]))
    assert "List of figures" in "".join(en.pages[lists:])


def test_cover_and_imprint(zh: Printed, en: Printed) -> None:
    for fact in ("样例 Sample report", "Progress", "2025-06-30", "Draft goals 目标草案", "Office"):
        assert tight(fact) in zh.pages[0]
    assert "2025年版" in zh.pages[0]
    assert "0.1.0" not in zh.pages[0]
    assert "0.1.0" in zh.pages[1]
    assert "Edition 2025" in en.pages[0]
    assert "Licence: CC BY 4.0" in zh.pages[1]


def test_every_page_has_something_on_it(zh: Printed) -> None:
    assert [number for number, text in enumerate(zh.pages) if len(text.strip()) < 5] == []


def test_pages_are_counted(zh: Printed, en: Printed) -> None:
    total = len(zh.pages) - 3
    assert f"第1页，共{total}页" in zh.pages[3]
    assert f"Page 1 of {len(en.pages) - 3}" in en.pages[3]


def test_running_heads_name_book_and_chapter(zh: Printed) -> None:
    first = next(number for number, text in enumerate(zh.pages) if "数据Data" in text and number > 3)
    assert "样例Sample report" not in zh.pages[first]
    assert re.search(r"样例Sample report\s*合格率Rates", zh.pages[first + 1])


def test_references_carry_the_numbers_and_pages_of_what_they_lead_to(zh: Printed, en: Printed) -> None:
    figure, table = zh.label_of_page_with("图1.1合格率的变化"), zh.label_of_page_with("表1.1观测值")
    methods = zh.label_of_page_with("方法Methods\n+警告")
    assert f"见图1.1（第{figure}页）与表1.1（第{table}页），方法Methods（第{methods}页），界值" in zh.pages[3]
    assert f"Figure 1.1 (page {en.label_of_page_with('Figure 1.1合格率的变化')})" in en.pages[3]


def test_formulas_are_numbered_within_their_chapter(zh: Printed) -> None:
    assert "见(2.1)。" in zh.text


def test_notes_and_citations(zh: Printed) -> None:
    assert "脚注文字。" in zh.pages[3]
    assert "[1]" in zh.pages[3]
    assert re.search(r"\[1\]\s*统计局。公报1_2。", zh.text)


def test_the_bibliography_names_the_pages_that_cite_an_entry(zh: Printed, en: Printed) -> None:
    figure = zh.label_of_page_with("图1.1合格率的变化")
    assert f"引用于第1、{figure}页" in zh.text
    assert f"Cited on pages 1, {figure}" in en.text
    assert "Used on" not in en.text


def test_an_entry_and_what_cites_it_lead_to_each_other_once_packed(zh: Printed, tmp_path: Path) -> None:
    path = Path(shutil.copy(zh.path, tmp_path))
    packing.main(path)
    entry = next(number for number, text in enumerate(zh.pages) if re.search(r"\[1\]\s*统计局。公报1_2。", text))
    with pikepdf.open(path) as pdf:
        ends = [
            (number, pikepdf.Page(link["/Dest"][0]).index)
            for number, page in enumerate(pdf.pages)
            for link in page.get("/Annots", ())
            if isinstance(link.get("/Dest"), pikepdf.Array)
        ]
        assert "source:" not in str([link.get("/A") for page in pdf.pages for link in page.get("/Annots", ())])
    cited = [number for number, end in ends if end == entry and "[1]" in zh.pages[number]]
    assert len(cited) > 1
    assert (entry, min(cited)) in ends


def test_the_index_lists_what_the_book_shows(zh: Printed) -> None:
    assert re.search(rf"领域Area\n观测值\s*{zh.label_of_page_with('表1.1观测值')}", zh.pages[-1])
    assert "无人提及" not in zh.text


def test_parts_open_with_their_chapters(zh: Printed) -> None:
    opener = next(text for text in zh.pages[3:] if "第二部分" in text)
    methods = zh.label_of_page_with("方法Methods\n+警告")
    assert re.search(rf"第2章\s*方法Methods[. ]*\s*{methods}\n", opener)
    assert "合格率" not in opener


def test_captions_are_listed_under_their_chapter(zh: Printed) -> None:
    assert re.search(r"第1章\s*合格率Rates\n图1\.1", zh.text)


def test_the_summary_has_a_page_of_its_own(zh: Printed) -> None:
    assert "要点Messages" in zh.pages[3]
    assert "第二页的话" in zh.pages[4]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_accepts_the_structure(zh: Printed) -> None:
    run = subprocess.run(["qpdf", "--check", str(zh.path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_chapter_is_number_zero(zh: Printed, en: Printed) -> None:
    assert "第0章" not in zh.text
    assert "Chapter 0" not in en.text


def test_outputs_are_printed_and_code_is_not(zh: Printed) -> None:
    assert "结论。" in zh.text
    assert "secret_call" not in zh.text
    assert "not printed" not in zh.text


def test_a_long_table_repeats_its_header(zh: Printed) -> None:
    assert sum("期间甲" in text for text in zh.pages) >= 2
    assert zh.text.count("食品安全监督抽检合格率") == 60


@pytest.mark.parametrize("code", ["zh", "en"])
def test_no_line_is_overfull_and_no_column_runs_into_the_next(code: str, request: pytest.FixtureRequest) -> None:
    pages = request.getfixturevalue(code).reader.pages[1:]
    upright = [page for page in pages if page.mediabox.width < page.mediabox.height]
    assert sum(len(list(runs(page))) for page in pages) > 300
    assert [beyond(page, 27 * POINTS_PER_MM, 25 * POINTS_PER_MM) for page in upright] == [[]] * len(upright)
    assert [collisions(page) for page in pages] == [[]] * len(pages)


def test_no_line_begins_with_the_sign_of_a_range(tmp_path: Path) -> None:
    rows = [f"{'约' * blanks}88.4%～94.8%或3～5个（2010年—2012年）。" for blanks in range(40)]
    source = write_page(tmp_path, "# 甲\n\n" + "\n\n".join(rows))
    settings = (source / "conf.py").read_text(encoding="utf-8")
    (source / "conf.py").write_text(settings.replace('"en"', '"zh_CN"'), encoding="utf-8")
    text = "\n".join(texts_of(build(source, tmp_path / "out")))
    assert [line for line in text.splitlines() if line[:1] in set("～—")] == []
    whole = tight("".join(text.splitlines()))
    assert all(whole.count(part) == len(rows) for part in ("88.4%～94.8%", "3～5个", "2010年—2012年"))


def test_the_measure_of_lines_can_fail(tmp_path: Path) -> None:
    source = (
        "#set page(width: 200pt, height: 100pt, margin: 20pt)\n#place(dx: 0pt)[#box[some words]]\n"
        "#place(dx: 30pt)[#box[other words]]\n#place(dx: 140pt)[#box[beyond the edge]]"
    )
    typst.compile(source.encode(), output=str(tmp_path / "bad.pdf"), format="pdf", ignore_system_fonts=True)
    page = pypdf.PdfReader(tmp_path / "bad.pdf").pages[0]
    assert len(beyond(page, 20, 20)) == 1
    assert len(collisions(page)) == 1


def test_only_the_wide_table_turns_its_page(zh: Printed) -> None:
    turned = [text for page, text in zip(zh.reader.pages, zh.pages, strict=True) if page.mediabox.width > A4[0] + 1]
    assert len(turned) == 1
    assert "宽表" in turned[0]


def test_all_fonts_are_embedded(zh: Printed) -> None:
    fonts = [font.get_object() for page in zh.reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    descendants = [child.get_object() for font in fonts for child in font.get("/DescendantFonts", [font])]
    descriptors = [font["/FontDescriptor"] for font in descendants]
    assert descriptors
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descriptors)
    assert any("NotoSerifSC" in descriptor["/FontName"] for descriptor in descriptors)


def test_the_pdf_is_tagged_and_has_alternative_text(zh: Printed) -> None:
    root = zh.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    elements = list(structure(root["/StructTreeRoot"]["/K"]))
    kinds = {element.get("/S") for element in elements}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/TOC", "/Note"} <= kinds
    assert "The rate rises from 97 to 98" in {str(element.get("/Alt")) for element in elements}


def test_metadata(zh: Printed, en: Printed) -> None:
    facts = zh.reader.metadata
    assert facts is not None
    assert (facts.title, facts.author, facts["/Keywords"]) == ("样例 Sample report", "Office", "quality, 质量")
    assert str(facts["/CreationDate"]).startswith("D:20250630")
    assert zh.reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert en.reader.trailer["/Root"]["/Lang"] == "en"


def test_it_declares_pdf_a(zh: Printed) -> None:
    packet = zh.path.read_bytes()
    assert re.search(rb"pdfaid:part[>=\"]+2", packet)
    assert re.search(rb"pdfaid:conformance[>=\"]+B", packet)


def test_nothing_that_pdf_ua_asks_for_is_missing(zh: Printed, en: Printed) -> None:
    assert faults(zh.path) == faults(en.path) == []


def test_passages_in_another_language_say_so(zh: Printed, en: Printed) -> None:
    assert languages(zh.path) == {"en"}
    assert languages(en.path) == {"zh-CN"}


def test_what_pdf_ua_asks_for_can_be_missing(tmp_path: Path) -> None:
    source = '#set document(title: "T")\n#table(columns: 1, [1])\n#figure(rect())\n'
    plain = tmp_path / "plain.pdf"
    typst.compile(source.encode(), output=str(plain), ignore_system_fonts=True)
    told = " ".join(faults(plain))
    for fault in ("UA-28-004", "pdfuaid:part>1", "title is not shown", "/Figure without", "table without a head"):
        assert fault in told


def test_the_command_line_gives_the_same_bytes(zh: Printed, tmp_path: Path) -> None:
    source = write_book(tmp_path / "elsewhere", "zh")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "typst", str(source), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "book.pdf").read_bytes() == zh.path.read_bytes()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("# A\n\n$\\unknowncommand x$\n", BookError, "index: .*unknown variable: unknowncommand"),
        ("# A\n\n$$\n\\color{red} x\n$$\n", BookError, r"index: the formula '\\color{red} x' .*it loses r e d"),
        ("# A\n\n\ua015\n", BookError, r"ꀕ U\+A015 YI SYLLABLE WU in index"),
        ("# A\n\n```{sidebar} B\nC\n```\n", BookError, "index: the PDF has no form for the node 'sidebar'"),
    ],
)
def test_what_cannot_be_printed_stops_the_build_and_leaves_the_last_pdf(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    last = tmp_path / "out" / "book.pdf"
    last.parent.mkdir()
    last.write_bytes(b"the last good one")
    with pytest.raises(error, match=message):
        build(write_page(tmp_path, text), last.parent)
    assert last.read_bytes() == b"the last good one"


LONG = "".join(f"| {2000 + year} | 97 |\n" for year in range(90))
NOTES = f"""\
# Goods[^title]

Before[^first].

| Year | Rate[^head] and more[^first][^two] |
|---|---|
{LONG}
After[^head] and [^last], [^title].

## Section[^section]

Last words.

[^title]: Text of the title.
[^first]: Text of the first.
[^head]: Text of the head.
[^two]: Text of two.
[^last]: Text of the last.
[^section]: Text of the section.
"""


def test_a_footnote_has_one_number_and_one_text_wherever_it_comes_again(tmp_path: Path) -> None:
    printed = Printed(tmp_path, build(write_page(tmp_path, NOTES), tmp_path / "out"))
    heads = [line for text in printed.pages for line in text.splitlines() if line.startswith("Year")]
    assert len(heads) >= 2
    assert set(heads) == {"Year Rate3 and more24"}
    assert "After3and5,1." in printed.text.replace(" ", "")
    texts = re.findall(r"^(\d) ?Text of (.*)\.$", printed.text, re.MULTILINE)
    numbers = ("1 the title", "2 the first", "3 the head", "4 two", "5 the last", "6 the section")
    assert [" ".join(text) for text in texts] == [*numbers]
    # Contents and running heads name the title alone.
    assert [text.count("Goods1") for text in printed.pages].count(1) == 1
    assert "Goods" in printed.pages[-1]


class Contents:
    """Stands for Sphinx's environment: which documents each document lists."""

    def __init__(self, **lists: list[addnodes.toctree]) -> None:
        self.lists = lists
        self.metadata: dict[str, dict[str, Any]] = defaultdict(dict)
        self.toctree_includes = {
            name: [page for tree in trees for page in tree["includefiles"]] for name, trees in lists.items()
        }

    def get_doctree(self, docname: str) -> nodes.document:
        return document(*(tree.deepcopy() for tree in self.lists.get(docname, [])))


def contents(*docnames: str, **attributes: Any) -> addnodes.toctree:
    return addnodes.toctree("", includefiles=list(docnames), **attributes)


def test_parts_follow_the_contents_and_take_no_document_twice() -> None:
    env = Contents(
        root=[contents("a"), contents("b", "a", "root", caption="Part", numbered=999)], b=[contents("c", "b")]
    )
    assert parts_of(env, "root") == [
        Part("", (Chapter("root", numbered=False),)),
        Part("", (Chapter("a", numbered=False),)),
        Part("Part", (Chapter("b", numbered=True, below=(Chapter("c", numbered=True),)),)),
    ]


def test_chapters_are_numbered_if_no_contents_say_which() -> None:
    assert parts_of(Contents(root=[contents("a")]), "root")[1].chapters == (Chapter("a", numbered=True),)


def test_the_date_is_stated_or_that_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(24 * 3600))
    assert str(book_date("2025-06-30")) == "2025-06-30"
    assert str(book_date("")) == "1970-01-02"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert book_date("") is None
    with pytest.raises(BookError, match="typst_date 'May 2025'"):
        book_date("May 2025")
