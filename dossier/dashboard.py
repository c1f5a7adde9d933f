"""The dashboard of the lead and the team: what each app knows of the state of the bid, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from accounts.models import User
from budget.models import FundingPlan
from budget.summary import PlanSummary, read_plan
from candidacy.models import Candidacy
from committees.models import Action, Committee, Invitation, Meeting
from committees.rhythm import Rhythm, rhythms
from core.money import share
from dossier.models import Section
from dossier.outline import read_outline
from dossier.progress import CriterionCoverage, Progress, read_coverage, read_progress
from dossier.recent_changes import Change, recent_changes

SHOWN = 5
CHANGES_SHOWN = 12

Answer = Invitation.Answer


@dataclass(frozen=True)
class CommitteeCard:
    committee: Committee
    rhythm: Rhythm
    meeting: Meeting | None
    invited: int = 0
    coming: int = 0
    excused: int = 0

    @property
    def silent(self) -> int:
        return self.invited - self.coming - self.excused


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
    changes: tuple[Change, ...]

    @property
    def uncovered(self) -> tuple[CriterionCoverage, ...]:
        """Criteria that no section answers."""
        return tuple(item for item in self.coverage if not item.sections)

    @property
    def unproved(self) -> tuple[CriterionCoverage, ...]:
        """Criteria that sections answer, none of them validated yet."""
        return tuple(item for item in self.coverage if item.sections and not item.validated)

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
    overdue = candidacy.actions.open().filter(due_on__lt=today)
    return Dashboard(
        days_left=(candidacy.deposit_on - today).days if candidacy.deposit_on else None,
        progress=read_progress(candidacy.sections.all(), today=today),
        coverage=read_coverage(candidacy),
        late_sections=_late_sections(candidacy, today),
        committees=_committee_cards(candidacy, now),
        plan=read_plan_of(candidacy),
        overdue_actions=tuple(overdue.select_related("owner__organisation").order_by("due_on", "pk")[:SHOWN]),
        overdue_count=overdue.count(),
        changes=recent_changes(candidacy, since=since, reader=reader, limit=CHANGES_SHOWN),
    )


def read_plan_of(candidacy: Candidacy) -> PlanSummary | None:
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    return read_plan(plan) if plan else None


def _late_sections(candidacy: Candidacy, today: date) -> tuple[LateSection, ...]:
    late = candidacy.sections.late(today).without_text().select_related("organisation", "writer")
    number_of = {entry.pk: entry.number for entry in read_outline(candidacy)}
    return tuple(
        LateSection(section, number_of[section.pk]) for section in late.order_by("due_on", "pk")[:SHOWN]
    )


def _committee_cards(candidacy: Candidacy, now: datetime) -> tuple[CommitteeCard, ...]:
    """Show the technical and the steering committee always, the others when their rhythm is in danger."""
    committees = list(candidacy.committees.order_by("-kind", "pk"))
    kept = rhythms(committees, now)
    coming = _next_meetings(committees, now)
    cards = [_card(committee, kept[committee.pk], coming.get(committee.pk)) for committee in committees]
    chief = {Committee.Kind.COTECH, Committee.Kind.COPIL}
    cards.sort(key=lambda card: card.committee.kind not in chief)
    return tuple(card for card in cards if card.committee.kind in chief or card.rhythm.needs_attention)


def _next_meetings(committees: Sequence[Committee], now: datetime) -> dict[int, Meeting]:
    """Return the next meeting of each committee with the answers it received, in one query."""
    meetings = (
        Meeting.objects.filter(committee__in=committees)
        .upcoming(now)
        .annotate(
            invited=Count("invitations"),
            coming=Count("invitations", filter=Q(invitations__answer__in=[Answer.PRESENT, Answer.REMOTE])),
            excused=Count("invitations", filter=Q(invitations__answer=Answer.EXCUSED)),
        )
    )
    first: dict[int, Meeting] = {}
    for meeting in meetings:
        first.setdefault(meeting.committee_id, meeting)
    return first


def _card(committee: Committee, rhythm: Rhythm, meeting: Meeting | None) -> CommitteeCard:
    if meeting is None:
        return CommitteeCard(committee, rhythm, None)
    return CommitteeCard(
        committee,
        rhythm,
        meeting,
        invited=meeting.invited,  # type: ignore[attr-defined]  # annotated by _next_meetings
        coming=meeting.coming,  # type: ignore[attr-defined]  # annotated by _next_meetings
        excused=meeting.excused,  # type: ignore[attr-defined]  # annotated by _next_meetings
    )
