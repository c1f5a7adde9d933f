"""The criteria of the call against the sections of the dossier: what proves what, and what is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy, Criterion, Indicator, Objective
from candidacy.permissions import is_staff
from dossier.models import Proof, ProofQuerySet, Section
from dossier.outline import OutlineEntry, read_outline


@dataclass(frozen=True)
class NumberedProof:
    """A proof with the section it stands in, under the number that the outline gives it."""

    proof: Proof
    section: OutlineEntry


@dataclass(frozen=True)
class CriterionCase:
    """What the bid has to say for itself under one criterion."""

    criterion: Criterion
    proofs: tuple[NumberedProof, ...]

    @property
    def objectives(self) -> QuerySet[Objective]:
        return self.criterion.objectives.all()

    @property
    def indicators(self) -> QuerySet[Indicator]:
        return self.criterion.indicators.all()

    @property
    def brought(self) -> int:
        return sum(row.proof.is_brought for row in self.proofs)

    @property
    def is_proved(self) -> bool:
        """Whether a proof was found in a text that stays as it is: one that is still written may lose it."""
        return any(row.proof.is_brought and row.section.is_closed for row in self.proofs)

    @property
    def is_only_brought(self) -> bool:
        """Whether proofs were found, in sections that are not validated."""
        return self.brought > 0 and not self.is_proved

    @property
    def missing(self) -> list[str | Promise]:
        """Name what the call wants and the criterion lacks."""
        lacks = (
            (not self.brought, _("sans preuve validée")),
            (self.is_only_brought, _("section non validée")),
            (not self.objectives, _("sans objectif")),
            (not self.indicators, _("sans indicateur")),
        )
        return [label for is_lacking, label in lacks if is_lacking]


@dataclass(frozen=True)
class Cell:
    criterion: Criterion
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class MatrixRow:
    section: OutlineEntry
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    cases: tuple[CriterionCase, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def unproved(self) -> tuple[CriterionCase, ...]:
        """Cases without any proof that was found."""
        return tuple(case for case in self.cases if not case.brought)

    @property
    def unsettled(self) -> tuple[CriterionCase, ...]:
        return tuple(case for case in self.cases if case.is_only_brought)


def read_matrix(candidacy: Candidacy) -> Matrix:
    """Read the whole matrix in five queries: outline, criteria, objectives, indicators, proofs."""
    entries = read_outline(candidacy)
    proofs = list(
        _with_people(Proof.objects.filter(section__candidacy=candidacy, section__retired_at__isnull=True))
    )
    cases = _cases(_with_aims(candidacy.criteria.all()), proofs, entries)
    return Matrix(cases, tuple(MatrixRow(entry, _cells(entry, cases)) for entry in entries))


def read_case(criterion: Criterion, reader: User) -> CriterionCase:
    """Read one criterion as ``reader`` may: a partner finds the proofs of their own sections alone."""
    visible = Section.objects.visible_to(reader).filter(candidacy=criterion.candidacy_id)
    proofs = list(_with_people(Proof.objects.filter(criterion=criterion, section__in=visible)))
    return _cases([criterion], proofs, read_outline(criterion.candidacy))[0]


def criteria_visible_to(user: User, candidacy: Candidacy) -> QuerySet[Criterion]:
    """Return every criterion to lead and team, to a partner those that their own sections answer."""
    criteria = _with_aims(candidacy.criteria.all())
    if is_staff(user, candidacy):
        return criteria
    own = Section.objects.visible_to(user).filter(candidacy=candidacy)
    return criteria.filter(Exists(Proof.objects.filter(criterion=OuterRef("pk"), section__in=own)))


def _with_aims(criteria: QuerySet[Criterion]) -> QuerySet[Criterion]:
    return criteria.prefetch_related("objectives", "indicators").order_by("position", "pk")


def _with_people(proofs: ProofQuerySet) -> ProofQuerySet:
    return proofs.select_related("validated_by").in_reading_order()


def _cases(
    criteria: Iterable[Criterion], proofs: Sequence[Proof], entries: Sequence[OutlineEntry]
) -> tuple[CriterionCase, ...]:
    """Give each criterion its proofs, in the order of the outline."""
    place = {entry.pk: rank for rank, entry in enumerate(entries)}
    by_criterion: dict[int, list[NumberedProof]] = {}
    for proof in sorted(proofs, key=lambda proof: place[proof.section_id]):
        row = NumberedProof(proof, entries[place[proof.section_id]])
        by_criterion.setdefault(proof.criterion_id, []).append(row)
    return tuple(
        CriterionCase(criterion, tuple(by_criterion.get(criterion.pk, ()))) for criterion in criteria
    )


def _cells(entry: OutlineEntry, cases: Iterable[CriterionCase]) -> tuple[Cell, ...]:
    return tuple(
        Cell(case.criterion, tuple(row.proof for row in case.proofs if row.section.pk == entry.pk))
        for case in cases
    )
