"""A book of one state of an evidence folder, whose own pages run nothing and show nothing of elsewhere. Made up."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from docutils.utils import new_document
from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from nbformat.v4 import new_code_cell
from small_project import build_here, templates, write_project
from sphinx import addnodes
from synthetic import write_evidence

from qualitybook.errors import PageError, RefusedError
from qualitybook.evidence.catalog import Edition
from qualitybook.publish import assemble, notebook, snapshot
from qualitybook.publish.book import Built
from qualitybook.publish.cache import digest_of_bytes
from qualitybook.publish.documents import (
    BookError,
    _name_too_much,
    _refuse_acting,
    _refuse_own_settings,
    _tokenize_all,
)
from qualitybook.publish.layout import Project, Volume
from qualitybook.publish.manifest import LastBuild, read_manifest
from qualitybook.publish.notebook import render_page
from qualitybook.publish.snapshot import take, take_project

EDIT = """\
template = Path({template!r})
template.write_bytes(template.read_bytes().replace(b"A falling line", b"A rising line"))
path = Path({path!r})
path.write_bytes(path.read_bytes().replace(b"sample_city,2016,2.41,", b"sample_city,2016,2.44,"))"""


def test_a_figure_that_changes_during_the_build_is_for_the_next_one(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    table = project / "data/observations.csv"
    template = project / "notebooks/summary.ipynb"
    edit = new_code_cell(EDIT.format(path=str(table), template=str(template)), metadata={"tags": ["remove-cell"]})
    changed = write_project(tmp_path / "other", {"summary": [*templates()["summary"], edit]})
    (changed / "notebooks/summary.ipynb").replace(template)
    before, template_before = table.read_bytes(), template.read_bytes()
    first = build_here(project, "--lang", "zh", "--html")
    assert first.exit_code == 0, first.stderr
    assert table.read_bytes() != before
    published = (project / "_site/data/observations.csv").read_text(encoding="utf-8")
    assert list(csv.reader(published.splitlines())) == list(csv.reader(before.decode().splitlines()))
    inputs = read_manifest(project / "_site").books["2025/zh"]
    assert inputs["evidence/observations.csv"] == digest_of_bytes(before)
    # Of templates likewise: a page is stored under the digest of the one that it was made from.
    assert template.read_bytes() != template_before
    assert inputs["notebooks/summary.ipynb"] == digest_of_bytes(template_before)
    second = build_here(project, "--lang", "zh", "--html")
    assert "Nothing has changed" not in second.stderr
    inputs = read_manifest(project / "_site").books["2025/zh"]
    assert inputs["evidence/observations.csv"] == digest_of_bytes(table.read_bytes())


def test_a_snapshot_has_what_a_book_is_made_from_and_no_link_that_leads_out(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "data")
    (evidence / "book/en").mkdir(parents=True)
    (evidence / "book/en/letter.md").write_text("# Letter\n", encoding="utf-8")
    (evidence / "diary.txt").write_text("private", encoding="utf-8")
    out = take(evidence, tmp_path / "taken")
    assert (out / "book/en/letter.md").read_bytes() == b"# Letter\n"
    assert (out / "plan/targets.csv").read_bytes() == (evidence / "plan/targets.csv").read_bytes()
    assert not (out / "diary.txt").exists()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (evidence / "book/en/other.md").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(RefusedError, match=r"other\.md leads to .*secret\.txt, outside of the evidence folder"):
        take(evidence, tmp_path / "taken")


@pytest.mark.parametrize(("name", "shown"), [(b"a\nb.png", r"a\nb.png"), (b"\xff/c.png", r"\udcff/c.png")])
def test_a_name_that_is_no_text_is_refused_in_one_line(tmp_path: Path, name: bytes, shown: str) -> None:
    evidence = write_evidence(tmp_path / "data")
    path = evidence / "book/_static" / os.fsdecode(name)
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(RefusedError) as caught:
        take(evidence, tmp_path / "taken")
    assert f"{shown}: a name that is no text on one line" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_folder_that_fills_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = write_evidence(tmp_path / "data")
    (evidence / "book/_static").mkdir(parents=True)
    (evidence / "book/_static/large.png").write_bytes(bytes(50_000))
    take(evidence, tmp_path / "taken")
    monkeypatch.setattr(snapshot, "_MOST_BYTES", 50_000)
    with pytest.raises(RefusedError, match=r"holds more than .* for a book; make .*large\.png or others smaller"):
        take(evidence, tmp_path / "taken")


def test_templates_pages_and_settings_are_taken_as_they_stand_at_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(write_project(tmp_path / "project"))
    template = project.template("summary")
    (project.root / "notebooks/.ipynb_checkpoints").mkdir()
    taken, before = take_project(project, tmp_path / "out"), template.read_bytes()
    template.write_bytes(b"changed")
    assert taken.template("summary").read_bytes() == before
    assert not (taken.root / "notebooks/.ipynb_checkpoints").exists()
    copied = snapshot._copy

    def copied_while_somebody_writes(source: Path, target: Path) -> None:
        copied(source, target)
        template.write_bytes(template.read_bytes() + b"more")

    monkeypatch.setattr(snapshot, "_copy", copied_while_somebody_writes)
    monkeypatch.setattr(snapshot, "_PAUSE", 0)
    with pytest.raises(RefusedError, match="changes all the time; build again"):
        take_project(project, tmp_path / "out")


def test_what_was_built_is_noted_not_what_stood_there_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that waits for another one takes the evidence as it is then."""
    project = write_project(tmp_path)
    noted: list[object] = []
    made = Built(tmp_path / "_site", [], [], inputs={"evidence/observations.csv": "as it was taken"})
    monkeypatch.setattr("qualitybook.cli.build._built", lambda *arguments: made)
    monkeypatch.setattr(LastBuild, "write", lambda self, asked, inputs, said: noted.append(inputs))
    assert build_here(project, "--quiet").exit_code == 0
    assert noted == [made.inputs]


