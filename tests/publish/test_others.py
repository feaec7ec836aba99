"""What somebody else has put into the folder of a site: it stays, whatever is published there. All of it is made up."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from published_sites import DAYS, page, write_site

from qualitybook.cli.shared import grouped
from qualitybook.errors import Problem
from qualitybook.publish import manifest as module
from qualitybook.publish import site as swap_module
from qualitybook.publish.manifest import SiteError, others_in, read_manifest
from qualitybook.publish.release import release
from qualitybook.publish.site import (
    Book,
    present_at,
    publish_site,
    recover,
    retired_folder,
    stage_site,
    staging_folder,
    swap,
)

NAMES = (".git", ".well-known", "2025/zh/letter.txt", "CNAME", "archive", "dangling", "empty", "latest", "robots.txt")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "_site", zh2025="one", en2025="one")


@pytest.fixture
def www(tmp_path: Path, site: Path) -> Path:
    """Return a published site, with what a server, a repository and an editor have put beside it."""
    folder = tmp_path / "server/www"
    release(site, folder, DAYS)
    add_others(folder)
    return folder


def add_others(folder: Path) -> None:
    for name in (".git/objects/ab", ".git/refs/tags", ".well-known", "archive", "empty/within", "2025/zh"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    texts = {
        ".git/HEAD": "ref: refs/heads/pages",
        ".git/objects/ab/cd": "object",
        ".well-known/security.txt": "contact",
        "2025/zh/letter.txt": "a letter",
        "CNAME": "report.example.org",
        "archive/index.html": "the report of 2019",
        "robots.txt": "User-agent: *",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / ".git/objects/ab/cd").chmod(0o444)
    (folder / ".git/objects/ab").chmod(0o555)
    (folder / ".well-known").chmod(0o750)
    (folder / "latest").symlink_to("2025")
    (folder / "dangling").symlink_to("nowhere")


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Return the rights and the content of everything that is not ours: bytes, where links lead, names in folders."""
    found = {}
    for top in NAMES:
        path = folder / top
        below = [] if path.is_symlink() else sorted(path.rglob("*"))
        for each in (path, *below):
            found[each.relative_to(folder).as_posix()] = (stat.S_IMODE(each.lstat().st_mode), _content(each))
    return found


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    return " ".join(sorted(os.listdir(path))) if path.is_dir() else path.read_text(encoding="utf-8")


def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("links are not supported")

    monkeypatch.setattr(module.os, "link", refuse)


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap_module, "exchange", lambda one, other: False)


def nothing(_: pytest.MonkeyPatch) -> None:
    """Leave the system as it is."""


SYSTEMS = pytest.mark.parametrize("limit", [nothing, no_links, no_exchange])


@SYSTEMS
def test_publishing_keeps_and_names_it(
    site: Path, www: Path, monkeypatch: pytest.MonkeyPatch, limit: Callable[[pytest.MonkeyPatch], None]
) -> None:
    before = state(www)
    limit(monkeypatch)
    for text in ("one", "two"):
        released = release(write_site(site, zh2025=text), www, DAYS)
        assert released.others == NAMES
        assert state(www) == before
        assert page(www) == text
    assert read_manifest(www).others == NAMES
    assert read_manifest(www).differences(www) == []
    assert sorted(path.name for path in www.parent.iterdir()) == ["www"]


def test_messages_hold_its_name_in_one_line(site: Path, www: Path) -> None:
    release(write_site(site, zh2025="one"), www, DAYS)
    name, shown = "a\nerror: b\x1b[31m.txt", r"a\nerror: b\x1b[31m.txt"
    (www / name).touch()
    assert read_manifest(www).differences(www) == [f"{shown}: not in the manifest"]
    assert grouped([name]) == [shown]
    assert str(Problem(name, None, "", "x", "y", "z")) == f"error: {shown}: found 'x'; allowed: y"


