"""The tables of the evidence, declared once: names, types, keys and what a cell may hold.

The checks (:mod:`qualitybook.evidence.check`) and the data package's descriptor (:func:`descriptor`) are both made from
:data:`TABLES`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualitybook.evidence.periods import (
    DATE_FORMS,
    PERIOD_FORMS,
    PERIOD_PATTERN,
    STATED_DATE_PATTERN,
    Period,
    PeriodError,
    stated_end,
)

DESCRIPTOR_NAME = "datapackage.json"
LANGUAGES = {
    "zh": "Chinese",
    "en": "English",
}
"""The languages of the evidence's texts, which have a column for each; `report.i18n` has their words."""

UNDATED = "undated"
QUALIFIERS = ("exact", "at_least", "at_most", "about", "derived", UNDATED)
GRADES = ("A", "B", "C")
MAYBE_PREVIOUS_YEAR = "maybe_previous_year"
DATINGS = (MAYBE_PREVIOUS_YEAR,)
PROVISIONAL = "provisional"
STATUSES = (PROVISIONAL, "revised", "verified")
BETTER = ("higher", "lower", "neither")
YEAR_FROM = ("own", "mean", "sum", "pooled", "end")
RULES = ("at_least", "at_most", "rising", "count_increase", "qualitative")
UNIT_PATTERN = r"[A-Za-z0-9_]+"
FORMS = ("percent", "count", "rank", "flag", "span", "money", "plain")
NUMERIC_RULES = ("at_least", "at_most", "rising", "count_increase")


@dataclass(frozen=True)
class CellType:
    """A kind of cell.

    Parameters
    ----------
    pattern : str
        What a cell that is not empty must match as a whole.
    allowed : str
        The same in words.
    frictionless : str
        Type of the field in Table Schema.
    pattern_in_descriptor : bool
        Whether the descriptor repeats the pattern (Table Schema knows patterns for strings only).
    exists : callable
        Whether what a matching text names can be: there is no 30 February, and on Windows no file called aux.
    """

    pattern: str
    allowed: str
    frictionless: str = "string"
    pattern_in_descriptor: bool = False
    exists: Callable[[str], bool] = lambda _text: True


def _is_date(text: str) -> bool:
    try:
        return stated_end(text) is not None
    except PeriodError:
        return False


def _is_period(text: str) -> bool:
    try:
        return Period.parse(text) is not None
    except PeriodError:
        return False


LONGEST_KEY = 80
"""So many characters may a key have that becomes the name of a file: then no path grows too long for Windows."""
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)


def can_be_file_name(key: str) -> bool:
    """Return whether every system can hold a file that is called after a key, whatever its suffix.

    Parameters
    ----------
    key : str
        A key in small letters.

    Returns
    -------
    bool
    """
    return len(key) <= LONGEST_KEY and key not in _WINDOWS_DEVICES


def _can_be_edition(key: str) -> bool:
    return can_be_file_name(key) and key != DATA_FOLDER


DATA_FOLDER = "data"
"""Folder of a site beside those of its editions."""
_ID = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_ID_WORDS = "lower-case letters a-z, digits, hyphens and underscores"
_KEY_WORDS = (
    f"{_ID_WORDS}, at most {LONGEST_KEY} of them, and none of con, prn, aux, nul, com1 to com9 and lpt1 to lpt9: it "
    "becomes the name of files, and Windows holds none called so"
)
_NUMBER = r"(?!(?:[^0-9]*[0-9]){16})-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"

