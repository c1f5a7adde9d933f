import pytest
from django.urls import reverse

from candidacy.models import Membership
from tests.factories import make_candidacy, make_member, make_user

HOME = reverse("candidacy:home")


def test_whoever_belongs_to_one_candidacy_is_taken_there(client):
    member = make_member(role=Membership.Role.OBSERVER)
    client.force_login(member.user)

    response = client.get(HOME)

    assert response.status_code == 302
    assert response.url == reverse("dossier:dashboard", args=[member.candidacy.slug])


def test_whoever_belongs_to_several_chooses_and_sees_no_other(client):
    user = make_user()
    make_member(user=user, candidacy=make_candidacy(title="Lens-Liévin"), role=Membership.Role.LEAD)
    make_member(user=user, candidacy=make_candidacy(title="Bourges"), role=Membership.Role.OBSERVER)
    make_candidacy(title="Amiens")
    client.force_login(user)

    page = client.get(HOME).content.decode()

    assert "Lens-Liévin" in page
    assert "Bourges" in page
    assert "Amiens" not in page


def test_somebody_who_belongs_nowhere_is_told_what_to_do(client):
    user = make_user()
    client.force_login(user)

    page = client.get(HOME).content.decode()

    assert "n’est rattaché à aucune candidature" in page
    assert user.email in page
    assert "Préparer une candidature" not in page


def test_the_first_lead_is_offered_to_found_a_candidacy(client):
    client.force_login(make_user(may_found_candidacies=True))

    assert "Aucune candidature pour l’instant" in client.get(HOME).content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_choice_costs_the_same_for_any_number_of_candidacies(client, count, django_assert_num_queries):
    user = make_user()
    for _ in range(count):
        make_member(user=user)
    client.force_login(user)

    with django_assert_num_queries(3):  # session, user, memberships with their candidacies
        client.get(HOME)


def test_a_visitor_is_sent_to_sign_in(client):
    response = client.get(HOME)

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
