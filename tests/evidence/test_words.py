"""Texts of the evidence go to a translator as messages and come back; the evidence is made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from click.testing import CliRunner, Result
from synthetic import write_evidence

from qualitybook import cli
from qualitybook.evidence.reading import write_descriptor
from qualitybook.evidence.schema import SETTINGS_NAME


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.main, list(map(str, arguments)))


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    """Return a folder whose book is in Chinese, without the English names of the areas."""
    folder = write_evidence(tmp_path / "data")
    settings = folder / SETTINGS_NAME
    settings.write_text('languages = ["zh"]\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    areas = folder / "plan" / "areas.csv"
    lines = [line.split(",") for line in areas.read_text(encoding="utf-8").splitlines()]
    at = lines[0].index("name_en")
    areas.write_text("".join(",".join(cells[:at] + cells[at + 1 :]) + "\n" for cells in lines), encoding="utf-8")
    return folder


def translate(path: Path, made: dict[str, str]) -> None:
    """Do as a translator does: put a text beside each that is known."""
    with path.open("rb") as file:
        messages = read_po(file)
    for message in messages:
        message.string = made.get(str(message.id), message.string)
    with path.open("wb") as file:
        write_po(file, messages)


def names(folder: Path, column: str) -> list[str]:
    head, *lines = (folder / "plan" / "areas.csv").read_text(encoding="utf-8").splitlines()
    at = head.split(",").index(column)
    return [line.split(",")[at] for line in lines]


def test_a_language_is_added_and_taken_back(chinese: Path, tmp_path: Path) -> None:
    write_descriptor(chinese)
    before = (chinese / "plan" / "areas.csv").read_bytes()
    out = tmp_path / "en.po"
    assert run("intake", "words", out, "--lang", "en", "--data", chinese).exit_code == 0
    wanted = {name: f"Area {number}, translated" for number, name in enumerate(names(chinese, "name_zh"), start=1)}
    translate(out, wanted)
    said = run("intake", "import", out, "--dry-run", "--data", chinese)
    assert f"{len(wanted)} text" in said.output
    assert (chinese / "plan" / "areas.csv").read_bytes() == before
    assert run("intake", "import", out, "--data", chinese).exit_code == 0
    assert (chinese / "plan" / "areas.csv").read_text(encoding="utf-8").count(", translated") == len(wanted)
    assert "no errors, no warnings" in run("check", "--data", chinese).output
    assert "Nothing new" in run("intake", "import", out, "--data", chinese).output
    assert run("intake", "undo", "--data", chinese).exit_code == 0
    assert (chinese / "plan" / "areas.csv").read_bytes() == before


def test_a_text_that_has_changed_is_refused(chinese: Path, tmp_path: Path) -> None:
    out = tmp_path / "en.po"
    run("intake", "words", out, "--lang", "en", "--data", chinese)
    first = names(chinese, "name_zh")[0]
    translate(out, {first: "Area"})
    areas = chinese / "plan" / "areas.csv"
    areas.write_text(areas.read_text(encoding="utf-8").replace(first, "另一名称"), encoding="utf-8")
    before = areas.read_bytes()
    said = run("intake", "import", out, "--data", chinese)
    assert said.exit_code == 1
    assert f"found '{first}'; allowed: what stands there now, '另一名称'" in said.output
    assert areas.read_bytes() == before


def test_a_translation_that_breaks_a_rule_is_refused(chinese: Path, tmp_path: Path) -> None:
    out = tmp_path / "en.po"
    run("intake", "words", out, "--lang", "en", "--data", chinese)
    translate(out, {names(chinese, "name_zh")[0]: "Area\u200b "})
    said = run("intake", "import", out, "--data", chinese)
    assert said.exit_code == 1
    assert "name_en" in said.output
    assert "to do: translate it otherwise" in said.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no messages here", "allowed: a file of messages (PO)"),
        (b'msgid ""\nmsgstr "Language: xx\\n"\n', "allowed: one of zh, en"),
        (
            b'msgid ""\nmsgstr "Language: en\\n"\n\nmsgctxt "plan/areas.csv | gone | name_en"\nmsgid "a"\nmsgstr "b"\n',
            "'plan/areas.csv | gone | name_en'; allowed: the place of a text",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(chinese: Path, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "en.po").write_bytes(content)
    said = run("intake", "import", tmp_path / "en.po", "--data", chinese)
    assert said.exit_code == 1
    assert told in said.output


def test_where_nothing_lacks_nothing_is_written(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path / "data")
    said = run("intake", "words", tmp_path / "en.po", "--lang", "en", "--data", folder)
    assert "No text lacks in en" in said.output
    assert not (tmp_path / "en.po").exists()
    assert run("intake", "words", tmp_path / "en.po", "--lang", "xx", "--data", folder).exit_code == 2
