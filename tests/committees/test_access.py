"""Who sees what of a meeting, and what cannot be reached by writing another identifier into an address."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from candidacy.models import Membership
from committees.models import Action, AgendaItem, Committee, Decision, Invitation, Meeting
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

Role = Membership.Role
Status = Meeting.Status


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def member(role, candidacy=None):
    """Make a member with the contact that speaks for them."""
    row = make_member(role=role, candidacy=candidacy)
    make_contact(candidacy=row.candidacy, user=row.user)
    return row


def contact_of(row):
    return row.user.contacts.get(candidacy=row.candidacy)


@pytest.fixture
def partner(client):
    row = member(Role.PARTNER)
    client.force_login(row.user)
    return row


@pytest.fixture
def lead(client):
    row = member(Role.LEAD)
    client.force_login(row.user)
    return row


def text_of(response):
    return unescape(response.content.decode())


# --- whose meetings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ELECTED, Role.OBSERVER])
@pytest.mark.parametrize(
    ("status", "is_convened", "is_seen"),
    [
        (Status.DRAFT, False, False),
        (Status.CONVENED, True, True),
        (Status.HELD, True, True),
        (Status.CANCELLED, True, True),
        (Status.CANCELLED, False, False),
        (Status.HELD, False, False),
    ],
)
def test_the_invited_see_a_meeting_once_it_was_convened(client, role, status, is_convened, is_seen):
    row = member(role)
    when = timezone.now() if is_convened else None
    meeting = make_meeting(committee=make_committee(candidacy=row.candidacy), status=status, convened_at=when)
    make_invitation(meeting=meeting, contact=contact_of(row))
    client.force_login(row.user)

    response = client.get(url("meeting-detail", row.candidacy, meeting.public_id))

    assert response.status_code == (200 if is_seen else 404)
    assert Meeting.objects.visible_to(row.user).exists() is is_seen


def test_a_meeting_of_others_does_not_exist_for_a_partner(client, partner):
    meeting = make_meeting(committee=make_committee(candidacy=partner.candidacy), status=Status.CONVENED)
    make_seat(committee=meeting.committee, contact=contact_of(partner))

    assert client.get(url("meeting-detail", partner.candidacy, meeting.public_id)).status_code == 404
    assert meeting.title not in text_of(client.get(url("meeting-list", partner.candidacy)))


def test_whoever_left_the_candidacy_sees_nothing_any_more(client, partner):
    meeting = make_meeting(committee=make_committee(candidacy=partner.candidacy), status=Status.CONVENED)
    make_invitation(meeting=meeting, contact=contact_of(partner))
    candidacy = partner.candidacy
    partner.delete()

    assert client.get(url("meeting-detail", candidacy, meeting.public_id)).status_code == 404
    assert not Meeting.objects.visible_to(partner.user).exists()


def test_an_elected_official_reads_the_committees_they_sit_on(client):
    mayor = member(Role.ELECTED)
    mine, other = (make_committee(candidacy=mayor.candidacy) for _ in range(2))
    make_seat(committee=mine, contact=contact_of(mayor))
    client.force_login(mayor.user)

    assert client.get(url("committee-detail", mayor.candidacy, mine.public_id)).status_code == 200
    assert client.get(url("committee-detail", mayor.candidacy, other.public_id)).status_code == 404
    assert other.name not in text_of(client.get(url("committee-list", mayor.candidacy)))


def test_a_mandate_that_is_over_opens_nothing(client):
    mayor = member(Role.ELECTED)
    committee = make_committee(candidacy=mayor.candidacy)
    make_seat(
        committee=committee,
        contact=contact_of(mayor),
        until=timezone.localdate() - timedelta(days=1),
    )

    assert not Committee.objects.visible_to(mayor.user).exists()


def test_the_page_of_a_committee_keeps_decisions_actions_and_drafts_from_an_elected_official(client):
    mayor = member(Role.ELECTED)
    committee = make_committee(candidacy=mayor.candidacy)
    make_seat(committee=committee, contact=contact_of(mayor))
    held = make_meeting(committee=committee, status=Status.HELD, title="Séance sans le maire")
    make_decision(meeting=held, wording="Le secret du comité.")
    make_action(candidacy=mayor.candidacy, meeting=held, title="L’action discrète")
    make_meeting(committee=committee, title="Le brouillon")
    client.force_login(mayor.user)

    text = text_of(client.get(url("committee-detail", mayor.candidacy, committee.public_id)))

    for secret in ("Le secret du comité", "L’action discrète", "Le brouillon", "Séance sans le maire"):
        assert secret not in text


# --- what the invited see ----------------------------------------------------------------------------


@pytest.fixture
def full_meeting(partner):
    """A convened meeting with a colleague whose every detail is a secret."""
    meeting = make_meeting(
        committee=make_committee(candidacy=partner.candidacy, quorum=3),
        status=Status.CONVENED,
        starts_at=timezone.now() + timedelta(days=10),
    )
    make_invitation(meeting=meeting, contact=contact_of(partner))
    colleague = make_contact(
        candidacy=partner.candidacy,
        first_name="Solange",
        last_name="Wattrelos",
        email="solange@secret.example",
        phone="+33321000000",
        notes="Note très interne",
    )
    make_invitation(
        meeting=meeting,
        contact=colleague,
        answer="excused",
        answered_at=timezone.now(),
        answer_comment="Raison médicale",
    )
    make_decision(meeting=meeting, wording="Décision non publiée")
    make_action(candidacy=partner.candidacy, meeting=meeting, title="Action d’autrui", owner=colleague)
    return meeting


SECRETS = ["solange@secret", "33321000000", "Note très interne", "Raison médicale", "excusé·e</span>"]
SECRETS += ["Décision non publiée", "Action d’autrui", "Quorum"]


def test_the_invited_read_names_and_no_more_of_each_other(client, partner, full_meeting):
    text = text_of(client.get(url("meeting-detail", partner.candidacy, full_meeting.public_id)))

    assert "Solange Wattrelos" in text
    for secret in SECRETS:
        assert secret not in text


def test_an_answer_by_htmx_does_not_bring_the_teams_list(client, partner, full_meeting):
    own = full_meeting.invitations.get(contact=contact_of(partner))

    response = client.post(
        url("invitation-answer", partner.candidacy, full_meeting.public_id, own.public_id),
        {"answer": "present"},
        headers={"HX-Request": "true"},
        follow=True,
    )

    own.refresh_from_db()
    assert own.answer == "present"
    for secret in SECRETS:
        assert secret not in text_of(response)


def test_the_calendar_file_names_nobody_else(client, partner, full_meeting):
    response = client.get(url("meeting-calendar", partner.candidacy, full_meeting.public_id))

    assert response["Content-Type"].startswith("text/calendar")
    assert "Wattrelos" not in text_of(response)
    assert "solange@secret" not in text_of(response)


def test_nobody_downloads_the_calendar_file_of_a_draft(client, lead):
    meeting = make_meeting(committee=make_committee(candidacy=lead.candidacy))

    assert client.get(url("meeting-calendar", lead.candidacy, meeting.public_id)).status_code == 404


def test_a_partner_answers_for_nobody_else(client, partner, full_meeting):
    other = full_meeting.invitations.exclude(contact=contact_of(partner)).get()
    address = url("invitation-answer", partner.candidacy, full_meeting.public_id, other.public_id)

    assert client.get(address).status_code == 404
    assert client.post(address, {"answer": "present"}).status_code == 404
    other.refresh_from_db()
    assert other.answer == "excused"


def test_a_partners_actions_are_their_own_and_tell_nothing_of_meetings(client, partner):
    decision = make_decision(
        meeting=make_meeting(
            committee=make_committee(candidacy=partner.candidacy),
            status=Status.HELD,
            title="Réunion des autres",
        ),
        number="SECRET-2026-01-D1",
    )
    own = make_action(
        candidacy=partner.candidacy,
        owner=contact_of(partner),
        title="À moi",
        decision=decision,
        meeting=decision.meeting,
    )
    make_action(candidacy=partner.candidacy, title="À un autre")

    for address in (
        url("action-list", partner.candidacy),
        url("action-export", partner.candidacy) + "?format=csv",
        url("action-edit", partner.candidacy, own.public_id),
    ):
        text = text_of(client.get(address))
        assert "À moi" in text
        for secret in ("À un autre", "SECRET-2026-01-D1", "Réunion des autres"):
            assert secret not in text


def test_an_owner_reports_and_cannot_write_the_rest(client, partner):
    action = make_action(candidacy=partner.candidacy, owner=contact_of(partner), title="À moi")
    other = make_contact(candidacy=partner.candidacy)

    response = client.post(
        url("action-edit", partner.candidacy, action.public_id),
        {
            "revision": 1,
            "status": "done",
            "proof": "Courrier envoyé.",
            "title": "Autre chose",
            "owner": str(other.public_id),
            "due_on": "2030-01-01",
        },
    )

    assert response.status_code == 302
    action.refresh_from_db()
    assert (action.status, action.proof, action.title, action.owner, action.due_on) == (
        "done",
        "Courrier envoyé.",
        "À moi",
        contact_of(partner),
        None,
    )


def test_a_filter_offers_a_partner_no_committee(client, partner):
    make_committee(candidacy=partner.candidacy, acronym="CACHE")

    assert "CACHE" not in text_of(client.get(url("action-list", partner.candidacy)))


# --- identifiers of others ---------------------------------------------------------------------------


def test_identifiers_of_another_candidacy_do_not_exist(client, lead):
    meeting = make_meeting(status=Status.CONVENED)
    seat = make_seat(committee=meeting.committee)
    decision = make_decision(meeting=make_meeting(committee=meeting.committee, status=Status.HELD))
    action = make_action(candidacy=meeting.committee.candidacy)

    for name, row in (
        ("committee-detail", meeting.committee),
        ("committee-edit", meeting.committee),
        ("meeting-create", meeting.committee),
        ("meeting-detail", meeting),
        ("meeting-edit", meeting),
        ("meeting-calendar", meeting),
        ("decision-edit", decision),
        ("action-edit", action),
    ):
        for slug in (lead.candidacy, meeting.committee.candidacy):
            assert client.get(url(name, slug, row.public_id)).status_code == 404, name
    address = url("seat-remove", lead.candidacy, seat.committee.public_id, seat.public_id)
    assert client.post(address).status_code == 404
    seat.refresh_from_db()


@pytest.fixture
def two_meetings(lead):
    committee = make_committee(candidacy=lead.candidacy)
    other = make_committee(candidacy=lead.candidacy)
    when = timezone.now() + timedelta(days=10)
    return (
        make_meeting(committee=committee, status=Status.CONVENED, starts_at=when),
        make_meeting(committee=other, status=Status.CONVENED, starts_at=when),
    )


def test_a_child_is_not_reached_through_the_wrong_parent(client, lead, two_meetings):
    meeting, other = two_meetings
    item = make_agenda_item(meeting=other, title="Intact")
    invitation = make_invitation(meeting=other)
    seat = make_seat(committee=other.committee)

    attempts = [
        ("agenda-item-edit", meeting, item, {"title": "Changé", "kind": "debate", "minutes": 1}),
        ("agenda-item-move", meeting, item, {"direction": "up"}),
        ("agenda-item-remove", meeting, item, {}),
        ("invitation-answer", meeting, invitation, {"answer": "present"}),
        ("invitation-remove", meeting, invitation, {}),
        ("seat-edit", meeting.committee, seat, {"quality": "chair"}),
        ("seat-remove", meeting.committee, seat, {}),
    ]

    for name, parent, child, data in attempts:
        address = url(name, lead.candidacy, parent.public_id, child.public_id)
        assert client.post(address, data).status_code == 404, name
    item.refresh_from_db()
    invitation.refresh_from_db()
    seat.refresh_from_db()
    assert (item.title, invitation.answer, seat.quality) == ("Intact", "none", "titular")


def test_attendance_of_another_meeting_is_not_written(client, lead, two_meetings):
    meeting, other = two_meetings
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    stranger = make_invitation(meeting=other)
    make_invitation(meeting=meeting)

    client.post(
        url("invitation-attendance", lead.candidacy, meeting.public_id),
        {str(stranger.public_id): "present", f"initial-{stranger.public_id}": "unknown"},
    )

    stranger.refresh_from_db()
    assert stranger.attendance == "unknown"


def test_people_of_another_candidacy_are_no_choice(client, lead, two_meetings):
    meeting, _other = two_meetings
    stranger = make_contact()

    response = client.post(
        url("invitation-create", lead.candidacy, meeting.public_id), {"guests": [str(stranger.public_id)]}
    )

    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_a_decision_of_another_meeting_is_no_choice_for_an_action(client, lead, two_meetings):
    meeting, other = two_meetings
    decision = make_decision(meeting=other)

    response = client.post(
        url("meeting-action-create", lead.candidacy, meeting.public_id),
        {"public_id": str(uuid4()), "title": "Écrire", "decision": str(decision.public_id)},
    )

    assert response.status_code == 422
    assert not Action.objects.exists()


# --- fields nobody offered ---------------------------------------------------------------------------


def test_fields_that_a_form_does_not_offer_are_ignored(client, lead):
    committee = make_committee(candidacy=lead.candidacy)
    other = make_committee()
    token = uuid4()

    response = client.post(
        url("meeting-create", lead.candidacy, committee.public_id),
        {
            "public_id": str(token),
            "day": "2030-03-14",
            "at": "14:30",
            "duration_minutes": 60,
            "committee": other.pk,
            "status": "held",
            "sequence": 9,
            "revision": 9,
            "convened_at": "2020-01-01",
        },
    )

    assert response.status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.committee, meeting.status, meeting.sequence, meeting.revision, meeting.convened_at) == (
        committee,
        Status.DRAFT,
        0,
        1,
        None,
    )
    assert meeting.public_id == token


def test_a_token_that_names_a_row_of_another_committee_makes_nothing(client, lead):
    committee = make_committee(candidacy=lead.candidacy)
    foreign = make_meeting()

    response = client.post(
        url("meeting-create", lead.candidacy, committee.public_id),
        {
            "public_id": str(foreign.public_id),
            "day": "2030-03-14",
            "at": "14:30",
            "duration_minutes": 60,
        },
    )

    assert response.status_code == 422
    assert Meeting.objects.get() == foreign


def test_a_decision_form_writes_neither_number_nor_meeting(client, lead):
    committee = make_committee(candidacy=lead.candidacy, acronym="COPIL")
    meeting = make_meeting(
        committee=committee, status=Status.HELD, starts_at=timezone.now() - timedelta(days=1)
    )
    other = make_meeting(committee=committee, status=Status.HELD)

    client.post(
        url("decision-create", lead.candidacy, meeting.public_id),
        {
            "public_id": str(uuid4()),
            "wording": "Une.",
            "number": "COPIL-1900-01-D1",
            "meeting": other.pk,
            "status": "applied",
        },
    )

    decision = Decision.objects.get()
    assert (decision.meeting, decision.status) == (meeting, "open")
    assert decision.number.startswith("COPIL-20")


# --- deeds for the lead alone ------------------------------------------------------------------------


def test_the_team_does_not_remove_a_seat_and_the_lead_does(client):
    team = member(Role.TEAM)
    lead = member(Role.LEAD, team.candidacy)
    seat = make_seat(committee=make_committee(candidacy=team.candidacy))
    address = url("seat-remove", team.candidacy, seat.committee.public_id, seat.public_id)

    client.force_login(team.user)
    assert client.post(address).status_code == 403
    seat.refresh_from_db()
    client.force_login(lead.user)
    assert client.post(address).status_code == 302
    assert not seat.committee.members.exists()


@pytest.mark.parametrize(
    "name", ["seat-remove", "meeting-hold", "meeting-restore", "agenda-item-remove", "invitation-remove"]
)
def test_reading_an_address_does_nothing(client, lead, name):
    committee = make_committee(candidacy=lead.candidacy)
    meeting = make_meeting(committee=committee, status=Status.CONVENED)
    ids = {
        "seat-remove": (committee.public_id, make_seat(committee=committee).public_id),
        "meeting-hold": (meeting.public_id,),
        "meeting-restore": (meeting.public_id,),
        "agenda-item-remove": (meeting.public_id, make_agenda_item(meeting=meeting).public_id),
        "invitation-remove": (meeting.public_id, make_invitation(meeting=meeting).public_id),
    }[name]

    assert client.get(url(name, lead.candidacy, *ids)).status_code == 405
    counts = (committee.members.count(), AgendaItem.objects.count(), Invitation.objects.count())
    meeting.refresh_from_db()
    assert (counts, meeting.status) == ((1, 1, 1), Status.CONVENED)


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_the_page_of_an_answer_answers_nothing(client, partner, full_meeting, method):
    own = full_meeting.invitations.get(contact=contact_of(partner))
    address = url("invitation-answer", partner.candidacy, full_meeting.public_id, own.public_id)

    getattr(client, method)(address + "?answer=present")

    own.refresh_from_db()
    assert own.answer == "none"


def test_whoever_left_the_candidacy_no_longer_sees_their_invitations(partner):
    meeting = make_meeting(committee=make_committee(candidacy=partner.candidacy), status=Status.CONVENED)
    invitation = make_invitation(meeting=meeting, contact=contact_of(partner))
    make_member(user=partner.user, role=Role.LEAD)

    assert list(Invitation.objects.visible_to(partner.user)) == [invitation]

    partner.delete()

    next_time = User.objects.get(pk=partner.user.pk)  # a request reads the memberships once
    assert not Invitation.objects.visible_to(next_time).exists()
