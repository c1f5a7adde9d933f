from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from committees.models import CommitteeMember, Invitation, Meeting
from committees.services.meetings import (
    cancel_meeting,
    convene_meeting,
    create_meeting,
    edit_meeting,
    hold_meeting,
    invite_contacts,
    move_meeting,
    restore_meeting,
    withdraw_invitation,
)
from core.errors import DomainError, StaleRevisionError
from notifications.models import OutboundMessage
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_seat,
    make_user,
)

Status = Meeting.Status
Answer = Invitation.Answer


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False)


MARCH_14 = datetime(2026, 3, 14, 13, 30, tzinfo=UTC)


def convened(**fields):
    fields.setdefault("starts_at", MARCH_14)
    return make_meeting(status=Status.CONVENED, **fields)


def planned(meeting):
    return OutboundMessage.objects.filter(about=meeting.public_id, status="planned")


# --- draft -------------------------------------------------------------------------------------------


def test_a_draft_takes_over_the_committees_habits():
    committee = make_committee(acronym="COPIL", default_place="Hôtel de ville", default_minutes=90)

    meeting = create_meeting(committee=committee, starts_at=MARCH_14, title="")

    assert (meeting.title, meeting.place, meeting.duration_minutes, meeting.status) == (
        "COPIL du 14 mars 2026",
        "Hôtel de ville",
        90,
        Status.DRAFT,
    )


def test_a_draft_tells_nobody():
    committee = make_committee()
    make_seat(committee=committee)

    meeting = create_meeting(committee=committee, starts_at=MARCH_14)
    edit_meeting(meeting=meeting, expected_revision=1, place="Ailleurs")

    assert not Invitation.objects.exists()
    assert not OutboundMessage.objects.exists()


def test_the_same_form_sent_twice_drafts_one_meeting():
    committee = make_committee()
    fields = {"public_id": make_meeting().public_id, "starts_at": MARCH_14}
    Meeting.objects.all().delete()

    first = create_meeting(committee=committee, **fields)
    second = create_meeting(committee=committee, **fields)

    assert first == second
    assert Meeting.objects.count() == 1


def test_the_day_in_a_title_is_the_day_of_the_candidacy():
    committee = make_committee(acronym="COPIL", candidacy=make_candidacy(time_zone="Pacific/Noumea"))

    meeting = create_meeting(committee=committee, starts_at=datetime(2026, 3, 31, 14, tzinfo=UTC))

    assert meeting.title == "COPIL du 1er avril 2026"


# --- edit and move -----------------------------------------------------------------------------------


def test_a_stale_edit_is_refused_and_changes_nothing():
    meeting = make_meeting(place="Lens")
    edit_meeting(meeting=meeting, expected_revision=1, place="Liévin")

    with pytest.raises(StaleRevisionError):
        edit_meeting(meeting=meeting, expected_revision=1, place="Avion")
    meeting.refresh_from_db()
    assert (meeting.place, meeting.revision) == ("Liévin", 2)


def test_a_stale_move_is_refused_and_keeps_the_answers():
    meeting = convened()
    make_invitation(meeting=meeting, answer=Answer.PRESENT, answered_at=timezone.now())
    edit_meeting(meeting=meeting, expected_revision=1, place="Liévin")

    with pytest.raises(StaleRevisionError):
        edit_meeting(meeting=meeting, expected_revision=1, starts_at=MARCH_14 + timedelta(days=1))
    assert meeting.invitations.get().answer == Answer.PRESENT


def test_what_a_calendar_does_not_show_keeps_the_sequence():
    meeting = convened()

    edit_meeting(meeting=meeting, expected_revision=1, introduction="Bienvenue.")

    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.revision) == (0, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Autre"),
        ("starts_at", MARCH_14 + timedelta(hours=1)),
        ("duration_minutes", 30),
        ("place", "Ailleurs"),
        ("video_url", "https://visio.example/salle"),
    ],
)
def test_what_a_calendar_shows_raises_the_sequence_of_a_convened_meeting(field, value):
    meeting = convened()

    edit_meeting(meeting=meeting, expected_revision=1, **{field: value})

    meeting.refresh_from_db()
    assert meeting.sequence == 1


