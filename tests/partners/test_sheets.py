"""The sheet of an organisation and of its contacts, as lead and team use them."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from notifications.models import OutboundMessage
from notifications.services import retry_message
from partners import panels
from partners.models import Contact, Organisation
from partners.services.organisations import change_organisation, change_stage
from tests.factories import (
    make_candidacy,
    make_contact,
    make_invitation,
    make_member,
    make_organisation,
    make_territory,
    make_user,
)

Role = Membership.Role
Stage = Organisation.Stage


@pytest.fixture(params=[Role.LEAD, Role.TEAM])
def member(client, request):
    row = make_member(role=request.param)
    client.force_login(row.user)
    return row


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


def address(name, organisation, *ids):
    return reverse(f"partners:{name}", args=[organisation.candidacy.slug, organisation.public_id, *ids])


def new(member):
    return reverse("partners:organisation-create", args=[member.candidacy.slug])


def shown(client, url):
    """Return the values of the form at ``url``, hidden ones included, as a browser would post them."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


# --- organisations -----------------------------------------------------------------------------------


def test_a_sheet_is_made_once_however_often_the_form_is_sent(client, member):
    territory = make_territory(candidacy=member.candidacy, name="Lens")
    posted = shown(client, new(member)) | {
        "name": "Ville de Lens",
        "kind": "local_authority",
        "circle": "second",
        "stage": "met",
        "siren": "216 204 982",
        "territory": str(territory.public_id),
        "website": "www.villedelens.example",
        "notes": "Très en avant.",
    }

    codes = [client.post(new(member), posted).status_code for _ in range(2)]

    assert codes[0] == 302
    organisation = Organisation.objects.get()
    assert organisation.candidacy == member.candidacy
    assert (organisation.siren, organisation.territory, organisation.stage) == ("216204982", territory, "met")
    assert organisation.website == "https://www.villedelens.example"
    assert organisation.stage_changed_on == timezone.localdate()


