"""The parts of the website's extension, one by one."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, Template
from jupyter_book.config import validate_yaml
from sample_book import ROOT
from sphinx.config import Config
from sphinx_external_toc.parsing import parse_toc_yaml

from qualitybook.errors import RefusedError
from qualitybook.publish.documents import BookError, join_lines, words_of
from qualitybook.publish.web import text
from qualitybook.publish.web.finish import catalog_as_code, policy, script_hashes, with_policy
from qualitybook.publish.web.formulas import mathml
from qualitybook.publish.web.head import (
    breadcrumb_list,
    crumbs,
    edition_links,
    foot_lines,
    language_links,
    masthead,
    to_book,
)
from qualitybook.publish.web.search import EnglishEditionSearch, split_page, split_query
from qualitybook.publish.web.text import as_text
from qualitybook.publish.web.theme import ThemeCatalog, local_assets
from qualitybook.report.i18n import Words

TEXTS = st.text(alphabet=st.sampled_from("质量强市合格率〇𠮷 aZ9_，。\n(") | st.characters(), max_size=30)


def test_chinese_is_split_into_pairs() -> None:
    assert split_query("农产品质量") == ["农产", "产品", "品质", "质量"]
    assert split_query("GDP增长5.3%，质") == ["GDP", "增长", "5_", "3_", "质"]
    assert split_query("二〇二五年") == ["二〇", "〇二", "二五", "五年"]
    assert split_query("GB/T19001—2016") == ["GB", "T19001", "2016_"]
    assert split_query("") == []


def test_pages_also_know_lone_characters() -> None:
    assert split_page("质量ab") == ["质量", "ab", "质", "量"]
    assert split_page("质") == ["质"]


@given(before=TEXTS, phrase=TEXTS, after=TEXTS)
def test_a_phrase_is_found_wherever_it_stands(before: str, phrase: str, after: str) -> None:
    page = set(split_page(f"{before} {phrase} {after}"))
    assert set(split_query(phrase)) <= page


@given(before=st.text("质量强市合格", max_size=5), phrase=st.text("质量强市合格", min_size=1, max_size=5))
def test_a_phrase_is_found_inside_a_sentence(before: str, phrase: str) -> None:
    assert set(split_query(phrase)) <= set(split_page(before + phrase + before))


def test_terms_are_long_enough_to_be_demanded() -> None:
    search = EnglishEditionSearch({})
    assert [search.stem(word) for word in ("质", "质量", "5_", "AI", "forecasts")] == [
        "质__",
        "质量_",
        "5__",
        "ai_",
        "forecast",
    ]
    assert not search.word_filter(search.stem("of"))
    assert search.word_filter(search.stem("质量"))


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\frac{1}{2}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>"),
        (r"y \sim N", "<mo>&#x0223C;</mo>"),
        (r"\text{合格率}", "<mtext>合格率</mtext>"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtr>"),
        (r"\hat\sigma^2", "<mover"),
        ("a < b", "&#x0003C;"),
    ],
)
def test_formula(latex: str, wanted: str) -> None:
    assert wanted in mathml(latex)


def test_formula_on_its_own_lines() -> None:
    assert 'display="block"' in mathml("x", block=True)
    assert 'display="inline"' in mathml("x")
    assert mathml(r"a = b \\ c = d", block=True).count("<mtr>") == 2


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", "a & b", r"\begin{nosuch} x \end{nosuch}", r"\left( x"])
def test_formula_that_cannot_be_written(latex: str) -> None:
    with pytest.raises(BookError, match="cannot be written"):
        mathml(latex)


@given(st.text("ab质{}\\_^&$%<> \n", max_size=12))
def test_formula_is_written_or_refused(latex: str) -> None:
    try:
        written = mathml(latex)
    except BookError:
        return
    assert written.startswith("<math ")
    assert "\\" not in written


def test_lines_are_joined_between_chinese_characters_only() -> None:
    assert join_lines("农产品质量\n安全，\n合格") == "农产品质量安全，合格"
    assert join_lines("in\nEnglish\n质量\nis") == "in\nEnglish\n质量\nis"


def test_the_name_of_the_book_is_text() -> None:
    template = Path(text.__file__).with_name("templates") / "navbar-logo.html"
    shown = Template(template.read_text(encoding="utf-8")).render(docstitle='a" onclick="b" <b>', pathto=str)
    assert shown.count("a&#34; onclick=&#34;b&#34; &lt;b&gt;") == 2


def test_the_search_page_is_called_by_the_name_of_the_book_as_text() -> None:
    own = (Path(text.__file__).with_name("templates") / "search.html").read_text(encoding="utf-8")
    themes = "{% block htmltitle %}<title>{{ docstitle }}</title>{% endblock %}"
    templates = Environment(
        loader=DictLoader({"search.html": own, "!search.html": themes}), extensions=["jinja2.ext.i18n"]
    )
    shown = templates.get_template("search.html").render(docstitle="A</title><b>", _=str)
    assert shown.strip() == "<title>Search - A&lt;/title&gt;&lt;b&gt;</title>"


def test_raw_markup_becomes_text() -> None:
    line = nodes.paragraph()
    line += nodes.raw("", "<b onclick='x()'>", format="html")
    (text,) = as_text(line[0])
    assert isinstance(text, nodes.Text)
    block = nodes.section()
    block += nodes.raw("", "<div>&amp;</div>", format="html")
    (paragraph,) = as_text(block[0])
    assert paragraph.astext() == "<div>&amp;</div>"
    block += nodes.raw("", "<!-- a\nremark -->", format="html")
    assert as_text(block[1]) == []


def test_foreign_and_unwanted_assets_are_dropped() -> None:
    def script(filename: str | None, body: str = "") -> SimpleNamespace:
        return SimpleNamespace(filename=filename, attributes={"body": body})

    own = script("_static/doctools.js")
    words = script(None, "let toggleHintShow = 'x';")
    assets = [own, script("https://cdn.example/x.js"), script("//cdn.example/y.js"), script("sphinx-thebe.js"), words]
    assets.append(script(None, 'const THEBE_JS_URL = "x"; thebe()'))
    assert local_assets(assets) == [own, words]
    assert local_assets(["a.css", "sphinx-thebe.css", "http://x/y.css"]) == ["a.css"]


def test_way_to_the_book() -> None:
    assert to_book("summary") == ""
    assert to_book("targets/01-index") == "../"
    assert to_book("a/b/c") == "../../"


def test_language_links_keep_the_page() -> None:
    chinese, english = language_links("targets/01-index", "zh", ["zh", "en"])
    assert english.href == "../../en/targets/01-index.html"
    assert (chinese.current, english.current) == (True, False)
    assert (chinese.lang, chinese.text, english.text) == ("zh-CN", "中文", "English")
    assert language_links("summary", "en", ["en"])[0].href == "../en/summary.html"


def test_edition_links_keep_the_page_where_it_exists() -> None:
    editions = [
        {"edition": "2025", "languages": ["zh", "en"]},
        {"edition": "2024", "languages": ["zh", "en"], "pages": ["peers"]},
        {"edition": "2023", "languages": ["zh"]},
    ]
    now, before, first = edition_links("peers", "summary", "2025", Words("en"), editions)
    assert (now.href, now.current) == ("../../2025/en/peers.html", True)
    assert (before.href, before.current) == ("../../2024/en/peers.html", False)
    assert (first.href, first.lang) == ("../../2023/zh/summary.html", "zh-CN")
    assert [link.text for link in (now, before)] == ["2025", "2024"]
    assert first.text == "2023 (without this page: its first page)"


def test_breadcrumbs_lead_from_the_book_over_the_part_to_the_page() -> None:
    config = Config({"language": "en"})
    config.external_site_map = parse_toc_yaml(ROOT / "_toc.yml")
    config.master_doc = "summary"
    way = crumbs(config, "targets/01-goods", "Goods", "A <book>")
    assert [(crumb.text, crumb.href) for crumb in way] == [
        ("A <book>", "../summary.html"),
        ("Targets", ""),
        ("Goods", ""),
    ]
    assert [crumb.text for crumb in crumbs(config, "methods", "Methods", "B")][1] == "Evidence and method"
    assert [crumb.text for crumb in crumbs(config, "indicators/a", "A", "B")][1] == "Indicators"
    assert crumbs(config, "summary", "Summary", "B") == []
    told = breadcrumb_list(way, {"A <book>": "https://example.org/a", "Goods": "https://example.org/b"})
    assert "A <book>" not in told
    items = json.loads(told.partition(">")[2].rpartition("</script>")[0])["itemListElement"]
    assert [(item["position"], item["name"]) for item in items] == [(1, "A <book>"), (2, "Goods")]


def test_foot_says_what_applies() -> None:
    words = Words("en")
    assert foot_lines(words, {}) == ()
    lines = foot_lines(words, {"edition": "2025", "as_of": "2026-11-22", "draft": True, "licence": "CC BY 4.0"})
    assert lines[0] == "Edition 2025, as of 22 November 2026"
    assert lines[1].startswith("Draft goals:")
    assert lines[2] == "Licence: CC BY 4.0"


def test_masthead_of_a_book_that_says_nothing() -> None:
    empty = masthead("summary", "summary", Words("en"), {})
    assert empty.languages == empty.editions == empty.foot == ()
    assert empty.files == ()
    assert empty.every_edition is None


def test_theme_words_yield_to_nothing_they_do_not_hold() -> None:
    catalog = ThemeCatalog({"Color mode": "颜色模式"})
    catalog.add_fallback(ThemeCatalog({"Light": "亮色"}))
    assert [catalog.gettext(word) for word in ("Color mode", "Light", "Dark")] == ["颜色模式", "亮色", "Dark"]


def test_settings_are_valid_as_they_stand() -> None:
    validate_yaml(yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")), raise_on_errors=True)
    contents = parse_toc_yaml(ROOT / "_toc.yml")
    assert contents.root.docname == "summary"
    assert [part.caption for part in contents.root.subtrees] == [
        "Overview",
        "Targets",
        "Task areas",
        "Context and outlook",
        "Evidence and method",
    ]
    by_the_plan = {"Targets", "Task areas"}
    assert {part.caption for part in contents.root.subtrees if not part.numbered} == by_the_plan


def test_words_follow_the_configured_language() -> None:
    assert words_of(Config(overrides={"language": "en"})).code == "en"
    with pytest.raises(RefusedError, match="fr"):
        words_of(Config(overrides={"language": "fr"}))


def test_policy_names_inline_scripts_by_their_hashes() -> None:
    page = (
        '<meta charset="utf-8" /><script>alert(1)</script><script async src="a.js"></script><script>alert(1)</script>'
    )
    # echo -n "alert(1)" | openssl dgst -sha256 -binary | base64
    assert script_hashes(page) == ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]
    assert "script-src 'self' file: 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';" in policy(page)
    assert "unsafe" not in policy(page).partition("script-src")[2].partition(";")[0]
    assert with_policy(page).startswith('<meta charset="utf-8" />\n<meta http-equiv="Content-Security-Policy"')
    assert with_policy(with_policy(page)) == with_policy(page)


def test_policy_allows_no_script_below_the_head() -> None:
    page = '<meta charset="utf-8" /><script>one()</script></head><body><h1>A goal <script>planted()</script></h1>'
    assert script_hashes(page) == script_hashes("<script>one()</script>")
    assert len(script_hashes(page)) == 1


def test_policy_says_nothing_of_data() -> None:
    assert script_hashes('<script type="application/ld+json">{"name": 1}</script>') == []


def test_catalog_needs_no_evaluation() -> None:
    script = (
        'Documentation.addTranslations({"locale": "zh", "messages": {"Search": "\\u641c"}, "plural_expr": "n > 1"});'
    )
    code = catalog_as_code(script)
    assert code == (
        'Object.assign(Documentation.TRANSLATIONS, {"Search": "\\u641c"});\n'
        "Documentation.PLURAL_EXPR = (n) => (n > 1);\n"
        'Documentation.LOCALE = "zh";\n'
    )
    assert catalog_as_code(code) == code
