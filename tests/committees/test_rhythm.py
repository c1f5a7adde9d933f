from datetime import UTC, date, datetime

import pytest

from committees.models import Committee, Meeting
from committees.rhythm import State, period_around, read_courses, rhythms
from tests.factories import make_blackout, make_candidacy, make_committee, make_meeting

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

    course = read_courses([committee], NOW, earlier=2)[committee.pk]

    history = [course.current, *course.earlier]
    assert [(rhythm.period.label, rhythm.state) for rhythm in history] == [
        ("mars 2026", State.AT_RISK),
        ("février 2026", State.KEPT),
        ("janvier 2026", State.MISSED),
    ]


def test_a_committee_is_not_blamed_for_the_time_before_it_was_entered():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    make_meeting(committee=committee, status=Meeting.Status.HELD, starts_at=at(1, 10))

    course = read_courses([committee], NOW, earlier=3)[committee.pk]

    assert [rhythm.period.label for rhythm in (course.current, *course.earlier)] == [
        "mars 2026",
        "janvier 2026",
    ]


def test_a_period_ends_on_its_last_open_day():
    """The last of February 2026 is a Saturday; the quarter that ends in a blackout ends before it."""
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH, notice_days=7)

    assert rhythms([committee], at(2, 2))[committee.pk].convene_by == date(2026, 2, 20)
    make_blackout(
        candidacy=committee.candidacy, first_day=date(2026, 2, 20), last_day=date(2026, 3, 2), name="Vacances"
    )
    rhythm = rhythms([committee], at(2, 2))[committee.pk]
    assert (rhythm.last_day, rhythm.convene_by) == (date(2026, 2, 19), date(2026, 2, 12))
    assert [blackout.name for blackout in rhythm.blackouts] == ["Vacances"]


def test_the_blackout_of_another_candidacy_changes_nothing():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    make_blackout(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))

    assert rhythms([committee], NOW)[committee.pk].last_day == date(2026, 3, 31)


def test_nothing_is_missing_in_a_period_that_is_closed_from_end_to_end():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH)
    make_blackout(candidacy=committee.candidacy, first_day=date(2026, 8, 1), last_day=date(2026, 8, 31))

    rhythm = rhythms([committee], at(8, 3))[committee.pk]

    assert (rhythm.missing, rhythm.state, rhythm.advice) == (0, State.PAUSED, "")
    assert state_of(committee, at(9, 3)) == State.TO_CONVENE


@pytest.mark.parametrize(
    ("fields", "now", "advice"),
    [
        (
            {"rhythm_period": Period.QUARTER},
            at(3, 10),
            (
                "Pour tenir un COPIL ce trimestre avec le délai, convoquez au plus tard le mardi 24\u00a0mars 2026"
                "\u00a0: il reste 14 jours."
            ),
        ),
        (
            {"rhythm_period": Period.MONTH, "rhythm_min": 2},
            at(3, 23),
            (
                "Pour tenir encore 2 réunions (COPIL) ce mois-ci avec le délai, convoquez au plus tard le mardi "
                "24\u00a0mars 2026\u00a0: il reste 1 jour."
            ),
        ),
        (
            {"rhythm_period": Period.QUARTER, "kind": Committee.Kind.PLENARY},
            at(3, 25),
            (
                "Pour tenir une réunion (COPIL) ce trimestre avec le délai, il fallait convoquer au plus tard le mardi "
                "24\u00a0mars 2026. Une réunion d’ici au 31\u00a0mars 2026 reste possible à délai réduit."
            ),
        ),
    ],
)
def test_the_advice_says_by_when_to_convene(fields, now, advice):
    committee = make_committee(
        **{"acronym": "COPIL", "kind": Committee.Kind.COPIL, "rhythm_min": 1, "notice_days": 7, **fields}
    )

    assert rhythms([committee], now)[committee.pk].advice == advice


def test_the_advice_does_not_promise_a_day_that_is_closed():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH, notice_days=7)
    make_blackout(candidacy=committee.candidacy, first_day=date(2026, 3, 24), last_day=date(2026, 4, 5))

    advice = rhythms([committee], at(3, 25))[committee.pk].advice

    assert "Il ne reste aucun jour ouvert à une réunion d’ici au 31" in advice


@pytest.mark.parametrize(
    ("period", "now", "coming"),
    [
        (Period.MONTH, at(3, 2), [("avril 2026", date(2026, 4, 2), State.TO_CONVENE)]),
        (Period.MONTH, at(3, 20), [("avril 2026", date(2026, 4, 2), State.AT_RISK)]),
        (Period.QUARTER, at(3, 20), []),
    ],
)
def test_a_period_to_come_counts_when_its_last_day_to_convene_is_near(period, now, coming):
    committee = make_committee(rhythm_min=1, rhythm_period=period, notice_days=28)

    found = read_courses([committee], now)[committee.pk].coming

    assert [(rhythm.period.label, rhythm.convene_by, rhythm.state) for rhythm in found] == coming


def test_with_a_notice_longer_than_the_period_several_to_come_count():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.MONTH, notice_days=60)
    make_meeting(committee=committee, status=Meeting.Status.CONVENED, starts_at=at(5, 20))

    coming = read_courses([committee], NOW)[committee.pk].coming

    # May is convened; June must be by 1 May, which is further than a month.
    assert [(rhythm.period.label, rhythm.state) for rhythm in coming] == [("avril 2026", State.LATE)]
    assert "en avril 2026 avec le délai, il fallait convoquer au plus tard" in coming[0].advice
    later = read_courses([committee], at(4, 2))[committee.pk].coming
    assert [rhythm.period.label for rhythm in later] == ["juin 2026"]


def test_a_quarter_to_come_is_named():
    committee = make_committee(rhythm_min=1, rhythm_period=Period.QUARTER, notice_days=90)

    (rhythm,) = read_courses([committee], at(3, 20))[committee.pk].coming

    assert "au 2e trimestre 2026 avec le délai, convoquez au plus tard" in rhythm.advice


def test_counting_costs_two_queries_for_any_number_of_committees(django_assert_num_queries):
    candidacy = make_candidacy()
    committees = [make_committee(candidacy=candidacy, rhythm_min=1) for _ in range(5)]

    with django_assert_num_queries(2):
        rhythms(committees, NOW)


def test_no_committee_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rhythms([], NOW) == {}
