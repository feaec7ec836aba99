"""Taking an edition back: nothing leads to it any more, and the rest is as it was. The sites here are made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jinja2 import Environment, FileSystemLoader
from published_sites import DAYS, page, write_manifest, write_site
from small_project import contents

from qualitybook import cli
from qualitybook.publish import web
from qualitybook.publish.manifest import SiteError, read_manifest
from qualitybook.publish.release import LEDGER, release, withdraw
from qualitybook.publish.web.head import masthead
from qualitybook.report.i18n import Words

EDITIONS = ("2025", "2024", "2023")


def head(edition: str, *, within: str = "summary", editions: tuple[str, ...] = EDITIONS) -> str:
    """Return the head of a page as the template writes it."""
    templates = Environment(loader=FileSystemLoader(Path(web.__file__).parent / "templates"))
    offered = [{"edition": each, "languages": ["zh"], "pages": ["summary"]} for each in editions]
    book = {"edition": edition, "languages": ["zh"], "editions": offered, "files": {"pdf": f"book-{edition}-zh.pdf"}}
    shown = masthead(within, "summary", Words("zh"), book)
    return templates.get_template("book-switch.html").render(masthead=shown) + f"<p>2025 of {edition}</p>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with three editions, each page with its switch, and the data of each."""
    folder = write_site(tmp_path / "_site", **{f"zh{edition}": head(edition) for edition in EDITIONS})
    for edition in EDITIONS:
        (folder / "data" / edition).mkdir(parents=True)
        (folder / "data" / edition / "assessments.json").write_text("{}", encoding="utf-8")
        (folder / edition / "zh/targets").mkdir()
        text = head(edition, within="targets/01-a")
        (folder / edition / "zh/targets/01-a.html").write_text(text, encoding="utf-8")
    write_manifest(folder, {f"{edition}/zh": {"evidence": edition} for edition in EDITIONS})
    return folder


@pytest.fixture
def www(tmp_path: Path, site: Path) -> Path:
    folder = tmp_path / "server/www"
    release(site, folder, DAYS)
    return folder


def nothing(*_: object) -> None:
    """Write no lists."""


def run(data: Path, site: Path, www: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["publish", str(www), "--data", str(data), "--output", str(site), *options])


def test_nothing_leads_to_the_edition_any_more(sample_folder: Path, site: Path, www: Path) -> None:
    (www / "2025/notes.txt").write_text("mine", encoding="utf-8")
    result = run(sample_folder, site, www, "--withdraw", "2025")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[:3] == ["kept     2023/zh", "kept     2024/zh", "withdrawn 2025/zh"]
    assert f"{www} shows 2025 no more." in lines
    assert f"{site} shows 2025 no more." in lines
    for folder in (www, site):
        left = contents(folder)
        assert [name for name in left if name.startswith(("2025/zh", "data/2025"))] == []
        assert "url=2024/zh/summary.html" in left["index.html"].decode()
        leading = [name for name, text in left.items() if b"2025/zh" in text and name not in (LEDGER, "manifest.json")]
        assert leading == []
        assert (folder / "2024/zh/summary.html").read_text("utf-8") == head("2024", editions=("2024", "2023"))
        assert (folder / "2023/zh/targets/01-a.html").read_text("utf-8") == head(
            "2023", within="targets/01-a", editions=("2024", "2023")
        )
        manifest = read_manifest(folder)
        assert set(manifest.books) == {"2024/zh", "2023/zh"}
        assert manifest.differences(folder) == []
    assert (www / "2025/notes.txt").read_text(encoding="utf-8") == "mine"
    again = run(sample_folder, site, www)
    assert [line for line in again.output.splitlines() if line.startswith(("new", "replaced", "same"))] == [
        "same     2024/zh",
        "same     2023/zh",
    ]


def test_an_edition_whose_row_stays_would_be_built_again(sample_folder: Path, site: Path, www: Path) -> None:
    said = run(sample_folder, site, www, "--withdraw", "2025").output
    assert "2025 is in editions.csv still: a build of it makes it again." in said


def test_it_comes_back_by_force_or_as_another_build(tmp_path: Path, site: Path, www: Path) -> None:
    withdraw(www, "2025", DAYS, nothing)
    assert json.loads((www / LEDGER).read_text(encoding="utf-8"))["2025/zh"][-1] == "withdrawn"
    copy = write_site(tmp_path / "copy", zh2025="corrected")
    with pytest.raises(SiteError, match="a build of 2025/zh, which was withdrawn; --force publishes it"):
        # The site as it was built has the pages of the other editions as they were, too.
        release(site, www, DAYS)
    assert release(copy, www, DAYS).new == ("2025/zh",)
    withdraw(www, "2025", DAYS, nothing)
    assert release(site, www, DAYS, force=True).new == ("2025/zh",)
    assert release(site, www, DAYS).same == ("2025/zh", "2024/zh", "2023/zh")


def test_a_dry_run_takes_nothing_back(sample_folder: Path, site: Path, www: Path) -> None:
    before = contents(www.parent), contents(site)
    said = run(sample_folder, site, www, "--withdraw", "2025", "--dry-run").output
    assert (contents(www.parent), contents(site)) == before
    assert "withdrawn 2025/zh" in said
    assert f"{www} would show 2025 no more." in said
    assert said.splitlines()[-1] == "Dry run: nothing was written."


def test_what_is_not_there_cannot_be_taken_back(sample_folder: Path, site: Path, www: Path) -> None:
    result = run(sample_folder, site, www, "--withdraw", "2031")
    assert result.exit_code == 1
    assert f"no edition '2031' in '{www}'; allowed: 2023, 2024, 2025" in result.stderr
    assert result.stderr.splitlines()[-1] == f"{www} is as it was."
    assert page(www) == head("2025")


def test_the_only_edition_is_not_taken_back(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", zh2025="one")
    with pytest.raises(SiteError, match="2025 is the only edition in"):
        withdraw(folder, "2025", DAYS, nothing)
    assert page(folder) == "one"


def test_a_page_that_was_changed_there_stays_known_as_changed(www: Path) -> None:
    (www / "2024/zh/summary.html").write_text("altered", encoding="utf-8")
    withdraw(www, "2025", DAYS, nothing)
    (line,) = read_manifest(www).differences(www)
    assert line.startswith("2024/zh/summary.html: changed")


def test_a_failure_leaves_what_was_published(www: Path) -> None:
    before = contents(www.parent)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        withdraw(www, "2025", DAYS, full)
    assert contents(www.parent) == before
