"""The edition on one page and on six slides: what they take of the pages, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest
from accessible import faults
from typst_book import SETTINGS, SOURCE, SVG, build

from qualitybook.report.i18n import LANGUAGES

LINE = "| {0} | [某目标 Goal {0}](#other) | 98.{0}%（2023年） {{cite}}`first` | 98.5% | 某局 Bureau：数 |\n"
LINES = "".join(LINE.format(number) for number in range(1, 11))
WHEN = """\
# When

:::{container} asked

| No. | Question | Whom |
|--:|:--|:--|
| 1 | 请提供2025年的数 | 某局 Bureau |

:::

:::{container} ahead

| No. | Awaited | Office | Most likely in | Issues |
|--:|:--|:--|:--|:--|
""" + "".join(f"| {number} | Figure {number} | Bureau | Yearbook | March |\n" for number in range(1, 12))
SUMMARY = f"""\
# Summary

::::{{container}} tally
:::{{container}} tile
**7**

met
:::
::::

:::{{container}} minute

- 一句话 One sentence {{cite}}`first`.
- Another one[^1].

:::

[^1]: A footnote.

:::{{container}} lines

| No. | Goal | Nearest figure | Asked for | Who can settle it |
|--:|:--|:--|:--|:--|
{LINES}

:::

::::{{container}} distance
:::{{figure-md}} fig-distance
![Ten goals](rate.svg)

How far. Sources: {{cite}}`first`. Nothing else.
:::
::::

:::{{container}} moved

- Goal 4 moved.

:::

(other)=
## Other

Not in short.

```{{bibliography}}
```

```{{toctree}}
when
how-to-read
```
"""


def write(folder: Path, code: str, text: str = SUMMARY) -> Path:
    source = folder / "source"
    source.mkdir()
    files = {
        "conf.py": SETTINGS.format(sphinx=LANGUAGES[code].sphinx),
        "references.bib": SOURCE.replace("LANG", code),
        "summary.md": text,
        "rate.svg": SVG,
        "when.md": f"{WHEN}\n:::\n",
        "how-to-read.md": "# How to read\n\n:::{container} method\n\nBy direct figures only.\n:::\n",
    }
    for name, content in files.items():
        (source / name).write_text(content, encoding="utf-8")
    return source


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_brief_is_one_page_with_all_goals(tmp_path: Path, code: str) -> None:
    path = build(write(tmp_path, code), tmp_path / "out", "typst-brief")
    (page,) = pages(path)
    assert all(f"Goal {number}" in page for number in range(1, 11))
    assert "One sentence" in page
    assert "[1]" not in page
    assert "Not in short" not in page
    assert faults(path) == []
    first = pypdf.PdfReader(path).pages[0]
    assert (round(first.mediabox.width), round(first.mediabox.height)) == (595, 842)


@pytest.mark.parametrize("code", LANGUAGES)
def test_there_are_six_slides_twice_as_wide_as_nearly_high(tmp_path: Path, code: str) -> None:
    path = build(write(tmp_path, code), tmp_path / "out", "typst-slides")
    shown = pages(path)
    assert len(shown) == 6
    assert "7" in shown[0]
    assert re.search(r"How far\. Nothing else\.", shown[1])
    assert "Goal 4 moved" in shown[2]
    assert "某局" in shown[3]
    assert "March" in shown[4]
    assert "Yearbook" not in shown[4]
    assert "Figure 8" in shown[4]
    assert "Figure 9" not in shown[4]
    assert re.search("And 3 more|另有 ?3 ?项", shown[4])
    assert "direct figures" in shown[5]
    assert faults(path) == []
    ratios = {round(page.mediabox.width / page.mediabox.height, 2) for page in pypdf.PdfReader(path).pages}
    assert ratios == {1.78}


def test_the_brief_follows_the_cover_of_the_whole_book(tmp_path: Path) -> None:
    shown = pages(build(write(tmp_path, "en"), tmp_path / "out"))
    assert all(f"Goal {number}" in shown[1] for number in range(1, 11))
    assert "About this edition" in shown[2]


def test_a_long_brief_is_set_smaller_not_longer(tmp_path: Path) -> None:
    long = SUMMARY.replace("数 |", "一个说得很长很长的数，要占好几行才说得完" * 40 + " |")
    assert len(pages(build(write(tmp_path, "zh", long), tmp_path / "out", "typst-brief"))) == 1


def test_the_printed_forms_of_one_reading_are_what_each_is_alone(tmp_path: Path) -> None:
    source, forms = write(tmp_path, "zh"), ["typst-brief", "typst-slides"]
    with (source / "conf.py").open("a", encoding="utf-8") as settings:
        settings.write(f"typst_forms = {forms}\n")
    build(source, tmp_path / "together", "typst-forms")
    for form in forms:
        alone = build(source, tmp_path / form, form)
        assert (tmp_path / "together" / form / "book.pdf").read_bytes() == alone.read_bytes()