def test_a_draft_keeps_its_sequence_whatever_changes():
    meeting = make_meeting(starts_at=MARCH_14)

    edit_meeting(meeting=meeting, expected_revision=1, starts_at=MARCH_14 + timedelta(days=1))

    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_moving_to_another_day_asks_for_the_answers_anew():
    meeting = convened()
    make_invitation(
        meeting=meeting, answer=Answer.PRESENT, answered_at=timezone.now(), answer_comment="J’y serai."
    )

    move_meeting(
        meeting=meeting,
        expected_revision=1,
        starts_at=MARCH_14 + timedelta(days=1),
        duration_minutes=meeting.duration_minutes,
        place="",
    )

    invitation = meeting.invitations.get()
    assert (invitation.answer, invitation.answered_at, invitation.answer_comment) == (Answer.NONE, None, "")


def test_moving_within_the_day_keeps_the_answers():
    meeting = convened()
    make_invitation(meeting=meeting, answer=Answer.PRESENT, answered_at=timezone.now())

    edit_meeting(meeting=meeting, expected_revision=1, starts_at=MARCH_14 + timedelta(hours=2))

    assert meeting.invitations.get().answer == Answer.PRESENT


def test_the_day_that_counts_is_the_candidacys():
    """An hour later in UTC is another day in Lens."""
    meeting = convened(starts_at=datetime(2026, 3, 14, 22, 30, tzinfo=UTC))
    make_invitation(meeting=meeting, answer=Answer.PRESENT, answered_at=timezone.now())

    edit_meeting(meeting=meeting, expected_revision=1, starts_at=datetime(2026, 3, 14, 23, 30, tzinfo=UTC))

    assert meeting.invitations.get().answer == Answer.NONE


def test_a_convened_meeting_cannot_move_into_the_past():
    meeting = convened()

    with pytest.raises(DomainError, match="déjà passée"):
        edit_meeting(meeting=meeting, expected_revision=1, starts_at=timezone.now() - timedelta(hours=1))
    meeting.refresh_from_db()
    assert meeting.starts_at == MARCH_14


def test_a_title_that_only_says_the_day_follows_the_day():
    committee = make_committee(acronym="COPIL")
    meeting = create_meeting(committee=committee, starts_at=MARCH_14)

    edit_meeting(
        meeting=meeting,
        expected_revision=1,
        title="COPIL du 14 mars 2026",
        starts_at=MARCH_14 + timedelta(days=7),
    )

    meeting.refresh_from_db()
    assert meeting.title == "COPIL du 21 mars 2026"


def test_a_title_somebody_wrote_stays():
    meeting = make_meeting(starts_at=MARCH_14, title="Arbitrages")

    edit_meeting(meeting=meeting, expected_revision=1, starts_at=MARCH_14 + timedelta(days=7))

    meeting.refresh_from_db()
    assert meeting.title == "Arbitrages"


def test_a_meeting_with_decisions_keeps_its_date():
    meeting = make_meeting(status=Status.HELD, starts_at=datetime(2026, 2, 10, 9, tzinfo=UTC))
    make_decision(meeting=meeting)

    with pytest.raises(DomainError, match="Des décisions sont enregistrées"):
        edit_meeting(meeting=meeting, expected_revision=1, starts_at=datetime(2026, 1, 10, 9, tzinfo=UTC))


def test_a_held_meeting_is_never_in_the_future():
    meeting = make_meeting(status=Status.HELD, starts_at=datetime(2026, 2, 10, 9, tzinfo=UTC))

    with pytest.raises(DomainError, match="avenir"):
        edit_meeting(meeting=meeting, expected_revision=1, starts_at=MARCH_14)


def test_a_cancelled_meeting_is_restored_before_it_is_edited():
    with pytest.raises(DomainError, match="rétablissez-la"):
        edit_meeting(meeting=make_meeting(status=Status.CANCELLED), expected_revision=1, place="Ailleurs")


# --- convene -----------------------------------------------------------------------------------------


