"""Asking the members when they can meet; the lead then picks a date, and a draft meeting stands there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from committees.announcements import recipient_key
from committees.models import (
    Committee,
    CommitteeMember,
    DatePoll,
    Meeting,
    PollAnswer,
    PollParticipant,
    PollSlot,
)
from committees.services.locking import already_made, identity, lock
from committees.services.meetings import create_meeting
from core.errors import DomainError
from notifications.services import Plan, cancel_messages, plan_messages

#: The kind of message that committees.poll_messages writes.
POLL = "date-poll"
MIN_SLOTS, MAX_SLOTS = 2, 10


class PollFields(TypedDict, total=False):
    title: str
    message: str
    duration_minutes: int
    place: str
    video_url: str


@transaction.atomic
def create_poll(
    *,
    committee: Committee,
    by: User,
    slots: Sequence[datetime],
    public_id: UUID | None = None,
    **fields: Unpack[PollFields],
) -> DatePoll:
    """Propose ``slots`` to every member who sits on one of these days; each gets a message with a link of their own."""
    locked = lock(committee)
    if (poll := already_made(locked.polls.all(), public_id)) is not None:
        return poll
    _check_slots(slots)
    seats = _sitting_on(locked, slots)
    if not seats:
        raise DomainError(_("Aucun membre ne siège ces jours-là\u00a0: complétez d’abord le comité."))
    poll = DatePoll(committee=locked, created_by=by, **identity(public_id), **fields)
    poll.full_clean()
    poll.save()
    PollSlot.objects.bulk_create(PollSlot(poll=poll, starts_at=starts_at) for starts_at in sorted(slots))
    PollParticipant.objects.bulk_create(
        PollParticipant(poll=poll, contact=seat.contact, quality=seat.quality, is_voting=seat.is_voting)
        for seat in seats
    )
    plan_messages(_plan(poll, seat) for seat in seats)
    return poll


@transaction.atomic
def answer_poll(
    *, participant: PollParticipant, answers: Mapping[UUID, str], comment: str
) -> PollParticipant:
    """Write down what a member says of each slot; they may change their mind until the poll is closed."""
    poll = lock(participant.poll)
    if not poll.is_open:
        raise DomainError(_("Le sondage est clos\u00a0: votre réponse n’est plus attendue."))
    locked = lock(participant)
    slots = {slot.public_id: slot for slot in poll.slots.all()}
    if set(answers) != set(slots):
        raise DomainError(_("Répondez pour chaque créneau."))
    locked.answers.all().delete()
    PollAnswer.objects.bulk_create(
        PollAnswer(participant=locked, slot=slots[key], value=PollAnswer.Value(value))
        for key, value in answers.items()
    )
    locked.comment = comment.strip()
    locked.answered_at = timezone.now()
    locked.full_clean()
    locked.save(update_fields=["comment", "answered_at"])
    return locked


@transaction.atomic
def choose_slot(*, poll: DatePoll, slot: PollSlot) -> Meeting:
    """Close the poll on ``slot``: a meeting is drafted there, of which nobody is told. Twice is once."""
    locked = lock(poll)
    if locked.chosen_id == slot.pk and locked.meeting is not None:
        return locked.meeting
    if not locked.is_open:
        raise DomainError(_("Le sondage est déjà clos."))
    if slot.starts_at <= timezone.now():
        raise DomainError(_("Ce créneau est passé\u00a0: choisissez-en un autre."))
    meeting = create_meeting(
        committee=locked.committee,
        title=locked.title,
        starts_at=slot.starts_at,
        duration_minutes=locked.duration_minutes,
        place=locked.place,
        video_url=locked.video_url,
    )
    locked.chosen = slot
    locked.meeting = meeting
    _close(locked, _("Une date est retenue."))
    return meeting


@transaction.atomic
def close_poll(*, poll: DatePoll) -> DatePoll:
    """Close the poll without a date. Twice is once."""
    locked = lock(poll)
    if locked.is_open:
        _close(locked, _("Le sondage est clos."))
    return locked


def _close(poll: DatePoll, reason: str) -> None:
    poll.closed_at = timezone.now()
    poll.full_clean()
    poll.save()
    cancel_messages(kind=POLL, about=poll.public_id, reason=reason)


def _check_slots(slots: Sequence[datetime]) -> None:
    if not MIN_SLOTS <= len(slots) <= MAX_SLOTS:
        raise DomainError(_("Proposez de deux à dix créneaux."))
    if len(set(slots)) != len(slots):
        raise DomainError(_("Ce créneau est proposé deux fois."))
    if min(slots) <= timezone.now():
        raise DomainError(_("Un créneau est déjà passé."))


def _sitting_on(committee: Committee, slots: Sequence[datetime]) -> list[CommitteeMember]:
    zone = committee.candidacy.zone
    days = sorted({starts_at.astimezone(zone).date() for starts_at in slots})
    seats = committee.members.select_related("contact").order_by("pk")
    return [seat for seat in seats if any(seat.sits_on(day) for day in days)]


def _plan(poll: DatePoll, seat: CommitteeMember) -> Plan:
    return Plan(
        scope=poll.committee.candidacy.public_id,
        kind=POLL,
        about=poll.public_id,
        rule="at-once",
        recipient_key=recipient_key(seat.contact),
        occurrence="0",
        due_at=timezone.now(),
        title=_("Sondage de dates\u00a0: %(poll)s") % {"poll": poll},
        recipient_name=seat.contact.get_full_name(),
    )
