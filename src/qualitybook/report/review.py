"""What reviewers are given: each verdict, figure, claim and printed number, with its source and where to look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.review import Answer, Item, Place, Review, marks_of
from qualitybook.analysis.series import FITTED_USES
from qualitybook.analysis.standing import lines_behind
from qualitybook.analysis.verdict import Verdict
from qualitybook.evidence.intake.remarks import Remark
from qualitybook.evidence.numbers import whole_percent
from qualitybook.report import formats, labels, narrative
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import (
    WEB_ONLY,
    Column,
    cited,
    escape,
    plain_table,
    spread,
    unescape,
    without_citations,
)
from qualitybook.report.voice import Voice


class Checklist:
    """A review in the words of one language, with what was asked, built and received so far.

    The answers are those of addresses, the statements what the pages of the finished book say with numbers, and the
    remarks what readers wrote into documents for Word, by the name of the document.
    """

    def __init__(
        self,
        voice: Voice,
        review: Review,
        answers: Mapping[str, Answer],
        statements: Sequence[Statement] = (),
        remarks: Mapping[str, Sequence[Remark]] | None = None,
    ) -> None:
        self.voice = voice
        self.review = review
        self.answers = answers
        self.statements = statements
        self.remarks = remarks or {}

    def header(self, columns: Mapping[str, str]) -> list[str]:
        """Return the headings of a list: of one of the tables of columns of `labels`."""
        return [self.voice.gettext(message) for message in columns.values()]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The cells of each figure, plain text."""
        return [self._row(number, item) for number, item in enumerate(self.review.items, start=1)]

    @cached_property
    def claim_rows(self) -> list[list[str]]:
        """The cells of each claim, plain text."""
        return [
            [claim.page, claim.text, ", ".join(map(str, claim.rests_on)) or "–", self._where_to_check(claim)]
            for claim in Claims(self.voice, self.review).all()
        ]

    @cached_property
    def statement_rows(self) -> list[list[str]]:
        """The cells of each statement, plain text."""
        return [[each.page, each.text, self._cited(each)] for each in self.statements]

    @cached_property
    def remark_rows(self) -> list[list[str]]:
        """The cells of each remark, plain text; the last is for the answer."""
        return [self._remark_row(name, each) for name, remarks in self.remarks.items() for each in remarks]

    def _remark_row(self, document: str, remark: Remark) -> list[str]:
        kind = self.voice.gettext(labels.REMARKS[remark.kind])
        return [
            document,
            str(remark.page or ""),
            " › ".join(remark.headings),
            str(remark.paragraph or self.voice.gettext("heading")),
            remark.text,
            kind + (self.voice.parentheses(self.voice.gettext("settled")) if remark.is_settled else ""),
            remark.marked,
            remark.said,
            remark.who,
            remark.when[:10],
            "",
        ]

    def _cited(self, statement: Statement) -> str:
        if not statement.source_ids:
            return self.voice.gettext("computed from the figures of the page as the page on methods says")
        cited: pd.DataFrame = self._sources.loc[list(statement.source_ids)]
        return self.voice.language.semicolon.join(self.voice.source(source) for _, source in cited.iterrows())

    def _where_to_check(self, claim: Claim) -> str:
        if claim.source_id:
            source: pd.Series = self._sources.loc[claim.source_id]  # type: ignore[assignment]
            return f"{self.voice.source(source)}{self.voice.language.semicolon}{self._address(source)}"
        if claim.rests_on:
            return self.voice.gettext("computed from these figures as the page on methods says")
        return self.voice.gettext("no figure is recorded: look whether one has been published")

    def _row(self, number: int, item: Item) -> list[str]:
        row = item.row
        source = self.review.sources.loc[row["source_id"]]
        return [
            str(number),
            self.voice.gettext(labels.IMPORTANCES[item.importance]),
            self.voice.join(self._page(place) for place in item.places),
            self.voice.series(str(row["indicator_id"]), str(row["region_id"])),
            self.voice.figure(row),
            self.voice.join(self.voice.gettext(labels.WEAKNESSES[code]) for code in item.weaknesses),
            str(row["grade"]),
            self.voice.source(source),
            self.voice.locator(str(row["locator"])),
            self.voice.gettext(labels.ACCESS[str(source["access_kind"])]),
            self._address(source),
            self._marks(row),
        ]

    def markdown(self) -> str:
        """Return the checklist as a Markdown text."""
        gettext = self.voice.gettext
        edition = self.review.edition
        title = gettext("Checklist for reviewers: edition {edition}", edition=edition.edition)
        lead = gettext(
            "{count} figures, as of {day}; what a verdict leans on comes first, and of that the weak figures.",
            count=formats.short(len(self.review.items)),
            day=self.voice.date(edition.as_of),
        )
        parts = [f"# {title}", lead, f"## {gettext('Verdicts')}", self._verdicts()]
        lists = [
            (gettext("Claims"), labels.CLAIM_COLUMNS, self.claim_rows),
            (gettext("The figures"), labels.CHECKLIST_COLUMNS, self.rows),
        ]
        if self.statements:
            lists.append((gettext("Numbers on the pages"), labels.STATEMENT_COLUMNS, self.statement_rows))
        if self.remark_rows:
            lists.append((gettext("Remarks"), labels.REMARK_COLUMNS, self.remark_rows))
        for heading, columns, rows in lists:
            cells = [[escape(cell) for cell in row] for row in rows]
            parts += [f"## {heading}", plain_table(self.header(columns), cells)]
        return "\n\n".join(parts) + "\n"

    def _verdicts(self) -> str:
        gettext = self.voice.gettext
        columns: list[Column[Assessment]] = [
            Column(gettext("No."), lambda item: str(int(item.target["number"]))),
            Column(gettext("Goal"), lambda item: escape(self.voice.name(item.target, "statement"))),
            Column(gettext("Verdict"), lambda item: escape(narrative.verdict_words(self.voice, item.verdict))),
            Column(gettext("Level"), lambda item: item.level),
            Column(gettext("Values"), lambda item: str(item.verdict.n)),
        ]
        return plain_table(*spread(columns, self.review.assessments))

    def _page(self, place: Place) -> str:
        gettext = self.voice.gettext
        if place.kind == "peers":
            return gettext("other places")
        if place.kind == "target":
            return gettext("goal {number}", number=place.number)
        return gettext("area {number}", number=place.number)

    @cached_property
    def _sources(self) -> pd.DataFrame:
        return self.voice.catalog.sources.set_index("source_id", drop=False)

    def _address(self, source: pd.Series) -> str:
        url = str(source["url"] or source["found_url"])
        if not url:
            return self.voice.gettext("address not recorded")
        answer = self.answers.get(url)
        if answer is None:
            return url
        told = self.voice.gettext(labels.ANSWERS[answer.code])
        return url + self.voice.parentheses(f"{told}{self.voice.language.colon}{answer.detail}")

    def _marks(self, row: pd.Series) -> str:
        return self.voice.language.semicolon.join(
            mark_text(self.voice, mark) for mark in marks_of(self.review.marks, row)
        )


