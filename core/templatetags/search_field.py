from functools import lru_cache

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.search_form import HeaderSearchForm

register = template.Library()


@register.simple_tag
def search_field() -> SafeString:
    """Draw the field of the header, which is the same on every page: once in each language."""
    return _drawn(get_language())


@lru_cache
def _drawn(_language: str | None) -> SafeString:
    drawn: SafeString = as_crispy_field(HeaderSearchForm()["q"])
    return drawn
