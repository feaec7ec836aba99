"""Programs that this one starts are handed their environment, which another thread may be changing."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "qualitybook"
STARTING = {"subprocess.run", "subprocess.Popen", "subprocess.check_output", "subprocess.check_call"}


def test_each_is_given_its_environment() -> None:
    inherited = {
        f"{path.relative_to(PACKAGE).as_posix()}: {ast.unparse(node.func)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in STARTING
        if not any(keyword.arg == "env" for keyword in node.keywords)
    }
    assert inherited == set()
