"""Commenting a passage in a real browser: with the mouse, with the keyboard, and without a script."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from candidacy.models import Membership
from dossier.models import Comment, CommentThread, Section
from tests.browser.waiting import comes_true
from tests.factories import (
    make_candidacy,
    make_contact,
    make_member,
    make_organisation,
    make_section,
    make_thread,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
Role = Membership.Role
TEXT = (
    "<p>La fosse ouvrira au printemps.</p><p>Puis les <strong>cantines</strong> du bassin minier, dit "
    '<a href="https://exemple.example/">le projet</a>.</p><p>La fin.</p>'
)


@pytest.fixture
def section():
    candidacy = make_candidacy()
    organisation = make_organisation(candidacy=candidacy, short_name="Fabrique")
    return make_section(candidacy=candidacy, organisation=organisation, body=TEXT, title="Vision")


@pytest.fixture
def lead(section):
    person = make_user(
        email="camille@exemple.example", password=PASSWORD, first_name="Camille", last_name="Lefèvre"
    )
    make_member(candidacy=section.candidacy, user=person)
    return person


@pytest.fixture
def partner(section):
    person = make_user(
        email="samir@exemple.example", password=PASSWORD, first_name="Samir", last_name="Ouali"
    )
    make_member(candidacy=section.candidacy, user=person, role=Role.PARTNER)
    make_contact(organisation=section.organisation, user=person)
    return person


def read(visitor, section, person):
    visitor.sign_in(person, PASSWORD)
    return visitor.open(reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id]))


def select(page, first, last):
    """Select from the word ``first`` to the end of ``last``, as caret browsing does with Shift and the arrows."""
    page.evaluate(
        """([first, last]) => {
          const at = (words, atEnd) => {
            const walker = document.createTreeWalker(document.querySelector("article.prose"), NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              const place = walker.currentNode.data.indexOf(words);
              if (place >= 0) return [walker.currentNode, place + (atEnd ? words.length : 0)];
            }
          };
          getSelection().setBaseAndExtent(...at(first, false), ...at(last, true));
        }""",
        [first, last],
    )


def test_a_passage_is_commented_answered_and_resolved(visit, section, lead, partner):
    page = read(visit(), section, lead)

    page.get_by_text("La fosse ouvrira au printemps.").click(click_count=3)
    page.get_by_role("button", name="Commenter ce passage").click()
    assert page.get_by_label("Passage commenté").input_value() == "La fosse ouvrira au printemps."
    page.keyboard.type("Quel jour ?")
    page.get_by_label("Toute personne qui lit la section").check()
    page.get_by_role("button", name="Publier").click()
    page.locator("mark", has_text="La fosse ouvrira au printemps.").wait_for()
    thread = CommentThread.objects.get()
    assert (thread.quote, thread.audience) == ("La fosse ouvrira au printemps.", "readers")
    assert page.evaluate("document.activeElement.id") == f"fil-{thread.public_id}"

    page = read(visit(), section, partner)
    page.get_by_role("link", name="Commentaire 1", exact=True).click()
    assert page.locator(".thread.is-current").count() == 1
    page.get_by_role("link", name="Répondre").click()
    page.get_by_label("Réponse").fill("Le 3 avril.")
    page.get_by_role("button", name="Publier").last.click()
    page.get_by_text("Votre réponse est publiée.").wait_for()
    page.get_by_role("button", name="Résoudre").click()
    page.get_by_text("Le fil est résolu").wait_for()
    assert page.locator("mark").count() == 0
    page.get_by_role("navigation", name="Commentaires montrés").get_by_role("link", name="Résolus").click()
    page.get_by_text("Résolu par Samir Ouali").wait_for()

    assert [comment.body for comment in thread.comments.in_order()] == ["Quel jour ?", "Le 3 avril."]
    assert Section.objects.get().body == section.body


def test_a_passage_is_commented_with_the_keyboard_alone(visit, section, lead, partner):
    page = read(visit(), section, lead)

    select(page, "cantines", "le projet")
    # The page hears of a selection a moment after it is made.
    page.get_by_role("button", name="Commenter ce passage").wait_for()
    page.keyboard.press("Control+Alt+m")
    assert comes_true(page, "document.activeElement.name === 'body'")
    page.keyboard.type("Avec @sam")
    # In a thread of the team, which is what one begins with, the partner is out of reach.
    assert page.get_by_role("option").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.type("i")
    page.get_by_role("option", name="Samir Ouali – Fabrique").wait_for()
    page.keyboard.press("Enter")
    assert page.get_by_label("Samir Ouali – Fabrique").is_checked()
    page.keyboard.type("?")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Publier":
            break
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()

    thread = CommentThread.objects.get()
    assert (thread.quote, thread.audience) == ("cantines du bassin minier, dit le projet", "partner")
    comment = thread.comments.get()
    assert (comment.body, list(comment.told.all())) == ("Avec @Samir Ouali ?", [partner])
    # The marks end at the link, and the link of the thread stands behind it.
    assert page.locator("article.prose a a").count() == 0
    assert "".join(page.locator("mark").all_text_contents()) == thread.quote


def test_whom_to_tell_is_looked_for_by_name_with_the_keyboard_alone(visit, section, lead, partner):
    page = read(visit(), section, lead)
    page.locator("[data-new-comment]").click()
    page.get_by_label("Toute personne qui lit la section").check()
    page.locator("textarea[name=body]").fill("Un chiffre ?")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "search"
    page.get_by_text("1 personne.").wait_for()
    page.keyboard.type("zzz")
    page.get_by_text("Personne de ce nom").wait_for()
    for _ in range(3):
        page.keyboard.press("Backspace")
    page.keyboard.type("ouà")
    page.keyboard.press("Enter")
    page.get_by_label("Samir Ouali – Fabrique").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("Samir Ouali – Fabrique").is_checked()
    # Opened to the team alone, the thread is out of the partner’s reach.
    page.get_by_label("L’équipe", exact=True).check()
    ticked = "[...document.querySelectorAll('input:checked')].map((box) => box.labels[0]?.textContent ?? '')"
    assert comes_true(page, f"!{ticked}.some((label) => label.includes('Samir Ouali'))")
    # A page that leaves while a search is on its way breaks it off, and htmx complains.
    with page.expect_response(re.compile("personne=.*audience=readers")):
        page.get_by_label("Toute personne qui lit la section").check()
    page.get_by_label("Samir Ouali – Fabrique").check()
    page.get_by_role("button", name="Publier").click()
    page.get_by_text("Votre commentaire est publié.").wait_for()

    assert list(Comment.objects.get().told.all()) == [partner]


def test_a_comment_survives_a_session_that_ran_out(visit, section, lead):
    visitor = visit()
    page = read(visitor, section, lead)
    page.locator("[data-new-comment]").click()
    page.locator("textarea[name=body]").fill("Un chiffre ?")
    Session.objects.all().delete()

    page.get_by_role("button", name="Publier").click()
    complaint = page.get_by_text("Votre session a expiré")
    complaint.wait_for()
    assert page.locator("textarea[name=body]").input_value() == "Un chiffre ?"
    assert visitor.look("comment-signed-out") == []

    # Signing in again, in another tab, changes the token of the forms.
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Se reconnecter").click()
    other = opened.value
    other.get_by_label("Adresse").fill(lead.email)
    other.get_by_label("Mot de passe").fill(PASSWORD)
    other.get_by_role("button", name=re.compile("connecter", re.IGNORECASE)).click()
    other.wait_for_url(re.compile("/dossier/sections/"))
    page.get_by_role("button", name="Publier").click()
    page.get_by_text("Votre commentaire est publié.").wait_for()

    assert Comment.objects.get().body == "Un chiffre ?"
    assert complaint.count() == 0
    (heard,) = visitor.complaints  # htmx tells the console of what the server refuses
    assert "Status Error Code 401" in heard
    visitor.complaints.clear()


def test_who_is_ticked_while_a_search_is_on_its_way_stays_ticked(visit, section, lead, partner):
    page = read(visit(), section, lead)
    page.locator("[data-new-comment]").click()
    page.get_by_label("Toute personne qui lit la section").check()
    page.locator("textarea[name=body]").fill("Un chiffre ?")
    search = page.get_by_placeholder("Chercher par nom")
    search.focus()
    samir = page.get_by_label("Samir Ouali – Fabrique")
    samir.wait_for()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/*personne=*", hold)

    search.fill("sam")
    while not held:
        page.wait_for_timeout(50)
    samir.check()
    with page.expect_response(lambda response: "personne=" in response.url):
        held[0].continue_()
    page.get_by_text("1 personne.").wait_for()

    assert samir.is_checked()


def test_the_last_paragraph_is_quoted_and_no_more_from_the_focused_button(visit, section, lead):
    page = read(visit(), section, lead)

    page.get_by_text("La fin.").click(click_count=3)
    page.get_by_role("button", name="Commenter ce passage").focus()
    page.keyboard.press("Enter")

    assert page.get_by_label("Passage commenté").input_value() == "La fin."
    assert page.evaluate("document.activeElement.name") == "body"


def test_two_clicks_on_publish_make_one_comment(visit, section, lead):
    page = read(visit(), section, lead)

    page.locator("[data-new-comment]").click()
    page.get_by_label("Commentaire", exact=False).and_(page.locator("textarea[name=body]")).fill("Une fois.")
    page.get_by_role("button", name="Publier").dblclick()
    page.get_by_text("Votre commentaire est publié.").wait_for()

    assert Comment.objects.count() == 1


def test_everything_is_written_without_a_script(chromium, live_server, section, lead, partner):
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{live_server.url}/compte/connexion/")
    page.get_by_label("Adresse").fill(lead.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("connecter", re.IGNORECASE)).click()
    page.goto(
        live_server.url + reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id])
    )

    page.locator("[data-new-comment]").click()
    page.get_by_label("Passage commenté").fill("cantines du bassin")
    page.locator("textarea[name=body]").fill("Lesquelles ?")
    page.get_by_label("Toute personne qui lit la section").check()
    page.get_by_label("Nom d’une personne").fill("oua")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Samir Ouali – Fabrique").check()
    page.get_by_role("button", name="Publier").click()
    page.get_by_text("Votre commentaire est publié.").wait_for()
    page.get_by_role("link", name="Répondre").click()
    page.get_by_label("Réponse").fill("Je cherche.")
    page.get_by_role("button", name="Publier").click()
    page.get_by_role("button", name="Résoudre").click()
    page.get_by_text("Le fil est résolu").wait_for()
    context.close()

    thread = CommentThread.objects.get()
    assert (thread.quote, thread.is_resolved) == ("cantines du bassin", True)
    assert [comment.body for comment in thread.comments.in_order()] == ["Lesquelles ?", "Je cherche."]
    assert list(thread.comments.in_order().first().told.all()) == [partner]


@pytest.mark.parametrize("size", ["1280", "360"])
def test_comments_can_be_used_by_everybody(visit, section, lead, partner, size):
    make_thread(section=section, author=partner, quote="bassin minier", body="Lesquels ?")
    make_thread(section=section, author=lead, quote="des mots partis", body="Et là ?", audience="team")
    visitor = visit(size=size)
    page = read(visitor, section, lead)

    page.get_by_role("link", name=re.compile("^Répondre")).first.click()
    page.get_by_label("Réponse").press_sequentially("Bonjour @sa")
    page.get_by_role("option").wait_for()
    answering = visitor.look("section-comments-answering")
    page.keyboard.press("Escape")
    page.locator("[data-new-comment]").click()
    page.get_by_text("Ouvrir à d’autres").first.click()
    writing = visitor.look("section-comments-writing")

    assert answering == writing == []
    assert not visitor.scrolls_sideways()
    text, panel = (page.locator(name).bounding_box() for name in ("article.prose", "#commentaires"))
    if size == "1280":
        assert panel["x"] > text["x"] + text["width"]
    else:
        assert panel["y"] > text["y"] + text["height"]
