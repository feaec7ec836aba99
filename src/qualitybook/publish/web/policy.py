"""A policy in each page that lets the browser load and run what the site brings along, and nothing else.

The theme's few inline scripts are named by their hashes, so that a script that slipped into a page would not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from sphinx.application import Sphinx

# After the extensions that still write pages when the build is finished (500).
_LAST = 990
# Blocks of data (JSON) are no scripts: a browser never runs them, and the policy says nothing of them.
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\s(?:src=|type=\"application/))[^>]*>(.*?)</script>", re.DOTALL)
_CHARSET = re.compile(r"""<meta charset="utf-8"\s*/?>""", re.IGNORECASE)
_CATALOG = re.compile(r"^Documentation\.addTranslations\((.*)\);?\s*$", re.DOTALL)
_POLICY = '<meta http-equiv="Content-Security-Policy" content="'


def script_hashes(page: str) -> list[str]:
    """Return the hashes of the inline scripts in a page's head as a policy writes them.

    The head is the theme's; below it stands text of the evidence, and no script there is to run.
    """
    digests = {
        hashlib.sha256(body.encode("utf-8")).digest() for body in _INLINE_SCRIPT.findall(page.partition("</head>")[0])
    }
    return sorted(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)


def policy(page: str) -> str:
    """Return the policy for a page.

    Returns
    -------
    str
        A Content-Security-Policy. It names ``file:`` beside the site itself for readers who open it from a folder;
        from a server, browsers load no such address anyway.
    """
    own = "'self' file:"
    return "; ".join(
        [
            f"default-src {own}",
            " ".join([f"script-src {own}", *script_hashes(page)]),
            f"style-src {own} 'unsafe-inline'",  # the theme's icons bring their rules along
            f"img-src {own} data:",
            "object-src 'none'",
            "base-uri 'none'",
        ]
    )


def with_policy(page: str) -> str:
    """Return a page with its policy, right after its character set and before anything that loads."""
    if _POLICY in page:
        return page
    return _CHARSET.sub(lambda match: f'{match[0]}\n    {_POLICY}{policy(page)}">', page, count=1)


def catalog_as_code(script: str) -> str:
    """Return Sphinx's script of translated words without the need to evaluate text as code.

    Parameters
    ----------
    script
        ``translations.js``, which hands a catalog to a function that makes code of its rule for plurals.

    Returns
    -------
    str
        A script to the same effect that holds the rule as code; any other script as it is.
    """
    match = _CATALOG.match(script)
    if match is None:
        return script
    catalog = json.loads(match[1])
    return (
        f"Object.assign(Documentation.TRANSLATIONS, {json.dumps(catalog['messages'])});\n"
        f"Documentation.PLURAL_EXPR = (n) => ({catalog['plural_expr']});\n"
        f"Documentation.LOCALE = {json.dumps(catalog['locale'])};\n"
    )


def _add_policies(app: Sphinx, exception: Exception | None) -> None:
    """Give each page of a finished website its policy; pages of an earlier build have theirs."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    catalog = static / "translations.js"
    if catalog.exists():
        catalog.write_text(catalog_as_code(catalog.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if static not in path.parents:
            page = path.read_text(encoding="utf-8")
            if (guarded := with_policy(page)) != page:
                path.write_text(guarded, encoding="utf-8", newline="\n")


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("build-finished", _add_policies, priority=_LAST)
