"""A tiny book made for the tests: invented figures on the pages of the real table of contents, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import yaml
from jupyter_book.sphinx import build_sphinx
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.locale import translators

from qualitybook.publish.bibliography import write_bib
from qualitybook.report import markdown
from qualitybook.report.i18n import LANGUAGES, Words

ROOT = Path(__file__).parents[3]
EDITION = "2025"
SCRIPT = '<script>alert("planted")</script>'
SIGNS = 'R&D <0.1 [x] \\ \\"`*_{y}$ &lt; &#34; *all*'
"""Signs that mean something to Markdown, HTML and typographic quotes, in a text of the evidence."""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80"><rect width="200" height="80" fill="#eef"/>'
    '<path d="M10 60L60 40L110 45L190 15" fill="none" stroke="#147" stroke-width="3"/></svg>'
)
FIELDS = ["source_id", "title", "publisher", "kind", "published", "access_kind", "url", "found_url"]
SOURCES = pd.DataFrame(
    [
        (
            "first-2024",
            "第一份公报：50% & 更多_示例#1",
            "市统计局",
            "communique",
            "2024-05",
            "original",
            "https://example.org/a_b?c=%E5&d=1#e",
            "",
        ),
        ("second-2023", "Second {report} ~ $5 ^ \\ end", "Office", "report", "", "mirror", "", ""),
        ("third-2022", "第三份通告", "市监局", "bulletin", "2022", "quotation", "", "https://example.org/copy"),
        ("never-cited", "未被引用的来源", "某报", "press", "2021-01-02", "reprint", "", ""),
    ],
    columns=FIELDS,
).assign(accessed="2026-11-22", language="zh")
PUBLISHERS = {"zh": {}, "en": {"市统计局": "Statistics Bureau"}}
FORMULAS = r"""

$$
\operatorname{logit}(p)=\ln\frac{p}{1-p}
$$ (logit)

{eq}`logit`

$$
\begin{aligned} a &= b \\ c &\sim d \end{aligned}
$$
"""
TEXTS = {
    "zh": {
        "summary": "# 摘要\n\n本书判断每项目标。农产品质量\n安全监测见后文{cite}`first-2024`。\n",
        "how-to-read": "# 怎样读本书\n\n:::{note}\n本书目标为草案目标。\n:::\n\n:::{warning}\n只有界值。\n:::\n",
        "methods": "# 方法\n\n系数用稳健标准误，合格率$p$先变换[^1]。\n\n[^1]: 注文。" + FORMULAS,
        "target": "制造业质量竞争力指数",
        "caption": "监测合格率，截至2026年11月22日",
        "alt": f"合格率由97.0%升至98.1%（{SIGNS}）",
        "head": "| 年份 | 合格率（%） | 来源 |",
        "bibliography": "参考文献",
    },
    "en": {
        "summary": "# Summary\n\nThe book judges; forecasting follows {cite}`first-2024`.\nOriginal: 农产品质量安全.\n",
        "how-to-read": "# How to read\n\n:::{note}\nGoals are draft goals.\n:::\n\n:::{warning}\nBounds only.\n:::\n",
        "methods": "# Methods\n\nRobust standard errors (稳健标准误) of $p$[^1].\n\n[^1]: Its text." + FORMULAS,
        "target": "Manufacturing quality competitiveness index (制造业质量竞争力指数)",
        "caption": "Pass rate in monitoring, as of 22 November 2026",
        "alt": f"The pass rate rose from 97.0% to 98.1% ({SIGNS})",
        "head": "| Year | Pass rate (%) | Source |",
        "bibliography": "Bibliography",
    },
}


@dataclass(frozen=True)
class SampleBook:
    """A built sample: ``root/<edition>/<lang>/`` as on the site."""

    root: Path

    def folder(self, code: str) -> Path:
        return self.root / EDITION / code

    def pages(self, code: str) -> list[Path]:
        return sorted(path for path in self.folder(code).rglob("*.html") if "_static" not in path.parts)

    def page(self, code: str, name: str) -> str:
        return (self.folder(code) / f"{name}.html").read_text(encoding="utf-8")


def outputs(code: str, page: str) -> list[str]:
    """Return the Markdown that the page's cells show."""
    words = TEXTS[code]
    rows = [f"| {2020 + i} | {97 + i / 10:.1f} | {{cite}}`first-2024` |" for i in range(4)]
    rows.append(f"| 2024 | 98.1 {SCRIPT} | {{cite}}`second-2023,third-2022` |")
    table = "\n".join([words["head"], "|---|--:|---|", *rows])
    caption = f"{words['caption']} {markdown.escape(SIGNS)} {{cite}}`first-2024`."
    return [
        markdown.figure(f"../figures/{page}-1.svg", alt=words["alt"], caption=caption, name=f"fig-{page}-1"),
        f":::{{table}} {words['caption']} {{cite}}`third-2022`\n:name: tbl-{page}-1\n\n{table}\n:::",
        ":::{admonition} ▲ 98.1\n:class: tip\n{numref}`fig-" + page + "-1`, {numref}`tbl-" + page + "-1`.\n:::",
    ]


