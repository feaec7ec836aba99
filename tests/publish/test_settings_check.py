"""Settings and contents that Jupyter Book could not read are refused before a page is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import write_project

from qualitybook.errors import QualitybookError, RefusedError
from qualitybook.publish import compile, layout
from qualitybook.publish.compile import rehearse
from qualitybook.publish.layout import Project, check_pages, check_settings, read_settings, slips_of_contents

ROOT = Path(__file__).parents[2]
GOOD = "format: jb-book\nroot: summary\nparts:\n  - caption: One\n    chapters:\n      - file: a\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("_toc.yml", GOOD.replace("    chapters", "  - chapters"), "_toc.yml: entry not a mapping containing"),
        ("_toc.yml", GOOD.replace("root: summary\n", ""), "_toc.yml: .*'root'"),
        ("_toc.yml", GOOD + "\tx: 1\n", "_toc.yml, line 7: .*correct it"),
        ("_toc.yml", "", "_toc.yml: found NoneType; allowed: names with values"),
        ("_config.yml", "a: [1\nb: 2\n", r"_config.yml, line \d: .*correct it"),
        ("_toc.yml", GOOD.replace("file: a", "file: [1, [2]]"), "_toc.yml: unhashable"),
        ("_config.yml", "parse: null\n", "_config.yml: .*None is not of type 'object'.*parse"),
        ("_config.yml", "- a\n", "_config.yml: found list; allowed"),
        ("_config.yml", f"a: {'[' * 3000}", "_config.yml: lists or names nested too deeply"),
        ("_toc.yml", GOOD.replace("file: a", "glob: [a]"), r"_toc.yml: found glob: \['a'\]; allowed: a text"),
        ("_toc.yml", GOOD.replace("file: a", "glob:"), "_toc.yml: found glob: None; allowed: a text"),
        ("_toc.yml", GOOD + "    chapters:\n      - file: b\n", "_toc.yml, line 7: chapters stands twice; correct it"),
        ("_config.yml", "title: x\nsphinx: {}\ntitle: y\n", "_config.yml, line 3: title stands twice"),
        ("_config.yml", "excute: {}\n", "_config.yml: found excute, a setting that nobody reads; write execute"),
        (
            "_config.yml",
            "execute: {execute_notebook: x}\n",
            "execute: execute_notebook, .*write execute_notebooks",
        ),
        ("_config.yml", "title: 2020-13-45\n", "_config.yml, line 1: '2020-13-45' is no value; a text stands between"),
        ("_config.yml", f"title: {'9' * 5000}\n", "_config.yml, line 1: '9+…' is no value"),
        ("_config.yml", "title: !!timestamp x\n", "_config.yml, line 1: 'x' is no value"),
        ("_config.yml", "title: x\n", "_config.yml: found no qualitybook.publish.web, .* among the extra_extensions"),
        ("_toc.yml", GOOD.replace("caption", "captoin"), "_toc.yml: found captoin in a part; allowed: caption, "),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    files = {"_config.yml": "title: x\n", "_toc.yml": GOOD, name: text}
    for each, content in files.items():
        (tmp_path / each).write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        check_settings(tmp_path / "_config.yml", tmp_path / "_toc.yml")


def test_a_name_may_stand_again_beside_what_is_merged(tmp_path: Path) -> None:
    path = tmp_path / "_config.yml"
    path.write_text("a: &a {b: 1}\nc: {<<: *a, b: 2}\nd: {<<: *a, b: 3}\n", encoding="utf-8")
    assert read_settings(path) == {"a": {"b": 1}, "c": {"b": 2}, "d": {"b": 3}}


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_bytes("title: 质量\n".encode("gb18030"))
    with pytest.raises(RefusedError, match="is not UTF-8; write it as UTF-8"):
        check_settings(tmp_path / "_config.yml", ROOT / "_toc.yml")


@pytest.mark.parametrize("root", ["[*b, *b, *b, *b, *b, *b]", "&c [*c]"])
def test_aliases_that_make_much_of_little_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    monkeypatch.setattr(layout, "_MOST_VALUES", 100)
    contents = "parts: [&a [x, x, x, x], &b [*a, *a, *a, *a, *a]]\nroot: "
    (tmp_path / "_toc.yml").write_text(contents + root, encoding="utf-8")
    with pytest.raises(RefusedError, match=r"_toc\.yml: more than 100 values, those told by aliases"):
        layout.read_settings(tmp_path / "_toc.yml")
    (tmp_path / "_toc.yml").write_text(contents + "*a", encoding="utf-8")
    assert layout.read_settings(tmp_path / "_toc.yml")["root"] == ["x"] * 4


def test_the_project_s_own_files_pass() -> None:
    check_settings(ROOT / "_config.yml", ROOT / "_toc.yml")
    check_pages(Project(ROOT), ROOT / "data")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("root: summary", "root: summery", "found root: 'summery', a page that nobody writes"),
        ("- file: bibliography", "- file: bibliographies", "no entry 'file: bibliography'"),
    ],
)
def test_contents_have_a_first_page_and_one_for_citations(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "_toc.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        check_pages(Project(ROOT), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("- file: preface", "- file: preface.md", 8),
        ("- file: goods", "- file: 'nope' # x", 11),
        ("- glob: targets/*", "- glob: target/*", 15),
        ("- file: peers", "- {file: parts/note}", 22),
    ],
)
def test_an_entry_that_leads_to_no_page_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    text, own = (ROOT / "_toc.yml").read_text(encoding="utf-8"), tmp_path / "book" / "_toc.yml"
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")
    assert not slips_of_contents(Project(ROOT), tmp_path)
    own.write_text(text.replace(old, new), encoding="utf-8")
    (problem,) = slips_of_contents(Project(ROOT), tmp_path)
    assert (problem.file, problem.row, problem.level) == (own.as_posix(), line, "warning")
    assert problem.found in new
    assert not slips_of_contents(Project(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["preface.md", "parts/note.md"])
def test_a_page_that_is_no_utf_8_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    page = tmp_path / "book" / "zh" / name
    page.parent.mkdir(parents=True)
    page.write_bytes("# Title\n\n质量\n".encode("gb18030"))
    with pytest.raises(RefusedError, match=rf"{name}, line 3: byte 0xD6 is not UTF-8; write it as UTF-8$"):
        check_pages(Project(ROOT), tmp_path)


def test_a_folder_with_the_name_of_a_page_is_none(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "book/zh/notes.md").mkdir()
    (project / "notebooks/old.ipynb").mkdir()
    assert slips_of_contents(Project(project), project / "data") == []
    check_pages(Project(project), project / "data")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("html_show_sourcelink: false", "html_show_sourcelink:"),
        ("[qualitybook.publish.web,", "[nowhere_to_be_found,"),
        ("bibtex_bibfiles: [references.bib]", "bibtex_bibfiles: []"),
        ("shorten_urls: false", "shorten_urles: false"),
    ],
)
def test_settings_that_sphinx_refuses_are_told_before_a_page_is_made(tmp_path: Path, old: str, new: str) -> None:
    config = tmp_path / "_config.yml"
    usual = (ROOT / "_config.yml").read_text(encoding="utf-8")
    rehearse(ROOT / "_config.yml", tmp_path)
    config.write_text(usual.replace(old, new), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(QualitybookError, match=r"_config\.yml:"):
            rehearse(config, tmp_path)


def test_settings_with_which_sphinx_is_not_done_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "SETTINGS_SECONDS", 0.01)
    with pytest.raises(QualitybookError, match=r"not done with these settings after 0\.01 seconds"):
        rehearse(ROOT / "_config.yml", tmp_path)
    assert list(tmp_path.iterdir()) == []
