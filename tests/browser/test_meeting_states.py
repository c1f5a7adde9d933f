"""The page of a meeting in each of its states, as the lead sees it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from committees.models import Meeting
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
    make_user,
)

PASSWORD = "une-phrase-assez-longue"


def make_full_meeting(committee, contact, *, status):
    """Make a meeting with everything that its page shows; one that was held is behind us."""
    away = timedelta(days=-3 if status == Meeting.Status.HELD else 10)
    meeting = make_meeting(committee=committee, status=status, starts_at=timezone.now() + away)
    make_agenda_item(meeting=meeting, minutes=20)
    make_invitation(meeting=meeting, contact=contact, answer="present", answered_at=timezone.now())
    make_invitation(meeting=meeting)
    if status == Meeting.Status.HELD:
        make_decision(meeting=meeting)
        make_action(candidacy=committee.candidacy, meeting=meeting, owner=contact)
    return meeting


def test_a_meeting_is_clean_in_each_of_its_states(visit):
    lead = make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))
    committee = make_committee(candidacy=lead.candidacy)
    contact = make_contact(candidacy=lead.candidacy)
    make_seat(committee=committee, contact=contact)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    trouble = []
    for status in Meeting.Status:
        meeting = make_full_meeting(committee, contact, status=status)
        page = visitor.open(
            reverse("committees:meeting-detail", args=[lead.candidacy.slug, meeting.public_id])
        )
        assert page.get_by_role("heading", name=meeting.title).is_visible()
        trouble += visitor.look_wide_and_narrow(f"meeting-{status}")

    assert trouble == []
