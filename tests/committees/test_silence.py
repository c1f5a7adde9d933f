"""Silence approves minutes that were received, on its day, with a worker and without one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from committees.models import Minutes
from committees.services.approval import (
    approve_minutes,
    approve_silent_minutes,
    decide_correction,
)
from committees.tasks import approve_minutes_by_silence
from core.errors import DomainError
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
from tests.factories import (
    make_committee,
    make_contact,
    make_correction,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_received_minutes,
    make_sent_minutes,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


def fresh(minutes):
    return Minutes.objects.select_related("meeting__committee__candidacy").get(pk=minutes.pk)


def messages_of(minutes):
    return OutboundMessage.objects.about("minutes-sent", minutes.public_id)


def to_be_sent(*addresses, committee=None):
    """Send minutes to one person at each address; the messages have not left."""
    meeting = make_held_meeting(committee=committee or make_committee())
    for address in addresses:
        contact = make_contact(candidacy=meeting.committee.candidacy, email=address)
        make_invitation(meeting=meeting, contact=contact, attendance="present")
    return make_sent_minutes(meeting=meeting)


@pytest.mark.parametrize(("days", "expected"), [(9, "sent"), (10, "approved"), (12, "approved")])
def test_silence_approves_at_its_day_and_not_before(time_machine, days, expected):
    minutes = make_received_minutes()
    time_machine.move_to(NOW + timedelta(days=days), tick=False)

    approve_minutes_by_silence()

    minutes = fresh(minutes)
    assert minutes.status == expected
    assert minutes.approval == ("silence" if expected == "approved" else "")


def test_silence_keeps_the_clock_of_the_candidacy(time_machine):
    committee = make_committee()
    committee.candidacy.time_zone = "Pacific/Noumea"
    committee.candidacy.save()
    minutes = make_received_minutes(meeting=make_held_meeting(committee=committee))
    time_machine.move_to(datetime(2026, 3, 11, 12, 59, tzinfo=UTC), tick=False)
    assert approve_silent_minutes() == 0

    time_machine.move_to(datetime(2026, 3, 11, 13, 1, tzinfo=UTC), tick=False)  # midnight there

    assert approve_silent_minutes() == 1
    assert fresh(minutes).is_approved


def test_silence_approves_once(time_machine):
    minutes = make_received_minutes()
    time_machine.move_to(NOW + timedelta(days=10), tick=False)

    assert [approve_silent_minutes(), approve_silent_minutes()] == [1, 0]
    assert fresh(minutes).approved_at == NOW + timedelta(days=10)


def test_somebody_who_spoke_is_no_silence_until_they_are_answered(time_machine):
    minutes = make_received_minutes()
    correction = make_correction(minutes=minutes)
    time_machine.move_to(NOW + timedelta(days=10), tick=False)
    assert approve_silent_minutes() == 0
    with pytest.raises(DomainError, match="attendent encore"):
        approve_minutes(minutes=minutes, by=make_user())

    decide_correction(correction=correction, is_accepted=True, reply="", by=make_user())

    assert approve_silent_minutes() == 1


# --- what nobody received ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["planned", "failed", "cancelled"])
def test_silence_approves_nothing_that_nobody_was_sent(time_machine, status):
    minutes = to_be_sent("un@exemple.example", "deux@exemple.example")
    messages_of(minutes).update(status=status)
    time_machine.move_to(NOW + timedelta(days=10), tick=False)

    assert approve_silent_minutes() == 0

    minutes = fresh(minutes)
    assert (minutes.status, minutes.silence_on.isoformat()) == ("sent", "2026-03-22")


@pytest.mark.parametrize(("status", "count"), [("planned", 0), ("failed", 1), ("cancelled", 1)])
def test_silence_waits_for_what_is_still_to_leave_and_not_for_what_never_will(time_machine, status, count):
    minutes = make_received_minutes()
    contact = make_contact(candidacy=minutes.meeting.committee.candidacy)
    row = messages_of(minutes).get()
    row.pk, row.public_id, row.message_id = None, contact.public_id, "<autre@exemple.example>"
    row.recipient_key, row.status, row.sent_at = f"contact:{contact.public_id}", status, None
    row.save()
    time_machine.move_to(NOW + timedelta(days=10), tick=False)

    assert approve_silent_minutes() == count


def test_the_days_of_silence_begin_when_the_first_message_leaves(time_machine, mailoutbox):
    minutes = to_be_sent("un@exemple.example")
    time_machine.move_to(NOW + timedelta(days=8), tick=False)
    approve_minutes_by_silence()
    send_due_messages()

    time_machine.move_to(NOW + timedelta(days=17), tick=False)
    approve_minutes_by_silence()
    assert not fresh(minutes).is_approved
    time_machine.move_to(NOW + timedelta(days=18), tick=False)
    approve_minutes_by_silence()

    assert fresh(minutes).is_approved
    assert "il sera approuvé le vendredi 20\u00a0mars 2026" in mailoutbox[0].body


def test_a_committee_that_gave_the_rule_up_meanwhile_is_put_off_to_no_day(time_machine):
    minutes = to_be_sent("un@exemple.example")
    messages_of(minutes).update(status="failed")
    committee = minutes.meeting.committee
    committee.minutes_silence_days = None
    committee.save()
    time_machine.move_to(NOW + timedelta(days=10), tick=False)

    assert approve_silent_minutes() == 0
    assert fresh(minutes).silence_on.isoformat() == "2026-03-12"


def test_the_page_says_whether_the_days_run(client):
    member = make_member()
    client.force_login(member.user)
    minutes = to_be_sent("un@exemple.example", committee=make_committee(candidacy=member.candidacy))
    address = reverse("committees:minutes-detail", args=[member.candidacy.slug, minutes.meeting.public_id])
    before = client.get(address).text

    send_due_messages()

    assert "les jours de silence ne courent pas" in before
    assert "les jours de silence ne courent pas" not in client.get(address).text


# --- without a worker --------------------------------------------------------------------------------


def test_without_a_worker_cron_sends_minutes_and_approves_them(time_machine, mailoutbox):
    minutes = to_be_sent("un@exemple.example")
    call_command("send_due")
    time_machine.move_to(NOW + timedelta(days=10), tick=False)

    call_command("send_due")

    assert len(mailoutbox) == 1
    assert fresh(minutes).approval == "silence"


def test_without_a_worker_cron_plans_the_reminders_of_a_meeting():
    committee = make_committee()
    committee.reminder_rules.create(days_before=2)
    meeting = make_meeting(committee=committee, status="convened", starts_at=NOW + timedelta(days=10))
    make_invitation(meeting=meeting)

    call_command("send_due")

    assert OutboundMessage.objects.about("meeting-reminder", meeting.public_id).planned().exists()
