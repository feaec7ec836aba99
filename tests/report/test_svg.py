"""Charts written as SVG, with plain and with nasty data, which these tests make up."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from overlap import hard_to_read, text_boxes
from test_figures import LONG, WORDS

from qualitybook.report import theme
from qualitybook.report.figures import svg
from qualitybook.report.figures.svg import NARROW, WIDE, Axis, Form, Mark, Panel, Place

FORMS = pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])
LANGUAGES = pytest.mark.parametrize("lang", sorted(WORDS))
NS = {"s": "http://www.w3.org/2000/svg"}


def mark(year: float, value: float, end: float | None = None, **more: object) -> Mark:
    usual = {"qualifier": "exact", "grade": "A", "basis": "", "is_whole": True, "is_hollow": False, "title": f"{year}"}
    return Mark(year, year + 1 if end is None else end, value, **(usual | more))  # type: ignore[arg-type]


def rising(years: list[int], top: float, **more: object) -> tuple[Mark, ...]:
    steps = len(years) or 1
    return tuple(mark(year, top * (1 + 2 * place / steps) / 3, **more) for place, year in enumerate(years))


def panel(lang: str, years: list[int], top: float, title: str, **more: object) -> Panel:
    last = f"{top:.2f}（{years[-1]}年）" if lang == "zh" else f"{top:.2f} ({years[-1]})"
    return Panel(title, rising(years, top, **more), Axis(WORDS[lang]["unit"]), last)


def assert_readable(drawn: str) -> None:
    assert hard_to_read(drawn) == ([], [])


@FORMS
@LANGUAGES
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_small_multiples_are_readable(lang: str, count: int, form: Form) -> None:
    spans = [list(range(2000, 2025)), [2022], [2015, 2017, 2018], list(range(2010, 2024))]
    panels = [
        panel(lang, spans[i % 4], 100.0 * 12.3 ** (i % 5), LONG[lang][: 8 + 9 * (i % 6)], grade="ABC"[i % 3])
        for i in range(count)
    ]
    panels[-1] = panel(lang, [2019, 2020], 98.0, LONG[lang], qualifier="at_least")
    drawn = svg.small_multiples(panels, WORDS[lang], form)
    assert_readable(drawn)
    assert drawn.count(f'class="{theme.MARK}"') == sum(len(each.marks) for each in panels)
    assert WORDS[lang]["at_least"] in drawn


@FORMS
@LANGUAGES
def test_charts_of_few_places_are_readable(lang: str, form: Form) -> None:
    names = [LONG[lang][:30], "B 3.4", LONG[lang][:12]]
    places = [Place(name, rising([2001, 2002, 2010, 2024], 90.0 + place)) for place, name in enumerate(names)]
    assert_readable(svg.chart(places, Axis(WORDS[lang]["unit"], (0, 100)), form))


def lines(drawn: str) -> list[int]:
    """Return how many points each line through figures has."""
    found = ElementTree.fromstring(drawn).iterfind("s:path[@stroke-width='1.4']", NS)
    return [len(re.findall("[Mlhv]", path.attrib["d"])) for path in found]


def test_no_line_joins_a_part_of_a_year_with_years_or_leaps_over_a_missing_year() -> None:
    years = [mark(2020, 1.0), mark(2022, 2.0), mark(2023, 3.0), mark(2024, 4.0)]
    part = mark(2024, 9.0, end=2024.25, is_whole=False)
    assert lines(svg.chart([Place("A", (*years, part))], Axis("%"))) == [3]


def test_a_change_of_definition_cuts_the_line_and_is_explained() -> None:
    shown = Panel("A", (mark(2017, 97.0, basis="old"), mark(2018, 98.0)), Axis("%"), "")
    drawn = svg.small_multiples([shown], WORDS["en"])
    assert lines(drawn) == []
    assert svg.changes(shown.marks) == [2017.5]
    assert WORDS["en"]["basis_change"] in [text for text, _ in text_boxes(drawn)]


def test_hollow_marks_have_the_colour_of_the_paper() -> None:
    drawn = svg.chart([Place("A", (mark(2023, 3.0), mark(2024, 4.0, is_hollow=True)))], Axis("%"))
    assert drawn.count(f'class="f-paper" fill="{theme.PAPER}"') == 1


def test_counts_have_whole_numbers_along_their_axis() -> None:
    drawn = svg.chart([Place("A", (mark(2022, 3.0), mark(2023, 4.0)))], Axis("", is_count=True))
    ticks = [text for text, box in text_boxes(drawn) if box.x1 < 30]
    assert ticks
    assert all(tick.isdigit() for tick in ticks)


def test_marks_stand_where_matplotlib_would_put_them() -> None:
    """A value axis from the lowest to the highest figure, with the same room; a year at its own number."""
    drawn = svg.chart([Place("A", (mark(2020, 1.0), mark(2021, 3.0), mark(2022, 2.0)))], Axis("%"))
    circles = ElementTree.fromstring(drawn).iterfind(".//s:circle[@fill='none']", NS)
    places = [(float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in circles]
    assert places[1][0] - places[0][0] == pytest.approx(places[2][0] - places[1][0], abs=0.02)
    assert places[0][1] - places[2][1] == pytest.approx(places[2][1] - places[1][1], abs=0.02)


def test_letters_of_the_narrow_variant_have_11_pixels_on_a_screen_of_390() -> None:
    """The text of a page has 342 of its 390 pixels."""
    assert min(NARROW.text, NARROW.tiny) * 342 / NARROW.width >= 11
    sizes = re.findall(r'font-size="([\d.]+)"', svg.chart([Place("A", rising([2020, 2021], 3.0))], Axis("%"), NARROW))
    assert {float(size) for size in sizes} == {NARROW.text}


def test_titles_are_text_and_stand_in_the_wide_picture_only() -> None:
    place = Place("<b>", (mark(2020, 1.0, title="A & <b>\n2020"),))
    wide, narrow = (svg.chart([place], Axis("%"), form) for form in (WIDE, NARROW))
    assert "<title>A &amp; &lt;b&gt;\n2020</title>" in wide
    assert "<title>" not in narrow
    assert "<b>" not in wide + narrow


def test_sparklines_end_in_a_dot_and_are_small() -> None:
    drawn = svg.sparkline(rising([2015, 2016, 2017, 2019], 5.0))
    assert drawn.count("<circle") == 4
    assert len(drawn) < 1000
    assert "<title>" not in drawn
    assert svg.sparkline((mark(2020, 98.0, qualifier="at_least"),)).count("<circle") == 1


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        svg.small_multiples([], {})


@FORMS
def test_pictures_repeat_byte_for_byte(form: Form) -> None:
    draw = lambda: svg.small_multiples([panel("en", [2020, 2021], 5.0, "A")], WORDS["en"], form)  # noqa: E731
    assert draw() == draw()
