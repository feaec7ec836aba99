"""Publishing: as built, whole or not at all, old editions kept, never back by accident. The sites here are made up."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qualitybook import cli
from qualitybook.publish import release as module
from qualitybook.publish.manifest import read_manifest, write_manifest
from qualitybook.publish.release import (
    LEDGER,
    NAMED,
    AlteredSiteError,
    OlderBuildError,
    ReleaseError,
    fingerprints,
    release,
)
from qualitybook.publish.site import staging_folder

DAYS = {"2024": "2025-06-30", "2025": "2026-06-30"}


def write_site(folder: Path, **pages: str) -> Path:
    """Write a site with a summary page for each book, named like ``zh2025``; an old one is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages.items():
        book = folder / name[2:] / name[:2]
        book.mkdir(parents=True)
        (book / "summary.html").write_text(text, encoding="utf-8")
    (folder / "index.html").write_text("entrance", encoding="utf-8")
    write_manifest(folder, folder, {f"{name[2:]}/{name[:2]}": {"evidence": text} for name, text in pages.items()})
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "_site", zh2025="one", en2025="one")


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "server" / "www"


def page(www: Path, book: str = "2025/zh") -> str:
    return (www / book / "summary.html").read_text(encoding="utf-8")


def test_a_first_site_is_copied_whole(site: Path, www: Path) -> None:
    released = release(site, www, DAYS)
    assert (released.new, released.replaced, released.same, released.kept) == (("2025/zh", "2025/en"), (), (), ())
    assert (page(www), (www / "index.html").read_text(encoding="utf-8")) == ("one", "entrance")
    assert not staging_folder(www).exists()
    assert sorted(path.name for path in www.parent.iterdir()) == ["www"]


def test_a_newer_build_takes_the_place_of_the_one_before(site: Path, www: Path) -> None:
    release(site, www, DAYS)
    write_site(site, zh2025="two", en2025="one")
    released = release(site, www, DAYS)
    assert (released.replaced, released.same) == (("2025/zh",), ("2025/en",))
    assert page(www) == "two"


def test_a_replaced_build_comes_back_only_by_force(site: Path, www: Path) -> None:
    release(site, www, DAYS)
    release(write_site(site, zh2025="two"), www, DAYS)
    write_site(site, zh2025="one")
    with pytest.raises(OlderBuildError, match="older build of 2025/zh"):
        release(site, www, DAYS)
    assert page(www) == "two"
    release(site, www, DAYS, force=True)
    assert page(www) == "one"
    with pytest.raises(OlderBuildError):
        release(write_site(site, zh2025="two"), www, DAYS)


def test_the_same_build_may_be_published_again(site: Path, www: Path) -> None:
    release(site, www, DAYS)
    assert release(site, www, DAYS).same == ("2025/zh", "2025/en")


def test_old_editions_stay_and_are_listed(site: Path, www: Path) -> None:
    release(write_site(site, zh2024="old"), www, DAYS)
    released = release(write_site(site, zh2025="new"), www, DAYS)
    assert released.kept == ("2024/zh",)
    assert page(www, "2024/zh") == "old"
    entrance = (www / "editions.html").read_text(encoding="utf-8")
    assert "2024/zh/summary.html" in entrance
    assert "2025/zh/summary.html" in entrance
    assert "2025-06-30" in entrance


def test_what_is_published_is_verified_with_the_editions_that_were_kept(site: Path, www: Path) -> None:
    release(write_site(site, zh2024="old"), www, DAYS)
    release(write_site(site, zh2025="new"), www, DAYS)
    manifest = read_manifest(www)
    assert manifest.differences(www) == []
    assert manifest.books == {"2024/zh": {"evidence": "old"}, "2025/zh": {"evidence": "new"}}


def test_verdicts_of_old_editions_stay_and_the_lists_are_made_anew(site: Path, www: Path) -> None:
    release(write_site(site, zh2024="old"), www, DAYS)
    (www / "data/2024").mkdir(parents=True)
    (www / "data/2024/assessments.json").write_text("{}", encoding="utf-8")
    listed: list[list[str]] = []
    release(
        write_site(site, zh2025="new"), www, DAYS, lambda _, shelves: listed.append([each.edition for each in shelves])
    )
    assert (www / "data/2024/assessments.json").is_file()
    assert listed == [["2025", "2024"]]


def change(site: Path) -> None:
    (site / "2025/zh/summary.html").write_text("altered", encoding="utf-8")


def lose(site: Path) -> None:
    (site / "2025/zh/summary.html").unlink()


def add(site: Path) -> None:
    (site / "2025/zh/added.html").write_text("added", encoding="utf-8")


