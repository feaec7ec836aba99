"""The guide to a new kind of goal, followed on a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from synthetic import evidence_tables, write_evidence

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "how-to" / "add-a-kind-of-goal.md"
SHOW = """
import sys
from datetime import date
import qualitybook
from qualitybook.analysis.assess import assess_targets
from qualitybook.evidence.catalog import load
from qualitybook.report.i18n import Words
from qualitybook.report.narrative import goal_text
catalog = load(sys.argv[1])
for day in (date(2025, 6, 30), date(2030, 6, 30)):
    item = next(item for item in assess_targets(catalog, day) if item.target_id == "centres")
    print(item.verdict.state, item.verdict.reason)
print(goal_text(Words("en"), item.verdict.goal, "", catalog.unit("count")))
print(qualitybook.__file__)
"""


def test_a_kind_of_goal_added_as_the_guide_says_is_judged_and_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "qualitybook", tmp_path / "src" / "qualitybook")
    for path, lines in re.findall(r"`(src/\S+\.py)`: .+?```python\n(.+?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        file = tmp_path / path
        added = "".join(f"    {line.strip()}\n" for line in lines.strip().splitlines())
        before, found, after = file.read_text("utf-8").partition(_start_of_rules(file))
        assert found
        file.write_text(before + found + added + after, "utf-8")
    tables = evidence_tables()
    targets, indicators = tables["targets"], tables["indicators"]
    next(row for row in indicators if row["indicator_id"] == "test_centres")["better"] = "lower"
    next(row for row in targets if row["target_id"] == "centres")["rule"] = "count_decrease"
    folder = write_evidence(tmp_path / "data", targets=targets, indicators=indicators)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, folder], env=environment, capture_output=True, text=True, check=True
    )
    open_state, over, told, origin = done.stdout.splitlines()
    assert Path(origin).is_relative_to(tmp_path)
    assert told.startswith("fewer than in 2022")
    assert open_state.split()[0] in {"open", "cannot_judge"}
    assert over.split()[0] in {"met", "not_met", "never_published"}


def _start_of_rules(file: Path) -> str:
    found = re.search(r"^RULES.* = \{\n", file.read_text("utf-8"), re.MULTILINE)
    assert found
    return found.group()
