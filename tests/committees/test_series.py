"""Several meetings drafted at once from a rule."""

from datetime import UTC, date, datetime, time
from html import unescape
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from candidacy.models import Candidacy
from committees.closed_days import ClosedDays, read_closed_days
from committees.models import Meeting, MeetingSeries
from committees.recurrence import days_of, propose
from committees.services.series import create_series
from core.errors import DomainError
from notifications.models import OutboundMessage
from tests.factories import (
    make_blackout,
    make_candidacy,
    make_committee,
    make_meeting,
    make_member,
    make_seat,
    make_template_item,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
Frequency = MeetingSeries.Frequency
WhenClosed = MeetingSeries.WhenClosed


@pytest.fixture(autouse=True)
def _it_is_the_fifth_of_january(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, acronym="COPIL")


def days_ticked(response):
    lines = response.context["days"]["days"].lines
    return [row.day for row, box in lines if box and box.data["selected"]]


def rule(**fields):
    return {
        "frequency": Frequency.MONTHS,
        "interval": 1,
        "rank": 3,
        "weekday": 2,
        "local_time": time(14),
        "first_day": date(2026, 1, 5),
        "last_day": date(2026, 6, 30),
        "when_closed": WhenClosed.SKIP,
        **fields,
    }


def typed(**fields):
    data = rule(local_time="14:00", first_day="2026-01-05", last_day="2026-06-30", region="", **fields)
    return {name: "" if value is None else str(value) for name, value in data.items()}


def series(**fields):
    return MeetingSeries(**rule(**fields))


def isos(days):
    return [day.isoformat() for day in days]


def address(committee):
    return reverse("committees:series-create", args=[committee.candidacy.slug, committee.public_id])


def text_of(response):
    return " ".join(unescape(response.text).split())


# --- the days that a rule names ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "days", "words"),
    [
        (
            {"last_day": date(2026, 4, 15)},
            ["2026-01-21", "2026-02-18", "2026-03-18", "2026-04-15"],
            "troisième mercredi du mois",
        ),
        (
            {"rank": -1, "weekday": 3, "last_day": date(2026, 3, 31)},
            ["2026-01-29", "2026-02-26", "2026-03-26"],
            "dernier jeudi du mois",
        ),
        (
            {"interval": 2, "first_day": date(2026, 1, 22)},
            ["2026-02-18", "2026-04-15", "2026-06-17"],
            "troisième mercredi, tous les 2 mois",
        ),
        (
            {"frequency": Frequency.WEEKS, "rank": None, "last_day": date(2026, 1, 31)},
            ["2026-01-07", "2026-01-14", "2026-01-21", "2026-01-28"],
            "chaque mercredi",
        ),
        (
            {
                "frequency": Frequency.WEEKS,
                "rank": None,
                "interval": 3,
                "first_day": date(2026, 1, 8),
                "last_day": date(2026, 2, 28),
            },
            ["2026-01-14", "2026-02-04", "2026-02-25"],
            "le mercredi, toutes les 3 semaines",
        ),
    ],
)
def test_a_rule_names_its_days_from_the_first_one_it_can(fields, days, words):
    assert isos(days_of(series(**fields))) == days
    assert str(series(**fields)) == words


# --- holidays and blackouts --------------------------------------------------------------------------


def test_a_holiday_and_a_blackout_are_skipped_with_their_reason():
    """The second Thursday of May 2026 is Ascension."""
    candidacy = make_candidacy()
    make_blackout(
        candidacy=candidacy, name="Vacances", first_day=date(2026, 4, 1), last_day=date(2026, 4, 20)
    )
    thursdays = series(rank=2, weekday=3)

    proposals = propose(thursdays, read_closed_days(candidacy))

    assert {row.named: row.day for row in proposals} == {
        date(2026, 1, 8): date(2026, 1, 8),
        date(2026, 2, 12): date(2026, 2, 12),
        date(2026, 3, 12): date(2026, 3, 12),
        date(2026, 4, 9): None,
        date(2026, 5, 14): None,
        date(2026, 6, 11): date(2026, 6, 11),
    }
    assert [row.reason.split(" (")[0] for row in proposals if row.reason] == [
        "période sans réunion",
        "jour férié",
    ]


