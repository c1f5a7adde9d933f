import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidacy.models import Membership
from dossier.models import Section
from dossier.services.outline import contract_fingerprint, contract_of
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_contact,
    make_criterion,
    make_export,
    make_member,
    make_organisation,
    make_reviewer,
    make_section,
    make_thread,
)

Role = Membership.Role
Status = Section.Status


def address(name, candidacy, *ids):
    return reverse(f"dossier:{name}", args=[candidacy.slug, *ids])


def shown(response):
    return [row.section.title for row in response.context["rows"]]


@pytest.mark.parametrize("count", [3, 30])
def test_the_outline_costs_the_same_for_any_number_of_sections(client, count, django_assert_num_queries):
    lead = make_member()
    for _ in range(count):
        organisation = make_organisation(candidacy=lead.candidacy)
        section = make_section(
            candidacy=lead.candidacy,
            body="<p>Un texte</p>",
            organisation=organisation,
            writer=make_contact(organisation=organisation),
        )
        section.criteria.add(make_criterion(candidacy=lead.candidacy))
        make_thread(section=section)
        make_export(candidacy=lead.candidacy, requested_by=lead.user)
    client.force_login(lead.user)

    # Session, user, memberships; three lists of filter choices, outline, sections, criteria, counts, comments,
    # retired or not, exports.
    with django_assert_num_queries(13):
        response = client.get(address("section-list", lead.candidacy))

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [3, 30])
def test_a_partner_s_outline_costs_the_same_for_any_number_of_sections(
    client, count, django_assert_num_queries
):
    organisation = make_organisation()
    candidacy = organisation.candidacy
    partner = make_partner(organisation=organisation)
    for _ in range(count):
        section = make_section(
            candidacy=candidacy,
            body="<p>Un texte</p>",
            organisation=organisation,
            writer=make_contact(organisation=organisation),
        )
        section.criteria.add(make_criterion(candidacy=candidacy))
        make_thread(section=section)
        make_section(candidacy=candidacy)
    client.force_login(partner)

    # Session, user, memberships; three lists of filter choices, outline, sections, criteria, counts, comments.
    with django_assert_num_queries(11):
        response = client.get(address("section-list", candidacy))

    assert len(response.context["rows"]) == count


def test_the_long_texts_stay_in_the_database(client):
    lead = make_member()
    part = make_section(candidacy=lead.candidacy, body="<p>Partie</p>")
    make_section(candidacy=lead.candidacy, parent=part, body="<p>Texte</p>")
    client.force_login(lead.user)

    response = client.get(address("section-list", lead.candidacy))

    deferred = [row.section.get_deferred_fields() for row in response.context["rows"]]
    assert all({"body", "brief"} <= fields for fields in deferred)


def test_a_partner_finds_their_own_sections_under_their_true_numbers(client):
    candidacy = make_candidacy()
    mine = make_organisation(candidacy=candidacy)
    part = make_section(candidacy=candidacy, title="Partie", position=1)
    make_section(candidacy=candidacy, title="D’un autre", parent=part, position=1)
    make_section(candidacy=candidacy, title="La mienne", parent=part, position=2, organisation=mine)
    client.force_login(make_partner(organisation=mine))

    response = client.get(address("section-list", candidacy))

    assert [(row.number, row.section.title) for row in response.context["rows"]] == [("1.2", "La mienne")]
    assert "D’un autre" not in response.text
    assert response.context["progress"].total == 1
    assert not response.context["is_movable"]


