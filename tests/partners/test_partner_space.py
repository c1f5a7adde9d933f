"""What a partner sees and writes of their organisation, and what never reaches them."""

import pytest
from django.urls import reverse

from candidacy.models import Membership
from partners.models import Contact, Organisation
from tests.factories import make_contact, make_member, make_organisation

Role = Membership.Role


@pytest.fixture
def own(client):
    """A partner's own contact, signed in, with everything internal filled in around them."""
    member = make_member(role=Role.PARTNER)
    organisation = make_organisation(
        candidacy=member.candidacy, name="Culture Commune", notes="NOTE-INTERNE", source="SOURCE-INTERNE"
    )
    contact = make_contact(
        organisation=organisation,
        user=member.user,
        notes="NOTE-DE-CONTACT",
        source="SOURCE-DE-CONTACT",
        job_title="Médiatrice",
    )
    make_contact(organisation=organisation, last_name="COLLÈGUE", email="collegue@exemple.example")
    make_organisation(candidacy=member.candidacy, name="AUTRE-STRUCTURE")
    client.force_login(member.user)
    return contact


def address(name, contact, *ids):
    organisation = contact.organisation
    return reverse(f"partners:{name}", args=[organisation.candidacy.slug, organisation.public_id, *ids])


def hidden(form):
    return {name: form[name].value() for name in form.fields if form[name].is_hidden}


PAGES = ["organisation-detail", "organisation-edit", "contact-edit"]


def page_of(client, name, contact):
    ids = [contact.public_id] if name == "contact-edit" else []
    return client.get(address(name, contact, *ids))


def test_the_address_book_of_a_partner_is_their_own_sheet(client, own):
    response = client.get(reverse("partners:organisation-list", args=[own.candidacy.slug]))

    assert response.url == address("organisation-detail", own)


def test_a_partner_without_a_contact_is_told_what_to_do(client):
    member = make_member(role=Role.PARTNER)
    client.force_login(member.user)

    page = client.get(reverse("partners:organisation-list", args=[member.candidacy.slug])).content.decode()

    assert "rattaché à aucune structure" in page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_internal_is_on_any_page_of_theirs(client, own, name):
    own.notes = "NOTE-DE-CONTACT bis"
    own.save()

    response = page_of(client, name, own)

    assert response.status_code == 200
    page = response.content.decode()
    for word in ("NOTE-INTERNE", "SOURCE-INTERNE", "NOTE-DE-CONTACT", "SOURCE-DE-CONTACT", "AUTRE-STRUCTURE"):
        assert word not in page
    assert "COLLÈGUE" not in page
    assert "collegue@exemple.example" not in page
    assert "Historique" not in page


def test_their_sheet_shows_their_organisation_and_themselves(client, own):
    page = page_of(client, "organisation-detail", own).content.decode()

    assert "Culture Commune" in page
    assert "Médiatrice" in page
    assert own.email in page
    assert "Supprimer" not in page
    assert "Inviter" not in page


def test_their_forms_have_no_other_field(client, own):
    sheet = page_of(client, "organisation-edit", own).context["form"]
    contact = page_of(client, "contact-edit", own).context["form"]

    assert set(sheet.fields) == {"seen", "address", "website"}
    assert set(contact.fields) == {"seen", "job_title", "phone"}


def test_they_write_their_address_and_their_site_and_nothing_else(client, own):
    url = address("organisation-edit", own)
    before = Organisation.objects.values().get(pk=own.organisation_id)

    response = client.post(
        url,
        hidden(client.get(url).context["form"])
        | {
            "address": "Base 11/19, Loos-en-Gohelle",
            "website": "culture.example",
            "name": "Pris",
            "notes": "Pris",
            "source": "Pris",
            "stage": "active",
            "circle": "second",
            "siren": "216204982",
        },
    )

    assert response.status_code == 302
    after = Organisation.objects.values().get(pk=own.organisation_id)
    changed = {name for name, value in after.items() if before[name] != value}
    assert changed == {"address", "website", "updated_at"}
    assert after["website"] == "https://culture.example"
    assert Organisation.history.first().history_user == own.user


def test_they_write_their_telephone_and_their_job_and_nothing_else(client, own):
    url = address("contact-edit", own, own.public_id)
    before = Contact.objects.values().get(pk=own.pk)

    response = client.post(
        url,
        hidden(client.get(url).context["form"])
        | {
            "job_title": "Directrice",
            "phone": "0321000000",
            "email": "pris@exemple.example",
            "notes": "Pris",
            "last_name": "Pris",
            "role": "elected",
            "organisation": str(make_organisation().pk),
            "user": "",
        },
    )

    assert response.status_code == 302
    after = Contact.objects.values().get(pk=own.pk)
    changed = {name for name, value in after.items() if before[name] != value}
    assert changed == {"job_title", "phone", "updated_at", "search_text"}


def test_a_conflict_tells_a_partner_of_their_own_fields_alone(client, own):
    url = address("organisation-edit", own)
    posted = hidden(client.get(url).context["form"]) | {"address": "La mienne", "website": ""}
    Organisation.objects.filter(pk=own.organisation_id).update(address="L’autre", notes="NOTE-NOUVELLE")

    response = client.post(url, posted)

    assert response.status_code == 409
    assert "L’autre" in response.content.decode()
    assert "NOTE" not in response.content.decode()


def test_a_partner_does_what_is_the_teams_nowhere(client, own):
    candidacy = own.candidacy
    colleague = Contact.objects.get(last_name="COLLÈGUE")

    assert client.get(reverse("partners:organisation-create", args=[candidacy.slug])).status_code == 403
    assert client.get(address("contact-create", own)).status_code == 403
    assert (
        client.post(address("organisation-stage", own), {"stage": "active", "on": "2026-01-01"}).status_code
        == 403
    )
    assert client.post(address("organisation-remove", own)).status_code == 403
    for name in ("contact-remove", "contact-invite"):
        assert client.post(address(name, own, own.public_id), {"role": "partner"}).status_code == 403
        assert client.post(address(name, own, colleague.public_id), {"role": "partner"}).status_code == 404
    assert client.get(address("contact-edit", own, colleague.public_id)).status_code == 404


def test_the_sheet_of_another_organisation_does_not_exist_for_them(client, own):
    other = make_contact(organisation=Organisation.objects.get(name="AUTRE-STRUCTURE"))

    for name in ("organisation-detail", "organisation-edit"):
        assert client.get(address(name, other)).status_code == 404
        assert client.post(address(name, other), {"address": "Pris"}).status_code in {404, 405}
    assert client.get(address("contact-edit", other, other.public_id)).status_code == 404
    assert not Organisation.objects.filter(address="Pris").exists()


@pytest.mark.parametrize("role", [Role.ELECTED, Role.OBSERVER])
def test_a_contact_who_is_no_partner_any_more_reaches_no_sheet(client, own, role):
    Membership.objects.update(role=role)

    for name in PAGES:
        assert page_of(client, name, own).status_code == 404
    assert client.get(reverse("partners:organisation-list", args=[own.candidacy.slug])).status_code == 403


def test_a_partner_of_two_candidacies_sees_in_each_what_is_of_it(client, own):
    elsewhere = make_member(user=own.user, role=Role.PARTNER)
    their = make_contact(candidacy=elsewhere.candidacy, user=own.user)

    assert page_of(client, "organisation-detail", their).status_code == 200
    crossed = reverse("partners:organisation-detail", args=[own.candidacy.slug, their.organisation.public_id])
    assert client.get(crossed).status_code == 404
