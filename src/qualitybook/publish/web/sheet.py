"""One style sheet of what the site uses, and scripts where they do something.

The theme and its extensions bring nine sheets of 480 KB, which a browser reads before it shows anything. A rule stays
where the names in its selector are in a page, or are words of a script, which may add them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from itertools import chain
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

from qualitybook.publish.cache import digest_of_bytes

SHEET = "book.css"
_LINK = re.compile(r'\s*<link[^>]*href="(?P<way>[^"]*)_static/(?P<name>[^"?]+\.css)[^"]*"[^>]*/>')
_VERSION = re.compile(rf'_static/{re.escape(SHEET)}\?v=([^"]*)')
_IMPORT = re.compile(r'@import\s+"(?P<name>[^"]+)";')
_URL = re.compile(r'url\((?P<quote>["\']?)(?!data:|["\']?data:|/|#)(?P<way>[^)"\']+)(?P=quote)\)')
_CLASSES = re.compile(r'\sclass="([^"]*)"')
_TAGS = re.compile(r"<([a-z][a-z0-9-]*)")
_IDS = re.compile(r'\sid="([^"]*)"')
_WORDS = re.compile(r"[A-Za-z_][\w-]*")
_COMMENT = re.compile(r"/\*(?s:.*?)\*/|(?:^|(?<=\s))//.*", re.MULTILINE)
_TEXT = re.compile(r"""(?P<quote>["'`])(?P<said>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P=quote)""")
_ANIMATED = re.compile(r"\banimation(?:-name)?:([^;}]*)")
_AFTER_SIGN = re.compile(r"(?<=[,:])\s+")
_BLANKS = re.compile(r"\s+")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_NESTED = frozenset({"media", "supports", "layer", "container"})


def names_in_page(page: str) -> set[str]:
    """Return the classes, ids and elements of a page."""
    names = {name for classes in _CLASSES.findall(page) for name in classes.split()}
    return names | set(_TAGS.findall(page)) | set(_IDS.findall(page))


def names_in_script(path: Path) -> set[str]:
    """Return the words in texts of a script: any may be a class that it adds."""
    code = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    return {word for found in _TEXT.finditer(code) for word in _WORDS.findall(found["said"])}


_THEMES = ("pydata_sphinx_theme", "sphinx_book_theme")


@lru_cache(maxsize=32)
def _rules_of(sheet: str) -> Sequence[Node]:
    """Return the rules of a style sheet; parsing those of the theme takes longer than all else that is done here."""
    return tuple(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))


def parse_themes() -> None:
    """Parse the theme's style sheets before any website needs them: whatever is forked from this process has them."""
    for name in _THEMES:
        static = Path(str(import_module(name).__file__)).parent / "theme" / name / "static"
        _rules_of(_read(static, f"styles/{name.replace('_', '-')}.css"))


def pruned(sheets: Iterable[str], names: Set[str], used: Iterable[str] = ()) -> str:
    """Return style sheets as one, without rules for what no page has, and without variables that nothing asks for.

    Names are classes, ids and elements that pages may have; other texts that are used may ask for variables too.
    """
    rules = list(_kept(chain.from_iterable(map(_rules_of, sheets)), names))
    before = {name for text in used for name in _VARIABLE.findall(text)}
    while True:
        asked = before.union(*(rule.asks() for rule in rules))
        smaller = [left for rule in rules if (left := rule.without(asked))]
        if smaller == rules:
            return "\n".join(map(str, rules)) + "\n"
        rules = smaller


@dataclass(frozen=True)
class _Told:
    """A declaration, or a rule that is left whole."""

    text: str
    name: str = ""
    """What has to be asked for, if it is to stay: a variable that it sets, or steps of an animation."""

    def __str__(self) -> str:
        return self.text

    def asks(self) -> set[str]:
        """Return the variables and animations that it asks for."""
        return {
            *_VARIABLE.findall(self.text),
            *(name for told in _ANIMATED.findall(self.text) for name in told.split()),
        }

    def without(self, asked: Set[str]) -> _Told | None:
        """Return it, if it stays where only so much is asked for."""
        return None if self.name and self.name not in asked else self


@dataclass(frozen=True)
class _Block:
    """A rule with declarations, or with other rules."""

    head: str
    parts: Sequence[_Told | _Block]
    holds_rules: bool = False

    def __str__(self) -> str:
        between, around = ("\n", "\n") if self.holds_rules else (";", "")
        return f"{self.head}{{{around}{between.join(map(str, self.parts))}{around}}}"

    def asks(self) -> set[str]:
        """Return the variables and animations that its parts ask for."""
        return set().union(*(part.asks() for part in self.parts))

    def without(self, asked: Set[str]) -> _Block | None:
        """Return it without what nothing asks for, if something is left."""
        parts = [left for part in self.parts if (left := part.without(asked))]
        return replace(self, parts=parts) if parts else None


