"""Drawings as pixels: for a form that needs them so, and all figures of a book for slides, as one archive."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from PIL import Image

from qualitybook.evidence.seals import packed
from qualitybook.publish.documents import BookError
from qualitybook.publish.typst import press
from qualitybook.publish.typst.builder import WholeBook
from qualitybook.publish.typst.text import FONT_FOLDERS, string

_DOTS_PER_INCH = 192.0
"""In a document, where a picture is as wide as the text."""
_FOR_SLIDES = 288.0
"""A figure over the whole width of a page fills a screen of 1920 pixels."""


def rasters(drawings: Sequence[Path], lock: Path, dots_per_inch: float = _DOTS_PER_INCH) -> None:
    """Draw pictures of one folder as pixels, each beside its drawing."""
    if not drawings:
        return
    pages = "\n#pagebreak()\n".join(f"#image({string('/' + path.name)})" for path in drawings)
    folder = drawings[0].parent
    source = folder / "pictures.typ"
    source.write_text(f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n", encoding="utf-8")
    error, _ = press.typeset(
        lock,
        folder / "{p}.page",
        is_awaited=True,
        input=str(source),
        format="png",
        ppi=dots_per_inch,
        root=str(folder),
        font_paths=FONT_FOLDERS,
        ignore_system_fonts=True,
    )
    if error:
        raise BookError(error)
    for number, path in enumerate(drawings, start=1):
        # A picture that does not say how fine it is would be shown several times as large.
        with Image.open(folder / f"{number}.page") as drawn:
            drawn.save(path.with_suffix(".png"), dpi=(dots_per_inch, dots_per_inch))


class PicturesBuilder(WholeBook):
    """Packs the figures of a book as pixels into one archive."""

    name = format = "figures-png"
    # Sphinx asks for one; nothing is translated.
    default_translator_class = nodes.SparseNodeVisitor

    def write(self, *ignored: Any) -> None:
        """Write the archive."""
        folder = Path(self.outdir, "figures")
        folder.mkdir(exist_ok=True)
        drawings = [Path(shutil.copyfile(path, folder / path.name)) for path in self._figures()]
        rasters(drawings, press.lock_of(Path(self.srcdir)), _FOR_SLIDES)
        made = [path.with_suffix(".png") for path in drawings]
        Path(self.outdir, "figures.zip").write_bytes(packed({path.name: path.read_bytes() for path in made}))

    def _figures(self) -> list[Path]:
        """Return the drawings that stand in figures, each once, in the order of the book."""
        _, pages = self.contents()
        figures = [figure for name in pages for figure in self.env.get_doctree(name).findall(nodes.figure)]
        uris = [image["uri"] for figure in figures for image in figure.findall(nodes.image)]
        return [Path(self.srcdir, uri) for uri in dict.fromkeys(uris) if uri.endswith(".svg")]
