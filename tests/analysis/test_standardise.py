"""Standardised rates: published examples, hand computation, invariances, and the evidence of the repository.

Data are made up unless a test names its source.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from synthetic import observation

from qualitybook.analysis.standardisation import (
    REMAINDER,
    Releases,
    Standardisation,
    decompose,
    fit_rates,
    mean_mix,
    partly_known_mix,
    pooled_mix,
    raw_rates,
    standardised_rates,
    year_change,
)
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence import load

DATA = Path(__file__).parents[2] / "data"

# Das Gupta (1993), Standardization and decomposition of rates: a user's manual, US Bureau of the Census P23-186,
# example 5.3: population (thousands) and deaths per 1000 in the United States by race and eleven ages.
SIZES = {
    1985: "3041 11577 27450 32711 35480 27411 19555 19795 15254 8022 2472 "
    "707 2692 6473 6841 6547 4352 3034 2540 1749 804 236",
    1970: "2968 11484 34614 30992 21983 20314 20928 16897 11339 5720 1315 "
    "535 2162 6120 4781 3096 2718 2363 1767 1149 448 117",
}
DEATHS = {
    1985: "9.163 0.462 0.248 0.929 1.084 1.810 4.715 12.187 27.728 64.068 157.570 "
    "17.208 0.738 0.328 1.103 2.045 3.724 8.052 17.812 34.128 68.276 125.161",
    1970: "18.469 0.751 0.391 1.146 1.287 2.672 6.636 15.691 34.723 79.763 176.837 "
    "36.993 1.352 0.541 2.040 3.523 6.746 12.967 24.471 45.091 74.902 123.205",
}

# Charig et al. (1986), BMJ 292, 879-882: successes against kidney stones by treatment and size of the stone.
STONES = pd.DataFrame(
    {
        "period": ["open", "open", "needle", "needle"],
        "year": [1, 1, 2, 2],
        "group": ["small", "large", "small", "large"],
        "n": [87, 263, 270, 80],
        "passed": [81, 192, 234, 55],
    }
)


def deaths(year):
    sizes, rates = (np.array(texts[year].split(), dtype=float) for texts in (SIZES, DEATHS))
    return pd.DataFrame({"n": sizes, "passed": sizes * rates / 1000})


def death_cells():
    parts = [deaths(year).assign(year=year, period=str(year)).rename_axis("group") for year in (1970, 1985)]
    return pd.concat([part.reset_index() for part in parts], ignore_index=True)


def cells(rows):
    return pd.DataFrame(rows, columns=["period", "year", "group", "n", "passed"])


def counts(n, passed):
    return pd.DataFrame({"n": n, "passed": passed}, index=["a", "b", "c"][: len(n)])


# Published examples


def test_direct_standardisation_as_published():
    # To the mean of both populations' mixes: 10.258 and 8.030 deaths per 1000, from inputs rounded as above.
    made = death_cells()
    found = standardised_rates(fit_rates(made), mean_mix(made))["rate"]
    assert 10 * found[1970] == pytest.approx(10.258, abs=0.001)
    assert 10 * found[1985] == pytest.approx(8.030, abs=0.001)


def test_decomposition_as_published():
    # Rate effect 8.030 - 10.258; age structure 9.907 - 8.385 and race structure 9.156 - 9.136 are the mix.
    found = decompose(deaths(1970), deaths(1985))
    assert 10 * found.rate == pytest.approx(8.030 - 10.258, abs=0.0011)
    assert 10 * found.mix == pytest.approx((9.907 - 8.385) + (9.156 - 9.136), abs=0.0021)


def test_standardisation_undoes_simpsons_paradox():
    # The needle looks better (78.0 against 82.6 %) because it was given the small stones; by hand, at the pooled mix,
    # 81/87 and 192/263 against 234/270 and 55/80 weighted 357 : 343.
    raw = raw_rates(STONES.groupby(["period", "year"], as_index=False)[["n", "passed"]].sum())["rate"]
    found = standardised_rates(fit_rates(STONES), pooled_mix(STONES))["rate"]
    assert (raw[1], raw[2]) == pytest.approx((78.0, 82.571), abs=0.001)
    assert found[1] == pytest.approx(100 * (357 * 81 / 87 + 343 * 192 / 263) / 700)
    assert found[2] == pytest.approx(100 * (357 * 234 / 270 + 343 * 55 / 80) / 700)
    assert found[1] > found[2]


# The regression


def test_saturated_regression_gives_the_pooled_rates_and_pearsons_dispersion():
    made = cells(
        [("1", 2020, "a", 200, 190), ("2", 2020, "a", 300, 270), ("1", 2020, "b", 100, 95), ("2", 2020, "b", 150, 120)]
    )
    fit = fit_rates(made)
    rate = {"a": 460 / 500, "b": 215 / 250}
    pearson = sum(
        (row.passed - row.n * (p := rate[row.group])) ** 2 / (row.n * p * (1 - p)) for row in made.itertuples()
    )
    assert fit.df == 2
    assert fit.dispersion == pytest.approx(pearson / 2)
    for group, n in (("a", 500), ("b", 250)):
        found = fit.rates.loc[(2020, group)]
        assert found["rate"] == pytest.approx(rate[group])
        assert found["sd"] == pytest.approx(math.sqrt(fit.dispersion * rate[group] * (1 - rate[group]) / n))


def test_interval_by_hand():
    made = cells(
        [("1", 2020, "a", 400, 390), ("2", 2020, "a", 600, 560), ("1", 2020, "b", 500, 480), ("2", 2020, "b", 500, 490)]
    )
    fit, mix = fit_rates(made), pd.Series({"a": 0.5, "b": 0.5})
    found = standardised_rates(fit, mix).loc[2020]
    variance = 0.25 * (fit.rates["sd"] ** 2).sum()
    share, t = found["rate"] / 100, 4.302653  # the 97.5 % point of Student's t with two degrees of freedom
    # Beta quantiles of the effective counts, at the level at which the normal has Student's t as its quantile.
    items = share * (1 - share) / variance
    tail = stats.norm.sf(t)
    good, bad = share * items, (1 - share) * items
    assert found["lower"] / 100 == pytest.approx(stats.beta.ppf(tail, good, bad + 1), rel=1e-6)
    assert found["upper"] / 100 == pytest.approx(stats.beta.ppf(1 - tail, good + 1, bad), rel=1e-6)
    assert found["lower"] < found["rate"] < found["upper"]


@pytest.mark.parametrize("failures", [0.2, 0.5, 1.0, 2.0])
def test_the_interval_covers_what_it_says_where_hardly_any_item_fails(failures):
    """Three groups of samples made here, with so many failures expected in all; 95 % is the least to be covered."""
    draws = np.random.default_rng(20231030)
    n, mix = np.array([200, 300, 500]), pd.Series({"a": 0.2, "b": 0.3, "c": 0.5})
    true = 1 - failures * mix.to_numpy() / n
    rate = 100 * float(mix @ true)
    held = 0
    for passed in draws.binomial(n, true, (60, 3)):
        made = cells([("1", 2020, group, *pair) for group, *pair in zip("abc", n, passed, strict=True)])
        found = standardised_rates(fit_rates(made), mix).loc[2020]
        held += found["lower"] - 1e-9 <= rate <= found["upper"] + 1e-9
    assert held >= 0.95 * 60


def test_bulletins_that_agree_are_not_underdispersed():
    made = cells([("1", 2020, "a", 1000, 950), ("2", 2020, "a", 1000, 950)])
    assert fit_rates(made).dispersion == 1.0


def test_one_bulletin_a_year_leaves_the_dispersion_unknown():
    fit = fit_rates(STONES)
    assert (fit.df, fit.dispersion) == (0, 1.0)
    assert fit.quantile == pytest.approx(1.959964)


def test_a_group_that_passed_entirely_has_an_interval():
    made = cells(
        [("1", 2020, "a", 50, 50), ("1", 2020, "b", 50, 50), ("1", 2021, "a", 50, 50), ("1", 2021, "b", 50, 40)]
    )
    found = standardised_rates(fit_rates(made), pooled_mix(made))
    assert found["rate"][2020] == 100
    # As for 100 of 100.
    assert found["lower"][2020] == pytest.approx(100 * 0.025 ** (1 / 100), abs=0.05)
    assert found["upper"][2020] == pytest.approx(100)
    assert found["rate"][2021] == pytest.approx(90)


def test_a_year_without_one_of_the_groups_has_no_standardised_rate():
    made = cells([("1", 2020, "a", 50, 49), ("1", 2021, "a", 50, 48), ("1", 2021, "b", 50, 40)])
    found = standardised_rates(fit_rates(made), pooled_mix(made))
    assert found.loc[2020].isna().all()
    assert found.loc[2021].notna().all()


def test_nothing_or_impossible_counts_are_refused():
    with pytest.raises(ImpossibleValueError):
        fit_rates(cells([]))
    with pytest.raises(ImpossibleValueError):
        fit_rates(cells([("1", 2020, "a", 5, 6)]))


# Invariances

sizes = st.lists(st.integers(1, 5000), min_size=3, max_size=3)
shares = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@given(sizes, sizes, shares)
def test_mix_does_not_matter_when_all_groups_pass_alike(first, second, weights):
    made = cells(
        [
            (str(year), year, group, 10 * n, 9 * n)
            for year, part in ((1, first), (2, second))
            for group, n in zip("abc", part, strict=True)
        ]
    )
    mix = pd.Series(weights, index=list("abc")) + 0.1
    found = standardised_rates(fit_rates(made), mix / mix.sum())
    assert found["rate"].to_numpy() == pytest.approx(90)


@given(sizes, shares, st.integers(2, 9))
def test_years_of_equal_rates_differ_by_their_mix_alone(first, rates, factor):
    n = np.array(first, dtype=float)
    before = counts(n, n * rates)
    after = counts(n * [1, 1, factor], n * [1, 1, factor] * np.array(rates))
    found = decompose(before, after)
    assert found.rate == pytest.approx(0, abs=1e-9)
    assert found.mix == pytest.approx(found.change, abs=1e-9)


@given(sizes, sizes, shares, shares)
def test_mix_and_rate_add_up_and_turn_round(first, second, one, two):
    before, after = counts(first, np.multiply(first, one)), counts(second, np.multiply(second, two))
    found, back = decompose(before, after), decompose(after, before)
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-9)
    assert found.by_group.sum().tolist() == pytest.approx([found.mix, found.rate], abs=1e-9)
    assert (back.change, back.mix, back.rate) == pytest.approx((-found.change, -found.mix, -found.rate), abs=1e-9)


def test_a_new_group_is_a_change_of_the_mix():
    found = decompose(counts([100, 0], [90, 0]), counts([100, 100], [90, 100]))
    assert (found.change, found.mix, found.rate) == pytest.approx((5, 5, 0))


def test_decomposition_needs_the_same_groups():
    with pytest.raises(ValueError, match="same groups"):
        decompose(counts([1], [1]), counts([1, 2], [1, 2]))


# Mixes


def test_mixes():
    made = cells([("1", 2020, "a", 900, 1), ("1", 2020, "b", 100, 1), ("2", 2020, "a", 10, 1), ("2", 2020, "b", 30, 1)])
    assert pooled_mix(made).to_dict() == pytest.approx({"a": 910 / 1040, "b": 130 / 1040})
    assert mean_mix(made).to_dict() == pytest.approx({"a": (0.9 + 0.25) / 2, "b": (0.1 + 0.75) / 2})


def test_a_mix_known_in_part_fills_up_with_the_reference():
    reference = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
    found = partly_known_mix(cells([("1", 2020, "a", 400, 1)]), 1000, reference)
    assert found.to_dict() == pytest.approx({"a": 0.4, "b": 0.36, "c": 0.24})
    whole = cells([("1", 2020, "a", 400, 1), ("1", 2020, "b", 300, 1), ("1", 2020, "c", 100, 1)])
    assert partly_known_mix(whole, 1000, reference).to_dict() == pytest.approx({"a": 0.5, "b": 0.375, "c": 0.125})


# From the evidence


def release(period, toys, tools, total=None, region="sample_city"):
    """Return the rows of one release: counts (n, passed) of its two categories, and its total."""
    total = total or tuple(np.add(toys, tools))
    named = {"goods_pass_rate": total, "toys_share_passed": toys, "tools_share_passed": tools}
    return [
        observation(
            name,
            region,
            period,
            f"{100 * passed / n:.2f}",
            "yearbook-2025",
            n=str(n),
            passed=str(passed),
            qualifier="derived",
        )
        for name, (n, passed) in named.items()
        if n
    ]


@pytest.fixture
def releases(catalog_of):
    rows = [
        *release("2022-03", (100, 95), (300, 290)),
        *release("2022-09", (200, 180), (200, 196)),
        *release("2023-04", (300, 288), (100, 99)),
        *release("2023-05", (50, 49), (50, 50), total=(150, 148)),
        *release("2023-06", (60, 60), (0, 0), total=(90, 88)),
    ]
    return Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city")


def test_releases_whose_categories_add_up_are_complete(releases):
    assert releases.groups == ("tools", "toys")
    assert dict(zip(releases.totals["period"], releases.totals["complete"], strict=True)) == {
        "2022-03": True,
        "2022-09": True,
        "2023-04": True,
        "2023-05": False,
        "2023-06": False,
    }
    assert set(releases.complete_cells()["period"]) == {"2022-03", "2022-09", "2023-04"}


def test_incomplete_releases_are_refused(releases):
    with pytest.raises(ImpossibleValueError, match="2023-05, 2024-01"):
        releases.cells_of(["2023-04", "2023-05", "2024-01"])


def test_standardisation_of_the_evidence_by_hand(releases):
    made = Standardisation.of(releases)
    assert made.mix.to_dict() == pytest.approx({"tools": 0.5, "toys": 0.5})
    assert made.rates["rate"].to_dict() == pytest.approx(
        {2022: 50 * (275 / 300 + 486 / 500), 2023: 50 * (288 / 300 + 99 / 100)}
    )
    # The raw rate takes every release, complete or not.
    assert made.raw["releases"].to_dict() == {2022: 2, 2023: 3}
    assert made.raw["rate"][2023] == pytest.approx(100 * (387 + 148 + 88) / (400 + 150 + 90))
    # In 2022 37.5 % of the items were toys, in 2023 75 %.
    change = made.changes[0]
    rates = {2022: (275 / 300, 486 / 500), 2023: (288 / 300, 99 / 100)}
    by_hand = 100 * 0.375 * ((rates[2022][0] + rates[2023][0]) - (rates[2022][1] + rates[2023][1])) / 2
    assert (change.first, change.last) == (2022, 2023)
    assert change.parts.mix == pytest.approx(by_hand)
    assert change.parts.change == pytest.approx(100 * (387 / 400 - 761 / 800))
    assert change.lower < change.parts.rate < change.upper


def test_other_choices(releases, catalog_of):
    elsewhere = Releases.of(
        catalog_of(release("2022-03", (100, 90), (0, 0), (400, 380), region="neighbour_city")),
        "goods_pass_rate",
        "neighbour_city",
    )
    made = Standardisation.of(releases, [elsewhere])
    found = {item.code: item for item in made.alternatives}
    assert list(found) == ["each_release", "latest_year", "other_place", "all_cells"]
    assert found["latest_year"].mix.to_dict() == pytest.approx({"tools": 0.25, "toys": 0.75})
    other = found["other_place"]
    assert (other.region_id, other.period, other.is_partial) == ("neighbour_city", "2022-03", True)
    assert other.mix.to_dict() == pytest.approx({"tools": 0.75, "toys": 0.25})
    assert other.rates[2023] == pytest.approx(100 * (0.75 * 99 / 100 + 0.25 * 288 / 300))
    # With the releases known in part, 2023 has 410 toys of which 397 passed, and 150 tools of which 149 passed.
    assert found["all_cells"].rates[2023] == pytest.approx(50 * (397 / 410 + 149 / 150))


def test_figures_that_may_not_be_fitted_are_left_out(catalog_of):
    rows = [*release("2022-03", (100, 95), (300, 290)), *release("2023-03", (100, 95), (300, 290))]
    for row in rows[3:]:
        row.update(grade="C")
    found = Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city")
    assert set(found.totals["period"]) == set(found.cells["period"]) == {"2022-03"}


def test_rates_without_categories_or_counts_are_not_standardised(catalog_of):
    catalog = catalog_of()
    assert Releases.of(catalog, "research_intensity", "sample_city") is None
    assert Releases.of(catalog, "goods_pass_rate", "sample_city") is None
    only_incomplete = Releases.of(
        catalog_of(release("2023-05", (50, 49), (50, 50), total=(150, 148))), "goods_pass_rate", "sample_city"
    )
    assert Standardisation.of(only_incomplete) is None


def test_a_release_of_one_category_is_no_mix(catalog_of):
    """300 toys of which 290 passed are all of that release, and say nothing of what is usually sampled."""
    rows = [*release("2022-03", (100, 95), (300, 290)), *release("2022-04", (0, 0), (300, 290))]
    found = Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city")
    assert found.totals["complete"].tolist() == [True, False]
    assert pooled_mix(found.complete_cells()).to_dict() in (
        {"tools": 0.25, "toys": 0.75},
        {"tools": 0.75, "toys": 0.25},
    )


def test_no_year_with_all_groups_is_no_standardisation(catalog_of):
    rows = [*release("2022-03", (100, 95), (0, 0)), *release("2023-03", (0, 0), (100, 95))]
    assert Standardisation.of(Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city")) is None


def test_releases_known_in_part_are_compared_on_what_both_give(catalog_of):
    rows = [
        *release("2022-H1", (100, 95), (300, 290), total=(1000, 960)),
        *release("2022-03", (10, 10), (30, 29), total=(100, 96)),
        *release("2023-H1", (200, 195), (300, 291), total=(1000, 970)),
        *release("2023-H2", (200, 195), (300, 291), total=(1000, 970)),
    ]
    (found,) = Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city").changes()
    assert (found.first, found.last, found.categories) == (
        "2022-H1",
        "2023-H1",
        ("tools_share_passed", "toys_share_passed"),
    )
    # The remainder: 575 of 600 in the first, 484 of 500 in the second.
    assert found.remainder_rate == pytest.approx(100 * (484 / 500 - 575 / 600) * 0.55)
    assert found.parts.by_group.index.tolist()[-1] == REMAINDER
    assert found.parts.change == pytest.approx(1.0)
    assert found.source_ids == ("yearbook-2025",)


def test_one_shared_category_or_a_contradiction_is_not_compared(catalog_of):
    one = [*release("2022-H1", (100, 95), (0, 0), (1000, 960)), *release("2023-H1", (200, 195), (0, 0), (1000, 970))]
    wrong = [
        *release("2022-H1", (100, 95), (300, 290), (410, 380)),
        *release("2023-H1", (100, 95), (300, 290), (900, 880)),
    ]
    for rows in (one, wrong):
        assert Releases.of(catalog_of(rows), "goods_pass_rate", "sample_city").changes() == []


# The evidence of the repository


@pytest.fixture(scope="module")
def bulletins():
    return Releases.of(load(DATA).as_of("2026-11-22"), "food_supervision_bulletin_pass_rate", "guangzhou")


def test_raw_rates_of_the_repository(bulletins):
    found = raw_rates(bulletins.totals[bulletins.totals["year"] <= 2024])["rate"].round(2)
    assert found.to_dict() == {
        2018: 98.74,
        2019: 98.61,
        2020: 98.25,
        2021: 98.20,
        2022: 98.09,
        2023: 98.78,
        2024: 98.51,
    }


def test_standardised_rates_of_the_repository(bulletins):
    # The same by hand: the rates of three groups by year, weighted 6.94 : 34.20 : 58.86.
    complete = bulletins.complete_cells()
    made = standardised_rates(fit_rates(complete), pooled_mix(complete))["rate"].round(2)
    assert made.drop(2018).to_dict() == {2020: 98.31, 2021: 98.34, 2022: 97.98, 2023: 98.47, 2024: 98.51}
    assert math.isnan(made[2018])
    assert sorted(set(bulletins.totals["period"]) - set(complete["period"])) == [
        "2019-04",
        "2022-03",
        "2022-12",
        "2024-05",
    ]


def test_rates_of_an_earlier_computation_are_those_of_all_bulletins_at_a_rounded_mix(bulletins):
    # 98.36, 98.31, 98.11, 98.50 and 98.49 were computed with the categories of incomplete bulletins too, at 62 % of
    # processed food, 30 % of farm produce and 8 % of catering.
    mix = pd.Series({"catering": 0.08, "farm_produce": 0.30, "processed": 0.62})
    made = standardised_rates(fit_rates(bulletins.cells), mix)["rate"]
    expected = {2020: 98.36, 2021: 98.31, 2022: 98.11, 2023: 98.50, 2024: 98.49}
    assert {year: made[year] for year in expected} == pytest.approx(expected, abs=0.0051)


def test_change_of_a_year_is_the_change_of_the_pooled_rate(bulletins):
    complete = bulletins.complete_cells()
    fit = fit_rates(complete)
    pooled = raw_rates(complete)["rate"]
    for first, last in ((2020, 2021), (2022, 2023), (2020, 2024)):
        made = year_change(fit, first, last)
        assert made.parts.change == pytest.approx(pooled[last] - pooled[first])
        assert made.parts.mix + made.parts.rate == pytest.approx(made.parts.change)
