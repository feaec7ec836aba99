r"""Bibliography: the sources as BibTeX, the style that prints them, and the way back to the pages that cite them.

The file is written in the words of one language, with LaTeX's special characters escaped as BibTeX expects. The style
reads it back with the exact inverse: pybtex's own decoder leaves ``\$`` and braces undecoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from docutils import nodes
from pybtex.backends.plaintext import Backend as PlaintextBackend
from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.richtext import HRef, Text
from pybtex.style.formatting import BaseStyle
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.domain import get_docnames

from qualitybook.errors import QualitybookError
from qualitybook.publish.documents import USED_ON, is_indicator, words_of
from qualitybook.report.i18n import Words, language

if TYPE_CHECKING:
    from sphinxcontrib.bibtex.domain import BibtexDomain

_STYLE = "qualitybook"
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
}
# Braces that are left hold a text together, or part signs of which LaTeX would make one.
_CHARACTERS = {escape: character for character, escape in _ESCAPES.items()} | {"{": "", "}": ""}
_SPECIAL = re.compile("|".join(re.escape(character) for character in _ESCAPES))
_LIGATURE = re.compile("-(?=-)|'(?=')")
_ESCAPED = re.compile("|".join(re.escape(escape) for escape in _CHARACTERS))
# BibTeX counts braces even in an address, and a backslash there is an error of the source.
_ADDRESS_ESCAPES = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
# Marks of GB/T 7714 for the type of a document; "EB" is a page of the web, "Z" what has no mark of its own.
_TYPES = {"press": "N", "report": "R", "dataset": "DS", "standard": "S"}
_TYPES_ONLINE = {**_TYPES, "press": "EB"}
_MOST_PAGES = 10
"""Citing pages that an entry names."""
_UNDATED = "XXXX"
"""How BibLaTeX writes a date that is not known."""
_CLOSED = tuple(".。!！?？…")


def escape(text: str) -> str:
    r"""Return `text` with LaTeX's special characters escaped and its white space made single spaces."""
    return _LIGATURE.sub(r"\g<0>{}", _SPECIAL.sub(lambda match: _ESCAPES[match[0]], " ".join(text.split())))


def as_one(text: str) -> str:
    """Return `text` escaped and in braces: an "and" in it parts no names, and no style changes its capitals."""
    return f"{{{escape(text)}}}"


def unescape(text: str) -> str:
    """Return the text that `escape` was given, but for its white space."""
    return _ESCAPED.sub(lambda match: _CHARACTERS[match[0]], text)


def escape_address(address: str) -> str:
    """Return an address that can stand in a BibTeX field as it is (a verbatim field: only braces need care)."""
    return address.strip().translate(_ADDRESS_ESCAPES)


def kinds(words: Words) -> dict[str, str]:
    """Return the words for the kinds of a source."""
    _ = words.gettext
    return {
        "plan": _("Plan"),
        "communique": _("Communiqué"),
        "bulletin": _("Bulletin"),
        "notice": _("Notice"),
        "report": _("Report"),
        "press": _("Press report"),
        "dataset": _("Data set"),
        "standard": _("Standard"),
    }


def readings(words: Words) -> dict[str, str]:
    """Return the words for how a source was read."""
    _ = words.gettext
    return {
        "original": _("read in the original"),
        "reprint": _("read in a reprint"),
        "mirror": _("read in a mirror copy"),
        "machine_translation": _("read in a machine translation"),
        "quotation": _("read as quoted by others"),
        "compilation": _("read in an unofficial compilation"),
    }


def _reading(source: Mapping[str, str], words: Words) -> str:
    """Return how a source was read; of an original found elsewhere, that its own address is not known."""
    if source["access_kind"] == "original" and source["found_url"] and not source["url"]:
        return words.gettext("read in the original, whose own address is not recorded")
    return readings(words)[source["access_kind"]]


def type_mark(kind: str, *, online: bool) -> str:
    """Return the mark of GB/T 7714 for the type of a document and its carrier: ``R``, ``EB/OL``."""
    return f"{_TYPES_ONLINE.get(kind, 'EB')}/OL" if online else _TYPES.get(kind, "Z")


def source_fields(source: Mapping[str, str], words: Words) -> dict[str, str]:
    """Return the fields of one source with their escaped values, in the order in which they are printed."""
    _ = words.gettext
    nature = kinds(words)[source["kind"]] + words.language.comma + _reading(source, words)
    address = source["url"] or source["found_url"]
    fields = {
        "langid": words.code,
        # An entry of this kind has no publisher in BibLaTeX.
        "organization": as_one(source["publisher"]),
        "title": as_one(source["title"]),
        "date": source["published"] or _UNDATED,
        "howpublished": escape(nature),
        "type": type_mark(source["kind"], online=bool(address)),
        "urldate": source["accessed"],
    }
    if address:
        fields["url"] = escape_address(address)
    else:
        fields["addendum"] = escape(_("Address not recorded"))
    fields["note"] = escape(_("Accessed {date}", date=source["accessed"]))
    return fields


