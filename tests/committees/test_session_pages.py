"""The screen of the room without a script: every deed is a form."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from committees.attendance_sheet import SheetForm, print_attendance_sheet
from committees.models import Action, Arrival, Decision, Invitation, Meeting
from committees.services.session import close_session, note_arrival, open_session
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_member,
    make_open_meeting,
    make_seat,
)
from tests.pdf_checks import pdf_failures

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIGNATURE = "M10 20 L30 40 L50 60"


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
    committee = make_committee(candidacy=lead.candidacy, acronym="COPIL", quorum=1)
    row = make_open_meeting(committee=committee, title="Arbitrages", place="Hôtel de ville")
    for position in (1, 2):
        make_agenda_item(meeting=row, position=position, title=f"Point {position}")
    contact = make_contact(candidacy=lead.candidacy, first_name="Anne", last_name="Vasseur")
    make_invitation(
        meeting=row, contact=make_seat(committee=committee, contact=contact).contact, is_voting=True
    )
    return row


def url(name, meeting, *ids):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def text_of(response):
    return " ".join(unescape(response.text).split())


def test_the_screen_opens_the_room_and_goes_on_to_the_next_item(client, meeting):
    assert "Ouvrir la séance" in text_of(client.get(url("session", meeting)))

    page = client.post(url("session-open", meeting), follow=True)
    assert page.context["room"].current.item.title == "Point 1"
    assert f'data-started="{int(NOW.timestamp())}"' in page.text
    after = page.context["room"].after.item
    seen = page.context["room"].current.item.public_id
    page = client.post(url("session-item", meeting, after.public_id), {"seen": seen}, follow=True)

    assert page.context["room"].current.item.title == "Point 2"
    assert "Point suivant" not in text_of(page)
    page = client.post(url("session-close", meeting), follow=True)
    assert page.redirect_chain[-1][0] == url("minutes-detail", meeting)
    meeting.refresh_from_db()
    assert meeting.status == Meeting.Status.HELD


def test_the_room_of_a_meeting_to_come_is_not_open_yet(client, lead):
    meeting = make_meeting(committee=make_committee(candidacy=lead.candidacy), status="convened")

    assert "s’ouvre à l’heure" in text_of(client.get(url("session", meeting)))
    assert "s’ouvre à l’heure" in text_of(client.post(url("session-open", meeting), follow=True))
    assert "n’a pas été ouverte" in text_of(client.post(url("session-close", meeting), follow=True))


@pytest.mark.parametrize(
    "typed", ["Vasseur", "anne vasseur", "VASSEUR Anne", "label"], ids=["last", "first", "reversed", "picked"]
)
def test_a_decision_is_entered_in_one_line_with_an_owner_picked_or_typed(client, lead, meeting, typed):
    open_session(meeting=meeting)
    invitation = meeting.invitations.get()
    note_arrival(invitation=invitation, attendance="present")
    page = client.get(url("session", meeting))
    form = page.context["decision_form"]
    if typed == "label":
        [typed] = page.context["people_labels"]
    item = page.context["room"].current.item
    data = {
        "public_id": form["public_id"].initial,
        "item": item.public_id,
        "wording": "Le comité retient le scénario 2.",
        "owner": typed,
        "due_on": "2026-04-01",
        "votes_for": "1",
    }

    for _ in range(2):
        response = client.post(url("session-decide", meeting), data)

    assert response.url == url("session", meeting) + "#decider"
    decision = Decision.objects.get()
    assert (decision.number, decision.agenda_item, decision.owner) == (
        "COPIL-2026-03-D1",
        item,
        invitation.contact,
    )
    assert decision.vote.voices == 1
    assert "à l’unanimité (1 voix)" in text_of(client.get(url("session", meeting)))
    page = client.get(reverse("committees:decision-edit", args=[lead.candidacy.slug, decision.public_id]))
    assert "Vote : à l’unanimité (1 voix)" in text_of(page)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"owner": "Inconnu"}, "Personne ne porte ce nom"),
        ({"owner": "Petit"}, "Plusieurs personnes"),
        ({"wording": ""}, "obligatoire"),
        ({"votes_for": "5"}, "5 votes pour 0 voix présentes"),
    ],
)
def test_what_is_wrong_in_a_line_is_said_and_the_line_stays(client, lead, meeting, fields, said):
    for _ in range(2):
        make_contact(candidacy=lead.candidacy, last_name="Petit")
    open_session(meeting=meeting)

    page = client.post(
        url("session-decide", meeting),
        {"public_id": meeting.public_id, "wording": "Le comité retient.", **fields},
    )

    assert page.status_code == 422
    assert said in text_of(page)
    assert not Decision.objects.exists()


def test_an_action_is_entered_in_one_line_once(client, meeting):
    open_session(meeting=meeting)
    data = {"public_id": meeting.public_id, "title": "Écrire à la Région", "owner": "Vasseur", "due_on": ""}

    for _ in range(2):
        client.post(url("session-act", meeting), data)
    refused = client.post(url("session-act", meeting), {**data, "title": ""})

    action = Action.objects.get()
    assert (action.title, action.meeting, action.owner.last_name) == (
        "Écrire à la Région",
        meeting,
        "Vasseur",
    )
    assert refused.status_code == 422


def test_an_action_belongs_to_the_item_that_was_current_when_its_line_was_shown(client, meeting):
    open_session(meeting=meeting)
    page = client.get(url("session", meeting))
    first, after = page.context["room"].current.item, page.context["room"].after.item
    shown = page.context["action_form"]["item"].value()
    client.post(url("session-item", meeting, after.public_id), {"seen": first.public_id})

    client.post(
        url("session-act", meeting), {"public_id": meeting.public_id, "item": shown, "title": "Écrire"}
    )

    assert Action.objects.get().agenda_item == first


def test_somebody_is_ticked_by_a_form_or_by_htmx(client, meeting):
    open_session(meeting=meeting)
    invitation = meeting.invitations.get()
    address = url("session-arrive", meeting, invitation.public_id)

    response = client.post(address, {"attendance": "present"})
    assert response.url == url("session", meeting) + "#presences"
    part = client.post(address, {"attendance": "remote"}, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert part.text.lstrip().startswith('<section id="presences"')
    invitation.refresh_from_db()
    assert invitation.attendance == "remote"
    assert "Sélectionnez" in text_of(client.post(address, {"attendance": "x"}, follow=True))


def test_the_voices_follow_each_tick_and_what_is_ticked_elsewhere(client, meeting):
    open_session(meeting=meeting)
    invitation = meeting.invitations.get()
    Invitation.objects.filter(pk=invitation.pk).update(is_voting=True)
    here = client.get(url("session", meeting)).text
    assert "0 voix présentes sur 1" in here
    assert f'hx-get="{url("session-people", meeting)}" hx-trigger="every 15s"' in here

    ticked = client.post(
        url("session-arrive", meeting, invitation.public_id),
        {"attendance": "present"},
        headers={"HX-Request": "true"},
    )
    elsewhere = client.get(url("session-people", meeting), headers={"HX-Request": "true"})

    for part in (ticked.text, elsewhere.text):
        assert part.lstrip().startswith('<section id="presences"')
        assert re.search(r'id="voix"[^>]* hx-swap-oob="true">1 voix présentes sur 1', part)
    assert client.get(url("session-people", meeting)).url == url("session", meeting) + "#presences"
    close_session(meeting=meeting)
    assert "hx-trigger" not in client.get(url("session", meeting)).text


def test_somebody_signs_or_only_says_that_they_are_there(client, meeting):
    open_session(meeting=meeting)
    invitation = meeting.invitations.get()
    address = url("session-sign", meeting, invitation.public_id)
    assert "J’ai pris part" in text_of(client.get(address))

    client.post(address, {"signature": ""})
    assert Arrival.objects.get().signature == ""
    refused = client.post(address, {"signature": "<svg onload=x>"})
    client.post(address, {"signature": SIGNATURE})

    assert refused.status_code == 422
    assert "n’a pas pu être lue" in text_of(refused)
    assert Arrival.objects.get().signature == SIGNATURE


@pytest.mark.parametrize("count", [1, 4])
def test_the_screen_costs_the_same_for_any_number_of_people(
    client, lead, meeting, count, django_assert_num_queries
):
    for rank in range(count):
        note_arrival(invitation=make_invitation(meeting=meeting), attendance="present")
        make_decision(meeting=meeting, agenda_item=make_agenda_item(meeting=meeting, position=rank + 5))
    open_session(meeting=meeting)
    for text in meeting.minutes.texts.all():
        text.drafts.create(author=lead.user, body="<p>Tapé</p>", base_revision=0)
    client.get(url("session", meeting))

    with django_assert_num_queries(16):
        client.get(url("session", meeting))


# --- the sheets --------------------------------------------------------------------------------------


def words_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_sheet_to_be_signed_lists_who_was_called_and_has_room(client, meeting):
    pdf = client.get(url("attendance-sheet", meeting, "a-signer")).content

    words = words_of(pdf)
    for told in ("Feuille d’émargement", "Arbitrages", "Hôtel de ville", "Anne Vasseur", "Signature"):
        assert told in words
    assert "Présence" not in words
    assert not pdf_failures(pdf)


def test_before_anybody_is_called_the_sheet_lists_the_members_of_that_day(meeting):
    draft = make_meeting(committee=meeting.committee)

    assert "Anne Vasseur" in words_of(print_attendance_sheet(draft, SheetForm.BLANK))


def test_the_sheet_of_who_came_says_when_and_shows_the_signature(meeting):
    invitation = meeting.invitations.get()
    unsigned = print_attendance_sheet(meeting, SheetForm.NOTED)
    note_arrival(invitation=invitation, attendance="present", signature=SIGNATURE)

    pdf = print_attendance_sheet(meeting, SheetForm.NOTED)

    words = words_of(pdf)
    assert "Feuille de présence" in words
    assert "présent·e 10 h 00" in words
    assert len(_figures(pdf)) == len(_figures(unsigned)) + 1
    assert not pdf_failures(pdf)


def _figures(pdf):
    """Return what the structure of the file calls figures."""
    found, todo = [], [PdfReader(BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, list):
            todo += node
        elif hasattr(node, "get"):
            if node.get("/S") == "/Figure":
                found.append(node)
            if "/K" in node:
                todo.append(node["/K"])
    return found


def test_the_sheet_of_who_came_waits_for_the_meeting(client, meeting):
    coming = make_meeting(committee=meeting.committee, status="convened", starts_at=NOW + timedelta(days=1))

    assert client.get(url("attendance-sheet", coming, "presences")).status_code == 404
    assert client.get(url("attendance-sheet", meeting, "autre")).status_code == 404
