"""Two people at one thing at once. The first holds its transaction open on purpose, so the second must wait."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from committees.models import Decision, Meeting
from committees.services.agenda import add_agenda_item, carry_agenda_item, move_agenda_item
from committees.services.decisions import record_decision
from committees.services.invitations import answer_invitation
from committees.services.meetings import convene_meeting, create_meeting
from core.errors import DomainError
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_invitation,
    make_meeting,
    make_seat,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(first, second):
    """Run ``first``, start ``second`` before it is committed, and return what both gave."""
    results = []

    def run_second():
        try:
            results.append(second())
        finally:
            connection.close()

    thread = Thread(target=run_second)
    with transaction.atomic():
        mine = first()
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the second did not wait for the first"
    thread.join(timeout=15)
    return [mine, *results]


def test_two_decisions_at_once_get_two_numbers():
    committee = make_committee(acronym="COPIL")
    meeting, other = (
        make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=timezone.now())
        for _ in range(2)
    )

    decisions = at_once(
        lambda: record_decision(meeting=meeting, wording="Une."),
        lambda: record_decision(meeting=other, wording="Deux."),
    )

    assert [decision.number[-2:] for decision in decisions] == ["D1", "D2"]


def test_the_same_decision_sent_twice_at_once_is_recorded_once():
    meeting = make_meeting(status=Meeting.Status.HELD)
    token = uuid4()

    at_once(
        lambda: record_decision(meeting=meeting, public_id=token, wording="Une."),
        lambda: record_decision(meeting=meeting, public_id=token, wording="Une."),
    )

    assert Decision.objects.count() == 1


def test_two_people_who_convene_at_once_convene_once():
    seat = make_seat()
    meeting = make_meeting(committee=seat.committee, starts_at=timezone.now() + timedelta(days=10))
    first, second = make_user(), make_user()

    def convene(user):
        return convene_meeting(meeting=meeting, by=user, expected_revision=1, contacts=[seat.contact])

    results = at_once(lambda: convene(first), lambda: convene(second))

    assert [result.convened_by for result in results] == [first, first]
    assert meeting.invitations.count() == 1


def test_the_same_meeting_sent_twice_at_once_is_drafted_once():
    committee, token = make_committee(), uuid4()
    when = timezone.now() + timedelta(days=10)

    at_once(
        lambda: create_meeting(committee=committee, public_id=token, starts_at=when),
        lambda: create_meeting(committee=committee, public_id=token, starts_at=when),
    )

    assert Meeting.objects.count() == 1


def test_an_item_moved_while_another_is_added_keeps_the_ranks_whole():
    meeting = make_meeting()
    items = [make_agenda_item(meeting=meeting, position=position) for position in (1, 2)]

    at_once(
        lambda: move_agenda_item(item=items[1], direction="up"),
        lambda: add_agenda_item(meeting=meeting, title="Troisième"),
    )

    assert [item.position for item in meeting.agenda_items.all()] == [1, 2, 3]


def test_two_proxies_given_at_once_to_one_person_are_one():
    meeting = make_meeting(status=Meeting.Status.CONVENED)
    holder, first, second = (make_invitation(meeting=meeting, is_voting=True) for _ in range(3))

    def give(invitation):
        try:
            answer_invitation(invitation=invitation, answer="proxy", stand_in=holder.contact)
        except DomainError as error:
            return str(error)
        return "given"

    results = at_once(lambda: give(first), lambda: give(second))

    assert results[0] == "given"
    assert "ne peut pas recevoir de pouvoir" in results[1]


def test_an_item_taken_up_twice_at_once_is_there_once():
    committee = make_committee()
    last = make_meeting(
        committee=committee, status=Meeting.Status.HELD, starts_at=timezone.now() - timedelta(days=9)
    )
    item, draft = make_agenda_item(meeting=last), make_meeting(committee=committee)

    results = at_once(
        lambda: carry_agenda_item(meeting=draft, item=item),
        lambda: carry_agenda_item(meeting=draft, item=item),
    )

    assert results[0] == results[1] == draft.agenda_items.get()
