"""What leaves about a meeting, and when. The outbox follows the meeting: this module compares the two.

Nothing here reacts to an event. Each time a meeting or its list of people changes, what should be planned is
worked out anew from the meeting, the committee's rules and what each person was told, and the outbox is brought
to it. Moving a meeting and moving it back before anything left therefore sends nothing, and the minute's task
(`replan_upcoming_meetings`) mends whatever was missed by running the same comparison.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from committees.announcements import (
    CANCELLATION,
    CONVOCATION,
    LABELS,
    REMINDER,
    UPDATE,
    WITHDRAWAL,
    Facts,
    Told,
    invited,
    last_told,
    local_start,
    recipient_key,
    speaks_to,
    unreachable,
)
from committees.models import Invitation, Meeting, ReminderRule
from core.localtime import first_instant_from
from core.working_days import is_working_day
from notifications.models import OutboundMessage
from notifications.services import Key, Plan, cancel_planned, changes_to, plan_messages, row_key

Status = Meeting.Status
Row = OutboundMessage

#: The rule of what leaves as soon as it is decided.
AT_ONCE = "at-once"


def replan_meeting(*, meeting: Meeting, now: datetime | None = None) -> None:
    """Bring what is planned about ``meeting`` to its present state, in the caller's transaction."""
    _bring_up_to_date(_compare(Meeting.objects.filter(pk=meeting.pk), now or timezone.now()))


def replan_upcoming_meetings(*, now: datetime | None = None) -> int:
    """Mend the outbox of every meeting to come; return how many meetings were behind.

    A handful of queries whatever the number of meetings, and no lock and no transaction while nothing is wrong.
    """
    now = now or timezone.now()
    ahead = Meeting.objects.filter(status__in=[Status.CONVENED, Status.CANCELLED], starts_at__gt=now)
    behind = [plan.meeting.pk for plan in _compare(ahead, now) if plan.is_behind]
    if not behind:
        return 0
    with transaction.atomic():
        # Whoever is changing a meeting at this instant also re-plans it.
        rows = Meeting.objects.filter(pk__in=behind)
        free = list(
            rows.select_for_update(of=("self",), skip_locked=True, no_key=True).values_list("pk", flat=True)
        )
        _bring_up_to_date(_compare(Meeting.objects.filter(pk__in=free), now))
    return len(free)


@dataclass(slots=True)
class _Comparison:
    """What should be planned about one meeting beside what is."""

    meeting: Meeting
    now: datetime
    rows: dict[Key, Row]
    wanted: dict[Key, Plan] = field(default_factory=dict)
    #: Left as they are: the delivery found nobody to write to, and still would not.
    kept: set[Key] = field(default_factory=set)

    def want_at_once(self, kind: str, key: str, name: str, occurrence: str, *, problem: str = "") -> None:
        plan = self._plan(kind, AT_ONCE, key, name, occurrence, self.now)
        row = self.rows.get(plan.key)
        if row is not None and row.status == Row.Status.PLANNED:
            plan = replace(plan, due_at=row.planned_for)
        self._want(plan, problem)

    def want_reminder(self, days_before: int, key: str, name: str, due_at: datetime, *, problem: str) -> None:
        """Ask for a reminder unless its hour had passed before it was ever planned.

        One that is planned stays due until it leaves, so that a missed run is caught up.
        """
        plan = self._plan(REMINDER, f"J-{days_before}", key, name, local_start(self.meeting), due_at)
        row = self.rows.get(plan.key)
        waits = row is not None and row.status == Row.Status.PLANNED
        if due_at < self.meeting.starts_at and (due_at > self.now or waits):
            self._want(plan, problem)

    @property
    def missing(self) -> list[Plan]:
        return [
            plan
            for key, plan in self.wanted.items()
            if key not in self.rows or changes_to(self.rows[key], plan)
        ]

    @property
    def stale(self) -> list[Row]:
        planned = [row for row in self.rows.values() if row.status == Row.Status.PLANNED]
        return [row for row in planned if row_key(row) not in self.wanted and row_key(row) not in self.kept]

    @property
    def is_behind(self) -> bool:
        return bool(self.missing or self.stale)

    def _want(self, plan: Plan, problem: str) -> None:
        """Ask for ``plan``; with a ``problem``, only once, so that the outbox page shows why it does not leave."""
        if problem and plan.key in self.rows:
            self.kept.add(plan.key)
        else:
            self.wanted[plan.key] = plan

    def _plan(self, kind: str, rule: str, key: str, name: str, occurrence: str, due_at: datetime) -> Plan:
        title = _("%(label)s\u00a0: %(title)s") % {"label": LABELS[kind], "title": self.meeting.title}
        return Plan(
            scope=self.meeting.committee.candidacy.public_id,
            kind=kind,
            about=self.meeting.public_id,
            rule=rule,
            recipient_key=key,
            occurrence=occurrence,
            due_at=due_at,
            title=title,
            recipient_name=name,
        )


def _compare(meetings: QuerySet[Meeting], now: datetime) -> list[_Comparison]:
    found = list(
        meetings.select_related("committee__candidacy").prefetch_related(
            "committee__reminder_rules", Prefetch("invitations", queryset=invited())
        )
    )
    rows: dict[object, dict[Key, Row]] = defaultdict(dict)
    if found:
        about = OutboundMessage.objects.filter(about__in=[meeting.public_id for meeting in found])
        for row in about.filter(kind__in=LABELS).defer("body", "subject", "last_error"):
            rows[row.about][row_key(row)] = row
    comparisons = [_Comparison(meeting=meeting, now=now, rows=rows[meeting.public_id]) for meeting in found]
    for comparison in comparisons:
        _work_out(comparison)
    return comparisons