def test_a_sheet_that_looks_like_another_asks_once(client, member):
    twin = make_organisation(candidacy=member.candidacy, name="Culture Commune")
    posted = shown(client, new(member)) | {
        "name": "Culture commune !",
        "kind": "association",
        "notes": "Tapé.",
    }

    asked = client.post(new(member), posted)

    assert asked.status_code == 422
    page = asked.content.decode()
    assert reverse("partners:organisation-detail", args=[member.candidacy.slug, twin.public_id]) in page
    assert "Tapé." in page
    assert "is_distinct" in page
    assert client.post(new(member), posted | {"is_distinct": "on"}).status_code == 302
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"siren": "216204983"}, "clé de contrôle"),
        ({"siret": "1234"}, "quatorze chiffres"),
        ({"website": "javascript:alert(1)"}, "URL"),
        ({"kind": "friend"}, "friend"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_a_sheet_that_cannot_be_is_handed_back(client, member, fields, words):
    posted = (
        shown(client, new(member))
        | {"name": "Euralens", "kind": "association", "role": "Coordination"}
        | fields
    )

    response = client.post(new(member), posted)

    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "Coordination" in page
    assert not Organisation.objects.exists()


def test_a_commune_of_another_candidacy_cannot_be_chosen(client, member):
    posted = shown(client, new(member)) | {
        "name": "Euralens",
        "kind": "association",
        "territory": str(make_territory().public_id),
    }

    assert client.post(new(member), posted).status_code == 422


def test_the_whole_sheet_is_changed_and_nothing_else(client, member):
    organisation = make_organisation(candidacy=member.candidacy)
    other = make_member()
    url = address("organisation-edit", organisation)
    posted = shown(client, url) | {
        "name": "Nouveau nom",
        "notes": "Vu mardi.",
        "stage": "active",
        "candidacy": str(other.candidacy.pk),
        "public_id": str(uuid.uuid4()),
    }

    assert client.post(url, posted).status_code == 302
    changed = Organisation.objects.get(pk=organisation.pk)
    assert (changed.name, changed.notes) == ("Nouveau nom", "Vu mardi.")
    assert (changed.stage, changed.candidacy, changed.public_id) == (
        Stage.IDENTIFIED,
        member.candidacy,
        organisation.public_id,
    )


def test_two_people_on_one_sheet_see_each_others_changes(client, member):
    organisation = make_organisation(candidacy=member.candidacy, role="Avant")
    url = address("organisation-edit", organisation)
    posted = shown(client, url) | {"role": "Mon rôle"}
    change_organisation(organisation=organisation, fields={"role": "Leur rôle"})

    response = client.post(url, posted)

    assert response.status_code == 409
    assert [(row.saved, row.typed) for row in response.context["differences"]] == [("Leur rôle", "Mon rôle")]
    organisation.refresh_from_db()
    assert organisation.role == "Leur rôle"


def test_a_stage_is_changed_in_one_click(client, member):
    organisation = make_organisation(candidacy=member.candidacy)
    day = timezone.localdate() - timedelta(days=2)

    response = client.post(
        address("organisation-stage", organisation), {"stage": "committed", "on": day.isoformat()}
    )

    assert response.url == address("organisation-detail", organisation)
    organisation.refresh_from_db()
    assert (organisation.stage, organisation.stage_changed_on) == (Stage.COMMITTED, day)


@pytest.mark.parametrize(
    "data",
    [
        {"stage": "friend", "on": "2026-01-01"},
        {"stage": "met", "on": "2999-01-01"},
        {"stage": "met", "on": ""},
    ],
)
def test_a_stage_that_cannot_be_is_said_so(client, member, data):
    organisation = make_organisation(candidacy=member.candidacy)

    response = client.post(address("organisation-stage", organisation), data, follow=True)

    assert "notice--bad" in response.content.decode()
    organisation.refresh_from_db()
    assert organisation.stage == Stage.IDENTIFIED


def test_the_sheet_tells_who_changed_what(client, member):
    organisation = make_organisation(candidacy=member.candidacy, name="Euralens")
    url = address("organisation-edit", organisation)
    client.post(url, shown(client, url) | {"name": "Euralens +", "notes": "Ne pas citer"})
    client.post(
        address("organisation-stage", organisation), {"stage": "met", "on": timezone.localdate().isoformat()}
    )

    assert (
        address("organisation-history", organisation)
        in client.get(address("organisation-detail", organisation)).text
    )
    response = client.get(address("organisation-history", organisation))

    history = response.context["history"]
    assert "<h1" in response.text
    assert "Euralens +" in response.text
    assert [entry.who for entry in history] == [str(member.user), str(member.user), "l’application"]
    stage, sheet, creation = ({change.label: change for change in entry.changes} for entry in history)
    assert (stage["étape d’engagement"].before, stage["étape d’engagement"].after) == (
        "identifié",
        "rencontré",
    )
    assert (sheet["nom"].before, sheet["nom"].after) == ("Euralens", "Euralens +")
    assert sheet["notes internes"].after == ""
    assert creation == {}


@pytest.mark.parametrize("count", [3, 30])
def test_the_sheet_costs_the_same_for_any_number_of_contacts(client, lead, count, django_assert_num_queries):
    organisation = make_organisation(candidacy=lead.candidacy)
    for _ in range(count):
        make_contact(organisation=organisation, user=make_user())
        change_stage(organisation=organisation, stage=Stage.MET, on=timezone.localdate() - timedelta(days=1))
        change_stage(organisation=organisation, stage=Stage.ACTIVE, on=timezone.localdate())
    url = address("organisation-detail", organisation)
    client.get(url)

    # session, user, candidacy, memberships, organisation, contacts, their memberships, what was refused for their
    # addresses; sections, deliberations, sittings, meetings, actions and incomes of the panels
    with django_assert_num_queries(13):
        client.get(url)


@pytest.mark.parametrize("count", [3, 30])
def test_the_history_costs_the_same_for_any_number_of_changes(client, lead, count, django_assert_num_queries):
    organisation = make_organisation(candidacy=lead.candidacy)
    for _ in range(count):
        make_contact(organisation=organisation, user=make_user())
        change_stage(organisation=organisation, stage=Stage.MET, on=timezone.localdate() - timedelta(days=1))
        change_stage(organisation=organisation, stage=Stage.ACTIVE, on=timezone.localdate())
    url = address("organisation-history", organisation)
    client.get(url)

    # session, user, candidacy and membership, organisation, history of the sheet and of its contacts
    with django_assert_num_queries(6):
        part = client.get(url, headers={"HX-Request": "true"})
    assert "<h1" not in part.text
    assert "timeline__item" in part.text


def test_the_applications_above_add_their_panels_in_their_order(client, lead, monkeypatch):
    monkeypatch.setattr(panels, "_builders", {})
    organisation = make_organisation(candidacy=lead.candidacy)
    panels.register("late", lambda user, seen: panels.Panel(title="Le second", empty_text="Rien."), place=20)
    panels.register(
        "early",
        lambda user, seen: panels.Panel(
            title="Le premier",
            empty_text="",
            rows=(panels.PanelRow(title=f"{seen.name} et {user.email}", url="/x/", badge="en cours"),),
        ),
        place=10,
    )
    panels.register("hidden", lambda user, seen: None, place=1)

    response = client.get(address("organisation-detail", organisation))

    assert [panel.title for panel in response.context["panels"]] == ["Le premier", "Le second"]
    assert f"{organisation.name} et {lead.user.email}" in response.content.decode()


def test_only_the_lead_deletes_a_sheet_and_only_an_empty_one(client, lead):
    empty, held = (make_organisation(candidacy=lead.candidacy) for _ in range(2))
    make_contact(organisation=held)

    gone = client.post(address("organisation-remove", empty), follow=True)
    kept = client.post(address("organisation-remove", held), follow=True)

    assert "est supprimée" in gone.content.decode()
    assert "1 contact s’y rattachent" in kept.content.decode()
    assert Organisation.objects.get() == held

    client.force_login(make_member(candidacy=lead.candidacy, role=Role.TEAM).user)
    held.contacts.all().delete()
    assert client.post(address("organisation-remove", held)).status_code == 403
    assert Organisation.objects.get() == held


# --- contacts ----------------------------------------------------------------------------------------


def test_a_contact_is_added_once_however_often_the_form_is_sent(client, member):
    organisation = make_organisation(candidacy=member.candidacy)
    url = address("contact-create", organisation)
    posted = shown(client, url) | {
        "first_name": "Inès",
        "last_name": "Morel",
        "role": "technical",
        "email": "INES@exemple.example",
        "phone": "03.21.00.00.00",
        "user": str(member.user.pk),
    }

    codes = [client.post(url, posted).status_code for _ in range(2)]

    assert codes == [302, 302]
    contact = Contact.objects.get()
    assert (contact.organisation, contact.candidacy, contact.user) == (organisation, member.candidacy, None)
    assert (contact.email, contact.phone) == ("ines@exemple.example", "03 21 00 00 00")


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"phone": "0321"}, "pas complet"), ({"email": "ines"}, "mail"), ({"last_name": ""}, "obligatoire")],
)
def test_a_contact_that_cannot_be_is_handed_back(client, member, fields, words):
    organisation = make_organisation(candidacy=member.candidacy)
    url = address("contact-create", organisation)
    posted = shown(client, url) | {"first_name": "Inès", "last_name": "Morel", "role": "technical"} | fields

    response = client.post(url, posted)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Inès" in response.content.decode()


