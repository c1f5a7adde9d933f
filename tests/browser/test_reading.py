"""A mayor opens an edition on a tablet from one link; a program that follows it is nobody."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from candidacy.models import Membership
from dossier.models import ReaderApproval, ReadingLinkOpening
from notifications.tasks import send_due_messages
from tests.browser.waiting import comes_true
from tests.factories import (
    make_candidacy,
    make_edition,
    make_expense_line,
    make_member,
    make_picture,
    make_plan,
    make_reading_link,
    make_section,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
SAMPLE = Path(__file__).parent / "sample.pdf"
LONG = "<p>La candidature s’appuie sur un territoire de mémoire et de création partagées, du bassin minier aux communes voisines.</p>"
Kind = ReadingLinkOpening.Kind


def make_bid():
    candidacy = make_candidacy(title="Remonter au jour", tagline="Un bassin, trente-six communes, une année")
    picture = make_picture(candidacy=candidacy, caption="Le parvis", alternative_text="Un parvis au soir.")
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    table = "<table><thead><tr><th>Lieu</th><th>Jauge</th></tr></thead><tbody><tr><td>Stade</td><td>38 000</td></tr></tbody></table>"
    for number in range(1, 4):
        part = make_section(candidacy=candidacy, key=f"partie-{number}", title=f"Partie {number}")
        for place in range(1, 4):
            make_section(
                candidacy=candidacy,
                parent=part,
                key=f"section-{number}-{place}",
                title=f"Un chapitre au titre assez long {number}.{place}",
                kind="funding_plan" if (number, place) == (3, 3) else "text",
                body=f'{LONG * 12}<h2>Un point</h2>{table}<figure><img src="{source}" alt=""></figure>{LONG * 6}',
            )
    make_expense_line(plan=make_plan(candidacy=candidacy), label="Concerts", amounts={2029: 120_000})
    return candidacy


@pytest.fixture
def edition(live_server, settings):
    settings.BASE_URL = live_server.url
    return make_edition(
        candidacy=make_bid(),
        label="Relecture du COPIL",
        content=SAMPLE.read_bytes(),
    )


def address(link):
    return reverse("dossier:reading-page", args=[link.token])


def kinds(link):
    return set(link.openings.values_list("kind", flat=True))


@pytest.mark.parametrize("size", ["1024", "360"])
def test_the_page_is_clean_on_a_tablet_and_a_telephone(visit, edition, size):
    link = make_reading_link(edition=edition, may_approve=True)
    reader = visit(size=size)
    page = reader.open(address(link))

    trouble = reader.look("reading-page")
    assert not reader.scrolls_sideways()
    if size == "360":
        assert not page.locator("#sommaire").is_visible()
        page.get_by_role("button", name="Sommaire").click()
        trouble += reader.look("reading-contents")
    assert page.locator("#sommaire").is_visible()
    page.locator("#sommaire").get_by_role("link", name="2.2").click()
    assert comes_true(
        page, "document.getElementById('section-section-2-2').getBoundingClientRect().top < 200"
    )
    assert page.locator("#sommaire").is_visible() == (size == "1024")
    assert (
        page.evaluate("parseFloat(getComputedStyle(document.querySelector('.reading__text p')).fontSize)")
        >= 20
    )
    page.get_by_role("button", name="PDF").click()
    page.locator("#page-1 canvas").wait_for()
    trouble += reader.look("reading-pdf")
    assert not reader.scrolls_sideways()

    assert trouble == []
    assert reader.context.cookies() == []


def test_a_closed_link_says_so(visit, edition):
    reader = visit(size="360")
    reader.open("/lecture/inconnu/")

    assert reader.look("reading-closed") == []


def test_a_program_that_loads_the_page_and_waits_and_scrolls_counts_for_nobody(visit, edition):
    link = make_reading_link(edition=edition)
    scanner = visit()
    page = scanner.open(address(link))
    page.wait_for_timeout(2000)
    page.evaluate("scrollTo(0, 4000)")
    page.evaluate("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
    page.wait_for_timeout(800)

    assert kinds(link) == {Kind.FETCHED}


def test_a_hand_on_the_page_counts_once(visit, edition):
    link = make_reading_link(edition=edition)
    reader = visit(size="1024")
    page = reader.open(address(link))
    page.wait_for_timeout(1600)  # what is touched in the first moment may be a page that is still settling
    with page.expect_response(re.compile("ouverture")) as answer:
        page.mouse.wheel(0, 600)
    page.mouse.wheel(0, 600)
    page.keyboard.press("End")

    assert answer.value.status == 204
    assert link.openings.filter(kind=Kind.OPENED).count() == 1


def test_the_mayor_reads_resumes_downloads_comments_and_approves(visit, edition):
    lead = make_user(password=PASSWORD)
    make_member(candidacy=edition.candidacy, user=lead, role=Membership.Role.LEAD)
    desk = visit()
    desk.sign_in(lead, PASSWORD)
    page = desk.open(reverse("dossier:edition-detail", args=[edition.candidacy.slug, edition.public_id]))
    page.get_by_role("link", name="Liens de lecture").click()
    page.get_by_role("link", name="Donner à lire").first.click()
    page.get_by_label("Lecteurs et lectrices").fill("Mathilde Caron\nPaul Roy <paul@ville.example>")
    page.get_by_label("Peut approuver l’édition").check()
    page.get_by_label("Envoyer le lien par courriel").check()
    page.get_by_role("button", name="Créer les liens").click()
    given = page.get_by_label("Mathilde Caron", exact=True).input_value()
    trouble = desk.look("reading-links-given")
    page.get_by_role("button", name="Copier").click()
    send_due_messages()
    (sent,) = mail.outbox
    assert "/lecture/" in sent.body

    tablet = visit(size="1024")
    page = tablet.open(given.removeprefix(tablet.base_url))
    page.locator("#sommaire").get_by_role("link", name="2.3").click()
    assert comes_true(
        page, "Object.keys(localStorage).some((key) => localStorage[key].includes('section-2-3'))"
    )
    assert not page.evaluate(
        "Object.entries(localStorage).flat().join().includes(location.pathname.split('/')[2])"
    )
    page = tablet.open(given.removeprefix(tablet.base_url))
    page.get_by_role("link", name=re.compile("Reprendre à « 2.3")).click()
    assert comes_true(
        page, "document.getElementById('section-section-2-3').getBoundingClientRect().top < 200"
    )

    page.get_by_label("Votre remarque").fill("Le chapitre est trop long.")
    assert page.get_by_label("À propos de").input_value() == "section-section-2-3"
    page.get_by_role("button", name="Envoyer la remarque").click()
    page.get_by_text("Votre remarque est transmise.").wait_for()

    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert len(PdfReader(download.value.path()).pages) == 1

    page.locator("summary", has_text="Approuver cette édition").click()
    assert not ReaderApproval.objects.exists()
    page.get_by_role("button", name="Oui, j’approuve").click()
    page.get_by_text("Vous avez approuvé").wait_for()
    trouble += tablet.look("reading-approved")

    page = desk.open(reverse("dossier:reading-link-list", args=[edition.candidacy.slug, edition.public_id]))
    trouble += desk.look("reading-link-list")
    page.get_by_role("link", name="Mathilde Caron").click()
    assert page.get_by_text("Le chapitre est trop long.").is_visible()
    assert page.get_by_text(re.compile("dossier ouvert")).first.is_visible()
    trouble += desk.look("reading-link-detail")
    assert trouble == []
    assert ReaderApproval.objects.get().content_digest == edition.content_digest


def test_the_page_of_the_pdf_is_found_again(visit, edition):
    link = make_reading_link(edition=edition)
    reader = visit(size="1024")
    page = reader.open(address(link))
    page.get_by_role("button", name="PDF").click()
    page.locator("#page-1 canvas").wait_for()
    assert comes_true(page, 'Object.values(localStorage).some((kept) => kept.includes(\'"view":"pdf"\'))')

    page = reader.open(address(link))
    page.get_by_role("link", name=re.compile("Reprendre à la page 1")).click()

    page.locator("#page-1 canvas").wait_for()
    assert page.locator("[data-pdf-place]").text_content() == "1 / 1"
