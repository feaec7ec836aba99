"""Measure how far other measures read above what goals ask for, as ``plan/indicative_evidence.csv`` states it.

    python benchmarks/measure_offsets.py [EVIDENCE]

Two kinds of row carry an offset on the modelling scale. A place above that is named as equal, on another indicator: the
gaps of places on that indicator, averaged by place, less the gaps of places on the goal's own. A proxy: the same
indicator's figures at a place above, against what is held of that place in the year of each figure; the mean of k of
them is shrunk towards zero as if three tenths of a figure had read zero, and its variance is that of the figures with
three more of a deviation of .4. The second kind is partly circular: what is held of the place above is an estimate
itself. Rows that state a judgement or half an offset are printed as they stand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from qualitybook import load
from qualitybook.analysis.gap_evidence import Pair, Shared, above_of, scale_of
from qualitybook.analysis.hidden_places import gaps_of, peers_of
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import rows_of

PRIOR_FIGURES, PRIOR_SD, SHRINKAGE = 3, 0.4, 0.3


def main() -> None:
    """Print each offset that the table states beside the one that its figures give."""
    folder = sys.argv[1] if len(sys.argv) > 1 else "data"
    catalog = load(folder)
    seen = catalog.as_of(catalog.current_edition.as_of)
    for row in rows_of(seen.indicative_evidence):
        if not np.isnan(row.offset):
            told = f"{row.target_id} {row.variant or 'main'} {row.role} {row.from_indicator_id} {row.region_id}"
            print(f"{told}: stated {row.offset:.4f} (sd {row.offset_sd:.4f}); {measured(seen, row)}")


def measured(seen: Catalog, row: Any) -> str:
    """Return what the figures give for a row, in words."""
    if row.role == "parent":
        return _of_equal(seen, row)
    return _of_proxy(seen, row) if row.role == "proxy" else "no measurement: a judgement"


def beside(seen: Catalog, row: Any, role: str) -> list[Any]:
    """Return the main rows of the same reading with a role."""
    rows = rows_of(seen.indicative_evidence)
    key = (row.target_id, row.indicator_id, "", role)
    return [each for each in rows if (each.target_id, each.indicator_id, each.variant, each.role) == key]


def _of_equal(seen: Catalog, row: Any) -> str:
    groups = [
        [each for each in beside(seen, row, "peers") if (each.from_indicator_id == row.from_indicator_id) is is_other]
        for is_other in (True, False)
    ]
    other, own = (list(_by_place(peers_of(seen, group))) for group in groups)
    squares = sum(float(np.var(group)) * len(group) for group in (other, own))
    variance = squares / (len(other) + len(own) - 2) * (1 / len(other) + 1 / len(own))
    offset = float(np.mean(other) - np.mean(own))
    return f"measured {offset:.4f} (sd {variance**0.5:.4f}) from {len(other)} and {len(own)} places"


def _by_place(pairs: Sequence[Pair]) -> Iterator[float]:
    for place in dict.fromkeys(pair.place for pair in pairs):
        yield float(np.mean([pair.gap for pair in pairs if pair.place == place]))


def _of_proxy(seen: Catalog, row: Any) -> str:
    parents = beside(seen, row, "parent")
    scale = scale_of(seen, row.indicator_id)
    above = above_of(
        Shared(seen), parents, beside(seen, row, "part"), gaps_of(peers_of(seen, beside(seen, row, "peers")))
    )
    assert scale is not None
    assert above is not None
    figures = seen.records_at(row.from_indicator_id, parents[-1].region_id)
    usable = [each for each in figures if each.period and above.how(each.end.year)]
    if not usable:
        return "no measurement: no figure of the place above"
    errors = np.array([float(scale.forward([each.value])[0]) - above.belief(each.end.year)[0] for each in usable])
    k = errors.size
    offset = float(errors.sum() / (k + SHRINKAGE))
    squares = float(np.square(errors - offset).sum())
    variance = (PRIOR_FIGURES * PRIOR_SD**2 + squares) / (k + 1) * (1 + 1 / (k + SHRINKAGE))
    return f"measured {offset:.4f} (sd {variance**0.5:.4f}) from {k} figures, {np.round(errors, 3).tolist()}"


if __name__ == "__main__":
    main()
