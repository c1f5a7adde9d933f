from datetime import timedelta

from django.utils import timezone

from committees.models import Correction, Meeting, MeetingSession
from committees.services.approval import approve_minutes, send_minutes
from committees.services.minutes import begin_minutes
from notifications.models import OutboundMessage
from tests.factories.candidacy import make_user
from tests.factories.committees import make_invitation, make_meeting
from tests.factories.partners import make_contact


def make_held_meeting(**fields):
    """Make a meeting of yesterday that took place."""
    fields.setdefault("starts_at", timezone.now() - timedelta(days=1))
    return make_meeting(status=Meeting.Status.HELD, **fields)


def make_minutes(*, meeting=None):
    """Make minutes that nobody has written in yet."""
    return begin_minutes(meeting=meeting or make_held_meeting())


def make_minutes_text(*, minutes=None, place="opening", **fields):
    text = (minutes or make_minutes()).texts.get(place=place)
    for name, value in fields.items():
        setattr(text, name, value)
    text.save()
    return text


def make_sent_minutes(*, meeting=None, by=None):
    """Make minutes with one text, sent to whoever is on the list, or to somebody who was there."""
    minutes = make_minutes(meeting=meeting)
    make_minutes_text(minutes=minutes, body="<p>La séance est ouverte.</p>", revision=1)
    if not minutes.meeting.invitations.exists():
        make_invitation(meeting=minutes.meeting, attendance="present")
    return send_minutes(minutes=minutes, by=by or make_user())


def make_received_minutes(**fields):
    """Make minutes that have left to everybody."""
    minutes = make_sent_minutes(**fields)
    rows = OutboundMessage.objects.about("minutes-sent", minutes.public_id)
    rows.update(status="sent", sent_at=timezone.now(), recipient_address="personne@exemple.example")
    return minutes


def make_approved_minutes(**fields):
    return approve_minutes(minutes=make_sent_minutes(**fields), by=make_user())


def make_correction(*, minutes=None, contact=None, **fields):
    minutes = minutes or make_sent_minutes()
    contact = contact or make_contact(candidacy=minutes.meeting.committee.candidacy)
    fields.setdefault("wording", "Lire mars au lieu de mai.")
    return Correction.objects.create(minutes=minutes, contact=contact, **fields)


def make_open_meeting(**fields):
    """Make a convened meeting that began an hour ago."""
    fields.setdefault("starts_at", timezone.now() - timedelta(hours=1))
    return make_meeting(status=Meeting.Status.CONVENED, **fields)


def make_session(*, meeting=None, **fields):
    return MeetingSession.objects.create(meeting=meeting or make_open_meeting(), **fields)
