"""What the pages say about the forecasts' own test follows from the counts (cases made here)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qualitybook.analysis.backtest import more_than_chance, skill
from qualitybook.report.derived import Ledger
from qualitybook.report.i18n import Words
from qualitybook.report.pages.calibration import judgement


def cases(inside: int, count: int, outer: int, chances: list[float] | None = None) -> pd.DataFrame:
    """Return cases of which so many lie in their band and so many in the outer tenths of their forecasts."""
    outcomes = np.where(np.arange(count) < inside, 1.0, 5.0)
    pits = np.where(np.arange(count) < outer, 0.01, 0.5)
    table = pd.DataFrame({"outcome": outcomes, "pit": pits, "lo80": 0.0, "hi80": 2.0, "lo95": -1.0, "hi95": 3.0})
    table["class_code"], table["last"] = "pass_rate", 1.0
    table["chance_not_below_last"] = 0.5 if chances is None else chances
    return table


def said(table: pd.DataFrame, lang: str = "en") -> str:
    words = Words(lang)
    page = SimpleNamespace(words=words, _=words.gettext, computed=SimpleNamespace(ledger=Ledger()))
    return judgement(cast(Any, page), table)


@pytest.mark.parametrize(("inside", "expected"), [(182, "too wide"), (160, "no reason"), (130, "too narrow")])
def test_the_words_about_the_bands_follow_the_counts(inside: int, expected: str) -> None:
    text = said(cases(inside, 200, 40))
    found = [words for words in ("bands were too wide", "gives no reason", "bands were too narrow") if words in text]
    assert len(found) == 1
    assert expected in found[0]
    assert f"{inside} of 200 outcomes ({round(inside / 2)}%)" in text


@pytest.mark.parametrize(
    ("outer", "expected"), [(18, "fewer than chance"), (40, "which chance"), (70, "more than chance")]
)
def test_the_words_about_the_tails_follow_the_counts(outer: int, expected: str) -> None:
    text = said(cases(160, 200, outer))
    assert f"lay {outer} outcomes where 40 are expected, {expected} explains" in text


@pytest.mark.parametrize(
    ("chance", "expected"), [(0.9, "better than"), (0.5, "neither better nor worse"), (0.1, "worse than")]
)
def test_the_words_about_pass_rates_follow_their_score(chance: float, expected: str) -> None:
    # No outcome lies below the last value.
    chances = list(
        np.clip(chance + 0.01 * (np.arange(60) % 2), 0.5 if chance == 0.5 else 0, 0.5 if chance == 0.5 else 1)
    )
    assert f"foreseen {expected}" in said(cases(48, 60, 12, chances))


def test_few_cases_are_not_judged() -> None:
    assert said(cases(29, 29, 0)) == ""


def test_both_languages_say_it() -> None:
    assert "区间偏宽" in said(cases(182, 200, 18), "zh")


@pytest.mark.parametrize(("count", "cases_", "share"), [(182, 200, 0.8), (18, 200, 0.2), (165, 200, 0.8), (3, 30, 0.2)])
def test_more_than_chance_is_the_exact_binomial_test(count: int, cases_: int, share: float) -> None:
    # The two-sided test adds up all counts that are at most as likely as the one found.
    likely = stats.binom.pmf(np.arange(cases_ + 1), cases_, share)
    value = likely[likely <= likely[count] * (1 + 1e-7)].sum()
    expected = 0 if value >= 0.05 else int(np.sign(count - share * cases_))
    assert more_than_chance(count, cases_, share) == expected


def test_one_case_shows_no_skill() -> None:
    assert skill(cases(1, 1, 0, [0.9])) == 0
