"""Putting a site in place: whole at every moment, old editions kept, leftovers cleared."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from qualitybook.publish import manifest as others_module
from qualitybook.publish import site as module
from qualitybook.publish.manifest import SiteError, read_manifest
from qualitybook.publish.site import (
    Book,
    exchange,
    present_at,
    publish_site,
    read_shelves,
    recover,
    redirect,
    retired_folder,
    stage_site,
    staging_folder,
    swap,
)


def make_book(root: Path, edition: str, lang: str, text: str = "text", *, pdf: bool = True) -> Book:
    """Write a made-up build of one book."""
    html = root / "builds" / edition / lang / "html"
    (html / "targets").mkdir(parents=True, exist_ok=True)
    (html / "_static").mkdir(exist_ok=True)
    (html / "summary.html").write_text(text, encoding="utf-8")
    (html / "targets" / "01-a.html").write_text(text, encoding="utf-8")
    (html / "_static" / "theme.js.map").write_text("map", encoding="utf-8")
    (html / "_static" / "vendor/maps").mkdir(parents=True, exist_ok=True)
    (html / "_static" / "vendor/maps/all.js.map").write_text("map", encoding="utf-8")
    (html / ".buildinfo").write_text("info", encoding="utf-8")
    paper = root / "builds" / edition / lang / f"book-{edition}-{lang}.pdf"
    paper.write_bytes(b"%PDF")
    return Book(edition, lang, html, (paper,) if pdf else ())


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with one edition in two languages."""
    site = tmp_path / "_site"
    publish_site(site, [make_book(tmp_path, "2024", lang, f"old {lang}") for lang in ("zh", "en")])
    return site


def test_a_new_site(site: Path) -> None:
    assert (site / "2024/zh/summary.html").read_text(encoding="utf-8") == "old zh"
    assert (site / "2024/en/book-2024-en.pdf").read_bytes() == b"%PDF"
    assert (site / ".nojekyll").is_file()
    assert "summary.html" in (site / "2024/zh/index.html").read_text(encoding="utf-8")
    assert not (site / "2024/zh/_static/theme.js.map").exists()
    assert not (site / "2024/zh/_static").exists()
    assert not (site / "2024/zh/.buildinfo").exists()
    assert not staging_folder(site).exists()


