"""Every number on the finished pages of a site, and where it comes from; written without the code that makes pages.

A number is a figure of the evidence, a computed number of the page's rows in ``derived.csv``, or stands in a place
where a page has numbers of its own: of sections, figures, citations, code and formulas. What is left is unexplained.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag
from test_authored_numbers import ALLOWED, NAMES, PAGES

from qualitybook.report.i18n import translator

BLOCKS = (
    "p",
    "li",
    "td",
    "th",
    "caption",
    "figcaption",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "div",
    "section",
    "article",
)
SCOPES = ("tr", "li", "figcaption", "p")
"""What holds a statement together: a citation in it says where its figures come from."""
OWN_NUMBERS = {
    *("section-number", "caption-number", "headerlink", "std-numref", "fn-bracket", "label", "math", "MathJax"),
    *("bibtex-citation", "footnote-reference", "downloads", "eqno", "qb-rows", "qb-more"),
}
"""Classes of the places in which numbers count sections, figures, citations, files and further pages, or belong to a
formula or to a picture: the table in a picture's place says again what its marks show."""
OPAQUE = ("script", "style", "svg", "math", "code", "pre", "sup")
LITERATURE = "References"
"""Heading, in English, of the section whose numbers are volumes, issues and pages of the works cited."""
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = re.compile(rf"(?<![\w.,])[+−-]?{_DIGITS}|(?<=[^\W\d])[+−]?{_DIGITS}")
POWERS = {"million": 6, "billion": 9, "万": 4, "亿": 8, "万亿": 12}
"""The powers of ten for which a language has a word that may stand behind a number."""
WORD = re.compile(r"\s?(million|billion|万亿|亿|万)")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH = "|".join(MONTHS)
DAYS = {
    "en": (
        rf"(?P<m>{_MONTH})–(?P<to>{_MONTH}) (?P<y>\d{{4}})",
        r"(?P<y>\d{4})–(?P<last>\d{4})",
        rf"(?P<d>\d{{1,2}}) (?P<m>{_MONTH}) (?P<y>\d{{4}})",
        rf"(?P<m>{_MONTH}) (?P<y>\d{{4}})",
        r"H[12] (?P<y>\d{4})",
    ),
    "zh": (
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"(?P<y>\d{4})—(?P<last>\d{4})年",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})—(?P<to>\d{1,2})月",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月",
        r"(?P<y>\d{4})年",
    ),
}
QUARTER = {"en": r"Q(?P<q>[1-4]) (?P<y>\d{4})", "zh": r"(?P<y>\d{4})年第(?P<q>[1-4])季度"}
INDICATORS = "indicators/"
SERIES = re.compile(r"observations\?indicator_id=(\w+)&region_id=(\w+)")
YEAR = r"(?<![\d.,])(?P<y>(?:19|20)\d\d)(?!\d|[.,]\d)"


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a published table as they are in the file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in csv.DictReader(file)]


@dataclass(frozen=True)
class Unexplained:
    """A number that no row explains, with the text around it."""

    page: str
    number: str
    text: str


@dataclass(frozen=True)
class Number:
    """A number on a page.

    Attributes
    ----------
    text, bare : str
        As it stands there; and without grouping and plus sign, with a plain minus.
    size, step : decimal.Decimal
        What it says with the word behind it, million or 亿; and the unit of its last digit.
    has_word : bool
        Whether there is such a word.
    """

    text: str
    bare: str
    size: Decimal
    step: Decimal
    has_word: bool


def numbers_in(text: str) -> list[Number]:
    """Return the numbers in a text; of a range the word behind its end counts for both ends."""
    found, power, has_word = [], 0, False
    for match in reversed([*NUMBER.finditer(text)]):
        word = WORD.match(text, match.end())
        if word or not found or not re.fullmatch(r"[–～]", text[match.end() : match.end() + 1]):
            power, has_word = (POWERS[word[1]] if word else 0), word is not None
        digits = bare(match[0])
        step = Decimal(1).scaleb(power - len(digits.partition(".")[2]))
        found.append(Number(match[0], digits, Decimal(digits).scaleb(power), step, has_word))
    return found[::-1]


