"""Publishing: as built, whole or not at all, old editions kept, never back by accident. The sites here are made up."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from published_sites import DAYS, page, write_manifest, write_site
from small_project import contents

from qualitybook import cli
from qualitybook.publish import site as module
from qualitybook.publish.manifest import NAMED, SiteError, read_manifest
from qualitybook.publish.release import LEDGER, release
from qualitybook.publish.site import read_shelves, staging_folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "_site", zh2025="one", en2025="one")


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "server" / "www"


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
    with pytest.raises(SiteError, match="older build of 2025/zh"):
        release(site, www, DAYS)
    assert page(www) == "two"
    release(site, www, DAYS, force=True)
    assert page(www) == "one"
    with pytest.raises(SiteError, match="an older build of"):
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
    before = contents(www)
    alter(site)
    with pytest.raises(SiteError, match=re.escape(said)):
        release(site, www, DAYS, force=force)
    assert contents(www) == before
    assert not staging_folder(www).exists()


def test_of_many_files_that_differ_the_first_are_named(site: Path, www: Path) -> None:
    for number in range(NAMED + 2):
        (site / f"{number}.html").write_text("added", encoding="utf-8")
    with pytest.raises(SiteError) as refusal:
        release(site, www, DAYS)
    lines = str(refusal.value).splitlines()
    assert lines[1 : NAMED + 1] == [f"  {number}.html: not in the manifest" for number in range(NAMED)]
    assert lines[NAMED + 1] == "  and 2 more"
    assert "`qualitybook build` makes it again" in lines[-1]
    assert not www.exists()


def test_a_build_that_lay_there_before_counts_as_published(site: Path, www: Path) -> None:
    shutil.copytree(site, www)
    release(write_site(site, zh2025="two"), www, DAYS)
    with pytest.raises(SiteError, match="an older build of"):
        release(write_site(site, zh2025="one"), www, DAYS)


def test_a_failure_leaves_what_was_published(site: Path, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(site, www, DAYS)
    before = contents(www)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "keep_others", full)
    with pytest.raises(OSError, match="No space left"):
        release(write_site(site, zh2025="two"), www, DAYS)
    assert contents(www) == before
    assert not staging_folder(www).exists()


def test_other_folders_are_not_overwritten(site: Path, www: Path) -> None:
    www.mkdir(parents=True)
    (www / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match="no site of this program"):
        release(site, www, DAYS)
    assert (www / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["_site", "_site/www", "."])
def test_site_and_destination_do_not_lie_in_each_other(site: Path, place: str) -> None:
    with pytest.raises(SiteError, match="must not lie in each other"):
        release(site, site.parent / place, DAYS)


@pytest.mark.parametrize("text", ["{", "[]", '{"2025/en": 5}'])
def test_a_broken_list_of_what_was_published_is_said(site: Path, www: Path, text: str) -> None:
    release(site, www, DAYS)
    (www / LEDGER).write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match="restore or remove it"):
        release(site, www, DAYS)


def run(data: Path, site: Path, www: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["publish", str(www), "--data", str(data), "--output", str(site), *options])


def test_the_command_says_what_it_did(sample_folder: Path, site: Path, www: Path) -> None:
    result = run(sample_folder, site, www)
    assert result.exit_code == 0
    no_address = "No address in book.toml: the site has no sitemap.xml, and its page for lost addresses no link."
    assert result.output.splitlines() == ["new      2025/zh", "new      2025/en", no_address, f"{www} shows {site}."]
    assert list(json.loads((www / LEDGER).read_text(encoding="utf-8"))) == ["2025/en", "2025/zh"]


@pytest.mark.skipif(os.name == "nt", reason="rights of another kind")
def test_the_command_says_where_a_server_cannot_read(sample_folder: Path, site: Path, www: Path) -> None:
    before = os.umask(0o077)
    try:
        result = run(sample_folder, site, www)
    finally:
        os.umask(before)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1].endswith(f"chmod -R a+rX {www}")
    for path in (www, *www.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    assert "chmod" not in run(sample_folder, site, www).output


def test_publishing_follows_no_link(sample_folder: Path, site: Path, www: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private/diary.txt").write_text("private", encoding="utf-8")
    (site / "2025/more").symlink_to(tmp_path / "private")
    result = run(sample_folder, site, www)
    assert result.exit_code == 1
    assert "2025/more: not in the manifest" in result.stderr
    assert not www.exists()


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
    assert f"make one with `qualitybook build --output {tmp_path / 'none'} --data {sample_folder}`" in result.stderr


def add_indicators(site: Path, book: str = "2025/zh") -> None:
    """Give a book a page of an indicator with its table, picture and styles, and a picture that no page shows."""
    pages = {
        "indicators/water.html": '<link href="../_static/old.css"><img alt="" src="../_images/water.svg">',
        "indicators/water.csv": "year,value",
        "_static/old.css": "@font-face { src: url('fonts/old.woff2?v=1') }",
        "_static/fonts/old.woff2": "font",
        "_static/unused.css": "unused",
        "_images/water.svg": "<svg/>",
        "_images/unused.svg": "<svg/>",
        "book-2025-zh.pdf": "%PDF of the first build",
    }
    for name, text in pages.items():
        (site / book / name).parent.mkdir(parents=True, exist_ok=True)
        (site / book / name).write_text(text, encoding="utf-8")
    write_manifest(site, {book: {"evidence": "one"}})


CARRIED = (
    "2025/zh/_images/water.svg",
    "2025/zh/_static/fonts/old.woff2",
    "2025/zh/_static/old.css",
    "2025/zh/book-2025-zh.pdf",
    "2025/zh/indicators/water.csv",
    "2025/zh/indicators/water.html",
)
UNUSED = ("2025/zh/_images/unused.svg", "2025/zh/_static/unused.css")


def test_what_a_book_once_had_stays_with_what_its_pages_show(site: Path, www: Path) -> None:
    add_indicators(site)
    release(site, www, DAYS)
    before = contents(www)
    released = release(write_site(site, zh2025="two"), www, DAYS)
    assert (released.replaced, released.carried, released.removed) == (("2025/zh",), CARRIED, UNUSED)
    after = contents(www)
    assert {name: after[name] for name in CARRIED} == {name: before[name] for name in CARRIED}
    assert not set(UNUSED) & set(after)
    manifest = read_manifest(www)
    assert (manifest.carried, manifest.differences(www)) == (CARRIED, [])
    # The same again: it is the same build, and nothing is lost.
    released = release(site, www, DAYS)
    assert (released.same, released.carried, released.removed) == (("2025/zh",), CARRIED, ())
    # Another edition goes by it.
    release(write_site(site, zh2026="new"), www, DAYS)
    assert read_manifest(www).carried == CARRIED


def test_a_page_that_was_carried_over_may_be_removed_by_hand(site: Path, www: Path) -> None:
    add_indicators(site)
    release(site, www, DAYS)
    release(write_site(site, zh2025="two"), www, DAYS)
    for name in CARRIED:
        (www / name).unlink()
    for book in ("zh2024", "zh2025"):
        release(write_site(site, **{book: "two"}), www, DAYS)
        manifest = read_manifest(www)
        assert (manifest.carried, manifest.differences(www)) == ((), [])


def test_a_page_that_is_made_again_is_of_its_build(site: Path, www: Path) -> None:
    add_indicators(site)
    release(site, www, DAYS)
    release(write_site(site, zh2025="two"), www, DAYS)
    write_site(site, zh2025="three")
    add_indicators(site)
    assert release(site, www, DAYS).carried == ()
    assert read_manifest(www).carried == ()


def test_a_pdf_that_is_older_than_its_pages_is_said_to_be(site: Path, www: Path) -> None:
    add_indicators(site)
    release(site, www, DAYS)
    release(write_site(site, zh2024="old"), www, DAYS)
    assert "中文 PDF</a>" in (www / "editions.html").read_text(encoding="utf-8")
    release(write_site(site, zh2025="two"), www, DAYS)
    for name in ("index.html", "editions.html"):
        assert "中文 PDF（较早生成，早于网页）</a>" in (www / name).read_text(encoding="utf-8")


def test_the_pdf_of_the_build_comes_before_an_older_one_of_another_name(site: Path, www: Path) -> None:
    add_indicators(site)
    release(site, www, DAYS)
    write_site(site, zh2025="two")
    (site / "2025/zh/renamed-2025-zh.pdf").write_text("%PDF", encoding="utf-8")
    write_manifest(site, {"2025/zh": {}})
    release(site, www, DAYS)
    (shelf,) = read_shelves(www, read_manifest(www).carried)
    assert (shelf.files, shelf.earlier) == ({"zh": {"pdf": "renamed-2025-zh.pdf"}, "en": {}}, frozenset())
    assert (www / "2025/zh/book-2025-zh.pdf").is_file()


def test_what_a_site_itself_carries_over_takes_the_place_of_nothing(site: Path, www: Path) -> None:
    """Its PDF may be older than the published one."""
    pdf = "2025/zh/book-2025-zh.pdf"
    add_indicators(site)
    release(site, www, DAYS)
    write_site(site, zh2025="two")
    (site / pdf).write_text("%PDF of some build before", encoding="utf-8")
    write_manifest(site, {"2025/zh": {}}, carried=(pdf,))
    release(site, www, DAYS)
    assert (www / pdf).read_text(encoding="utf-8") == "%PDF of the first build"
    shutil.rmtree(www)
    assert release(site, www, DAYS).carried == (pdf,)
    assert read_manifest(www).carried == (pdf,)


def test_what_was_changed_there_is_named_and_not_passed_off_as_published(site: Path, www: Path) -> None:
    release(write_site(site, zh2024="old"), www, DAYS)
    release(write_site(site, zh2025="one"), www, DAYS)
    for book in ("2024/zh", "2025/zh"):
        (www / book / "summary.html").write_text("altered", encoding="utf-8")
    released = release(site, www, DAYS)
    assert released.altered == ("2024/zh/summary.html", "2025/zh/summary.html")
    assert (page(www), page(www, "2024/zh")) == ("one", "altered")
    (line,) = read_manifest(www).differences(www)
    assert line.startswith("2024/zh/summary.html: changed")


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(sample_folder: Path, site: Path, www: Path) -> None:
    result = run(sample_folder, site, www, "--dry-run")
    assert result.output.splitlines()[-2:] == [f"{www} would show {site}.", "Dry run: nothing was written."]
    assert not www.parent.exists()
    add_indicators(write_site(site, zh2025="one", en2025="one", zh2024="old"))
    run(sample_folder, site, www)
    (www / "CNAME").write_text("report.example.org", encoding="utf-8")
    (www / "2025/en/summary.html").write_text("altered", encoding="utf-8")
    write_site(site, zh2025="two", en2025="one", zh2026="new")
    before, beside = contents(www), sorted(os.listdir(www.parent))
    dry = run(sample_folder, site, www, "--dry-run").output.splitlines()
    assert (contents(www), sorted(os.listdir(www.parent))) == (before, beside)
    assert dry[:3] == ["new      2026/zh", "replaced 2025/zh", "same     2025/en"]
    assert "kept     2024/zh" in dry
    earlier = "from an earlier build; its page or PDF is not in the new one"
    assert f"carried  2025/zh/indicators/ (2 files): {earlier}" in dry
    assert f"carried  2025/zh/book-2025-zh.pdf: {earlier}" in dry
    assert "removed  2025/zh/_images/unused.svg: of a former build; no page shows it any more" in dry
    assert any(line.startswith("changed  2025/en/summary.html: since it was published") for line in dry)
    assert "kept     CNAME: not this program's" in dry
    done = run(sample_folder, site, www).output.splitlines()
    assert done == [line.replace("would show", "shows") for line in dry[:-1]]


def test_an_edition_that_the_evidence_no_longer_has_is_named(sample_folder: Path, site: Path, www: Path) -> None:
    run(sample_folder, write_site(site, zh2031="slip"), www)
    said = run(sample_folder, write_site(site, zh2025="one"), www).output
    assert "kept     2031/zh" in said
    take_back = f"qualitybook publish {www} --withdraw 2031 --output {site} --data {sample_folder}"
    assert f"2031 is not in editions.csv; it stays published. To take it back: {take_back}" in said


def test_one_language_beside_an_older_other_one_is_said(site: Path, www: Path, sample_folder: Path) -> None:
    release(site, www, DAYS)
    released = release(write_site(site, en2025="two"), www, DAYS, dry_run=True)
    assert (released.replaced, released.kept, released.uneven) == (("2025/en",), ("2025/zh",), ("2025",))
    release(site, www, DAYS)
    result = run(sample_folder, site, www, "--dry-run")
    assert "uneven   2025: its languages are not of one build" in result.output
    both = release(write_site(site, zh2025="two", en2025="two"), www, DAYS)
    assert both.uneven == ()


def _as_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("www/publications.json", Path.mkdir, "publications.json"),
        (".www.staging", Path.touch, "is no folder"),
        (".www.staging", _as_link, "is no folder"),
        (".www.retired", Path.touch, "is no folder"),
        (".www.lock", Path.mkdir, "Is a directory"),
        (".www.lock", _as_link, "symbolic links"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--withdraw", "2025")])
def test_a_dry_run_refuses_what_the_run_refuses(
    sample_folder: Path,
    site: Path,
    www: Path,
    name: str,
    make: Callable[[Path], None],
    said: str,
    options: tuple[str, ...],
) -> None:
    run(sample_folder, write_site(site, zh2024="old", zh2025="one"), www)
    before = page(www)
    (www.parent / name).unlink(missing_ok=True)
    make(www.parent / name)
    dry = run(sample_folder, site, www, *options, "--dry-run")
    done = run(sample_folder, site, www, *options)
    assert (dry.exit_code, dry.output) == (done.exit_code, done.output) == (1, done.output)
    assert said in done.output
    assert page(www) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
def test_a_dry_run_knows_where_nothing_can_lie(sample_folder: Path, site: Path) -> None:
    site = write_site(site, zh2025="one")
    dry, done = (run(sample_folder, site, Path("/proc/www"), *options) for options in (["--dry-run"], []))
    assert (dry.exit_code, dry.output) == (done.exit_code, done.output) == (1, done.output)
    assert "/proc/.www.lock" in done.output


def test_a_dry_run_needs_the_place_that_the_run_needs(sample_folder: Path, site: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for options in ((), ("--dry-run",)):
        result = run(sample_folder, site, tmp_path / "file/www", *options)
        assert (result.exit_code, "There is a file where a folder is needed" in result.output) == (1, True)
