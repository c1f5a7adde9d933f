"""How far the dossier has come: its sections by state, and what proves each criterion of the call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise

from candidacy.models import Candidacy, Criterion
from dossier.models import Section, SectionQuerySet

Status = Section.Status


@dataclass(frozen=True)
class Share:
    """The sections in one state."""

    status: str
    label: str | Promise
    count: int
    total: int

    @property
    def percent(self) -> int:
        return self.count * 100 // self.total if self.total else 0

    @property
    def meter_tone(self) -> str:
        return "good" if self.status in Section.CLOSED else "accent"


@dataclass(frozen=True)
class Progress:
    shares: tuple[Share, ...]
    late: int
    words: int

    @property
    def total(self) -> int:
        return sum(share.count for share in self.shares)

    @property
    def validated(self) -> int:
        """What is validated, frozen or not."""
        return sum(share.count for share in self.shares if share.status in Section.CLOSED)

    @property
    def percent(self) -> int:
        """Share of the sections that are validated, rounded down: 100 means all of them."""
        return self.validated * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class CriterionCoverage:
    """How many proofs a criterion is to have, how many lead or team have found, how many of those in validated sections."""

    criterion: Criterion
    proofs: int
    brought: int
    settled: int

    @property
    def tone(self) -> str:
        if not self.brought:
            return "bad"
        return "good" if self.settled == self.proofs else "warn"


def read_progress(sections: SectionQuerySet, *, today: date) -> Progress:
    """Count ``sections`` by state in one query, furthest on first."""
    late = Q(due_on__lt=today) & ~Q(status__in=Section.CLOSED)
    counts = {f"in_{status.value}": Count("pk", filter=Q(status=status)) for status in Status}
    found = sections.live().aggregate(late=Count("pk", filter=late), words=Sum("word_count"), **counts)
    total = sum(found[name] for name in counts)
    shares = tuple(
        Share(status, status.label, found[f"in_{status.value}"], total) for status in reversed(Status)
    )
    return Progress(shares, found["late"], found["words"] or 0)


def read_coverage(candidacy: Candidacy) -> tuple[CriterionCoverage, ...]:
    """Count, in one query, the proofs of each criterion, those that are brought, and those that will stay so."""
    live = Q(proofs__section__retired_at__isnull=True)
    brought = live & Q(proofs__validated_at__isnull=False)
    criteria: Iterable[Criterion] = candidacy.criteria.annotate(
        proof_count=Count("proofs", filter=live),
        brought_count=Count("proofs", filter=brought),
        settled_count=Count("proofs", filter=brought & Q(proofs__section__status__in=Section.CLOSED)),
    ).order_by("position", "pk")
    return tuple(
        CriterionCoverage(criterion, criterion.proof_count, criterion.brought_count, criterion.settled_count)  # type: ignore[attr-defined]  # annotated above
        for criterion in criteria
    )
