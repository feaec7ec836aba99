"""Every message that a user can get says what to do next. The wrong commands are those of somebody new."""

from __future__ import annotations

import ast
import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from qualitybook import cli, command
from qualitybook.cli.shared import advice

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "qualitybook"
USERS_SEE = [path for part in ("cli", "evidence", "publish") for path in sorted((PACKAGE / part).rglob("*.py"))]
# What a message says is to be done, or what may stand in the place of what was found.
ADVICE = re.compile(
    r"\b(allowed|choose|correct|declare[ds]?|exclude|finish|free|give|headings belong|install|look at|make|mend|must|"
    r"again|move|name|put|restore|run|save|say|set|start|tag|take|try|wait|write)\b|--[a-z]|\b(MEND\w*|ROOM)\b"
)
# Their own form says "allowed: ..." or "to do: ...".
SAY_ALLOWED = {"ImpossibleValueError", "UnknownKeyError", "EvidenceError", "IntakeError", "Fault"}
# `qualitybook build` ends each of them with what to do.
ENDED_BY_BUILD = {"PageError", "_refusal"}
# Said by one part of the program to another, never to a user.
BETWEEN_PARTS = {"the launcher left before it had said what it wants", "no plain file"}


def said_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of each message that an error is raised or made with, variables left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if ast.unparse(node.exc.func) not in SAY_ALLOWED | ENDED_BY_BUILD and not passes_on(node.exc):
                yield node.lineno, texts(node.exc)
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                    yield call.lineno, texts(call)


def passes_on(call: ast.Call) -> bool:
    """Return whether a message holds the whole of another error, which is looked at where it is made."""
    whole = [part.value for part in ast.walk(call) if isinstance(part, ast.FormattedValue)]
    whole += [part.args[0] for part in ast.walk(call) if isinstance(part, ast.Call) and ast.unparse(part.func) == "str"]
    return any(isinstance(value, ast.Name) and value.id == "error" for value in whole)


def texts(node: ast.AST) -> str:
    """Return the words of a message and the names of the constants in it (`MEND`)."""
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    named = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id.isupper()]
    return " ".join([*found, *named])


def test_every_message_says_what_to_do() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in USERS_SEE
        for line, text in said_in(ast.parse(path.read_text(encoding="utf-8")))
        if len(re.findall(r"[a-z]{2,}", text)) >= 3 and text not in BETWEEN_PARTS and not ADVICE.search(text)
    ]
    assert silent == []


