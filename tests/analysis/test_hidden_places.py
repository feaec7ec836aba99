"""Each place of the folder's pairs hidden in turn (the figures here are made by the tests)."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import HEADERS, CatalogMaker, Row, observation

from qualitybook.analysis.gap_evidence import pairs_of
from qualitybook.analysis.hidden_places import EARLIER, NOTHING, hide_on_plan
from qualitybook.evidence.catalog import Catalog

RATE = "goods_pass_rate"
NAMES = [f"place{number}" for number in range(12)]


def regions() -> list[Row]:
    above = [("sample_nation", "nation", ""), ("sample_province", "province", "sample_nation")]
    places = [(name, "province", "sample_nation") for name in NAMES]
    cities = [(name, "city", "sample_province") for name in ("sample_city", "neighbour_city")]
    return [
        {"region_id": name, "name_zh": name, "name_en": name, "level": level, "parent_id": parent}
        for name, level, parent in [*above, *places, *cities]
    ]


def peers(**cells: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_evidence"], "")
    named = {"target_id": "goods-pass", "indicator_id": RATE, "from_indicator_id": RATE, "region_id": "sample_nation"}
    return blank | named | {"role": "peers", "note_zh": "虚构", "note_en": "made up"} | cells


WORDS = dict.fromkeys(HEADERS["indicative_goals"], "虚构") | {"target_id": "goods-pass", "refusal": ""}
WORDS |= {"indicator_id": RATE}


def figure(place: str, period: str, value: float, **cells: str) -> Row:
    return observation(RATE, place, period, f"{value:.2f}", "yearbook-2026", **cells)


def catalog_with(catalog_of: CatalogMaker, rows: list[Row], *named: Row) -> Catalog:
    evidence = [*(named or (peers(),)), peers(role="parent")]
    return catalog_of(rows, regions=regions(), indicative_evidence=evidence, indicative_goals=[WORDS])


def made(seed: int = 1) -> list[Row]:
    """Return figures of two years whose places keep most of their gap to the nation."""
    draws = np.random.default_rng(seed)
    lasting = draws.normal(0, 0.8, len(NAMES))
    rows = [figure("sample_nation", year, 94.0) for year in ("2020", "2024")]
    for name, gap in zip(NAMES, lasting, strict=True):
        rows += [figure(name, year, 94 + gap + draws.normal(0, 0.2)) for year in ("2020", "2024")]
    return rows


def test_pairs_are_of_one_period_and_basis_and_one_a_year(catalog_of: CatalogMaker) -> None:
    rows = [
        figure("sample_nation", "2024", 94.0),
        figure("sample_nation", "2024-H1", 93.0),
        figure("sample_nation", "2023-H1", 93.0),
        figure("place0", "2024", 95.0),
        figure("place0", "2024-H1", 94.0),
        figure("place1", "2023-H1", 92.0),
        figure("place1", "2024", 92.0, basis="old-scope"),
        figure("place2", "2022", 95.0),
        figure("place3", "2024", 95.0, grade="C"),
        figure("place4", "2024", 95.0, qualifier="at_least"),
        figure("place5", "2023-H1", 95.0, complete="0"),
    ]
    catalog = catalog_with(catalog_of, rows)
    found = pairs_of(catalog, RATE, "sample_nation")
    assert [(pair.place, pair.own.period, pair.above.value) for pair in found] == [
        ("place0", "2024", 94.0),
        ("place1", "2023-H1", 93.0),
    ]
    (named,) = pairs_of(catalog, RATE, "sample_nation", basis="old-scope")
    assert (named.place, named.own.basis, named.gap < 0) == ("place1", "old-scope", True)


def test_hidden_places_mostly_lie_in_their_bands_and_an_earlier_figure_helps(catalog_of: CatalogMaker) -> None:
    found = hide_on_plan(catalog_with(catalog_of, made()))
    nothing, earlier = found.of(NOTHING), found.of(EARLIER)
    assert (len(nothing.cases), nothing.places) == (2 * len(NAMES), len(NAMES))
    assert (len(earlier.cases), earlier.places) == (len(NAMES), len(NAMES))
    assert nothing.share80 >= 60
    assert nothing.share95 >= 85
    assert nothing.share80 <= nothing.share95
    assert earlier.brier < nothing.brier < 0.25


def test_a_place_does_not_help_to_tell_itself(catalog_of: CatalogMaker) -> None:
    """One place stands far off: hidden, its figure lies outside of the band that the others make."""
    rows = [row for row in made() if row["region_id"] != "place0"]
    far = [figure("place0", "2024", 60.0)]
    (case,) = [
        case
        for case in hide_on_plan(catalog_with(catalog_of, rows + far)).of(NOTHING).cases
        if case.pair.place == "place0"
    ]
    assert not case.inside95


def test_variants_add_their_pairs_once_and_no_pairs_give_nothing(catalog_of: CatalogMaker) -> None:
    once = hide_on_plan(catalog_with(catalog_of, made()))
    twice = hide_on_plan(catalog_with(catalog_of, made(), peers(), peers(variant="again")))
    assert len(once.of(NOTHING).cases) == len(twice.of(NOTHING).cases)
    nothing = hide_on_plan(catalog_with(catalog_of, [figure("sample_nation", "2024", 94.0)]))
    assert nothing.by_indicator == {}
    assert np.isnan(nothing.of(NOTHING).share80)


@pytest.mark.parametrize("situation", [NOTHING, EARLIER])
def test_the_naive_answer_is_scored_on_the_same_goals(catalog_of: CatalogMaker, situation: str) -> None:
    found = hide_on_plan(catalog_with(catalog_of, made())).of(situation)
    assert 0 < found.brier_parent < 0.5
