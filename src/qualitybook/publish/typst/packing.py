"""PDFs without their slack: Typst writes the tags of a book, two thirds of its bytes, as plain text, one by one."""

from __future__ import annotations

from pathlib import Path

import pikepdf

_OBJECT_STREAMS = "1.5"
"""The version of PDF from which on objects may be kept together, compressed; PDF/A-1 asks for an older one."""


def main(path: Path) -> None:
    """Pack a PDF: the same objects and the same contents, in fewer bytes."""
    packed = path.with_name(f"{path.name}.packed")
    with pikepdf.open(path) as pdf:
        if pdf.pdf_version < _OBJECT_STREAMS:
            return
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    packed.replace(path)
