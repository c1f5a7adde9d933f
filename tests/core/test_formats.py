from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.templatetags import formats


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (0, 0, "0"),
        (1234567, 0, "1\u202f234\u202f567"),
        (Decimal("1234567.89"), 2, "1\u202f234\u202f567,89"),
        (Decimal("-12.5"), 1, "\u221212,5"),
        (None, 0, "–"),
    ],
)
def test_numbers_have_narrow_spaces_and_a_comma(value, places, written):
    assert formats.number(value, places) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal(4500000), "4\u202f500\u202f000\u00a0€"),
        (Decimal("12.30"), "12,30\u00a0€"),
        (Decimal("-0.05"), "\u22120,05\u00a0€"),
        (None, "–"),
    ],
)
def test_sums_show_cents_only_where_there_are_any(value, written):
    assert formats.euros(value) == written


def test_shares_show_one_decimal_only_where_it_says_something():
    assert formats.percent(Decimal("8.3")) == "8,3\u00a0%"
    assert formats.percent(Decimal("50.0")) == "50\u00a0%"
    assert formats.percent(None) == "–"


def test_long_dates_name_the_weekday_and_write_the_first_of_a_month_as_an_ordinal():
    assert formats.long_date(date(2023, 3, 14)) == "mardi 14\u00a0mars 2023"
    assert formats.long_date(date(2023, 5, 1)) == "lundi 1er\u00a0mai 2023"
    assert formats.long_date(None) == "–"


def test_short_dates_keep_the_day_with_its_month():
    assert formats.short_date(date(2023, 5, 1)) == "1er\u00a0mai 2023"
    assert formats.short_date(None) == "–"


def test_moments_are_told_on_the_clock_of_the_active_time_zone():
    moment = datetime(2023, 3, 14, 13, 5, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert formats.clock(moment) == "14\u00a0h\u00a005"
        assert formats.long_moment(moment) == "mardi 14\u00a0mars 2023 à 14\u00a0h\u00a005"
    with timezone.override(ZoneInfo("Indian/Reunion")):
        assert formats.clock(moment) == "17\u00a0h\u00a005"


def test_a_moment_late_in_the_evening_falls_on_the_day_of_the_active_time_zone():
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert formats.short_date(datetime(2023, 3, 14, 23, 30, tzinfo=UTC)) == "15\u00a0mars 2023"


def test_days_are_counted_from_today_in_the_active_time_zone(time_machine):
    time_machine.move_to(datetime(2023, 3, 14, 23, 30, tzinfo=UTC), tick=False)
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert formats.days_until(date(2023, 3, 15)) == 0
        assert formats.days_until(date(2023, 3, 14)) == -1
        assert formats.days_until(datetime(2023, 3, 16, 22, 59, tzinfo=UTC)) == 1
    assert formats.days_until(None) is None
