"""Goals whose wording leaves the scope open, told by each scope: never one number."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.analysis.places import Scope
from qualitybook.report import latest_words, markdown
from qualitybook.report.pages.base import Page


def box(page: Page, found: Sequence[Scope]) -> str:
    """Return a paragraph and a list of what is known by each scope; empty where the wording leaves none open."""
    if not found:
        return ""
    lead = page._("The wording leaves the scope open, so this is what is known by each:")
    return lead + "\n\n" + markdown.bullets(f"{_line(page, scope)} {_cited(scope)}".strip() for scope in found)


def latest_lines(page: Page, found: Sequence[Scope]) -> str:
    """Return the latest figure by each scope, as a cell of a table, with the citations."""
    return page.words.language.semicolon.join(
        page.indicator_name(scope.indicator_id)
        + page.words.language.colon
        + f"{_figure(page, scope)} {_cited(scope)}".strip()
        for scope in found
    )


def verdict_lines(page: Page, found: Sequence[Scope]) -> str:
    """Return the verdict by each scope, as a cell of a table."""
    return page.words.language.semicolon.join(
        page.indicator_name(scope.indicator_id)
        + page.words.language.colon
        + page.words.language.comma.join(
            [
                markdown.escape(page.computed.verdict(scope.verdict)),
                *(_reached(page, scope) if scope.is_own_place else []),
            ]
        )
        for scope in found
    )


def _line(page: Page, scope: Scope) -> str:
    verdict = markdown.escape(page.computed.verdict(scope.verdict))
    said = [_figure(page, scope), *_reached(page, scope), verdict]
    return (
        page.indicator_name(scope.indicator_id) + page.words.language.colon + page.words.language.semicolon.join(said)
    )


def _figure(page: Page, scope: Scope) -> str:
    """Return the latest figure by a scope, with its place where that is not the goal's own."""
    if scope.latest.shown is None:
        return page._("not found for this book")
    text = page.computed.latest_text(page.unit(scope.indicator_id), scope.latest)
    if scope.is_own_place:
        return markdown.escape(text)
    return page._(
        "not found for this book; {place} {figure}",
        place=page.region_name(scope.latest.region_id),
        figure=markdown.escape(text),
    )


def _reached(page: Page, scope: Scope) -> list[str]:
    if scope.is_reached is None:
        return []
    return [
        page._("that figure reaches the value") if scope.is_reached else page._("that figure falls short of the value")
    ]


def _cited(scope: Scope) -> str:
    return markdown.cite(latest_words.sources_of(scope.latest))
