"""The forms that a book is made in, each a row of one table: its website, and the files that lie beside that."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qualitybook.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from qualitybook.evidence.schema import BookSettings
    from qualitybook.publish.layout import Volume


def _(message: str) -> str:
    """Mark a message for extraction; it is translated when it is used."""
    return message


@dataclass(frozen=True)
class Form:
    """A form of a book."""

    label: str
    """What links to it and messages call it."""
    builder: str
    """Sphinx's builder that makes it."""
    suffix: str = ""
    """What the name of its one file ends in, ``.pdf`` or ``-brief.pdf``; empty for the website, which is a folder."""
    media_type: str = ""
    """Of its file."""
    extra: str = ""
    """The extra of this package that it needs, in `EXTRAS`; such a form is made only where it is asked for."""
    asked_for: bool = False
    """Whether it is made only where it is asked for, though nothing is lacking."""
    together: str = ""
    """The builder that makes it in one run with other forms, each by its own builder; empty where it is made alone."""


WEBSITE = "html"
PRINTED = "typst-forms"
"""Builder that reads the book once for all printed forms."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS: Mapping[str, Form] = {
    WEBSITE: Form("website", "html"),
    "pdf": Form(_("PDF"), "typst", ".pdf", "application/pdf", together=PRINTED),
    "brief": Form(_("one page"), "typst-brief", "-brief.pdf", "application/pdf", together=PRINTED),
    "slides": Form(_("six slides"), "typst-slides", "-slides.pdf", "application/pdf", together=PRINTED),
    "docx": Form(_("Word document"), "pandoc-docx", ".docx", _WORD, "word"),
    "epub": Form(_("EPUB"), "pandoc-epub", ".epub", "application/epub+zip", "word"),
    "png": Form(_("figures for slides"), "figures-png", "-figures.zip", "application/zip", asked_for=True),
}
"""Forms by their names: an option of ``build``, a folder where a book is built, what the role ``site`` names."""

DEFAULT_FORMS = tuple(name for name, form in FORMS.items() if not (form.extra or form.asked_for))
"""Forms that are made where none is asked for."""
EXTRAS = {"word": ("pypandoc", "docx")}
"""Modules that each extra of this package brings."""


def refuse_lacking(forms: Iterable[str]) -> None:
    """Refuse the first form whose extra is not installed."""
    for name in forms:
        extra = FORMS[name].extra
        if lacking := [module for module in EXTRAS.get(extra, ()) if find_spec(module) is None]:
            reason = f"{' and '.join(lacking)} not installed; say pip install 'qualitybook[{extra}]'"
            raise RefusedError(reason, f"--{name}")


def runs_of(forms: Iterable[str]) -> list[list[str]]:
    """Return the names of the forms that are made in one run each, in their order."""
    runs: dict[str, list[str]] = {}
    for name in forms:
        runs.setdefault(FORMS[name].together or name, []).append(name)
    return list(runs.values())


def form_of(file: str) -> str:
    """Return the form that a file's name is of, nothing where it is of none; the longest suffix decides."""
    fitting = [name for name, form in FORMS.items() if form.suffix and file.endswith(form.suffix)]
    return max(fitting, key=lambda name: len(FORMS[name].suffix), default="")


def file_name(settings: BookSettings, volume: Volume, form: str) -> str:
    """Return the name of the file that a form of a book is."""
    return f"{settings.name}-{volume.edition.edition}-{volume.lang}{FORMS[form].suffix}"


def place_of(settings: BookSettings, volume: Volume, form: str) -> Path:
    """Return where the last of a form that was made of a book is: a folder, or a file in one of its own."""
    folder = volume.form(form)
    return folder / file_name(settings, volume, form) if FORMS[form].suffix else folder