def test_a_file_that_goes_while_it_is_read_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*arguments: object) -> dict[str, str]:
        raise FileNotFoundError("notebooks/summary.ipynb")

    monkeypatch.setattr("qualitybook.publish.manifest.book_inputs", gone)
    monkeypatch.setattr("qualitybook.cli.build._built", lambda *arguments: Built(tmp_path / "_site", [], []))
    monkeypatch.setattr(LastBuild, "write", lambda *arguments: None)
    assert build_here(write_project(tmp_path), "--quiet").exit_code == 0


def test_a_message_names_a_file_where_it_is_edited(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "data/book/zh").mkdir(parents=True)
    (project / "data/book/zh/letter.md").write_bytes(b"# \xff\n")
    assert "data/book/zh/letter.md, line 1: byte 0xFF" in build_here(project).stderr
    (project / "_config.yml").write_bytes(b"a: [")
    refused = build_here(project).stderr
    assert " _config.yml, line 1" in refused
    assert "_build" not in refused


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ _.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ _('{x.__self__.__class__.__init__.__globals__[gettext].os.environ}', x=_) }}",
        "{{ ngettext('{x.__class__}', '{x.__class__}', 2, x=_) }}",
        "{{ _('{x.real.nothing}', x=1) }}",
        "{{ counts.clear() }}",
        "{{ range(999999999) | list }}",
        "{% for one in range(99999) %}{% for other in range(99999) %}endless {% endfor %}{% endfor %}",
        "{{ 'endless' * 10 ** 9 }}",
        "{{ (range(99999) | list * 1000) | join }}",
        "{{ 2 ** (10 ** 9) }}",
        "{{ lipsum(n=10 ** 9) }}",
        "{% macro endless() %}{{ endless() }}{% endmacro %}{{ endless() }}",
    ],
)
def test_an_authored_page_runs_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "letter.md").write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=r"letter\.md"):
        render_page(tmp_path / "letter.md", {"counts": {"observations": 3}}, "en")


def test_an_authored_page_takes_its_time_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter.md").write_text("{% for one in range(3) %}a{{ 2 * 3 }}{{ 2 ** 3 }} {% endfor %}", "utf-8")
    assert render_page(tmp_path / "letter.md", {}, "en") == "a68 a68 a68 "
    monkeypatch.setattr(notebook, "_SECONDS", -1)
    with pytest.raises(PageError, match=r"letter\.md: not filled in after"):
        render_page(tmp_path / "letter.md", {}, "en")


ENDLESS = "{% for one in range(99999) %}{% for other in range(99999) %}{% endfor %}{% endfor %}"


def test_an_authored_page_that_writes_nothing_for_ever_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "PAGE_SECONDS", 1)
    volume = Volume(Edition("2031", date(2031, 6, 30), 2030, "current", ""), "en", tmp_path)
    volume.authored.mkdir()
    (volume.authored / "letter.md").write_text(ENDLESS, encoding="utf-8")
    with pytest.raises(PageError, match=r"letter\.md: not filled in after"):
        assemble._write_authored(volume, {"root": "letter"}, {})


@pytest.mark.parametrize("text", ["{{ 'x' | center(10 ** 12) }}", "{{ '%999999999999d' % 1 }}"])
def test_an_authored_page_that_takes_all_memory_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "letter.md").write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=r"letter\.md: takes more memory than a page may"):
        render_page(tmp_path / "letter.md", {}, "en")


def test_blocks_too_deep_in_one_another_are_not_left_out_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParserBlock, "tokenize", _tokenize_all)
    quoted = MarkdownIt("commonmark", {"maxNesting": 3}).render
    assert "deep" in quoted(">" * 2 + " deep\n")
    with pytest.raises(RecursionError):
        quoted(">" * 3 + " deep\n")


