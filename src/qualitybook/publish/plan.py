"""The plan of the books of a build: all that pages, texts, settings, files and site say, as plain values.

This is the only stage that asks the catalog. What it returns needs no evidence any more, but for the sheets of the
indicators: each is worked out where it has changed, while pages are made.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.analysis.assess import Assessment, assess_edition
from qualitybook.analysis.categories import goods
from qualitybook.analysis.findings import CATEGORY_MARK
from qualitybook.analysis.questions import releases
from qualitybook.analysis.scales import calibration
from qualitybook.errors import json_of
from qualitybook.evidence.catalog import Catalog, Edition
from qualitybook.evidence.extract import Evidence, SharedResults, settings_of
from qualitybook.evidence.reading import ENCODING, csv_text, descriptor_of, present_tables, rows_of, table_text
from qualitybook.evidence.schema import DESCRIPTOR_NAME, QUALITATIVE, TABLES, UNITS, BookSettings, Table
from qualitybook.evidence.seals import Seal
from qualitybook.publish.layout import SERIES, Volume
from qualitybook.publish.notes import marks_of, notes_of
from qualitybook.publish.site import ASSESSMENTS
from qualitybook.report import FIGURES, assessments, formats, goal_page, labels
from qualitybook.report.i18n import Words, language
from qualitybook.report.indicators import Published, Sheets, docname
from qualitybook.report.markdown import escape
from qualitybook.report.voice import Voice

_Key = tuple[str, str]
"""Indicator and place of a series."""


@dataclass(frozen=True)
class Page:
    """One page of one edition in one language."""

    docname: str
    """Path of the page in the book, without suffix."""
    template: str
    """Name of the notebook that makes it, without suffix."""
    title: str
    """Its title, plain text in the book's language."""
    stem: str
    """Name that its figures and tables are called after, unique in the book."""
    parameters: Mapping[str, str]
    """What the notebook's parameters cell is filled with."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What its Markdown cells may use besides the book's context; text from the data is escaped Markdown."""
    reads: frozenset[str] | None = None
    """The indicators whose figures it reads; None for those of all."""
    evidence: Path | None = None
    """The extract of the evidence with what it reads, whose stem is its digest."""

    def within(self, book: Mapping[str, Any]) -> Page:
        """Return the page with the context of its book besides its own."""
        return replace(self, context={**book, **self.context})


COLUMNS = (
    *("indicator_id", "indicator", "region_id", "region", "period", "value", "unit", "qualifier", "n", "passed"),
    *("grade", "preferred", "basis", "note", "source_id", "source", "publisher", "published", "url"),
)
_KEY = ["indicator_id", "region_id"]


@dataclass(frozen=True)
class Figures:
    """The published figures of a book, in the words of its language, and the pages that rest on them."""

    rows: Mapping[_Key, Sequence[Sequence[str]]]
    """The figures of each series in the order of the table, cells as `COLUMNS` names them, values as printed."""
    pages: Mapping[str, Sequence[_Key]]
    """The series that a page rests on, by the page's name."""

    def write(self, source: Path) -> None:
        """Write the figures of each page as CSV into a book's source folder, under the name of the page."""
        for page, keys in self.pages.items():
            rows = [row for key in sorted(set(keys)) for row in self.rows.get(key, ())]
            if rows:
                path = source / SERIES / f"{page}.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(csv_text([list(COLUMNS), *rows]), ENCODING, newline="")


@dataclass(frozen=True)
class Plan:
    """One edition in one language."""

    volume: Volume
    """Which, and its folders."""
    settings: BookSettings
    """What the folder says of its book, with the state of the text that the edition goes by."""
    pages: Sequence[Page]
    """The pages that notebooks make, in the book's order."""
    context: Mapping[str, Any]
    """What every template and every authored page may use."""
    names: Mapping[str, Sequence[str]]
    """Names that each page goes by, in all languages, by the page's name."""
    figures: Figures
    """What the pages offer as CSV."""
    sources: Sequence[Mapping[str, str]]
    """Rows of ``sources.csv``, publishers in the book's language."""
    index: Mapping[str, Mapping[str, str]]
    """The indicators that the PDF's index lists: key and name, under the area whose tasks they serve."""
    sheets: Sheets | None
    """The pages of the indicators, where the book has them."""


