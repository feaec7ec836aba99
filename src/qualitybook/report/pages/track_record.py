"""What earlier editions would have said, held against what was published later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment, assess_edition
from qualitybook.analysis.backtest import Score, cut_off_cases, rank_histogram, score, scores_by_class, vintage_cases
from qualitybook.analysis.hidden_places import EARLIER, NOTHING, SITUATIONS, Hidden, hide_on_plan
from qualitybook.evidence.numbers import printed as as_printed
from qualitybook.evidence.reading import rows_of
from qualitybook.report import formats, labels, markdown, narrative
from qualitybook.report.derived import CUT_OFF, EDITIONS, figures, operation
from qualitybook.report.figures import rank_bars, track_record
from qualitybook.report.frames import TOLD
from qualitybook.report.labels import figure_words
from qualitybook.report.pages import calibration
from qualitybook.report.pages.base import Page
from qualitybook.report.voice import made_from_parts, series_rows

MOST_DRAWN = 30
_DECIMALS = {"share80": 0, "share95": 0, "brier": 3, "brier_parent": 3}
"""Those of the results of hiding places that are no counts."""


class TrackRecordPage(Page):
    """Forecasts of earlier editions against outcomes; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("track-record", data, edition, lang, out)

    @cached_property
    def earlier(self) -> list[tuple[str, date]]:
        """The editions before this one with their as-of dates, oldest first; of one issued again the last issue."""
        return [(each.edition, each.as_of) for each in self.everything.editions_before(self.as_of)]

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Forecasts of earlier editions whose outcome has been published since."""
        return self.shared.of(vintage_cases, self.everything, self.earlier, self.as_of)

    def verdicts(self) -> Markdown:
        """Return each measurable goal's verdict in every edition up to this one."""
        dates = [*self.earlier, (self.edition.edition, self.as_of)]
        editions = [self.everything.edition(name) for name, _as_of in dates]
        judged = [self.shared.of(assess_edition, self.everything, edition) for edition in editions]
        by_edition = [{item.target_id: item for item in items} for items in judged]
        rows = [
            [
                str(item.target["number"]),
                markdown.escape(self.words.name(item.target, "statement")),
                *(
                    self._verdict_then(item.target_id, known, day)
                    for known, (_name, day) in zip(by_edition, dates, strict=True)
                ),
            ]
            for item in by_edition[-1].values()
            if item.is_measurable
        ]
        header = [
            self._("No."),
            self._("Goal"),
            *(self.edition_name(name) for name, _day in dates),
        ]
        return Markdown(self.table(header, rows, self._("Verdicts by edition"), "rl" + "l" * len(dates)))

    def _verdict_then(self, key: str, known: Mapping[str, Assessment], day: date) -> str:
        """Return the verdict of an edition on a goal, or on its wording of that time."""
        then = key
        while then and then not in known:
            then = self.everything.target(then).supersedes
        if not then:
            return self._("no such goal")
        said = self.computed.verdict(known[then].verdict, seen=day)
        return markdown.escape(said if then == key else said + self.words.parentheses(self._("earlier wording")))

    def statement(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return in plain words how often the 80% bands of earlier editions held."""
        found = score(self.cases if cases is None else cases)
        self._inside(EDITIONS, found.hits80)
        self._cases_of(EDITIONS, found.cases)
        return self.text(narrative.coverage_sentence(self.words, found.hits80, found.cases))

    def _inside(self, run: str, hits: int, level: float = 0.80, **which: object) -> str:
        """Return how many outcomes of a run lie inside their intervals."""
        done = operation("inside", level=level, run=run, **which)
        return self.computed.ledger.note("track_record.inside", done, "observations", hits, formats.short(hits))

    def _cases_of(self, run: str, cases: int, **which: object) -> str:
        """Return how many outcomes a run has."""
        return self.computed.count("track_record.cases", "observations", cases, of="case", run=run, **which)

    def drawn(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return the figure of forecasts against outcomes, the book's own goals first."""
        cases = self.cases if cases is None else cases
        if cases.empty:
            return self.text(self._("There is no case to draw."))
        chosen = cases[cases["year"] == cases["last_year"] + 1].head(MOST_DRAWN)
        told = {"label": list(map(self._case_label, rows_of(chosen))), TOLD: list(map(self._told, rows_of(chosen)))}
        # Distances from the median in half widths of the 80 % interval.
        half = (chosen["hi80"] - chosen["lo80"]) / 2
        ends = ("lo80", "hi80", "lo95", "hi95", "outcome")
        shown = chosen.assign(**{end: (chosen[end] - chosen["median"]) / half for end in ends}, **told)

        def draw() -> Figure:
            return track_record(shown, figure_words(self.words, "track record"))

        caption = self._(
            "One-year-ahead forecasts of earlier editions and the figure published later. Sources: see the table below."
        )
        found = score(chosen)
        which = {"ahead": 1, "first": MOST_DRAWN}
        alt = self._(
            "{hits} of {cases} outcomes lie inside the 80% interval.",
            hits=self._inside(EDITIONS, found.hits80, **which),
            cases=self._cases_of(EDITIONS, found.cases, **which),
        )
        return Markdown(self.figure(draw, shown, alt=alt, caption=caption))

    def _case_label(self, row: Any) -> str:
        name = self.words.name(self.catalog.indicator(row.indicator_id))
        place = self.words.name(self.catalog.region(row.region_id))
        return f"{name}{self.words.parentheses(place)} {row.origin}→{row.year}"

    def _figure_of(self, row: Any) -> pd.Series:
        return self.catalog.observations[self.catalog.observations["line"] == row.line].iloc[0]

    def _told(self, row: Any) -> str:
        """Return what the mark of an outcome says."""
        colon = self.words.language.colon
        interval = self.words.interval(row.lo80, row.hi80, int(row.decimals))
        line = self._figure_of(row)
        source = self.voice.source(self.catalog.source(str(line["source_id"])))
        lines = [self._("80% interval") + colon + interval, self._("Outcome") + colon + self._said(row, line), source]
        return "\n".join([self._case_label(row), *lines])

    def listing(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return the cases as a table with the source of each outcome."""
        rows = [self._case_row(row) for row in rows_of(self.cases if cases is None else cases)]
        header = [
            self._("Edition"),
            self._("Series"),
            self._("Year"),
            self._("80% interval"),
            self._("Outcome"),
            self._("Inside"),
            self._("Source"),
        ]
        return Markdown(self.table(header, rows, self._("Forecasts of earlier editions and their outcomes"), "llrrrcl"))

    def _case_row(self, row: Any) -> list[str]:
        indicator_id = row.indicator_id
        line = self._figure_of(row)
        decimals = int(row.decimals)
        inside = row.lo80 <= row.outcome <= row.hi80
        done = operation("interval", level=0.80, year=row.year, edition=row.origin)
        rows, ends = series_rows(indicator_id, row.region_id), (row.lo80, row.hi80)
        told = self.words.interval(*ends, decimals, self.unit(indicator_id))
        shown = self.computed.ledger.note("track_record.interval", done, rows, ends, told)
        return [
            self.edition_name(str(row.origin)),
            self.series_name(indicator_id, row.region_id),
            self.words.year(row.year),
            markdown.escape(shown),
            markdown.escape(self._outcome(row, line)),
            self._("yes") if inside else self._("no"),
            markdown.cite([str(line["source_id"])]),
        ]

    def _outcome(self, row: Any, line: pd.Series) -> str:
        """Return an outcome as `_said`, and record it."""
        told, rows = self._said(row, line), figures(self.everything, row.lines)
        if len(row.lines) == 1:
            # The last figure of a stock in a year stands beside the year alone.
            return self.computed.ledger.note("figure.quoted", operation("figure"), rows, row.outcome, told)
        done = operation(made_from_parts(self.everything, row.indicator_id))
        return self.computed.ledger.note("series.made_year", done, rows, row.outcome, told)

    def _said(self, row: Any, line: pd.Series) -> str:
        """Return an outcome as it was printed, with its qualifier, or as it was made from the parts of its year."""
        if len(row.lines) == 1:
            return self.voice.printed(line)
        return self.words.quantity(as_printed(row.outcome, int(row.decimals)), self.unit(row.indicator_id))

    @cached_property
    def cut_off(self) -> pd.DataFrame:
        """Pseudo-out-of-sample cases made with today's data."""
        return self.shared.of(cut_off_cases, self.everything, self.as_of)

    def pseudo(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return the coverage of pseudo-out-of-sample forecasts made with today's data."""
        found = score(self.cut_off if cases is None else cases)
        if found.cases == 0:
            return self.text(self._("No series is long enough for a run with today's data."))
        return self.text(
            self._(
                "With today's data cut off at earlier years (so that later revisions are known): {hits80} of {cases} "
                "figures ({share80}%) lie inside their 80% band and {hits95} ({share95}%) inside their 95% band.",
                hits80=self._inside(CUT_OFF, found.hits80),
                hits95=self._inside(CUT_OFF, found.hits95, level=0.95),
                cases=self._cases_of(CUT_OFF, found.cases),
                share80=self._share_inside(found.hits80, found.cases, 0.80),
                share95=self._share_inside(found.hits95, found.cases, 0.95),
            )
        )

    def scores(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return coverage and Brier score of the run with today's data, by class of series."""
        cases = self.cut_off if cases is None else cases
        if cases.empty:
            return self.text(self._("There is no case to score."))
        rows = [
            self._score_row(self._(labels.CLASSES[code]), found, code) for code, found in scores_by_class(cases).items()
        ]
        rows.append(self._score_row(self._("all"), score(cases)))
        header = [self._("Class of series"), self._("Cases"), self._("Inside 80%"), self._("Inside 95%")]
        header.append(self._("Brier score"))
        note = self._(
            "The Brier score is that of the probability that a figure is not below the last one known: 0 is perfect, "
            "0.25 is what always saying one half gets."
        )
        table = self.table(header, rows, self._("Scores of the run with today's data"), "lrrrr")
        return Markdown(note + "\n\n" + table)

    def ranks(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return the rank histogram of the run with today's data: where outcomes fell in their forecasts."""
        cases = self.cut_off if cases is None else cases
        if len(cases) < narrative.LEAST_CASES:
            return self.text(self._("There are too few cases for a rank histogram."))
        counts = rank_histogram(cases)
        counts[TOLD] = [
            f"{self.words.interval(100 * lower, 100 * upper, 0)}%\n{formats.number(count, 0)}"
            for lower, upper, count in zip(counts["lower"], counts["upper"], counts["count"], strict=True)
        ]

        def draw() -> Figure:
            return rank_bars(counts, figure_words(self.words, "ranks"))

        outer = int(counts["count"].iloc[[0, -1]].sum())
        expected = formats.number(2 * float(counts["expected"].iloc[0]), 0)
        note, rows = self.computed.ledger.note, "observations"
        tenths, share = operation("outer_tenths", run=CUT_OFF), operation("outer_tenths", run=CUT_OFF, expected=1)
        alt = self._(
            "{outer} of {cases} outcomes fell into the lowest or the highest tenth of their forecasts; {expected} "
            "would if the forecasts were calibrated.",
            outer=note("track_record.outer", tenths, rows, outer, formats.short(outer)),
            cases=self._cases_of(CUT_OFF, len(cases)),
            expected=note("track_record.outer_expected", share, rows, len(cases) / 5, expected),
        )
        caption = self._(
            "Rank histogram of the run with today's data: how many outcomes fell into each tenth of their forecasts. A "
            "hump in the middle means bands that are too wide, high ends bands that are too narrow, a slope forecasts "
            "that are too low or too high."
        )
        return Markdown(markdown.paragraphs(alt, self.figure(draw, counts, alt=alt, caption=caption)))

    def hidden(self) -> Markdown:
        """Return how often readings from other places would have been right, each place hidden in turn."""
        found = self.shared.of(hide_on_plan, self.catalog)
        if not found.by_indicator:
            return self.text(self._("The book takes no readings from other places, so there is nothing to hide."))
        known = {
            NOTHING: self._("With nothing known of the place"),
            EARLIER: self._("With an earlier figure of the place known"),
        }
        sentences = [
            self._(
                "{situation}: of {cases} figures of {places} places {share80}% lay in their 80% band and {share95}% in "
                "their 95% band; the Brier score is {brier}, with the figure of the place above in its stead {parent}.",
                situation=known[situation],
                **self._hidden_cells(found.of(situation)),
            )
            for situation in SITUATIONS
            if found.of(situation).cases
        ]
        rows = [
            [self.indicator_name(indicator), known[situation], *self._hidden_cells(part, indicator).values()]
            for indicator in found.by_indicator
            for situation in SITUATIONS
            if (part := found.of(situation, indicator)).cases
        ]
        header = [
            *(self._("Indicator"), self._("Situation"), self._("Figures"), self._("Places")),
            *(
                self._("In the 80% band, %"),
                self._("In the 95% band, %"),
                self._("Brier score"),
                self._("Place above instead"),
            ),
        ]
        table = self.table(header, rows, self._("Readings from other places, each place hidden in turn"), "llrrrrrr")
        return Markdown(markdown.paragraphs(self.words.sentences(sentences), table))

    def _hidden_cells(self, found: Hidden, indicator: str | None = None) -> dict[str, str]:
        """Return what came of hiding places, as it is printed."""
        values = {name: getattr(found, name) for name in ("places", *_DECIMALS)}
        numbers = {"cases": len(found.cases), **values}
        cells = {
            name: self.computed.ledger.note(
                "track_record.hidden",
                operation("hidden", of=name, situation=found.situation, indicator=indicator),
                "observations",
                value,
                formats.number(value, _DECIMALS[name]) if name in _DECIMALS else formats.short(value),
            )
            for name, value in numbers.items()
        }
        return {"parent" if name == "brier_parent" else name: cell for name, cell in cells.items()}

    def judged(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return what the run with today's data says about the bands, and what follows."""
        return self.text(calibration.judgement(self, self.cut_off if cases is None else cases))

    def _score_row(self, name: str, found: Score, code: str | None = None) -> list[str]:
        shares = [
            f"{self._share_inside(hits, found.cases, level, code)}%"
            for hits, level in ((found.hits80, 0.80), (found.hits95, 0.95))
        ]
        return [name, self._cases_of(CUT_OFF, found.cases, series_class=code), *shares, self._brier(found, code)]

    def _share_inside(self, hits: int, cases: int, level: float, code: str | None = None) -> str:
        """Return the share of the outcomes of the run with today's data that lie inside their intervals, in percent."""
        share = 100 * hits / cases
        done = operation("share", of="inside", level=level, run=CUT_OFF, series_class=code)
        return self.computed.ledger.note("track_record.share", done, "observations", share, formats.number(share, 0))

    def _brier(self, found: Score, code: str | None) -> str:
        if found.brier is None:
            return "–"
        done = operation("brier", run=CUT_OFF, series_class=code)
        printed = formats.number(found.brier, 3)
        return self.computed.ledger.note("track_record.brier", done, "observations", found.brier, printed)
