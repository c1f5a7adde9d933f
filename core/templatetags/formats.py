"""Numbers, sums and dates as French readers write them."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.richtext import render_for_reading

register = template.Library()

NARROW_NBSP = "\u202f"
NBSP = "\u00a0"


@register.filter
def number(value: Decimal | int | float | None, places: int = 0) -> str:
    """Write ``value`` as 1 234 567,8 with ``places`` decimals."""
    if value is None:
        return "–"
    text = f"{value:,.{places}f}".replace(",", NARROW_NBSP).replace(".", ",")
    return text.replace("-", "\u2212")


@register.filter
def euros(value: Decimal | int | None) -> str:
    """Write a sum in euros, with its cents only where there are any."""
    if value is None:
        return "–"
    places = 2 if value != int(value) else 0
    return f"{number(value, places)}{NBSP}€"


@register.filter
def percent(value: Decimal | float | None) -> str:
    if value is None:
        return "–"
    places = 0 if value == int(value) else 1
    return f"{number(value, places)}{NBSP}%"


@register.filter
def long_date(value: date | datetime | None) -> str:
    """Write « mardi 14 mars 2023 »; the first of a month is « 1er »."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    day = f"{value.day}er" if value.day == 1 else str(value.day)
    return f"{date_format(value, 'l')} {day}{NBSP}{date_format(value, 'F Y')}"


@register.filter
def short_date(value: date | datetime | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _short_date(value, get_language())


@lru_cache(maxsize=4096)
def _short_date(value: date, _language: str | None) -> str:
    """Write a day once in each language: a list names the same days again and again."""
    day = f"{value.day}er" if value.day == 1 else str(value.day)
    return f"{day}{NBSP}{date_format(value, 'N Y')}"


@register.filter
def clock(value: datetime | None) -> str:
    """Write « 14 h 30 » in the active time zone."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


@register.filter
def long_moment(value: datetime | None) -> str:
    """Write « mardi 14 mars 2023 à 14 h 30 »."""
    if value is None:
        return "–"
    return f"{long_date(value)} à {clock(value)}"


@register.filter
def short_moment(value: datetime | None) -> str:
    if value is None:
        return "–"
    return f"{short_date(value)}, {clock(value)}"


@register.filter
def days_until(value: date | datetime | None) -> int | None:
    """Count the days from today, in the active time zone, to ``value``; negative once it is past."""
    if value is None:
        return None
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return (value - timezone.localdate()).days


@register.filter
def rich_text(html: str) -> SafeString:
    return render_for_reading(html)


@register.filter
def unlocalised(value: int | float | Decimal | None) -> str:
    """Write a number that is not a quantity, such as a year or an attribute, without separators."""
    return "" if value is None else str(value)