@dataclass(frozen=True)
class Offer:
    """What the site offers to programs."""

    settings: BookSettings
    """Titles, and the address of the site if it has one."""
    as_of: Mapping[str, str]
    """As-of date (YYYY-MM-DD) of each edition."""
    data: Mapping[str, str] = field(default_factory=dict)
    """Text of the files of ``/data/`` by path; the files of editions that are not published stay as they are."""
    notes: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    """For each edition the page of what became known of it later, and what the list of editions says of that."""
    seals: Mapping[str, Seal] = field(default_factory=dict)
    """Seals of sealed editions."""
    place: Mapping[str, str] = field(default_factory=dict)
    """Name of the place whose plan it is, in each language."""
    states: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each edition what a list of books says of it; see `states_of`."""


def planned(
    catalog: Catalog, settings: BookSettings, volumes: Sequence[Volume], extracts: Path, *, with_website: bool = True
) -> tuple[list[Plan], Offer]:
    """Return the plan of each book, and what the site offers.

    Parameters
    ----------
    extracts
        Folder for the extracts of the evidence that pages read.
    with_website
        Whether there will be a website: only that has pages of the indicators, and offers anything.
    """
    shutil.rmtree(extracts, ignore_errors=True)
    made = Extracts(Evidence(catalog, settings), extracts)
    editions = {volume.edition.edition: volume.edition for volume in volumes}
    judged = {name: assess_edition(catalog, edition) for name, edition in editions.items()}
    plans = []
    for name, edition in editions.items():
        seen, planned_for = catalog.seen_by(edition), catalog.with_goals_of(edition.as_of)
        own_settings = settings_of(catalog, settings, edition)
        counts = {**_evidence_counts(seen), **_verdict_counts(judged[name])}
        pages = {code: pages_of(planned_for, name, code) for code in settings.languages}
        names = _names_by_page(planned_for, pages)
        shown = Published(seen) if with_website and name == catalog.current_edition.edition else None
        for volume in (volume for volume in volumes if volume.edition == edition):
            voice, own = Voice(volume.lang, seen), pages[volume.lang]
            plans.append(
                Plan(
                    volume=volume,
                    settings=own_settings,
                    pages=[replace(page, evidence=made.path(edition.as_of, page.reads)) for page in own],
                    context=_book_context(planned_for, own_settings, edition, voice, counts),
                    names=names,
                    figures=figures_of(seen, voice, own, with_indicators=shown is not None),
                    sources=_sources(catalog, voice),
                    index=_indicator_index(catalog, voice),
                    sheets=Sheets(voice, shown) if shown is not None else None,
                )
            )
    return plans, offer_of(catalog, settings, judged if with_website else {})


def volumes_of(catalog: Catalog, editions: Iterable[str], langs: Sequence[str], build_dir: Path) -> list[Volume]:
    """Return the books of these editions in these languages, editions first."""
    for code in langs:
        language(code)
    found = [catalog.edition(key) for key in editions]
    return [Volume(edition, code, build_dir / edition.edition / code) for edition in found for code in langs]


def pages_of(catalog: Catalog, edition: str, lang: str) -> list[Page]:
    """Return the pages that notebooks make, in the book's order."""
    words = Words(lang)
    shared = {"edition": edition, "lang": lang, "out": FIGURES}
    pages = [
        _single("summary", words.gettext("Summary")),
        _single("what-changed", words.gettext("What changed")),
        *_goods_page(catalog, words),
        *_target_pages(catalog, words),
        *_area_pages(catalog, words),
        _single("peers", words.gettext("Goals of other places")),
        _single("outlook", words.gettext("Outlook")),
        replace(
            _single("when", words.gettext("When will we know?")), context={"has_calendar": bool(releases(catalog))}
        ),
        _single("track-record", words.gettext("Track record")),
        _single("evidence", words.gettext("The evidence")),
        _single("methods", words.gettext("Methods")),
    ]
    return [_completed(page, shared) for page in pages]


