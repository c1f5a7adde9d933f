"""What a reminder lets somebody without an account do: it carries the address at which they answer, read and correct."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from candidacy.services.reminders import replan_reminders
from committees.answer_tokens import token_for
from committees.minutes_tokens import minutes_token_for
from committees.models import Meeting
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
    make_sent_minutes,
)

PARIS = ZoneInfo("Europe/Paris")
ADDRESS = re.compile(r"https?://[^/\s]+(/\S+)")


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


def deliver(kinds, at):
    """Plan on 2 March and let the messages of ``kinds`` leave ``at`` their hour."""
    with time_machine.travel(paris(2026, 3, 2, 10)):
        replan_reminders()
    OutboundMessage.objects.exclude(kind__in=kinds).update(status="cancelled", cancelled_by="person")
    with time_machine.travel(at):
        deliver_due()


def check_opens(client, body, token, at):
    (path,) = {found for found in ADDRESS.findall(body) if token in found}
    with time_machine.travel(at):
        assert client.get(path).status_code == 200


@pytest.fixture
def invitation():
    meeting = make_meeting(
        status=Meeting.Status.CONVENED, convened_at=paris(2026, 3, 1, 9), starts_at=paris(2026, 3, 17, 14)
    )
    make_paper(item=make_agenda_item(meeting=meeting))
    return make_invitation(
        meeting=meeting, contact=make_contact(candidacy=meeting.committee.candidacy, email="ines@e.example")
    )


@pytest.fixture
def taking_part():
    with time_machine.travel(paris(2026, 3, 2, 9), tick=False):
        meeting = make_held_meeting(committee=make_committee(minutes_silence_days=10))
        contact = make_contact(candidacy=meeting.committee.candidacy, email="ines@e.example")
        invitation = make_invitation(meeting=meeting, contact=contact, attendance="present")
        make_sent_minutes(meeting=meeting)
    return invitation


@pytest.mark.parametrize(
    ("kind", "leaves_at"),
    [
        ("invitation-unanswered", paris(2026, 3, 13, 8, 1)),
        ("papers-available", paris(2026, 3, 12, 8, 1)),
    ],
)
def test_a_reminder_before_a_meeting_carries_the_address_that_answers(
    client, invitation, mailoutbox, kind, leaves_at
):
    deliver([kind], leaves_at)

    token = token_for(invitation)
    check_opens(client, mailoutbox[0].body, token, leaves_at)
    row = OutboundMessage.objects.get(kind=kind)
    assert row.status == "sent"
    assert token not in row.body
    assert "/…" in row.body


def test_a_reminder_of_minutes_carries_the_address_that_corrects(client, taking_part, mailoutbox):
    leaves_at = paris(2026, 3, 6, 8, 1)
    deliver(["minutes-to-correct"], leaves_at)

    token = minutes_token_for(taking_part)
    check_opens(client, mailoutbox[0].body, token, leaves_at)
    row = OutboundMessage.objects.get(kind="minutes-to-correct")
    assert token not in row.body
    assert "/…" in row.body


def test_reminders_that_leave_together_keep_none_of_their_addresses(client, invitation, mailoutbox):
    leaves_at = paris(2026, 3, 13, 8, 1)
    kinds = ["invitation-unanswered", "papers-available"]
    deliver(kinds, leaves_at - timedelta(days=5))
    OutboundMessage.objects.filter(kind__in=kinds).update(due_at=leaves_at)
    with time_machine.travel(leaves_at):
        deliver_due()

    (message,) = mailoutbox
    token = token_for(invitation)
    assert message.body.count(token) == 2
    check_opens(client, message.body, token, leaves_at)
    kept = OutboundMessage.objects.filter(kind__in=kinds)
    assert {row.status for row in kept} == {"sent"}
    assert not any(token in row.body for row in kept)


@pytest.mark.parametrize("kind", ["invitation-unanswered", "papers-available"])
def test_whoever_has_an_account_signs_in(invitation, mailoutbox, kind):
    contact = invitation.contact
    contact.user = make_member(candidacy=contact.candidacy, role="partner").user
    contact.save()

    deliver([kind], paris(2026, 3, 13, 8, 1))

    assert token_for(invitation) not in mailoutbox[0].body
    assert f"/reunions/{invitation.meeting.public_id}/" in mailoutbox[0].body
