"""Holding a meeting: the clock, the items one after another, who comes, what is voted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from committees.models import Arrival, Decision, DecisionVote, ItemPassage, Meeting, MeetingSession
from committees.services.invitations import record_attendance
from committees.services.session import (
    Ballot,
    close_session,
    decide_in_session,
    go_to_item,
    note_arrival,
    open_session,
)
from committees.session_page import read_room
from core.errors import DomainError
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_open_meeting,
    make_seat,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIGNATURE = "M10 20 L30 40 L50 60"


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def meeting():
    row = make_open_meeting(committee=make_committee(quorum=2))
    for position in (1, 2, 3):
        make_agenda_item(meeting=row, position=position, title=f"Point {position}", minutes=10)
    return row


def items(meeting):
    return list(meeting.agenda_items.all())


def current(meeting):
    row = read_room(meeting).current
    return row and row.item


# --- the clock ---------------------------------------------------------------------------------------


def test_opening_starts_the_clock_at_the_first_item_and_prepares_the_minutes(meeting):
    for _ in range(2):
        open_session(meeting=meeting)

    session = MeetingSession.objects.get()
    assert session.opened_at == NOW
    assert current(meeting) == items(meeting)[0]
    assert meeting.minutes.texts.count() == 5


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft", "starts_at": NOW - timedelta(hours=1)},
        {"status": "convened", "starts_at": NOW + timedelta(minutes=1)},
        {"status": "held", "starts_at": NOW - timedelta(hours=1)},
    ],
)
def test_only_a_convened_meeting_whose_hour_has_come_opens(fields):
    with pytest.raises(DomainError, match="s’ouvre à l’heure"):
        open_session(meeting=make_meeting(**fields))


def test_going_on_keeps_when_each_item_was_come_to(meeting, time_machine):
    first, second, _third = items(meeting)
    open_session(meeting=meeting)
    time_machine.move_to(NOW + timedelta(minutes=12), tick=False)
    go_to_item(item=second, seen=first.public_id)
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)
    go_to_item(item=first)

    kept = {row.agenda_item: (row.started_at, row.ended_at) for row in ItemPassage.objects.all()}
    assert kept == {
        first: (NOW, None),
        second: (NOW + timedelta(minutes=12), NOW + timedelta(minutes=20)),
    }


def test_a_double_click_goes_on_by_one(meeting):
    first, second, third = items(meeting)
    open_session(meeting=meeting)

    go_to_item(item=second, seen=first.public_id)
    go_to_item(item=third, seen=first.public_id)  # a page that still showed the first

    assert current(meeting) == second


def test_the_room_says_where_one_is_and_what_comes(meeting):
    open_session(meeting=meeting)
    go_to_item(item=items(meeting)[1])

    room = read_room(meeting)

    assert (room.before.number, room.current.number, room.after.number) == (1, 2, 3)
    assert [(row.is_done, row.is_current) for row in room.items] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert room.text == items(meeting)[1].minutes_texts.get()


def test_closing_notes_the_hour_and_the_meeting_has_taken_place(meeting, time_machine):
    open_session(meeting=meeting)
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    close_session(meeting=meeting)
    time_machine.move_to(NOW + timedelta(hours=2), tick=False)
    close_session(meeting=meeting)

    meeting.refresh_from_db()
    session = MeetingSession.objects.get()
    assert (meeting.status, session.closed_at) == (Meeting.Status.HELD, NOW + timedelta(hours=1))
    assert current(meeting) is None
    with pytest.raises(DomainError, match="n’est pas ouverte"):
        go_to_item(item=items(meeting)[0])


def test_what_was_never_opened_is_not_closed(meeting):
    with pytest.raises(DomainError, match="n’a pas été ouverte"):
        close_session(meeting=meeting)


# --- who is there ------------------------------------------------------------------------------------


def test_an_arrival_keeps_its_hour_and_its_signature(meeting, time_machine):
    invitation = make_invitation(meeting=meeting)
    note_arrival(invitation=invitation, attendance="present")
    time_machine.move_to(NOW + timedelta(minutes=5), tick=False)
    note_arrival(invitation=invitation, attendance="present", signature=SIGNATURE)
    note_arrival(invitation=invitation, attendance="remote")

    arrival = Arrival.objects.get()
    assert (arrival.arrived_at, arrival.signature) == (NOW, SIGNATURE)
    invitation.refresh_from_db()
    assert invitation.attendance == "remote"


def test_who_turns_out_not_to_be_there_has_neither_hour_nor_signature(meeting):
    invitation = make_invitation(meeting=meeting)
    note_arrival(invitation=invitation, attendance="present", signature=SIGNATURE)

    note_arrival(invitation=invitation, attendance="excused")

    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    "drawing",
    ['M1 1 L2 2"/><script>', "M1 1", "M1 1 C2 2", "url(#x)", "M1 1 L2000 2", "M1 1 L2 2 " * 3000],
)
def test_a_signature_is_moves_and_lines_and_nothing_else(meeting, drawing):
    with pytest.raises(ValidationError):
        note_arrival(invitation=make_invitation(meeting=meeting), attendance="present", signature=drawing)


def test_nobody_arrives_before_the_hour():
    meeting = make_meeting(status="convened")

    with pytest.raises(DomainError, match="présences"):
        note_arrival(invitation=make_invitation(meeting=meeting), attendance="present")
    assert not Arrival.objects.exists()


def test_an_hour_is_not_shown_of_somebody_noted_otherwise_since(meeting):
    invitation = make_invitation(meeting=meeting)
    note_arrival(invitation=invitation, attendance="present", signature=SIGNATURE)
    record_attendance(meeting=meeting, attendance={invitation.public_id: "absent"})

    [person] = read_room(meeting).people

    assert (person.arrived_at, person.signature) == (None, "")


# --- votes -------------------------------------------------------------------------------------------


def voters(meeting, *attendances):
    return [
        make_invitation(
            meeting=meeting,
            contact=make_seat(committee=meeting.committee).contact,
            is_voting=True,
            attendance=attendance,
        )
        for attendance in attendances
    ]


def test_a_vote_is_kept_with_the_decision_the_voices_and_the_quorum_of_the_moment(meeting):
    voters(meeting, "present", "remote", "present", "excused")
    item = items(meeting)[0]

    for _ in range(2):
        decide_in_session(
            meeting=meeting,
            item=item,
            wording="Le comité adopte.",
            ballot=Ballot(2, 0, 1),
            public_id=meeting.public_id,
        )

    decision = Decision.objects.get()
    vote = decision.vote
    assert decision.agenda_item == item
    assert (vote.votes_for, vote.votes_against, vote.abstentions, vote.voices, vote.quorum) == (2, 0, 1, 3, 2)
    assert vote.told == "2 pour, 0 contre, 1 abstention, sur 3 voix"
    assert not vote.lacked_quorum


def test_all_for_is_told_as_unanimous_and_a_missing_quorum_is_kept(meeting):
    voters(meeting, "present")

    decide_in_session(meeting=meeting, item=None, wording="Le comité adopte.", ballot=Ballot(1))

    vote = DecisionVote.objects.get()
    assert vote.told == "à l’unanimité (1 voix)"
    assert vote.lacked_quorum


def test_more_votes_than_voices_are_refused_and_nothing_is_decided(meeting):
    voters(meeting, "present", "unknown")

    with pytest.raises(DomainError, match="2 votes pour 1 voix présentes"):
        decide_in_session(meeting=meeting, item=None, wording="Le comité adopte.", ballot=Ballot(1, 1))

    assert not Decision.objects.exists()
    decision = decide_in_session(meeting=meeting, item=None, wording="Le comité adopte.")
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionVote.objects.create(decision=decision, votes_for=2, votes_against=0, abstentions=0, voices=1)


def test_a_titular_and_their_deputy_have_one_voice_in_the_room(meeting):
    titular = make_seat(committee=meeting.committee)
    deputy = make_seat(committee=meeting.committee, quality="deputy", deputy_of=titular)
    for seat in (titular, deputy):
        make_invitation(meeting=meeting, contact=seat.contact, is_voting=True, attendance="present")
    make_invitation(meeting=meeting, is_voting=True, attendance="absent")

    room = read_room(meeting)

    assert (room.voices, room.voting, room.missing_voices) == (1, 2, 1)


def test_a_meeting_recorded_afterwards_needs_no_session():
    assert read_room(make_held_meeting()).session is None