def _kept(rules: Iterable[Node], names: Set[str]) -> Iterator[_Told | _Block]:
    """Yield the rules that stay."""
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = [text for text, parts in _selectors(rule.prelude) if _asked_for(parts) <= names]
            if selectors and (told := _declarations(rule)):
                yield _Block(_short(",".join(selectors)), told)
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in _NESTED:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if within := list(_kept(inner, names)):
                yield _Block(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}", within, holds_rules=True)
        elif isinstance(rule, AtRule) and rule.lower_at_keyword != "charset":
            yield _Told(rule.serialize(), _steps(rule))


def _declarations(rule: QualifiedRule) -> list[_Told | _Block]:
    """Return what a rule declares."""
    told = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return [_Told(_short(each.serialize()), _variable(each)) for each in told]


def _variable(told: Node) -> str:
    """Return the variable that a declaration sets."""
    return told.name if isinstance(told, Declaration) and told.name.startswith("--") else ""


def _steps(rule: AtRule) -> str:
    """Return the name of the animation whose steps a rule tells."""
    return tinycss2.serialize(rule.prelude).strip() if rule.lower_at_keyword.endswith("keyframes") else ""


def _short(told: str) -> str:
    """Return a selector or a declaration without idle blanks; one with a text or an empty value as it is."""
    return told if re.search(r"""["']|:\s*$""", told) else _BLANKS.sub(" ", _AFTER_SIGN.sub("", told))


def _selectors(prelude: Iterable[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Yield the selectors of a rule, with what they are written of."""
    parts: list[Node] = []
    for node in [*prelude, None]:
        if node is None or (node.type == "literal" and node.value == ","):
            yield tinycss2.serialize(parts).strip(), parts
            parts = []
        else:
            parts.append(node)


def _asked_for(parts: list[Node]) -> set[str]:
    """Return the classes, ids and elements that all have to be there for a selector to fit."""
    names, before = set(), ""
    for node in parts:
        if node.type == "hash":
            names.add(node.value)
        elif node.type == "ident" and before != ":":
            names.add(node.value if before == "." else node.lower_value)
        before = node.value if node.type == "literal" else ""
    return names


def merge_sheets(static: Path, pages: Collection[str]) -> str:
    """Put one sheet in the place of all, and return its version; empty where pages have none."""
    # Pages that were carried on have the one sheet already, and the page that only leads on has none.
    sheets = next(filter(None, map(_sheets_of, pages)), [])
    if not sheets:
        return ""
    names = set().union(*map(names_in_page, pages), *map(names_in_script, static.rglob("*.js")))
    scripts = [path.read_text(encoding="utf-8") for path in static.rglob("*.js")]
    made = pruned([_read(static, name) for name in sheets], names, [*pages, *scripts])
    (static / SHEET).write_text(made, encoding="utf-8", newline="\n")
    for path in static.rglob("*.css"):
        if path.name != SHEET:
            path.unlink()
    return digest_of_bytes(made.encode())[:8]


def named_in_sheet(static: Path) -> set[str]:
    """Return the files that the one sheet names."""
    sheet = static / SHEET
    return {found["way"] for found in _URL.finditer(sheet.read_text(encoding="utf-8"))} if sheet.is_file() else set()


def _sheets_of(page: str) -> list[str]:
    """Return the sheets that a page has besides the one of all."""
    return [found["name"] for found in _LINK.finditer(page) if found["name"] != SHEET]


def _read(static: Path, name: str) -> str:
    """Return a sheet with those that it imports, its addresses as seen from the folder of all."""
    path = static / name

    def imported(found: re.Match[str]) -> str:
        return _read(static, (path.parent / found["name"]).resolve().relative_to(static.resolve()).as_posix())

    def seen(found: re.Match[str]) -> str:
        place = (path.parent / found["way"]).resolve().relative_to(static.resolve()).as_posix()
        return f'url("{place}")'

    text = _URL.sub(seen, path.read_text(encoding="utf-8"))
    return _IMPORT.sub(imported, text)


def linked(page: str, version: str) -> str:
    """Return a page with a link to the sheet in the place of its first link to one; the same without a version."""
    first = True

    def replaced(found: re.Match[str]) -> str:
        nonlocal first
        link = f'\n<link rel="stylesheet" href="{found["way"]}_static/{SHEET}?v={version}" />' if first else ""
        first = False
        return link

    return _LINK.sub(replaced, page) if version else page


def as_linked(page: str, there: str) -> str:
    """Return a page made anew with the link that it has on the site, as it may be the same but for that."""
    version = _VERSION.search(there)
    return linked(page, version[1]) if version else page
