"""The plan of a book: its pages, what its text and its settings say about it, and the figures that pages rest on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook import __version__
from qualitybook.analysis.assess import Assessment, assess_targets
from qualitybook.analysis.categories import goods
from qualitybook.analysis.findings import CATEGORY_MARK
from qualitybook.analysis.places import first_place, other_scopes
from qualitybook.evidence.catalog import Catalog, Edition
from qualitybook.evidence.reading import ENCODING, rows_of, write_csv
from qualitybook.evidence.schema import QUALITATIVE
from qualitybook.evidence.settings import BookSettings, load_settings
from qualitybook.publish.forms import FORMS, file_name
from qualitybook.publish.layout import KEYWORDS, SERIES, Volume
from qualitybook.publish.site import read_shelves
from qualitybook.report import formats, labels
from qualitybook.report.folders import FIGURES, INDICATORS
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.markdown import escape


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

    def within(self, book: Mapping[str, Any]) -> Page:
        """Return the page with the context of its book besides its own."""
        return replace(self, context={**book, **self.context})


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
        _single("when", words.gettext("When will we know?")),
        _single("track-record", words.gettext("Track record")),
        _single("evidence", words.gettext("The evidence")),
        _single("methods", words.gettext("Methods")),
    ]
    return [_completed(page, shared) for page in pages]


def planned_pages(catalog: Catalog, editions: Iterable[str]) -> dict[str, dict[str, list[Page]]]:
    """Return the pages of each edition in each language, whether it is asked for or not."""
    return {edition: {code: pages_of(catalog, edition, code) for code in LANGUAGES} for edition in editions}


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
    named = {own, *other_scopes(catalog, own), *beside, *read["from_indicator_id"], *read["against_id"]} - {""}
    return frozenset(named | set(groups[groups["indicator_id"].isin(named)]["category_id"]))


def _target_page(row: pd.Series, words: Words) -> Page:
    target_id, number = str(row["target_id"]), int(row["number"])
    statement = words.name(row, "statement")
    context = {"number": number, "statement": escape(statement), "rule": str(row["rule"]), "target": target_id}
    stem = f"target-{number:02d}"
    return Page(f"targets/{number:02d}-{target_id}", "target", statement, stem, {"target": target_id}, context)


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
    tasks, gaps = catalog.tasks[catalog.tasks["area_id"] == area_id], catalog.gaps
    with_indicators = tasks[tasks["task_id"].isin(catalog.task_indicators["task_id"])]
    own = [
        {"id": str(task["task_id"]), "number": str(task["number"]), "name": escape(words.name(task))}
        for _, task in with_indicators.iterrows()
    ]
    has_gaps = bool(gaps["task_id"].isin(tasks["task_id"]).any())
    context = {"number": number, "name": escape(name), "area": area_id, "tasks": own, "has_gaps": has_gaps}
    return Page(f"areas/{number}-{area_id}", "area", name, f"area-{number}", {"area": area_id}, context)


def _completed(page: Page, shared: Mapping[str, str]) -> Page:
    """Return the page with the parameters and the context that all pages have."""
    named = {"title": escape(page.title), "stem": page.stem, "docname": page.docname}
    return replace(page, parameters={**shared, **page.parameters}, context={**named, **page.context})


FINAL = ("met", "not_met")
UNJUDGED = ("cannot_judge", "never_published")


def book_context(catalog: Catalog, edition: Edition, words: Words, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return what every template and every authored page of a book may use."""
    plan = catalog.source(str(catalog.targets["source_id"].iloc[0]))
    region = catalog.region(str(catalog.targets["region_id"].mode().iloc[0]))
    return {
        "edition": edition.edition,
        "lang": words.code,
        "as_of": words.date(edition.as_of),
        "target_year": edition.target_year,
        "plan_title": escape(plan.title),
        "is_draft": load_settings(catalog.folder).is_draft,
        "plan_date": formats.published(words, plan.published),
        "city": escape(words.name(region)),
        "counts": {name: formats.short(count) for name, count in counts.items()},
        "words_table": labels.words_table(words),
        "levels_table": labels.levels_table(words),
        "imprint": imprint(load_settings(catalog.folder), words),
        "states_table": labels.states_table(words),
        "grades_table": labels.grades_table(words),
    }


def book_counts(catalog: Catalog, edition: Edition) -> dict[str, int]:
    """Return the numbers that the text of an edition mentions, which are the same in every language."""
    return {**_evidence_counts(catalog.as_of(edition.as_of)), **verdict_counts(assess_targets(catalog, edition.as_of))}


def _evidence_counts(seen: Catalog) -> dict[str, int]:
    """Return how many figures the edition sees, from how many sources, for how many indicators."""
    return {
        "observations": len(seen.observations),
        "sources": int(seen.observations["source_id"].nunique()),
        "indicators": int(seen.observations["indicator_id"].nunique()),
        "targets": len(seen.targets),
    }


