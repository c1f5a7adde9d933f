"""Where a section may go in an outline of two levels: what the buttons offer and the service does."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Step(TextChoices):
    UP = "up", _("Monter")
    DOWN = "down", _("Descendre")
    ENTER = "enter", _("Entrer dans la partie précédente")
    LEAVE = "leave", _("Sortir de la partie")


@dataclass(frozen=True)
class Place:
    """Before ``before`` in ``part``, at its end without it; without a part, among the parts."""

    part: int | None
    before: int | None = None


@dataclass(frozen=True)
class Tree:
    parts: list[int] = field(default_factory=list)
    children: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int | None]]) -> "Tree":
        """Build from (primary key, parent) pairs in the order of the outline."""
        tree = cls()
        for pk, parent in pairs:
            if parent is None:
                tree.parts.append(pk)
            else:
                tree.children.setdefault(parent, []).append(pk)
        return tree

    def parent_of(self, pk: int) -> int | None:
        return next((part for part, inside in self.children.items() if pk in inside), None)

    def destination(self, pk: int, step: str) -> Place | None:
        """Return where ``step`` brings ``pk``, or nothing at the ends: a section goes on into the next part."""
        parent = self.parent_of(pk)
        if parent is None:
            return self._of_part(self.parts.index(pk), step)
        return self._of_child(parent, self.children[parent].index(pk), step)

    def steps(self, pk: int) -> frozenset[str]:
        return frozenset(step for step in Step.values if self.destination(pk, step) is not None)

    def _of_part(self, place: int, step: str) -> Place | None:
        if step == Step.UP and place:
            return Place(None, self.parts[place - 1])
        if step == Step.DOWN and place + 1 < len(self.parts):
            return Place(None, _at(self.parts, place + 2))
        if step == Step.ENTER and place and not self.children.get(self.parts[place]):
            return Place(self.parts[place - 1])
        return None

    def _of_child(self, parent: int, place: int, step: str) -> Place | None:
        inside, part = self.children[parent], self.parts.index(parent)
        if step == Step.LEAVE:
            return Place(None, _at(self.parts, part + 1))
        if step == Step.UP:
            if place:
                return Place(parent, inside[place - 1])
            return Place(self.parts[part - 1]) if part else None
        if step == Step.DOWN:
            if place + 1 < len(inside):
                return Place(parent, _at(inside, place + 2))
            following = _at(self.parts, part + 1)
            return None if following is None else Place(following, _at(self.children.get(following, []), 0))
        return None


def _at(keys: list[int], place: int) -> int | None:
    return keys[place] if place < len(keys) else None
