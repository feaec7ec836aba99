"""Charts written as SVG directly: one indicator in few places, indicators side by side, and a line without axes.

They stand on the scales and in the colours of the other figures. Letters stay letters; each published figure is a mark
that says what it is in its title; each colour is a class beside its value, so that a page whose style sheet knows the
classes makes the picture follow its theme. All lengths are points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from qualitybook.report import theme
from qualitybook.report.compact import number as _n
from qualitybook.report.compact import way as _way
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import BOUNDS, POINTS_PER_MM, width, wrap

STYLES = (("observed", ""), ("proxy", "7 2 1.5 2"), ("context", "1.5 2"))
"""Role of the colour and dashes of the line, place by place."""
MOST_PLACES = len(STYLES)

_EDGE = 2.0 * POINTS_PER_MM
_LINE = 1.4
_SLACK = 0.92
"""Share of a line that a text may take: readers' own faces may be wider than the book's."""
_BASELINE = 0.36
"""What lowers a line of text so that its middle is where it should stand, as a share of its size."""
_ODD = 0.02


@dataclass(frozen=True)
class Form:
    """How wide a picture is, how large its letters are, and how many charts stand side by side."""

    width: float
    text: float
    tiny: float
    columns: int
    has_margin: bool
    """Whether places are named to the right of the axes, else above them."""
    has_titles: bool
    """Whether marks say what they are; a variant leaves it to the picture that it stands for."""


WIDE = Form(theme.WIDTH_MM * POINTS_PER_MM, theme.SIZE_SMALL, theme.SIZE_TINY, 3, has_margin=True, has_titles=True)
NARROW = Form(256.5, 8.5, 8.5, 1, has_margin=False, has_titles=False)
"""For a screen of 390 pixels, on which letters have 11 of them."""


@dataclass(frozen=True)
class Mark:
    """A published figure as it is drawn."""

    start: float
    end: float
    """Decimal years: 2022 and 2023 for the year 2022."""
    value: float
    qualifier: str
    grade: str
    basis: str
    is_whole: bool
    """Whether a line may join it to others."""
    is_hollow: bool
    title: str = ""
    """What it says of itself, a line a fact."""

    @property
    def x(self) -> float:
        """Its place on the axis of years, where a whole year stands at its own number."""
        return (self.start + self.end) / 2 - 0.5

    @property
    def is_bound(self) -> bool:
        """Whether it is an arrow."""
        return self.qualifier in BOUNDS

    @property
    def is_odd(self) -> bool:
        """Whether its period is longer or shorter than a year."""
        return abs(self.end - self.start - 1) > _ODD


@dataclass(frozen=True)
class Axis:
    """What the axis of values shows."""

    unit: str
    """In words."""
    limits: marks.Limits = (None, None)
    """Bounds the indicator cannot leave."""
    shift: int = 0
    """Power of ten that makes what the axis shows of the values."""
    is_count: bool = False
    """Whether its values are whole numbers."""


@dataclass(frozen=True)
class Place:
    """The figures of one place, at least one, and what is written beside the latest."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Panel:
    """One small chart of several."""

    title: str
    """Name of the indicator; long ones are broken into lines."""
    marks: tuple[Mark, ...]
    axis: Axis
    last_text: str
    """What is written beside the unit."""


@dataclass(frozen=True)
class _Plot:
    """A chart's box, and what its edges stand for."""

    left: float
    top: float
    width: float
    height: float
    years: tuple[float, float]
    values: tuple[float, float]

    def x(self, year: float) -> float:
        """Return where a year stands."""
        first, last = self.years
        return self.left + (year - first) / (last - first) * self.width

    def y(self, value: float) -> float:
        """Return where a value stands."""
        low, high = self.values
        return self.top + (high - value) / (high - low) * self.height


