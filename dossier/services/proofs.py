"""What each section brings towards each criterion: announced in its contract or on the matrix, then found there."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Criterion
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from dossier.models import Proof, Section


@transaction.atomic
def add_proof(
    *,
    section: Section,
    criterion: Criterion,
    kind: str = Proof.Kind.ARGUMENT,
    note: str = "",
    public_id: UUID | None = None,
) -> Proof:
    """Announce a proof, still to be brought; the same form sent twice (``public_id``) announces one."""
    _lock_section(section)
    if criterion.candidacy_id != section.candidacy_id:
        raise DomainError(_("Ce critère n’est pas de cet appel."))
    made = Proof.objects.filter(section=section, public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    proof = Proof(section=section, criterion=criterion, kind=kind, note=note)
    if public_id is not None:
        proof.public_id = public_id
    proof.full_clean()
    proof.save()
    return proof


@transaction.atomic
def change_proof(*, proof: Proof, fields: Mapping[str, Any], seen: str | None = None) -> Proof:
    """Change the kind or the note of a proof; what was found there before was another one, so it is to be brought."""
    _lock_section(proof.section)
    locked = lock_row(proof)
    if save_changes(locked, fields, seen=seen) and locked.is_brought:
        _mark(locked, by=None)
    return locked


@transaction.atomic
def validate_proof(*, proof: Proof, by: User) -> Proof:
    """Say that the proof is there to be read. Who said it first, and when, stays."""
    locked = lock_row(proof)
    if locked.is_brought:
        return locked
    section = locked.section
    if not section.body and section.kind == Section.Kind.TEXT:
        raise DomainError(_("Rien n’est écrit dans cette section : la preuve ne peut y être lue."))
    return _mark(locked, by=by)


@transaction.atomic
def reopen_proof(*, proof: Proof) -> Proof:
    """Say that the proof is not there after all."""
    return _mark(lock_row(proof), by=None)


@transaction.atomic
def remove_proof(*, proof: Proof) -> None:
    lock_row(proof).delete()


@transaction.atomic
def answer_criteria(*, section: Section, criteria: Collection[Criterion]) -> None:
    """Bring the criteria that ``section`` answers to ``criteria``: a new one expects an argument.

    A criterion that leaves takes along the proofs still to be brought, never one that somebody has validated.
    """
    _lock_section(section)
    proofs = list(section.proofs.select_related("criterion"))
    asked = {criterion.pk for criterion in criteria}
    leaving = [proof for proof in proofs if proof.criterion_id not in asked]
    for proof in leaving:
        if proof.is_brought:
            raise DomainError(
                _(
                    "Une preuve validée répond au critère « %(criterion)s » : rouvrez-la ou retirez-la d’abord."
                )
                % {"criterion": proof.criterion}
            )
    section.proofs.filter(pk__in=[proof.pk for proof in leaving]).delete()
    known = {proof.criterion_id for proof in proofs}
    Proof.objects.bulk_create(
        Proof(section=section, criterion=criterion) for criterion in criteria if criterion.pk not in known
    )


def _mark(proof: Proof, *, by: User | None) -> Proof:
    proof.validated_by = by
    proof.validated_at = timezone.now() if by else None
    proof.save(update_fields=["validated_by", "validated_at", "updated_at"])
    return proof


def _lock_section(section: Section) -> None:
    """Let one person at a time say what a section proves, as long as it is in the outline."""
    rows = Section.objects.select_for_update(of=("self",), no_key=True)
    if rows.only("retired_at").get(pk=section.pk).is_retired:
        raise DomainError(_("Cette section vient d’être retirée du plan."))
