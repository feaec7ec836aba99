"""How the answer to a goal depends on the choice of figures and models."""

from __future__ import annotations

from qualitybook.analysis.sensitivity import Run, Sensitivity
from qualitybook.analysis.verdict import Goal
from qualitybook.report import formats, labels, markdown
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page

_MOST_NAMED = 3


def sentence(page: Page, goal: Goal, result: Sensitivity) -> str:
    """Return the sentence for the first paragraph: which choices change the word or the state; empty where none does.

    At most three are named.
    """
    changed = result.word_changes
    if not changed:
        return ""
    named = [f"{_run(page, run)}{page.words.language.colon}{_answer(page, goal, run)}" for run in changed[:_MOST_NAMED]]
    told = page.words.language.semicolon.join(named)
    if len(changed) <= _MOST_NAMED:
        return page._("The answer depends on choices of figures or models: {changes}.", changes=told)
    more = page.computed.more_runs(goal, len(changed) - _MOST_NAMED, _MOST_NAMED)
    return page._(
        "The answer depends on choices of figures or models: {changes}; and {count} more, see the table of runs.",
        changes=told,
        count=more,
    )


def table(page: Page, goal: Goal, result: Sensitivity) -> str:
    """Return the runs as a table with a sentence on what they say; the sentence alone where no figure is fitted."""
    if all(run.n == 0 for run in result.runs):
        return page._("No figure can be fitted whatever the choice, so there is nothing to vary.") + "\n"
    columns: list[Column[Run]] = [
        Column(page._("Run"), lambda run: _run(page, run)),
        Column(page._("Answer"), lambda run: _answer(page, goal, run)),
        Column(page._("Fitted years"), lambda run: page.computed.run_years(goal, run), "r"),
        Column(page._("Last year"), lambda run: _last_year(page, run), "r"),
    ]
    runs = page.table_of(columns, result.runs, page._("The same goal by other choices"))
    return f"{_finding(page, goal, result)}\n\n{runs}"


def _finding(page: Page, goal: Goal, result: Sensitivity) -> str:
    if result.word_changes:
        return sentence(page, goal, result)
    same = page._("No choice of figures or models changes the answer.")
    if result.percents is None or result.book.percent is None:
        return same
    low, high = (markdown.escape(formats.percent_text(percent)) for percent in result.percents)
    span = page._("The probability is {low} at the lowest and {high} at the highest.", low=low, high=high)
    return page.words.sentences([same, span])


def _last_year(page: Page, run: Run) -> str:
    return "–" if run.last_year is None else formats.year(page.words, run.last_year)


def _run(page: Page, run: Run) -> str:
    year = "" if run.left_out is None else formats.year(page.words, run.left_out)
    return labels.label(page.words, labels.RUNS, run.code, year=year)


def _answer(page: Page, goal: Goal, run: Run) -> str:
    """Return a run's answer in a few words: ``likely (69%)``, ``cannot be judged (...)``, ``met``."""
    if run.word is not None and run.percent is not None:
        word = labels.label(page.words, labels.WORDS, run.word)
        return word + page.words.parentheses(markdown.escape(page.computed.run_chance(goal, run)))
    state = labels.label(page.words, labels.STATES, run.state)
    if run.reason is None:
        return state
    return state + page.words.parentheses(labels.label(page.words, labels.REASONS, run.reason))
