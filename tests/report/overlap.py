"""Measure the text of a figure as it is rendered: what overlaps, and what is cut off.

A figure is matplotlib's or the text of an SVG whose letters are letters.
"""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from qualitybook.report.figures.marks import width

TOLERANCE = 0.75
"""Pixels by which two boxes may run into each other before a reader could see it."""


SVG = "{http://www.w3.org/2000/svg}"
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def svg_text_boxes(drawn: str) -> list[tuple[str, Bbox]]:
    """Return the texts of an SVG with their boxes in its own units."""
    boxes = []
    root = ElementTree.fromstring(drawn)
    above = {child: parent for parent in root.iter() for child in parent}
    for text in root.iter(f"{SVG}text"):
        # What texts that look alike have in common stands in the group that holds them.
        look = {**above[text].attrib, **text.attrib}
        size, words = float(look["font-size"]), text.text or ""
        wide = width(words, size)
        left = float(text.attrib["x"]) - ANCHORS[look.get("text-anchor", "start")] * wide
        boxes.append((words, Bbox.from_bounds(left, float(text.attrib["y"]) - 0.86 * size, wide, size)))
    return boxes


def text_boxes(figure: Figure | str) -> list[tuple[str, Bbox]]:
    """Return the visible texts of a figure with their boxes in pixels, without leaders."""
    if isinstance(figure, str):
        return svg_text_boxes(figure)
    # All that drawing settles, without a pixel.
    figure.draw_without_rendering()
    renderer = FigureCanvasAgg(figure).get_renderer()
    hidden = _undrawn_tick_labels(figure)
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts if id(text) not in hidden]


def _undrawn_tick_labels(figure: Figure) -> set[int]:
    """Find tick labels that exist without being drawn: outside the range of their axis, or of no tick any more."""
    hidden = set()
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, sorted(axes.get_xlim())), (axes.yaxis, sorted(axes.get_ylim()))):
            shown = axis.get_major_ticks(len(axis.get_majorticklocs()))
            for tick in {*axis.majorTicks, *axis.minorTicks}:
                if tick not in shown or not limits[0] <= tick.get_loc() <= limits[1]:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return hidden


def hard_to_read(figure: Figure | str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return pairs of texts whose boxes overlap, and texts that run over the edge of the figure."""
    boxes = text_boxes(figure)
    return _overlapping(boxes), _cut_off(boxes, _page(figure))


def _overlapping(boxes: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, first), (other, second) in combinations(boxes, 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > TOLERANCE
        and min(first.y1, second.y1) - max(first.y0, second.y0) > TOLERANCE
    ]


def _cut_off(boxes: list[tuple[str, Bbox]], page: Bbox) -> list[str]:
    return [
        text
        for text, box in boxes
        if box.x0 < page.x0 - TOLERANCE
        or box.x1 > page.x1 + TOLERANCE
        or box.y0 < page.y0 - TOLERANCE
        or box.y1 > page.y1 + TOLERANCE
    ]


def _page(figure: Figure | str) -> Bbox:
    if not isinstance(figure, str):
        return Bbox(figure.bbox.get_points())
    box = [float(number) for number in ElementTree.fromstring(figure).attrib["viewBox"].split()]
    return Bbox.from_bounds(*box)
