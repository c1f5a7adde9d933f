"""Where one is: the entries of the navigation and the pages of a list."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import Context

register = template.Library()


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(
    context: Context, url: str, label: str, icon: str, *also_holds: str, exact: bool = False
) -> dict[str, Any]:
    """Draw one entry. It is current on its own page, below it, and below the addresses of ``also_holds``.

    With ``exact`` only its own page counts: the dashboard's address begins every other one.
    """
    path = getattr(context.get("request"), "path", "")
    below = tuple(address for address in (url, *also_holds) if address)
    current = ""
    if url and path == url:
        current = "page"
    elif not exact and below and path.startswith(below):
        current = "true"
    return {"url": url, "label": label, "icon": icon, "current": current}


@register.filter
def elided_pages(page: "Page[Any]") -> Iterator[str | int]:
    """Give the numbers to offer beside ``page``, with an ellipsis where many are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
