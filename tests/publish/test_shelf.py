"""A shelf of several books: each site as it is, what is not named stays, all or nothing. The sites are made up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from published_sites import DAYS, write_manifest, write_site
from small_project import contents

from qualitybook import cli
from qualitybook.publish.manifest import SiteError, read_manifest
from qualitybook.publish.release import release
from qualitybook.publish.site import staging_folder


def site_of(folder: Path, name: str, title: dict[str, str], states: tuple[str, ...] = (), **pages: str) -> Path:
    """Write a made-up site that says what book it is."""
    write_site(folder, **pages)
    editions = {page[2:]: {"as_of": DAYS[page[2:]], "states": list(states)} for page in pages}
    place = {code: f"{text} City" for code, text in title.items()}
    (folder / "data").mkdir()
    about = {"name": name, "title": title, "place": place, "editions": editions}
    (folder / "data/book.json").write_text(json.dumps(about), encoding="utf-8")
    write_manifest(folder, {f"{page[2:]}/{page[:2]}": {} for page in pages})
    return folder


@pytest.fixture
def air(tmp_path: Path) -> Path:
    title = {"zh": "空气", "en": "Air"}
    return site_of(tmp_path / "air", "air", title, ("current", "closing"), zh2025="一", en2025="1")


@pytest.fixture
def water(tmp_path: Path) -> Path:
    return site_of(tmp_path / "water", "water", {"en": "Water <b>"}, ("sealed",), en2024="old")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "www" / "shelf"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["shelf", *map(str, arguments)])


def test_each_site_stays_byte_for_byte(air: Path, water: Path, shelf: Path) -> None:
    (water / "CNAME").write_text("of the server", encoding="utf-8")
    assert "not in the manifest" in run(shelf, water).output
    (water / "CNAME").unlink()
    result = run(shelf, air, water)
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.output.splitlines()[:2]] == [["new", "air"], ["new", "water"]]
    for site in (air, water):
        assert contents(shelf / site.name) == contents(site)
        assert read_manifest(shelf / site.name).differences(shelf / site.name) == []
    assert CliRunner().invoke(cli.main, ["verify", str(shelf)]).exit_code == 0


def test_the_front_page_says_what_there_is_in_each_language(air: Path, water: Path, shelf: Path) -> None:
    run(shelf, air, water)
    chinese, english = ((shelf / name).read_text(encoding="utf-8") for name in ("index.html", "index.en.html"))
    for page in (chinese, english):
        assert 'href="air/2025/zh/summary.html"' in page
        assert 'href="water/2024/en/summary.html"' in page
        assert "Water &lt;b&gt;" in page
        assert "2026-06-30" in page
        assert "script-src 'self' file:" in page
    assert ("现行版次、终期报告" in chinese, "已封存" in chinese, ">空气<" in chinese) == (True, True, True)
    assert ("current edition, closing report" in english, ">Air<" in english, "sealed" in english) == (True, True, True)
    listed = json.loads((shelf / "shelf.json").read_text(encoding="utf-8"))["books"]
    assert list(listed) == ["air", "water"]


def test_books_that_are_not_named_stay_until_they_are_removed(air: Path, water: Path, shelf: Path) -> None:
    run(shelf, air, water)
    (shelf / "robots.txt").write_text("all", encoding="utf-8")
    before = contents(shelf)
    site_of(air, "air", {"zh": "空气", "en": "Air"}, zh2025="二")
    said = run(shelf, air, "--dry-run").output
    assert ("replaced air" in said, "kept     water" in said, "robots.txt" in said) == (True, True, True)
    assert contents(shelf) == before
    assert run(shelf, air).exit_code == 0
    assert (shelf / "air/2025/zh/summary.html").read_text(encoding="utf-8") == "二"
    assert not (shelf / "air/2025/en").exists()
    assert "same     air" in run(shelf, air).output
    assert "withdrawn water" in run(shelf, "--remove", "water").output
    assert not (shelf / "water").exists()
    assert "water/" not in (shelf / "index.html").read_text(encoding="utf-8")
    assert (shelf / "robots.txt").is_file()
    assert CliRunner().invoke(cli.main, ["verify", str(shelf)]).exit_code == 0


def test_a_change_on_the_shelf_is_still_reported_after_another_book_came(air: Path, water: Path, shelf: Path) -> None:
    run(shelf, air)
    (shelf / "air/2025/zh/summary.html").write_text("changed", encoding="utf-8")
    run(shelf, water)
    assert [line.split(":")[0] for line in read_manifest(shelf).differences(shelf)] == ["air/2025/zh/summary.html"]


def spoil(air: Path, shelf: Path) -> list[object]:
    (air / "index.html").write_text("changed", encoding="utf-8")
    return [air]


def be_no_site(air: Path, shelf: Path) -> list[object]:
    (air / "manifest.json").unlink()
    return [air]


def be_of_an_earlier_program(air: Path, shelf: Path) -> list[object]:
    shutil.rmtree(air / "data")
    write_manifest(air, {})
    return [air]


def be_named_alike(air: Path, shelf: Path) -> list[object]:
    return [air, site_of(air.with_name("other"), "air", {"en": "Air"}, en2025="2")]


def lack_an_edition(air: Path, shelf: Path) -> list[object]:
    return [site_of(air.with_name("other"), "water", {"en": "Water"}, en2025="2")]


def remove_what_is_not_there(air: Path, shelf: Path) -> list[object]:
    return ["--remove", "fire"]


def remove_all(air: Path, shelf: Path) -> list[object]:
    return ["--remove", "water"]


def be_the_shelf(air: Path, shelf: Path) -> list[object]:
    return [shelf / "water"]


def be_in_the_way(air: Path, shelf: Path) -> list[object]:
    (shelf / "air").write_text("somebody's", encoding="utf-8")
    return [air]


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (spoil, "index.html: changed"),
        (be_no_site, "manifest.json: no such file"),
        (be_of_an_earlier_program, "has no data/book.json"),
        (be_named_alike, "are both of the book 'air'"),
        (lack_an_edition, "lacks 2024 of water"),
        (remove_what_is_not_there, "no book 'fire'"),
        (remove_all, "a shelf has one book at least"),
        (be_the_shelf, "must not lie in each other"),
        (be_in_the_way, "where the site needs the place: air"),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
def test_what_is_refused_leaves_the_shelf_as_it_was(
    air: Path, water: Path, shelf: Path, mistake: Callable[[Path, Path], list[object]], said: str, dry: bool
) -> None:
    run(shelf, water)
    arguments = mistake(air, shelf)
    before = contents(shelf)
    result = run(shelf, *arguments, *(["--dry-run"] if dry else []))
    assert (result.exit_code, said in result.output, str(shelf) in result.output) == (1, True, True), result.output
    assert contents(shelf) == before
    assert not staging_folder(shelf).exists()


def test_no_site_takes_the_place_of_a_shelf_and_no_shelf_that_of_a_site(air: Path, water: Path, shelf: Path) -> None:
    run(shelf, water)
    with pytest.raises(SiteError, match="holds a shelf of several books"):
        release(air, shelf, DAYS)
    assert "holds the site of a book" in run(air, water).output
    assert "is a shelf itself" in run(shelf.with_name("another"), shelf).output
