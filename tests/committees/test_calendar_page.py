"""The calendar of a candidacy, by month and as a list."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from candidacy.models import Membership
from committees.models import Meeting
from committees.month import read_agenda_days, read_month
from tests.factories import (
    make_action,
    make_candidacy,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_phase,
)

pytestmark = pytest.mark.django_db

Role = Membership.Role
Status = Meeting.Status
FIRST, TODAY = date(2026, 3, 1), date(2026, 3, 16)


@pytest.fixture
def candidacy():
    return make_candidacy()


def person(candidacy, role):
    user = make_member(candidacy=candidacy, role=role).user
    return user, make_contact(candidacy=candidacy, user=user)


def titles(days):
    return {day.date: [item.title for item in day.items] for day in days}


def test_weeks_run_from_monday_to_sunday_around_the_month(candidacy):
    user, _contact = person(candidacy, Role.LEAD)

    month = read_month(candidacy, user, first=FIRST, today=TODAY)

    assert {len(week) for week in month.weeks} == {7}
    assert month.weeks[0][0].date == date(2026, 2, 23)
    assert month.weeks[-1][-1].date == date(2026, 4, 5)
    assert [day.date for week in month.weeks for day in week if day.is_today] == [TODAY]
    assert (month.before, month.after) == (date(2026, 2, 1), date(2026, 4, 1))


def test_a_meeting_stands_on_its_local_day(candidacy):
    user, _contact = person(candidacy, Role.LEAD)
    late = datetime(2026, 3, 31, 23, 30, tzinfo=candidacy.zone)  # still March in Lens, 21:30 in Greenwich
    early = datetime(2026, 4, 1, 0, 30, tzinfo=candidacy.zone)  # April in Lens, March in Greenwich
    committee = make_committee(candidacy=candidacy, acronym="COPIL")
    make_meeting(committee=committee, title="Tard", starts_at=late, status=Status.CONVENED)
    make_meeting(committee=committee, title="Tôt", starts_at=early, status=Status.CANCELLED)

    march = read_month(candidacy, user, first=FIRST, today=TODAY)
    april = read_month(candidacy, user, first=date(2026, 4, 1), today=TODAY)

    assert titles(march.days) == {date(2026, 3, 31): ["COPIL – Tard"]}
    assert titles(april.days) == {date(2026, 4, 1): ["COPIL – Tôt"]}
    assert [(item.state, item.is_off) for day in april.days for item in day.items] == [("annulée", True)]


def test_the_lead_sees_the_call_and_what_they_have_to_do(candidacy):
    user, contact = person(candidacy, Role.LEAD)
    make_phase(candidacy=candidacy, name="Dépôt", planned_on=date(2026, 3, 20), actual_on=date(2026, 3, 25))
    make_action(candidacy=candidacy, title="La mienne", owner=contact, due_on=date(2026, 3, 25))
    make_action(candidacy=candidacy, title="Une autre", due_on=date(2026, 3, 25))

    month = read_month(candidacy, user, first=FIRST, today=TODAY)

    assert titles(month.days) == {date(2026, 3, 25): ["Dépôt", "La mienne"]}


def test_a_guest_sees_their_own_meetings_and_no_date_of_the_call(candidacy):
    user, contact = person(candidacy, Role.PARTNER)
    at = datetime(2026, 3, 18, 9, tzinfo=candidacy.zone)
    committee = make_committee(candidacy=candidacy, acronym="COTECH")
    called = make_meeting(committee=committee, title="Avec moi", starts_at=at, status=Status.CONVENED)
    make_invitation(meeting=called, contact=contact)
    make_meeting(committee=committee, title="Sans moi", starts_at=at, status=Status.CONVENED)
    make_phase(candidacy=candidacy, name="Dépôt", planned_on=date(2026, 3, 20))

    days = read_agenda_days(candidacy, user, first=FIRST, today=TODAY)

    assert titles(days) == {date(2026, 3, 18): ["COTECH – Avec moi"]}


@pytest.mark.parametrize("asked", ["?mois=2026-03", "?vue=liste&mois=2026-03"])
def test_the_page_costs_the_same_for_many_meetings(client, candidacy, django_assert_num_queries, asked):
    user, _contact = person(candidacy, Role.LEAD)
    client.force_login(user)
    url = reverse("committees:calendar", args=[candidacy.slug]) + asked
    for count in (3, 27):
        for number in range(count):
            make_meeting(
                committee=make_committee(candidacy=candidacy),
                starts_at=datetime(2026, 3, 1 + number, 9, tzinfo=candidacy.zone),
            )
        # session, person, memberships, phases, actions, meetings
        with django_assert_num_queries(6):
            client.get(url)


@pytest.mark.parametrize("asked", ["", "?mois=2026-13", "?mois=9999-12", "?mois=0001-01", "?mois=x&vue=y"])
def test_an_address_that_makes_no_sense_shows_this_month(client, candidacy, asked, time_machine):
    time_machine.move_to(datetime(2026, 3, 16, 9, tzinfo=candidacy.zone))
    user, _contact = person(candidacy, Role.OBSERVER)
    client.force_login(user)

    response = client.get(reverse("committees:calendar", args=[candidacy.slug]) + asked)

    assert response.context["month"].first == FIRST
    assert "Mars 2026" in response.content.decode()
