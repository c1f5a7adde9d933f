"""The backward plan drawn against the days: where each bar lies, as numbers for a template to draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from candidacy.plan_reading import PlanLine

#: Units of the drawing: the names stand left of the days.
NAMES_WIDTH = 250
DAYS_WIDTH = 710
ROW_HEIGHT = 30
HEAD_HEIGHT = 34
_NAME_LENGTH = 38
#: What paper shows, where no style sheet reaches a drawing.
_COLOURS = {"good": "#17552f", "warn": "#6b4100", "bad": "#921c1c"}
#: Days of air on both sides.
_MARGIN = timedelta(days=3)
#: Of more months only some are named.
_MONTHS_NAMED = 14


@dataclass(frozen=True)
class Span:
    x: float
    width: float


@dataclass(frozen=True)
class TimelineRow:
    name: str
    y: int
    middle: int
    #: From the latest start to the latest end.
    latest: Span
    #: Where it lies as things stand, or lay.
    expected: Span
    tone: str

    @property
    def colour(self) -> str:
        return _COLOURS.get(self.tone, "#55606a")


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Timeline:
    width: int
    height: int
    rows: tuple[TimelineRow, ...]
    months: tuple[Tick, ...]
    today: float | None
    deposit: float


def draw(lines: Sequence[PlanLine], *, deposit_on: date, today: date) -> Timeline | None:
    """Lay the dated tasks out between the first day that one of them touches and the deposit; None without any."""
    dated = [(line, line.dates) for line in lines if line.dates is not None]
    if not dated:
        return None
    days = [
        day
        for _line, dates in dated
        for day in (dates.latest_start, dates.expected_start, dates.expected_end)
    ]
    first, last = min(days) - _MARGIN, max([*days, deposit_on]) + _MARGIN
    unit = DAYS_WIDTH / ((last - first).days + 1)

    def place(day: date) -> float:
        return round(NAMES_WIDTH + (day - first).days * unit, 1)

    def span(start: date, end: date) -> Span:
        return Span(place(start), round(max(((end - start).days + 1) * unit, 2.0), 1))

    rows = tuple(
        TimelineRow(
            name=_shortened(line.step.title),
            y=HEAD_HEIGHT + number * ROW_HEIGHT,
            middle=HEAD_HEIGHT + number * ROW_HEIGHT + ROW_HEIGHT // 2,
            latest=span(dates.latest_start, dates.latest_end),
            expected=span(dates.expected_start, dates.expected_end),
            tone=dates.state.tone,
        )
        for number, (line, dates) in enumerate(dated)
    )
    return Timeline(
        width=NAMES_WIDTH + DAYS_WIDTH,
        height=HEAD_HEIGHT + len(rows) * ROW_HEIGHT + 6,
        rows=rows,
        months=_months(first, last, place),
        today=place(today) if first <= today <= last else None,
        deposit=place(deposit_on),
    )


def _months(first: date, last: date, place: Callable[[date], float]) -> tuple[Tick, ...]:
    starts = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        starts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = 1 + len(starts) // _MONTHS_NAMED
    return tuple(Tick(place(day), date_format(day, "N Y")) for day in starts[::step])


def _shortened(title: str) -> str:
    return title if len(title) <= _NAME_LENGTH else f"{title[: _NAME_LENGTH - 1].rstrip()}…"
