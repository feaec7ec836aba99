"""Where things lie: the folders of a project, and those of one edition in one language while it is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Edition

AUTHORED = "book"
"""Folder of the authored pages, one folder a language: of a project, and of an evidence folder that has its own."""
EVIDENCE = "data"
"""Folder of the project's own evidence."""
KEYWORDS = "keywords.json"
"""File in a book's source folder: the names that each page goes by, by the page's name."""
SERIES = "series"
"""Folder in a book's source folder: the published figures of each page, under the page's name."""
CONFIG = "_config.yml"
CONTENTS = "_toc.yml"
REQUIRED = (CONFIG, CONTENTS, AUTHORED, "notebooks")


class ProjectError(ValueError):
    """A folder that is not the project's."""


@dataclass(frozen=True)
class Project:
    """What a book is made from besides the evidence.

    Attributes
    ----------
    root : pathlib.Path
        Folder with ``_config.yml``, ``_toc.yml``, ``book/`` and ``notebooks/``.
    """

    root: Path

    def checked(self) -> Project:
        """Return the project if its folders are there.

        Raises
        ------
        ProjectError
            If one is not.
        """
        missing = [name for name in REQUIRED if not (self.root / name).exists()]
        if missing:
            raise ProjectError(
                f"{self.root.resolve()} has no {', '.join(missing)}; run in the project's folder or give --root"
            )
        return self

    def build_folder(self, evidence: Path, name: str) -> Path:
        """Return where a book is built unless somebody says otherwise; see :meth:`site_folder`."""
        return Path(f"_build{self._suffix(evidence, name)}")

    def site_folder(self, evidence: Path, name: str) -> Path:
        """Return where a book's site goes unless somebody says otherwise.

        The book of the project's own evidence goes to ``_site``; one of another folder to ``_site-<name>``, for its
        editions must not be mixed with the other book's.

        Parameters
        ----------
        evidence : pathlib.Path
            The evidence folder.
        name : str
            Name of the book, from its settings.
        """
        return Path(f"_site{self._suffix(evidence, name)}")

    def _suffix(self, evidence: Path, name: str) -> str:
        return "" if self.is_own(evidence) else f"-{name}"

    def is_own(self, evidence: Path) -> bool:
        """Whether an evidence folder is the project's own."""
        return evidence.resolve() == (self.root / EVIDENCE).resolve()

    def authored(self, lang: str) -> Path:
        """Return the folder of a language's authored pages."""
        return self.root / AUTHORED / lang

    def template(self, name: str) -> Path:
        """Return the path of a notebook template."""
        return self.root / "notebooks" / f"{name}.ipynb"


@dataclass(frozen=True)
class Volume:
    """One edition in one language, and the folder that it is built in.

    Attributes
    ----------
    edition : Edition
        The edition.
    lang : str
        Language code.
    folder : pathlib.Path
        ``<build folder>/<edition>/<lang>``.
    """

    edition: Edition
    lang: str
    folder: Path

    @property
    def name(self) -> str:
        """``<edition>/<lang>``."""
        return f"{self.edition.edition}/{self.lang}"

    @property
    def authored(self) -> Path:
        """The authored pages of the book: the project's, and over them those of the evidence folder."""
        return self.folder / "authored"

    @property
    def source(self) -> Path:
        """The last Jupyter Book that was assembled."""
        return self.folder / "source"

    @property
    def draft(self) -> Path:
        """The Jupyter Book that is being assembled."""
        return self.folder / "source.new"

    @property
    def html(self) -> Path:
        """The last website that was made of the book."""
        return self.folder / "html"

    @property
    def pdf_folder(self) -> Path:
        """Where the last PDF that was made of the book lies."""
        return self.folder / "pdf"
