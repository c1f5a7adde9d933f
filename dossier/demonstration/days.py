"""Days of a demonstration that is loaded on any day of the year: a committee meets on its weekday, never on a holiday."""

from datetime import date, timedelta

from core.working_days import holiday_name, is_working_day

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)


def sitting_day(today: date, *, distance: int, weekday: str) -> date:
    """Return the ``weekday`` nearest to ``distance`` days from ``today``, further away where it is a holiday."""
    day = today + timedelta(days=distance)
    day += timedelta(days=(WEEKDAYS.index(weekday) - day.weekday() + 3) % 7 - 3)
    while holiday_name(day):
        day += WEEK if distance > 0 else -WEEK
    return day


def office_day(today: date, distance: int) -> date:
    """Return the last day on which offices are open, ``distance`` days from ``today`` or before."""
    day = today + timedelta(days=distance)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
