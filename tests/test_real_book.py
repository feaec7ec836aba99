"""The real book: built once, whole, in both languages, and looked at as its readers will."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from accessible import faults
from page_numbers import LEFT_OUT, Published, unexplained
from pdf_text import texts_of
from pypdf import PdfReader
from recomputed import Recomputed
from small_project import ROOT, build

from qualitybook.evidence import load
from qualitybook.publish.assemble import cited_sources
from qualitybook.report.i18n import LANGUAGES, Words, translator
from qualitybook.report.theme import NARROW_SUFFIX

pytestmark = pytest.mark.book

CODES = ("zh", "en")
OPAQUE = ("script", "style", "svg", "math")
BILINGUAL = ("glossary", "reproduce")
"""Pages that hold the other language on purpose: its terms, docstrings in English, commands."""
DRAFT = "征求意见稿"
"""What the plan's text is called, which the English preface says in the original."""
# Chinese with the digits and names inside it; in Chinese text, up to three Latin words may be a name.
FOREIGN = {
    "en": re.compile("[\u3400-\u9fff](?:[\u3400-\u9fff\u3001-\u3011\uff01-\uff5e“”·—A-Za-z0-9%.-]*[\u3400-\u9fff])?"),
    "zh": re.compile(r"[A-Za-z]{2,}(?:[,;:]? [A-Za-z]{2,}){3,}"),
}