def write(path: Path, draw: Callable[[Form], str]) -> None:
    """Write a picture and, beside it, the same for narrow screens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draw(WIDE), encoding="utf-8", newline="\n")
    path.with_suffix(theme.NARROW_SUFFIX + path.suffix).write_text(draw(NARROW), encoding="utf-8", newline="\n")


# ---- Pieces ----


def _colour(role: str) -> str:
    return {"ink": theme.INK, "quiet": theme.QUIET, "rule": theme.RULE, "paper": theme.PAPER}.get(
        role
    ) or theme.PALETTE[role]


def _stroke(role: str, thickness: float, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'class="s-{role}" fill="none" stroke="{_colour(role)}" stroke-width="{thickness:g}"{dashed}'


def _path(points: Iterable[tuple[float, float]], style: str) -> str:
    return f'<path d="{_way(points)}" {style}/>'


def _text(x: float, y: float, text: str, role: str, size: float, anchor: str = "start") -> str:
    """Write a line of text whose middle is at a height."""
    return _texts([(x, y, text)], role, size, anchor)


def _texts(placed: Iterable[tuple[float, float, str]], role: str, size: float, anchor: str = "start") -> str:
    """Write lines of text that look alike, each with the place of its middle; what they have in common is said once."""
    written = [
        f'<text x="{_n(x)}" y="{_n(y + _BASELINE * size)}">{escape(text, quote=False)}</text>'
        for x, y, text in placed
        if text
    ]
    look = f'class="f-{role}" fill="{_colour(role)}" font-size="{size:g}"'
    look += f' text-anchor="{anchor}"' if anchor != "start" else ""
    if len(written) == 1:
        return written[0].replace("<text", f"<text {look}", 1)
    return f"<g {look}>{''.join(written)}</g>" if written else ""


def _lines(x: float, top: float, text: str, role: str, size: float, anchor: str = "start") -> str:
    """Write lines of text from a height down."""
    step = size * theme.LINE_SPACING
    placed = ((x, top + (place + 0.5) * step, line) for place, line in enumerate(text.split("\n")))
    return _texts(placed, role, size, anchor)


def _group(drawn: str, role: str, thickness: float, *, filled: bool = False) -> str:
    """Return drawings in one colour."""
    fill = f'class="f-{role} s-{role}" fill="{_colour(role)}"' if filled else f'class="s-{role}" fill="none"'
    return f'<g {fill} stroke="{_colour(role)}" stroke-width="{thickness:g}">{drawn}</g>' if drawn else ""


def _shape(grade: str, x: float, y: float, size: float, *, hollow: bool = False) -> str:
    """Draw the shape of a grade in the colour of its group."""
    style = f' class="f-paper" fill="{theme.PAPER}"' if hollow else ""
    half = size / 2
    if grade == "A":
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(half)}"{style}/>'
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1)) if grade == "B" else ((0, -1), (1, 1), (-1, 1))
    return f'<path d="{_way((x + dx * half, y + dy * half) for dx, dy in corners)}Z"{style}/>'


def _arrow(qualifier: str, x: float, y: float, *, scale: float = 1.0) -> str:
    """Draw the arrow of a bound: a bar at the bound, and a shaft to where the value may lie."""
    reach = -marks.arrow_reach(qualifier) * scale
    bar, head = abs(reach) * 0.22, abs(reach) * 0.2
    tip, neck = y + reach, y + 0.7 * reach
    strokes = [
        ((x - bar, y), (x + bar, y)),
        ((x, y), (x, tip)),
        ((x - head, neck), (x, tip), (x + head, neck)),
    ]
    return f'<path d="{"".join(map(_way, strokes))}" {_stroke("bound", 1.3)}/>'


def _mark(mark: Mark, plot: _Plot, size: float, form: Form) -> str:
    """Draw a mark in the colour of its group: the extent of its period, its shape, and what it says of itself."""
    x, y = plot.x(mark.x), plot.y(mark.value)
    drawn = f'<path d="M{_n(plot.x(mark.start - 0.5))} {_n(y)}H{_n(plot.x(mark.end - 0.5))}"/>' if mark.is_odd else ""
    shape = _shape(mark.grade, x, y, size, hollow=mark.is_hollow)
    drawn += _arrow(mark.qualifier, x, y) if mark.is_bound else shape
    title = f"<title>{escape(mark.title, quote=False)}</title>" if form.has_titles and mark.title else ""
    return (
        f'<g class="{theme.MARK}">{title}<circle cx="{_n(x)}" cy="{_n(y)}" r="8" fill="none" stroke="none"/>{drawn}</g>'
    )


def _picture(form: Form, height: float, parts: Iterable[str]) -> str:
    """Return a whole file; letters are set in the book's face where no style sheet says otherwise."""
    families = ", ".join(f"'{family}'" for family in theme.font_families())
    size = f'width="{_n(form.width)}pt" height="{_n(height)}pt" viewBox="0 0 {_n(form.width)} {_n(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="{theme.CHART}" {size} font-family="{families}, sans-serif">'
    return "".join([head, *parts, "</svg>\n"])


# ---- Axes and lines ----


