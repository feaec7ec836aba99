"""What the text of a book may say about the book itself: dates, names, counts, legends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualitybook.analysis.assess import Assessment, assess_targets
from qualitybook.evidence.catalog import Catalog, Edition
from qualitybook.evidence.settings import load_settings
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import escape

FINAL = ("met", "not_met")
UNJUDGED = ("cannot_judge", "never_published")


def book_context(catalog: Catalog, edition: Edition, words: Words, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return what every template and every authored page of a book may use.

    Parameters
    ----------
    catalog : Catalog
        All evidence; what the edition does not see is filtered out here.
    edition : Edition
        The edition.
    words : Words
        Voice of the book.
    counts : mapping of str to int
        What `book_counts` returns for the edition.

    Returns
    -------
    dict
        Plain values; text from the data is escaped Markdown.
    """
    plan = catalog.source(str(catalog.targets["source_id"].iloc[0]))
    region = catalog.region(str(catalog.targets["region_id"].mode().iloc[0]))
    return {
        "edition": edition.edition,
        "lang": words.code,
        "as_of": words.date(edition.as_of),
        "target_year": edition.target_year,
        "plan_title": escape(plan.title),
        "is_draft": load_settings(catalog.folder).is_draft,
        "plan_date": formats.published(words, plan.published),
        "city": escape(words.name(region)),
        "counts": {name: formats.short(count) for name, count in counts.items()},
        "words_table": labels.words_table(words),
        "levels_table": labels.levels_table(words),
        "states_table": labels.states_table(words),
        "grades_table": labels.grades_table(words),
    }


def book_counts(catalog: Catalog, edition: Edition) -> dict[str, int]:
    """Return the numbers that the text of an edition mentions, which are the same in every language.

    Parameters
    ----------
    catalog : Catalog
        All evidence; what the edition does not see is filtered out here.
    edition : Edition
        The edition.
    """
    return {**_evidence_counts(catalog.as_of(edition.as_of)), **verdict_counts(assess_targets(catalog, edition.as_of))}


def _evidence_counts(seen: Catalog) -> dict[str, int]:
    """Return how many figures the edition sees, from how many sources, for how many indicators."""
    return {
        "observations": len(seen.observations),
        "sources": int(seen.observations["source_id"].nunique()),
        "indicators": int(seen.observations["indicator_id"].nunique()),
        "targets": len(seen.targets),
    }


def verdict_counts(assessments: list[Assessment]) -> dict[str, int]:
    """Return how many targets are judged (finally or by a probability), cannot be judged, or get no verdict.

    Parameters
    ----------
    assessments : list of Assessment
        One for each target.
    """
    verdicts = [assessment.verdict for assessment in assessments]
    return {
        "judged": sum(verdict.state in FINAL or verdict.probability is not None for verdict in verdicts),
        "cannot": sum(verdict.state in UNJUDGED and verdict.probability is None for verdict in verdicts),
        "no_verdict": sum(verdict.state == "no_verdict" for verdict in verdicts),
    }
