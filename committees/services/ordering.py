"""The order of the items of an agenda, and of the papers of one: positions that follow one another from one on."""

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from django.db.models import Model, QuerySet

Direction = Literal["up", "down"]
Item = TypeVar("Item", bound=Model)


def next_position(items: "QuerySet[Item]") -> int:
    last = items.last()
    return last.position + 1 if last else 1  # type: ignore[attr-defined]  # such rows carry one


def exchange(items: "QuerySet[Item]", item: Item, direction: Direction) -> None:
    """Let ``item`` change places with its neighbour among ``items``; at either end nothing happens."""
    ordered = list(items)
    here = next((index for index, other in enumerate(ordered) if other.pk == item.pk), None)
    if here is None:
        return
    there = here - 1 if direction == "up" else here + 1
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]
    renumber(ordered)


def renumber(items: Sequence[Item]) -> None:
    if not items:
        return
    for position, item in enumerate(items, start=1):
        item.position = position  # type: ignore[attr-defined]  # such rows carry one
    manager: Any = type(items[0])._default_manager  # noqa: SLF001 -- documented by Django in spite of its name
    manager.bulk_update(items, ["position"])
