"""The minutes are written in the room: nothing typed is lost there, whatever else happens on that page."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from committees.models import Decision, MinutesDraft, MinutesText
from committees.services.minutes import save_minutes_text
from committees.services.session import note_arrival, open_session
from committees.session_page import read_room
from tests.browser.conftest import TABLET
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_invitation,
    make_member,
    make_open_meeting,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
SAVED = re.compile("Brouillon enregistré à")
UNANSWERED = re.compile("console: (htmx:|net::ERR_INTERNET|Response Status Error Code 401)")
ELSEWHERE = re.compile("autre fenêtre")


@pytest.fixture
def lead(live_server):
    return make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))


@pytest.fixture
def meeting(lead):
    row = make_open_meeting(committee=make_committee(candidacy=lead.candidacy, quorum=1))
    for position in (1, 2, 3):
        make_agenda_item(meeting=row, position=position, title=f"Un intitulé assez long, le {position}")
    for _ in range(2):
        contact = make_contact(candidacy=lead.candidacy)
        make_invitation(meeting=row, contact=contact, is_voting=True)
    open_session(meeting=row)
    return row


@pytest.fixture(params=["1280", TABLET])
def visitor(visit, lead, request):
    visitor = visit(size=request.param)
    visitor.page.clock.install()
    visitor.sign_in(lead.user, PASSWORD)
    return visitor


def room(meeting):
    return reverse("committees:session", args=[meeting.committee.candidacy.slug, meeting.public_id])


def enter(visitor, meeting):
    page = visitor.open(room(meeting))
    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    return page


def text_box(page):
    return page.get_by_role("textbox", name="Texte du compte rendu")


def state(page):
    return page.locator("[data-draft-state]")


def write(page, words):
    page.get_by_role("toolbar", name="Mise en forme").wait_for()  # the plain field is gone by then
    text_box(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def text_of(meeting, number):
    return MinutesText.objects.get(agenda_item=meeting.agenda_items.get(position=number))


def at(page, number):
    return expect(page.get_by_text(f"Point {number} sur 3")).to_be_visible()


def test_one_writes_ticks_decides_and_goes_on_without_leaving_the_room(visitor, meeting):
    page = enter(visitor, meeting)
    trouble = visitor.look("room-writing-before")
    page.keyboard.press("m")
    page.keyboard.type("Le budget est présenté.")
    expect(text_box(page)).to_have_text("Le budget est présenté.")
    trouble += visitor.look("room-writing")
    if visitor.scrolls_sideways():
        trouble.append("scrolls sideways")

    # Another tablet ticks; this page asks after a quarter of a minute, under the hands of whoever types.
    note_arrival(invitation=meeting.invitations.first(), attendance="present")
    page.clock.fast_forward(16_000)
    page.get_by_text("1 voix présentes sur 2").wait_for()
    page.keyboard.type(" Il est débattu.")
    expect(text_box(page)).to_have_text("Le budget est présenté. Il est débattu.")
    page.get_by_role("button", name="Majorité").click()
    expect(text_box(page)).to_contain_text("sur 1 voix.")

    # One line, and the text is where it was.
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.type("Le comité adopte le budget.")
    page.keyboard.press("Enter")
    page.locator("#decider li", has_text="Le comité adopte le budget.").wait_for()
    expect(page.locator("#decider [name=wording]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.type(" Clos.")
    expect(text_box(page)).to_contain_text("sur 1 voix. Clos.")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    at(page, 2)

    first = text_of(meeting, 1)
    assert "Il est débattu." in first.body
    assert first.body.endswith("Clos.</p>")
    assert (Decision.objects.count(), MinutesDraft.objects.count()) == (1, 0)
    page.get_by_text("est enregistré.").wait_for()
    write(page, "Deuxième texte.")
    page.get_by_role("button", name="Enregistrer, point suivant").click()
    at(page, 3)
    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    expect(text_box(page)).to_be_focused()
    page.keyboard.type("Troisième texte.")
    page.locator("summary", has_text="Lever la séance").click()
    page.locator("details[open]").get_by_role("button", name="Lever la séance").click()
    page.wait_for_url("**/compte-rendu/")
    assert "Deuxième texte." in text_of(meeting, 2).body
    assert "Troisième texte." in text_of(meeting, 3).body
    assert trouble == []


def test_whoever_went_back_to_the_text_stays_there_when_a_line_has_arrived(visit, lead, meeting):
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    page = enter(visitor, meeting)
    page.locator("#agir [name=title]").fill("Écrire à la Région")
    write(page, "Au même")

    page.evaluate("document.querySelector('#agir form').requestSubmit()")
    page.locator("#agir li", has_text="Écrire à la Région").wait_for()
    page.keyboard.type(" moment.")

    expect(text_box(page)).to_have_text("Au même moment.")
    expect(state(page)).to_have_text(SAVED)  # nothing is under way any more when the test ends


def test_letters_typed_before_the_editor_is_there_are_letters_of_the_text(visit, lead, meeting):
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    page, held = visitor.page, []

    def hold(route):
        held.append(route)

    page.route("**/js/editor.js", hold)
    visitor.open(room(meeting))
    page.locator("[data-keys-list]").wait_for()

    page.keyboard.press("m")
    page.keyboard.type("nord")
    for route in held:
        route.continue_()
    page.get_by_role("toolbar", name="Mise en forme").wait_for()

    expect(text_box(page)).to_be_focused()
    page.keyboard.type(" et sud")
    expect(text_box(page)).to_have_text("nord et sud")
    assert held
    assert read_room(meeting).current.number == 1
    expect(state(page)).to_have_text(SAVED)


def test_words_typed_before_one_signs_or_comes_back_are_there_and_go_on(visitor, meeting):
    page = enter(visitor, meeting)
    write(page, "Au dernier moment.")
    page.get_by_role("link", name="Signer").first.click()
    page.wait_for_url("**/signer/")

    page.go_back()
    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    expect(text_box(page)).to_have_text("Au dernier moment.")
    write(page, " Et la suite.")
    page.clock.fast_forward(6_000)

    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_text(ELSEWHERE)).to_have_count(0)
    while "Et la suite." not in MinutesDraft.objects.get().body:
        page.wait_for_timeout(100)


def test_words_that_follow_what_the_server_has_without_the_page_knowing_are_found_again(visit, lead, meeting):
    """The connection breaks while a draft is under way: it has arrived, its answer has not. And the text is too long to
    be sent by a page that goes away.
    """
    long = "Un long début. " * 1_500
    save_minutes_text(text=text_of(meeting, 1), body=f"<p>{long}</p>", expected_revision=0, by=lead.user)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    page = enter(visitor, meeting)
    write(page, " Au début.")
    expect(state(page)).to_have_text(SAVED)

    def arrive_unanswered(route):
        route.fetch()
        route.abort()

    page.route("**/brouillon/", arrive_unanswered, times=1)
    page.keyboard.type(" Au milieu.")
    expect(state(page)).to_have_text(re.compile("Connexion perdue"))
    page.route("**/brouillon/", lambda route: route.abort())
    page.keyboard.type(" À la fin.")
    visitor.open(reverse("committees:meeting-detail", args=[lead.candidacy.slug, meeting.public_id]))
    assert "À la fin." not in MinutesDraft.objects.get().body

    enter(visitor, meeting)

    expect(text_box(page)).to_contain_text("Au début. Au milieu. À la fin.")
    expect(state(page)).to_have_text(re.compile("Connexion perdue"))
    page.unroute("**/brouillon/")
    expect(state(page)).to_have_text(SAVED)
    assert "À la fin." in MinutesDraft.objects.get().body
    page.keyboard.press("n")
    at(page, 2)
    assert "À la fin." in text_of(meeting, 1).body


def test_a_text_that_a_colleague_saved_meanwhile_is_shown_beside_ones_own(visitor, lead, meeting):
    page = enter(visitor, meeting)
    write(page, "De la cheffe.")
    colleague = make_member(candidacy=lead.candidacy).user
    save_minutes_text(text=text_of(meeting, 1), body="<p>De l’équipe.</p>", expected_revision=0, by=colleague)

    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_text("Rien n’est perdu, rien n’est encore enregistré.")).to_be_in_viewport()
    at(page, 1)
    expect(text_box(page)).to_contain_text("De l’équipe.")
    expect(text_box(page)).to_contain_text("De la cheffe.")
    trouble = visitor.look("room-conflict")
    assert not visitor.scrolls_sideways()
    page.get_by_role("button", name="Ne garder que mon texte").click()
    expect(text_box(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    at(page, 2)

    text = text_of(meeting, 1)
    assert (text.body, text.revision) == ("<p>De la cheffe.</p>", 2)
    assert trouble == []


def test_a_draft_that_met_another_text_is_not_saved_by_whoever_only_passes(visit, lead, meeting):
    text = text_of(meeting, 1)
    text.drafts.create(author=lead.user, body="<p>D’avant.</p>", base_revision=0)
    save_minutes_text(text=text, body="<p>De l’équipe.</p>", expected_revision=0, by=lead.user)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    page = enter(visitor, meeting)
    expect(page.get_by_text("Rien n’est perdu, rien n’est encore enregistré.")).to_be_in_viewport()

    page.keyboard.press("n")
    at(page, 2)
    expect(page.locator(".session-agenda__item", has_text="brouillon")).to_have_count(1)

    text.refresh_from_db()
    assert text.body == "<p>De l’équipe.</p>"
    assert text.drafts.get().body == "<p>D’avant.</p>"


def test_a_text_survives_a_session_that_ran_out_and_a_lost_connection(visitor, lead, meeting):
    page = enter(visitor, meeting)
    visitor.context.set_offline(True)
    write(page, "Dans le tunnel.")
    page.clock.fast_forward(16_000)
    expect(state(page)).to_have_text(re.compile("Connexion perdue"))
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    at(page, 1)
    expect(text_box(page)).to_have_text("Dans le tunnel.")
    visitor.context.set_offline(False)
    page.clock.fast_forward(6_000)
    expect(state(page)).to_have_text(SAVED)

    Session.objects.all().delete()
    write(page, " Après la pause.")
    before = text_box(page).bounding_box()["y"]
    page.clock.fast_forward(16_000)
    page.locator("#messages", has_text="Votre session a expiré").wait_for(state="attached")
    assert abs(text_box(page).bounding_box()["y"] - before) < 2
    expect(text_box(page)).to_have_text("Dans le tunnel. Après la pause.")
    expect(state(page)).to_have_text(re.compile("Votre session a expiré"))
    expect(state(page)).to_be_in_viewport()
    page.locator("[data-draft-ways]").get_by_role("link", name="Se reconnecter").click()
    page.get_by_label("Adresse").fill(lead.user.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("connecter", re.IGNORECASE)).click()

    page.wait_for_url(f"**{room(meeting)}")
    expect(text_box(page)).to_have_text("Dans le tunnel. Après la pause.")
    page.clock.fast_forward(6_000)
    expect(state(page)).to_have_text(SAVED)
    # What asks who is there says so too when nobody answers.
    assert all(UNANSWERED.match(complaint) for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_nobody_who_typed_nothing_meets_what_a_colleague_saved(visitor, lead, meeting):
    page = enter(visitor, meeting)
    text = text_of(meeting, 1)
    save_minutes_text(text=text, body="<p>De l’équipe.</p>", expected_revision=0, by=lead.user)

    page.keyboard.press("n")
    at(page, 2)

    text.refresh_from_db()
    assert (text.revision, read_room(meeting).current.number) == (1, 2)


def test_without_a_script_the_text_is_written_on_its_own_page_and_the_room_is_next(
    chromium, live_server, visit, lead, meeting
):
    signed_in = visit()
    signed_in.sign_in(lead.user, PASSWORD)
    context = chromium.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(live_server.url + room(meeting))
    expect(page.locator("textarea")).to_be_hidden()

    page.get_by_role("link", name="Rédiger ce point").click()
    page.locator("textarea").fill("<p>Sans script.</p>")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url(f"**{room(meeting)}")
    expect(page.locator(".minutes__text", has_text="Sans script.")).to_be_visible()
    page.get_by_role("button", name="Point suivant").click()
    at(page, 2)

    assert text_of(meeting, 1).body == "<p>Sans script.</p>"
    context.close()