@pytest.mark.parametrize(
    ("when_closed", "april", "may"),
    [
        (WhenClosed.NEXT_WEEK, date(2026, 4, 23), date(2026, 5, 21)),
        (WhenClosed.NEXT_DAY, date(2026, 4, 21), date(2026, 5, 15)),
    ],
)
def test_a_closed_day_is_moved_to_the_next_open_one(when_closed, april, may):
    candidacy = make_candidacy()
    make_blackout(candidacy=candidacy, first_day=date(2026, 4, 1), last_day=date(2026, 4, 20))

    proposals = propose(series(rank=2, weekday=3, when_closed=when_closed), read_closed_days(candidacy))

    moved = {row.named: row.day for row in proposals if row.is_moved}
    assert moved == {date(2026, 4, 9): april, date(2026, 5, 14): may}


def test_a_day_moved_by_days_never_falls_on_a_weekend():
    """Friday the first of May 2026 is a holiday: Monday comes next."""
    (row,) = propose(
        series(
            rank=1,
            weekday=4,
            first_day=date(2026, 5, 1),
            last_day=date(2026, 5, 31),
            when_closed=WhenClosed.NEXT_DAY,
        ),
        ClosedDays(),
    )

    assert row.day == date(2026, 5, 4)


def test_a_day_that_would_move_to_the_next_one_or_out_of_the_series_is_left_out():
    weekly = {"frequency": Frequency.WEEKS, "rank": None, "weekday": 3, "when_closed": WhenClosed.NEXT_WEEK}

    rows = propose(series(**weekly, first_day=date(2026, 5, 7), last_day=date(2026, 5, 21)), ClosedDays())
    (last,) = propose(series(**weekly, first_day=date(2026, 5, 14), last_day=date(2026, 5, 18)), ClosedDays())

    assert [row.day for row in rows] == [date(2026, 5, 7), None, date(2026, 5, 21)]
    assert last.day is None


def test_alsace_and_moselle_have_their_own_holidays():
    fridays = series(rank=1, weekday=4, first_day=date(2026, 4, 1), last_day=date(2026, 4, 30))

    assert propose(fridays, ClosedDays())[0].day == date(2026, 4, 3)
    assert propose(fridays, ClosedDays(region="57"))[0].day is None


# --- drafting ----------------------------------------------------------------------------------------


def test_meetings_are_drafted_at_the_same_local_hour_across_summer_time():
    """The clocks go forward on 29 March 2026 and back on 25 October."""
    committee = make_committee(default_place="Salle Richart")
    make_template_item(committee=committee, title="Suites données")
    make_seat(committee=committee)

    row = create_series(
        committee=committee,
        days=[date(2026, 11, 18), date(2026, 3, 18), date(2026, 4, 15)],
        **rule(last_day=date(2026, 12, 31)),
    )

    meetings = row.meetings.order_by("starts_at")
    assert [meeting.starts_at for meeting in meetings] == [
        datetime(2026, 3, 18, 13, tzinfo=UTC),
        datetime(2026, 4, 15, 12, tzinfo=UTC),
        datetime(2026, 11, 18, 13, tzinfo=UTC),
    ]
    assert {meeting.starts_at.astimezone(committee.candidacy.zone).hour for meeting in meetings} == {14}
    assert {(meeting.status, meeting.place) for meeting in meetings} == {
        (Meeting.Status.DRAFT, "Salle Richart")
    }
    assert all(meeting.agenda_items.get().title == "Suites données" for meeting in meetings)
    assert not OutboundMessage.objects.exists()


def test_an_hour_that_the_clocks_skip_leaves_no_meeting_at_all():
    committee = make_committee()

    with pytest.raises(DomainError, match="n’existe pas"):
        create_series(
            committee=committee,
            days=[date(2026, 3, 22), date(2026, 3, 29)],
            **rule(frequency=Frequency.WEEKS, rank=None, weekday=6, local_time=time(2, 30)),
        )
    assert not Meeting.objects.exists()
    assert not MeetingSeries.objects.exists()


def test_a_rule_that_contradicts_itself_is_refused():
    with pytest.raises(ValidationError, match="Dites lequel"):
        create_series(committee=make_committee(), days=[date(2026, 3, 18)], **rule(rank=None))
    with pytest.raises(DomainError, match="Gardez au moins une date"):
        create_series(committee=make_committee(), days=[], **rule())


def test_looking_at_the_dates_makes_nothing(client, committee):
    response = client.get(address(committee), {**typed(), "voir": "1"})

    assert response.status_code == 200
    assert days_ticked(response) == days_of(series())
    assert "Les dates : troisième mercredi du mois, 14 h 00" in text_of(response)
    assert not Meeting.objects.exists()


