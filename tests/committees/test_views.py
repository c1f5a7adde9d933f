"""What people do on the pages: type, err, come back, click twice."""

import csv
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from committees.models import AgendaItem, Committee, CommitteeMember, Decision, Invitation, Meeting
from tests.factories import (
    make_action,
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_member,
    make_seat,
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


# --- committees --------------------------------------------------------------------------------------


def committee_data(**fields):
    return {
        "public_id": str(uuid4()),
        "name": "Comité technique",
        "acronym": "cotech",
        "kind": "cotech",
        "rhythm_period": "month",
        "notice_days": "7",
        "decision_mode": "consensus",
        "default_minutes": "120",
        "days_1": "7",
        "at_1": "08:00",
        "days_2": "",
        "at_2": "08:00",
        **fields,
    }


def test_a_committee_is_created_with_the_reminders_asked_for(client, lead):
    response = client.post(url("committee-create", lead.candidacy), committee_data())

    committee = Committee.objects.get()
    assert response.headers["Location"] == url("committee-detail", lead.candidacy, committee.public_id)
    assert (committee.acronym, committee.candidacy) == ("COTECH", lead.candidacy)
    assert [rule.days_before for rule in committee.reminder_rules.all()] == [7]


def test_an_acronym_in_use_is_said_at_its_field(client, lead, committee):
    response = client.post(url("committee-create", lead.candidacy), committee_data(acronym="COPIL"))

    assert response.status_code == 422
    assert "Un comité porte déjà ce sigle" in text_of(response)
    assert "Comité technique" in text_of(response)


def test_two_equal_reminders_are_said_at_their_field(client, lead):
    response = client.post(url("committee-create", lead.candidacy), committee_data(days_2="7"))

    assert response.status_code == 422
    assert response.context["form"].errors == {"days_2": ["Un rappel est déjà prévu à ce délai."]}


def test_the_form_of_a_committee_shows_its_reminders(client, lead, committee):
    committee.reminder_rules.create(days_before=3)

    form = client.get(url("committee-edit", lead.candidacy, committee.public_id)).context["form"]

    assert form.initial["days_1"] == 3


def test_a_member_is_added_and_offered_no_more(client, lead, committee):
    contact = make_contact(candidacy=lead.candidacy)
    address = url("seat-create", lead.candidacy, committee.public_id)

    response = client.post(
        address, {"contact": str(contact.public_id), "quality": "chair", "is_voting": "on"}
    )

    assert response.status_code == 302
    seat = CommitteeMember.objects.get()
    assert (seat.contact, seat.quality, seat.is_voting) == (contact, "chair", True)
    assert str(contact.public_id) not in text_of(client.get(address))


# --- meetings: typing and erring ---------------------------------------------------------------------


def test_a_meeting_is_drafted_on_the_candidacys_clock(client, lead, committee):
    client.post(
        url("meeting-create", lead.candidacy, committee.public_id), meeting_data(public_id=str(uuid4()))
    )

    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2026, 3, 14, 13, 30, tzinfo=UTC)
    assert meeting.title == "COPIL du 14 mars 2026"


def test_sending_the_form_twice_drafts_one_meeting(client, lead, committee):
    data = meeting_data(public_id=str(uuid4()))
    address = url("meeting-create", lead.candidacy, committee.public_id)

    first, second = client.post(address, data), client.post(address, data)

    assert first.headers["Location"] == second.headers["Location"]
    assert Meeting.objects.count() == 1


def test_an_hour_that_the_clocks_skip_is_refused_at_its_field_and_kept(client, lead, committee):
    response = client.post(
        url("meeting-create", lead.candidacy, committee.public_id),
        meeting_data(public_id=str(uuid4()), day="2026-03-29", at="02:30", place="Hôtel de ville"),
    )

    assert response.status_code == 422
    (error,) = response.context["form"].errors["at"]
    assert "n’existe pas" in error
    assert 'value="02:30"' in text_of(response)
    assert 'value="Hôtel de ville"' in text_of(response)
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(("day", "instant"), [("2026-03-28", 13), ("2026-03-29", 12), ("2026-10-25", 13)])
def test_an_afternoon_hour_is_right_on_both_sides_of_the_change(client, lead, committee, day, instant):
    client.post(
        url("meeting-create", lead.candidacy, committee.public_id),
        meeting_data(public_id=str(uuid4()), day=day),
    )

    assert Meeting.objects.get().starts_at.hour == instant


def test_the_form_of_a_meeting_shows_its_hour_as_the_clock_does(client, lead, committee):
    meeting = make_meeting(committee=committee, starts_at=datetime(2026, 7, 14, 12, 30, tzinfo=UTC))

    text = text_of(client.get(url("meeting-edit", lead.candidacy, meeting.public_id)))

    assert 'value="2026-07-14"' in text
    assert 'value="14:30"' in text


