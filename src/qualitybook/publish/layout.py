"""Where things lie: a project's folders, settings and table of contents, and the folders of one book while it is built.

What is wrong with the settings is told before any page is made: a slip there costs no minutes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from qualitybook.errors import Problem, RefusedError, shortened
from qualitybook.evidence.slips import marks_unseen
from qualitybook.report import CATALOGUE, INDICATORS
from qualitybook.report.i18n import LANGUAGES

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Edition

AUTHORED = "book"
"""Folder of the authored pages, one folder a language: of a project, and of an evidence folder that has its own."""
_EVIDENCE = "data"
"""Folder of the project's own evidence."""
KEYWORDS = "keywords.json"
"""File in a book's source folder: the names that each page goes by, by the page's name."""
DERIVED = "derived.csv"
"""File in a book's source folder, which no page shows: what its pages have recorded of what they compute."""
SERIES = "series"
"""Folder in a book's source folder: the published figures of each page, under the page's name."""
CONFIG = "_config.yml"
CONTENTS = "_toc.yml"
LISTING = ("parts", "chapters", "sections")
"""Names in the contents under which pages are listed."""
_MOST_VALUES = 100_000
"""Values of settings or contents: far more than any book's."""
STATIC = "_static"
"""Folder of what authored pages show."""
_CITED = "bibliography"
REQUIRED = (CONFIG, CONTENTS, AUTHORED, "notebooks")


