"""A character that no face of the book has is found in the texts, with its place, before any page is made."""

from __future__ import annotations

import io
import os
import re
import warnings
from pathlib import Path

import pypdf
import pytest
import typst
from click.testing import CliRunner

from qualitybook import cli
from qualitybook.errors import EvidenceError, Problem
from qualitybook.evidence.check import read_folder
from qualitybook.publish.characters import lacking_everywhere, lacking_in_print, refuse_undrawable, undrawable
from qualitybook.publish.layout import Project
from qualitybook.publish.typst.text import FONT_FOLDERS, markup
from qualitybook.report import theme

RARE = "𠮷㛃𬭎𡃁"
"""Rare characters of names, of extension B those in use in Japan, Hong Kong and Taiwan."""
NOWHERE = "\U00020001"
"""A character of extension B that no face of the book has."""


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def places(problems: list[Problem]) -> list[tuple[str, int | None, str, str]]:
    return [(problem.file, problem.row, problem.column, problem.found) for problem in problems]


def test_what_can_be_drawn_is_not_complained_of(sample_folder: Path) -> None:
    put(sample_folder / "indicators.csv", "Research intensity", f"PM₂.₅ and R&D {RARE}")
    assert undrawable(sample_folder, read_folder(sample_folder)) == []
    assert lacking_everywhere(f"{RARE}PM₂.₅ ⁴ m² ≤≥±−℃‰①⿱土口ẞŁ\u00a0\u200b") == frozenset()


@pytest.mark.parametrize("character", [NOWHERE, "\u2705", "\ud55c", "\U000f0000"])
def test_tables_titles_and_pages_are_read(sample_folder: Path, tmp_path: Path, character: str) -> None:
    put(sample_folder / "indicators.csv", "Research intensity", f"Research {character}{character} intensity")
    put(sample_folder / "sources.csv", "质量方案", f"质量方案{character}")
    put(sample_folder / "book.toml", 'en = "', f'en = "{character}')
    (sample_folder / "book" / "en").mkdir(parents=True)
    (sample_folder / "book" / "en" / "preface.md").write_text(f"# A\n\nB {character}\n", encoding="utf-8")
    (tmp_path / "book" / "zh").mkdir(parents=True)
    (tmp_path / "book" / "zh" / "methods.md").write_text(f"{character}\n", encoding="utf-8")
    found = undrawable(sample_folder, read_folder(sample_folder), Project(tmp_path))
    named = found[0].found
    assert named.startswith(f"{character} U+{ord(character):04X}")
    assert sorted(places(found)) == sorted(
        [
            ("indicators.csv", line_of(sample_folder / "indicators.csv", character), "name_en", named),
            ("sources.csv", line_of(sample_folder / "sources.csv", character), "title", named),
            ("book.toml", line_of(sample_folder / "book.toml", character), "title.en", named),
            ("book/en/preface.md", 3, "", named),
            (f"{(tmp_path / 'book').as_posix()}/zh/methods.md", 1, "", named),
        ]
    )
    with pytest.raises(EvidenceError, match=f"no font of the book has {character}"):
        refuse_undrawable(sample_folder, Project(tmp_path))


def test_check_names_the_row_and_the_character(sample_folder: Path) -> None:
    put(sample_folder / "sources.csv", "质量方案", f"质量方案{NOWHERE}")
    result = CliRunner().invoke(cli.main, ["check", "--data", str(sample_folder)])
    assert result.exit_code == 1
    assert (
        f"sources.csv:{line_of(sample_folder / 'sources.csv', NOWHERE)} [title]: found '{NOWHERE} U+20001'"
        in result.output
    )
    assert f"no font of the book has {NOWHERE}" in result.output


def test_no_message_holds_a_control_character(sample_folder: Path) -> None:
    put(sample_folder / "sources.csv", "质量方案", "质量方案\x9b2J\x85")
    found = undrawable(sample_folder, read_folder(sample_folder))
    assert ["no font of the book has U+009B" in found[0].allowed, len(found)] == [True, 2]
    assert all(problem.allowed.isprintable() for problem in found)


def test_figures_draw_rare_characters_and_subscripts(tmp_path: Path) -> None:
    with warnings.catch_warnings(), theme.use_theme("zh"):
        warnings.simplefilter("error")
        figure = theme.new_figure(20)
        figure.text(0.1, 0.5, f"PM₂.₅ {RARE}")
        figure.savefig(tmp_path / "rare.svg")
    drawn = (tmp_path / "rare.svg").read_text(encoding="utf-8")
    faces = ("NotoSansSC-Regular", "NotoSansTC-Regular", "NotoSansJP-Regular", "DejaVuSans")
    used = [face for face, _ in re.findall(r'xlink:href="#([\w-]+)-([0-9a-f]+)"', drawn)]
    assert set(used) == set(faces)
    assert used.count("DejaVuSans") == len("₂₅")


def test_the_pdf_prints_rare_characters_and_subscripts() -> None:
    families = '("Noto Serif SC", "Noto Serif TC", "Noto Serif JP")'
    source = f"#set text(font: {families})\n{markup(f'PM₂.₅{RARE}')}"
    pdf = typst.compile(source.encode(), format="pdf", font_paths=FONT_FOLDERS, ignore_system_fonts=True)
    assert pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text() == f"PM₂.₅{RARE}"
    assert lacking_in_print(RARE) == frozenset()


def test_settings_with_a_mark_are_looked_through_and_a_pipe_is_not_waited_for(sample_folder: Path) -> None:
    settings = sample_folder / "book.toml"
    put(settings, "Sample", NOWHERE)
    settings.write_bytes(b"\xef\xbb\xbf" + settings.read_bytes())
    assert [problem.file for problem in undrawable(sample_folder, read_folder(sample_folder))] == ["book.toml"]
    settings.unlink()
    os.mkfifo(settings)
    assert not undrawable(sample_folder, read_folder(sample_folder))
