"""When somebody is told that a vote may come too late: days of a calendar that stands still."""

from datetime import date, timedelta

import pytest

from partners.deliberation_alerts import CLOSES_SOON_DAYS, AlertKind, SittingDay, find_alert
from partners.models import Deliberation, Sitting

Assembly = Sitting.Assembly
Status = Deliberation.Status

DEPOSIT = date(2027, 3, 20)
COUNCIL = SittingDay(Assembly.MUNICIPAL, held_on=date(2027, 3, 12), agenda_closes_on=date(2027, 2, 20))
BEFORE_IT = SittingDay(Assembly.MUNICIPAL, held_on=date(2027, 1, 29), agenda_closes_on=date(2027, 1, 8))
AFTER_DEPOSIT = SittingDay(Assembly.MUNICIPAL, held_on=date(2027, 3, 21), agenda_closes_on=date(2027, 3, 1))
BUREAU = SittingDay(Assembly.BUREAU, held_on=date(2027, 3, 18), agenda_closes_on=date(2027, 3, 14))


def alert(
    today, *known, status=Status.TO_SCHEDULE, sitting=None, deposit_on=DEPOSIT
):  # the days as they follow each other
    return find_alert(status=status, sitting=sitting, known=known, deposit_on=deposit_on, today=today)


def kind(*args, **kwargs):
    found = alert(*args, **kwargs)
    return found and found.kind


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 2, 5), None),  # fifteen days before the agenda closes
        (date(2027, 2, 6), AlertKind.CLOSES_SOON),
        (date(2027, 2, 20), AlertKind.CLOSES_SOON),  # the last day
        (date(2027, 2, 21), AlertKind.TOO_LATE),
        (date(2027, 3, 12), AlertKind.TOO_LATE),  # the day of the sitting
        (date(2027, 3, 13), AlertKind.NO_SITTING),  # it is over, and none follows
    ],
)
def test_the_warning_comes_two_weeks_before_the_agenda_closes(today, expected):
    assert CLOSES_SOON_DAYS == 14
    assert kind(today, COUNCIL) == expected


def test_the_sentence_names_the_assembly_its_day_and_the_closing():
    told = str(alert(date(2027, 2, 12), COUNCIL))

    assert told == (
        "Le conseil municipal vote pour la dernière fois avant le dépôt le 12\u00a0mars 2027\u00a0; "
        "son ordre du jour se clôt le 20\u00a0février 2027."
    )
    assert "est clos depuis le 20\u00a0février 2027" in str(alert(date(2027, 2, 21), COUNCIL))
    assert "le 20\u00a0mars 2027" in str(alert(date(2027, 2, 21)))


@pytest.mark.parametrize("assembly", Assembly)
def test_every_assembly_has_its_article(assembly):
    day = SittingDay(assembly, held_on=COUNCIL.held_on, agenda_closes_on=COUNCIL.agenda_closes_on)

    told = str(alert(date(2027, 2, 12), day))

    assert str(assembly.label) in told
    assert told.startswith(("Le ", "La ", "L’"))


def test_an_earlier_agenda_that_closes_soon_is_no_matter_while_a_later_sitting_can_vote():
    assert kind(date(2027, 1, 5), BEFORE_IT, COUNCIL) is None
    assert kind(date(2027, 1, 5), BEFORE_IT) == AlertKind.CLOSES_SOON


def test_a_sitting_that_closed_is_no_matter_while_another_is_open():
    open_later = SittingDay(Assembly.MUNICIPAL, held_on=date(2027, 3, 5), agenda_closes_on=date(2027, 3, 1))

    found = alert(date(2027, 2, 25), COUNCIL, open_later)

    assert (found.kind, found.sitting) == (AlertKind.CLOSES_SOON, open_later)


def test_a_sitting_after_the_deposit_comes_too_late_to_count():
    assert kind(date(2027, 2, 1), AFTER_DEPOSIT) == AlertKind.NO_SITTING
    on_the_day = SittingDay(Assembly.MUNICIPAL, held_on=DEPOSIT, agenda_closes_on=date(2027, 3, 10))
    assert kind(date(2027, 2, 1), on_the_day) is None


def test_what_is_meant_for_one_assembly_is_not_voted_by_another():
    assert kind(date(2027, 2, 21), COUNCIL, BUREAU) is None
    assert kind(date(2027, 2, 21), COUNCIL, BUREAU, sitting=COUNCIL) == AlertKind.TOO_LATE


def test_what_is_on_an_agenda_before_the_deposit_is_safe():
    for today in (date(2027, 2, 19), date(2027, 2, 21), COUNCIL.held_on):
        assert kind(today, COUNCIL, status=Status.SCHEDULED, sitting=COUNCIL) is None


def test_what_is_on_an_agenda_after_the_deposit_is_not():
    scheduled = {"status": Status.SCHEDULED, "sitting": AFTER_DEPOSIT}

    assert kind(date(2027, 2, 19), COUNCIL, AFTER_DEPOSIT, **scheduled) == AlertKind.CLOSES_SOON
    assert kind(date(2027, 2, 19), AFTER_DEPOSIT, **scheduled) == AlertKind.NO_SITTING


def test_a_sitting_that_is_over_awaits_its_result():
    day_after = COUNCIL.held_on + timedelta(days=1)

    found = alert(day_after, COUNCIL, status=Status.SCHEDULED, sitting=COUNCIL)

    assert found.kind == AlertKind.RESULT_AWAITED
    assert "a siégé le 12\u00a0mars 2027" in str(found)
    without_deposit = alert(day_after, status=Status.SCHEDULED, sitting=COUNCIL, deposit_on=None)
    assert without_deposit.kind == AlertKind.RESULT_AWAITED


@pytest.mark.parametrize("status", [Status.ADOPTED, Status.REJECTED, Status.WITHDRAWN])
def test_what_was_voted_or_withdrawn_worries_nobody(status):
    assert kind(date(2027, 2, 21), COUNCIL, status=status, sitting=COUNCIL) is None


def test_without_a_day_of_deposit_or_after_it_there_is_nothing_to_miss():
    assert kind(date(2027, 2, 21), COUNCIL, deposit_on=None) is None
    assert kind(DEPOSIT + timedelta(days=1), AFTER_DEPOSIT) is None
    assert kind(DEPOSIT) == AlertKind.NO_SITTING


def test_the_most_urgent_comes_first():
    late = alert(date(2027, 2, 21), COUNCIL)
    soon = alert(date(2027, 2, 12), COUNCIL)
    sooner = alert(date(2027, 1, 5), BEFORE_IT)
    unknown = alert(date(2027, 2, 12))
    awaited = alert(date(2027, 3, 13), status=Status.SCHEDULED, sitting=COUNCIL)

    in_order = sorted([awaited, unknown, soon, sooner, late], key=lambda found: found.rank)

    assert in_order == [late, sooner, soon, unknown, awaited]
