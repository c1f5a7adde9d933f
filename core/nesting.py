"""Markup nested so deep that reading it would stall the server: its words are kept, its tags are not.

Closing what stays open, as a reader of HTML must, takes a time that grows with the square of the depth, and an
answer hundreds of times the size of the question. No text that a person writes comes near the bound.
"""

import re
from collections import Counter
from html import escape, unescape

#: Lists in cells in quotations, with a mark for each thing the toolbar offers, come to some twenty.
MAX_DEPTH = 40

#: A tag or a comment that never ends runs to the end of the text: each character is looked at once.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<closes>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?:[^>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)",
    re.DOTALL,
)
#: Never open for long, or closed by the next of their kind: people who type tags leave their ends out.
_NOT_COUNTED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dd",
        "dt",
        "option",
    ]
)
_BLOCK = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "td",
        "th",
        "tr",
        "table",
        "blockquote",
        "figure",
        "figcaption",
        "caption",
        "div",
        "br",
    ]
)
_SILENT = re.compile(
    r"<(script|style|svg|math|template|noscript|title)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)


def is_too_deep(html: str) -> bool:
    open_tags: Counter[str] = Counter()
    depth = 0
    for match in _TAG.finditer(html):
        name = (match["name"] or "").lower()
        if not name or name in _NOT_COUNTED:
            continue
        if not match["closes"]:
            open_tags[name] += 1
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
    return False


def flatten(html: str) -> str:
    """Return the words of ``html`` as plain paragraphs, one for each block."""
    words = _TAG.sub(lambda tag: "\n" if (tag["name"] or "").lower() in _BLOCK else "", _SILENT.sub("", html))
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "".join(f"<p>{escape(unescape(line), quote=False)}</p>" for line in lines if line)
