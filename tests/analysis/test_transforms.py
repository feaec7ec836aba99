"""Scales: known values, round trips, and refusals. All data here are made up by the tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.analysis.scales import IDENTITY, LOG, LOG_HALF, LOGIT, TRANSFORMS, log_for
from qualitybook.errors import ImpossibleValueError

PERCENT = st.floats(0, 100)


def test_logit_has_a_margin_of_half_a_point():
    assert LOGIT.forward(50) == pytest.approx(0)
    assert LOGIT.forward(100) == pytest.approx(np.log(100.5 / 0.5))
    assert LOGIT.forward(98) == pytest.approx(np.log(98.5 / 2.5))


def test_logs():
    assert LOG.forward(np.e) == pytest.approx(1)
    assert LOG_HALF.forward(0) == pytest.approx(np.log(0.5))
    assert IDENTITY.forward(-3.0) == -3.0


@given(PERCENT)
def test_logit_round_trip(value):
    assert LOGIT.inverse(LOGIT.forward(value)) == pytest.approx(value, abs=1e-9)


@given(st.floats(1e-6, 1e12))
def test_log_round_trips(value):
    assert LOG.inverse(LOG.forward(value)) == pytest.approx(value, rel=1e-9)
    assert LOG_HALF.inverse(LOG_HALF.forward(value)) == pytest.approx(value, rel=1e-6, abs=1e-9)


@given(st.floats(-1e6, 1e6))
def test_inverse_stays_in_the_support(z):
    for transform in (LOGIT, LOG, LOG_HALF):
        value = float(transform.inverse(z))
        assert np.isfinite(value)
        assert transform.lower <= value <= transform.upper


@given(st.floats(0.5, 99.5))
def test_slope_is_the_derivative(value):
    for transform in TRANSFORMS.values():
        step = 1e-5
        difference = (transform.forward(value + step) - transform.forward(value - step)) / (2 * step)
        assert transform.slope(value) == pytest.approx(float(difference), rel=1e-4)


def test_delta_method_variance():
    assert LOG.variance(50.0, 2.0) == pytest.approx((2 / 50) ** 2)
    assert LOGIT.variance([98.0], [0.25])[0] == pytest.approx((0.25 * (1 / 98.5 + 1 / 2.5)) ** 2)


@pytest.mark.parametrize(
    ("transform", "value"),
    [(LOGIT, 101), (LOGIT, -0.1), (LOG, 0), (LOG, -2), (LOG_HALF, -1), (LOG, np.inf), (IDENTITY, -np.inf)],
)
def test_impossible_values_are_refused(transform, value):
    with pytest.raises(ImpossibleValueError, match=transform.name) as caught:
        transform.forward([50.0, np.nan, value])
    assert caught.value.found == value


def test_floating_point_noise_at_the_ceiling_is_put_back():
    assert LOGIT.check(100.0 + 2e-14) == 100.0
    assert LOG_HALF.check(-1e-12) == 0.0


def test_a_refusal_says_what_is_allowed():
    with pytest.raises(ImpossibleValueError, match="between 0 and 100"):
        LOGIT.check(101.0)
    with pytest.raises(ImpossibleValueError, match="at least 0"):
        log_for([4.0, -1.0]).check([4.0, -1.0])


def test_a_missing_year_stays_missing():
    assert np.isnan(LOGIT.forward([99.0, np.nan])[1])


def test_zeros_choose_the_offset():
    assert log_for([3, 0, 5]) is LOG_HALF
    assert log_for([3, np.nan, 5]) is LOG
