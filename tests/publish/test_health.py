"""What the doctor finds, sound and unsound."""

from __future__ import annotations

import runpy
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.cli import site as health

ROOT = Path(__file__).parents[2]


def test_here_everything_that_the_tests_need_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    findings = {finding.name: finding for finding in health.examine(Path())}
    assert {name for name, finding in findings.items() if finding.state == health.PROBLEM} <= {"output"}
    assert findings["packages"].state == findings["file names"].state == health.OK


def test_every_problem_comes_with_what_to_do_in_one_line(tmp_path: Path) -> None:
    (tmp_path / health.LOCK).write_text("pandas==0.0.1 \\\n    --hash=sha256:0\n", encoding="utf-8")
    findings = [health.packages(tmp_path), health.output_encoding("ascii"), health.output_encoding(None)]
    assert {finding.state for finding in findings} == {health.PROBLEM}
    for finding in findings:
        assert "\n" not in str(finding)
        assert "; " in str(finding)


def test_packages_are_held_against_the_lock(tmp_path: Path) -> None:
    assert health.packages(tmp_path).state == health.NOTE
    lock = tmp_path / health.LOCK
    installed = metadata.version("pandas")
    lock.write_text(f"pandas=={installed} \\\n    --hash=sha256:0\nnot-for-here==1.0\n", encoding="utf-8")
    assert health.packages(tmp_path).state == health.OK
    lock.write_text("pandas==0.0.1 \\\n    --hash=sha256:0\n", encoding="utf-8")
    found = health.packages(tmp_path)
    assert (found.state, found.found) == (health.PROBLEM, f"not as locked: pandas {installed}")


def test_the_browser_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "browser.py"))
    find_browser, variable = tool["find_browser"], tool["BROWSER_VARIABLE"]
    monkeypatch.delenv(variable, raising=False)
    known = {"google-chrome": "/bin/google-chrome", "/opt/own": "/opt/own"}
    assert find_browser(known.get) == "/bin/google-chrome"
    monkeypatch.setenv(variable, "/opt/own")
    assert find_browser(known.get) == "/opt/own"
    monkeypatch.setenv(variable, "/opt/none")
    assert find_browser(known.get) is None


def test_an_output_that_holds_both_languages_is_sound() -> None:
    assert health.output_encoding("utf-8").state == health.OK
    assert health.output_encoding("gb18030").state == health.OK


def test_the_command_ends_with_1_on_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / health.LOCK).write_text("pandas==0.0.1 \\\n    --hash=sha256:0\n", encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["doctor"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any(line.startswith("problem packages") for line in lines)
    assert any(line.startswith("ok      file names") for line in lines)
    assert "checks, " in lines[-1]