@dataclass
class Published:
    """What a site publishes beside its pages, as one edition in one language sees it.

    Attributes
    ----------
    site : pathlib.Path
        Folder of the site.
    edition, lang : str
        Which book.
    """

    site: Path
    edition: str
    lang: str

    @cached_property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """The published tables by their names."""
        data = self.site / "data"
        return {path.stem: read_table(path) for path in [*data.glob("*.csv"), *data.glob("plan/*.csv")]}

    @cached_property
    def as_of(self) -> date:
        """The edition's day."""
        row = next(row for row in self.tables["editions"] if row["edition"] == self.edition)
        return date.fromisoformat(row["as_of"])

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """The sources by their keys."""
        return {row["source_id"]: row for row in self.tables["sources"]}

    @cached_property
    def available(self) -> dict[str, date]:
        """The day from which each source is known: its date, else a year after its latest period, else its reading."""
        periods: dict[str, list[date]] = defaultdict(list)
        for row in self.tables["observations"]:
            if row["period"]:
                periods[row["source_id"]].append(end_of(row["period"]))
        found = {}
        for key, row in self.sources.items():
            accessed = date.fromisoformat(row["accessed"])
            if row["published"]:
                day = end_of(row["published"])
            elif periods[key]:
                day = a_year_after(max(periods[key]))
            else:
                day = accessed
            found[key] = min(day, accessed)
        return found

    @cached_property
    def observations(self) -> list[dict[str, str]]:
        """The figures that the edition sees."""
        return self.seen_on(self.as_of)

    def seen_on(self, day: date) -> list[dict[str, str]]:
        """Return the figures that are known on a day."""
        return [row for row in self.tables["observations"] if self.available[row["source_id"]] <= day]

    @cached_property
    def derived(self) -> dict[str, list[dict[str, str]]]:
        """The computed statements by their pages."""
        by_page: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in read_table(self.site / "data" / self.edition / self.lang / "derived.csv"):
            by_page[row["page"]].append(row)
        return by_page

    @cached_property
    def written_years(self) -> set[int]:
        """The years that people have written into the book: of works cited and of the tests of the method."""
        texts = [path.read_text(encoding="utf-8") for path in PAGES if self.lang in path.parts]
        return {int(year) for text in texts for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)}

    @cached_property
    def scales(self) -> dict[str, Decimal]:
        """What a value of each unit is to be multiplied by."""
        return {row["unit"]: Decimal(row["scale"] or 1) for row in self.tables.get("units", ())}

    @cached_property
    def units(self) -> dict[str, str]:
        """The units of the indicators."""
        return {row["indicator_id"]: row["unit"] for row in self.tables["indicators"]}

    def scale_of(self, indicator_id: str) -> Decimal:
        """Return what a value of an indicator is to be multiplied by."""
        return self.scales.get(self.units.get(indicator_id, ""), Decimal(1))

    def is_value(self, number: Number, row: Mapping[str, str]) -> bool:
        """Say whether a number is the value of a figure or goal, as printed or at the scale of its unit."""
        if not row["value"]:
            return False
        scale = self.scale_of(row["indicator_id"])
        if scale == 1 and not number.has_word:
            return number.bare == row["value"]
        return abs(number.size - Decimal(row["value"]) * scale) <= number.step / 2

    def is_figure(self, number: Number, row: Mapping[str, str]) -> bool:
        """Say whether a number is the value of a figure or goal, or one of the figure's counts."""
        return number.bare in (row.get("n"), row.get("passed")) or self.is_value(number, row)

    def days_of_series(self, indicator_id: str, region_id: str) -> set[tuple[int, ...]]:
        """Return the days, months and years of the figures of a series."""
        key = (indicator_id, region_id)
        if key not in self._series_days:
            rows = [row for row in self.observations if (row["indicator_id"], row["region_id"]) == key]
            self._series_days[key] = {part for row in rows if row["period"] for part in parts_of(row["period"])}
        return self._series_days[key]

    @cached_property
    def _series_days(self) -> dict[tuple[str, str], set[tuple[int, ...]]]:
        return {}

    @cached_property
    def own_days(self) -> set[tuple[int, ...]]:
        """The days and years of the goals, of the plan's publication and of the editions."""
        own = self.tables["targets"]
        goals = {int(goal[name]) for goal in own for name in ("target_year", "baseline_year") if goal.get(name)}
        plan = {self.sources[goal["source_id"]]["published"] for goal in self.tables["targets"]}
        names = {int(row[name]) for row in self.tables["editions"] for name in ("edition", "target_year")}
        dates = {end_of(text) for text in plan if text} | {
            date.fromisoformat(row["as_of"]) for row in self.tables["editions"]
        }
        return {(year,) for year in goals | names} | {(day.year, day.month, day.day) for day in dates}

    @cached_property
    def goals(self) -> list[dict[str, str]]:
        """The goals of the plan and of other places."""
        return [*self.tables["targets"], *self.tables["peer_targets"]]

    @cached_property
    def fixed(self) -> Mapping[str, list[str]]:
        """What stands in the evidence or in the sentences of the code word for word, by each number in it."""
        texts = {cell for text in self._cells() for cell in [plain(text)] if not re.fullmatch(r"[\d.,%/ -]*", cell)}
        by_number: dict[str, set[str]] = defaultdict(set)
        for text in texts | set(self._messages()):
            for found in NUMBER.finditer(text):
                by_number[found[0]].add(text)
        return {number: sorted(found, key=len, reverse=True) for number, found in by_number.items()}

    def without_fixed(self, text: str) -> str:
        """Return a text without what is fixed in it, the longest first."""
        found = {known for number in NUMBER.finditer(text) for known in self.fixed.get(number[0], ())}
        for known in sorted(found, key=lambda known: (-len(known), known)):
            text = text.replace(known, " ")
        return text

    def _cells(self) -> Iterator[str]:
        """Yield the cells that are text: in the book's language or in none; and titles, which name a row's number."""
        other = {"en": "_zh", "zh": "_en"}[self.lang]
        yield from self._titles()
        for name, rows in self.tables.items():
            for row in rows:
                yield from (cell for column, cell in row.items() if is_text(name, column, other) and cell)

    def _titles(self) -> Iterator[str]:
        """Yield what the book calls goals, areas and tasks."""
        say = translator(self.lang).gettext
        for row in self.tables["targets"]:
            statement = row[f"statement_{self.lang}"]
            yield say("Goal {number}: {statement}").format(number=row["number"], statement=statement)
            moved = say("Goal {number}, “{goal}”: before {before}, now {now}.").partition("{before}")[0]
            yield moved.format(number=row["number"], goal=statement)
            yield f"{row['number']} {statement}"
        for kind, table in (("Area", "areas"), ("Task", "tasks")):
            for row in self.tables[table]:
                name = row[f"name_{self.lang}"]
                yield say(kind + " {number}: {name}").format(number=row["number"], name=name)
                yield f"{row['number']} {name}"

    def _messages(self) -> Iterator[str]:
        """Yield what is fixed in the sentences of the code, where numbers stand in it."""
        catalog = translator("zh")._catalog  # type: ignore[attr-defined]
        pairs = ((key if isinstance(key, str) else key[0], text) for key, text in catalog.items())
        for english, chinese in pairs:
            parts = (plain(part) for part in re.split(r"\{[^}]*\}", english if self.lang == "en" else chinese))
            for part in filter(re.compile(r"\d").search, parts):
                # A unit that is a number by itself, as English has it, stands behind a sign or a heading.
                is_number = re.search(r"[^\W\d]{2}", part) is None
                yield from (f"{before}{part}" for before in (("× ", "Unit: ", "单位：") if is_number else ("",)))


