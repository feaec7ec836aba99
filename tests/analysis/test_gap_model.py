"""The gap to a containing place: agreement with a separate program, time, and what must hold of any such model.

The reference numbers were computed by that separate program, whose closed form was checked against three million draws
from the model; the evidence is made by this test.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qualitybook.analysis.gap_model import (
    NO_LEAD,
    PEERS_LEAD,
    Lead,
    Mixture,
    OwnBound,
    OwnValue,
    PeerGap,
    gap_prior,
    predict,
)

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
YEAR = 2025
DISAGREE = 0.25
"A statement less likely than this by all else is told as a contradiction."


def parent(year: int) -> tuple[float, float]:
    return (3.5, 0.0) if year < YEAR else (3.6, 0.01)


PEERS = (
    PeerGap("first", 2020, 0.4),
    PeerGap("second", 2021, -0.1, 0.001),
    PeerGap("second", 2023, 0.05),
    PeerGap("third", 2022, 0.2),
)
UNDATED = OwnValue(3.9, ((2015, 0.5), (2017, 0.5)), 0.002)
BOUND, OF_THE_YEAR = OwnBound(3.7, 4.2, 2023), OwnBound(3.7, 4.2, YEAR)
CASES: dict[str, tuple[tuple[OwnValue, ...], OwnBound | None, Lead]] = {
    "nothing": ((), None, NO_LEAD),
    "undated": ((UNDATED,), None, NO_LEAD),
    "bound": ((), BOUND, NO_LEAD),
    "bound of the year": ((), OF_THE_YEAR, NO_LEAD),
    "both": ((UNDATED,), BOUND, NO_LEAD),
    "lead": ((UNDATED,), None, PEERS_LEAD),
}
REFERENCE = [
    (
        "logit",
        "nothing",
        [2.917335882943031, 3.238912089335846, 3.6626850688047115, 4.0863084806085395, 4.407747387759054],
        0.14619739775257656,
    ),
    (
        "logit",
        "undated",
        [3.1513832781847104, 3.423090674874266, 3.8131052073403144, 4.2026825456946515, 4.4739725845732305],
        0.2588527204468333,
    ),
    (
        "logit",
        "bound",
        [3.3307656995061174, 3.5512920225931803, 3.8771686166978023, 4.223963575787244, 4.465180111754867],
        0.3127889843592726,
    ),
    (
        "logit",
        "bound of the year",
        [3.5258106184560205, 3.633447676863298, 3.855376225230721, 4.1097719382259905, 4.2525739777295755],
        0.2284387118052208,
    ),
    (
        "logit",
        "both",
        [3.4022559023728505, 3.601843263646421, 3.912245276975651, 4.235035415196178, 4.4454211431506545],
        0.35629938655690996,
    ),
    (
        "logit",
        "lead",
        [2.9875781976369553, 3.3133025505451825, 3.772738823452094, 4.217667408052969, 4.520599425764935],
        0.24698921754949665,
    ),
    (
        "log",
        "nothing",
        [2.956500838058147, 3.261234168108636, 3.670707422420109, 4.08007670460254, 4.38464599266116],
        0.14442753286727772,
    ),
    (
        "log",
        "undated",
        [3.420116458151572, 3.618142333842249, 3.91330391545042, 4.201834533684341, 4.390234863482867],
        0.34395115478472205,
    ),
    (
        "log",
        "bound",
        [3.486219927743226, 3.65412056486744, 3.917349371225609, 4.207962676762735, 4.393686201752117],
        0.34785988102916277,
    ),
    (
        "log",
        "bound of the year",
        [3.526541990826512, 3.633813464681177, 3.854166716100102, 4.105583621001347, 4.247153503484895],
        0.22396939250532943,
    ),
    (
        "log",
        "both",
        [3.5694914549531114, 3.715354030251659, 3.955983476364319, 4.206671799073483, 4.3597673416666725],
        0.40696469820164216,
    ),
    (
        "log",
        "lead",
        [3.2875883985206813, 3.534319119578913, 3.8909623394387154, 4.232477422607775, 4.452857118008916],
        0.33535637873356017,
    ),
]


def made(scale: str, case: str) -> Mixture:
    values, bound, lead = CASES[case]
    return predict(YEAR, parent, gap_prior(scale), PEERS, values, bound, lead)


@pytest.mark.parametrize(("scale", "case", "quantiles", "above"), REFERENCE)
def test_the_model_agrees_with_a_separate_program(scale: str, case: str, quantiles: list[float], above: float) -> None:
    found = made(scale, case)
    assert found.quantiles(LEVELS) == pytest.approx(quantiles, abs=1e-6)
    assert 1 - found.below(4.0) == pytest.approx(above, abs=1e-6)


def test_quantiles_are_those_of_the_mixture() -> None:
    found = made("logit", "both")
    assert [found.below(float(z)) for z in found.quantiles(LEVELS)] == pytest.approx(LEVELS, abs=1e-5)


def test_a_reading_takes_milliseconds() -> None:
    """With eight peers, five candidate years and a statement; on a shared machine, so the fastest of several."""
    peers = [PeerGap(str(place), 2018 + place % 5, 0.1 * place) for place in range(8)]
    value = OwnValue(3.9, tuple((year, 0.2) for year in range(2010, 2015)))
    times = []
    for _ in range(7):
        start = perf_counter()
        predict(YEAR, parent, gap_prior("logit"), peers, [value], BOUND).quantiles(LEVELS)
        times.append(perf_counter() - start)
    assert min(times) < 0.05


def width(peers: list[PeerGap]) -> float:
    low, high = predict(YEAR, parent, gap_prior("logit"), peers).quantiles((0.1, 0.9))
    return float(high - low)


@given(st.floats(0.05, 0.6), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_more_peers_narrow_the_band(spread: float, few: int) -> None:
    """Each next pair of peers stands as far above as below, so that they tell of the same spread."""
    peers = [PeerGap(str(at), 2020, spread * (-1) ** at) for at in range(16)]
    assert width(peers[: 4 * few]) < width(peers[: 2 * few]) + 1e-6


gaps = st.floats(-0.6, 0.6)


@given(st.lists(gaps, max_size=5), st.floats(2.8, 4.2), st.integers(2018, YEAR))
@settings(max_examples=60, deadline=None)
def test_a_statement_of_at_least_never_lowers_the_lower_end(found: list[float], low: float, year: int) -> None:
    """Not so for one that contradicts the rest: it says that places differ more than they were thought to."""
    peers = [PeerGap(str(at), 2020, gap) for at, gap in enumerate(found)]
    prior = gap_prior("logit")
    assume(1 - predict(year, parent, prior, peers).below(low) >= DISAGREE)
    without = predict(YEAR, parent, prior, peers).quantiles(LEVELS)
    bound = OwnBound(low, np.inf, year)
    assert predict(YEAR, parent, prior, peers, bound=bound).quantiles(LEVELS)[1] >= without[1] - 1e-6


@given(st.lists(gaps, max_size=5), st.floats(-1.0, 1.0))
@settings(max_examples=25, deadline=None)
def test_shifting_parent_and_places_together_shifts_the_answer(found: list[float], shift: float) -> None:
    peers = [PeerGap(str(at), 2020, gap) for at, gap in enumerate(found)]

    def answer(by: float) -> np.ndarray:
        value, bound = OwnValue(3.9 + by, UNDATED.years), OwnBound(3.7 + by, 4.2 + by, 2023)
        moved = predict(
            YEAR, lambda year: (parent(year)[0] + by, parent(year)[1]), gap_prior("log"), peers, [value], bound
        )
        return moved.quantiles(LEVELS)

    assert answer(shift) - answer(0.0) == pytest.approx(shift, abs=1e-7)


def test_the_same_evidence_gives_the_same_bits() -> None:
    first, second = made("logit", "both"), made("logit", "both")
    assert first.means.tobytes() == second.means.tobytes()
    assert first.quantiles(LEVELS).tobytes() == second.quantiles(LEVELS).tobytes()
