"""The life of a meeting on its pages, with and without JavaScript."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from committees.meeting_page import read_roll
from committees.models import AgendaItem, Committee, Decision, Invitation, Meeting
from tests.candidacy.test_outbox_pages import make_message
from tests.factories import (
    make_agenda_item,
    make_approved_minutes,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_seat,
    make_session,
    make_user,
)

Status = Meeting.Status
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, acronym="COPIL", notice_days=7)


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def text_of(response):
    return unescape(response.content.decode())


def meeting_data(**fields):
    return {"day": "2026-03-14", "at": "14:30", "duration_minutes": "90", **fields}


# --- the life of a meeting ---------------------------------------------------------------------------


def test_before_convening_the_page_says_to_whom_it_goes(client, lead, committee):
    seat = make_seat(committee=committee)
    mute = make_seat(
        committee=committee, contact=make_contact(candidacy=lead.candidacy, last_name="Muet", email="")
    )
    make_seat(committee=committee, until=NOW.date())
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=12))

    response = client.get(url("meeting-convene", lead.candidacy, meeting.public_id))

    members = response.context["form"]["members"].people
    assert [(person.contact, person.address, person.box.data["selected"]) for person in members] == [
        (seat.contact, seat.contact.email, True),
        (mute.contact, "", True),
    ]
    assert "sans adresse" in text_of(response)


@pytest.mark.parametrize(("days", "is_short"), [(6, True), (7, False)])
def test_a_short_notice_is_told(client, lead, committee, days, is_short):
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=days))

    text = text_of(client.get(url("meeting-convene", lead.candidacy, meeting.public_id)))

    assert ("Le délai du comité est de 7 jours" in text) is is_short


def test_convening_from_the_page_twice_convenes_once(client, lead, committee):
    seat, guest = make_seat(committee=committee), make_contact(candidacy=lead.candidacy)
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=12))
    address = url("meeting-convene", lead.candidacy, meeting.public_id)
    data = {
        "revision": 1,
        "members": [str(seat.contact.public_id)],
        "guests": [str(guest.public_id)],
    }

    answers = [client.post(address, data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert {invitation.contact for invitation in meeting.invitations.all()} == {seat.contact, guest}


def test_convening_nobody_keeps_the_page_and_what_was_unticked(client, lead, committee):
    make_seat(committee=committee)
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=12))

    response = client.post(url("meeting-convene", lead.candidacy, meeting.public_id), {"revision": 1})

    assert response.status_code == 422
    assert "au moins une personne" in text_of(response)
    assert [person.box.data["selected"] for person in response.context["form"]["members"].people] == [False]


def test_convening_what_changed_meanwhile_shows_it_first(client, lead, committee):
    seat = make_seat(committee=committee)
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=12))
    client.post(
        url("meeting-edit", lead.candidacy, meeting.public_id), meeting_data(revision=1, place="Avion")
    )
    address = url("meeting-convene", lead.candidacy, meeting.public_id)
    members = [str(seat.contact.public_id)]

    stale = client.post(address, {"revision": 1, "members": members})

    assert stale.status_code == 409
    assert "Avion" in text_of(stale)
    assert 'name="revision" value="2"' in text_of(stale)
    assert client.post(address, {"revision": 2, "members": members}).status_code == 302


def test_a_past_date_is_refused_on_the_page(client, lead, committee):
    seat = make_seat(committee=committee)
    meeting = make_meeting(committee=committee, starts_at=NOW - timedelta(days=1))

    response = client.post(
        url("meeting-convene", lead.candidacy, meeting.public_id),
        {"revision": 1, "members": [str(seat.contact.public_id)]},
    )

    assert response.status_code == 422
    assert "La date de la réunion est passée" in text_of(response)


def test_moving_cancelling_and_restoring_from_the_pages(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    make_invitation(meeting=meeting)

    client.post(
        url("meeting-move", lead.candidacy, meeting.public_id), meeting_data(revision=1, day="2026-03-20")
    )
    client.post(url("meeting-cancel", lead.candidacy, meeting.public_id), {"reason": "Grève."})
    cancelled = Meeting.objects.get()
    client.post(url("meeting-restore", lead.candidacy, meeting.public_id))

    meeting.refresh_from_db()
    assert (cancelled.status, cancelled.cancellation_reason) == (Status.CANCELLED, "Grève.")
    assert (meeting.status, meeting.local_day.isoformat(), meeting.sequence) == (
        Status.CONVENED,
        "2026-03-20",
        3,
    )


def test_cancelling_without_a_reason_keeps_the_meeting(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED)

    response = client.post(url("meeting-cancel", lead.candidacy, meeting.public_id), {"reason": " "})

    assert response.status_code == 422
    meeting.refresh_from_db()
    assert meeting.status == Status.CONVENED


def test_what_a_step_refuses_is_said(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=1))

    response = client.post(url("meeting-hold", lead.candidacy, meeting.public_id), follow=True)

    assert "La réunion n’a pas commencé" in text_of(response)


@pytest.mark.parametrize(
    ("status", "days", "button"),
    [
        (Status.DRAFT, 3, "convoquer/"),
        (Status.DRAFT, -3, "tenir/"),
        (Status.CONVENED, 3, "invitations/nouvelle/"),
        (Status.CONVENED, -3, "tenir/"),
        (Status.CANCELLED, 3, "retablir/"),
    ],
)
def test_the_page_of_a_meeting_offers_its_next_step(client, lead, committee, status, days, button):
    meeting = make_meeting(committee=committee, status=status, starts_at=NOW + timedelta(days=days))

    text = text_of(client.get(url("meeting-detail", lead.candidacy, meeting.public_id)))

    assert f"/reunions/{meeting.public_id}/{button}" in text


@pytest.mark.parametrize(("answered", "told"), [(1, "1 réponse sur 3."), (2, "2 réponses sur 3.")])
def test_the_next_step_counts_the_answers(client, lead, committee, answered, told):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=3))
    for number in range(3):
        given = {"answer": "present", "answered_at": NOW} if number < answered else {}
        make_invitation(meeting=meeting, **given)

    assert told in text_of(client.get(url("meeting-detail", lead.candidacy, meeting.public_id)))


def test_the_quorum_tells_what_is_missing(client, lead, committee):
    Committee.objects.update(quorum=3)
    meeting = make_meeting(committee=committee, status=Status.CONVENED)
    for answer in ("present", "excused"):
        make_invitation(meeting=meeting, is_voting=True, answer=answer, answered_at=NOW)

    response = client.get(url("meeting-detail", lead.candidacy, meeting.public_id))

    roll = response.context["roll"]
    assert (roll.voices, roll.missing_voices, roll.answered) == (1, 2, 2)
    assert "il en manque 2" in text_of(response)


# --- parts by htmx -----------------------------------------------------------------------------------

HTMX = {"HX-Request": "true"}


def test_moving_an_item_by_htmx_brings_the_agenda_alone(client, lead, committee):
    meeting = make_meeting(committee=committee)
    make_agenda_item(meeting=meeting, title="Premier", position=1)
    item = make_agenda_item(meeting=meeting, title="Second", position=2)

    response = client.post(
        url("agenda-item-move", lead.candidacy, meeting.public_id, item.public_id),
        {"direction": "up"},
        headers=HTMX,
    )

    text = text_of(response)
    assert text.index("1. Second") < text.index("2. Premier")
    assert "<html" not in text
    assert "HX-Request" in response.headers["Vary"]


def test_moving_an_item_without_script_returns_to_the_agenda(client, lead, committee):
    meeting = make_meeting(committee=committee)
    item = make_agenda_item(meeting=meeting)

    response = client.post(
        url("agenda-item-move", lead.candidacy, meeting.public_id, item.public_id), {"direction": "down"}
    )

    assert response.headers["Location"].endswith(f"/reunions/{meeting.public_id}/#ordre-du-jour")


def test_an_unknown_direction_moves_nothing(client, lead, committee):
    item = make_agenda_item(meeting=make_meeting(committee=committee))

    response = client.post(
        url("agenda-item-move", lead.candidacy, item.meeting.public_id, item.public_id),
        {"direction": "sideways"},
    )

    assert response.status_code == 400


def test_noting_an_answer_by_htmx_brings_the_list_and_says_so(client, lead, committee):
    invitation = make_invitation(
        meeting=make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    )

    response = client.post(
        url("invitation-answer", lead.candidacy, invitation.meeting.public_id, invitation.public_id),
        {"answer": "remote"},
        headers=HTMX,
    )

    text = text_of(response)
    assert 'id="invitations"' in text
    assert "Réponse enregistrée" in text
    assert "<html" not in text


def test_answering_from_the_list_returns_to_the_list(client, lead, committee):
    invitation = make_invitation(
        meeting=make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    )
    address = url("invitation-answer", lead.candidacy, invitation.meeting.public_id, invitation.public_id)
    back = url("meeting-list", lead.candidacy)

    assert client.post(address, {"answer": "present", "retour": back}).headers["Location"] == back


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_an_answer_never_sends_elsewhere(client, lead, committee, back):
    invitation = make_invitation(
        meeting=make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    )
    address = url("invitation-answer", lead.candidacy, invitation.meeting.public_id, invitation.public_id)

    response = client.post(address, {"answer": "present", "retour": back})

    assert response.headers["Location"].startswith(f"/c/{lead.candidacy.slug}/")


# --- attendance --------------------------------------------------------------------------------------


def test_two_people_who_tick_at_once_do_not_undo_each_other(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=1))
    first, second = make_invitation(meeting=meeting), make_invitation(meeting=meeting)
    address = url("invitation-attendance", lead.candidacy, meeting.public_id)
    shown = {f"initial-{row.public_id}": "unknown" for row in (first, second)}

    client.post(address, {**shown, str(first.public_id): "present", str(second.public_id): "unknown"})
    client.post(address, {**shown, str(first.public_id): "unknown", str(second.public_id): "absent"})

    assert [Invitation.objects.get(pk=row.pk).attendance for row in (first, second)] == ["present", "absent"]


def test_the_attendance_sheet_remembers_what_it_showed(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD)
    invitation = make_invitation(meeting=meeting, attendance="remote")

    text = text_of(client.get(url("invitation-attendance", lead.candidacy, meeting.public_id)))

    assert re.search(f'name="initial-{invitation.public_id}"[^>]* value="remote"', text)


def test_attendance_before_the_meeting_is_refused_with_its_reason(client, lead, committee):
    invitation = make_invitation(
        meeting=make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=1))
    )

    response = client.post(
        url("invitation-attendance", lead.candidacy, invitation.meeting.public_id),
        {f"initial-{invitation.public_id}": "unknown", str(invitation.public_id): "present"},
    )

    assert response.status_code == 422
    assert "à partir de l’ouverture" in text_of(response)


# --- decisions, actions, lists -----------------------------------------------------------------------


def test_a_decision_is_recorded_in_one_line(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=1))
    page = client.get(url("meeting-detail", lead.candidacy, meeting.public_id))
    data = {
        "public_id": str(page.context["decision_form"]["public_id"].value()),
        "wording": "Le comité retient le site.",
    }

    for _ in range(2):
        client.post(url("decision-create", lead.candidacy, meeting.public_id), data)

    assert Decision.objects.get().number == "COPIL-2026-03-D1"


def test_a_decision_given_up_without_a_word_is_said_at_its_field(client, lead, committee):
    decision = make_decision(meeting=make_meeting(committee=committee, status=Status.HELD))

    response = client.post(
        url("decision-edit", lead.candidacy, decision.public_id),
        {"revision": 1, "wording": "Une.", "status": "abandoned"},
    )

    assert response.status_code == 422
    assert "status_note" in response.context["form"].errors


def test_what_approved_minutes_settle_is_shown_and_not_changed(client, lead, committee):
    meeting = make_held_meeting(committee=committee)
    decision = make_decision(meeting=meeting, wording="Une.", agenda_item=make_agenda_item(meeting=meeting))
    address = url("decision-edit", lead.candidacy, decision.public_id)
    typed = {"revision": 1, "wording": "Une autre.", "status": "open"}
    make_approved_minutes(meeting=meeting)

    page = client.get(address)
    older_page = client.post(address, typed)
    follow_up = client.post(address, {"revision": 1, "status": "applied", "due_on": "2026-06-01"})

    assert [page.context["form"].fields[name].disabled for name in ("wording", "agenda_item")] == [True, True]
    assert "le texte et le point ne changent plus" in text_of(page)
    assert older_page.status_code == 422
    assert "la décision et son point ne changent plus" in text_of(older_page)
    assert older_page.context["form"]["wording"].value() == "Une autre."
    assert follow_up.status_code == 302
    decision.refresh_from_db()
    assert (decision.wording, decision.agenda_item, decision.status) == (
        "Une.",
        meeting.agenda_items.get(),
        "applied",
    )


def test_once_the_minutes_are_approved_nothing_offers_another_decision(client, lead, committee):
    meeting = make_held_meeting(committee=committee)
    make_session(meeting=meeting)
    make_approved_minutes(meeting=meeting)
    address = url("decision-create", lead.candidacy, meeting.public_id)

    pages = [
        client.get(url(name, lead.candidacy, meeting.public_id))
        for name in ("meeting-detail", "session", "decision-create")
    ]
    posted = client.post(address, {"public_id": str(uuid4()), "wording": "Le comité décide."})

    for page in pages:
        assert "aucune décision ne s’y ajoute" in text_of(page)
        assert 'name="wording"' not in page.text
    assert posted.status_code == 422
    assert "aucune décision ne s’y ajoute" in text_of(posted)
    assert "Le comité décide." in text_of(posted)
    assert not Decision.objects.exists()


def test_an_added_item_goes_to_the_end_of_the_agenda(client, lead, committee):
    meeting = make_meeting(committee=committee)
    make_agenda_item(meeting=meeting, position=1)

    client.post(
        url("agenda-item-create", lead.candidacy, meeting.public_id),
        {"public_id": str(uuid4()), "title": "Nouveau", "kind": "decision", "minutes": "15"},
    )

    assert AgendaItem.objects.get(title="Nouveau").position == 2


# --- whom messages do not reach ----------------------------------------------------------------------


@pytest.fixture
def convened(committee):
    return make_meeting(
        committee=committee,
        status=Status.CONVENED,
        convened_at=NOW,
        starts_at=NOW + timedelta(days=12),
    )


def problems_on(client, meeting):
    response = client.get(url("meeting-detail", meeting.committee.candidacy, meeting.public_id))
    found = {invitation.contact.last_name: problem for invitation, problem in response.context["roll"].people}
    assert all(problem in text_of(response) for problem in found.values())
    return found


def test_the_page_says_whom_messages_do_not_reach(client, lead, committee, convened):
    people = {
        name: make_contact(candidacy=lead.candidacy, last_name=name, **fields)
        for name, fields in {
            "Bien": {},
            "Refus": {"email": "refus@exemple.example"},
            "Muet": {"email": ""},
            "Parti": {"user": make_user()},
            "Membre": {"user": make_member(candidacy=lead.candidacy, role="partner").user},
            "Rejet": {"email": "rejet@exemple.example"},
        }.items()
    }
    for contact in people.values():
        make_invitation(meeting=convened, contact=contact)
    for name, refused in (("Refus", "refus@exemple.example"), ("Rejet", "")):
        make_message(
            lead.candidacy,
            kind="meeting-convocation",
            about=convened.public_id,
            recipient_key=f"contact:{people[name].public_id}",
            status="failed",
            recipient_address=refused,
        )

    assert problems_on(client, convened) == {
        "Bien": "",
        "Refus": "adresse refusée par le serveur",
        "Muet": "sans adresse\u00a0: rien ne partira",
        "Parti": "n’a plus accès\u00a0: rien ne partira",
        "Membre": "",
        "Rejet": "un message n’est pas parti",
    }


def test_a_message_that_failed_elsewhere_marks_nobody_here(client, lead, committee, convened):
    contact = make_contact(candidacy=lead.candidacy, last_name="Bien", email="bien@exemple.example")
    make_invitation(meeting=convened, contact=contact)
    key = f"contact:{contact.public_id}"
    make_message(lead.candidacy, recipient_key=key, status="failed")
    make_message(
        make_candidacy(), recipient_key=key, status="failed", recipient_address="bien@exemple.example"
    )

    assert problems_on(client, convened) == {"Bien": ""}


@pytest.mark.parametrize("count", [3, 30])
def test_who_is_not_reached_is_read_in_two_queries(lead, convened, django_assert_num_queries, count):
    for _ in range(count):
        make_invitation(meeting=convened, contact=make_contact(candidacy=lead.candidacy))
    meeting = Meeting.objects.select_related("committee__candidacy").get(pk=convened.pk)

    with django_assert_num_queries(2):
        assert len(read_roll(meeting, []).people) == count
