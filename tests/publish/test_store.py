"""The store of pages: whole or not there, whatever happens to it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.publish.cache import FILES, LIST, Store, digest_of_bytes
from qualitybook.publish.compile import rehearse

KEY, OTHER = "ab" + "0" * 62, "cd" + "1" * 62


def put(store: Store, key: str = KEY, text: str = "words") -> None:
    with store.draft() as folder:
        (folder / "figures").mkdir()
        (folder / "page.ipynb").write_text(text)
        (folder / "figures/one.svg").write_text("<svg/>")
        store.put(key, "2031/en page", folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    put(made)
    return made


def fetched(store: Store, target: Path, key: str = KEY) -> dict[str, str] | None:
    if not store.fetch(key, target):
        return None
    return {path.relative_to(target).as_posix(): path.read_text() for path in target.rglob("*") if path.is_file()}


def test_what_was_put_is_fetched(store: Store, tmp_path: Path) -> None:
    assert fetched(store, tmp_path / "out") == {"page.ipynb": "words", "figures/one.svg": "<svg/>"}
    assert fetched(store, tmp_path / "none", OTHER) is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", [f"{FILES}/page.ipynb", LIST])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", None])
def test_a_damaged_page_is_thrown_away(store: Store, tmp_path: Path, name: str, damage: bytes | None) -> None:
    path = store.folder / KEY[:2] / KEY / name
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert fetched(store, tmp_path / "out") is None
    assert store.entries() == []
    put(store)
    assert fetched(store, tmp_path / "out") is not None


def test_a_page_in_the_place_of_another_is_thrown_away(store: Store, tmp_path: Path) -> None:
    place = store.folder / KEY[:2] / KEY
    other = store.folder / OTHER[:2] / OTHER
    other.parent.mkdir()
    place.rename(other)
    assert fetched(store, tmp_path / "out", OTHER) is None
    assert not other.exists()


def test_no_pipe_is_waited_for(store: Store, tmp_path: Path) -> None:
    path = store.folder / KEY[:2] / KEY / LIST
    path.unlink()
    os.mkfifo(path)
    assert store.entries() == []
    assert fetched(store, tmp_path / "out") is None


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"\xff"), os.mkfifo, Path.mkdir])
def test_a_spoilt_note_on_settings_has_them_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], object]
) -> None:
    tried: list[Path] = []
    monkeypatch.setattr("qualitybook.publish.compile._sphinx", lambda *arguments: tried.append(arguments[0]) or [])
    (tmp_path / "_config.yml").write_text("title: t\n")
    build = tmp_path / "_build"
    build.mkdir()
    spoil(build / "settings.json")
    for _ in range(2):
        rehearse(tmp_path / "_config.yml", build)
    assert len(tried) == 1


@pytest.mark.parametrize("name", ["../../../../out/page.ipynb", "/absolute.txt", "figures/two.svg"])
def test_a_list_that_leads_elsewhere_is_damage(store: Store, tmp_path: Path, name: str) -> None:
    entry = store.folder / KEY[:2] / KEY
    (tmp_path / "secret").write_text("secret")
    (entry / FILES / "figures/two.svg").symlink_to(tmp_path / "secret")
    listed = json.loads((entry / LIST).read_text())
    listed["files"][name] = digest_of_bytes(b"secret")
    (entry / LIST).write_text(json.dumps(listed))
    assert fetched(store, tmp_path / "out") is None
    assert not (tmp_path / "out").exists()


def test_a_list_nested_too_deeply_is_damage(store: Store, tmp_path: Path) -> None:
    (store.folder / KEY[:2] / KEY / LIST).write_text("[" * 200_000)
    assert store.entries() == []
    assert fetched(store, tmp_path / "out") is None


def test_of_two_builds_that_make_a_page_the_first_one_counts(store: Store, tmp_path: Path) -> None:
    put(store, text="made at the same time")
    assert fetched(store, tmp_path / "out") == {"page.ipynb": "words", "figures/one.svg": "<svg/>"}
    assert list((store.folder / "unfinished").iterdir()) == []


def test_a_page_that_was_not_finished_leaves_nothing(store: Store) -> None:
    with pytest.raises(FileNotFoundError), store.draft() as folder:
        (folder / "none" / "page.ipynb").write_text("half")
    assert [entry.key for entry in store.entries()] == [KEY]
    assert list((store.folder / "unfinished").iterdir()) == []


def test_what_a_killed_build_left_is_removed(store: Store) -> None:
    left = store.folder / "unfinished/left"
    (left / "files").mkdir(parents=True)
    left.with_name("left.lock").touch()
    with store.draft() as folder:
        store.clear()
        assert folder.is_dir()
    assert list((store.folder / "unfinished").iterdir()) == []


def test_pages_that_are_used_are_kept(store: Store, tmp_path: Path) -> None:
    put(store, OTHER)
    long_ago = time.time() - 1000
    for key in (KEY, OTHER):
        os.utime(store.folder / key[:2] / key / LIST, (long_ago, long_ago))
    fetched(store, tmp_path / "out")
    assert [entry.key for entry in store.prune(500)] == [OTHER]
    assert [entry.key for entry in store.entries()] == [KEY]


def test_beyond_its_limit_the_store_drops_what_was_used_longest_ago(store: Store) -> None:
    put(store, OTHER)
    now = time.time()
    for key, age in ((KEY, 1000), (OTHER, 500)):
        os.utime(store.folder / key[:2] / key / LIST, (now - age, now - age))
    size = store.entries()[0].size
    store.bound(2 * size, now)
    assert [entry.key for entry in store.entries()] == [OTHER, KEY]
    store.bound(2 * size - 1, now)
    assert [entry.key for entry in store.entries()] == [OTHER]
    store.bound(0, now - 600)
    assert [entry.key for entry in store.entries()] == [OTHER], "a page of the build that has just ended stays"
    store.bound(0, now)
    assert store.entries() == []


def test_the_command_lists_and_prunes(store: Store) -> None:
    def run(*arguments: str) -> list[str]:
        result = CliRunner().invoke(cli.main, ["cache", *arguments, "--store", str(store.folder)])
        assert result.exit_code == 0
        return result.output.splitlines()

    (page, summary) = run("list")
    assert "2031/en page" in page
    assert KEY[:12] in page
    assert summary == f"{store.folder}: 1 page, 0.0 MiB"
    assert run("prune") == [f"{store.folder}: removed no pages, 0.0 MiB"]
    assert run("prune", "--unused-days", "0") == [f"{store.folder}: removed 1 page, 0.0 MiB"]
    assert store.entries() == []