def _bring_up_to_date(comparisons: Iterable[_Comparison]) -> None:
    comparisons = list(comparisons)
    given_up: dict[str, list[int]] = defaultdict(list)
    for comparison in comparisons:
        for row in comparison.stale:
            given_up[_why_stale(row, comparison)].append(row.pk)
    for reason, keys in given_up.items():
        cancel_planned(keys=keys, reason=reason)
    plan_messages(plan for comparison in comparisons for plan in comparison.missing)


# --- what should be planned --------------------------------------------------------------------------


def _work_out(comparison: _Comparison) -> None:
    """Fill in what should be planned. Nothing is ever said about a draft, nor about what is over."""
    meeting = comparison.meeting
    told = _told_by_recipient(comparison.rows.values())
    if meeting.is_convened and meeting.starts_at > comparison.now:
        for invitation in meeting.invitations.all():
            _invite(comparison, invitation, told.pop(recipient_key(invitation.contact), None))
            _remind(comparison, invitation)
    elif meeting.is_cancelled:
        for invitation in meeting.invitations.all():
            _call_off(comparison, invitation, told.pop(recipient_key(invitation.contact), None))
    else:
        return
    for key, last in told.items():
        _take_back(comparison, key, last)


def _told_by_recipient(rows: Iterable[Row]) -> dict[str, Told]:
    by_recipient: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_recipient[row.recipient_key].append(row)
    return {key: told for key, group in by_recipient.items() if (told := last_told(group)) is not None}


def _invite(comparison: _Comparison, invitation: Invitation, told: Told | None) -> None:
    """Convene whoever does not know of the meeting, and tell the others what has changed since they were told."""
    facts = Facts.of(comparison.meeting)
    if told is None or told.kind == WITHDRAWAL:
        kind, occurrence = CONVOCATION, str(told.count if told else 0)
    elif told.must_hear(facts):
        kind, occurrence = UPDATE, f"{told.count}-{facts.digest}"
    else:
        return
    contact = invitation.contact
    comparison.want_at_once(
        kind, recipient_key(contact), contact.get_full_name(), occurrence, problem=unreachable(invitation)
    )


def _remind(comparison: _Comparison, invitation: Invitation) -> None:
    """Remind at the committee's rules whoever they speak to."""
    contact = invitation.contact
    for days_before, instant in _instants(comparison.meeting, invitation).items():
        comparison.want_reminder(
            days_before,
            recipient_key(contact),
            contact.get_full_name(),
            instant,
            problem=unreachable(invitation),
        )


def _instants(meeting: Meeting, invitation: Invitation) -> dict[int, datetime]:
    """Return when each rule speaks to somebody; of two that fall together on a working day, the nearer one does."""
    heard = (rule for rule in meeting.committee.reminder_rules.all() if speaks_to(rule, invitation))
    rules = sorted(heard, key=lambda rule: -rule.days_before)
    nearest = {reminder_instant(meeting, rule): rule.days_before for rule in rules}
    return {days_before: instant for instant, days_before in nearest.items()}


def _call_off(comparison: _Comparison, invitation: Invitation, told: Told | None) -> None:
    if told is not None and _still_expects(comparison, told):
        contact = invitation.contact
        comparison.want_at_once(
            CANCELLATION,
            recipient_key(contact),
            contact.get_full_name(),
            str(told.count),
            problem=unreachable(invitation),
        )


def _take_back(comparison: _Comparison, key: str, told: Told) -> None:
    """Tell somebody who is no longer on the list that nobody expects them: their calendar still says so."""
    if not _still_expects(comparison, told):
        return
    earlier = [row for row in comparison.rows.values() if row.recipient_key == key]
    found_nobody = any(
        row.kind == WITHDRAWAL and row.cancelled_by == Row.CancelledBy.DELIVERY for row in earlier
    )
    comparison.want_at_once(
        WITHDRAWAL,
        key,
        earlier[-1].recipient_name,
        str(told.count),
        problem="nobody" if found_nobody else "",
    )


def _still_expects(comparison: _Comparison, told: Told) -> bool:
    """Whether the person's calendar holds the meeting, at an hour that is still to come."""
    starts_at = told.facts.starts_at if told.facts else comparison.meeting.starts_at
    return told.is_expecting and starts_at > comparison.now


def reminder_instant(meeting: Meeting, rule: ReminderRule) -> datetime:
    """Return when ``rule`` speaks: an hour of the wall clock, whatever the clocks did in between.

    Where it writes on working days alone, a closed day gives way to the working day before it.
    """
    candidacy = meeting.committee.candidacy
    zone, region = candidacy.zone, candidacy.holiday_region
    day = meeting.starts_at.astimezone(zone).date() - timedelta(days=rule.days_before)
    while rule.working_days and not is_working_day(day, region):
        day -= timedelta(days=1)
    return first_instant_from(day, rule.local_time, zone)


def _why_stale(row: Row, comparison: _Comparison) -> str:
    meeting = comparison.meeting
    closed = {
        Status.DRAFT: _("La réunion est en préparation."),
        Status.CANCELLED: _("La réunion est annulée."),
        Status.HELD: _("La réunion a eu lieu."),
    }
    if meeting.status in closed:
        return closed[Status(meeting.status)]
    if meeting.starts_at <= comparison.now:
        return _("La date de la réunion est passée.")
    if row.recipient_key not in {
        recipient_key(invitation.contact) for invitation in meeting.invitations.all()
    }:
        return _("La personne n’est plus invitée.")
    if row.kind != REMINDER:
        return _("Ce message ne dit plus ce qui est\u00a0: la réunion a de nouveau changé.")
    if row.occurrence != local_start(meeting):
        return _("La réunion a changé de date.")
    return _("Ce rappel ne s’adresse plus à cette personne, ou le comité ne rappelle plus à ce moment.")
