"""What is recorded of computed numbers, and the reader of pages that must find every number that is not (made up)."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_numbers import Finished, Published, Unexplained, bibliography, unexplained
from recomputed import OPERATIONS as REDONE
from recomputed import Recomputed
from synthetic import write_evidence

from qualitybook.evidence import load
from qualitybook.publish.assemble import BOOK_COUNTS, Told, write_derived
from qualitybook.report.derived import AGAINST, OPERATIONS, Ledger, figures, operation, where

CHANGE = (
    "research_intensity|sample_city|2023|yearbook-2024|; against; research_intensity|sample_city|2024|yearbook-2025|"
)
HEADER = "page,statement,rows,operation,result,printed\n"
PAGE = """\
<html><body><nav>42 pages</nav><article class="bd-article">
<h1><span class="section-number">7. </span>Goal 2: Research intensity keeps rising</h1>
<p>As of 30 June 2026. The 80% interval is not printed here.</p>
<table><thead><tr><th>Indicator</th><th>Latest figure</th><th>Change</th></tr></thead>
<tbody><tr><td>Research intensity</td>
<td>3.15% (2024) <span class="bibtex-citation">[<a href="bibliography.html#id2">2</a>]</span></td>
<td>+0.06 percentage points since 2023</td></tr></tbody></table>
<figure><img alt="Chart: 3.15% (2024)." src="a.svg"/><figcaption><span class="caption-number">Fig. 7.1 </span>
Research <span class="bibtex-citation">[<a href="bibliography.html#id2">2</a>]</span></figcaption></figure>
</article></body></html>
"""
SOURCES = """\
<html><body><article><div class="citation" id="id2"><span class="label">[2]</span>
<p>Sample City Statistics Bureau. 样例市年鉴2025. 2025-05-20. https://example.org/yearbook-2025.
Accessed 2026-07-01.</p>
</div></article></body></html>
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with one page: the sample city's tables, and a change that is recorded."""
    write_evidence(tmp_path / "data")
    folder = tmp_path / "2025" / "en"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "bibliography.html").write_text(SOURCES, encoding="utf-8")
    recorded = tmp_path / "data" / "2025" / "en" / "derived.csv"
    recorded.parent.mkdir(parents=True)
    row = f"page,series.change,{CHANGE},difference,0.06,+0.06 percentage points\n"
    recorded.write_text(HEADER + row, encoding="utf-8")
    return tmp_path


def spoil(site: Path, good: str, wrong: str, name: str = "2025/en/page.html") -> None:
    path = site / name
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, wrong, 1), encoding="utf-8")


def numbers(site: Path) -> list[str]:
    return [found.number for found in unexplained(site, "2025", "en")]


def test_every_number_of_a_right_page_is_explained(site: Path) -> None:
    assert unexplained(site, "2025", "en") == []


@pytest.mark.parametrize(
    ("good", "wrong", "found"),
    [
        ("+0.06 percentage", "+0.60 percentage", "+0.60"),
        ("+0.06 percentage", "−0.06 percentage", "−0.06"),
        ("+0.06 percentage", "+10.06 percentage", "+10.06"),
        ("3.15% (2024) <span", "3.51% (2024) <span", "3.51"),
        ("3.15% (2024) <span", "3.15% (1999) <span", "1999"),
        ("30 June 2026", "31 June 2026", "31"),
        ("The 80% interval", "The 81% interval", "81"),
        ("Chart: 3.15%", "Chart: 3.16%", "3.16"),
        ("Goal 2:", "Goal 3:", "3"),
        ("Fig. 7.1 </span>", "Fig. 7.1 </span>12 ", "12"),
        ("<h1>", "<p>About 22% of the province.</p><h1>", "22"),
    ],
)
def test_a_wrong_number_is_found_wherever_it_stands(site: Path, good: str, wrong: str, found: str) -> None:
    spoil(site, good, wrong)
    assert found in numbers(site)


def test_a_figure_of_another_source_does_not_explain_a_number(site: Path) -> None:
    """The satisfaction of 2021 is in the tables, but not from the source that the row cites."""
    spoil(site, "3.15% (2024) <span", "81.2% (2024) <span")
    assert numbers(site) == ["81.2"]


def test_what_was_not_yet_published_explains_nothing(site: Path) -> None:
    spoil(site, "2025-05-20,original", "2026-06-30,original", "data/sources.csv")
    spoil(site, "2025-05-20", "2026-06-30", "2025/en/bibliography.html")
    assert numbers(site) == []
    spoil(site, "2026-06-30,original", "2026-07-01,original", "data/sources.csv")
    assert "3.15" in numbers(site)


def test_the_number_of_a_source_in_the_bibliography_is_its_own(site: Path) -> None:
    spoil(site, "2025-05-20", "2025-05-21", "2025/en/bibliography.html")
    assert numbers(site) != []


