"""Typst in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from qualitybook.publish.environment import TYPESET_LATER, process_environment
from qualitybook.publish.processes import can_fork, start
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


@pytest.mark.skipif(not can_fork(), reason="processes become others where they fork")
def test_a_process_becomes_the_typesetter_and_says_how_it_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name, source, status in (("good", "Text", 0), ("bad", "#nowhere()", 1)):
        path = tmp_path / f"{name}.typ"
        path.write_text(source, encoding="utf-8")
        arguments = f'{{"input": "{path.as_posix()}", "format": "pdf"}}'
        command = [
            sys.executable,
            "-I",
            press.__file__,
            str(tmp_path / "lock"),
            str(tmp_path / f"{name}.pdf"),
            arguments,
        ]
        process = start("becomes", [command], process_environment(0) | {"PYTHONPATH": ""}, log=log)
        process.join()
        assert process.exitcode == status
        assert (tmp_path / f"{name}.pdf").exists() == (status == 0)
    assert "BookError: error: unknown variable: nowhere" in log.read_text(encoding="utf-8")