def test_a_contact_is_changed_with_its_notes(client, member):
    contact = make_contact(candidacy=member.candidacy)
    url = address("contact-edit", contact.organisation, contact.public_id)

    response = client.post(
        url, shown(client, url) | {"job_title": "Directrice", "notes": "Préfère le matin."}
    )

    assert response.status_code == 302
    contact.refresh_from_db()
    assert (contact.job_title, contact.notes) == ("Directrice", "Préfère le matin.")


def test_the_lead_deletes_a_contact_who_left_no_trace(client, lead):
    first = make_contact(candidacy=lead.candidacy)
    second = make_contact(organisation=first.organisation)
    make_invitation(contact=second)

    client.post(address("contact-remove", first.organisation, first.public_id))
    kept = client.post(address("contact-remove", second.organisation, second.public_id), follow=True)

    assert "1 invitation" in kept.content.decode()
    assert Contact.objects.get() == second


def test_a_team_member_neither_deletes_nor_invites(client):
    member = make_member(role=Role.TEAM)
    contact = make_contact(candidacy=member.candidacy)
    client.force_login(member.user)

    page = client.get(address("organisation-detail", contact.organisation)).content.decode()

    assert "Inviter" not in page
    assert "Supprimer" not in page
    for name in ("contact-remove", "contact-invite"):
        url = address(name, contact.organisation, contact.public_id)
        assert client.post(url, {"role": "partner"}).status_code == 403
    assert Membership.objects.get() == member
    assert Contact.objects.get() == contact


