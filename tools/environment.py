"""Write ``environment.yml``, for those who use conda or mamba, from ``requirements.lock``.

Python and the tools come from conda, every library from PyPI with the versions of the lock, so that there is one set of
versions only. Run by ``make lock``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / "environment.yml"
HEADER = "# Written by tools/environment.py from requirements.lock; do not edit.\n"
TOOLS = ["python >=3.11,<3.14", "pip", "make", "git"]
_PIN = re.compile(r"^(?P<pin>[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?==[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")


def pins(lock: str) -> list[str]:
    """Return the pinned packages of a lock file, with their markers, without hashes.

    Parameters
    ----------
    lock : str
        Text of the file.
    """
    found = [_PIN.match(line) for line in lock.splitlines()]
    return [f"{pin['pin']} ; {pin['marker']}" if pin["marker"] else pin["pin"] for pin in found if pin]


def environment(lock: str) -> str:
    """Return the text of ``environment.yml``.

    Parameters
    ----------
    lock : str
        Text of the lock file.
    """
    content = {
        "name": "qualitybook",
        "channels": ["conda-forge"],
        "dependencies": [*TOOLS, {"pip": [*pins(lock), "--editable ."]}],
    }
    return HEADER + yaml.safe_dump(content, sort_keys=False, width=200)


def main() -> int:
    """Write the file."""
    ENVIRONMENT.write_text(environment(LOCK.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