@SYSTEMS
def test_building_keeps_and_names_it(
    tmp_path: Path, www: Path, monkeypatch: pytest.MonkeyPatch, limit: Callable[[pytest.MonkeyPatch], None]
) -> None:
    before, published = state(www), (www / "publications.json").read_bytes()
    limit(monkeypatch)
    html = tmp_path / "html"
    html.mkdir()
    (html / "summary.html").write_text("built", encoding="utf-8")
    beside = publish_site(www, [Book("2025", "zh", html)])
    assert beside.others == NAMES
    assert state(www) == before
    assert (www / "publications.json").read_bytes() == published
    assert (page(www), page(www, "2025/en")) == ("built", "one")


def test_it_stays_where_the_edition_around_it_goes(site: Path, www: Path) -> None:
    """A folder that we no longer have a file in is wholly somebody else's."""
    own = [name for name in read_manifest(www).files if not name.startswith("2025/zh/")]
    assert others_in(www, own) == sorted({*NAMES, "manifest.json", "2025/zh"} - {"2025/zh/letter.txt"})


def test_folders_that_sphinx_left_empty_are_nobodys(site: Path, www: Path) -> None:
    """Sites that were published before have them."""
    (www / "2025/zh/_static/vendor/maps").mkdir(parents=True)
    assert release(site, www, DAYS).others == NAMES
    assert not (www / "2025/zh/_static").exists()


@pytest.mark.parametrize("rights", [0o750, 0o2775])
def test_the_folder_keeps_its_rights(site: Path, www: Path, rights: int) -> None:
    www.chmod(rights)
    release(write_site(site, zh2025="two"), www, DAYS)
    assert stat.S_IMODE(www.stat().st_mode) == rights


def test_a_destination_that_is_a_link_stays_one(site: Path, www: Path) -> None:
    link = www.with_name("current")
    link.symlink_to("www")
    before = state(www)
    release(write_site(site, zh2025="two"), link, DAYS)
    assert (page(www), page(link)) == ("two", "two")
    assert link.is_symlink()
    assert state(www) == before
    assert sorted(path.name for path in www.parent.iterdir()) == ["current", "www"]


