"""Our calendar files, read and imported by a calendar program of the command line."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from committees.calendar import Method, write_calendar
from committees.feeds import read_feed
from committees.models import Meeting
from tests.committees.test_calendar import entry
from tests.factories import make_calendar_feed, make_committee, make_meeting, make_member

PARIS = ZoneInfo("Europe/Paris")
STAMP = datetime(2026, 3, 2, 8, tzinfo=UTC)
#: Start and end on the wall, then what else is read.
FORMAT = "{start} | {end} | {title} | {location} | {status}"


class Khal:
    """The program with a calendar, a cache and a configuration of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.configuration = folder / "khal.conf"
        (folder / "agenda").mkdir()
        self.configuration.write_text(
            f"""[calendars]
[[agenda]]
path = {folder / "agenda"}
type = calendar
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %d/%m/%Y
longdateformat = %d/%m/%Y
datetimeformat = %d/%m/%Y %H:%M
longdatetimeformat = %d/%m/%Y %H:%M
[sqlite]
path = {folder / "khal.db"}
""",
            encoding="utf-8",
        )

    def run(self, *arguments):
        program = Path(sys.executable).with_name("khal")
        done = subprocess.run(
            [program, "-c", self.configuration, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take_in(self, *contents):
        files = [self.folder / f"invite-{number}.ics" for number, _content in enumerate(contents)]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        self.run("import", "--batch", "-a", "agenda", *files)

    def listed(self, first="01/03/2026", last="01/12/2026"):
        said = self.run("list", "--once", "--day-format", "", "--format", FORMAT, first, last)
        return [line.strip() for line in said.splitlines() if line.strip()]


@pytest.fixture
def khal(tmp_path):
    return Khal(tmp_path)


def sent(method=Method.REQUEST, **fields):
    return write_calendar(entry(**fields), method=method, stamp=STAMP)


def test_invitations_show_at_their_hour_on_either_side_of_the_clocks_changes(khal):
    days = [(3, 16), (3, 28), (3, 29), (10, 24), (10, 25)]

    khal.take_in(
        *(
            sent(uid=f"{month}-{day}@candidacy", starts_at=datetime(2026, month, day, 14, tzinfo=PARIS))
            for month, day in days
        )
    )

    said = "COPIL du 16 mars | Hôtel de ville, salle 3 ; Lens | CONFIRMED"
    assert khal.listed() == [
        f"{day}/{month:02}/2026 14:00 | {day}/{month:02}/2026 16:00 | {said}" for month, day in days
    ]


def test_a_moved_meeting_takes_the_place_of_the_one_before(khal):
    khal.take_in(sent())
    khal.take_in(sent(sequence=3, starts_at=datetime(2026, 3, 23, 10, tzinfo=PARIS)))

    [line] = khal.listed()
    assert line.startswith("23/03/2026 10:00")


def test_a_cancelled_and_restored_meeting_is_one_entry_with_its_state(khal):
    khal.take_in(sent())
    khal.take_in(sent(Method.CANCEL, sequence=3, is_cancelled=True))
    assert [line.rsplit("|", 1)[1].strip() for line in khal.listed()] == ["CANCELLED"]

    khal.take_in(sent(sequence=4))
    assert [line.rsplit("|", 1)[1].strip() for line in khal.listed()] == ["CONFIRMED"]


def test_a_feed_is_read_whole(khal):
    lead = make_member()
    committee = make_committee(candidacy=lead.candidacy, acronym="COPIL")
    first = datetime(2026, 10, 20, 14, tzinfo=PARIS)
    for week in range(3):
        make_meeting(
            committee=committee,
            title=f"Séance {week}",
            status=Meeting.Status.CONVENED,
            convened_at=STAMP,
            starts_at=first + timedelta(weeks=week),
        )

    khal.take_in(read_feed(make_calendar_feed(candidacy=lead.candidacy, user=lead.user)))

    assert [line.split(" | ")[0] for line in khal.listed()] == [
        "20/10/2026 14:00",
        "27/10/2026 14:00",
        "03/11/2026 14:00",
    ]