def is_text(table: str, column: str, other: str) -> bool:
    """Say whether a column of a table is text that a page may quote."""
    if column.endswith(other):
        return False
    return column.endswith(("_zh", "_en")) or column in ("title", "publisher", "locator", "number", "url", "found_url")


def plain(text: str) -> str:
    """Return a text as it is compared: typographic quotes made plain, one space between words."""
    for typographic, simple in {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "--": "–",
        "\u00a0": " ",
        "\u202f": " ",
    }.items():
        text = text.replace(typographic, simple)
    return " ".join(text.split())


def end_of(text: str) -> date:
    """Return the last day of a period, or of a date as far as it is known."""
    last = text.split("/")[-1]
    year = int(last[:4])
    rest = last[5:]
    if not rest:
        return date(year, 12, 31)
    if rest[0] in "HQ":
        month = int(rest[1]) * (6 if rest[0] == "H" else 3)
        return date(year, month, monthrange(year, month)[1])
    month, _, day = rest.partition("-")
    return date(year, int(month), int(day) if day else monthrange(year, int(month))[1])


def start_of(text: str) -> date:
    """Return the first day of a period."""
    first = text.split("/")[0]
    year, rest = int(first[:4]), first[5:]
    if not rest:
        return date(year, 1, 1)
    if rest[0] in "HQ":
        return date(year, (int(rest[1]) - 1) * (6 if rest[0] == "H" else 3) + 1, 1)
    return date(year, int(rest[:2]), int(rest[3:] or 1))


