"""Two people at the same minutes or in the same room at once: the second waits, and then sees what the first did."""

import pytest

from committees.models import DecisionVote, ItemPassage, Minutes
from committees.services.approval import approve_minutes, approve_silent_minutes, propose_correction
from committees.services.minutes import save_minutes_text
from committees.services.session import Ballot, decide_in_session, go_to_item, open_session
from core.errors import DomainError
from tests.committees.test_concurrency import at_once
from tests.factories import (
    make_agenda_item,
    make_invitation,
    make_minutes_text,
    make_open_meeting,
    make_received_minutes,
    make_sent_minutes,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def said(deed):
    """Return what ``deed`` refused, or nothing."""
    try:
        deed()
    except DomainError as error:
        return str(error)
    return ""


def test_two_texts_saved_at_once_do_not_overwrite_one_another():
    text, users = make_minutes_text(), [make_user(), make_user()]

    _mine, refusal = at_once(
        lambda: save_minutes_text(text=text, body="<p>Un</p>", expected_revision=0, by=users[0]),
        lambda: said(
            lambda: save_minutes_text(text=text, body="<p>Deux</p>", expected_revision=0, by=users[1])
        ),
    )

    text.refresh_from_db()
    assert (text.body, text.revision) == ("<p>Un</p>", 1)
    assert "pendant que vous écriviez" in refusal


@pytest.mark.parametrize("what", ["text", "correction"])
def test_nothing_is_written_in_minutes_while_they_are_being_approved(what):
    minutes, users = make_sent_minutes(), [make_user(), make_user()]
    text, invitation = minutes.texts.first(), minutes.meeting.invitations.get()
    deeds = {
        "text": lambda: save_minutes_text(text=text, body="<p>Tard</p>", expected_revision=1, by=users[1]),
        "correction": lambda: propose_correction(
            minutes=minutes, invitation=invitation, text=None, wording="Tard."
        ),
    }

    _mine, refusal = at_once(lambda: approve_minutes(minutes=minutes, by=users[0]), lambda: said(deeds[what]))

    assert "approuvé" in refusal or "ne reçoit pas" in refusal
    assert "Tard" not in Minutes.objects.get().content
    assert not minutes.corrections.exists()


def test_somebody_and_the_silence_approve_once():
    minutes, lead = make_received_minutes(), make_user()
    Minutes.objects.update(silence_on="2020-01-01")

    approve_minutes(minutes=minutes, by=lead)

    assert approve_silent_minutes() == 0
    assert Minutes.objects.get().approval == "lead"


def test_two_presses_on_next_at_once_go_on_by_one():
    meeting = make_open_meeting()
    first, second, third = (make_agenda_item(meeting=meeting, position=rank) for rank in (1, 2, 3))
    open_session(meeting=meeting)

    at_once(
        lambda: go_to_item(item=second, seen=first.public_id),
        lambda: go_to_item(item=third, seen=first.public_id),
    )

    assert ItemPassage.objects.get(ended_at=None).agenda_item == second


def test_a_vote_sent_twice_at_once_is_counted_once():
    meeting = make_open_meeting()
    make_invitation(meeting=meeting, is_voting=True, attendance="present")
    key = meeting.public_id

    def decide():
        return decide_in_session(
            meeting=meeting, item=None, wording="Le comité adopte.", ballot=Ballot(1), public_id=key
        )

    first, second = at_once(decide, decide)

    assert first == second
    assert DecisionVote.objects.get().decision == first
