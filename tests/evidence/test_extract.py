"""What a page may read, on the sample city's invented evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from synthetic import evidence_tables, write_evidence

from qualitybook.analysis.series import build_series
from qualitybook.errors import PageError
from qualitybook.evidence import load
from qualitybook.evidence.extract import Evidence

DAY = date(2026, 6, 30)


@pytest.fixture
def evidence(sample_folder: Path) -> Evidence:
    return Evidence.open(sample_folder)


@pytest.fixture
def indicator(evidence: Evidence) -> str:
    return str(evidence.catalog.as_of(DAY).observations["indicator_id"].iloc[0])


def test_an_extract_holds_what_is_declared_and_refuses_the_rest(evidence: Evidence, indicator: str) -> None:
    part = evidence.extract(DAY, {indicator}).catalog
    assert set(part.observations["indicator_id"]) == {indicator}
    assert len(part.figures_of(indicator)) == len(evidence.catalog.as_of(DAY).figures_of(indicator))
    other = next(name for name in evidence.catalog.indicators["indicator_id"] if name != indicator)
    for read in (part.figures_of, lambda name: build_series(part, name, "sample-city")):
        with pytest.raises(PageError, match=other):
            read(other)


def test_an_extract_is_read_from_its_file_as_it_was(evidence: Evidence, indicator: str, tmp_path: Path) -> None:
    part = evidence.extract(DAY, {indicator})
    part.write(tmp_path / "part.evidence")
    again = Evidence.open(tmp_path / "part.evidence")
    assert again.digest() == part.digest()
    assert again.catalog.observations.equals(part.catalog.observations)
    with pytest.raises(PageError):
        again.catalog.figures_of("nothing-of-the-kind")


def test_only_extracts_that_hold_a_changed_figure_change(evidence: Evidence, indicator: str, tmp_path: Path) -> None:
    rows = evidence_tables()["observations"]
    changed = next(row for row in rows if row["indicator_id"] == indicator)
    changed["note_en"] = "changed"
    changed["note_zh"] = "改"
    after = Evidence.open(write_evidence(tmp_path / "data", observations=rows))
    others = set(evidence.catalog.indicators["indicator_id"]) - {indicator}

    def digests(of: Evidence) -> list[str]:
        return [of.extract(DAY, reads).digest() for reads in ({indicator}, None, others)]

    before, now = digests(evidence), digests(after)
    assert [one == other for one, other in zip(before, now, strict=True)] == [False, False, True]


def test_settings_and_dates_are_part_of_the_digest(evidence: Evidence, indicator: str) -> None:
    part = evidence.extract(DAY, {indicator})
    renamed = replace(part, settings=replace(part.settings, title_en="Another"))
    later = evidence.extract(date(2026, 7, 31), {indicator})
    assert len({part.digest(), renamed.digest(), later.digest()}) == 3
    assert Evidence.open(evidence.catalog.folder).extract(DAY, {indicator}).digest() == part.digest()


def test_a_catalog_of_a_folder_refuses_nothing(sample_folder: Path) -> None:
    assert load(sample_folder).figures_of("nothing-of-the-kind").empty
