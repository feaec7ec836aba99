"""A small book made for the tests, its figures invented, and its PDF."""

from __future__ import annotations

import io
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from qualitybook.report.i18n import LANGUAGES

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120" viewBox="0 0 300 120">'
    '<path d="M10 100L90 60L290 20" fill="none" stroke="#147" stroke-width="3"/></svg>'
)
SETTINGS = """\
# As the real books count their chapters; the extension changes Sphinx for all later books of a process.
extensions = ["myst_nb", "sphinx_multitoc_numbering", "qualitybook.publish.bibliography", "qualitybook.publish.typst"]
language = {sphinx!r}
root_doc = "summary"
numfig = True
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["colon_fence", "dollarmath"]
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "qualitybook"
exclude_patterns = ["out"]
html_title = "样例 Sample report"
author = "Office"
typst_subtitle = "Progress"
typst_edition = "2025"
typst_as_of = "2025-06-30"
typst_version = "0.1.0"
typst_date = "2025-06-30"
typst_keywords = ["quality", "质量"]
typst_cover_note = "Draft goals 目标草案"
typst_imprint = ["Licence: CC BY 4.0"]
typst_index = {{"领域 Area": {{"rate": "观测值", "gone": "无人提及"}}}}
typst_summary_sections = 1
"""
SOURCE = """\
@misc{first,
  sortkey = {00001}, langid = {LANG}, organization = {统计局}, title = {公报 1_2}, date = {2024-05},
  howpublished = {公报}, url = {https://example.org/a_b?c=1}, note = {2025-06-30},
}
"""
SUMMARY = """\
# 摘要 Summary

## 要点 Messages

见{numref}`fig-rate`与{numref}`tbl-rates`，{doc}`methods`，{term}`界值`[^1]{cite}`first`。

[^1]: 脚注文字。

## 其余 Others

第二页的话。

```{toctree}
:caption: 进展 Progress
:numbered:

rates
```

```{toctree}
:caption: 附录 Appendix
:numbered:

methods
bibliography
```
"""
METHODS = r"""# 方法 Methods

:::{warning}
注意 $x^2$。
:::

$$
\operatorname{logit}(p)=\ln\frac{p}{1-p}
$$ (logit)

见{eq}`logit`。

:::{glossary}
界值
  As printed, 98 or more.
:::

| a | b | c | d | e | f | g | h | i | j |
|---|---|---|---|---|---|---|---|---|---|
| 食品安全一 | 食品安全二 | 食品安全三 | 食品安全四 | 食品安全五 | 食品安全六 | 食品安全 | 食品安全 | 食品安全 | 宽表 |
"""
FIGURE = """\
:::{figure-md} fig-rate
![The rate rises from 97 to 98](/figures/rate.svg)

合格率的变化。截至2025年6月30日{cite}`first`。
:::
"""
ROWS = "".join(
    f"| 20{row:02d} | 某市 | 食品安全监督抽检合格率，含评价性抽检与风险监测的全部批次 | {90 + row / 10:.1f} | A | "
    f"https://example.org/a/long/address/of/a/notice/{row}.html |\n"
    for row in range(60)
)
TABLE = f"""\
:::{{table}} 观测值
:name: tbl-rates

| 期间甲 | 地区 | 指标 | 数值 | 等级 | 来源 |
|:--|:--|:--|--:|:-:|:--|
{ROWS}:::
"""


def write_book(folder: Path, code: str) -> Path:
    """Write the book's source in one language and return its folder."""
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "rate.svg").write_text(SVG, encoding="utf-8")
    settings = SETTINGS.format(sphinx=LANGUAGES[code].sphinx)
    pages = {
        "conf.py": settings,
        "references.bib": SOURCE.replace("LANG", code),
        "summary.md": SUMMARY,
        "methods.md": METHODS,
        "bibliography.md": "# 参考文献 Bibliography\n\n```{bibliography}\n```\n",
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    hidden = {"tags": ["hide-input"]}
    cells = [
        new_markdown_cell("# 合格率 Rates\n\n## 数据 Data", id="c1"),
        new_code_cell("secret_call()", metadata=hidden, outputs=[_markdown(FIGURE)], id="c2"),
        new_code_cell("secret_call()", metadata=hidden, outputs=[_markdown(TABLE)], id="c3"),
        new_code_cell("secret_call()", metadata={"tags": ["remove-input"]}, outputs=[_markdown("结论。")], id="c4"),
    ]
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / "rates.ipynb")
    return folder


def _markdown(text: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={"text/markdown": text, "text/plain": "not printed"})


def build(source: Path, out: Path, builder: str = "typst") -> Path:
    """Build a form of a book and return the path of its PDF."""
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            str(source),
            str(source),
            str(out),
            str(out / ".doctrees"),
            builder,
            status=io.StringIO(),
            warning=io.StringIO(),
            warningiserror=True,
        )
        app.build()
    return out / "book.pdf"


def write_page(folder: Path, text: str) -> Path:
    """Write a book of one page and return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "conf.py").write_text(
        'extensions = ["qualitybook.publish.typst"]\nlanguage = "en"\nnb_execution_mode = "off"\n'
        'myst_enable_extensions = ["dollarmath"]\nexclude_patterns = ["out"]\ntypst_date = "2025-06-30"\n',
        encoding="utf-8",
    )
    (folder / "index.md").write_text(text, encoding="utf-8")
    return folder
