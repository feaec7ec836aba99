"""The page of an indicator (chart, every figure with its source, what it is and what it serves), and the list of all.

Hundreds of them are written without a notebook. So what they share is looked up once; what a page says (a `Sheet`,
plain values) is kept apart from the drawing, which takes most of the time and is done only where a sheet has changed;
and what a sheet is made from is known before it is made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.analysis.latest import Latest, form_a_series
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence.catalog import Catalog, Indicator
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import QUALITATIVE
from qualitybook.report import CATALOGUE, FIGURES, INDICATORS, LIST, formats, frames, goal_page, labels, markdown
from qualitybook.report.derived import FOLDER, SUFFIX, Derived, Ledger
from qualitybook.report.figures import svg
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import Column
from qualitybook.report.voice import Computed, Voice

_BY_SHEET = ("observations", "sources")
"""Tables of which a sheet reads its own rows only; it may look something up in any other."""
_ENTRIES = f"{FIGURES}/entries"


def docname(indicator_id: str) -> str:
    """Return the name of an indicator's page."""
    return f"{INDICATORS}/{indicator_id}"


@dataclass(frozen=True)
class Entry:
    """An indicator in the list."""

    indicator_id: str
    name: str
    first_area: int
    """Number of the first area that it serves, 0 of none."""
    areas: tuple[str, ...]
    """Names of the areas that it serves, in the plan's order."""
    is_own: bool
    """Whether the plan's own place has figures."""
    places: tuple[str, ...]
    """Names of the places that have figures, in the order of places."""
    kind: str
    latest: str
    """Latest figure of the first place."""
    sources: tuple[str, ...]
    """Keys of its sources."""
    is_stale: bool
    line: str
    """Sparkline as SVG, empty where no place has two comparable figures."""
    computed: tuple[Derived, ...]

    def write(self, source: Path) -> None:
        """Leave the entry in a book's source folder."""
        path = source / _ENTRIES / f"{self.indicator_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
        if self.line:
            (source / _line(self.indicator_id)).write_text(self.line, encoding="utf-8", newline="\n")


def _line(indicator_id: str) -> str:
    return f"{FIGURES}/line-{indicator_id}.svg"


def _read_entry(path: Path) -> Entry:
    found = json.loads(path.read_text(encoding="utf-8"))
    computed = tuple(Derived(**made) for made in found.pop("computed"))
    several = {name: tuple(found[name]) for name in ("areas", "places", "sources")}
    return Entry(**{**found, **several, "computed": computed})


@dataclass(frozen=True)
class Sheet:
    """What the page of an indicator says."""

    indicator_id: str
    lang: str
    text: str
    """The page in Markdown."""
    axis: svg.Axis
    """The chart's axis of values."""
    places: tuple[svg.Place, ...]
    """What the chart shows; none without a chart."""
    entry: Entry
    """Its entry in the list of all indicators."""
    computed: tuple[Derived, ...] = ()
    """The numbers on the page that no source printed."""

    def write(self, source: Path) -> None:
        """Write the page and its chart into a book's source folder."""
        page = source / f"{docname(self.indicator_id)}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(self.text, encoding="utf-8", newline="\n")
        if self.computed:
            Ledger(source / FIGURES / FOLDER / f"{docname(self.indicator_id)}{SUFFIX}").write(self.computed)
        self.entry.write(source)
        if self.places:
            svg.write(source / _chart(self.indicator_id), lambda form: svg.chart(self.places, self.axis, form))


def _chart(indicator_id: str) -> str:
    return f"{FIGURES}/indicator-{indicator_id}.svg"


def columns_of(voice: Voice, rows: Sequence[Any]) -> list[Column[Any]]:
    """Return the columns of a table of figures; how many items were inspected only where that is known of one."""
    _ = voice.gettext
    inspected = Column[Any](_("Inspected"), lambda row: "" if pd.isna(row.n) else formats.number(row.n, 0), "r")
    return [
        Column(_("Period"), voice.period),
        Column(_("Figure"), lambda row: markdown.escape(voice.printed(row)), "r"),
        *([inspected] if any(not pd.isna(row.n) for row in rows) else []),
        Column(_("Grade"), lambda row: row.grade, "c"),
        Column(_("Where"), lambda row: markdown.escape(voice.locator(row.locator))),
        Column(_("Source"), lambda row: markdown.cite([row.source_id])),
    ]


