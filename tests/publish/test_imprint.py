"""Who is responsible for a book, as `book.toml` may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import ROOT
from synthetic import write_evidence

from qualitybook.errors import EvidenceError
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish.notebook import render_page
from qualitybook.publish.plan import imprint
from qualitybook.report.i18n import Words

IMPRINT = """
official = {official}
[editor]
zh = "编辑组"
en = "Editors"
[contact]
zh = "电话"
en = "Telephone"
"""


def with_imprint(folder: Path, official: str) -> Path:
    """Write a book whose settings name editor and contact."""
    write_evidence(folder)
    path = folder / "book.toml"
    plain, tables = path.read_text(encoding="utf-8").split("[", 1)
    head, rest = IMPRINT.format(official=official).split("[", 1)
    path.write_text(f"{plain}{head}[{rest}[{tables}", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("official", "last"), [("false", ["This book is not a publication of the government."]), ("true", [])]
)
def test_the_imprint_says_what_the_settings_say(tmp_path: Path, official: str, last: list[str]) -> None:
    settings = BookSettings.load(with_imprint(tmp_path, official))
    assert imprint(settings, Words("en")) == ["Editor: Editors", "Contact: Telephone", *last]


@pytest.mark.parametrize("code", ["zh", "en"])
def test_signs_of_the_imprint_are_no_markup(code: str) -> None:
    page = ROOT / "book" / code / "preface.md"
    counts = dict.fromkeys(("targets", "judged", "cannot", "indicators", "observations", "sources"), 1)
    names = ("edition", "as_of", "city", "plan", "plan_title", "plan_date", "target_year", "is_draft", "has_goods")
    context = {**dict.fromkeys(names, "x"), "counts": counts, "imprint": ["Contact: [a](b) {cite}`c` $d$ \\\\"]}
    assert "- Contact: \\[a\\](b) \\{cite\\}\\`c\\` \\$d\\$ \\\\\\\\\n" in render_page(page, context, code)


def test_a_book_that_says_nothing_of_it_has_no_imprint(tmp_path: Path) -> None:
    write_evidence(tmp_path)
    assert imprint(BookSettings.load(tmp_path), Words("zh")) == []


def test_whether_a_book_is_official_is_said_by_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="official"):
        BookSettings.load(with_imprint(tmp_path, '"perhaps"'))


def test_a_text_over_several_lines_is_a_line(tmp_path: Path) -> None:
    path = write_evidence(tmp_path) / "book.toml"
    text = path.read_text(encoding="utf-8").replace(
        '"Sample City Quality Status Report"', '"""\n Sample　City\n\t Quality\n"""'
    )
    path.write_text(text, encoding="utf-8")
    assert BookSettings.load(tmp_path).title_en == "Sample　City Quality"