def parts_of(text: str) -> set[tuple[int, ...]]:
    """Return both ends of a period or date as day, month and year, and the years between."""
    ends = {start_of(text), end_of(text)}
    years = range(start_of(text).year, end_of(text).year + 1)
    return {(year,) for year in years} | {
        part for day in ends for part in ((day.year, day.month), (day.year, day.month, day.day))
    }


def parts_said(period: str) -> set[tuple[int, ...]]:
    """Return what must be said of a period where a figure of it stands: its year, its month, its last months."""
    start, end = start_of(period), end_of(period)
    if "/" in period and (start.month, end.month) == (1, 12):
        return {(start.year,), (end.year,)}
    if "/" in period:
        return {(start.year, start.month), (end.year, end.month)}
    if len(period) == len("YYYY") or "H" in period:
        return {(end.year,)}
    return {(end.year, end.month)}


def bare(number: str) -> str:
    """Return a number without grouping and plus sign, with a plain minus."""
    return number.lstrip("+").replace("−", "-").replace(",", "")


def a_year_after(day: date) -> date:
    """Return the same day twelve months later, the last of its month where that is so."""
    last = day.day == monthrange(day.year, day.month)[1]
    return date(day.year + 1, day.month, monthrange(day.year + 1, day.month)[1] if last else day.day)


@dataclass
class Unit:
    """A piece of text of a page: a paragraph, a cell, a caption, or what a picture is described with.

    Attributes
    ----------
    text, around : str
        The piece, and the statement that it is a part of: the row of a table, for a cell.
    cites, indicators : frozenset of str
        The sources that the statement cites, and the indicators to whose pages it leads.
    is_output : bool
        Whether code made it, not people.
    header, entry : str
        Heading of its column; anchor of its entry in the bibliography.
    """

    text: str
    around: str
    cites: frozenset[str]
    indicators: frozenset[str]
    is_output: bool
    header: str = ""
    entry: str = ""


@dataclass(frozen=True)
class Printed:
    """A computed number as it is printed, the indicators and the days of what it is computed from."""

    printed: str
    indicators: frozenset[str]
    days: frozenset[tuple[int, ...]]


