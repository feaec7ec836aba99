"""A researcher's year on the sample city: take in figures, start an edition, tell what changed, have it reviewed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import papermill
import pytest
from click.testing import CliRunner, Result
from synthetic import HEADERS, evidence_tables, write_evidence, write_table

from qualitybook import cli
from qualitybook.analysis.review import Review
from qualitybook.evidence import load
from qualitybook.evidence.reading import write_descriptor
from qualitybook.evidence.seals import Seal
from qualitybook.publish.environment import own_environment
from qualitybook.report import pages
from qualitybook.report.review import Checklist, Claims
from qualitybook.report.voice import Voice

ROOT = Path(__file__).parents[1]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def filled_template(folder: Path, out: Path, value: str = "96.10") -> Path:
    """Write the template, fill in its first row and its source as a person would, and return its path."""
    assert run("intake", "template", out, "--target", "goods-pass", "--data", folder).exit_code == 0
    book = openpyxl.load_workbook(out)
    figures, sources = book["observations"], book["sources"]
    assert [str(figures.cell(3, at).value).split(" ")[0] for at in (1, 2, 3)] == [
        "goods_pass_rate",
        "sample_city",
        "2026",
    ]
    told = {"value": value, "qualifier": "exact", "source_id": "yearbook-2027", "locator": "正文", "grade": "A"}
    source = {"source_id": "yearbook-2027", "title": "样例市年鉴2027", "publisher": "样例市统计局", "kind": "dataset"}
    source |= {"published": "2027-05-20", "access_kind": "original", "accessed": "2027-06-01", "language": "zh"}
    for sheet, cells in ((figures, told), (sources, source)):
        names = [cell.value for cell in sheet[2]]
        for name, text in cells.items():
            sheet.cell(3, names.index(name) + 1).value = text
    book.save(out)
    return out


def test_figures_are_added_also_where_nobody_reads_what_is_printed(sample_folder: Path, tmp_path: Path) -> None:
    path = filled_template(sample_folder, tmp_path / "new.xlsx")
    before = (sample_folder / "observations.csv").read_bytes()
    unread, output = os.pipe()
    os.close(unread)
    called = [sys.executable, "-c", "from qualitybook.command import main; main()"]
    command = [*called, "intake", "import", path, "--data", sample_folder]
    done = subprocess.run(command, env=own_environment(), stdout=output, stderr=subprocess.PIPE, check=False)
    os.close(output)
    assert done.stderr == b""
    added = (sample_folder / "observations.csv").read_bytes()
    assert added.startswith(before)
    assert added.count(b"yearbook-2027") == 1


def test_a_year_from_template_to_diff(sample_folder: Path, tmp_path: Path) -> None:
    path = filled_template(sample_folder, tmp_path / "new.xlsx")
    before = (sample_folder / "observations.csv").read_bytes()
    dry = run("intake", "import", path, "--dry-run", "--data", sample_folder)
    assert dry.exit_code == 0, dry.output
    assert "Dry run: nothing was written" in dry.output
    assert (sample_folder / "observations.csv").read_bytes() == before
    done = run("intake", "import", path, "--data", sample_folder)
    assert "Added 1 figure and 1 other row" in done.output
    made = run("edition", "new", "2026", "--as-of", "2027-06-30", "--data", sample_folder)
    assert made.exit_code == 0, made.output
    assert load(sample_folder).editions["status"].tolist() == ["archived"] * 3 + ["current"]
    told = json.loads(run("edition", "diff", "--format", "json", "--data", sample_folder).output)
    assert [(row["period"], row["value_text"]) for row in told["new"] if row["region_id"] == "sample_city"] == [
        ("2026", "96.10")
    ]
    for lang, title in (("zh", "2025版至2026版的变化情况"), ("en", "What changed from edition 2025 to 2026")):
        text = run("edition", "diff", "--format", "markdown", "--lang", lang, "--data", sample_folder).output
        assert text.startswith(f"# {title}\n")
        assert "96.10%" in text


def test_a_jump_needs_a_word(sample_folder: Path, tmp_path: Path) -> None:
    path = filled_template(sample_folder, tmp_path / "new.xlsx", value="61.00")
    refused = run("intake", "import", path, "--data", sample_folder)
    assert refused.exit_code == 1
    assert (
        "doubt: observations!D3 [value]: found '61.00'; allowed: at most 4 usual steps from 95.96 (2025)"
        in refused.stderr
    )
    assert run("intake", "import", path, "--dry-run", "--accept-doubts", "--data", sample_folder).exit_code == 0
    book = openpyxl.load_workbook(path)
    names = [cell.value for cell in book["observations"][2]]
    for name, note in (("note_zh", "口径未变，原文如此"), ("note_en", "as printed, same scope")):
        book["observations"].cell(3, names.index(name) + 1).value = note
    book.save(path)
    # Notes tell the readers; which doubt they settle is said by its code.
    assert run("intake", "import", path, "--dry-run", "--data", sample_folder).exit_code == 1
    book["observations"].cell(3, names.index("settled") + 1).value = "jump"
    book.save(path)
    assert "Added 1 figure" in run("intake", "import", path, "--data", sample_folder).output


def test_check_warns_of_a_slip_until_it_is_settled(sample_folder: Path) -> None:
    path = sample_folder / "observations.csv"
    text = path.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("goods_pass_rate,sample_city,2025,95.96"))
    slip = old.replace("95.96", "9.596").replace(",520,499,", ",,,")
    path.write_text(text.replace(old, slip), encoding="utf-8")
    found = run("check", "--data", sample_folder)
    assert found.exit_code == 0
    line = text.splitlines().index(old) + 1
    assert (
        f"warning: observations.csv:{line} [value]: found '9.596'; allowed: at most 8 usual steps from" in found.output
    )
    path.write_text(text.replace(old, f"{slip}jump"), encoding="utf-8")
    assert "no warnings" in run("check", "--data", sample_folder).output


def test_the_import_says_which_figure_is_used_and_how_to_use_the_new_one(sample_folder: Path, tmp_path: Path) -> None:
    path = filled_template(sample_folder, tmp_path / "new.xlsx", value="96.20")
    book = openpyxl.load_workbook(path)
    names = [cell.value for cell in book["observations"][2]]
    book["observations"].cell(3, names.index("period") + 1).value = "2025"
    book.save(path)
    kept = run("intake", "import", path, "--dry-run", "--data", sample_folder).output
    assert "Used from now on" in kept
    # The words of a narrow column stand below each other.
    last = " ".join(line.split("│")[-2].strip() for line in kept.splitlines() if line.startswith("│"))
    assert last.strip() == "95.96, of yearbook-2026; put 1 in preferred to use this one"
    book["observations"].cell(3, names.index("preferred") + 1).value = "1"
    book.save(path)
    assert "96.20, this one" in run("intake", "import", path, "--dry-run", "--data", sample_folder).output


def test_a_correction_is_shown_with_the_old_value(sample_folder: Path, tmp_path: Path) -> None:
    path = filled_template(sample_folder, tmp_path / "new.xlsx", value="92.10")
    book = openpyxl.load_workbook(path)
    names = [cell.value for cell in book["observations"][2]]
    for name, text in (("period", "2017"), ("source_id", "yearbook-2023"), ("grade", "B"), ("corrects", "value")):
        book["observations"].cell(3, names.index(name) + 1).value = text
    book["sources"].delete_rows(3)
    book.save(path)
    seal = Seal("2024", "2025-06-30", "2026-07-01", ("en",), "", "", "")
    (sample_folder / "seals").mkdir()
    (sample_folder / "seals/2024.json").write_bytes(seal.text())
    done = run("intake", "import", path, "--data", sample_folder)
    row = next(line for line in done.output.splitlines() if "correction" in line)
    assert ("92.1 " in row, "92.10" in row) == (True, True)
    assert "Corrected 1 row." in done.output
    assert "Edition 2023 will see 1 new or corrected figure" in done.stderr
    assert "Edition 2024 will see" not in done.stderr  # It is sealed.


def test_the_template_has_the_same_bytes_each_time(sample_folder: Path, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        run("intake", "template", tmp_path / name, "--missing", "--data", sample_folder)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_names_are_never_formulas(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path / "data")
    path = folder / "indicators.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("goods_pass_rate,产品", "goods_pass_rate,=产品"), encoding="utf-8"
    )
    run("intake", "template", tmp_path / "t.xlsx", "--missing", "--data", folder)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert not [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["intake", "template", "t.csv"], "does not end in .xlsx"),
        (["intake", "template", "t.xlsx", "--target", "goods-pas"], "nearest: goods-pass"),
        (["intake", "template", "t.xlsx", "--area", "x", "--missing"], "exclude each other"),
        (["intake", "import", "nowhere.xlsx"], "does not exist"),
        (["edition", "new", "2026"], "--as-of"),
        (["edition", "new", "2025", "--as-of", "2027-06-30"], "a key that none has; taken: 2023, 2024, 2025"),
        (["edition", "new", "2026", "--as-of", "2026-06-30"], "a day after 2026-06-30"),
        (["edition", "new", "A 1", "--as-of", "2027-06-30"], "lower-case letters"),
        (["edition", "remove", "2032"], "no edition '2032'; allowed: 2023, 2024, 2025"),
        (["edition", "diff", "2025", "2024"], "name the earlier one first"),
        (["edition", "diff", "2032"], "no edition '2032'; allowed: 2023, 2024, 2025"),
        (["edition", "diff", "--lang", "zh,en"], "choose one language"),
        (["review", "2032"], "no edition '2032'"),
    ],
)
def test_wrong_usage_is_answered_with_a_hint(sample_folder: Path, arguments: list[str], hint: str) -> None:
    result = run(*arguments, "--data", sample_folder)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_marks_of_reviewers_come_back_and_appear(sample_folder: Path, tmp_path: Path) -> None:
    result = run("review", "2025", "--output", tmp_path / "review", "--data", sample_folder)
    assert result.exit_code == 0, result.output
    first = (
        (tmp_path / "review/review-2025-en.md").read_text(encoding="utf-8").split("## The figures")[1].splitlines()[4]
    )
    assert "decides a verdict | goal 1, area 1 | Pass rate of goods (Sample City) | 95.96% (2025)" in first
    path = tmp_path / "review/review-2025-zh.xlsx"
    book = openpyxl.load_workbook(path)
    assert "claims" in book.sheetnames
    names = [cell.value for cell in book["reviews"][2]]
    for name, text in (("reviewer", "审阅者*甲*"), ("reviewed", "2026-08-01"), ("result", "differs | 不符 | differs")):
        book["reviews"].cell(3, names.index(name) + 1).value = text
    book.save(path)
    added = run("intake", "import", path, "--data", sample_folder)
    assert added.exit_code == 0, added.output + added.stderr
    assert "warning" not in added.stderr
    text = str(pages.EvidencePage(sample_folder, "2025", "zh", tmp_path / "figures").reviews().data)
    assert "审阅者记录了1次核对：不符：1" in text
    assert r"审阅者\*甲\*" in text
    assert "95.96%" in text
    assert "尚无" in str(pages.EvidencePage(sample_folder, "2024", "zh", tmp_path / "figures").reviews().data)


def test_each_computed_claim_names_the_figures_it_rests_on(sample_folder: Path) -> None:
    catalog = load(sample_folder)
    made = Review.of(catalog, catalog.edition("2025"))
    checklist = Checklist(Voice("en", catalog), made, {})
    claims = {(page, text): (rests_on, check) for page, text, rests_on, check in checklist.claim_rows}
    goal = "A pass rate of goods of 95% or more (at least 95%, for 2025)"
    assert claims["goal 1", goal][0] == "–"
    assert "样例市质量方案（征求意见稿）" in claims["goal 1", goal][1]
    met = next(each for each in Claims(Voice("en", catalog), made).all() if each.page == "goal 1" and each.rests_on)
    assert [made.items[number - 1].row["line"] for number in met.rests_on] == [
        made.assessments[0].verdict.deciding_line
    ]
    research = made.assessments[1].verdict
    (likely,) = [text for page, text in claims if page == "goal 2" and f"probability {research.percent}%" in text]
    fitted = research.series.rows[research.series.rows["use"].isin(("fitted", "pooled"))]
    numbers = [int(number) for number in claims["goal 2", likely][0].split(", ")]
    assert sorted(made.items[number - 1].row["line"] for number in numbers) == sorted(fitted["line"])
    assert claims["goal 2", likely][1] == "computed from these figures as the page on methods says"
    assert any(text.startswith("80% range for 2025") for page, text in claims if page == "goal 2")


def write_summary(source: Path, title: str, shown: str) -> None:
    """Write the executed summary of a built book, which shows a Markdown text."""
    source.mkdir(parents=True)
    output = {"data": {"text/markdown": shown}}
    cells = [
        {"cell_type": "markdown", "source": f"# {title}"},
        {"cell_type": "code", "source": "", "outputs": [output]},
    ]
    (source / "summary.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def test_what_the_pages_of_a_built_book_say_is_in_the_checklist(sample_folder: Path, tmp_path: Path) -> None:
    write_summary(tmp_path / "_build/2025/zh/source", "摘要", "合格率为95.96% {cite}`yearbook-2026`。")
    where = ("--build-dir", tmp_path / "_build", "--output", tmp_path / "review", "--data", sample_folder)
    result = run("review", "2025", *where)
    assert result.exit_code == 0, result.output
    assert "note: the book 2025/en has not been built" in result.stderr
    assert "2025/zh" not in result.stderr
    text = (tmp_path / "review/review-2025-zh.md").read_text(encoding="utf-8")
    assert "| 摘要 | 合格率为95.96%。 | 样例市年鉴2026（" in text.split("## 各页的数字")[1]
    path = tmp_path / "review/review-2025-zh.xlsx"
    assert openpyxl.load_workbook(path)["pages"]["B2"].value == "合格率为95.96%。"
    back = run("intake", "import", path, "--dry-run", "--data", sample_folder)
    assert back.exit_code == 0, back.output + back.stderr
    assert "warning" not in back.stderr


def test_a_book_older_than_the_sources_is_named(sample_folder: Path, tmp_path: Path) -> None:
    write_summary(tmp_path / "_build/2025/en/source", "A", "It is 5 {cite}`gone-2020`.")
    where = ("--build-dir", tmp_path / "_build", "--output", tmp_path / "review", "--data", sample_folder)
    result = run("review", "2025", "--lang", "en", *where)
    assert result.exit_code == 1
    assert "cites what sources.csv does not have: gone-2020; build it again." in result.stderr
    assert not (tmp_path / "review").exists()


def test_a_folder_without_a_book_can_be_reviewed(sample_folder: Path, tmp_path: Path) -> None:
    (sample_folder / "book.toml").unlink()
    result = run("review", "2025", "--output", tmp_path / "review", "--data", sample_folder)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "review/review-2025-en.md").is_file()


def test_a_mark_of_no_figure_is_refused(sample_folder: Path) -> None:
    header = "edition,indicator_id,region_id,period,source_id,basis,reviewer,reviewed,result,note_zh,note_en\n"
    row = "2025,goods_pass_rate,sample_city,2031,yearbook-2026,,A,2026-08-01,confirmed,,\n"
    (sample_folder / "reviews.csv").write_text(header + row, encoding="utf-8")
    result = run("check", "--data", sample_folder)
    assert result.exit_code == 1
    assert "reviews.csv:2 [indicator_id+region_id+period+source_id+basis]" in result.output


def _needs_only_self(member: Any) -> bool:
    return bool(member.__code__.co_argcount - len(member.__defaults__ or ()) == 1)


def shown(folder: Path, edition: str, out: Path) -> dict[str, str]:
    """Return all that the pages of an edition show, and the data of their figures."""
    made = [
        kind(folder, edition, "en", out)
        for kind in (pages.SummaryPage, pages.WhatChangedPage, pages.PeersPage, pages.OutlookPage, pages.EvidencePage)
    ]
    made.append(pages.TrackRecordPage(folder, edition, "en", out))
    texts = {}
    for page in made:
        for name, member in vars(type(page)).items():
            if not name.startswith("_") and callable(member) and _needs_only_self(member):
                texts[f"{page.stem}.{name}"] = str(getattr(page, name)().data)
    return texts | {path.name: path.read_text(encoding="utf-8") for path in sorted(out.glob("*.csv"))}


def test_an_older_edition_stays_as_it_was(sample_folder: Path, tmp_path: Path) -> None:
    before = shown(sample_folder, "2024", tmp_path / "before")
    path = filled_template(sample_folder, tmp_path / "new.xlsx")
    assert run("intake", "import", path, "--data", sample_folder).exit_code == 0
    assert run("edition", "new", "2026", "--as-of", "2027-06-30", "--data", sample_folder).exit_code == 0
    assert "96.10%" in "".join(shown(sample_folder, "2026", tmp_path / "new").values())
    assert shown(sample_folder, "2024", tmp_path / "after") == before


def test_an_edition_that_other_tables_name_is_not_removed_and_they_are_named(sample_folder: Path) -> None:
    erratum = {"edition": "2024", "number": "1", "day": "2026-07-01", "what_en": "A slip.", "what_zh": "笔误。"}
    write_table(sample_folder / "errata.csv", HEADERS["errata"], [{**erratum, "why_en": "Ours.", "why_zh": "失误。"}])
    refused = run("edition", "remove", "2024", "--data", sample_folder)
    assert refused.exit_code == 2
    assert "edition '2024' is named in errata.csv:2; take these rows away first" in refused.stderr


def test_an_edition_is_added_to_a_table_with_the_columns_that_it_has(sample_folder: Path) -> None:
    path = sample_folder / "editions.csv"
    header = [name for name in HEADERS["editions"] if name != "reconstructed"]
    write_table(path, header, evidence_tables()["editions"])
    write_descriptor(sample_folder)
    assert run("edition", "new", "2026", "--as-of", "2027-06-30", "--data", sample_folder).exit_code == 0
    assert path.read_text(encoding="utf-8").splitlines()[0].split(",") == header
    assert "no errors, no warnings" in run("check", "--data", sample_folder).output


def test_an_edition_is_removed_and_the_last_one_left_is_current(sample_folder: Path) -> None:
    before = (sample_folder / "editions.csv").read_bytes()
    assert run("edition", "new", "2026", "--as-of", "2027-06-30", "--data", sample_folder).exit_code == 0
    done = run("edition", "remove", "2026", "--data", sample_folder)
    assert done.output.splitlines() == [
        "Edition 2026 is removed; 2025 is the current one.",
        f"To take its pages off a site: qualitybook publish DIR --withdraw 2026 --data {sample_folder}",
    ]
    assert (sample_folder / "editions.csv").read_bytes() == before
    for name in ("2025", "2024"):
        assert run("edition", "remove", name, "--data", sample_folder).exit_code == 0
    assert "is the only one" in run("edition", "remove", "2023", "--data", sample_folder).stderr


def test_the_notebook_for_exploring_runs_and_moves_a_verdict(sample_folder: Path, tmp_path: Path) -> None:
    path = ROOT / "notebooks/explore.ipynb"
    parameters = {"DATA": str(sample_folder), "EDITION": "2025", "TARGET": "research"}
    made: nbformat.NotebookNode = papermill.execute_notebook(
        path, tmp_path / "out.ipynb", parameters, progress_bar=False
    )
    outputs = [
        "".join(output.get("data", {}).get("text/plain", ""))
        for cell in made.cells
        for output in cell.get("outputs", [])
    ]
    (table,) = [text for text in outputs if "next value (invented)" in text]
    assert "not met" in table
    assert "awaiting publication" in table or "met (level" in table
