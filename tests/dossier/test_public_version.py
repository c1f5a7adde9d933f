"""The public version: what is marked confidential is not in the file, and the file says so."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pypdf import PdfReader

from committees.models import Meeting
from dossier import building
from dossier.assembly import read_dossier
from dossier.disclosure import public_version
from dossier.models import EditionFile, Section
from dossier.services.editions import print_version
from partners.models import Organisation
from tests.factories import (
    make_candidacy,
    make_committee,
    make_criterion,
    make_edition,
    make_expense_line,
    make_income_line,
    make_meeting,
    make_member,
    make_organisation,
    make_picture,
    make_plan,
    make_proof,
    make_seat,
    make_section,
)
from tests.pdf_checks import pdf_failures

Disclosure = Section.Disclosure
Variant = EditionFile.Variant


def make_bid(**plan_section):
    candidacy = make_candidacy(title="Remonter au jour")
    chapter = make_section(candidacy=candidacy, key="projet", title="Le projet", body="<p>Ouverture.</p>")
    picture = make_picture(candidacy=candidacy, caption="Photographie réservée")
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    make_section(
        candidacy=candidacy,
        parent=chapter,
        key="risques",
        title="Risques",
        is_confidential=True,
        body=f'<p>Un secret bien gardé.</p><figure><img src="{source}" alt=""></figure>',
    )
    make_section(
        candidacy=candidacy, parent=chapter, key="plan", title="Budget", kind="funding_plan", **plan_section
    )
    for kind in ("partners", "governance", "calendar"):
        make_section(candidacy=candidacy, parent=chapter, title=kind, kind=kind, disclosure=Disclosure.HIDDEN)
    plan = make_plan(candidacy=candidacy, first_year=2028, last_year=2029)
    make_expense_line(plan=plan, account="604", label="Concert secret", amounts={2028: 700, 2029: 34})
    make_income_line(plan=plan, account="745", label="Ville discrète", amounts={2029: 734})
    make_organisation(candidacy=candidacy, name="Structure discrète", stage=Organisation.Stage.ACTIVE)
    committee = make_committee(candidacy=candidacy, name="Comité discret")
    make_seat(committee=committee)
    make_meeting(committee=committee, title="Séance discrète", status=Meeting.Status.HELD)
    return candidacy


def printed(candidacy, variant):
    edition = make_edition(candidacy=candidacy, content=False)
    building.build(print_version(edition=edition, variant=variant, by=edition.author).pk)
    file = edition.files.get(variant=variant)
    with file.file.open() as content:
        return edition, content.read()


def text_of(content):
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def test_what_is_confidential_is_nowhere_in_the_file_and_the_file_says_so():
    _edition, content = printed(make_bid(disclosure=Disclosure.SUMMARY), Variant.PUBLIC)

    pages = text_of(content)
    whole = " ".join(pages)
    for secret in ("Un secret", "Photographie", "Concert secret", "Ville discrète", "discrète", "discret"):
        assert secret not in whole
    assert "Version publique : des éléments confidentiels en sont retirés" in pages[0].replace("\u00a0", " ")
    assert whole.count("n’est pas communiquée dans la version publique") == 1
    assert whole.count("ne sont pas communiquées dans la version publique") == 3
    assert "Le détail des montants n’est pas communiqué" in whole
    assert "734" in whole
    assert "1.1 Risques" in pages[-1]
    assert not pdf_failures(content)


def test_the_full_version_of_the_same_snapshot_shows_everything():
    _edition, content = printed(make_bid(disclosure=Disclosure.SUMMARY), Variant.FULL)

    whole = " ".join(text_of(content))
    for shown in ("Un secret", "Photographie", "Concert secret", "Structure discrète", "Séance discrète"):
        assert shown in whole
    assert "version publique" not in whole


def test_a_confidential_part_takes_its_sections_with_it():
    candidacy = make_candidacy()
    chapter = make_section(candidacy=candidacy, is_confidential=True, body="<p>Réservé.</p>")
    make_section(candidacy=candidacy, parent=chapter, title="Dessous", body="<p>Aussi réservé.</p>")

    [public] = public_version(read_dossier(candidacy)).chapters

    assert (public.opening.body, public.sections) == ("", ())


def test_what_a_confidential_part_took_with_it_is_named_by_its_number_alone():
    candidacy = make_candidacy()
    closed = make_section(candidacy=candidacy, title="Réserve", is_confidential=True)
    under = make_section(candidacy=candidacy, parent=closed, title="Titre tu", body="<p>Tu.</p>")
    shown = make_section(
        candidacy=candidacy,
        title="Critères",
        kind="criteria",
        body=f'<p>Voir <span data-section="{under.public_id}"></span>'
        f' et <span data-section="{closed.public_id}"></span>.</p>',
    )
    criterion = make_criterion(candidacy=candidacy)
    for section in (under, shown):
        make_proof(section=section, criterion=criterion)

    _edition, content = printed(candidacy, Variant.PUBLIC)

    whole = " ".join(text_of(content)).replace("\u00a0", " ")
    assert "Voir section 1.1 et 1 Réserve, p. " in whole
    assert "Titre tu" not in whole
    assert [line.title for line in public_version(read_dossier(candidacy)).matrix.lines] == ["Critères"]


@pytest.mark.parametrize(("fields", "has_matrix"), [({}, True), ({"disclosure": Disclosure.HIDDEN}, False)])
def test_the_matrix_is_withheld_with_the_data_of_its_section(fields, has_matrix):
    candidacy = make_section(kind="criteria", **fields).candidacy

    assert (public_version(read_dossier(candidacy)).matrix is not None) is has_matrix


@pytest.mark.parametrize(
    ("fields", "has_plan", "has_lines"),
    [
        ({}, True, True),
        ({"disclosure": Disclosure.SUMMARY}, True, False),
        ({"disclosure": Disclosure.HIDDEN}, False, False),
        ({"is_confidential": True}, False, False),
    ],
)
def test_the_plan_leaves_the_content_itself(fields, has_plan, has_lines):
    plan = public_version(read_dossier(make_bid(**fields))).plan

    assert (plan is not None) is has_plan
    assert bool(plan and plan.rows) is has_lines
    assert bool(plan and plan.summary.expenses.rows) is has_lines
    if has_plan:
        assert plan.summary.expenses.total == 734


def test_without_anything_confidential_nothing_is_said_to_be_missing():
    candidacy = make_section(body="<p>Tout.</p>").candidacy

    _edition, content = printed(candidacy, Variant.PUBLIC)

    pages = text_of(content)
    assert "Version publique" in pages[0]
    assert "retirés" not in pages[0]


def test_only_the_plan_is_summed_up():
    with pytest.raises(ValidationError, match="Seul le plan"):
        Section(
            candidacy=make_candidacy(), key="a", title="A", position=1, disclosure=Disclosure.SUMMARY
        ).full_clean()


def test_the_contract_says_what_is_confidential(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, title="Budget", kind="funding_plan")
    client.force_login(lead.user)
    url = reverse("dossier:section-contract", args=[lead.candidacy.slug, section.public_id])
    fields = {"title": "Budget", "kind": "funding_plan", "limit_unit": "words"}

    for more in (
        {"is_confidential": "on", "disclosure": "summary"},
        {"kind": "text", "disclosure": "summary"},
    ):
        seen = client.get(url).context["form"]["seen"].value()
        refused = client.post(url, fields | more | {"seen": seen})

    section.refresh_from_db()
    assert (section.is_confidential, section.disclosure) == (True, Disclosure.SUMMARY)
    assert refused.status_code == 422
    assert "Seul le plan de financement se résume." in refused.text
