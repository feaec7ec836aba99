"""What changed since the edition before: verdicts that moved and why, revised figures, new figures."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from IPython.display import Markdown

from qualitybook.analysis.edition_diff import EditionDiff, compare, previous
from qualitybook.report import markdown, readings
from qualitybook.report.changes import ChangeWords
from qualitybook.report.pages.base import Page


class WhatChangedPage(Page):
    """The changes since the edition before; the parameters are those of `Page`.

    What is told is the `diff` that a notebook worked out; without it, that of the book.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("what-changed", data, edition, lang, out)

    @cached_property
    def diff(self) -> EditionDiff | None:
        """What changed; None for the first edition."""
        before = previous(self.everything, self.edition)
        return None if before is None else self.shared.of(compare, self.everything, before, self.edition)

    def _told(self, diff: EditionDiff | None) -> ChangeWords | None:
        diff = diff or self.diff
        if diff is None:
            return None
        return ChangeWords(self.computed.voice, diff, lambda source: markdown.cite([source]), self.computed)

    def lead(self, diff: EditionDiff | None = None) -> Markdown:
        """Return how much is new since the edition before."""
        told = self._told(diff)
        if told is None:
            return self.text(self._("This is the first edition; there is nothing to compare it with."))
        return self.text(told.lead())

    def verdicts(self, diff: EditionDiff | None = None) -> Markdown:
        """Return which verdicts moved, from what to what, and why."""
        told = self._told(diff)
        if told is None or not told.diff.moves:
            return self.text(self._("No verdict moved."))
        sentences = markdown.bullets(told.move(move) for move in told.diff.moves)
        table = self.table(*told.moves(), self._("Verdicts that moved"), "rllll")
        return Markdown(f"{sentences}\n{table}")

    def readings_moved(self, diff: EditionDiff | None = None) -> Markdown:
        """Return which indicative readings moved, from what to what; nothing where none did."""
        told = self._told(diff)
        if told is None or not told.diff.readings:
            return Markdown("")
        table = self.table(*told.readings(), self._("Indicative readings that moved"), "rllll")
        return Markdown(f"{readings.frame(self.voice)}\n\n{table}")

    def revised(self, diff: EditionDiff | None = None) -> Markdown:
        """Return the figures that differ from those that the edition before used."""
        told = self._told(diff)
        if told is None or not told.diff.revised:
            parts = [self._("No figure was revised.")]
        else:
            caption = self._("Figures that differ from those used before")
            parts = [self.table(*told.revisions(), caption)]
        if told is not None and told.diff.corrected:
            caption = self._("Figures of the edition before that were corrected since")
            parts.append(self.table(*told.corrected(), caption))
        return self.text(*parts)

    def goals(self, diff: EditionDiff | None = None) -> Markdown:
        """Return the goals that the plan added, dropped or put in other words; nothing where its text is the same."""
        told = self._told(diff)
        if told is None or not told.diff.goals:
            return Markdown("")
        caption = self._("Goals that the plan added, dropped or put in other words")
        return Markdown(self.table(*told.goals(), caption, "rlll"))

    def withdrawn(self, diff: EditionDiff | None = None) -> Markdown:
        """Return the figures whose sources were withdrawn; nothing where none was."""
        told = self._told(diff)
        if told is None or told.diff.withdrawn.empty:
            return Markdown("")
        caption = self._("Figures no longer used, their sources having been withdrawn")
        return Markdown(self.table(*told.withdrawn(), caption))

    def new(self, diff: EditionDiff | None = None) -> Markdown:
        """Return the figures for periods that had none: first those of indicators that a goal names."""
        told = self._told(diff)
        if told is None or told.diff.new.empty:
            return self.text(self._("No figure for a new period."))
        found = {
            self._("Figures for periods that had none before: indicators that a goal names"): told.new(of_goals=True),
            self._("Figures for periods that had none before: other indicators"): told.new(of_goals=False),
        }
        return self.text(*(self.table(header, rows, caption) for caption, (header, rows) in found.items() if rows))

    def found(self, diff: EditionDiff | None = None) -> Markdown:
        """Return the figures that were found since and are no news: undated ones, and those of much older documents."""
        told = self._told(diff)
        if told is None or told.diff.found.empty:
            return self.text(self._("No older figure was found since."))
        caption = self._("Figures without a year or from much older documents, found since")
        return Markdown(self.table(*told.found(), caption))