def _single(docname: str, title: str) -> Page:
    return Page(docname, docname.replace("-", "_"), title, docname, {})


def _goods_page(catalog: Catalog, words: Words) -> list[Page]:
    """Return the page for people who buy, where the plan's place has a pass rate with categories."""
    return [_single("goods", words.gettext("Is what I buy safe?"))] if goods(catalog) else []


def _target_pages(catalog: Catalog, words: Words) -> list[Page]:
    targets = catalog.targets.sort_values("number", kind="stable")
    measurable = targets[targets["rule"] != QUALITATIVE]
    return [replace(_target_page(row, words), reads=_read_for(catalog, row)) for _, row in measurable.iterrows()]


def _read_for(catalog: Catalog, target: pd.Series) -> frozenset[str]:
    """Return the indicators that a goal is judged by: its own by each scope, those beside it, and their categories."""
    evidence, groups = catalog.target_evidence, catalog.category_groups
    beside = evidence[evidence["target_id"] == target["target_id"]]["indicator_id"]
    read = catalog.indicative_evidence[catalog.indicative_evidence["target_id"] == target["target_id"]]
    own = str(target["indicator_id"])
    named = {own, *catalog.other_scopes(own), *beside, *read["from_indicator_id"], *read["against_id"]} - {""}
    return frozenset(named | set(groups[groups["indicator_id"].isin(named)]["category_id"]))


def _target_page(row: pd.Series, words: Words) -> Page:
    target_id, number = str(row["target_id"]), int(row["number"])
    statement = words.name(row, "statement")
    context = {"number": number, "statement": escape(statement), "rule": str(row["rule"]), "target": target_id}
    stem = f"target-{number:02d}"
    return Page(goal_page(number, target_id), "target", statement, stem, {"target": target_id}, context)


def _area_pages(catalog: Catalog, words: Words) -> list[Page]:
    areas = catalog.areas.sort_values("number", kind="stable")
    return [
        replace(_area_page(catalog, row, words), reads=_read_in(catalog, str(row["area_id"])))
        for _, row in areas.iterrows()
    ]


def _read_in(catalog: Catalog, area_id: str) -> frozenset[str]:
    """Return the indicators of an area's tasks and those that its goals are judged by."""
    tasks, targets, links = catalog.tasks, catalog.targets, catalog.task_indicators
    own = tasks[tasks["area_id"] == area_id]["task_id"]
    goals = [_read_for(catalog, target) for _, target in targets[targets["area_id"] == area_id].iterrows()]
    return frozenset(links[links["task_id"].isin(own)]["indicator_id"]).union(*goals)


def _area_page(catalog: Catalog, row: pd.Series, words: Words) -> Page:
    area_id, number, name = str(row["area_id"]), int(row["number"]), words.name(row)
    tasks = catalog.tasks[catalog.tasks["area_id"] == area_id]
    with_indicators = tasks[tasks["task_id"].isin(catalog.task_indicators["task_id"])]
    own = [
        {"id": str(task["task_id"]), "number": str(task["number"]), "name": escape(words.name(task))}
        for _, task in with_indicators.iterrows()
    ]
    context = {"number": number, "name": escape(name), "area": area_id, "tasks": own}
    return Page(f"areas/{number}-{area_id}", "area", name, f"area-{number}", {"area": area_id}, context)


def _completed(page: Page, shared: Mapping[str, str]) -> Page:
    """Return the page with the parameters and the context that all pages have."""
    named = {"title": escape(page.title), "stem": page.stem, "docname": page.docname}
    return replace(page, parameters={**shared, **page.parameters}, context={**named, **page.context})


_UNJUDGED = ("cannot_judge", "never_published")


def _book_context(
    catalog: Catalog, settings: BookSettings, edition: Edition, words: Words, counts: Mapping[str, int]
) -> dict[str, Any]:
    """Return what every template and every authored page of a book may use."""
    plan = catalog.plan_of(edition)
    region = catalog.region(str(catalog.targets["region_id"].mode().iloc[0]))
    return {
        "edition": edition.edition,
        "lang": words.code,
        "as_of": words.date(edition.as_of),
        "target_year": edition.target_year,
        "plan_title": escape(plan.title),
        "is_draft": settings.is_draft,
        "has_goods": bool(goods(catalog)),
        "plan_date": words.published(plan.published),
        "plan": escape(words.name(settings, "plan") or words.gettext("plan")),
        "city": escape(words.name(region)),
        "counts": {name: formats.short(count) for name, count in counts.items()},
        **labels.tables(words),
        "imprint": imprint(settings, words),
    }


