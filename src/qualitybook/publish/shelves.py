"""What a site holds: its editions, each in some languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ROOT_PAGE = "summary.html"


@dataclass(frozen=True)
class Shelf:
    """What a site offers of one edition.

    Attributes
    ----------
    edition : str
        Edition.
    languages : tuple of str
        Codes of its languages, first language first.
    pdfs : mapping
        Name of the PDF by language code, where there is one.
    """

    edition: str
    languages: tuple[str, ...]
    pdfs: Mapping[str, str]