@dataclass(frozen=True)
class Project:
    """What a book is made from besides the evidence."""

    root: Path
    """Folder with ``_config.yml``, ``_toc.yml``, ``book/`` and ``notebooks/``."""

    def checked(self) -> Project:
        """Return the project; refuse it if one of its folders is not there."""
        missing = [name for name in REQUIRED if not (self.root / name).exists()]
        if missing:
            raise RefusedError(
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
        """
        return Path(f"_site{self._suffix(evidence, name)}")

    def _suffix(self, evidence: Path, name: str) -> str:
        return "" if self.is_own(evidence) else f"-{name}"

    def is_own(self, evidence: Path) -> bool:
        """Whether an evidence folder is the project's own."""
        return evidence.resolve() == (self.root / _EVIDENCE).resolve()

    def authored(self, lang: str) -> Path:
        """Return the folder of a language's authored pages."""
        return self.root / AUTHORED / lang

    def template(self, name: str) -> Path:
        """Return the path of a notebook template."""
        return self.root / "notebooks" / f"{name}.ipynb"


@dataclass(frozen=True)
class Volume:
    """One edition in one language, and the folder that it is built in."""

    edition: Edition
    lang: str
    folder: Path
    """``<build folder>/<edition>/<lang>``."""

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

    def form(self, name: str) -> Path:
        """Return the folder of the last of a form that was made of the book."""
        return self.folder / name


def check_settings(config: Path, contents: Path) -> None:
    """Refuse files that Jupyter Book could not read.

    One is no mapping in YAML, a setting is misspelt, the extensions of this program are not named, or the contents are
    not as a table of contents is built.
    """
    from jsonschema import ValidationError
    from jupyter_book.config import validate_yaml
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    settings = read_settings(config)
    try:
        validate_yaml(settings, raise_on_errors=True)
    except ValidationError as error:
        raise RefusedError(f"{config}: {error.message}; take that setting from {CONFIG} of a fresh copy") from None
    _refuse_misspelt(settings, config)
    try:
        named = read_settings(contents)
        parse_toc_data(named)
        _refuse_passed_over(named)
    except (MalformedError, TypeError) as error:
        raise RefusedError(f"{contents}: {error}; compare it with {CONTENTS} of a fresh copy") from None
    extensions = (settings.get("sphinx") or {}).get("extra_extensions") or ()
    if lacking := [name for name in _EXTENSIONS if name not in extensions]:
        raise RefusedError(
            f"{config}: found no {', '.join(lacking)} among the extra_extensions of sphinx, without which no book is "
            f"made; take that line from {CONFIG} of a fresh copy"
        )


_EXTENSIONS = ("qualitybook.publish.web", "qualitybook.publish.typst", "qualitybook.publish.pandoc")
"""What of this program is to be named in the settings: roles of pages, and the forms."""
_ALIKE = 0.85
"""From here on a name that Jupyter Book does not know is taken for one that it knows, with a slip of the pen."""


def _refuse_misspelt(settings: Mapping[str, Any], config: Path) -> None:
    """Refuse names that are nearly ones of Jupyter Book, which passes over all that it does not know."""
    from jupyter_book.config import PATH_YAML_DEFAULT, get_validator

    usual, schema = read_settings(PATH_YAML_DEFAULT), get_validator().schema["properties"]
    known = {"": usual.keys() | schema.keys()}
    for part in known[""]:
        known[part] = {*(usual.get(part) or ()), *schema.get(part, {}).get("properties", ())}
    for part, names in known.items():
        found = settings.get(part) if part else settings
        for name in map(str, found if isinstance(found, Mapping) else ()):
            if name not in names and (meant := get_close_matches(name, map(str, names), n=1, cutoff=_ALIKE)):
                where = f"{part}: " if part else ""
                raise RefusedError(f"{config}: found {where}{name}, a setting that nobody reads; write {meant[0]}")


_OF_PARTS = frozenset({"caption", "chapters", "hidden", "maxdepth", "numbered", "reversed", "titlesonly"})


def _refuse_passed_over(item: Mapping[str, Any]) -> None:
    """Raise TypeError for what the parser of contents does not look at: a pattern that is no text, a part's names."""
    if not isinstance(item.get("glob", ""), str):
        raise TypeError(f"found glob: {item['glob']!r}; allowed: a text")
    for part in item.get("parts", ()):
        if unknown := sorted(map(str, part.keys() - _OF_PARTS)):
            raise TypeError(f"found {', '.join(unknown)} in a part; allowed: {', '.join(sorted(_OF_PARTS))}")
    for key in LISTING:
        for below in item.get(key, ()):
            _refuse_passed_over(below)


def read_settings(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; refuse any other file, with the line where that is known."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Reader)
    except UnicodeDecodeError:
        raise RefusedError(f"{path} is not UTF-8; write it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        place = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        said = ", ".join(filter(None, [error.context, error.problem]))
        raise RefusedError(f"{path}{place}: {said}; correct it") from None
    except yaml.YAMLError as error:
        raise RefusedError(f"{path}: {error}; correct it") from None
    except RecursionError:
        raise RefusedError(f"{path}: lists or names nested too deeply; correct it") from None
    if not isinstance(values, dict):
        raise RefusedError(f"{path}: found {type(values).__name__}; allowed: names with values (YAML)")
    if _values_in(values, {}) > _MOST_VALUES:
        raise RefusedError(f"{path}: more than {_MOST_VALUES} values, those told by aliases (*) counted; take some out")
    return values


class _Reader(yaml.SafeLoader):
    """Refuses with their line names that stand twice, of which YAML's own reader drops the first, and no values."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Return the names and values of a mapping."""
        node = super().compose_mapping_node(anchor)
        names = [(name.tag, name.value) for name, _ in node.value if isinstance(name, yaml.ScalarNode)]
        for name, _ in reversed(node.value):
            if names.count((name.tag, name.value)) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name.value} stands twice", name.start_mark)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return a value; of 2020-13-45 Python says that it is no day, of other words something else."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError):
            said = f"{shortened(str(node.value))} is no value; a text stands between quotes"
            raise yaml.constructor.ConstructorError(None, None, said, node.start_mark) from None


def _values_in(value: Any, known: dict[int, int]) -> int:
    """Return how many values one holds; aliases of YAML tell the same one many times, so each is gone through once."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        # One that holds itself has no end.
        known[id(value)] = _MOST_VALUES + 1
        within = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_values_in(each, known) for each in within)
    return known[id(value)]


def contents_file(project: Project, evidence: Path) -> Path:
    """Return the table of contents to use: the evidence folder's own, where it has one, else the project's."""
    own = _own_contents(evidence)
    return own if own.is_file() else project.root / CONTENTS


def _own_contents(evidence: Path) -> Path:
    """Return where an evidence folder's own table of contents would be."""
    return evidence / AUTHORED / CONTENTS


def is_named(page: str, contents: Mapping[str, Any]) -> bool:
    """Return whether a table of contents names a page."""
    return any(fnmatchcase(page, pattern) for pattern in _patterns(contents))


def _patterns(item: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(item[key]) for key in ("root", "file", "glob") if key in item)
    for key in LISTING:
        for below in item.get(key, ()):
            yield from _patterns(below)


def slips_of_contents(project: Project, evidence: Path) -> list[Problem]:
    """Return a warning for each page that only the contents or only a folder names, and for marks that nobody sees.

    Contents that cannot be read are refused.
    """
    return [*_unwritten_pages(project, evidence), *unnamed_pages(project, evidence), *_hidden(project, evidence)]


def _hidden(project: Project, evidence: Path) -> Iterator[Problem]:
    """Yield the marks of authored pages that nobody sees, of which some turn what follows or speak to a terminal."""
    for page in [page for root in (project.root, evidence) for page in _files_in(root / AUTHORED, "*.md")]:
        # Not by splitlines, for which such a mark ends a line.
        for number, line in enumerate(page.read_text("utf-8-sig", "replace").split("\n"), start=1):
            for found, allowed, code in marks_unseen(line, with_control=True):
                yield _warning(page, found, allowed, code, number)


_OF_PLAN = ("targets/", "areas/", f"{INDICATORS}/")
"""Folders of the pages that follow from the evidence."""


def _unwritten_pages(project: Project, evidence: Path) -> list[Problem]:
    """Return a warning for each entry of the table of contents that leads to no page, which books leave out."""
    path = contents_file(project, evidence)
    if not (project.root / "notebooks").is_dir():
        # Not called in a project: its pages are elsewhere.
        return []
    named, lines = read_settings(path), path.read_text(encoding="utf-8").splitlines()
    pages = {*_written(project, evidence), CATALOGUE}
    return [
        _unwritten(pattern, path, lines)
        for pattern in dict.fromkeys(_patterns(named))
        if not pattern.startswith(_OF_PLAN) and not any(fnmatchcase(page, pattern) for page in (*pages, *_OF_PLAN))
    ]


def _unwritten(pattern: str, path: Path, lines: Sequence[str]) -> Problem:
    entry = re.compile(rf"\W{re.escape(pattern)}['\"}}\s]*(#.*)?$")
    line = next((number for number, text in enumerate(lines, start=1) if entry.search(text)), None)
    remedy = f"names of pages, without folder and .md, that stand in {AUTHORED}/ or notebooks/; the book leaves it out"
    return _warning(path, pattern, remedy, "page_unwritten", line)


def _warning(path: Path, found: str, allowed: str, code: str, line: int | None = None) -> Problem:
    return Problem(path.as_posix(), line, "", found, allowed, code, "warning")


def _written(project: Project, evidence: Path) -> set[str]:
    """Return the names of the pages that somebody writes, and of those that a template makes."""
    authored = {
        page.stem for root in (project.root, evidence) for page in (root / AUTHORED).glob("*/*.md") if page.is_file()
    }
    return authored | {page.stem.replace("_", "-") for page in (project.root / "notebooks").glob("*.ipynb")}


def unnamed_pages(project: Project, evidence: Path) -> list[Problem]:
    """Return a warning for each authored page that the table of contents does not name, and each file that none shows.

    An evidence folder with a table of contents of its own chooses from the project's pages, so that only its own pages
    are looked at.
    """
    path = contents_file(project, evidence)
    contents = read_settings(path)
    roots = [evidence] if path == _own_contents(evidence) else [project.root, evidence]
    pages = [page for root in roots for code in LANGUAGES for page in sorted((root / AUTHORED / code).glob("*.md"))]
    named = f"pages that {path.as_posix()} names; name it there, or move it to"
    unnamed = [
        _warning(page, "a page in no table of contents", f"{named} {page.parent.as_posix()}/parts/", "page_unnamed")
        for page in pages
        if page.is_file() and not is_named(page.stem, contents)
    ]
    own = evidence / AUTHORED
    folders = " and ".join(f"{own.as_posix()}/{code}/" for code in LANGUAGES)
    there = f"pages (.md) in {folders}, parts/ there of a name that a page includes, _static/; rename or move it"
    unread = [_warning(file, "a file that no page shows", there, "file_unread") for file in _files_unread(project, own)]
    return [*unnamed, *map(_passed_over, _no_files(own)), *unread]


def _no_files(own: Path) -> list[Path]:
    """Return what stands where own pages do and is neither file nor folder, or a folder in the place of a file."""
    there = [path for path in (own, *sorted(own.rglob("*"))) if not path.name.startswith(".")]
    return [path for path in there if os.path.lexists(path) and not _can_be_read(path, own)]


def _can_be_read(path: Path, own: Path) -> bool:
    if path.is_dir():
        return path == own or not (path.is_symlink() or path.suffix in {".md", ".yml"})
    return path.is_file() and path != own


def _passed_over(path: Path) -> Problem:
    remedy = "a file, or a folder of files; put a copy in the place of a link or pipe; the book passes it over"
    return _warning(path, "no plain file", remedy, "file_unread")


def _files_unread(project: Project, own: Path) -> list[Path]:
    """Return the files of an evidence folder's own pages that are no page, no part that one includes and not shown."""
    files = [path for path in _files_in(own, "*") if not path.name.startswith(".")]
    files = [path for path in files if path != own / CONTENTS and not path.is_relative_to(own / STATIC)]
    others = [path for path in files if path.suffix != ".md" or path.parent not in {own / code for code in LANGUAGES}]
    if not others:
        return []
    written = [page for root in (project.root / AUTHORED, own) for page in _files_in(root, "*.md")]
    written += _files_in(project.root / "notebooks", "*.ipynb")
    texts = [page.read_text("utf-8", "replace") for page in written]
    parts = {path: path.relative_to(own).parts for path in others}
    return [
        path
        for path, (lang, *below) in parts.items()
        if lang not in LANGUAGES or not any("/".join(below) in text for text in texts)
    ]


def _files_in(folder: Path, pattern: str) -> list[Path]:
    # A pipe would keep its reader for ever.
    return [path for path in sorted(folder.rglob(pattern)) if path.is_file()]


def check_pages(project: Project, evidence: Path) -> None:
    """Refuse pages that are no UTF-8, and contents that begin with a page which nobody writes or lack the sources."""
    written = [page for folder in (project.root, evidence) for page in _files_in(folder / AUTHORED, "*.md")]
    for page in sorted([*written, *_files_in(project.root / "notebooks", "*.ipynb")]):
        _refuse_other_encodings(page)
    path = contents_file(project, evidence)
    contents = read_settings(path)
    root = str(contents["root"])
    if root not in _written(project, evidence):
        raise RefusedError(f"{path}: found root: {root!r}, a page that nobody writes; put root: summary")
    if not is_named(_CITED, contents):
        raise RefusedError(f"{path}: no entry 'file: {_CITED}', where citations lead; put it into a part")


def _refuse_other_encodings(page: Path) -> None:
    data = page.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RefusedError(
            f"{page}, line {line}: byte 0x{data[error.start]:02X} is not UTF-8; write it as UTF-8"
        ) from None
