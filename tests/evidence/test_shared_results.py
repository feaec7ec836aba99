"""Results that the pages of one build share, on the sample city's invented evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qualitybook.analysis.assess import assess_targets, judge_peers
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.extract import Evidence, SharedResults
from qualitybook.report.pages.summary import SummaryPage

DAY = date(2026, 6, 30)
EARLIER = date(2025, 6, 30)

calls: list[tuple[date | None, date]] = []


def counted(catalog: Catalog, day: date) -> int:
    """Return how many figures are known, and note the call."""
    calls.append((catalog.as_of_date, day))
    return len(catalog.as_of(day).observations)


def other(catalog: Catalog, day: date) -> str:
    """Return something else for the same arguments."""
    return f"{day}"


@pytest.fixture
def path(sample_folder: Path, tmp_path: Path) -> Path:
    """Return an extract with a folder for results."""
    calls.clear()
    path = tmp_path / "part.evidence"
    Evidence.open(sample_folder).extract(DAY, None).write(path)
    SharedResults(path).folder.mkdir()
    return path


def test_a_result_is_worked_out_once_for_each_function_date_and_argument(path: Path) -> None:
    catalog = Evidence.open(path).catalog
    first, second = SharedResults(path), SharedResults(path)
    assert first.of(counted, catalog, DAY) == second.of(counted, catalog, DAY) == len(catalog.observations)
    assert calls == [(DAY, DAY)]
    assert second.of(counted, catalog, EARLIER) < first.of(counted, catalog, DAY)
    assert second.of(other, catalog, DAY) == str(DAY)
    second.of(counted, replace(catalog, as_of_date=EARLIER), DAY)
    assert calls == [(DAY, DAY), (DAY, EARLIER), (EARLIER, DAY)]


def test_without_a_folder_nothing_is_shared(path: Path) -> None:
    shared = SharedResults(path)
    shared.folder.rmdir()
    catalog = Evidence.open(path).catalog
    assert shared.of(counted, catalog, DAY) == shared.of(counted, catalog, DAY)
    assert len(calls) == 2
    assert not shared.folder.exists()


def test_a_folder_of_evidence_which_may_change_shares_nothing(sample_folder: Path) -> None:
    calls.clear()
    shared, catalog = SharedResults(sample_folder), Evidence.open(sample_folder).catalog
    shared.folder.mkdir()
    assert shared.of(counted, catalog, DAY) == shared.of(counted, catalog, DAY)
    assert len(calls) == 2
    assert list(shared.folder.iterdir()) == []


@pytest.mark.parametrize("spoilt", [b"", b"cut off", b"\x80\x05X\x10"])
def test_a_spoilt_result_is_worked_out_again(path: Path, spoilt: bytes) -> None:
    shared, catalog = SharedResults(path), Evidence.open(path).catalog
    known = shared.of(counted, catalog, DAY)
    (file,) = shared.folder.iterdir()
    file.write_bytes(spoilt)
    assert shared.of(counted, catalog, DAY) == known
    assert shared.of(counted, catalog, DAY) == known
    assert len(calls) == 2


def test_shared_verdicts_say_what_new_ones_say(path: Path) -> None:
    shared, catalog = SharedResults(path), Evidence.open(path).catalog
    shared.of(assess_targets, catalog, DAY)
    shared.of(judge_peers, catalog, DAY)
    found = shared.of(assess_targets, catalog, DAY)
    anew = assess_targets(catalog, DAY)
    assert [repr(item) for item in found] == [repr(item) for item in anew]
    peers = judge_peers(catalog, DAY)
    assert [repr(verdict) for _row, verdict in shared.of(judge_peers, catalog, DAY)] == [
        repr(verdict) for _row, verdict in peers
    ]


def test_pages_use_what_lies_beside_their_extract(path: Path, tmp_path: Path) -> None:
    pages = [SummaryPage(path, "2025", lang, tmp_path / lang) for lang in ("zh", "en")]
    texts = [page.tally().data for page in pages]
    assert texts[0] != texts[1]
    assert len(list(SharedResults(path).folder.iterdir())) == 1