@pytest.fixture
def here(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder: evidence in ``data``, an empty folder, a file, and a workbook that is none."""
    folder = sample_folder.parent
    (folder / "empty").mkdir()
    (folder / "file.txt").write_text("x", encoding="utf-8")
    (folder / "junk.xlsx").write_bytes(b"junk")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("command", "status", "hint"),
    [
        ("biuld", 2, "Did you mean 'build'?"),
        ("xyzzy", 2, "Commands: assess, build"),
        ("edition lst", 2, "Did you mean 'list'?"),
        ("edition xyzzy", 2, "Commands: diff, list, new, rebuild, reissue, remove, seal."),
        ("intake tempalte", 2, "Did you mean 'template'?"),
        ("build --editon 2025", 2, "Did you mean '--edition'?"),
        ("build --data nowhere", 2, "make one: qualitybook init DIR"),
        ("build --data empty", 2, "make one: qualitybook init DIR"),
        ("build --output data", 2, "holds something that is no site of this program; name another folder"),
        ("build --output .", 2, "name another folder"),
        ("build --build-dir data", 2, "is what the book is made from; name another folder"),
        ("build --root empty --edition 2025", 2, "run in the project's folder or give --root"),
        ("build --lang fr", 2, "allowed: zh, en"),
        ("check --data empty", 2, "name an evidence folder"),
        ("assess --edition 2031", 2, "allowed: 2023, 2024, 2025"),
        ("assess --edition 2024,2025", 2, "choose one edition"),
        ("assess --as-of 2025/06/30", 2, "write it as YYYY-MM-DD"),
        ("edition new 2026 --as-of 2027-02-30", 2, "write it as YYYY-MM-DD"),
        ("edition diff 2023 2023", 2, "name the earlier one first"),
        ("intake template new.xls", 2, "write 'new.xlsx'"),
        ("intake template new.xlsx --target zzz", 2, "allowed: centres, climate, goods-pass, research"),
        ("intake template file.txt/new.xlsx", 1, "choose another folder"),
        ("intake import junk.xlsx", 1, "save it as .xlsx"),
        ("review all", 2, "choose one edition"),
        ("publish www", 1, "make one with `qualitybook build`"),
        ("review 2025 --timeout nan", 2, "allowed: at most"),
        ("review 2025 --pause inf", 2, "allowed: at most"),
        ("cache prune --unused-days 1e300", 2, "allowed: at most"),
        ("serve", 2, "make one with `qualitybook build`"),
        ("serve --watch --lang fr", 2, "no language 'fr'; allowed: zh, en"),
        ("publish /", 1, "name another one"),
        ("serve --watch --data nowhere", 2, "make one: qualitybook init DIR"),
        ("verify", 1, "make one with `qualitybook build`"),
        ("init file.txt", 2, "name a new folder"),
        ("init data", 2, "name a new folder, or empty this one first"),
    ],
)
def test_a_wrong_command_is_answered_with_what_to_do(here: Path, command: str, status: int, hint: str) -> None:
    before = sorted(path.relative_to(here) for path in here.rglob("*"))
    result = CliRunner().invoke(cli.main, command.split())
    assert result.exit_code == status, result.output
    assert hint in result.stderr
    assert sorted(path.relative_to(here) for path in here.rglob("*")) == before


def test_bad_evidence_is_answered_with_what_to_do(here: Path) -> None:
    (here / "data" / "editions.csv").unlink()
    for name in ("check", "assess", "build"):
        result = CliRunner().invoke(cli.main, [name])
        assert result.exit_code == 1
        assert "docs/reference/tables.md" in result.output + result.stderr


class _Interrupted(ModuleType):
    """A module during whose import somebody presses Ctrl+C."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_the_command_is_imported_ends_it_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "qualitybook.cli", _Interrupted("qualitybook.cli"))
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.split() == ["Aborted!"]


def test_ctrl_c_that_a_library_takes_for_an_error_of_its_import_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(cli, "main", run)
    try:
        with pytest.raises(SystemExit) as ended:
            command.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 1
    assert capsys.readouterr().err.split() == ["Aborted!"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without a full device")
@pytest.mark.parametrize(
    ("arguments", "variables", "output", "status", "said"),
    [
        ("--help", {}, "/dev/full", 1, "write it somewhere else"),
        ("version", {}, "/dev/full", 1, "The disk is full"),
        ("edition list --format json", {}, "/dev/full", 1, "The disk is full"),
        ("edition list", {}, "", 0, ""),
        ("assess --format csv", {"PYTHONIOENCODING": "ascii"}, "/dev/null", 1, "set PYTHONUTF8=1"),
    ],
)
def test_an_output_that_cannot_be_written_is_told_without_a_traceback(
    here: Path, arguments: str, variables: dict[str, str], output: str, status: int, said: str
) -> None:
    lines = [sys.executable, "-c", "from qualitybook.command import main; main()", *arguments.split()]
    done = subprocess.run(
        ["sh", "-c", f'"$@" >{output or "&-"}', "sh", *lines],
        cwd=here,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "error", [PermissionError(errno.EACCES, "Permission denied", "x"), OSError(errno.EIO, "broken")]
)
def test_what_the_system_refuses_is_told_wherever_it_is_asked(
    here: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("qualitybook.publish.cache.Store.entries", refuse)
    result = CliRunner().invoke(cli.main, ["cache", "list"])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: {error}")


def options_of(group: click.Group, context: click.Context) -> Iterator[click.Parameter]:
    """Yield the options and arguments of all commands."""
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from options_of(found, context) if isinstance(found, click.Group) else found.params


def test_no_command_takes_an_empty_name_for_the_present_folder_nor_one_that_no_file_can_have() -> None:
    places = [each for each in options_of(cli.main, click.Context(cli.main)) if isinstance(each.type, click.Path)]
    assert len(places) > 30
    for each in places:
        for name in ("", "x" * 300):
            with pytest.raises(click.BadParameter, match=r"name a file or folder|allowed: 240"):
                each.type.convert(name, each, None)


def test_a_place_behind_a_link_that_leads_back_to_itself_is_refused(here: Path) -> None:
    (here / "loop").symlink_to("loop")
    for name in ("loop", "loop/below"):
        result = CliRunner().invoke(cli.main, ["verify", name])
        assert result.exit_code == 2
        assert f"{name!r} is or lies behind a link that leads back to itself; name another" in result.output


@pytest.mark.parametrize("found", ["abc", "-1", "1" * 12, ""])
def test_a_time_of_builds_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", found)
    result = CliRunner().invoke(cli.main, ["version"])
    assert result.exit_code == 2
    assert f"SOURCE_DATE_EPOCH: found {found!r}; allowed: whole seconds since 1970" in result.output


def test_what_to_do_is_told_however_the_system_s_error_is_written() -> None:
    for text in ("[Errno 27] File too large: 'x'", "x: OSError(27, 'File too large')", "File too large (os error 27)"):
        assert advice([text]) == ["A file would pass the size that you may write: raise the limit (`ulimit -f`)."]
