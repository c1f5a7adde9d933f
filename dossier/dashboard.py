"""The dashboard of the lead and the team: what each app knows of the state of the bid, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef

from accounts.models import User
from budget.models import FundingPlan
from budget.summary import PlanSummary, read_plan
from candidacy.models import Candidacy
from candidacy.plan_reading import PlanLine, read_backward_plan
from committees.answers import AnswerCounts, count_answers
from committees.models import Action, Committee, Meeting
from committees.rhythm import Course, read_courses
from core.money import share
from dossier.models import Section
from dossier.outline import read_outline
from dossier.progress import CriterionCoverage, Progress, read_coverage, read_progress
from dossier.recent_changes import Change, recent_changes
from notifications.models import OutboundMessage
from partners.deliberation_register import DeliberationLine, deliberation_lines, rank_deliberations

SHOWN = 5
CHANGES_SHOWN = 12
FAILURES_SHOWN = timedelta(days=7)


@dataclass(frozen=True)
class CommitteeCard:
    committee: Committee
    course: Course
    meeting: Meeting | None
    answers: AnswerCounts | None


@dataclass(frozen=True)
class LateSection:
    section: Section
    number: str


@dataclass(frozen=True)
class FundingShares:
    """How much of the expenses each degree of certainty covers, in percent, for the meters."""

    secured: int
    requested: int
    to_find: int


@dataclass(frozen=True)
class Dashboard:
    days_left: int | None
    progress: Progress
    coverage: tuple[CriterionCoverage, ...]
    late_sections: tuple[LateSection, ...]
    committees: tuple[CommitteeCard, ...]
    plan: PlanSummary | None
    overdue_actions: tuple[Action, ...]
    overdue_count: int
    #: Votes that may come too late, all of them: the most urgent first.
    #: The most urgent of ``threatened_count``.
    threatened_votes: tuple[DeliberationLine, ...]
    threatened_count: int
    #: Tasks of the backward plan that must begin now or come too late, the first to begin first.
    plan_alerts: tuple[PlanLine, ...]
    changes: tuple[Change, ...]
    #: Messages that could not leave in the last days.
    failed_messages: int

    @property
    def most_urgent_steps(self) -> tuple[PlanLine, ...]:
        return self.plan_alerts[:SHOWN]

    @property
    def uncovered(self) -> tuple[CriterionCoverage, ...]:
        """Criteria that no section answers."""
        return tuple(item for item in self.coverage if not item.proofs)

    @property
    def unproved(self) -> tuple[CriterionCoverage, ...]:
        """Criteria that sections answer, without a proof that lead or team have found there."""
        return tuple(item for item in self.coverage if item.proofs and not item.brought)

    @property
    def proved_count(self) -> int:
        return sum(item.settled > 0 for item in self.coverage)

    @property
    def funding_shares(self) -> FundingShares | None:
        if self.plan is None:
            return None
        whole = self.plan.expenses.total
        return FundingShares(
            *(
                min(int(share(part, whole) or 0), 100)
                for part in (self.plan.secured, self.plan.requested, self.plan.to_find)
            )
        )


def read_dashboard(
    candidacy: Candidacy, *, reader: User, since: datetime, now: datetime, today: date
) -> Dashboard:
    overdue = candidacy.actions.overdue(today)
    votes = rank_deliberations(candidacy.deliberations.undecided(), candidacy, today=today)
    threatened = [vote for vote in votes if vote.alert]
    most_overdue = tuple(overdue.select_related("owner__organisation").order_by("due_on", "pk")[:SHOWN])
    return Dashboard(
        days_left=(candidacy.deposit_on - today).days if candidacy.deposit_on else None,
        progress=read_progress(candidacy.sections.all(), today=today),
        coverage=read_coverage(candidacy),
        late_sections=_late_sections(candidacy, today),
        committees=_committee_cards(candidacy, now),
        plan=read_plan_of(candidacy),
        overdue_actions=most_overdue,
        overdue_count=overdue.count(),
        threatened_votes=tuple(deliberation_lines(threatened[:SHOWN], candidacy)) if threatened else (),
        threatened_count=len(threatened),
        plan_alerts=tuple(line for line in read_backward_plan(candidacy, today=today) if line.alert),
        changes=recent_changes(candidacy, since=since, reader=reader, limit=CHANGES_SHOWN),
        failed_messages=OutboundMessage.objects.in_scope(candidacy.public_id)
        .failed()
        .filter(updated_at__gte=now - FAILURES_SHOWN)
        .count(),
    )


def read_plan_of(candidacy: Candidacy) -> PlanSummary | None:
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    return read_plan(plan) if plan else None


def _late_sections(candidacy: Candidacy, today: date) -> tuple[LateSection, ...]:
    sections = candidacy.sections.late(today).without_text().select_related("organisation", "writer")
    late = list(sections.order_by("due_on", "pk")[:SHOWN])
    number_of = {entry.pk: entry.number for entry in read_outline(candidacy)} if late else {}
    return tuple(LateSection(section, number_of[section.pk]) for section in late)


def _committee_cards(candidacy: Candidacy, now: datetime) -> tuple[CommitteeCard, ...]:
    """Show the technical and the steering committee always, the others when their rhythm is in danger."""
    upcoming = Meeting.objects.filter(committee=OuterRef("pk")).upcoming(now).values("pk")
    committees = list(candidacy.committees.annotate(next_meeting=upcoming[:1]).order_by("-kind", "pk"))
    courses = read_courses(committees, now)
    next_ones = Meeting.objects.filter(pk__in=[row.next_meeting for row in committees])  # type: ignore[attr-defined]  # annotated above
    coming = {meeting.committee_id: meeting for meeting in next_ones}
    answers = count_answers(meeting.pk for meeting in coming.values())
    cards = []
    for committee in committees:
        meeting = coming.get(committee.pk)
        given = answers[meeting.pk] if meeting else None
        cards.append(CommitteeCard(committee, courses[committee.pk], meeting, given))
    chief = {Committee.Kind.COTECH, Committee.Kind.COPIL}
    cards.sort(key=lambda card: card.committee.kind not in chief)
    return tuple(card for card in cards if card.committee.kind in chief or card.course.needs_attention)