KEY_TYPES = ("id", "key", "edition")
CELL_TYPES: Mapping[str, CellType] = {
    "text": CellType(
        r"[^\s\x00-\x1f\x7f](?:[^\x00-\x09\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f])?",
        "text without blanks around it, tabs and control characters",
    ),
    "id": CellType(_ID, _ID_WORDS, "string", True),
    "key": CellType(_ID, _KEY_WORDS, "string", True, can_be_file_name),
    "edition": CellType(
        _ID, f"{_KEY_WORDS}; nor {DATA_FOLDER}, the folder of the tables on the site", "string", True, _can_be_edition
    ),
    "number": CellType(
        _NUMBER, "a plain decimal number such as -1.5 or 98.20: ASCII digits, at most 15 of them, a point", "number"
    ),
    "count": CellType(r"0|[1-9][0-9]{0,14}", "a whole number in ASCII digits, without separators", "integer"),
    "year": CellType(r"(?:19|20)[0-9]{2}", "a year of four digits", "year"),
    "date": CellType(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", "a day as YYYY-MM-DD", "date", exists=_is_date),
    "stated_date": CellType(STATED_DATE_PATTERN, f"a date as {DATE_FORMS}", "string", True, _is_date),
    "period": CellType(PERIOD_PATTERN, f"a period as {PERIOD_FORMS}", "string", True, _is_period),
    "flag": CellType(r"[01]", "0 or 1", "integer"),
    "url": CellType(
        r"https?://[^\s/?#<>\"]+[^\s<>\"]*",
        "an address that starts with http:// or https://, without blanks",
        "string",
        True,
    ),
}


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Parameters
    ----------
    name : str
        Name in the header.
    type : str
        A key of :data:`CELL_TYPES`.
    description : str
        What the cell says.
    required : bool
        Whether an empty cell is refused.
    enum : tuple of str
        The only texts allowed; empty where any text of the type is.
    minimum, maximum : float or None
        Bounds of a number, both allowed themselves.
    pattern : str
        What the text must match, beside its type.
    unique : bool
        Whether no two rows share a cell of this column.
    may_lack : bool
        Whether a file may come without this column, which then reads as empty: so that folders from before the column
        was thought of stay valid.
    """

    name: str
    type: str = "text"
    description: str = ""
    required: bool = True
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    unique: bool = False
    may_lack: bool = False

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
            words += f" that matches {self.pattern}"
        if self.minimum is not None:
            words += f", at least {self.minimum:g}"
        if self.maximum is not None:
            words += f", at most {self.maximum:g}"
        return words if self.required else f"{words}, or empty"

    def accepts(self, text: str) -> bool:
        """Return whether a cell may hold a text.

        Parameters
        ----------
        text : str
            The cell as it stands in the file.

        Returns
        -------
        bool
        """
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
    """Columns whose cells must be a key of another table; a row with any of them empty is let be.

    Parameters
    ----------
    fields : tuple of str
        Columns of this table.
    table : str
        Name of the other table, or of this one.
    to_fields : tuple of str
        Columns of the other table.
    level : str
        ``error``, or ``warning`` for tables that only name things and may lag behind.
    may_be_empty : tuple of str
        Columns of a key of several that may be empty in both tables and still belong to the key.
    """

    fields: tuple[str, ...]
    table: str
    to_fields: tuple[str, ...]
    level: str = "error"
    may_be_empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One file of the evidence.

    Parameters
    ----------
    name : str
        Name of the table in the catalog.
    path : str
        Path below the evidence folder.
    description : str
        What one row is.
    fields : tuple of Field
        The columns in the order of the file.
    primary_key : tuple of str
        Columns that no two rows share.
    foreign_keys : tuple of ForeignKey
        Columns that point to other tables.
    required : bool
        Whether the file must be there; an optional table that is not is empty.
    """

    name: str
    path: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    required: bool = True

    @property
    def header(self) -> list[str]:
        """Names of the columns in the order of the file."""
        return [field.name for field in self.fields]

    def field(self, name: str) -> Field:
        """Return the column of that name.

        Parameters
        ----------
        name : str
            Name in the header.

        Returns
        -------
        Field
        """
        return next(field for field in self.fields if field.name == name)


def settled_codes(text: str) -> frozenset[str]:
    """Return the codes that a cell of the column `settled` names."""
    return frozenset(re.findall(r"[a-z0-9_]+", text))


def in_each_language(name: str) -> tuple[str, ...]:
    """Return the columns that hold a text in each language."""
    return tuple(f"{name}_{code}" for code in LANGUAGES)


def _two_languages(
    name: str, description: str, required: bool = True, *, pattern: str = "", may_lack: bool = False
) -> tuple[Field, ...]:
    options: dict[str, Any] = {"required": required, "pattern": pattern, "may_lack": may_lack}
    return tuple(
        Field(f"{name}_{code}", "text", f"{description}, in {said}", **options) for code, said in LANGUAGES.items()
    )


def _to(field: str, table: str, level: str = "error") -> ForeignKey:
    return ForeignKey((field,), table, (field,), level)


OBSERVATIONS = Table(
    "observations",
    "observations.csv",
    "one published figure",
    (
        Field("indicator_id", "id", "the indicator"),
        Field("region_id", "id", "the place"),
        Field(
            "period", "period", "the period the figure is for; empty only where it was published without saying", False
        ),
        Field("value", "number", "the figure in the indicator's unit, as it was printed"),
        Field("qualifier", "id", "how the figure was put: derived is arithmetic on published figures", enum=QUALIFIERS),
        Field("n", "count", "items inspected, where published", False, minimum=1),
        Field("passed", "count", "items that passed, where published", False),
        Field("source_id", "id", "where it was published"),
        Field("locator", "text", "where in the source"),
        Field("grade", "text", "A official text, B official figure carried by others, C unclear", enum=GRADES),
        Field(
            "preferred",
            "count",
            "1 for the row to use where several sources give the same period, else 0; of several marks that an edition "
            "sees the highest counts",
            maximum=9,
        ),
        *_two_languages("note", "what a reader must know", False),
        Field("basis", "id", "basis of the definition where it is not the current one", False),
        Field(
            "verbatim", "text", "1 where a grade C source quotes an official number word for word", False, enum=("1",)
        ),
        Field("dating", "id", "doubt about the year that the figure is filed under", False, enum=DATINGS),
        Field(
            "complete",
            "text",
            "0 where its source says that the period is not complete",
            False,
            enum=("0",),
            may_lack=True,
        ),
        Field("status", "id", "where the figure stands among its releases", False, enum=STATUSES, may_lack=True),
        Field(
            "each_year",
            "text",
            "1 where a bound over several years is said of each of them",
            False,
            enum=("1",),
            may_lack=True,
        ),
        Field(
            "settled",
            "text",
            "codes of the doubts and warnings that somebody has looked at and that the notes explain",
            False,
            pattern=r"[a-z0-9_]+(?:[ ,，、;]+[a-z0-9_]+)*",
            may_lack=True,
        ),
    ),
    ("indicator_id", "region_id", "period", "source_id", "basis"),
    (
        _to("indicator_id", "indicators"),
        _to("region_id", "regions"),
        _to("source_id", "sources"),
        _to("locator", "locators", "warning"),
    ),
)

INDICATORS = Table(
    "indicators",
    "indicators.csv",
    "a measurable quantity with one definition and scope",
    (
        Field("indicator_id", "key", "key"),
        *_two_languages("name", "name"),
        Field("unit", "text", "unit of its values", pattern=UNIT_PATTERN),
        Field("lower", "number", "value it cannot fall below; empty where unbounded", False),
        Field("upper", "number", "value it cannot exceed; empty where unbounded", False),
        Field("better", "id", "which direction is better", enum=BETTER),
        Field(
            "kind",
            "id",
            "nature of the quantity",
            enum=("rate", "index", "level", "growth", "cumulative_count", "yearly_count", "rank"),
        ),
        Field("subkind", "id", "nature of a rate", False, enum=("pass_rate", "share", "satisfaction")),
        Field(
            "frequency",
            "id",
            "how often the custodian publishes it",
            enum=("year", "half", "quarter", "month", "irregular"),
        ),
        Field("year_from", "id", "how parts of a year make the year", False, enum=YEAR_FROM, may_lack=True),
        Field(
            "decimals", "count", "decimals that its yearly figures are printed with", False, maximum=6, may_lack=True
        ),
        *_two_languages("definition", "definition and scope"),
        *_two_languages("comparability", "breaks of definition or scope, with the year", False),
        *_two_languages("custodian", "who measures it"),
    ),
    ("indicator_id",),
)

SOURCES = Table(
    "sources",
    "sources.csv",
    "a publication",
    (
        Field("source_id", "key", "key"),
        Field("title", "text", "title in the original language"),
        Field("publisher", "text", "who published it, in the original language"),
        Field(
            "kind",
            "id",
            "kind of publication",
            enum=("plan", "communique", "bulletin", "notice", "report", "press", "dataset", "standard"),
        ),
        Field("published", "stated_date", "date of publication as precisely as it is known", False),
        Field(
            "access_kind",
            "id",
            "how it was read",
            enum=("original", "reprint", "mirror", "machine_translation", "quotation", "compilation"),
        ),
        Field("url", "url", "canonical address, where known", False),
        Field("found_url", "url", "address of the copy that was read", False),
        Field("accessed", "date", "day on which it was read"),
        Field("language", "id", "language of the publication, a code of ISO 639", pattern=r"[a-z]{2,3}"),
    ),
    ("source_id",),
    (_to("publisher", "publishers", "warning"),),
)

REGIONS = Table(
    "regions",
    "regions.csv",
    "a place",
    (
        Field("region_id", "key", "key"),
        *_two_languages("name", "name"),
        Field("level", "id", "level of administration", enum=("nation", "province", "city", "district", "area")),
        Field("parent_id", "id", "the place it lies in; empty for the nation", False),
    ),
    ("region_id",),
    (ForeignKey(("parent_id",), "regions", ("region_id",)),),
)

REGION_AREAS = Table(
    "region_areas",
    "region_areas.csv",
    "an area, such as a delta or a coast, that a place lies in beside the places above it",
    (
        Field("region_id", "id", "the place"),
        Field("area_id", "id", "the area"),
    ),
    ("region_id", "area_id"),
    (_to("region_id", "regions"), ForeignKey(("area_id",), "regions", ("region_id",))),
    required=False,
)

EDITIONS = Table(
    "editions",
    "editions.csv",
    "one year's book",
    (
        Field("edition", "edition", "key, part of the addresses of the pages"),
        Field("as_of", "date", "as-of date: what was published later is not used"),
        Field("target_year", "year", "the year the plan's goals are judged for"),
        Field("status", "id", "whether the edition is the one under work", enum=("archived", "current")),
        Field(
            "reconstructed",
            "text",
            "1 where the edition was worked out later and was not published when it would have been",
            False,
            enum=("1",),
            may_lack=True,
        ),
    ),
    ("edition",),
)

AREAS = Table(
    "areas",
    "plan/areas.csv",
    "one of the plan's task areas",
    (
        Field("area_id", "key", "key"),
        Field("number", "count", "number in the plan", unique=True),
        *_two_languages("name", "name"),
    ),
    ("area_id",),
)

TASKS = Table(
    "tasks",
    "plan/tasks.csv",
    "one of the plan's tasks",
    (
        Field("task_id", "key", "key"),
        Field("area_id", "id", "the area it belongs to"),
        Field("number", "text", "number in the plan", unique=True, pattern=r"[0-9]+(?:\.[0-9]+)*"),
        *_two_languages("name", "name"),
    ),
    ("task_id",),
    (_to("area_id", "areas"),),
)

TARGETS = Table(
    "targets",
    "plan/targets.csv",
    "one goal that the plan sets",
    (
        Field("target_id", "key", "key, part of the addresses of the pages"),
        Field("number", "count", "number in the book", unique=True),
        Field("area_id", "id", "the area it belongs to; empty for a goal that spans all", False),
        Field("indicator_id", "id", "the indicator that decides it; empty for a qualitative goal", False),
        Field("region_id", "id", "the place it is set for"),
        Field("rule", "id", "when it is met", enum=RULES),
        Field("value", "number", "the value to reach, in the indicator's unit", False),
        Field("unit", "text", "unit of the value", False),
        Field("target_year", "year", "the year it is to be met in"),
        Field("baseline_year", "year", "the year it is compared with", False),
        *_two_languages("statement", "the goal in short words"),
        *_two_languages("interpretation", "how a vague wording was made measurable, and why"),
        Field("source_id", "id", "the plan that sets it"),
    ),
    ("target_id",),
    (
        _to("area_id", "areas"),
        _to("indicator_id", "indicators"),
        _to("region_id", "regions"),
        _to("source_id", "sources"),
    ),
)

TASK_INDICATORS = Table(
    "task_indicators",
    "plan/task_indicators.csv",
    "an indicator that measures a task",
    (
        Field("task_id", "id", "the task"),
        Field("indicator_id", "id", "the indicator"),
        Field("role", "id", "its part", enum=("headline", "supporting")),
    ),
    ("task_id", "indicator_id"),
    (_to("task_id", "tasks"), _to("indicator_id", "indicators")),
)

TARGET_EVIDENCE = Table(
    "target_evidence",
    "plan/target_evidence.csv",
    "a series that a target rests on",
    (
        Field("target_id", "id", "the target"),
        Field("indicator_id", "id", "the series' indicator"),
        Field("region_id", "id", "the series' place"),
        Field("role", "id", "what the series can say", enum=("direct", "proxy", "context", "support")),
        *_two_languages("reason", "why it has this role"),
        Field(
            "better",
            "id",
            "which direction is better for this target, where the indicator does not say it for all",
            False,
            enum=BETTER,
            may_lack=True,
        ),
        Field(
            "source_id",
            "id",
            "the source of the figure that the reason speaks of, shown in place of the latest",
            False,
            may_lack=True,
        ),
    ),
    ("target_id", "indicator_id", "region_id"),
    (
        _to("target_id", "targets"),
        _to("indicator_id", "indicators"),
        _to("region_id", "regions"),
        _to("source_id", "sources"),
    ),
)

PEER_TARGETS = Table(
    "peer_targets",
    "plan/peer_targets.csv",
    "the same kind of goal set elsewhere",
    (
        Field("region_id", "id", "the place that set it"),
        Field("indicator_id", "id", "the indicator"),
        Field("rule", "id", "when it is met", enum=NUMERIC_RULES),
        Field("value", "number", "the value to reach", False),
        Field("unit", "text", "unit of the value", False),
        Field("target_year", "year", "the year it is to be met in"),
        Field("source_id", "id", "where it was set"),
        *_two_languages("note", "what a reader must know", False),
    ),
    ("indicator_id", "region_id", "target_year", "source_id"),
    (_to("region_id", "regions"), _to("indicator_id", "indicators"), _to("source_id", "sources")),
    required=False,
)

GAPS = Table(
    "gaps",
    "plan/gaps.csv",
    "what was not found for this book, for a task or a target, and whom to ask",
    (
        Field("task_id", "id", "the task"),
        Field("target_id", "id", "the target, where it is about one", False),
        *_two_languages("missing", "what was not found and whom to ask"),
        *_two_languages("likely_source", "the publication that most likely has it", False, may_lack=True),
    ),
    ("task_id", "target_id"),
    (_to("task_id", "tasks"), _to("target_id", "targets")),
    required=False,
)

OPEN_SCOPES = Table(
    "open_scopes",
    "plan/open_scopes.csv",
    "two indicators between which the wording of goals leaves the scope open",
    (
        Field("indicator_id", "id", "the indicator that such goals are judged by"),
        Field("other_id", "id", "the indicator of the other scope, told beside it"),
        *_two_languages("reason", "why the scope is open"),
    ),
    ("indicator_id", "other_id"),
    (_to("indicator_id", "indicators"), ForeignKey(("other_id",), "indicators", ("indicator_id",))),
    required=False,
)

PUBLISHERS = Table(
    "publishers",
    "publishers.csv",
    "the name of a publisher in both languages",
    (Field("publisher", "text", "as the sources name it"), *_two_languages("publisher", "official name")),
    ("publisher",),
    required=False,
)

LOCATORS = Table(
    "locators",
    "locators.csv",
    "a place in a source in both languages",
    (Field("locator", "text", "as the observations name it"), *_two_languages("locator", "the words")),
    ("locator",),
    required=False,
)

_NUMBER_TEXT = r"[^{}]*\{\}[^{}]*"

UNITS = Table(
    "units",
    "units.csv",
    "a unit, and how a number is written with it",
    (
        Field("unit", "text", "key", pattern=UNIT_PATTERN),
        Field(
            "form",
            "id",
            "nature of its numbers: flags, ranks and spans (years in a row) are never forecast",
            enum=FORMS,
        ),
        *_two_languages("name", "what a heading calls it"),
        *_two_languages(
            "text",
            "how a number is written with it, {} being the number and its scale",
            pattern=_NUMBER_TEXT,
        ),
        Field("one_en", "text", "the same for one of it, in English, where that differs", False, pattern=_NUMBER_TEXT),
        Field("scale", "count", "how many of it a value of 1 stands for: 1, 10, 100 and so on", pattern=r"10*"),
        Field(
            "decimals",
            "count",
            "decimals that are enough where a language writes a number at another scale, if four digits do not suffice",
            False,
            maximum=6,
        ),
    ),
    ("unit",),
    required=False,
)

DATING = Table(
    "dating",
    "dating.csv",
    "about when a figure without a period was measured",
    (
        *(field for field in OBSERVATIONS.fields if field.name in ("indicator_id", "region_id", "source_id")),
        Field("from_year", "year", "first year that it may belong to"),
        Field("to_year", "year", "last year that it may belong to"),
        *_two_languages("reason", "how this is known"),
    ),
    ("indicator_id", "region_id", "source_id"),
    (_to("indicator_id", "indicators"), _to("region_id", "regions"), _to("source_id", "sources")),
    required=False,
)

CATEGORY_GROUPS = Table(
    "category_groups",
    "category_groups.csv",
    "the group that one category of a pass rate belongs to when the rate is standardised",
    (
        Field("indicator_id", "id", "the pass rate of all categories together"),
        Field("category_id", "id", "the pass rate of one category"),
        Field("group", "id", "the group of categories"),
        *_two_languages("name", "name of the group, the same in each of its rows"),
    ),
    ("indicator_id", "category_id"),
    (_to("indicator_id", "indicators"), ForeignKey(("category_id",), "indicators", ("indicator_id",))),
    required=False,
)

REVIEW_RESULTS = ("confirmed", "differs", "not_found", "unclear")

REVIEWS = Table(
    "reviews",
    "reviews.csv",
    "one reviewer's check of one figure of one edition",
    (
        Field("edition", "id", "the edition that was reviewed"),
        *(field for field in OBSERVATIONS.fields if field.name in OBSERVATIONS.primary_key),
        Field("reviewer", "text", "who checked it"),
        Field("reviewed", "date", "day on which it was checked"),
        Field("result", "id", "whether the source says what the evidence says", enum=REVIEW_RESULTS),
        *_two_languages("note", "what was found", False),
    ),
    ("edition", *OBSERVATIONS.primary_key, "reviewer"),
    (
        _to("edition", "editions"),
        ForeignKey(
            OBSERVATIONS.primary_key, "observations", OBSERVATIONS.primary_key, may_be_empty=("period", "basis")
        ),
    ),
    required=False,
)

TABLES: tuple[Table, ...] = (
    OBSERVATIONS,
    INDICATORS,
    SOURCES,
    REGIONS,
    REGION_AREAS,
    AREAS,
    TASKS,
    TARGETS,
    TASK_INDICATORS,
    TARGET_EVIDENCE,
    PEER_TARGETS,
    OPEN_SCOPES,
    GAPS,
    EDITIONS,
    PUBLISHERS,
    LOCATORS,
    UNITS,
    DATING,
    CATEGORY_GROUPS,
    REVIEWS,
)

GENERIC_METADATA: Mapping[str, Any] = {
    "profile": "tabular-data-package",
    "name": "quality-status-evidence",
    "title": "Published figures on quality, each with its source",
    "licenses": [
        {
            "name": "CC-BY-4.0",
            "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "Creative Commons Attribution 4.0",
        }
    ],
}


def descriptor(
    tables: Iterable[str],
    metadata: Mapping[str, Any] | None = None,
    lacking: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Any]:
    """Return the Frictionless descriptor of an evidence folder.

    Parameters
    ----------
    tables : iterable of str
        Names of the tables that are there.
    lacking : mapping of str to collection of str, optional
        For each table the columns that its file comes without.
    metadata : mapping, optional
        Name, title, licences and whatever else is said of the package as a whole; :data:`GENERIC_METADATA` fills in
        what it does not say.

    Returns
    -------
    dict
        A Tabular Data Package with one resource for each table, in the order of :data:`TABLES`.
    """
    present = set(tables)
    about = {key: value for key, value in (metadata or {}).items() if key != "resources"}
    return {
        **GENERIC_METADATA,
        **about,
        "resources": [
            _resource(table, present, (lacking or {}).get(table.name, ())) for table in TABLES if table.name in present
        ],
    }


def _resource(table: Table, present: set[str], lacking: Collection[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(field) for field in table.fields if field.name not in lacking],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    keys = [
        {
            "fields": list(key.fields),
            # Table Schema names the table itself by an empty string.
            "reference": {"resource": "" if key.table == table.name else key.table, "fields": list(key.to_fields)},
        }
        for key in table.foreign_keys
        if key.level == "error" and key.table in present and not set(key.fields) & set(lacking)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(field: Field) -> dict[str, Any]:
    cell = CELL_TYPES[field.type]
    pattern = field.pattern or (cell.pattern if cell.pattern_in_descriptor and not field.enum else "")
    if cell.frictionless != "string":
        # Table Schema knows patterns for strings only.
        pattern = ""
    constraints: dict[str, Any] = {
        "required": field.required,
        "unique": field.unique or None,
        "enum": list(field.enum) or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "pattern": pattern or None,
    }
    return {
        "name": field.name,
        "type": cell.frictionless,
        "description": field.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }


def present_tables(folder: Path) -> list[str]:
    """Return the names of the tables whose files are in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        An evidence folder.

    Returns
    -------
    list of str
        In the order of :data:`TABLES`.
    """
    return [table.name for table in TABLES if (folder / table.path).is_file()]


def lacking_columns(folder: Path) -> dict[str, list[str]]:
    """Return, for each table of a folder, the columns that its file comes without and may."""
    lacking = {}
    for table in TABLES:
        path = folder / table.path
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace", newline="") as file:
                header = next(csv.reader(file), [])
            lacking[table.name] = [field.name for field in table.fields if field.may_lack and field.name not in header]
    return lacking


def descriptor_of(folder: Path, metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the descriptor of the tables that a folder has, with the columns that their files have."""
    return descriptor(present_tables(folder), metadata, lacking_columns(folder))


def write_descriptor(folder: Path, metadata: Mapping[str, Any] | None = None) -> Path:
    """Write ``datapackage.json`` for the tables of a folder; what the old one says of the whole package is kept.

    Parameters
    ----------
    folder : pathlib.Path
        An evidence folder.
    metadata : mapping, optional
        Name, title, licences and the like that are to be said anew.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    OSError
        If the file cannot be written.
    ValueError
        If the old file is not JSON.
    """
    path = folder / DESCRIPTOR_NAME
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    new = descriptor_of(folder, {**old, **(metadata or {})})
    path.write_text(json.dumps(new, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return path
