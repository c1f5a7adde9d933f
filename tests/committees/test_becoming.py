"""An action that becomes the contract of a section, a line of the funding plan or a partner’s vote."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from budget.models import IncomeLine
from candidacy.models import Membership
from candidacy.services.reminders import replan_reminders
from committees.becoming import choices_for, what_became_of
from committees.models import Action
from committees.services.becoming import make_of_action
from core.errors import DomainError, StaleRevisionError
from notifications.delivery import deliver_due
from partners.models import Deliberation
from tests.factories import make_action, make_contact, make_member, make_plan, make_section, make_user


@pytest.fixture
def lead(client):
    member = make_member(user=make_user(email="cheffe@exemple.example"))
    client.force_login(member.user)
    return member


@pytest.fixture
def action(lead):
    owner = make_contact(candidacy=lead.candidacy, email="ines@exemple.example")
    return make_action(
        candidacy=lead.candidacy, owner=owner, title="Écrire le volet mobilité", due_on=date(2026, 9, 10)
    )


def make(action, lead, choice):
    return make_of_action(action=action, choice=choice, by=lead.user, expected_revision=action.revision)


def kinds(lead, action):
    return {
        value.split(":")[0] for _label, choices in choices_for(lead.user, action) for value, _name in choices
    }


def test_it_becomes_the_contract_of_a_section_that_nobody_writes(lead, action):
    section = make_section(candidacy=lead.candidacy, status="ordered", brief="Quatre pages.")
    taken = make_section(candidacy=lead.candidacy, status="ordered", writer=action.owner)
    taken.organisation = action.owner.organisation
    taken.save()

    closed = make(action, lead, f"section:{section.public_id}")

    section.refresh_from_db()
    assert (section.writer, section.organisation) == (action.owner, action.owner.organisation)
    assert section.due_on == date(2026, 9, 10)
    assert section.brief == "Quatre pages.\nÉcrire le volet mobilité"
    assert (closed.status, closed.became_kind, closed.became_id) == ("done", "section", section.public_id)
    assert closed.proof == f"Devenue\u00a0: contrat de la section «\u00a0{section.title}\u00a0»"
    with pytest.raises(DomainError):
        make(make_action(candidacy=lead.candidacy, owner=action.owner), lead, f"section:{taken.public_id}")


def test_it_becomes_a_resource_to_look_for(lead, action):
    make_plan(candidacy=lead.candidacy)

    closed = make(action, lead, "income:745")

    line = IncomeLine.objects.get(public_id=closed.became_id)
    assert (line.label, line.status, line.funder) == (
        "Écrire le volet mobilité",
        "considered",
        action.owner.organisation,
    )


def test_it_becomes_what_the_structure_of_its_owner_votes(lead, action):
    closed = make(action, lead, "deliberation:funding")

    vote = Deliberation.objects.get(public_id=closed.became_id)
    assert (vote.organisation, vote.subject, vote.status) == (
        action.owner.organisation,
        "funding",
        "to_schedule",
    )
    assert what_became_of(closed).url == reverse(
        "partners:deliberation-detail",
        args=[lead.candidacy.slug, vote.organisation.public_id, vote.public_id],
    )


def test_what_needs_somebody_is_not_offered_to_an_action_without(lead):
    make_section(candidacy=lead.candidacy, status="ordered")
    make_plan(candidacy=lead.candidacy)

    assert kinds(lead, make_action(candidacy=lead.candidacy)) == {"income"}


def test_without_a_plan_no_funding_is_offered(lead, action):
    assert kinds(lead, action) == {"deliberation"}


@pytest.mark.parametrize("choice", ["section:rien", "income:745", "nothing", "deliberation:rien"])
def test_what_is_not_offered_is_refused_and_leaves_the_action_open(lead, action, choice):
    with pytest.raises(DomainError):
        make(action, lead, choice)

    action.refresh_from_db()
    assert action.is_open


def test_a_closed_action_becomes_nothing(lead, action):
    closed = make_action(
        candidacy=lead.candidacy, owner=action.owner, status="done", closed_on=date(2026, 9, 1)
    )
    with pytest.raises(DomainError):
        make(closed, lead, "deliberation:funding")


def test_a_form_of_before_another_change_is_refused(lead, action):
    Action.objects.filter(pk=action.pk).update(revision=action.revision + 1)

    with pytest.raises(StaleRevisionError):
        make(action, lead, "deliberation:funding")

    assert not Deliberation.objects.exists()


def test_a_double_click_makes_one(client, lead, action):
    url = reverse("committees:action-become", args=[lead.candidacy.slug, action.public_id])
    sent = {"revision": action.revision, "choice": "deliberation:funding"}

    answers = [client.post(url, sent) for _ in range(2)]

    vote = Deliberation.objects.get()
    there = reverse(
        "partners:deliberation-detail",
        args=[lead.candidacy.slug, vote.organisation.public_id, vote.public_id],
    )
    assert [answer.url for answer in answers] == [there, there]


def test_the_page_offers_groups_and_the_action_keeps_the_way(client, lead, action):
    section = make_section(candidacy=lead.candidacy, status="ordered", title="Mobilité")
    url = reverse("committees:action-become", args=[lead.candidacy.slug, action.public_id])

    page = client.get(url).content.decode()
    client.post(url, {"revision": action.revision, "choice": f"section:{section.public_id}"})
    sheet = client.get(reverse("committees:action-edit", args=[lead.candidacy.slug, action.public_id]))

    assert '<optgroup label="Le contrat d’une section que personne n’écrit">' in page
    assert "Mobilité" in page
    section_url = reverse("dossier:section-detail", args=[lead.candidacy.slug, section.public_id])
    assert f'<a href="{section_url}">' in sheet.content.decode()
    assert url not in sheet.content.decode()


def test_what_was_removed_since_leaves_no_broken_way(client, lead, action):
    closed = make(action, lead, "deliberation:funding")
    Deliberation.objects.all().delete()

    assert what_became_of(closed) is None
    url = reverse("committees:action-edit", args=[lead.candidacy.slug, action.public_id])
    assert client.get(url).status_code == 200


# --- the ladder --------------------------------------------------------------------------------------


def test_the_sheet_shows_what_was_recalled_and_what_will_be(client, lead, action, mailoutbox):
    with time_machine.travel(datetime(2026, 9, 4, 10, tzinfo=UTC)):
        replan_reminders()
    with time_machine.travel(datetime(2026, 9, 7, 9, tzinfo=UTC)):
        deliver_due()
    with time_machine.travel(datetime(2026, 9, 11, 9, tzinfo=UTC)):
        deliver_due()
        # A session of the day: the test's own is years away.
        client.force_login(lead.user)
        url = reverse("committees:action-edit", args=[lead.candidacy.slug, action.public_id])
        rungs = client.get(url).context["rungs"]

    assert [(rung.step, rung.status) for rung in rungs] == [
        ("J-3", "envoyé"),
        ("J+1", "envoyé"),
        ("J+7", "à envoyer"),
        ("J+14", "à envoyer"),
        ("J+14", "à envoyer"),
    ]


def test_the_owner_does_not_read_to_whom_else_it_is_recalled(client, lead):
    partner = make_member(candidacy=lead.candidacy, role=Membership.Role.PARTNER)
    owner = make_contact(candidacy=lead.candidacy, user=partner.user)
    soon = (datetime.now(UTC) + timedelta(days=9)).date()
    own = make_action(candidacy=lead.candidacy, owner=owner, due_on=soon)
    replan_reminders()
    client.force_login(partner.user)

    page = client.get(reverse("committees:action-edit", args=[lead.candidacy.slug, own.public_id]))

    assert page.context["rungs"] == ()
    assert "cheffe@exemple.example" not in page.content.decode()
