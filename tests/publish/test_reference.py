"""The reference of the library: made from docstrings, complete, the same on every run."""

from __future__ import annotations

import runpy
from pathlib import Path

import qualitybook
from qualitybook.evidence.catalog import Catalog

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "reference.py"))
ENTRIES, api_reference, split_sections = (TOOL[name] for name in ("ENTRIES", "api_reference", "split_sections"))


def test_every_public_method_of_the_catalog_and_every_name_of_the_package_is_described() -> None:
    public = {
        f"Catalog.{name}" for name, value in vars(Catalog).items() if callable(value) and not name.startswith("_")
    }
    offered = set(qualitybook.__all__) - {"__version__"}
    names = [name for name, _ in ENTRIES]
    assert public | offered == set(names)
    assert len(names) == len(set(names))


def test_each_entry_has_signature_parameters_and_result() -> None:
    text = api_reference()
    assert "load(folder: Path | str) -> Catalog" in text
    assert "Catalog.series(indicator_id: str, region_id: str) -> pd.DataFrame" in text
    assert "- `as_of : datetime.date or str, optional`: The as-of date" in text
    assert "self" not in text
    assert text == api_reference()


def test_nothing_of_the_docstrings_markup_is_left() -> None:
    text = api_reference()
    assert "----" not in text
    assert "``" not in text.replace("```", "")
    assert ":class:" not in text
    assert text.count("```") % 2 == 0


def test_a_docstring_is_split_at_its_headings() -> None:
    doc = "Do it.\n\nMore.\n\nReturns\n-------\nint\n    How often."
    assert split_sections(doc) == {"": "Do it.\n\nMore.", "Returns": "int\n    How often."}
