"""Deputies and proxies: who may stand in for whom, and what that makes of the voices."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from committees.meeting_page import read_roll
from committees.models import Invitation, Meeting
from committees.representation import deputies_of, proxy_holders_for
from committees.services.invitations import answer_invitation, take_answers_as_attendance
from committees.services.meetings import edit_meeting, withdraw_invitation
from committees.voices import count_voices
from core.errors import DomainError
from notifications.models import OutboundMessage
from tests.factories import (
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_seat,
)

Answer = Invitation.Answer


@pytest.fixture
def meeting():
    return make_meeting(committee=make_committee(quorum=2), status=Meeting.Status.CONVENED)


def member(meeting, **fields):
    seat = make_seat(committee=meeting.committee, **fields)
    return make_invitation(
        meeting=meeting, contact=seat.contact, quality=seat.quality, is_voting=seat.is_voting
    )


def deputy_of(invitation, *, called=False, **fields):
    committee = invitation.meeting.committee
    seat = committee.members.get(contact=invitation.contact)
    deputy = make_seat(committee=committee, quality="deputy", deputy_of=seat, **fields)
    if called:
        make_invitation(meeting=invitation.meeting, contact=deputy.contact, quality="deputy", is_voting=True)
    return deputy.contact


def answers(invitation, answer, person=None):
    return answer_invitation(invitation=invitation, answer=answer, stand_in=person)


def announced(meeting):
    return count_voices(meeting).announced


def test_a_deputy_is_named_and_called(meeting):
    titular = member(meeting)
    deputy = deputy_of(titular)

    answered = answers(titular, Answer.DEPUTY, deputy)

    assert answered.stand_in == deputy
    called = meeting.invitations.get(contact=deputy)
    assert (called.quality, called.is_voting, called.answer) == ("deputy", True, "none")
    planned = OutboundMessage.objects.planned().filter(kind="meeting-convocation")
    assert f"contact:{deputy.public_id}" in planned.values_list("recipient_key", flat=True)


def test_only_ones_own_deputies_of_that_day_deputise(meeting):
    titular, other = member(meeting), member(meeting)
    theirs = deputy_of(other)
    yesterday = (meeting.starts_at - timedelta(days=1)).date()
    former = deputy_of(titular, until=yesterday)

    assert deputies_of(titular) == []
    for person in (theirs, former, other.contact, make_contact()):
        with pytest.raises(DomainError, match="ne vous supplée pas"):
            answers(titular, Answer.DEPUTY, person)


@pytest.mark.parametrize("answer", [Answer.DEPUTY, Answer.PROXY])
def test_somebody_must_stand_in(meeting, answer):
    with pytest.raises(DomainError, match="qui vous représente"):
        answers(member(meeting), answer)


def test_a_proxy_goes_to_a_voting_member_who_may_come(meeting):
    giver, coming, silent = member(meeting), member(meeting, is_voting=True), member(meeting)
    answers(coming, Answer.PRESENT)
    excused = member(meeting)
    answers(excused, Answer.EXCUSED)
    guest = member(meeting, is_voting=False)
    outsider = make_contact(candidacy=meeting.committee.candidacy)

    assert set(proxy_holders_for(giver)) == {coming.contact, silent.contact}
    for person in (excused.contact, guest.contact, outsider, giver.contact):
        with pytest.raises(DomainError, match="ne peut pas recevoir de pouvoir"):
            answers(giver, Answer.PROXY, person)
    assert answers(giver, Answer.PROXY, coming.contact).stand_in == coming.contact


def test_who_has_no_vote_has_no_proxy_to_give(meeting):
    guest, coming = member(meeting, is_voting=False), member(meeting)

    with pytest.raises(DomainError, match="ne peut pas recevoir"):
        answers(guest, Answer.PROXY, coming.contact)


@pytest.mark.parametrize(("most", "taken"), [(0, 0), (1, 1), (2, 2)])
def test_a_person_holds_as_many_proxies_as_the_committee_rules(meeting, most, taken):
    meeting.committee.max_proxies = most
    meeting.committee.save()
    holder = member(meeting)
    given = 0
    for _ in range(3):
        try:
            answers(member(meeting), Answer.PROXY, holder.contact)
        except DomainError:
            break
        given += 1

    assert given == taken


def test_saying_it_again_is_no_second_proxy(meeting):
    giver, holder = member(meeting), member(meeting)

    answers(giver, Answer.PROXY, holder.contact)
    assert answers(giver, Answer.PROXY, holder.contact).stand_in == holder.contact


def test_another_answer_takes_the_representation_back(meeting):
    giver, holder = member(meeting), member(meeting)
    answers(giver, Answer.PROXY, holder.contact)

    answers(giver, Answer.PRESENT)

    giver.refresh_from_db()
    assert (giver.answer, giver.stand_in) == (Answer.PRESENT, None)


def test_whoever_is_represented_counts_where_the_other_comes(meeting):
    giver, holder = member(meeting), member(meeting)
    answers(giver, Answer.PROXY, holder.contact)
    before = announced(meeting)

    answers(holder, Answer.PRESENT)
    both = announced(meeting)
    answers(holder, Answer.EXCUSED)

    assert (before, both, announced(meeting)) == (0, 2, 0)


def test_a_titular_and_a_deputy_are_one_voice(meeting):
    titular = member(meeting)
    deputy = deputy_of(titular, called=True)
    answers(titular, Answer.DEPUTY, deputy)
    answers(meeting.invitations.get(contact=deputy), Answer.REMOTE)

    assert count_voices(meeting) == (1, 1, 0)


def test_who_has_no_vote_is_not_counted(meeting):
    answers(member(meeting, is_voting=False), Answer.PRESENT)
    answers(member(meeting), Answer.PRESENT)

    assert count_voices(meeting) == (1, 1, 0)


def test_a_representation_ends_with_the_invitation_of_who_stands_in(meeting):
    giver, holder = member(meeting), member(meeting)
    answers(giver, Answer.PROXY, holder.contact)
    answers(holder, Answer.PRESENT)

    withdraw_invitation(invitation=holder)

    assert announced(meeting) == 0


def test_who_is_represented_by_somebody_who_stays_away_is_shown(client, meeting):
    first, second, third = member(meeting), member(meeting), member(meeting)
    client.force_login(make_member(candidacy=meeting.committee.candidacy).user)
    page = reverse("committees:meeting-detail", args=[meeting.committee.candidacy.slug, meeting.public_id])
    answers(first, Answer.PROXY, second.contact)
    assert "ne viendra pas" not in client.get(page).text

    answers(second, Answer.PROXY, third.contact)

    assert client.get(page).text.count("ne viendra pas") == 1
    assert read_roll(meeting, []).unrepresented == {first.pk}
    withdraw_invitation(invitation=third)
    assert read_roll(meeting, []).unrepresented == {first.pk, second.pk}


def test_in_the_room_who_stands_in_brings_the_voice(meeting):
    giver, holder = member(meeting), member(meeting)
    answers(giver, Answer.PROXY, holder.contact)
    answers(holder, Answer.PRESENT)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=5))

    take_answers_as_attendance(meeting=meeting)

    giver.refresh_from_db()
    assert giver.attendance == Invitation.Attendance.EXCUSED
    assert count_voices(meeting) == (2, 2, 2)


def test_another_day_asks_anew(meeting):
    giver, holder = member(meeting), member(meeting)
    answers(giver, Answer.PROXY, holder.contact)

    edit_meeting(meeting=meeting, expected_revision=1, starts_at=meeting.starts_at + timedelta(days=7))

    giver.refresh_from_db()
    assert (giver.answer, giver.stand_in) == (Answer.NONE, None)


@pytest.mark.parametrize("answer", [Answer.DEPUTY, Answer.PROXY])
def test_whoever_is_represented_is_reminded_no_more(meeting, answer):
    meeting.committee.reminder_rules.create(days_before=1)
    away, other = member(meeting), member(meeting)
    person = deputy_of(away, called=True) if answer == Answer.DEPUTY else other.contact

    answers(away, answer, person)

    reminded = OutboundMessage.objects.planned().filter(kind="meeting-reminder")
    assert f"contact:{away.contact.public_id}" not in reminded.values_list("recipient_key", flat=True)