def test_a_page_is_read_without_the_frame_around_it(site: Path) -> None:
    published = Published(site, "2025", "en")
    keys = bibliography(site / "2025/en/bibliography.html", published)
    assert keys == {"id2": {"yearbook-2025"}}
    page = Finished("page", site / "2025/en/page.html", published, keys)
    assert all("42" not in unit.text for unit in page.units)
    assert Unexplained("page", "42", "42 pages") not in page.unexplained()


def test_a_recorded_number_is_worked_out_again(site: Path) -> None:
    assert Recomputed(Published(site, "2025", "en")).mistakes() == []


@pytest.mark.parametrize(
    ("good", "wrong"),
    [
        (",0.06,", ",0.07,"),
        (",+0.06 p", ",+0.07 p"),
        ("city|2023|yearbook-2024", "city|2022|yearbook-2023"),
        ("difference", "sum"),
    ],
)
def test_a_wrong_record_is_found(site: Path, good: str, wrong: str) -> None:
    spoil(site, good, wrong, "data/2025/en/derived.csv")
    assert len(Recomputed(Published(site, "2025", "en")).mistakes()) == 1


@pytest.mark.parametrize(
    ("qualifier", "printed", "wrong"),
    [
        ("about", "about +686,000", 0),
        ("about", "about +686,411", 1),
        ("about", "about +686,400", 1),
        ("about", "about +690,000", 1),
        ("exact", "+686,411", 0),
        ("exact", "+686,000", 1),
        ("exact", "about +686,000", 1),
    ],
)
def test_a_change_is_recorded_at_the_place_of_an_approximate_figure(
    site: Path, qualifier: str, printed: str, wrong: int
) -> None:
    observations = "data/observations.csv"
    spoil(site, "sample_city,2023,3.09,exact", f"sample_city,2023,1514000,{qualifier}", observations)
    spoil(site, "sample_city,2024,3.15,exact", "sample_city,2024,2200411,exact", observations)
    spoil(site, ",0.06,+0.06 percentage points", f',686411,"{printed}"', "data/2025/en/derived.csv")
    assert len(Recomputed(Published(site, "2025", "en")).mistakes()) == wrong


def test_every_operation_is_done_by_another_way() -> None:
    assert set(REDONE) == set(OPERATIONS)


def test_an_operation_is_written_with_its_parameters() -> None:
    assert operation("count") == "count"
    assert operation("interval", level=0.8, year=2025, model=None) == "interval(level=0.8, year=2025)"
    with pytest.raises(KeyError):
        operation("guess")


def test_rows_are_named_by_their_keys_and_cells(sample_folder: Path) -> None:
    table = load(sample_folder).observations
    lines = table.loc[(table["indicator_id"] == "test_centres") & (table["year"] >= 2023), "line"]
    assert figures(load(sample_folder), lines) == [
        "test_centres|sample_city|2023|yearbook-2024|",
        "test_centres|sample_city|2024|yearbook-2025|",
    ]
    assert where("targets") == "targets"
    assert where("targets", rule=("rising", "at_most"), unit="percent") == "targets?rule=rising,at_most&unit=percent"


def test_a_ledger_keeps_each_statement_once_in_its_file(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "derived" / "page.jsonl")
    said = [ledger.note("a", operation("sum"), ["x", AGAINST, "y"], (1 / 3, 2.0), "0.33–2.00") for _ in range(2)]
    assert said == ["0.33–2.00", "0.33–2.00"]
    (made,) = Ledger(tmp_path / "derived" / "page.jsonl").read()
    assert (made.rows, made.result) == ("x; against; y", "0.3333333333 2")
    assert Ledger(tmp_path / "nowhere.jsonl").read() == []


def test_the_ledgers_of_a_book_become_one_table_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "figures" / "derived"
    for page, number in (("target-02", 2), ("preface", 1), ("indicators/rate", 3)):
        Ledger(folder / f"{page}.jsonl").note("n", operation("count"), where("targets"), number, f"={number}")
    write_derived(tmp_path, {"target-02": "targets/02-research"})
    lines = (tmp_path / "derived.csv").read_text(encoding="utf-8").splitlines()
    assert lines == [
        HEADER.strip(),
        "indicators/rate,n,targets,count,3,'=3",
        "preface,n,targets,count,1,'=1",
        "targets/02-research,n,targets,count,2,'=2",
    ]


def test_a_count_that_text_names_is_recorded_and_no_other() -> None:
    ledger = Ledger()
    told = Told(dict.fromkeys(BOOK_COUNTS, "1,007"), ledger)
    assert told["sources"] == "1,007"
    assert set(told) == set(BOOK_COUNTS)
    assert [(made.statement, made.operation, made.result) for made in ledger.notes] == [
        ("book.sources", "count(of=source_id)", "1007")
    ]