def imprint(settings: BookSettings, words: Words) -> list[str]:
    """Return who is responsible for a book and whether it is a publication of the government, as far as it is said."""
    _ = words.gettext
    named = {_("Editor"): "editor", _("Contact"): "contact", _("Mistakes"): "errata"}
    lines = [
        f"{title}{words.language.colon}{text}" for title, key in named.items() if (text := words.name(settings, key))
    ]
    return [
        *lines,
        *([_("This book is not a publication of the government.")] if settings.is_official is False else []),
    ]


def _evidence_counts(seen: Catalog) -> dict[str, int]:
    """Return how many figures the edition sees, from how many sources, for how many indicators."""
    return {
        "observations": len(seen.observations),
        "sources": int(seen.observations["source_id"].nunique()),
        "indicators": int(seen.observations["indicator_id"].nunique()),
        "targets": len(seen.targets),
    }


def _verdict_counts(assessments: list[Assessment]) -> dict[str, int]:
    """Return how many targets are judged (finally or by a probability), cannot be judged, or get no verdict."""
    verdicts = [assessment.verdict for assessment in assessments]
    return {
        "judged": sum(verdict.is_decided or verdict.probability is not None for verdict in verdicts),
        "cannot": sum(verdict.state in _UNJUDGED and verdict.probability is None for verdict in verdicts),
        "no_verdict": sum(verdict.state == "no_verdict" for verdict in verdicts),
    }


def _indicator_index(catalog: Catalog, words: Words) -> dict[str, dict[str, str]]:
    """Return the indicators that the PDF's index lists: key and name, under the area whose tasks they serve.

    An indicator stands once, where the plan's order comes to it first. Categories of an indicator are left out: the
    table that shows them stands beside their indicator's own figures.
    """
    _ = words.gettext
    names = {item.indicator_id: words.name(item) for item in rows_of(catalog.indicators)}
    left = {key: name for key, name in names.items() if CATEGORY_MARK not in key}
    groups: dict[str, dict[str, str]] = {}
    for area in rows_of(catalog.areas.sort_values("number")):
        own = catalog.tasks[catalog.tasks["area_id"] == area.area_id].sort_values("number")
        links = catalog.task_indicators
        keys = [key for task in own["task_id"] for key in links[links["task_id"] == task]["indicator_id"]]
        title = _("Area {number}: {name}", number=area.number, name=words.name(area))
        groups[title] = {key: left.pop(key) for key in dict.fromkeys(keys) if key in left}
    groups[_("Other indicators")] = left
    return {title: terms for title, terms in groups.items() if terms}


def _names_by_page(catalog: Catalog, pages: Mapping[str, Sequence[Page]]) -> dict[str, list[str]]:
    """Return the names that pages go by: titles and what the data give, in every language; indicators' pages last."""
    found: dict[str, list[str]] = {}
    for code in pages:
        for page in pages[code]:
            found.setdefault(page.docname, []).extend([page.title, *_names_of(catalog, page, code)])
    for key in sorted(catalog.indicators["indicator_id"]):
        found[docname(key)] = list(_indicator_names(catalog, [key], list(pages)))
    return {page: list(dict.fromkeys(filter(None, names))) for page, names in found.items()}


def _names_of(catalog: Catalog, page: Page, code: str) -> Iterator[str]:
    """Yield the names that the data give a page in one language, besides its title."""
    if target := page.parameters.get("target"):
        key = str(catalog.targets.set_index("target_id").loc[target, "indicator_id"])
        yield from _indicator_names(catalog, [key], [code])
    elif area := page.parameters.get("area"):
        tasks = catalog.tasks[catalog.tasks["area_id"] == area]
        yield from (str(name) for name in tasks[f"name_{code}"])
        chosen = catalog.task_indicators[catalog.task_indicators["task_id"].isin(tasks["task_id"])]
        yield from _indicator_names(catalog, chosen["indicator_id"], [code])


