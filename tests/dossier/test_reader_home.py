from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Meeting
from partners.models import Organisation
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_edition,
    make_expense_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_published_edition,
    make_territory,
)

Role = Membership.Role


def home(client, member):
    client.force_login(member.user)
    return client.get(reverse("dossier:dashboard", args=[member.candidacy.slug]))


def make_plan_of(candidacy):
    make_expense_line(plan=make_plan(candidacy=candidacy), amounts={2029: 123456})


def test_an_official_finds_the_latest_dossier_first(client):
    member = make_member(role=Role.ELECTED)
    now = timezone.now()
    older = make_published_edition(candidacy=member.candidacy, published_at=now - timedelta(days=9))
    latest = make_published_edition(candidacy=member.candidacy, published_at=now - timedelta(days=1))
    make_edition(candidacy=member.candidacy)

    response = home(client, member)

    shown = response.context["home"]
    assert shown.latest.edition == latest
    assert [publication.edition for publication in shown.earlier] == [older]
    slug = member.candidacy.slug
    assert reverse("dossier:edition-detail", args=[slug, latest.public_id]) in response.text
    assert reverse("dossier:edition-download", args=[slug, latest.public_id, "full"]) in response.text


def test_before_the_first_publication_the_page_says_what_will_come(client):
    member = make_member(role=Role.ELECTED)
    make_edition(candidacy=member.candidacy)

    assert "Aucune édition n’est encore publiée." in home(client, member).text


def test_the_key_figures_count_what_is_engaged(client):
    candidacy = make_candidacy(deposit_on=timezone.localdate() + timedelta(days=75))
    for stage in (Organisation.Stage.ACTIVE, Organisation.Stage.COMMITTED, Organisation.Stage.MET):
        make_organisation(candidacy=candidacy, stage=stage)
    make_territory(candidacy=candidacy)

    figures = home(client, make_member(candidacy=candidacy, role=Role.ELECTED)).context["home"].figures

    assert (figures.days_left, figures.partners, figures.territories) == (75, 2, 1)


@pytest.mark.parametrize(
    ("role", "granted", "is_shown"),
    [(Role.ELECTED, False, True), (Role.OBSERVER, True, True), (Role.OBSERVER, False, False)],
)
def test_the_plan_is_summed_up_for_those_who_may_read_it(client, role, granted, is_shown):
    member = make_member(role=role, can_read_funding=granted)
    make_plan_of(member.candidacy)

    response = home(client, member)

    assert (response.context["home"].figures.plan is not None) is is_shown
    assert ("123\u202f456" in response.text) is is_shown
    summary = reverse("budget:plan-summary", args=[member.candidacy.slug])
    assert (summary in response.text) is is_shown


def test_an_official_finds_the_meetings_they_are_called_to(client):
    member = make_member(role=Role.ELECTED)
    contact = make_contact(candidacy=member.candidacy, user=member.user)
    committee = make_committee(candidacy=member.candidacy)
    called = make_meeting(committee=committee, status=Meeting.Status.CONVENED, title="COPIL de mars")
    make_invitation(meeting=called, contact=contact)
    make_invitation(meeting=make_meeting(committee=committee, title="Brouillon"), contact=contact)
    make_invitation(meeting=make_meeting(committee=committee, status=Meeting.Status.CONVENED, title="Autrui"))

    page = home(client, member).text

    assert "COPIL de mars" in page
    assert "Répondre" in page
    assert "Brouillon" not in page
    assert "Autrui" not in page
