"""Reminders of the funding plan: a funder's deadline and the end of an agreement, for the leads."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from candidacy.services.reminders import replan_reminders
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from tests.factories import (
    make_candidacy,
    make_income_line,
    make_member,
    make_organisation,
    make_plan,
    make_user,
)

PARIS = ZoneInfo("Europe/Paris")


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


def planned(kind):
    rows = OutboundMessage.objects.filter(kind=kind, status="planned").order_by("due_at")
    return [row.due_at.astimezone(PARIS) for row in rows]


@pytest.fixture
def plan():
    candidacy = make_candidacy()
    make_member(candidacy=candidacy, user=make_user(email="cheffe@exemple.example"))
    return make_plan(candidacy=candidacy)


@time_machine.travel(paris(2026, 10, 10, 9), tick=False)
def test_a_deadline_is_recalled_across_the_change_of_the_clock_until_the_request_is_made(plan):
    line = make_income_line(plan=plan, apply_by=date(2026, 11, 4))

    replan_reminders()
    assert planned("funder-deadline") == [
        paris(2026, 10, 14, 8),
        paris(2026, 10, 28, 8),
        paris(2026, 11, 3, 8),
    ]

    line.status = "requested"
    line.save()
    replan_reminders()
    assert planned("funder-deadline") == []


@time_machine.travel(paris(2026, 9, 1, 9), tick=False)
def test_the_end_of_an_agreement_is_recalled_while_the_money_is_awaited(plan):
    line = make_income_line(
        plan=plan,
        status="contracted",
        granted_amount=Decimal(1000),
        agreement_until=date(2026, 9, 30),
    )

    replan_reminders()
    assert planned("agreement-expiring") == [paris(2026, 9, 15, 8)]

    line.status = "paid"
    line.save()
    replan_reminders()
    assert planned("agreement-expiring") == []


def test_the_lead_reads_which_funding_and_where_it_is_changed(plan, mailoutbox):
    with time_machine.travel(paris(2026, 9, 1, 9), tick=False):
        funder = make_organisation(candidacy=plan.candidacy, name="Région")
        line = make_income_line(
            plan=plan,
            label="Aide au projet",
            funder=funder,
            apply_by=date(2026, 9, 10),
            requested_amount=Decimal(5000),
        )
        replan_reminders()
    with time_machine.travel(paris(2026, 9, 3, 8, 1), tick=False):
        deliver_due()

    (message,) = mailoutbox
    assert message.to == ["cheffe@exemple.example"]
    assert "Aide au projet" in message.subject
    for told in ("Région", "jeudi 10 septembre 2026", line.public_id):
        assert str(told) in message.body.replace("\u00a0", " ")


def test_the_days_are_given_on_the_form_of_the_funding(client, plan):
    client.force_login(plan.candidacy.memberships.get().user)
    line = make_income_line(plan=plan, apply_by=date(2026, 9, 10))

    page = client.get(reverse("budget:income-edit", args=[plan.candidacy.slug, line.public_id]))

    assert 'value="2026-09-10"' in page.text
    assert "convention valable jusqu’au" in page.text.lower()
