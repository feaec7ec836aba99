"""The generated BibTeX file: exact whatever the sources hold, and readable by others' tools."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_file, parse_string
from pybtex.plugin import find_plugin

from qualitybook.errors import QualitybookError
from qualitybook.publish.bibliography import (
    QualityBookStyle,
    _used_on,
    bibtex_entry,
    escape,
    escape_address,
    kinds,
    readings,
    source_fields,
    unescape,
    write_bib,
)
from qualitybook.report.i18n import Words

SOURCE = {
    "source_id": "made-up-2024",
    "title": "A made-up title",
    "publisher": "某局",
    "kind": "bulletin",
    "published": "2024-05-06",
    "access_kind": "original",
    "url": "https://example.org/a",
    "found_url": "https://example.org/b",
    "accessed": "2026-11-22",
    "language": "zh",
}


def source(**changes: str) -> dict[str, str]:
    return {**SOURCE, **changes}


def lines_of(path: Path) -> list[str]:
    """Return the entries of a BibTeX file as the style prints them."""
    plain = find_plugin("pybtex.backends", "plaintext")()
    data = parse_file(path)
    return [
        f"[{entry.label}] {entry.text.render(plain)}"
        for entry in QualityBookStyle().format_entries(data.entries.values())
    ]


def test_escape_is_latex() -> None:
    assert escape("50% & #1 a_b $5") == r"50\% \& \#1 a\_b \$5"
    assert escape("{~^\\}") == (r"\textbraceleft{}\textasciitilde{}\textasciicircum{}\textbackslash{}\textbraceright{}")
    assert escape(" 质量 \n 强市 ") == "质量 强市"


@given(st.text())
def test_escape_is_undone_exactly(text: str) -> None:
    assert unescape(escape(text)) == " ".join(text.split())


@given(st.text("\\{}%&#_$~^texbrackslh 质", max_size=40))
def test_escape_is_undone_exactly_between_commands(text: str) -> None:
    assert unescape(escape(text)) == " ".join(text.split())


@settings(max_examples=200)
@given(title=st.text("\\{}%&#_$~^@\",= \n质a'`-", min_size=1, max_size=30), url=st.text("a%&#_~{}\\/", max_size=20))
def test_bibtex_reads_what_was_written(title: str, url: str) -> None:
    fields = source_fields(source(title=title, url=url.strip(), found_url="", publisher="出版者"), Words("en"))
    entry = parse_string(bibtex_entry("key-1", 1, fields), "bibtex").entries["key-1"]
    assert unescape(entry.fields["title"]) == " ".join(title.split())
    assert entry.fields.get("url", "") == escape_address(url)


def test_others_take_a_publisher_for_one_and_a_title_as_it_is_written() -> None:
    row = source(title="Index of Made-Up Goods -- '' a ---", publisher="Bureau of Tests and Trials and others")
    entry = parse_string(bibtex_entry("key-1", 1, source_fields(row, Words("en"))), "bibtex").entries["key-1"]
    # Braces around it all: BibLaTeX parts names at each "and" outside them, and styles write a title small.
    assert entry.fields["organization"] == "{Bureau of Tests and Trials and others}"
    assert entry.fields["title"] == "{Index of Made-Up Goods -{}- '{}' a -{}-{}-}"
    for name, text in (("organization", row["publisher"]), ("title", row["title"])):
        assert unescape(entry.fields[name]) == text


def test_addresses_keep_their_percent_signs() -> None:
    assert escape_address("https://e.org/a_b?c=%E5&d=1#e") == "https://e.org/a_b?c=%E5&d=1#e"
    assert escape_address("https://e.org/{a}\\b c") == "https://e.org/%7Ba%7D%5Cb%20c"


@pytest.mark.parametrize("key", ["", "a b", "a,b", "{x}", "键", "-a", "a%"])
def test_key_that_cannot_be_cited(key: str) -> None:
    with pytest.raises(QualitybookError, match="cannot be cited"):
        bibtex_entry(key, 1, {})


def test_english_line(tmp_path: Path) -> None:
    write_bib([source(publisher="Some Bureau")], Words("en"), tmp_path / "r.bib")
    assert lines_of(tmp_path / "r.bib") == [
        "[1] Some Bureau. A made-up title. 2024-05-06. Bulletin, read in the original. "
        "https://example.org/a. Accessed 2026-11-22."
    ]


def test_line_of_a_source_with_little_known(tmp_path: Path) -> None:
    sources = [
        source(source_id="b", title="Really?", published="", url="", found_url="", access_kind="mirror", kind="press"),
        source(source_id="a", url="", published="2023"),
    ]
    write_bib(sources, Words("en"), tmp_path / "r.bib")
    assert lines_of(tmp_path / "r.bib") == [
        "[1] 某局. Really? No date. Press report, read in a mirror copy. Address not recorded. Accessed 2026-11-22.",
        "[2] 某局. A made-up title. 2023. Bulletin, read in the original, whose own address is not recorded. "
        "https://example.org/b. Accessed 2026-11-22.",
    ]


def test_chinese_line_is_by_the_national_standard(tmp_path: Path) -> None:
    sources = [
        source(title="质量公报（2024）"),
        source(source_id="b", kind="report", published="2024"),
        source(source_id="c", kind="press", published="", url="", found_url="", access_kind="mirror"),
    ]
    write_bib(sources, Words("zh"), tmp_path / "r.bib")
    assert lines_of(tmp_path / "r.bib") == [
        "[1] 某局. 质量公报（2024）[EB/OL]. (2024-05-06)[2026-11-22]. https://example.org/a. 通告，据原文读取.",
        "[2] 某局. A made-up title[R/OL]. (2024)[2026-11-22]. https://example.org/a. 报告，据原文读取.",
        "[3] 某局. A made-up title[N]. 日期不详[2026-11-22]. 网址未记录. 报道，据镜像读取.",
    ]


def test_numbers_follow_the_file_not_the_key(tmp_path: Path) -> None:
    keys = [f"s{10 - place}" for place in range(10)]
    write_bib([source(source_id=key, title=key) for key in keys], Words("en"), tmp_path / "r.bib")
    data = parse_file(tmp_path / "r.bib")
    shuffled = [data.entries[key] for key in sorted(keys)]
    entries = list(QualityBookStyle().format_entries(shuffled))
    assert [(entry.label, entry.key) for entry in entries] == [(str(i + 1), key) for i, key in enumerate(keys)]


def test_file_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.bib", "two.bib"):
        write_bib([source(), source(source_id="x")], Words("en"), tmp_path / name)
    assert (tmp_path / "one.bib").read_bytes() == (tmp_path / "two.bib").read_bytes()


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_code_of_the_tables_has_its_words(code: str) -> None:
    assert set(kinds(Words(code))) == {
        "plan",
        "communique",
        "bulletin",
        "notice",
        "report",
        "press",
        "dataset",
        "standard",
    }
    ways = readings(Words(code))
    assert set(ways) == {"original", "reprint", "mirror", "machine_translation", "quotation", "compilation"}
    assert len(set(ways.values())) == 6


def test_what_biblatex_knows_of_an_entry_is_all_that_is_written() -> None:
    """Biber warns of a publisher of this kind of entry, and of a date in words."""
    fields = source_fields(source(published=""), Words("en"))
    assert "publisher" not in fields
    assert fields["date"] == "XXXX"


@pytest.mark.parametrize(("count", "said"), [(10, "p9"), (12, "and 2 more")])
def test_a_source_names_ten_pages_and_a_search_finds_the_others(count: int, said: str) -> None:
    line = _used_on([f"p{number}" for number in range(count)], "part/sources", "某局 & 公报", Words("en"))
    assert line.astext().endswith(f"; {said}")
    assert "p10" not in line.astext()
    found = [link["refuri"] for link in line.findall(nodes.reference)]
    assert found == ["../search.html?q=%E6%9F%90%E5%B1%80%20%26%20%E5%85%AC%E6%8A%A5"][: count - 10]
