"""What the doctor finds, sound and unsound."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.publish import health

ROOT = Path(__file__).parents[2]


def test_here_everything_that_the_tests_need_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    findings = {finding.name: finding for finding in health.examine(Path(), Path("data"))}
    assert {name for name, finding in findings.items() if finding.state == health.PROBLEM} <= {"output", "disk"}
    assert findings["Python"].state == findings["fonts"].state == findings["packages"].state == health.OK


def test_every_problem_comes_with_what_to_do_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    findings = [
        health.python_version((3, 10, 4)),
        health.disk_space(tmp_path),
        health.write_access(tmp_path / "missing"),
        health.output_encoding("ascii"),
        health.output_encoding(None),
        health.project_files(tmp_path),
        health.evidence_folder(tmp_path / "missing"),
    ]
    assert {finding.state for finding in findings} == {health.PROBLEM}
    for finding in findings:
        assert "\n" not in str(finding)
        assert "; " in str(finding)
    assert "3.10.4; install Python 3.11 or later" in str(findings[0])


def test_packages_are_held_against_the_lock(tmp_path: Path) -> None:
    assert health.packages(tmp_path).state == health.NOTE
    lock = tmp_path / health.LOCK
    installed = metadata.version("pandas")
    lock.write_text(f"pandas=={installed} \\\n    --hash=sha256:0\nnot-for-here==1.0\n", encoding="utf-8")
    assert health.packages(tmp_path).state == health.OK
    lock.write_text("pandas==0.0.1 \\\n    --hash=sha256:0\n", encoding="utf-8")
    found = health.packages(tmp_path)
    assert (found.state, found.found) == (health.PROBLEM, f"not as locked: pandas {installed}")


def test_a_site_without_an_address_is_noted(sample_folder: Path) -> None:
    found = health.address(sample_folder)
    assert (found.state, found.found.split(": ")[-1]) == (
        health.NOTE,
        "the site has no sitemap.xml, and 404.html no link",
    )
    assert 'write address = "https://…"' in found.advice
    settings = sample_folder / "book.toml"
    address = 'address = "https://quality.example"\n'
    settings.write_text(address + settings.read_text(encoding="utf-8"), encoding="utf-8")
    found = health.address(sample_folder)
    assert (found.state, found.found) == (health.OK, "https://quality.example/")
    settings.unlink()
    assert health.address(sample_folder).state == health.NOTE


def test_a_missing_browser_is_no_problem() -> None:
    assert health.browser(lambda: None).state == health.NOTE
    assert health.browser(lambda: "/bin/chromium").found == "/bin/chromium"


def test_the_browser_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(health.BROWSER_VARIABLE, raising=False)
    known = {"google-chrome": "/bin/google-chrome", "/opt/own": "/opt/own"}
    assert health.find_browser(known.get) == "/bin/google-chrome"
    monkeypatch.setenv(health.BROWSER_VARIABLE, "/opt/own")
    assert health.find_browser(known.get) == "/opt/own"
    monkeypatch.setenv(health.BROWSER_VARIABLE, "/opt/none")
    assert health.find_browser(known.get) is None
    finding = health.browser(lambda: None)
    assert (finding.state, finding.found) == (health.NOTE, f"{health.BROWSER_VARIABLE} names no program: /opt/none")


def test_an_output_that_holds_both_languages_is_sound() -> None:
    assert health.output_encoding("utf-8").state == health.OK
    assert health.output_encoding("gb18030").state == health.OK


def test_the_command_ends_with_1_on_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.main, ["doctor"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any(line.startswith("problem project") for line in lines)
    assert any(line.startswith("ok      Python") for line in lines)
    assert "checks, " in lines[-1]
