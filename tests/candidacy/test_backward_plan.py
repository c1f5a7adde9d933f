"""Dates counted back from the deposit: days against days."""

from datetime import date
from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidacy.backward_plan import StepFacts, StepState, dates_of

#: A Monday; the Friday before is a working day, 1 and 8 May are not.
DEPOSIT = date(2026, 5, 11)
EARLY = date(2026, 1, 5)


def step(key, duration=1, *, working=True, after=(), **fields):
    return StepFacts(key, duration, working, frozenset(after), **fields)


def windows(*steps, deposit_on=DEPOSIT, today=EARLY, region=""):
    found = dates_of(steps, deposit_on=deposit_on, today=today, region=region)
    return {key: (dates.latest_start, dates.latest_end) for key, dates in found.items()}


def one(*steps, key=1, deposit_on=DEPOSIT, today=EARLY):
    return dates_of(steps, deposit_on=deposit_on, today=today)[key]


def test_what_nothing_waits_for_ends_on_the_day_of_the_deposit():
    assert windows(step(1)) == {1: (DEPOSIT, DEPOSIT)}


def test_working_days_leave_out_weekends_and_holidays():
    # Back from Monday 11: Thursday 7 (the 8th is a holiday), 6, 5, 4; the 1st is a holiday, so Thursday 30 April.
    assert windows(step(1, 6))[1] == (date(2026, 4, 30), DEPOSIT)


def test_calendar_days_count_every_day():
    assert windows(step(1, 6, working=False))[1] == (date(2026, 5, 6), DEPOSIT)


def test_a_deposit_on_a_sunday_leaves_the_working_day_before_it():
    assert windows(step(1), deposit_on=date(2026, 5, 10))[1] == (date(2026, 5, 7), date(2026, 5, 7))


def test_the_holidays_of_the_region_count():
    good_friday = date(2026, 4, 3)

    assert windows(step(1), deposit_on=good_friday)[1] == (good_friday, good_friday)
    assert windows(step(1), deposit_on=good_friday, region="57")[1] == (date(2026, 4, 2), date(2026, 4, 2))


def test_a_task_ends_before_the_first_of_those_that_wait_for_it():
    found = windows(
        step(1, 2, working=False), step(2, 3, working=False, after=[1]), step(3, 5, working=False, after=[1])
    )

    assert found[3] == (date(2026, 5, 7), DEPOSIT)
    assert found[2] == (date(2026, 5, 9), DEPOSIT)
    assert found[1] == (date(2026, 5, 5), date(2026, 5, 6))


def test_the_clock_changes_move_no_day():
    spring = windows(step(1, 5, working=False), deposit_on=date(2026, 3, 31))[1]
    autumn = windows(step(1, 5, working=False), deposit_on=date(2026, 10, 27))[1]

    assert spring == (date(2026, 3, 27), date(2026, 3, 31))
    assert autumn == (date(2026, 10, 23), date(2026, 10, 27))


def test_the_slack_is_what_lies_between_the_end_as_things_stand_and_the_last_possible_one():
    before = step(1, 3, working=False)
    after = step(2, 2, working=False, after=[1])
    found = dates_of([before, after], deposit_on=DEPOSIT, today=date(2026, 5, 1))

    assert (found[1].expected_start, found[1].expected_end) == (date(2026, 5, 1), date(2026, 5, 3))
    assert (found[2].expected_start, found[2].expected_end) == (date(2026, 5, 4), date(2026, 5, 5))
    assert (found[1].slack, found[2].slack) == (6, 6)


def test_the_slack_of_working_days_is_counted_in_working_days():
    # From the evening of Thursday 7 to Monday 11 lies one working day: the 8th is a holiday.
    assert one(step(1), today=date(2026, 5, 7)).slack == 1


def test_a_task_is_expected_on_the_day_planned_for_it_and_keeps_its_slack():
    found = one(step(1, 2, working=False, planned_from=date(2026, 5, 5)), today=date(2026, 5, 1))

    assert (found.expected_start, found.expected_end) == (date(2026, 5, 5), date(2026, 5, 6))
    assert found.slack == 9


@pytest.mark.parametrize(
    ("fields", "today", "state"),
    [
        ({}, date(2026, 3, 2), StepState.TO_COME),
        ({}, date(2026, 4, 27), StepState.STARTS_SOON),
        ({}, date(2026, 5, 9), StepState.STARTS_SOON),
        ({}, date(2026, 5, 10), StepState.START_MISSED),
        ({}, date(2026, 5, 12), StepState.OVERDUE),
        ({"started_on": date(2026, 5, 9)}, date(2026, 5, 10), StepState.UNDER_WAY),
        ({"started_on": date(2026, 5, 10)}, date(2026, 5, 10), StepState.TOO_LONG),
        ({"planned_from": date(2026, 5, 11)}, date(2026, 4, 1), StepState.TOO_LONG),
        (
            {"started_on": date(2026, 5, 1), "finished_on": date(2026, 5, 2)},
            date(2026, 5, 20),
            StepState.DONE,
        ),
    ],
)
def test_the_state_of_a_task_of_three_days(fields, today, state):
    assert one(step(1, 3, working=False, **fields), today=today).state is state


def test_the_actual_dates_of_what_is_done_push_what_waits_for_it():
    done = step(1, 1, working=False, started_on=date(2026, 5, 1), finished_on=date(2026, 5, 20))
    waiting = step(2, 1, working=False, after=[1])

    found = dates_of([done, waiting], deposit_on=DEPOSIT, today=date(2026, 5, 2))

    assert found[1].slack is None
    assert found[2].expected_start == date(2026, 5, 21)
    assert found[2].state is StepState.TOO_LONG


def test_a_circle_is_refused():
    with pytest.raises(CycleError):
        windows(step(1, after=[2]), step(2, after=[1]))


@given(
    durations=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    links=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
    working=st.booleans(),
)
def test_whatever_the_plan_nothing_begins_before_what_it_waits_for_is_over(durations, links, working):
    steps = [
        step(number, days, working=working, after=[low for low, high in links if low < high == number])
        for number, days in enumerate(durations)
    ]

    found = dates_of(steps, deposit_on=DEPOSIT, today=EARLY)

    for facts in steps:
        assert found[facts.key].latest_start <= found[facts.key].latest_end <= DEPOSIT
        for before in facts.predecessors & found.keys():
            assert found[before].latest_end < found[facts.key].latest_start
            assert found[before].expected_end < found[facts.key].expected_start
