"""The headings of the evidence's columns, as messages."""

from __future__ import annotations


def _(message: str) -> str:
    """Mark a message for extraction; it is translated when it is used."""
    return message


CHOOSE = _("Choose an entry of the list.")

HEADINGS = {
    "indicator_id": _("Indicator"),
    "region_id": _("Place"),
    "period": _("Period"),
    "value": _("Figure as printed"),
    "qualifier": _("How it was put"),
    "n": _("Items inspected"),
    "passed": _("Items that passed"),
    "source_id": _("Key of the source"),
    "locator": _("Where in the source"),
    "grade": _("Grade"),
    "preferred": _("To be used (1) or kept beside (0)"),
    "note_zh": _("Note in Chinese"),
    "note_en": _("Note in English"),
    "basis": _("Earlier definition"),
    "verbatim": _("Quoted word for word (1)"),
    "dating": _("Doubt about the year"),
    "complete": _("Period not complete (0)"),
    "status": _("Release of the figure"),
    "each_year": _("Said of each year (1)"),
    "settled": _("Doubts that were looked at"),
    "corrects": _("Columns to correct in a row that is there"),
    "title": _("Title"),
    "publisher": _("Publisher"),
    "kind": _("Kind of publication"),
    "published": _("Published on"),
    "access_kind": _("How it was read"),
    "url": _("Address"),
    "found_url": _("Address of the copy that was read"),
    "accessed": _("Read on"),
    "language": _("Language"),
    "edition": _("Edition"),
    "reviewer": _("Checked by"),
    "reviewed": _("Checked on"),
    "result": _("Result"),
}