@pytest.mark.parametrize(
    ("error", "reason"), [(RecursionError, "has lists, quotes"), (MemoryError, "takes more memory")]
)
def test_a_page_too_deep_or_too_large_to_be_read_is_named(error: type[Exception], reason: str) -> None:
    def read(page: str, **options: object) -> None:
        if page == "letter":
            raise error

    env = SimpleNamespace(doc2path=lambda name, base: f"{name}.md")
    app: Any = SimpleNamespace(env=env, builder=SimpleNamespace(read_doc=read))
    _name_too_much(app)
    app.builder.read_doc("preface", _cache=False)
    with pytest.raises(BookError, match=rf"letter\.md {reason}"):
        app.builder.read_doc("letter")


RUN = "mystnb:\n  execution_mode: force\n"
NOTEBOOK = f"---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n{RUN}---\n\n# Letter\n"


@pytest.mark.parametrize(
    "page",
    [
        NOTEBOOK,
        NOTEBOOK.replace("---\n\n", "...\n\n"),
        "---\nmyst:\n  enable_extensions: [substitution]\n---\n\n# Letter\n",
        "---  \norphan: true\nhtml_meta:\n  a: b\n---\n\n# Letter\n",
        "----\n{orphan: true, myst: {url_schemes: [javascript]}}\n----\n# Letter\n",
        "---\norphan: true\n",
        "----\norphan: true\n---\nmyst: {}\n----\n",
    ],
)
def test_a_page_brings_no_settings_of_its_own(page: str) -> None:
    app: Any = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name, base: f"{name}.md"))
    with pytest.raises(BookError, match=r"letter\.md has settings"):
        _refuse_own_settings(app, "letter", [page])
    _refuse_own_settings(app, "letter", ["---\norphan: true\n---\n\n# Letter\n"])
    _refuse_own_settings(app, "letter", ["# Letter\n\n---\na: b\n---\n"])


def test_a_notebook_brings_no_settings_of_its_own() -> None:
    app: Any = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name, base: f"{name}.ipynb"))
    _refuse_own_settings(app, "letter", ['{"metadata": {"kernelspec": {}, "language_info": {}}}'])
    with pytest.raises(BookError, match=r"letter\.ipynb has metadata"):
        _refuse_own_settings(app, "letter", ['{"metadata": {"mystnb": {"execution_mode": "force"}}}'])


@pytest.mark.parametrize(
    "node",
    [
        nodes.meta(**{"http-equiv": "refresh"}),
        nodes.reference(refuri="JavaScript:alert(1)"),
        nodes.image(uri="https://a.example/picture.png"),
        nodes.image(uri="//a.example/picture.png"),
        addnodes.toctree(entries=[("A page", "preface"), ("Elsewhere", "javascript://%0aalert(1)")]),
    ],
)
def test_a_page_does_nothing_in_a_browser(node: nodes.Element) -> None:
    app: Any = SimpleNamespace(env=SimpleNamespace(docname="letter", doc2path=lambda name, base: f"{name}.md"))
    document = new_document("letter")
    document += [nodes.reference(refuri=address) for address in ("https://a.example", "mailto:a@b.example", "#c", "d")]
    _refuse_acting(app, document)
    document += [nodes.image(uri=uri) for uri in ("_static/picture.svg", "data:image/png;base64,AAAA")]
    document += node
    with pytest.raises(BookError, match=r"letter\.md"):
        _refuse_acting(app, document)


@pytest.mark.parametrize("name", ["act.js", "look.CSS", "page.html", "page.xht", "data.xml"])
def test_a_folder_brings_no_program_for_readers(tmp_path: Path, name: str) -> None:
    project = write_project(tmp_path)
    (project / "data/book/_static").mkdir(parents=True)
    (project / "data/book/_static" / name).write_text("", encoding="utf-8")
    result = build_here(project)
    assert result.exit_code == 2
    assert f"{name} would act in a reader's browser" in result.stderr


