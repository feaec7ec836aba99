#!/usr/bin/env bash
# pandoc 3.9: with SOURCE_DATE_EPOCH every packed form repeats byte for byte but EPUB
#
# One would guess: SOURCE_DATE_EPOCH, which pandoc documents for reproducible builds and keeps for docx, odt, pptx and
# epub alike, makes the same input the same bytes.
# What happens: an EPUB without an identifier of its own gets a random UUID in every run, and so does the file of its
# contents. Naming an identifier in the metadata is what makes it repeat.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pypandoc-binary==1.17
cd "$work"
"$work/venv/bin/python" - <<'PY'
import hashlib
import os
import subprocess

import pypandoc

ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


def digests(form, *options):
    """Return the digests of two runs on the same text."""
    made = []
    for _ in range(2):
        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", form, "--metadata=title:T", *options, "-o", "made"]
        subprocess.run(command, input=b"# A\n\ntext", env=ENVIRONMENT, check=True)
        with open("made", "rb") as file:
            made.append(hashlib.sha256(file.read()).hexdigest()[:12])
    return made


print("pandoc", pypandoc.get_pandoc_version())
for form in ("docx", "odt", "pptx"):
    one, other = digests(form)
    print(form, one, other)
    assert one == other
one, other = digests("epub")
print("epub", one, other)
assert one != other
one, other = digests("epub", "--metadata=identifier:urn:uuid:00000000-0000-0000-0000-000000000001")
print("epub with an identifier", one, other)
assert one == other
PY
