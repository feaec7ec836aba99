"""Finished pages say what they said in fewer bytes."""

from __future__ import annotations

import pytest

from qualitybook.publish.web.finish import squeezed, steady

SOURCE = '<a class="reference" href="../bibliography.html#id{}" title="A book.">[{}]</a>'


@pytest.mark.parametrize(
    ("page", "short"),
    [
        ("\n\n<p>one\n   two</p>  \n\n  <p>three</p>\n", "<p>one\ntwo</p>\n<p>three</p>\n"),
        ("<p>one  two</p>", "<p>one  two</p>"),
        ("<p>a</p>\n<!-- said to\n nobody -->\n<!-- nor this -->\n<p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("<pre>\n  a\n\n  b</pre>\n\n<p>c</p>", "<pre>\n  a\n\n  b</pre>\n<p>c</p>"),
        ("<svg>\n <title>A\n\n2024</title></svg>", "<svg>\n <title>A\n\n2024</title></svg>"),
        ("<script>\n  one();\n</script>", "<script>\n  one();\n</script>"),
        ('<tr class="row-even"><td class="text-left"><p>x</p></td></tr>', "<tr><td><p>x</p></td></tr>"),
        ('<a class="reference internal" href="a">a</a>', '<a class="reference" href="a">a</a>'),
        ('<a/>\n<script defer src="_static/scripts/bootstrap.js?digest=55"></script>\n<b/>', "<a/>\n<b/>"),
        ("<a/>\n<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>\n<b/>", "<a/>\n<b/>"),
        (
            '<svg><defs><path id="ai0" d="M0 0h1"/></defs><use href="#ai0"/></svg>'
            '<svg><defs><path id="bi7" d="M0 0h1"/></defs><use href="#bi7" x="1"/></svg>',
            '<svg><defs><path id="ai0" d="M0 0h1"/></defs><use href="#ai0"/></svg><svg><use href="#ai0" x="1"/></svg>',
        ),
        (
            '<script src="_static/clipboard.min.js?v=1"></script>\n'
            '<details class="qb-code"><div class="highlight"/></details>',
            '<link rel="later" href="_static/clipboard.min.js?v=1">\n'
            '<details class="qb-code"><div class="highlight"/></details>',
        ),
        (
            '<script src="_static/clipboard.min.js"></script>\n<div class="highlight"/>',
            '<script src="_static/clipboard.min.js"></script>\n<div class="highlight"/>',
        ),
        (
            '<button data-bs-title="Colour" data-bs-placement="bottom" data-bs-toggle="tooltip"/>',
            '<button title="Colour"/>',
        ),
        ('<a title="x data-bs-title=">data-bs-title=</a>', '<a title="x data-bs-title=">data-bs-title=</a>'),
        ('<td class="text-right"><p>1</p></td>', '<td class="text-right"><p>1</p></td>'),
        (
            '<head><title>3%～5%</title></head><p title="3%～5%">（3%～5%）2010年——2012年, &amp;～ ～</p>'
            "<svg>3～5</svg>",
            '<head><title>3%～5%</title></head><p title="3%～5%">（3<span class="qb-tied">%～</span>5%）'
            '2010<span class="qb-tied">年——</span>2012年, &amp;～ ～</p><svg>3～5</svg>',
        ),
    ],
)
def test_only_what_says_nothing_goes(page: str, short: str) -> None:
    assert squeezed(page) == short
    assert squeezed(short) == short


def test_a_page_waits_for_the_table_of_its_first_screen() -> None:
    page = "<head></head><table><tr></tr></table><table></table>"
    expect = '<link rel="expect" href="#rows" blocking="render">'
    waiting = f'<head>{expect}\n</head><table><tr></tr></table><span id="rows"></span><table></table>'
    assert steady(page) == steady(waiting) == waiting
    far_down = "<head></head>" + "<p>text</p>" * 2_000 + page
    assert steady(far_down) == far_down
    assert steady("<head></head><p>text</p>") == "<head></head><p>text</p>"


def test_a_source_is_told_where_it_is_first_cited() -> None:
    page = SOURCE.format(1, 1) + SOURCE.format(2, 2) + SOURCE.format(1, 1)
    assert squeezed(page) == SOURCE.format(1, 1) + SOURCE.format(2, 2) + SOURCE.format(1, 1).replace(
        ' title="A book."', ""
    )
