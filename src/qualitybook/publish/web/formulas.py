r"""Formulas as MathML, written when the site is built: no script draws them, and none has to be loaded."""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.locale import _ as sphinx_word
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from qualitybook.publish.documents import BookError
from qualitybook.publish.formulas import SIZES, SetAside, Word, difference, words_and_tokens

_RENDERER = "mathml"
_logger = logging.getLogger(__name__)

# Environments for use inside a formula, which latex2mathml knows only under their display names.
_INNER_ENVIRONMENT = re.compile(r"\\(begin|end)\{(?:aligned|split)\}")
_ENVIRONMENT = re.compile(r"\\begin\{([^}]*)\}")
# latex2mathml drops the name of an environment that it does not know.
_MATRICES = {f"{kind}matrix" for kind in ("", "small", "p", "b", "B", "v", "V")}
_KNOWN_ENVIRONMENTS = frozenset({"align", "align*", "array", "cases", *_MATRICES})
# latex2mathml writes the ASCII tilde for "is distributed as", which browsers set high and small.
_ASCII_TILDE = "<mi>&#x0007E;</mi>"
_SIMILAR_TO = "<mo>&#x0223C;</mo>"


def mathml(latex: str, *, block: bool = False) -> str:
    """Return a LaTeX formula as MathML.

    Raise BookError for one that is broken, has a command that the converter does not know, or would lose a sign.
    """
    kept = SetAside()
    source = _INNER_ENVIRONMENT.sub(r"\\\1{align*}", _prepared(latex, kept))
    if block and r"\\" in source and r"\begin" not in source:
        source = rf"\begin{{align*}}{source}\end{{align*}}"
    try:
        converted = kept.restored(convert(source, display="block" if block else "inline"))
        root = ElementTree.fromstring(converted)
    except ElementTree.ParseError as error:
        raise _refusal(latex, "stray '&' or broken structure") from error
    except Exception as error:  # the converter's errors have no common class
        raise _refusal(latex, f"{type(error).__name__} {error}".strip()) from error
    unknown = {word for word in "".join(root.itertext()).split() if "\\" in word}
    unknown |= {name for name in _ENVIRONMENT.findall(source) if name not in _KNOWN_ENVIRONMENTS}
    if unknown:
        raise _refusal(latex, "unknown " + ", ".join(sorted(unknown)))
    if differing := difference(latex, "".join(root.itertext())):
        raise _refusal(latex, f"it {differing}")
    return converted.replace(_ASCII_TILDE, _SIMILAR_TO)


def _prepared(latex: str, kept: SetAside) -> str:
    """Return a formula as the converter reads it without loss.

    It keeps the backslash of an escaped sign in a word, takes an operator's name for one only where it is all letters,
    and knows no sized delimiter that is a command: such a one grows with what it encloses.
    """
    pieces = list(words_and_tokens(latex))
    source = ""
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=False):
        if isinstance(piece, Word):
            source += f"{piece.command}{{{kept.mark(escape(piece.text))}}}"
        elif not (SIZES.fullmatch(piece) and str(following).startswith("\\")):
            source += piece
    return source


def _refusal(latex: str, reason: str) -> BookError:
    source = " ".join(latex.split())
    return BookError(f"formula '{source}' cannot be written as MathML: {reason}; say it with other commands")


def _written(translator: HTML5Translator, node: nodes.Element, *, block: bool) -> str:
    """Return the node's formula as MathML, or as its LaTeX source, with a warning, if that is impossible."""
    try:
        made = mathml(node.astext(), block=block)
        # A long formula scrolls on a narrow screen, which must be possible by the keys as well.
        return made.replace("<math ", '<math tabindex="0" ', 1) if block else made
    except BookError as error:
        _logger.warning(str(error), location=node, type="qualitybook", subtype="formula")
        return f"<code>{translator.encode(node.astext())}</code>"


def _visit_inline_formula(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    translator.body.append(_written(translator, node, block=False) + "</span>")
    raise nodes.SkipNode


def _visit_block_formula(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    translator.body.append(_written(translator, node, block=True))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, sphinx_word("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_html_math_renderer(_RENDERER, (_visit_inline_formula, None), (_visit_block_formula, None))
    app.connect("config-inited", lambda app, config: setattr(config, "html_math_renderer", _RENDERER))
