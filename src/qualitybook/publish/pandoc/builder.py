"""Builders of the forms that pandoc writes: all documents in the order of the contents, as one file."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from docutils import nodes

from qualitybook.publish.documents import BookError, words_of
from qualitybook.publish.environment import own_environment
from qualitybook.publish.pandoc.tree import Node, Shared, Translator, attributes, node, plain
from qualitybook.publish.typst import press
from qualitybook.publish.typst.builder import Chapter, Part, WholeBook
from qualitybook.publish.typst.labels import labels_of
from qualitybook.publish.typst.pictures import rasters
from qualitybook.publish.typst.text import admonition_titles
from qualitybook.report.compact import beside_texts

_EACH = re.compile(r"^(?=\[)", re.MULTILINE)
_ID = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:href="#|url\(#)([^")]+)')
# Pandoc has no words in every language (none for zh-CN, which it knows as zh-Hans); the book brings its own.
_NO_WORDS = re.compile(r"\[WARNING\] (?:Could not load translations for|The term \w+ has no translation)")


class PandocBuilder(WholeBook):
    """What both forms have in common."""

    supported_image_types = ["image/svg+xml", "image/png", "image/jpeg"]  # noqa: RUF012 - Sphinx's name
    # Sphinx asks for one; the tree is made without it.
    default_translator_class = nodes.SparseNodeVisitor
    suffix = ""

    def write(self, *ignored: Any) -> None:
        """Write the file; raise BookError for an unknown node, a reference to nowhere, and what pandoc reports."""
        parts, names = self.contents()
        trees = {name: self.completed(name) for name in names}
        blocks = list(self._parts(parts, trees))
        self._press(json.dumps(self._document(blocks)).encode(), self.copy_images())

    def _parts(self, parts: Iterable[Part], trees: Mapping[str, nodes.document]) -> Iterator[Node]:
        """Yield the blocks of each part."""
        labels, led_to = labels_of(trees)
        titles = admonition_titles(words_of(self.config))
        shared = Shared(labels, led_to, titles, self._caption_number, self.image_names())
        for number, part in enumerate(parts):
            if part.caption:
                yield node("Header", 1, attributes(f"part-{number}", classes=["part"]), plain(part.caption))
            for chapter in part.chapters:
                yield from self._chapter(shared, trees, chapter, 2 if part.caption else 1)

    def _chapter(
        self, shared: Shared, trees: Mapping[str, nodes.document], chapter: Chapter, level: int
    ) -> Iterator[Node]:
        tree, name = trees[chapter.docname], chapter.docname
        number = ".".join(map(str, self.env.toc_secnumbers.get(name, {}).get("", ())))
        yield from Translator(shared, tree, name, level, f"{number} " if number else "").blocks(tree.children)
        for below in chapter.below:
            yield from self._chapter(shared, trees, below, level + 1)

    def _caption_number(self, docname: str, kind: str, target: str) -> str:
        """Return what stands before a caption, as the website has it."""
        number = self.env.toc_fignumbers.get(docname, {}).get(kind, {}).get(target)
        if not number:
            return ""
        return self.config.numfig_format[kind] % ".".join(map(str, number)) + " "

    def image_names(self) -> dict[str, str]:
        """Return the name of each image's file."""
        return dict(self.images)

    def _document(self, blocks: list[Node]) -> dict[str, Any]:
        config = self.config
        told = {
            "title": config.typst_title,
            "subtitle": config.typst_subtitle,
            "author": config.typst_author,
            "date": self.day(),
            "lang": words_of(config).language.html,
        }
        # Without one of its own an electronic book gets a random one.
        told["identifier"] = uuid5(NAMESPACE_URL, "\n".join(map(str, [config.typst_edition, *told.values()]))).urn
        meta = {name: node("MetaInlines", plain(str(value))) for name, value in told.items() if value}
        return {"pandoc-api-version": _api(), "meta": meta, "blocks": blocks}

    def day(self) -> str:
        """Return the day that the form carries, as it writes one."""
        return str(self.config.typst_as_of)

    def _press(self, document: bytes, images: Path) -> None:
        finished = Path(self.outdir, f"book{self.suffix}")
        options = ["--from=json", f"--resource-path={images}", f"--output={finished}"]
        _pandoc([*options, *self.options()], document)
        self.improve(finished)

    def options(self) -> list[str]:
        """Return what pandoc is told beside the document."""
        return []

    def improve(self, made: Path) -> None:
        """Do to the file what pandoc cannot."""


def _pandoc(options: Sequence[str], document: bytes = b"") -> bytes:
    import pypandoc

    command = [pypandoc.get_pandoc_path(), *options]
    done = subprocess.run(command, env=own_environment(), input=document, capture_output=True, check=False)
    said = done.stderr.decode(errors="replace").strip()
    told = [each.strip() for each in _EACH.split(said) if each and not _NO_WORDS.match(each)]
    if done.returncode or told:
        raise BookError("\n".join(told) or said)
    return done.stdout


def _api() -> list[int]:
    """Return the version of pandoc's tree."""
    version: list[int] = json.loads(_pandoc(["--from=markdown", "--to=json"]))["pandoc-api-version"]
    return version


class WordBuilder(PandocBuilder):
    """Writes a document for Word and WPS: pictures as pixels, contents, page numbers, Chinese faces."""

    name = format = "pandoc-docx"
    suffix = ".docx"

    def options(self) -> list[str]:
        """Ask for the contents, which Word brings up to date."""
        title = words_of(self.config).gettext("Contents")
        return ["--to=docx", "--toc", "--toc-depth=2", f"--metadata=toc-title:{title}"]

    def image_names(self) -> dict[str, str]:
        """Return the name of each image's file, a drawing's as pixels."""
        return {
            uri: str(Path(name).with_suffix(".png")) if name.endswith(".svg") else name
            for uri, name in self.images.items()
        }

    def copy_images(self) -> Path:
        """Put the images there, drawings as pixels."""
        folder = super().copy_images()
        rasters(sorted(folder.glob("*.svg")), press.lock_of(Path(self.srcdir)))
        return folder

    def improve(self, made: Path) -> None:
        """Give it faces, page numbers and styles."""
        # Needs what the extra brings.
        from qualitybook.publish.pandoc.word import dress

        dress(made, words_of(self.config))


class EpubBuilder(PandocBuilder):
    """Writes an electronic book."""

    name = format = "pandoc-epub"
    suffix = ".epub"

    def options(self) -> list[str]:
        """Ask for formulas that readers draw, a file for each chapter, and contents down to the sections."""
        style = Path(__file__).with_name("epub.css")
        return ["--to=epub3", "--mathml", "--toc-depth=3", "--split-level=2", f"--css={style}"]

    def day(self) -> str:
        """Return the day in figures, as such books have it."""
        return str(self.config.typst_date)

    def copy_images(self) -> Path:
        """Put the images there, drawings without the names that nothing uses: they may come more than once."""
        folder = super().copy_images()
        for path in folder.glob("*.svg"):
            path.write_text(_without_idle_names(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        return folder


def _without_idle_names(drawn: str) -> str:
    """Return a drawing without the names that nothing in it uses."""
    used = set(_USED.findall(drawn))
    return beside_texts(lambda tags: _ID.sub(lambda found: found[0] if found[1] in used else "", tags), drawn)


BUILDERS = (WordBuilder, EpubBuilder)
