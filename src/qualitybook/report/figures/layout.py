"""Where labels go: beside the data, never on each other.

A figure is first laid out with room for everything outside the axes; then the axes stand still, and labels are moved to
places that are free. All measuring is in pixels of the figure's own canvas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from qualitybook.report import theme
from qualitybook.report.figures.marks import width, wrap

_POINTS_PER_INCH = 72.0
LEADER = 9.0
MARGIN_MM = 37.0
HEAD_GAP = 4.0
GAP = 1.5
_RINGS = (5.0, 9.0, 15.0, 24.0, 36.0)
DIRECTIONS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
_FAR = 14.0
_HIT_COST = 2.0
_TURN_COST = 1.5
_FULL_PIXEL_STEP = 2.0
_VEIL = 0.8
"""How much of the paper lies between a label and what runs behind it."""

Points = NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class MarginLabel:
    """Text to the right of the axes, at the height of a value."""

    y: float
    text: str
    colour: str = theme.INK


@dataclass(frozen=True)
class PointLabel:
    """Text beside a point of the data.

    One that is not `needed` is left out where there is no free place close by; one that may stand beside any point of a
    line names the `others`; one that belongs to a certain side names its `directions`, the best first.
    """

    x: float
    y: float
    text: str
    colour: str = theme.INK
    needed: bool = False
    size: float = theme.SIZE_SMALL
    others: tuple[tuple[float, float], ...] = ()
    directions: tuple[tuple[int, int], ...] = DIRECTIONS


def settle(figure: Figure) -> None:
    """Lay the figure out once and hold it still, so that what is measured now is what will be drawn."""
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.execute(figure)
    # Not "none", which leaves a placeholder: with any engine each file is drawn once more, only to lay it out.
    figure.set_layout_engine(None)


def scale(figure: Figure) -> float:
    """Pixels a point."""
    return figure.dpi / _POINTS_PER_INCH


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move boxes on a line apart, each as little as possible.

    The least-squares solution under the order of the boxes, by pooling neighbours that overlap (isotonic regression).
    The ends of the line are kept as long as the boxes fit between them, otherwise they run over `high`.
    """
    order = sorted(range(len(centres)), key=lambda i: (centres[i], i))
    offsets = np.concatenate([[0.0], np.cumsum([(sizes[a] + sizes[b]) / 2 for a, b in pairwise(order)])])
    pools: list[tuple[float, int]] = []
    for position, box in enumerate(order):
        pools.append((centres[box] - offsets[position], 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (left, n_left), (right, n_right) = pools[-2:]
            pools[-2:] = [((left * n_left + right * n_right) / (n_left + n_right), n_left + n_right)]
    starts = np.repeat([mean for mean, _ in pools], [n for _, n in pools])
    if order:
        last = offsets[-1] + sizes[order[-1]] / 2
        starts = np.clip(np.minimum(starts, high - last), low + sizes[order[0]] / 2, None)
    placed = [0.0] * len(order)
    for position, box in enumerate(order):
        placed[box] = float(starts[position] + offsets[position])
    return placed


def add_margin_labels(axes: Axes, labels: Iterable[MarginLabel], room: float | None = None) -> list[Annotation]:
    """Write labels to the right of the axes, with a short leader; `spread_margin_labels` sets their heights."""
    return [
        axes.annotate(
            wrap(label.text, room or theme.share(MARGIN_MM), theme.SIZE_SMALL),
            xy=(1.0, label.y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(LEADER, 0.0),
            textcoords="offset points",
            va="center",
            ha="left",
            color=label.colour,
            fontsize=theme.SIZE_SMALL,
            linespacing=theme.LINE_SPACING,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": label.colour,
                "linewidth": 0.7,
                "shrinkA": 1.0,
                "shrinkB": 1.0,
                "relpos": (0.0, 0.5),
            },
        )
        for label in labels
    ]


def spread_margin_labels(axes: Axes, annotations: Sequence[Annotation]) -> None:
    """Move labels beside settled axes up and down until none covers another."""
    figure = _figure(axes)
    pixels = scale(figure)
    anchors = [float(axes.get_yaxis_transform().transform((1.0, note.xy[1]))[1]) for note in annotations]
    heights = [_text_size(note.get_text(), theme.SIZE_SMALL, pixels)[1] + 2 * GAP * pixels for note in annotations]
    frame = axes.get_window_extent()
    for note, anchor, place in zip(
        annotations, anchors, spread(anchors, heights, frame.y0 - 4 * pixels, frame.y1 + 4 * pixels), strict=True
    ):
        note.xyann = (LEADER, (place - anchor) / pixels)


def points_along(axes: Axes, x: Iterable[float], y: Iterable[float]) -> Points:
    """Sample a line of the data every few pixels, as ground for labels not to cover; breaks (NaN) are left open."""
    corners = axes.transData.transform(np.column_stack([np.asarray(list(x), float), np.asarray(list(y), float)]))
    samples = [corners[np.isfinite(corners).all(axis=1)]]
    for start, end in pairwise(corners):
        if np.isfinite([start, end]).all():
            steps = max(2, int(np.hypot(*(end - start)) / _FULL_PIXEL_STEP))
            samples.append(start + np.linspace(0, 1, steps)[:, None] * (end - start))
    return np.vstack(samples)


def points_around(axes: Axes, x: Iterable[float], y: Iterable[float], radius: float) -> Points:
    """Sample the outline of round marks of `radius` points, as `points_along` does lines."""
    centres = axes.transData.transform(np.column_stack([np.asarray(list(x), float), np.asarray(list(y), float)]))
    centres = centres[np.isfinite(centres).all(axis=1)]
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * radius * scale(_figure(axes))
    around: Points = np.vstack([centres, (centres[:, None, :] + ring[None, :, :]).reshape(-1, 2)])
    return around


def points_up(axes: Axes, x: float, y: float, reach: float) -> Points:
    """Sample a vertical stroke of `reach` points (down if negative) from a point of the data."""
    foot = axes.transData.transform((x, y))
    steps = np.linspace(0, reach * scale(_figure(axes)), 8)
    stroke: Points = foot + np.column_stack([np.zeros_like(steps), steps])
    return stroke


def place(axes: Axes, labels: Sequence[PointLabel], ground: Points, taken: Iterable[Bbox] = ()) -> list[PointLabel]:
    """Write labels beside their points, each where it covers least of the ground: pixels of marks, shape (n, 2).

    Return the needed labels for which there was no place without touching another label.
    """
    boxes = list(taken)
    homeless = []
    for label in labels:
        home = _best_home(axes, label, ground, boxes)
        if home is None:
            homeless += [label] if label.needed else []
            continue
        point, box = home
        boxes.append(box)
        _write(axes, label, point, box)
    return homeless


def _best_home(axes: Axes, label: PointLabel, ground: Points, taken: Sequence[Bbox]) -> tuple[Place, Bbox] | None:
    """Return the point and the free box beside it that covers least of the ground, or None."""
    pixels = scale(_figure(axes))
    size = _text_size(label.text, label.size, pixels)
    best, cheapest = None, np.inf
    for turn, point in enumerate([(label.x, label.y), *label.others]):
        for rank, box in enumerate(_boxes_around(axes.transData.transform(point), size, pixels, label)):
            if not _free(axes, box, taken):
                continue
            hits = int(box.count_contains(ground))
            cost = hits * _HIT_COST + rank + turn * _TURN_COST
            if cost < cheapest and (label.needed or not hits):
                best, cheapest = (point, box), cost
    return best


def _boxes_around(anchor: Points, size: tuple[float, float], pixels: float, label: PointLabel) -> Iterator[Bbox]:
    """Yield boxes beside a point, from near to far; only a needed label goes far."""
    wide, high = size
    for ring in _RINGS if label.needed else _RINGS[:2]:
        for dx, dy in label.directions:
            centre = anchor + np.array([dx, dy]) * ring * pixels + np.array([dx * wide, dy * high]) / 2
            yield Bbox.from_bounds(centre[0] - wide / 2, centre[1] - high / 2, wide, high)


def _free(axes: Axes, box: Bbox, taken: Sequence[Bbox]) -> bool:
    """Whether a box lies in the axes and apart from the boxes that are taken."""
    gap = GAP * scale(_figure(axes))
    return _inside(box, axes.get_window_extent()) and not any(_touch(box, other, gap) for other in taken)


def _write(axes: Axes, label: PointLabel, point: Place, box: Bbox) -> None:
    """Write a label into its box, with a leader if it stands far from its point."""
    pixels = scale(_figure(axes))
    anchor = axes.transData.transform(point)
    offset = (np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]) - anchor) / pixels
    nearest = np.clip(anchor, [box.x0, box.y0], [box.x1, box.y1])
    far = np.hypot(*(nearest - anchor)) > _FAR * pixels
    leader = {"arrowstyle": "-", "color": label.colour, "linewidth": 0.6, "shrinkA": 0.0, "shrinkB": 4.0}
    axes.annotate(
        label.text,
        xy=point,
        xytext=(float(offset[0]), float(offset[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        color=label.colour,
        fontsize=label.size,
        linespacing=theme.LINE_SPACING,
        arrowprops=leader if far else None,
        annotation_clip=False,
        zorder=6,
        # Not a rim around the letters, which would make outlines of them.
        bbox={"boxstyle": "square,pad=0.05", "facecolor": theme.PAPER, "edgecolor": "none", "alpha": _VEIL},
    )


def write_beside(axes: Axes, y: float, text: str, colour: str, gap: float) -> None:
    """Write text to the right of axes at the height of a row, so many points from them."""
    axes.annotate(
        text,
        (1, y),
        (gap, 0),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        va="center",
        fontsize=theme.SIZE_SMALL,
        color=colour,
        linespacing=theme.LINE_SPACING,
        annotation_clip=False,
    )


def write_above(axes: Axes, text: str, height: float, colour: str, *, size: float = theme.SIZE_SMALL) -> None:
    """Write text above axes, `height` points up, from their left edge."""
    axes.annotate(
        text,
        xy=(0.0, 1.0),
        xycoords="axes fraction",
        xytext=(0, height),
        textcoords="offset points",
        ha="left",
        va="bottom",
        fontsize=size,
        color=colour,
        linespacing=theme.LINE_SPACING,
    )


def _inside(box: Bbox, frame: Bbox) -> bool:
    """Whether a box lies within the frame."""
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1)


def _touch(box: Bbox, other: Bbox, gap: float) -> bool:
    """Whether two boxes come closer than the gap."""
    apart_x = box.x1 + gap <= other.x0 or other.x1 + gap <= box.x0
    apart_y = box.y1 + gap <= other.y0 or other.y1 + gap <= box.y0
    return bool(not (apart_x or apart_y))


def _text_size(text: str, size: float, pixels: float) -> tuple[float, float]:
    """Width and height of text in pixels."""
    lines = text.split("\n")
    return max(width(line, size) for line in lines) * pixels, len(lines) * size * theme.LINE_SPACING * pixels


def _figure(axes: Axes) -> Figure:
    """Return the figure that axes belong to, with a canvas that can measure."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure)
    return figure