def _indicator_names(catalog: Catalog, keys: Iterable[str] | pd.Series, codes: Iterable[str]) -> Iterator[str]:
    known = catalog.indicators.set_index("indicator_id")
    for key in keys:
        if key in known.index:
            yield from (str(known.loc[key, f"name_{code}"]) for code in codes)


def figures_of(seen: Catalog, words: Words, pages: Iterable[Page], *, with_indicators: bool = False) -> Figures:
    """Return the published figures that an edition sees, and the series that pages rest on."""
    rows: dict[_Key, list[list[str]]] = {}
    for key, cells in _figure_rows(seen, words):
        rows.setdefault(key, []).append(cells)
    resting = {page.docname: list(_series_of(seen, page).itertuples(index=False, name=None)) for page in pages}
    for indicator, place in rows if with_indicators else ():
        resting.setdefault(docname(indicator), []).append((indicator, place))
    return Figures(rows, resting)


def _figure_rows(seen: Catalog, words: Words) -> Iterator[tuple[_Key, list[str]]]:
    """Yield the series and the cells of each figure, in the order of the table."""
    indicators = {row.indicator_id: row for row in rows_of(seen.indicators)}
    regions = {row.region_id: words.name(row) for row in rows_of(seen.regions)}
    sources = {row.source_id: row for row in rows_of(seen.sources)}
    publishers = {row.publisher: words.name(row, "publisher") for row in rows_of(seen.publishers)}
    for figure in rows_of(seen.observations.sort_values("line", kind="stable")):
        indicator, source = indicators[figure.indicator_id], sources[figure.source_id]
        values = {
            **figure._asdict(),
            "value": figure.value_text,
            "n": _whole(figure.n),
            "passed": _whole(figure.passed),
            "indicator": words.name(indicator),
            "unit": indicator.unit,
            "region": regions[figure.region_id],
            "note": words.text(figure, "note"),
            "source": source.title,
            "publisher": publishers.get(source.publisher, source.publisher),
            "published": source.published,
            "url": source.url or source.found_url,
        }
        yield (figure.indicator_id, figure.region_id), [str(values[name]) for name in COLUMNS]


def _series_of(catalog: Catalog, page: Page) -> pd.DataFrame:
    """Return the indicator and place of each series that a page rests on, none for a page that rests on none."""
    if target := page.parameters.get("target"):
        return catalog.target_evidence.loc[catalog.target_evidence["target_id"] == target, _KEY]
    if area := page.parameters.get("area"):
        tasks = catalog.tasks.loc[catalog.tasks["area_id"] == area, "task_id"]
        chosen = catalog.task_indicators.loc[catalog.task_indicators["task_id"].isin(tasks), "indicator_id"]
        shown = [(indicator, catalog.first_place(indicator)) for indicator in chosen]
        return pd.DataFrame([pair for pair in shown if pair[1] is not None], columns=_KEY, dtype="str")
    if page.template == "peers":
        return pd.concat([catalog.peer_targets[_KEY], catalog.target_evidence[_KEY]])
    if page.template == "summary":
        return catalog.target_evidence.loc[catalog.target_evidence["role"] == "direct", _KEY]
    return catalog.target_evidence.loc[[], _KEY]


def _whole(value: float) -> str:
    return "" if pd.isna(value) else str(int(value))


def _sources(catalog: Catalog, words: Words) -> list[dict[str, str]]:
    """Return the table of sources as text, days as in the file, publishers in one language."""
    table = catalog.sources
    days = table.select_dtypes("datetime").columns
    table = table.assign(**{day: table[day].dt.strftime("%Y-%m-%d").fillna("") for day in days})
    publishers = {row.publisher: words.name(row, "publisher") for row in rows_of(catalog.publishers)}
    rows = [{name: str(value) for name, value in row._asdict().items()} for row in rows_of(table)]
    return [{**row, "publisher": publishers.get(row["publisher"], row["publisher"])} for row in rows]


