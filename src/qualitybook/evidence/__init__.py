"""What was published: tables of figures, their sources, and what was known when."""

from qualitybook.evidence.catalog import (
    Catalog,
    Edition,
    Indicator,
    Region,
    Source,
    Target,
    alternatives,
    available_from,
    chosen,
    load,
    undated,
)
from qualitybook.evidence.errors import EvidenceError, Problem, UnknownKeyError
from qualitybook.evidence.periods import Period, PeriodError, stated_end

__all__ = [
    "Catalog",
    "Edition",
    "EvidenceError",
    "Indicator",
    "Period",
    "PeriodError",
    "Problem",
    "Region",
    "Source",
    "Target",
    "UnknownKeyError",
    "alternatives",
    "available_from",
    "chosen",
    "load",
    "stated_end",
    "undated",
]
