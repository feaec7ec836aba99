"""Find Chromium for the browser tests, or bring it where that is possible; print where it is.

As root on Debian and its kin the distribution's package is installed, which brings the libraries it needs; elsewhere
Playwright brings its own build. Where neither works, what to install is said and the exit status is 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BROWSER_VARIABLE = "QUALITYBOOK_CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a Chinese font every Chinese character would be an empty box, and widths would mean nothing.
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = f"""\
error: no Chromium for the browser tests, and it could not be installed from here. One of these will do:
  Debian, Ubuntu (as root):  apt-get install {" ".join(PACKAGES)}
  elsewhere:                 .venv/bin/python -m playwright install --with-deps chromium
  a Chromium of your own:    set {BROWSER_VARIABLE} to the path of its program"""


def find_browser(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the path of a Chromium that is there: the one that is named, the system's, or Playwright's."""
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        return which(named)
    return next(filter(None, map(which, BROWSERS)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None  # a development tool, which only the tests need
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def ways(is_root: bool, has_apt: bool) -> list[list[list[str]]]:
    """Return the ways to bring Chromium, the best first; each is a list of commands.

    Parameters
    ----------
    is_root : bool
        Whether system packages may be installed.
    has_apt : bool
        Whether the system's packages are Debian's.
    """
    own = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if not (is_root and has_apt):
        return [own]
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
    return [[["apt-get", "update", "--quiet"], install], own]


def bring() -> str | None:
    """Install Chromium in the first way that works, and return its path."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for commands in ways(is_root, shutil.which("apt-get") is not None):
        print("no Chromium yet:", " && ".join(" ".join(command) for command in commands), file=sys.stderr)
        # What installers say is for people to read, and no part of what this program prints.
        if all(_works(command, quiet) for command in commands) and (path := find_browser()):
            return path
    return None


def _works(command: list[str], environment: dict[str, str]) -> bool:
    try:
        return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0
    except OSError:
        return False


def main() -> int:
    """Print the path of Chromium."""
    if os.environ.get(BROWSER_VARIABLE) and find_browser() is None:
        print(f"error: {BROWSER_VARIABLE} names no program: {os.environ[BROWSER_VARIABLE]}", file=sys.stderr)
        return 1
    path = find_browser() or bring()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