def test_a_stale_edit_shows_both_versions_and_loses_nothing(client, lead, committee):
    meeting = make_meeting(committee=committee, place="Lens", starts_at=NOW + timedelta(days=12))
    address = url("meeting-edit", lead.candidacy, meeting.public_id)
    client.post(address, meeting_data(revision=1, title="Arbitrages", place="Liévin"))

    response = client.post(address, meeting_data(revision=1, title="Bilan", place="Avion"))

    assert response.status_code == 409
    text = text_of(response)
    for words in ("Arbitrages", "Liévin", 'value="Bilan"', 'value="Avion"'):
        assert words in text
    meeting.refresh_from_db()
    assert (meeting.title, meeting.place) == ("Arbitrages", "Liévin")


def test_saving_after_a_conflict_is_a_choice(client, lead, committee):
    meeting = make_meeting(committee=committee, place="Lens", starts_at=NOW + timedelta(days=12))
    address = url("meeting-edit", lead.candidacy, meeting.public_id)
    client.post(address, meeting_data(revision=1, title="Arbitrages", place="Liévin"))
    conflict = client.post(address, meeting_data(revision=1, title="Bilan", place="Avion"))

    revision = conflict.context["form"].data["revision"]
    response = client.post(address, meeting_data(revision=revision, title="Bilan", place="Avion"))

    assert response.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.place) == ("Bilan", "Avion")


@pytest.mark.parametrize("name", ["committee", "agenda item", "decision", "action"])
def test_every_row_that_two_people_write_has_its_conflict(client, lead, committee, name):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    if name == "committee":
        row, data, field = committee, committee_data(acronym="COPIL"), "name"
        address = url("committee-edit", lead.candidacy, committee.public_id)
    elif name == "agenda item":
        row = make_agenda_item(meeting=meeting)
        data, field = {"kind": "debate", "minutes": "10"}, "title"
        address = url("agenda-item-edit", lead.candidacy, meeting.public_id, row.public_id)
    elif name == "decision":
        row = make_decision(meeting=make_meeting(committee=committee, status=Status.HELD))
        data, field = {"status": "open"}, "wording"
        address = url("decision-edit", lead.candidacy, row.public_id)
    else:
        row = make_action(candidacy=lead.candidacy)
        data, field = {"status": "to_do"}, "title"
        address = url("action-edit", lead.candidacy, row.public_id)

    first = client.post(address, {**data, "revision": 1, field: "Version d’Anne"})
    second = client.post(address, {**data, "revision": 1, field: "Version de Bilal"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Version d’Anne" in text_of(second)
    assert "Version de Bilal" in text_of(second)
    row.refresh_from_db()
    assert getattr(row, field) == "Version d’Anne"


# --- the life of a meeting ---------------------------------------------------------------------------


def test_before_convening_the_page_says_to_whom_it_goes(client, lead, committee):
    seat = make_seat(committee=committee)
    mute = make_seat(
        committee=committee, contact=make_contact(candidacy=lead.candidacy, last_name="Muet", email="")
    )
    make_seat(committee=committee, until=NOW.date())
    meeting = make_meeting(committee=committee, starts_at=NOW + timedelta(days=12))

    response = client.get(url("meeting-convene", lead.candidacy, meeting.public_id))

    assert [(person.contact, person.address, person.is_chosen) for person in response.context["members"]] == [
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
    assert [person.is_chosen for person in response.context["members"]] == [False]


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

    assert f'name="initial-{invitation.public_id}" value="remote"' in text


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
    data = {"public_id": str(page.context["decision_token"]), "wording": "Le comité retient le site."}

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


def test_an_added_item_goes_to_the_end_of_the_agenda(client, lead, committee):
    meeting = make_meeting(committee=committee)
    make_agenda_item(meeting=meeting, position=1)

    client.post(
        url("agenda-item-create", lead.candidacy, meeting.public_id),
        {"public_id": str(uuid4()), "title": "Nouveau", "kind": "decision", "minutes": "15"},
    )

    assert AgendaItem.objects.get(title="Nouveau").position == 2


@pytest.fixture
def decisions(lead, committee):
    other = make_committee(candidacy=lead.candidacy, acronym="COTECH")
    old = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=40))
    new = make_meeting(committee=other, status=Status.HELD, starts_at=NOW - timedelta(days=4))
    late = timezone.localdate() - timedelta(days=1)
    return {
        "late": make_decision(meeting=old, wording="Rénover la salle", due_on=late),
        "applied": make_decision(meeting=old, wording="Louer la salle", status="applied", due_on=late),
        "new": make_decision(meeting=new, wording="Écrire au préfet"),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["new", "applied", "late"]),
        ("tri=date", ["late", "applied", "new"]),
        ("tri=-date", ["new", "applied", "late"]),
        ("tri=nonsense", ["new", "applied", "late"]),
        ("etat=applied", ["applied"]),
        ("etat=nonsense", ["new", "applied", "late"]),
        ("retard=on", ["late"]),
        ("q=salle", ["applied", "late"]),
        ("comite=nonsense", ["new", "applied", "late"]),
        ("page=99", ["new", "applied", "late"]),
    ],
)
def test_the_register_narrows_and_sorts_by_its_address(client, lead, decisions, query, names):
    page = client.get(url("decision-list", lead.candidacy) + "?" + query).context["page"]

    assert [decision.pk for decision in page] == [decisions[name].pk for name in names]


