"""The matrix of criteria and proofs, in a real browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from candidacy.models import Membership
from dossier.models import Proof
from tests.factories import make_call_copy, make_criterion, make_member, make_proof, make_section, make_user

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def lead(live_server, settings):
    settings.BASE_URL = live_server.url
    user = make_user(password=PASSWORD, first_name="Camille", last_name="Lefèvre")
    make_member(user=user, role=Membership.Role.LEAD)
    return user


@pytest.fixture
def candidacy(lead):
    return lead.memberships.get().candidacy


@pytest.fixture
def bid(candidacy):
    """Two criteria, two sections, one proof still to be brought."""
    criteria = [
        make_criterion(candidacy=candidacy, code=str(number), title=title, position=number)
        for number, title in enumerate(("Innovation", "Durée"), start=1)
    ]
    sections = [
        make_section(candidacy=candidacy, title=title, body="<p>Texte</p>") for title in ("Vision", "Suites")
    ]
    make_proof(section=sections[0], criterion=criteria[0])
    return criteria, sections


def matrix_address(candidacy):
    return reverse("dossier:criteria-matrix", args=[candidacy.slug])


def test_a_lead_proves_a_criterion_from_the_matrix_with_the_keyboard(visit, lead, candidacy, bid):
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(matrix_address(candidacy))
    expect(page.get_by_text("2 critères n’ont aucune preuve validée.")).to_be_visible()
    assert visitor.look("matrix") == []

    page.get_by_role("link", name=re.compile("^argument.*à apporter$")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_accessible_name("Annoncer une preuve\u00a0: section 2, critère 2")
    page.keyboard.press("Enter")

    page.wait_for_url("**/preuves/nouvelle/**")
    assert visitor.look("proof-create") == []
    page.get_by_label("Nature de la preuve").select_option("letter")
    page.get_by_label("Note").fill("Lettre du maire")
    page.get_by_role("button", name="Enregistrer").click()

    page.wait_for_url("**/dossier/criteres/#critere-*")
    case = page.get_by_role("article", name="2. Durée")
    expect(case).to_contain_text("Lettre du maire")
    case.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("La preuve est apportée.")).to_be_visible()
    expect(page.get_by_text("1 critère n’a aucune preuve validée.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^lettre.*preuve apportée$"))).to_be_visible()
    assert Proof.objects.brought().get().validated_by == lead


def test_on_a_phone_the_criteria_stand_one_under_the_other(visit, lead, candidacy, bid):
    visitor = visit(size="360")
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(matrix_address(candidacy))

    expect(page.get_by_role("table")).to_be_hidden()
    expect(page.get_by_role("article")).to_have_count(2)
    assert not visitor.scrolls_sideways()
    assert visitor.look("matrix") == []
    page.get_by_role("article", name="1. Innovation").get_by_role("button", name="Valider").click()
    expect(page.get_by_role("article", name="1. Innovation")).to_contain_text("preuve apportée")
    page.get_by_role("article", name="2. Durée").get_by_role("link", name="Preuve").click()
    page.wait_for_url("**/preuves/nouvelle/**")
    expect(page.get_by_label("Critère")).to_contain_text("2. Durée")


def test_a_lead_changes_a_copy_of_a_call_and_founds_on_it(visit, lead):
    make_call_copy(by=lead, template="london-borough")
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open("/modeles/")
    page.get_by_role("link", name="London Borough of Culture – copie").click()
    assert visitor.look("call-copy") == []

    page.get_by_role("region", name="Critères").get_by_role(
        "button", name="Descendre « Making an impact »"
    ).click()
    expect(page.locator(".rows__title").first).to_contain_text("Celebrating creativity")
    page.get_by_role("link", name="Modifier Deliverability").first.click()
    page.get_by_label("Intitulé", exact=False).first.fill("Capacité à réaliser")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("3. Capacité à réaliser")).to_be_visible()

    page = visitor.open("/candidatures/nouvelle/")
    expect(page.get_by_label("London Borough of Culture – copie")).to_be_visible()
    assert visitor.look("founding-copies") == []
