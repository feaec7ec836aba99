#!/usr/bin/env bash
# pandoc 3.9: the language zh-CN, as everybody writes it, gives captions without a word; zh-Hans has it
#
# One would guess: pt-BR and de-AT find the words of pt and de, and pandoc has words in Chinese, so lang: zh-CN (the
# name that browsers, Word and gettext use) labels a table 表.
# What happens: pandoc keeps Chinese under zh-Hans and zh-Hant only and knows no way there from zh, zh-CN or zh-TW.
# It warns on the error stream, and the label of a numbered caption in Word is then empty: not even the English word.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pypandoc-binary==1.17
cd "$work"
"$work/venv/bin/python" - <<'PY'
import re
import subprocess
import zipfile

import pypandoc

TABLE = b"| a |\n|---|\n| 1 |\n\n: Caption\n"


def label(lang):
    """Return the word before the number of a table's caption in Word, and what pandoc says."""
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "docx+native_numbering", f"--metadata=lang:{lang}"]
    said = subprocess.run([*command, "-o", "made.docx"], input=TABLE, capture_output=True, check=True).stderr.decode()
    text = zipfile.ZipFile("made.docx").read("word/document.xml").decode()
    return "".join(re.findall(r"<w:t[^>]*>([^<]*)", text)).partition("1")[0].strip("\xa0 "), said


print("pandoc", pypandoc.get_pandoc_version())
found = {lang: label(lang) for lang in ("en", "de-AT", "pt-BR", "zh-Hans", "zh-CN", "zh-TW", "zh")}
for lang, (word, said) in found.items():
    print(f"{lang}: {word!r} {said.splitlines()[:1]}")
assert [found[lang][0] for lang in ("en", "de-AT", "pt-BR", "zh-Hans")] == ["Table", "Tabelle", "Tabela", "表"]
for lang in ("zh-CN", "zh-TW", "zh"):
    assert found[lang][0] == ""
    assert "Could not load translations" in found[lang][1]
PY
