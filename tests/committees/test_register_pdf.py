"""The registers of decisions and of actions as PDF."""

import io
from datetime import date

import pikepdf
import pytest
from django.urls import reverse
from pypdf import PdfReader

from committees.models import Decision
from tests.factories import (
    make_action,
    make_committee,
    make_contact,
    make_decision,
    make_meeting,
    make_member,
)
from tests.pdf_checks import pdf_failures


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def decisions(lead):
    meeting = make_meeting(committee=make_committee(candidacy=lead.candidacy, acronym="COPIL"), status="held")
    owner = make_contact(candidacy=lead.candidacy, first_name="Rose", last_name="Blanc")
    later = make_decision(meeting=meeting, wording="Le comité retient le nouveau tracé.", owner=owner)
    earlier = make_decision(
        meeting=meeting,
        wording="Le comité retient l’ancien tracé.",
        status=Decision.Status.SUPERSEDED,
        superseded_by=later,
        due_on=date(2026, 9, 1),
    )
    return earlier, later


def printed(client, lead, name="decision-pdf", **filters):
    response = client.get(reverse(f"committees:{name}", args=[lead.candidacy.slug]), filters)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def words_of(content):
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(" ".join(pages).split())


def test_the_register_says_what_was_decided_who_is_in_charge_and_what_replaced_what(client, lead, decisions):
    earlier, later = decisions

    words = words_of(printed(client, lead))

    assert "Registre des décisions" in words
    for expected in (earlier.number, later.number, "Rose Blanc", "remplacée", f"Remplace {earlier.number}"):
        assert expected in words.replace("\u00a0", " "), expected
    assert f"Remplacée par {later.number}" in words


def test_it_prints_the_list_as_it_is_filtered_and_says_so(client, lead, decisions):
    words = words_of(printed(client, lead, etat="open"))

    assert "nouveau tracé" in words
    assert "ancien tracé" not in words
    assert "État\u00a0: à appliquer" in words or "État : à appliquer" in words


def test_it_is_accessible_tagged_and_reproducible(client, lead, decisions):
    content = printed(client, lead)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    assert content == printed(client, lead)


def test_an_empty_register_says_so(client, lead):
    assert "Aucune décision" in words_of(printed(client, lead))


def test_it_is_read_in_as_many_queries_for_many_as_for_few(
    client, lead, decisions, django_assert_num_queries
):
    for _ in range(20):
        make_decision(meeting=decisions[0].meeting)
    url = reverse("committees:decision-pdf", args=[lead.candidacy.slug])
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)


@pytest.fixture
def actions(lead, decisions):
    owner = make_contact(candidacy=lead.candidacy, first_name="Rose", last_name="Blanc")
    done = make_action(
        candidacy=lead.candidacy,
        title="Chiffrer le parvis",
        owner=owner,
        decision=decisions[1],
        status="done",
        closed_on=date(2026, 9, 2),
        proof="Devis du 2 septembre",
    )
    return done, make_action(candidacy=lead.candidacy, title="Écrire au préfet", due_on=date(2026, 9, 1))


def test_the_actions_are_printed_with_who_what_when_and_proof(client, lead, decisions, actions):
    words = words_of(printed(client, lead, "action-pdf", etat="toutes")).replace("\u00a0", " ")

    for expected in (
        "Suivi des actions",
        "Chiffrer le parvis",
        "Rose Blanc",
        decisions[1].number,
        "Preuve ou suite : Devis du 2 septembre",
        "Écrire au préfet",
    ):
        assert expected in words, expected


def test_the_actions_are_printed_as_they_are_filtered(client, lead, actions):
    words = words_of(printed(client, lead, "action-pdf"))

    assert "Écrire au préfet" in words
    assert "Chiffrer le parvis" not in words


def test_whoever_looks_on_prints_their_own_actions_and_not_where_they_come_from(
    client, lead, decisions, actions
):
    member = make_member(candidacy=lead.candidacy, role="partner")
    actions[0].owner.user = member.user
    actions[0].owner.save()
    client.force_login(member.user)

    words = words_of(printed(client, lead, "action-pdf", etat="toutes"))

    assert "Chiffrer le parvis" in words
    assert "Écrire au préfet" not in words
    assert decisions[1].number not in words


def test_the_printed_actions_are_accessible(client, lead, actions):
    assert not pdf_failures(printed(client, lead, "action-pdf", etat="toutes"))


def test_actions_are_read_in_as_many_queries_for_many_as_for_few(
    client, lead, actions, django_assert_num_queries
):
    for _ in range(20):
        make_action(candidacy=lead.candidacy)
    url = reverse("committees:action-pdf", args=[lead.candidacy.slug])
    client.get(url)
    with django_assert_num_queries(5):
        client.get(url)
