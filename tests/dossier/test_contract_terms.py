"""What the contract of a section says beside its fields: reviewers, questions, proofs, a date that moved."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from candidacy.call_templates import load_template
from candidacy.models import Membership
from core.errors import DomainError, StaleRevisionError
from dossier.founding import lay_outline
from dossier.models import DueDateChange, ExpectedProof, Reviewer, Section
from dossier.services.expected_proofs import tick_expected_proof
from dossier.services.outline import (
    Contract,
    change_contract,
    contract_fingerprint,
    contract_of,
    create_section,
)
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_contact,
    make_criterion,
    make_member,
    make_organisation,
    make_section,
    make_user,
)

Role = Membership.Role
CONTRACT = Contract(title="Publics")


def address(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


def typed(section, **fields):
    """Fill in the form of ``section`` as it is shown now."""
    seen = contract_fingerprint(contract_of(Section.objects.get(pk=section.pk)))
    return {"seen": seen, "title": "Publics", "kind": "text", "limit_unit": "words", **fields}


# --- Reviewers --------------------------------------------------------------------------------------


def test_reviewers_are_contacts_and_members_several_of_each():
    candidacy = make_candidacy()
    contacts = [make_contact(candidacy=candidacy) for _ in range(2)]
    members = [make_member(candidacy=candidacy) for _ in range(2)]
    section = create_section(
        candidacy=candidacy,
        contract=replace(CONTRACT, reviewing_contacts=contacts, reviewing_members=members),
    )
    kept = section.reviewers.get(contact=contacts[0])

    change_contract(section=section, contract=replace(CONTRACT, reviewing_contacts=contacts[:1]))

    assert list(section.reviewers.all()) == [kept]


def test_a_reviewer_is_of_the_candidacy_and_one_person():
    section = make_section()
    for choice in ({"reviewing_contacts": [make_contact()]}, {"reviewing_members": [make_member()]}):
        with pytest.raises(DomainError, match="n’appartient pas"):
            change_contract(section=section, contract=replace(CONTRACT, **choice))
    with pytest.raises(IntegrityError), transaction.atomic():
        Reviewer.objects.create(section=section)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reviewer.objects.create(section=section, contact=make_contact(), membership=make_member())


# --- Questions of the call --------------------------------------------------------------------------


def test_the_questions_of_the_call_are_laid_when_the_candidacy_is_founded():
    template = load_template("ecoc-preselection")
    candidacy = make_candidacy()
    for criterion in template.criteria:
        make_criterion(candidacy=candidacy, code=criterion.code)

    lay_outline(candidacy=candidacy, sections=template.sections)

    asked = candidacy.sections.get(key="pourquoi").questions
    assert asked == list(next(row.questions for row in template.sections if row.key == "pourquoi"))
    assert asked[0].startswith("Q1.")
    assert not Section.objects.get(candidacy=candidacy, key="introduction").questions


def test_the_questions_stand_above_the_text_that_is_read_and_written_apart_from_the_brief(client):
    organisation = make_organisation()
    section = make_section(
        candidacy=organisation.candidacy,
        organisation=organisation,
        brief="Soyez brefs.",
        questions=["Q1. Pourquoi ?", "Q2. <b>Comment</b> ?"],
    )
    client.force_login(make_partner(organisation=organisation))

    for name in ("section-detail", "section-edit"):
        page = client.get(address(name, section)).text
        assert "Questions de l’appel" in page
        assert "Q1. Pourquoi ?" in page
        assert "&lt;b&gt;Comment" in page
        assert page.index("Q1. Pourquoi ?") < page.index("Soyez brefs.")


# --- Proofs -----------------------------------------------------------------------------------------


def test_a_proof_is_ticked_once_by_somebody_and_can_be_taken_back():
    section, first, second = make_section(), make_user(), make_user()
    change_contract(
        section=section, contract=replace(CONTRACT, expected_proofs=["Délibération", " ", "Lettre"])
    )
    proof = section.expected_proofs.get(text="Délibération")

    ticked = tick_expected_proof(proof=proof, is_provided=True, by=first)
    again = tick_expected_proof(proof=proof, is_provided=True, by=second)

    assert [row.text for row in section.expected_proofs.all()] == ["Délibération", "Lettre"]
    assert (again.provided_by, again.provided_at) == (first, ticked.provided_at)
    assert tick_expected_proof(proof=proof, is_provided=False, by=second).provided_by is None


def test_writing_the_contract_again_keeps_what_was_provided_and_refuses_to_drop_it():
    section, user = make_section(), make_user()
    change_contract(section=section, contract=replace(CONTRACT, expected_proofs=["Lettre", "Chiffres"]))
    tick_expected_proof(proof=section.expected_proofs.get(text="Lettre"), is_provided=True, by=user)

    change_contract(section=section, contract=replace(CONTRACT, expected_proofs=["Vote", "Lettre"]))
    assert [(row.text, row.provided_by) for row in section.expected_proofs.all()] == [
        ("Vote", None),
        ("Lettre", user),
    ]
    with pytest.raises(DomainError, match="« Lettre » est déjà fournie"):
        change_contract(section=section, contract=replace(CONTRACT, expected_proofs=["Vote"]))


def test_a_proof_keeps_its_own_rules():
    section = make_section()
    for fields in ({"text": ""}, {"text": "x", "provided_by": make_user()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExpectedProof.objects.create(section=section, position=1, **fields)


def test_the_writer_ticks_a_proof_on_the_page_and_nobody_once_frozen(client):
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation)
    proof = section.expected_proofs.create(position=1, text="Délibération")
    partner = make_partner(organisation=organisation)
    client.force_login(partner)
    url = address("expected-proof-tick", section, proof.public_id)

    client.post(url, {"provided": "yes"})
    page = client.get(address("section-detail", section)).text
    proof.refresh_from_db()
    assert proof.provided_by == partner
    assert "fournie le" in page

    Section.objects.filter(pk=section.pk).update(status=Section.Status.FROZEN)
    client.post(url, {"provided": "no"})
    proof.refresh_from_db()
    assert proof.is_provided


# --- A date that moves ------------------------------------------------------------------------------


def test_a_due_date_that_moves_keeps_its_reason_and_the_first_one_needs_none():
    section, lead = make_section(), make_user()
    change_contract(section=section, contract=replace(CONTRACT, due_on=date(2026, 3, 1)), by=lead)
    assert not section.due_changes.exists()

    with pytest.raises(DomainError, match="dites pourquoi"):
        change_contract(section=section, contract=replace(CONTRACT, due_on=date(2026, 4, 1)), by=lead)
    change_contract(
        section=section,
        contract=replace(CONTRACT, due_on=date(2026, 4, 1)),
        by=lead,
        due_reason=" Le conseil vote plus tard. ",
    )
    change_contract(section=section, contract=CONTRACT, by=lead, due_reason="Abandon")

    moved, dropped = section.due_changes.all()
    assert (moved.former_on, moved.new_on, moved.reason, moved.changed_by) == (
        date(2026, 3, 1),
        date(2026, 4, 1),
        "Le conseil vote plus tard.",
        lead,
    )
    assert (dropped.former_on, dropped.new_on) == (date(2026, 4, 1), None)


def test_a_change_of_date_says_why_and_goes_to_another_day():
    section, day = make_section(), date(2026, 3, 1)
    for fields in ({"reason": ""}, {"reason": "x", "new_on": day}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DueDateChange.objects.create(section=section, former_on=day, **fields)


def test_a_late_section_is_not_hidden_by_moving_its_date(client):
    lead = make_member()
    today = timezone.localdate()
    section = make_section(candidacy=lead.candidacy, title="Publics", due_on=today - timedelta(days=9))
    client.force_login(lead.user)
    later = typed(section, due_on=(today + timedelta(days=30)).isoformat())

    refused = client.post(address("section-contract", section), later)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["due_reason"]
    client.post(address("section-contract", section), later | {"due_reason": "Chiffres attendus."})

    page = client.get(address("section-detail", section)).text
    assert "Chiffres attendus." in page
    assert "déplacée 1 fois" in page
    outline = client.get(reverse("dossier:section-list", args=[lead.candidacy.slug]))
    assert "d’abord prévue pour le" in outline.text
    assert outline.context["rows"][0].first_due_on == today - timedelta(days=9)


# --- The form ---------------------------------------------------------------------------------------


def test_the_form_writes_the_whole_contract_and_shows_it_again(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    contact = make_contact(candidacy=lead.candidacy)
    client.force_login(lead.user)
    terms = {
        "questions": "Q1. Pourquoi ?\r\n\r\n Q2. Comment ?",
        "expected_proofs": "Délibération\r\nLettre",
        "reviewing_contacts": [contact.pk],
        "reviewing_members": [lead.pk],
    }

    response = client.post(address("section-contract", section), typed(section, **terms))

    section.refresh_from_db()
    assert response.status_code == 302
    assert section.questions == ["Q1. Pourquoi ?", "Q2. Comment ?"]
    form = client.get(address("section-contract", section)).context["form"]
    assert form["questions"].value() == "Q1. Pourquoi ?\nQ2. Comment ?"
    assert form["expected_proofs"].value() == "Délibération\nLettre"
    assert (form["reviewing_contacts"].value(), form["reviewing_members"].value()) == (
        [contact.pk],
        [lead.pk],
    )


def test_too_long_a_line_and_a_foreign_reviewer_are_said_at_their_field(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    client.force_login(lead.user)
    partner = make_member(candidacy=lead.candidacy, role=Role.PARTNER)
    wrong = {
        "questions": "x" * 501,
        "expected_proofs": "x" * 201,
        "reviewing_contacts": [make_contact().pk],
        "reviewing_members": [partner.pk],
    }

    for field, value in wrong.items():
        response = client.post(address("section-contract", section), typed(section, **{field: value}))
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


@pytest.mark.parametrize("count", [3, 30])
def test_the_contract_form_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    for n in range(count):
        contact = make_contact(candidacy=lead.candidacy)
        Reviewer.objects.create(section=section, contact=contact)
        Reviewer.objects.create(section=section, membership=make_member(candidacy=lead.candidacy))
        section.expected_proofs.create(position=n, text=f"Preuve {n}")
        make_section(candidacy=lead.candidacy)
        make_criterion(candidacy=lead.candidacy)
    client.force_login(lead.user)

    # Session, user, memberships, section; criteria chosen, reviewers, proofs, read to be shown and to be recognised; then
    # the six lists of choices.
    with django_assert_num_queries(16):
        client.get(address("section-contract", section))


def test_those_who_review_already_come_first_in_the_long_list(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    make_contact(candidacy=lead.candidacy, last_name="Abel")
    named = make_contact(candidacy=lead.candidacy, last_name="Zola")
    Reviewer.objects.create(section=section, contact=named)
    client.force_login(lead.user)

    form = client.get(address("section-contract", section)).context["form"]

    assert [contact.last_name for contact in form.fields["reviewing_contacts"].queryset] == ["Zola", "Abel"]


# --- Two people on one contract -------------------------------------------------------------------------


@pytest.fixture
def contract(client):
    """A section with a whole contract, its form as somebody has it open."""
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    contact = make_contact(candidacy=lead.candidacy, first_name="Ada", last_name="Zola")
    terms = Contract(
        title="Publics",
        organisation=contact.organisation,
        writer=contact,
        due_on=date(2026, 3, 1),
        criteria=[make_criterion(candidacy=lead.candidacy)],
        questions=["Q1 ?", "Q2 ?"],
        expected_proofs=["Lettre", "Vote"],
        reviewing_contacts=[contact, make_contact(candidacy=lead.candidacy)],
        reviewing_members=[lead],
    )
    change_contract(section=section, contract=terms)
    client.force_login(lead.user)
    form = client.get(address("section-contract", section)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    return section, terms, {name: value for name, value in shown.items() if value not in (None, "", False)}


def test_the_second_to_save_a_contract_is_told_and_chooses(client, contract):
    section, terms, shown = contract
    other = make_contact(candidacy=section.candidacy, last_name="Verne")
    theirs = replace(terms, brief="La leur", reviewing_contacts=[other], questions=["Q2 ?"])
    change_contract(section=section, contract=theirs)
    mine = shown | {"title": "Mon titre", "brief": "La mienne"}

    told = client.post(address("section-contract", section), mine)

    section.refresh_from_db()
    assert told.status_code == 409
    assert (section.title, section.brief) == ("Publics", "La leur")
    differing = {item.label: (item.saved, item.typed) for item in told.context["differences"]}
    assert set(differing) == {
        "Titre",
        "Consigne",
        "Questions de l’appel",
        "Relecture par des contacts",
    }
    assert differing["Consigne"] == ("La leur", "La mienne")
    assert differing["Questions de l’appel"] == ("Q2 ?", "Q1 ?, Q2 ?")
    assert "Verne" in differing["Relecture par des contacts"][0]
    assert "Zola" in differing["Relecture par des contacts"][1]
    assert 'value="Mon titre"' in told.text

    again = client.post(
        address("section-contract", section), mine | {"seen": told.context["form"]["seen"].value()}
    )
    section.refresh_from_db()
    assert again.status_code == 302
    assert (section.title, section.brief, section.questions) == ("Mon titre", "La mienne", ["Q1 ?", "Q2 ?"])


def test_a_date_that_somebody_moved_is_a_conflict_before_it_wants_a_reason(client, contract):
    section, terms, shown = contract
    change_contract(section=section, contract=replace(terms, due_on=date(2026, 4, 1)), due_reason="Vote")

    told = client.post(address("section-contract", section), shown)

    assert told.status_code == 409
    assert [item.saved for item in told.context["differences"]] == ["1er\u00a0avr. 2026"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"criteria": []},
        {"expected_proofs": ["Vote", "Lettre"]},
        {"reviewing_members": []},
        {"disclosure": "hidden"},
        {"limit_value": 3},
    ],
)
def test_everything_that_the_form_shows_is_kept_from_being_written_over(contract, elsewhere):
    section, terms, shown = contract
    change_contract(section=section, contract=replace(terms, **elsewhere))

    with pytest.raises(StaleRevisionError):
        change_contract(section=section, contract=replace(terms, title="Autre"), seen=shown["seen"])


def test_what_the_form_does_not_show_is_no_conflict(client, contract):
    section, _terms, shown = contract
    section.expected_proofs.update(provided_at=timezone.now())
    Section.objects.filter(pk=section.pk).update(body="<p>Un texte.</p>", revision=3, position=9)

    response = client.post(address("section-contract", section), shown | {"title": "Mon titre"})

    assert response.status_code == 302


def test_the_same_contract_sent_twice_is_harmless(client, contract):
    section, _terms, shown = contract
    mine = shown | {"title": "Mon titre"}

    responses = [client.post(address("section-contract", section), mine) for _ in range(2)]

    assert {response.status_code for response in responses} == {302}


def test_a_new_section_sent_twice_is_one_section(client):
    lead = make_member()
    client.force_login(lead.user)
    url = reverse("dossier:section-create", args=[lead.candidacy.slug])
    public_id = client.get(url).context["form"]["public_id"].value()
    data = {"title": "Neuve", "kind": "text", "limit_unit": "words", "public_id": public_id}

    responses = [client.post(url, data) for _ in range(2)]

    assert responses[0].url == responses[1].url
    assert lead.candidacy.sections.count() == 1