def _values(shown: Sequence[Mark], limits: marks.Limits) -> tuple[float, float]:
    """Return the ends of the axis of values."""
    values = [mark.value for mark in shown]
    room = marks.ARROW_ROOM * (max(values) - min(values))
    tips = [mark.value + math.copysign(room, marks.arrow_reach(mark.qualifier)) for mark in shown if mark.is_bound]
    return marks.value_range([*values, *tips], limits)


def _years(shown: Iterable[Mark]) -> tuple[float, float]:
    """Return the first and the last place on the axis of years."""
    ends = [[mark.start - 0.5, mark.end - 0.5] if mark.is_odd else [mark.x] for mark in shown]
    return min(map(min, ends)), max(map(max, ends))


def _axes(plot: _Plot, ticks: Mapping[float, str], years: Sequence[int], size: float) -> Iterator[str]:
    """Draw the grid, the axis of years, and the labels of both."""
    right, bottom = plot.left + plot.width, plot.top + plot.height
    places = [plot.x(year) for year in years]
    yield _path([(plot.left, bottom), (right, bottom)], _stroke("quiet", 0.7))
    if ticks:
        grid = "".join(_way([(plot.left, y), (right, y)]) for y in map(plot.y, ticks))
        yield f'<path d="{grid}" {_stroke("rule", 0.6)}/>'
    yield f'<path d="{"".join(_way([(x, bottom), (x, bottom + 3.0)]) for x in places)}" {_stroke("quiet", 0.7)}/>'
    yield _texts(((plot.left - 3.0, plot.y(value), label) for value, label in ticks.items()), "quiet", size, "end")
    below = bottom + 4.5 + size * 0.6
    yield _texts(((x, below, str(year)) for year, x in zip(years, places, strict=True)), "quiet", size, "middle")


def _year_edge(form: Form) -> float:
    """Return what the last year sticks out beyond its axis at most."""
    return width("2000", form.text) / 2


def _joined(shown: Iterable[Mark]) -> list[Mark]:
    """Return what lines may join, in order."""
    return sorted((mark for mark in shown if mark.is_whole and not mark.is_bound), key=lambda mark: mark.x)


def runs(shown: Iterable[Mark]) -> list[list[Mark]]:
    """Cut a yearly series where a year is missing or the definition changes."""
    found: list[list[Mark]] = []
    for mark in _joined(shown):
        last = found[-1][-1] if found else None
        if last and mark.basis == last.basis and math.floor(mark.x + 0.5) - math.floor(last.x + 0.5) <= 1:
            found[-1].append(mark)
        else:
            found.append([mark])
    return [run for run in found if len(run) > 1]


def changes(shown: Iterable[Mark]) -> list[float]:
    """Find where the definition of a yearly series changes, midway between two years."""
    return [(old.x + new.x) / 2 for old, new in pairwise(_joined(shown)) if old.basis != new.basis]


def _series(shown: Sequence[Mark], plot: _Plot, style: tuple[str, str], size: float, form: Form) -> Iterator[str]:
    """Draw one series: changes of definition, lines, marks."""
    role, dashes = style
    bottom = plot.top + plot.height
    for year in changes(shown):
        yield _path([(plot.x(year), plot.top), (plot.x(year), bottom)], _stroke("quiet", 0.8, "1 2"))
    for run in runs(shown):
        yield _path([(plot.x(mark.x), plot.y(mark.value)) for mark in run], _stroke(role, _LINE, dashes))
    yield _group("".join(_mark(mark, plot, size, form) for mark in shown), role, 1.2, filled=True)


# ---- One indicator in few places ----

_PLAIN = 58.0 * POINTS_PER_MM
_HEAD = 7.0 * POINTS_PER_MM
_FOOT = 7.0 * POINTS_PER_MM
_NAME_ROOM = 110.0
"""Widest line of a name at the right edge."""


