from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Action, Invitation, Meeting
from dossier.models import Section
from dossier.partner_space import read_partner_space
from tests.factories import (
    make_action,
    make_candidacy,
    make_contact,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_section,
    make_thread,
)
from tests.factories.committees import make_committee

Role = Membership.Role
Status = Section.Status


def make_partner_contact(candidacy):
    user = make_member(candidacy=candidacy, role=Role.PARTNER).user
    return make_contact(organisation=make_organisation(candidacy=candidacy), user=user)


def read(contact):
    return read_partner_space(contact.candidacy, contact.user, now=timezone.now(), today=timezone.localdate())


def make_convened(candidacy, *, days):
    return make_meeting(
        committee=make_committee(candidacy=candidacy),
        status=Meeting.Status.CONVENED,
        starts_at=timezone.now() + timedelta(days=days),
    )


def test_what_is_expected_comes_in_the_order_of_its_dates():
    contact = make_partner_contact(make_candidacy())
    today = timezone.localdate()
    make_section(
        candidacy=contact.candidacy,
        organisation=contact.organisation,
        title="Texte",
        due_on=today + timedelta(days=9),
        limit_value=600,
    )
    make_section(candidacy=contact.candidacy, organisation=contact.organisation, title="Sans date")
    make_invitation(meeting=make_convened(contact.candidacy, days=4), contact=contact)
    make_action(candidacy=contact.candidacy, owner=contact, title="Lettre", due_on=today - timedelta(days=2))

    expected = read(contact).expected

    assert [item.button for item in expected] == ["Rendre compte", "Répondre", "Écrire", "Écrire"]
    assert [item.title for item in expected][::2] == ["Lettre", "1 Texte"]
    assert [item.is_late for item in expected] == [True, False, False, False]
    assert expected[2].hint == "600 mots au plus"
    assert expected[3].hint == ""


def test_what_is_done_leaves_the_list_of_what_is_expected():
    contact = make_partner_contact(make_candidacy())
    candidacy, organisation = contact.candidacy, contact.organisation
    make_section(candidacy=candidacy, organisation=organisation, title="Relue", status=Status.IN_REVIEW)
    make_section(candidacy=candidacy, organisation=organisation, title="Bonne", status=Status.VALIDATED)
    make_invitation(
        meeting=make_convened(candidacy, days=4),
        contact=contact,
        answer=Invitation.Answer.PRESENT,
        answered_at=timezone.now(),
    )
    make_action(
        candidacy=candidacy,
        owner=contact,
        status=Action.Status.DONE,
        closed_on=timezone.localdate(),
        title="Faite",
    )
    make_action(
        candidacy=candidacy,
        owner=contact,
        status=Action.Status.ABANDONED,
        closed_on=timezone.localdate(),
        title="Abandonnée",
    )

    space = read(contact)

    assert space.expected == ()
    assert sorted(item.state for item in space.done) == ["en relecture", "faite", "présent·e", "validée"]


def test_the_latest_of_what_is_done_is_kept_and_what_has_no_date_comes_last():
    contact = make_partner_contact(make_candidacy())
    today = timezone.localdate()
    make_section(
        candidacy=contact.candidacy,
        organisation=contact.organisation,
        title="Sans date",
        status=Status.VALIDATED,
    )
    for days in range(12):
        make_action(
            candidacy=contact.candidacy,
            owner=contact,
            status=Action.Status.DONE,
            closed_on=today - timedelta(days=days),
            title=f"Faite il y a {days} jours",
        )

    done = [item.title for item in read(contact).done]
    assert done == [f"Faite il y a {days} jours" for days in range(12)]

    contact.candidacy.actions.filter(closed_on=today).delete()

    done = [item.title for item in read(contact).done]
    assert (done[0], done[-1]) == ("Faite il y a 1 jours", "1 Sans date")


def test_nothing_of_others_nor_of_drafts_is_there():
    candidacy = make_candidacy()
    contact, colleague = make_partner_contact(candidacy), make_partner_contact(candidacy)
    make_section(candidacy=candidacy, organisation=colleague.organisation)
    make_action(candidacy=candidacy, owner=colleague)
    draft = make_meeting(committee=make_committee(candidacy=candidacy))
    make_invitation(meeting=draft, contact=contact)
    make_invitation(meeting=make_convened(candidacy, days=3), contact=colleague)
    make_invitation(meeting=make_convened(candidacy, days=-3), contact=contact)
    plan = make_plan(candidacy=candidacy)
    make_income_line(plan=plan, funder=colleague.organisation, label="L’argent d’un autre")

    space = read(contact)

    assert (space.expected, space.done, space.funding) == ((), (), ())
    assert space.organisations == (contact.organisation,)


def test_their_own_funding_is_shown_with_its_state():
    contact = make_partner_contact(make_candidacy())
    plan = make_plan(candidacy=contact.candidacy)
    make_income_line(plan=plan, funder=contact.organisation, label="Apport", amounts={2029: 100, 2030: 50})

    [row] = read(contact).funding

    assert (row.label, row.total, row.status_label) == ("Apport", Decimal(150), "envisagée")


def test_the_space_is_one_screen_with_its_links(client):
    contact = make_partner_contact(make_candidacy())
    section = make_section(candidacy=contact.candidacy, organisation=contact.organisation)
    client.force_login(contact.user)

    page = client.get(reverse("dossier:dashboard", args=[contact.candidacy.slug])).text

    for name, thing in (
        ("dossier:section-detail", section),
        ("partners:organisation-detail", contact.organisation),
    ):
        assert reverse(name, args=[contact.candidacy.slug, thing.public_id]) in page


def test_an_idle_partner_reads_that_they_are_up_to_date(client):
    contact = make_partner_contact(make_candidacy())
    client.force_login(contact.user)

    page = client.get(reverse("dossier:dashboard", args=[contact.candidacy.slug])).text

    assert "Vous êtes à jour." in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_space_costs_the_same_for_any_number_of_things(count, django_assert_num_queries):
    contact = make_partner_contact(make_candidacy())
    plan = make_plan(candidacy=contact.candidacy)
    for _ in range(count):
        make_thread(section=make_section(candidacy=contact.candidacy, organisation=contact.organisation))
        make_invitation(meeting=make_convened(contact.candidacy, days=4), contact=contact)
        make_action(candidacy=contact.candidacy, owner=contact)
        make_income_line(plan=plan, funder=contact.organisation)

    # Memberships, sections, outline, comments, whose they are, invitations, actions, plan, its lines and amounts,
    # organisations.
    with django_assert_num_queries(11):
        space = read(contact)

    assert len(space.expected) == 3 * count


def test_the_comments_that_a_partner_reads_are_counted_beside_the_section(client):
    contact = make_partner_contact(make_candidacy())
    sections = [
        make_section(candidacy=contact.candidacy, organisation=contact.organisation, **fields)
        for fields in ({"limit_value": 600}, {"status": Section.Status.IN_REVIEW})
    ]
    for section in sections:
        make_thread(section=section)
        make_thread(section=section, audience="partner")
        make_thread(section=section, audience="team")
        make_thread(section=section, status="resolved")
    client.force_login(contact.user)

    space = client.get(reverse("dossier:dashboard", args=[contact.candidacy.slug])).context["space"]

    hints = [item.hint for item in (*space.expected, *space.done)]
    assert hints == ["600 mots au plus, 2 commentaires ouverts", "2 commentaires ouverts"]
