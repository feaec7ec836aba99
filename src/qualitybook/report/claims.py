"""What the book claims by computing: each goal, verdict, probability and range, with the figures that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.review import FITTED_USES, Review
from qualitybook.analysis.verdict import Verdict
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.numbers import whole_percent
from qualitybook.report import formats, narrative
from qualitybook.report.i18n import Words

RANGE_LEVEL = 0.80


@dataclass(frozen=True)
class Claim:
    """One sentence to check.

    Attributes
    ----------
    page : str
        The page on which it stands, worded.
    text : str
        What is claimed.
    rests_on : tuple of int
        Numbers of the figures in the checklist that it is computed from; empty for what a source states.
    source_id : str
        The source that states it; empty for what is computed.
    """

    page: str
    text: str
    rests_on: tuple[int, ...] = ()
    source_id: str = ""


class Claims:
    """The claims of a review in the words of one language.

    Parameters
    ----------
    words : Words
        Voice of the language.
    catalog : Catalog
        All evidence.
    review : Review
        What is to be checked.
    """

    def __init__(self, words: Words, catalog: Catalog, review: Review) -> None:
        self.words = words
        self.catalog = catalog
        self.review = review
        self._numbers = {int(item.row["line"]): number for number, item in enumerate(review.items, start=1)}

    def all(self) -> list[Claim]:
        """Return every claim: the plan's goals in its order, then those of other places."""
        own = [claim for item in self.review.assessments for claim in self._of_target(item)]
        return own + [claim for row, verdict in self.review.peers for claim in self._of_peer(row, verdict)]

    def _of_target(self, item: Assessment) -> Iterator[Claim]:
        target, verdict = item.target, item.verdict
        page = self.words.gettext("goal {number}", number=int(target["number"]))
        statement = self.words.name(target, "statement")
        if not item.is_measurable:
            yield Claim(page, statement, source_id=str(target["source_id"]))
            return
        asked = self.words.parentheses(self._asked(target, verdict))
        yield Claim(page, statement + asked, source_id=str(target["source_id"]))
        told = narrative.verdict_sentences(self.words, item, self.review.edition.as_of)
        proxies = [int(line) for proxy in item.with_role("proxy") for line in proxy.series.rows["line"]]
        yield Claim(page, self.words.sentences(told), self._rests_on(verdict) or self._numbered(proxies))
        yield from self._ranges(page, verdict)

    def _of_peer(self, row: pd.Series, verdict: Verdict) -> Iterator[Claim]:
        page = self.words.gettext("other places")
        indicator = self.words.name(self.catalog.indicator(str(row["indicator_id"])))
        series = indicator + self.words.parentheses(self.words.name(self.catalog.region(str(row["region_id"]))))
        colon = self.words.language.colon
        yield Claim(page, f"{series}{colon}{self._asked(row, verdict)}", source_id=str(row["source_id"]))
        answer = narrative.verdict_words(self.words, verdict)
        yield Claim(page, f"{series}{colon}{answer}", self._rests_on(verdict))

    def _asked(self, row: Mapping[str, object] | pd.Series, verdict: Verdict) -> str:
        return narrative.goal_text(
            self.words, verdict.goal, str(row["value_text"]), self.catalog.unit_of(verdict.goal.indicator_id)
        )

    def _ranges(self, page: str, verdict: Verdict) -> Iterator[Claim]:
        series, made = verdict.series, verdict.forecast
        if series is None or made is None or verdict.probability is None:
            return
        ahead = verdict.goal.target_year - int(series.years()[-1])
        low, high = made.interval(RANGE_LEVEL, ahead)
        decimals = int(series.yearly["decimals"].max())
        unit = self.catalog.unit_of(series.indicator_id)
        text = self.words.gettext(
            "{level}% range for {year}: {range}",
            level=whole_percent(RANGE_LEVEL),
            year=verdict.goal.target_year,
            range=formats.interval(self.words, low, high, decimals, unit),
        )
        yield Claim(page, text, self._rests_on(verdict))

    def _rests_on(self, verdict: Verdict) -> tuple[int, ...]:
        """Return the numbers of the figures that decide a verdict or are fitted for it; all where none is fitted."""
        if verdict.series is None:
            return ()
        rows = verdict.series.rows
        if verdict.deciding_line is not None:
            lines = [verdict.deciding_line]
        else:
            fitted = rows[rows["use"].isin(FITTED_USES)]
            lines = list((rows if fitted.empty else fitted)["line"])
        return self._numbered(lines)

    def _numbered(self, lines: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(self._numbers[int(line)] for line in lines))