def notebook(code: str, title: str, page: str) -> nbformat.NotebookNode:
    """Return an executed notebook whose cells show Markdown."""
    cells = [new_markdown_cell(f"# {title}", id="c000")]
    for place, text in enumerate(outputs(code, page), start=1):
        shown = new_output("display_data", data={"text/markdown": text, "text/plain": text})
        cells.append(
            new_code_cell(f"show({place})", id=f"c{place:03}", outputs=[shown], metadata={"tags": ["hide-input"]})
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


WRITTEN = ("how-to-read", "methods", "bibliography")
"""Pages of the real table of contents, beside those of goals and areas, that have a text of their own here."""


def plain_pages() -> list[str]:
    """Return the pages of the real table of contents that have no text of their own here."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter.get("file") for part in contents["parts"] for chapter in part["chapters"]]
    return [name for name in files if name and name not in WRITTEN]


def write_source(folder: Path, code: str) -> None:
    """Write the Jupyter Book of one language."""
    words = TEXTS[code]
    for sub in ("targets", "areas", "figures"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for name in ("summary", "how-to-read", "methods"):
        (folder / f"{name}.md").write_text(words[name], encoding="utf-8")
    for name in plain_pages():
        (folder / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    (folder / "bibliography.md").write_text(
        f"# {words['bibliography']}\n\n```{{bibliography}}\n:all:\n```\n", encoding="utf-8"
    )
    for name in ("targets/01-index", "targets/02-food", "areas/1-goods"):
        short = name.split("/")[1]
        (folder / "figures" / f"{short}-1.svg").write_text(SVG, encoding="utf-8")
        nbformat.write(notebook(code, f"{words['target']} {short}", short), folder / f"{name}.ipynb")
    (folder / "_toc.yml").write_bytes((ROOT / "_toc.yml").read_bytes())
    (folder / "_config.yml").write_text(yaml.safe_dump(config(code), allow_unicode=True), encoding="utf-8")
    publisher = {"市统计局": "Statistics Bureau"} if code == "en" else {}
    sources = SOURCES.replace({"publisher": publisher}).to_dict("records")
    write_bib(sources, Words(code), folder / "references.bib")


def config(code: str) -> dict:
    """Return the project's settings with the language's values, HTML only."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["title"] = {"zh": "示例书", "en": "Sample book"}[code]
    settings["sphinx"]["extra_extensions"].remove("qualitybook.publish.typst")
    sphinx = settings["sphinx"]["config"]
    sphinx["language"] = LANGUAGES[code].sphinx
    sphinx["html_context"]["book"] = {
        "edition": EDITION,
        "as_of": "2026-11-22",
        "languages": ["zh", "en"],
        "editions": [{"edition": EDITION, "languages": ["zh", "en"]}],
        "files": {"pdf": f"sample-{EDITION}-{code}.pdf"},
        "draft": True,
        "licence": "CC BY 4.0",
    }
    return settings


def build(root: Path) -> SampleBook:
    """Build both languages, in one process, into ``root/<edition>/<lang>``; a warning is an error."""
    for code in LANGUAGES:
        source = root / "source" / code
        write_source(source, code)
        # Sphinx chains the catalogs of all builds in a process: the second book would speak the language of the first.
        translators.clear()
        status = build_sphinx(
            source,
            root / EDITION / code,
            noconfig=True,
            path_config=source / "_config.yml",
            confoverrides={"latex_individualpages": False},
            doctreedir=root / "doctrees" / code,
            quiet=True,
            warningiserror=True,
            keep_going=True,
        )
        assert status == 0, status
        (root / EDITION / code / f"sample-{EDITION}-{code}.pdf").write_bytes(b"%PDF-1.7 stand-in")
    return SampleBook(root)
