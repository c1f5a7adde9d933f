"""From templates and values of people to the plain text and the single lines that a message is made of."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING_SPACES = re.compile(r"[ \t]+\n")
#: Control characters, line and paragraph separators: what could end a header or hide a text.
_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return ``text`` fit for a header or a title: no character that breaks a line, no more than ``limit``."""
    visible = (" " if unicodedata.category(character) in _BREAKING else character for character in text)
    line = re.sub(r" {2,}", " ", "".join(visible)).strip(" ")
    if limit is not None and len(line) > limit:
        line = f"{line[: limit - 1].rstrip()}…"
    return line


def plain_text(text: str) -> str:
    """Return ``text`` fit for the body of a message: lines and tabs are kept, other control characters go."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return "".join(
        character
        for character in lines
        if character in "\n\t" or unicodedata.category(character) not in _BREAKING
    )


def render_mail(folder: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Render ``emails/<folder>/subject.txt`` and ``body.txt``; return the subject and the body.

    The templates switch automatic escaping off: a text is not HTML, and a value is never read as a template.
    """
    subject = render_to_string(f"emails/{folder}/subject.txt", dict(context))
    body = plain_text(render_to_string(f"emails/{folder}/body.txt", dict(context)))
    body = _BLANK_LINES.sub("\n\n", _TRAILING_SPACES.sub("\n", body))
    return one_line(subject), f"{body.strip()}\n"


def page_url(view_name: str, **arguments: object) -> str:
    """Return the full address of a page. It comes from the settings, never from a request's Host header."""
    return f"{settings.BASE_URL}{reverse(view_name, kwargs=arguments)}"
