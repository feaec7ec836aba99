"""The table of classes, and the constants that come with the package."""

import numpy as np
import pytest

from qualitybook.analysis.error_table import ErrorTable
from qualitybook.analysis.scales import CLASSES, INDEX, PASS_RATE, SHARE, calibration, class_constants, series_class
from qualitybook.analysis.transforms import LOG, LOG_HALF, LOGIT


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


def test_the_share_class_is_wider_than_the_index_class():
    tail = np.array([0.025, 0.975])
    share, index = (np.diff(CLASSES[code].constants.table.scaled_errors(8, 2, tail))[0] for code in ("share", "index"))
    assert share > index


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
