#!/usr/bin/env bash
# EbookLib 0.20: a page that is given whole is written without its head and without the attributes of its body
#
# One would guess: the content of an EpubHtml is the page that goes into the book; a whole XHTML document, which it takes,
# keeps its style sheet, its title and the direction of its text.
# What happens: only what is inside the body is kept. The head is made anew from the properties of the object: links and
# metadata are gone, the title is the one of the object; class and dir of the body are gone as well. The book is valid and
# looks otherwise. Reading a book and writing it again does this to each of its pages.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet ebooklib==0.20
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import zipfile
from importlib.metadata import version

from ebooklib import epub

print("EbookLib", version("ebooklib"))
book = epub.EpubBook()
book.set_identifier("urn:x")
book.set_title("Book")
book.set_language("en")
book.add_item(epub.EpubItem(uid="style", file_name="a.css", media_type="text/css", content=b"p {margin: 0}"))
page = epub.EpubHtml(title="Other", file_name="page.xhtml")
page.content = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Page</title><link rel="stylesheet" href="a.css"/></head>'
    '<body class="wide" dir="rtl"><p>text</p></body></html>'
)
book.add_item(page)
book.toc, book.spine = [page], [page]
book.add_item(epub.EpubNcx())
book.add_item(epub.EpubNav())
epub.write_epub("book.epub", book)
with zipfile.ZipFile("book.epub") as parts:
    written = parts.read("EPUB/page.xhtml").decode()
print(written)
assert "<p>text</p>" in written and "<title>Other</title>" in written
assert "a.css" not in written and "wide" not in written and "rtl" not in written
PY