def test_convening_invites_members_in_their_quality_and_guests_without_a_vote():
    seat = make_seat(quality=CommitteeMember.Quality.CHAIR, is_voting=True)
    guest = make_contact(candidacy=seat.committee.candidacy)
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)
    lead = make_user()

    convene_meeting(meeting=meeting, by=lead, expected_revision=1, contacts=[seat.contact, guest])

    meeting.refresh_from_db()
    assert (meeting.status, meeting.convened_by, meeting.sequence) == (Status.CONVENED, lead, 0)
    invited = {
        invitation.contact: (invitation.quality, invitation.is_voting)
        for invitation in meeting.invitations.all()
    }
    assert invited == {seat.contact: ("chair", True), guest: ("invited", False)}


def test_convening_plans_one_convocation_for_each():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)

    convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])

    assert [row.kind for row in planned(meeting)] == ["meeting-convocation"]


def test_convening_twice_convenes_once():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)
    first, second = make_user(), make_user()

    convene_meeting(meeting=meeting, by=first, expected_revision=1, contacts=[seat.contact])
    convene_meeting(meeting=meeting, by=second, expected_revision=1, contacts=[seat.contact])

    meeting.refresh_from_db()
    assert meeting.convened_by == first
    assert meeting.invitations.count() == 1
    assert planned(meeting).count() == 1


def test_whoever_no_longer_sits_that_day_comes_as_a_guest():
    seat = make_seat(until=date(2026, 3, 13))
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)

    convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])

    assert meeting.invitations.get().is_voting is False


def test_a_past_date_is_not_convened():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=timezone.now())

    with pytest.raises(DomainError, match="date de la réunion est passée"):
        convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])


def test_nobody_is_nobody_to_convene():
    with pytest.raises(DomainError, match="au moins une personne"):
        convene_meeting(
            meeting=make_meeting(starts_at=MARCH_14), by=make_user(), expected_revision=1, contacts=[]
        )


def test_what_changed_while_one_was_reading_is_not_convened():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)
    edit_meeting(meeting=meeting, expected_revision=1, place="Ailleurs")

    with pytest.raises(StaleRevisionError):
        convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])
    assert not Invitation.objects.exists()


def test_somebody_from_another_candidacy_is_not_convened():
    meeting = make_meeting(starts_at=MARCH_14)

    with pytest.raises(DomainError, match="pas un contact"):
        convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[make_contact()])
    meeting.refresh_from_db()
    assert meeting.status == Status.DRAFT


@pytest.mark.parametrize("status", [Status.HELD, Status.CANCELLED])
def test_only_a_draft_is_convened(status):
    meeting = make_meeting(status=status, starts_at=MARCH_14)

    with pytest.raises(DomainError, match="en préparation"):
        convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[make_contact()])


# --- cancel and restore ------------------------------------------------------------------------------


def test_cancelling_says_why_and_raises_the_sequence_once():
    meeting = convened()

    for _ in range(2):
        cancel_meeting(meeting=meeting, reason=" Grève des transports. ")

    meeting.refresh_from_db()
    assert (meeting.status, meeting.cancellation_reason, meeting.sequence) == (
        Status.CANCELLED,
        "Grève des transports.",
        1,
    )


def test_cancelling_needs_a_reason():
    meeting = convened()

    with pytest.raises(DomainError, match="Dites pourquoi"):
        cancel_meeting(meeting=meeting, reason="  ")
    meeting.refresh_from_db()
    assert meeting.status == Status.CONVENED


def test_cancelling_takes_back_what_was_going_to_leave():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)
    convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])

    cancel_meeting(meeting=meeting, reason="Grève.")

    assert not planned(meeting).exists()


def test_a_held_meeting_is_not_cancelled():
    with pytest.raises(DomainError, match="tenue ne s’annule pas"):
        cancel_meeting(meeting=make_meeting(status=Status.HELD), reason="Erreur.")


