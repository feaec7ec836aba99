"""The tables of the evidence, declared once: names, types, keys and what a cell may hold.

They are read from ``tables.toml`` beside this module; here are the types of cells and what a cell accepts. The checks
(:mod:`qualitybook.evidence.check`) and the data package's descriptor (:mod:`qualitybook.evidence.reading`) are both
made from :data:`TABLES`. Kinds of goals and of indicators are one row each too, from which checks, judgements and
pages take what they must know. What a folder says about its book (``book.toml``) is declared and read here too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from qualitybook.errors import EvidenceError, ImpossibleValueError, Problem
from qualitybook.evidence.periods import (
    DATE_FORMS,
    PERIOD_FORMS,
    PERIOD_PATTERN,
    STATED_DATE_PATTERN,
    Period,
    stated_end,
)


@dataclass(frozen=True)
class Rule:
    """When a goal is met, what it needs for that, and what its probability is the probability of."""

    needs_value: bool = False
    "Whether the goal names the value that the figure has to reach."
    needs_baseline: bool = False
    "Whether the figure is held against that of a year before."
    beyond_baseline: float | None = None
    "What the figure has to differ by from that of the baseline year; None where nothing of the kind is asked."
    direction: int = 1
    "1 where higher figures reach the goal, -1 where lower ones do, 0 where that is for the goal to say."
    needs: tuple[str, ...] = ()
    "What else the goal names: columns of its table, and `path` for the values of the years on the way."
    judged: str = "figure"
    "One of `JUDGED_BY`: what decides it; empty where the plan names no measure."
    is_strict: bool = False
    "Whether a figure that equals the value misses it."
    value_is: str = "figure"
    "One of `VALUES_ARE`: what the value of the goal says."
    event: str = "figure_reaches"
    "One of `EVENTS`: what its probability is the probability of; empty where there is never one."
    forms: tuple[str, ...] = ()
    "Forms of units that it makes sense for; empty for all."

    @property
    def counts_items(self) -> bool:
        """Whether its values are places of a ranking, or how many of how many."""
        return self.value_is == "part" or self.event == "rank_holds"

    @property
    def is_measured(self) -> bool:
        """Whether figures decide the goal."""
        return bool(self.judged)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a goal of this rule has to fill in beside its indicator and year."""
        asked = (("value", self.needs_value), ("baseline_year", self.needs_baseline))
        return (*(column for column, is_needed in asked if is_needed), *(name for name in self.needs if name != PATH))


PATH = "path"
JUDGED_BY = ("figure", "each_year", "growth", "month", "")
"""A figure of the target year, every year since the baseline, the growth of several years, a month to be kept."""
VALUES_ARE = ("figure", "change", "growth", "part")
"""The value is a figure, a change from the baseline year, growth a year, or how many of `value_high`."""
EVENTS = ("figure_reaches", "figure_between", "no_step_back", "rank_holds", "")
"""The figure as it will be printed reaches the value, or lies between both; no year is worse than the one before and
the last better than the baseline; the rank, moving as it did so far, is at most the one asked for."""
QUALITATIVE = "qualitative"
PERCENT = "percent"
_COUNTS = ("count", "span")
_NO_PERCENT = (*_COUNTS, "rank", "flag", "money", "plain")
RULES: dict[str, Rule] = {
    "at_least": Rule(needs_value=True),
    "at_most": Rule(needs_value=True, direction=-1),
    "above": Rule(needs_value=True, is_strict=True),
    "below": Rule(needs_value=True, direction=-1, is_strict=True),
    "between": Rule(needs_value=True, direction=0, needs=("value_high",), event="figure_between"),
    "rising": Rule(needs_baseline=True, judged="each_year", event="no_step_back"),
    "falling": Rule(needs_baseline=True, direction=-1, judged="each_year", event="no_step_back"),
    "change_from_baseline": Rule(needs_value=True, needs_baseline=True, direction=0, value_is="change"),
    "average_growth": Rule(needs_value=True, direction=0, needs=("from_year",), judged="growth", value_is="growth"),
    "count_increase": Rule(needs_baseline=True, beyond_baseline=1.0, forms=_NO_PERCENT),
    "share_of": Rule(needs_value=True, needs=("value_high",), value_is="part", forms=(*_COUNTS, "percent")),
    "rank_within": Rule(needs_value=True, direction=-1, event="rank_holds", forms=("rank",)),
    "done_by": Rule(needs=("due",), judged="month", event="", forms=("flag",)),
    "reach_by_path": Rule(needs_value=True, direction=0, needs=(PATH,)),
    QUALITATIVE: Rule(direction=0, judged="", event=""),
}
"""A goal asks for a value or for values between two, for a distance from a baseline year or growth from year to year,
for a rise or fall without a step back, for a place in a ranking, or for something to be done by a month."""


