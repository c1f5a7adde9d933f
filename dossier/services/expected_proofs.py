"""The proofs that a contract expects: ticking what has been provided."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError
from dossier.models import ExpectedProof
from dossier.services.states import lock_section


@transaction.atomic
def tick_expected_proof(*, proof: ExpectedProof, is_provided: bool, by: User) -> ExpectedProof:
    """Say that ``proof`` is provided, or no longer; saying it twice changes neither who nor when."""
    section = lock_section(proof.section)
    if section.is_frozen:
        raise DomainError(_("Cette section est figée : ses preuves ne changent plus."))
    current = section.expected_proofs.filter(pk=proof.pk).first()
    if current is None:
        raise DomainError(_("Cette preuve n’est plus attendue."))
    if current.is_provided != is_provided:
        current.provided_at = timezone.now() if is_provided else None
        current.provided_by = by if is_provided else None
        current.save(update_fields=["provided_at", "provided_by"])
    return current
