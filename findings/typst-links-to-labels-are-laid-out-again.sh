#!/usr/bin/env bash
# typst 0.15 (Python binding): a link to a label costs a third more memory and twice the time of one to an address
#
# One would guess: a link is an annotation on a piece of text; whether it leads to a label in the book or to an address
# makes no difference to how the text is laid out, and little to what that takes.
# What happens: where a label stands is known after a pass only, so each paragraph with such a link is laid out again in
# the next pass, and what earlier passes laid out stays in memory until the end. A book with a citation in most of its
# paragraphs needs a third more memory, and twice the time, than the same book with addresses of the same length in their
# place, which leaves the links to whoever reads the PDF afterwards.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet typst==0.15.2
cd "$work"
cat > book.py <<'PY'
import random
import resource
import sys

import typst

way, draw = sys.argv[1], random.Random(1)
link = {"label": "#link(<entry-{0}>)[({0})]", "address": '#link("entry-{0}:")[({0})]'}[way]
words = "goods tested rate sample year city report figure source passed".split()


def paragraph():
    return f"{' '.join(draw.choices(words, k=60))} {' '.join(link.format(draw.randrange(300)) for _ in range(2))}."


text = "\n\n".join(paragraph() for _ in range(3000))
entries = "\n\n".join(f"#block[#metadata(none)<entry-{number}>Entry {number}]" for number in range(300))
with open("book.typ", "w") as file:
    file.write(f"#outline()\n= Text\n{text}\n= Entries\n{entries}\n")
typst.compile("book.typ")
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss / 1024, used.ru_utime)
PY
cat > trial.py <<'PY'
import subprocess
import sys
from importlib.metadata import version

print("typst", version("typst"))
found = {}
for way in ("address", "label"):
    said = subprocess.run([sys.executable, "book.py", way], capture_output=True, text=True, check=True).stdout
    found[way] = [float(part) for part in said.split()]
    print(f"links to {way}: {found[way][0]:.0f} MiB, {found[way][1]:.1f} CPU s")
memory, time = (found["label"][at] / found["address"][at] for at in (0, 1))
print(f"label / address: memory {memory:.2f}, time {time:.2f}")
assert memory > 1.2 and time > 1.3, (memory, time)
PY
"$work/venv/bin/python" trial.py
