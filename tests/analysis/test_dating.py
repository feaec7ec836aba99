"""Figures whose year is in doubt (the figures here are made by the tests)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.series import FitOptions, build_series, is_doubtful, moved_back
from qualitybook.evidence import EvidenceError, load

RATE, CITY = "goods_pass_rate", "sample_city"
DOUBT = "maybe_previous_year"
DATA = Path(__file__).parents[2] / "data"


def rate(period: str, value: str, **cells: str) -> Row:
    return observation(RATE, CITY, period, value, "yearbook-2023", **cells)


def sure(*years: int) -> list[Row]:
    return [rate(str(year), f"{92 + 0.3 * (year - 2015):.1f}") for year in years]


@pytest.mark.parametrize(
    ("period", "moved"),
    [("2024", "2023"), ("2024-H1", "2023-H1"), ("2024-02", "2023-02"), ("2024-01/2024-09", "2023-01/2023-09")],
)
def test_a_doubtful_figure_moves_by_a_year(catalog_of: CatalogMaker, period: str, moved: str) -> None:
    rows = catalog_of([*sure(2022), rate(period, "95.0", dating=DOUBT)]).observations
    after = moved_back(rows)
    assert list(after["period"]) == ["2022", moved]
    assert after["start"].dt.year.tolist() == [2022, 2023]
    assert after["end"].iloc[1].month == rows["end"].iloc[1].month
    assert is_doubtful(rows).tolist() == [False, True]
    assert list(after.columns) == list(rows.columns)


def test_the_end_of_february_follows_the_calendar(catalog_of: CatalogMaker) -> None:
    rows = catalog_of([rate("2025-02", "95.0", dating=DOUBT)]).observations
    assert str(moved_back(rows)["end"].iloc[0].date()) == "2024-02-29"


def test_a_figure_without_doubt_stays(catalog_of: CatalogMaker) -> None:
    rows = catalog_of(sure(2020, 2021)).observations
    assert moved_back(rows).equals(rows)
    assert build_series(catalog_of(sure(2020, 2021)), RATE, CITY).earlier is None


def test_a_figure_known_for_the_year_goes_before_one_moved_there(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([*sure(2022, 2023), rate("2024", "95.0", dating=DOUBT)])
    values = build_series(catalog, RATE, CITY, FitOptions(dating="earlier")).yearly["value"]
    assert values.to_dict() == pytest.approx({2022: 94.1, 2023: 94.4})


def test_figures_that_move_together_keep_their_order(catalog_of: CatalogMaker) -> None:
    rows = [*sure(2020), rate("2023", "95.0", dating=DOUBT), rate("2024", "95.5", dating=DOUBT)]
    series = build_series(catalog_of(rows), RATE, CITY)
    assert series.yearly["value"].to_dict() == {2020: 93.5, 2023: 95.0, 2024: 95.5}
    assert series.earlier is not None
    assert series.earlier.yearly["value"].to_dict() == {2020: 93.5, 2022: 95.0, 2023: 95.5}


def test_doubt_widens_a_forecast_and_lies_between_both_datings(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([*sure(2017, 2018, 2019, 2020, 2021, 2022), rate("2024", "94.9", dating=DOUBT)])
    made = {
        dating: forecast_series(catalog, build_series(catalog, RATE, CITY, FitOptions(dating=dating)), 2026)
        for dating in ("printed", "earlier", "both")
    }
    printed, earlier, both = made["printed"], made["earlier"], made["both"]
    assert printed is not None
    assert earlier is not None
    assert both is not None
    assert both.horizons == printed.horizons == (1, 2)
    assert "doubtful_year" in both.flags
    assert "doubtful_year" not in printed.flags
    np.testing.assert_allclose(both.quantiles, (printed.quantiles + earlier.quantiles[-2:]) / 2)
    widths = [float(np.diff(item.interval(0.8, 2))[0]) for item in (printed, both)]
    assert widths[0] < widths[1]


def test_doubt_widens_a_borrowed_range(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([*sure(2021), rate("2024", "94.9", dating=DOUBT)])
    ranges = {
        dating: orient_series(catalog, build_series(catalog, RATE, CITY, FitOptions(dating=dating)), 2025)
        for dating in ("printed", "earlier", "both")
    }
    printed, earlier, both = ranges["printed"], ranges["earlier"], ranges["both"]
    assert printed is not None
    assert earlier is not None
    assert both is not None
    assert both.upper - both.lower > printed.upper - printed.lower
    assert both.lower == pytest.approx((printed.lower + earlier.lower) / 2)


def test_a_cut_series_knows_no_later_figure_in_either_dating(catalog_of: CatalogMaker) -> None:
    rows = [*sure(2018, 2019), *(rate(str(year), "95.0", dating=DOUBT) for year in (2021, 2022, 2023))]
    cut = build_series(catalog_of(rows), RATE, CITY).until(2022)
    assert cut.last_year == 2022
    assert cut.earlier is not None
    assert list(cut.earlier.yearly.index) == [2018, 2019, 2020, 2021]


def test_another_word_for_the_doubt_is_refused(catalog_of: CatalogMaker) -> None:
    with pytest.raises(EvidenceError, match="dating"):
        catalog_of([rate("2024", "95.0", dating="perhaps")])


def test_the_repositorys_doubtful_figures_are_those_whose_notes_say_so() -> None:
    rows = load(DATA).observations
    said = rows["note_zh"].str.contains("可能是上一年") & (rows["period"] != "")
    assert is_doubtful(rows).equals(said)
    assert rows.loc[said, ["region_id", "period"]].to_numpy().tolist() == [
        ["china", "2023"],
        ["china", "2024"],
        ["hebei", "2019"],
        ["hebei", "2022"],
    ]
