#!/usr/bin/env bash
# pypdfium2 5.15 (PDFium 159): a hyphen at a line's end becomes U+FFFE or U+0002, and the end of the line goes
#
# One would guess: the text of a page has a hyphen where a word is divided, or none, the word put together; and what two
# functions of one library give for the whole page is the same text.
# What happens: where a line ends with a hyphen within a word, the hyphen and the end of the line are replaced by one
# sign that is no character: U+FFFE in `get_text_range`, the control character U+0002 in `get_text_bounded`. A hyphen
# that belongs to the word ("well-known", divided there) is treated alike: whoever drops the sign reads "wellknown".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pypdfium2==5.15.2 reportlab==5.0.1
cat > "$work/trial.py" <<'PY'
import io
from importlib.metadata import version

import pypdfium2
from reportlab.pdfgen.canvas import Canvas

print("pypdfium2", version("pypdfium2"), pypdfium2.PDFIUM_INFO, "reportlab", version("reportlab"))
file = io.BytesIO()
canvas = Canvas(file, pagesize=(300, 100))
for number, line in enumerate(["A repre-", "sentative who is well-", "known to all of us."]):
    canvas.drawString(20, 70 - 14 * number, line)
canvas.save()
page = pypdfium2.PdfDocument(file.getvalue())[0].get_textpage()
whole, bounded = page.get_text_range(), page.get_text_bounded()
print("get_text_range:  ", repr(whole))
print("get_text_bounded:", repr(bounded))
assert "repre\ufffesentative" in whole and "well\ufffeknown" in whole, whole
assert "repre\x02sentative" in bounded and "well\x02known" in bounded, bounded
PY
"$work/venv/bin/python" "$work/trial.py"
