"""What an agenda begins with by itself: what the committee has decided and not yet done, and what it did not come to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from accounts.models import User
from committees.models import Action, AgendaItem, Decision, Meeting

Status = Meeting.Status


@dataclass(frozen=True)
class FollowUp:
    """The open decisions and actions of the body, the most pressing first."""

    decisions: Sequence[Decision] = ()
    actions: Sequence[Action] = ()

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
    by_day = F("due_on").asc(nulls_last=True)
    return FollowUp(
        decisions=list(decisions.select_related("owner").order_by(by_day, "pk")),
        actions=list(
            actions.exclude(meeting=meeting).select_related("owner__organisation").order_by(by_day, "pk")
        ),
    )


def own_follow_up(meeting: Meeting, reader: User) -> FollowUp:
    """Return what somebody who only looks on has to do themselves."""
    own = Action.objects.open().of_committee(meeting.committee.public_id).filter(owner__user=reader)
    by_day = F("due_on").asc(nulls_last=True)
    return FollowUp(actions=list(own.select_related("owner__organisation").order_by(by_day, "pk")))


def remainder_for(meeting: Meeting) -> Remainder | None:
    """Return what the last meeting held before this one came to no decision on, unless it is taken up already."""
    held = Meeting.objects.filter(
        committee=meeting.committee, status=Status.HELD, starts_at__lt=meeting.starts_at
    )
    last = held.order_by("-starts_at", "-pk").first()
    if last is None:
        return None
    items = list(last.agenda_items.filter(carried_to__isnull=True, decisions__isnull=True))
    return Remainder(last, items) if items else None