@dataclass
class Finished:
    """A finished page.

    Attributes
    ----------
    name : str
        Its name in the book.
    path : pathlib.Path
        The HTML.
    published : Published
        What is known beside it.
    keys : mapping of str to set of str
        The sources that each entry of the bibliography may be, by the entry's anchor.
    """

    name: str
    path: Path
    published: Published
    keys: Mapping[str, set[str]] = field(default_factory=dict)

    def unexplained(self) -> list[Unexplained]:
        """Return the numbers that nothing explains."""
        return [Unexplained(self.name, number, unit.text) for unit in self.units for number in self._left(unit)]

    @cached_property
    def article(self) -> Tag:
        """What the page says; the rest of it belongs to the site."""
        html = self.path.read_text(encoding="utf-8")
        start, end = html.index("<article"), html.rindex("</article>")
        made = BeautifulSoup(html[start:end], "lxml").article
        assert made is not None
        # They keep a sign of a range with its number, and split the text.
        for tied in made.find_all("span", class_="qb-tied"):
            tied.unwrap()
        made.smooth()
        return made

    @cached_property
    def units(self) -> list[Unit]:
        """The page's pieces of text that hold a digit."""
        article = self.article
        works = translator(self.published.lang).gettext(LITERATURE)
        for heading in article.find_all("h2"):
            if works in heading.get_text() and heading.parent is not None:
                heading.parent.decompose()
        pieces: dict[int, tuple[Tag, list[str]]] = {}
        for string in article.find_all(string=True):
            if type(string) is NavigableString and not has_own_numbers(string):
                block = block_of(string)
                pieces.setdefault(id(block), (block, []))[1].append(str(string))
        texts = [(block, "".join(texts)) for block, texts in pieces.values()]
        texts += [(picture, str(picture["alt"])) for picture in article.find_all("img", alt=True)]
        return [self._unit(block, text) for block, text in texts if re.search(r"\d", text)]

    def _unit(self, block: Tag, text: str) -> Unit:
        around = [block, *block.parents]
        scope = next((tag for name in SCOPES for tag in around if tag.name == name), block)
        entry = next((str(tag["id"]) for tag in block.parents if "citation" in tag.get("class", ())), "")
        links = self._links(scope)
        named = {link.split("indicators/")[1].partition(".")[0] for link in links if "indicators/" in link}
        if self.name.startswith(INDICATORS):
            named = {self.name.removeprefix(INDICATORS)}
        return Unit(
            text=plain(text),
            around=plain(text if block.name == "img" else scope.get_text(" ")),
            cites=frozenset(self._cited(links)),
            indicators=frozenset(named),
            is_output=any("cell_output" in tag.get("class", ()) for tag in block.parents),
            header=header_of(block),
            entry=entry,
        )

    @staticmethod
    def _links(scope: Tag) -> list[str]:
        return [str(link["href"]) for link in scope.find_all("a", href=True)]

    def _cited(self, links: Iterable[str]) -> set[str]:
        entries = [link.split("#")[1] for link in links if "bibliography.html#" in link]
        return {key for entry in entries for key in self.keys.get(entry, ())}

    @cached_property
    def cited(self) -> frozenset[str]:
        """All sources that the page cites."""
        return frozenset(self._cited(self._links(self.article)))

    def _left(self, unit: Unit) -> Iterator[str]:
        text = unit.text
        for cell in self._entry(unit.entry):
            text = text.replace(cell, " ")
        rows, computed = self._told(unit), self._computed(unit)
        days = self._days(unit, rows, computed)
        text = self._without_days(NAMES.sub(" ", self.published.without_fixed(text)), days)
        for made in computed:
            text = without(text, made.printed)
        said = self._stated_in(unit.around)
        goals = [goal for goal in self.published.goals if (int(goal["target_year"]),) in said]
        for number in numbers_in(text):
            figures = any(self.published.is_figure(number, row) for row in [*rows, *goals])
            if not figures and not self._is_key(unit, number.bare) and not self._is_written(unit, number.bare):
                yield number.text

    def _told(self, unit: Unit) -> list[dict[str, str]]:
        """Return the figures that a statement tells: of its sources, with value and period both in it."""
        numbers = numbers_in(unit.around)
        said = self._stated_in(unit.around)
        return [
            row
            for row in self._rows(unit.cites or self.cited)
            if (not unit.indicators or row["indicator_id"] in unit.indicators)
            and any(self.published.is_value(number, row) for number in numbers)
            and (not row["period"] or said.issuperset(parts_said(row["period"])))
        ]

    def _stated_in(self, text: str) -> set[tuple[int, ...]]:
        """Return the days, months and years that a text states, and the years of these."""
        patterns = (QUARTER[self.published.lang], *DAYS[self.published.lang], YEAR)
        found = {part for pattern in patterns for match in re.finditer(pattern, text) for part in stated(match)}
        return found | {(part[0],) for part in found}

    def _computed(self, unit: Unit) -> list[Printed]:
        """Return the computed numbers that a statement prints: of the indicators that it leads to, where it does."""
        return [
            made
            for made in self._derived
            if without(unit.around, made.printed) != unit.around
            and (not unit.indicators or not made.indicators or unit.indicators & made.indicators)
        ]

    def _is_written(self, unit: Unit, number: str) -> bool:
        """Say whether people may write a number into this page: `test_authored_numbers` holds them to that."""
        if unit.is_output or self.name.startswith("indicators/"):
            return False
        if self.name == "how-to-read" and number in READING.split():
            return True
        lists = [numbers for stem, (numbers, _) in ALLOWED.items() if f"{stem}-".startswith(f"{self.name}-")]
        return any(number in numbers or f"{int(float(number)):,}" in numbers for numbers in lists)

    def _entry(self, anchor: str) -> list[str]:
        """Return the cells of the source that an entry of the bibliography stands for, the longest first."""
        columns = ("title", "publisher", "published", "accessed", "url", "found_url")
        rows = [self.published.sources[key] for key in self.keys.get(anchor, ())]
        return sorted({plain(row[name]) for row in rows for name in columns if row[name]}, key=len, reverse=True)

    @cached_property
    def _derived(self) -> list[Printed]:
        """What the page prints as computed, the longest first."""
        rows = self.published.derived.get(self.name, ())
        made = {self._printed(row) for row in rows}
        return sorted(made, key=lambda each: (-len(each.printed), each.printed))

    def _printed(self, row: dict[str, str]) -> Printed:
        keys = [item.split("|") for item in row["rows"].split("; ") if "|" in item]
        named = set(re.findall(r"indicator_id=([\w,]+)", row["rows"])) | {key[0] for key in keys}
        years = [part for year in re.findall(r"(?:19|20)\d\d", row["operation"]) for part in parts_of(year)]
        days = {part for key in keys if key[2] for part in parts_of(key[2])} | set(years)
        days |= {part for each in re.findall(SERIES, row["rows"]) for part in self.published.days_of_series(*each)}
        printed = plain(self.published.without_fixed(plain(row["printed"])))
        return Printed(printed, frozenset(key for each in named for key in each.split(",")), frozenset(days))

    def _rows(self, sources: Iterable[str]) -> list[dict[str, str]]:
        return [row for key in sources for row in self._by_source.get(key, ())]

    @cached_property
    def _by_source(self) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.published.observations:
            found[row["source_id"]].append(row)
        return found

    def _days(self, unit: Unit, rows: Iterable[Mapping[str, str]], computed: Iterable[Printed]) -> set[tuple[int, ...]]:
        """Return the days, months and years that may stand in a piece of text."""
        known = (
            self.published.own_days
            | self._years_elsewhere(unit.around)
            | {part for made in computed for part in made.days}
        )
        known |= {part for row in rows if row["period"] for part in parts_of(row["period"])}
        known |= set() if unit.is_output else {(year,) for year in self.published.written_years}
        if unit.cites and unit.is_output:
            return known | self._dates_of(unit.cites)
        return known | self._days_of(unit.cites or self.cited)

    def _years_elsewhere(self, around: str) -> set[tuple[int, ...]]:
        """Return the years of the goals of other places that a statement may tell: those whose value is in it."""
        # The cells of a row have the same text around them.
        if around not in self._known_elsewhere:
            self._known_elsewhere[around] = self._years_of_goals_in(numbers_in(around))
        return self._known_elsewhere[around]

    @cached_property
    def _known_elsewhere(self) -> dict[str, set[tuple[int, ...]]]:
        return {}

    def _years_of_goals_in(self, numbers: Sequence[Number]) -> set[tuple[int, ...]]:
        return {
            (int(goal["target_year"]),)
            for goal in self.published.tables.get("peer_targets", ())
            if not goal["value"] or any(self.published.is_value(number, goal) for number in numbers)
        }

    def _dates_of(self, sources: frozenset[str]) -> set[tuple[int, ...]]:
        """Return when sources were published, and the years of their figures that state none."""
        dated = [row for row in self.published.tables.get("dating", ()) if row["source_id"] in sources]
        texts = [self.published.sources[key]["published"] for key in sources]
        texts += [row[name] for row in dated for name in ("from_year", "to_year")]
        return {known for text in filter(None, texts) for known in parts_of(text)}

    def _days_of(self, sources: frozenset[str]) -> set[tuple[int, ...]]:
        """Return the days, months and years of sources and of their figures; of all figures where none is cited."""
        if sources not in self._known_days:
            rows = self._rows(sources) or self.published.observations
            periods = {row["period"] for row in rows if row["period"]}
            self._known_days[sources] = {known for text in periods for known in parts_of(text)} | self._dates_of(
                sources
            )
        return self._known_days[sources]

    @cached_property
    def _known_days(self) -> dict[frozenset[str], set[tuple[int, ...]]]:
        return {}

    def _without_days(self, text: str, known: set[tuple[int, ...]]) -> str:
        for pattern in (QUARTER[self.published.lang], *DAYS[self.published.lang], YEAR):
            text = re.sub(pattern, lambda found: " " if known.issuperset(stated(found)) else found[0], text)
        return text

    def _is_key(self, unit: Unit, number: str) -> bool:
        """Say whether a number is that of a goal, an area or a task, in a place where these stand."""
        return unit.header in NUMBERED and number in {
            row["number"] for name in ("targets", "areas", "tasks") for row in self.published.tables[name]
        }


