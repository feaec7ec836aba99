"""The checklist for reviewers: each verdict and each figure, with its source and where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import pandas as pd

from qualitybook.analysis.review import Item, Place, Review
from qualitybook.evidence.addresses import Answer
from qualitybook.evidence.catalog import Catalog
from qualitybook.report import formats, labels, narrative
from qualitybook.report.claims import Claim, Claims
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import escape, plain_table
from qualitybook.report.statements import Statement


def _(message: str) -> str:
    """Mark a message for extraction; it is translated when it is used."""
    return message


IMPORTANCES = {
    "decides": _("decides a verdict"),
    "weak_direct": _("weak, and a verdict leans on it"),
    "fitted": _("a verdict leans on it"),
    "direct": _("direct, shown beside"),
    "proxy": _("proxy"),
    "beside": _("context or support"),
    "area": _("only on the page of an area"),
}

WEAKNESSES = {
    **{code: labels.QUALIFIERS[code] for code in ("at_least", "at_most", "about", "derived", "undated")},
    "grade_c": _("grade C"),
    "no_address": _("address not recorded"),
    "dating": _("year in doubt"),
}

RESULTS = {
    "confirmed": _("confirmed"),
    "differs": _("differs"),
    "not_found": _("not found"),
    "unclear": _("unclear"),
}

ANSWERS = {
    "answers": _("answers"),
    "gone": _("gone"),
    "refuses": _("refuses"),
    "unreachable": _("unreachable"),
}

COLUMNS = {
    "number": _("No."),
    "importance": _("Importance"),
    "pages": _("Pages"),
    "series": _("Series"),
    "figure": _("Figure"),
    "weaknesses": _("What to look at"),
    "grade": _("Grade"),
    "source": _("Source"),
    "where": _("Where in the source"),
    "read": _("How it was read"),
    "address": _("Address"),
    "marks": _("Checked so far"),
}

CLAIM_COLUMNS = {
    "pages": _("Pages"),
    "claim": _("Claim"),
    "rests_on": _("Rests on the figures"),
    "check": _("Where to check"),
}

STATEMENT_COLUMNS = {
    "pages": _("Pages"),
    "statement": _("What the page says"),
    "check": _("Where to check"),
}


class Checklist:
    """A review in the words of one language.

    Parameters
    ----------
    words : Words
        Voice of the language.
    catalog : Catalog
        All evidence.
    review : Review
        What is to be checked.
    answers : mapping of str to Answer
        What addresses answered, by address; empty where none was asked.
    statements : sequence of Statement
        What the pages of the finished book say with numbers; empty where it has not been built.
    """

    def __init__(
        self,
        words: Words,
        catalog: Catalog,
        review: Review,
        answers: Mapping[str, Answer],
        statements: Sequence[Statement] = (),
    ) -> None:
        self.words = words
        self.catalog = catalog
        self.review = review
        self.answers = answers
        self.statements = statements

    def header(self) -> list[str]:
        """Return the headings of the list of figures."""
        return [self.words.gettext(message) for message in COLUMNS.values()]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The cells of each figure, plain text."""
        return [self._row(number, item) for number, item in enumerate(self.review.items, start=1)]

    def claim_header(self) -> list[str]:
        """Return the headings of the list of claims."""
        return [self.words.gettext(message) for message in CLAIM_COLUMNS.values()]

    @cached_property
    def claim_rows(self) -> list[list[str]]:
        """The cells of each claim, plain text."""
        return [self._claim_row(claim) for claim in Claims(self.words, self.catalog, self.review).all()]

    def statement_header(self) -> list[str]:
        """Return the headings of the list of what the pages say."""
        return [self.words.gettext(message) for message in STATEMENT_COLUMNS.values()]

    @cached_property
    def statement_rows(self) -> list[list[str]]:
        """The cells of each statement, plain text."""
        return [[each.page, each.text, self._cited(each)] for each in self.statements]

    def _cited(self, statement: Statement) -> str:
        if not statement.source_ids:
            return self.words.gettext("computed from the figures of the page as the page on methods says")
        cited: pd.DataFrame = self._sources.loc[list(statement.source_ids)]
        return self.words.language.semicolon.join(self._source(source) for _, source in cited.iterrows())

    def _claim_row(self, claim: Claim) -> list[str]:
        return [claim.page, claim.text, ", ".join(map(str, claim.rests_on)) or "–", self._where_to_check(claim)]

    def _where_to_check(self, claim: Claim) -> str:
        if claim.source_id:
            source: pd.Series = self._sources.loc[claim.source_id]  # type: ignore[assignment]
            return f"{self._source(source)}{self.words.language.semicolon}{self._address(source)}"
        if claim.rests_on:
            return self.words.gettext("computed from these figures as the page on methods says")
        return self.words.gettext("no figure is recorded: look whether one has been published")

    def _row(self, number: int, item: Item) -> list[str]:
        row = item.row
        source = self.review.sources.loc[row["source_id"]]
        return [
            str(number),
            labels.label(self.words, IMPORTANCES, item.importance),
            self.words.join(self._page(place) for place in item.places),
            self._series(row),
            narrative.figure_text(self.words, row, self.catalog.unit_of(str(row["indicator_id"]))),
            self.words.join(labels.label(self.words, WEAKNESSES, code) for code in item.weaknesses),
            str(row["grade"]),
            self._source(source),
            self._locator(str(row["locator"])),
            labels.label(self.words, labels.ACCESS, str(source["access_kind"])),
            self._address(source),
            self._marks(row),
        ]

    def markdown(self) -> str:
        """Return the checklist as a Markdown text."""
        gettext = self.words.gettext
        edition = self.review.edition
        title = gettext("Checklist for reviewers: edition {edition}", edition=edition.edition)
        lead = gettext(
            "{count} figures, as of {day}; what a verdict leans on comes first, and of that the weak figures.",
            count=formats.short(len(self.review.items)),
            day=self.words.date(edition.as_of),
        )
        rows = [[escape(cell) for cell in row] for row in self.rows]
        parts = [f"# {title}", lead, f"## {gettext('Verdicts')}", self._verdicts()]
        heading = gettext("Claims")
        claims = [[escape(cell) for cell in row] for row in self.claim_rows]
        parts += [f"## {heading}", plain_table(self.claim_header(), claims)]
        parts += [f"## {gettext('Figures')}", plain_table(self.header(), rows)]
        if self.statements:
            heading = gettext("Numbers on the pages")
            said = [[escape(cell) for cell in row] for row in self.statement_rows]
            parts += [f"## {heading}", plain_table(self.statement_header(), said)]
        return "\n\n".join(parts) + "\n"

    def _verdicts(self) -> str:
        gettext = self.words.gettext
        rows = [
            [
                str(int(item.target["number"])),
                escape(self.words.name(item.target, "statement")),
                escape(narrative.verdict_words(self.words, item.verdict)),
                item.level,
                str(item.verdict.n),
            ]
            for item in self.review.assessments
        ]
        return plain_table(
            [gettext("No."), gettext("Goal"), gettext("Verdict"), gettext("Level"), gettext("Values")], rows
        )

    def _page(self, place: Place) -> str:
        gettext = self.words.gettext
        if place.kind == "peers":
            return gettext("other places")
        if place.kind == "target":
            return gettext("goal {number}", number=place.number)
        return gettext("area {number}", number=place.number)

    def _series(self, row: pd.Series) -> str:
        indicator = self.words.name(self.catalog.indicator(str(row["indicator_id"])))
        return indicator + self.words.parentheses(self.words.name(self.catalog.region(str(row["region_id"]))))

    def _source(self, source: pd.Series) -> str:
        name = self._publishers.get(str(source["publisher"]), str(source["publisher"]))
        date = formats.published(self.words, str(source["published"]))
        return f"{source['title']}{self.words.parentheses(name + self.words.language.comma + date)}"

    def _locator(self, text: str) -> str:
        return self._locators.get(text, text)

    @cached_property
    def _sources(self) -> pd.DataFrame:
        return self.catalog.sources.set_index("source_id", drop=False)

    @cached_property
    def _publishers(self) -> dict[str, str]:
        table = self.catalog.publishers
        return dict(zip(table["publisher"], table[f"publisher_{self.words.code}"], strict=True))

    @cached_property
    def _locators(self) -> dict[str, str]:
        table = self.catalog.locators
        return dict(zip(table["locator"], table[f"locator_{self.words.code}"], strict=True))

    def _address(self, source: pd.Series) -> str:
        url = str(source["url"] or source["found_url"])
        if not url:
            return self.words.gettext("address not recorded")
        answer = self.answers.get(url)
        if answer is None:
            return url
        told = labels.label(self.words, ANSWERS, answer.code)
        return url + self.words.parentheses(f"{told}{self.words.language.colon}{answer.detail}")

    def _marks(self, row: pd.Series) -> str:
        return self.words.language.semicolon.join(
            mark_text(self.words, mark) for mark in marks_of(self.review.marks, row)
        )


def marks_of(marks: pd.DataFrame, row: pd.Series) -> list[pd.Series]:
    """Return the reviewers' marks of one figure."""
    keys = ("indicator_id", "region_id", "period", "source_id", "basis")
    own = marks
    for key in keys if len(marks) else ():
        own = own[own[key] == row[key]]
    return [mark for _, mark in own.iterrows()]


def mark_text(words: Words, mark: pd.Series) -> str:
    """Return one mark: result, who, when."""
    result = labels.label(words, RESULTS, str(mark["result"]))
    day = words.date(mark["reviewed"].date())
    return result + words.parentheses(f"{mark['reviewer']}{words.language.comma}{day}")