def mark_text(words: Words, mark: pd.Series) -> str:
    """Return one mark: result, who, when."""
    result = words.gettext(labels.RESULTS[str(mark["result"])])
    day = words.date(mark["reviewed"].date())
    return result + words.parentheses(f"{mark['reviewer']}{words.language.comma}{day}")


_RANGE_LEVEL = 0.80


@dataclass(frozen=True)
class Claim:
    """One sentence to check."""

    page: str
    """The page on which it stands, worded."""
    text: str
    rests_on: tuple[int, ...] = ()
    """Numbers of the figures in the checklist that it is computed from; empty for what a source states."""
    source_id: str = ""
    """The source that states it; empty for what is computed."""


class Claims:
    """The claims of a review in the words of one language."""

    def __init__(self, voice: Voice, review: Review) -> None:
        self.voice = voice
        self.review = review
        self._numbers = {int(item.row["line"]): number for number, item in enumerate(review.items, start=1)}

    def all(self) -> list[Claim]:
        """Return every claim: the plan's goals in its order, then those of other places."""
        own = [claim for item in self.review.assessments for claim in self._of_target(item)]
        return own + [claim for row, verdict in self.review.peers for claim in self._of_peer(row, verdict)]

    def _of_target(self, item: Assessment) -> Iterator[Claim]:
        target, verdict = item.target, item.verdict
        page = self.voice.gettext("goal {number}", number=int(target["number"]))
        statement = self.voice.name(target, "statement")
        if not item.is_measurable:
            yield Claim(page, statement, source_id=str(target["source_id"]))
            return
        asked = self.voice.parentheses(self._asked(target, verdict))
        yield Claim(page, statement + asked, source_id=str(target["source_id"]))
        told = narrative.verdict_sentences(self.voice, item, self.review.edition.as_of)
        proxies = [row.line for proxy in item.with_role("proxy") for row in proxy.series.figures]
        yield Claim(page, self.voice.sentences(told), self._rests_on(verdict) or self._numbered(proxies))
        yield from self._ranges(page, verdict)

    def _of_peer(self, row: pd.Series, verdict: Verdict) -> Iterator[Claim]:
        page = self.voice.gettext("other places")
        series = self.voice.series(str(row["indicator_id"]), str(row["region_id"]))
        colon = self.voice.language.colon
        yield Claim(page, f"{series}{colon}{self._asked(row, verdict)}", source_id=str(row["source_id"]))
        answer = narrative.verdict_words(self.voice, verdict)
        yield Claim(page, f"{series}{colon}{answer}", self._rests_on(verdict))

    def _asked(self, row: Mapping[str, object] | pd.Series, verdict: Verdict) -> str:
        return narrative.goal_text(
            self.voice, verdict.goal, str(row["value_text"]), self.voice.unit(verdict.goal.indicator_id)
        )

    def _ranges(self, page: str, verdict: Verdict) -> Iterator[Claim]:
        series, made = verdict.series, verdict.forecast
        if series is None or made is None or verdict.probability is None:
            return
        ahead = verdict.goal.target_year - int(series.years()[-1])
        low, high = made.interval(_RANGE_LEVEL, ahead)
        decimals = int(series.yearly["decimals"].max())
        unit = self.voice.unit(series.indicator_id)
        text = self.voice.gettext(
            "{level}% range for {year}: {range}",
            level=whole_percent(_RANGE_LEVEL),
            year=verdict.goal.target_year,
            range=self.voice.interval(low, high, decimals, unit),
        )
        yield Claim(page, text, self._rests_on(verdict))

    def _rests_on(self, verdict: Verdict) -> tuple[int, ...]:
        """Return the numbers of the figures that decide a verdict or are fitted for it; all where none is fitted."""
        if verdict.series is None:
            return ()
        uses = verdict.series.uses
        if verdict.deciding_line is not None:
            lines = list(lines_behind(verdict))
        else:
            lines = [line for line, use in uses.items() if use in FITTED_USES] or list(uses)
        return self._numbered(lines)

    def _numbered(self, lines: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(self._numbers[int(line)] for line in lines))


