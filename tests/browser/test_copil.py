"""The life of one COPIL, from the draft to its approved minutes, at a desk and on a tablet."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from committees.models import Correction, Meeting, Minutes
from notifications.tasks import send_due_messages
from tests.browser.conftest import TABLET
from tests.browser.waiting import comes_true
from tests.factories import make_committee, make_contact, make_member, make_seat, make_user

PASSWORD = "une-phrase-assez-longue"
CHAIR = "mathilde.caron@exemple.example"


@pytest.fixture
def lead(live_server, settings):
    settings.BASE_URL = live_server.url
    user = make_user(password=PASSWORD, first_name="Camille", last_name="Lefèvre")
    return make_member(user=user)


@pytest.fixture
def committee(lead):
    committee = make_committee(
        candidacy=lead.candidacy, name="Comité de pilotage", acronym="COPIL", kind="copil", quorum=1
    )
    contact = make_contact(
        candidacy=lead.candidacy, first_name="Mathilde", last_name="Caron", email=CHAIR, user=None
    )
    make_seat(committee=committee, contact=contact, quality="chair")
    return committee


def prepare(page, committee, url):
    page.goto(url("meeting-create", committee.public_id))
    page.get_by_label("Objet").fill("COPIL des arbitrages")
    page.get_by_label("Jour").fill((timezone.localdate() + timedelta(days=10)).isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/reunions/*-*/")
    meeting = Meeting.objects.get()
    for title in ("Budget 2027", "Calendrier"):
        page.goto(url("agenda-item-create", meeting.public_id))
        page.get_by_label("Intitulé").fill(title)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.wait_for_url(lambda address: "nouveau" not in address)
    return meeting


def convene(page, meeting, url):
    page.goto(url("meeting-convene", meeting.public_id))
    page.get_by_role("button", name="Convoquer", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/convoquer/"))


def answer(visit, size):
    """Follow the link of the convocation, without an account, and say that one comes; then take the papers along."""
    convocation = next(message for message in mail.outbox if message.to == [CHAIR])
    assert [name for name, _content, _kind in convocation.attachments if str(name).endswith(".pdf")]
    reader = visit(size=size)
    reader.page.goto(re.search(r"http\S+/reponse/\S+", convocation.body)[0])
    trouble = reader.look("answer-link")
    reader.page.get_by_label("présent·e").check()
    reader.page.get_by_role("button", name="Répondre").click()
    reader.page.get_by_text("Merci, votre réponse est enregistrée").wait_for()
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="en un PDF").click()
    words = " ".join(leaf.extract_text() for leaf in PdfReader(download.value.path()).pages)
    assert "Budget 2027" in words
    return trouble


def draw(page, size):
    """Sign with the mouse at a desk, with a finger on a tablet."""
    page.wait_for_url("**/signer/")  # and loaded: the script listens by then
    canvas = page.locator("canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    start, end = (box["x"] + 40, box["y"] + 60), (box["x"] + 160, box["y"] + 90)
    if size == TABLET:
        finger = page.context.new_cdp_session(page)
        for kind, (x, y) in (
            ("touchStart", start),
            ("touchMove", (start[0] + 60, start[1] + 10)),
            ("touchMove", end),
        ):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def hold(visitor, page, meeting, url, size):
    """Hold the meeting with the keyboard, but for the signature, which is drawn."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    page.goto(url("session", meeting.public_id))
    page.get_by_role("button", name="Ouvrir la séance").press("Enter")
    page.get_by_role("heading", name="Budget 2027", exact=True).wait_for()
    page.get_by_role("toolbar", name="Mise en forme").wait_for()  # the scripts have run by then
    assert re.match(r"\d+\s+min\s+\d\d", page.locator("[data-timer]").inner_text())
    trouble = visitor.look("session")

    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.locator("#presences [aria-pressed=true]").wait_for()
    page.get_by_role("link", name="Signer").click()
    draw(page, size)
    page.get_by_role("button", name="Je suis présent·e").click()
    page.get_by_text("signé").wait_for()
    page.get_by_text("1 voix présentes sur 1").wait_for()
    page.get_by_role("toolbar", name="Mise en forme").wait_for()

    page.keyboard.press("d")
    page.keyboard.type("Le comité adopte le budget.")
    page.keyboard.press("Tab")
    page.keyboard.type("Caron")
    page.get_by_label("Pour", exact=True).fill("1")
    page.keyboard.press("Enter")
    page.get_by_text("à l’unanimité (1 voix)").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("Écrire à la Région")
    page.keyboard.press("Enter")
    page.locator("#agir li", has_text="Écrire à la Région").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Calendrier", exact=True).wait_for()

    page.locator("summary", has_text="Lever la séance").click()
    page.locator("details[open]").get_by_role("button", name="Lever la séance").click()
    page.wait_for_url("**/compte-rendu/")
    return trouble