LEFT_OUT = ("index", "search", "genindex", "reproduce")
"""Pages of commands and code: what is run, the docstrings of the library, and pages that only lead to others."""
READING = "90 67 89 33 66 10 32 9 31 12"
"""What the page on how to read prints of the book's rules: the bounds of the likelihood words, the end of a year."""
NUMBERED = ("No.", "序号", "编号", "Task", "任务")
"""Headings of the columns that hold the numbers of goals and tasks."""


def stated(found: re.Match[str]) -> set[tuple[int, ...]]:
    """Return the year, month or day that a date states, both ends of a span of months."""
    cells = {name: cell for name, cell in found.groupdict().items() if cell}
    year = int(cells["y"])
    if "last" in cells:
        return {(year,), (int(cells["last"]),)}
    if "d" in cells:
        return {(year, month_of(cells["m"]), int(cells["d"]))}
    months = [month_of(cells[name]) for name in ("m", "to") if name in cells] or (
        [3 * int(cells["q"])] if "q" in cells else []
    )
    return {(year, month) for month in months} or {(year,)}


def month_of(text: str) -> int:
    """Return the number of a month that is written as a word or a number."""
    return MONTHS.index(text) + 1 if text in MONTHS else int(text)


def without(text: str, printed: str) -> str:
    """Return a text without what was printed, where it is not part of a longer number."""
    return re.sub(rf"(?<![\d.,+−-]){re.escape(printed)}(?!\d|[.,]\d)", " ", text)


