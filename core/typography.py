"""The spaces of French print: a line never begins with a punctuation mark, nor ends with an opening guillemet.

The rule is that of the *Lexique des règles typographiques en usage à l’Imprimerie nationale*: a narrow no-break space
before ``; ! ?``, a no-break one before ``:`` and ``»`` and after ``«``. It replaces a space that was typed and adds
none, so that addresses, times and code stay as they are.
"""

import re
from functools import lru_cache
from html import escape, unescape

from core.templatetags.formats import NARROW_NBSP, NBSP

_TAG = r'<[^>"]*+(?:"[^"]*+(?:"|\Z)[^>"]*+)*+(?:>|\Z)'
#: Each tag is gone over whole: what its attributes hold is no text. One may stand between a space and its mark.
_SPACE = re.compile(rf"(?P<tag>{_TAG})|(?P<open>«) ++|(?<! ) ++(?=(?:{_TAG})*+(?P<mark>[;!?:»]))")


@lru_cache(maxsize=256)
def space_html(html: str) -> str:
    """Return ``html`` with the spaces of French print in its texts, in a time that grows with its length.

    Kept for the texts of a dossier or two: most have not changed when it is printed again.
    """
    return _SPACE.sub(_spaced, html)


def space_text(text: str) -> str:
    """Return plain ``text`` with the spaces of French print."""
    return unescape(space_html(escape(text, quote=False)))


def _spaced(match: re.Match[str]) -> str:
    if match["tag"] is not None:
        return match["tag"]
    if match["open"] is not None:
        return f"«{NBSP}"
    return NARROW_NBSP if match["mark"] in ";!?" else NBSP
