"""A book of one state of an evidence folder, whose own pages run nothing and show nothing of elsewhere. Made up."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from small_project import build_here, templates, write_project
from synthetic import write_evidence

from qualitybook.errors import PageError, RefusedError
from qualitybook.publish.cache import digest_of_bytes
from qualitybook.publish.manifest import read_manifest
from qualitybook.publish.notebook import render_page
from qualitybook.publish.snapshot import take

EDIT = """\
path = Path({path!r})
path.write_bytes(path.read_bytes().replace(b"sample_city,2016,2.41,", b"sample_city,2016,2.44,"))"""


def test_a_figure_that_changes_during_the_build_is_for_the_next_one(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    table = project / "data/observations.csv"
    edit = new_code_cell(EDIT.format(path=str(table)), metadata={"tags": ["remove-cell"]})
    changed = write_project(tmp_path / "other", {"summary": [*templates()["summary"], edit]})
    (changed / "notebooks/summary.ipynb").replace(project / "notebooks/summary.ipynb")
    before = table.read_bytes()
    first = build_here(project, "--lang", "zh", "--html")
    assert first.exit_code == 0, first.stderr
    assert table.read_bytes() != before
    published = (project / "_site/data/observations.csv").read_text(encoding="utf-8")
    assert list(csv.reader(published.splitlines())) == list(csv.reader(before.decode().splitlines()))
    inputs = read_manifest(project / "_site").books["2025/zh"]
    assert inputs["evidence/observations.csv"] == digest_of_bytes(before)
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


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ _.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ counts.clear() }}",
        "{{ range(999999999) | list }}",
    ],
)
def test_an_authored_page_runs_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "letter.md").write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=r"letter\.md"):
        render_page(tmp_path / "letter.md", {"counts": {"observations": 3}}, "en")


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
