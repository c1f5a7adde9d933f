from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from committees.meeting_page import read_agenda
from committees.models import AgendaItem, Meeting
from committees.services.agenda import (
    add_agenda_item,
    edit_agenda_item,
    move_agenda_item,
    remove_agenda_item,
)
from core.errors import DomainError, StaleRevisionError
from tests.factories import make_action, make_agenda_item, make_decision, make_meeting, make_user


def laid_out(meeting):
    return read_agenda(meeting, make_user(), with_reserved=True)


def titles(meeting):
    return [item.title for item in meeting.agenda_items.all()]


@pytest.fixture
def meeting():
    meeting = make_meeting()
    for title in ("A", "B", "C"):
        add_agenda_item(meeting=meeting, title=title, minutes=20)
    return meeting


def test_items_are_added_at_the_end(meeting):
    assert titles(meeting) == ["A", "B", "C"]


def test_the_same_form_sent_twice_adds_one_item(meeting):
    token = uuid4()

    for _ in range(2):
        add_agenda_item(meeting=meeting, public_id=token, title="D", minutes=5)

    assert titles(meeting) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("title", "direction", "order"),
    [
        ("B", "up", ["B", "A", "C"]),
        ("B", "down", ["A", "C", "B"]),
        ("A", "up", ["A", "B", "C"]),
        ("C", "down", ["A", "B", "C"]),
    ],
)
def test_an_item_changes_places_with_its_neighbour(meeting, title, direction, order):
    move_agenda_item(item=meeting.agenda_items.get(title=title), direction=direction)

    assert titles(meeting) == order


def test_items_that_share_a_rank_still_move():
    meeting = make_meeting()
    for title in ("A", "B"):
        make_agenda_item(meeting=meeting, title=title, position=1)

    move_agenda_item(item=meeting.agenda_items.get(title="B"), direction="up")

    assert titles(meeting) == ["B", "A"]


def test_an_item_under_which_something_was_noted_stays(meeting):
    under_a, under_b = meeting.agenda_items.filter(title__in="AB")
    decision = make_decision(meeting=meeting, agenda_item=under_a)
    action = make_action(candidacy=decision.candidacy, meeting=meeting, agenda_item=under_b)

    for item in (under_a, under_b):
        with pytest.raises(DomainError, match="reste à l’ordre du jour"):
            remove_agenda_item(item=item)

    decision.refresh_from_db()
    action.refresh_from_db()
    assert (decision.agenda_item, action.agenda_item) == (under_a, under_b)
    assert titles(meeting) == ["A", "B", "C"]


def test_removing_an_item_closes_the_rank_it_leaves(meeting):
    remove_agenda_item(item=meeting.agenda_items.get(title="B"))

    assert [(item.title, item.position) for item in meeting.agenda_items.all()] == [("A", 1), ("C", 2)]


def test_a_stale_edit_of_an_item_is_refused(meeting):
    item = meeting.agenda_items.get(title="B")
    edit_agenda_item(item=item, expected_revision=1, title="B bis")

    with pytest.raises(StaleRevisionError):
        edit_agenda_item(item=item, expected_revision=1, title="B ter")
    assert titles(meeting) == ["A", "B bis", "C"]


@pytest.mark.parametrize("status", [Meeting.Status.HELD, Meeting.Status.CANCELLED])
def test_the_agenda_of_a_meeting_that_is_over_stays(status):
    item = make_agenda_item(meeting=make_meeting(status=status))

    for change in (
        lambda: add_agenda_item(meeting=item.meeting, title="D"),
        lambda: edit_agenda_item(item=item, expected_revision=1, title="D"),
        lambda: move_agenda_item(item=item, direction="up"),
        lambda: remove_agenda_item(item=item),
    ):
        with pytest.raises(DomainError):
            change()
    assert AgendaItem.objects.get() == item


def test_an_item_longer_than_a_day_is_refused(meeting):
    with pytest.raises(ValidationError, match="plus d’une journée"):
        add_agenda_item(meeting=meeting, title="D", minutes=1441)


def test_each_item_starts_when_the_one_before_it_ends(meeting):
    lines = laid_out(meeting).lines

    assert [line.starts_at - meeting.starts_at for line in lines] == [
        timedelta(minutes=0),
        timedelta(minutes=20),
        timedelta(minutes=40),
    ]


def test_what_goes_beyond_the_end_is_marked():
    meeting = make_meeting(duration_minutes=50)
    for minutes in (20, 30, 1):
        add_agenda_item(meeting=meeting, title="Point", minutes=minutes)

    agenda = laid_out(meeting)

    assert [line.is_beyond for line in agenda.lines] == [False, False, True]
    assert (agenda.total, agenda.overflow, agenda.spare) == (51, 1, 0)


def test_the_time_left_is_told():
    meeting = make_meeting(duration_minutes=50)
    add_agenda_item(meeting=meeting, title="Point", minutes=20)

    agenda = laid_out(meeting)

    assert (agenda.overflow, agenda.spare) == (0, 30)
