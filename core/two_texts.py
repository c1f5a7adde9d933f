"""Two texts where one was expected: what each of them changed, and both brought together."""

from dataclasses import dataclass
from typing import Any

from core.comparison import Comparison, compare, merge
from core.richtext import sanitise


@dataclass(frozen=True)
class TwoTexts:
    """The text that is saved, the one that was typed on an older revision, and their common ground if it is known."""

    #: The revision that was saved meanwhile, with its ``saved_by`` and ``saved_at``.
    newer: Any
    saved: str
    typed: str
    merged: str
    clash_count: int
    theirs: Comparison | None
    mine: Comparison

    @property
    def is_merged(self) -> bool:
        """Whether the editor holds both texts; without common ground it holds the typed one."""
        return self.theirs is not None


def set_side_by_side(*, newer: Any, saved: str, typed: str, base: str | None) -> TwoTexts:
    """Set the ``typed`` text against the ``saved`` one; ``base`` is what both began with, if it is known."""
    saved, typed = sanitise(saved), sanitise(typed)
    if base is None:
        return TwoTexts(newer, saved, typed, typed, 0, None, compare(saved, typed))
    merged = merge(base=base, theirs=saved, mine=typed)
    return TwoTexts(
        newer, saved, typed, merged.body, merged.clash_count, compare(base, saved), compare(base, typed)
    )
