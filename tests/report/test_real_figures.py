"""Every figure that the real evidence gives, as it is drawn: nothing overlaps, is too small or in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from overlap import hard_to_read, text_boxes

from qualitybook.evidence.extract import Evidence, SharedResults
from qualitybook.report import theme
from qualitybook.report.figures import svg
from qualitybook.report.pages import (
    AreaPage,
    EvidencePage,
    MethodsPage,
    PeersPage,
    SummaryPage,
    TargetPage,
    TrackRecordPage,
)
from qualitybook.report.pages import base as base_page

DATA = Path(__file__).parents[2] / "data"
pytestmark = pytest.mark.book

LEAST_POINTS = 6.5
"""Smallest type in print; figures are as wide as the text column, so it is printed as it is drawn."""
FEWEST = 30
# In a Chinese figure, three Latin words or fewer may be a name.
FOREIGN = {"zh": re.compile(r"[A-Za-z]{2,}(?:\s[A-Za-z]{2,}){3}"), "en": re.compile("[\u3000-\u9fff\uff00-\uffef]")}
EDITION = "2025"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence as a build hands it to its pages, with a place for what they share."""
    file = tmp_path_factory.mktemp("evidence") / "real.evidence"
    Evidence.open(DATA).write(file)
    SharedResults(file).folder.mkdir()
    return file


def pages(data: Path, edition: str, lang: str, out: Path) -> Iterator[Callable[[], object]]:
    """Yield what draws the figures of each kind of page."""
    catalog = Evidence.open(data).catalog
    targets = catalog.targets[catalog.targets["indicator_id"] != ""]
    for target in targets["target_id"]:
        page = TargetPage(target, data, edition, lang, out)
        yield page.history
        yield page.standardised
    for area in catalog.areas["area_id"]:
        area_page = AreaPage(area, data, edition, lang, out)
        for task in catalog.tasks[catalog.tasks["area_id"] == area]["task_id"]:
            yield lambda task=task, page=area_page: page.task(task)
    yield SummaryPage(data, edition, lang, out).distance
    yield PeersPage(data, edition, lang, out).dots
    yield TrackRecordPage(data, edition, lang, out).drawn
    yield MethodsPage(data, edition, lang, out).drawn
    evidence = EvidencePage(data, edition, lang, out)
    yield evidence.targets
    yield evidence.tasks


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_figure_of_the_real_book_has_overlapping_tiny_or_foreign_text(
    data: Path, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: dict[str, tuple[list[object], ...]] = {}

    def measure(figure: Figure, path: Path) -> Path:
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        tiny = [text.get_text() for text in texts if float(text.get_fontsize()) < LEAST_POINTS]
        foreign = [text.get_text() for text in texts if FOREIGN[lang].search(text.get_text())]
        measured[path.name] = (*hard_to_read(figure), tiny, foreign)
        return path.with_suffix(".svg")

    def measure_chart(path: Path, draw: Callable[[svg.Form], str]) -> None:
        for form, name in ((svg.WIDE, "wide"), (svg.NARROW, "narrow")):
            drawn = draw(form)
            texts = [text for text, _box in text_boxes(drawn)]
            foreign = [text for text in texts if FOREIGN[lang].search(text)]
            measured[f"{path.name} {name}"] = (*hard_to_read(drawn), foreign)

    def measure_figure(figure: Figure, path: Path) -> Path:
        return measure(figure, path.with_suffix(".narrow") if theme.is_narrow() else path)

    monkeypatch.setattr(base_page, "save", measure_figure)
    monkeypatch.setattr(base_page.svg, "write", measure_chart)
    for draw in pages(data, EDITION, lang, tmp_path):
        draw()
    assert len(measured) >= FEWEST
    assert {name: found for name, found in measured.items() if any(found)} == {}
