"""What an action may become: the contract of a section, a line of the funding plan, something a partner votes.

Applications register it when Django starts. The action is then closed, and keeps the way to what it became.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import User
from candidacy.models import Candidacy
from committees.models import Action


@dataclass(frozen=True, slots=True)
class Became:
    """What an action became, in words and where it is."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """``choices`` are those that an action has for a reader, none where they may not; ``make`` takes one of them,
    does it and returns the public identifier of what was made, which ``find`` looks for later."""

    key: str
    label: str | Promise
    choices: Callable[[User, Action], Sequence[tuple[str, str]]]
    make: Callable[[User, Action, str], UUID]
    find: Callable[[Candidacy, UUID], Became | None]


_futures: dict[str, tuple[int, Future]] = {}


def register(future: Future, *, place: int) -> None:
    _futures[future.key] = (place, future)


def futures() -> list[Future]:
    return [future for _place, future in sorted(_futures.values(), key=lambda entry: entry[0])]


def choices_for(user: User, action: Action) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what ``action`` may become, grouped by kind, each choice written ``kind:choice``."""
    groups = [
        (
            str(future.label),
            [(f"{future.key}:{value}", label) for value, label in future.choices(user, action)],
        )
        for future in futures()
    ]
    return [(label, choices) for label, choices in groups if choices]


def what_became_of(action: Action) -> Became | None:
    """Return what ``action`` became, where it is still there."""
    if not action.became_kind or action.became_id is None or action.became_kind not in _futures:
        return None
    _place, future = _futures[action.became_kind]
    return future.find(action.candidacy, action.became_id)
