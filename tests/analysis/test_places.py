"""In which order places stand (the places and figures here are made by the tests)."""

from __future__ import annotations

from synthetic import HEADERS, CatalogMaker, Row, evidence_tables, observation

from qualitybook.evidence import Catalog

RATE, CITY = "goods_pass_rate", "sample_city"
PLACES = [
    ("sample_nation", "样例国", "Sample Nation", "nation", ""),
    ("sample_province", "样例省", "Sample Province", "province", "sample_nation"),
    ("sample_city", "样例市", "Sample City", "city", "sample_province"),
    ("neighbour_city", "邻市", "Neighbour City", "city", "sample_province"),
    ("a_capital_area", "首都圈", "A Capital Area", "area", "sample_nation"),
    ("coast", "沿海", "The Coast", "area", "sample_nation"),
    ("delta", "三角洲", "The Delta", "area", "sample_province"),
    ("hills", "山区", "The Hills", "area", "sample_province"),
    ("far_city", "远市", "Aaa City", "city", "sample_nation"),
]


def regions() -> list[Row]:
    return [dict(zip(HEADERS["regions"], row, strict=True)) for row in PLACES]


def lies_in(*pairs: tuple[str, str]) -> list[Row]:
    return [{"region_id": place, "area_id": area} for place, area in pairs]


def named_as_context(area: str) -> list[Row]:
    """Return the plan's evidence with an area as context of its first goal."""
    rows = evidence_tables()["target_evidence"]
    return [*rows, rows[1] | {"region_id": area}]


def everywhere(catalog_of: CatalogMaker, **tables: list[Row]) -> Catalog:
    rows = [observation(RATE, place[0], "2024", "95.0", "yearbook-2025") for place in PLACES]
    return catalog_of(rows, regions=regions(), **tables)


STATED = lies_in(("sample_city", "delta"), ("sample_province", "coast"), ("far_city", "a_capital_area"))


def test_places_stand_by_what_they_are_to_the_plan(catalog_of: CatalogMaker) -> None:
    catalog = everywhere(catalog_of, region_areas=STATED)
    assert catalog.in_order(catalog.places_of(RATE)) == [
        "sample_city",
        "delta",
        "sample_province",
        "coast",
        "sample_nation",
        "neighbour_city",
        "a_capital_area",
        "far_city",
        "hills",
    ]


def test_an_area_that_contains_the_place_stands_before_the_nation_and_other_areas(catalog_of: CatalogMaker) -> None:
    rows = [
        observation(RATE, place, "2024", "95.0", "yearbook-2025")
        for place in ("a_capital_area", "delta", "sample_nation")
    ]
    catalog = catalog_of(rows, regions=regions(), region_areas=STATED)
    assert catalog.first_place(RATE) == "delta"
    assert catalog.first_place("test_centres") is None


def test_without_a_statement_an_area_that_the_evidence_names_as_context_contains_the_place(
    catalog_of: CatalogMaker,
) -> None:
    named = named_as_context("delta")
    catalog = everywhere(catalog_of, target_evidence=named)
    assert catalog.containing_places(CITY) == ["delta", "sample_province", "sample_nation"]
    assert everywhere(catalog_of).containing_places(CITY) == ["sample_province", "sample_nation"]


def test_an_area_of_which_nobody_says_where_it_lies_contains_its_places_all_the_same(catalog_of: CatalogMaker) -> None:
    nowhere = [row | {"parent_id": ""} if row["region_id"] == "delta" else row for row in regions()]
    rows = [observation(RATE, CITY, "2024", "95.0", "yearbook-2025")]
    catalog = catalog_of(rows, regions=nowhere, region_areas=STATED)
    assert catalog.containing_places(CITY) == ["sample_province", "coast", "sample_nation", "delta"]


def test_what_is_stated_counts_before_what_the_evidence_names(catalog_of: CatalogMaker) -> None:
    named = named_as_context("hills")
    catalog = everywhere(catalog_of, target_evidence=named, region_areas=STATED)
    assert catalog.containing_places(CITY) == ["delta", "sample_province", "coast", "sample_nation"]


def test_the_order_is_that_of_the_place_asked_about(catalog_of: CatalogMaker) -> None:
    catalog = everywhere(catalog_of, region_areas=STATED)
    ordered = catalog.in_order(["sample_city", "sample_province", "neighbour_city"], place="neighbour_city")
    assert ordered == ["neighbour_city", "sample_province", "sample_city"]
