"""The guides that change the code, followed to the letter on a copy of the project."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from small_project import CALL, write_project
from synthetic import evidence_tables, observation, write_evidence

from qualitybook.evidence import schema
from qualitybook.report import i18n

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^ *```([a-z]+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
TRANSLATED = {"Summary": "Résumé", "Methods": "Méthodes", "Published figures": "Chiffres publiés"}


def guide(name: str, language: str) -> list[str]:
    """Return what stands in the blocks of one language in a guide."""
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")
    return [body for found, body in FENCE.findall(text) if found == language]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's code, with a small project's pages and evidence."""
    folder = tmp_path / "project"
    hidden = shutil.ignore_patterns("__pycache__")
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=hidden)
    return write_project(folder)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the code of a copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def add_entry(path: Path, table: str, line: str) -> None:
    """Add a line at the end of a dictionary that stands at the top of a module."""
    text = path.read_text(encoding="utf-8")
    pattern = rf"(?ms)^({table}(?:: [^\n]+)? = \{{\n.*?)^\}}"
    changed = re.sub(pattern, lambda found: f"{found[1]}{line}}}", text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def add_columns(path: Path) -> None:
    """Give a table the columns of French, each beside the English one, with marked English words in it."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    header = []
    for name in names:
        header.append(name)
        # Of the two English texts of a unit one is for English only.
        if name.endswith("_en") and name != "one_en":
            header.append(f"{name[:-3]}_fr")
    for row in rows:
        row.update({name: row[f"{name[:-3]}_en"] for name in header if name not in row})
        row.update({"name_fr": f"{row['name_en']} (fr)"} if "name_fr" in header else {})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_languages_of_the_evidence_are_those_that_there_are_words_in() -> None:
    assert list(schema.LANGUAGES) == list(i18n.LANGUAGES)


def test_a_language_added_by_the_guide_is_spoken_by_a_book(copy: Path) -> None:
    package = copy / "src" / "qualitybook"
    for path, line in zip(("evidence/schema.py", "report/i18n.py"), guide("add-a-language", "python"), strict=True):
        add_entry(package / path, "LANGUAGES", line.replace("   ", "", 1))
    for path in [package / "evidence" / "units.csv", *(copy / "data").rglob("*.csv")]:
        add_columns(path)
    assert (
        (package / "evidence" / "units.csv")
        .read_text(encoding="utf-8")
        .startswith(guide("add-a-language", "csv")[0].strip())
    )
    book = copy / "data" / "book.toml"
    book.write_text(re.sub(r'(?m)^en = "(.*)"$', r'\g<0>\nfr = "\1 (fr)"', book.read_text("utf-8")), encoding="utf-8")
    shutil.copytree(copy / "book" / "en", copy / "book" / "fr")

    messages = run(copy, "tools/messages.py")
    assert "fr: not translated: 'Summary'" in messages.stdout
    path = package / "report" / "locale" / "fr" / "LC_MESSAGES" / "qualitybook.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="fr")
    for message, text in TRANSLATED.items():
        catalog[message].string = text
    with path.open("wb") as file:
        write_po(file, catalog)

    checked = run(copy, "-c", CALL, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    built = run(copy, "-c", CALL, "build", "--lang", "fr", "--html", "--jobs", "2")
    assert built.returncode == 0, built.stderr
    site = copy / "_site" / "2025" / "fr"
    first = (site / "summary.html").read_text(encoding="utf-8")
    assert 'lang="fr"' in first
    page = (site / "indicators" / "goods_pass_rate.html").read_text(encoding="utf-8")
    assert all(text in first + page for text in TRANSLATED.values())
    assert "<h1>Pass rate of goods (fr)" in page


def test_an_output_form_added_by_the_guide_is_built_and_offered(copy: Path) -> None:
    module, row = guide("add-an-output-form", "python")
    package = copy / "src" / "qualitybook" / "publish"
    (package / "plain_text.py").write_text(module, encoding="utf-8")
    add_entry(package / "forms.py", "FORMS", row)
    config = copy / "_config.yml"
    line = guide("add-an-output-form", "yaml")[0]
    changed = re.sub(r"(?m)^  extra_extensions: .*\n", line, config.read_text(encoding="utf-8"))
    assert changed != config.read_text(encoding="utf-8")
    config.write_text(changed, encoding="utf-8")

    alone = run(copy, "-c", CALL, "build", "--lang", "en", "--text", "--jobs", "2")
    assert alone.returncode == 0, alone.stderr
    text = copy / "_build" / "2025" / "en" / "text" / "sample-book-2025-en.txt"
    assert alone.stdout.splitlines() == [f"TXT: {text.relative_to(copy)}"]
    assert "Evidence levels" in text.read_text(encoding="utf-8")

    built = run(copy, "-c", CALL, "build", "--lang", "en", "--html", "--text", "--jobs", "2")
    assert built.returncode == 0, built.stderr
    site = copy / "_site" / "2025" / "en"
    assert (site / text.name).read_bytes() == text.read_bytes()
    link = f'href="{text.name}" type="text/plain">TXT</a>'
    assert (site / "summary.html").read_text(encoding="utf-8").count(link) == 2
    assert f'href="2025/en/{text.name}"' in (copy / "_site" / "editions.html").read_text(encoding="utf-8")


SHOW = """
import sys
from qualitybook.evidence.catalog import load
from qualitybook.analysis.library import forecast, series
from qualitybook.report.indicators import Sheets
from qualitybook.report.voice import Voice
seen = load(sys.argv[1]).as_of("2026-06-30")
found = series(seen, "research_intensity", "sample_city")
print(found.n, forecast(seen, found, 2027) is not None)
for lang in ("en", "zh"):
    (draft,) = [draft for draft in Sheets(Voice(lang, seen)).drafts() if draft.indicator_id == "research_intensity"]
    print(" ".join(draft.sheet().text.split()))
"""


def test_a_kind_of_indicator_added_by_the_guide_is_forecast_and_named(copy: Path) -> None:
    package = copy / "src" / "qualitybook"
    rows = guide("add-a-kind-of-indicator", "python")
    for path, row in zip(("evidence/schema.py", "report/labels.py"), rows, strict=True):
        file = package / path
        before, found, after = re.split(r"(?m)^(KINDS.* = \{\n)", file.read_text(encoding="utf-8"))
        file.write_text(before + found + f"    {row.strip()}\n" + after, encoding="utf-8")
    (words,) = guide("add-a-kind-of-indicator", "po")
    catalog = package / "report/locale/zh/LC_MESSAGES/qualitybook.po"
    catalog.write_text(f"{catalog.read_text(encoding='utf-8')}\n{re.sub('(?m)^ +', '', words)}", encoding="utf-8")

    made = copy / "made"
    indicators = evidence_tables()["indicators"]
    row = next(row for row in indicators if row["indicator_id"] == "research_intensity")
    row.update(kind="duration", subkind="", year_from="", lower="", upper="")
    years = [
        observation("research_intensity", "sample_city", str(year), f"{year - 2010}.5", "yearbook-2025")
        for year in range(2015, 2025)
    ]
    shown = run(copy, "-c", SHOW, str(write_evidence(made, indicators=indicators, observations=years)))
    assert shown.returncode == 0, shown.stderr
    figures, english, chinese = shown.stdout.splitlines()
    assert figures == "10 True"
    assert "duration" in english
    assert "时长" in chinese

    years[0]["value"] = "-1"
    refused = run(
        copy, "-c", CALL, "check", "--data", str(write_evidence(made, indicators=indicators, observations=years))
    )
    assert refused.returncode == 1
    assert "a duration" in refused.stdout
