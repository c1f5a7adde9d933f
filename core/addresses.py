"""Addresses of the many rows of one page."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

_NOBODY = UUID(int=0)


def row_address(name: str, *args: object) -> str:
    """Return what `reverse` gives; the last argument is the public identifier of a row.

    The pattern is looked up once for all the rows of a list.
    """
    *parents, public_id = args
    before, after = _around(get_script_prefix(), name, *parents)
    return f"{before}{public_id}{after}"


@lru_cache(maxsize=512)
def _around(_prefix: str, name: str, *parents: object) -> tuple[str, str]:
    before, _nobody, after = reverse(name, args=[*parents, _NOBODY]).partition(str(_NOBODY))
    return before, after
