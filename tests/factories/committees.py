from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from committees import answer_tokens
from committees.models import (
    Action,
    AgendaItem,
    AgendaPaper,
    Blackout,
    CalendarFeed,
    Committee,
    CommitteeMember,
    DatePoll,
    Decision,
    Invitation,
    Meeting,
    MeetingSeries,
    PollParticipant,
    PollSlot,
    TemplateItem,
)
from committees.poll_tokens import token_for
from core.secret_addresses import digest_of_token, make_token
from tests.factories.candidacy import make_candidacy, make_user
from tests.factories.partners import make_contact

_serial = count(1)


def make_committee(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("name", f"Comité {n}")
    fields.setdefault("acronym", f"COM{n}")
    fields.setdefault("kind", Committee.Kind.COTECH)
    return Committee.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_blackout(*, candidacy=None, **fields):
    fields.setdefault("name", f"Période {next(_serial)}")
    fields.setdefault("first_day", date(2030, 8, 1))
    fields.setdefault("last_day", date(2030, 8, 31))
    return Blackout.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_seat(*, committee=None, contact=None, **fields):
    committee = committee or make_committee()
    contact = contact or make_contact(candidacy=committee.candidacy)
    return CommitteeMember.objects.create(committee=committee, contact=contact, **fields)


def make_poll(*, committee=None, slots=2, **fields):
    """Make an open poll with ``slots`` slots from ten days ahead on, and nobody asked."""
    poll = DatePoll.objects.create(committee=committee or make_committee(), **fields)
    for rank in range(slots):
        make_slot(poll=poll, starts_at=timezone.now() + timedelta(days=10 + rank))
    return poll


def make_slot(*, poll=None, **fields):
    fields.setdefault("starts_at", timezone.now() + timedelta(days=30, seconds=next(_serial)))
    return PollSlot.objects.create(poll=poll or make_poll(), **fields)


def make_poll_participant(*, poll=None, contact=None, **fields):
    """Ask one contact; the secret of their address is in ``token`` of what is returned."""
    poll = poll or make_poll()
    contact = contact or make_contact(candidacy=poll.committee.candidacy)
    participant = PollParticipant.objects.create(poll=poll, contact=contact, **fields)
    participant.token = token_for(participant)
    return participant


def make_series(*, committee=None, **fields):
    """Make the rule « troisième mercredi du mois » over a year, without its meetings."""
    fields.setdefault("rank", 3)
    fields.setdefault("weekday", 2)
    fields.setdefault("first_day", date(2030, 1, 1))
    fields.setdefault("last_day", date(2030, 12, 31))
    return MeetingSeries.objects.create(committee=committee or make_committee(), **fields)


def make_meeting(*, committee=None, **fields):
    """Make a draft in ten days; with another status the instants that go with it are filled in."""
    fields.setdefault("title", f"Réunion {next(_serial)}")
    fields.setdefault("starts_at", timezone.now() + timedelta(days=10))
    status = fields.get("status", Meeting.Status.DRAFT)
    if status in {Meeting.Status.CONVENED, Meeting.Status.HELD}:
        fields.setdefault("convened_at", timezone.now())
    if status == Meeting.Status.CANCELLED:
        fields.setdefault("cancelled_at", timezone.now())
    return Meeting.objects.create(committee=committee or make_committee(), **fields)


def make_agenda_item(*, meeting=None, **fields):
    fields.setdefault("position", 1)
    fields.setdefault("title", f"Point {next(_serial)}")
    return AgendaItem.objects.create(meeting=meeting or make_meeting(), **fields)


def make_paper(*, item=None, content=b"%PDF-1.7 ordre du jour", **fields):
    n = next(_serial)
    fields.setdefault("position", n)
    fields.setdefault("title", f"Pièce {n}")
    fields.setdefault("format", "pdf")
    fields.setdefault("sha256", sha256(content + str(n).encode()).hexdigest())
    fields.setdefault("file", ContentFile(content, name=f"{n}.pdf"))
    return AgendaPaper.objects.create(item=item or make_agenda_item(), size=len(content), **fields)


def make_template_item(*, committee=None, **fields):
    fields.setdefault("position", 1)
    fields.setdefault("title", f"Point habituel {next(_serial)}")
    return TemplateItem.objects.create(committee=committee or make_committee(), **fields)


def make_invitation(*, meeting=None, contact=None, **fields):
    """Call one contact; the secret of their address is in ``token`` of what is returned."""
    meeting = meeting or make_meeting()
    contact = contact or make_contact(candidacy=meeting.committee.candidacy)
    invitation = Invitation.objects.create(meeting=meeting, contact=contact, **fields)
    invitation.token = answer_tokens.token_for(invitation)
    return invitation


def make_decision(*, meeting=None, **fields):
    n = next(_serial)
    meeting = meeting or make_meeting(status=Meeting.Status.HELD)
    fields.setdefault("number", f"COM-2026-01-D{n}")
    fields.setdefault("wording", f"Le comité décide {n}.")
    return Decision.objects.create(meeting=meeting, candidacy=meeting.committee.candidacy, **fields)


def make_action(*, candidacy=None, **fields):
    fields.setdefault("title", f"Action {next(_serial)}")
    return Action.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_calendar_feed(*, candidacy=None, user=None, token=None, **fields):
    """Make an address that opens; ``token`` is kept on the row that is returned, as a person keeps it."""
    token = token or make_token()
    feed = CalendarFeed.objects.create(
        candidacy=candidacy or make_candidacy(),
        user=user or make_user(),
        token_sha256=digest_of_token(token),
        **fields,
    )
    feed.token = token
    return feed
