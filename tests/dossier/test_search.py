"""The search of a candidacy: what is found, by whom, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidacy.models import Membership
from committees.models import Meeting
from core.search_form import MAX_CHARACTERS
from dossier.search import SHOWN, search
from tests.dossier.people import make_partner
from tests.factories import (
    make_action,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_edition,
    make_expense_line,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_published_edition,
    make_section,
    make_user,
)

Role = Membership.Role
ALL = [
    "Sections",
    "Éditions",
    "Structures",
    "Contacts",
    "Comités",
    "Réunions",
    "Décisions",
    "Suites à donner",
    "Plan de financement",
    "Membres",
]


def fill(candidacy, rows=1):
    """Give ``candidacy`` ``rows`` rows of each kind that « étang » finds."""
    plan, own = make_plan(candidacy=candidacy), make_organisation(candidacy=candidacy, name="Sans rapport")
    for number in range(rows):
        make_section(candidacy=candidacy, title=f"L’Étang {number}")
        make_section(candidacy=candidacy, title="Autre", body=f"<p>Au bord de l’<em>étang</em> {number}.</p>")
        make_organisation(candidacy=candidacy, name=f"Amis de l’étang {number}")
        make_contact(organisation=own, last_name=f"Étang {number}")
        committee = make_committee(candidacy=candidacy, name=f"Comité de l’étang {number}")
        meeting = make_meeting(committee=committee, title=f"Étang {number}", status=Meeting.Status.HELD)
        make_decision(meeting=meeting, wording="Curer l’étang")
        make_action(candidacy=candidacy, title=f"Sonder l’étang {number}")
        make_expense_line(plan=plan, label=f"Curage de l’étang {number}")
        make_income_line(plan=plan, label=f"Étang {number}, aide")
        make_edition(candidacy=candidacy, label=f"Étang {number}")
        make_member(candidacy=candidacy, user=make_user(last_name="Étang"), role=Role.OBSERVER)


def found(candidacy, user, question="ETANG"):
    return {group.label: [hit.title for hit in group.hits] for group in search(candidacy, user, question)}


@pytest.fixture
def lead():
    return make_member()


def page(client, membership, question=None):
    client.force_login(membership.user)
    asked = {} if question is None else {"q": question}
    return client.get(reverse("dossier:search", args=[membership.candidacy.slug]), asked)


def test_every_kind_is_found_without_accents_or_case(lead):
    fill(lead.candidacy)

    groups = found(lead.candidacy, lead.user)

    assert list(groups) == ALL
    assert groups["Sections"] == ["L’Étang 0", "Autre"]
    assert len(groups["Plan de financement"]) == 2


def test_every_answer_leads_to_a_page_that_opens(client, lead):
    fill(lead.candidacy)
    client.force_login(lead.user)

    for group in search(lead.candidacy, lead.user, "etang"):
        for hit in group.hits:
            assert client.get(hit.url).status_code == 200, hit
        if group.list_url:
            assert "Amis de l’étang 0" in client.get(group.list_url).text


def test_all_the_words_are_asked_for_and_those_around_are_shown(client, lead):
    long = "mot " * 40
    make_section(candidacy=lead.candidacy, title="Friche", body=f"<p>{long} la fosse <b>douze</b> {long}</p>")

    assert found(lead.candidacy, lead.user, "fosse friche") == {"Sections": ["Friche"]}
    assert found(lead.candidacy, lead.user, "fosse treize") == {}
    assert "… mot mot mot mot mot la fosse douze mot" in page(client, lead, "fosse").text


def test_nothing_of_another_candidacy_is_found(lead):
    fill(make_candidacy())

    assert found(lead.candidacy, lead.user) == {}


def test_a_lead_elsewhere_finds_here_what_their_role_here_gives(lead):
    other = make_member(user=lead.user, role=Role.OBSERVER)
    fill(other.candidacy)
    make_published_edition(candidacy=other.candidacy, label="Étang public")

    assert list(found(other.candidacy, lead.user)) == ["Éditions"]
    assert len(found(other.candidacy, lead.user)["Éditions"]) == 1


def test_the_team_does_not_find_members(lead):
    fill(lead.candidacy)
    team = make_member(candidacy=lead.candidacy, role=Role.TEAM)

    assert list(found(lead.candidacy, team.user)) == ALL[:-1]


def test_a_partner_finds_their_own_space_alone(client, lead):
    fill(lead.candidacy)
    own = make_organisation(candidacy=lead.candidacy, name="L’étang nous-mêmes")
    partner = make_partner(organisation=own)
    make_section(candidacy=lead.candidacy, title="Notre étang", organisation=own)
    make_income_line(plan=lead.candidacy.funding_plan, funder=own, label="Notre étang")
    make_invitation(
        meeting=make_meeting(
            committee=make_committee(candidacy=lead.candidacy),
            title="Étang convoqué",
            status=Meeting.Status.CONVENED,
        ),
        contact=own.contacts.get(),
    )

    assert found(lead.candidacy, partner) == {
        "Sections": ["Notre étang"],
        "Structures": ["L’étang nous-mêmes"],
        "Réunions": ["Étang convoqué"],
        "Plan de financement": ["Notre étang"],
    }
    client.force_login(partner)
    for group in search(lead.candidacy, partner, "etang"):
        assert not group.list_url
        for hit in group.hits:
            assert client.get(hit.url).status_code == 200, hit


def test_the_page_costs_the_same_for_three_rows_and_for_thirty(client):
    counts = []
    for rows in (3, 30):
        lead = make_member()
        fill(lead.candidacy, rows)
        client.force_login(lead.user)
        with CaptureQueriesContext(connection) as queries:
            response = page(client, lead, "étang")
        counts.append(len(queries))
        assert response.text.count("<li>\n            <a") <= len(ALL) * SHOWN
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize("question", ["", "   ", "«»!?", "\0", "%", "'; --", "🜁", "a" * 5000, "é " * 3000])
def test_odd_questions_are_answered(client, lead, question):
    make_section(candidacy=lead.candidacy, body="<p>Un &lt;b&gt; texte</p>")

    response = page(client, lead, question)

    assert response.status_code == 200
    assert "a" * (MAX_CHARACTERS + 1) not in response.text


def test_a_question_and_a_text_are_written_as_text(client, lead):
    make_section(candidacy=lead.candidacy, title="Un", body="<p>gras &lt;script&gt;x&lt;/script&gt;</p>")

    text = page(client, lead, "gras <script>").text

    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "<script>x" not in text
    assert 'value="gras &lt;script&gt;"' in text


def test_the_page_says_what_it_waits_for_and_that_nothing_answers(client, lead):
    assert "Cherchez un nom" in page(client, lead).text
    assert "Rien ne répond" in page(client, lead, "introuvable").text


def test_the_field_stands_on_every_page_of_a_candidacy_and_on_no_other(client, lead):
    client.force_login(lead.user)
    address = reverse("dossier:search", args=[lead.candidacy.slug])

    assert (
        f'action="{address}" role="search"'
        in client.get(reverse("dossier:section-list", args=[lead.candidacy.slug])).text
    )
    assert "data-slash" not in client.get(reverse("accounts:profile")).text
