from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def render_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the named partial for an htmx request, the whole page otherwise.

    ``Vary`` keeps the browser from showing the bare partial when the person goes back.
    """
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    wants_part = bool(htmx) and not htmx.boosted
    response = render(request, f"{template}#{part}" if wants_part else template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
