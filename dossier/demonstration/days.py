"""Days of a demonstration that is loaded on any day of the year: a committee meets on its weekday, never on a holiday."""

from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
#: Easter Monday, Ascension and Whit Monday, counted from Easter.
MOVABLE_HOLIDAYS = (1, 39, 50)
FRIDAY = 4


def sitting_day(today: date, *, distance: int, weekday: str) -> date:
    """Return the ``weekday`` nearest to ``distance`` days from ``today``, further away where it is a holiday."""
    day = today + timedelta(days=distance)
    day += timedelta(days=(WEEKDAYS.index(weekday) - day.weekday() + 3) % 7 - 3)
    while is_holiday(day):
        day += WEEK if distance > 0 else -WEEK
    return day


def office_day(today: date, distance: int) -> date:
    """Return the last day on which offices are open, ``distance`` days from ``today`` or before."""
    day = today + timedelta(days=distance)
    while day.weekday() > FRIDAY or is_holiday(day):
        day -= timedelta(days=1)
    return day


def is_holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday of the whole of France."""
    movable = {easter(day.year) + timedelta(days=distance) for distance in MOVABLE_HOLIDAYS}
    return (day.month, day.day) in FIXED_HOLIDAYS or day in movable


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Butcher's algorithm)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    leap_centuries = century // 4
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    shift = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * shift) // 451
    month, day = divmod(epact + shift - 7 * late + 114, 31)
    return date(year, month, day + 1)
