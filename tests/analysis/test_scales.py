"""The table of classes, and the constants that come with the package."""

import numpy as np
import pytest

from qualitybook.analysis.scales import (
    BOUNDED_INDEX,
    CLASSES,
    INDEX,
    LOG,
    LOG_HALF,
    LOGIT,
    PASS_RATE,
    SHARE,
    ErrorTable,
    calibration,
    class_constants,
    series_class,
)


@pytest.mark.parametrize(
    ("kind", "subkind", "form", "expected"),
    [
        ("rate", "pass_rate", "percent", PASS_RATE),
        ("rate", "share", "percent", SHARE),
        ("rate", "satisfaction", "percent", SHARE),
        ("index", "", "plain", INDEX),
        ("level", "", "money", INDEX),
        ("cumulative_count", "", "count", INDEX),
        ("yearly_count", "", "count", INDEX),
        ("growth", "", "percent", None),
        ("rank", "", "rank", None),
        ("level", "", "flag", None),
        ("level", "", "span", None),
        ("rate", "", "percent", None),
        ("rate", "pass_rate", "plain", None),
        ("unheard_of", "", "", None),
    ],
)
def test_the_table(kind, subkind, form, expected):
    assert series_class(kind, subkind, form) is expected


def test_an_index_with_two_bounds_is_a_class_of_its_own():
    assert series_class("index", "", "plain", 0, 100) == BOUNDED_INDEX
    narrow = series_class("index", "", "plain", 60, 100)
    assert (narrow.code, narrow.bounds) == ("bounded_index", (60.0, 100.0))
    assert series_class("index", "", "plain", 0, None) is INDEX
    assert series_class("index", "", "plain", None, 100) is INDEX
    assert series_class("level", "", "plain", 0, 366) is INDEX
    assert series_class("rate", "share", "percent", 0, 100) is SHARE


def test_the_scale_between_two_bounds():
    scale = series_class("index", "", "plain", 60, 100).transform([85.0])
    assert scale.forward(80.0) == pytest.approx(0.0)
    assert scale.forward(85.86) == pytest.approx(LOGIT.forward(64.65))
    assert scale.inverse(scale.forward([60.0, 71.5, 100.0])) == pytest.approx([60.0, 71.5, 100.0])
    assert (scale.inverse(-50.0), scale.inverse(50.0)) == (60.0, 100.0)
    near = 1e-5
    slope = (scale.forward(90 + near) - scale.forward(90 - near)) / (2 * near)
    assert scale.slope(90.0) == pytest.approx(slope)
    assert not scale.holds([59.0])
    with pytest.raises(ValueError, match="two finite bounds"):
        series_class("index", "", "plain", 100, 60).transform([85.0])


@pytest.mark.parametrize(
    ("kind", "values", "name"),
    [
        (SHARE, [99.0, 100.0], "logit"),
        (SHARE, [99.0, 101.2], "log"),
        (SHARE, [3.0, -1.0], "identity"),
        (INDEX, [3.0, 0.0], "log"),
        (INDEX, [3.0, -1.0], "identity"),
        (INDEX, [np.nan, 4.0], "log"),
    ],
)
def test_a_scale_that_can_hold_the_values(kind, values, name):
    held = kind.able_to_hold(values)
    assert held.transform_name == name
    assert (held is kind) == (name == kind.transform_name)
    scale = held.transform(values)
    np.testing.assert_allclose(scale.inverse(scale.forward(values)), values)


def test_values_themselves_are_taken_in_units_of_their_size():
    scale = INDEX.able_to_hold([-300.0, 100.0]).transform([-300.0, 100.0])
    np.testing.assert_allclose(scale.forward([-300.0, 100.0]), [-1.5, 0.5])
    assert scale.variance(100.0, 20.0) == pytest.approx(0.01)


def test_pass_rates_use_model_a_without_drift():
    assert (PASS_RATE.models, PASS_RATE.drift) == (("A",), 0.0)
    assert (SHARE.models, SHARE.drift) == (("A", "B"), 0.5)
    assert (INDEX.models, INDEX.drift) == (("A", "B"), 0.5)


def test_the_scale_of_a_class():
    assert PASS_RATE.transform([99.0]) is LOGIT
    assert INDEX.transform([3.0, 4.0]) is LOG
    assert INDEX.transform([0.0, 4.0]) is LOG_HALF


@pytest.mark.parametrize("code", sorted(CLASSES))
def test_packaged_tables_are_quantile_functions(code):
    table = class_constants(code).table
    assert table.quantiles.shape == (len(table.history), len(table.horizons), table.levels.size)
    assert np.all(np.diff(table.levels) > 0)
    assert np.all(np.diff(table.quantiles, axis=-1) >= 0)
    assert np.all(table.quantiles[..., 0] < 0)
    assert np.all(table.quantiles[..., -1] > 0)


def test_pass_rates_are_as_likely_to_rise_as_to_fall():
    quantiles = class_constants("pass_rate").table.quantiles
    np.testing.assert_allclose(quantiles, -quantiles[..., ::-1], atol=1e-9)


def test_the_class_step_hardly_enters_the_step_of_a_series():
    assert all(class_constants(code).step_weight <= 0.05 for code in CLASSES)
    assert all(0 < class_constants(code).shrinkage <= 1 for code in CLASSES)


def test_the_calibration_states_where_it_comes_from():
    provenance = calibration()["provenance"]
    assert provenance["script"] == "benchmarks/calibrate.py"
    assert set(provenance["families"]) == set(CLASSES)
    assert all(count > 0 for count in provenance["series"].values())


def test_tables_survive_json():
    table = class_constants("index").table
    copy = ErrorTable.from_record(table.to_record(3))
    np.testing.assert_array_equal(copy.quantiles, table.quantiles)
    assert (copy.history, copy.horizons) == (table.history, table.horizons)
