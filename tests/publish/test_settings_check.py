"""Settings and contents that Jupyter Book could not read are refused before a page is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitybook.errors import RefusedError
from qualitybook.publish.layout import check_settings

ROOT = Path(__file__).parents[2]
GOOD = "format: jb-book\nroot: summary\nparts:\n  - caption: One\n    chapters:\n      - file: a\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("_toc.yml", GOOD.replace("    chapters", "  - chapters"), "_toc.yml: entry not a mapping containing"),
        ("_toc.yml", GOOD.replace("root: summary\n", ""), "_toc.yml: .*'root'"),
        ("_toc.yml", GOOD + "\tx: 1\n", "_toc.yml, line 7: .*correct it"),
        ("_toc.yml", "", "_toc.yml: found NoneType; allowed: names with values"),
        ("_config.yml", "a: [1\nb: 2\n", r"_config.yml, line \d: .*correct it"),
        ("_config.yml", "- a\n", "_config.yml: found list; allowed"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    files = {"_config.yml": "title: x\n", "_toc.yml": GOOD, name: text}
    for each, content in files.items():
        (tmp_path / each).write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        check_settings(tmp_path / "_config.yml", tmp_path / "_toc.yml")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_bytes("title: 质量\n".encode("gb18030"))
    with pytest.raises(RefusedError, match="is not UTF-8; write it as UTF-8"):
        check_settings(tmp_path / "_config.yml", ROOT / "_toc.yml")


def test_the_project_s_own_files_pass() -> None:
    check_settings(ROOT / "_config.yml", ROOT / "_toc.yml")
