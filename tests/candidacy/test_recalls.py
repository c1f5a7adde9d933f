"""Rules of reminders: what they plan, when, for whom, and how the outbox follows what they are about."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from candidacy.models import Membership, RecallRule
from candidacy.reminder_kinds import reminder_kind
from candidacy.services.reminders import forget_rule, replan_reminders, set_rule
from committees.models import Action, Invitation, Meeting
from committees.services.actions import edit_action
from core.errors import DomainError
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.services import advance_message, cancel_message
from tests.factories import (
    make_action,
    make_agenda_item,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_section,
    make_user,
)

PARIS = ZoneInfo("Europe/Paris")
Status = OutboundMessage.Status
Audience = RecallRule.Audience
Role = Membership.Role


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


@pytest.fixture
def lead():
    return make_member(user=make_user(email="cheffe@exemple.example"))


@pytest.fixture
def owner(lead):
    return make_contact(candidacy=lead.candidacy, email="ines@exemple.example")


def planned(kind):
    rows = OutboundMessage.objects.filter(kind=kind, status=Status.PLANNED).order_by("due_at", "pk")
    return [(row.rule, row.recipient_key, row.due_at.astimezone(PARIS)) for row in rows]


def key(contact):
    return f"contact:{contact.public_id}"


def addresses(mailoutbox):
    return [message.to[0] for message in mailoutbox]


# --- what is planned ---------------------------------------------------------------------------------


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_an_action_is_recalled_three_days_before_its_day(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))

    replan_reminders()

    assert planned("action-due") == [("J-3", key(owner), paris(2026, 9, 7, 8))]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_an_overdue_action_is_a_ladder_whose_last_step_also_tells_the_lead(owner, lead):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 3))

    replan_reminders()

    assert planned("action-overdue") == [
        ("J+1", key(owner), paris(2026, 9, 4, 8)),
        ("J+7", key(owner), paris(2026, 9, 10, 8)),
        ("J+14", key(owner), paris(2026, 9, 17, 8)),
        ("J+14", f"member:{lead.public_id}", paris(2026, 9, 17, 8)),
    ]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_nobody_in_charge_is_the_leads_business(lead):
    make_action(candidacy=lead.candidacy, owner=None, due_on=date(2026, 9, 10))

    replan_reminders()

    assert planned("action-due") == [("J-3", f"member:{lead.public_id}", paris(2026, 9, 7, 8))]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_a_lead_in_charge_is_one_recipient(lead):
    contact = make_contact(candidacy=lead.candidacy, user=lead.user, email="cheffe@exemple.example")
    make_action(candidacy=lead.candidacy, owner=contact, due_on=date(2026, 9, 10))
    set_rule(
        candidacy=lead.candidacy,
        place=lead.candidacy.public_id,
        kind=reminder_kind("action-due"),
        audience=Audience.BOTH,
    )

    assert planned("action-due") == [("J-3", key(contact), paris(2026, 9, 7, 8))]


@time_machine.travel(paris(2026, 12, 20, 10), tick=False)
@pytest.mark.parametrize(
    ("due_on", "before", "after"),
    [
        (date(2027, 1, 4), paris(2026, 12, 31, 8), paris(2027, 1, 5, 8)),  # J-3 is New Year's Day
        (date(2027, 1, 8), paris(2027, 1, 5, 8), paris(2027, 1, 11, 8)),  # J+1 is a Saturday
    ],
)
def test_closed_days_are_left_away_from_the_day(owner, due_on, before, after):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=due_on)

    replan_reminders()

    assert planned("action-due")[0][2] == before
    assert planned("action-overdue")[0][2] == after


@time_machine.travel(paris(2026, 12, 20, 10), tick=False)
def test_a_rule_may_speak_on_any_day_and_at_any_hour(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2027, 1, 4))
    set_rule(
        candidacy=owner.candidacy,
        place=owner.candidacy.public_id,
        kind=reminder_kind("action-due"),
        steps=[3, 1],
        local_time=time(18, 30),
        working_days=False,
    )

    assert [(rule, due) for rule, _key, due in planned("action-due")] == [
        ("J-3", paris(2027, 1, 1, 18, 30)),
        ("J-1", paris(2027, 1, 3, 18, 30)),
    ]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_two_steps_that_fall_together_are_one_message(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 7))  # a Monday
    set_rule(
        candidacy=owner.candidacy,
        place=owner.candidacy.public_id,
        kind=reminder_kind("action-due"),
        steps=[2, 1],
    )

    assert planned("action-due") == [("J-1", key(owner), paris(2026, 9, 4, 8))]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_what_leaves_later_than_the_page_shows_is_not_planned_yet(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 12, 1))

    replan_reminders()

    assert planned("action-due") == []


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_an_hour_that_had_passed_before_the_action_was_noted_recalls_nothing(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 8, 20))

    replan_reminders()

    assert {rule for rule, *_rest in planned("action-overdue")} == {"J+14"}


def test_in_guadeloupe_it_is_eight_there():
    candidacy = make_candidacy(time_zone="America/Guadeloupe")
    contact = make_contact(candidacy=candidacy, email="ines@exemple.example")
    with time_machine.travel(datetime(2026, 9, 1, tzinfo=UTC), tick=False):
        make_action(candidacy=candidacy, owner=contact, due_on=date(2026, 9, 10))
        replan_reminders()

    row = OutboundMessage.objects.get(kind="action-due")
    assert row.due_at == datetime(2026, 9, 7, 8, tzinfo=ZoneInfo("America/Guadeloupe"))


# --- the rules of a committee ------------------------------------------------------------------------


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_a_committee_may_have_its_own_rule_and_come_back_to_the_general_one(owner):
    kind = reminder_kind("action-due")
    committee = make_committee(candidacy=owner.candidacy)
    meeting = make_meeting(committee=committee, starts_at=paris(2026, 8, 1, 14))
    make_action(candidacy=owner.candidacy, owner=owner, meeting=meeting, due_on=date(2026, 9, 10))
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    set_rule(candidacy=owner.candidacy, place=committee.public_id, kind=kind, steps=[6])

    assert [rule for rule, *_rest in planned("action-due")] == ["J-6", "J-3"]

    forget_rule(candidacy=owner.candidacy, place=committee.public_id, kind=kind)
    assert [rule for rule, *_rest in planned("action-due")] == ["J-3", "J-3"]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
@pytest.mark.parametrize("fields", [{"is_active": False}, {"steps": []}])
def test_a_rule_may_be_none(owner, fields):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    replan_reminders()

    set_rule(
        candidacy=owner.candidacy,
        place=owner.candidacy.public_id,
        kind=reminder_kind("action-due"),
        **fields,
    )

    assert planned("action-due") == []


# --- the outbox follows ------------------------------------------------------------------------------


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_a_moved_action_takes_its_reminder_along_and_back(owner):
    action = make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    replan_reminders()
    row = OutboundMessage.objects.get(kind="action-due")

    edit_action(action=action, expected_revision=action.revision, due_on=date(2026, 9, 15))
    replan_reminders()
    assert planned("action-due") == [("J-3", key(owner), paris(2026, 9, 11, 8))]

    action.refresh_from_db()
    edit_action(action=action, expected_revision=action.revision, due_on=date(2026, 9, 10))
    replan_reminders()
    assert [due for *_rest, due in planned("action-due")] == [paris(2026, 9, 7, 8)]
    row.refresh_from_db()
    assert row.status == Status.PLANNED


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
@pytest.mark.parametrize("status", [Action.Status.DONE, Action.Status.ABANDONED])
def test_a_closed_action_recalls_nothing_more(owner, status):
    action = make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    replan_reminders()

    edit_action(action=action, expected_revision=action.revision, status=status)
    replan_reminders()

    assert planned("action-due") == planned("action-overdue") == []


def test_what_closed_since_the_last_look_does_not_leave(owner, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        action = make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
        replan_reminders()
        edit_action(action=action, expected_revision=action.revision, status=Action.Status.DONE)
    with time_machine.travel(paris(2026, 9, 7, 9)):
        deliver_due()

    assert mailoutbox == []


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_what_a_person_held_back_is_not_planned_again(owner):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    replan_reminders()
    cancel_message(OutboundMessage.objects.get(kind="action-due"))

    replan_reminders()

    assert planned("action-due") == []


def test_a_lost_access_is_seen_when_it_leaves(lead, mailoutbox):
    partner = make_member(candidacy=lead.candidacy, role=Role.PARTNER)
    contact = make_contact(candidacy=lead.candidacy, user=partner.user, email="ines@exemple.example")
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=lead.candidacy, owner=contact, due_on=date(2026, 9, 10))
        replan_reminders()
    partner.delete()
    with time_machine.travel(paris(2026, 9, 7, 9)):
        deliver_due()

    assert mailoutbox == []
    row = OutboundMessage.objects.get(kind="action-due")
    assert (row.status, row.cancelled_by) == (Status.CANCELLED, "delivery")


def test_a_reminder_is_sent_once_and_says_what_and_when(owner, lead, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(
            candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10), title="Demander la lettre"
        )
        replan_reminders()
    with time_machine.travel(paris(2026, 9, 7, 8, 1)):
        for _ in range(2):
            replan_reminders()
            deliver_due()

    [message] = mailoutbox
    assert message.to == ["ines@exemple.example"]
    assert message.subject == "À faire dans 3 jours\u00a0: Demander la lettre"
    assert "jeudi 10\u00a0septembre 2026" in message.body
    assert "/c/" not in message.body  # no account, no page
    assert message.reply_to == ["cheffe@exemple.example"]


def test_the_text_of_the_rule_takes_the_place_of_the_usual_sentence(owner, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
        set_rule(
            candidacy=owner.candidacy,
            place=owner.candidacy.public_id,
            kind=reminder_kind("action-due"),
            text="Courage, c’est bientôt là.",
        )
    with time_machine.travel(paris(2026, 9, 7, 9)):
        deliver_due()

    assert "Courage, c’est bientôt là." in mailoutbox[0].body
    assert "est attendue" not in mailoutbox[0].body


def test_after_days_without_a_worker_one_step_of_the_ladder_leaves(owner, lead, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 3))
        replan_reminders()
    with time_machine.travel(paris(2026, 9, 12, 10)):
        call_command("send_due")

    assert addresses(mailoutbox) == ["ines@exemple.example"]
    assert "depuis 9 jours" in mailoutbox[0].subject


def test_a_reminder_ahead_of_a_day_does_not_leave_after_it(owner, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
        replan_reminders()
    OutboundMessage.objects.filter(kind="action-overdue").delete()
    with time_machine.travel(paris(2026, 9, 14, 9), tick=False):
        deliver_due()

    assert mailoutbox == []
    row = OutboundMessage.objects.get(kind="action-due")
    assert (row.status, row.reason) == (Status.CANCELLED, "Le jour dont parle ce rappel est passé.")


def test_a_reminder_ahead_of_a_day_still_leaves_on_it(owner, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
        replan_reminders()
    with time_machine.travel(paris(2026, 9, 10, 23, 59), tick=False):
        deliver_due()

    assert [message.subject.split("\u00a0")[0] for message in mailoutbox] == ["À faire aujourd’hui"]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_what_says_that_a_day_has_passed_is_not_sent_by_hand_before_it(owner, mailoutbox):
    make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
    replan_reminders()
    row = OutboundMessage.objects.get(kind="action-overdue", rule="J+1")

    with pytest.raises(DomainError, match="n’est pas encore passée"):
        advance_message(row)
    OutboundMessage.objects.filter(pk=row.pk).update(due_at=paris(2026, 9, 1, 9))
    deliver_due()
    assert mailoutbox == []

    replan_reminders()
    row.refresh_from_db()
    assert (row.status, row.due_at) == (Status.PLANNED, paris(2026, 9, 11, 8))


def test_without_a_worker_cron_plans_and_sends(owner, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 10)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=date(2026, 9, 10))
        call_command("send_due")
    with time_machine.travel(paris(2026, 9, 7, 8)):
        call_command("send_due")

    assert addresses(mailoutbox) == ["ines@exemple.example"]


@pytest.mark.parametrize(
    ("due_on", "leaves_at"),
    [
        (date(2026, 4, 1), datetime(2026, 3, 29, 6, tzinfo=UTC)),  # the night's change: 8 is 6 UTC
        (date(2026, 3, 31), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        (date(2026, 10, 28), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (date(2026, 10, 27), datetime(2026, 10, 24, 6, tzinfo=UTC)),
    ],
)
def test_it_is_eight_on_the_wall_through_both_changes_of_clocks(owner, mailoutbox, due_on, leaves_at):
    with time_machine.travel(leaves_at - timedelta(days=5)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=due_on)
        set_rule(
            candidacy=owner.candidacy,
            place=owner.candidacy.public_id,
            kind=reminder_kind("action-due"),
            working_days=False,
        )
    for moment, sent in ((leaves_at - timedelta(minutes=1), 0), (leaves_at + timedelta(minutes=1), 1)):
        with time_machine.travel(moment):
            replan_reminders()
            deliver_due()
        assert len(mailoutbox) == sent


@pytest.mark.parametrize(
    ("due_on", "hour", "leaves_at"),
    [
        (
            date(2026, 4, 1),
            time(2, 30),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),  # skipped: 3.30 on the wall
        (date(2026, 10, 28), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice_is_one_instant(owner, due_on, hour, leaves_at):
    with time_machine.travel(leaves_at - timedelta(days=5)):
        make_action(candidacy=owner.candidacy, owner=owner, due_on=due_on)
        set_rule(
            candidacy=owner.candidacy,
            place=owner.candidacy.public_id,
            kind=reminder_kind("action-due"),
            working_days=False,
            local_time=hour,
        )

    assert OutboundMessage.objects.get(kind="action-due").due_at == leaves_at


# --- invitations, rhythm, sections -------------------------------------------------------------------


@pytest.fixture
def meeting(lead):
    return make_meeting(
        committee=make_committee(candidacy=lead.candidacy),
        status=Meeting.Status.CONVENED,
        convened_at=paris(2026, 9, 1, 9),
        starts_at=paris(2026, 9, 17, 14),
    )


def test_who_has_not_answered_is_asked_again_and_who_answers_is_not(meeting, mailoutbox):
    silent, quick = (
        make_invitation(
            meeting=meeting,
            contact=make_contact(candidacy=meeting.committee.candidacy, email=f"{n}@e.example"),
        )
        for n in ("silent", "quick")
    )
    with time_machine.travel(paris(2026, 9, 2, 10)):
        replan_reminders()
        assert len(planned("invitation-unanswered")) == 2
        quick.answer, quick.answered_at = Invitation.Answer.PRESENT, paris(2026, 9, 2, 10)
        quick.save()
    with time_machine.travel(paris(2026, 9, 14, 9)):
        deliver_due()

    assert addresses(mailoutbox) == [silent.contact.email]
    assert "jeudi 17\u00a0septembre 2026 à 14" in mailoutbox[0].body


def test_a_moved_cancelled_and_restored_meeting_asks_at_its_new_day_alone(meeting):
    make_invitation(
        meeting=meeting, contact=make_contact(candidacy=meeting.committee.candidacy, email="s@e.example")
    )
    with time_machine.travel(paris(2026, 9, 2, 10), tick=False):
        replan_reminders()
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=paris(2026, 9, 24, 14))
        replan_reminders()
        assert [due for *_rest, due in planned("invitation-unanswered")] == [paris(2026, 9, 21, 8)]
        Meeting.objects.filter(pk=meeting.pk).update(
            status=Meeting.Status.CANCELLED, cancelled_at=paris(2026, 9, 2, 10)
        )
        replan_reminders()
        assert planned("invitation-unanswered") == []
        Meeting.objects.filter(pk=meeting.pk).update(status=Meeting.Status.CONVENED, cancelled_at=None)
        replan_reminders()
        assert [due for *_rest, due in planned("invitation-unanswered")] == [paris(2026, 9, 21, 8)]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_a_rhythm_at_risk_is_told_to_the_lead_until_the_meeting_is_convened(lead):
    committee = make_committee(
        candidacy=lead.candidacy, rhythm_min=1, rhythm_period="month", notice_days=7, acronym="COTECH"
    )
    replan_reminders()
    # September's last open day is the 30th: it must be convened by the 23rd.
    assert planned("rhythm-at-risk") == [
        ("J-7", f"member:{lead.public_id}", paris(2026, 9, 16, 8)),
        ("J-1", f"member:{lead.public_id}", paris(2026, 9, 22, 8)),
    ]

    make_meeting(
        committee=committee,
        status=Meeting.Status.CONVENED,
        convened_at=paris(2026, 9, 1, 9),
        starts_at=paris(2026, 9, 29, 14),
    )
    replan_reminders()
    assert planned("rhythm-at-risk") == []


def test_a_notice_as_long_as_the_period_is_recalled_before_the_period_begins(lead, mailoutbox):
    make_committee(
        candidacy=lead.candidacy, rhythm_min=1, rhythm_period="month", notice_days=28, acronym="COTECH"
    )
    for days in range(40):
        with time_machine.travel(paris(2026, 9, 1, 8, 1) + timedelta(days=days), tick=False):
            replan_reminders()
            deliver_due()

    # October's last open day is the 30th, which leaves 28 days of notice on the 2nd; in November it is the 30th.
    sent = OutboundMessage.objects.filter(kind="rhythm-at-risk", status=Status.SENT).order_by("due_at")
    assert [(row.rule, row.due_at) for row in sent] == [
        ("J-7", paris(2026, 9, 25, 8)),
        ("J-1", paris(2026, 10, 1, 8)),
    ]
    assert "en octobre 2026 avec le délai, convoquez au plus tard le vendredi 2" in mailoutbox[0].body
    assert [(rule, due) for rule, _key, due in planned("rhythm-at-risk")] == [
        ("J-7", paris(2026, 10, 26, 8)),
        ("J-1", paris(2026, 10, 30, 8)),
    ]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_two_periods_at_risk_are_two_reminders(lead, mailoutbox):
    make_committee(
        candidacy=lead.candidacy, rhythm_min=1, rhythm_period="month", notice_days=7, acronym="COTECH"
    )
    set_rule(
        candidacy=lead.candidacy,
        place=lead.candidacy.public_id,
        kind=reminder_kind("rhythm-at-risk"),
        steps=[21, 43],
        working_days=False,
    )
    for moment in (paris(2026, 9, 2, 8, 1), paris(2026, 9, 10, 8, 1)):
        with time_machine.travel(moment, tick=False):
            replan_reminders()
            deliver_due()

    assert [" ".join(message.subject.split()[:4]) for message in mailoutbox] == [
        "À convoquer dans 21",
        "À convoquer dans 43",
    ]


@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_a_section_recalls_its_writers_until_it_is_handed_in(lead):
    organisation = make_organisation(candidacy=lead.candidacy)
    partner = make_member(candidacy=lead.candidacy, role=Role.PARTNER)
    writer = make_contact(organisation=organisation, user=partner.user, email="w@e.example")
    section = make_section(
        candidacy=lead.candidacy, organisation=organisation, status="ordered", due_on=date(2026, 9, 17)
    )
    replan_reminders()
    assert planned("section-due") == [
        ("J-7", key(writer), paris(2026, 9, 10, 8)),
        ("J-1", key(writer), paris(2026, 9, 16, 8)),
    ]

    section.status = "in_review"
    section.save()
    replan_reminders()
    assert planned("section-due") == planned("section-overdue") == []


@pytest.mark.parametrize("count", [2, 20])
@time_machine.travel(paris(2026, 9, 1, 10), tick=False)
def test_the_tick_costs_the_same_for_any_number(lead, django_assert_num_queries, count):
    meeting = make_held_meeting(committee=make_committee(candidacy=lead.candidacy))
    reserved = make_agenda_item(meeting=meeting, is_confidential=True)
    for rank in range(count):
        given = {
            "owner": make_contact(candidacy=lead.candidacy, email=f"p{rank}@e.example"),
            "due_on": date(2026, 9, 10),
        }
        make_action(candidacy=lead.candidacy, **given)
        make_decision(meeting=meeting, agenda_item=reserved, **given)
        make_invitation(meeting=meeting, contact=given["owner"], is_voting=True)
    replan_reminders()
    with django_assert_num_queries(24):
        assert replan_reminders() == 0


# --- the pages ---------------------------------------------------------------------------------------


def form_of(client, url):
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields}


def test_the_lead_sees_the_rules_and_changes_one(client, lead):
    client.force_login(lead.user)
    url = reverse("candidacy:reminder-edit", args=[lead.candidacy.slug, "action-overdue"])
    begun = form_of(client, url)
    assert begun["steps"] == "1, 7, 14"

    response = client.post(
        url, {**begun, "steps": "2 ; 9", "local_time": "09:30", "working_days": ""}, follow=True
    )

    page = response.content.decode()
    assert "J+2, J+9, 9\u00a0h\u00a030" in page
    rule = RecallRule.objects.get()
    assert (rule.steps, rule.local_time, rule.working_days) == ([2, 9], time(9, 30), False)
    assert rule.audience == Audience.LADDER

    client.post(reverse("candidacy:reminder-forget", args=[lead.candidacy.slug, "action-overdue"]))
    assert not RecallRule.objects.exists()


@pytest.mark.parametrize("steps", ["sept", "7, 7", "91", "1 2 3 4 5 6 7", "-1"])
def test_steps_that_mean_nothing_are_refused_and_kept_on_the_form(client, lead, steps):
    client.force_login(lead.user)
    url = reverse("candidacy:reminder-edit", args=[lead.candidacy.slug, "action-due"])

    response = client.post(url, {**form_of(client, url), "steps": steps})

    assert response.status_code == 422
    assert f'value="{steps}"' in response.content.decode()
    assert not RecallRule.objects.exists()


def test_two_leads_at_one_rule_the_second_is_told(client, lead):
    client.force_login(lead.user)
    url = reverse("candidacy:reminder-edit", args=[lead.candidacy.slug, "action-due"])
    begun = form_of(client, url)
    client.post(url, {**begun, "steps": "5"})

    response = client.post(url, {**begun, "steps": "9"})

    assert response.status_code == 409
    assert RecallRule.objects.get().steps == [5]


def test_a_committee_shows_whose_rule_it_follows(client, lead):
    client.force_login(lead.user)
    committee = make_committee(candidacy=lead.candidacy)
    args = [lead.candidacy.slug, committee.public_id]
    url = reverse("committees:reminder-rule-edit", args=[*args, "action-due"])

    client.post(url, {**form_of(client, url), "steps": "4"})

    lines = client.get(reverse("committees:reminder-rules", args=args)).context["lines"]
    assert [(line.kind.key, line.steps, line.is_own) for line in lines] == [
        ("invitation-unanswered", "J-3", False),
        ("papers-available", "J-5", False),
        ("minutes-to-correct", "J-3", False),
        ("rhythm-at-risk", "J-7, J-1", False),
        ("action-due", "J-4", True),
        ("action-overdue", "J+1, J+7, J+14", False),
        ("decision-due", "J-3", False),
        ("decision-overdue", "J+1, J+7, J+14", False),
    ]
    client.post(reverse("committees:reminder-rule-forget", args=[*args, "action-due"]))
    assert not RecallRule.objects.exists()


@pytest.mark.parametrize("kind", ["section-due", "nothing-of-the-kind"])
def test_a_committee_has_no_rule_for_what_is_not_its_own(client, lead, kind):
    client.force_login(lead.user)
    committee = make_committee(candidacy=lead.candidacy)

    url = reverse("committees:reminder-rule-edit", args=[lead.candidacy.slug, committee.public_id, kind])
    assert client.get(url).status_code == 404