FENCE = re.compile(r"(:{3,})(?:\{([\w-]+)\}\s*(.*))?")
ROLE = re.compile(r"\{[\w-]+\}(`+)(?!`)(.+?)\s*(?:<[^<>]*>)?(?<!`)\1(?!`)")
OPTION = re.compile(r":[\w-]+: ")
EMPHASIS = re.compile(r"(?<!\\)[*_]{1,3}(?=\S)|(?<=\S)(?<!\\)[*_]{1,3}")
_BULLET = re.compile(r"^(?:[-*]|\d+\.) ")
_CELLS = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"[|:\- ]+")
_NUMBER = re.compile(r"\d")
_HEADING = "#"
_PICTURE = "!["


@dataclass(frozen=True)
class Statement:
    """A sentence, a bullet or a row of a table in which a number stands."""

    page: str
    """Title of the page."""
    text: str
    """What is said, plain text; a row of a table begins with the table's caption."""
    source_ids: tuple[str, ...]
    """The sources that it cites."""


def statements(page: str, outputs: Iterable[str]) -> list[Statement]:
    """Return what a page says with numbers, in its order."""
    read = (each for output in outputs for each in _read(_lines(output)))
    return [Statement(page, text, sources) for text, sources in read if _NUMBER.search(text)]


def _lines(output: str) -> Iterator[str]:
    """Yield the paragraphs, bullets, titles of boxes and rows of tables; what is only for the web says nothing new."""
    boxes: list[tuple[str, str]] = []
    in_body = False
    for line in map(str.strip, output.splitlines()):
        fence = FENCE.fullmatch(line)
        if fence is not None:
            boxes = [*boxes, (fence[2], fence[3].strip())] if fence[2] else boxes[:-1]
            if fence[2] == "admonition":
                yield boxes[-1][1]
        elif any(WEB_ONLY in argument for _, argument in boxes):
            continue
        elif line.startswith("|"):
            is_rule = bool(RULE.fullmatch(line))
            if in_body and not is_rule:
                yield _row([argument for name, argument in boxes if name == "table"], line)
            in_body = in_body or is_rule
        else:
            in_body = False
            if line and not line.startswith((_HEADING, _PICTURE)) and not OPTION.match(line):
                yield line


def _row(caption: list[str], line: str) -> str:
    return " | ".join([*caption, *(cell.strip() for cell in _CELLS.split(line)[1:-1])])


def _read(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield text and sources of each line, a number by itself together with what it counts, which follows."""
    number = ""
    for line in lines:
        text = _plain(line)
        if text.isdecimal():
            number = text
        else:
            yield f"{number} {text}".strip(), tuple(cited(line))
            number = ""
    if number:
        yield number, ()


def _plain(line: str) -> str:
    """Return a line as it is read, without citations and markup."""
    text = ROLE.sub(r"\2", without_citations(_BULLET.sub("", line)))
    return unmarked(text.strip().removesuffix(" |")).strip()


def unmarked(text: str) -> str:
    """Return a line of Markdown as it is read."""
    return unescape(EMPHASIS.sub("", text))