@dataclass
class Page(HTMLParser):
    """What a reader and a browser find on a page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    pictures: list[dict[str, str | None]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.ids |= {name for name in (values.get("id"), values.get("name")) if name}
        if tag in OPAQUE:
            self.closed.append(tag)
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if tag == "img":
            self.pictures.append(values)
        if tag in ("img", "script", "link", "iframe", "source") and values.get("rel") != "canonical":
            self.resources += [str(values[name]) for name in ("src", "href") if values.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self.closed and self.closed[-1] == tag:
            self.closed.pop()

    def handle_data(self, data: str) -> None:
        if not self.closed:
            self.words.append(data)

    @cached_property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def read_page(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@dataclass(frozen=True)
class Book:
    """The site, every page of it, and the folder that it was built in."""

    site: Path
    build_dir: Path
    edition: str
    pages: dict[Path, Page]

    def folder(self, code: str) -> Path:
        return self.site / self.edition / code

    def source(self, code: str) -> Path:
        return self.build_dir / self.edition / code / "source"

    def pages_in(self, code: str) -> dict[Path, Page]:
        return {path: page for path, page in self.pages.items() if self.folder(code) in path.parents}

    def pdf(self, code: str) -> Path:
        (path,) = self.folder(code).glob(f"*-{code}.pdf")
        return path

    @cached_property
    def printed(self) -> dict[str, list[str]]:
        """The text of every page of the PDFs."""
        return {code: texts_of(self.pdf(code)) for code in CODES}


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("book")
    result = build(ROOT, "--build-dir", str(folder / "_build"), "--output", str(folder / "_site"))
    assert result.returncode == 0, result.stderr
    site = folder / "_site"
    pages = {path: read_page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}
    (edition,) = [path.name for path in site.iterdir() if (path / "zh").is_dir()]
    return Book(site, folder / "_build", edition, pages)


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def outputs(source: Path) -> Iterator[tuple[str, str]]:
    """Yield the Markdown that every cell of every page shows."""
    for path in sorted(source.rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                yield path.name, "".join(output.get("data", {}).get("text/markdown", ""))


def test_every_measurable_target_and_every_area_has_its_page(book: Book, code: str) -> None:
    catalog, words = load(ROOT / "data"), Words(code)
    targets = catalog.targets[catalog.targets["rule"] != "qualitative"]
    for _, target in targets.iterrows():
        (path,) = (book.folder(code) / "targets").glob(f"*-{target['target_id']}.html")
        assert words.name(target, "statement") in book.pages[path].text
    for _, area in catalog.areas.iterrows():
        (path,) = (book.folder(code) / "areas").glob(f"*-{area['area_id']}.html")
        assert words.name(area) in book.pages[path].text


def test_every_link_inside_the_site_leads_somewhere(book: Book) -> None:
    lost: dict[str, set[str]] = defaultdict(set)
    for path, page in book.pages.items():
        for link in [*page.links, *page.resources]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            # The page for lost addresses is shown at any depth, so its links begin at the site's root.
            start = book.site if parts.path.startswith("/") else path.parent
            target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            known = book.pages.get(target)
            if not target.is_file() or (parts.fragment and known and unquote(parts.fragment) not in known.ids):
                lost[link].add(path.relative_to(book.site).as_posix())
    assert dict(lost) == {}


def test_nothing_is_fetched_from_elsewhere(book: Book) -> None:
    fetched = {link for page in book.pages.values() for link in page.resources if urlsplit(link).netloc}
    assert fetched == set()


def test_every_picture_has_a_text(book: Book) -> None:
    bare = [
        (path.name, picture) for path, page in book.pages.items() for picture in page.pictures if not picture.get("alt")
    ]
    assert bare == []


def test_every_citation_is_in_the_bibliography(book: Book, code: str) -> None:
    source = book.source(code)
    listed = set(re.findall(r"^@misc\{([^,]+),", (source / "references.bib").read_text("utf-8"), flags=re.MULTILINE))
    assert cited_sources(source) == listed
    assert len(listed) > 50
    for page in book.pages_in(code).values():
        assert "[?]" not in page.text


def test_every_figure_is_shown(book: Book, code: str) -> None:
    source = book.source(code)
    # The page takes the variant for narrow screens by itself.
    drawn = {path.name for path in (source / "figures").glob("*.svg") if not path.stem.endswith(NARROW_SUFFIX)}
    texts = [text for _, text in outputs(source)]
    texts += [path.read_text("utf-8") for path in (*(source / "indicators").glob("*.md"), source / "catalogue.md")]
    shown = {Path(name).name for text in texts for name in re.findall(r"\(([^)]+\.svg)\)", text)}
    assert shown == drawn
    assert len(drawn) > 20


def test_no_page_shows_what_python_calls_nothing(book: Book, code: str) -> None:
    leaked = [
        (name, found)
        for name, text in outputs(book.source(code))
        for found in re.findall(r"\b(?:nan|NaT|None|<NA>)\b.{0,20}", text)
    ]
    assert leaked == []


def test_both_languages_have_the_same_pages_figures_and_tables(book: Book) -> None:
    def shape(code: str) -> list[str]:
        return sorted(
            path.relative_to(book.source(code)).as_posix() for path in book.source(code).rglob("*") if path.is_file()
        )

    assert shape("zh") == shape("en")
    labels = {
        code: sorted(
            label for _, text in outputs(book.source(code)) for label in re.findall(r"\b(?:tbl|fig)-[\w-]+-\d+", text)
        )
        for code in CODES
    }
    assert set(labels["zh"]) == set(labels["en"])


def test_no_english_message_stands_on_a_chinese_page(book: Book) -> None:
    translations = translator("zh")._catalog  # type: ignore[attr-defined]
    messages = [
        text
        for text in translations
        if isinstance(text, str) and len(text) > 12 and "{" not in text and translations[text] != text
    ]
    assert len(messages) > 50
    # The glossary gives the English terms on purpose, the reference of the library its English docstrings.
    pages = [page for path, page in book.pages_in("zh").items() if path.stem != "glossary"]
    found = {
        text
        for page in pages
        for text in messages
        if text in page.text and re.search(rf"(?<![A-Za-z]){re.escape(text)}(?![A-Za-z])", page.text)
    }
    assert found == set()


def test_the_other_language_stands_in_titles_only(book: Book, code: str) -> None:
    """What is printed as it was published: titles and addresses of sources, names of publishers, the literature."""
    evidence = load(ROOT / "data")
    literature = (ROOT / f"book/{code}/parts/methods-references.md").read_text(encoding="utf-8")
    printed = {text for name in ("title", "url", "found_url") for text in evidence.sources[name].dropna()}
    printed |= {*re.findall(r"[A-Z][^*.()（）]+", literature), *evidence.publishers["publisher_zh"], DRAFT}
    printed |= {language.name for language in LANGUAGES.values()}
    longest_first = sorted(filter(None, printed), key=len, reverse=True)
    whole = re.compile("|".join(re.escape(text.replace("’", "'")) for text in longest_first))
    pages = {path: page for path, page in book.pages_in(code).items() if path.stem not in BILINGUAL}
    found = {
        path.stem: FOREIGN[code].findall(whole.sub("", page.text.replace("’", "'"))) for path, page in pages.items()
    }
    assert len(found) > 200
    assert {name: runs for name, runs in found.items() if runs} == {}


def test_the_pdf_holds_the_book(book: Book, code: str) -> None:
    words = Words(code)
    text = re.sub(r"\s", "", "".join(book.printed[code]))
    for _, target in load(ROOT / "data").targets.iterrows():
        if target["rule"] != "qualitative":
            assert re.sub(r"\s", "", words.name(target, "statement")) in text
    assert 40 <= len(book.printed[code]) <= 400
    assert re.search("[\u4e00-\u9fff]{10}", text)
    # Neither a sign that no font has, nor one that would be copied with a command or a path.
    assert {"\ufffd", "\u200b"} & set(text) == set()


def test_the_pdf_carries_its_fonts_and_an_outline(book: Book, code: str) -> None:
    reader = PdfReader(book.pdf(code))
    fonts = {font["/BaseFont"]: font for page in reader.pages for font in page_fonts(page)}
    assert fonts
    assert [name for name, font in fonts.items() if not is_embedded(font)] == []
    assert len(reader.outline) >= 5
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(code)


def test_the_edition_stands_on_one_page_and_on_six_slides(book: Book, code: str) -> None:
    counts = {"brief": 1, "slides": 6}
    for form, count in counts.items():
        (path,) = book.folder(code).glob(f"*-{code}-{form}.pdf")
        pages = texts_of(path)
        assert len(pages) == count
        assert [page for page in pages if len(page) < 100] == []


@pytest.mark.parametrize("suffix", ["", "-brief", "-slides"])
def test_nothing_that_pdf_ua_asks_for_is_missing(book: Book, code: str, suffix: str) -> None:
    (path,) = book.folder(code).glob(f"*-{code}{suffix}.pdf")
    assert faults(path) == []


def test_no_page_of_the_pdf_holds_two_lines_alone(book: Book, code: str) -> None:
    """Those that open a part hold its title and chapters; a running head and a number stand on each other page."""
    pages = [text.strip().splitlines() for text in book.printed[code]]
    assert [number for number, lines in enumerate(pages, start=1) if len(lines) <= 4] == []


ODD = {
    "zh": {
        "a dash between values": r"\d%?\s?–\s?\d+(?:\.\d+)?(?:%|个|家|件|年)",
        "a second colon in a verdict": r"判定：[^。；，（]{1,8}：",
        "a question mark for a sign": r"[：，、]\s?\?",
        "a swung dash between years": r"\d{4}年?～\d{4}年",
    },
    "en": {
        "a swung dash": r"\d～",
        "a spaced dash between values": r"\d – \d",
        "a unit as it is stored": r"× ?(?:100 million|10,000)",
        "an amount that counts by ten thousands": r"\d [\d,]+ ten thousand",
    },
}


def test_print_writes_ranges_verdicts_and_units_as_its_language_does(book: Book, code: str) -> None:
    text = "\n".join(book.printed[code])
    assert {what: found for what, sign in ODD[code].items() if (found := re.findall(sign, text))} == {}


def page_fonts(page: object) -> Iterator[dict[str, object]]:
    resources = page["/Resources"]  # type: ignore[index]
    yield from (font.get_object() for font in resources.get("/Font", {}).values())


def is_embedded(font: dict[str, object]) -> bool:
    inner = [each.get_object() for each in font.get("/DescendantFonts", [font])]  # type: ignore[attr-defined]
    kinds = ("/FontFile", "/FontFile2", "/FontFile3")
    return all(any(kind in each["/FontDescriptor"] for kind in kinds) for each in inner if each["/Subtype"] != "/Type3")


def test_text_says_that_the_goals_are_draft_goals(book: Book, code: str) -> None:
    mark = {"zh": "征求意见稿", "en": "consultation draft"}[code]
    targets = [page for path, page in book.pages_in(code).items() if path.parent.name == "targets"]
    assert all(mark in page.text for page in targets)
    assert mark in book.pages[book.folder(code) / "summary.html"].text


def test_every_number_on_a_page_is_a_row_or_computed_from_rows(book: Book, code: str) -> None:
    assert unexplained(book.site, book.edition, code, LEFT_OUT) == []


def test_every_computed_number_comes_out_by_another_way(book: Book) -> None:
    """The languages say the same; what each of them prints is read by the test above."""
    published = {code: Published(book.site, book.edition, code) for code in CODES}
    assert Recomputed(published["en"]).mistakes() == []
    said = {
        code: [{name: row[name] for name in ("page", "statement", "rows", "operation", "result")} for row in rows]
        for code, each in published.items()
        for rows in [[row for page in sorted(each.derived) for row in each.derived[page]]]
    }
    assert said["zh"] == said["en"]
    assert len(said["en"]) > 400
