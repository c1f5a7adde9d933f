"""What a month holds for one person, day by day: meetings, what they have to do, the dates of the call."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import Q

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import can_read_call, is_staff
from committees.badges import meeting_badge
from committees.calendar import title_in_calendar
from committees.models import Action, Meeting
from core.addresses import page_address
from core.localtime import first_instant_from

#: What the list without end shows from its first day on.
AGENDA_DAYS = 92


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a day. ``at`` is missing for what takes no time of the day."""

    kind: str  # "meeting", "action" or "phase"
    title: str
    at: datetime | None = None
    url: str = ""
    #: In a word, where a meeting stands, when that is not « convened ».
    state: str = ""
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    items: tuple[Item, ...]
    is_today: bool
    is_within: bool  # the month, rather than the end of the one before or the beginning of the next


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: tuple[tuple[Day, ...], ...]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def days(self) -> list[Day]:
        """The days that hold something, for those who read a list."""
        return [day for week in self.weeks for day in week if day.is_within and day.items]


def read_month(candidacy: Candidacy, user: User, *, first: date, today: date) -> Month:
    """Return the weeks, from Monday to Sunday, that ``first``'s month touches."""
    dates = list(Calendar().itermonthdates(first.year, first.month))
    items = _items(candidacy, user, dates[0], dates[-1])
    days = [
        Day(day, tuple(items[day]), is_today=day == today, is_within=day.month == first.month)
        for day in dates
    ]
    return Month(first, tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7)))


def read_agenda_days(candidacy: Candidacy, user: User, *, first: date, today: date) -> list[Day]:
    """Return the days that hold something over three months from ``first``."""
    items = _items(candidacy, user, first, first + timedelta(days=AGENDA_DAYS - 1))
    return [
        Day(day, tuple(found), is_today=day == today, is_within=True) for day, found in sorted(items.items())
    ]


def _items(candidacy: Candidacy, user: User, first: date, last: date) -> dict[date, list[Item]]:
    days: dict[date, list[Item]] = defaultdict(list)
    for day, item in (
        *_phases(candidacy, user, first, last),
        *_actions(candidacy, user, first, last),
        *_meetings(candidacy, user, first, last),
    ):
        days[day].append(item)
    return days


def _phases(candidacy: Candidacy, user: User, first: date, last: date) -> Iterator[tuple[date, Item]]:
    """Yield the dates of the call: the one that came true rather than the one that was announced."""
    if not can_read_call(user, candidacy):
        return
    for phase in candidacy.phases.all():
        day = phase.actual_on or phase.planned_on
        if day and first <= day <= last:
            yield day, Item("phase", phase.name)


def _actions(candidacy: Candidacy, user: User, first: date, last: date) -> Iterable[tuple[date, Item]]:
    own = Action.objects.filter(candidacy=candidacy, owner__user=user, due_on__range=(first, last))
    address = partial(page_address, "committees:action-edit", candidacy.slug)
    rows = own.visible_to(user).open().order_by("due_on", "pk").values_list("due_on", "title", "public_id")
    return [(day, Item("action", title, url=address(public_id))) for day, title, public_id in rows if day]


def _meetings(candidacy: Candidacy, user: User, first: date, last: date) -> Iterable[tuple[date, Item]]:
    start = first_instant_from(first, time.min, candidacy.zone)
    end = first_instant_from(last + timedelta(days=1), time.min, candidacy.zone)
    meetings = Meeting.objects.filter(
        Q(starts_at__gte=start) & Q(starts_at__lt=end), committee__candidacy=candidacy
    )
    if not is_staff(user, candidacy):
        meetings = meetings.visible_to(user)
    address = partial(page_address, "committees:meeting-detail", candidacy.slug)
    rows = meetings.order_by("starts_at", "pk").values_list(
        "starts_at", "status", "title", "committee__acronym", "public_id", named=True
    )
    found = []
    for row in rows:
        at = row.starts_at.astimezone(candidacy.zone)
        is_off = row.status == Meeting.Status.CANCELLED
        state = "" if row.status == Meeting.Status.CONVENED else meeting_badge(row.status).label
        title = title_in_calendar(row.title, row.committee__acronym)
        found.append((at.date(), Item("meeting", title, at, address(row.public_id), state, is_off)))
    return found
