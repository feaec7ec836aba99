"""In which order places stand: the plan's own, those that contain it, those that the plan names, the others by name.

A place lies in the places above it by ``parent_id``. Areas such as a delta or a coast are nobody's parent: the table
``region_areas`` says which of them a place lies in. Where it says nothing of a place, an area is taken to contain it if
the plan's evidence names it as a context and the place that it lies in contains the place as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from qualitybook.evidence.catalog import Catalog

AREA = "area"


def containing_places(catalog: Catalog, region_id: str) -> list[str]:
    """Return the places that contain a place, smallest first; an area stands before the place that it lies in."""
    found: list[str] = []
    for place in _above(catalog, region_id):
        found += [area for area in _areas_of(catalog, region_id) if catalog.region(area).parent_id == place]
        found.append(place)
    return found


def in_order(catalog: Catalog, regions: Collection[str], place: str = "") -> list[str]:
    """Return places in the order in which a book of the plan's place shows them.

    Parameters
    ----------
    catalog : Catalog
        The plan, and the places.
    regions : collection of str
        Keys of the places to sort.
    place : str
        The place that the book, or the goal, is about; the plan's where not given.
    """
    centre = place or catalog.plan_region
    first = dict.fromkeys([centre, *containing_places(catalog, centre), *_nations(catalog), *_named(catalog)])
    rank = {region: position for position, region in enumerate(first)}
    return sorted(regions, key=lambda region: (rank.get(region, len(rank)), catalog.region(region).name_en, region))


def first_place(catalog: Catalog, indicator_id: str, place: str = "") -> str | None:
    """Return the first place of which an indicator has a figure, None where it has none."""
    return next(iter(in_order(catalog, catalog.places_of(indicator_id), place)), None)


def _above(catalog: Catalog, region_id: str) -> Iterator[str]:
    parent = catalog.region(region_id).parent_id
    while parent:
        yield parent
        parent = catalog.region(parent).parent_id


def _areas_of(catalog: Catalog, region_id: str) -> list[str]:
    """Return the areas that a place, or a place that contains it, lies in."""
    stated = catalog.region_areas
    own = {region_id, *_above(catalog, region_id)}
    found = list(stated.loc[stated["region_id"].isin(own), "area_id"])
    if region_id not in set(stated["region_id"]):
        found += _areas_named(catalog, own)
    return list(dict.fromkeys(found))


def _areas_named(catalog: Catalog, own: Collection[str]) -> Iterable[str]:
    evidence = catalog.target_evidence
    named = dict.fromkeys(evidence.loc[evidence["role"] == "context", "region_id"])
    regions = [catalog.region(region) for region in named]
    return [region.region_id for region in regions if region.level == AREA and region.parent_id in own]


def _nations(catalog: Catalog) -> list[str]:
    return list(catalog.regions.loc[catalog.regions["level"] == "nation", "region_id"])


def _named(catalog: Catalog) -> Iterator[str]:
    """Yield the places that the plan's tables name, in their order."""
    for table in (catalog.targets, catalog.target_evidence, catalog.peer_targets):
        yield from table["region_id"]
