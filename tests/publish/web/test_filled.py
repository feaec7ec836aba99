"""Pages of indicators as Sphinx writes them and as they are filled into a frame; the evidence is invented."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from jupyter_book.sphinx import build_sphinx
from sample_book import ROOT, SIGNS, config, write_source
from sphinx.locale import translators
from synthetic import evidence_tables, write_evidence

from qualitybook.evidence import load
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish.assemble import write_references
from qualitybook.publish.cache import digests_of_files
from qualitybook.publish.layout import Volume
from qualitybook.publish.plan import planned
from qualitybook.publish.web import plain
from qualitybook.report.i18n import LANGUAGES, Words

QUOTED = '"It\'s" -- \'90s... \\ and "so" (《质量》 & 42%)'
"""What typographic quotes change, and both languages."""
ODD = "---\norphan: true\n---\n\n# Odd\n\nA *page* that nothing here reads {cite}`yearbook-2023`.\n"


def tables() -> dict[str, list[dict[str, str]]]:
    """Return the sample city's tables with signs of Markdown, HTML and quotes in whatever a page says."""
    made = evidence_tables()
    for place, text in enumerate((SIGNS, QUOTED, "the bound of a period", "1. 界值 evidence")):
        made["observations"][12 - place] |= {"note_zh": f"注{text}", "note_en": f"Note {text}"}
    made["indicators"][0] |= {"definition_zh": f"定义{SIGNS}", "definition_en": "A bound, a bound; " * 14 + SIGNS}
    made["indicators"][0] |= {"comparability_zh": QUOTED, "comparability_en": QUOTED}
    made["indicators"][1] |= {"name_zh": f"名{SIGNS}", "name_en": QUOTED}
    made["sources"][4] |= {"title": f"年鉴{SIGNS}{QUOTED}"}
    made["tasks"][1] |= {"name_zh": f"加强`研究`{SIGNS}", "name_en": f"More `research` {SIGNS}"}
    return made


def write_book(folder: Path, code: str) -> Path:
    """Write a book with pages of indicators, and return its source folder."""
    catalog = load(write_evidence(folder / "data", **tables()))
    volume = Volume(catalog.current_edition, code, folder / "build")
    source, words = volume.draft, Words(code)
    write_source(source, code)
    references = (source / "references.bib").read_text(encoding="utf-8")
    shutil.copy(ROOT / "book" / code / "glossary.md", source / "glossary.md")
    (plan,), _ = planned(catalog, BookSettings.load(catalog.folder), [volume], folder / "evidence")
    assert plan.sheets is not None
    texts = []
    for sheet in plan.sheets:
        sheet.write(source)
        texts.append(sheet.text)
    plan.figures.write(source)
    (source / "indicators/zz.md").write_text(ODD, encoding="utf-8")
    for target in set(re.findall(r"</((?:targets|areas)/[^>]+)>", "".join(texts))):
        if not (source / f"{target}.ipynb").exists():
            (source / f"{target}.md").write_text("# Page\n", encoding="utf-8")
    (source / "preface.md").write_text(
        "# Preface\n\n" + "".join(f"{{doc}}`/indicators/{name}`\n" for name in names_of(source)), encoding="utf-8"
    )
    (source / "keywords.json").write_text('{"indicators/output_value": ["a; b", "产值"]}', encoding="utf-8")
    write_references(plan.sources, source, words)
    with (source / "references.bib").open("a", encoding="utf-8") as file:
        file.write("\n" + references)
    return source


def names_of(source: Path) -> list[str]:
    return sorted(path.stem for path in (source / "indicators").glob("*.md"))


def built(source: Path, code: str, out: Path) -> dict[str, str]:
    """Build the website in this process, and return its files with their digests."""
    settings = config(code)
    editions = [{"edition": "2025", "languages": ["zh", "en"]}]
    earlier = {"edition": "2023", "languages": ["zh", "en"], "pages": [f"indicators/{names_of(source)[-2]}"]}
    settings["sphinx"]["config"]["html_context"]["book"]["editions"] = [*editions, earlier]
    (source / "_config.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    translators.clear()
    status = build_sphinx(
        source,
        out / "html",
        noconfig=True,
        path_config=source / "_config.yml",
        confoverrides={"latex_individualpages": False},
        doctreedir=out / "doctrees",
        quiet=True,
        warningiserror=True,
        keep_going=True,
    )
    assert status == 0, status
    # Sphinx's note of its settings, which no page shows.
    (out / "html/.buildinfo").unlink()
    return digests_of_files(out / "html")


def refuse(text: str) -> plain.Content:
    raise plain.NotUnderstoodError(text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_filled_page_has_the_bytes_of_sphinxs_page(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same goes for the search index, the bibliography and every other file."""
    source = write_book(tmp_path, code)
    filled = built(source, code, tmp_path / "filled")
    read = sorted(path.stem for path in (tmp_path / "filled/doctrees/indicators").glob("*.doctree"))
    first, *others = names_of(source)
    assert read == [first, others[-1]]
    assert len(others) > 4
    monkeypatch.setattr(plain, "read", refuse)
    whole = built(source, code, tmp_path / "whole")
    assert len(list((tmp_path / "whole/doctrees/indicators").glob("*.doctree"))) == len(names_of(source))
    assert {name for name in whole if whole[name] != filled.get(name)} == set()
    assert filled.keys() == whole.keys()


PAGE = "---\norphan: true\n---\n\n# Name\n\n{}\n"


@pytest.mark.parametrize(
    "text",
    [
        "A [link](x.html).",
        "Emphasis *here*.",
        "1. A numbered list",
        "- A list\n  - in a list",
        "Two lines\nof a paragraph",
        "{cite}`two,keys`",
        "{doc}`a role`",
        "<b>HTML</b>",
        "```\ncode\n```",
        "# Another title",
        ":::{note}\nText\n:::",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ],
)
def test_what_is_not_understood_is_left_to_sphinx(text: str) -> None:
    plain.read(PAGE.format("Understood."))
    with pytest.raises(plain.NotUnderstoodError):
        plain.read(PAGE.format(text))


def test_ids_are_given_as_docutils_gives_them() -> None:
    page = plain.read(PAGE.format("{cite}`one`\n\n## 来源\n\n- {cite}`two`\n\n## Name\n\nText."))
    assert [title.place for title in page.titles] == ["name", "id2", "id4"]
    assert page.cited == [("id1", "one"), ("id3", "two")]
