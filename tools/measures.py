"""Measure the source: its size, what its modules need of each other, and its functions. python tools/measures.py.

Sizes are lines and files below ``src/qualitybook``. A public name is a top-level function or class without an
underscore in front; one that is handed on by another module counts once, where it stands. A function's length is
that of its text, with its docstring. A circle is a group of modules each of which imports, over others or at once, all
of the group; imports within functions and those for types count.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import grimp

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = "qualitybook"
TOO_LONG = 60
START = 37_330
# At most this much of each; a measure without a goal is only shown.
GOALS = {
    "lines": START * 73 // 100,
    "files": 125,
    "names that other modules import": 450,
    "circles of imports": 0,
    "lines of a function, median": 8,
    f"functions of over {TOO_LONG} lines": 0,
}


@dataclass(frozen=True)
class Module:
    """One file, read."""

    name: str
    text: str
    tree: ast.Module
    is_package: bool

    @property
    def public(self) -> set[str]:
        """The names of its functions and classes that have no underscore in front."""
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        names = {node.name for node in self.tree.body if isinstance(node, kinds)}
        return {name for name in names if not name.startswith("_")}

    @property
    def functions(self) -> Iterator[tuple[int, str]]:
        """Each function's length, and where it stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{self.name}.{node.name}"

    @property
    def imports(self) -> Iterator[tuple[str, str, str]]:
        """What it imports from modules: the module, the name, and what it is called here."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                yield from ((module, alias.name, alias.asname or alias.name) for alias in node.names)

    @property
    def attributes(self) -> Iterator[tuple[str, str]]:
        """Every ``name.attribute`` in it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield node.value.id, node.attr

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        above = self.name.split(".")
        above = above[: len(above) - node.level + self.is_package]
        return ".".join([*above, node.module] if node.module else above)


def modules_of(source: Path, package: str) -> dict[str, Module]:
    """Return every module of a package by its dotted name."""
    found = {}
    for path in sorted((source / package).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        text = path.read_text(encoding="utf-8")
        found[name] = Module(name, text, ast.parse(text), is_package)
    return found


def imported_names(modules: dict[str, Module]) -> set[tuple[str, str]]:
    """Return the public names that another module than their own imports, each with the module where it stands."""
    homes = {
        (module.name, called): (origin, name) for module in modules.values() for origin, name, called in module.imports
    }
    public = {(module.name, name) for module in modules.values() for name in module.public}
    wanted = set()
    for module in modules.values():
        here = {called: f"{origin}.{name}" for origin, name, called in module.imports}
        of_modules = {(here[value], name) for value, name in module.attributes if here.get(value) in modules}
        wanted |= {(origin, name) for origin, name, _ in module.imports} | of_modules
    return {home for name in wanted if (home := _home(name, homes, public)) in public}


def _home(
    name: tuple[str, str], homes: dict[tuple[str, str], tuple[str, str]], public: set[tuple[str, str]]
) -> tuple[str, str]:
    """Return where a name stands that may be handed on by other modules."""
    seen = {name}
    while name not in public and name in homes and homes[name] not in seen:
        name = homes[name]
        seen.add(name)
    return name


def circles(package: str) -> list[list[str]]:
    """Return every circle of imports of a package that can be imported."""
    graph = grimp.build_graph(package, cache_dir=None)
    above = {module: graph.find_upstream_modules(module) for module in graph.modules}
    groups = {frozenset({one, *(other for other in needed if one in above[other])}) for one, needed in above.items()}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def measures(source: Path, package: str) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Return each measure, and for some of them what was counted."""
    modules = modules_of(source, package)
    lengths = sorted((length for module in modules.values() for length in module.functions), reverse=True)
    numbers = [length for length, _ in lengths]
    imported = imported_names(modules)
    public = {(module.name, name) for module in modules.values() for name in module.public}
    found = circles(package)
    counted: dict[str, float] = {
        "lines": sum(len(module.text.splitlines()) for module in modules.values()),
        "files": len(modules),
        "public names": len(public),
        "names that other modules import": len(imported),
        "circles of imports": len(found),
        "functions": len(numbers),
        "lines of a function, median": statistics.median(numbers),
        "lines of a function, 90% are shorter than": numbers[len(numbers) // 10],
        "lines of the longest function": numbers[0],
        f"functions of over {TOO_LONG} lines": sum(number > TOO_LONG for number in numbers),
    }
    shown = {
        "circles of imports": [" <-> ".join(circle) for circle in found],
        "lines of the longest function": [lengths[0][1]],
        f"functions of over {TOO_LONG} lines": [f"{name} {length}" for length, name in lengths if length > TOO_LONG],
        "public names": [".".join(name) for name in sorted(public - imported)],
    }
    return counted, shown


def table(counted: dict[str, float], shown: dict[str, list[str]]) -> Iterator[str]:
    """Yield a line for each measure with its goal, and below it what was counted."""
    width = max(map(len, counted))
    for name, number in counted.items():
        goal = GOALS.get(name)
        verdict = "" if goal is None else f"  at most {goal:>6,}  {'held' if number <= goal else 'missed'}"
        yield f"{name:{width}}  {number:>6,g}{verdict}"
        yield from (f"    {line}" for line in shown.get(name, []))


def main(words: Sequence[str]) -> None:
    """Print the measures; with ``--names`` also each public name that no other module imports."""
    counted, shown = measures(SOURCE, PACKAGE)
    if "--names" not in words:
        shown.pop("public names")
    print("\n".join(table(counted, shown)))


if __name__ == "__main__":
    main(sys.argv[1:])
