"""Does a committee meet as often as it promised? Counted over the month, quarter or year of the candidacy's clock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from committees.closed_days import ClosedDays, closed_days_of
from committees.models import Blackout, Committee, Meeting
from core.localtime import first_instant_from
from core.templatetags.formats import long_date, short_date

#: How long before the last day that still leaves the notice a missing meeting becomes a warning.
WARNING_DAYS = 14
#: How long before that day a period that has not begun is counted.
NEAR_DAYS = 31
MONTHS = {Committee.Period.MONTH: 1, Committee.Period.QUARTER: 3, Committee.Period.YEAR: 12}

#: Kinds that one names by their acronym alone: « un COPIL ».
MASCULINE = frozenset({Committee.Kind.COTECH, Committee.Kind.COPIL, Committee.Kind.WORKING_GROUP})
WORDS = {
    Committee.Period.MONTH: gettext_lazy("ce mois-ci"),
    Committee.Period.QUARTER: gettext_lazy("ce trimestre"),
    Committee.Period.YEAR: gettext_lazy("cette année"),
}


class State(Enum):
    FREE = gettext_lazy("sans rythme fixé")
    PAUSED = gettext_lazy("période sans réunion")
    KEPT = gettext_lazy("rythme tenu")
    ON_TRACK = gettext_lazy("en bonne voie")
    TO_CONVENE = gettext_lazy("à convoquer")
    AT_RISK = gettext_lazy("délai proche")
    LATE = gettext_lazy("délai dépassé")
    MISSED = gettext_lazy("rythme non tenu")
    BEYOND = gettext_lazy("rythme dépassé")

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return TONES.get(self, "neutral")


TONES = {
    State.KEPT: "good",
    State.ON_TRACK: "good",
    State.TO_CONVENE: "info",
    State.AT_RISK: "warn",
    State.LATE: "bad",
    State.MISSED: "bad",
}


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    #: A `Committee.Period`.
    kind: str
    has_begun: bool = True

    @property
    def label(self) -> str:
        """Write « mars 2026 », « 2e trimestre 2026 » or « 2026 »."""
        return _label(self.first, self.kind)

    @property
    def words(self) -> str:
        """Say it as one speaks: « ce trimestre » within the period, « au 2e trimestre 2026 » before it."""
        if self.has_begun:
            return str(WORDS[Committee.Period(self.kind)])
        if self.kind == Committee.Period.QUARTER:
            return _("au %(quarter)s") % {"quarter": self.label}
        return _("en %(period)s") % {"period": self.label}

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Rhythm:
    """What a committee promised over ``period``, and what came of it."""

    committee: Committee
    period: Period
    held: int
    convened: int
    drafted: int
    today: date
    #: The last day of the period on which the committee may meet; nothing where it may not at all.
    last_day: date | None
    #: What keeps it from meeting in this period.
    blackouts: tuple[Blackout, ...] = ()

    @property
    def minimum(self) -> int:
        """How many meetings are due: none in a period that is closed from end to end."""
        return (self.committee.rhythm_min or 0) if self.last_day else 0

    @property
    def maximum(self) -> int | None:
        return self.committee.rhythm_max

    @property
    def counted(self) -> int:
        return self.held + self.convened

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.counted)

    @property
    def convene_by(self) -> date:
        """The last day on which one can still convene, with the notice, a meeting on an open day of the period."""
        return (self.last_day or self.period.last) - timedelta(days=self.committee.notice_days)

    @property
    def days_left(self) -> int:
        return (self.convene_by - self.today).days

    @property
    def state(self) -> State:
        if self.missing:
            return self._state_of_a_missing_meeting()
        if self.maximum is not None and self.counted > self.maximum:
            return State.BEYOND
        if not self.minimum:
            return State.PAUSED if self.committee.rhythm_min else State.FREE
        return State.KEPT if self.held >= self.minimum else State.ON_TRACK

    def _state_of_a_missing_meeting(self) -> State:
        if self.today > self.period.last:
            return State.MISSED
        if self.days_left < 0:
            return State.LATE
        return State.AT_RISK if self.days_left <= WARNING_DAYS else State.TO_CONVENE

    @property
    def advice(self) -> str:
        """Say by when to convene for the rhythm to be kept; empty when nothing is missing or the period is over."""
        if not self.missing or self.today > self.period.last:
            return ""
        facts = {"what": self._what_is_missing(), "period": self.period.words, "n": self.days_left}
        day = long_date(self.convene_by)
        if self.days_left >= 0:
            advice = ngettext(
                "Pour tenir %(what)s %(period)s avec le délai, convoquez au plus tard le %(day)s\u00a0: "
                "il reste %(n)d jour.",
                "Pour tenir %(what)s %(period)s avec le délai, convoquez au plus tard le %(day)s\u00a0: "
                "il reste %(n)d jours.",
                self.days_left,
            )
            return advice % {**facts, "day": day}
        late = _(
            "Pour tenir %(what)s %(period)s avec le délai, il fallait convoquer au plus tard le %(day)s."
        )
        if self.last_day is not None and self.today <= self.last_day:
            rest = _("Une réunion d’ici au %(last)s reste possible à délai réduit.")
            last = short_date(self.last_day)
        else:
            rest = _("Il ne reste aucun jour ouvert à une réunion d’ici au %(last)s.")
            last = short_date(self.period.last)
        return f"{late % {**facts, 'day': day}} {rest % {'last': last}}"

    def _what_is_missing(self) -> str:
        names = {"n": self.missing, "acronym": self.committee.acronym}
        if self.missing > 1:
            return _("encore %(n)d réunions (%(acronym)s)") % names
        if self.committee.kind in MASCULINE:
            return _("un %(acronym)s") % names
        return _("une réunion (%(acronym)s)") % names

    @property
    def advice_tone(self) -> str:
        if self.days_left < 0:
            return "bad"
        return "warn" if self.needs_attention else "info"

    @property
    def needs_attention(self) -> bool:
        return self.state in {State.AT_RISK, State.LATE}


@dataclass(frozen=True)
class Course:
    """How a committee keeps its rhythm over time."""

    current: Rhythm
    #: The periods before, the last one first.
    earlier: tuple[Rhythm, ...]
    #: Periods that have not begun, of which a meeting is missing and must be convened soon or should have been.
    coming: tuple[Rhythm, ...]

    @property
    def needs_attention(self) -> bool:
        return any(rhythm.needs_attention for rhythm in (self.current, *self.coming))


def period_around(day: date, kind: str) -> Period:
    """Return the calendar month, quarter or year that holds ``day``."""
    months = MONTHS[Committee.Period(kind)]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    last = _first_of_month(first, months) - timedelta(days=1)
    return Period(first, last, kind)


def rhythms(committees: Sequence[Committee], now: datetime) -> dict[int, Rhythm]:
    """Count, in two queries, the current period of each committee, keyed by its primary key."""
    return {pk: course.current for pk, course in read_courses(committees, now).items()}


def read_courses(
    committees: Sequence[Committee], now: datetime, *, earlier: int = 0, near_days: int = NEAR_DAYS
) -> dict[int, Course]:
    """Count the current period of each committee, those ``earlier`` and those to come, in two queries.

    The committees must carry their candidacy: it says in which time zone a month ends. A period that was
    over before the committee was entered, and in which nothing is recorded, is left out; so is one to come
    whose last day to convene is further than ``near_days``.
    """
    spans = {
        committee.pk: _last_periods(committee, now, 1 + earlier) + _periods_to_come(committee, now, near_days)
        for committee in committees
    }
    if not spans:
        return {}
    starts = _starts_by_committee(committees, spans)
    closed = closed_days_of(committee.candidacy for committee in committees)
    courses = {}
    for committee in committees:
        today, entered_on = _local_day(committee, now), _local_day(committee, committee.created_at)
        counted = [
            _count(committee, period, starts[committee.pk], today, closed[committee.candidacy_id])
            for period in spans[committee.pk]
        ]
        courses[committee.pk] = Course(
            current=counted[0],
            earlier=tuple(
                rhythm
                for rhythm in counted[1 : 1 + earlier]
                if rhythm.counted or rhythm.period.last >= entered_on
            ),
            coming=tuple(
                rhythm
                for rhythm in counted[1 + earlier :]
                if rhythm.missing and rhythm.days_left <= near_days
            ),
        )
    return courses


def _starts_by_committee(
    committees: Sequence[Committee], spans: dict[int, list[Period]]
) -> dict[int, list[tuple[date, str]]]:
    zones = {committee.pk: committee.candidacy.zone for committee in committees}
    floor = min(
        first_instant_from(min(period.first for period in spans[pk]), time(0), zone)
        for pk, zone in zones.items()
    )
    ceiling = max(
        first_instant_from(max(period.last for period in spans[pk]) + timedelta(days=1), time(0), zone)
        for pk, zone in zones.items()
    )
    rows = (
        Meeting.objects.filter(committee__in=zones, starts_at__gte=floor, starts_at__lt=ceiling)
        .exclude(status=Meeting.Status.CANCELLED)
        .values_list("committee", "starts_at", "status")
    )
    starts: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for committee_id, starts_at, status in rows:
        starts[committee_id].append((starts_at.astimezone(zones[committee_id]).date(), status))
    return starts


def _count(
    committee: Committee, period: Period, starts: list[tuple[date, str]], today: date, closed: ClosedDays
) -> Rhythm:
    statuses = [status for day, status in starts if period.holds(day)]
    return Rhythm(
        committee=committee,
        period=period,
        held=statuses.count(Meeting.Status.HELD),
        convened=statuses.count(Meeting.Status.CONVENED),
        drafted=statuses.count(Meeting.Status.DRAFT),
        today=today,
        last_day=closed.last_open_day(period.first, period.last),
        blackouts=tuple(
            blackout
            for blackout in closed.blackouts
            if blackout.first_day <= period.last and blackout.last_day >= period.first
        ),
    )


def _last_periods(committee: Committee, now: datetime, count: int) -> list[Period]:
    periods = [period_around(_local_day(committee, now), committee.rhythm_period)]
    while len(periods) < count:
        periods.append(period_around(periods[-1].first - timedelta(days=1), committee.rhythm_period))
    return periods


def _periods_to_come(committee: Committee, now: datetime, near_days: int) -> list[Period]:
    """Return the periods after the current one that may have to be convened within ``near_days``.

    With a notice longer than the period, there are several.
    """
    if not committee.rhythm_min:
        return []
    today, kind = _local_day(committee, now), committee.rhythm_period
    until = today + timedelta(days=near_days + committee.notice_days)
    found = []
    period = period_around(period_around(today, kind).last + timedelta(days=1), kind)
    while period.first <= until:
        found.append(replace(period, has_begun=False))
        period = period_around(period.last + timedelta(days=1), kind)
    return found


def _local_day(committee: Committee, instant: datetime) -> date:
    return instant.astimezone(committee.candidacy.zone).date()


def _first_of_month(first: date, months_later: int) -> date:
    months = first.year * 12 + first.month - 1 + months_later
    return date(months // 12, months % 12 + 1, 1)


def _label(first: date, kind: str) -> str:
    if kind == Committee.Period.YEAR:
        return str(first.year)
    if kind == Committee.Period.MONTH:
        return date_format(first, "F Y")
    rank = (first.month - 1) // 3 + 1
    ordinal = _("1er") if rank == 1 else _("%(rank)de") % {"rank": rank}
    return _("%(ordinal)s trimestre %(year)d") % {"ordinal": ordinal, "year": first.year}
