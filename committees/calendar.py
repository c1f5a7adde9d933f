"""Meetings as calendar files (RFC 5545 and 5546): plain values in, bytes out."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur
from icalendar.parser import Contentline

from notifications.rendering import one_line, plain_text

_HOURS_BETWEEN_LOOKS = timedelta(hours=6)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Method(StrEnum):
    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Participation(StrEnum):
    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One meeting as one person's calendar shows it.

    Only the person the file is for is named in it: the addresses of the others are nobody's business.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    location: str = ""
    description: str = ""
    url: str = ""
    organiser: Person | None = None
    attendee: Person | None = None
    participation: Participation = Participation.NEEDS_ACTION
    #: Whether the meeting itself is off; a person taken off the list gets CANCEL for one that goes ahead.
    is_cancelled: bool = False
    #: Whether nobody has been convened yet.
    is_tentative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Something to be done by a day, which takes no time of that day."""

    uid: str
    title: str
    day: date
    url: str = ""


def title_in_calendar(title: str, acronym: str) -> str:
    """Say which committee in a calendar that holds other things, unless the title does already."""
    return title if acronym in title else f"{acronym} – {title}"


def write_calendar(entry: Entry, *, method: Method, stamp: datetime) -> bytes:
    """Write ``entry`` for its attendee: all but their line is the same for all the people of a meeting."""
    shared = _without_attendee(
        replace(entry, attendee=None, participation=Participation.NEEDS_ACTION), method, stamp
    )
    if entry.attendee is None:
        return shared
    before, end, after = shared.rpartition(b"END:VEVENT\r\n")
    return before + _attendee_line(entry.attendee, entry.participation, method) + end + after


@lru_cache(maxsize=16)
def _without_attendee(entry: Entry, method: Method, stamp: datetime) -> bytes:
    calendar = _calendar(method)
    year = entry.starts_at.astimezone(entry.zone).year
    calendar.add_component(_time_zone(entry.zone, year, year))
    calendar.add_component(_event(entry, method, stamp))
    content: bytes = calendar.to_ical()
    return content


def write_feed(
    events: Iterable[tuple[Entry, datetime]],
    deadlines: Iterable[tuple[Deadline, datetime]],
    *,
    name: str,
    zone: ZoneInfo,
) -> bytes:
    """Return a calendar to subscribe to; each of its entries comes with the instant at which it last changed.

    The same entries give the same bytes, so that a program that asks every hour is told that nothing has changed.
    """
    calendar = _calendar(Method.PUBLISH)
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", _HOURS_BETWEEN_LOOKS, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    events = list(events)
    years = [entry.starts_at.astimezone(zone).year for entry, _stamp in events]
    if years:
        calendar.add_component(_time_zone(zone, min(years), max(years)))
    for entry, stamp in events:
        calendar.add_component(_event(entry, Method.PUBLISH, stamp))
    for deadline, stamp in deadlines:
        calendar.add_component(_day(deadline, stamp))
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Candidacy//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return calendar


def _day(deadline: Deadline, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", deadline.uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", deadline.day)
    event.add("dtend", deadline.day + timedelta(days=1))
    event.add("summary", one_line(deadline.title))
    event.add("transp", "TRANSPARENT")
    if deadline.url:
        event.add("url", deadline.url)
    return event


