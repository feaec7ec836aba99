"""Words of the glossary in the pages of the sample book and in texts made here."""

from __future__ import annotations

from types import SimpleNamespace

from docutils import nodes
from docutils.core import publish_doctree

from qualitybook.publish.web.terms import Glossary, Term, pattern_of


def linked(source: str, known: dict[str, Term]) -> nodes.document:
    """Return a page with its words linked to a glossary of these."""
    glossary = Glossary()
    glossary._known = known
    page = publish_doctree(source)
    builder = SimpleNamespace(format="html", get_relative_uri=lambda here, there: f"{there}.html")
    glossary.link(SimpleNamespace(builder=builder, env=None), page, "page")  # type: ignore[arg-type]
    return page


KNOWN = {
    "bound": Term("glossary", "term-bound", "Only a limit is known."),
    "as-of date": Term("glossary", "term-as-of-date", "The last day."),
}


def test_the_first_use_of_a_word_leads_to_the_glossary_and_says_what_it_means() -> None:
    page = linked("Bounds and bound, as of the As-of date.\n\nA bound.\n", KNOWN)
    links = [(link.astext(), link["refuri"], link["reftitle"]) for link in page.findall(nodes.reference)]
    assert links == [
        ("Bounds", "glossary.html#term-bound", "Only a limit is known."),
        ("As-of date", "glossary.html#term-as-of-date", "The last day."),
    ]
    assert page.astext() == "Bounds and bound, as of the As-of date.\n\nA bound."


def test_headings_links_and_code_are_left_alone() -> None:
    page = linked("A bound\n=======\n\n`bound <https://example.org>`__ ``bound`` unbound\n", KNOWN)
    assert [link["refuri"] for link in page.findall(nodes.reference)] == ["https://example.org"]


def test_the_longest_word_counts() -> None:
    assert pattern_of(("目标", "目标年")).findall("目标年和目标") == ["目标年", "目标"]


def test_a_part_of_a_longer_word_that_is_linked_already_is_not_linked() -> None:
    known = {word: Term("glossary", f"term-{word}", f"{word}。") for word in ("目标", "目标年")}
    page = linked("目标年、目标年，然后目标。\n", known)
    assert [str(text) for text in page.findall(nodes.Text)] == ["", "目标年", "、目标年，然后", "目标", "。"]
