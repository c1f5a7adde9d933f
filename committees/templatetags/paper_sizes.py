from django import template
from django.utils.translation import gettext as _

from core.templatetags.formats import NBSP, number

register = template.Library()

_KILO = 1024


@register.filter
def file_size(size: int) -> str:
    """Write « 340 Ko » or « 2,4 Mo »."""
    if size < _KILO * _KILO:
        return f"{number(max(1, round(size / _KILO)))}{NBSP}{_('Ko')}"
    return f"{number(size / _KILO / _KILO, 1)}{NBSP}{_('Mo')}"
