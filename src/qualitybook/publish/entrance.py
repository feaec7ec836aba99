"""The plain pages at the root of a site, which need neither scripts nor other files: they work from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from qualitybook.publish.shelves import ROOT_PAGE, Shelf
from qualitybook.report.i18n import Words, language

# Nothing but the styles written into the page, and an empty icon so that no browser asks for one.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """\
:root { color-scheme: light dark; }
body { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; line-height: 1.8;
  max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1f2328; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; border-bottom: 2px solid #1f4e79; }
h2 { font-size: 1.2rem; }
ul { list-style: none; padding: 0; }
li { padding: 0.5rem 0; border-bottom: 1px solid #c9d1d9; }
a { color: #1f4e79; margin-inline-end: 1rem; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #14181e; }
  h1 { border-color: #8ab8e6; }
  li { border-color: #444c56; }
  a { color: #8ab8e6; }
}
"""


def redirect(target: str) -> str:
    """Return a page that does nothing but lead on, without a script."""
    address = escape(target)
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>…</title>'
        f'<meta http-equiv="refresh" content="0; url={address}"></head>'
        f'<body><a href="{address}">{address}</a></body></html>\n'
    )


def plain_page(title: str, heading: str, body: str, *, head: str = "", lang: str = "zh") -> str:
    """Return a page without scripts.

    Parameters
    ----------
    title, heading : str
        Plain text.
    body : str
        HTML below the heading.
    head : str, optional
        HTML for the head.
    lang : str, optional
        Code of the language that the page begins with.
    """
    return f"""<!DOCTYPE html>
<html lang="{language(lang).html}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<main>
<h1>{escape(heading)}</h1>
{body}
</main>
</body>
</html>
"""


def entrance_page(shelves: Sequence[Shelf], as_of: Mapping[str, str], leads_on: str | None) -> str:
    """Return the page that lists the editions.

    Parameters
    ----------
    shelves : sequence of Shelf
        Editions, latest first.
    as_of : mapping
        As-of date by edition.
    leads_on : str or None
        Where the browser goes by itself, if anywhere.

    Returns
    -------
    str
        HTML without scripts; it works from a folder as well as from a server.
    """
    codes = shelves[0].languages
    title = " · ".join(Words(code).gettext("Editions") for code in codes)
    head = f'\n<meta http-equiv="refresh" content="0; url={escape(leads_on)}">' if leads_on else ""
    items = "\n".join(shelf_item(shelf, as_of.get(shelf.edition)) for shelf in shelves)
    return plain_page(title, title, f"<ul>\n{items}\n</ul>", head=head, lang=codes[0])


def shelf_item(shelf: Shelf, as_of: str | None) -> str:
    """Return one edition's line of the list: its books and its PDFs, each named in its own language."""
    links = []
    for code in shelf.languages:
        folder, own = f"{shelf.edition}/{code}", language(code)
        links.append(link(f"{folder}/{ROOT_PAGE}", own.name, own.html))
        if code in shelf.pdfs:
            links.append(link(f"{folder}/{shelf.pdfs[code]}", pdf_text(shelf, code), own.html))
    head = f"<strong>{escape(shelf.edition)}</strong>"
    if as_of:
        head += f" <small>({escape(as_of)})</small>"
    return f"<li>{head}<br>{' '.join(links)}</li>"


def pdf_text(shelf: Shelf, code: str) -> str:
    """Return what the link to a PDF says: also whether it is older than the pages beside it."""
    words, text = Words(code), f"{language(code).name} PDF"
    is_earlier = code in shelf.earlier
    return text + words.parentheses(words.gettext("of an earlier build than the pages")) if is_earlier else text


def link(href: str, text: str, lang: str) -> str:
    """Return a link whose text and page are in one language."""
    return f'<a href="{escape(href)}" lang="{lang}" hreflang="{lang}">{escape(text)}</a>'
