"""The calendar files, read back by other programs than the one that writes them."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import tzical

from committees.calendar import Entry, Method, Participation, Person, write_calendar

PARIS = ZoneInfo("Europe/Paris")
STAMP = datetime(2026, 3, 2, 8, tzinfo=UTC)


def entry(**fields):
    start = fields.pop("starts_at", datetime(2026, 3, 16, 14, 30, tzinfo=PARIS))
    values = {
        "uid": "8d3c@candidacy",
        "sequence": 2,
        "title": "COPIL du 16 mars",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "zone": PARIS,
        "location": "Hôtel de ville, salle 3 ; Lens",
        "description": "Ordre du jour\n1. Budget, suite\n2. Divers",
        "url": "https://candidacy.example/c/lens/reunions/8d3c/",
        "organiser": Person("Camille Dupuis", "camille@lens.example"),
        "attendee": Person("Dominique Lefebvre", "dominique@exemple.example"),
    }
    return Entry(**{**values, **fields})


def written(method=Method.REQUEST, **fields):
    return write_calendar(entry(**fields), method=method, stamp=STAMP).decode()


def read(text):
    return vobject.readOne(text)


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def zone_of(text):
    """Build the time zone that the file describes, and nothing else, as a calendar program would."""
    return tzical(StringIO("\n".join(unfolded(text)))).get()


def test_another_library_reads_the_meeting():
    calendar = read(written())

    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert calendar.version.value == "2.0"
    assert event.uid.value == "8d3c@candidacy"
    assert event.sequence.value == "2"
    assert event.summary.value == "COPIL du 16 mars"
    assert event.location.value == "Hôtel de ville, salle 3 ; Lens"
    assert event.description.value == "Ordre du jour\n1. Budget, suite\n2. Divers"
    assert event.url.value == "https://candidacy.example/c/lens/reunions/8d3c/"
    assert event.dtstart.value == datetime(2026, 3, 16, 13, 30, tzinfo=UTC)
    assert event.dtend.value - event.dtstart.value == timedelta(hours=2)
    assert event.dtstamp.value == STAMP
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:camille@lens.example"
    assert event.organizer.params["CN"] == ["Camille Dupuis"]


@pytest.mark.parametrize("participation", list(Participation))
def test_the_one_person_named_is_the_reader_with_their_answer(participation):
    event = read(written(participation=participation)).vevent

    (attendee,) = event.attendee_list
    assert attendee.value == "mailto:dominique@exemple.example"
    assert attendee.params["PARTSTAT"] == [participation.value]
    assert attendee.params["RSVP"] == ["TRUE"]
    assert attendee.params["CN"] == ["Dominique Lefebvre"]


def test_a_cancelled_meeting_says_so():
    calendar = read(written(Method.CANCEL, is_cancelled=True))

    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.status.value == "CANCELLED"


def test_somebody_taken_off_a_meeting_that_goes_ahead_is_told_nothing_of_its_status():
    """RFC 5546, 3.2.5: STATUS:CANCELLED would say that the whole meeting is off."""
    calendar = read(written(Method.CANCEL))

    assert calendar.method.value == "CANCEL"
    assert not hasattr(calendar.vevent, "status")


def test_lines_end_and_fold_as_the_standard_says():
    content = write_calendar(
        entry(title="é" * 200, description="à la ligne\n" * 50), method=Method.REQUEST, stamp=STAMP
    )

    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # folded between characters, never inside one


def test_properties_that_a_request_needs_are_there_once():
    lines = unfolded(written())
    names = [re.split("[;:]", line)[0] for line in [*lines[:5], *lines[lines.index("BEGIN:VEVENT") :]]]

    for name in ("METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE"):
        assert names.count(name) == 1, name


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_no_value_adds_a_property(break_):
    lines = unfolded(
        written(
            title=f"COPIL{break_}ATTENDEE:mailto:x@exemple.example",
            location=f"Lens{break_}END:VEVENT",
            description=f"Un{break_}DTSTART:19700101T000000Z",
            organiser=Person(f'C"{break_}";X=Y:mailto:x@exemple.example', "camille@lens.example"),
        )
    )

    names = [re.split("[;:]", line)[0] for line in lines]
    assert names.count("ATTENDEE") == names.count("ORGANIZER") == 1
    assert names.count("END") == names.count("BEGIN")
    assert [line for line in lines if line.startswith("DTSTART")][-1] == (
        "DTSTART;TZID=Europe/Paris:20260316T143000"
    )
    organiser = next(line for line in lines if line.startswith("ORGANIZER"))
    assert organiser.endswith(":mailto:camille@lens.example")


@pytest.mark.parametrize("month", range(1, 13))
def test_the_local_hour_is_the_same_all_year(month):
    text = written(starts_at=datetime(2026, month, 10, 14, 30, tzinfo=PARIS))

    assert f"DTSTART;TZID=Europe/Paris:2026{month:02d}10T143000" in text
    assert read(text).vevent.dtstart.value == datetime(2026, month, 10, 14, 30, tzinfo=PARIS)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 10, 25, tzinfo=PARIS)])
def test_a_meeting_on_the_day_of_a_change_starts_and_ends_at_its_hour(day):
    start = day.replace(hour=10)
    text = written(starts_at=start, ends_at=start + timedelta(hours=2))

    written_start = re.search(r"DTSTART;TZID=Europe/Paris:(\S+)", text)[1]
    assert datetime.strptime(written_start, "%Y%m%dT%H%M%S").replace(tzinfo=zone_of(text)) == start


ZONES = [
    *("Europe/Paris", "Europe/Dublin", "America/Cayenne", "America/Martinique", "Indian/Reunion"),
    *("Pacific/Noumea", "America/Miquelon", "Africa/Casablanca", "Australia/Lord_Howe", "America/New_York"),
]


@pytest.mark.parametrize(("name", "year"), [("Europe/Paris", 2024), *((name, 2026) for name in ZONES)])
def test_the_zone_described_is_the_real_one_through_both_changes(name, year):
    """Each day of the year at noon, and every half hour of those on which the clocks change."""
    zone = ZoneInfo(name)
    described = zone_of(written(zone=zone, starts_at=datetime(year, 6, 1, 10, tzinfo=zone)))

    instants = []
    for day in range(365):
        noon = datetime(year, 1, 1, 12, tzinfo=zone).astimezone(UTC) + timedelta(days=day)
        instants.append(noon)
        if noon.astimezone(zone).utcoffset() != (noon + timedelta(days=1)).astimezone(zone).utcoffset():
            instants += [noon + timedelta(minutes=minutes) for minutes in range(0, 24 * 60, 30)]
    wrong = [
        instant
        for instant in instants
        if instant.astimezone(zone).replace(tzinfo=None) != instant.astimezone(described).replace(tzinfo=None)
    ]
    assert wrong == []


def test_a_zone_that_follows_a_rule_is_written_as_one():
    text = written()

    assert text.count("BEGIN:DAYLIGHT") == text.count("BEGIN:STANDARD") == 1
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text


def test_the_hour_that_comes_twice_is_not_ambiguous():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)

    assert "DTSTART;TZID=Europe/Paris:20261025T023000" in written(starts_at=first)
    assert "DTSTART:20261025T013000Z" in written(starts_at=second)


def test_the_files_of_one_meeting_differ_by_the_line_of_their_person_alone():
    others = [
        Person(f"Personne {number} au nom qui n’en finit pas", f"p{number}@exemple.example")
        for number in (1, 2)
    ]
    texts = [unfolded(written(attendee=person, participation=Participation.ACCEPTED)) for person in others]
    nobody = unfolded(written(attendee=None))

    for text, person in zip(texts, others, strict=True):
        (line,) = [line for line in text if line not in nobody]
        assert line.startswith("ATTENDEE;")
        assert line.endswith(f":mailto:{person.address}")
        assert "PARTSTAT=ACCEPTED" in line
        text.remove(line)
        assert text == nobody
        assert read("\r\n".join([*nobody[:-3], line, *nobody[-3:]])).vevent.attendee.value
