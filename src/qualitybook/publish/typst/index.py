"""The index at the end of the book: which terms it lists, and where the pages speak of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qualitybook.publish.typst.escape import array, markup, string


@dataclass(frozen=True)
class Terms:
    """The terms of the index.

    Attributes
    ----------
    listed : mapping
        For each group's title the terms of the group: key and name, in the order in which they are printed.
    keys : mapping of str
        Key of each name.
    pattern : re.Pattern or None
        Finds the name that a text is or begins with; None without terms.
    """

    listed: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, listed: Mapping[str, Mapping[str, str]]) -> Terms:
        """Return the terms of some groups."""
        keys = {name: key for terms in listed.values() for key, name in terms.items()}
        names = sorted(keys, key=lambda name: (-len(name), name))
        # A name may be followed by a place, a period or what is shown, never by more of a longer name.
        found = "|".join(re.escape(name) for name in names)
        return cls(listed, keys, re.compile(rf"({found})(?=$|\s?[(（:：,，])") if names else None)

    def mark(self, text: str) -> str:
        """Return the source of a mark for the index, empty for a text that starts with no term.

        Parameters
        ----------
        text : str
            Text of a table's cell, or a caption.
        """
        match = self.pattern.match(text.strip()) if self.pattern else None
        return f"#index-mark({string(self.keys[match[1]])});" if match else ""

    def groups(self) -> str:
        """Return groups, keys and names as a Typst array."""
        return array([self._group(title, terms) for title, terms in self.listed.items()])

    @staticmethod
    def _group(title: str, terms: Mapping[str, str]) -> str:
        pairs = [array([string(key), f"[{markup(name)}]"]) for key, name in terms.items()]
        return array([f"[{markup(title)}]", array(pairs)])
