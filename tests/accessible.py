"""What of PDF/UA a machine can find missing in a PDF: rules of pdfua, and what it leaves out, read with pikepdf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfua
import pikepdf


def elements(node: Any) -> Iterator[Any]:
    """Yield all elements below a node of the structure tree."""
    inner = node.get("/K", [])
    for child in inner if isinstance(inner, pikepdf.Array) else [inner]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def scopes(head: Any) -> list[str]:
    """Return what a head of a table says that it is the head of."""
    given = head.get("/A", [])
    given = list(given) if isinstance(given, pikepdf.Array) else [given]
    return [str(each["/Scope"]) for each in given if "/Scope" in each]


def faults(path: Path) -> list[str]:
    """Return what is missing."""
    found = [f"{finding.rule_id}: {finding.message}" for finding in pdfua.validate(str(path)).findings]
    with pikepdf.open(path) as pdf:
        found += _faults(pdf)
    return found


def _faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    packet = pdf.Root.Metadata.read_bytes().decode()
    yield from (f"does not claim {claim}" for claim in ("pdfaid:part>2", "pdfuaid:part>1") if claim not in packet)
    if not pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "its title is not shown"
    for element in elements(pdf.Root.StructTreeRoot):
        kind = str(element["/S"])
        if kind in {"/Figure", "/Formula"} and not str(element.get("/Alt", "")).strip():
            yield f"{kind} without alternative text"
        if kind == "/TH" and not scopes(element):
            yield "head of a table without a scope"
        if kind == "/Table" and not any(str(inner["/S"]) == "/TH" for inner in elements(element)):
            yield "table without a head"


def languages(path: Path) -> set[str]:
    """Return the languages of passages that differ from the book's, of whole elements or within a line."""
    with pikepdf.open(path) as pdf:
        codes = {str(each["/Lang"]) for each in elements(pdf.Root.StructTreeRoot) if "/Lang" in each}
        codes |= {
            str(operands[1]["/Lang"])
            for page in pdf.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/Lang" in operands[1]
        }
        return codes - {str(pdf.Root.Lang)}
