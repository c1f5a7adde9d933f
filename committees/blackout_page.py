"""The days without meetings of a candidacy, with the meetings that are planned in them all the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from candidacy.models import Candidacy
from committees.models import Blackout, Meeting


@dataclass(frozen=True)
class BlackoutLine:
    blackout: Blackout
    is_over: bool
    meetings: tuple[Meeting, ...]


def read_blackouts(candidacy: Candidacy, now: datetime) -> list[BlackoutLine]:
    """Read them in two queries: those to come first, the nearest at the top, then those that are over."""
    today = now.astimezone(candidacy.zone).date()
    planned = list(
        Meeting.objects.filter(committee__candidacy=candidacy)
        .upcoming(now)
        .select_related("committee__candidacy")
    )
    rows = Blackout.objects.filter(candidacy=candidacy).order_by("first_day", "pk")
    lines = [_line(blackout, planned, today) for blackout in rows]
    return [
        *(line for line in lines if not line.is_over),
        *(line for line in reversed(lines) if line.is_over),
    ]


def _line(blackout: Blackout, planned: Iterable[Meeting], today: date) -> BlackoutLine:
    held_back = tuple(meeting for meeting in planned if blackout.holds(meeting.local_day))
    return BlackoutLine(blackout, is_over=blackout.last_day < today, meetings=held_back)
