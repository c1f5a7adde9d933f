from django import template
from django.forms import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_SELECTED = SafeString(" selected")


@register.filter
def options(field: BoundField) -> SafeString:
    """Write the choices of a filter: a loop of the template language over a hundred of them is what a list waits for."""
    current = str(field.value() or "")
    choices = field.field.choices  # type: ignore[attr-defined]  # asked of fields that have some
    rows = ((value, _SELECTED if str(value) == current else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)
