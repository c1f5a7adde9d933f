"""Holding a meeting in the room: the clock, the item one is at, who arrives, what is voted."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from committees.models import (
    AgendaItem,
    Arrival,
    Decision,
    DecisionVote,
    Invitation,
    ItemPassage,
    Meeting,
    MeetingSession,
)
from committees.representation import CAME
from committees.services.decisions import record_decision
from committees.services.invitations import record_attendance
from committees.services.locking import lock
from committees.services.meetings import hold_meeting
from committees.services.minutes import begin_minutes
from committees.voices import count_voices
from core.errors import DomainError
from partners.models import Contact


@dataclass(frozen=True)
class Ballot:
    votes_for: int
    votes_against: int = 0
    abstentions: int = 0

    @property
    def total(self) -> int:
        return self.votes_for + self.votes_against + self.abstentions


@transaction.atomic
def open_session(*, meeting: Meeting) -> MeetingSession:
    """Open the room: its clock starts at the first item, and the minutes have their places. Twice is once."""
    locked = lock(meeting)
    if not locked.is_convened or not locked.has_started:
        raise DomainError(_("La séance s’ouvre à l’heure d’une réunion convoquée."))
    session, is_new = MeetingSession.objects.get_or_create(meeting=locked)
    begin_minutes(meeting=locked)
    first = locked.agenda_items.first()
    if is_new and first is not None:
        _go_to(session, first)
    return session


@transaction.atomic
def go_to_item(*, item: AgendaItem, seen: UUID | None = None) -> None:
    """Make ``item`` the current one; the hour at which it was first come to is kept.

    With ``seen``, the item that the person had before them, nothing happens once somebody has gone on from there: a
    double click goes on by one.
    """
    session = _open_session(item.meeting)
    current = session.passages.filter(ended_at__isnull=True).select_related("agenda_item").first()
    if current and (current.agenda_item_id == item.pk or (seen and current.agenda_item.public_id != seen)):
        return
    _go_to(session, item)
    if not item.minutes_texts.exists():  # put on the agenda since the room was opened
        begin_minutes(meeting=item.meeting)


@transaction.atomic
def close_session(*, meeting: Meeting) -> Meeting:
    """Close the room; the meeting has taken place. Twice is once."""
    session = MeetingSession.objects.select_for_update().filter(meeting=meeting).first()
    if session is None:
        raise DomainError(_("La séance n’a pas été ouverte."))
    if session.is_open:
        now = timezone.now()
        session.passages.filter(ended_at__isnull=True).update(ended_at=now)
        session.closed_at = now
        session.save(update_fields=["closed_at"])
    return hold_meeting(meeting=meeting)


@transaction.atomic
def note_arrival(*, invitation: Invitation, attendance: str, signature: str = "") -> None:
    """Note whether somebody is there, with the hour at which they came and their signature where they drew one."""
    meeting = invitation.meeting
    record_attendance(meeting=meeting, attendance={invitation.public_id: attendance})
    arrivals = Arrival.objects.filter(invitation=invitation)
    if attendance not in CAME:
        arrivals.delete()
        return
    arrival = arrivals.first() or Arrival(invitation=invitation)
    if signature or arrival.pk is None:
        arrival.signature = signature
        arrival.full_clean()
        arrival.save()


@transaction.atomic
def decide_in_session(
    *,
    meeting: Meeting,
    item: AgendaItem | None,
    wording: str,
    owner: Contact | None = None,
    due_on: date | None = None,
    ballot: Ballot | None = None,
    public_id: UUID | None = None,
) -> Decision:
    """Write down a decision and how it was voted, with the voices and the quorum of this moment."""
    decision = record_decision(
        meeting=meeting,
        public_id=public_id,
        agenda_item=item,
        wording=wording,
        owner=owner,
        due_on=due_on,
    )
    if ballot is None or DecisionVote.objects.filter(decision=decision).exists():
        return decision
    voices = count_voices(meeting).present
    if ballot.total > voices:
        raise DomainError(
            _("%(votes)s votes pour %(voices)s voix présentes\u00a0: relevez d’abord les présences.")
            % {"votes": ballot.total, "voices": voices}
        )
    vote = DecisionVote(
        decision=decision,
        votes_for=ballot.votes_for,
        votes_against=ballot.votes_against,
        abstentions=ballot.abstentions,
        voices=voices,
        quorum=meeting.committee.quorum,
    )
    vote.full_clean()
    vote.save()
    return decision


def _open_session(meeting: Meeting) -> MeetingSession:
    session = MeetingSession.objects.select_for_update().filter(meeting=meeting).first()
    if session is None or not session.is_open:
        raise DomainError(_("La séance n’est pas ouverte."))
    return session


def _go_to(session: MeetingSession, item: AgendaItem) -> None:
    now = timezone.now()
    session.passages.filter(ended_at__isnull=True).update(ended_at=now)
    ItemPassage.objects.update_or_create(
        agenda_item=item, defaults={"ended_at": None}, create_defaults={"session": session, "started_at": now}
    )