def notes_of(voice: Voice, rows: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield each note on single figures, behind the figures that share it, with their rows."""
    noted: dict[str, list[Any]] = {}
    for row in rows:
        noted.setdefault(voice.name(row, "note"), []).append(row)
    for text, own in noted.items():
        if text:
            figures = [markdown.escape(voice.printed(row)) + voice.parentheses(voice.period(row)) for row in own]
            yield f"{voice.join(figures)}{voice.language.colon}{markdown.escape(text)}", own


@dataclass(frozen=True)
class _Place:
    """The series of a place, and its figures with the latest of all."""

    series: Series
    latest: Latest


class Published:
    """What is published on each indicator that an edition sees, place by place: the same in every language."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._places: dict[str, list[_Place]] = {}

    def regions(self, indicator_id: str) -> list[str]:
        """Return the places of an indicator by what they are to the plan, never by their values."""
        return self.catalog.in_order(self.catalog.places_of(indicator_id))

    def places(self, indicator_id: str) -> list[_Place]:
        """Return what is published on an indicator, in the order of its places."""
        if indicator_id not in self._places:
            found = (build_series(self.catalog, indicator_id, region) for region in self.regions(indicator_id))
            self._places[indicator_id] = [_Place(series, Latest.of_series(self.catalog, series)) for series in found]
        return self._places[indicator_id]


@dataclass(frozen=True)
class _Drawn:
    """A place that a chart shows: the latest figure, and what is drawn of it."""

    latest: Latest
    marks: tuple[svg.Mark, ...]


class Sheets:
    """The sheets of all indicators of which an edition sees a figure.

    What is `published` on them is given where other languages have sheets, too: it is looked up once then.
    """

    def __init__(self, voice: Voice, published: Published | None = None) -> None:
        self.voice, self.catalog, self.published = voice, voice.catalog, published or Published(voice.catalog)
        catalog = voice.catalog
        self._tasks = {row.task_id: row for row in rows_of(catalog.tasks)}
        self._areas = {row.area_id: row for row in rows_of(catalog.areas)}
        self._targets = {row.target_id: row for row in rows_of(catalog.targets)}
        goals = catalog.target_evidence.drop_duplicates(["indicator_id", "target_id", "role"])
        self._goals_of, self._tasks_of = _by_indicator(goals), _by_indicator(catalog.task_indicators)

    def __iter__(self) -> Iterator[Sheet]:
        return map(self.sheet, self.indicators)

    @property
    def indicators(self) -> list[str]:
        """The indicators that have a sheet."""
        return sorted(set(self.catalog.observations["indicator_id"]))

    def made_from(self, indicator_id: str) -> str:
        """Return the SHA-256 of what a sheet is made from, besides the code: figures, sources, tables of all sheets.

        The lines of the files are left out: a record that is put in above changes no sheet.
        """
        regions = self.published.regions(indicator_id)
        rows = [row for region in regions for row in self.catalog.records_at(indicator_id, region)]
        own = [repr(row._replace(line=None)) for row in rows]
        cited = [self._source_texts[key] for key in dict.fromkeys(row.source_id for row in rows)]
        parts = [self._shared, self.voice.code, indicator_id, *own, *cited]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def _source_texts(self) -> dict[str, str]:
        sources = self.catalog.sources.drop(columns="line")
        return {row.source_id: repr(tuple(row)) for row in rows_of(sources)}

    @cached_property
    def _shared(self) -> str:
        """Return what every sheet may look something up in, and the day that it names."""
        tables = [
            table.drop(columns="line").to_csv(index=False)
            for name, table in self.catalog.tables().items()
            if name not in _BY_SHEET
        ]
        return "\n".join([str(self.catalog.as_of_date), self.catalog.plan_region, *tables])

    def sheet(self, indicator_id: str) -> Sheet:
        """Return the sheet of an indicator."""
        _ = self.voice.gettext
        indicator, known = self.catalog.indicator(indicator_id), self.published.places(indicator_id)
        rows = [row for place in known for row in place.series.figures]
        notes = [told for told, _own in notes_of(self.voice, rows)]
        drawn = self._drawn(known)
        computed = Computed(self.voice, Ledger())
        places = tuple(svg.Place(self._named(computed, indicator, item), item.marks) for item in drawn)
        name = markdown.escape(self.voice.name(indicator))
        text = markdown.paragraphs(
            f"---\norphan: true\n---\n\n# {name}",
            markdown.escape(self.voice.name(indicator, "definition")),
            self._latest(computed, indicator, known[0].latest),
            self._figure(computed, indicator, drawn, len(known)) if drawn else self._no_chart(known),
            f"## {_('Published figures')}",
            self._table(indicator, rows),
            markdown.bullets(notes) if notes else "",
            f"## {_('About this indicator')}",
            self._about(indicator),
            f"## {_('What it serves')}",
            markdown.bullets(self._serves(indicator.indicator_id)),
            f"## {_('Sources')}",
            markdown.bullets(self._source(key) for key in dict.fromkeys(row.source_id for row in rows)),
        )
        axis = self.voice.axis(self.catalog.unit(indicator.unit))
        is_count = self.catalog.unit_of(indicator.indicator_id).is_whole
        shown = svg.Axis(axis.name, (indicator.lower, indicator.upper), axis.shift, is_count)
        recorded = tuple(sorted(computed.ledger.notes))
        entry = self._entry(indicator, known, drawn)
        return Sheet(indicator.indicator_id, self.voice.code, text, shown, places, entry, recorded)

    def _entry(self, indicator: Indicator, known: list[_Place], drawn: list[_Drawn]) -> Entry:
        """Return the indicator's entry in the list of all."""
        found, computed = known[0].latest, Computed(self.voice, Ledger())
        tasks = [self._tasks[link.task_id] for link in self._tasks_of.get(indicator.indicator_id, ())]
        areas = {area.number: self.voice.name(area) for area in (self._areas[task.area_id] for task in tasks)}
        limits = (indicator.lower, indicator.upper)
        shown = computed.latest_text(self.catalog.unit(indicator.unit), found)
        return Entry(
            indicator_id=indicator.indicator_id,
            name=self.voice.name(indicator),
            first_area=min(areas, default=0),
            areas=tuple(name for _number, name in sorted(areas.items())),
            is_own=found.region_id == self.catalog.plan_region,
            places=tuple(self.voice.place(place.series.region_id) for place in known),
            kind=self.voice.gettext(labels.KINDS[indicator.kind]),
            latest=self.voice.place(found.region_id) + self.voice.language.colon + shown,
            sources=found.sources,
            is_stale=found.is_stale,
            line=svg.sparkline(drawn[0].marks, limits) if drawn else "",
            computed=tuple(sorted(computed.ledger.notes)),
        )

    def _latest(self, computed: Computed, indicator: Indicator, found: Latest) -> str:
        """Return the latest figure of the first place, with the change that belongs to it."""
        place = self.voice.place(found.region_id)
        unit = self.catalog.unit(indicator.unit)
        told = [computed.latest_text(unit, found)]
        if found.change is not None:
            told.append(computed.change_or_reason(unit, found))
        text = place + self.voice.language.colon + self.voice.language.semicolon.join(told)
        return markdown.escape(self.voice.gettext("Latest figure: {figure}.", figure=text)) + "\n"

    def _drawn(self, known: list[_Place]) -> list[_Drawn]:
        """Return what the chart shows: the first places, in their order, whose figures form a series."""
        drawn = [place for place in known if form_a_series(place.latest.points)][: svg.MOST_PLACES]
        return [_Drawn(place.latest, self._marks_of(place.series)) for place in drawn]

    def _marks_of(self, series: Series) -> tuple[svg.Mark, ...]:
        return frames.as_marks(frames.records_of(self.voice, "direct", series), self.voice.place(series.region_id))

    def _named(self, computed: Computed, indicator: Indicator, item: _Drawn) -> str:
        """Return a place with its latest figure, as a chart names it."""
        place = self.voice.place(item.latest.region_id)
        shown = item.latest.shown
        unit = self.catalog.unit(indicator.unit)
        return place if shown is None else f"{place} {computed.figure_text(unit, indicator.indicator_id, shown)}"

    def _no_chart(self, known: list[_Place]) -> str:
        """Return why there is no chart."""
        _ = self.voice.gettext
        if any(place.latest.points for place in known):
            return _("No place has two comparable figures, so there is no chart.") + "\n"
        return _("No figure that was found states its year, so there is no chart.") + "\n"

    def _figure(self, computed: Computed, indicator: Indicator, drawn: list[_Drawn], places: int) -> str:
        _ = self.voice.gettext
        name = self.voice.name(indicator)
        day = self.catalog.as_of_date
        assert day is not None
        caption = [_("{indicator}: published figures.", indicator=markdown.escape(name)), *self._marks(drawn)]
        if places > len(drawn):
            caption.append(_("Other places: see the table."))
        caption.append(_("Sources: see the table below."))
        caption.append(_("As of {day}.", day=self.voice.date(day)))
        figures = self.voice.language.semicolon.join(self._named(computed, indicator, item) for item in drawn)
        alt = self.voice.sentences(
            [_("Chart of {indicator}.", indicator=name), _("Latest figure: {figure}.", figure=figures)]
        )
        path = f"/{_chart(indicator.indicator_id)}"
        label = f"fig-indicator-{indicator.indicator_id}"
        return markdown.figure(path, alt=alt, caption=self.voice.sentences(caption), name=label)

    def _marks(self, drawn: list[_Drawn]) -> list[str]:
        """Return what the marks mean, as far as they occur and are not plain."""
        _ = self.voice.gettext
        shown = [mark for item in drawn for mark in item.marks]
        points = [mark for mark in shown if not mark.is_bound]
        grades = {"A": _("circles: grade A"), "B": _("squares: grade B"), "C": _("triangles: grade C")}
        said = [text for grade, text in grades.items() if grade in {mark.grade for mark in points}]
        if any(mark.is_hollow for mark in points):
            said.append(_("hollow: not fitted, provisional, or dated only approximately"))
        if any(mark.is_odd for mark in shown):
            said.append(_("bars: period covered"))
        if len(points) < len(shown):
            said.append(_("arrows: bounds only"))
        if any(svg.changes(item.marks) for item in drawn):
            said.append(_("dotted line: change of definition"))
        return [_("Marks: {marks}.", marks=self.voice.language.semicolon.join(said))] if said else []

    def _table(self, indicator: Indicator, rows: list[Any]) -> str:
        _ = self.voice.gettext
        place = Column[Any](_("Place"), lambda row: markdown.escape(self.voice.place(row.region_id)))
        header, cells, align = markdown.spread([place, *columns_of(self.voice, rows)], rows)
        caption = _("{indicator}: all published figures", indicator=markdown.escape(self.voice.name(indicator)))
        name = f"tbl-indicator-{indicator.indicator_id}"
        return markdown.table(header, cells, caption=caption, name=name, align=align)

    def _about(self, indicator: Indicator) -> str:
        _, words = self.voice.gettext, self.voice
        kind = words.gettext(labels.KINDS[indicator.kind])
        if indicator.subkind:
            kind += words.parentheses(words.gettext(labels.SUBKINDS[indicator.subkind]))
        about = {
            _("Unit"): words.unit_name(self.catalog.unit(indicator.unit)),
            _("Type of quantity"): kind,
            _("Direction"): words.gettext(labels.BETTER[indicator.better]),
            _("Frequency"): words.gettext(labels.FREQUENCIES[indicator.frequency]),
            _("Measured by"): words.name(indicator, "custodian"),
            _("Comparability"): words.name(indicator, "comparability"),
        }
        said = [f"**{name}**{words.language.colon}{markdown.escape(text)}" for name, text in about.items() if text]
        return markdown.bullets(said)

    def _serves(self, indicator_id: str) -> Iterator[str]:
        """Yield the goals and tasks that the indicator serves, with links to their pages."""
        _, words = self.voice.gettext, self.voice
        for row in self._goals_of.get(indicator_id, ()):
            target = self._targets[row.target_id]
            name = markdown.escape(words.name(target, "statement"))
            if target.rule != QUALITATIVE:
                name = markdown.link(name, goal_page(target.number, target.target_id))
            role = words.parentheses(words.gettext(labels.ROLES[row.role]))
            yield _("Goal {number}", number=target.number) + words.language.colon + name + role
        for row in self._tasks_of.get(indicator_id, ()):
            task = self._tasks[row.task_id]
            area = self._areas[task.area_id]
            name = markdown.link(markdown.escape(words.name(task)), f"areas/{area.number}-{area.area_id}")
            role = words.parentheses(words.gettext(labels.TASK_ROLES[row.role]))
            yield _("Task {number}", number=markdown.escape(task.number)) + words.language.colon + name + role

    def _source(self, key: str) -> str:
        """Return a source in short: who, what, when, and its number in the bibliography."""
        source = self.catalog.source(key)
        publisher = markdown.escape(self.voice.publisher(source.publisher))
        day = self.voice.parentheses(self.voice.published(source.published))
        title = markdown.escape(source.title)
        return f"{publisher}{self.voice.language.colon}{title}{day} {markdown.cite([key])}"


def _by_indicator(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of a table by their indicators."""
    found: dict[str, list[Any]] = {}
    for row in rows_of(table):
        found.setdefault(row.indicator_id, []).append(row)
    return found


# The list of all indicators, put together from the entries that their pages leave behind: nothing is worked out again


def write_catalogue(source: Path, words: Words) -> None:
    """Write the list of the entries that lie in a book's source folder."""
    entries = [_read_entry(path) for path in sorted((source / _ENTRIES).glob("*.json"))]
    if not entries:
        return
    (source / f"{CATALOGUE}.md").write_text(_list_text(entries, words), encoding="utf-8", newline="\n")
    ledger = source / FIGURES / FOLDER / f"{CATALOGUE}{SUFFIX}"
    ledger.unlink(missing_ok=True)
    Ledger(ledger).write(sorted({made for entry in entries for made in entry.computed}))


def _list_text(entries: Iterable[Entry], words: Words) -> str:
    _ = words.gettext
    lead = _(
        "All indicators of which a figure was found, each with the latest figure of the first place; the page of an "
        "indicator has all its figures with their sources."
    )
    ordered = sorted(
        entries, key=lambda entry: (entry.is_stale, not entry.is_own, not entry.areas, entry.first_area, entry.name)
    )
    header, rows, align = markdown.spread(_list_columns(words), ordered)
    table = markdown.table(header, rows, caption=_("Catalogue of indicators"), name="tbl-catalogue", align=align)
    title = _("Catalogue of indicators")
    return markdown.paragraphs(f"---\nweb_only: true\n---\n\n# {title}", lead, markdown.container(LIST, table))


def _list_columns(words: Words) -> list[Column[Entry]]:
    _ = words.gettext

    def several(names: Iterable[str]) -> str:
        return markdown.escape(words.language.semicolon.join(names))

    def name(entry: Entry) -> str:
        return markdown.link(markdown.escape(entry.name), f"{INDICATORS}/{entry.indicator_id}")

    def line(entry: Entry) -> str:
        alt = _("Line of {indicator}.", indicator=entry.name)
        return markdown.image(f"/{_line(entry.indicator_id)}", alt) if entry.line else ""

    return [
        Column(_("Indicator"), name),
        Column(_("Line"), line),
        Column(_("Latest figure"), lambda entry: f"{markdown.escape(entry.latest)} {markdown.cite(entry.sources)}"),
        Column(_("Area"), lambda entry: several(entry.areas)),
        Column(_("Place"), lambda entry: several(entry.places)),
        Column(_("Kind of indicator"), lambda entry: markdown.escape(entry.kind)),
        Column(_("News"), lambda entry: _("none for years") if entry.is_stale else _("in recent years")),
    ]