def bibtex_entry(key: str, place: int, fields: Mapping[str, str]) -> str:
    """Return one BibTeX entry; raise QualitybookError if its key cannot be cited."""
    if not _KEY.fullmatch(key):
        raise QualitybookError(f"source_id {key!r} cannot be cited; allowed: letters, digits, '.', '_', ':' and '-'")
    lines = [f"  {name} = {{{value}}}," for name, value in {"sortkey": f"{place:05d}", **fields}.items()]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def write_bib(sources: Iterable[Mapping[str, str]], words: Words, path: Path) -> None:
    """Write sources, rows of ``sources.csv`` in the order of their numbers, as BibTeX in the words of one language."""
    entries = [
        bibtex_entry(source["source_id"], place, source_fields(source, words))
        for place, source in enumerate(sources, start=1)
    ]
    path.write_text("\n".join(entries), encoding="utf-8", newline="\n")


class QualityBookStyle(BaseStyle):
    """One line for each source: publisher, title, date, kind and how it was read, address, date of access."""

    default_sorting_style = "none"
    default_label_style = "number"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sort = _by_place

    def format_misc(self, context: Mapping[str, Any]) -> Text:
        """Return an entry by GB/T 7714 in Chinese, else as sentences."""
        fields = {name: unescape(text) for name, text in context["entry"].fields.items()}
        if fields["date"] == _UNDATED:
            fields["date"] = Words(fields["langid"]).gettext("No date")
        if fields["langid"] == "zh" and "type" in fields:
            return _by_gb7714(fields)
        stop = language(fields["langid"]).stop
        parts: list[Any] = []
        for name in ("organization", "title", "date", "howpublished"):
            parts.append(_sentence(fields[name], stop))
        if "url" in fields:
            parts += [HRef(fields["url"], fields["url"]), stop]
        else:
            parts.append(_sentence(fields["addendum"], stop))
        parts.append(_sentence(fields["note"], stop).rstrip())
        return Text(*parts)


def _by_gb7714(fields: Mapping[str, str]) -> Text:
    """Return an entry by GB/T 7714—2015, its kind and how it was read behind it; the standard's stops are Western."""
    day = f"({fields['date']})" if "url" in fields else fields["date"]
    head = f"{fields['organization']}. {fields['title']}[{fields['type']}]. {day}[{fields['urldate']}]. "
    place = HRef(fields["url"], fields["url"]) if "url" in fields else fields["addendum"]
    return Text(head, place, f". {fields['howpublished']}.")


def _sentence(text: str, stop: str) -> str:
    """Return `text` closed by a stop, unless it closes itself."""
    gap = stop[len(stop.rstrip()) :]
    return text + (gap if text.endswith(_CLOSED) else stop)


def _by_place(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in the order of the file they come from."""
    return sorted(entries, key=lambda entry: (entry.fields["sortkey"], entry.key))


class _UsedOn(SphinxPostTransform):
    """Add to each entry of the bibliography the pages that cite it."""

    # After sphinxcontrib-bibtex has written the entries (5), before Sphinx resolves links (10).
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        entries = list(self.document.findall(nodes.citation))
        if not entries:
            return
        words = words_of(self.config)
        citing, titles = citing_pages(self.env), _titles(self.env)
        for entry in entries:
            for citation_id in entry["ids"]:
                if pages := citing.get(citation_id):
                    here = entry.get("docname", self.env.docname)
                    entry += _used_on(pages, here, titles[citation_id], words)


def _titles(env: BuildEnvironment) -> dict[str, str]:
    """Return the title of each entry, by its id in the document."""
    domain = cast("BibtexDomain", env.get_domain("cite"))
    entries = domain.bibdata.data.entries
    return {each.citation_id: unescape(entries[each.key].fields["title"]) for each in domain.citations}


def citing_pages(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the pages that cite each entry, by its id in the document.

    They stand in the order of the contents; those of indicators, which are in none, come last.
    """
    domain = cast("BibtexDomain", env.get_domain("cite"))
    order = {page: place for place, page in enumerate(get_docnames(env)) if not is_indicator(page)}
    pages_of_key: dict[str, set[str]] = {}
    for reference in domain.citation_refs:
        for target in reference.targets:
            pages_of_key.setdefault(target.key, set()).add(reference.docname)
    return {
        citation.citation_id: sorted(pages_of_key[citation.key], key=lambda page: (order.get(page, len(order)), page))
        for citation in domain.citations
        if citation.key in pages_of_key
    }


def _used_on(pages: Sequence[str], here: str, title: str, words: Words) -> nodes.paragraph:
    """Return the line that names the citing pages, each a link still to be resolved; very many a search finds."""
    _ = words.gettext
    line = nodes.paragraph("", classes=[USED_ON])
    line += nodes.Text(_("Used on") + words.language.colon)
    for place, page in enumerate(pages[:_MOST_PAGES]):
        if place:
            line += nodes.Text(words.language.semicolon)
        link = addnodes.pending_xref(
            "", refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=False, refwarn=True, refdoc=here
        )
        link += nodes.inline("", page)
        line += link
    if len(pages) > _MOST_PAGES:
        line += nodes.Text(words.language.semicolon)
        more = _("and {count} more", count=len(pages) - _MOST_PAGES)
        address = f"{'../' * here.count('/')}search.html?q={quote(title)}"
        line += nodes.reference("", more, refuri=address, internal=True, classes=["qb-more"])
    return line


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the style and the way back."""
    app.setup_extension("sphinxcontrib.bibtex")
    register_plugin("pybtex.style.formatting", _STYLE, QualityBookStyle)
    # sphinxcontrib-bibtex looks this back end up for each citation; unless it is registered here, pybtex reads the
    # metadata of every installed package each time, the greater part of a build with 1,900 citations.
    register_plugin("pybtex.backends", "plaintext", PlaintextBackend, force=True)
    app.add_post_transform(_UsedOn)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
