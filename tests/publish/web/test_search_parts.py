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
    assert (whole["terms"], whole["titleterms"]) == ({}, {})
    files = sorted((folder / "searchindex").iterdir())
    assert {path.stem for path in files} == {str(number) for number in range(64)}
    terms = {path.stem: content(path.read_text(encoding="utf-8")) for path in files}
    assert all(str(part_of(term)) == part for part, own in terms.items() for kind in own.values() for term in kind)
    assert any(word in own["terms"] for own in terms.values())
    assert any(own["titleterms"] for own in terms.values())


def test_a_heading_of_very_many_pages_and_one_that_begins_as_its_page_are_left_out(tmp_path: Path) -> None:
    everywhere, somewhere = [[page, "sources"] for page in range(20)], [[1, "rare"]]
    longer = {"R&D: figures": [[2, "tbl"]], "R&D": [[2, None]]}
    index = {
        "titles": [*("Page",) * 2, "R&amp;D", *("Page",) * 17],
        "alltitles": {"Sources": everywhere, "Rare": somewhere, **longer},
    }
    (tmp_path / INDEX).write_text(f"Search.setIndex({json.dumps(index)})", encoding="utf-8")
    split_index(tmp_path)
    assert content((tmp_path / INDEX).read_text(encoding="utf-8"))["alltitles"] == {
        "Rare": somewhere,
        "R&D": [[2, None]],
    }


def test_parts_are_counted_by_units_of_utf_16() -> None:
    """The second character is beyond the basic plane: two units, as a browser counts."""
    assert part_of("ab") == (31 * 97 + 98) % 64
    assert part_of("𠀀") == ((31 * 0xD840 + 0xDC00) % 65521) % 64