_EXTRACT = ".evidence"


@dataclass
class Extracts:
    """The extracts of the evidence that pages read, each written once."""

    evidence: Evidence
    """All evidence."""
    folder: Path
    """Where the extracts go, named by their digests."""
    _made: dict[tuple[date, frozenset[str] | None], Path] = field(default_factory=dict)

    def path(self, day: date, reads: frozenset[str] | None) -> Path:
        """Return the file with what may be read on an as-of date; its stem is its digest."""
        if (day, reads) not in self._made:
            part = self.evidence.extract(day, reads)
            path = self.folder.resolve() / f"{part.digest()}{_EXTRACT}"
            SharedResults(path).folder.mkdir(parents=True, exist_ok=True)
            part.write(path)
            self._made[day, reads] = path
        return self._made[day, reads]


CALIBRATION = "calibration.json"
"""File of ``/data/`` with the constants of the forecasts and the results of their tests."""


def offer_of(
    catalog: Catalog, settings: BookSettings, judged: Mapping[str, Sequence[Assessment]] | None = None
) -> Offer:
    """Return what the site offers, with the data of editions whose assessments are given."""
    table = catalog.editions
    as_of = dict(zip(table["edition"], table["as_of"].dt.strftime("%Y-%m-%d"), strict=True))
    data = _data_files(catalog, judged) if judged else {}
    voices, editions = [Voice(code, catalog) for code in settings.languages], catalog.editions_in_order()
    return Offer(
        settings,
        as_of,
        data,
        notes_of(voices, editions),
        marks_of(voices, editions),
        catalog.seals,
        {voice.code: voice.place(catalog.plan_region) for voice in voices},
        {edition.edition: states_of(catalog, edition) for edition in editions},
    )


def states_of(catalog: Catalog, edition: Edition) -> list[str]:
    """Return what is to be known of an edition before it is opened: current, sealed, worked out later, closing."""
    holds = {
        "current": edition == catalog.current_edition,
        "sealed": edition.edition in catalog.seals,
        "reconstructed": edition.is_reconstructed,
        "closing": edition.is_closing,
    }
    return [state for state, it_is in holds.items() if it_is]


def _data_files(catalog: Catalog, judged: Mapping[str, Sequence[Assessment]]) -> dict[str, str]:
    """Return the tables as CSV with their description, and each edition's verdicts."""
    folder, texts = catalog.folder, {}
    own = present_tables(folder)
    for table in TABLES:
        if table.name in own and table.name != UNITS.name:
            texts[table.path] = _safe_table(folder, table)
    texts[UNITS.path] = csv_text(_units_used(catalog))
    path = folder / DESCRIPTOR_NAME
    about = json_of(path.read_text(encoding="utf-8")) if path.is_file() else {}
    texts[DESCRIPTOR_NAME] = assessments.json_text(descriptor_of(folder, about, UNITS.name))
    texts[assessments.SCHEMA_NAME] = assessments.json_text(assessments.schema())
    texts[CALIBRATION] = assessments.json_text(calibration())
    for name, items in judged.items():
        edition = catalog.edition(name)
        seen = catalog.seen_by(edition)
        rows = [assessments.worded(seen, item) for item in items]
        report = assessments.report(catalog, edition, edition.as_of, rows)
        texts[f"{name}/{ASSESSMENTS}.json"] = assessments.json_text(report)
        texts[f"{name}/{ASSESSMENTS}.csv"] = csv_text(assessments.csv_rows(rows))
    return texts


def _safe_table(folder: Path, table: Table) -> str:
    """Return a table of the evidence so that a spreadsheet can open it without running a cell."""
    text = table_text((folder / table.path).read_bytes(), table.header)
    return csv_text(csv.reader(io.StringIO(text, newline="")))


def _units_used(catalog: Catalog) -> Iterator[list[str]]:
    """Yield the header and a row for each unit that an indicator has, the folder's own and those brought along."""
    yield UNITS.header
    for key in sorted(set(catalog.indicators["unit"])):
        yield ["" if cell is None else str(cell) for cell in astuple(catalog.unit(key))]
