"""What was published: tables of figures, their sources, and what was known when."""

from qualitybook.evidence.catalog import Catalog, Edition, Indicator, Region, Source, Target, load
from qualitybook.evidence.errors import EvidenceError, Problem, UnknownKeyError
from qualitybook.evidence.periods import Period, PeriodError, stated_end
from qualitybook.evidence.vintage import alternatives, as_of, available_from, chosen, undated

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
    "as_of",
    "available_from",
    "chosen",
    "load",
    "stated_end",
    "undated",
]
