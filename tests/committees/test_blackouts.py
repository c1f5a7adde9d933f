"""Days on which the committees of a candidacy do not meet."""

from datetime import UTC, date, datetime
from html import unescape
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from committees.models import Blackout, Meeting
from committees.services.blackouts import create_blackout, edit_blackout
from core.errors import StaleRevisionError
from tests.factories import (
    make_blackout,
    make_candidacy,
    make_committee,
    make_meeting,
    make_member,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AUGUST = {"name": "Août", "first_day": date(2026, 8, 1), "last_day": date(2026, 8, 31)}
WARNING = "La date choisie tombe un jour sans réunion"


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def text_of(response):
    return unescape(response.content.decode())


def test_the_same_form_sent_twice_makes_one_period(client, lead):
    data = {
        "public_id": str(uuid4()),
        "name": "Période de réserve électorale",
        "first_day": "2026-03-01",
        "last_day": "2026-03-22",
    }

    for _ in range(2):
        response = client.post(url("blackout-create", lead.candidacy), data)
        assert response.headers["Location"] == url("blackout-list", lead.candidacy)

    blackout = Blackout.objects.get()
    assert (blackout.candidacy, blackout.name) == (lead.candidacy, "Période de réserve électorale")
    assert (blackout.first_day, blackout.last_day) == (date(2026, 3, 1), date(2026, 3, 22))


def test_a_period_that_ends_before_it_begins_is_refused(client, lead):
    data = {"public_id": str(uuid4()), "name": "Août", "first_day": "2026-08-31", "last_day": "2026-08-01"}

    response = client.post(url("blackout-create", lead.candidacy), data)

    assert response.status_code == 422
    assert response.context["form"].errors == {"last_day": ["La période finit avant de commencer."]}
    with pytest.raises(ValidationError, match="finit avant de commencer"):
        create_blackout(candidacy=make_candidacy(), **AUGUST | {"last_day": date(2026, 7, 1)})


def test_two_people_who_change_a_period_do_not_overwrite_each_other(client, lead):
    blackout = make_blackout(candidacy=lead.candidacy, **AUGUST)
    address = url("blackout-edit", lead.candidacy, blackout.public_id)
    edit_blackout(blackout=blackout, expected_revision=1, name="Été")

    with pytest.raises(StaleRevisionError):
        edit_blackout(blackout=blackout, expected_revision=1, name="Vacances")
    data = {"revision": "1", "name": "Vacances", "first_day": "2026-08-01", "last_day": "2026-08-31"}
    assert client.post(address, data).status_code == 409


def test_the_page_names_the_meetings_planned_all_the_same(client, lead):
    committee = make_committee(candidacy=lead.candidacy)
    august = make_blackout(candidacy=lead.candidacy, **AUGUST)
    over = make_blackout(
        candidacy=lead.candidacy, name="Fêtes", first_day=date(2025, 12, 20), last_day=date(2026, 1, 4)
    )
    make_blackout(name="Ailleurs")
    inside = make_meeting(committee=committee, starts_at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
    make_meeting(committee=committee, starts_at=datetime(2026, 8, 31, 22, 30, tzinfo=UTC))
    make_meeting(
        committee=committee,
        status=Meeting.Status.CANCELLED,
        starts_at=datetime(2026, 8, 10, 9, tzinfo=UTC),
    )

    lines = client.get(url("blackout-list", lead.candidacy)).context["lines"]

    assert [(line.blackout, line.is_over, line.meetings) for line in lines] == [
        (august, False, (inside,)),
        (over, True, ()),
    ]


def test_the_list_costs_the_same_for_3_and_for_30_rows(client, lead, django_assert_max_num_queries):
    committee = make_committee(candidacy=lead.candidacy)

    def add(rows):
        for _ in range(rows):
            make_blackout(candidacy=lead.candidacy)
            make_meeting(committee=committee, starts_at=datetime(2030, 8, 10, 9, tzinfo=UTC))

    counts = []
    for rows in (3, 27):
        add(rows)
        with django_assert_max_num_queries(20) as captured:
            client.get(url("blackout-list", lead.candidacy))
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (
            datetime(2026, 8, 10, 9, tzinfo=UTC),
            "période sans réunion (Août, du 1er août 2026 au 31 août 2026)",
        ),
        (datetime(2026, 5, 14, 9, tzinfo=UTC), "jour férié (Ascension)"),
        (datetime(2026, 9, 1, 9, tzinfo=UTC), None),
    ],
)
@pytest.mark.parametrize("page", ["meeting-detail", "meeting-convene"])
def test_a_meeting_on_a_closed_day_is_warned_of(client, lead, page, starts_at, reason):
    make_blackout(candidacy=lead.candidacy, **AUGUST)
    meeting = make_meeting(committee=make_committee(candidacy=lead.candidacy), starts_at=starts_at)

    page = text_of(client.get(url(page, lead.candidacy, meeting.public_id))).replace("\u00a0", " ")

    assert (WARNING in page) is (reason is not None)
    assert reason is None or f"{WARNING} : {reason}. Elle reste possible." in page


@pytest.mark.parametrize(("region", "is_closed"), [("", False), ("57", True)])
def test_the_public_holidays_are_those_of_the_candidacy(client, lead, region, is_closed):
    lead.candidacy.holiday_region = region
    lead.candidacy.save()
    committee = make_committee(candidacy=lead.candidacy)
    meeting = make_meeting(committee=committee, starts_at=datetime(2028, 12, 26, 9, tzinfo=UTC))

    page = text_of(client.get(url("meeting-detail", lead.candidacy, meeting.public_id)))

    assert (WARNING in page) is is_closed


@pytest.mark.parametrize("status", [Meeting.Status.HELD, Meeting.Status.CANCELLED])
def test_what_is_over_is_not_warned_of(client, lead, status):
    make_blackout(candidacy=lead.candidacy, **AUGUST)
    meeting = make_meeting(
        committee=make_committee(candidacy=lead.candidacy),
        status=status,
        starts_at=datetime(2026, 8, 10, 9, tzinfo=UTC),
    )

    assert WARNING not in text_of(client.get(url("meeting-detail", lead.candidacy, meeting.public_id)))


@pytest.mark.parametrize("page", ["committee", "dashboard"])
def test_the_committee_page_and_the_dashboard_say_what_is_missing_and_by_when(client, lead, page):
    committee = make_committee(
        candidacy=lead.candidacy, acronym="COPIL", kind="copil", rhythm_min=3, notice_days=15
    )
    make_meeting(
        committee=committee, status=Meeting.Status.HELD, starts_at=datetime(2026, 2, 3, 9, tzinfo=UTC)
    )
    make_meeting(
        committee=committee, status=Meeting.Status.CONVENED, starts_at=datetime(2026, 3, 20, 9, tzinfo=UTC)
    )
    address = (
        url("committee-detail", lead.candidacy, committee.public_id)
        if page == "committee"
        else reverse("dossier:dashboard", args=[lead.candidacy.slug])
    )

    said = " ".join(text_of(client.get(address)).split())

    assert "1 tenue, 1 convoquée, <strong>1 manquante</strong>" in said
    assert (
        "Pour tenir un COPIL ce trimestre avec le délai, convoquez au plus tard le lundi 16 mars 2026 : "
        "il reste 14 jours." in said
    )
