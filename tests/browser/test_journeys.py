"""What people come to do, from the first click to the last, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from candidacy.models import Membership
from committees.models import Invitation, Meeting, ReminderRule
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
from tests.factories import (
    make_committee,
    make_contact,
    make_expense_line,
    make_income_line,
    make_meeting,
    make_member,
    make_plan,
    make_seat,
    make_section,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
Role = Membership.Role


def make_person(candidacy, role, **fields):
    user = make_user(password=PASSWORD, **fields)
    make_member(candidacy=candidacy, user=user, role=role)
    return user


@pytest.fixture
def lead(live_server, settings):
    settings.BASE_URL = live_server.url
    user = make_user(password=PASSWORD, first_name="Camille", last_name="Lefèvre")
    make_member(user=user, role=Role.LEAD)
    return user


@pytest.fixture
def candidacy(lead):
    return lead.memberships.get().candidacy


def test_a_person_without_a_password_signs_in_with_the_code_they_receive(visit, lead):
    visitor = visit()
    page = visitor.open("/compte/connexion/code/")

    page.get_by_label("Adresse").fill(lead.email)
    page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).click()
    page.wait_for_url("**/saisie/")
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Se connecter", exact=True).click()

    page.wait_for_url(lambda url: "/connexion" not in url)
    assert page.get_by_text("Camille Lefèvre").first.is_visible()


def test_a_copil_is_convened_and_an_elected_official_answers(visit, lead, candidacy):
    mayor = make_person(candidacy, Role.ELECTED, first_name="Mathilde", last_name="Caron")
    committee = make_committee(candidacy=candidacy, name="Comité de pilotage", acronym="COPIL", kind="copil")
    for days in (7, 1):
        ReminderRule.objects.create(committee=committee, days_before=days)
    make_seat(committee=committee, contact=make_contact(candidacy=candidacy, user=mayor, email=mayor.email))
    meeting = make_meeting(
        committee=committee, title="Arbitrages", starts_at=timezone.now() + timedelta(days=20)
    )

    desk = visit()
    desk.sign_in(lead, PASSWORD)
    page = desk.open(reverse("committees:meeting-convene", args=[candidacy.slug, meeting.public_id]))
    page.get_by_role("button", name="Convoquer", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/convoquer/"))

    meeting.refresh_from_db()
    assert meeting.status == Meeting.Status.CONVENED
    send_due_messages()  # what beat asks for every minute
    assert [message.to for message in mail.outbox] == [[mayor.email]]
    assert any(name.endswith(".ics") for name, *_ in mail.outbox[0].attachments)
    page = desk.open(reverse("candidacy:outbox-list", args=[candidacy.slug]))
    assert page.get_by_text("Rappel").first.is_visible()

    tablet = visit(size="360")
    tablet.sign_in(mayor, PASSWORD)
    page = tablet.open(reverse("committees:meeting-list", args=[candidacy.slug]))
    page.get_by_role("button", name="Je viens").first.click()
    page.locator("[name=answer][value=present][aria-pressed=true]").first.wait_for()

    assert Invitation.objects.get(meeting=meeting).answer == Invitation.Answer.PRESENT
    assert OutboundMessage.objects.planned().count() == 2  # seven days and one day before


def test_the_lead_prints_publishes_and_the_mayor_reads(visit, lead, candidacy):
    mayor = make_person(candidacy, Role.ELECTED)
    make_section(candidacy=candidacy, title="Vision", body="<p>Une phrase que l’on retrouvera imprimée.</p>")

    desk = visit()
    desk.sign_in(lead, PASSWORD)
    page = desk.open(reverse("dossier:section-list", args=[candidacy.slug]))
    page.get_by_role("button", name="Produire le PDF").click()
    page.get_by_role("link", name="Télécharger").wait_for(timeout=120_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    printed = PdfReader(download.value.path())
    assert "retrouvera imprimée" in " ".join(leaf.extract_text() for leaf in printed.pages)

    page = desk.open(reverse("dossier:edition-create", args=[candidacy.slug]))
    page.get_by_label("Libellé").fill("Relecture du COPIL")
    page.get_by_role("button", name="Figer l’édition").click()
    page.locator("summary", has_text="Publier").click(timeout=120_000)
    page.locator("details[open]").get_by_role("button", name="Publier", exact=True).click()
    page.wait_for_load_state()
    edition = candidacy.editions.get()
    assert edition.publications.open().exists()

    tablet = visit()
    tablet.sign_in(mayor, PASSWORD)
    page = tablet.open(reverse("dossier:edition-list", args=[candidacy.slug]))
    assert page.get_by_text("Relecture du COPIL").first.is_visible()
    address = reverse("dossier:edition-download", args=[candidacy.slug, edition.public_id, "full"])
    assert tablet.context.request.get(tablet.base_url + address).ok


def test_the_plan_says_what_is_missing_until_it_balances(visit, lead, candidacy):
    plan = make_plan(candidacy=candidacy)
    make_expense_line(plan=plan, amounts={2029: 1000})
    make_income_line(plan=plan, amounts={2029: 400})

    desk = visit()
    desk.sign_in(lead, PASSWORD)
    page = desk.open(reverse("budget:plan-detail", args=[candidacy.slug]))
    assert page.get_by_text("\u2212600\u00a0€").first.is_visible()
    page.get_by_role("link", name="Produit", exact=True).click()
    page.get_by_label("Compte").select_option("742")
    page.get_by_label("Libellé").fill("Région")
    page.get_by_label("Montant 2029").fill("600 €")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(lambda url: url.endswith("/budget/"))

    assert page.get_by_text("Équilibré").first.is_visible()


def test_the_navigation_is_reached_with_the_keyboard_alone(visit, lead, candidacy):
    desk = visit()
    desk.sign_in(lead, PASSWORD)
    page = desk.open(reverse("dossier:dashboard", args=[candidacy.slug]))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Aller au contenu"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Budget":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/budget/")
