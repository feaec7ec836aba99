#!/usr/bin/env bash
# cn2an 0.5: transform writes numerals as digits also where they are parts of words, so that 统一 becomes 统1
#
# One would guess: a function for whole sentences, which turns 百分之九十八点五 into 98.5%, knows the words that hold a
# numeral and are none: 统一 (to unify), 一般 (usually), 一些 (some) are among the most frequent of the language.
# What happens: they come out as 统1, 1般 and 1些, without a warning; in an official text nearly every sentence has one.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet cn2an==0.5.24
cd "$work"
PYTHONUTF8=1 "$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import cn2an

print("cn2an", version("cn2an"))
text = "统一标准，一般情况下合格率为百分之九十八点五，一些单位除外"
made = cn2an.transform(text)
print(text, made, sep="\n")
assert made == "统1标准，1般情况下合格率为98.5%，1些单位除外"
PY
