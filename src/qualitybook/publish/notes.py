"""``<edition>/notes.html``: what became known of an edition after it was published, in each language of the book.

The pages of a sealed edition never change; this page beside them does. Each of them leads there from its foot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

import pandas as pd

from qualitybook.analysis.edition_diff import corrected
from qualitybook.evidence.catalog import CURRENT, Edition
from qualitybook.evidence.reading import rows_of
from qualitybook.publish.site import NOTES, ROOT_PAGE, link, plain_page
from qualitybook.report.voice import Voice


def notes_of(voices: Sequence[Voice], editions: Iterable[Edition]) -> dict[str, str]:
    """Return the page of each edition, in the languages of the voices."""
    return {edition.edition: _page(voices, edition) for edition in editions}


def marks_of(voices: Sequence[Voice], editions: Iterable[Edition]) -> dict[str, str]:
    """Return what the list of editions says of each, in HTML: how many errata there are, with a link to its page."""
    return {edition.edition: " ".join(_mark(voice, edition) for voice in voices) for edition in editions}


def _mark(voice: Voice, edition: Edition) -> str:
    count = int((voice.catalog.errata["edition"] == edition.edition).sum())
    text = voice.gettext("Corrections and later findings") + (voice.parentheses(str(count)) if count else "")
    return link(f"{edition.edition}/{NOTES}", text, voice.language.html)


def _page(voices: Sequence[Voice], edition: Edition) -> str:
    title = " · ".join(voice.gettext("Corrections and later findings") for voice in voices)
    body = "\n".join(_section(voice, edition) for voice in voices)
    return plain_page(f"{edition.edition} · {title}", f"{edition.edition} · {title}", body, lang=voices[0].code)


def _section(voice: Voice, edition: Edition) -> str:
    _ = voice.gettext
    own = voice.language.html
    back = f'<p><a href="{voice.code}/{ROOT_PAGE}">{escape(_("Edition {edition}", edition=edition.edition))}</a></p>'
    parts = [f'<section lang="{own}">', back, f"<p>{escape(_state(voice, edition))}</p>"]
    for heading, items in (
        (_("Other issues of this edition"), _issues(voice, edition)),
        (_("Errata"), _errata(voice, edition)),
        (_("Figures that say something else today"), _changed(voice, edition)),
        (_("Withdrawn sources that this edition used"), _withdrawn(voice, edition)),
        (_("Figures found since, which this edition did not see"), _found(voice, edition)),
    ):
        listed = "\n".join(f"<li>{item}</li>" for item in items)
        if listed:
            parts.append(f"<h2>{escape(heading)}</h2>\n<ul>\n{listed}\n</ul>")
    if len(parts) == 3:
        nothing = _("Nothing is known that would have to be corrected.")
        parts.append(f"<p>{escape(nothing)}</p>")
    return "\n".join([*parts, "</section>"])


def _state(voice: Voice, edition: Edition) -> str:
    """Return whether an edition may still change."""
    _ = voice.gettext
    seal = voice.catalog.seals.get(edition.edition)
    if seal is not None:
        day = voice.date(pd.Timestamp(seal.sealed).date())
        return _("Sealed on {day}: its pages and files stay as they were published, byte for byte.", day=day)
    if edition.is_reconstructed:
        return _("Worked out later and never published at the time, so that it is not sealed.")
    if edition.status == CURRENT:
        return _("The current edition: it may change until a later one takes its place.")
    return _("An earlier edition that is not sealed.")


def _issues(voice: Voice, edition: Edition) -> Iterator[str]:
    for other in voice.catalog.editions_in_order():
        if other.edition != edition.edition and other.as_of == edition.as_of:
            yield f'<a href="../{other.edition}/{voice.code}/{ROOT_PAGE}">{escape(other.edition)}</a>'


def _errata(voice: Voice, edition: Edition) -> Iterator[str]:
    own = voice.catalog.errata[voice.catalog.errata["edition"] == edition.edition]
    for row in rows_of(own.sort_values("number")):
        told = [voice.name(row, "what"), voice.name(row, "why")]
        if row.issue:
            told.append(voice.gettext("Corrected in issue {issue}.", issue=row.issue))
        yield f"<strong>{escape(voice.date(row.day.date()))}</strong> {escape(voice.sentences(told))}"


def _changed(voice: Voice, edition: Edition) -> Iterator[str]:
    for key, (then, now) in corrected(voice.catalog, edition).items():
        named = voice.language.comma.join(filter(None, voice.named_by(key)))
        today = now or voice.gettext("no longer there")
        yield escape(f"{named}{voice.language.colon}{then} → {today}")


def _withdrawn(voice: Voice, edition: Edition) -> Iterator[str]:
    used = set(voice.catalog.seen_by(edition).observations["source_id"])
    for row in rows_of(voice.catalog.sources[voice.catalog.sources["withdrawn"].notna()]):
        if row.source_id in used:
            day = voice.gettext("withdrawn on {day}", day=voice.date(row.withdrawn.date()))
            yield escape(f"{voice.source(row)}{voice.language.comma}{day}")


def _found(voice: Voice, edition: Edition) -> Iterator[str]:
    lines = voice.catalog.since(edition).found
    rows = voice.catalog.observations[voice.catalog.observations["line"].isin(lines)]
    in_order = rows.sort_values(["indicator_id", "region_id", "start", "line"], kind="stable")
    yield from (_figure(voice, row) for row in rows_of(in_order))


def _figure(voice: Voice, row: Any) -> str:
    parts = [
        voice.series(row.indicator_id, row.region_id),
        voice.figure(row),
        voice.catalog.source(row.source_id).title,
    ]
    if not pd.isna(row.recorded):
        parts.append(voice.gettext("recorded on {day}", day=voice.date(row.recorded.date())))
    return escape(voice.language.comma.join(parts))