def lose_manifest(site: Path) -> None:
    (site / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (change, "2025/zh/summary.html: changed"),
        (lose, "2025/zh/summary.html: not there"),
        (add, "2025/zh/added.html: not in the manifest"),
        (lose_manifest, "manifest.json: no such file"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_a_site_that_is_not_as_it_was_built_is_refused(
    site: Path, www: Path, alter: Callable[[Path], None], said: str, force: bool
) -> None:
    release(site, www, DAYS)
    before = fingerprints(www)
    alter(site)
    with pytest.raises(ReleaseError, match=re.escape(said)):
        release(site, www, DAYS, force=force)
    assert fingerprints(www) == before
    assert not staging_folder(www).exists()


def test_of_many_files_that_differ_the_first_are_named(site: Path, www: Path) -> None:
    for number in range(NAMED + 2):
        (site / f"{number}.html").write_text("added", encoding="utf-8")
    with pytest.raises(AlteredSiteError) as refusal:
        release(site, www, DAYS)
    lines = str(refusal.value).splitlines()
    assert lines[1 : NAMED + 1] == [f"  {number}.html: not in the manifest" for number in range(NAMED)]
    assert lines[NAMED + 1] == "  and 2 more"
    assert "`qualitybook build` makes it again" in lines[-1]
    assert not www.exists()


def test_a_build_that_lay_there_before_counts_as_published(site: Path, www: Path) -> None:
    shutil.copytree(site, www)
    release(write_site(site, zh2025="two"), www, DAYS)
    with pytest.raises(OlderBuildError):
        release(write_site(site, zh2025="one"), www, DAYS)


def test_a_failure_leaves_what_was_published(site: Path, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(site, www, DAYS)
    before = fingerprints(www)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_keep_books", full)
    with pytest.raises(OSError, match="No space left"):
        release(write_site(site, zh2025="two"), www, DAYS)
    assert fingerprints(www) == before
    assert not staging_folder(www).exists()


def test_other_folders_are_not_overwritten(site: Path, www: Path) -> None:
    www.mkdir(parents=True)
    (www / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ReleaseError, match="no site of this program"):
        release(site, www, DAYS)
    assert (www / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["_site", "_site/www", "."])
def test_site_and_destination_do_not_lie_in_each_other(site: Path, place: str) -> None:
    with pytest.raises(ReleaseError, match="must not lie in each other"):
        release(site, site.parent / place, DAYS)


def test_a_broken_list_of_what_was_published_is_said(site: Path, www: Path) -> None:
    release(site, www, DAYS)
    (www / LEDGER).write_text("{", encoding="utf-8")
    with pytest.raises(ReleaseError, match="restore or remove it"):
        release(site, www, DAYS)


def run(data: Path, site: Path, www: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["publish", str(www), "--data", str(data), "--output", str(site), *options])


def test_the_command_says_what_it_did(sample_folder: Path, site: Path, www: Path) -> None:
    result = run(sample_folder, site, www)
    assert result.exit_code == 0
    assert result.output.splitlines() == ["new      2025/zh", "new      2025/en", f"{www} shows {site}."]
    assert list(json.loads((www / LEDGER).read_text(encoding="utf-8"))) == ["2025/en", "2025/zh"]


def test_the_command_says_that_nothing_was_touched(sample_folder: Path, site: Path, www: Path) -> None:
    run(sample_folder, site, www)
    run(sample_folder, write_site(site, zh2025="two"), www)
    result = run(sample_folder, write_site(site, zh2025="one"), www)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == f"{www} is as it was."
    assert run(sample_folder, site, www, "--force").exit_code == 0


def test_the_command_says_which_files_are_not_as_built(sample_folder: Path, site: Path, www: Path) -> None:
    change(site)
    result = run(sample_folder, site, www)
    assert result.exit_code == 1
    assert "2025/zh/summary.html: changed" in result.stderr
    assert result.stderr.splitlines()[-1] == f"{www} is as it was."
    assert not www.exists()


def test_the_command_lists_old_editions_for_programs(sample_folder: Path, site: Path, www: Path) -> None:
    run(sample_folder, write_site(site, zh2024="old"), www)
    assert run(sample_folder, write_site(site, zh2025="new"), www).exit_code == 0
    feed = (www / "feed.xml").read_text(encoding="utf-8")
    assert feed.index("2025/zh/summary.html") < feed.index("2024/zh/summary.html")


def test_without_a_site_the_command_says_what_to_do(sample_folder: Path, tmp_path: Path, www: Path) -> None:
    result = run(sample_folder, tmp_path / "none", www)
    assert result.exit_code == 1
    assert "make one with `qualitybook build`" in result.stderr
