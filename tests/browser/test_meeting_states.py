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
    make_paper,
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


def test_preparing_and_answering_are_clean(visit):
    lead = make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))
    committee = make_committee(candidacy=lead.candidacy)
    seat = make_seat(committee=committee)
    held = make_full_meeting(committee, seat.contact, status=Meeting.Status.HELD)
    left = make_agenda_item(meeting=held, position=2, title="Jury")
    meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED)
    item = make_agenda_item(meeting=meeting, is_confidential=True)
    paper = make_paper(item=item, title="Plan de financement", is_confidential=True)
    invitation = make_invitation(meeting=meeting, contact=seat.contact, is_voting=True)
    make_invitation(meeting=meeting, is_voting=True)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    ids, trouble = [lead.candidacy.slug, meeting.public_id], []
    page = visitor.open(reverse("committees:meeting-detail", args=ids))

    page.get_by_role("button", name="Reprendre «\u00a0Jury\u00a0»").click()
    page.get_by_text("Repris de la séance du").wait_for()
    assert meeting.agenda_items.filter(carried_from=left).exists()
    trouble += visitor.look_wide_and_narrow("meeting-prepared")
    for name, parts in (
        ("agenda-item-edit", [item.public_id]),
        ("paper-create", [item.public_id]),
        ("paper-edit", [item.public_id, paper.public_id]),
    ):
        visitor.open(reverse(f"committees:{name}", args=[*ids, *parts]))
        trouble += visitor.look_wide_and_narrow(name)
    answering = visitor.open(reverse("committees:answer-link", args=[invitation.token]))
    trouble += visitor.look_wide_and_narrow("answer-link")
    assert not answering.get_by_label("Pouvoir donné à").is_visible()
    answering.get_by_label("donne pouvoir").check()
    answering.get_by_label("Pouvoir donné à").select_option(index=1)
    answering.get_by_role("button", name="Répondre").click()
    answering.get_by_text("Merci, votre réponse est enregistrée.").wait_for()

    invitation.refresh_from_db()
    assert (invitation.answer, trouble) == ("proxy", [])
