"""What an agenda begins with by itself: what the committee has decided and not yet done, and what it did not come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window

from accounts.models import User
from committees.models import Action, AgendaItem, Decision, Meeting

Status = Meeting.Status
Row = TypeVar("Row", Decision, Action)

#: How many decisions, and how many actions, an agenda begins with; the registers hold the others.
MOST_TOLD = 20


@dataclass(frozen=True)
class FollowUp:
    """The open decisions and actions of the body, the most pressing first, and how many more there are."""

    decisions: Sequence[Decision] = ()
    actions: Sequence[Action] = ()
    further_decisions: int = 0
    further_actions: int = 0

    @property
    def decision_count(self) -> int:
        return len(self.decisions) + self.further_decisions

    @property
    def action_count(self) -> int:
        return len(self.actions) + self.further_actions

    def __bool__(self) -> bool:
        return bool(self.decisions or self.actions)


@dataclass(frozen=True)
class Remainder:
    """The last meeting of the body, with the items that can be taken up again."""

    meeting: Meeting
    items: Sequence[AgendaItem]


def follow_up_of(meeting: Meeting) -> FollowUp:
    """Return what earlier meetings of the body left to do, for those who read what is confidential."""
    committee = meeting.committee
    decisions = Decision.objects.open().filter(
        meeting__committee=committee, meeting__starts_at__lt=meeting.starts_at
    )
    actions = Action.objects.open().of_committee(committee.public_id)
    told_decisions, further_decisions = _most_pressing(decisions.select_related("owner"))
    told_actions, further_actions = _most_pressing(actions.exclude(meeting=meeting).select_related("owner"))
    return FollowUp(told_decisions, told_actions, further_decisions, further_actions)


def own_follow_up(meeting: Meeting, reader: User) -> FollowUp:
    """Return what somebody who only looks on has to do themselves."""
    own = Action.objects.open().of_committee(meeting.committee.public_id).filter(owner__user=reader)
    told, further = _most_pressing(own.select_related("owner"))
    return FollowUp(actions=told, further_actions=further)


def _most_pressing(rows: QuerySet[Row]) -> tuple[Sequence[Row], int]:
    """Return the first rows by day, and how many are left."""
    counted = rows.annotate(found=Window(Count("*")))
    first = list(counted.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST_TOLD])
    return first, int(first[0].found) - len(first) if first else 0


def remainder_for(meeting: Meeting) -> Remainder | None:
    """Return what the last meeting held before this one came to no decision on, unless it is taken up already.

    What was taken up by a meeting that is cancelled since is left again.
    """
    held = Meeting.objects.filter(
        committee=meeting.committee, status=Status.HELD, starts_at__lt=meeting.starts_at
    )
    last = held.order_by("-starts_at", "-pk").first()
    if last is None:
        return None
    taken_up = AgendaItem.objects.filter(carried_from=OuterRef("pk")).exclude(
        meeting__status=Status.CANCELLED
    )
    items = list(last.agenda_items.filter(~Exists(taken_up), decisions__isnull=True))
    return Remainder(last, items) if items else None
