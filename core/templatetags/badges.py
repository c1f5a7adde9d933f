"""A status in a word, told by its mark as well as by its colour. A list shows the same few again and again."""

from functools import lru_cache

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def badge(label: str | Promise, tone: str = "neutral") -> SafeString:
    """Draw ``label`` in one of the tones of the style sheet: neutral, info, good, warn or bad."""
    return _drawn(str(label), tone or "neutral")


@lru_cache(maxsize=512)
def _drawn(label: str, tone: str) -> SafeString:
    return format_html('<span class="status status--{}">{}</span>', tone, label)
