"""Results that the pages of one build work out from the same extract of the evidence, worked out once.

A verdict is the same in every language, and several pages ask for it. Whoever comes first leaves it in a folder beside
the extract, where the others find it. An extract never changes, and a build starts with no folder, so nothing that is
found there can be out of date. Without the folder everything is worked out anew.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from qualitybook.evidence.catalog import Catalog

SUFFIX = ".results"

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class SharedResults:
    """What pages have worked out from an extract."""

    evidence: Path
    """File of the extract. A folder of evidence may change at any time, so nothing is shared there."""

    @property
    def folder(self) -> Path:
        """Where the results lie; where it does not exist, nothing is shared."""
        return self.evidence.with_suffix(SUFFIX)

    def of(
        self,
        function: Callable[Concatenate[Catalog, Arguments], Result],
        catalog: Catalog,
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Return what a function returns for the extract's catalog."""
        if not (self.evidence.is_file() and self.folder.is_dir()):
            return function(catalog, *arguments, **named)
        call = (function.__module__, function.__qualname__, catalog.as_of_date, arguments, sorted(named.items()))
        path = self.folder / sha256(repr(call).encode()).hexdigest()
        # A file that is missing is the rule; one that is damaged may raise anything.
        with suppress(Exception):
            known: Result = pickle.loads(path.read_bytes())
            return known
        result = function(catalog, *arguments, **named)
        self._leave(path, pickle.dumps(result))
        return result

    def _leave(self, path: Path, data: bytes) -> None:
        """Put a result where others find it whole or not at all; where that fails, they work it out again."""
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)
