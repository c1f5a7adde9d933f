"""The dates of the backward plan: counted back from the deposit, and forward from what is already known.

Days compared with days, without a query. A task takes whole days, its first and its last included; the tasks that it
waits for end on a day before it begins, and what nothing waits for ends by the day of the deposit.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from graphlib import TopologicalSorter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.working_days import is_working_day

#: The latest start is told so many days before it comes: one technical committee falls in two weeks.
STARTS_SOON_DAYS = 14

_DAY = timedelta(days=1)


class StepState(Enum):
    """How a task stands on a day; the tone and the label are what pages show."""

    DONE = ("good", _("finie"))
    OVERDUE = ("bad", _("devait être finie"))
    START_MISSED = ("bad", _("devait commencer"))
    TOO_LONG = ("bad", _("déborde"))
    UNDER_WAY = ("info", _("en cours"))
    STARTS_SOON = ("warn", _("à commencer"))
    TO_COME = ("neutral", _("à venir"))

    def __init__(self, tone: str, label: Promise) -> None:
        self.tone = tone
        self.label = label

    @property
    def is_alert(self) -> bool:
        return self.tone in {"bad", "warn"}


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A task as plain values; ``predecessors`` are keys of tasks of the same plan."""

    key: int
    duration: int
    counts_working_days: bool
    predecessors: frozenset[int] = frozenset()
    planned_from: date | None = None
    started_on: date | None = None
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class StepDates:
    """The window that the deposit leaves, and the days in which the task comes to lie as things stand."""

    latest_start: date
    latest_end: date
    expected_start: date
    expected_end: date
    #: Days of the task's own kind by which it could end earlier than it must, the planned days left aside; negative
    #: when it cannot be in time, None once it is finished.
    slack: int | None
    state: StepState


def dates_of(
    steps: Iterable[StepFacts], *, deposit_on: date, today: date, region: str = ""
) -> dict[int, StepDates]:
    """Return the dates of each task by key. Raises graphlib.CycleError when tasks wait for each other in a circle.

    ``region`` is whose public holidays count (`core.working_days`).
    """
    facts = {step.key: step for step in steps}
    order = _in_order(facts)
    latest = _count_back(facts, order, deposit_on, region)
    expected = _count_forward(facts, order, today, region, keeps_plan=True)
    earliest = _count_forward(facts, order, today, region, keeps_plan=False)
    dates = {}
    for key, step in facts.items():
        slack = None
        if step.finished_on is None:
            slack = _distance(earliest[key][1], latest[key][1], _counts(step, region))
        state = _state(step, latest[key], expected[key], today)
        dates[key] = StepDates(*latest[key], *expected[key], slack, state)
    return dates


def _in_order(facts: Mapping[int, StepFacts]) -> list[int]:
    waits = {key: step.predecessors & facts.keys() for key, step in facts.items()}
    return list(TopologicalSorter(waits).static_order())


Window = tuple[date, date]


def _count_back(
    facts: Mapping[int, StepFacts], order: list[int], deposit_on: date, region: str
) -> dict[int, Window]:
    ends = dict.fromkeys(facts, deposit_on)
    windows: dict[int, Window] = {}
    for key in reversed(order):
        step = facts[key]
        counts = _counts(step, region)
        end = _first_counted(ends[key], -_DAY, counts)
        start = _walk(end, step.duration, -_DAY, counts)
        windows[key] = (start, end)
        for before in step.predecessors & facts.keys():
            ends[before] = min(ends[before], start - _DAY)
    return windows


def _count_forward(
    facts: Mapping[int, StepFacts], order: list[int], today: date, region: str, *, keeps_plan: bool
) -> dict[int, Window]:
    windows: dict[int, Window] = {}
    for key in order:
        step = facts[key]
        counts = _counts(step, region)
        if step.started_on is not None and step.finished_on is not None:
            windows[key] = (step.started_on, step.finished_on)
            continue
        if step.started_on is not None:
            end = _walk(_first_counted(step.started_on, _DAY, counts), step.duration, _DAY, counts)
            # What is not finished today ends today at the earliest.
            windows[key] = (step.started_on, max(end, today))
            continue
        after = [windows[before][1] + _DAY for before in step.predecessors & facts.keys()]
        planned = step.planned_from if keeps_plan and step.planned_from else today
        start = _first_counted(max([today, planned, *after]), _DAY, counts)
        windows[key] = (start, _walk(start, step.duration, _DAY, counts))
    return windows


def _state(step: StepFacts, latest: Window, expected: Window, today: date) -> StepState:
    latest_start, latest_end = latest
    if step.finished_on is not None:
        return StepState.DONE
    if today > latest_end:
        return StepState.OVERDUE
    if step.started_on is None and today > latest_start:
        return StepState.START_MISSED
    if expected[1] > latest_end:
        return StepState.TOO_LONG
    if step.started_on is not None:
        return StepState.UNDER_WAY
    return StepState.STARTS_SOON if (latest_start - today).days <= STARTS_SOON_DAYS else StepState.TO_COME


Counts = Callable[[date], bool]


def _counts(step: StepFacts, region: str) -> Counts:
    if step.counts_working_days:
        return lambda day: is_working_day(day, region)
    return lambda day: True


def _first_counted(day: date, stride: timedelta, counts: Counts) -> date:
    while not counts(day):
        day += stride
    return day


def _walk(day: date, duration: int, stride: timedelta, counts: Counts) -> date:
    """Return the last of ``duration`` counted days, of which ``day`` is the first."""
    for _number in range(duration - 1):
        day = _first_counted(day + stride, stride, counts)
    return day


def _distance(start: date, end: date, counts: Counts) -> int:
    """Return how many counted days lie after ``start`` up to ``end``, as a negative number when it comes first."""
    low, high = sorted((start, end))
    days = sum(counts(low + _DAY * number) for number in range(1, (high - low).days + 1))
    return days if start <= end else -days
