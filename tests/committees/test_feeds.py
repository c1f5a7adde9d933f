"""Calendars to subscribe to: an address shown once, what its holder may see at each reading, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import CalendarFeed, Meeting
from committees.services.feeds import open_feed
from core.secret_addresses import digest_of_token
from tests.factories import (
    make_action,
    make_agenda_item,
    make_calendar_feed,
    make_candidacy,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_seat,
    make_user,
)

pytestmark = pytest.mark.django_db

Role = Membership.Role
Status = Meeting.Status


@pytest.fixture
def candidacy():
    return make_candidacy()


def holder_of(candidacy, role, **fields):
    """Return somebody who holds a personal address in that role, with the contact that they are."""
    user = make_user()
    make_member(candidacy=candidacy, user=user, role=role)
    return make_calendar_feed(candidacy=candidacy, user=user, **fields), make_contact(
        candidacy=candidacy, user=user
    )


def fetched(client, token, **headers):
    return client.get(reverse("committees:feed", args=[token]), headers=headers)


def events(client, feed):
    response = fetched(client, feed.token)
    assert response.status_code == 200
    calendar = vobject.readOne(response.content.decode())
    return {event.summary.value: event for event in calendar.contents.get("vevent", [])}


def test_the_team_reads_every_meeting_with_those_in_preparation_as_tentative(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.TEAM)
    committee = make_committee(candidacy=candidacy, acronym="COPIL")
    make_meeting(committee=committee, title="Brouillon")
    make_meeting(committee=committee, title="Convoquée", status=Status.CONVENED, sequence=3)
    make_meeting(committee=committee, title="Annulée", status=Status.CANCELLED)

    found = events(client, feed)

    assert {title: event.status.value for title, event in found.items()} == {
        "COPIL – Brouillon": "TENTATIVE",
        "COPIL – Convoquée": "CONFIRMED",
        "COPIL – Annulée": "CANCELLED",
    }
    assert found["COPIL – Convoquée"].sequence.value == "3"


def test_a_guest_reads_the_meetings_they_are_called_to_and_no_draft(client, candidacy):
    feed, contact = holder_of(candidacy, Role.PARTNER)
    committee = make_committee(candidacy=candidacy, acronym="COTECH")
    called = make_meeting(committee=committee, title="Avec moi", status=Status.CONVENED)
    make_agenda_item(meeting=called, title="Le plan de financement")
    make_invitation(meeting=called, contact=contact)
    make_invitation(meeting=make_meeting(committee=committee, title="Pas encore"), contact=contact)
    make_meeting(committee=committee, title="Sans moi", status=Status.CONVENED)

    found = events(client, feed)

    assert set(found) == {"COTECH – Avec moi"}
    assert "Le plan de financement" in found["COTECH – Avec moi"].description.value
    assert found["COTECH – Avec moi"].uid.value == called.calendar_uid


def test_a_personal_calendar_holds_what_is_to_be_done_and_that_of_a_committee_does_not(client, candidacy):
    feed, contact = holder_of(candidacy, Role.TEAM)
    committee = make_committee(candidacy=candidacy)
    of_committee = make_calendar_feed(candidacy=candidacy, user=feed.user, committee=committee)
    make_action(
        candidacy=candidacy, title="Relire", owner=contact, due_on=datetime(2030, 3, 4, tzinfo=UTC).date()
    )
    make_action(candidacy=candidacy, title="Celle d’un autre", due_on=datetime(2030, 3, 5, tzinfo=UTC).date())
    make_meeting(committee=committee, title="Ici")
    make_meeting(committee=make_committee(candidacy=candidacy), title="Ailleurs")

    own = events(client, feed)

    deadline = own["À faire\u00a0: Relire"]
    assert (deadline.dtstart.value.isoformat(), deadline.dtend.value.isoformat()) == (
        "2030-03-04",
        "2030-03-05",
    )
    assert not any("Celle d’un autre" in title for title in own)
    assert [title.rpartition(" – ")[2] for title in events(client, of_committee)] == ["Ici"]


def test_each_meeting_keeps_its_hour_through_the_changes_of_the_clocks(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.LEAD)
    committee = make_committee(candidacy=candidacy)
    zone = candidacy.zone
    days = [(2026, 3, 28), (2026, 3, 30), (2026, 10, 24), (2026, 10, 26), (2028, 2, 1)]
    for day in days:
        make_meeting(committee=committee, title=f"Le {day}", starts_at=datetime(*day, 14, 30, tzinfo=zone))

    found = events(client, feed)

    starts = sorted(event.dtstart.value for event in found.values())
    assert [(start.hour, start.minute) for start in starts] == [(14, 30)] * 5
    assert [start.utcoffset() for start in starts] == [timedelta(hours=hours) for hours in (1, 2, 2, 1, 1)]


def test_a_right_taken_back_closes_the_address(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.TEAM)
    assert fetched(client, feed.token).status_code == 200

    candidacy.memberships.filter(user=feed.user).delete()

    assert fetched(client, feed.token).status_code == 404


def test_an_account_switched_off_closes_the_address(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.TEAM)
    feed.user.is_active = False
    feed.user.save()

    assert fetched(client, feed.token).status_code == 404


def test_a_new_address_closes_the_one_before(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.TEAM)

    token = open_feed(candidacy=candidacy, user=feed.user)

    assert fetched(client, feed.token).status_code == 404
    assert fetched(client, token).status_code == 200
    assert CalendarFeed.objects.count() == 1


def test_the_database_holds_no_address(candidacy):
    token = open_feed(candidacy=candidacy, user=make_user())

    row = CalendarFeed.objects.values().get()
    assert token not in map(str, row.values())
    assert row["token_sha256"] == digest_of_token(token)


def test_what_has_not_changed_is_not_sent_again(client, candidacy):
    feed, _contact = holder_of(candidacy, Role.TEAM)
    meeting = make_meeting(committee=make_committee(candidacy=candidacy))
    first = fetched(client, feed.token)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["X-Robots-Tag"].startswith("noindex")

    assert fetched(client, feed.token, if_none_match=first["ETag"]).status_code == 304
    meeting.title = "Un autre objet"
    meeting.save()
    assert fetched(client, feed.token, if_none_match=first["ETag"]).status_code == 200


def test_the_last_reading_is_noted_at_most_once_an_hour(client, candidacy, time_machine):
    feed, _contact = holder_of(candidacy, Role.TEAM)
    for minutes, noted in ((0, 0), (30, 0), (70, 70)):
        time_machine.move_to(datetime(2030, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=minutes), tick=False)
        fetched(client, feed.token)
        feed.refresh_from_db()
        assert feed.last_read_at == datetime(2030, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=noted)


def test_a_feed_costs_the_same_for_many_meetings(client, candidacy, django_assert_num_queries):
    feed, _contact = holder_of(candidacy, Role.TEAM, last_read_at=timezone.now())
    committee = make_committee(candidacy=candidacy)
    for count in (3, 27):
        for _ in range(count):
            make_agenda_item(meeting=make_meeting(committee=committee))
        # the feed, the memberships, meetings, agendas, own invitations, actions, and the reading noted
        with django_assert_num_queries(7):
            fetched(client, feed.token)


def test_the_address_is_shown_once_and_belongs_to_its_holder(client, candidacy):
    lead = make_member(candidacy=candidacy, role=Role.LEAD).user
    client.force_login(lead)

    page = client.post(reverse("committees:feed-open", args=[candidacy.slug]))

    token = page.context["address"].rpartition("/")[2].removesuffix(".ics")
    assert page.context["calendar_address"].startswith("webcal://")
    assert fetched(client, token).status_code == 200
    listed = client.get(reverse("committees:feed-list", args=[candidacy.slug]))
    assert token not in listed.content.decode()
    other = make_member(candidacy=candidacy, role=Role.LEAD).user
    client.force_login(other)
    address = reverse("committees:feed-close", args=[candidacy.slug, CalendarFeed.objects.get().public_id])
    assert client.post(address).status_code == 404
    client.force_login(lead)
    client.post(address)
    assert fetched(client, token).status_code == 404


def test_an_elected_official_subscribes_to_the_committees_they_sit_on(client, candidacy):
    user = make_member(candidacy=candidacy, role=Role.ELECTED).user
    own = make_committee(candidacy=candidacy, name="Le leur")
    make_seat(committee=own, contact=make_contact(candidacy=candidacy, user=user))
    make_committee(candidacy=candidacy, name="Un autre")
    client.force_login(user)

    page = client.get(reverse("committees:feed-list", args=[candidacy.slug])).content.decode()

    assert "Le leur" in page
    assert "Un autre" not in page
