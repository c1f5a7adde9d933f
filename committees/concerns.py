"""What an item of an agenda may be about elsewhere in the candidacy, by applications that this one does not know.

An application registers, when Django starts, a kind of its rows: which of them can be chosen, and how those that were
chosen show to a reader. What is shown starts from ``visible_to``; a row that is gone shows nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import User
from candidacy.models import Candidacy
from committees.models import AgendaConcern


@dataclass(frozen=True, slots=True)
class Concern:
    """One row as a reader sees it under an item."""

    label: str
    url: str


#: The rows of a candidacy that those who prepare a meeting can choose, with what they are called.
Offer = Callable[[Candidacy], Sequence[tuple[UUID, str]]]
#: Of rows named by their identifiers, those that the reader may see.
Show = Callable[[User, Candidacy, Collection[UUID]], Mapping[UUID, Concern]]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str | Promise
    offer: Offer
    show: Show


_kinds: dict[str, tuple[int, Kind]] = {}


def register(name: str, *, label: str | Promise, offer: Offer, show: Show, place: int) -> None:
    """Let items be about rows of this kind, listed at ``place`` among the others."""
    _kinds[name] = (place, Kind(name, label, offer, show))


def kinds() -> list[Kind]:
    return [kind for _place, kind in sorted(_kinds.values(), key=lambda entry: entry[0])]


def shown_concerns(
    user: User, candidacy: Candidacy, rows: Iterable[AgendaConcern]
) -> dict[int, tuple[Concern, ...]]:
    """Return what ``user`` sees of ``rows``, by the primary key of their item: one query a kind, none without rows."""
    by_kind: dict[str, list[AgendaConcern]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    found: dict[int, list[Concern]] = defaultdict(list)
    for kind in kinds():
        wanted = by_kind.get(kind.name, [])
        seen = kind.show(user, candidacy, {row.target for row in wanted}) if wanted else {}
        for row in wanted:
            if row.target in seen:
                found[row.item_id].append(seen[row.target])
    return {item: tuple(concerns) for item, concerns in found.items()}
