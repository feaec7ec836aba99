"""The list of all indicators: each with its areas, places, kind, latest figure and line.

Each page of an indicator leaves its entry behind; the list is put together from them, so that nothing is worked out
again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from qualitybook.report import CATALOGUE, FIGURES, INDICATORS, markdown
from qualitybook.report.derived import FOLDER, SUFFIX, Derived, Ledger
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import Column

_ENTRIES = f"{FIGURES}/entries"
LIST = "catalogue"
"""Class of the box around the list; a script of the website adds its filters."""


@dataclass(frozen=True)
class Entry:
    """An indicator in the list."""

    indicator_id: str
    name: str
    first_area: int
    """Number of the first area that it serves, 0 of none."""
    areas: tuple[str, ...]
    """Names of the areas that it serves, in the plan's order."""
    is_own: bool
    """Whether the plan's own place has figures."""
    places: tuple[str, ...]
    """Names of the places that have figures, in the order of places."""
    kind: str
    latest: str
    """Latest figure of the first place."""
    sources: tuple[str, ...]
    """Keys of its sources."""
    is_stale: bool
    line: str
    """Sparkline as SVG, empty where no place has two comparable figures."""
    computed: tuple[Derived, ...]

    def write(self, source: Path) -> None:
        """Leave the entry in a book's source folder."""
        path = source / _ENTRIES / f"{self.indicator_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
        if self.line:
            (source / _line(self.indicator_id)).write_text(self.line, encoding="utf-8", newline="\n")


def _line(indicator_id: str) -> str:
    return f"{FIGURES}/line-{indicator_id}.svg"


def _read(path: Path) -> Entry:
    found = json.loads(path.read_text(encoding="utf-8"))
    computed = tuple(Derived(**made) for made in found.pop("computed"))
    several = {name: tuple(found[name]) for name in ("areas", "places", "sources")}
    return Entry(**{**found, **several, "computed": computed})


def write_catalogue(source: Path, words: Words) -> None:
    """Write the list of the entries that lie in a book's source folder."""
    entries = [_read(path) for path in sorted((source / _ENTRIES).glob("*.json"))]
    if not entries:
        return
    (source / f"{CATALOGUE}.md").write_text(_text(entries, words), encoding="utf-8", newline="\n")
    ledger = source / FIGURES / FOLDER / f"{CATALOGUE}{SUFFIX}"
    ledger.unlink(missing_ok=True)
    Ledger(ledger).write(sorted({made for entry in entries for made in entry.computed}))


def _text(entries: Iterable[Entry], words: Words) -> str:
    _ = words.gettext
    lead = _(
        "All indicators of which a figure was found, each with the latest figure of the first place; the page of an "
        "indicator has all its figures with their sources."
    )
    ordered = sorted(
        entries, key=lambda entry: (entry.is_stale, not entry.is_own, not entry.areas, entry.first_area, entry.name)
    )
    header, rows, align = markdown.spread(_columns(words), ordered)
    table = markdown.table(header, rows, caption=_("Catalogue of indicators"), name="tbl-catalogue", align=align)
    title = _("Catalogue of indicators")
    return markdown.paragraphs(f"---\nweb_only: true\n---\n\n# {title}", lead, markdown.container(LIST, table))


def _columns(words: Words) -> list[Column[Entry]]:
    _ = words.gettext

    def several(names: Iterable[str]) -> str:
        return markdown.escape(words.language.semicolon.join(names))

    def name(entry: Entry) -> str:
        return markdown.link(markdown.escape(entry.name), f"{INDICATORS}/{entry.indicator_id}")

    def line(entry: Entry) -> str:
        alt = _("Line of {indicator}.", indicator=entry.name)
        return markdown.image(f"/{_line(entry.indicator_id)}", alt) if entry.line else ""

    return [
        Column(_("Indicator"), name),
        Column(_("Line"), line),
        Column(_("Latest figure"), lambda entry: f"{markdown.escape(entry.latest)} {markdown.cite(entry.sources)}"),
        Column(_("Area"), lambda entry: several(entry.areas)),
        Column(_("Place"), lambda entry: several(entry.places)),
        Column(_("Kind of indicator"), lambda entry: markdown.escape(entry.kind)),
        Column(_("News"), lambda entry: _("none for years") if entry.is_stale else _("in recent years")),
    ]
