"""Putting a new folder in the place of an old one, whole at every moment, and clearing away what is left of the old."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qualitybook.publish.manifest import NAME, ManifestError, read_manifest
from qualitybook.publish.others import rescue

# Of Linux's renameat2: paths are relative to the working directory; the two names change places.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def staging_folder(site: Path) -> Path:
    """Return where a new site is written: beside the site, so that it can be renamed into place."""
    return site.with_name(f".{site.name}.staging")


def retired_folder(site: Path) -> Path:
    """Return where the old site waits while a file system without exchange renames twice."""
    return site.with_name(f".{site.name}.retired")


@contextmanager
def cleared_on_error(site: Path) -> Iterator[None]:
    """Remove what the block has staged for a site, where it ends with an error."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            clear_away(staging_folder(site), site)
        raise


def recover(site: Path) -> None:
    """Clear what a killed build left behind, and put the last good site back if it was between two renames.

    Parameters
    ----------
    site : Path
        The site, present or not.
    """
    retired = retired_folder(site)
    if retired.exists() and not site.exists():
        retired.rename(site)
    for leftover in (retired, staging_folder(site)):
        clear_away(leftover, site)


def clear_away(old: Path, site: Path) -> None:
    """Remove a folder that a site has taken the place of, or that was to take the site's place and has not.

    Of what is not ours in it, all that the site has not is carried there first: files may have come while the site was
    made. A folder without a manifest was not finished, and has nothing but copies.

    Parameters
    ----------
    old : Path
        The folder; it need not be there.
    site : Path
        The site.
    """
    if not old.exists():
        return
    with suppress(ManifestError):
        own = read_manifest(old).files
        rescue(old, site, {*own, NAME})
    _make_removable(old)
    shutil.rmtree(old)


def _make_removable(folder: Path) -> None:
    """Give oneself the right to remove what others have put into folders that are for reading only."""
    for path, _, files in os.walk(folder):
        if not os.access(path, os.W_OK | os.X_OK):
            os.chmod(path, stat.S_IRWXU)
        # Windows does not remove a file that is for reading only.
        for name in files if os.name == "nt" else ():
            os.chmod(Path(path) / name, stat.S_IRUSR | stat.S_IWUSR)


def swap(staging: Path, site: Path) -> None:
    """Put a staged site in place; the old one is gone afterwards.

    Where the system can exchange two names at once (Linux), there is no moment without a whole site. Elsewhere the
    old site steps aside first; `recover`, which every build begins with, puts it back if the build dies in between.

    Parameters
    ----------
    staging : Path
        A folder that `stage_site` returned.
    site : Path
        Where the site is, or will be.
    """
    if not site.exists():
        staging.rename(site)
        return
    # The new site is in place once the names are: what cannot be removed of the old one now, `recover` removes.
    if exchange(staging, site):
        with suppress(OSError):
            clear_away(staging, site)
        return
    retired = retired_folder(site)
    site.rename(retired)
    try:
        staging.rename(site)
    except BaseException:
        retired.rename(site)
        raise
    with suppress(OSError):
        clear_away(retired, site)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step.

    Returns
    -------
    bool
        False, with nothing done, where the system or the file system cannot.
    """
    rename = _renameat2()
    if rename is None:
        return False
    return rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _renameat2() -> Callable[..., int] | None:
    """Return the C library's renameat2, or None where there is none."""
    try:
        return ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return None
