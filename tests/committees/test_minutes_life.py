"""Minutes as each person meets them on their pages: the team that writes, those who were there, a link without account."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from candidacy.models import Membership
from committees.minutes_tokens import invitation_id_in, minutes_token_for
from committees.models import Correction, Minutes
from tests.factories import (
    make_approved_minutes,
    make_committee,
    make_contact,
    make_correction,
    make_held_meeting,
    make_invitation,
    make_member,
    make_minutes,
    make_seat,
    make_sent_minutes,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Role = Membership.Role


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def meeting(lead):
    return make_held_meeting(committee=make_committee(candidacy=lead.candidacy), title="Arbitrages")


def reader(meeting, role=Role.PARTNER, *, attendance="present"):
    """Return the browser of somebody who was called to ``meeting``."""
    user = make_user()
    make_member(candidacy=meeting.committee.candidacy, user=user, role=role)
    contact = make_contact(candidacy=meeting.committee.candidacy, user=user)
    make_invitation(meeting=meeting, contact=contact, attendance=attendance)
    browser = Client()
    browser.force_login(user)
    return browser


def url(name, meeting, *ids):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def text_of(response):
    return " ".join(unescape(response.text).split())


def said(**fields):
    return {
        "public_id": "01234567-0123-4123-8123-0123456789ab",
        "wording": "Lire 2027.",
        "text": "",
        **fields,
    }


# --- the team ----------------------------------------------------------------------------------------


def test_the_team_sends_answers_approves_and_rectifies(client, lead, meeting):
    minutes = make_minutes(meeting=meeting)
    make_invitation(meeting=meeting)
    assert "au plus tard le mardi 3\u00a0mars 2026" in unescape(
        client.get(url("minutes-detail", meeting)).text
    )
    text = minutes.texts.get(place="opening")
    client.post(
        url("minutes-text-edit", meeting, text.public_id), {"body": "<p>Ouvert en mai</p>", "revision": 0}
    )

    assert "pour correction" in text_of(client.post(url("minutes-send", meeting), follow=True))
    correction = make_correction(minutes=minutes, text=text)
    assert "1 correction attend" in text_of(client.get(url("minutes-detail", meeting)))
    response = client.post(
        url("correction-decide", meeting, correction.public_id), {"outcome": "accepted", "reply": ""}
    )
    assert response.url == url("minutes-text-edit", meeting, text.public_id)
    client.post(
        url("minutes-text-edit", meeting, text.public_id), {"body": "<p>Ouvert en mars</p>", "revision": 1}
    )
    client.post(url("minutes-approve", meeting), {"meeting": ""})

    page = text_of(client.get(url("minutes-detail", meeting)))
    assert "Ouvert en mars" in page
    assert "ne change plus" in page
    again = client.get(url("minutes-text-edit", meeting, text.public_id), follow=True)
    assert "ne se modifie plus" in text_of(again)
    later = make_held_meeting(committee=meeting.committee, starts_at=NOW, title="Suivante")
    client.post(url("minutes-rectify", meeting), said(meeting=str(later.public_id), wording="Lire avril."))
    page = text_of(client.get(url("minutes-detail", meeting)))
    assert "Rectifié par la réunion «\u00a0Suivante\u00a0»".replace("\u00a0", " ") in page.replace(
        "\u00a0", " "
    )
    assert "Lire avril." in page


def test_what_cannot_be_done_is_said_on_the_page(client, lead, meeting):
    minutes = make_minutes(meeting=meeting)
    assert "vide" in text_of(client.post(url("minutes-send", meeting), follow=True))
    assert "pas encore été envoyé" in text_of(
        client.post(url("minutes-approve", meeting), {"meeting": ""}, follow=True)
    )
    correction = make_correction(minutes=minutes)
    refusal = client.post(
        url("correction-decide", meeting, correction.public_id), {"outcome": "refused"}, follow=True
    )
    assert "Dites pourquoi" in text_of(refusal)
    page = client.post(url("minutes-rectify", meeting), said(meeting=str(meeting.public_id)))
    assert page.status_code == 422
    correction.refresh_from_db()
    assert correction.is_pending


def test_a_correction_refused_is_answered(client, lead, meeting):
    minutes = make_sent_minutes(meeting=meeting)
    correction = make_correction(minutes=minutes)

    page = client.post(
        url("correction-decide", meeting, correction.public_id),
        {"outcome": "refused", "reply": "Cela n’a pas été dit."},
        follow=True,
    )

    assert "Cela n’a pas été dit." in text_of(page)
    assert Minutes.objects.get().corrections.get().outcome == "refused"


def test_the_correction_of_another_meeting_is_unknown(client, lead, meeting):
    make_sent_minutes(meeting=meeting)
    other = make_correction()

    answer = client.post(url("correction-decide", meeting, other.public_id), {"outcome": "accepted"})

    assert answer.status_code == 404


def test_the_meeting_leads_to_its_minutes_at_each_step(client, lead, meeting):
    def shown():
        response = client.get(url("meeting-detail", meeting))
        return text_of(response), [(step.label, step.state) for step in response.context["steps"][-2:]]

    meeting.invitations.create(contact=make_contact(candidacy=lead.candidacy), attendance="present")
    text, steps = shown()
    assert "le compte rendu" in text
    assert steps == [("Rédiger", "current"), ("Approuver", "next")]
    minutes = make_sent_minutes(meeting=meeting)
    text, steps = shown()
    assert "en correction" in text
    assert steps == [("Rédiger", "done"), ("Approuver", "current")]
    client.post(url("minutes-approve", meeting), {"meeting": ""})
    text, steps = shown()
    assert "Compte rendu approuvé" in text
    assert steps[-1] == ("Approuver", "done")
    assert Minutes.objects.get() == minutes


# --- those who were there ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ELECTED])
def test_who_was_there_reads_what_was_sent_and_asks_for_a_correction(meeting, role):
    browser = reader(meeting, role)
    minutes = make_minutes(meeting=meeting)
    assert browser.get(url("minutes-detail", meeting)).status_code == 404
    minutes = make_sent_minutes(meeting=meeting)
    assert "La séance est ouverte." in text_of(browser.get(url("minutes-detail", meeting)))
    assert "Compte rendu" in text_of(browser.get(url("meeting-detail", meeting)))
    text = minutes.texts.get(place="closing")

    refused = browser.post(url("correction-create", meeting), said(wording=""))
    page = browser.post(url("correction-create", meeting), said(text=str(text.public_id)), follow=True)

    assert refused.status_code == 422
    assert "transmise" in text_of(page)
    assert "Vos corrections" in text_of(page)
    assert Correction.objects.get().text == text


def test_who_was_excused_reads_and_asks_for_nothing(meeting):
    browser = reader(meeting, attendance="excused")
    make_sent_minutes(meeting=meeting)

    page = browser.get(url("minutes-detail", meeting))

    assert page.context["correction_form"] is None
    assert browser.post(url("correction-create", meeting), said()).status_code == 403


def test_a_member_of_the_team_who_was_there_asks_on_the_page_of_the_team(client, lead, meeting):
    contact = make_contact(candidacy=lead.candidacy, user=lead.user)
    make_invitation(meeting=meeting, contact=contact, attendance="present")
    make_sent_minutes(meeting=meeting)

    assert client.post(url("correction-create", meeting), said(wording="")).status_code == 422
    client.post(url("correction-create", meeting), said())

    assert Correction.objects.get().contact == contact


@pytest.mark.parametrize(("make", "expected"), [(make_sent_minutes, 404), (make_approved_minutes, 200)])
def test_an_elected_official_who_sits_reads_approved_minutes_of_a_meeting_they_missed(
    meeting, make, expected
):
    user = make_user()
    make_member(candidacy=meeting.committee.candidacy, user=user, role=Role.ELECTED)
    make_seat(
        committee=meeting.committee, contact=make_contact(candidacy=meeting.committee.candidacy, user=user)
    )
    make(meeting=meeting)
    browser = Client()
    browser.force_login(user)

    assert browser.get(url("minutes-detail", meeting)).status_code == expected


# --- a link without an account -----------------------------------------------------------------------


@pytest.fixture
def invitation(meeting):
    contact = make_contact(candidacy=meeting.committee.candidacy)
    return make_invitation(meeting=meeting, contact=contact, attendance="present")


def link(invitation):
    return reverse("committees:minutes-link", args=[minutes_token_for(invitation)])


def test_a_link_shows_the_minutes_and_takes_a_correction(meeting, invitation):
    minutes = make_sent_minutes(meeting=meeting)
    browser = Client(enforce_csrf_checks=True)

    page = browser.get(link(invitation))
    assert "La séance est ouverte." in text_of(page)
    assert page["Cache-Control"] == "private, no-store"
    assert page.cookies == {}
    thanks = browser.post(link(invitation), said(), follow=True)

    assert "Merci" in text_of(thanks)
    assert minutes.corrections.get().contact == invitation.contact
    assert browser.post(link(invitation), said(wording="")).status_code == 422


def test_a_link_to_approved_minutes_is_read_alone(meeting, invitation):
    make_approved_minutes(meeting=meeting)

    page = Client().get(link(invitation))

    assert page.context["correction_form"] is None
    assert Client().post(link(invitation), said()).status_code == 200
    assert not Correction.objects.exists()


def test_a_link_opens_nothing_before_the_minutes_are_sent_nor_once_the_person_left(meeting, invitation):
    address = link(invitation)
    make_minutes(meeting=meeting)
    assert Client().get(address).status_code == 404
    make_sent_minutes(meeting=meeting)
    assert Client().get(address).status_code == 200
    invitation.delete()

    assert Client().get(address).status_code == 404
    theme = reverse("committees:minutes-link-theme", args=[minutes_token_for(invitation)])
    assert Client().get(theme).status_code == 404


def test_a_form_of_another_site_asks_for_nothing(meeting, invitation):
    make_sent_minutes(meeting=meeting)

    answer = Client().post(link(invitation), said(), headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, Correction.objects.count()) == (403, 0)


@pytest.mark.parametrize("token", ["x", "x.y", "é"])
def test_an_address_that_is_not_ours_opens_nothing(token):
    assert invitation_id_in(token) is None
    assert invitation_id_in(signing.Signer(sep=".", salt="committees.minutes").sign("x")) is None
