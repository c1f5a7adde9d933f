"""The personal link of a date poll: whoever knows the address answers, without an account or a cookie."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from candidacy.models import Membership
from committees.models import PollAnswer
from committees.poll_tokens import participant_id_in, token_for
from committees.services.polls import choose_slot, close_poll
from tests.factories import (
    make_committee,
    make_contact,
    make_member,
    make_poll,
    make_poll_participant,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def participant():
    committee = make_committee(name="Comité de pilotage")
    return make_poll_participant(poll=make_poll(committee=committee, title="Choix du scénario"))


def address(participant):
    return reverse("committees:poll-link", args=[participant.token])


def text_of(response):
    return " ".join(unescape(response.text).split())


def said(participant, value="yes"):
    return {f"slot-{slot.public_id}": value for slot in participant.poll.slots.all()} | {"comment": ""}


def values_of(participant):
    return sorted(participant.answers.values_list("value", flat=True))


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_shows_the_slots_and_answers_nothing(client, participant, method):
    response = getattr(client, method)(address(participant))

    participant.refresh_from_db()
    assert response.status_code == 200
    assert participant.answered_at is None
    assert not PollAnswer.objects.exists()
    if method == "get":
        page = text_of(response)
        assert "Choix du scénario" in page
        assert "jeudi 12 mars 2026 à 10 h 00" in page
        assert str(participant.contact) in page


def test_posting_answers_in_the_name_of_the_person_and_can_be_done_again(client, participant):
    response = client.post(address(participant), said(participant, "if_needed"))

    assert response.headers["Location"] == f"{address(participant)}?merci"
    assert "Merci, votre réponse est enregistrée." in text_of(client.get(response.headers["Location"]))
    assert values_of(participant) == ["if_needed", "if_needed"]
    client.post(address(participant), said(participant, "no"))
    assert values_of(participant) == ["no", "no"]


def test_what_was_answered_is_shown_again(client, participant):
    client.post(address(participant), said(participant, "no"))

    form = client.get(address(participant)).context["form"]

    assert {form[name].value() for name in form.fields if name.startswith("slot-")} == {"no"}


def test_an_incomplete_answer_is_shown_again_with_what_was_said(client, participant):
    slot = participant.poll.slots.first()

    response = client.post(address(participant), {f"slot-{slot.public_id}": "yes", "comment": "Le matin"})

    assert response.status_code == 422
    assert "Répondez pour ce créneau." in text_of(response)
    assert 'value="Le matin"' in response.text


def test_nobody_elses_answer_can_be_read(client, participant):
    other = make_poll_participant(poll=participant.poll, comment="Confidence")
    client.post(address(other), {**said(other), "comment": "Confidence"})

    page = text_of(client.get(address(participant)))

    assert str(other.contact) not in page
    assert "Confidence" not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_those_who_come_once_a_date_is_picked_are_told_so(client, participant, method):
    choose_slot(poll=participant.poll, slot=participant.poll.slots.first())

    response = getattr(client, method)(address(participant), said(participant))

    assert response.status_code == {"get": 200, "post": 409}[method]
    page = text_of(response)
    assert "Le sondage est clos." in page
    assert "La date retenue est le jeudi 12 mars 2026 à 10 h 00. Une convocation la confirmera." in page
    assert not PollAnswer.objects.exists()


def test_those_who_come_after_it_was_closed_without_a_date_are_told_so(client, participant):
    close_poll(poll=participant.poll)

    assert "Aucune de ces dates n’a été retenue." in text_of(client.get(address(participant)))


def test_an_address_that_we_did_not_sign_opens_nothing(client, participant):
    forged = signing.Signer(sep=".", salt="something else").sign(participant.public_id.hex)
    cut = participant.token[:-1]
    unknown = make_poll_participant()
    unknown.delete()

    for token in (forged, cut, participant.public_id.hex, "x", unknown.token):
        for name in ("poll-link", "poll-link-theme"):
            assert client.get(reverse(f"committees:{name}", args=[token])).status_code == 404
    assert client.post(reverse("committees:poll-link", args=[forged]), said(participant)).status_code == 404
    assert participant_id_in(participant.token) == participant.public_id


@pytest.mark.parametrize("loss", ["account closed", "taken off"])
def test_who_has_lost_access_to_the_candidacy_has_lost_the_link(client, loss):
    member = make_member(role=Membership.Role.PARTNER, user=make_user())
    contact = make_contact(candidacy=member.candidacy, user=member.user)
    committee = make_committee(candidacy=member.candidacy)
    participant = make_poll_participant(poll=make_poll(committee=committee), contact=contact)
    assert client.get(address(participant)).status_code == 200

    if loss == "taken off":
        member.delete()
    else:
        member.user.is_active = False
        member.user.save()

    assert client.get(address(participant)).status_code == 404


def test_a_form_sent_from_another_site_is_refused(client, participant):
    response = client.post(address(participant), said(participant), headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert "Rien n’a changé." in text_of(response)
    assert not PollAnswer.objects.exists()


def test_what_is_answered_is_not_kept_listed_or_told_and_sets_no_cookie(client, participant):
    response = client.get(address(participant))

    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"].startswith("noindex")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_no_csrf_token_is_wanted(participant):
    response = Client(enforce_csrf_checks=True).post(address(participant), said(participant))

    assert response.status_code == 302


def test_the_page_wears_the_colour_of_the_candidacy(client, participant):
    response = client.get(reverse("committees:poll-link-theme", args=[participant.token]))

    assert response.headers["Content-Type"].startswith("text/css")
    assert "--accent-fill" in response.text


def test_the_link_costs_the_same_for_few_people_and_for_many(
    client, participant, django_assert_max_num_queries
):
    counts = []
    for rows in (3, 30):
        for _ in range(rows):
            make_poll_participant(poll=participant.poll)
        with django_assert_max_num_queries(5) as captured:
            client.get(address(participant))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert token_for(participant) == participant.token
