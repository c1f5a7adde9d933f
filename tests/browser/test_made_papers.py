"""A paper that is made while one waits: its link says so, takes no second press, and comes back once the file came."""

import re
from threading import Event

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from candidacy.views import backward_plan
from committees.models import Meeting
from committees.views import answer_links, meetings
from core.pdf import PdfError
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
    make_plan_step,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"
NAME = "Dossier de séance (PDF)"
READY = "Le document est prêt et se télécharge"


class Press:
    """Prints when it is told to, and counts how often it was asked."""

    def __init__(self):
        self.asked, self.error = 0, ""
        self.may_end = Event()

    def print(self, *args, **kwargs):
        self.asked += 1
        assert self.may_end.wait(30)
        if self.error:
            raise PdfError(self.error)
        return b"%PDF-1.7 dossier"


@pytest.fixture
def press(monkeypatch):
    made = Press()
    monkeypatch.setattr(meetings, "print_pack", made.print)
    monkeypatch.setattr(answer_links, "print_pack", made.print)
    yield made
    made.may_end.set()


@pytest.fixture
def lead():
    return make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))


@pytest.fixture
def meeting(lead):
    meeting = make_meeting(
        committee=make_committee(candidacy=lead.candidacy), title="COPIL n° 3", status=Meeting.Status.CONVENED
    )
    make_paper(item=make_agenda_item(meeting=meeting))
    return meeting


@pytest.fixture
def address(meeting):
    return reverse("committees:meeting-detail", args=[meeting.committee.candidacy.slug, meeting.public_id])


@pytest.fixture
def visitor(visit, lead):
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    return visitor


def link_of(page):
    return page.locator("a[href$='dossier-de-seance.pdf']")


def check_waits_and_comes_back(page, press, *, name):
    link = link_of(page)
    told = page.get_by_role("status").filter(has_text="Le document")
    expect(link).to_have_text(re.compile(re.escape(name)))

    link.click()

    expect(link).to_have_text(re.compile("Préparation…"))
    expect(link).to_have_attribute("aria-disabled", "true")
    expect(told).to_have_text(f"Le document se prépare\u00a0: {name}.")
    link.click(force=True)  # a person may press what says that it is not to be pressed
    with page.expect_download() as download:
        press.may_end.set()
    expect(link).to_have_text(re.compile(re.escape(name)))
    expect(link).not_to_have_attribute("aria-disabled", "true")
    expect(told).to_have_text(f"{READY}\u00a0: {name}.")
    assert download.value.suggested_filename == "dossier-de-seance-copil-n-3.pdf"
    assert download.value.path().read_bytes() == b"%PDF-1.7 dossier"
    assert press.asked == 1


def test_the_link_shows_the_waiting_and_comes_back_with_the_file(visitor, press, address):
    page = visitor.open(address)
    link_of(page).focus()

    check_waits_and_comes_back(page, press, name=NAME)

    assert link_of(page).evaluate("link => link === document.activeElement")
    with page.expect_download():
        page.keyboard.press("Enter")
    assert press.asked == 2


def test_while_it_waits_the_page_is_clean(visitor, press, address):
    page = visitor.open(address)
    link_of(page).click()
    expect(link_of(page)).to_have_text(re.compile("Préparation…"))

    trouble = visitor.look_wide_and_narrow("paper-being-made")

    assert trouble == []
    with page.expect_download():
        press.may_end.set()


def test_behind_a_personal_link_it_is_the_same(visit, press, meeting):
    contact = make_contact(candidacy=meeting.committee.candidacy, email="ines@exemple.example")
    invitation = make_invitation(meeting=meeting, contact=contact)
    page = visit().open(reverse("committees:answer-link", args=[invitation.token]))

    check_waits_and_comes_back(page, press, name="L’ordre du jour et les pièces en un PDF")


def test_where_there_can_be_none_the_page_says_why_and_keeps_what_was_typed(visitor, press, address):
    press.error = "Les pièces n’ont pas pu être réunies à temps."
    press.may_end.set()
    page = visitor.open(address)
    page.evaluate("document.body.dataset.same = 'yes'")

    link_of(page).click()

    expect(page.locator("#messages")).to_contain_text(press.error)
    expect(link_of(page)).to_have_text(re.compile(re.escape(NAME)))
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_a_connection_that_is_cut_is_said_and_the_link_comes_back(visitor, address):
    page = visitor.open(address)
    visitor.context.set_offline(True)

    link_of(page).click()

    expect(page.locator("#messages")).to_contain_text("La connexion est coupée")
    expect(link_of(page)).to_have_text(re.compile(re.escape(NAME)))
    visitor.context.set_offline(False)


def test_without_script_it_is_a_plain_link(visitor, chromium, press, address):
    press.may_end.set()
    plain = chromium.new_context(storage_state=visitor.context.storage_state(), java_script_enabled=False)
    page = plain.new_page()
    page.goto(visitor.base_url + address)

    with page.expect_download() as download:
        link_of(page).click()

    assert download.value.suggested_filename == "dossier-de-seance-copil-n-3.pdf"
    plain.close()


def test_a_reader_who_lost_the_session_is_sent_to_sign_in(visitor, address):
    page = visitor.open(address)
    visitor.context.clear_cookies()

    link_of(page).click()

    page.wait_for_url(lambda url: "/connexion" in url)


def test_the_backward_plan_shows_it_too(visitor, lead, press, monkeypatch):
    monkeypatch.setattr(backward_plan, "print_backward_plan", press.print)
    make_plan_step(candidacy=lead.candidacy)
    page = visitor.open(reverse("candidacy:backward-plan", args=[lead.candidacy.slug]))
    link = page.get_by_role("link", name="PDF")

    link.click()

    expect(page.locator("a[aria-disabled=true]")).to_have_text(re.compile("Préparation…"))
    with page.expect_download():
        press.may_end.set()
    expect(link).to_be_visible()
