"""A shelf: several books, each site as it is in a folder of its own, behind one front page with one search.

What the front page says of a book stands on the book's own site, in ``data/book.json``.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from qualitybook.errors import json_of
from qualitybook.publish.manifest import NAME, Manifest, SiteError, read_manifest, refuse_in_the_way
from qualitybook.publish.release import Released, checked, refuse_within
from qualitybook.publish.site import (
    ABOUT,
    POLICY,
    ROOT_PAGE,
    SHELF,
    Present,
    Shelf,
    Staging,
    cleared_on_error,
    data_in_page,
    link,
    plain_page,
    present_before,
    read_shelves,
    shelf_item,
    stated,
)
from qualitybook.report.assessments import json_text
from qualitybook.report.i18n import LANGUAGES, Words, language

_WEB = Path(__file__).parent / "web"
_SEARCH, _RANKING = "_static/shelf.js", "_static/ranking.js"
_SCRIPTS = {_SEARCH: _WEB / "shelf.js", _RANKING: _WEB / "static" / "ranking.js"}
_OF_SPHINX = ("language_data", "searchtools")
_STYLE = """
<style>
form { margin: 1.5rem 0 0.5rem; }
form[hidden] { display: none; }
label { display: block; }
input, button { font: inherit; padding: 0.3rem 0.6rem; border: 1px solid #6e7781; border-radius: 4px; }
input { width: 100%; box-sizing: border-box; margin-bottom: 0.5rem; }
</style>"""


@dataclass(frozen=True)
class _Site:
    """A site that is to stand on the shelf, in a folder of its book's name."""

    folder: Path
    manifest: Manifest
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.about["name"])

    @cached_property
    def shelves(self) -> list[Shelf]:
        """Its editions, the latest first."""
        return read_shelves(self.folder, self.manifest.carried)

    def way(self, words: Words) -> tuple[str, str]:
        """Return the folder of its latest edition in a language, or in the first that it has, and that language."""
        code = _spoken(words, self.shelves[0].languages)
        return f"{self.name}/{self.shelves[0].edition}/{code}/", code

    def title(self, words: Words) -> tuple[str, str]:
        """Return its title in a language, or in the first that it has, and that language."""
        code = _spoken(words, list(self.about["title"]))
        return str(self.about["title"][code]), code

    @property
    def files(self) -> dict[str, Path]:
        """Where its files are, by their paths on the shelf; what others have put there stays behind."""
        return {f"{self.name}/{file}": self.folder / file for file in sorted(self.manifest.own)}


def _spoken(words: Words, codes: Sequence[str]) -> str:
    return words.code if words.code in codes else codes[0]


def put_on_shelf(
    folder: Path, sites: Sequence[Path], *, remove: Collection[str] = (), dry_run: bool = False
) -> Released:
    """Write a shelf with these sites, and those that it has besides, beside the present one and put it in place.

    Books of some names are taken off. Raise SiteError if a site is none of this program, differs from its manifest, has
    the name of another, or lacks an edition that the shelf has, or the folder holds something else; and OSError if the
    folder cannot be written. The shelf is then as it was.
    """
    folder = folder.resolve()
    for site in sites:
        refuse_within(site, folder)
    coming = _by_name([_read(site, checked(site)) for site in sites])
    present = present_before(folder, dry_run=dry_run, is_shelf=True)
    there = _there(present)
    _refuse_unknown(folder, there, remove)
    left = {name: site for name, site in there.items() if name not in remove}
    _refuse_lost(coming, left)
    if not {**left, **coming}:
        raise SiteError(f"a shelf has one book at least; name a site to put on {str(folder)!r}")
    files = {name: path for site in coming.values() for name, path in site.files.items()}
    refuse_in_the_way(folder, present.others, {**files, **_SCRIPTS})
    same = {
        name
        for name in coming.keys() & there
        if (coming[name].folder / NAME).read_bytes() == (there[name].folder / NAME).read_bytes()
    }
    if not dry_run:
        _put(present, files, {name: site for name, site in left.items() if name not in coming})
    return Released(
        new=tuple(sorted(coming.keys() - there)),
        replaced=tuple(sorted((coming.keys() & there) - same)),
        same=tuple(sorted(same)),
        kept=tuple(sorted(left.keys() - coming)),
        withdrawn=tuple(sorted(set(remove) - set(coming))),
        others=present.others,
    )


def _read(site: Path, manifest: Manifest) -> _Site:
    """Return a site with what it says of itself; raise SiteError if it says nothing, or is a shelf."""
    if SHELF in manifest.files:
        raise SiteError(f"{str(site)!r} is a shelf itself; name the sites to put on the other")
    about = stated(site)
    if about is None:
        raise SiteError(
            f"{str(site)!r} has no {ABOUT}, which says what book it is; make it again with `qualitybook build`, or "
            "publish a new build there"
        )
    return _Site(site, manifest, about)


def _by_name(sites: Sequence[_Site]) -> dict[str, _Site]:
    found: dict[str, _Site] = {}
    for site in sites:
        if site.name in found:
            raise SiteError(
                f"{str(found[site.name].folder)!r} and {str(site.folder)!r} are both of the book {site.name!r}; name "
                "one of them, or give a book another name in its book.toml and build it again"
            )
        found[site.name] = site
    return found


def _there(present: Present) -> dict[str, _Site]:
    """Return the sites that a shelf has."""
    if not present.manifest.files:
        return {}
    listed = json_of((present.folder / SHELF).read_text(encoding="utf-8"))["books"]
    folders = {name: present.folder / name for name in listed}
    return {name: _read(folder, read_manifest(folder)) for name, folder in folders.items()}


