"""The icons of Lucide, each drawn once: the package parses and copies a tree for every use."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int = 24, **attributes: str) -> str:
    return _drawn(str(name), size, tuple(sorted(attributes.items())))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> str:
    drawn: str = draw(name, size=size, **dict(attributes))
    return SafeString("".join(line.strip() for line in drawn.splitlines()))