def test_the_lead_invites_a_contact_from_the_sheet(client, lead):
    contact = make_contact(candidacy=lead.candidacy, role=Contact.Role.ELECTED)
    sheet = address("organisation-detail", contact.organisation)
    assert client.get(sheet).content.decode().count("contact-invite") == 0
    assert "Inviter\u00a0: élu·e" in client.get(sheet).content.decode()

    response = client.post(
        address("contact-invite", contact.organisation, contact.public_id), {"role": "elected"}, follow=True
    )

    assert "a accès à la candidature (élu·e)" in response.content.decode()
    assert "Inviter\u00a0: élu·e" not in response.content.decode()
    assert Membership.objects.get(role=Role.ELECTED).user.email == contact.email


@pytest.mark.parametrize("role", ["lead", "team", "observer", "elected", ""])
def test_no_other_role_is_given_from_the_sheet(client, lead, role):
    contact = make_contact(candidacy=lead.candidacy)

    client.post(address("contact-invite", contact.organisation, contact.public_id), {"role": role})

    assert Membership.objects.get() == lead


# --- scope -------------------------------------------------------------------------------------------

DEEDS = [
    "organisation-detail",
    "organisation-edit",
    "organisation-stage",
    "organisation-remove",
    "contact-create",
]
CONTACT_DEEDS = ["contact-edit", "contact-remove", "contact-invite"]


@pytest.mark.parametrize("name", DEEDS)
def test_a_sheet_of_another_candidacy_does_not_exist_here(client, lead, name):
    foreign = make_organisation()
    urls = [
        reverse(f"partners:{name}", args=[lead.candidacy.slug, public_id])
        for public_id in (foreign.public_id, uuid.uuid4())
    ]
    urls.append(address(name, foreign))

    for url in urls:
        assert client.post(url, {"stage": "met", "on": "2026-01-01"}).status_code in {404, 405}
        assert client.get(url).status_code in {404, 405}

    assert Organisation.objects.get().stage == Stage.IDENTIFIED


@pytest.mark.parametrize("name", CONTACT_DEEDS)
def test_a_contact_is_found_through_its_own_organisation_only(client, lead, name):
    contact = make_contact(candidacy=lead.candidacy)
    sibling = make_organisation(candidacy=lead.candidacy)
    foreign = make_contact()
    wrong = [(sibling, contact), (contact.organisation, foreign)]

    for organisation, person in wrong:
        url = address(name, organisation, person.public_id)
        assert client.post(url, {"role": "partner", "last_name": "Pris"}).status_code == 404

    assert not Contact.objects.filter(last_name="Pris").exists()
    assert Contact.objects.count() == 2
    assert Membership.objects.get() == lead


def refused_message(candidacy, address):
    return OutboundMessage.objects.create(
        scope=candidacy.public_id,
        kind="note",
        about=uuid.uuid4(),
        due_at=timezone.now(),
        planned_for=timezone.now(),
        status="failed",
        recipient_address=address,
        last_error="550 5.1.1 no such user",
    )


def test_a_refused_address_is_marked_until_the_message_or_the_address_is_mended(client, lead):
    organisation = make_organisation(candidacy=lead.candidacy)
    contact = make_contact(organisation=organisation, email="rose@exemple.example")
    make_contact(organisation=organisation)
    message = refused_message(lead.candidacy, "rose@exemple.example")
    refused_message(make_candidacy(), contact.organisation.contacts.last().email)

    def marked():
        page = client.get(address("organisation-detail", organisation))
        return page.content.decode().count("adresse refusée"), page

    count, page = marked()
    assert count == 1
    assert "550 5.1.1 no such user" in page.content.decode()
    assert (
        reverse("candidacy:outbox-detail", args=[lead.candidacy.slug, message.public_id])
        in page.content.decode()
    )

    contact.email = "rose.blanc@exemple.example"
    contact.save()
    assert marked()[0] == 0

    OutboundMessage.objects.filter(pk=message.pk).update(recipient_address=contact.email)
    assert marked()[0] == 1
    retry_message(message)
    assert marked()[0] == 0


def test_a_partner_reads_nothing_of_what_was_refused(client, lead):
    contact = make_contact(candidacy=lead.candidacy, email="rose@exemple.example", user=make_user())
    make_member(candidacy=lead.candidacy, user=contact.user, role="partner")
    refused_message(lead.candidacy, "rose@exemple.example")
    client.force_login(contact.user)

    page = client.get(address("organisation-detail", contact.organisation))

    assert "rose@exemple.example" in page.content.decode()
    assert "adresse refusée" not in page.content.decode()
