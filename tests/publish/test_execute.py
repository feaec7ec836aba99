"""Pages run by papermill; the templates are made by the tests."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pytest

from qualitybook.errors import PageError
from qualitybook.publish.environment import build_environment, epoch_of
from qualitybook.publish.execute import PageJob, Result, execute_pages, run_page
from qualitybook.publish.notebook import check_outputs, cleaned, first_heading
from qualitybook.publish.plan import Page
from qualitybook.publish.processes import local_pool

PARAMETERS = 'edition = ""\nlang = ""\ndata = ""\nout = ""'


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def text(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})


def job(folder: Path, name: str, cells: Sequence[nbformat.NotebookNode], timeout: int = 60) -> PageJob:
    """Return the job of a page made of these cells, after a parameters cell (so the first one is cell 2)."""
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    (folder / "source").mkdir(exist_ok=True)
    template = folder / "notebooks" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[code(PARAMETERS, "parameters"), *cells]), template)
    parameters = {"edition": "2031", "lang": "en", "data": "somewhere", "out": "."}
    page = Page(f"sub/{name}", name, name.title(), name, parameters, {"title": name.title()})
    return PageJob(page, template, folder / "authored", folder / "source", "en", epoch_of(date(2031, 6, 30)), timeout)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Four pages run together on a local pool: one good, three that fail in three ways."""
    folder = tmp_path_factory.mktemp("pages")
    good = [
        text("# {{ title }}"),
        code(
            "import os, pathlib\nfrom IPython.display import Markdown\npathlib.Path('figure.txt').write_text(edition)"
        ),
        code("Markdown('Edition ' + edition + ', hash seed ' + os.environ['PYTHONHASHSEED'])"),
        code("print(os.environ['SOURCE_DATE_EPOCH'], os.environ.get('PYTHONDONTWRITEBYTECODE'))", "remove-input"),
    ]
    jobs = [
        job(folder, "raising", [code("1"), text("words"), code("{}['absent']")]),
        job(folder, "good", good),
        job(folder, "warning", [code("import warnings\nwarnings.warn('look out')")]),
        job(folder, "slow", [code("1"), code("import time\ntime.sleep(60)")], timeout=2),
    ]
    seen: list[Result] = []
    with local_pool(2) as pool:
        made = execute_pages(jobs, pool, seen.append)
    assert [result.job for result in made] == jobs
    assert {result.job.page.stem for result in seen} == {"raising", "good", "warning", "slow"}
    return {result.job.page.stem: result for result in made}


def test_a_page_that_raises_is_named_with_its_cell_and_error_while_the_others_finish(
    results: dict[str, Result],
) -> None:
    failure = results["raising"].failure
    assert failure is not None
    assert (failure.cell, failure.ename, failure.evalue) == (4, "KeyError", "'absent'")
    assert "absent" in failure.traceback
    assert "\x1b" not in failure.traceback
    assert str(results["raising"]) == "2031/en sub/raising (notebooks/raising.ipynb, cell 4): KeyError: 'absent'"
    assert results["good"].ok
    assert str(results["good"]) == "2031/en sub/good: made"


def test_a_failed_page_is_not_written(results: dict[str, Result]) -> None:
    source = results["raising"].job.source
    assert sorted(path.name for path in (source / "sub").iterdir()) == ["good.ipynb"]


def test_a_warning_printed_into_the_book_is_an_error(results: dict[str, Result]) -> None:
    failure = results["warning"].failure
    assert failure is not None
    assert (failure.cell, failure.ename) == (2, "PageError")
    assert "UserWarning: look out" in failure.evalue


def test_a_cell_that_takes_too_long_is_named(results: dict[str, Result]) -> None:
    failure = results["slow"].failure
    assert failure is not None
    assert (failure.cell, failure.ename) == (3, "CellTimeoutError")
    assert failure.evalue.endswith("(a cell may take 2 seconds; --timeout gives it more)")


def test_the_page_is_written_clean(results: dict[str, Result]) -> None:
    source = results["good"].job.source
    page = nbformat.read(source / "sub" / "good.ipynb", as_version=4)
    nbformat.validate(page)
    assert [cell["id"] for cell in page.cells] == ["c000", "c001", "c002", "c003", "c004"]
    assert page.cells[0].source.splitlines() == ['edition = "2031"', 'lang = "en"', 'data = "somewhere"', 'out = "."']
    assert page.cells[1].source == "# Good"
    assert page.cells[3].outputs[0].data == {"text/markdown": "Edition 2031, hash seed 0"}
    assert page.cells[4].outputs[0].text == f"{epoch_of(date(2031, 6, 30))} None\n"
    assert [cell.metadata.get("tags") for cell in page.cells] == [
        ["parameters", "remove-cell"],
        None,
        ["hide-input"],
        ["hide-input"],
        ["remove-input"],
    ]
    written = (source / "sub" / "good.ipynb").read_text()
    assert "papermill" not in written
    assert str(source.parent) not in written
    assert (source / "figure.txt").read_text() == "2031"


def test_two_runs_give_the_same_bytes(results: dict[str, Result], tmp_path: Path) -> None:
    first = results["good"].job
    (tmp_path / "elsewhere").mkdir()
    again = PageJob(**{**vars(first), "source": tmp_path / "elsewhere"})
    with ThreadPoolExecutor(1) as pool:
        (result,) = execute_pages([again], pool)
    assert result.ok
    assert (again.source / "sub/good.ipynb").read_bytes() == (first.source / "sub/good.ipynb").read_bytes()


