#!/usr/bin/env bash
# statsmodels 0.15: the same order and trend mean a straight line in ARIMA and a curve in SARIMAX
#
# One would guess: ARIMA is built on SARIMAX, so order=(0, 1, 0) with trend="t" is one model under two names, as it is
# without differences.
# What happens: ARIMA takes the trend for one of the series itself, SARIMAX for one of its differences. Of a series that
# rises by two a year the one forecasts steps of two, the other steps that grow; trend="c" is a drift in SARIMAX and an
# error in ARIMA. Both print their coefficient without saying so.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet statsmodels==0.15.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX

print("statsmodels", version("statsmodels"))
series = np.arange(20.0) * 2 + np.random.default_rng(1).normal(0, 0.1, 20)
one = ARIMA(series, order=(0, 1, 0), trend="t").fit().forecast(3)
other = SARIMAX(series, order=(0, 1, 0), trend="t").fit(disp=0).forecast(3)
print("ARIMA  ", one.round(1), "steps", np.diff(one).round(2))
print("SARIMAX", other.round(1), "steps", np.diff(other).round(2))
assert issubclass(ARIMA, SARIMAX)
assert np.allclose(np.diff(one), 2, atol=0.1)
assert (np.diff(other) > 3).all()
drift = SARIMAX(series, order=(0, 1, 0), trend="c").fit(disp=0).forecast(3)
assert np.allclose(np.diff(drift), 2, atol=0.1)
try:
    ARIMA(series, order=(0, 1, 0), trend="c")
except ValueError as error:
    print("ARIMA, trend c:", str(error)[:70])
else:
    raise AssertionError
PY