def chart(places: Sequence[Place], axis: Axis, form: Form = WIDE) -> str:
    """Draw the dated figures of up to `MOST_PLACES` places, the most important one first."""
    shown = [mark for place in places for mark in place.marks]
    ends = _values(shown, axis.limits)
    ticks = marks.labelled_ticks(*ends, axis.limits, shift=axis.shift, whole=axis.is_count)
    left = max((width(label, form.text) for label in ticks.values()), default=0.0) + _EDGE + 3.0
    room = _NAME_ROOM * _SLACK if form.has_margin else (form.width - _KEY_LINE) * _SLACK
    names = [wrap(place.name, room, form.text) for place in places]
    widest = max(width(line, form.text) for name in names for line in name.split("\n"))
    right = widest / _SLACK + layout.LEADER if form.has_margin else _year_edge(form)
    key = 0.0 if form.has_margin else _text_height("\n".join(names), form.text) + 2.0
    first, last = marks.year_span(*(years := _years(shown)))
    plot = _Plot(left, key + _HEAD, form.width - left - right, _PLAIN - _HEAD - _FOOT, (first, last), ends)
    parts = [
        *_axes(plot, ticks, marks.year_ticks(*years, plot.width, form.text), form.text),
        _text(left, key + _HEAD / 2, axis.unit, "quiet", form.text),
    ]
    for place, style in reversed(list(zip(places, STYLES, strict=False))):
        parts += _series(place.marks, plot, style, 4.6, form)
    parts += _margin_names(places, names, plot, form) if form.has_margin else _key_names(names, form)
    return _picture(form, key + _PLAIN, parts)


def _text_height(text: str, size: float) -> float:
    return len(text.split("\n")) * size * theme.LINE_SPACING


def _margin_names(places: Sequence[Place], names: Sequence[str], plot: _Plot, form: Form) -> Iterator[str]:
    """Write the names beside the latest figures, none on another."""
    latest = [plot.y(max(place.marks, key=lambda mark: mark.end).value) for place in places]
    heights = [_text_height(name, form.text) + 2 * layout.GAP for name in names]
    edge = plot.left + plot.width
    middles = layout.spread(latest, heights, plot.top - _HEAD / 2, plot.top + plot.height + _FOOT / 2)
    for name, wished, middle, (role, _) in zip(names, latest, middles, STYLES, strict=False):
        yield _path([(edge + 1.0, wished), (edge + layout.LEADER - 1.0, middle)], _stroke(role, 0.7))
        top = middle - _text_height(name, form.text) / 2
        yield _lines(edge + layout.LEADER, top, name, role, form.text)


_KEY_LINE = 18.0


def _key_names(names: Sequence[str], form: Form) -> Iterator[str]:
    """Write the names above the axes, each with its line."""
    top = 1.0
    for name, (role, dashes) in zip(names, STYLES, strict=False):
        middle = top + form.text * theme.LINE_SPACING / 2
        yield _path([(0.0, middle), (_KEY_LINE - 5.0, middle)], _stroke(role, _LINE, dashes))
        yield _lines(_KEY_LINE, top, name, role, form.text)
        top += _text_height(name, form.text)


# ---- Indicators side by side ----

_PLOT = 24.0 * POINTS_PER_MM
_AXIS = 8.0 * POINTS_PER_MM
_BETWEEN = 3.5 * POINTS_PER_MM
_TICKS = 4
_LEAST_GAP = 8.0


@dataclass(frozen=True)
class _Head:
    """What stands above a small chart: title, then unit and last figure on one line if they fit, else on two."""

    title: str
    unit: str
    last_text: str
    is_one_line: bool

    def height(self, form: Form) -> float:
        """Return the room it takes."""
        below = 1 if self.is_one_line else 1 + len(self.last_text.split("\n"))
        return (len(self.title.split("\n")) + below) * form.text * theme.LINE_SPACING + layout.HEAD_GAP

    def draw(self, left: float, right: float, top: float, form: Form) -> Iterator[str]:
        """Write it above a chart."""
        yield _lines(left, top, self.title, "ink", form.text)
        below = top + _text_height(self.title, form.text)
        last_left, anchor = (right, "end") if self.is_one_line else (left, "start")
        yield _lines(last_left, below, self.last_text, "observed", form.text, anchor)
        unit = below if self.is_one_line else below + _text_height(self.last_text, form.text)
        yield _lines(left, unit, self.unit, "quiet", form.tiny)


def _head(panel: Panel, room: float, form: Form) -> _Head:
    room *= _SLACK
    fits = width(panel.axis.unit, form.tiny) + width(panel.last_text, form.text) + _LEAST_GAP <= room
    title, unit, last_text = (wrap(text, room, form.text) for text in (panel.title, panel.axis.unit, panel.last_text))
    return _Head(title, unit, last_text, fits)