def test_the_dates_left_ticked_become_drafts_once(client, committee):
    data = {**typed(), "public_id": str(uuid4()), "days": ["2026-01-21", "2026-03-18"]}
    page = reverse("committees:committee-detail", args=[committee.candidacy.slug, committee.public_id])

    for _ in range(2):
        assert client.post(address(committee), data).headers["Location"] == page

    titles = Meeting.objects.order_by("starts_at").values_list("title", flat=True)
    assert list(titles) == ["COPIL du 21 janvier 2026", "COPIL du 18 mars 2026"]
    assert MeetingSeries.objects.get().rank == 3
    said = text_of(client.get(page))
    assert "2 réunions sont en préparation. Personne n’en est encore averti." in said
    assert "troisième mercredi du mois, 14 h 00, du 5 jan. 2026 au 30 juin 2026" in said
    assert "2 à venir" in said


def test_a_date_that_the_rule_does_not_name_is_refused_and_the_ticks_are_kept(client, committee):
    data = {**typed(), "public_id": str(uuid4()), "days": ["2026-01-21", "2026-01-22"]}

    response = client.post(address(committee), data)

    assert response.status_code == 422
    assert days_ticked(response) == [date(2026, 1, 21)]
    assert not Meeting.objects.exists()


def test_no_date_at_all_is_said(client, committee):
    response = client.post(address(committee), {**typed(), "public_id": str(uuid4())})

    assert response.status_code == 422
    assert "Gardez au moins une date." in text_of(response)


def test_a_day_that_has_a_meeting_already_is_shown_and_not_ticked(client, committee):
    make_meeting(committee=committee, title="Séance d’avril", starts_at=datetime(2026, 4, 15, 8, tzinfo=UTC))
    make_meeting(
        committee=committee,
        status=Meeting.Status.CANCELLED,
        starts_at=datetime(2026, 5, 20, 8, tzinfo=UTC),
    )

    response = client.get(address(committee), {**typed(), "voir": "1"})

    kept = days_ticked(response)
    assert date(2026, 4, 15) not in kept
    assert date(2026, 5, 20) in kept
    assert "ce jour-là, déjà : Séance d’avril" in text_of(response)


def test_what_is_dropped_says_why_and_cannot_be_ticked(client, committee):
    make_blackout(
        candidacy=committee.candidacy, name="Hiver", first_day=date(2026, 2, 14), last_day=date(2026, 3, 2)
    )

    response = client.get(address(committee), {**typed(), "voir": "1"})

    assert "pas de réunion : période sans réunion (Hiver, du 14 fév. 2026 au 2 mars 2026)" in text_of(
        response
    )
    assert 'value="2026-02-18"' not in response.text


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"rank": None}, "rank", "Dites lequel, dans le mois\u00a0: premier, deuxième…"),
        ({"first_day": "2026-01-04"}, "first_day", "La série commence au plus tôt aujourd’hui."),
        ({"last_day": "2026-01-04"}, "last_day", "La série finit avant de commencer."),
        ({"last_day": "2029-01-04"}, "last_day", "Une série s’étend sur deux ans au plus."),
        ({"last_day": "2026-01-12"}, "__all__", "Aucune date ne répond à cette règle entre ces deux jours."),
        (
            {"frequency": "weeks", "last_day": "2027-12-31"},
            "last_day",
            "Une série compte au plus 60 réunions.",
        ),
    ],
)
def test_a_rule_that_will_not_do_is_said_at_its_field(client, committee, fields, field, error):
    data = {**typed(), **{name: value or "" for name, value in fields.items()}, "voir": "1"}

    response = client.get(address(committee), data)

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [error]}
    assert "days" not in response.context


def test_the_holidays_are_first_those_of_the_candidacy(client, committee):
    assert client.get(address(committee)).context["form"].initial["region"] == ""
    Candidacy.objects.update(holiday_region="57")

    assert client.get(address(committee)).context["form"].initial["region"] == "57"


def test_the_dates_cost_the_same_for_any_number_of_meetings(client, committee, django_assert_max_num_queries):
    counts = []
    for rows in (3, 30):
        for _ in range(rows):
            make_meeting(committee=committee)
            make_blackout(candidacy=committee.candidacy)
        with django_assert_max_num_queries(20) as captured:
            client.get(address(committee), {**typed(), "voir": "1"})
        counts.append(len(captured))

    assert counts[0] == counts[1]