def minute(visitor, page, url, meeting):
    """Write the first item; what is typed is found again after the tab was closed."""
    item = meeting.agenda_items.first().minutes_texts.get()
    address = url("minutes-text-edit", meeting.public_id, item.public_id)
    page.goto(address)
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name="Unanimité").click()
    page.keyboard.type(" Le total est de mai.")
    page.locator("[data-draft-state]", has_text="Brouillon enregistré").wait_for()
    trouble = visitor.look("minutes-text")
    page.goto("about:blank")
    page.goto(address)
    page.get_by_text("Vous retrouvez votre brouillon").wait_for()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url("**/compte-rendu/#*")
    page.get_by_text("Adopté à l’unanimité. Le total est de mai.").wait_for()
    return trouble + visitor.look("minutes")


def correct(visit, size):
    """Follow the link of the message, without an account, and ask for a correction."""
    body = next(message.body for message in mail.outbox if "à relire" in message.subject)
    tablet = visit(size=size)
    tablet.page.goto(re.search(r"http\S+/relecture/\S+", body)[0])
    tablet.page.get_by_label("Passage").select_option(label="Budget 2027")
    tablet.page.get_by_label("Correction proposée").fill("Lire mars au lieu de mai.")
    trouble = tablet.look("minutes-link")
    tablet.page.get_by_role("button", name="Proposer cette correction").click()
    tablet.page.get_by_text("Merci").wait_for()
    return trouble


@pytest.mark.parametrize("size", ["1280", TABLET])
def test_a_copil_goes_from_its_draft_to_its_approved_minutes(visit, lead, committee, size):
    def url(name, *ids):
        return desk.base_url + reverse(f"committees:{name}", args=[lead.candidacy.slug, *ids])

    desk = visit(size=size)
    desk.sign_in(lead.user, PASSWORD)
    page = desk.page
    meeting = prepare(page, committee, url)
    convene(page, meeting, url)
    send_due_messages()
    trouble = answer(visit, size)
    trouble += hold(desk, page, meeting, url, size)
    trouble += minute(desk, page, url, meeting)

    page.locator("summary", has_text="Envoyer pour correction").click()
    page.locator("details[open]").get_by_role("button", name="Envoyer pour correction").click()
    page.get_by_text("part vers les personnes").wait_for()
    send_due_messages()
    trouble += correct(visit, size)
    assert Correction.objects.get().contact.last_name == "Caron"

    page.goto(url("minutes-detail", meeting.public_id))
    page.get_by_role("button", name="Accepter").click()
    page.wait_for_url("**/textes/**")
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Adopté à l’unanimité. Le total est de mars.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url("**/compte-rendu/#*")
    page.locator("summary", has_text="Approuver").click()
    page.get_by_role("button", name="Approuver le compte rendu").click()
    page.get_by_text("ce compte rendu ne change plus").wait_for()
    assert Minutes.objects.get().is_approved
    trouble += desk.look("minutes-approved")

    page.locator("summary", has_text="Télécharger").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Compte rendu (PDF)").click()
    words = " ".join(leaf.extract_text() for leaf in PdfReader(download.value.path()).pages)
    for told in (
        "Le total est de mars.",
        "Mathilde Caron",
        "COPIL-",
        "Écrire à la Région",
        "unanimité (1 voix)",
    ):
        assert told in " ".join(words.split())
    assert comes_true(page, "document.readyState === 'complete'")
    assert trouble == []
