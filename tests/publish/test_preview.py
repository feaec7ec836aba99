"""A look at the site on this computer."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import click
import pytest
import small_project
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.cli.build import build
from qualitybook.cli.site import _builder
from qualitybook.publish.cache import digests_of_files
from qualitybook.publish.layout import Project
from qualitybook.publish.preview import HOST, serve, server_of, sources_of, state_of

PATIENCE = 20


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "_site"
    folder.mkdir()
    (folder / "index.html").write_text("first", encoding="utf-8")
    return folder


def answer(server: ThreadingHTTPServer, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://{HOST}:{server.server_port}{path}") as response:
        assert response.headers["Cache-Control"] == "no-store"
        return str(response.read().decode())


def until(what: object, wanted: object) -> None:
    end = time.monotonic() + PATIENCE
    while what() != wanted:  # type: ignore[operator]
        assert time.monotonic() < end, what()  # type: ignore[operator]
        time.sleep(0.05)


@pytest.fixture
def stop() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def test_the_site_is_shown_here_only_and_a_new_one_at_once(site: Path, stop: Event) -> None:
    server = server_of(site, 0)
    assert server.server_address[0] == "127.0.0.1"
    running = Thread(target=serve, args=(server, [], None, stop))
    running.start()
    assert answer(server) == "first"
    site.rename(site.with_name("old"))
    site.mkdir()
    (site / "index.html").write_text("second", encoding="utf-8")
    assert answer(server) == "second"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        answer(server, "/../old/index.html")
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()


def test_a_change_of_the_evidence_builds_and_another_does_not(site: Path, stop: Event, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "observations.csv").write_text("a\n", encoding="utf-8")
    built: list[int] = []
    server = server_of(site, 0)
    running = Thread(target=serve, args=(server, [data], lambda: built.append(1), stop))
    running.start()
    time.sleep(1)
    (data / "observations.csv~").write_text("left by an editor", encoding="utf-8")
    time.sleep(0.5)
    assert built == []
    (data / "observations.csv").write_text("b\n", encoding="utf-8")
    until(lambda: len(built), 1)
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()


def test_a_setting_that_an_editor_replaces_or_that_comes_back_builds_each_time(
    site: Path, stop: Event, tmp_path: Path
) -> None:
    data, settings = tmp_path / "data", tmp_path / "_config.yml"
    data.mkdir()
    settings.write_text("a: 1\n", encoding="utf-8")
    built: list[int] = []
    running = Thread(target=serve, args=(server_of(site, 0), [data, settings], lambda: built.append(1), stop))
    running.start()
    time.sleep(1)
    for count, value in enumerate("234", start=1):
        (tmp_path / "new").write_text(f"a: {value}\n", encoding="utf-8")
        (tmp_path / "new").replace(settings)
        until(lambda: len(built), count)
    settings.unlink()
    until(lambda: len(built), 4)
    settings.write_text("a: 5\n", encoding="utf-8")
    until(lambda: len(built) >= 5, True)
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()


def test_a_folder_that_is_replaced_is_looked_at_like_the_one_before(site: Path, stop: Event, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "observations.csv").write_text("a\n", encoding="utf-8")
    seen = state_of([data])
    built: list[int] = []
    # Edited while the first site is built.
    (data / "observations.csv").write_text("ab\n", encoding="utf-8")
    running = Thread(target=serve, args=(server_of(site, 0), [data], lambda: built.append(1), stop, seen))
    running.start()
    until(lambda: len(built), 1)
    data.rename(tmp_path / "before")
    until(lambda: len(built), 2)
    shutil.copytree(tmp_path / "before", data)
    until(lambda: len(built) >= 3, True)
    count = len(built)
    (data / "observations.csv").write_text("abc\n", encoding="utf-8")
    until(lambda: len(built) > count, True)
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()


def test_what_is_watched_is_what_the_book_is_made_from(tmp_path: Path) -> None:
    for name in ("book", "notebooks", "data"):
        (tmp_path / name).mkdir()
    assert [path.name for path in sources_of(Project(tmp_path), tmp_path / "data")] == ["book", "notebooks", "data"]


def test_without_a_site_the_command_says_what_to_do(sample_folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["serve", "--data", str(sample_folder), "--output", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert f"make one with `qualitybook build --output {tmp_path / 'none'} --data {sample_folder}`" in result.stderr


def test_a_taken_port_is_said(site: Path, sample_folder: Path) -> None:
    taken = server_of(site, 0)
    arguments = ["serve", "--data", str(sample_folder), "--output", str(site), "--port", str(taken.server_port)]
    result = CliRunner().invoke(cli.main, arguments)
    taken.server_close()
    assert result.exit_code == 2
    assert "take another" in result.stderr


def asked(server: ThreadingHTTPServer, path: str, host: str = HOST) -> tuple[int, str]:
    connection = HTTPConnection(HOST, server.server_port)
    connection.request("GET", path, headers={"Host": f"{host}:{server.server_port}"})
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_only_files_of_the_site_are_shown_and_only_under_own_names(
    site: Path, stop: Event, capfd: pytest.CaptureFixture[str]
) -> None:
    (site.parent / "secret").mkdir()
    (site.parent / "secret/diary.txt").write_text("private", encoding="utf-8")
    (site / "link").symlink_to(site.parent / "secret")
    (site / "diary.txt").symlink_to(site.parent / "secret/diary.txt")
    (site / "2031").mkdir()
    (site / "2031/page.html").write_text("page", encoding="utf-8")
    server = server_of(site, 0)
    running = Thread(target=serve, args=(server, [], None, stop))
    running.start()
    assert asked(server, "/2031/page.html") == (200, "page")
    assert asked(server, "/", "localhost") == (200, "first")
    for path in ("/link/diary.txt", "/diary.txt", "/2031/", "/a%00b", "/nothing"):
        status, text = asked(server, path)
        assert (status, "private" in text, "page.html" in text) == (404, False, False), path
    assert asked(server, "/", "book.example")[0] == 421
    leaving = socket.create_connection((HOST, server.server_port))
    leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    leaving.close()
    assert asked(server, "/") == (200, "first")
    stop.set()
    running.join(PATIENCE)
    assert "Traceback" not in capfd.readouterr().err


def test_what_is_no_page_of_the_site_is_not_there_and_keeps_nobody_waiting(site: Path, stop: Event) -> None:
    (site.parent / "diary.txt").write_text("private", encoding="utf-8")
    (site / "folder").mkdir()
    (site / "folder/index.html").symlink_to(site.parent / "diary.txt")
    os.mkfifo(site / "pipe")
    server = server_of(site, 0)
    running = Thread(target=serve, args=(server, [], None, stop))
    running.start()
    for path in ("/folder/", "/pipe", "/index.html/", f"/{'a' * 300}"):
        status, text = asked(server, path)
        assert (status, "private" in text) == (404, False), path
    assert asked(server, "/", "LocalHost") == (200, "first")
    stop.set()
    running.join(PATIENCE)


def test_readers_at_work_do_not_outlive_the_server(site: Path, stop: Event) -> None:
    (site / "book.pdf").write_bytes(bytes(30_000_000))
    server = server_of(site, 0)
    running = Thread(target=serve, args=(server, [], None, stop))
    before = set(enumerate_threads())
    running.start()
    readers = [socket.create_connection((HOST, server.server_port)) for _ in range(3)]
    for reader in readers:
        reader.sendall(b"GET /book.pdf HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert reader.recv(1)
    stop.set()
    running.join(PATIENCE)
    assert set(enumerate_threads()) - before == set()
    for reader in readers:
        reader.close()


def test_a_watched_build_has_the_bytes_of_one_from_nothing_and_says_in_a_line_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_project.write_project(tmp_path / "project"))
    data, output = Path("data"), Path("_site")
    with click.Context(build, info_name="build") as context:
        rebuild = _builder(context, data=data, lang="en", html=True, output=output)
        rebuild()
        first = digests_of_files(output)
        observations = data / "observations.csv"
        rows = observations.read_text(encoding="utf-8")
        observations.write_text("spoilt\n", encoding="utf-8")
        rebuild()
        assert digests_of_files(output) == first
        observations.write_text(rows.replace("83.5", "83.6", 1), encoding="utf-8")
        capfd.readouterr()
        rebuild()
    (line,) = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d \d+\.\d s: built", line)
    again = digests_of_files(output)
    assert again != first
    shutil.rmtree("_build")
    assert small_project.build(Path(), "--html", "--lang", "en", "--output", "_site-anew").returncode == 0
    assert digests_of_files(Path("_site-anew")) == again
