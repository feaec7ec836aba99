"""What changed since the edition before: verdicts that moved and why, revised figures, new figures."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from IPython.display import Markdown

from qualitybook.analysis.edition_diff import compare, previous
from qualitybook.report import markdown
from qualitybook.report.changes import ChangeWords
from qualitybook.report.pages.base import Page


class WhatChangedPage(Page):
    """The changes since the edition before; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("what-changed", data, edition, lang, out)

    @cached_property
    def _told(self) -> ChangeWords | None:
        before = previous(self.everything, self.edition)
        if before is None:
            return None
        diff = self.shared.of(compare, self.everything, before, self.edition)
        return ChangeWords(self.computed.voice, diff, lambda source: markdown.cite([source]), self.computed)

    def lead(self) -> Markdown:
        """Return how much is new since the edition before."""
        if self._told is None:
            return self.text(self._("This is the first edition; there is nothing to compare it with."))
        return self.text(self._told.lead())

    def verdicts(self) -> Markdown:
        """Return which verdicts moved, from what to what, and why."""
        told = self._told
        if told is None or not told.diff.moves:
            return self.text(self._("No verdict moved."))
        sentences = markdown.bullets(told.move(move) for move in told.diff.moves)
        table = self.table(told.move_header(), told.move_rows(), self._("Verdicts that moved"), "rllll")
        return Markdown(f"{sentences}\n{table}")

    def revised(self) -> Markdown:
        """Return the figures that differ from those that the edition before used."""
        if self._told is None or not self._told.diff.revised:
            return self.text(self._("No figure was revised."))
        caption = self._("Figures that differ from those used before")
        return Markdown(self.table(self._told.revision_header(), self._told.revision_rows(), caption))

    def new(self) -> Markdown:
        """Return the figures for periods that had none."""
        if self._told is None or self._told.diff.new.empty:
            return self.text(self._("No figure for a new period."))
        caption = self._("Figures for periods that had none before")
        return Markdown(self.table(self._told.new_header(), self._told.new_rows(), caption))

    def found(self) -> Markdown:
        """Return the figures that were found since and are no news: undated ones, and those of much older documents."""
        if self._told is None or self._told.diff.found.empty:
            return self.text(self._("No older figure was found since."))
        caption = self._("Figures without a year or from much older documents, found since")
        return Markdown(self.table(self._told.found_header(), self._told.found_rows(), caption))