def test_root_leads_to_the_latest_edition_in_its_first_language(tmp_path: Path, site: Path) -> None:
    publish_site(site, [make_book(tmp_path, "2025", "en"), make_book(tmp_path, "2025", "zh")], {"2025": "2026-11-22"})
    page = (site / "index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=2025/zh/summary.html">' in page
    assert '<html lang="zh-CN">' in page
    assert "<script" not in page
    assert "2026-11-22" in page
    listed = (site / "editions.html").read_text(encoding="utf-8")
    assert "refresh" not in listed
    for text in (page, listed):
        hrefs = re.findall(r'<a href="([^"]+)"', text)
        assert len(hrefs) == 8
        assert hrefs[:4] == [
            "2025/zh/summary.html",
            "2025/zh/book-2025-zh.pdf",
            "2025/en/summary.html",
            "2025/en/book-2025-en.pdf",
        ]
        assert all((site / href).is_file() for href in hrefs)


def test_other_editions_and_languages_stay(tmp_path: Path, site: Path) -> None:
    before = files_of(site / "2024")
    publish_site(site, [make_book(tmp_path, "2025", "zh", "new")])
    assert files_of(site / "2024") == before
    publish_site(site, [make_book(tmp_path, "2024", "zh", "changed")])
    assert (site / "2024/zh/summary.html").read_text(encoding="utf-8") == "changed"
    assert (site / "2024/en/summary.html").read_text(encoding="utf-8") == "old en"
    assert (site / "2025/zh/summary.html").read_text(encoding="utf-8") == "new"


def test_a_page_that_a_book_once_had_stays(tmp_path: Path, site: Path) -> None:
    """As the addresses of its pages do; it is known to be of an earlier build."""
    book = make_book(tmp_path, "2024", "zh")
    (book.html / "targets/01-a.html").unlink()
    beside = publish_site(site, [book])
    assert (site / "2024/zh/targets/01-a.html").read_text(encoding="utf-8") == "old zh"
    assert beside.carried == ("2024/zh/targets/01-a.html",)
    assert read_manifest(site).carried == beside.carried
    assert read_manifest(site).differences(site) == []
    assert publish_site(site, [make_book(tmp_path, "2024", "zh")]).carried == ()
    assert read_manifest(site).carried == ()


def test_a_later_build_does_not_change_a_published_file(tmp_path: Path, site: Path) -> None:
    make_book(tmp_path, "2024", "zh", "half writt")
    assert (site / "2024/zh/summary.html").read_text(encoding="utf-8") == "old zh"


def test_without_a_pdf(tmp_path: Path) -> None:
    publish_site(tmp_path / "_site", [make_book(tmp_path, "2025", "en", pdf=False)])
    assert read_shelves(tmp_path / "_site")[0].files == {"en": {}}
    assert "PDF" not in (tmp_path / "_site/index.html").read_text(encoding="utf-8")


def test_no_book_at_all(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no book to publish"):
        publish_site(tmp_path / "_site", [])
    assert list(tmp_path.iterdir()) == []


def test_staging_leaves_the_site_alone(tmp_path: Path, site: Path) -> None:
    before = files_of(site)
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh")]).folder
    assert staging.parent == site.parent
    assert files_of(site) == before


def test_failure_while_staging_leaves_the_site_alone(tmp_path: Path, site: Path) -> None:
    before = files_of(site)
    gone = Book("2025", "zh", tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        publish_site(site, [make_book(tmp_path, "2025", "en"), gone])
    assert files_of(site) == before
    assert not staging_folder(site).exists()


def test_an_old_site_that_cannot_be_removed_is_removed_by_the_next_build(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError(folder)

    with monkeypatch.context() as patched:
        patched.setattr(module.shutil, "rmtree", refuse)
        publish_site(site, [make_book(tmp_path, "2025", "zh", "new")])
    assert (site / "2025/zh/summary.html").read_text(encoding="utf-8") == "new"
    recover(site)
    assert {path.name for path in tmp_path.iterdir()} == {"_site", "builds"}


def test_without_exchange_the_old_site_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(site)
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh")]).folder
    shutil.rmtree(staging)
    monkeypatch.setattr(module, "exchange", lambda one, other: False)
    with pytest.raises(FileNotFoundError):
        swap(staging, site)
    assert files_of(site) == before


@pytest.mark.parametrize(
    ("name", "said"), [("_site", "is a file"), ("_site/letter.txt", "holds something that is no site")]
)
def test_a_site_does_not_take_the_place_of_something_else(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match=said):
        present_at(tmp_path / "_site")


def test_leftovers_of_a_killed_build_are_cleared(tmp_path: Path, site: Path) -> None:
    stage_site(site, [make_book(tmp_path, "2025", "zh", "killed")])
    (staging_folder(site) / "2025/zh/half").write_text("half", encoding="utf-8")
    publish_site(site, [make_book(tmp_path, "2023", "zh")])
    assert not staging_folder(site).exists()
    assert [shelf.edition for shelf in read_shelves(site)] == ["2024", "2023"]


def test_swap_where_names_can_be_exchanged(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh", "new")]).folder
    monkeypatch.setattr(module, "exchange", lambda one, other: bool(_trade(one, other)))
    swap(staging, site)
    assert (site / "2025/zh/summary.html").read_text(encoding="utf-8") == "new"
    assert not staging.exists()


def _trade(one: Path, other: Path) -> bool:
    third = one.with_name("third")
    one.rename(third)
    other.rename(one)
    third.rename(other)
    return True


def test_exchange_does_all_or_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "who").write_text(name, encoding="utf-8")
    done = exchange(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one/who").read_text(encoding="utf-8") == ("two" if done else "one")
    assert (tmp_path / "two/who").read_text(encoding="utf-8") == ("one" if done else "two")
    assert not exchange(tmp_path / "one", tmp_path / "missing")


def test_swap_where_names_cannot_be_exchanged(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh", "new")]).folder
    monkeypatch.setattr(module, "exchange", lambda one, other: False)
    swap(staging, site)
    assert (site / "2025/zh/summary.html").read_text(encoding="utf-8") == "new"
    assert not retired_folder(site).exists()


def test_killed_between_two_renames(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_of(site)
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh")]).folder
    site.rename(retired_folder(site))  # and here the build was killed
    recover(site)
    assert files_of(site) == before
    assert not staging.exists()
    assert not retired_folder(site).exists()


def test_killed_after_the_second_rename(tmp_path: Path, site: Path) -> None:
    staging = stage_site(site, [make_book(tmp_path, "2025", "zh", "new")]).folder
    site.rename(retired_folder(site))
    staging.rename(site)  # and here the build was killed, before the old site was removed
    recover(site)
    assert (site / "2025/zh/summary.html").read_text(encoding="utf-8") == "new"
    assert not retired_folder(site).exists()


def test_same_input_same_bytes(tmp_path: Path) -> None:
    books = [make_book(tmp_path, "2025", lang) for lang in ("zh", "en")]
    for name in ("a", "b"):
        publish_site(tmp_path / name, books, {"2025": "2026-11-22"})
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_kept_books_are_copied_where_links_are_refused(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path, *, follow_symlinks: bool) -> None:
        raise OSError("links are not supported")

    monkeypatch.setattr(others_module.os, "link", refuse)
    before = files_of(site / "2024")
    publish_site(site, [make_book(tmp_path, "2025", "zh")])
    assert files_of(site / "2024") == before


def test_redirect_escapes_its_target() -> None:
    assert 'href="a&quot;b"' in redirect('a"b', "zh")
    assert "Content-Security-Policy" in redirect("a", "zh")


def test_a_folder_that_is_no_edition_is_not_listed(tmp_path: Path, site: Path) -> None:
    (site / "notes").mkdir()
    assert [shelf.edition for shelf in read_shelves(site)] == ["2024"]
    shutil.rmtree(site)
    assert read_shelves(site) == []
