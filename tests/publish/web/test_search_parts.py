"""The parts of the search index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_book import SampleBook

from qualitybook.publish.web.search import INDEX, part_of, split_index


def content(script: str) -> dict[str, Any]:
    """Return what a script of the index hands over."""
    return json.loads(script.partition("(")[2].rpartition(")")[0])


@pytest.mark.parametrize(("code", "word"), [("zh", "合格_"), ("en", "robust")])
def test_every_word_of_a_text_is_in_its_part_and_in_no_other_file(book: SampleBook, code: str, word: str) -> None:
    folder = book.folder(code)
    whole = content((folder / INDEX).read_text(encoding="utf-8"))
    assert (whole["terms"], whole["titleterms"], whole["titles"]) == ({}, {}, [])
    files = sorted((folder / "searchindex").glob("[0-9]*.js"))
    assert {path.stem for path in files} == {str(number) for number in range(whole["parts"])}
    terms = {path.stem: content(path.read_text(encoding="utf-8")) for path in files}
    parts = whole["parts"]
    assert all(
        str(part_of(term, parts)) == part for part, own in terms.items() for kind in own.values() for term in kind
    )
    assert any(word in own["terms"] for own in terms.values())
    assert any(own["titleterms"] for own in terms.values())


def split(tmp_path: Path, index: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Return the words and the pages of an index that is split."""
    (tmp_path / INDEX).write_text(f"Search.setIndex({json.dumps(index)})", encoding="utf-8")
    split_index(tmp_path, str.split)
    parts = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "searchindex").iterdir())]
    words = [content(part) for part in parts if part.startswith("Search.addTerms")]
    pages = [json.loads(part.partition(",")[2].rpartition(")")[0]) for part in parts if "addPages" in part]
    return {kind: {**words[0][kind], **words[-1][kind]} for kind in words[0]}, [page for some in pages for page in some]


def test_a_heading_of_very_many_pages_and_one_that_begins_as_its_page_are_left_out(tmp_path: Path) -> None:
    everywhere, somewhere = [[page, "sources"] for page in range(20)], [[1, "rare"]]
    longer = {"R&D: figures": [[2, "tbl"]], "R&D": [[2, None]]}
    index = {
        "docnames": [f"page{number}" for number in range(20)],
        "titles": [*("Page",) * 2, "R&amp;D", *("Page",) * 17],
        "alltitles": {"Sources": everywhere, "Rare": somewhere, **longer},
        **{kind: {} for kind in ("terms", "titleterms", "indexentries")},
    }
    _words, pages = split(tmp_path, index)
    assert [page for page in pages if page[3]] == [["page1", "Page", [], [["Rare", "rare"]]]]


def test_short_titles_come_first_those_of_indicators_last_and_names_have_their_words(tmp_path: Path) -> None:
    index = {
        "docnames": ["indicators/a", "long", "short"],
        "titles": ["A", "Longer", "B"],
        "alltitles": {},
        "terms": {"text": [0, 1, 2], "one": 1},
        "titleterms": {"b": 2},
        "indexentries": {"other name": [[0, "", True]]},
    }
    words, pages = split(tmp_path, index)
    assert [page[0] for page in pages] == ["short", "long", "indicators/a"]
    assert words == {"terms": {"one": 1, "text": [[0, 2]]}, "titleterms": {"b": 0}, "names": {"name": 2, "other": 2}}


def test_parts_are_counted_by_units_of_utf_16() -> None:
    """The second character is beyond the basic plane: two units, as a browser counts."""
    assert part_of("ab", 64) == (31 * 97 + 98) % 64
    assert part_of("𠀀", 64) == ((31 * 0xD840 + 0xDC00) % 65521) % 64
