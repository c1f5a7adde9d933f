"""Addresses of pages, each looked up once: a page shows some forty, and Django looks for each among all there are."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

_NOBODY = UUID(int=0)


def page_address(name: str, *args: object) -> str:
    """Return what `reverse` gives. Addresses that differ by the row they end with share one look-up."""
    if args and isinstance(args[-1], UUID):
        *parents, public_id = args
        before, after = _around(get_script_prefix(), get_urlconf(), name, *parents)
        return f"{before}{public_id}{after}"
    return _whole(get_script_prefix(), get_urlconf(), name, *args)


@lru_cache(maxsize=1024)
def _around(_prefix: str, urlconf: str | None, name: str, *parents: object) -> tuple[str, str]:
    before, _nobody, after = _reverse(urlconf, name, *parents, _NOBODY).partition(str(_NOBODY))
    return before, after


@lru_cache(maxsize=1024)
def _whole(_prefix: str, urlconf: str | None, name: str, *args: object) -> str:
    return _reverse(urlconf, name, *args)


def _reverse(urlconf: str | None, name: str, *args: object) -> str:
    return reverse(name, urlconf=urlconf, args=args)
