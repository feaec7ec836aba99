"""The page of the summary: text and picture agree on their sizes, however much of it there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from typst_book import build, write_page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="330"><rect width="600" height="330"/></svg>'
LINE = "- What is known of a goal, from which publication, and how likely it is to be met in its year.\n"


@pytest.mark.parametrize("lines", range(16, 30, 2))
def test_the_picture_of_a_summary_of_any_length_finds_its_size(tmp_path: Path, lines: int) -> None:
    text = "# Summary\n\n" + LINE * lines + "\n## Distance\n\n:::{figure} /rate.svg\n:alt: A rate\n\nA rate.\n:::\n"
    folder = write_page(tmp_path / "book", text + "\n## Others\n\nThe end.\n")
    (folder / "rate.svg").write_text(SVG, encoding="utf-8")
    with (folder / "conf.py").open("a", encoding="utf-8") as settings:
        settings.write('typst_summary_sections = 1\nmyst_enable_extensions = ["colon_fence"]\n')
    assert build(folder, folder / "out").is_file()
