"""From templates and values of people to the plain text and the single lines that a message is made of."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING_SPACES = re.compile(r"[ \t]+\n")
_LINE_ENDS = re.compile(r"\r\n|[\r\u2028\u2029]")
#: Control characters, line and paragraph separators, halves of characters: what could end a header or hide a text.
_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BREAKING_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return ``text`` fit for a header or a title: no character that breaks a line, no more than ``limit``."""
    line = re.sub(r" {2,}", " ", _BREAKING.sub(" ", text)).strip(" ")
    if limit is not None and len(line) > limit:
        line = f"{line[: limit - 1].rstrip()}…"
    return line


def plain_text(text: str) -> str:
    """Return ``text`` fit for the body of a message: lines and tabs are kept, other control characters go."""
    return _BREAKING_IN_TEXT.sub("", _LINE_ENDS.sub("\n", text))


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
