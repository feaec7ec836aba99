"""Typst in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from qualitybook.publish.environment import TYPESET_LATER, process_environment
from qualitybook.publish.typst import press
from qualitybook.publish.typst.pictures import rasters


def typeset(folder: Path, source: str) -> tuple[str, str]:
    path = folder / "book.typ"
    path.write_text(source, encoding="utf-8")
    return press.typeset(folder / "lock", folder / "book.pdf", input=str(path), format="pdf")


def test_a_file_becomes_a_pdf(tmp_path: Path) -> None:
    assert typeset(tmp_path, "Text") == ("", "")
    assert (tmp_path / "book.pdf").read_bytes().startswith(b"%PDF")


def test_a_refused_file_is_told_and_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(b"old")
    error, _ = typeset(tmp_path, "#nowhere()")
    assert "unknown variable: nowhere" in error
    assert not error.startswith("qualitybook")
    assert (tmp_path / "book.pdf").read_bytes() == b"old"


def test_it_is_left_for_later_where_that_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TYPESET_LATER, str(tmp_path / "later"))
    assert typeset(tmp_path, "Text") == ("", "")
    assert not (tmp_path / "book.pdf").exists()
    monkeypatch.delenv(TYPESET_LATER)
    assert press.run(json.loads((tmp_path / "later").read_text(encoding="utf-8"))) == ("", "")
    assert (tmp_path / "book.pdf").exists()


def test_warnings_are_told(tmp_path: Path) -> None:
    _, warning = typeset(tmp_path, '#set text(font: "No such face")\nText')
    assert "unknown font family" in warning


def test_drawings_become_pixels_in_a_process_of_their_own_under_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [tmp_path / f"{name}.svg" for name in ("one", "two")]
    for wide, drawing in enumerate(drawings, start=1):
        drawing.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}in" height="1in"/>', "utf-8")
    # What Sphinx's process leaves for later is compiled after it; the document needs the drawings before.
    monkeypatch.setenv(TYPESET_LATER, str(tmp_path / "later"))
    rasters(drawings, tmp_path / "lock")
    assert not (tmp_path / "later").exists()
    assert (tmp_path / "lock").exists()
    sizes = []
    for drawing in drawings:
        with Image.open(drawing.with_suffix(".png")) as drawn:
            sizes.append(drawn.size)
    assert sizes == [(192, 192), (384, 192)]


def test_editions_and_languages_of_a_build_have_one_lock(tmp_path: Path) -> None:
    assert press.lock_of(tmp_path / "2025" / "zh" / "source") == press.lock_of(tmp_path / "2024" / "en" / "source")
    assert press.lock_of(tmp_path / "2025" / "zh" / "source").parent == tmp_path


@pytest.mark.skipif(os.name != "posix", reason="pipes are passed on where there is POSIX")
def test_it_ends_with_who_has_started_it(tmp_path: Path) -> None:
    (tmp_path / "endless.typ").write_text("#for n in range(1000000000) {}", encoding="utf-8")
    command = press.command_of(tmp_path / "lock", tmp_path / "x.pdf", input=str(tmp_path / "endless.typ"), format="pdf")
    source = f"from qualitybook.publish.typst import press; press.run({command!r})"
    with subprocess.Popen([sys.executable, "-c", source]) as starter:
        while not (found := psutil.Process(starter.pid).children()):
            time.sleep(0.05)
        starter.kill()
    gone, _ = psutil.wait_procs(found, timeout=60)
    assert gone == found


def test_a_pdf_that_cannot_be_packed_is_told(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(b"no PDF")
    assert "PdfError" in press.pack(tmp_path / "book.pdf", process_environment(0))