def test_filters_cut_the_outline_and_stay_in_the_address(client):
    lead = make_member()
    candidacy = lead.candidacy
    yesterday = timezone.localdate() - timedelta(days=1)
    organisation = make_organisation(candidacy=candidacy)
    writer = make_contact(organisation=organisation)
    criterion = make_criterion(candidacy=candidacy)
    make_section(candidacy=candidacy, title="En retard", status=Status.WRITING, due_on=yesterday)
    make_section(candidacy=candidacy, title="Validée", status=Status.VALIDATED, due_on=yesterday)
    ordered = make_section(
        candidacy=candidacy, title="Confiée", status=Status.WRITING, organisation=organisation, writer=writer
    )
    ordered.criteria.add(criterion, make_criterion(candidacy=candidacy))
    client.force_login(lead.user)

    def titles(**filters):
        return shown(client.get(address("section-list", candidacy), filters))

    assert titles(retard="on") == ["En retard"]
    assert titles(etat="validated") == ["Validée"]
    assert titles(structure=organisation.public_id) == ["Confiée"]
    assert titles(personne=writer.public_id) == ["Confiée"]
    assert titles(critere=criterion.public_id) == ["Confiée"]
    assert titles(etat="writing", retard="on") == ["En retard"]
    assert titles(personne=make_contact().public_id) == ["En retard", "Validée", "Confiée"]
    assert titles(etat="n’existe pas") == ["En retard", "Validée", "Confiée"]


def test_a_cut_outline_offers_no_move(client):
    lead = make_member()
    make_section(candidacy=lead.candidacy)
    client.force_login(lead.user)

    whole = client.get(address("section-list", lead.candidacy))
    cut = client.get(address("section-list", lead.candidacy), {"etat": "ordered"})

    assert (whole.context["is_movable"], cut.context["is_movable"]) == (True, False)


def test_htmx_gets_the_table_alone(client):
    lead = make_member()
    make_section(candidacy=lead.candidacy, title="Vision")
    client.force_login(lead.user)

    response = client.get(address("section-list", lead.candidacy), headers={"HX-Request": "true"})

    assert "Vision" in response.text
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]


def test_adding_a_section_opens_it(client):
    lead = make_member()
    part = make_section(candidacy=lead.candidacy)
    client.force_login(lead.user)
    form = client.get(address("section-create", lead.candidacy), {"partie": part.public_id}).context["form"]

    response = client.post(
        address("section-create", lead.candidacy),
        {"title": "Nouvelle", "kind": "text", "parent": part.pk, "limit_unit": "words"},
    )

    added = lead.candidacy.sections.get(title="Nouvelle")
    assert form.initial["parent"] == part
    assert (added.parent, response.url) == (part, address("section-detail", lead.candidacy, added.public_id))


def test_a_refused_contract_keeps_what_was_typed(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, title="Avant")
    organisation = make_organisation(candidacy=lead.candidacy)
    stranger = make_contact(candidacy=lead.candidacy)
    client.force_login(lead.user)

    response = client.post(
        address("section-contract", lead.candidacy, section.public_id),
        {
            "seen": contract_fingerprint(contract_of(section)),
            "title": "Après",
            "kind": "text",
            "limit_unit": "words",
            "organisation": organisation.pk,
            "writer": stranger.pk,
        },
    )

    section.refresh_from_db()
    assert (response.status_code, section.title) == (422, "Avant")
    assert 'value="Après"' in response.text
    assert "n’est pas un contact de cette structure" in response.text
    assert response.context["title"] == "Avant"


def test_a_contract_offers_nothing_of_another_candidacy(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    foreign = make_contact()
    criterion = make_criterion()
    client.force_login(lead.user)
    url = address("section-contract", lead.candidacy, section.public_id)
    typed = {"title": "T", "kind": "text", "limit_unit": "words"}

    foreigners = {
        "organisation": foreign.organisation.pk,
        "writer": foreign.pk,
        "parent": make_section().pk,
        "criteria": criterion.pk,
    }
    for field, value in foreigners.items():
        response = client.post(url, {**typed, field: value})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]


def test_moving_works_by_form_and_comes_back_to_the_row(client):
    lead = make_member()
    first, second = (make_section(candidacy=lead.candidacy, position=rank) for rank in (1, 2))
    client.force_login(lead.user)

    response = client.post(address("section-move", lead.candidacy, second.public_id), {"direction": "up"})

    assert list(lead.candidacy.sections.in_outline_order()) == [second, first]
    assert response.url == address("section-list", lead.candidacy) + f"#section-{second.public_id}"


