"""What a lead sets in a rule holds for every kind of reminder: days, hour, working days, recipients and words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from candidacy.models import RecallRule
from candidacy.reminder_kinds import reminder_kind, reminder_kinds
from candidacy.services.reminders import set_rule
from committees.models import Meeting
from notifications.models import OutboundMessage
from notifications.registry import composer_for
from tests.factories import (
    make_action,
    make_agenda_item,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_held_meeting,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_paper,
    make_plan,
    make_section,
    make_sent_minutes,
    make_user,
)

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = 5
DAY = date(2026, 9, 16)
Audience = RecallRule.Audience


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _it_is_the_first_of_september():
    with time_machine.travel(paris(2026, 9, 1, 10), tick=False):
        yield


@pytest.fixture
def lead():
    return make_member(candidacy=make_candidacy(), user=make_user(email="cheffe@exemple.example"))


def make_concerned(lead):
    return make_contact(candidacy=lead.candidacy, email="ines@exemple.example")


def open_meeting(lead):
    meeting = make_meeting(
        committee=make_committee(candidacy=lead.candidacy),
        status=Meeting.Status.CONVENED,
        convened_at=paris(2026, 9, 1, 9),
        starts_at=paris(2026, 9, 16, 14),
    )
    make_paper(item=make_agenda_item(meeting=meeting))
    make_invitation(meeting=meeting, contact=make_concerned(lead))


def open_minutes(lead):
    meeting = make_held_meeting(committee=make_committee(candidacy=lead.candidacy, minutes_silence_days=16))
    make_invitation(meeting=meeting, contact=make_concerned(lead), attendance="present")
    make_sent_minutes(meeting=meeting)


def open_action(lead):
    make_action(candidacy=lead.candidacy, owner=make_concerned(lead), due_on=DAY)


def open_decision(lead):
    meeting = make_held_meeting(committee=make_committee(candidacy=lead.candidacy))
    make_decision(meeting=meeting, owner=make_concerned(lead), due_on=DAY)


def open_section(lead):
    organisation = make_organisation(candidacy=lead.candidacy)
    make_section(
        candidacy=lead.candidacy,
        organisation=organisation,
        writer=make_contact(organisation=organisation, email="ines@exemple.example"),
        status="ordered",
        due_on=DAY,
    )


def open_rhythm(lead):
    """September’s last open day is the 30th: it leaves fourteen days of notice on the 16th."""
    partner = make_member(candidacy=lead.candidacy, role="team")
    animator = make_contact(candidacy=lead.candidacy, user=partner.user, email="ines@exemple.example")
    make_committee(
        candidacy=lead.candidacy, rhythm_min=1, rhythm_period="month", notice_days=14, animator=animator
    )


def open_request(lead):
    make_income_line(plan=make_plan(candidacy=lead.candidacy), apply_by=DAY)


def open_agreement(lead):
    make_income_line(
        plan=make_plan(candidacy=lead.candidacy), agreement_until=DAY, status="notified", granted_amount=1000
    )


OPENERS = {
    "invitation-unanswered": open_meeting,
    "papers-available": open_meeting,
    "minutes-to-correct": open_minutes,
    "action-due": open_action,
    "action-overdue": open_action,
    "decision-due": open_decision,
    "decision-overdue": open_decision,
    "rhythm-at-risk": open_rhythm,
    "section-due": open_section,
    "section-overdue": open_section,
    "funder-deadline": open_request,
    "agreement-expiring": open_agreement,
}


def test_every_kind_is_put_to_the_proof():
    assert {kind.key for kind in reminder_kinds()} == set(OPENERS)


@pytest.fixture(params=sorted(OPENERS))
def kind(request, lead):
    OPENERS[request.param](lead)
    return reminder_kind(request.param)


def set_for(lead, kind, **fields):
    set_rule(candidacy=lead.candidacy, place=lead.candidacy.public_id, kind=kind, **fields)


def planned(kind):
    rows = OutboundMessage.objects.filter(
        kind=kind.key, status="planned", occurrence__startswith=DAY.isoformat()
    )
    return rows.order_by("due_at", "pk")


def away(kind, days):
    return DAY + timedelta(days=days if kind.is_after else -days)


def test_days_and_hour(kind, lead):
    set_for(lead, kind, steps=[2, 5], local_time=time(9, 30), working_days=False)

    found = {(row.rule, row.due_at) for row in planned(kind)}
    assert found == {
        (kind.name_step(step), datetime.combine(away(kind, step), time(9, 30), PARIS)) for step in (2, 5)
    }


def test_working_days(kind, lead):
    step = next(step for step in range(1, 8) if away(kind, step).weekday() == SATURDAY)
    set_for(lead, kind, steps=[step], working_days=False)
    assert {row.due_at.astimezone(PARIS).date() for row in planned(kind)} == {away(kind, step)}

    set_for(lead, kind, working_days=True)
    opens = away(kind, step) + timedelta(days=2 if kind.is_after else -1)
    assert {row.due_at.astimezone(PARIS).date() for row in planned(kind)} == {opens}


def test_recipients(kind, lead):
    """A ladder climbs to the leads with its last step; nothing else does."""
    first, last = (2, 5) if kind.is_after else (5, 2)
    addresses = {}
    for audience in kind.audiences:
        set_for(lead, kind, steps=[2, 5], audience=audience, working_days=False)
        addresses[audience] = {
            step: {
                composer_for(kind.key)(row).address for row in planned(kind).filter(rule=kind.name_step(step))
            }
            for step in (first, last)
        }

    chief, concerned = {"cheffe@exemple.example"}, {"ines@exemple.example"}
    expected = {
        Audience.CONCERNED: {first: concerned, last: concerned},
        Audience.LEADS: {first: chief, last: chief},
        Audience.BOTH: {first: chief | concerned, last: chief | concerned},
        Audience.LADDER: {first: concerned, last: chief | concerned},
    }
    assert addresses == {audience: expected[audience] for audience in kind.audiences}


def test_words(kind, lead):
    set_for(lead, kind, steps=[2], text="")
    usual = {composer_for(kind.key)(row).body for row in planned(kind)}
    assert usual

    set_for(lead, kind, text="Courage, c’est bientôt là.")
    bodies = {composer_for(kind.key)(row).body for row in planned(kind)}
    assert all("Courage, c’est bientôt là." in body for body in bodies)
    assert not bodies & usual


def test_a_lead_is_told_whose_answer_is_missing_and_not_asked_for_one(lead):
    open_meeting(lead)
    kind = reminder_kind("invitation-unanswered")
    set_for(lead, kind, steps=[2], audience=Audience.BOTH)

    written = {row.recipient_name: composer_for(kind.key)(row) for row in planned(kind)}

    (name,) = set(written) - {str(lead.user)}
    told = written[str(lead.user)]
    assert told.subject.startswith("Réponses attendues pour la réunion dans 2 jours")
    assert f"Sans réponse\u00a0: {name}" in told.body
    assert "votre réponse" not in told.body
    assert told.withheld == ()
    assert written[name].subject.startswith("Viendrez-vous dans 2 jours")