def test_a_meeting_that_decided_is_not_cancelled():
    meeting = convened(starts_at=timezone.now() - timedelta(hours=1))
    make_decision(meeting=meeting)

    with pytest.raises(DomainError, match="Des décisions sont enregistrées"):
        cancel_meeting(meeting=meeting, reason="Erreur.")


def test_restoring_a_convened_meeting_convenes_it_again():
    meeting = convened()
    make_invitation(meeting=meeting)
    cancel_meeting(meeting=meeting, reason="Grève.")

    for _ in range(2):
        restore_meeting(meeting=meeting)

    meeting.refresh_from_db()
    assert (meeting.status, meeting.cancelled_at, meeting.cancellation_reason, meeting.sequence) == (
        Status.CONVENED,
        None,
        "",
        2,
    )


def test_restoring_a_draft_leaves_it_a_draft():
    meeting = make_meeting(starts_at=MARCH_14)
    cancel_meeting(meeting=meeting, reason="Doublon.")

    restore_meeting(meeting=meeting)

    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == (Status.DRAFT, 0)


def test_a_cancelled_meeting_whose_date_has_passed_is_not_convened_again(time_machine):
    meeting = convened()
    cancel_meeting(meeting=meeting, reason="Grève.")
    time_machine.move_to(MARCH_14 + timedelta(days=1))

    with pytest.raises(DomainError, match="date de la réunion est passée"):
        restore_meeting(meeting=meeting)


# --- hold --------------------------------------------------------------------------------------------


def test_a_meeting_is_held_once_it_has_begun(time_machine):
    meeting = convened()

    with pytest.raises(DomainError, match="n’a pas commencé"):
        hold_meeting(meeting=meeting)
    time_machine.move_to(MARCH_14)
    for _ in range(2):
        hold_meeting(meeting=meeting)

    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence, meeting.revision) == (Status.HELD, 0, 2)


def test_a_meeting_called_by_other_means_lists_who_sat_that_day_and_writes_to_nobody():
    committee = make_committee()
    seat = make_seat(committee=committee)
    make_seat(committee=committee, since=date(2026, 3, 1))
    meeting = make_meeting(committee=committee, starts_at=datetime(2026, 2, 10, 9, tzinfo=UTC))

    hold_meeting(meeting=meeting)

    assert [invitation.contact for invitation in meeting.invitations.all()] == [seat.contact]
    assert not OutboundMessage.objects.exists()


def test_a_cancelled_meeting_was_not_held():
    meeting = make_meeting(status=Status.CANCELLED, starts_at=datetime(2026, 2, 10, 9, tzinfo=UTC))

    with pytest.raises(DomainError, match="n’a pas eu lieu"):
        hold_meeting(meeting=meeting)


# --- the list of people ------------------------------------------------------------------------------


def test_inviting_somebody_more_writes_to_them_alone():
    meeting = convened()
    make_invitation(meeting=meeting)
    newcomer = make_contact(candidacy=meeting.committee.candidacy)
    planned_before = set(planned(meeting).values_list("pk", flat=True))

    assert invite_contacts(meeting=meeting, contacts=[newcomer]) == 1
    assert invite_contacts(meeting=meeting, contacts=[newcomer]) == 0

    new = planned(meeting).exclude(pk__in=planned_before).filter(kind="meeting-convocation")
    assert f"contact:{newcomer.public_id}" in {row.recipient_key for row in new}
    assert meeting.invitations.count() == 2


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED])
def test_a_meeting_that_calls_nobody_has_no_list(status):
    with pytest.raises(DomainError, match="convoquée ou tenue"):
        invite_contacts(meeting=make_meeting(status=status), contacts=[make_contact()])


def test_withdrawing_an_invitation_takes_back_what_was_planned():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=MARCH_14)
    convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])

    withdraw_invitation(invitation=meeting.invitations.get())

    assert not meeting.invitations.exists()
    assert not planned(meeting).exists()


def test_the_list_of_a_held_meeting_stays():
    invitation = make_invitation(meeting=make_meeting(status=Status.HELD))

    with pytest.raises(DomainError, match="ne change plus"):
        withdraw_invitation(invitation=invitation)
    invitation.refresh_from_db()
