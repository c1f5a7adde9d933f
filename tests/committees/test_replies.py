"""Answers that calendars send to a mailbox, from the real file that was sent to the real mailbox that reads them."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core import mail
from django.core.management import call_command
from icalendar import Calendar

from committees.calendar_replies import reply_in
from committees.models import Invitation
from committees.services.invitations import answer_invitation
from committees.services.meetings import cancel_meeting, convene_meeting, edit_meeting
from committees.services.replies import read_replies
from committees.tasks import read_calendar_replies
from notifications.delivery import deliver_due
from tests.committees.imap_server import ImapServer
from tests.factories import make_committee, make_contact, make_meeting, make_member

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NO_UID = b"""From: a@b.example
Content-Type: text/calendar

BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:x@candidacy
ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example
END:VEVENT
END:VCALENDAR
"""
MAILBOX = "reponses@exemple.example"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def mailbox(settings):
    with ImapServer() as server:
        settings.REPLY_MAILBOX_URL = server.url
        settings.REPLY_MAILBOX_ADDRESS = MAILBOX
        yield server


@pytest.fixture
def invitation(mailbox):
    lead = make_member()
    meeting = make_meeting(
        committee=make_committee(candidacy=lead.candidacy), starts_at=NOW + timedelta(days=10)
    )
    contact = make_contact(candidacy=lead.candidacy, email="Dominique@exemple.example")
    convene_meeting(meeting=meeting, by=lead.user, expected_revision=1, contacts=[contact])
    return meeting.invitations.get()


def invite():
    """Let what is due leave; return the calendar of the last message."""
    deliver_due()
    return Calendar.from_ical(mail.outbox[-1].alternatives[0].content)


def reply(
    calendar,
    partstat="ACCEPTED",
    *,
    at=NOW + timedelta(hours=1),
    sender="dominique@exemple.example",
    attendee=None,
    method="REPLY",
):
    """Answer as a calendar program does: the same event, its state changed, to the organiser."""
    calendar = Calendar.from_ical(calendar.to_ical())
    calendar["METHOD"] = method
    [event] = calendar.walk("VEVENT")
    event["ATTENDEE"].params["PARTSTAT"] = partstat
    if attendee:
        params = event["ATTENDEE"].params
        event["ATTENDEE"] = type(event["ATTENDEE"])(f"mailto:{attendee}")
        event["ATTENDEE"].params = params
    del event["DTSTAMP"]
    event.add("dtstamp", at)
    message = EmailMessage()
    message["From"] = f"Dominique <{sender}>"
    message["To"] = str(event["ORGANIZER"]).removeprefix("mailto:")
    message["Subject"] = "Accepté"
    message.set_content("Dominique a accepté.")
    message.add_alternative(
        calendar.to_ical(), maintype="text", subtype="calendar", params={"method": "REPLY"}
    )
    return message.as_bytes()


def answer_of(invitation):
    invitation.refresh_from_db()
    return invitation.answer


@pytest.mark.parametrize(("partstat", "answer"), [("ACCEPTED", "present"), ("DECLINED", "excused")])
def test_the_answer_of_a_calendar_is_noted_and_marked_as_read(invitation, mailbox, partstat, answer):
    calendar = invite()
    mailbox.letters.append(reply(calendar, partstat))

    noted = read_replies()

    assert str(calendar.walk("VEVENT")[0]["ORGANIZER"]) == f"mailto:{MAILBOX}"
    assert mail.outbox[-1].reply_to != [MAILBOX]
    assert (noted, answer_of(invitation), mailbox.seen) == (1, answer, {1})


def test_the_command_and_the_task_read_once(invitation, mailbox, capsys):
    mailbox.letters.append(reply(invite()))

    call_command("read_replies")
    read_calendar_replies()

    assert capsys.readouterr().out == "1 réponse(s) notée(s).\n"
    assert answer_of(invitation) == "present"


def test_read_again_it_changes_nothing(invitation, mailbox, clock):
    mailbox.letters.append(reply(invite()))
    read_replies()
    clock.move_to(NOW + timedelta(hours=2), tick=False)
    invitation.refresh_from_db()
    answer_invitation(invitation=invitation, answer="excused")
    mailbox.seen.clear()  # the worker died before it could mark it

    assert read_replies() == 0
    assert answer_of(invitation) == "excused"


@pytest.mark.parametrize(
    ("sender", "attendee"),
    [
        ("autre@exemple.example", None),
        ("autre@exemple.example", "autre@exemple.example"),
        ("dominique@exemple.example", "autre@exemple.example"),
    ],
)
def test_only_the_invited_address_answers(invitation, mailbox, sender, attendee):
    mailbox.letters.append(reply(invite(), sender=sender, attendee=attendee))

    assert read_replies() == 0
    assert (answer_of(invitation), mailbox.seen) == ("none", {1})


@pytest.mark.parametrize("partstat", ["TENTATIVE", "DELEGATED", "NEEDS-ACTION"])
def test_perhaps_is_no_answer(invitation, mailbox, partstat):
    mailbox.letters.append(reply(invite(), partstat))

    assert read_replies() == 0
    assert answer_of(invitation) == "none"


def test_accepting_does_not_bring_into_the_room_who_comes_at_a_distance(invitation, mailbox):
    calendar = invite()
    answer_invitation(invitation=invitation, answer=Invitation.Answer.REMOTE)
    mailbox.letters.append(reply(calendar))

    assert read_replies() == 0
    assert answer_of(invitation) == "remote"


def test_an_answer_to_a_date_that_has_moved_since_is_of_no_interest(invitation, mailbox, clock):
    first = invite()
    clock.move_to(NOW + timedelta(minutes=5), tick=False)
    meeting = invitation.meeting
    meeting.refresh_from_db()
    edit_meeting(meeting=meeting, expected_revision=meeting.revision, starts_at=NOW + timedelta(days=20))
    second = invite()
    mailbox.letters += [reply(first, "DECLINED"), reply(second, "ACCEPTED")]

    assert read_replies() == 1
    assert answer_of(invitation) == "present"


def test_a_meeting_that_was_called_off_takes_no_answer(invitation, mailbox):
    calendar = invite()
    cancel_meeting(meeting=invitation.meeting, reason="Grève")
    mailbox.letters.append(reply(calendar))

    assert read_replies() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"From: a@b.example\r\n\r\nBonjour",
        b"From: a@b.example\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:",
        b"From: a@b.example\r\nContent-Type: text/calendar; charset=nope\r\n\r\nBEGIN:VCALENDAR",
        NO_UID,
    ],
)
def test_what_is_no_answer_stops_nothing(invitation, mailbox, content):
    mailbox.letters += [content, reply(invite())]

    assert reply_in(content) is None
    assert read_replies() == 1
    assert mailbox.seen == {1, 2}


def test_an_invitation_itself_is_no_answer(invitation, mailbox):
    mailbox.letters.append(reply(invite(), method="REQUEST"))

    assert read_replies() == 0


def test_a_mailbox_that_lets_nobody_in_is_told_to_the_log(invitation, mailbox, caplog):
    mailbox.password = "another"

    assert read_replies() == 0
    assert "wrong password" in caplog.text


def test_without_a_mailbox_nothing_is_read_and_the_lead_is_the_organiser(settings):
    settings.REPLY_MAILBOX_URL = settings.REPLY_MAILBOX_ADDRESS = ""
    lead = make_member()
    meeting = make_meeting(
        committee=make_committee(candidacy=lead.candidacy), starts_at=NOW + timedelta(days=10)
    )
    convene_meeting(
        meeting=meeting, by=lead.user, expected_revision=1, contacts=[make_contact(candidacy=lead.candidacy)]
    )

    assert read_replies() == 0
    assert str(invite().walk("VEVENT")[0]["ORGANIZER"]) == f"mailto:{lead.user.email}"