def sign_of(rule: str, value: str) -> int:
    """Return the direction of a change or of growth, which its sign says."""
    if RULES[rule].value_is not in ("change", "growth") or not value:
        return 0
    return -1 if value.startswith("-") else 1


def direction_of(rule: str, value: str) -> int:
    """Return 1 where a goal asks for higher figures, -1 for lower ones, 0 where neither its rule nor its sign says."""
    return RULES[rule].direction or sign_of(rule, value)


MEASURED_RULES = tuple(code for code, rule in RULES.items() if rule.is_measured)


@dataclass(frozen=True)
class Kind:
    """What an indicator's figures are."""

    series_class: str = ""
    "Code of the class of series by which they are forecast; empty where they are only shown."
    year_from: str = "own"
    "How parts make a year where the indicator does not say: `pooled`, `sum` for flows, `end` for stocks, else not."
    is_relative: bool = False
    "Whether they are held against a whole: a part of a year is of the year's size, and a place may borrow of another."
    is_count: bool = False
    "Whether they count completely, so that figures differ by nothing but what was counted."
    is_judged: bool = True
    "Whether a change can be for the better or for the worse."
    lowest: str = ""
    highest: str = ""
    called: str = ""
    "What the kind is called where a figure lies outside of what it implies; empty where it implies nothing."
    forms: tuple[str, ...] = ()
    "Forms of units that its figures can have; empty for all."


_RELATIVE, _COUNTED = ("percent", "plain"), ("count", "span", "money", "plain")
KINDS: dict[tuple[str, str], Kind] = {
    ("rate", ""): Kind("", "pooled", is_relative=True, forms=_RELATIVE),
    ("rate", "pass_rate"): Kind(
        "pass_rate", "pooled", is_relative=True, lowest="0", highest="100", called="a pass rate", forms=_RELATIVE
    ),
    ("rate", "share"): Kind("share", "pooled", is_relative=True, forms=_RELATIVE),
    ("rate", "satisfaction"): Kind(
        "share", "pooled", is_relative=True, lowest="0", highest="100", called="a satisfaction rate", forms=_RELATIVE
    ),
    ("index", ""): Kind("index", is_relative=True, forms=_RELATIVE),
    ("level", ""): Kind("index", forms=("count", "span", "money", "plain", "rank", "flag")),
    ("growth", ""): Kind(is_judged=False, forms=_RELATIVE),
    ("cumulative_count", ""): Kind("index", "end", is_count=True, lowest="0", called="a count", forms=_COUNTED),
    ("yearly_count", ""): Kind("index", "sum", is_count=True, lowest="0", called="a count", forms=_COUNTED),
    ("rank", ""): Kind(is_judged=False, lowest="1", called="a rank", forms=("rank",)),
}
"""By kind and, for rates, subkind. A share of 101 % of the gross product and a negative balance are possible."""
KIND_CODES = tuple(dict.fromkeys(kind for kind, _ in KINDS))
SUBKIND_CODES = tuple(subkind for _, subkind in KINDS if subkind)


def kind_of(kind: str, subkind: str = "") -> Kind:
    """Return the row of a kind; of a rate without a known subkind, what holds for every rate."""
    return KINDS.get((kind, subkind)) or KINDS.get((kind, ""), Kind())


DESCRIPTOR_NAME = "datapackage.json"
LANGUAGES = {
    "zh": "Chinese",
    "en": "English",
}
"""The languages of the evidence's texts, which have a column for each; `report.i18n` has their words."""

UNDATED = "undated"
MAYBE_PREVIOUS_YEAR = "maybe_previous_year"
RECORDED = "recorded"
"""Column of observations with the day on which the row came into the table."""
PROVISIONAL = "provisional"


