"""The matrix, its file, the page of one criterion, and what partners find of them."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidacy.models import Membership
from dossier.models import Proof, Section
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_criterion,
    make_indicator,
    make_member,
    make_objective,
    make_organisation,
    make_proof,
    make_section,
)

Role = Membership.Role


@pytest.fixture
def candidacy():
    return make_candidacy()


@pytest.fixture
def team(client, candidacy):
    member = make_member(candidacy=candidacy, role=Role.TEAM)
    client.force_login(member.user)
    return member.user


def address(name, candidacy, *ids):
    return reverse(f"dossier:{name}", args=[candidacy.slug, *ids])


def shown(client, url):
    form = client.get(url).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: str(value) for name, value in values.items() if value not in (None, False)}


# --- the matrix -----------------------------------------------------------------------------------------


def test_the_matrix_crosses_sections_and_criteria_by_kind_of_proof(client, candidacy, team):
    section = make_section(candidacy=candidacy, title="Vision")
    proved = make_criterion(candidacy=candidacy, title="Innovation")
    bare = make_criterion(candidacy=candidacy, title="Durée")
    make_proof(section=section, criterion=proved, kind=Proof.Kind.FIGURE, validated_at=timezone.now())
    make_proof(section=section, criterion=proved, kind=Proof.Kind.LETTER)

    response = client.get(address("criteria-matrix", candidacy))

    [row] = response.context["matrix"].rows
    assert [(cell.criterion, [proof.kind for proof in cell.proofs]) for cell in row.cells] == [
        (proved, ["figure", "letter"]),
        (bare, []),
    ]
    page = response.text
    assert page.count(f"{address('section-detail', candidacy, section.public_id)}#preuves") == 4
    add = f"{address('proof-create', candidacy)}?section={section.public_id}&amp;critere={bare.public_id}"
    assert page.count(add) == 1


def test_a_criterion_without_a_validated_proof_stands_out_in_words_and_by_a_mark(client, candidacy, team):
    section = make_section(candidacy=candidacy)
    make_proof(section=section)
    page = client.get(address("criteria-matrix", candidacy)).text

    assert "1 critère n’a aucune preuve validée." in page
    assert "sans preuve validée" in page
    [heading] = re.findall(r'<th scope="col" class="matrix__lacking">.*?</th>', page, flags=re.DOTALL)
    assert "<svg" in heading
    assert "sans preuve" in heading

    Proof.objects.update(validated_at=timezone.now())
    page = client.get(address("criteria-matrix", candidacy)).text
    assert "aucune preuve validée" not in page
    assert "1 critère n’a de preuve que dans une section non validée" in page
    assert page.count("matrix__lacking") == 1

    candidacy.sections.update(status=Section.Status.VALIDATED)
    page = client.get(address("criteria-matrix", candidacy)).text
    assert "section non validée" not in page
    assert "matrix__lacking" not in page


def test_a_criterion_without_objective_or_indicator_stands_out(client, candidacy, team):
    criterion = make_criterion(candidacy=candidacy)
    url = address("criteria-matrix", candidacy)

    page = client.get(url).text
    assert "sans objectif" in page
    assert "sans indicateur" in page

    make_objective(criterion=criterion, statement="Que tous viennent")
    make_indicator(criterion=criterion, name="Entrées", method="Billetterie, chaque mois", target="1 000")
    page = client.get(url).text
    assert "sans objectif" not in page
    assert "sans indicateur" not in page
    for told in ("Que tous viennent", "Entrées", "Billetterie, chaque mois", "1 000"):
        assert told in page


def make_answers(candidacy, count):
    for _ in range(count):
        criterion = make_criterion(candidacy=candidacy)
        make_objective(criterion=criterion)
        make_indicator(criterion=criterion)
        make_proof(
            section=make_section(candidacy=candidacy),
            criterion=criterion,
            validated_at=timezone.now(),
            validated_by=make_member(candidacy=candidacy).user,
        )


@pytest.mark.parametrize("count", [3, 30])
def test_the_matrix_costs_the_same_for_any_number_of_rows(
    client, candidacy, team, count, django_assert_num_queries
):
    make_answers(candidacy, count)

    # Session, user, memberships; outline, criteria, objectives, indicators, proofs.
    with django_assert_num_queries(8):
        client.get(address("criteria-matrix", candidacy))


@pytest.mark.parametrize("count", [3, 30])
def test_the_matrix_as_a_file_costs_the_same_for_any_number_of_proofs(
    client, candidacy, team, count, django_assert_num_queries
):
    make_answers(candidacy, count)

    # Session, user, memberships; outline, criteria, objectives, indicators, proofs.
    with django_assert_num_queries(8):
        response = client.get(address("criteria-export", candidacy), {"format": "xlsx"})

    assert load_workbook(BytesIO(response.content)).active.max_row == count + 1


def test_an_empty_call_offers_the_first_step(client, candidacy, team):
    assert "n’a pas encore de critère" in client.get(address("criteria-matrix", candidacy)).text


# --- the file -------------------------------------------------------------------------------------------


def make_case(candidacy):
    section = make_section(candidacy=candidacy, title="Vision")
    criterion = make_criterion(candidacy=candidacy, code="1", title="Innovation", position=1)
    make_objective(criterion=criterion, statement="Créer ici")
    make_indicator(criterion=criterion, name="Commandes", method="Conventions")
    make_proof(section=section, criterion=criterion, kind=Proof.Kind.FIGURE, note="=48")
    make_criterion(candidacy=candidacy, code="2", title="Durée", position=2)


def test_the_matrix_is_downloaded_for_a_spreadsheet(client, candidacy, team):
    make_case(candidacy)

    text = client.get(address("criteria-export", candidacy)).content.decode("utf-8-sig")

    lines = text.splitlines()
    assert lines[1] == "1;Innovation;1;Vision;chiffre;'=48;à apporter;;;Créer ici;Commandes (Conventions)"
    assert lines[2].startswith("2;Durée;;;;;sans preuve")


def test_the_matrix_is_downloaded_as_a_workbook(client, candidacy, team):
    make_case(candidacy)

    content = client.get(address("criteria-export", candidacy), {"format": "xlsx"}).content

    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[1][:6] == ("1", "Innovation", "1", "Vision", "chiffre", "=48")


def test_an_unknown_format_is_refused(client, candidacy, team):
    assert client.get(address("criteria-export", candidacy), {"format": "exe"}).status_code == 400


# --- announcing and validating ----------------------------------------------------------------------------


def test_a_cell_leads_to_a_form_that_knows_where_it_came_from(client, candidacy, team):
    section, criterion = make_section(candidacy=candidacy), make_criterion(candidacy=candidacy)
    url = f"{address('proof-create', candidacy)}?section={section.public_id}&critere={criterion.public_id}"

    response = client.post(url, shown(client, url) | {"kind": "letter", "note": "Lettre du maire"})

    proof = Proof.objects.get()
    assert response.url == f"{address('criteria-matrix', candidacy)}#critere-{criterion.public_id}"
    assert (proof.section, proof.criterion, proof.kind) == (section, criterion, "letter")


def test_the_same_form_sent_twice_announces_one_proof(client, candidacy, team):
    section, criterion = make_section(candidacy=candidacy), make_criterion(candidacy=candidacy)
    url = f"{address('proof-create', candidacy)}?section={section.public_id}&critere={criterion.public_id}"
    posted = shown(client, url)

    assert [client.post(url, posted).status_code for _ in range(2)] == [302, 302]
    assert Proof.objects.count() == 1


def test_a_second_proof_of_one_kind_is_refused_and_nothing_typed_is_lost(client, candidacy, team):
    proof = make_proof(section=make_section(candidacy=candidacy))
    url = address("proof-create", candidacy)
    typed = {
        "section": proof.section.public_id,
        "criterion": proof.criterion.public_id,
        "kind": "argument",
        "note": "Ce que j’ai écrit",
    }

    response = client.post(url, shown(client, url) | typed)

    assert response.status_code == 422
    assert "déjà une preuve de cette nature" in response.text
    assert "Ce que j’ai écrit" in response.text


@pytest.mark.parametrize(
    "asked", ["section=x&critere=y", "section=00000000-0000-4000-8000-000000000000", "critere="]
)
def test_an_address_that_names_nothing_leaves_the_form_to_be_filled_in(client, candidacy, team, asked):
    response = client.get(f"{address('proof-create', candidacy)}?{asked}")

    assert response.status_code == 200
    assert not response.context["form"]["section"].value()


@pytest.mark.parametrize("foreign", ["section", "criterion"])
def test_what_belongs_to_another_candidacy_is_no_choice(client, candidacy, team, foreign):
    rows = {"section": make_section(candidacy=candidacy), "criterion": make_criterion(candidacy=candidacy)}
    rows[foreign] = {"section": make_section, "criterion": make_criterion}[foreign]()
    url = address("proof-create", candidacy)
    typed = {name: row.public_id for name, row in rows.items()} | {"kind": "argument"}

    assert client.post(url, shown(client, url) | typed).status_code == 422
    assert not Proof.objects.exists()


@pytest.mark.parametrize("deed", ["edit", "validate", "reopen", "remove"])
def test_the_proof_of_another_candidacy_does_not_exist_here(client, candidacy, team, deed):
    proof = make_proof()

    assert client.post(address(f"proof-{deed}", candidacy, proof.public_id)).status_code == 404
    assert Proof.objects.filter(pk=proof.pk, validated_at=None).exists()


def test_a_team_member_validates_and_reopens_from_the_section(client, candidacy, team):
    section = make_section(candidacy=candidacy, body="<p>Texte</p>")
    proof = make_proof(section=section, note="42 classes")
    section_url = address("section-detail", candidacy, section.public_id)

    response = client.post(address("proof-validate", candidacy, proof.public_id), {"vers": "section"})
    page = client.get(section_url).text

    assert response.url == f"{section_url}#preuves"
    assert "preuve apportée" in page
    assert str(team) in page
    assert "42 classes" in page
    client.post(address("proof-reopen", candidacy, proof.public_id))
    assert "à apporter" in client.get(section_url).text


def test_an_unwritten_section_proves_nothing_and_says_why(client, candidacy, team):
    proof = make_proof(section=make_section(candidacy=candidacy))

    response = client.post(address("proof-validate", candidacy, proof.public_id), follow=True)

    assert "Rien n’est écrit dans cette section" in response.text


def test_a_proof_is_changed_and_removed(client, candidacy, team):
    proof = make_proof(section=make_section(candidacy=candidacy), validated_at=timezone.now())
    url = address("proof-edit", candidacy, proof.public_id)
    assert "la changer la remet à apporter" in client.get(url).text

    client.post(url, shown(client, url) | {"note": "Autre"})
    proof.refresh_from_db()
    assert (proof.note, proof.is_brought) == ("Autre", False)

    client.force_login(make_member(candidacy=candidacy).user)
    client.post(address("proof-remove", candidacy, proof.public_id))
    assert not Proof.objects.exists()


# --- one criterion, and partners ----------------------------------------------------------------------------


def test_a_criterion_shows_its_questions_and_its_sections(client, candidacy, team):
    criterion = make_criterion(candidacy=candidacy, title="Innovation", prompts=["Quoi de neuf ?"])
    make_proof(section=make_section(candidacy=candidacy, title="Vision"), criterion=criterion)

    page = client.get(address("criterion-detail", candidacy, criterion.public_id)).text

    for told in ("Innovation", "Quoi de neuf ?", "Vision", "intitulé de travail"):
        assert told in page


def test_a_partner_sees_the_criteria_of_their_own_sections_and_no_other_section(client):
    organisation = make_organisation()
    candidacy = organisation.candidacy
    shared, foreign = make_criterion(candidacy=candidacy), make_criterion(candidacy=candidacy)
    own = make_section(candidacy=candidacy, organisation=organisation, title="La nôtre")
    make_proof(section=own, criterion=shared, note="Note de la nôtre")
    others = make_section(
        candidacy=candidacy, organisation=make_organisation(candidacy=candidacy), title="La leur"
    )
    make_proof(section=others, criterion=shared, kind=Proof.Kind.LETTER, note="Note de la leur")
    make_proof(section=others, criterion=foreign)
    client.force_login(make_partner(organisation=organisation))

    page = client.get(address("criterion-detail", candidacy, shared.public_id)).text
    section_page = client.get(address("section-detail", candidacy, own.public_id)).text

    assert "Note de la nôtre" in page
    assert "La leur" not in page
    assert "Note de la leur" not in page
    assert "Annoncer" not in page
    assert str(shared) in section_page
    assert str(foreign) not in section_page
    assert "/preuves/" not in section_page
    assert client.get(address("criterion-detail", candidacy, foreign.public_id)).status_code == 404
    assert client.get(address("criteria-matrix", candidacy)).status_code == 403


@pytest.mark.parametrize("count", [3, 30])
def test_a_criterion_costs_the_same_for_any_number_of_sections(
    client, candidacy, team, count, django_assert_num_queries
):
    criterion = make_criterion(candidacy=candidacy)
    for _ in range(count):
        make_proof(
            section=make_section(candidacy=candidacy),
            criterion=criterion,
            validated_by=team,
            validated_at=timezone.now(),
        )

    # Session, user, memberships; criterion, objectives, indicators, proofs, outline.
    with django_assert_num_queries(8):
        client.get(address("criterion-detail", candidacy, criterion.public_id))