def _refuse_unknown(folder: Path, there: Mapping[str, _Site], remove: Collection[str]) -> None:
    for name in remove:
        if name not in there:
            raise SiteError(f"no book {name!r} on {str(folder)!r}; allowed: {', '.join(there) or 'none'}")


def _refuse_lost(coming: Mapping[str, _Site], left: Mapping[str, _Site]) -> None:
    """Refuse a site that would take editions of its book off the shelf."""
    for name in coming.keys() & left:
        lost = sorted(left[name].about["editions"].keys() - coming[name].about["editions"])
        if lost:
            raise SiteError(
                f"{str(coming[name].folder)!r} lacks {', '.join(lost)} of {name}, which the shelf has; publish it to a "
                f"folder that keeps them (`qualitybook publish DIR`) and put that on the shelf, or take the book off "
                f"first (--remove {name})"
            )


def _put(present: Present, files: Mapping[str, Path], kept: Mapping[str, _Site]) -> None:
    """Write the shelf beside the present one, and let the two change places."""
    present.folder.parent.mkdir(parents=True, exist_ok=True)
    with cleared_on_error(present.folder):
        staging = Staging(present)
        for name, path in {**files, **_SCRIPTS}.items():
            (staging.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, staging.folder / name)
        for site in kept.values():
            names = [name for name in site.files if (present.folder / name).is_file()]
            staging.copy(present.folder, names)
            staging.keep_digests(name for name in site.files if name in present.manifest.files)
        _write_front(staging.folder)
        staging.put_in_place({})


def _write_front(root: Path) -> None:
    """Write the front page in each language of the books, and the list of them for programs."""
    sites = [_read(path, read_manifest(path)) for path in sorted(root.iterdir()) if (path / NAME).is_file()]
    spoken = {code for site in sites for code in site.about["title"]}
    codes = [code for code in LANGUAGES if code in spoken]
    for code in codes:
        text = _front_page(sites, Words(code), codes)
        (root / _page_of(code, codes)).write_text(text, encoding="utf-8", newline="\n")
    listed = json_text({"books": {site.name: site.about for site in sites}})
    (root / SHELF).write_text(listed, encoding="utf-8", newline="\n")
    (root / ".nojekyll").touch()


def _page_of(code: str, codes: Sequence[str]) -> str:
    return "index.html" if code == codes[0] else f"index.{code}.html"


def _front_page(sites: Sequence[_Site], words: Words, codes: Sequence[str]) -> str:
    _ = words.gettext
    others = " ".join(
        link(_page_of(code, codes), language(code).name, language(code).html) for code in codes if code != words.code
    )
    searched = [_searched(site, words) for site in sites]
    body = "\n".join([f"<p>{others}</p>" if others else "", _search(words), *(_entry(site, words) for site in sites)])
    scripts = [_SEARCH, *_scripts_of_search(sites[0], searched[0]["way"]), _RANKING]
    head = "".join(f'\n<script defer src="{escape(name)}"></script>' for name in scripts)
    head += f'\n<script type="application/json" id="qb-books">{data_in_page(searched)}</script>{_STYLE}'
    policy = f"{POLICY}; script-src 'self' file:"
    return plain_page(
        _("Reports on this site"), _("Reports on this site"), body, head=head, lang=words.code, policy=policy
    )


def _search(words: Words) -> str:
    """Return the field of the search, which a script shows, and the places of its answer."""
    _ = words.gettext
    return f"""<form id="qb-search" role="search" hidden>
<label for="qb-query">{escape(_("Search the latest edition of every report"))}</label>
<input id="qb-query" type="search" name="q"><button>{escape(_("Search"))}</button>
</form>
<p id="qb-count" role="status" data-text="{escape(_("Pages found: {count}"))}"></p>
<p id="search-nearest" hidden>{escape(_("No page has all these words. Those that come nearest:"))}</p>
<ul id="qb-found"></ul>"""


def _searched(site: _Site, words: Words) -> dict[str, str]:
    """Return what the search needs of a book: the way to its latest edition, and the words for it."""
    way, code = site.way(words)
    title, _code = site.title(Words(code))
    return {
        "way": way,
        "title": title + Words(code).parentheses(site.shelves[0].edition),
        "lang": language(code).html,
    }


def _scripts_of_search(site: _Site, way: str) -> list[str]:
    """Return the addresses of Sphinx's scripts as the search page of a book, to which a way leads, names them."""
    page = site.folder / way.removeprefix(f"{site.name}/") / "search.html"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    named = (re.search(rf'<script src="([^"?]*\b{name}\b[^"?]*)', text) for name in _OF_SPHINX)
    return [posixpath.normpath(posixpath.join(way, found[1])) for found in named if found]


def _entry(site: _Site, words: Words) -> str:
    """Return a book's part of the page: its title, its place and its editions."""
    title, code = site.title(words)
    first, _code = site.way(Words(code))
    items = "\n".join(_edition(site, shelf, words) for shelf in site.shelves)
    every = link(f"{site.name}/editions.html", words.gettext("All editions"), words.language.html)
    return f"""<section>
<h2>{link(f"{first}{ROOT_PAGE}", title, language(code).html)}</h2>
<p lang="{language(code).html}">{escape(site.about["place"][code])}</p>
<ul>
{items}
</ul>
<p>{every}</p>
</section>"""


def _edition(site: _Site, shelf: Shelf, words: Words) -> str:
    _ = words.gettext
    known = site.about["editions"].get(shelf.edition, {"as_of": "", "states": []})
    states = {
        "current": _("current edition"),
        "sealed": _("sealed"),
        "reconstructed": _("worked out later, never published at the time"),
        "closing": _("closing report"),
    }
    told = words.join(states[state] for state in known["states"])
    return shelf_item(shelf, known["as_of"], escape(told), f"{site.name}/")
