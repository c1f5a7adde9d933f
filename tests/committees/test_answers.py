from datetime import timedelta

import pytest
from django.utils import timezone

from committees.answers import AnswerCounts, count_answers
from committees.models import CommitteeMember, Invitation, Meeting
from committees.services.invitations import (
    answer_invitation,
    record_attendance,
    take_answers_as_attendance,
)
from committees.services.meetings import convene_meeting
from committees.voices import count_voices
from core.errors import DomainError
from notifications.models import OutboundMessage
from tests.factories import make_committee, make_invitation, make_meeting, make_seat, make_user

Answer = Invitation.Answer
Attendance = Invitation.Attendance
Status = Meeting.Status


def convened(**fields):
    fields.setdefault("starts_at", timezone.now() + timedelta(days=10))
    return make_meeting(status=Status.CONVENED, **fields)


def in_session(**fields):
    return convened(starts_at=timezone.now() - timedelta(minutes=5), **fields)


def test_an_answer_is_noted_with_its_word_and_its_instant():
    invitation = make_invitation(meeting=convened())

    answer_invitation(invitation=invitation, answer=Answer.EXCUSED, comment=" En déplacement. ")

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answer_comment) == (Answer.EXCUSED, "En déplacement.")
    assert invitation.answered_at is not None


def test_one_may_change_ones_mind():
    invitation = make_invitation(meeting=convened())
    answer_invitation(invitation=invitation, answer=Answer.EXCUSED, comment="En déplacement.")

    answer_invitation(invitation=invitation, answer=Answer.PRESENT)

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answer_comment) == (Answer.PRESENT, "En déplacement.")


def test_an_answer_can_be_taken_back():
    invitation = make_invitation(meeting=convened())
    answer_invitation(invitation=invitation, answer=Answer.PRESENT)

    answer_invitation(invitation=invitation, answer=Answer.NONE)

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answered_at) == (Answer.NONE, None)


def test_answers_close_when_the_meeting_starts():
    invitation = make_invitation(meeting=in_session())

    with pytest.raises(DomainError, match="les réponses sont closes"):
        answer_invitation(invitation=invitation, answer=Answer.PRESENT)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.HELD, Status.CANCELLED])
def test_only_a_convened_meeting_awaits_answers(status):
    invitation = make_invitation(meeting=make_meeting(status=status))

    with pytest.raises(DomainError, match="n’attend pas de réponse"):
        answer_invitation(invitation=invitation, answer=Answer.PRESENT)


def test_whoever_excuses_themselves_is_reminded_no_more():
    seat = make_seat()
    seat.committee.reminder_rules.create(days_before=1)
    meeting = make_meeting(committee=seat.committee, starts_at=timezone.now() + timedelta(days=10))
    convene_meeting(meeting=meeting, by=make_user(), expected_revision=1, contacts=[seat.contact])
    reminders = OutboundMessage.objects.filter(kind="meeting-reminder", status="planned")
    assert reminders.count() == 1

    answer_invitation(invitation=meeting.invitations.get(), answer=Answer.EXCUSED)

    assert reminders.count() == 0


def test_attendance_is_noted_for_those_named_and_for_no_others():
    meeting = in_session()
    first, second = make_invitation(meeting=meeting), make_invitation(meeting=meeting)
    stranger = make_invitation()

    changed = record_attendance(
        meeting=meeting,
        attendance={first.public_id: Attendance.PRESENT, stranger.public_id: Attendance.PRESENT},
    )

    assert changed == 1
    assert [Invitation.objects.get(pk=row.pk).attendance for row in (first, second, stranger)] == [
        Attendance.PRESENT,
        Attendance.UNKNOWN,
        Attendance.UNKNOWN,
    ]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CONVENED, Status.CANCELLED])
def test_nobody_has_come_before_the_meeting_starts(status):
    invitation = make_invitation(meeting=make_meeting(status=status))

    with pytest.raises(DomainError, match="à partir de l’ouverture"):
        record_attendance(meeting=invitation.meeting, attendance={invitation.public_id: Attendance.PRESENT})


