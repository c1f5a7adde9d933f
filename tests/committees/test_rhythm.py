from datetime import UTC, date, datetime

import pytest

from committees.models import Committee, Meeting
from committees.rhythm import State, period_around, rhythm_history, rhythms
from tests.factories import make_candidacy, make_committee, make_meeting

Period = Committee.Period
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_tenth_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


def at(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def state_of(committee, now=NOW):
    return rhythms([committee], now)[committee.pk].state


@pytest.mark.parametrize(
    ("kind", "first", "last", "label"),
    [
        (Period.MONTH, date(2026, 2, 1), date(2026, 2, 28), "février 2026"),
        (Period.QUARTER, date(2026, 1, 1), date(2026, 3, 31), "1er trimestre 2026"),
        (Period.YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ],
)
def test_a_period_is_a_calendar_month_quarter_or_year(kind, first, last, label):
    period = period_around(date(2026, 2, 14), kind)

    assert (period.first, period.last, period.label) == (first, last, label)


def test_the_last_quarter_ends_with_the_year():
    assert period_around(date(2026, 11, 5), Period.QUARTER).label == "4e trimestre 2026"
    assert period_around(date(2026, 12, 31), Period.QUARTER).last == date(2026, 12, 31)


def test_held_and_convened_count_and_drafts_and_cancelled_do_not():
    committee = make_committee(rhythm_min=5, rhythm_period=Period.QUARTER)
    for status in Meeting.Status.values:
        make_meeting(committee=committee, status=status, starts_at=at(2, 10))
    make_meeting(
        committee=committee, status=Meeting.Status.HELD, starts_at=datetime(2025, 12, 31, 9, tzinfo=UTC)
    )
    make_meeting(committee=committee, status=Meeting.Status.CONVENED, starts_at=at(4, 1))

    rhythm = rhythms([committee], NOW)[committee.pk]

    assert (rhythm.held, rhythm.convened, rhythm.drafted, rhythm.missing) == (1, 1, 1, 3)


def test_a_month_ends_at_midnight_in_the_candidacys_zone():
    """23:30 on the last of February in UTC is the first of March in Lens."""
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(2, 28, 23))

    assert rhythms([committee], NOW)[committee.pk].held == 1
    assert rhythms([committee], at(2, 20))[committee.pk].held == 0


def test_committees_of_several_zones_are_counted_together():
    lens = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    noumea = make_committee(
        candidacy=make_candidacy(time_zone="Pacific/Noumea"), rhythm_min=1, rhythm_period=Period.MONTH
    )
    for committee in (lens, noumea):
        make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(2, 28, 15))

    found = rhythms([lens, noumea], NOW)

    assert (found[lens.pk].held, found[noumea.pk].held) == (0, 1)


def test_a_committee_without_a_minimum_is_free():
    assert state_of(make_committee()) == State.FREE


def test_a_minimum_held_is_kept_and_a_minimum_convened_is_on_track():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.QUARTER)
    meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED, starts_at=at(3, 20))

    assert state_of(committee) == State.ON_TRACK
    Meeting.objects.filter(pk=meeting.pk).update(status=Meeting.Status.HELD)
    assert state_of(committee) == State.KEPT


def test_more_meetings_than_the_maximum_is_told():
    committee = make_committee(rhythm_max=1, rhythm_period=Period.QUARTER)
    for day in (3, 17):
        make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(2, day))

    assert state_of(committee) == State.BEYOND


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (at(3, 2), State.TO_CONVENE),
        (at(3, 9), State.TO_CONVENE),
        (at(3, 10), State.AT_RISK),
        (at(3, 24), State.AT_RISK),
        (at(3, 25), State.LATE),
    ],
)
def test_the_warning_comes_fourteen_days_before_the_last_day_that_leaves_the_notice(now, state):
    committee = make_committee(rhythm_min=1, rhythm_period=Period.QUARTER, notice_days=7)

    rhythm = rhythms([committee], now)[committee.pk]

    assert rhythm.convene_by == date(2026, 3, 24)
    assert rhythm.state == state
    assert rhythm.needs_attention is (state in {State.AT_RISK, State.LATE})


def test_periods_that_are_over_are_kept_or_missed():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    Committee.objects.filter(pk=committee.pk).update(created_at=datetime(2025, 12, 1, tzinfo=UTC))
    committee.refresh_from_db()
    make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(2, 10))

    history = rhythm_history([committee], NOW, periods=3)[committee.pk]

    assert [(rhythm.period.label, rhythm.state) for rhythm in history] == [
        ("mars 2026", State.AT_RISK),
        ("février 2026", State.KEPT),
        ("janvier 2026", State.MISSED),
    ]


def test_a_committee_is_not_blamed_for_the_time_before_it_was_entered():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(1, 10))

    history = rhythm_history([committee], NOW, periods=4)[committee.pk]

    assert [rhythm.period.label for rhythm in history] == ["mars 2026", "janvier 2026"]


def test_counting_costs_one_query_for_any_number_of_committees(django_assert_num_queries):
    candidacy = make_candidacy()
    committees = [make_committee(candidacy=candidacy, rhythm_min=1) for _ in range(5)]

    with django_assert_num_queries(1):
        rhythms(committees, NOW)


def test_no_committee_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rhythms([], NOW) == {}
