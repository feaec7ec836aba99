"""A page for people who buy: what was inspected and what failed, by category, in plain words."""

from __future__ import annotations

from pathlib import Path

from IPython.display import Markdown

from qualitybook.analysis.categories import Category, Goods, goods
from qualitybook.analysis.findings import findings
from qualitybook.analysis.series import CURRENT_BASIS
from qualitybook.evidence.numbers import printed as as_printed
from qualitybook.report import formats, markdown
from qualitybook.report.derived import operation
from qualitybook.report.indicators import docname
from qualitybook.report.markdown import Column
from qualitybook.report.pages import findings as findings_section
from qualitybook.report.pages.base import Page

_LEVEL = 0.95


class GoodsPage(Page):
    """What is known of the goods that people buy; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("goods", data, edition, lang, out)

    def found(self) -> list[Goods]:
        """Return the pass rates with categories."""
        return goods(self.catalog)

    def answer(self, found: list[Goods]) -> Markdown:
        """Return what was inspected and what failed in all, and in which categories most failed."""
        # One paragraph each: a number is looked for among the indicators that its paragraph leads to.
        told = (self._in_all, self._without_total, self._most)
        return self.text(*(text for item in found for tell in told if (text := tell(item))))

    def _in_all(self, item: Goods) -> str:
        total = item.total
        return self._(
            "The notices of {years} that were found for this book (periods: {releases}) report {n} inspected batches, "
            "of which {failed} failed: {rate} passed {cite}.",
            years=self.words.years(item.first, item.last),
            releases=self.computed.count("goods.releases", self._rows(item, total), len(total.releases), of="period"),
            n=self._items(item, total, "n", total.n),
            failed=self._items(item, total, "failed", total.failed),
            rate=self._rate(item, total),
            cite=_cited(total),
        )

    def _without_total(self, item: Goods) -> str:
        """Return which notices count in their categories alone, for want of a total."""
        if not item.without_total:
            return ""
        return self._(
            "Notices of which no total was found are not in these numbers; they count in the table of categories "
            "alone {cite}.",
            cite=markdown.cite(source for _period, source in item.without_total),
        )

    def _most(self, item: Goods) -> str:
        """Return the categories, of those with enough items, that passed less often than all by more than chance."""
        named = [each for each in item.categories if not each.is_small and each.interval.upper < item.total.rate]
        if not named:
            return ""
        rates = (self.words.parentheses(self._rate(item, each)) for each in named)
        told = [f"{self._name(each)}{rate} {_cited(each)}" for each, rate in zip(named, rates, strict=True)]
        return self._(
            "Of categories with 100 batches or more, these passed less often than all together, by more than chance: "
            "{list}.",
            list=self.words.language.semicolon.join(told),
        )

    def table_of_categories(self, found: list[Goods]) -> Markdown:
        """Return each category with what was inspected, what failed, and how sure its rate is."""
        return Markdown("\n".join(self._categories(item) for item in found))

    def _categories(self, item: Goods) -> str:
        columns: list[Column[Category]] = [
            Column(self._("Category"), self._name),
            Column(self._("Batches inspected"), lambda each: self._items(item, each, "n", each.n), "r"),
            Column(self._("Batches failed"), lambda each: self._items(item, each, "failed", each.failed), "r"),
            Column(self._("Passed"), lambda each: self._rate(item, each), "r"),
            Column(self._("Range by chance alone"), lambda each: self._range(item, each), "r"),
            Column(self._("Source"), _cited),
        ]
        caption = self._(
            "What was inspected in the notices of {years} that were found: {indicator}",
            years=self.words.years(item.first, item.last),
            indicator=self.indicator_name(item.releases.indicator_id),
        )
        return self.table_of(columns, item.categories, caption)

    def _name(self, each: Category) -> str:
        """Return a category's own name, which stands behind the colon in that of its indicator, as a link."""
        name = self.voice.indicator(each.indicator_id)
        # Behind a colon at its end stands nothing.
        own = name.rpartition(self.words.language.colon)[2] or name
        return markdown.link(markdown.escape(own), docname(each.indicator_id))

    def _rows(self, item: Goods, each: Category) -> list[str]:
        """Return what names the figures of a category."""
        key = (each.indicator_id, item.releases.region_id)
        return ["|".join([*key, period, source, CURRENT_BASIS]) for period, source in each.releases]

    def _items(self, item: Goods, each: Category, what: str, number: int) -> str:
        done = operation("sum", of=what)
        return self.computed.ledger.note("goods.items", done, self._rows(item, each), number, formats.number(number, 0))

    def _rate(self, item: Goods, each: Category) -> str:
        printed = self.words.quantity(as_printed(each.rate, 2), self.unit(each.indicator_id))
        done = operation("pooled_rate", by="counts")
        return self.computed.ledger.note("goods.rate", done, self._rows(item, each), each.rate, printed)

    def _range(self, item: Goods, each: Category) -> str:
        interval = each.interval
        ends = (interval.lower, interval.upper)
        printed = self.words.interval(*ends, 1, self.unit(each.indicator_id))
        done = operation("exact_interval", level=_LEVEL)
        return self.computed.ledger.note("goods.range", done, self._rows(item, each), ends, printed)

    def others(self, found: list[Goods]) -> Markdown:
        """Return what the other yardsticks of the same areas say, those that the plan's goals name."""
        evidence, targets, tasks = self.catalog.target_evidence, self.catalog.targets, self.catalog.tasks
        rates = [item.releases.indicator_id for item in found]
        goals = evidence.loc[evidence["indicator_id"].isin(rates), "target_id"]
        areas = targets.loc[targets["target_id"].isin(goals), "area_id"]
        own = findings(self.catalog, list(tasks.loc[tasks["area_id"].isin(areas), "task_id"]))
        return Markdown(findings_section.headlines(self, own))

    def whom_to_ask(self) -> Markdown:
        """Return where the book says whom to ask for more."""
        when = markdown.link(self._("When will we know?"), "when")
        return self.text(self._("What is missing, and whom to ask, stands under {page}.", page=when))


def _cited(each: Category) -> str:
    return markdown.cite(source for _period, source in each.releases)