@dataclass(frozen=True)
class _CellType:
    """A kind of cell."""

    pattern: str
    """What a cell that is not empty must match as a whole."""
    allowed: str
    """The same in words."""
    frictionless: str = "string"
    """Type of the field in Table Schema."""
    pattern_in_descriptor: bool = False
    """Whether the descriptor repeats the pattern (Table Schema knows patterns for strings only)."""
    exists: Callable[[str], bool] = lambda _text: True
    """Whether what a matching text names can be: there is no 30 February, and on Windows no file called aux."""


def _is_date(text: str) -> bool:
    try:
        return stated_end(text) is not None
    except ImpossibleValueError:
        return False


def is_period(text: str) -> bool:
    """Say whether a text is a period."""
    try:
        return Period.parse(text) is not None
    except ImpossibleValueError:
        return False


LONGEST_KEY = 80
"""So many characters may a key have that becomes the name of a file: then no path grows too long for Windows."""
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)


def can_be_file_name(key: str) -> bool:
    """Return whether every system can hold a file that is called after a key, whatever its suffix."""
    return len(key) <= LONGEST_KEY and key not in _WINDOWS_DEVICES


def _can_be_edition(key: str) -> bool:
    return can_be_file_name(key) and key not in (_DATA_FOLDER, EVERY_EDITION)


_DATA_FOLDER, EVERY_EDITION = "data", "all"
"""Folder of a site beside those of its editions; what commands take for all of them."""
_ID = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_ID_WORDS = "lower-case letters a-z, digits, hyphens and underscores"
_KEY_WORDS = (
    f"{_ID_WORDS}, at most {LONGEST_KEY} of them, and none of con, prn, aux, nul, com1 to com9 and lpt1 to lpt9: it "
    "becomes the name of files, and Windows holds none called so"
)
_NUMBER = r"(?!(?:[^0-9]*[0-9]){16})-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"