def verdict_counts(assessments: list[Assessment]) -> dict[str, int]:
    """Return how many targets are judged (finally or by a probability), cannot be judged, or get no verdict."""
    verdicts = [assessment.verdict for assessment in assessments]
    return {
        "judged": sum(verdict.state in FINAL or verdict.probability is not None for verdict in verdicts),
        "cannot": sum(verdict.state in UNJUDGED and verdict.probability is None for verdict in verdicts),
        "no_verdict": sum(verdict.state == "no_verdict" for verdict in verdicts),
    }


SUMMARY_SECTIONS = 1
"""Sections of the front page that its printed summary holds below the sentences and lines: the picture."""

OF_SPHINX = frozenset({"index", "genindex", "search"})
"""Pages of every book that come from no source."""


def config_values(
    settings: BookSettings,
    volume: Volume,
    editions: Sequence[Mapping[str, Any]],
    index: Mapping[str, Mapping[str, str]],
    forms: Iterable[str],
) -> dict[str, Any]:
    """Return what is merged over the project's ``_config.yml`` for one book."""
    words = Words(volume.lang)
    licence = words.gettext("CC BY 4.0 for text and figures, MIT for the code")
    own = next(offer for offer in editions if offer["edition"] == volume.edition.edition)
    book = {
        "edition": volume.edition.edition,
        "as_of": volume.edition.as_of.isoformat(),
        "languages": own["languages"],
        "editions": list(editions),
        "draft": settings.is_draft,
        "licence": licence,
        "address": settings.address,
        "title": words.name(settings, "title"),
        "author": words.name(settings, "author"),
        "imprint": imprint(settings, words),
        "files": {name: file_name(settings, volume, name) for name in forms if FORMS[name].suffix},
    }
    return {
        "title": words.name(settings, "title"),
        "author": words.name(settings, "author"),
        "sphinx": {
            "config": {
                "language": words.language.sphinx,
                "html_context": {"book": book},
                **_cover_values(settings, volume, words, licence),
                "typst_index": {title: dict(terms) for title, terms in index.items()},
                "typst_summary_sections": SUMMARY_SECTIONS,
            }
        },
    }


