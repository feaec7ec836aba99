"""How a probability comes about, on a worked example with real figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment, judge_peers
from qualitybook.analysis.backtest import cut_off_cases
from qualitybook.analysis.forecast import Forecast
from qualitybook.analysis.series import by_year
from qualitybook.analysis.verdict import Verdict
from qualitybook.evidence.catalog import Unit
from qualitybook.evidence.numbers import printed
from qualitybook.evidence.reading import rows_of
from qualitybook.report import labels, markdown, narrative
from qualitybook.report.figures import Target, model_steps
from qualitybook.report.frames import PRINTED
from qualitybook.report.labels import figure_words
from qualitybook.report.pages import calibration as calibration_section
from qualitybook.report.pages.base import Page


@dataclass(frozen=True)
class Example:
    """The goal with the longest series among those that have a probability for a threshold."""

    verdict: Verdict
    forecast: Forecast
    value_text: str
    unit: Unit


class MethodsPage(Page):
    """Methods with a worked example; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("methods", data, edition, lang, out)

    @cached_property
    def example(self) -> Example | None:
        """The worked example, None where no threshold goal has a probability."""
        return self.longest(self.assessments, self.shared.of(judge_peers, self.everything, self.as_of))

    def longest(self, answers: Sequence[Assessment], peers: Sequence[tuple[pd.Series, Verdict]]) -> Example | None:
        """Return the goal with the longest series, of those for a threshold that have a probability."""
        asked = [*((item.target, item.verdict) for item in answers), *peers]
        usable = [
            Example(verdict, verdict.forecast, str(row["value_text"]), self.unit(verdict.goal.indicator_id))
            for row, verdict in asked
            if verdict.forecast is not None and verdict.goal.is_of_one_value
        ]
        return max(usable, key=lambda item: item.verdict.n, default=None)

    def introduction(self, example: Example | None = None) -> Markdown:
        """Return which goal the example is about."""
        example = example or self.example
        if example is None:
            return self.text(
                self._(
                    "No threshold goal has a probability as of {day}, so there is no worked example.",
                    day=self.words.date(self.as_of),
                )
            )
        verdict = example.verdict
        assert verdict.series is not None
        return self.text(
            self._(
                "The example is {series}, whose goal is {goal}: of all goals for a threshold to which this book gives "
                "a probability, the one with the longest series of fitted figures ({n}).",
                series=self.series_name(verdict.goal.indicator_id, verdict.goal.region_id),
                goal=markdown.escape(narrative.goal_text(self.words, verdict.goal, example.value_text, example.unit)),
                n=self.computed.fitted_years(verdict.series),
            )
        )

    def values(self, example: Example | None = None) -> Markdown:
        """Return the fitted values of the example with their sources."""
        example = example or self.example
        if example is None or example.verdict.series is None:
            return Markdown("")
        series = example.verdict.series
        rows = [
            [
                self.words.year(year),
                markdown.escape(self.computed.yearly_value(series, row, example.unit)),
                self._(labels.QUALIFIERS[str(row["qualifier"])]),
                str(row["grade"]),
                markdown.cite(row["sources"]),
            ]
            for year, row in by_year(series.yearly)
        ]
        header = [self._("Year"), self._("Figure"), self._("Kind"), self._("Grade"), self._("Source")]
        return Markdown(self.table(header, rows, self._("Fitted figures of the worked example"), "lrlcl"))

    def steps(self, example: Example | None = None) -> Markdown:
        """Return the example step by step: interval and probability of each model and of their average."""
        example = example or self.example
        if example is None:
            return Markdown("")
        made, verdict = example.forecast, example.verdict
        horizon = int(verdict.horizon or 0)
        rows = [self._step_row(example, model, horizon) for model in made.models]
        rows.append(
            [
                self._("answer of the book"),
                *self._cells(example, made.median(horizon), *made.interval(0.80, horizon)),
                self.computed.probability(verdict),
            ]
        )
        header = [self._("Model"), self._("Median"), self._("80% interval"), self._("Probability of the goal")]
        escaped = [[markdown.escape(cell) for cell in row] for row in rows]
        caption = self._("The worked example for {year}", year=self.words.year(verdict.goal.target_year))
        return Markdown(self.table(header, escaped, caption, "lrrr"))

    def _step_row(self, example: Example, model: str, horizon: int) -> list[str]:
        made = example.forecast
        quantiles = pd.Series(
            made.quantiles_a[made.row(horizon)] if model == "A" else made.quantiles_b[made.row(horizon)],
            index=made.levels.round(3),
        )
        cells = self._cells(example, quantiles.loc[0.5], quantiles.loc[0.1], quantiles.loc[0.9], model)
        return [self._model_name(model), *cells, self.computed.model_chance(example.verdict, model)]

    def _cells(self, example: Example, median: float, low: float, high: float, model: str | None = None) -> list[str]:
        """Return median and interval of the example, of one model alone where it is named."""
        assert example.verdict.series is not None
        series, made, year = example.verdict.series, example.forecast, example.verdict.goal.target_year
        rows = self.computed.rows_of_years(series.yearly.iloc[-made.n :])
        middle = self.computed.quantile(series, median, rows, level=0.5, year=year, model=model)
        return [middle, self.computed.range_text(series, (low, high), rows, None, year=year, level=0.80, model=model)]

    def drawn(self, example: Example | None = None) -> Markdown:
        """Return the figure of the example: the series, both models' bands, and the goal."""
        example = example or self.example
        if example is None or example.verdict.series is None:
            return Markdown("")
        made, verdict = example.forecast, example.verdict
        series = example.verdict.series
        values = pd.DataFrame({"year": series.yearly.index, "value": series.yearly["value"].to_numpy()})
        texts = [printed(row.value, int(row.decimals)) for row in rows_of(series.yearly)]
        bands = self._bands(made, int(series.yearly.index[-1]))
        goal = Target(float(verdict.goal.value or 0), verdict.goal.target_year)
        target = narrative.goal_text(self.words, verdict.goal, example.value_text, example.unit)
        words = figure_words(self.words, "steps", unit=self.words.unit_name(example.unit), target=target)

        shift = self.words.axis(example.unit).shift

        def draw() -> Figure:
            return model_steps(values, bands, goal, words, shift=shift)

        parts = [frame.assign(model=model) for model, frame in bands.items()]
        shown = values.assign(model="", **{f"value{PRINTED}": texts})
        data = pd.concat([shown, *parts], ignore_index=True).fillna({f"value{PRINTED}": ""})
        caption = self._(
            "The worked example: fitted figures, and median and 80% interval by model. Sources: see the table above."
        )
        alt = self._(
            "Chart of the worked example; the answer of the book is a probability of {probability}.",
            probability=self.computed.probability(verdict),
        )
        return Markdown(self.figure(draw, data, alt=alt, caption=caption))

    def coverage(self) -> Markdown:
        """Return how often intervals held on public series left out of the fit, by class of series."""
        return Markdown(calibration_section.tables(self))

    def calibration(self) -> Markdown:
        """Return the calibration figures: printed probabilities against what came true, by class of series."""
        return Markdown(calibration_section.figures(self))

    def own_test(self, cases: pd.DataFrame | None = None) -> Markdown:
        """Return what the book's own run with today's data says about its bands, and what follows."""
        if cases is None:
            cases = self.shared.of(cut_off_cases, self.everything, self.as_of)
        found = calibration_section.judgement(self, cases)
        few = self._("The evidence holds too few series for a test of its own; what follows is known only from others.")
        return self.text(found or few)

    def _model_name(self, model: str) -> str:
        return {"A": self._("A: last value and error table"), "B": self._("B: damped trend")}[model]

    def _bands(self, made: Forecast, last_year: int) -> dict[str, pd.DataFrame]:
        """Return by the model's name its median and 80 % band by year."""
        levels = made.levels.round(3)
        years = [last_year + horizon for horizon in made.horizons]
        bands = {}
        for model, quantiles in (("A", made.quantiles_a), ("B", made.quantiles_b)):
            table = pd.DataFrame(quantiles, columns=levels)
            columns = {"year": years, "q10": table[0.1], "q50": table[0.5], "q90": table[0.9]}
            name = self._model_name(model)
            unused = self.words.parentheses(self._("not used for this kind of series"))
            bands[name if model in made.models else name + unused] = pd.DataFrame(columns)
        return bands