HARMLESS = """<style>rect { fill: url(#a) } @font-face { src: url("data:font/woff2;base64,AAAA") }</style>
<a x:href="https://a.example/"><text>one</text></a><use x:href="#a"/><rect style="fill:url('#a')"/>
<text>url(b.example)</text><path-effect only_selected="false"/>
<image href="data:image/png;base64,AAAA"/>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "drawing",
    [
        SVG.format("<script>act()</script>"),
        SVG.format("<script>act()</script>").encode("utf-16"),
        SVG.format("<foreignObject/>"),
        SVG.format('<h:iframe xmlns:h="http://www.w3.org/1999/xhtml"/>'),
        SVG.format('<rect onload="act()"/>'),
        SVG.format('<a x:href=" java&#10;script:act()"/>'),
        SVG.format('<a><set attributeName="href" to="javascript:act()"/></a>'),
        SVG.format('<image id="a"/><set x:href="#a" attributeName="xlink:href" to="https://a.example/b.png"/>'),
        SVG.format('<image href="https://a.example/b.png"/>'),
        SVG.format('<image x:href="../secret.svg"/>'),
        SVG.format('<use href="other.svg#a"/>'),
        SVG.format('<rect fill="url( https://a.example/b.svg#c )"/>'),
        SVG.format('<style>@import "https://a.example/b.css";</style>'),
        SVG.format('<style><a/>rect { fill: url("b.svg#c") }</style>'),
        '<!DOCTYPE svg [<!ENTITY a "<script>act()</script>">]>' + SVG.format("&a;"),
        '<?xml-stylesheet href="act.xsl" type="text/xsl"?>' + SVG.format(""),
        "no picture",
    ],
)
def test_a_picture_does_nothing_where_it_is_opened_by_itself(tmp_path: Path, drawing: str | bytes) -> None:
    evidence = write_evidence(tmp_path / "data")
    (evidence / "book/_static").mkdir(parents=True)
    picture = evidence / "book/_static/picture.SVG"
    picture.write_text(SVG.format(HARMLESS), encoding="utf-8")
    take(evidence, tmp_path / "taken")
    picture.write_bytes(drawing if isinstance(drawing, bytes) else drawing.encode())
    with pytest.raises(RefusedError, match=r"picture\.SVG is a picture that would act"):
        take(evidence, tmp_path / "taken")


def test_a_picture_is_refused_with_what_it_holds(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "data")
    (evidence / "book/_static").mkdir(parents=True)
    (evidence / "book/_static/flow.svg").write_text(SVG.format("<switch><foreignObject/></switch>"), encoding="utf-8")
    with pytest.raises(RefusedError, match=r"\(foreignObject\); .*in draw\.io: without formatted text"):
        take(evidence, tmp_path / "taken")


def test_a_page_that_says_it_is_a_notebook_is_not_run(tmp_path: Path) -> None:
    project, ran = write_project(tmp_path / "project"), tmp_path / "ran"
    (project / "data/book/zh").mkdir(parents=True)
    cell = f"```{{code-cell}} ipython3\nopen({str(ran)!r}, 'w')\n```\n"
    (project / "data/book/zh/preface.md").write_text(f"{NOTEBOOK}\n{cell}", encoding="utf-8")
    result = build_here(project, "--lang", "zh", "--html")
    assert result.exit_code == 1
    assert "preface.md has settings" in result.stderr
    assert not ran.exists()


UNNOTED = """\
# Letter

```{csv-table}
:url: PLACE
```

```{raw} html
:url: PLACE
```

```{literalinclude} preface.md
:diff: PLACE
```
"""


def test_a_page_reads_no_file_past_the_list_of_files(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    (tmp_path / "secret.csv").write_text("secret", encoding="utf-8")
    (project / "data/book/zh").mkdir(parents=True)
    page = UNNOTED.replace("PLACE", (tmp_path / "secret.csv").as_uri())
    (project / "data/book/zh/preface.md").write_text(page, encoding="utf-8")
    result = build_here(project, "--lang", "zh", "--html")
    assert result.exit_code == 1
    told = [line for line in result.stderr.splitlines() if "Unknown option keys" in line]
    assert [line.partition("preface.md:")[2].partition(":")[0] for line in told] == ["3", "7", "11"]


OUTSIDE = """\
# Letter

```{include} PLACE/included.csv
```

```{literalinclude} PLACE/listed.csv
```

```{csv-table}
:file: PLACE/tabulated.csv
```

{download}`a file <PLACE/offered.csv>`

![A picture](PLACE/shown.svg)
"""


@pytest.mark.parametrize("form", ["--html", "--pdf"])
def test_a_page_shows_no_file_of_elsewhere(tmp_path: Path, form: str) -> None:
    project = write_project(tmp_path / "project")
    names = ("included.csv", "listed.csv", "tabulated.csv", "offered.csv", "shown.svg")
    for name in names:
        (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
    (project / "data/book/zh").mkdir(parents=True)
    place = os.path.relpath(tmp_path, project / "_build/2025/zh/source")
    (project / "data/book/zh/preface.md").write_text(OUTSIDE.replace("PLACE", place), encoding="utf-8")
    result = build_here(project, "--lang", "zh", form)
    assert result.exit_code == 1
    told = [line for line in result.stderr.splitlines() if "outside of the book" in line]
    assert sorted(name for name in names if any(name in line for line in told)) == sorted(names)
    assert all("preface.md names " in line for line in told)
    assert not (project / "_site").exists()
