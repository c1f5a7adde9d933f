"""What people do on the pages: type, err, come back, click twice."""

from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from committees.models import Committee, CommitteeMember, Meeting
from tests.factories import (
    make_action,
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_meeting,
    make_member,
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
        "minutes_due_days": "2",
        "minutes_silence_days": "10",
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


def test_a_reminder_may_speak_to_some_alone(client, lead):
    response = client.post(
        url("committee-create", lead.candidacy), committee_data(audience_1="unanswered"), follow=True
    )

    committee = Committee.objects.get()
    assert [rule.audience for rule in committee.reminder_rules.all()] == ["unanswered"]
    assert "à celles qui n’ont pas répondu" in text_of(response)
    form = client.get(url("committee-edit", lead.candidacy, committee.public_id)).context["form"]
    assert form.initial["audience_1"] == "unanswered"


def test_each_reminder_has_its_own_days_and_words(client, lead):
    response = client.post(
        url("committee-create", lead.candidacy),
        committee_data(text_1="Pensez au volet mobilité.", days_2="1", working_days_2="on"),
        follow=True,
    )

    committee = Committee.objects.get()
    rules = committee.reminder_rules.order_by("-days_before")
    assert [(rule.days_before, rule.text, rule.working_days) for rule in rules] == [
        (7, "Pensez au volet mobilité.", False),
        (1, "", True),
    ]
    assert "Pensez au volet mobilité." in text_of(response)
    shown = client.get(url("committee-edit", lead.candidacy, committee.public_id)).context["form"].initial
    assert (shown["text_1"], shown["working_days_1"]) == ("Pensez au volet mobilité.", False)
    assert (shown["text_2"], shown["working_days_2"]) == ("", True)
    page = text_of(client.get(url("reminder-rules", lead.candidacy, committee.public_id)))
    assert "Pensez au volet mobilité." in page
    assert "jours ouvrés" in page


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


# --- clicking twice ----------------------------------------------------------------------------------


def test_sending_the_form_of_a_committee_twice_creates_one(client, lead):
    data = committee_data()
    address = url("committee-create", lead.candidacy)

    first, second = client.post(address, data), client.post(address, data)

    assert first.headers["Location"] == second.headers["Location"]
    assert Committee.objects.count() == 1


def test_sending_the_form_of_a_seat_twice_gives_one(client, lead, committee):
    contact = make_contact(candidacy=lead.candidacy)
    data = {"contact": str(contact.public_id), "quality": "chair", "is_voting": "on"}
    address = url("seat-create", lead.candidacy, committee.public_id)

    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert CommitteeMember.objects.count() == 1
    assert client.post(address, {**data, "quality": "invited"}).status_code == 422


def test_inviting_the_same_people_twice_invites_them_once(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=12))
    data = {"guests": [str(make_contact(candidacy=lead.candidacy).public_id)]}
    address = url("invitation-create", lead.candidacy, meeting.public_id)

    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert meeting.invitations.count() == 1


def test_an_item_can_be_followed_by_another(client, lead, committee):
    meeting = make_meeting(committee=committee)
    address = url("agenda-item-create", lead.candidacy, meeting.public_id)

    response = client.post(
        address,
        {
            "public_id": str(uuid4()),
            "title": "Point",
            "kind": "debate",
            "minutes": "10",
            "another": "1",
        },
    )

    assert response.headers["Location"] == address
    assert meeting.agenda_items.count() == 1
