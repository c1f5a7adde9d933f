"""Every page of the committees opens, and costs the same for few rows and for many."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Action, CommitteeMember, Decision, Invitation, Meeting
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


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def fill_committee(candidacy, rows):
    """Make a committee with ``rows`` of everything that its pages list."""
    now = timezone.now()
    committee = make_committee(candidacy=candidacy, rhythm_min=1, rhythm_max=2, quorum=2)
    for days in range(1, rows + 1):
        seat = make_seat(committee=committee)
        make_seat(committee=committee, quality=CommitteeMember.Quality.DEPUTY, deputy_of=seat)
        convened = make_meeting(
            committee=committee, status=Meeting.Status.CONVENED, starts_at=now + timedelta(days=days)
        )
        make_invitation(meeting=convened, contact=seat.contact, answer="present", answered_at=now)
        held = make_meeting(
            committee=committee, status=Meeting.Status.HELD, starts_at=now - timedelta(days=days)
        )
        decision = make_decision(meeting=held, owner=seat.contact, due_on=now.date())
        make_action(candidacy=candidacy, meeting=held, decision=decision, owner=seat.contact)
    return committee


def fill_meeting(committee, rows, **fields):
    meeting = make_meeting(committee=committee, **fields)
    for position in range(1, rows + 1):
        contact = make_contact(candidacy=committee.candidacy)
        item = make_agenda_item(meeting=meeting, position=position)
        make_invitation(meeting=meeting, contact=contact, quality="titular", is_voting=True)
        if meeting.is_held:
            decision = make_decision(meeting=meeting, owner=contact, agenda_item=item)
            make_action(candidacy=committee.candidacy, meeting=meeting, decision=decision, owner=contact)
    return meeting


@pytest.fixture
def count_queries(client, django_assert_max_num_queries):
    def count(address):
        with django_assert_max_num_queries(60) as captured:
            response = client.get(address)
        assert response.status_code == 200
        return len(captured)

    return count


LISTS = ["committee-list", "meeting-list", "meeting-export", "decision-list", "decision-export"]
LISTS += ["action-list", "action-export"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_3_and_for_30_rows(name, lead, count_queries):
    for _ in range(3):
        fill_committee(lead.candidacy, 1)
    few = count_queries(url(name, lead.candidacy))
    for _ in range(27):
        fill_committee(lead.candidacy, 1)

    assert count_queries(url(name, lead.candidacy)) == few


def test_only_those_who_sit_today_are_counted_as_members(client, lead):
    committee = make_committee(candidacy=lead.candidacy)
    today = timezone.localdate()
    make_seat(committee=committee, since=today, until=today)
    make_seat(committee=committee, until=today - timedelta(days=1))
    make_seat(committee=committee, since=today + timedelta(days=1))

    listed = client.get(url("committee-list", lead.candidacy)).context["lines"]
    page = client.get(url("committee-detail", lead.candidacy, committee.public_id))

    assert [line.member_count for line in listed] == [1]
    assert len(page.context["sheet"].mandates) == 3
    assert '<span class="tabs__count">1</span>' in page.content.decode()


def test_the_page_of_a_committee_costs_the_same_for_3_and_for_30_rows(lead, count_queries):
    few = fill_committee(lead.candidacy, 3)
    many = fill_committee(lead.candidacy, 30)

    assert count_queries(url("committee-detail", lead.candidacy, few.public_id)) == count_queries(
        url("committee-detail", lead.candidacy, many.public_id)
    )


@pytest.mark.parametrize("status", ["draft", "convened", "held", "cancelled"])
def test_the_page_of_a_meeting_costs_the_same_for_3_and_for_30_rows(status, lead, count_queries):
    committee = make_committee(candidacy=lead.candidacy, quorum=2)
    when = timezone.now() + timedelta(days=-1 if status == "held" else 1)
    few = fill_meeting(committee, 3, status=status, starts_at=when)
    many = fill_meeting(committee, 30, status=status, starts_at=when)

    assert count_queries(url("meeting-detail", lead.candidacy, few.public_id)) == count_queries(
        url("meeting-detail", lead.candidacy, many.public_id)
    )


@pytest.mark.parametrize("name", ["invitation-attendance", "invitation-create", "decision-create"])
def test_a_page_of_a_held_meeting_costs_the_same_for_3_and_for_30_rows(name, lead, count_queries):
    committee = make_committee(candidacy=lead.candidacy)
    when = timezone.now() - timedelta(days=1)
    few = fill_meeting(committee, 3, status="held", starts_at=when)
    first = count_queries(url(name, lead.candidacy, few.public_id))
    many = fill_meeting(committee, 30, status="held", starts_at=when)

    assert count_queries(url(name, lead.candidacy, many.public_id)) == first


def test_the_page_that_convenes_costs_the_same_for_3_and_for_30_rows(lead, count_queries):
    few, many = make_committee(candidacy=lead.candidacy), make_committee(candidacy=lead.candidacy)
    for _ in range(3):
        make_seat(committee=few)
    first = count_queries(url("meeting-convene", lead.candidacy, make_meeting(committee=few).public_id))
    for _ in range(30):
        make_seat(committee=many)

    address = url("meeting-convene", lead.candidacy, make_meeting(committee=many).public_id)
    assert count_queries(address) == first


@pytest.mark.parametrize("name", ["meeting-list", "action-list", "action-export"])
def test_a_partners_list_costs_the_same_for_3_and_for_30_rows(name, client, count_queries):
    partner = make_member(role=Membership.Role.PARTNER)
    contact = make_contact(candidacy=partner.candidacy, user=partner.user)
    client.force_login(partner.user)

    def add(rows):
        for _ in range(rows):
            committee = make_committee(candidacy=partner.candidacy)
            meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED)
            make_invitation(meeting=meeting, contact=contact)
            make_action(candidacy=partner.candidacy, owner=contact)

    add(3)
    few = count_queries(url(name, partner.candidacy))
    add(27)

    assert count_queries(url(name, partner.candidacy)) == few


def test_a_guests_page_of_a_meeting_costs_the_same_for_3_and_for_30_people(client, count_queries):
    partner = make_member(role=Membership.Role.PARTNER)
    contact = make_contact(candidacy=partner.candidacy, user=partner.user)
    committee = make_committee(candidacy=partner.candidacy)
    client.force_login(partner.user)
    few = fill_meeting(committee, 3, status=Meeting.Status.CONVENED)
    many = fill_meeting(committee, 30, status=Meeting.Status.CONVENED)
    for meeting in (few, many):
        make_invitation(meeting=meeting, contact=contact)

    assert count_queries(url("meeting-detail", partner.candidacy, few.public_id)) == count_queries(
        url("meeting-detail", partner.candidacy, many.public_id)
    )


def test_every_empty_list_opens(lead, client):
    for name in ("committee-list", "meeting-list", "decision-list", "action-list"):
        assert client.get(url(name, lead.candidacy)).status_code == 200


def test_every_form_opens(lead, client):
    committee = fill_committee(lead.candidacy, 1)
    seat = committee.members.first()
    draft = make_meeting(committee=committee)
    item = make_agenda_item(meeting=draft)
    convened = committee.meetings.convened().get()
    invitation = Invitation.objects.get(meeting=convened)
    addresses = [
        url("committee-create", lead.candidacy),
        url("committee-edit", lead.candidacy, committee.public_id),
        url("seat-create", lead.candidacy, committee.public_id),
        url("seat-edit", lead.candidacy, committee.public_id, seat.public_id),
        url("meeting-create", lead.candidacy, committee.public_id),
        url("meeting-edit", lead.candidacy, draft.public_id),
        url("meeting-convene", lead.candidacy, draft.public_id),
        url("meeting-move", lead.candidacy, convened.public_id),
        url("meeting-edit", lead.candidacy, convened.public_id),
        url("meeting-cancel", lead.candidacy, convened.public_id),
        url("agenda-item-create", lead.candidacy, draft.public_id),
        url("agenda-item-edit", lead.candidacy, draft.public_id, item.public_id),
        url("invitation-create", lead.candidacy, convened.public_id),
        url("invitation-answer", lead.candidacy, convened.public_id, invitation.public_id),
        url("decision-edit", lead.candidacy, Decision.objects.get().public_id),
        url("action-create", lead.candidacy),
        url("meeting-action-create", lead.candidacy, convened.public_id),
        url("action-edit", lead.candidacy, Action.objects.get().public_id),
    ]

    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )


@pytest.mark.parametrize("name", ["committee-detail", "committee-list"])
@time_machine.travel(datetime(2026, 9, 28, 9, tzinfo=UTC), tick=False)
def test_the_pages_warn_of_a_period_to_come_that_must_be_convened_now(client, lead, name):
    committee = make_committee(candidacy=lead.candidacy, rhythm_min=1, rhythm_period="month", notice_days=28)
    ids = [committee.public_id] if name == "committee-detail" else []

    page = client.get(url(name, lead.candidacy, *ids)).content.decode()

    assert "en octobre 2026 avec le délai, convoquez au plus tard le vendredi 2" in page
