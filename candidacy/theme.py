"""The style sheet of one candidacy: its accent colour, in shades that stay readable."""

from typing import get_args

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.colour import Scheme, accent_for, channels_of


@require_safe
def candidacy_theme(request: AppRequest, slug: str) -> HttpResponse:
    """Serve the custom properties that base.css leaves to the candidacy. The page's link carries the colour."""
    response = theme_response(candidacy_for(request, slug).accent_colour)
    patch_cache_control(response, private=True, max_age=86_400)
    return response


def theme_response(colour: str) -> HttpResponse:
    light, dark = (_properties(colour, scheme) for scheme in get_args(Scheme))
    sheet = f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


def _properties(colour: str, scheme: Scheme) -> str:
    accent = accent_for(colour, scheme)
    return (
        f"--accent-fill:{accent.fill};--accent-on-fill:{accent.on_fill};"
        f"--accent-fill-hover:{accent.fill_hover};--accent-text:{accent.text};"
        f"--accent-text-rgb:{channels_of(accent.text)};--accent-soft:{accent.soft};"
        f"--accent-line:{accent.line};--accent-line-rgb:{channels_of(accent.line)}"
    )
