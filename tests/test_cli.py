"""The command line, on the sample city's invented evidence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from small_project import write_project
from synthetic import HEADERS, evidence_tables, observation, write_evidence

from qualitybook import __version__, cli
from qualitybook.report.assessments import schema


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def broken_evidence(folder: Path) -> Path:
    """Write evidence whose first observation is wrong in five ways."""
    rows = evidence_tables()["observations"]
    rows[0] |= {"indicator_id": "nowhere", "period": "20x5", "value": "abc", "qualifier": "precise", "grade": "Z"}
    return write_evidence(folder, observations=rows)


BROKEN = {"indicator_id": "nowhere", "period": "20x5", "value": "abc", "qualifier": "precise", "grade": "Z"}


def test_good_evidence_passes(sample_folder: Path) -> None:
    result = run("check", "--data", sample_folder)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith(f"{sample_folder}: no errors")


def test_five_mistakes_in_one_row_give_five_messages_in_one_run(tmp_path: Path) -> None:
    result = run("check", "--data", broken_evidence(tmp_path / "data"))
    assert result.exit_code == 1
    errors = [line for line in result.output.splitlines() if line.startswith("error: observations.csv:2 ")]
    for column, found in BROKEN.items():
        (line,) = [error for error in errors if f"[{column}]" in error]
        assert repr(found) in line
        assert "allowed" in line
    assert "5 errors" in result.output.splitlines()[-2]


def test_problems_as_json(tmp_path: Path) -> None:
    result = run("check", "--data", broken_evidence(tmp_path / "data"), "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.output)
    assert report["errors"] == 5
    found = {problem["column"]: problem["found"] for problem in report["problems"] if problem["level"] == "error"}
    assert found == BROKEN


@pytest.mark.parametrize("command", ["assess", "build"])
def test_nothing_is_made_from_bad_evidence(tmp_path: Path, command: str) -> None:
    result = run(command, "--data", broken_evidence(tmp_path / "data"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("error: observations.csv:2 ") == 5
    assert result.stderr.splitlines()[-2].startswith("The evidence has 5 errors")


def test_assessments_as_json(sample_folder: Path) -> None:
    result = run("assess", "--data", sample_folder, "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.output)
    assert (report["edition"], report["as_of"]) == ("2025", "2026-06-30")
    assert report["plan"] == {
        "source_id": "sample-plan",
        "title": "样例市质量方案（征求意见稿）",
        "published": "2023-02-28",
    }
    assert [target["number"] for target in report["targets"]] == [1, 2, 3, 4]
    goods, _, _, climate = report["targets"]
    assert set(goods) == {
        *("target_id", "number", "statement_zh", "statement_en", "rule", "value", "unit", "target_year"),
        *("baseline_year", "state", "reason", "probability", "probability_text", "word", "by_model", "flags"),
        *("level", "n", "last_year", "horizon", "latest", "undated", "scopes", "with_parent"),
        "indicative",
    }
    assert (goods["target_id"], goods["state"], goods["level"]) == ("goods-pass", "met", "A")
    assert (goods["n"], goods["last_year"], goods["horizon"]) == (13, 2025, 0)
    assert goods["latest"]["period"] == "2025"
    assert goods["latest"]["value_text"] == "95.96"
    assert goods["latest"]["source_id"] == "yearbook-2026"
    assert (climate["state"], climate["reason"], climate["latest"]) == ("no_verdict", "qualitative", None)


def test_readings_stand_beside_verdicts_and_change_nothing_of_them(tmp_path: Path) -> None:
    """Centres of 2022 alone: the goal cannot be judged, and its class of counts gives a reading."""
    rows = [observation("test_centres", "sample_city", "2022", "40", "yearbook-2023")]
    row = dict.fromkeys(HEADERS["indicative_evidence"], "虚构") | {"role": "class", "region_id": "sample_city"}
    row |= {"target_id": "centres", "indicator_id": "test_centres", "from_indicator_id": "test_centres"}
    row |= dict.fromkeys(
        ("variant", "against_id", "basis", "from_year", "to_year", "offset", "offset_sd", "source_id"), ""
    )
    words = dict.fromkeys(HEADERS["indicative_goals"], "虚构") | {"refusal": ""}
    words |= {"target_id": "centres", "indicator_id": "test_centres"}
    plain = write_evidence(tmp_path / "plain", observations=rows)
    folder = write_evidence(tmp_path / "read", observations=rows, indicative_evidence=[row], indicative_goals=[words])
    report, before = (
        json.loads(run("assess", "--data", path, "--format", "json").output)["targets"] for path in (folder, plain)
    )
    jsonschema.validate(report, schema()["properties"]["targets"])
    (found,) = report[2]["indicative"]
    assert (report[2]["state"], report[2]["probability"], found["kind"]) == ("cannot_judge", None, "number")
    assert [target | {"indicative": []} for target in report] == before
    table = list(csv.DictReader(io.StringIO(run("assess", "--data", folder, "--format", "csv").output)))
    assert float(table[2]["indicative_probability"]) == found["probability"]
    assert table[0]["indicative_kind"] == ""
    assert f"{found['probability']:.0%}" in run("assess", "--data", folder).output


def test_several_processes_judge_as_one_does(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualitybook.report.assessments.TARGETS_A_PROCESS", 1)
    one, several = (
        run("assess", "--data", sample_folder, "--format", "json", "--jobs", jobs).output for jobs in ("1", "3")
    )
    assert several == one


def test_a_probability_goes_with_an_earlier_as_of_date(sample_folder: Path) -> None:
    report = json.loads(run("assess", "--data", sample_folder, "--as-of", "2024-06-30", "--format", "json").output)
    goods, research = report["targets"][:2]
    assert report["as_of"] == "2024-06-30"
    assert (research["state"], research["last_year"], research["horizon"]) == ("open", 2023, 2)
    assert 0.03 <= research["probability"] <= 0.97
    assert research["probability_text"].endswith("%")
    # The sample city inspects too few goods to tell 95.2% from its goal of 95%.
    assert (goods["state"], goods["reason"], goods["probability"]) == ("cannot_judge", "sample_too_small", None)


def test_assessments_as_csv(sample_folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("assess", "--data", sample_folder, "--format", "csv").output)))
    assert [row["target_id"] for row in rows] == ["goods-pass", "research", "centres", "climate"]
    assert rows[0]["latest_value"] == "95.96"
    assert rows[3]["probability"] == ""


def test_assessments_as_table(sample_folder: Path) -> None:
    result = run("assess", "--data", sample_folder, "--edition", "2023")
    assert result.exit_code == 0
    assert "Edition 2023, as of 2024-06-30" in result.output
    assert "Research intensity" in result.output
    assert max(map(len, result.output.splitlines())) <= 120


def test_assessments_as_table_show_brackets_as_they_are(sample_folder: Path) -> None:
    targets = sample_folder / "plan" / "targets.csv"
    text = targets.read_text(encoding="utf-8")
    assert "Research" in text
    targets.write_text(text.replace("Research", "[draft] [/x] Research"), encoding="utf-8")
    result = run("assess", "--data", sample_folder, "--edition", "2023")
    assert result.exit_code == 0
    assert "[draft]" in result.output
    assert "[/x]" in result.output


def test_an_unknown_edition_is_answered_with_those_allowed(sample_folder: Path) -> None:
    result = run("assess", "--data", sample_folder, "--edition", "2052")
    assert result.exit_code == 2
    assert "no edition '2052'; allowed: 2023, 2024, 2025" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chekc"], "No such command 'chekc'. Did you mean 'check'?"),
        (["xyzzy"], f"No such command 'xyzzy'. Commands: {', '.join(cli.COMMANDS)}."),
        (["build", "--outptu", "x"], "--output"),
        (["assess", "--format", "xml"], "'table', 'csv', 'json'"),
        (["build", "--jobs", "0"], "0 is not in the range"),
        (["check", "--data", "no/such/folder"], "no folder 'no/such/folder'"),
        (["assess", "--as-of", "yesterday"], "YYYY-MM-DD"),
    ],
)
def test_mistakes_are_answered_with_a_hint(arguments: list[str], hint: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_an_unknown_language_is_answered_with_those_known(sample_folder: Path) -> None:
    result = run("build", "--data", sample_folder, "--lang", "zh,fr")
    assert result.exit_code == 2
    assert "no language 'fr'; allowed: zh, en" in result.stderr


@pytest.mark.parametrize(
    ("options", "refusal"),
    [(["--edition", "2031"], "no edition '2031'; allowed: 2023, 2024, 2025"), (["--lang", "fr"], "no language 'fr'")],
)
def test_a_slip_is_told_before_another_build_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], refusal: str
) -> None:
    def alone_in(*_: object) -> None:
        raise AssertionError("the build asks for the folders")

    monkeypatch.setattr("qualitybook.publish.scratch.alone_in", alone_in)
    project = write_project(tmp_path / "project")
    folders = ["--root", project, "--output", tmp_path / "site", "--build-dir", tmp_path / "build"]
    result = run("build", "--data", project / "data", *folders, *options)
    assert result.exit_code == 2
    assert refusal in result.stderr


def test_a_folder_that_is_no_project_is_named(sample_folder: Path, tmp_path: Path) -> None:
    result = run("build", "--data", sample_folder, "--root", tmp_path)
    assert result.exit_code == 2
    assert "has no _config.yml, _toc.yml, book, notebooks" in result.stderr


def test_version() -> None:
    assert run("version").output == f"{__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, contextlib\nfrom qualitybook.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['build', '--help'])\n"
        "print(sorted({'pandas', 'numpy', 'papermill', 'sphinx', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
