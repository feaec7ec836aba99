"""What every page shares: the evidence as the edition sees it, the words, and numbered tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment, Scope, assess_edition
from qualitybook.analysis.indicative import Reading, readings_of_plan
from qualitybook.analysis.latest import Latest, Point, form_a_series
from qualitybook.analysis.review import checked
from qualitybook.analysis.series import WEAKNESSES, build_series
from qualitybook.evidence.catalog import Catalog, Unit
from qualitybook.evidence.extract import Evidence, SharedResults, settings_of
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import RULES
from qualitybook.report import derived, formats, goal_page, labels, markdown
from qualitybook.report.figures import svg
from qualitybook.report.frames import as_marks, records_of, write_figure_data
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import docname
from qualitybook.report.markdown import Column, Item
from qualitybook.report.theme import save, use_theme
from qualitybook.report.voice import Computed, Voice

FIGURE_FILES = ("svg", "csv")
"""Kinds of the files that a figure is offered as."""
# State of a goal whose year is over and whose figure had not been published by the as-of date.
AWAITING = "awaiting"
# Why a goal has no answer though something is known of its year: the final figure of the whole year would give one.
UNFINISHED = (*WEAKNESSES, "year_not_over", "bound_open", "no_later_value")


class Page:
    """One page of one edition in one language; `out` is the folder of its figures, at the root of the book's source."""

    def __init__(self, stem: str, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        self.stem = stem
        self.words = Words(lang)
        evidence = Evidence.open(Path(data))
        self.everything: Catalog = evidence.catalog
        self.shared = SharedResults(Path(data))
        self.edition = self.everything.edition(edition)
        self.settings = settings_of(self.everything, evidence.settings, self.edition)
        self.out = Path(out)
        self._figures = 0
        self._tables = 0

    @property
    def as_of(self) -> date:
        """The edition's as-of date."""
        return self.edition.as_of

    @cached_property
    def catalog(self) -> Catalog:
        """The evidence that the edition sees."""
        return self.everything.seen_by(self.edition)

    @cached_property
    def voice(self) -> Voice:
        """The page's language over the evidence that it sees."""
        return Voice(self.words.code, self.catalog)

    @cached_property
    def assessments(self) -> list[Assessment]:
        """Every target of the plan, judged on the as-of date."""
        return self.shared.of(assess_edition, self.everything, self.edition)

    @cached_property
    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """What related evidence says of the plan's goals on the as-of date, by the goal's key."""
        return self.shared.of(readings_of_plan, self.catalog, self.as_of)

    @property
    def _(self) -> Callable[..., str]:
        """The language's gettext."""
        return self.words.gettext

    @cached_property
    def computed(self) -> Computed:
        """The voice for what the page computes; what it records lies beside the page's figures."""
        path = self.out / derived.FOLDER / f"{self.stem}{derived.SUFFIX}"
        path.unlink(missing_ok=True)
        return Computed(Voice(self.words.code, self.everything), derived.Ledger(path))

    def text(self, *parts: str) -> Markdown:
        """Return paragraphs as an output of the page."""
        return Markdown(markdown.paragraphs(*parts))

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], caption: str, align: str | None = None
    ) -> str:
        """Return the page's next table, its name counted up; a sentence instead where there is no row."""
        if not rows:
            return self._("No figure was found for this book.") + "\n"
        self._tables += 1
        return markdown.table(header, rows, caption=caption, name=f"tbl-{self.stem}-{self._tables}", align=align)

    def table_of(self, columns: Sequence[Column[Item]], items: Iterable[Item], caption: str) -> str:
        """Return the page's next table, a row an item."""
        header, rows, align = markdown.spread(columns, items)
        return self.table(header, rows, caption, align)

    def figure(self, draw: Callable[[], Figure], data: pd.DataFrame, *, alt: str, caption: str) -> str:
        """Draw the page's next figure and return it with its caption, and on the web with its downloads.

        The caption gets the as-of date; the downloads are the figure as SVG, and as CSV what it draws.
        """
        name = self._next_figure()
        self._draw(name, draw, data)
        return self._shown(name, alt, caption)

    def chart(self, draw: Callable[[svg.Form], str], data: pd.DataFrame, *, alt: str, caption: str) -> str:
        """Return the page's next figure as `figure` does, of a picture that is written as SVG directly."""
        name = self._next_figure()
        svg.write(self.out / f"{name}.svg", draw)
        write_figure_data(self.out / f"{name}.csv", data)
        return self._shown(name, alt, caption)

    def _next_figure(self) -> str:
        self._figures += 1
        return f"{self.stem}-{self._figures}"

    def _shown(self, name: str, alt: str, caption: str) -> str:
        dated = self.words.sentences([caption, self._("As of {day}.", day=self.words.date(self.as_of))])
        shown = markdown.figure(f"/figures/{name}.svg", alt=alt, caption=dated, name=f"fig-{name}")
        return shown + "\n" + self._downloads(name)

    def sparkline(self, indicator_id: str, region_id: str) -> str:
        """Return a series as a line without axes; a dash for one without two comparable whole years or dates."""
        series = build_series(self.catalog, indicator_id, region_id)
        if not form_a_series([point for point in Point.of_series(self.catalog, series) if point.is_whole]):
            return formats.NONE
        whole = [row for row in records_of(self.voice, "direct", series) if row["whole"]]
        indicator = self.catalog.indicator(indicator_id)
        name = self.words.name(indicator)
        drawn = svg.sparkline(as_marks(whole, name), (indicator.lower, indicator.upper))
        path = self.out / f"{self.stem}-{indicator_id}-{region_id}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8", newline="\n")
        return markdown.image(f"/figures/{path.name}", self._("The course of {name}", name=name))

    def _draw(self, name: str, draw: Callable[[], Figure], data: pd.DataFrame) -> None:
        """Save a figure as SVG with its data as CSV, and once more for narrow screens."""
        for is_narrow in (False, True):
            with use_theme(self.words.code, is_narrow=is_narrow):
                save(draw(), self.out / name)
        write_figure_data(self.out / f"{name}.csv", data)

    def _downloads(self, name: str) -> str:
        """Return the links to a figure's files."""
        files = [markdown.download(kind.upper(), f"/figures/{name}.{kind}") for kind in FIGURE_FILES]
        offer = self._("Download this figure: {files}", files=" · ".join(files))
        return markdown.container(f"{markdown.WEB_ONLY} downloads", offer)

    def indicator_name(self, indicator_id: str) -> str:
        """Return an indicator's name, safe in Markdown."""
        return markdown.escape(self.voice.indicator(indicator_id))

    def indicator_link(self, indicator_id: str) -> str:
        """Return an indicator's name, leading to its page where the book has it; just the name without a figure."""
        name = self.indicator_name(indicator_id)
        return markdown.link(name, docname(indicator_id)) if self.catalog.places_of(indicator_id) else name

    def placed_link(self, indicator_id: str, region_id: str) -> str:
        """Return the same with the place, where that is not the plan's."""
        name = self.indicator_link(indicator_id)
        return name if region_id == self.plan_region else name + self.words.parentheses(self.region_name(region_id))

    def goal_link(self, target: Any) -> str:
        """Return a goal's statement (of its row or record), leading to its page; one without a measure has none."""
        text = markdown.escape(self.words.name(target, "statement"))
        page = goal_page(target.number, str(target.target_id))
        return markdown.link(text, page) if RULES[target.rule].is_measured else text

    def region_name(self, region_id: str) -> str:
        """Return a region's name, safe in Markdown."""
        return markdown.escape(self.voice.place(region_id))

    def missing_of(self, item: Assessment) -> list[str]:
        """Return what has to be found to decide a goal: the recorded gaps, else the figure that it awaits."""
        recorded = [self.gap_text(gap) for gap in rows_of(item.gaps)]
        if recorded or not (item.verdict.state == AWAITING or item.verdict.reason in UNFINISHED):
            return recorded
        awaited = self._(
            "{series}: the final figure of the whole of {year}.",
            series=self.series_name(str(item.target["indicator_id"]), str(item.target["region_id"])),
            year=int(item.target["target_year"]),
        )
        return [awaited]

    def checked(self, lines: Iterable[int]) -> str:
        """Return how many of the figures in some lines of the observations somebody has checked, and who."""
        behind = set(lines)
        if not behind:
            return ""
        rows = derived.figures(self.everything, behind)
        count = self.computed.count("checks.figures", rows, len(rows))
        known = checked(self.everything, self.edition.edition, behind)
        if not known:
            return self._(
                "Figures behind what is answered: {count}; a second person has held none of them against its source.",
                count=count,
            )
        reviewers = [
            mark["reviewer"] + self.words.parentheses(self.words.date(date.fromisoformat(str(mark["reviewed"])[:10])))
            for marks in known.values()
            for mark in marks
        ]
        return self._(
            "Figures behind what is answered: {count}; a second person has held {checked} of them against its source: "
            "{who}.",
            count=count,
            checked=self.computed.count("checks.checked", derived.figures(self.everything, known), len(known)),
            who=self.words.join(dict.fromkeys(map(markdown.escape, reviewers))),
        )

    def gap_text(self, gap: Any) -> str:
        """Return what is missing (a row of gaps), with the publication that most likely has it, safe in Markdown."""
        missing = markdown.escape(self.words.name(gap, "missing"))
        likely = self.words.name(gap, "likely_source")
        if not likely:
            return missing
        return self.words.sentences(
            [missing, self._("Most likely in: {source}.", source=markdown.escape(likely.rstrip(".。")))]
        )

    def series_name(self, indicator_id: str, region_id: str) -> str:
        """Return an indicator's name with its region."""
        return self.indicator_name(indicator_id) + self.words.parentheses(self.region_name(region_id))

    def unit(self, indicator_id: str) -> Unit:
        """Return the unit of an indicator's values."""
        return self.voice.unit(indicator_id)

    def printed(self, row: Any) -> str:
        """Return a published figure (a row of observations) as printed with unit and qualifier, safe in Markdown."""
        return markdown.escape(self.voice.printed(row))

    def edition_name(self, edition: str) -> str:
        """Return the name of an edition, marked where it was reconstructed, safe in Markdown."""
        return markdown.escape(labels.edition_name(self.words, self.everything.edition(edition)))

    def reconstructed_note(self) -> str:
        """Return the note that this edition was worked out later; empty for one that was published in its time."""
        if not self.edition.is_reconstructed:
            return ""
        body = self._(
            "This edition is reconstructed: it was worked out later, from what had been published by {day} and with "
            "today's method, and was not published then.",
            day=self.words.date(self.as_of),
        )
        return markdown.admonition("note", body)

    def latest_cell(self, indicator_id: str, region_id: str) -> str:
        """Return the latest figure of a series with its sources as a cell of a table, or that none was found."""
        found = Latest.at(self.catalog, indicator_id, region_id)
        if found.shown is None:
            return self._("not found for this book")
        text = markdown.escape(self.computed.latest_text(self.unit(indicator_id), found))
        return f"{text} {markdown.cite(found.sources)}"

    def draft_note(self) -> Markdown:
        """Return the notes that the edition closes the plan's account, and that the plan is a consultation draft."""
        return Markdown(markdown.paragraphs(*filter(None, [self._closing_note(), self._draft_note()])))

    def _closing_note(self) -> str:
        """Return the note that the year of the goals is over; empty before its end."""
        if not self.edition.is_closing:
            return ""
        body = self._(
            "Closing report: {year}, the year of the plan's goals, is over. A goal has its final answer where a "
            "figure that can decide it was found; the others wait for such a figure.",
            year=self.words.year(self.edition.target_year),
        )
        return markdown.admonition("note", body)

    def _draft_note(self) -> str:
        if not self.settings.is_draft:
            return ""
        source = self.everything.source(self.plan_source)
        body = self._(
            "Every goal here is a draft goal: it comes from the consultation draft “{title}” ({day}) {cite}; the final "
            "text was not seen.",
            title=markdown.escape(source.title),
            day=self.words.published(source.published),
            cite=markdown.cite([source.source_id]),
        )
        return markdown.admonition("note", body)

    def by_scope(self, found: Sequence[Scope]) -> str:
        """Return a paragraph and a list of what is known by each scope; empty where the wording leaves none open."""
        if not found:
            return ""
        lead = self._("The wording leaves the scope open, so this is what is known by each:")
        return f"{lead}\n\n{markdown.bullets(self._scope_line(scope) for scope in found)}"

    def latest_by_scope(self, found: Sequence[Scope]) -> str:
        """Return the latest figure by each scope, as a cell of a table, with the citations; empty without any."""
        if all(scope.latest.shown is None for scope in found):
            return ""
        cells = [self._of_scope(scope, f"{self._scope_figure(scope)} {_cited(scope)}".strip()) for scope in found]
        return self.words.language.semicolon.join(cells)

    def verdicts_by_scope(self, found: Sequence[Scope]) -> str:
        """Return the verdict by each scope, as a cell of a table; empty where no scope has a figure."""
        if all(scope.latest.shown is None for scope in found):
            return ""
        comma, cells = self.words.language.comma, []
        for scope in found:
            told = [markdown.escape(self.computed.verdict(scope.verdict))]
            cells.append(self._of_scope(scope, comma.join(told + (self._reached(scope) if scope.is_own_place else []))))
        return self.words.language.semicolon.join(cells)

    def _scope_line(self, scope: Scope) -> str:
        verdict = markdown.escape(self.computed.verdict(scope.verdict))
        said = self.words.language.semicolon.join([self._scope_figure(scope), *self._reached(scope), verdict])
        return f"{self._of_scope(scope, said)} {_cited(scope)}".strip()

    def _of_scope(self, scope: Scope, told: str) -> str:
        return self.indicator_name(scope.indicator_id) + self.words.language.colon + told

    def _scope_figure(self, scope: Scope) -> str:
        """Return the latest figure by a scope, with its place where that is not the goal's own."""
        if scope.latest.shown is None:
            return self._("not found for this book")
        text = self.computed.latest_text(self.unit(scope.indicator_id), scope.latest)
        if scope.is_own_place:
            return markdown.escape(text)
        return self._(
            "not found for this book; {place} {figure}",
            place=self.region_name(scope.latest.region_id),
            figure=markdown.escape(text),
        )

    def _reached(self, scope: Scope) -> list[str]:
        if scope.is_reached is None:
            return []
        reaches = self._("that figure reaches the value")
        return [reaches if scope.is_reached else self._("that figure falls short of the value")]

    @property
    def plan_source(self) -> str:
        """The source of the plan's targets."""
        return self.catalog.plan_of(self.edition).source_id

    @property
    def plan_region(self) -> str:
        """The region that the plan is for."""
        return str(self.catalog.targets["region_id"].mode().iloc[0])


def _cited(scope: Scope) -> str:
    return markdown.cite(scope.latest.sources)
