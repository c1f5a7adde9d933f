from django import template
from django.utils.safestring import SafeString, mark_safe

from dossier.mentions import Mentions, show_on_page

register = template.Library()


@register.filter
def with_mentions(html: SafeString, mentions: Mentions) -> SafeString:
    """Fill in what a text names, after ``rich_text`` has cleaned it."""
    return mark_safe(show_on_page(html, mentions))  # noqa: S308 -- cleaned before; what is added is escaped
