"""The manifest of a site, and the check of a site against it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.publish.cache import digest_of_bytes, files_below
from qualitybook.publish.manifest import LastBuild, Manifest

INPUTS = {"evidence/observations.csv": "1" * 64}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "2031/en").mkdir(parents=True)
    (folder / "index.html").write_text("index")
    (folder / "2031/en/summary.html").write_text("summary")
    write_manifest(folder)
    return folder


def write_manifest(folder: Path, *others: str) -> None:
    files = {path.relative_to(folder).as_posix(): digest_of_bytes(path.read_bytes()) for path in files_below(folder)}
    Manifest({"2031/en": INPUTS}, {name: files[name] for name in files if name not in others}, (), others).write(folder)


def verify(site: Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(cli.main, ["verify", str(site)])
    return result.exit_code, result.output.splitlines()


def test_a_site_as_published_is_verified(site: Path) -> None:
    assert verify(site) == (0, [f"{site}: 2 files as published."])


def test_everything_that_differs_is_named(site: Path) -> None:
    (site / "index.html").write_text("changed")
    (site / "2031/en/summary.html").unlink()
    (site / "added.html").write_text("added")
    status, lines = verify(site)
    assert status == 1
    assert [line.split(":")[1].strip() for line in lines[:-1]] == ["2031/en/summary.html", "added.html", "index.html"]
    assert lines[-1] == f"{site}: 3 files not as published; build or publish the site again."


SPOILT: dict[str, Callable[[Path], object]] = {
    "a link to a folder": lambda site: (site / "more").symlink_to(site.parent),
    "a link to a file": lambda site: (site / "more").symlink_to(site / "index.html"),
    "a file replaced by a link to its bytes": lambda site: _linked(site / "index.html"),
    "a folder replaced by a link to its files": lambda site: _linked(site / "2031"),
    "the manifest replaced by a link to it": lambda site: _linked(site / "manifest.json"),
    "a link to nothing": lambda site: (site / "more").symlink_to("nowhere"),
    "a link to itself": lambda site: (site / "more").symlink_to("more"),
    "an empty folder": lambda site: (site / "2031/more").mkdir(),
    "a pipe": lambda site: os.mkfifo(site / "more"),
    "a folder of a cache": lambda site: _put(site / "2031/__pycache__/more.txt"),
    "a folder of notebooks": lambda site: _put(site / ".ipynb_checkpoints/more.txt"),
}


def _linked(path: Path) -> None:
    other = path.parent.parent / f"other-{path.name}"
    path.rename(other)
    path.symlink_to(other)


def _put(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("more")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_whatever_is_no_plain_file_of_the_manifest_is_a_difference(site: Path, spoil: Callable[[Path], object]) -> None:
    spoil(site)
    status, lines = verify(site)
    assert status == 1, lines
    assert lines[-1].startswith(f"{site}: ")


def test_a_folder_without_a_manifest_or_with_a_broken_one_is_refused(site: Path) -> None:
    parts = ('"books": {"2031/en": 3}', '"files": {"index.html": 5}', '"carried": [["a"]]', '"others": {"a": 1}')
    odd = [f'{{"books": {{}}, "files": {{}}, {part}}}' for part in parts]
    for text in ("{", "[" * 200_000, *odd):
        (site / "manifest.json").write_text(text)
        assert "not a manifest" in verify(site)[1][0]
    (site / "manifest.json").unlink()
    status, lines = verify(site)
    assert status == 1
    assert "no such file" in lines[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
def test_a_pipe_in_the_place_of_the_manifest_keeps_nobody_waiting(site: Path) -> None:
    (site / "manifest.json").unlink()
    os.mkfifo(site / "manifest.json")
    status, lines = verify(site)
    assert (status, "no such file" in lines[0]) == (1, True)


@pytest.mark.skipif(sys.platform != "linux", reason="a system whose files have no names but texts")
def test_a_name_that_is_no_text_is_named_in_the_manifest(site: Path) -> None:
    name = os.fsdecode(b"a\xff.html")
    (site / name).write_text("of somebody else")
    (site / "manifest.json").unlink()
    write_manifest(site, name)
    assert verify(site) == (0, [f"{site}: 2 files as published."])


def test_what_is_not_ours_is_no_difference_once_it_was_named(site: Path) -> None:
    (site / "CNAME").write_text("report.example.org")
    (site / "manifest.json").unlink()
    write_manifest(site, "CNAME")
    assert verify(site) == (0, [f"{site}: 2 files as published."])
    (site / "CNAME").write_text("other.example.org")
    assert verify(site)[0] == 0
    (site / "archive").mkdir()
    assert verify(site)[1][0] == "error: archive: not in the manifest"


def test_a_manifest_names_no_file_outside_of_its_site(site: Path) -> None:
    text = (site / "manifest.json").read_text()
    (site / "manifest.json").write_text(text.replace("index.html", "../index.html"))
    status, lines = verify(site)
    assert status == 1
    assert "not a manifest" in lines[0]


def test_a_build_of_the_same_is_answered_from_the_last_one_while_its_site_is_whole(site: Path, tmp_path: Path) -> None:
    last, asked = LastBuild(tmp_path, site), {"lang": "en"}
    assert last.answer(asked, INPUTS) is None
    last.write(asked, INPUTS, ["Site: here"])
    assert last.answer(asked, INPUTS) == ["Site: here"]
    assert last.answer({"lang": "zh"}, INPUTS) is None
    assert last.answer(asked, {**INPUTS, "more": "3" * 64}) is None
    (site / "index.html").write_text("changed")
    assert last.answer(asked, INPUTS) is None
