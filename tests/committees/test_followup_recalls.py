"""Reminders of decisions that are to be applied: they follow the decision, and reach who may read it when they leave."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from candidacy.models import Membership, RecallRule
from candidacy.reminder_kinds import reminder_kind
from candidacy.services.reminders import replan_reminders, set_rule
from committees.models import Decision
from committees.services.decisions import edit_decision, record_decision
from core.templatetags.formats import long_date
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.preferences import choose_messages
from notifications.registry import refusable_kinds
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_member,
    make_user,
)

PARIS = ZoneInfo("Europe/Paris")
KINDS = ("decision-due", "decision-overdue")
DUE, OVERDUE = KINDS
Role = Membership.Role
Status = Decision.Status


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _it_is_the_first_of_september():
    with time_machine.travel(paris(2026, 9, 1, 10)):
        yield


@pytest.fixture
def lead():
    return make_member(user=make_user(email="cheffe@exemple.example"))


@pytest.fixture
def meeting(lead):
    return make_held_meeting(committee=make_committee(candidacy=lead.candidacy, acronym="COPIL"))


@pytest.fixture
def owner(lead):
    return make_contact(candidacy=lead.candidacy, email="ines@exemple.example")


@pytest.fixture
def decision(meeting, owner):
    return make_decision(
        meeting=meeting,
        owner=owner,
        due_on=date(2026, 9, 10),
        number="COPIL-2026-08-D2",
        wording="Le comité retient la charte.",
    )


def planned(kind):
    rows = OutboundMessage.objects.filter(kind=kind, status="planned").order_by("due_at", "pk")
    return [(row.rule, row.recipient_key, row.due_at.astimezone(PARIS)) for row in rows]


def key(contact):
    return f"contact:{contact.public_id}"


def deliver(at):
    with time_machine.travel(at):
        deliver_due()


def told(mailoutbox):
    return {message.to[0] for message in mailoutbox}


# --- they follow the decision ------------------------------------------------------------------------


def test_a_decision_is_recalled_before_its_day_and_a_ladder_climbs_to_the_lead(decision, owner, lead):
    replan_reminders()

    assert planned(DUE) == [("J-3", key(owner), paris(2026, 9, 7, 8))]
    assert planned(OVERDUE) == [
        ("J+1", key(owner), paris(2026, 9, 11, 8)),
        ("J+7", key(owner), paris(2026, 9, 17, 8)),
        ("J+14", key(owner), paris(2026, 9, 24, 8)),
        ("J+14", f"member:{lead.public_id}", paris(2026, 9, 24, 8)),
    ]


def test_without_an_owner_it_is_the_leads_business_and_without_a_day_nobody_s(meeting, owner, lead):
    make_decision(meeting=meeting, owner=None, due_on=date(2026, 9, 10))
    make_decision(meeting=meeting, owner=owner, due_on=None)

    replan_reminders()

    assert planned(DUE) == [("J-3", f"member:{lead.public_id}", paris(2026, 9, 7, 8))]


def test_a_decision_that_moves_takes_its_reminders_along(decision, owner):
    replan_reminders()
    edit_decision(decision=decision, expected_revision=decision.revision, due_on=date(2026, 9, 16))
    replan_reminders()

    assert planned(DUE) == [("J-3", key(owner), paris(2026, 9, 11, 8))]
    assert planned(OVERDUE)[0] == ("J+1", key(owner), paris(2026, 9, 17, 8))
    assert {rule for rule, *_rest in planned(OVERDUE)} == {"J+1", "J+7", "J+14"}


@pytest.mark.parametrize("status", [Status.APPLIED, Status.SUPERSEDED, Status.ABANDONED])
def test_a_decision_that_is_closed_is_recalled_no_more(decision, status):
    replan_reminders()
    edit_decision(
        decision=decision, expected_revision=decision.revision, status=status, status_note="C’est ainsi."
    )
    replan_reminders()

    assert planned(DUE) == planned(OVERDUE) == []


def test_a_decision_that_another_replaces_is_recalled_no_more(decision, meeting):
    replan_reminders()
    record_decision(meeting=meeting, replaces=decision, wording="Le comité en retient une autre.")
    replan_reminders()

    assert planned(DUE) == planned(OVERDUE) == []


def test_a_decision_that_is_removed_is_recalled_no_more(decision):
    replan_reminders()
    decision.delete()
    replan_reminders()

    assert planned(DUE) == planned(OVERDUE) == []


def test_what_was_applied_since_the_last_look_does_not_leave(decision, mailoutbox):
    replan_reminders()
    edit_decision(decision=decision, expected_revision=decision.revision, status=Status.APPLIED)
    deliver(paris(2026, 9, 7, 9))

    assert mailoutbox == []


# --- rules, words and preferences --------------------------------------------------------------------


def test_it_leaves_once_and_says_what_by_when_and_who(decision, owner, mailoutbox):
    replan_reminders()
    for _ in range(2):
        deliver(paris(2026, 9, 7, 9))

    (message,) = mailoutbox
    assert message.to == ["ines@exemple.example"]
    assert message.subject == "Décision à appliquer dans 3 jours\u00a0: COPIL-2026-08-D2"
    assert "Le comité retient la charte." in message.body
    assert f"Échéance\u00a0: {long_date(decision.due_on)}" in message.body
    assert f"Responsable\u00a0: {owner}" in message.body


def test_the_overdue_one_asks_how_far_it_has_come(decision, mailoutbox):
    replan_reminders()
    OutboundMessage.objects.filter(kind=DUE).delete()
    deliver(paris(2026, 9, 11, 9))

    (message,) = mailoutbox
    assert message.subject == "Décision en retard depuis hier\u00a0: COPIL-2026-08-D2"
    assert "Dites où elle en est." in message.body


def test_a_committee_has_its_own_rule_and_words(decision, owner, meeting, mailoutbox):
    other = make_held_meeting(committee=make_committee(candidacy=owner.candidacy))
    make_decision(meeting=other, owner=owner, due_on=date(2026, 9, 10))
    set_rule(
        candidacy=owner.candidacy,
        place=meeting.committee.public_id,
        kind=reminder_kind(DUE),
        steps=[6],
        local_time=time(9, 30),
        text="Pensez-y.",
    )

    assert planned(DUE) == [
        ("J-6", key(owner), paris(2026, 9, 4, 9, 30)),
        ("J-3", key(owner), paris(2026, 9, 7, 8)),
    ]
    deliver(paris(2026, 9, 4, 10))
    assert "Pensez-y." in mailoutbox[0].body


def test_a_person_may_do_without(lead, meeting, mailoutbox):
    team = make_member(candidacy=lead.candidacy, role=Role.TEAM)
    contact = make_contact(candidacy=lead.candidacy, user=team.user)
    make_decision(meeting=meeting, owner=contact, due_on=date(2026, 9, 10))
    choose_messages(user=team.user, wanted=set(refusable_kinds()) - {DUE})
    replan_reminders()
    deliver(paris(2026, 9, 7, 9))

    assert told(mailoutbox) == set()


# --- who may read it when it leaves ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "opens"),
    [(Role.LEAD, True), (Role.TEAM, True), (Role.ELECTED, False), (Role.PARTNER, False), (None, False)],
)
def test_the_page_is_for_the_team_alone(lead, meeting, mailoutbox, role, opens):
    user = make_member(candidacy=lead.candidacy, role=role).user if role else None
    contact = make_contact(candidacy=lead.candidacy, user=user, email="ines@exemple.example")
    decision = make_decision(meeting=meeting, owner=contact, due_on=date(2026, 9, 10))
    replan_reminders()
    deliver(paris(2026, 9, 7, 9))

    (message,) = [message for message in mailoutbox if message.to == ["ines@exemple.example"]]
    page = reverse("committees:decision-edit", args=[lead.candidacy.slug, decision.public_id])
    assert (page in message.body) is opens


def reserve(decision):
    decision.agenda_item = make_agenda_item(meeting=decision.meeting, is_confidential=True)
    decision.save()


@pytest.mark.parametrize(
    ("called", "role", "is_told"),
    [
        (None, None, False),
        ({"is_voting": False}, None, False),
        ({"is_voting": True}, None, True),
        ({"is_voting": True}, Role.ELECTED, True),
        ({"is_voting": True}, Role.OBSERVER, False),
        (None, Role.PARTNER, False),
        (None, Role.TEAM, True),
    ],
)
def test_what_is_confidential_is_told_to_who_reads_it_else_to_the_lead(
    lead, decision, owner, mailoutbox, called, role, is_told
):
    reserve(decision)
    if role:
        owner.user = make_member(candidacy=lead.candidacy, role=role).user
        owner.save()
    if called:
        make_invitation(meeting=decision.meeting, contact=owner, **called)
    replan_reminders()
    deliver(paris(2026, 9, 7, 9))

    assert told(mailoutbox) == {"ines@exemple.example" if is_told else "cheffe@exemple.example"}


def test_a_seat_at_another_meeting_opens_nothing(decision, owner, mailoutbox):
    reserve(decision)
    other = make_held_meeting(committee=decision.meeting.committee)
    make_invitation(meeting=other, contact=owner, is_voting=True)
    replan_reminders()

    assert key(owner) not in {recipient for _rule, recipient, _due in planned(DUE)}


def test_what_became_confidential_since_it_was_planned_does_not_leave(decision, mailoutbox):
    replan_reminders()
    reserve(decision)
    deliver(paris(2026, 9, 7, 9))

    assert mailoutbox == []
    row = OutboundMessage.objects.get(kind=DUE)
    assert (row.status, row.cancelled_by) == ("cancelled", "delivery")


# --- the page ----------------------------------------------------------------------------------------


def test_the_sheet_shows_what_was_recalled_and_what_will_be(client, lead, decision, mailoutbox):
    replan_reminders()
    with time_machine.travel(paris(2026, 9, 7, 9)):
        deliver_due()
        client.force_login(lead.user)
        url = reverse("committees:decision-edit", args=[lead.candidacy.slug, decision.public_id])
        page = client.get(url)

    assert [(rung.step, rung.status) for rung in page.context["rungs"]] == [
        ("J-3", "envoyé"),
        ("J+1", "à envoyer"),
        ("J+7", "à envoyer"),
        ("J+14", "à envoyer"),
        ("J+14", "à envoyer"),
    ]
    assert "<strong>J-3</strong>" in page.content.decode()


def test_both_kinds_may_be_ruled_by_a_committee():
    assert all(reminder_kind(kind).is_of_committees for kind in KINDS)
    assert RecallRule.Audience.LADDER in reminder_kind(OVERDUE).audiences
