"""What the list of committees and the page of one show, read in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from committees.answers import AnswerCounts, count_answers
from committees.models import (
    Action,
    Committee,
    CommitteeMember,
    DatePoll,
    Decision,
    Meeting,
    MeetingSeries,
    ReminderRule,
    TemplateItem,
    protocol_rank,
)
from committees.models.committee import CommitteeQuerySet
from committees.models.followup import DecisionQuerySet
from committees.models.meeting import MeetingQuerySet
from committees.poll_page import open_polls_of
from committees.rhythm import Course, read_courses

#: Rows of each kind on the page of a committee; the lists hold the rest.
SHOWN = 5
EARLIER_PERIODS = 3


@dataclass(frozen=True)
class CommitteeLine:
    committee: Committee
    course: Course
    next_meeting: Meeting | None
    answers: AnswerCounts | None
    member_count: int
    open_decision_count: int


@dataclass(frozen=True)
class Mandate:
    """A seat as of a day: over, to come, or running."""

    seat: CommitteeMember
    is_over: bool
    is_to_come: bool

    @property
    def is_running(self) -> bool:
        return not (self.is_over or self.is_to_come)


@dataclass(frozen=True)
class Followup:
    """What a committee decided and asked for that is still open: the first few, and how many there are."""

    decisions: Sequence[Decision]
    decision_count: int
    actions: Sequence[Action]
    action_count: int


@dataclass(frozen=True)
class CommitteeSheet:
    course: Course
    mandates: Sequence[Mandate]
    reminders: Sequence[ReminderRule]
    next_meetings: Sequence[tuple[Meeting, AnswerCounts]]
    past_meetings: Sequence[Meeting]
    followup: Followup | None
    template_items: Sequence[TemplateItem]
    #: Those of which a meeting is still to come, with their ``left_count``.
    series: Sequence[MeetingSeries]
    polls: Sequence[DatePoll]

    @property
    def sitting_count(self) -> int:
        return sum(mandate.is_running for mandate in self.mandates)


def with_line_facts(
    committees: CommitteeQuerySet, *, meetings: MeetingQuerySet, decisions: DecisionQuerySet, now: datetime
) -> CommitteeQuerySet:
    """Let each of ``committees`` bring what its line needs, in the query that reads it.

    ``meetings`` and ``decisions`` are those that the reader may see.
    """
    first = meetings.upcoming(now).filter(committee=OuterRef("pk")).values("pk")[:1]
    seats = CommitteeMember.objects.sitting_on(timezone.localdate(now)).filter(committee=OuterRef("pk"))
    open_decisions = decisions.open().filter(meeting__committee=OuterRef("pk"))
    return committees.annotate(
        next_meeting=Subquery(first),
        member_count=_count_of(seats, "committee"),
        open_decision_count=_count_of(open_decisions, "meeting__committee"),
    )


def _count_of(rows: QuerySet[Any], committee: str) -> Coalesce:
    counted = rows.order_by().values(committee).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def read_committee_lines(committees: Iterable[Any], *, now: datetime) -> list[CommitteeLine]:
    """Tell of each committee, read `with_line_facts`, whether its rhythm is kept and what comes next."""
    rows = list(committees)
    courses = read_courses(rows, now)
    to_come = Meeting.objects.in_bulk([row.next_meeting for row in rows if row.next_meeting])
    answers = count_answers(to_come)
    return [
        CommitteeLine(
            committee=row,
            course=courses[row.pk],
            next_meeting=to_come.get(row.next_meeting),
            answers=answers.get(row.next_meeting),
            member_count=row.member_count,
            open_decision_count=row.open_decision_count,
        )
        for row in rows
    ]


def read_committee(
    committee: Committee, *, meetings: MeetingQuerySet, now: datetime, with_followup: bool
) -> CommitteeSheet:
    """Gather what the page of ``committee`` shows, with those of its meetings that the reader may see."""
    today = now.astimezone(committee.candidacy.zone).date()
    to_come = list(meetings.upcoming(now)[:SHOWN])
    answers = count_answers(meeting.pk for meeting in to_come)
    seats = committee.members.select_related("contact__organisation", "deputy_of__contact")
    return CommitteeSheet(
        course=read_courses([committee], now, earlier=EARLIER_PERIODS)[committee.pk],
        mandates=[_mandate(seat, today) for seat in sorted(seats, key=protocol_rank)],
        reminders=list(committee.reminder_rules.order_by("-days_before")),
        next_meetings=[(meeting, answers[meeting.pk]) for meeting in to_come],
        past_meetings=list(meetings.past(now)[:SHOWN]),
        followup=_read_followup(committee) if with_followup else None,
        template_items=list(committee.template_items.all()) if with_followup else [],
        polls=open_polls_of(committee) if with_followup else [],
        series=_read_series(committee, now) if with_followup else [],
    )


def _read_series(committee: Committee, now: datetime) -> list[MeetingSeries]:
    waited_for = Q(
        meetings__status__in=[Meeting.Status.DRAFT, Meeting.Status.CONVENED], meetings__starts_at__gte=now
    )
    counted = committee.series.annotate(left_count=Count("meetings", filter=waited_for))
    return list(counted.filter(left_count__gt=0).order_by("first_day", "pk"))


def _read_followup(committee: Committee) -> Followup:
    decisions = Decision.objects.filter(meeting__committee=committee).open()
    actions = Action.objects.of_committee(committee.public_id).open()
    return Followup(
        decisions=list(
            decisions.select_related("owner").order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
        ),
        decision_count=decisions.count(),
        actions=list(
            actions.select_related("owner").order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
        ),
        action_count=actions.count(),
    )


def _mandate(seat: CommitteeMember, today: date) -> Mandate:
    return Mandate(
        seat,
        is_over=seat.until is not None and seat.until < today,
        is_to_come=seat.since is not None and seat.since > today,
    )