def _cover_values(settings: BookSettings, volume: Volume, words: Words, licence: str) -> dict[str, Any]:
    """Return what the PDF's cover and imprint print."""
    _ = words.gettext
    draft = _("Draft goals: the plan was read as a consultation draft; its final text was not seen.")
    return {
        "typst_title": words.name(settings, "title"),
        "typst_subtitle": words.name(settings, "subtitle"),
        "typst_author": words.name(settings, "author"),
        "typst_edition": volume.edition.edition,
        "typst_as_of": words.date(volume.edition.as_of),
        "typst_date": volume.edition.as_of.isoformat(),
        "typst_version": __version__,
        "typst_cover_note": draft if settings.is_draft else "",
        "typst_imprint": [
            _("Licence: {licence}", licence=licence),
            *imprint(settings, words),
            _citation(settings, volume, words),
        ],
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


def _citation(settings: BookSettings, volume: Volume, words: Words) -> str:
    """Return how the edition is to be cited."""
    return words.gettext(
        "Please cite as: {author}: {title}. {subtitle}. Edition {edition}, as of {as_of}, version {version}.",
        author=words.name(settings, "author"),
        title=words.name(settings, "title"),
        subtitle=words.name(settings, "subtitle"),
        edition=volume.edition.edition,
        as_of=words.date(volume.edition.as_of),
        version=__version__,
    )


def indicator_index(catalog: Catalog, lang: str) -> dict[str, dict[str, str]]:
    """Return the indicators that the PDF's index lists: key and name, under the area whose tasks they serve.

    An indicator stands once, where the plan's order comes to it first. Categories of an indicator are left out: the
    table that shows them stands beside their indicator's own figures.
    """
    words = Words(lang)
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


def editions_offered(site: Path, volumes: Iterable[Volume], pages: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Return the editions that a site will offer, newest first.

    Parameters
    ----------
    pages
        Names of the pages of each of these books, by the book's name.

    Returns
    -------
    list of dict
        ``edition``, ``languages`` (codes) and ``pages`` (names of the pages that all its languages have).
    """
    offered = {
        (shelf.edition, code): _published_pages(site, shelf.edition, code)
        for shelf in read_shelves(site)
        for code in shelf.languages
    }
    for volume in volumes:
        key = (volume.edition.edition, volume.lang)
        # Pages that the book once had stay beside those that are made now.
        offered[key] = set(pages[volume.name]) | (offered.get(key, set()) - OF_SPHINX)
    editions = sorted({edition for edition, _ in offered}, reverse=True)
    return [
        _offer(edition, {code: names for (key, code), names in offered.items() if key == edition})
        for edition in editions
    ]


def _offer(edition: str, pages: Mapping[str, set[str]]) -> dict[str, Any]:
    common = set.intersection(*pages.values())
    return {"edition": edition, "languages": [code for code in LANGUAGES if code in pages], "pages": sorted(common)}


def _published_pages(site: Path, edition: str, code: str) -> set[str]:
    folder = site / edition / code
    return {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")}


def write_keywords(
    catalog: Catalog, pages: Mapping[str, Sequence[Page]], docnames: Iterable[str], source: Path
) -> None:
    """Write the names of a book's pages."""
    by_page: dict[str, list[str]] = {}
    for code in LANGUAGES:
        for page in pages[code]:
            by_page.setdefault(page.docname, []).extend([page.title, *names_of(catalog, page, code)])
    for docname in sorted(docnames):
        key = docname.removeprefix(f"{INDICATORS}/")
        if key != docname:
            by_page[docname] = list(_indicator_names(catalog, [key], LANGUAGES))
    kept = {docname: list(dict.fromkeys(filter(None, names))) for docname, names in by_page.items()}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    (source / KEYWORDS).write_text(text, encoding="utf-8", newline="\n")


def names_of(catalog: Catalog, page: Page, code: str) -> Iterator[str]:
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


COLUMNS = (
    *("indicator_id", "indicator", "region_id", "region", "period", "value", "unit", "qualifier", "n", "passed"),
    *("grade", "preferred", "basis", "note", "source_id", "source", "publisher", "published", "url"),
)
_KEY = ["indicator_id", "region_id"]


class FigureFiles:
    """Writer of the published figures of pages, which looks names and sources up for all of them.

    Parameters
    ----------
    source
        The book's source folder; the files go to `SERIES` there, by the names of the pages.
    """

    def __init__(self, catalog: Catalog, words: Words, source: Path) -> None:
        self.catalog, self.words, self.folder = catalog, words, source / SERIES
        self._indicators = {row.indicator_id: row for row in rows_of(catalog.indicators)}
        self._regions = {row.region_id: words.name(row) for row in rows_of(catalog.regions)}
        self._sources = {row.source_id: row for row in rows_of(catalog.sources)}
        self._publishers = {row.publisher: words.name(row, "publisher") for row in rows_of(catalog.publishers)}

    def write_pages(self, pages: Iterable[Page]) -> None:
        """Write the figures of each page that rests on series."""
        for page in pages:
            figures = self.catalog.observations.merge(series_of(self.catalog, page).drop_duplicates(), on=_KEY)
            if not figures.empty:
                self.write(page.docname, figures)

    def write(self, docname: str, figures: pd.DataFrame) -> None:
        """Write figures, rows of ``observations``, under the name of a page."""
        path = self.folder / f"{docname}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = io.StringIO(newline="")
        write_csv(text, self._lines(figures.sort_values([*_KEY, "line"], kind="stable")))
        path.write_text(text.getvalue(), ENCODING, newline="")

    def _lines(self, figures: pd.DataFrame) -> Iterator[list[str]]:
        """Yield the header and a line for each figure, values as they were printed."""
        yield list(COLUMNS)
        for figure in rows_of(figures):
            indicator, source = self._indicators[figure.indicator_id], self._sources[figure.source_id]
            values = {
                **figure._asdict(),
                "value": figure.value_text,
                "n": _whole(figure.n),
                "passed": _whole(figure.passed),
                "indicator": self.words.name(indicator),
                "unit": indicator.unit,
                "region": self._regions[figure.region_id],
                "note": self.words.name(figure, "note"),
                "source": source.title,
                "publisher": self._publishers.get(source.publisher, source.publisher),
                "published": source.published,
                "url": source.url or source.found_url,
            }
            yield [str(values[name]) for name in COLUMNS]


def series_of(catalog: Catalog, page: Page) -> pd.DataFrame:
    """Return the indicator and place of each series that a page rests on, none for a page that rests on none."""
    if target := page.parameters.get("target"):
        return catalog.target_evidence.loc[catalog.target_evidence["target_id"] == target, _KEY]
    if area := page.parameters.get("area"):
        tasks = catalog.tasks.loc[catalog.tasks["area_id"] == area, "task_id"]
        chosen = catalog.task_indicators.loc[catalog.task_indicators["task_id"].isin(tasks), "indicator_id"]
        shown = [(indicator, first_place(catalog, indicator)) for indicator in chosen]
        return pd.DataFrame([pair for pair in shown if pair[1] is not None], columns=_KEY, dtype="str")
    if page.template == "peers":
        return pd.concat([catalog.peer_targets[_KEY], catalog.target_evidence[_KEY]])
    if page.template == "summary":
        return catalog.target_evidence.loc[catalog.target_evidence["role"] == "direct", _KEY]
    return catalog.target_evidence.loc[[], _KEY]


def _whole(value: float) -> str:
    return "" if pd.isna(value) else str(int(value))