def test_a_senseless_move_is_a_bad_request(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    client.force_login(lead.user)

    response = client.post(
        address("section-move", lead.candidacy, section.public_id), {"direction": "sideways"}
    )

    assert response.status_code == 400


def test_an_empty_section_is_removed_and_a_written_one_is_not(client):
    lead = make_member()
    empty = make_section(candidacy=lead.candidacy)
    written = make_section(candidacy=lead.candidacy, body="<p>Un texte</p>")
    client.force_login(lead.user)

    for section in (empty, written):
        client.post(address("section-remove", lead.candidacy, section.public_id))

    assert list(lead.candidacy.sections.all()) == [written]


def test_an_empty_outline_says_what_belongs_there(client):
    lead = make_member()
    client.force_login(lead.user)

    response = client.get(address("section-list", lead.candidacy))

    assert "Le plan du dossier se construit ici." in response.text


# --- Export -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 30])
def test_the_outline_as_a_file_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    for n in range(count):
        section = make_section(
            candidacy=lead.candidacy, writer=make_contact(candidacy=lead.candidacy), body="<p>Un texte</p>"
        )
        section.criteria.add(make_criterion(candidacy=lead.candidacy))
        section.expected_proofs.create(position=n, text="Délibération")
        make_reviewer(section=section, contact=make_contact(candidacy=lead.candidacy))
        make_reviewer(section=section, membership=make_member(candidacy=lead.candidacy))
    client.force_login(lead.user)

    # Session, user, memberships; three lists of filter choices, outline, sections, criteria; expected proofs,
    # reviewers, their contacts, memberships and users.
    with django_assert_num_queries(14):
        response = client.get(address("outline-export", lead.candidacy), {"format": "xlsx"})

    assert load_workbook(BytesIO(response.content)).active.max_row == count + 1


def test_the_file_holds_what_the_filter_leaves_and_tells_dates_lengths_and_proofs(client):
    lead = make_member()
    today = timezone.localdate()
    part = make_section(candidacy=lead.candidacy, title="Partie", position=1)
    section = make_section(
        candidacy=lead.candidacy,
        parent=part,
        title="=Publics",
        body="<p>Un texte de cinq mots</p>",
        limit_value=10,
        due_on=today - timedelta(days=1),
    )
    section.due_changes.create(former_on=today - timedelta(days=30), new_on=section.due_on, reason="Report")
    section.expected_proofs.create(position=1, text="Vote", provided_at=timezone.now())
    section.expected_proofs.create(position=2, text="Lettre")
    make_reviewer(section=section, membership=lead)
    client.force_login(lead.user)

    response = client.get(address("outline-export", lead.candidacy), {"format": "csv", "retard": "on"})

    (row,) = list(csv.reader(StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]
    assert row == [
        *("1.1", "'=Publics", "commandée", "", "", section.due_on.isoformat()),
        *((today - timedelta(days=30)).isoformat(), "oui", "5", "10", "mots", "50", "", "1", "2"),
        str(lead.user),
    ]
    assert "attachment" in response.headers["Content-Disposition"]


def test_the_links_to_the_file_keep_the_filter_and_are_not_for_partners(client):
    lead = make_member()
    organisation = make_organisation(candidacy=lead.candidacy)
    make_section(candidacy=lead.candidacy, organisation=organisation)
    export = address("outline-export", lead.candidacy)
    client.force_login(lead.user)

    narrowed = client.get(
        address("section-list", lead.candidacy), {"etat": "ordered"}, headers={"HX-Request": "true"}
    )
    assert f"{export}?etat=ordered&amp;format=csv" in narrowed.text

    client.force_login(make_partner(organisation=organisation))
    assert export not in client.get(address("section-list", lead.candidacy)).text
