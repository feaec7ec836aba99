"""tools/measures.py on a made package of which everything was counted by hand."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOL = runpy.run_path(str(ROOT / "tools" / "measures.py"))
LONG = "def long():\n" + "    print()\n" * 60
FILES = {
    # Hands on what stands in b: counted once, there.
    "__init__.py": "from madehouse.b import Shown\n",
    "a.py": (
        "from madehouse import Shown, rooms\nfrom madehouse.rooms import door as way\n\n\n"
        "def one():\n    rooms.door()\n    return way, rooms.window\n\n\ndef _own():\n    pass\n"
    ),
    "b.py": "import re\n\n\nclass Shown:\n    def method(self):\n        from madehouse import c\n\n        c.used()\n",
    "c.py": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .b import Shown\n\nVALUE = 1\n\n\n"
        'def used():\n    """Say."""\n\n\ndef unused():\n    pass\n'
    ),
    "rooms/__init__.py": "def door():\n    pass\n\n\nasync def window():\n    pass\n\n\n" + LONG,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], dict[str, list[str]]]:
    source = tmp_path_factory.mktemp("source")
    for name, text in FILES.items():
        path = source / "madehouse" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(source))
        return TOOL["measures"](source, "madehouse")


def test_everything_is_counted(made: tuple[dict[str, int], dict[str, list[str]]]) -> None:
    assert made[0] == {
        "lines": 1 + 11 + 8 + 14 + 69,
        "files": 5,
        # one; Shown; used, unused; door, window, long
        "public names": 7,
        # Shown, used, door, window
        "names that other modules import": 4,
        "circles of imports": 1,
        # 61, 4, 3, 2, 2, 2, 2, 2
        "functions": 8,
        "lines of a function, median": 2,
        "lines of a function, 90% are shorter than": 61,
        "lines of the longest function": 61,
        "functions of over 60 lines": 1,
    }


def test_what_misses_a_goal_is_named(made: tuple[dict[str, int], dict[str, list[str]]]) -> None:
    shown = made[1]
    # Imports within functions and those for types close circles too.
    assert shown["circles of imports"] == ["madehouse.b <-> madehouse.c"]
    assert shown["functions of over 60 lines"] == ["madehouse.rooms.long 61"]
    assert shown["public names"] == ["madehouse.a.one", "madehouse.c.unused", "madehouse.rooms.long"]


def test_each_measure_stands_beside_its_goal(made: tuple[dict[str, int], dict[str, list[str]]]) -> None:
    lines = list(TOOL["table"](*made))
    assert next(line for line in lines if line.startswith("files")).split() == [
        "files",
        "5",
        "at",
        "most",
        "125",
        "held",
    ]
    assert sum(line.endswith(" missed") for line in lines) == 2
    assert set(TOOL["GOALS"]) <= set(made[0])


def test_a_median_above_its_goal_is_not_rounded_down() -> None:
    counted = {"lines of a function, median": 8.5}
    assert next(TOOL["table"](counted, {})).endswith("missed")