def small_multiples(panels: Sequence[Panel], words: Mapping[str, str], form: Form = WIDE) -> str:
    """Draw small charts, at least one, that share the axis of years, in reading order."""
    if not panels:
        raise ValueError("small multiples need at least one panel")
    columns = min(form.columns, len(panels))
    ends = [_values(panel.marks, panel.axis.limits) for panel in panels]
    ticks = [
        marks.labelled_ticks(*own, axis.limits, most=_TICKS, shift=axis.shift, whole=axis.is_count)
        for own, axis in zip(ends, (panel.axis for panel in panels), strict=True)
    ]
    side = max((width(label, form.tiny) for own in ticks for label in own.values()), default=0.0) + 5.0
    step = (form.width + _BETWEEN) / columns
    room = step - _BETWEEN - side - _year_edge(form)
    heads = [_head(panel, room, form) for panel in panels]
    years = _years(mark for panel in panels for mark in panel.marks)
    parts: list[str] = []
    top = 0.0
    for start in range(0, len(panels), columns):
        row = range(start, min(start + columns, len(panels)))
        high = max(heads[place].height(form) for place in row)
        for place in row:
            left = (place - start) * step + side
            plot = _Plot(left, top + high, room, _PLOT, marks.year_span(*years), ends[place])
            parts += heads[place].draw(left, left + room, top + high - heads[place].height(form), form)
            parts += _axes(plot, ticks[place], marks.year_ticks(*years, room, form.tiny), form.tiny)
            parts += _series(panels[place].marks, plot, STYLES[0], 4.0, form)
        top += high + _PLOT + _AXIS + _BETWEEN
    key, height = _key(panels, words, top, form)
    return _picture(form, top + height, [*parts, *key])


def _key(panels: Sequence[Panel], words: Mapping[str, str], top: float, form: Form) -> tuple[list[str], float]:
    """Explain the marks that occur, in as few rows as fit; return them with the height that they take."""
    x, row, step, parts = 0.0, 0, form.text * 1.6, []
    is_changed = any(changes(panel.marks) for panel in panels)
    for sign, text in _signs([mark for panel in panels for mark in panel.marks], is_changed, words):
        needed = 14.0 + width(text, form.text) + 12.0
        if x and x + needed - 12.0 > form.width * _SLACK:
            x, row = 0.0, row + 1
        middle = top + (row + 0.5) * step
        parts += [_sign(sign, x + 6.0, middle), _text(x + 14.0, middle, text, "quiet", form.text)]
        x += needed
    return parts, (row + 1) * step


def _signs(shown: Sequence[Mark], changed: bool, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the signs that occur, each with its meaning."""
    points = [mark for mark in shown if not mark.is_bound]
    for grade in marks.GRADE_MARKERS:
        if any(mark.grade == grade for mark in points):
            yield grade, words[f"grade_{grade}"]
    if any(mark.is_hollow for mark in points):
        yield "hollow", words["not_fitted"]
    for bound in BOUNDS:
        if any(mark.qualifier == bound for mark in shown):
            yield bound, words[bound]
    if changed:
        yield "basis", words["basis_change"]


def _sign(sign: str, x: float, y: float) -> str:
    if sign in BOUNDS:
        return _arrow(sign, x, y + marks.arrow_reach(sign) * 0.3, scale=0.6)
    if sign == "basis":
        return _path([(x - 6.0, y), (x + 6.0, y)], _stroke("quiet", 1.0, "1 2"))
    return _group(
        _shape("A" if sign == "hollow" else sign, x, y, 5.0, hollow=sign == "hollow"), "observed", 1.2, filled=True
    )


# ---- A line without axes ----

SPARK = Form(72.0, theme.SIZE_TINY, theme.SIZE_TINY, 1, has_margin=False, has_titles=False)
_SPARK_HEIGHT = 18.0


def sparkline(shown: Sequence[Mark], limits: marks.Limits = (None, None)) -> str:
    """Draw a series as a line of its whole years, its latest figure as a dot."""
    inner = [mark for mark in shown if not mark.is_bound] or list(shown)
    plot = _Plot(
        3.0, 3.0, SPARK.width - 6.0, _SPARK_HEIGHT - 6.0, marks.year_span(*_years(inner)), _values(inner, limits)
    )
    last = max(inner, key=lambda mark: mark.end)
    lines = [_way((plot.x(mark.x), plot.y(mark.value)) for mark in run) for run in runs(inner)]
    dots = [_shape("A", plot.x(mark.x), plot.y(mark.value), 1.0) for mark in inner if mark is not last]
    dot = _shape(last.grade, plot.x(last.x), plot.y(last.value), 3.6, hollow=last.is_hollow)
    drawn = [f'<path d="{"".join(lines)}" {_stroke("observed", 1.2)}/>' if lines else "", *dots, dot]
    return _picture(SPARK, _SPARK_HEIGHT, [_group("".join(drawn), "observed", 1.0, filled=True)])