def test_answers_become_attendance_where_nothing_was_noted():
    meeting = make_meeting(status=Status.HELD, starts_at=timezone.now() - timedelta(days=1))
    now = timezone.now()
    rows = [
        make_invitation(meeting=meeting, answer=answer, answered_at=answered, attendance=attendance)
        for answer, answered, attendance in (
            (Answer.PRESENT, now, Attendance.UNKNOWN),
            (Answer.REMOTE, now, Attendance.UNKNOWN),
            (Answer.EXCUSED, now, Attendance.UNKNOWN),
            (Answer.NONE, None, Attendance.UNKNOWN),
            (Answer.PRESENT, now, Attendance.ABSENT),
        )
    ]

    assert take_answers_as_attendance(meeting=meeting) == 3

    assert [Invitation.objects.get(pk=row.pk).attendance for row in rows] == [
        Attendance.PRESENT,
        Attendance.REMOTE,
        Attendance.EXCUSED,
        Attendance.UNKNOWN,
        Attendance.ABSENT,
    ]


# --- counting ----------------------------------------------------------------------------------------


def invite(meeting, seat, answer=Answer.NONE):
    return make_invitation(
        meeting=meeting,
        contact=seat.contact,
        quality=seat.quality,
        is_voting=seat.is_voting,
        answer=answer,
        answered_at=None if answer == Answer.NONE else timezone.now(),
    )


def test_answers_are_counted_by_kind():
    meeting = convened()
    now = timezone.now()
    for answer in (Answer.PRESENT, Answer.PRESENT, Answer.REMOTE, Answer.EXCUSED):
        make_invitation(meeting=meeting, answer=answer, answered_at=now)
    make_invitation(meeting=meeting)
    make_invitation(meeting=convened(), answer=Answer.PRESENT, answered_at=now)

    silent = convened()

    counted = count_answers([meeting.pk, silent.pk])

    assert counted[meeting.pk] == AnswerCounts(present=2, remote=1, excused=1, none=1)
    assert counted[silent.pk] == AnswerCounts()


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (AnswerCounts(), "–"),
        (AnswerCounts(none=3), "0 vient, 3 sans réponse"),
        (AnswerCounts(present=1, excused=1), "1 vient, 1 excusé·e"),
        (
            AnswerCounts(present=7, remote=2, excused=2, none=1),
            "7 viennent, 2 à distance, 2 excusé·es, 1 sans réponse",
        ),
    ],
)
def test_answers_are_told_in_one_line(counts, text):
    assert str(counts) == text


def test_a_titular_and_their_deputies_bring_one_voice():
    committee = make_committee()
    titular = make_seat(committee=committee)
    deputies = [
        make_seat(committee=committee, quality=CommitteeMember.Quality.DEPUTY, deputy_of=titular)
        for _ in range(2)
    ]
    alone = make_seat(committee=committee)
    meeting = convened(committee=committee)
    for seat in (titular, *deputies, alone):
        invite(meeting, seat, Answer.PRESENT)

    assert count_voices(meeting).announced == 2


def test_two_deputies_of_an_absent_titular_bring_one_voice():
    committee = make_committee()
    titular = make_seat(committee=committee)
    meeting = convened(committee=committee)
    invite(meeting, titular, Answer.EXCUSED)
    for _ in range(2):
        deputy = make_seat(committee=committee, quality=CommitteeMember.Quality.DEPUTY, deputy_of=titular)
        invite(meeting, deputy, Answer.REMOTE)

    assert count_voices(meeting).announced == 1


def test_guests_and_the_silent_bring_no_voice():
    committee = make_committee()
    meeting = convened(committee=committee)
    invite(meeting, make_seat(committee=committee, is_voting=False), Answer.PRESENT)
    invite(meeting, make_seat(committee=committee), Answer.NONE)
    invite(meeting, make_seat(committee=committee), Answer.EXCUSED)

    assert count_voices(meeting).announced == 0


def test_voting_people_without_a_seat_bring_one_voice_each():
    meeting = convened()
    for _ in range(2):
        make_invitation(meeting=meeting, is_voting=True, answer=Answer.PRESENT, answered_at=timezone.now())

    assert count_voices(meeting).announced == 2
