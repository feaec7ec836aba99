"""Assembling a book: contents, settings, citations, and what the log says."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from synthetic import evidence_tables, write_evidence

from qualitybook.errors import RefusedError
from qualitybook.evidence import load
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish import assemble
from qualitybook.publish.compile import cause_in, warnings_in
from qualitybook.publish.layout import Project, Volume
from qualitybook.publish.notebook import write_notebook
from qualitybook.publish.plan import Plan, planned, volumes_of
from qualitybook.report.i18n import Words

PUBLISH = Path(assemble.__file__).parent
CONTENTS = {
    "format": "jb-book",
    "root": "summary",
    "parts": [
        {"caption": "Targets", "numbered": True, "chapters": [{"glob": "targets/*"}, {"file": "absent"}]},
        {"caption": "Nothing", "chapters": [{"glob": "none/*"}, {"file": "absent"}]},
        {"caption": "Rest", "chapters": [{"file": "peers", "sections": [{"file": "absent"}, {"file": "outlook"}]}]},
    ],
}


@pytest.fixture
def volume(sample_folder: Path, tmp_path: Path) -> Volume:
    return volumes_of(load(sample_folder), ["2025"], ["en"], tmp_path / "_build")[0]


def plan_of(data: Path, edition: str, lang: str, folder: Path) -> Plan:
    """Return the plan of one book."""
    catalog = load(data)
    volumes = volumes_of(catalog, [edition], [lang], folder / "_build")
    (plan,), _ = planned(catalog, BookSettings.load(data), volumes, folder / "extracts")
    return plan


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_caption_stays_empty(lang: str) -> None:
    assert assemble.adapted_contents({"caption": ""}, set(), Words(lang)) == {"caption": ""}


def test_contents_keep_only_what_is_there() -> None:
    adapted = assemble.adapted_contents(CONTENTS, {"targets/01-a", "peers", "outlook"}, Words("en"))
    assert adapted == {
        "format": "jb-book",
        "root": "summary",
        "parts": [
            {"caption": "Targets", "numbered": True, "chapters": [{"glob": "targets/*"}]},
            {"caption": "Rest", "chapters": [{"file": "peers", "sections": [{"file": "outlook"}]}]},
        ],
    }
    assert len(CONTENTS["parts"]) == 3


def test_settings_are_merged_key_by_key() -> None:
    base = {"title": "a", "sphinx": {"config": {"x": 1, "list": [1, 2]}, "other": True}}
    over = {"title": "b", "sphinx": {"config": {"y": 2, "list": [3]}}}
    assert assemble.merged(base, over) == {
        "title": "b",
        "sphinx": {"config": {"x": 1, "y": 2, "list": [3]}, "other": True},
    }
    assert base["sphinx"]["config"] == {"x": 1, "list": [1, 2]}


def test_citations_are_collected_from_pages_and_outputs(tmp_path: Path) -> None:
    shown = new_output("display_data", data={"text/markdown": "x {cite}`c-1,d` y {cite:t}`e`"})
    plain = new_output("stream", name="stdout", text="{cite}`not-this`")
    cells = [new_markdown_cell("{cite}`b`"), new_code_cell("'{cite}`nor-this`'", outputs=[shown, plain])]
    write_notebook(new_notebook(cells=cells), tmp_path / "targets/page.ipynb")
    (tmp_path / "preface.md").write_text("{cite}`a` and {doc}`methods`", encoding="utf-8")
    assert assemble.cited_sources(tmp_path) == {"a", "b", "c-1", "d", "e"}


def test_the_bibliography_names_publishers_in_the_books_language(sample_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "preface.md").write_text("{cite}`press-2025,sample-plan`", encoding="utf-8")
    assemble.write_references(plan_of(sample_folder, "2025", "en", tmp_path).sources, source, Words("en"))
    text = (source / "references.bib").read_text(encoding="utf-8")
    assert text.index("@misc{sample-plan,") < text.index("@misc{press-2025,")
    assert "Sample Daily" in text
    assert "2026-07-01" in text
    assert "00:00" not in text
    assert "yearbook" not in text.replace("example.org/yearbook", "")


def test_sources_that_only_pages_of_indicators_cite_come_last_so_that_web_and_print_agree(
    sample_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    (source / "indicators").mkdir(parents=True)
    (source / "preface.md").write_text("{cite}`press-2025`", encoding="utf-8")
    (source / "indicators" / "goods.md").write_text("{cite}`press-2025,sample-plan`", encoding="utf-8")
    assemble.write_references(plan_of(sample_folder, "2025", "en", tmp_path).sources, source, Words("en"))
    text = (source / "references.bib").read_text(encoding="utf-8")
    assert text.index("@misc{press-2025,") < text.index("@misc{sample-plan,")


def test_a_book_is_described_by_its_data(sample_folder: Path, tmp_path: Path) -> None:
    offered = [{"edition": "2025", "languages": ["zh", "en"], "pages": ["summary"]}]
    plan = replace(plan_of(sample_folder, "2025", "en", tmp_path), index={"Area": {"rate": "Rate"}})
    values = assemble.config_values(plan, offered, ["html", "pdf"])
    config = values["sphinx"]["config"]
    assert (values["title"], values["author"]) == ("Sample City Quality Status Report", "The tests")
    assert config["language"] == "en"
    assert config["html_context"]["book"]["files"] == {"pdf": "sample-book-2025-en.pdf"}
    assert config["html_context"]["book"]["draft"] is True
    assert (config["typst_edition"], config["typst_as_of"], config["typst_date"]) == (
        "2025",
        "30 June 2026",
        "2026-06-30",
    )
    assert "consultation draft" in config["typst_cover_note"]
    assert config["typst_index"] == {"Area": {"rate": "Rate"}}
    assert yaml.safe_load(yaml.safe_dump(values)) == values


def test_without_a_pdf_none_is_offered(sample_folder: Path, tmp_path: Path) -> None:
    offered = [{"edition": "2025", "languages": ["en"], "pages": []}]
    plan = plan_of(sample_folder, "2025", "en", tmp_path)
    values = assemble.config_values(plan, offered, ["html"])
    assert values["sphinx"]["config"]["html_context"]["book"]["files"] == {}


def test_the_site_offers_its_old_books_and_the_new_ones(tmp_path: Path, volume: Volume) -> None:
    for name in ("2024/en/summary.html", "2024/en/old.html", "2025/zh/summary.html", "2025/zh/targets/a.html"):
        path = tmp_path / "_site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    offered = assemble.editions_offered(tmp_path / "_site", [volume], {volume.name: {"summary", "targets/a", "new"}})
    assert offered == [
        {"edition": "2025", "languages": ["zh", "en"], "pages": ["summary", "targets/a"]},
        {"edition": "2024", "languages": ["en"], "pages": ["old", "summary"]},
    ]


def test_the_context_counts_what_the_edition_sees(sample_folder: Path, tmp_path: Path) -> None:
    now = plan_of(sample_folder, "2025", "en", tmp_path).context
    then = plan_of(sample_folder, "2023", "zh", tmp_path).context
    assert (now["city"], now["as_of"], now["plan_date"]) == ("Sample City", "30 June 2026", "28 February 2023")
    assert (then["city"], then["as_of"], then["plan_date"]) == ("样例市", "2024年6月30日", "2023年2月28日")
    shown = [{name: int(text) for name, text in context["counts"].items()} for context in (now, then)]
    assert shown[1]["observations"] < shown[0]["observations"] == len(load(sample_folder).observations)
    assert shown[1]["sources"] == 2
    for counts in shown:
        assert counts["judged"] + counts["cannot"] + counts["no_verdict"] == counts["targets"] == 4
    assert now["words_table"].startswith(":::{table}")


AUTHORED = Path(__file__).parents[2] / "book"
OF_QUALITY_PLANS = ("plan for quality", "质量工作方案", "batches", "批次", "upervision sampling", "监督抽检")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["preface.md", "parts/summary-lead.md"])
def test_what_kind_of_plan_it_is_comes_from_the_evidence(tmp_path: Path, lang: str, page: str) -> None:
    folder = write_evidence(tmp_path / "data")
    text = (AUTHORED / lang / page).read_text("utf-8")
    assert "{{ plan }}" in text
    assert not [words for words in OF_QUALITY_PLANS if words in text]
    unnamed = plan_of(folder, "2025", lang, tmp_path).context["plan"]
    settings = folder / "book.toml"
    named = '\n[plan]\nzh = "清洁空气方案"\nen = "plan for clean air"\n'
    settings.write_text(settings.read_text("utf-8") + named, "utf-8")
    told = plan_of(folder, "2025", lang, tmp_path).context["plan"]
    assert (unnamed, told) == (("方案", "清洁空气方案") if lang == "zh" else ("plan", "plan for clean air"))


def test_text_from_the_data_is_harmless_in_the_context(tmp_path: Path) -> None:
    sources = evidence_tables()["sources"]
    sources[0]["title"] = "`code` {cite}`x` <b>"
    context = plan_of(write_evidence(tmp_path / "data", sources=sources), "2025", "en", tmp_path).context
    assert context["plan_title"] == r"\`code\` \{cite\}\`x\` \<b\>"


def test_warnings_are_found_once_with_short_paths(tmp_path: Path) -> None:
    log = (
        "Running Jupyter-Book v1\n"
        f"{tmp_path.resolve()}/targets/a.ipynb:10002: WARNING: could not find bibtex key\n"
        f"{tmp_path.resolve()}/targets/a.ipynb:10002: WARNING: could not find bibtex key\n"
        "Extension error: ERROR: broken\n/elsewhere/x.py:1: DeprecationWarning: old\n"
        "\x1b[91mWARNING: error writing file summary.html\x1b[39;49;00m\n"
    )
    assert warnings_in(log, tmp_path) == [
        "targets/a.ipynb:10002: WARNING: could not find bibtex key",
        "Extension error: ERROR: broken",
        "WARNING: error writing file summary.html",
    ]


def test_where_sphinx_breaks_off_the_cause_is_shown_without_colours() -> None:
    log = "\n".join(["Running", "\x1b[91mExtension error (ours):\x1b[0m", "it broke", *["deeper"] * 40])
    assert cause_in(log)[:2] == ["Extension error (ours):", "it broke"]
    assert len(cause_in(log)) == 20
    assert cause_in("a\nb\n") == ["a", "b"]


def test_an_error_of_ours_is_shown_without_its_traceback() -> None:
    log = """Traceback (most recent call last):
  File "builder.py", line 1, in write
