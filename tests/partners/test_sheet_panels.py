"""What the dossier, the committees and the budget tell on the sheet of an organisation, and to whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Action, Meeting
from tests.factories import (
    make_action,
    make_committee,
    make_contact,
    make_deliberation,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_section,
    make_sitting,
    make_user,
)

Role = Membership.Role


@pytest.fixture
def organisation():
    """An organisation with a section, two meetings and a funding, beside another that has as much."""
    own = make_organisation(name="Culture Commune")
    candidacy = own.candidacy
    plan = make_plan(candidacy=candidacy)
    committee = make_committee(candidacy=candidacy, acronym="COTECH")
    for name, row in (("Notre", own), ("Leur", make_organisation(candidacy=candidacy))):
        contact = make_contact(organisation=row)
        make_section(candidacy=candidacy, organisation=row, title=f"{name} section")
        make_income_line(plan=plan, funder=row, label=f"{name} subvention", amounts={plan.first_year: 12_000})
        convened = make_meeting(committee=committee, title=f"{name} réunion", status=Meeting.Status.CONVENED)
        draft = make_meeting(committee=committee, title=f"{name} brouillon")
        make_action(candidacy=candidacy, owner=contact, title=f"{name} action")
        make_action(
            candidacy=candidacy,
            owner=contact,
            title=f"{name} action close",
            status=Action.Status.DONE,
            closed_on=timezone.localdate(),
        )
        for meeting in (convened, draft):
            make_invitation(meeting=meeting, contact=contact)
    return own


def panels_seen_by(client, organisation, user):
    client.force_login(user)
    slug = organisation.candidacy.slug
    response = client.get(reverse("partners:organisation-detail", args=[slug, organisation.public_id]))
    return response, {
        str(panel.title): [row.title for row in panel.rows] for panel in response.context["panels"]
    }


@pytest.mark.parametrize("role", [Role.LEAD, Role.TEAM])
def test_lead_and_team_read_what_is_asked_of_the_organisation(client, organisation, role):
    member = make_member(candidacy=organisation.candidacy, role=role)

    response, panels = panels_seen_by(client, organisation, member.user)

    assert list(panels) == [
        "Sections du dossier",
        "Délibérations",
        "Réunions",
        "Actions ouvertes",
        "Financement",
    ]
    assert panels["Sections du dossier"] == ["1 Notre section"]
    assert sorted(panels["Réunions"]) == ["Notre brouillon", "Notre réunion"]
    assert panels["Actions ouvertes"] == ["Notre action"]
    assert panels["Financement"] == ["Notre subvention"]
    assert "12\u202f000\u00a0€" in response.content.decode()
    assert "Leur" not in response.content.decode()


def test_a_partner_reads_their_own_and_no_draft(client, organisation):
    member = make_member(candidacy=organisation.candidacy, role=Role.PARTNER)
    organisation.contacts.update(user=member.user)

    response, panels = panels_seen_by(client, organisation, member.user)

    assert panels["Sections du dossier"] == ["1 Notre section"]
    assert panels["Réunions"] == ["Notre réunion"]
    assert panels["Actions ouvertes"] == ["Notre action"]
    assert panels["Financement"] == ["Notre subvention"]
    assert "Leur" not in response.content.decode()
    for panel in response.context["panels"]:
        for row in panel.rows:
            assert client.get(row.url).status_code == 200


def test_a_section_that_is_late_says_so(client, organisation):
    lead = make_member(candidacy=organisation.candidacy)
    organisation.sections.update(due_on=timezone.localdate() - timedelta(days=1))

    response, _panels = panels_seen_by(client, organisation, lead.user)

    assert response.context["panels"][0].rows[0].badge == "en retard"


def test_an_organisation_that_nothing_is_asked_of_says_so(client):
    lead = make_member()

    response, panels = panels_seen_by(client, make_organisation(candidacy=lead.candidacy), lead.user)

    assert list(panels.values()) == [[], [], [], [], []]
    assert "Aucune section ne lui est confiée" in response.content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_sheet_costs_the_same_for_any_number_of_rows(
    client, organisation, count, django_assert_num_queries
):
    lead = make_member(candidacy=organisation.candidacy)
    plan = organisation.candidacy.funding_plan
    committee = organisation.candidacy.committees.get()
    organisation.contacts.update(user=make_user())
    for _ in range(count):
        make_section(candidacy=organisation.candidacy, organisation=organisation)
        make_income_line(plan=plan, funder=organisation)
        make_deliberation(sitting=make_sitting(organisation=organisation))
        make_action(candidacy=organisation.candidacy, owner=organisation.contacts.get())
        make_invitation(meeting=make_meeting(committee=committee), contact=organisation.contacts.get())
    client.force_login(lead.user)
    url = reverse("partners:organisation-detail", args=[organisation.candidacy.slug, organisation.public_id])
    client.get(url)

    # the seven of the sheet, then sections with the outline that numbers them, deliberations, sittings, meetings, actions and incomes
    with django_assert_num_queries(14):
        client.get(url)
