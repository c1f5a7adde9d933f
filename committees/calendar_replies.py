"""What a calendar program answers (RFC 5546, METHOD:REPLY), read from the message that brought it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, cast
from uuid import UUID

from icalendar import Calendar, Component

from committees.models import Invitation

_ANSWERS = {"ACCEPTED": Invitation.Answer.PRESENT, "DECLINED": Invitation.Answer.EXCUSED}


@dataclass(frozen=True, slots=True)
class Reply:
    meeting_id: UUID
    #: Who answers; the same as the sender of the message.
    address: str
    answer: str
    sequence: int
    given_at: datetime


def reply_in(content: bytes) -> Reply | None:
    """Return the answer that a message brings, or nothing: another message, another person's answer, or « perhaps »."""
    message = message_from_bytes(content, policy=policy.default)
    sender = parseaddr(str(message.get("From", "")))[1].casefold()
    try:
        events = [event for calendar in _replies(message) for event in calendar.walk("VEVENT")]
        return next((reply for event in events if (reply := _reply(event, sender))), None)
    except (ValueError, TypeError, KeyError, AttributeError, LookupError):
        return None  # what a stranger sends need not be a calendar


def _replies(message: EmailMessage) -> list[Calendar]:
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendars = [Calendar.from_ical(part.get_content()) for part in parts]
    return [calendar for calendar in calendars if str(calendar.get("METHOD", "")).upper() == "REPLY"]


def _reply(event: Component, sender: str) -> Reply | None:
    attendees: Any = event["ATTENDEE"]
    if isinstance(attendees, list):
        return None  # an answer is one person's
    address = str(attendees).casefold().removeprefix("mailto:")
    answer = _ANSWERS.get(str(attendees.params.get("PARTSTAT", "")).upper())
    meeting, _at, domain = str(event["UID"]).partition("@")
    if answer is None or address != sender or domain != "candidacy":
        return None
    given_at: datetime = cast("Any", event["DTSTAMP"]).dt
    return Reply(
        meeting_id=UUID(meeting),
        address=address,
        answer=answer,
        sequence=int(event.get("SEQUENCE", 0)),
        given_at=given_at if given_at.tzinfo else given_at.replace(tzinfo=UTC),
    )