def test_a_repository_for_pages_may_get_its_first_site(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    for name in (".git", ".well-known"):
        (folder / name).mkdir(parents=True)
    for name in ("CNAME", ".nojekyll"):
        (folder / name).write_text("", encoding="utf-8")
    released = release(site, folder, DAYS)
    assert released.others == (".git", ".nojekyll", ".well-known", "CNAME")
    assert {path.name for path in folder.iterdir()} >= {".git", ".well-known", "CNAME", "2025"}


def other_page(www: Path) -> str:
    (www / "2026/zh").mkdir(parents=True)
    (www / "2026/zh/summary.html").write_text("mine", encoding="utf-8")
    return "2026/zh/summary.html"


def file_for_folder(www: Path) -> str:
    (www / "2026").write_text("mine", encoding="utf-8")
    return "2026"


def folder_for_file(www: Path) -> str:
    (www / "2026/zh/summary.html").mkdir(parents=True)
    return "2026/zh/summary.html"


def link_for_folder(www: Path) -> str:
    (www / "2026").symlink_to("archive")
    return "2026"


@pytest.mark.parametrize("put", [other_page, file_for_folder, folder_for_file, link_for_folder])
def test_a_site_that_needs_its_place_is_refused(site: Path, www: Path, put: Callable[[Path], str]) -> None:
    name = put(www)
    before = state(www)
    write_site(site, zh2026="new")
    for dry_run in (True, False):
        with pytest.raises(SiteError, match=rf"needs the place: {name}; move that away"):
            release(site, www, DAYS, dry_run=dry_run)
    html = site / "2026/zh"
    with pytest.raises(SiteError, match=rf"needs the place: {name}; move that away"):
        publish_site(www, [Book("2026", "zh", html)])
    assert state(www) == before
    assert page(www) == "one"
    assert not staging_folder(www).exists()
    shutil.rmtree(www / "2026") if (www / "2026").is_dir() and not (www / "2026").is_symlink() else (
        www / "2026"
    ).unlink()
    assert release(site, www, DAYS).new == ("2026/zh",)


def test_a_folder_that_the_site_comes_to_share_keeps_what_is_in_it(site: Path, www: Path) -> None:
    (www / "2026").mkdir()
    (www / "2026/plan.txt").write_text("mine", encoding="utf-8")
    release(write_site(site, zh2026="new"), www, DAYS)
    assert (page(www, "2026/zh"), (www / "2026/plan.txt").read_text(encoding="utf-8")) == ("new", "mine")
    assert "2026/plan.txt" in read_manifest(www).others


def test_a_file_with_the_same_bytes_is_not_in_the_way(site: Path, www: Path) -> None:
    write_site(site, zh2026="new")
    shutil.copytree(site / "2026", www / "2026")
    assert release(site, www, DAYS).new == ("2026/zh",)
    assert "2026/zh/summary.html" in read_manifest(www).files


def test_without_a_manifest_it_is_not_known_what_is_ours(site: Path, www: Path) -> None:
    (www / "manifest.json").unlink()
    before = state(www)
    with pytest.raises(SiteError, match=r"bring the manifest\.json back, or move the folder away"):
        present_at(www)
    with pytest.raises(SiteError, match="not known which files are this program's"):
        release(site, www, DAYS)
    assert state(www) == before


def staged(tmp_path: Path, www: Path) -> Path:
    """Write a finished site beside the present one, as a build does before the two change places."""
    html = tmp_path / "html"
    html.mkdir()
    (html / "summary.html").write_text("built", encoding="utf-8")
    staging = stage_site(www, [Book("2025", "zh", html)])
    kept: list[Path] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qualitybook.publish.site.swap", lambda folder, site: kept.append(folder))
        staging.put_in_place({})
    return kept[0]


@SYSTEMS
def test_what_comes_while_a_site_is_made_is_kept(
    tmp_path: Path, www: Path, monkeypatch: pytest.MonkeyPatch, limit: Callable[[pytest.MonkeyPatch], None]
) -> None:
    limit(monkeypatch)
    folder = staged(tmp_path, www)
    (www / ".well-known/new.txt").write_text("new", encoding="utf-8")
    (www / "late").mkdir()
    (www / "late/letter.txt").write_text("late", encoding="utf-8")
    changed = www / "CNAME.new"
    changed.write_text("other.example.org", encoding="utf-8")
    changed.replace(www / "CNAME")
    os.utime(www / "CNAME", ns=(1 << 61, 1 << 61))
    before = state(www)
    swap(folder, www)
    assert page(www) == "built"
    assert state(www) == before
    assert (www / "late/letter.txt").read_text(encoding="utf-8") == "late"


@pytest.mark.parametrize("moment", ["unfinished", "finished", "exchanged", "between", "after"])
def test_a_kill_at_any_moment_loses_none_of_it(tmp_path: Path, www: Path, moment: str) -> None:
    before = state(www)
    folder = staged(tmp_path, www)
    if moment == "unfinished":
        (folder / "manifest.json").unlink()
        (folder / "CNAME").unlink()
        (folder / "CNAME").write_text("half a na", encoding="utf-8")
    elif moment == "exchanged":
        swap_module.exchange(folder, www)
    elif moment in ("between", "after"):
        www.rename(retired_folder(www))
        if moment == "after":
            folder.rename(www)
    recover(www)
    assert state(www) == before
    assert page(www) == ("built" if moment in ("exchanged", "after") else "one")
    assert read_manifest(www).differences(www) == [f"{name}: not in the manifest" for name in NAMES] * (
        page(www) == "one"
    )
    assert sorted(path.name for path in www.parent.iterdir()) == ["www"]
