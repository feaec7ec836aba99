"""Drawings as pixels, for a form that needs them so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from qualitybook.publish.documents import BookError
from qualitybook.publish.typst import press
from qualitybook.publish.typst.text import FONT_FOLDERS, string

_DOTS_PER_INCH = 192.0


def rasters(drawings: Sequence[Path], lock: Path) -> None:
    """Draw pictures of one folder as pixels, each beside its drawing."""
    if not drawings:
        return
    pages = "\n#pagebreak()\n".join(f"#image({string('/' + path.name)})" for path in drawings)
    folder = drawings[0].parent
    source = folder / "pictures.typ"
    source.write_text(f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n", encoding="utf-8")
    command = press.command_of(
        lock,
        folder / "{p}.page",
        input=str(source),
        format="png",
        ppi=_DOTS_PER_INCH,
        root=str(folder),
        font_paths=FONT_FOLDERS,
        ignore_system_fonts=True,
    )
    # Never left for later: the document takes the pictures in.
    error, _ = press.run(command)
    if error:
        raise BookError(error)
    for number, path in enumerate(drawings, start=1):
        # A picture that does not say how fine it is would be shown several times as large.
        with Image.open(folder / f"{number}.page") as drawn:
            drawn.save(path.with_suffix(".png"), dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH))
