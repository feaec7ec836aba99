"""What an evidence folder says about its book: title, author, imprint, and how final its plan is (`book.toml`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from qualitybook.evidence.errors import EvidenceError, Problem
from qualitybook.evidence.schema import LANGUAGES, LONGEST_KEY, can_be_file_name

FILE = "book.toml"
_PLAN_STATES = ("consultation_draft", "final")
TRANSLATED = ("title", "subtitle", "author")
IMPRINT = ("editor", "contact", "errata")
"""Texts that a book may do without."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_ADDRESS = re.compile(r"https?://[^\s<>\"'?#]+")


@dataclass(frozen=True)
class BookSettings:
    """The book of an evidence folder."""

    name: str
    """Short name used in file names: small letters, digits and hyphens."""
    plan_state: str
    """``consultation_draft`` or ``final``."""
    address: str
    """Where the site is published, with a slash at the end; nothing where that is not said."""
    title_zh: str
    title_en: str
    subtitle_zh: str
    subtitle_en: str
    author_zh: str
    author_en: str
    """What the cover prints."""
    editor_zh: str
    editor_en: str
    contact_zh: str
    contact_en: str
    errata_zh: str
    errata_en: str
    """Who edits the book, how to reach them, and what becomes of mistakes; nothing where that is not said."""
    is_official: bool | None
    """Whether the book is a publication of the government, None where that is not said."""

    @property
    def is_draft(self) -> bool:
        """Whether the plan's goals are draft goals."""
        return self.plan_state == "consultation_draft"


def load_settings(folder: Path) -> BookSettings:
    """Return the settings of the folder's book.

    Raises
    ------
    EvidenceError
        If the file is missing, is not TOML, or lacks a key; all problems at once.
    """
    path = folder / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvidenceError([_problem("", "no such file", "a file with the book's name and titles")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceError([_problem("", str(error), "TOML text in UTF-8")]) from None
    problems = _problems(found)
    if problems:
        raise EvidenceError(problems)
    titles = {
        f"{key}_{code}": str(found.get(key, {}).get(code, "")) for key in (*TRANSLATED, *IMPRINT) for code in LANGUAGES
    }
    address = str(found.get("address", ""))
    address = f"{address.rstrip('/')}/" if address else ""
    more = {column: titles.pop(column) for column in set(titles) - BookSettings.__annotations__.keys()}
    settings = BookSettings(
        name=found["name"],
        plan_state=found["plan_state"],
        address=address,
        is_official=found.get("official"),
        **titles,
    )
    for column, text in more.items():
        object.__setattr__(settings, column, text)
    return settings


def _problems(found: dict[str, object]) -> list[Problem]:
    problems = []
    name, state = found.get("name"), found.get("plan_state")
    if not (isinstance(name, str) and _NAME.fullmatch(name) and can_be_file_name(name)):
        allowed = f"small letters, digits and hyphens, at most {LONGEST_KEY}, and no name that Windows keeps for itself"
        problems.append(_problem("name", repr(name), allowed))
    if state not in _PLAN_STATES:
        problems.append(_problem("plan_state", repr(state), " | ".join(_PLAN_STATES)))
    address = found.get("address", "")
    if not (isinstance(address, str) and (not address or _ADDRESS.fullmatch(address))):
        problems.append(_problem("address", repr(address), "where the site is published, https://… or http://…"))
    if not isinstance(found.get("official", False), bool):
        problems.append(_problem("official", repr(found["official"]), "true | false"))
    for key in (*TRANSLATED, *(key for key in IMPRINT if key in found)):
        section = found.get(key)
        for code in LANGUAGES:
            text = section.get(code) if isinstance(section, dict) else None
            if not (isinstance(text, str) and text.strip()):
                problems.append(_problem(f"{key}.{code}", repr(text), "a text"))
    return problems


def _problem(key: str, found: str, allowed: str) -> Problem:
    return Problem(FILE, 1, key, found, allowed, "settings")
