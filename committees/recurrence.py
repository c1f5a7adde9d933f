"""From the rule of a series to the days it names, and to those on which the committee can meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from committees.closed_days import ONE_DAY, ClosedDays
from committees.models import MeetingSeries

WEEK = timedelta(days=7)
Frequency = MeetingSeries.Frequency
WhenClosed = MeetingSeries.WhenClosed


@dataclass(frozen=True)
class Proposal:
    """A day that the rule names, and the day on which the committee would meet instead, if any."""

    named: date
    day: date | None
    #: Why the day named by the rule will not do.
    reason: str = ""
    #: What the committee already has on the day proposed.
    beside: str = ""

    @property
    def is_moved(self) -> bool:
        return self.day is not None and self.day != self.named


def days_of(series: MeetingSeries) -> list[date]:
    """Return the days that the rule names; the first one it can name within its bounds begins the intervals."""
    first = _days(series, 1, series.first_day)[:1]
    return _days(series, series.interval, first[0]) if first else []


def propose(
    series: MeetingSeries, closed: ClosedDays, planned: Mapping[date, str] | None = None
) -> list[Proposal]:
    """Say of each day that the rule names what becomes of it; ``planned`` are the meetings there are already.

    A day that would have to move as far as the next one of the rule, or out of its bounds, is left out.
    """
    days = days_of(series)
    proposals = []
    for named, following in zip(days, [*days[1:], series.last_day + ONE_DAY], strict=True):
        reason = closed.reason(named)
        day = _instead(series, named, following, closed) if reason else named
        beside = (planned or {}).get(day, "") if day else ""
        proposals.append(Proposal(named, day, reason, beside))
    return proposals


def _days(series: MeetingSeries, interval: int, begin: date) -> list[date]:
    rule = rrule(
        WEEKLY if series.frequency == Frequency.WEEKS else MONTHLY,
        dtstart=datetime.combine(begin, time()),
        until=datetime.combine(series.last_day, time()),
        interval=interval,
        byweekday=weekday(series.weekday, series.rank),
    )
    return [moment.date() for moment in rule]


def _instead(series: MeetingSeries, named: date, following: date, closed: ClosedDays) -> date | None:
    if series.when_closed == WhenClosed.SKIP:
        return None
    by_week = series.when_closed == WhenClosed.NEXT_WEEK
    day = named + (WEEK if by_week else ONE_DAY)
    while day < following:
        if not closed.reason(day) if by_week else closed.is_open(day):
            return day
        day += WEEK if by_week else ONE_DAY
    return None