def _event(entry: Entry, method: Method, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", _moment(entry.starts_at, entry.zone))
    event.add("dtend", _moment(entry.ends_at, entry.zone))
    event.add("summary", one_line(entry.title))
    for name, text in (
        ("location", one_line(entry.location)),
        ("description", plain_text(entry.description)),
    ):
        if text:
            event.add(name, text)
    if entry.url:
        event.add("url", entry.url)
    if entry.is_cancelled:
        event.add("status", "CANCELLED")
    elif method is not Method.CANCEL:
        event.add("status", "TENTATIVE" if entry.is_tentative else "CONFIRMED")
    if entry.organiser:
        event.add("organizer", _address(entry.organiser))
    return event


def _attendee_line(person: Person, participation: Participation, method: Method) -> bytes:
    attendee = _address(person)
    attendee.params.update(
        {
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": participation.value,
            "RSVP": "FALSE" if method is Method.CANCEL else "TRUE",
        }
    )
    line: bytes = Contentline.from_parts("ATTENDEE", attendee.params, attendee).to_ical()
    return line + b"\r\n"


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{one_line(person.address)}")
    address.params["CN"] = one_line(person.name).replace('"', "’")
    return address


def _moment(instant: datetime, zone: ZoneInfo) -> datetime:
    """Write on the wall clock, as people read it, but for the hour that comes twice: the second one in UTC."""
    local = instant.astimezone(zone)
    return local.astimezone(UTC) if local.fold else local


# --- the time zone -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Transition:
    """The clocks change at ``wall``, in the time that they showed until then."""

    wall: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str


@lru_cache(maxsize=64)
def _time_zone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """Describe the clocks of ``zone`` over these years, and one before and after, by the transitions that they make.

    Where these follow a rule it is written as one, which every calendar program reads; otherwise each is written
    out. Not left to a library: the one that writes the file dates the spring change an hour late.
    """
    definition = Timezone()
    definition.add("tzid", zone.key)
    transitions = _transitions(zone, first_year - 1, last_year + 1)
    if not transitions or transitions[0].wall.year >= first_year:
        definition.add_component(_observance(_standing(zone, first_year - 1)))
    kinds: dict[tuple[timedelta, timedelta, str], list[_Transition]] = {}
    for change in transitions:
        kinds.setdefault((change.offset_from, change.offset_to, change.name), []).append(change)
    for changes in kinds.values():
        rule = _yearly_rule([change.wall for change in changes], years=last_year - first_year + 3)
        for change in changes[:1] if rule else changes:
            definition.add_component(_observance(change, rule))
    return definition


def _transitions(zone: ZoneInfo, first_year: int, last_year: int) -> list[_Transition]:
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=day) for day in range((end - start).days + 1)]
    return [
        _change_between(zone, before, after)
        for before, after in pairwise(days)
        if _offset(zone, before) != _offset(zone, after)
    ]


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> _Transition:
    """Find the minute of the change by halving."""
    offset_from = _offset(zone, before)
    low, high = 0, int((after - before).total_seconds()) // 60
    while high - low > 1:
        middle = (low + high) // 2
        same = _offset(zone, before + timedelta(minutes=middle)) == offset_from
        low, high = (middle, high) if same else (low, middle)
    instant = before + timedelta(minutes=high)
    return _Transition(
        wall=(instant + offset_from).replace(tzinfo=None),
        offset_from=offset_from,
        offset_to=_offset(zone, instant),
        name=instant.astimezone(zone).tzname() or "",
    )


def _standing(zone: ZoneInfo, year: int) -> _Transition:
    """The clocks as they stood at the beginning of ``year``, for a zone that leaves them alone."""
    instant = datetime(year, 1, 1, tzinfo=UTC)
    offset = _offset(zone, instant)
    return _Transition(datetime(year, 1, 1), offset, offset, instant.astimezone(zone).tzname() or "")  # noqa: DTZ001 -- a wall clock


def _yearly_rule(days: list[datetime], *, years: int) -> vRecur | None:
    """Return « the last Sunday of March at 2:00 » if that is what ``days``, one for each year, have in common."""
    first = days[0]
    if len(days) != years or len({(day.month, day.weekday(), day.time()) for day in days}) != 1:
        return None
    if all(day.day + 7 > monthrange(day.year, day.month)[1] for day in days):
        week = -1
    elif len({(day.day - 1) // 7 for day in days}) == 1:
        week = (first.day - 1) // 7 + 1
    else:
        return None
    return vRecur(freq="YEARLY", bymonth=first.month, byday=f"{week}{_WEEKDAYS[first.weekday()]}")


def _observance(change: _Transition, rule: vRecur | None = None) -> TimezoneStandard | TimezoneDaylight:
    forward = change.offset_to > change.offset_from
    observance = TimezoneDaylight() if forward else TimezoneStandard()
    observance.add("dtstart", change.wall)
    if rule:
        observance.add("rrule", rule)
    observance.add("tzoffsetfrom", change.offset_from)
    observance.add("tzoffsetto", change.offset_to)
    observance.add("tzname", change.name)
    return observance


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
