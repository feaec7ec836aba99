"""The short form of a caption, for the lists of figures and tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from docutils import nodes

# A sentence ends in Chinese, or in English before a space and a capital: "e.g. this" goes on.
_SENTENCE = re.compile(r".+?(?:。|[a-z0-9)%”]\.(?= [A-Z]))")
# What citations leave behind when they are taken out.
_EMPTY_BRACKETS = re.compile(r"\s*\[[\s,;]*\]")


def short_caption(caption: nodes.Element, is_note: Callable[[nodes.Node], bool]) -> str:
    """Return a caption's first sentence, without its stop and without notes.

    Parameters
    ----------
    caption : Element
        Caption of a figure or title of a table.
    is_note : callable
        Says of a node whether it is a note or a citation.

    Returns
    -------
    str
        Plain text on one line.
    """
    short = caption.deepcopy()
    for note in list(short.findall(is_note)):
        note.parent.remove(note)
    text = " ".join(_EMPTY_BRACKETS.sub("", short.astext()).split())
    match = _SENTENCE.match(text)
    return (match[0] if match else text).rstrip("。.")
