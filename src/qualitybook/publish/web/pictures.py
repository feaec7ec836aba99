"""Pictures that say how large they are, so that the text below them does not move when they arrive."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

_LENGTH = re.compile(r"([0-9.]+)(px|pt|mm|cm|in)?")
# CSS pixels in one of each unit.
_PIXELS = {None: 1.0, "px": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def pixels(length: str | None) -> int | None:
    """Return an SVG length in CSS pixels, None where there is none."""
    match = _LENGTH.fullmatch(length or "")
    return round(float(match[1]) * _PIXELS[match[2]]) if match else None


def svg_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of an SVG file in CSS pixels, None where it does not say."""
    _, root = next(ElementTree.iterparse(path, events=("start",)))
    width, height = pixels(root.get("width")), pixels(root.get("height"))
    if width and height:
        return width, height
    box = [float(number) for number in (root.get("viewBox") or "").split()]
    return (round(box[2]), round(box[3])) if len(box) == 4 else None


def visit_picture(translator: HTML5Translator, node: nodes.image) -> None:
    """Write a picture as Sphinx does, and its size into the tag: docutils knows sizes as styles only."""
    path = Path(translator.builder.srcdir, node["uri"])
    size = svg_size(path) if path.suffix == ".svg" and path.is_file() else None
    type(translator).visit_image(translator, node)
    if size is not None:
        width, height = size
        tag = translator.body.pop()
        translator.body.append(tag.replace("<img ", f'<img width="{width}" height="{height}" ', 1))


def depart_picture(translator: HTML5Translator, node: nodes.image) -> None:
    """Do what Sphinx does after a picture."""
    type(translator).depart_image(translator, node)


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_node(nodes.image, override=True, html=(visit_picture, depart_picture))
