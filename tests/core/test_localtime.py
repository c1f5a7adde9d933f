from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from core.errors import DomainError
from core.localtime import first_instant_from, local_instant

PARIS = ZoneInfo("Europe/Paris")


def test_a_wall_clock_time_is_an_instant():
    assert local_instant(date(2023, 3, 14), time(14, 30), PARIS) == datetime(2023, 3, 14, 13, 30, tzinfo=UTC)
    assert local_instant(date(2023, 7, 14), time(14, 30), PARIS) == datetime(2023, 7, 14, 12, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_refused_in_words():
    with pytest.raises(DomainError, match="02 h 30 n’existe pas"):
        local_instant(date(2023, 3, 26), time(2, 30), PARIS)


def test_an_hour_that_comes_twice_is_the_first_of_the_two():
    assert local_instant(date(2023, 10, 29), time(2, 30), PARIS) == datetime(2023, 10, 29, 0, 30, tzinfo=UTC)


def test_a_reminder_due_in_a_skipped_hour_slides_to_the_next_one():
    assert first_instant_from(date(2023, 3, 26), time(2, 30), PARIS) == datetime(
        2023, 3, 26, 1, 30, tzinfo=UTC
    )
