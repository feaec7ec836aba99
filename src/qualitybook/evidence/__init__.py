"""What was published: tables of figures, their sources, and what was known when."""

from qualitybook.errors import EvidenceError, Problem, UnknownKeyError
from qualitybook.evidence.catalog import Catalog, Edition, Indicator, Target, chosen, load
from qualitybook.evidence.periods import Period, stated_end

__all__ = [
    "Catalog",
    "Edition",
    "EvidenceError",
    "Indicator",
    "Period",
    "Problem",
    "Target",
    "UnknownKeyError",
    "chosen",
    "load",
    "stated_end",
]