KEY_TYPES = ("id", "key", "edition")
CELL_TYPES: Mapping[str, _CellType] = {
    "text": _CellType(
        r"[^\s\x00-\x1f\x7f](?:[^\x00-\x09\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f])?",
        "text without blanks around it, tabs and control characters",
    ),
    "id": _CellType(_ID, _ID_WORDS, "string", True),
    "key": _CellType(_ID, _KEY_WORDS, "string", True, can_be_file_name),
    "edition": _CellType(
        _ID,
        f"{_KEY_WORDS}; nor {_DATA_FOLDER}, the folder of the tables on the site, nor {EVERY_EDITION}",
        "string",
        True,
        _can_be_edition,
    ),
    "number": _CellType(
        _NUMBER, "a plain decimal number such as -1.5 or 98.20: ASCII digits, at most 15 of them, a point", "number"
    ),
    "count": _CellType(r"0|[1-9][0-9]{0,14}", "a whole number in ASCII digits, without separators", "integer"),
    "year": _CellType(r"(?:19|20)[0-9]{2}", "a year of four digits", "year"),
    "date": _CellType(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", "a day as YYYY-MM-DD", "date", exists=_is_date),
    "stated_date": _CellType(STATED_DATE_PATTERN, f"a date as {DATE_FORMS}", "string", True, _is_date),
    "period": _CellType(PERIOD_PATTERN, f"a period as {PERIOD_FORMS}", "string", True, is_period),
    "flag": _CellType(r"[01]", "0 or 1", "integer"),
    "url": _CellType(
        r"https?://[^\s/?#<>\"]+[^\s<>\"]*",
        "an address that starts with http:// or https://, without blanks",
        "string",
        True,
    ),
}


@dataclass(frozen=True)
class Field:
    """One column of a table."""

    name: str
    """Name in the header."""
    type: str = "text"
    """A key of :data:`CELL_TYPES`."""
    description: str = ""
    """What the cell says."""
    required: bool = True
    """Whether an empty cell is refused."""
    enum: tuple[str, ...] = ()
    """The only texts allowed; empty where any text of the type is."""
    minimum: float | None = None
    maximum: float | None = None
    """Bounds of a number, both allowed themselves."""
    pattern: str = ""
    """What the text must match, beside its type."""
    example: str = ""
    """A text that does."""
    unique: bool = False
    """Whether no two rows share a cell of this column."""
    may_lack: bool = False
    """Whether a file may come without this column, which then reads as empty: so that folders from before the column
    was thought of stay valid."""
    is_idle: bool = False
    """Whether it has texts in a language that the folder's book is not made in."""

    @property
    def dtype(self) -> str:
        """Type of the column in the catalog: ``str``, ``float64`` (NaN where empty) or ``int64`` (never empty)."""
        if self.type not in ("number", "count", "year", "flag"):
            return "str"
        return "int64" if self.required and self.type != "number" else "float64"

    @property
    def allowed(self) -> str:
        """What a cell may hold, in words."""
        words = f"one of {', '.join(self.enum)}" if self.enum else CELL_TYPES[self.type].allowed
        if self.pattern:
            words += f", such as {self.example}"
        if self.minimum is not None:
            words += f", at least {self.minimum:g}"
        if self.maximum is not None:
            words += f", at most {self.maximum:g}"
        return words if self.required else f"{words}, or empty"

    def accepts(self, text: str) -> bool:
        """Return whether a cell may hold a text."""
        if not text:
            return not self.required
        if self.enum:
            return text in self.enum
        cell = CELL_TYPES[self.type]
        if not re.fullmatch(cell.pattern, text) or (self.pattern and not re.fullmatch(self.pattern, text)):
            return False
        return cell.exists(text) and self._is_within_bounds(text)

    def _is_within_bounds(self, text: str) -> bool:
        above = self.minimum is None or float(text) >= self.minimum
        return above and (self.maximum is None or float(text) <= self.maximum)


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose cells must be a key of another table; a row with any of them empty is let be."""

    fields: tuple[str, ...]
    """Columns of this table."""
    table: str
    """Name of the other table, or of this one."""
    to_fields: tuple[str, ...]
    """Columns of the other table."""
    level: str = "error"
    """``error``, or ``warning`` for tables that only name things and may lag behind."""
    may_be_empty: tuple[str, ...] = ()
    """Columns of a key of several that may be empty in both tables and still belong to the key."""


@dataclass(frozen=True)
class Table:
    """One file of the evidence."""

    name: str
    """Name of the table in the catalog."""
    path: str
    """Path below the evidence folder."""
    description: str
    """What one row is."""
    fields: tuple[Field, ...]
    """The columns in the order of the file."""
    primary_key: tuple[str, ...]
    """Columns that no two rows share."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """Columns that point to other tables."""
    required: bool = True
    """Whether the file must be there; an optional table that is not is empty."""

    @property
    def header(self) -> list[str]:
        """Names of the columns in the order of the file."""
        return [field.name for field in self.fields]

    def field(self, name: str) -> Field:
        """Return the column of that name."""
        return next(field for field in self.fields if field.name == name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the columns that hold a text in each language of the folder's book."""
        return tuple(column for column in in_each_language(name) if not self.field(column).is_idle)


def in_each_language(name: str) -> tuple[str, ...]:
    """Return the columns that hold a text in each language."""
    return tuple(f"{name}_{code}" for code in LANGUAGES)


def issue_keys(text: str) -> tuple[str, ...]:
    """Return the sources that a cell of the column `issues` names."""
    return tuple(text.split(", ")) if text else ()


def settled_codes(text: str) -> frozenset[str]:
    """Return the codes that a cell of the column `settled` names."""
    return frozenset(re.findall(r"[a-z0-9_]+", text))


_FILE = "tables.toml"
_EACH = "*"
"""What stands in the name of a column that there is in each language."""
_CODES = {
    "kinds": KIND_CODES,
    "subkinds": SUBKIND_CODES,
    "rules": tuple(RULES),
    "measured rules": MEASURED_RULES,
}
"""What a column may hold of which the program knows more than the code."""


def _declared() -> tuple[Table, ...]:
    """Return the tables that the file beside this module declares, in its order."""
    text = (Path(__file__).parent / _FILE).read_text(encoding="utf-8")
    return tuple(_table(name, entry) for name, entry in tomllib.loads(text).items())


def _table(name: str, entry: Mapping[str, Any]) -> Table:
    made = _unchanging(entry)
    made["fields"] = tuple(field for column in entry["fields"] for field in _fields(_unchanging(column)))
    keys = [_unchanging({"to_fields": key["fields"], **key}) for key in entry.get("foreign_keys", ())]
    made["foreign_keys"] = tuple(ForeignKey(**key) for key in keys)
    return Table(name, **made)


def _unchanging(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry says, tuples for its lists."""
    made = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    named = made.get("enum")
    return {**made, "enum": _CODES[named]} if isinstance(named, str) else made


def _fields(column: Mapping[str, Any]) -> Iterator[Field]:
    """Yield the column, or those in each language."""
    if _EACH not in column["name"]:
        yield Field(**column)
        return
    for code, language in LANGUAGES.items():
        name, description = column["name"].replace(_EACH, code), f"{column['description']}, in {language}"
        yield Field(**{**column, "name": name, "description": description})


TABLES = _declared()


def tables_of(folder: Path) -> tuple[Table, ...]:
    """Return the tables as a folder has them: texts in languages that its book is not made in may lack."""
    return tables_in(languages_of(folder))


@cache
def tables_in(languages: tuple[str, ...]) -> tuple[Table, ...]:
    """Return the tables of a book that is made in these languages."""
    idle = tuple(f"_{code}" for code in LANGUAGES if code not in languages)
    if not idle:
        return TABLES
    return tuple(replace(table, fields=tuple(_in_use(field, idle) for field in table.fields)) for table in TABLES)


def _in_use(field: Field, idle: tuple[str, ...]) -> Field:
    return replace(field, required=False, may_lack=True, is_idle=True) if field.name.endswith(idle) else field


def languages_of(folder: Path) -> tuple[str, ...]:
    """Return the languages that a folder's book is made in; all of them where it does not say, or not soundly."""
    try:
        found = tomllib.loads(settings_text(folder))
    except (OSError, ValueError, RecursionError):
        return tuple(LANGUAGES)
    return _languages(found.get("languages")) or tuple(LANGUAGES)


def settings_text(folder: Path) -> str:
    """Return the text of the settings of a folder's book."""
    path = folder / SETTINGS_NAME
    if path.exists() and not path.is_file():
        # A pipe would be waited for without end.
        raise OSError("no plain file")
    # Editors on Windows put a mark before UTF-8.
    return path.read_text(encoding="utf-8-sig")


def settings_line(text: str, key: str) -> int:
    """Return the line of the settings on which a key such as ``title.en`` stands, else that of its table, else 1."""
    found, table = {"": 1}, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if head := _HEAD.match(line):
            table = f"{_bare(head[1])}."
            found.setdefault(_bare(head[1]), number)
        elif named := _KEY.match(line):
            found.setdefault(table + _bare(named[1]), number)
    return found.get(key) or found.get(key.rpartition(".")[0], 1)


_HEAD = re.compile(r"[ \t]*\[+([^\[\]]+)\]")
_KEY = re.compile(r"[ \t]*([^\s=#][^=#]*)=")


def _bare(key: str) -> str:
    return re.sub(r"[\s\"']", "", key)


def _languages(named: object) -> tuple[str, ...]:
    """Return the languages of a list, in their order; none where it is no list of some of them."""
    if not isinstance(named, list) or not set(map(str, named)) <= set(LANGUAGES):
        return ()
    return tuple(code for code in LANGUAGES if code in named)


_BY_NAME = {table.name: table for table in TABLES}
OBSERVATIONS, SOURCES, EDITIONS, UNITS, REVIEWS = (
    _BY_NAME[name] for name in ("observations", "sources", "editions", "units", "reviews")
)
YEAR_FROM = _BY_NAME["indicators"].field("year_from").enum

SETTINGS_NAME = "book.toml"
_PLAN_STATES = ("consultation_draft", "final")
TRANSLATED = ("title", "subtitle", "author")
IMPRINT = ("editor", "contact", "errata", "plan")
"""Texts that a book may do without."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_TOML_BLANKS = re.compile(r"[ \t\r\n]+")
"""Texts may be written over several lines; titles, names of files and feeds are lines."""
_ADDRESS = re.compile(r"https?://(?![^/]*@)[^\s<>\"'?#\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class BookSettings:
    """The book of an evidence folder."""

    name: str
    """Short name used in file names: small letters, digits and hyphens."""
    plan_state: str
    """``consultation_draft`` or ``final``."""
    address: str
    """Where the site is published, with a slash at the end; nothing where that is not said."""
    title_zh: str
    title_en: str
    subtitle_zh: str
    subtitle_en: str
    author_zh: str
    author_en: str
    """What the cover prints."""
    editor_zh: str
    editor_en: str
    contact_zh: str
    contact_en: str
    errata_zh: str
    errata_en: str
    """Who edits the book, how to reach them, and what becomes of mistakes; nothing where that is not said."""
    plan_zh: str
    plan_en: str
    """What kind of plan it is, as in "its plan for clean air"; nothing where that is not said."""
    is_official: bool | None
    """Whether the book is a publication of the government, None where that is not said."""
    languages: tuple[str, ...] = tuple(LANGUAGES)
    """The languages that it is made in."""

    @property
    def is_draft(self) -> bool:
        """Whether the plan's goals are draft goals."""
        return self.plan_state == "consultation_draft"

    @classmethod
    def load(cls, folder: Path) -> BookSettings:
        """Return the settings of the folder's book; EvidenceError tells of all that is wrong with them at once."""
        try:
            text = settings_text(folder)
            found = tomllib.loads(text)
        except FileNotFoundError:
            raise EvidenceError([_problem("", "no such file", "a file with the book's name and titles")]) from None
        except (OSError, ValueError, RecursionError) as error:
            # A number of thousands of digits is a ValueError of Python's.
            at = re.search(r"at line (\d+)", str(error))
            wrong = _problem("", str(error), "TOML text in UTF-8")
            raise EvidenceError([replace(wrong, row=int(at[1]) if at else 1)]) from None
        problems = _problems(found)
        if problems:
            raise EvidenceError([replace(each, row=settings_line(text, each.column)) for each in problems])
        titles = {
            f"{key}_{code}": _TOML_BLANKS.sub(" ", str(found.get(key, {}).get(code, ""))).strip()
            for key in (*TRANSLATED, *IMPRINT)
            for code in LANGUAGES
        }
        address = str(found.get("address", ""))
        address = f"{address.rstrip('/')}/" if address else ""
        more = {column: titles.pop(column) for column in set(titles) - BookSettings.__annotations__.keys()}
        settings = cls(
            name=found["name"],
            plan_state=found["plan_state"],
            address=address,
            is_official=found.get("official"),
            languages=_languages(found.get("languages")) or tuple(LANGUAGES),
            **titles,
        )
        for column, text in more.items():
            object.__setattr__(settings, column, text)
        return settings


def _problems(found: dict[str, object]) -> list[Problem]:
    known = ("name", "plan_state", "languages", "address", "official", *TRANSLATED, *IMPRINT)
    problems = [_problem(key, "an unknown key", f"the keys {', '.join(known)}") for key in found if key not in known]
    problems += [_problem(f"{table}.{key}", "an unknown key", _OF_TABLES) for table, key in _misplaced(found)]
    name, state = found.get("name"), found.get("plan_state")
    if not (isinstance(name, str) and _NAME.fullmatch(name) and can_be_file_name(name)):
        allowed = f"small letters, digits and hyphens, at most {LONGEST_KEY}, and no name that Windows keeps for itself"
        problems.append(_problem("name", repr(name), allowed))
    if state not in _PLAN_STATES:
        problems.append(_problem("plan_state", repr(state), " | ".join(_PLAN_STATES)))
    address = found.get("address", "")
    if not (isinstance(address, str) and (not address or _ADDRESS.fullmatch(address))):
        problems.append(_problem("address", repr(address), "where the site is published, https://… or http://…"))
    if not isinstance(found.get("official", False), bool):
        problems.append(_problem("official", repr(found["official"]), "true | false"))
    languages = _languages(found.get("languages", list(LANGUAGES)))
    if not languages:
        allowed = f"a list of one or more of {', '.join(LANGUAGES)}, such as {list(LANGUAGES)[:1]}"
        problems.append(_problem("languages", repr(found["languages"]), allowed))
    for key in (*TRANSLATED, *(key for key in IMPRINT if key in found)):
        section = found.get(key)
        for code in languages:
            text = section.get(code) if isinstance(section, dict) else None
            if not (isinstance(text, str) and text.strip()):
                problems.append(_problem(f"{key}.{code}", repr(text), "a text"))
    return problems


_OF_TABLES = f"in a table the keys {', '.join(LANGUAGES)}; put other keys above the first table"


def _misplaced(found: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the keys of tables that are no language: what stands below a table's head belongs to the table."""
    for table in (*TRANSLATED, *IMPRINT):
        section = found.get(table)
        for key in section if isinstance(section, dict) else ():
            if key not in LANGUAGES:
                yield table, key


def _problem(key: str, found: str, allowed: str) -> Problem:
    return Problem(SETTINGS_NAME, 1, key, "no such key" if found == repr(None) else found, allowed, "settings")