def test_a_dead_kernel_is_named(tmp_path: Path) -> None:
    result = run_page(job(tmp_path, "dying", [code("import os\nos._exit(3)")]))
    assert result.failure is not None
    assert (result.failure.cell, result.failure.ename) == (2, "DeadKernelError")


def test_a_template_that_is_not_filled_in_for_ever_is_named(tmp_path: Path) -> None:
    endless = text("{% for one in range(99999) %}{% for other in range(99999) %}{% endfor %}{% endfor %}")
    failure = run_page(job(tmp_path, "endless", [endless], timeout=1)).failure
    assert failure is not None
    assert failure.evalue == "not filled in after 1 seconds; let its parts repeat less"


def test_a_page_that_takes_too_much_memory_is_named_with_what_to_do(tmp_path: Path) -> None:
    hungry = job(tmp_path, "hungry", [code("1"), code("x = bytearray(1 << 30)")])
    failure = run_page(replace(hungry, memory=512)).failure
    if sys.platform != "linux":
        pytest.skip("memory is limited on Linux only")
    assert failure is not None
    assert (failure.cell, failure.ename) == (3, "MemoryError")
    assert failure.evalue.endswith("(the page may take 512 MiB of memory; --memory gives it more)")


@pytest.mark.parametrize("source", ["for _ in range(100): print('x' * (1 << 20))", "Markdown('x' * (11 << 20))"])
def test_a_page_that_prints_or_shows_too_much_is_named(tmp_path: Path, source: str) -> None:
    cells = [code("from IPython.display import Markdown"), code(source)]
    failure = run_page(job(tmp_path, "talking", cells)).failure
    assert failure is not None
    assert (failure.cell, failure.ename) == (3, "PageError")
    assert failure.evalue.startswith("10 MiB of output or more on one page")


def test_a_template_error_is_a_failure_of_its_page(tmp_path: Path) -> None:
    result = run_page(job(tmp_path, "template", [text("{{ nowhere }}")]))
    assert result.failure is not None
    assert (result.failure.cell, result.failure.evalue) == (2, "'nowhere' is undefined")


@pytest.mark.parametrize(
    ("markdown", "heading"),
    [
        ("# One", "One"),
        ("text\n\n### Three\n", "Three"),
        ("Title\n=====", "Title"),
        (":::{note}\n## Inside\n:::", "Inside"),
        ("```python\n# a comment\n```", None),
        (":::{table} Caption\n:name: tbl\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n:::", None),
        ("#hashtag", None),
        ("\\# no heading", None),
        ("", None),
    ],
)
def test_headings_in_displayed_markdown_are_found(markdown: str, heading: str | None) -> None:
    assert first_heading(markdown) == heading


def test_a_heading_in_an_output_is_an_error() -> None:
    shown = nbformat.v4.new_output("display_data", data={"text/markdown": "# No"})
    cell = nbformat.v4.new_code_cell("", outputs=[shown], metadata={"template_cell": 7})
    with pytest.raises(PageError) as caught:
        check_outputs(nbformat.v4.new_notebook(cells=[cell]))
    assert caught.value.cell == 7
    assert "'No'" in caught.value.reason


def test_a_cell_may_be_allowed_to_write_to_the_error_stream() -> None:
    shown = nbformat.v4.new_output("stream", name="stderr", text="note\n")
    cell = nbformat.v4.new_code_cell("", outputs=[shown], metadata={"tags": ["allow-stderr"]})
    check_outputs(nbformat.v4.new_notebook(cells=[cell]))
    cell.metadata.tags = []
    with pytest.raises(PageError, match="note"):
        check_outputs(nbformat.v4.new_notebook(cells=[cell]))


def test_cleaning_keeps_the_pages_own_parameters_and_numbers_the_cells() -> None:
    cells = [
        code('a = "1"  # which\nplace = "../data"', "parameters"),
        code('a = "2"\nplace = "/made/for/this/build"', "injected-parameters"),
        code("a"),
    ]
    cells[2].execution_count = 17
    cells[2].outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "2"}, execution_count=17)]
    cells[2].metadata["execution"] = {"iopub.execute_input": "2031-01-01"}
    made = cleaned(nbformat.v4.new_notebook(cells=cells), {"a": "二", "unused": "3"})
    assert [cell.source for cell in made.cells] == ['a = "二"\nplace = "../data"', "a"]
    assert [cell.execution_count for cell in made.cells] == [1, 2]
    assert made.cells[1].outputs[0].execution_count == 2
    assert [cell.metadata["tags"] for cell in made.cells] == [["parameters", "remove-cell"], ["hide-input"]]


def shown(source: str, markdown: str) -> nbformat.NotebookNode:
    cell = code(source)
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/markdown": markdown})]
    return cell


def test_headings_under_which_nothing_is_shown_disappear() -> None:
    cells = [
        text("# Title"),
        text("## Empty"),
        shown("a", "\n"),
        code("table", "remove-cell"),
        text("## Full"),
        shown("b", "told"),
        shown("c", ""),
        text("## With a part"),
        text("### Empty part"),
        text("### Part"),
        shown("d", "told"),
        text("## Last"),
    ]
    made = cleaned(nbformat.v4.new_notebook(cells=cells)).cells
    assert [cell.source for cell in made] == [
        *("# Title", "a", "table", "## Full", "b", "c", "## With a part", "### Part", "d")
    ]
    assert [cell.source for cell in made if "remove-cell" in cell.metadata.get("tags", ())] == ["a", "table"]


def test_the_environment_is_fixed() -> None:
    made = build_environment(epoch_of(date(1970, 1, 2)))
    assert made["SOURCE_DATE_EPOCH"] == "86400"
    assert made["PYTHONHASHSEED"] == "0"
    assert made["TZ"] == "UTC"
