"""Loading the sample city, and looking things up in it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import evidence_tables, observation, write_evidence

from qualitybook.evidence import Catalog, EvidenceError, UnknownKeyError, load
from qualitybook.evidence.catalog import units_brought_along
from qualitybook.evidence.check import check
from qualitybook.evidence.reading import usual_units
from qualitybook.evidence.schema import TABLES, Field


@pytest.fixture
def catalog(sample_folder: Path) -> Catalog:
    return load(sample_folder)


def test_every_table_is_there_with_all_rows(catalog: Catalog) -> None:
    for name, rows in evidence_tables().items():
        table = getattr(catalog, name)
        assert len(table) == len(rows)
        assert isinstance(table.index, pd.RangeIndex)
        assert table["line"].tolist() == list(range(2, len(rows) + 2))


def test_types_of_the_columns(catalog: Catalog) -> None:
    for table in TABLES:
        for field in table.fields:
            column = getattr(catalog, table.name)[field.name]
            if field.type == "date":
                assert pd.api.types.is_datetime64_dtype(column)
            elif field.dtype == "str":
                assert all(isinstance(cell, str) for cell in column)
            else:
                assert str(column.dtype) == field.dtype


def test_empty_cells(catalog: Catalog) -> None:
    growth = catalog.observations.query("indicator_id == 'service_growth'")
    assert growth["n"].isna().all()
    assert (growth["note_zh"] == "").all()


def test_columns_added_to_the_observations(catalog: Catalog) -> None:
    rows = catalog.observations.set_index(["indicator_id", "region_id", "period"])
    nine_months = rows.loc[("service_growth", "sample_city", "2024-01/2024-09")]
    assert nine_months["start"] == pd.Timestamp(2024, 1, 1)
    assert nine_months["end"] == pd.Timestamp(2024, 9, 30)
    assert nine_months["period_kind"] == "interval"
    assert pd.isna(nine_months["year"])
    assert nine_months["decimals"] == 1
    year = rows.loc[("service_growth", "sample_city", "2022")]
    assert (year["year"], year["value"], year["value_text"]) == (2022, -1.2, "-1.2")
    undated = rows.loc[("goods_pass_rate", "neighbour_city", "")]
    assert pd.isna(undated["start"])
    assert pd.isna(undated["end"])
    assert undated["period_kind"] == ""
    assert undated["value"] == 96.1


def test_lookups(catalog: Catalog) -> None:
    assert catalog.region("sample_city").name_en == "Sample City"
    assert catalog.indicator("test_centres").upper is None
    assert catalog.indicator("test_centres").lower == 0.0
    assert catalog.source("yearbook-2024").available_from == date(2024, 5, 31)
    assert catalog.edition("2024").as_of == date(2025, 6, 30)
    target = catalog.target("research")
    assert (target.rule, target.value, target.baseline_year, target.target_year) == ("rising", None, 2022, 2025)
    assert isinstance(target.number, int)
    assert catalog.target("goods-pass").value_text == "95"
    with pytest.raises(FrozenInstanceError):
        target.value = 1.0  # type: ignore[misc]


def test_an_unknown_key_suggests_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(UnknownKeyError) as raised:
        catalog.indicator("goods_pas_rate")
    assert isinstance(raised.value, KeyError)
    assert raised.value.suggestions == ["goods_pass_rate"]
    assert str(raised.value) == "indicators has no 'goods_pas_rate'; nearest: goods_pass_rate"


def test_observations_of_a_series_stand_by_period(catalog: Catalog) -> None:
    series = catalog.observations_of("goods_pass_rate", "sample_city")
    assert series["period"].tolist()[:3] == ["2012", "2013", "2014"]
    assert series["period"].tolist()[-4:] == ["2024-H1", "2024", "2024", "2025"]
    assert isinstance(series.index, pd.RangeIndex)
    assert catalog.observations_of("goods_pass_rate", "sample_nation").empty


def test_undated_figures_stand_last(tmp_path: Path) -> None:
    rows = evidence_tables()["observations"]
    rows.insert(0, observation("goods_pass_rate", "sample_city", "", "90", "press-2025", qualifier="undated"))
    series = load(write_evidence(tmp_path, observations=rows)).observations_of("goods_pass_rate", "sample_city")
    assert series["period"].iloc[-1] == ""


def test_optional_tables_may_be_absent(tmp_path: Path) -> None:
    catalog = load(write_evidence(tmp_path, peer_targets=None, gaps=None, publishers=None, locators=None))
    assert catalog.peer_targets.empty
    assert list(catalog.locators.columns) == ["locator", "locator_zh", "locator_en", "line"]
    assert catalog.as_of("2025-06-30").peer_targets.empty


def test_bad_evidence_is_not_loaded(tmp_path: Path) -> None:
    rows = evidence_tables()["observations"]
    rows[0]["value"] = "９８"
    rows[1]["region_id"] = "nowhere"
    with pytest.raises(EvidenceError) as raised:
        load(write_evidence(tmp_path, observations=rows))
    assert [problem.row for problem in raised.value.problems] == [2, 3]
    assert "observations.csv:2 [value]: found '９８'" in str(raised.value)


def test_warnings_do_not_stop_loading(tmp_path: Path) -> None:
    rows = evidence_tables()["observations"]
    rows.append(observation("service_growth", "sample_city", "2027", "3.0", "yearbook-2026"))
    assert len(load(write_evidence(tmp_path, observations=rows)).observations) == len(rows)


@given(st.decimals(-(10**6), 10**6, places=4, allow_nan=False).map(lambda number: f"{number:f}"))
def test_an_accepted_number_is_read_exactly(text: str) -> None:
    field = Field("value", "number")
    assert field.accepts(text)
    assert f"{float(text):.4f}".lstrip("-").lstrip("0") == text.lstrip("-").lstrip("0")


def test_places_of_an_indicator_are_those_of_its_figures(catalog: Catalog) -> None:
    for indicator_id in catalog.indicators["indicator_id"]:
        assert catalog.places_of(indicator_id) == set(catalog.figures_of(indicator_id)["region_id"])
    assert catalog.places_of("nothing-of-the-kind") == frozenset()


def test_a_folder_s_own_unit_goes_over_the_one_brought_along(tmp_path: Path) -> None:
    own = {"unit": "count", "form": "count", "name_zh": "件", "name_en": "things", "text_zh": "{}件"}
    own |= {"text_en": "{} things", "one_en": "{} thing", "scale": "1", "decimals": ""}
    catalog = load(write_evidence(tmp_path, units=[own]))
    assert (catalog.unit("count").text_zh, catalog.unit("count").scale, catalog.unit("count").decimals) == (
        "{}件",
        1,
        None,
    )
    assert catalog.unit("CNY_100m").scale == 10**8
    assert catalog.unit_of("goods_pass_rate").form == "percent"
    assert catalog.as_of("2024-06-30").unit("count") == catalog.unit("count")
    with pytest.raises(UnknownKeyError, match="nearest: percent"):
        catalog.unit("precent")


def test_the_units_brought_along_are_sound(tmp_path: Path) -> None:
    # As if a folder had written each of them itself.
    rows = [row for _, row in usual_units().records()]
    assert check(write_evidence(tmp_path, units=rows)) == []
    common = {"percent", "index", "CNY_100m", "firms", "m", "million_m3", "mg_L", "km", "tonne", "hectare", "kWh"}
    assert common <= units_brought_along().keys()
