#!/usr/bin/env bash
# tylax 0.3.8: a fraction swallows what stands behind it
#
# One would guess: LaTeX says with braces where a fraction ends, so \frac{a}{b}(c) becomes something that Typst draws as
# the fraction a over b, times c, and \frac{n}{k}! as the factorial of a fraction.
# What happens: tylax writes the plain slash, a/b(c) and n/k!. In Typst's mathematics a bracket or an exclamation mark
# that touches a letter belongs to it, so both end up in the denominator. The formula compiles, and says something else.
# \frac{1}{n}\sum loses the blank as well: "nsum" is one unknown word to Typst, so that this one at least fails.
# The converter gives no diagnostic for any of the three.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet tylax==0.3.8 typst==0.15.2
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import tylax
import typst

print("tylax", version("tylax"), "typst", version("typst"))
expected = {
    r"\frac{a}{b}(c)": "a/b(c)",
    r"\frac{n}{k}!": "n/k!",
    r"\frac{1}{n}\sum x": "1/nsum x",
}
convert = getattr(tylax, "latex_to_typst")
for latex, seen in expected.items():
    made = convert(latex).strip().strip("$").strip()
    print(f"{latex:22} -> {made}")
    assert made == seen, f"changed: {made!r}, was {seen!r}"
# What Typst makes of it: the bracket is in the denominator, as if it had been written there.
written = typst.compile(b"#set page(width: auto, height: auto)\n$ a/b(c) $", format="svg")
meant = typst.compile(b"#set page(width: auto, height: auto)\n$ a/(b(c)) $", format="svg")
assert written == meant, "Typst draws a/b(c) no longer like a/(b(c))"
print("Typst draws a/b(c) exactly like a/(b(c))")
PY
