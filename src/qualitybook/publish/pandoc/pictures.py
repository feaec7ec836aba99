"""Drawings as pixels, for a form that needs them so."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import typst
from PIL import Image

from qualitybook.publish.typst.text import FONT_FOLDERS, string

_DOTS_PER_INCH = 192.0


def rasters(drawings: Sequence[Path]) -> None:
    """Draw pictures of one folder as pixels, each beside its drawing."""
    if not drawings:
        return
    pages = "\n#pagebreak()\n".join(f"#image({string('/' + path.name)})" for path in drawings)
    folder = drawings[0].parent
    source = folder / "pictures.typ"
    source.write_text(f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n", encoding="utf-8")
    made = typst.compile(
        str(source),
        format="png",
        ppi=_DOTS_PER_INCH,
        root=str(folder),
        font_paths=FONT_FOLDERS,
        ignore_system_fonts=True,
    )
    for path, pixels in zip(drawings, made if isinstance(made, list) else [made], strict=True):
        # A picture that does not say how fine it is would be shown several times as large.
        with Image.open(io.BytesIO(pixels)) as drawn:
            drawn.save(path.with_suffix(".png"), dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH))