qualitybook.publish.documents.BookError: no font of the PDF has these characters:
x U+0001 in index

The above exception was the direct cause of the following exception:
RuntimeError: There was an error
"""
    assert cause_in(log) == ["no font of the PDF has these characters:", "x U+0001 in index"]


def test_books_come_edition_by_edition_and_unknown_languages_are_refused(sample_folder: Path, tmp_path: Path) -> None:
    catalog = load(sample_folder)
    volumes = volumes_of(catalog, ["2025", "2024"], ["zh", "en"], tmp_path)
    assert [volume.name for volume in volumes] == ["2025/zh", "2025/en", "2024/zh", "2024/en"]
    with pytest.raises(RefusedError, match="'fr'"):
        volumes_of(catalog, ["2025"], ["fr"], tmp_path)


def asks_the_catalog(path: Path) -> bool:
    """Whether a module imports what evidence is loaded into, or loads it, other than for type checkers."""
    modules = ("qualitybook.evidence", "qualitybook.evidence.catalog")
    imports = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module in modules
    ]
    return any(name.name in ("Catalog", "load") for node in imports for name in node.names)


def test_the_plan_is_the_only_stage_that_asks_the_catalog() -> None:
    assert {path.stem for path in PUBLISH.rglob("*.py") if asks_the_catalog(path)} == {"plan"}
    # The build hands the catalog to the plan and to nobody else; it asks for nothing but the folder.
    body = (PUBLISH / "book.py").read_text(encoding="utf-8")
    uses = re.findall(r"(\w+)\(catalog\b|\bcatalog\.(\w+)", body)
    assert uses == [("build", ""), ("", "folder"), ("volumes_of", ""), ("planned", "")]


def test_a_folder_that_lacks_something_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").touch()
    with pytest.raises(RefusedError, match=r"has no _toc\.yml, book, notebooks;"):
        Project(tmp_path).checked()


def test_volumes_know_their_folders(volume: Volume) -> None:
    assert volume.edition.as_of == date(2026, 6, 30)
    assert volume.source.parts[-4:] == ("_build", "2025", "en", "source")
    assert volume.draft.name == "source.new"
