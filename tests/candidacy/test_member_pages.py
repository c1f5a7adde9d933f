import uuid

import pytest
from django.urls import reverse

from candidacy.models import Membership
from notifications.models import OutboundMessage
from tests.factories import make_candidacy, make_member, make_user

Role = Membership.Role


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def an_invitation(**fields):
    return {
        "email": "ines.morel@exemple.example",
        "first_name": "Inès",
        "last_name": "Morel",
        "role": "team",
    } | fields


def test_the_lead_invites_by_address_name_and_role(client, lead):
    response = client.post(
        address("member-invite", lead.candidacy), an_invitation(email=" INES.morel@Exemple.example ")
    )

    assert response.status_code == 302
    member = Membership.objects.get(role=Role.TEAM)
    assert (member.candidacy, member.user.email) == (lead.candidacy, "ines.morel@exemple.example")
    assert OutboundMessage.objects.get().about == member.public_id


def test_an_invitation_sent_twice_invites_once(client, lead):
    first, second = (client.post(address("member-invite", lead.candidacy), an_invitation()) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 422)
    assert "déjà membre" in second.content.decode()
    assert OutboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    "fields", [{"email": "ines"}, {"role": "partner"}, {"role": "boss"}, {"first_name": ""}, {"email": ""}]
)
def test_an_invitation_that_cannot_be_is_handed_back(client, lead, fields):
    response = client.post(address("member-invite", lead.candidacy), an_invitation(**fields))

    assert response.status_code == 422
    assert "Morel" in response.content.decode()
    assert Membership.objects.get() == lead


def test_the_role_of_a_member_changes_and_the_grant_goes_with_the_role(client, lead):
    observer = make_member(candidacy=lead.candidacy, role=Role.OBSERVER, can_read_funding=True)
    url = address("member-edit", lead.candidacy, observer.public_id)
    seen = client.get(url).context["form"]["seen"].value()

    response = client.post(
        url, {"role": "team", "can_read_funding": "on", "seen": seen, "user": lead.user.pk}
    )

    assert response.status_code == 302
    observer.refresh_from_db()
    assert (observer.role, observer.can_read_funding) == (Role.TEAM, False)


def test_two_people_on_one_member_do_not_overwrite_each_other(client, lead):
    member = make_member(candidacy=lead.candidacy, role=Role.TEAM)
    url = address("member-edit", lead.candidacy, member.public_id)
    seen = client.get(url).context["form"]["seen"].value()
    client.post(url, {"role": "observer", "seen": seen})

    response = client.post(url, {"role": "lead", "seen": seen})

    assert response.status_code == 409
    member.refresh_from_db()
    assert member.role == Role.OBSERVER


@pytest.mark.parametrize("data", [{"role": "team"}, {"role": "observer", "can_read_funding": "on"}])
def test_the_last_lead_cannot_step_down(client, lead, data):
    url = address("member-edit", lead.candidacy, lead.public_id)
    seen = client.get(url).context["form"]["seen"].value()

    response = client.post(url, data | {"seen": seen})

    assert response.status_code == 422
    assert "nommez-en" in response.content.decode()
    lead.refresh_from_db()
    assert lead.role == Role.LEAD


def test_the_last_lead_cannot_leave_and_is_told_why(client, lead):
    response = client.post(address("member-remove", lead.candidacy, lead.public_id), follow=True)

    assert "nommez-en" in response.content.decode()
    assert Membership.objects.filter(pk=lead.pk).exists()


def test_a_lead_who_leaves_is_taken_home(client, lead):
    make_member(candidacy=lead.candidacy)

    response = client.post(address("member-remove", lead.candidacy, lead.public_id))

    assert response.url == reverse("candidacy:home")
    assert client.get(address("member-list", lead.candidacy)).status_code == 404


def test_an_invitation_may_be_sent_again(client, lead):
    member = make_member(candidacy=lead.candidacy, role=Role.TEAM)

    for _ in range(2):
        client.post(address("member-remind", lead.candidacy, member.public_id))

    assert OutboundMessage.objects.get().about == member.public_id


@pytest.mark.parametrize("name", ["member-edit", "member-remove", "member-remind"])
def test_a_member_of_another_candidacy_does_not_exist_here(client, lead, name):
    stranger = make_member(role=Role.TEAM)

    for public_id in (stranger.public_id, uuid.uuid4()):
        url = address(name, lead.candidacy, public_id)
        assert client.post(url, {"role": "observer"}).status_code == 404

    stranger.refresh_from_db()
    assert stranger.role == Role.TEAM


@pytest.mark.parametrize("role", [Role.TEAM, Role.PARTNER, Role.ELECTED, Role.OBSERVER])
def test_only_leads_see_and_change_members(client, lead, role):
    member = make_member(candidacy=lead.candidacy, role=role)
    client.force_login(member.user)

    assert client.get(address("member-list", lead.candidacy)).status_code == 403
    assert client.post(address("member-invite", lead.candidacy), an_invitation()).status_code == 403
    for name in ("member-edit", "member-remove", "member-remind"):
        url = address(name, lead.candidacy, member.public_id)
        assert client.post(url, {"role": "lead"}).status_code == 403

    member.refresh_from_db()
    assert member.role == role


def test_the_list_is_cut_by_role(client, lead):
    make_member(candidacy=lead.candidacy, role=Role.OBSERVER, user=make_user(last_name="Observatrice"))
    make_member(candidacy=make_candidacy(), role=Role.OBSERVER, user=make_user(last_name="Étrangère"))

    response = client.get(address("member-list", lead.candidacy), {"role": "observer"})

    assert [row.user.last_name for row in response.context["page"]] == ["Observatrice"]
    assert [tab.count for tab in response.context["tabs"]] == [2, 1, 0, 0, 0, 1]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_any_number_of_members(client, lead, count, django_assert_num_queries):
    for _ in range(count):
        make_member(candidacy=lead.candidacy, role=Role.TEAM)
    url = address("member-list", lead.candidacy)

    with django_assert_num_queries(6):  # session, user, memberships, counts, total, rows
        client.get(url)
