"""Nothing typed is ever lost: two people at once, a closed tab, a lost connection, a session that ran out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from candidacy.models import Membership
from dossier import outline
from dossier.models import Section, SectionDraft, SectionPresence
from tests.factories import (
    make_contact,
    make_member,
    make_organisation,
    make_reviewer,
    make_section,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
SAVED = re.compile("Brouillon enregistré à")


@pytest.fixture
def section():
    organisation = make_organisation()
    return make_section(
        candidacy=organisation.candidacy,
        organisation=organisation,
        status=Section.Status.WRITING,
        body="<p>Le début de tous.</p><p>Le milieu.</p><p>La fin de tous.</p>",
        limit_value=20,
    )


@pytest.fixture
def lead(section):
    user = make_user(password=PASSWORD, first_name="Camille", last_name="Lefèvre")
    make_member(candidacy=section.candidacy, user=user, role=Membership.Role.LEAD)
    return user


@pytest.fixture
def partner(section):
    user = make_user(password=PASSWORD, first_name="Samir", last_name="Ouali")
    make_member(candidacy=section.candidacy, user=user, role=Membership.Role.PARTNER)
    make_contact(organisation=section.organisation, user=user)
    return user


def edit_path(section):
    return reverse("dossier:section-edit", args=[section.candidacy.slug, section.public_id])


def open_editor(visitor, section):
    page = visitor.open(edit_path(section))
    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    return page


def arrive(visit, person, section, **options):
    visitor = visit(**options)
    visitor.sign_in(person, PASSWORD)
    open_editor(visitor, section)
    return visitor


def text_box(page):
    return page.get_by_role("textbox", name="Texte de la section")


def write(page, words, *, at="End"):
    text_box(page).click()
    page.keyboard.press(f"Control+{at}")
    page.keyboard.type(words)


def state(page):
    return page.locator("[data-draft-state]")


def save(page):
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_load_state()


def save_and_leave(page):
    """Save, and wait until the text has arrived: the page sends it only once the draft is safe."""
    save(page)
    page.wait_for_url(lambda url: not url.endswith("/texte/"))


def kept_in_browser(page):
    return page.evaluate("Object.keys(localStorage).length")


def test_two_people_write_different_passages_and_both_are_kept(visit, section, lead, partner):
    first, second = arrive(visit, lead, section), arrive(visit, partner, section)
    expect(second.page.get_by_text("Camille Lefèvre écrit depuis")).to_be_visible()
    write(first.page, "D’abord. ", at="Home")
    write(second.page, " Enfin.")

    save_and_leave(first.page)
    save(second.page)

    page = second.page
    page.get_by_role("heading", name="Deux textes pour une section").wait_for()
    assert (
        page.get_by_role("region", name=re.compile("enregistré entre-temps")).locator("ins").inner_text()
        == "D’abord."
    )
    assert page.get_by_role("region", name="Ce que vous avez changé").locator("ins").inner_text() == "Enfin."
    assert second.look("writing-conflict") == []
    save_and_leave(page)
    section.refresh_from_db()
    assert section.body == "<p>D’abord. Le début de tous.</p><p>Le milieu.</p><p>La fin de tous. Enfin.</p>"
    assert (section.revision, SectionDraft.objects.count()) == (2, 0)


def test_two_people_rewrite_the_same_passage_and_one_of_them_chooses(visit, section, lead, partner):
    first, second = arrive(visit, lead, section), arrive(visit, partner, section, size="360")
    write(first.page, "La cheffe. ", at="Home")
    write(second.page, "Le partenaire. ", at="Home")
    save_and_leave(first.page)
    save(second.page)

    page = second.page
    page.get_by_text("Un passage a été réécrit des deux côtés").wait_for()
    expect(text_box(page)).to_contain_text("La cheffe.")
    expect(text_box(page)).to_contain_text("Le partenaire.")
    assert second.look("writing-conflict") == []
    assert not second.scrolls_sideways()
    page.get_by_role("button", name="Ne garder que mon texte").click()
    expect(text_box(page)).not_to_contain_text("La cheffe.")
    save_and_leave(page)

    section.refresh_from_db()
    assert "Le partenaire." in section.body
    assert "La cheffe." not in section.body
    assert "La cheffe." in section.revisions.get(number=1).body


def test_a_text_survives_the_tab_that_was_closed(visit, section, lead):
    visitor = arrive(visit, lead, section)
    write(visitor.page, " Ajout gardé.")
    expect(state(visitor.page)).to_have_text(SAVED)
    assert SectionDraft.objects.get().base_revision == 0
    visitor.page.close()

    visitor.page = visitor.context.new_page()
    page = open_editor(visitor, section)

    expect(page.get_by_text("Vous retrouvez votre brouillon")).to_be_visible()
    expect(text_box(page)).to_contain_text("Ajout gardé.")
    assert visitor.look("writing-draft") == []
    save_and_leave(page)
    section.refresh_from_db()
    assert "Ajout gardé." in section.body
    assert (SectionDraft.objects.count(), kept_in_browser(page)) == (0, 0)


def test_a_text_given_up_is_gone_and_leaves_the_section_as_it_was(visit, section, lead):
    visitor = arrive(visit, lead, section)
    write(visitor.page, " Ajout.")
    expect(state(visitor.page)).to_have_text(SAVED)

    page = open_editor(visitor, section)
    page.locator("summary", has_text="Abandonner le brouillon").click()
    page.get_by_role("button", name="Abandonner le brouillon").click()
    page.get_by_text("Le brouillon est abandonné").wait_for()

    page = open_editor(visitor, section)
    expect(text_box(page)).not_to_contain_text("Ajout.")
    assert not SectionDraft.objects.exists()


def test_a_text_survives_a_lost_connection_and_leaves_when_it_is_back(visit, section, lead):
    visitor = arrive(visit, lead, section)
    page = visitor.page
    write(page, " En ligne.")
    expect(state(page)).to_have_text(SAVED)

    visitor.context.set_offline(True)
    page.keyboard.type(" Dans le tunnel.")
    expect(state(page)).to_have_text(re.compile("Connexion perdue"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(text_box(page)).to_contain_text("Dans le tunnel.")
    assert kept_in_browser(page) == 1
    visitor.context.set_offline(False)

    expect(state(page)).to_have_text(SAVED)
    assert "Dans le tunnel." in SectionDraft.objects.get().body
    assert kept_in_browser(page) == 0


def test_a_text_typed_without_connection_survives_the_tab_that_was_closed(visit, section, lead):
    visitor = arrive(visit, lead, section)
    visitor.context.set_offline(True)
    write(visitor.page, " Dans le tunnel.")
    expect(state(visitor.page)).to_have_text(re.compile("Connexion perdue"))
    visitor.page.close()
    visitor.context.set_offline(False)
    assert not SectionDraft.objects.exists()

    visitor.page = visitor.context.new_page()
    page = open_editor(visitor, section)

    expect(text_box(page)).to_contain_text("Dans le tunnel.")
    expect(state(page)).to_have_text(SAVED)
    assert "Dans le tunnel." in SectionDraft.objects.get().body


def stop_time(page):
    """Let no timer of the page come due any more: what happens to the text is what the last moment does."""
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))


def test_words_typed_at_the_last_moment_survive_the_tab_that_is_closed(visit, section, lead):
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in(lead, PASSWORD)
    page = open_editor(visitor, section)
    stop_time(page)
    write(page, " Au dernier moment.")
    assert kept_in_browser(page) == 0
    with page.expect_event("close"):
        page.close(run_before_unload=True)

    visitor.page = visitor.context.new_page()
    visitor.context.clock.resume()
    page = open_editor(visitor, section)

    expect(text_box(page)).to_contain_text("Au dernier moment.")


def test_words_typed_at_the_last_moment_survive_another_page_and_nobody_is_asked(visit, section, lead):
    visitor = visit()
    page, asked = visitor.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.clock.install()
    visitor.sign_in(lead, PASSWORD)
    open_editor(visitor, section)
    stop_time(page)
    write(page, " Au dernier moment.")
    assert kept_in_browser(page) == 0

    visitor.open(reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id]))
    visitor.context.clock.resume()
    open_editor(visitor, section)

    expect(text_box(page)).to_contain_text("Au dernier moment.")
    assert asked == []


def test_words_typed_at_the_last_moment_leave_when_the_page_is_put_aside(visit, section, lead):
    """A telephone puts a page aside without closing it, and may never come back to it."""
    visitor = visit(size="360")
    visitor.page.clock.install()
    visitor.sign_in(lead, PASSWORD)
    page = open_editor(visitor, section)
    stop_time(page)
    write(page, " Au dernier moment.")
    assert not SectionDraft.objects.exists()

    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )

    expect(state(page)).to_have_text(SAVED)
    assert "Au dernier moment." in SectionDraft.objects.get().body


def test_words_typed_at_the_last_moment_leave_before_the_next_page_is_asked_for(visit, section, lead):
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in(lead, PASSWORD)
    page = open_editor(visitor, section)
    stop_time(page)
    write(page, " Au dernier moment.")

    page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")

    expect(state(page)).to_have_text(SAVED)
    assert "Au dernier moment." in SectionDraft.objects.get().body


def test_words_typed_at_the_last_moment_are_kept_where_a_page_only_hides(visit, section, lead):
    """Some browsers tell a page that it goes away by this alone."""
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in(lead, PASSWORD)
    page = open_editor(visitor, section)
    stop_time(page)
    write(page, " Au dernier moment.")
    assert kept_in_browser(page) == 0

    page.evaluate("dispatchEvent(new Event('pagehide'))")

    assert kept_in_browser(page) == 1


def sign_in_again(page, person):
    page.get_by_label("Adresse").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("connecter", re.IGNORECASE)).click()
    page.wait_for_url(lambda url: "/connexion" not in url)


def test_a_text_survives_a_session_that_ran_out(visit, section, lead):
    visitor = arrive(visit, lead, section)
    page = visitor.page
    Session.objects.all().delete()
    write(page, " Après la pause.")
    expect(state(page)).to_have_text(re.compile("Votre session a expiré"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(text_box(page)).to_contain_text("Après la pause.")

    page.get_by_role("link", name="Se reconnecter").click()
    sign_in_again(page, lead)

    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    expect(text_box(page)).to_contain_text("Après la pause.")
    expect(state(page)).to_have_text(SAVED)
    save_and_leave(page)
    section.refresh_from_db()
    assert "Après la pause." in section.body


def test_a_text_is_never_sent_under_the_name_of_somebody_else(visit, section, lead, partner):
    visitor = arrive(visit, lead, section)
    page = visitor.page
    Session.objects.all().delete()
    write(page, " Par la cheffe.")
    expect(state(page)).to_have_text(re.compile("Votre session a expiré"))
    visitor.context.set_offline(True)

    other = visitor.context.new_page()
    visitor.context.set_offline(False)
    other.goto(visitor.base_url + edit_path(section))
    sign_in_again(other, partner)
    other.get_by_role("toolbar", name="Mise en forme").wait_for()

    expect(text_box(other)).not_to_contain_text("Par la cheffe.")
    expect(state(page)).to_have_text(re.compile("Une autre personne est maintenant connectée"))
    save(page)
    expect(text_box(page)).to_contain_text("Par la cheffe.")
    assert not SectionDraft.objects.exists()
    section.refresh_from_db()
    assert section.revision == 0
    assert kept_in_browser(page) == 1


def give_to_others(section):
    Section.objects.filter(pk=section.pk).update(organisation=make_organisation(candidacy=section.candidacy))


def leave_to_review(section):
    """The section goes to others, and those who wrote it still read it."""
    make_reviewer(section=section, contact=section.organisation.contacts.get())
    give_to_others(section)
    Section.objects.filter(pk=section.pk).update(status=Section.Status.IN_REVIEW)


@pytest.mark.parametrize(
    ("happens", "told"),
    [(give_to_others, "vous n’y avez plus accès"), (leave_to_review, "plus le droit d’écrire ici")],
)
def test_a_text_survives_the_section_that_is_given_to_others(visit, section, partner, happens, told):
    visitor = visit()
    page, sent = visitor.page, []
    page.clock.install()
    visitor.sign_in(partner, PASSWORD)
    open_editor(visitor, section)
    write(page, " Gardé au serveur.")
    expect(state(page)).to_have_text(SAVED)
    happens(section)

    page.keyboard.type(" Gardé ici.")
    expect(state(page)).to_have_text(re.compile(told))
    page.on("request", lambda request: sent.append(request.url) if "/brouillon/" in request.url else None)
    page.clock.fast_forward(20_000)
    page.wait_for_timeout(500)
    assert sent == []
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(state(page)).to_have_text(re.compile("Copiez-le avant de quitter cette page."))
    page.wait_for_timeout(500)

    assert page.url.endswith("/texte/")
    expect(text_box(page)).to_contain_text("Gardé au serveur. Gardé ici.")
    assert kept_in_browser(page) == 1
    section.refresh_from_db()
    assert "Gardé" not in section.body


def test_two_windows_of_one_person_do_not_overwrite_each_other(visit, section, lead):
    visitor = arrive(visit, lead, section)
    page, other = visitor.page, visitor.context.new_page()
    other.goto(visitor.base_url + edit_path(section))
    other.get_by_role("toolbar", name="Mise en forme").wait_for()
    write(page, " Ici.")
    expect(state(page)).to_have_text(SAVED)

    write(other, " Là.")

    expect(state(other)).to_have_text(re.compile("continué dans une autre fenêtre"))
    assert "Ici." in SectionDraft.objects.get().body
    other.get_by_role("button", name="Garder le texte d’ici").click()
    expect(state(other)).to_have_text(SAVED)
    assert "Là." in SectionDraft.objects.get().body


def test_who_was_there_first_learns_of_the_second(visit, section, lead, partner):
    first = visit()
    first.page.clock.install()
    first.sign_in(lead, PASSWORD)
    page = open_editor(first, section)
    arrive(visit, partner, section)
    expect(page.get_by_text("Samir Ouali écrit depuis")).to_be_hidden()

    page.clock.fast_forward(31_000)

    expect(page.get_by_text("Samir Ouali écrit depuis")).to_be_visible()


def test_who_leaves_the_editor_disappears(visit, section, lead, partner):
    visitor = arrive(visit, lead, section)
    reader = arrive(visit, partner, section)
    expect(reader.page.get_by_text("Camille Lefèvre écrit depuis")).to_be_visible()

    visitor.open(reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id]))
    visitor.page.wait_for_timeout(500)

    assert list(SectionPresence.objects.values_list("user", flat=True)) == [partner.pk]
    page = open_editor(reader, section)
    expect(page.get_by_text("Camille Lefèvre écrit depuis")).to_be_hidden()


@pytest.mark.parametrize(
    ("unit", "limit", "at_first", "at_last", "over"),
    [
        ("words", 20, "10 mots", "19 mots sur 20", "2 de trop"),
        ("characters", 71, "44 signes", "71 signes sur 71", "9 de trop"),
        ("pages", 20, "environ 10 pages", "environ 19 pages sur 20", "2 de trop"),
    ],
)
def test_the_limit_is_counted_and_told_as_it_is_crossed(
    visit, section, lead, monkeypatch, unit, limit, at_first, at_last, over
):
    monkeypatch.setattr(outline, "WORDS_A_PAGE", 1)
    Section.objects.filter(pk=section.pk).update(limit_unit=unit, limit_value=limit)
    page = arrive(visit, lead, section).page
    meter = page.locator("#section-length")
    expect(meter).to_contain_text(at_first)

    write(page, " un" * 9)
    expect(meter.get_by_role("status")).to_contain_text(at_last)
    expect(meter.get_by_role("status")).not_to_contain_text("Limite dépassée")
    write(page, " un" * 3)

    expect(meter.get_by_role("status")).to_contain_text("Limite dépassée")
    expect(meter.locator(".meter__value")).to_contain_text(over)
    save_and_leave(page)
    section.refresh_from_db()
    assert (section.word_count, section.character_count) == (22, 80)


@pytest.mark.parametrize(
    ("unit", "at_first", "at_last"),
    [("words", "13 mots", "20 mots sur 20"), ("pages", "environ 13 pages", "environ 20 pages sur 20")],
)
def test_the_limit_of_a_part_counts_its_sections_while_one_types(
    visit, section, lead, monkeypatch, unit, at_first, at_last
):
    monkeypatch.setattr(outline, "WORDS_A_PAGE", 1)
    make_section(candidacy=section.candidacy, parent=section, body="<p>Et trois autres</p>")
    Section.objects.filter(pk=section.pk).update(limit_unit=unit)
    page = arrive(visit, lead, section).page
    meter = page.locator("#section-length")
    expect(meter).to_contain_text(at_first)

    write(page, " un" * 7)
    expect(meter.get_by_role("status")).to_contain_text(at_last)
    expect(meter.get_by_role("status")).not_to_contain_text("Limite dépassée")
    write(page, " un")

    expect(meter.get_by_role("status")).to_contain_text("Limite dépassée")


def test_a_text_too_long_to_be_sent_stays_where_it_is(visit, section, lead):
    page = arrive(visit, lead, section).page
    page.evaluate(
        "document.querySelector('textarea[name=body]').richEditor.commands.setContent('<p>' + 'mot '.repeat(250000) + '</p>', {emitUpdate: true})"
    )

    expect(state(page)).to_have_text(re.compile("trop long"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_timeout(500)

    assert page.url.endswith("/texte/")
    assert page.evaluate("document.querySelector('textarea[name=body]').value.length") > 900_000
    section.refresh_from_db()
    assert section.revision == 0
