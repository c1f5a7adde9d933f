"""Tabs that cut a list by one of its columns, each with how many rows it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

PAGE_SIZE = 50


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    is_current: bool
    count: int = 0


def cut(
    address: str,
    parameter: str,
    values: Iterable[tuple[str, str, str | Promise]],
    *,
    current: str,
    counts: Mapping[str, int],
) -> list[Tab]:
    """Return one tab for each (word of the address, value, label); the empty word needs no parameter."""
    return [
        Tab(
            url=f"{address}?{parameter}={word}" if word else address,
            label=label,
            is_current=value == current,
            count=counts.get(value, 0),
        )
        for word, value, label in values
    ]
