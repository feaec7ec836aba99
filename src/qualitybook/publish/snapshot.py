"""One state of evidence and pages: what a book is made from is read once, so that edits meanwhile are for the next."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from time import sleep
from xml.etree import ElementTree

from qualitybook.errors import RefusedError, in_one_line
from qualitybook.evidence.schema import DESCRIPTOR_NAME, SETTINGS_NAME, TABLES
from qualitybook.evidence.seals import SEALS
from qualitybook.evidence.store import JOURNAL, STAGING, interrupted
from qualitybook.publish.cache import LEFT_OUT, digests_of_files, files_below, write_files
from qualitybook.publish.environment import MEBIBYTE
from qualitybook.publish.layout import AUTHORED, REQUIRED, Project

_ACTING = frozenset(
    {".js", ".mjs", ".css", ".html", ".htm", ".xhtml", ".xht", ".shtml", ".xml", ".xsl", ".xslt", ".svgz", ".mhtml"}
)
"""Scripts and style sheets, which Jupyter Book puts into every page, and what is shown as a page without a policy."""
_DRAWING = ".svg"
_ACTING_PARTS = frozenset({"script", "foreignObject", "handler", "listener"})
_LOADED = re.compile(r"@import|image-set\(|(?:url|src)\((?!\s*[\"']?\s*(?:#|data:))", re.IGNORECASE)
"""What a style loads besides parts of the picture itself."""
_XHTML = "{http://www.w3.org/1999/xhtml}"
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MOST_BYTES = 512 * MEBIBYTE
"""What a folder may bring to a book, of which copies lie in the build and on the site."""
_MOST_READINGS = 20
_PAUSE = 0.1


def take(evidence: Path, out: Path) -> Path:
    """Copy what a book is made from to a folder of its own, as it stands at one moment, and return that.

    Refuse a link out of the evidence folder, a script, and a folder that does not come to rest within two seconds.
    """
    found = files_of(evidence)
    for _ in range(_MOST_READINGS):
        # What is the same twice was so in between, in whatever order others write their files.
        before, found = found, files_of(evidence)
        if before == found and not interrupted(evidence):
            break
        sleep(_PAUSE)
    else:
        # What a killed command has left half done is for the check to tell.
        if not interrupted(evidence):
            raise RefusedError(f"{evidence} changes all the time; build again when nobody writes there")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    write_files(found, out)
    return out


def take_both(evidence: Path, project: Project, out: Path, out_project: Path) -> tuple[Path, Project]:
    """Copy evidence and project to folders of their own, as both stand at one moment; see `take` and `take_project`."""
    for _ in range(_MOST_READINGS):
        taken, as_taken = take(evidence, out), take_project(project, out_project)
        if files_of(evidence) == files_of(taken):
            return taken, as_taken
    raise RefusedError(f"{evidence} changes all the time; build again when nobody writes there")


def take_project(project: Project, out: Path) -> Project:
    """Copy templates, authored pages and settings to a folder of their own, as they stand at one moment.

    A page is stored under the digest of its template: one that changed between both would be found again under another.
    Refuse what does not come to rest within two seconds.
    """
    for left in reversed(range(_MOST_READINGS)):
        before = _parts_of(project)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        try:
            for part in filter(lambda name: (project.root / name).exists(), REQUIRED):
                _copy(project.root / part, out / part)
        except OSError:
            # What was there when it was looked for may be gone a moment later.
            if not left:
                raise
        if before == _parts_of(project) and before.items() <= _parts_of(Project(out)).items():
            return Project(out)
        sleep(_PAUSE)
    raise RefusedError(f"{project.root.resolve()} changes all the time; build again when nobody writes there")


def _parts_of(project: Project) -> dict[str, str]:
    """Return the SHA-256 of the files of a project by path, of those that are there."""
    found: dict[str, str] = {}
    for part in REQUIRED:
        with suppress(FileNotFoundError):
            digests = digests_of_files(project.root / part)
            found |= {f"{part}/{name}": digest for name, digest in digests.items()}
    return found


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copyfile(source, target)
    else:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT), ignore_dangling_symlinks=True)


def files_of(evidence: Path) -> dict[str, bytes]:
    """Return the files that a book is made from, and the note of a change that is being made, by path."""
    names = [*(table.path for table in TABLES), SETTINGS_NAME, DESCRIPTOR_NAME, f"{STAGING}/{JOURNAL}"]
    paths = [evidence / name for name in names if (evidence / name).is_file()]
    paths += sorted((evidence / SEALS).glob("*.*"))
    root, found, left = evidence.resolve(), {}, _MOST_BYTES
    for path in (*paths, *files_below(evidence / AUTHORED)):
        if _NO_NAME.search(path.relative_to(evidence).as_posix()):
            named = in_one_line(str(path))
            raise RefusedError(f"{named}: a name that is no text on one line in UTF-8; rename the file")
        if path.suffix.lower() in _ACTING:
            raise RefusedError(f"{path} would act in a reader's browser; take it out of the evidence folder")
        if not path.resolve().is_relative_to(root):
            raise RefusedError(f"{path} leads to {path.resolve()}, outside of the evidence folder; put a copy there")
        with suppress(FileNotFoundError):
            left -= path.stat().st_size
            if left < 0:
                most = f"{_MOST_BYTES // MEBIBYTE} MiB"
                raise RefusedError(f"{evidence} holds more than {most} for a book; make {path} or others smaller")
            data = path.read_bytes()
            if path.suffix.lower() == _DRAWING and (acting := _acting(data)):
                raise RefusedError(
                    f"{path} is a picture that would act in a reader's browser or load other files, or none at all "
                    f"({acting}); save it without scripts, with all that it shows inside it, and text in foreignObject "
                    "as plain text (in draw.io: without formatted text)"
                )
            found[path.relative_to(evidence).as_posix()] = data
    return found


def _acting(drawing: bytes) -> str:
    """Return what of an SVG does something where it is opened by itself; the pictures of a page do nothing."""
    try:
        root = ElementTree.fromstring(drawing)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        return str(error)
    if b"<?xml-stylesheet" in drawing:
        return "xml-stylesheet"
    return next((element.tag.rpartition("}")[2] for element in root.iter() if _is_acting(element)), "")


def _is_acting(element: ElementTree.Element) -> bool:
    name = element.tag.rpartition("}")[2]
    if name in _ACTING_PARTS or element.tag.startswith(_XHTML):
        return True
    if name == "style" and _LOADED.search("".join(element.itertext())):
        return True
    return any(_does_something(name, key.rpartition("}")[2], value) for key, value in element.attrib.items())


def _does_something(element: str, name: str, value: str) -> bool:
    """Whether an attribute of an SVG runs something, or loads what is no part of the picture."""
    plain = "".join(value.split()).lower()
    # Inkscape's path effects have only_selected; events are of letters alone.
    if (name.startswith("on") and name.isalpha()) or "javascript:" in plain or _LOADED.search(value):
        return True
    if name == "attributeName":
        return plain.endswith("href")
    return name == "href" and element != "a" and not plain.startswith(("#", "data:"))