def test_the_register_narrows_to_a_committee(client, lead, decisions):
    committee = decisions["new"].meeting.committee

    page = client.get(url("decision-list", lead.candidacy) + f"?comite={committee.public_id}").context["page"]

    assert [decision.pk for decision in page] == [decisions["new"].pk]


def test_links_of_the_register_keep_its_filters(client, lead, decisions):
    text = text_of(client.get(url("decision-list", lead.candidacy) + "?q=salle"))

    assert "?q=salle&tri=echeance" in text
    assert "export/?q=salle&format=xlsx" in text


@pytest.mark.parametrize(
    ("query", "count"), [("", 1), ("etat=toutes", 2), ("etat=done", 1), ("etat=done&retard=on", 0)]
)
def test_the_list_of_actions_shows_what_is_open_unless_asked(client, lead, query, count):
    make_action(candidacy=lead.candidacy)
    make_action(candidacy=lead.candidacy, status="done", closed_on=NOW.date())

    assert (
        client.get(url("action-list", lead.candidacy) + "?" + query).context["page"].paginator.count == count
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Demain", "Après"]),
        ("quand=passees", ["Hier", "Avant"]),
        ("quand=toutes&tri=-date", ["Après", "Demain", "Hier", "Avant"]),
        ("quand=passees&tri=date", ["Avant", "Hier"]),
        ("etat=draft", ["Demain"]),
    ],
)
def test_meetings_are_listed_by_period(client, lead, committee, query, titles):
    for days, title, status in (
        (-9, "Avant", Status.HELD),
        (-1, "Hier", Status.CANCELLED),
        (1, "Demain", Status.DRAFT),
        (9, "Après", Status.CONVENED),
    ):
        make_meeting(committee=committee, title=title, status=status, starts_at=NOW + timedelta(days=days))

    page = client.get(url("meeting-list", lead.candidacy) + "?" + query).context["page"]

    assert [meeting.title for meeting in page] == titles


def test_the_team_finds_the_meetings_it_is_called_to(client, lead, committee):
    mine = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_invitation(meeting=mine, contact=make_contact(candidacy=lead.candidacy, user=lead.user))

    page = client.get(url("meeting-list", lead.candidacy) + "?miennes=on").context["page"]

    assert list(page) == [mine]


def test_a_long_list_is_cut_into_pages(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD)
    for n in range(51):
        make_decision(meeting=meeting, number=f"COPIL-2026-03-D{n}")

    first = client.get(url("decision-list", lead.candidacy)).context["page"]
    last = client.get(url("decision-list", lead.candidacy) + "?page=2").context["page"]

    assert (len(first), len(last)) == (50, 1)


def test_an_export_follows_the_filters_and_guards_its_cells(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=1))
    make_decision(meeting=meeting, number="COPIL-2026-03-D1", wording='=HYPERLINK("http://evil.example")')
    make_decision(meeting=meeting, number="COPIL-2026-03-D2", wording="Autre", status="applied")
    address = url("decision-export", lead.candidacy) + "?etat=open&format="

    as_csv = client.get(address + "csv")
    as_xlsx = client.get(address + "xlsx")

    rows = list(csv.reader(StringIO(as_csv.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row[0] for row in rows] == ["Numéro", "COPIL-2026-03-D1"]
    assert rows[1][3] == '\'=HYPERLINK("http://evil.example")'
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx.content)).active
    assert sheet.max_row == 2
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_the_meetings_export_counts_answers(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_invitation(meeting=meeting, answer="present", answered_at=NOW)
    make_invitation(meeting=meeting)

    content = client.get(url("meeting-export", lead.candidacy) + "?format=csv").content.decode("utf-8-sig")

    (row,) = list(csv.reader(StringIO(content), delimiter=";"))[1:]
    assert row[6:] == ["2", "1", "0", "0", "1"]
