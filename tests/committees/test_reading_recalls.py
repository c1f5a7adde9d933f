"""Reminders of what is to be read before and after a meeting: its papers, and its minutes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from candidacy.models import Membership
from candidacy.services.reminders import replan_reminders
from committees.models import Correction, Meeting
from committees.services.approval import approve_minutes, decide_correction, propose_correction
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
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
    make_user,
)

PARIS = ZoneInfo("Europe/Paris")


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


def planned(kind):
    rows = OutboundMessage.objects.filter(kind=kind, status="planned").order_by("due_at", "pk")
    return [(row.recipient_key, row.due_at.astimezone(PARIS)) for row in rows]


def key(invitation):
    return f"contact:{invitation.contact.public_id}"


@pytest.fixture
def meeting():
    return make_meeting(status=Meeting.Status.CONVENED, starts_at=paris(2026, 3, 31, 10))


@time_machine.travel(paris(2026, 3, 2, 9), tick=False)
def test_papers_are_recalled_five_days_before_across_the_change_of_the_clock(meeting):
    comes = make_invitation(meeting=meeting)
    make_invitation(meeting=meeting, answer="excused", answered_at=paris(2026, 3, 1, 9))
    replan_reminders()
    assert planned("papers-available") == []

    make_paper(item=make_agenda_item(meeting=meeting))
    replan_reminders()
    assert planned("papers-available") == [(key(comes), paris(2026, 3, 26, 8))]

    meeting.starts_at = paris(2026, 4, 7, 10)
    meeting.save()
    replan_reminders()
    assert planned("papers-available") == [(key(comes), paris(2026, 4, 2, 8))]


@time_machine.travel(paris(2026, 3, 2, 9), tick=False)
def test_who_may_read_no_paper_is_not_told_of_any(meeting):
    decides = make_invitation(meeting=meeting, is_voting=True)
    make_invitation(meeting=meeting, is_voting=False)
    make_paper(item=make_agenda_item(meeting=meeting), is_confidential=True)

    replan_reminders()

    assert [recipient for recipient, _due in planned("papers-available")] == [key(decides)]


@pytest.fixture
def minutes():
    """Sent on 2 March for ten days: the silence approves on the twelfth."""
    with time_machine.travel(paris(2026, 3, 2, 9), tick=False):
        meeting = make_held_meeting(committee=make_committee(minutes_silence_days=10))
        for attendance in ("present", "present", "absent"):
            make_invitation(meeting=meeting, attendance=attendance)
        return make_sent_minutes(meeting=meeting)


def test_who_took_part_is_reminded_before_the_last_day_for_corrections(minutes):
    first, second, _absent = minutes.meeting.invitations.order_by("pk")
    with time_machine.travel(paris(2026, 3, 3, 9), tick=False):
        propose_correction(minutes=minutes, invitation=first, text=None, wording="Lire mai.")
        replan_reminders()
        assert planned("minutes-to-correct") == [(key(second), paris(2026, 3, 6, 8))]

        decide_correction(correction=Correction.objects.get(), is_accepted=True, reply="", by=make_user())
        approve_minutes(minutes=minutes, by=make_user())
        replan_reminders()
        assert planned("minutes-to-correct") == []


def test_the_leads_are_told_of_a_correction_that_waits(minutes, mailoutbox):
    candidacy = minutes.meeting.committee.candidacy
    lead = make_member(candidacy=candidacy, user=make_user(email="cheffe@exemple.example"))
    make_member(candidacy=candidacy, role=Membership.Role.TEAM, user=make_user())
    invitation = minutes.meeting.invitations.order_by("pk").first()
    with time_machine.travel(paris(2026, 3, 3, 9), tick=False):
        identity = make_contact().public_id
        for _twice in range(2):
            propose_correction(
                minutes=minutes,
                invitation=invitation,
                text=minutes.texts.first(),
                wording="Lire mai au lieu de mars.",
                public_id=identity,
            )
        OutboundMessage.objects.exclude(kind="minutes-correction").update(status="cancelled")

        send_due_messages()

    (message,) = mailoutbox
    assert message.to == [lead.user.email]
    assert "Lire mai au lieu de mars." in message.body
    assert message.reply_to == [invitation.contact.email]
    assert f"/reunions/{minutes.meeting.public_id}/compte-rendu/#corrections" in message.body


def test_a_correction_that_was_answered_meanwhile_is_told_to_nobody(minutes, mailoutbox):
    make_member(candidacy=minutes.meeting.committee.candidacy)
    invitation = minutes.meeting.invitations.order_by("pk").first()
    with time_machine.travel(paris(2026, 3, 3, 9), tick=False):
        correction = propose_correction(
            minutes=minutes, invitation=invitation, text=None, wording="Lire mai."
        )
        decide_correction(correction=correction, is_accepted=True, reply="", by=make_user())
        OutboundMessage.objects.exclude(kind="minutes-correction").update(status="cancelled")

        send_due_messages()

    assert mailoutbox == []
