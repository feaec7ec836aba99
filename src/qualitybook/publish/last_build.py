"""What the last build was asked and made from: where nothing has changed since, there is nothing to do.

Imports nothing heavy, and is asked before the evidence is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualitybook.publish.cache import digest_of_bytes, digest_of_value
from qualitybook.publish.manifest import NAME, ManifestError, read_manifest

FILE = "last-build.json"


@dataclass(frozen=True)
class LastBuild:
    """The note that a build leaves in its folder.

    Attributes
    ----------
    folder : pathlib.Path
        The build folder.
    site : pathlib.Path
        Where the site is.
    """

    folder: Path
    site: Path

    def answer(self, asked: Mapping[str, Any], inputs: Mapping[str, str]) -> list[str] | None:
        """Return what the last build said, where it was asked the same of the same and its site is whole; else None."""
        try:
            noted = json.loads((self.folder / FILE).read_text(encoding="utf-8"))
            said = [str(line) for line in noted["said"]]
            if noted != self._note(asked, inputs, said) or read_manifest(self.site).differences(self.site):
                return None
        except (OSError, ValueError, KeyError, TypeError, ManifestError):
            return None
        return said

    def write(self, asked: Mapping[str, Any], inputs: Mapping[str, str], said: Sequence[str]) -> None:
        """Note what was asked, what it was made from, and what was said."""
        text = json.dumps(self._note(asked, inputs, said), indent=1, ensure_ascii=False)
        (self.folder / FILE).write_text(text + "\n", encoding="utf-8")

    def _note(self, asked: Mapping[str, Any], inputs: Mapping[str, str], said: Sequence[str]) -> dict[str, Any]:
        published = digest_of_bytes((self.site / NAME).read_bytes())
        return {"asked": dict(asked), "inputs": digest_of_value(inputs), "site": published, "said": list(said)}
