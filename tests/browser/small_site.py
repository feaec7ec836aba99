"""A small book on the real templates: the sample city's invented evidence, with what must do nothing planted in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from filelock import FileLock
from small_project import ROOT, build_here
from synthetic import evidence_tables, write_evidence

SCRIPT = '<script>document.title = "planted"</script>'
PICTURE = '<img src="https://planted.example/x.png" onerror="document.title = \'planted\'">'
MARKDOWN = "[planted](javascript:alert(1)) `code` **bold** {cite}`nowhere` $x^2$ <!-- gone -->"
FORMULA = '=HYPERLINK("https://planted.example/","planted")'
COMMAND = "+cmd|' /C calc'!A0"
SUM = "@SUM(1+1)"
PLANTED = (SCRIPT, PICTURE, MARKDOWN, FORMULA, COMMAND, SUM)
WITH_THE_REAL_BOOK = {
    ("base", "lang"): {("http", "en"), ("file", "zh")},
    ("shelf_base", "lang"): {("http", "en"), ("file", "zh")},
    ("scheme", "width"): {("light", 1400), ("dark", 390), ("light", 320)},
}
"""What of each two parameters is left to ``make test-all``, by their names: the small book is read from a server in
Chinese and from a folder in English, and by axe at each width in one theme."""


def planted_tables() -> dict[str, list[dict[str, str]]]:
    """Return the sample city's tables with the planted texts wherever people write words."""
    tables = evidence_tables()
    observations, indicators, sources = tables["observations"], tables["indicators"], tables["sources"]
    for place, text in enumerate(PLANTED):
        # The latest years, whose notes are printed.
        observations[12 - place] |= {"note_zh": f"注{text}", "note_en": f"Note {text}"}
    indicators[1] |= {"name_zh": f"研发投入强度{SCRIPT}", "name_en": f"Research intensity {SCRIPT}"}
    indicators[0] |= {"definition_zh": f"定义{PICTURE}", "definition_en": f"Definition {PICTURE}"}
    indicators[0] |= {"comparability_zh": MARKDOWN, "comparability_en": MARKDOWN}
    indicators[2] |= {"name_zh": FORMULA, "name_en": FORMULA}
    sources[4] |= {"title": f"样例市年鉴2026{SCRIPT}{MARKDOWN}"}
    sources[5] |= {"title": COMMAND}
    tables["tasks"][1] |= {"name_zh": f"加强研究{PICTURE}", "name_en": f"More research {PICTURE}"}
    tables["targets"][1] |= {
        "statement_zh": f"研发投入强度持续提高{SCRIPT}",
        "statement_en": f"Research intensity keeps rising {SCRIPT}",
        "interpretation_zh": SUM,
        "interpretation_en": SUM,
    }
    tables["gaps"][0] |= {"missing_zh": f"{FORMULA}；市统计局。", "missing_en": f"{FORMULA}; Statistics Bureau."}
    tables["regions"][3] |= {"name_zh": f"邻市{SCRIPT}", "name_en": f"Neighbour City {SCRIPT}"}
    return tables


def write_project(folder: Path) -> Path:
    """Write a project with the real settings, templates and authored pages, and the planted evidence."""
    write_evidence(folder / "data", **planted_tables())
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("book", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def shared_site(folder: Path) -> Path:
    """Return the site, which the first worker that asks for it builds."""
    with FileLock(folder / "site.lock"):
        site = folder / "project" / "_site"
        if not site.is_dir():
            project = write_project(folder / "project")
            result = build_here(project)
            assert result.exit_code == 0, result.stderr
    return site


def site_to_read() -> Path | None:
    """Return the site that ``make test-all`` names, if one is named."""
    named = os.environ.get("QUALITYBOOK_SITE")
    return Path(named).resolve() if named else None
