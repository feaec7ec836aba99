"""What passed and what failed by category of goods, in the releases of the last years that were found."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from qualitybook.analysis.counts import Interval
from qualitybook.analysis.standardisation import Releases
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import rows_of

YEARS = 3
"""Calendar years up to the latest release that are put together."""
FEW = 100
"""Items below which a category is told apart: a single failure moves its rate by a point and more."""


@dataclass(frozen=True)
class Category:
    """What was inspected of a category, put together."""

    indicator_id: str
    n: int
    passed: int
    releases: tuple[tuple[str, str], ...]
    """Period and source of each release that has it."""

    @property
    def rate(self) -> float:
        """Share that passed, in percent."""
        return 100 * self.passed / self.n

    @property
    def failed(self) -> int:
        """Items that did not pass."""
        return self.n - self.passed

    @property
    def interval(self) -> Interval:
        """What sampling alone leaves open, at 95 %."""
        return Interval.clopper_pearson(self.passed, self.n)

    @property
    def is_small(self) -> bool:
        """Whether few items of it were inspected."""
        return self.n < FEW


@dataclass(frozen=True)
class Goods:
    """A pass rate with categories at the plan's place, and what the releases of the last years say of each."""

    releases: Releases
    first: int
    last: int
    """The calendar years that are put together."""
    total: Category
    """All categories together, by the releases that state a total."""
    categories: tuple[Category, ...]
    """Those with many items first, by the upper end of their range: first what is surest to pass seldom."""

    @property
    def without_total(self) -> tuple[tuple[str, str], ...]:
        """Period and source of each release that states categories and no total."""
        stated = set(self.total.releases)
        found = dict.fromkeys(release for each in self.categories for release in each.releases)
        return tuple(sorted(release for release in found if release not in stated))


def goods(catalog: Catalog) -> list[Goods]:
    """Return the pass rates of the plan's place that are published with the counts of their categories."""
    names = dict.fromkeys(catalog.category_groups["indicator_id"])
    found = (Releases.of(catalog, name, catalog.plan_region) for name in names)
    return [_goods(releases) for releases in found if releases is not None]


def _goods(releases: Releases) -> Goods:
    last = int(max(releases.totals["year"].max(), releases.cells["year"].max()))
    first = last - YEARS + 1
    cells = releases.cells[releases.cells["year"] >= first]
    made = [_category(str(key), rows) for key, rows in cells.groupby("category_id", sort=True)]
    total = _category(releases.indicator_id, releases.totals[releases.totals["year"] >= first])
    return Goods(
        releases, first, last, total, tuple(sorted(made, key=lambda each: (each.is_small, each.interval.upper)))
    )


def _category(indicator_id: str, rows: pd.DataFrame) -> Category:
    found = tuple((row.period, row.source_id) for row in rows_of(rows))
    return Category(indicator_id, int(rows["n"].sum()), int(rows["passed"].sum()), found)
