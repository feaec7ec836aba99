"""The pages of the indicators, written while other processes make the rest; the evidence is invented."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from qualitybook.evidence import load
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish.cache import Store
from qualitybook.publish.execute import GivenUpError, write_indicator_pages
from qualitybook.publish.layout import Volume
from qualitybook.publish.plan import Plan, planned
from qualitybook.publish.web.pages import _settle_excluded


@pytest.fixture
def catalog(sample_folder: Path) -> Catalog:
    return load(sample_folder)


@pytest.fixture
def plans(catalog: Catalog, tmp_path: Path) -> list[Plan]:
    volumes = [Volume(catalog.current_edition, code, tmp_path / "build" / code) for code in ("zh", "en")]
    for volume in volumes:
        volume.draft.mkdir(parents=True)
    return planned(catalog, BookSettings.load(catalog.folder), volumes, tmp_path / "evidence")[0]


def test_every_indicator_with_a_figure_gets_a_page_once(catalog: Catalog, plans: list[Plan], tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    known = sorted(catalog.observations["indicator_id"].unique())
    first = write_indicator_pages(plans, store, 1, Event())
    again = write_indicator_pages(plans, store, 1, Event())
    for plan in plans:
        assert sorted(path.stem for path in (plan.volume.draft / "indicators").glob("*.md")) == known
    assert [total for total, _text in first] == [len(known)] * 2
    assert [text.split(": ")[1] for _total, text in first] == [f"{len(known)} made, 0 stored"] * 2
    assert [text.split(": ")[1] for _total, text in again] == [f"0 made, {len(known)} stored"] * 2


def test_nothing_more_is_made_once_nobody_waits(catalog: Catalog, plans: list[Plan], tmp_path: Path) -> None:
    store, given_up = Store(tmp_path / "store"), Event()
    given_up.set()
    with pytest.raises(GivenUpError):
        write_indicator_pages(plans, store, 2, given_up)
    assert store.entries() == []


@pytest.mark.parametrize(("folder", "listed"), [("a/b", ["indicators/x.md", "out"]), ("a [2025]/b", ["out"])])
def test_they_are_shut_out_wherever_the_project_lies(folder: str, listed: list[str]) -> None:
    app: Any = SimpleNamespace(srcdir=Path(folder))
    config: Any = SimpleNamespace(exclude_patterns=listed)
    _settle_excluded(app, config)
    assert config.exclude_patterns == ["indicators/*.md", "out"]