def has_own_numbers(string: NavigableString) -> bool:
    """Say whether a text stands where a page has numbers of its own."""
    return any(
        tag.name in OPAQUE or not OWN_NUMBERS.isdisjoint(tag.get("class", ()))
        for tag in string.parents
        if isinstance(tag, Tag)
    )


def block_of(string: NavigableString) -> Tag:
    """Return the innermost block that a text stands in."""
    return next(tag for tag in string.parents if isinstance(tag, Tag) and tag.name in BLOCKS)


def header_of(block: Tag) -> str:
    """Return the heading of the column that a cell stands in, empty for what is no cell."""
    cell = block if block.name in ("td", "th") else block.find_parent("td")
    table = block.find_parent("table")
    if cell is None or table is None or table.thead is None:
        return ""
    heads = [plain(head.get_text()) for head in table.thead.find_all("th")]
    place = len(cell.find_previous_siblings(["td", "th"]))
    return heads[place] if place < len(heads) else ""


def bibliography(page: Path, published: Published) -> dict[str, set[str]]:
    """Return the sources that each entry of a bibliography may be, by the entry's anchor: those with its title."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    titles: dict[str, set[str]] = defaultdict(set)
    for key, source in published.sources.items():
        titles[plain(source["title"])].add(key)
    found = {}
    for entry in soup.select("div.citation"):
        text = plain(entry.get_text())
        longest = max((title for title in titles if title in text), key=len, default="")
        found[str(entry["id"])] = titles.get(longest, set())
    return found


def unexplained(site: Path, edition: str, lang: str, left_out: Iterable[str] = ()) -> list[Unexplained]:
    """Return the numbers on the pages of a book that nothing explains, without those of the pages that are left out."""
    published, folder = Published(site, edition, lang), site / edition / lang
    keys = bibliography(folder / "bibliography.html", published)
    names = {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.html"))}
    pages = [Finished(name, path, published, keys) for name, path in names.items() if name not in left_out]
    return [found for page in pages for found in page.unexplained()]
