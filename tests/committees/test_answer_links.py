"""The personal link of a convocation: whoever knows the address answers, without an account or a cookie."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from candidacy.models import Membership
from committees.answer_tokens import invitation_id_in
from committees.models import Invitation, Meeting
from committees.services.meetings import cancel_meeting, hold_meeting, withdraw_invitation
from notifications.models import OutboundMessage
from tests.factories import (
    make_action,
    make_agenda_item,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
    make_seat,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def invitation():
    committee = make_committee(name="Comité de pilotage")
    meeting = make_meeting(
        committee=committee,
        title="Choix du scénario",
        place="Hôtel de ville",
        status=Meeting.Status.CONVENED,
        starts_at=NOW + timedelta(days=10),
    )
    seat = make_seat(committee=committee)
    return make_invitation(meeting=meeting, contact=seat.contact, is_voting=True)


def address(invitation, name="answer-link", *ids):
    return reverse(f"committees:{name}", args=[invitation.token, *ids])


def text_of(response):
    return " ".join(unescape(response.text).split())


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_shows_the_meeting_and_answers_nothing(client, invitation, method):
    make_agenda_item(meeting=invitation.meeting, title="Budget")

    response = getattr(client, method)(address(invitation))

    invitation.refresh_from_db()
    assert (response.status_code, invitation.answer) == (200, "none")
    assert not response.cookies
    assert response.headers["Referrer-Policy"] == "no-referrer"
    if method == "get":
        page = text_of(response)
        for said in ("Choix du scénario", "jeudi 12 mars 2026", "Hôtel de ville", "1. Budget"):
            assert said in page


@pytest.mark.parametrize("answer", ["present", "remote", "excused"])
def test_posting_answers_in_the_name_of_the_person_and_can_be_done_again(client, invitation, answer):
    response = client.post(address(invitation), {"answer": answer, "comment": "Merci."})

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answer_comment) == (answer, "Merci.")
    assert response.headers["Location"] == f"{address(invitation)}?merci"
    assert "Merci, votre réponse est enregistrée." in text_of(client.get(response.headers["Location"]))
    client.post(address(invitation), {"answer": "present", "comment": ""})
    invitation.refresh_from_db()
    assert invitation.answer == "present"


def test_no_answer_is_no_answer(client, invitation):
    response = client.post(address(invitation), {"answer": "none"})

    assert response.status_code == 422
    invitation.refresh_from_db()
    assert invitation.answered_at is None


def test_a_deputy_is_chosen_among_ones_own(client, invitation):
    committee = invitation.meeting.committee
    seat = committee.members.get(contact=invitation.contact)
    deputy = make_seat(committee=committee, quality="deputy", deputy_of=seat).contact
    stranger = make_seat(committee=committee).contact

    empty = client.post(address(invitation), {"answer": "deputy", "deputy": ""})
    wrong = client.post(address(invitation), {"answer": "deputy", "deputy": str(stranger.public_id)})
    right = client.post(address(invitation), {"answer": "deputy", "deputy": str(deputy.public_id)})

    assert [answer.status_code for answer in (empty, wrong, right)] == [422, 422, 302]
    assert "Choisissez qui vous représente." in text_of(empty)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.stand_in) == ("deputy", deputy)


def test_a_proxy_is_given_to_a_member_of_the_meeting_who_has_none(client, invitation):
    holder = make_invitation(meeting=invitation.meeting, is_voting=True)
    make_invitation(
        meeting=invitation.meeting, is_voting=True, answer="proxy", answered_at=NOW, stand_in=holder.contact
    )
    free = make_invitation(meeting=invitation.meeting, is_voting=True)

    full = client.post(address(invitation), {"answer": "proxy", "holder": str(holder.contact.public_id)})
    given = client.post(address(invitation), {"answer": "proxy", "holder": str(free.contact.public_id)})

    assert (full.status_code, given.status_code) == (422, 302)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.stand_in) == ("proxy", free.contact)
    again = client.get(address(invitation)).context["form"]
    assert (again["answer"].value(), again["holder"].value()) == ("proxy", str(free.contact.public_id))


def test_where_nobody_can_stand_in_it_is_not_offered(client, invitation):
    form = client.get(address(invitation)).context["form"]

    assert [value for value, _label in form.fields["answer"].choices] == ["present", "remote", "excused"]
    assert "deputy" not in form.fields
    assert "holder" not in form.fields


@pytest.mark.parametrize("is_voting", [True, False])
def test_what_is_left_to_do_shows_to_whoever_decides_and_leads_nowhere(client, invitation, is_voting):
    Invitation.objects.update(is_voting=is_voting)
    committee = invitation.meeting.committee
    held = make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=NOW - timedelta(days=9))
    owner = make_contact(candidacy=committee.candidacy)
    action = make_action(candidacy=committee.candidacy, meeting=held, title="Écrire au préfet", owner=owner)

    page = client.get(address(invitation)).text

    assert ("Écrire au préfet" in page) is is_voting
    assert str(action.public_id) not in page


@pytest.mark.parametrize("is_voting", [True, False])
def test_the_papers_open_at_the_address_as_far_as_one_may_read(client, invitation, is_voting):
    Invitation.objects.update(is_voting=is_voting)
    item = make_agenda_item(meeting=invitation.meeting)
    hidden = make_agenda_item(meeting=invitation.meeting, position=2, title="Départ", is_confidential=True)
    papers = [
        make_paper(item=item, title="Ouverte"),
        make_paper(item=item, title="Fermée", is_confidential=True),
        make_paper(item=hidden, title="Sous le point"),
        make_paper(title="Ailleurs"),
    ]

    page = client.get(address(invitation))
    opened = []
    for paper in papers:
        response = client.get(address(invitation, "answer-link-paper", paper.public_id))
        opened.append(response.status_code)
        if response.streaming:
            list(response.streaming_content)

    reserved = 200 if is_voting else 404
    assert opened == [200, reserved, reserved, 404]
    assert [title in page.text for title in ("Ouverte", "Fermée", "Départ")] == [True, is_voting, is_voting]


def test_an_observer_who_votes_reads_nothing_confidential(client, invitation):
    user = make_member(candidacy=invitation.meeting.committee.candidacy, role=Membership.Role.OBSERVER).user
    invitation.contact.user = user
    invitation.contact.save()
    make_agenda_item(meeting=invitation.meeting, title="Départ", is_confidential=True)

    assert "1. Point réservé" in text_of(client.get(address(invitation)))


def test_once_it_has_begun_the_meeting_is_shown_and_answers_are_closed(client, invitation, clock):
    clock.move_to(invitation.meeting.starts_at, tick=False)

    shown, posted = client.get(address(invitation)), client.post(address(invitation), {"answer": "present"})

    assert (shown.status_code, posted.status_code) == (200, 409)
    assert "Les réponses sont closes." in text_of(shown)
    invitation.refresh_from_db()
    assert invitation.answer == "none"


def test_a_meeting_that_was_called_off_says_why_and_takes_no_answer(client, invitation):
    cancel_meeting(meeting=invitation.meeting, reason="Préavis de grève")

    shown, posted = client.get(address(invitation)), client.post(address(invitation), {"answer": "present"})

    assert "Préavis de grève" in text_of(shown)
    assert posted.status_code == 409


def test_after_the_meeting_the_link_opens_nothing(client, invitation, clock):
    paper = make_paper(item=make_agenda_item(meeting=invitation.meeting))
    clock.move_to(invitation.meeting.ends_at, tick=False)

    answers = [
        client.get(address(invitation)),
        client.post(address(invitation), {"answer": "present"}),
        client.get(address(invitation, "answer-link-paper", paper.public_id)),
        client.get(address(invitation, "answer-link-theme")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Choix du scénario" not in answers[0].text


def test_nor_does_it_once_the_meeting_is_said_to_be_held(client, invitation, clock):
    clock.move_to(invitation.meeting.starts_at, tick=False)
    hold_meeting(meeting=invitation.meeting)

    assert client.get(address(invitation)).status_code == 404


def test_whoever_is_taken_off_the_list_has_a_link_to_nothing_even_if_called_again(client, invitation):
    withdraw_invitation(invitation=invitation)
    make_invitation(meeting=invitation.meeting, contact=invitation.contact)

    assert client.get(address(invitation)).status_code == 404


def test_an_account_that_has_lost_the_candidacy_has_lost_the_link(client, invitation):
    invitation.contact.user = make_user()
    invitation.contact.save()

    assert client.get(address(invitation)).status_code == 404


def test_a_draft_has_told_nobody(client, invitation):
    Meeting.objects.update(status=Meeting.Status.DRAFT, convened_at=None)

    assert client.get(address(invitation)).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ".x"])
def test_an_address_that_we_did_not_sign_opens_nothing(client, token):
    response = client.get(reverse("committees:answer-link", args=[token]))

    assert response.status_code == 404
    assert "Ce lien n’ouvre rien" in text_of(response)


def test_the_signature_of_another_purpose_is_none_of_ours(invitation):
    foreign = signing.Signer(sep=".", salt="committees.date-poll").sign(invitation.public_id.hex)

    assert invitation_id_in(foreign) is None
    assert invitation_id_in(invitation.token) == invitation.public_id


def test_a_form_from_another_site_answers_nothing(invitation):
    client = Client(enforce_csrf_checks=True)

    elsewhere = client.post(
        address(invitation), {"answer": "present"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    invitation.refresh_from_db()
    assert (elsewhere.status_code, invitation.answer) == (403, "none")
    assert client.post(address(invitation), {"answer": "present"}).status_code == 302


def test_an_answer_given_at_the_address_is_the_one_of_the_page(client, invitation):
    lead = make_member(candidacy=invitation.meeting.committee.candidacy)
    Client().post(address(invitation), {"answer": "remote", "comment": ""})
    client.force_login(lead.user)

    page = client.get(
        reverse("committees:meeting-detail", args=[lead.candidacy.slug, invitation.meeting.public_id])
    )

    assert page.context["roll"].answers["remote"] == 1
    assert page.context["roll"].counted == (1, 1, 0)
    assert not OutboundMessage.objects.filter(kind="meeting-update").exists()


def test_the_team_notes_a_proxy_that_was_told_by_telephone(client, invitation):
    lead = make_member(candidacy=invitation.meeting.committee.candidacy)
    holder = make_invitation(
        meeting=invitation.meeting,
        contact=make_contact(candidacy=lead.candidacy, last_name="Porteuse"),
        is_voting=True,
    )
    client.force_login(lead.user)
    ids = [lead.candidacy.slug, invitation.meeting.public_id]

    client.post(
        reverse("committees:invitation-answer", args=[*ids, invitation.public_id]),
        {"answer": "proxy", "holder": str(holder.contact.public_id), "comment": ""},
    )

    page = client.get(reverse("committees:meeting-detail", args=ids))
    assert "donne pouvoir" in page.text
    assert "Porteuse" in text_of(page)
    assert page.context["roll"].represented == 1
