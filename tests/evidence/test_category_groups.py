"""The table of groups of categories: optional, keyed to the indicators, one name a group."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import Row, evidence_tables, write_evidence

from qualitybook.evidence import load
from qualitybook.evidence.check import check


def rows(**cells: str) -> list[Row]:
    """Return the sample's rows, the second one changed."""
    first, second = evidence_tables()["category_groups"]
    return [first, {**second, **cells}]


def test_the_table_is_optional(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path / "data", category_groups=None)
    assert check(folder) == []
    assert load(folder).category_groups.empty


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"category_id": "goods_pass_rate"}, "category_id", "category_of_itself"),
        ({"category_id": "toys_share_passed"}, "indicator_id+category_id", "key_repeated"),
        ({"category_id": "unknown_rate"}, "category_id", "key_unknown"),
        ({"indicator_id": "unknown_rate"}, "indicator_id", "key_unknown"),
        ({"group": "toys", "name_zh": "玩具"}, "name_en", "group_named_twice"),
        ({"group": "toys", "name_en": "toys"}, "name_zh", "group_named_twice"),
        ({"group": ""}, "group", "cell"),
    ],
)
def test_a_wrong_row_is_one_problem(tmp_path: Path, cells: Row, column: str, code: str) -> None:
    problems = check(write_evidence(tmp_path / "data", category_groups=rows(**cells)))
    assert [(item.file, item.row, item.column, item.code) for item in problems] == [
        ("category_groups.csv", 3, column, code)
    ]


def test_two_categories_may_share_a_group(tmp_path: Path) -> None:
    changed = rows(group="toys", name_zh="玩具", name_en="toys")
    assert check(write_evidence(tmp_path / "data", category_groups=changed)) == []
