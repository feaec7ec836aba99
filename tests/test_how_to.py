"""The guides that change the code, followed to the letter on a copy of the project."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from babel.messages.pofile import read_po, write_po
from small_project import CALL, write_project, write_template
from synthetic import evidence_tables, observation, write_evidence

from qualitybook.evidence import schema
from qualitybook.report import i18n

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^ *```([a-z]+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\d\. `([^`]+)`.*?```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TRANSLATED = {"Summary": "Résumé", "Methods": "Méthodes", "Published figures": "Chiffres publiés"}
Done = subprocess.CompletedProcess[str]


def guide(name: str, language: str) -> list[str]:
    """Return what stands in the blocks of one language in a guide."""
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")
    return [body for found, body in FENCE.findall(text) if found == language]


def copied(folder: Path) -> Path:
    """Return a copy of the project's code, with a small project's pages and evidence."""
    for name in ("src", "tools"):
        # What is compiled of the code holds for the copy's, whose files are as old.
        shutil.copytree(ROOT / name, folder / name)
    return write_project(folder)


def run(folder: Path, *command: str) -> Done:
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


def add_language(copy: Path) -> Done:
    """Follow the guide to a language, and return what the program said that lists what is not translated."""
    package = copy / "src" / "qualitybook"
    for path, line in zip(("evidence/schema.py", "report/i18n.py"), guide("add-a-language", "python"), strict=True):
        add_entry(package / path, "LANGUAGES", line.replace("   ", "", 1))
    for path in [package / "evidence" / "units.csv", *(copy / "data").rglob("*.csv")]:
        add_columns(path)
    book = copy / "data" / "book.toml"
    book.write_text(re.sub(r'(?m)^en = "(.*)"$', r'\g<0>\nfr = "\1 (fr)"', book.read_text("utf-8")), encoding="utf-8")
    shutil.copytree(copy / "book" / "en", copy / "book" / "fr")

    messages = run(copy, "tools/messages.py")
    path = package / "report" / "locale" / "fr" / "LC_MESSAGES" / "qualitybook.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="fr")
    for message, text in TRANSLATED.items():
        catalog[message].string = text
    with path.open("wb") as file:
        write_po(file, catalog)
    return messages


def add_form(copy: Path) -> None:
    """Follow the guide to an output form."""
    module, row = guide("add-an-output-form", "python")
    package = copy / "src" / "qualitybook" / "publish"
    (package / "plain_text.py").write_text(module, encoding="utf-8")
    add_entry(package / "forms.py", "FORMS", row)
    config = copy / "_config.yml"
    line = guide("add-an-output-form", "yaml")[0]
    changed = re.sub(r"(?m)^  extra_extensions: .*\n", line, config.read_text(encoding="utf-8"))
    assert changed != config.read_text(encoding="utf-8")
    config.write_text(changed, encoding="utf-8")


def cells_of(text: str) -> list[nbformat.NotebookNode]:
    """Return the cells that the guide writes one after the other, each after its kind and tags."""
    cells = []
    for block in text.split("# %% ")[1:]:
        head, _, source = block.strip().partition("\n")
        kind, *tags = head.split()
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        cells.append(new(source, metadata={"tags": tags} if tags else {}))
    return cells


def add_page(copy: Path) -> None:
    """Follow the guide to a page."""
    steps = dict(STEP.findall((ROOT / "docs/how-to/add-a-notebook.md").read_text(encoding="utf-8")))
    assert len(steps) <= 4
    notebook, pages, contents, words = steps.values()
    write_template(copy, Path(next(iter(steps))).stem, cells_of(notebook))
    toc = copy / "_toc.yml"
    toc.write_text(toc.read_text(encoding="utf-8").replace("      - file: peers\n", f"      - file: peers\n{contents}"))
    code = copy / list(steps)[1]
    text = code.read_text(encoding="utf-8")
    before = '        _single("peers",'
    assert text.count(before) == 1
    code.write_text(text.replace(before, pages + before), encoding="utf-8")
    catalog = copy / list(steps)[3]
    catalog.write_text(catalog.read_text(encoding="utf-8") + "\n" + words, encoding="utf-8")


@dataclass(frozen=True)
class Book:
    """A copy in which several guides have been followed, and what its programs said."""

    copy: Path
    messages: Done
    checked: Done
    alone: Done
    built: Done

    @property
    def site(self) -> Path:
        """The site's folder of the edition."""
        return self.copy / "_site" / "2025"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The guides that do not disturb one another are followed in one book: a build takes long."""
    copy = copied(tmp_path_factory.mktemp("copy") / "project")
    messages = add_language(copy)
    add_form(copy)
    add_page(copy)
    checked = run(copy, "-c", CALL, "check")
    alone = run(copy, "-c", CALL, "build", "--lang", "en", "--text", "--jobs", "2")
    built = run(copy, "-c", CALL, "build", "--html", "--text", "--jobs", "2")
    return Book(copy, messages, checked, alone, built)


def test_a_language_added_by_the_guide_is_spoken_by_a_book(book: Book) -> None:
    units = book.copy / "src" / "qualitybook" / "evidence" / "units.csv"
    assert units.read_text(encoding="utf-8").startswith(guide("add-a-language", "csv")[0].strip())
    assert "fr: not translated: 'Summary'" in book.messages.stdout
    assert book.checked.returncode == 0, book.checked.stdout + book.checked.stderr
    assert book.built.returncode == 0, book.built.stderr
    site = book.site / "fr"
    first = (site / "summary.html").read_text(encoding="utf-8")
    assert 'lang="fr"' in first
    page = (site / "indicators" / "goods_pass_rate.html").read_text(encoding="utf-8")
    assert all(text in first + page for text in TRANSLATED.values())
    assert "<h1>Pass rate of goods (fr)" in page


def test_an_output_form_added_by_the_guide_is_built_and_offered(book: Book) -> None:
    assert book.alone.returncode == 0, book.alone.stderr
    text = book.copy / "_build" / "2025" / "en" / "text" / "sample-book-2025-en.txt"
    assert book.alone.stdout.splitlines() == [f"TXT: {text.relative_to(book.copy)}"]
    assert "Evidence levels" in text.read_text(encoding="utf-8")
    assert book.built.returncode == 0, book.built.stderr
    site = book.site / "en"
    assert (site / text.name).read_bytes() == text.read_bytes()
    link = f'href="{text.name}" type="text/plain">TXT</a>'
    assert (site / "summary.html").read_text(encoding="utf-8").count(link) == 2
    assert f'href="2025/en/{text.name}"' in (book.site.parent / "editions.html").read_text(encoding="utf-8")


def test_a_page_added_by_the_guide_is_in_the_book_in_both_languages(book: Book) -> None:
    assert book.built.returncode == 0, book.built.stderr
    for lang, told in {"zh": ("各地目标数", "目标数", "地区"), "en": ("Goals by place", "Goals set", "Place")}.items():
        page = (book.site / lang / "places.html").read_text(encoding="utf-8")
        assert [word for word in told if word not in page] == []
        assert "region_id" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)


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
    print(" ".join(Sheets(Voice(lang, seen)).sheet("research_intensity").text.split()))
"""


def test_a_kind_of_indicator_added_by_the_guide_is_forecast_and_named(tmp_path: Path) -> None:
    copy = copied(tmp_path / "project")
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
