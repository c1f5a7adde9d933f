from collections.abc import Mapping
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dependants import dependants_of, enumerate_dependants
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from core.templatetags.formats import short_date
from partners.models import Deliberation, Organisation, Sitting, act_path


@transaction.atomic
def create_sitting(
    *, organisation: Organisation, fields: Mapping[str, Any], public_id: UUID | None = None
) -> Sitting:
    """Note a day on which an assembly votes; the same form sent twice, with its ``public_id``, makes one."""
    lock_row(organisation)
    made = organisation.sittings.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    sitting = Sitting(organisation=organisation, candidacy=organisation.candidacy, **fields)
    if public_id is not None:
        sitting.public_id = public_id
    sitting.full_clean()
    sitting.save()
    return sitting


@transaction.atomic
def change_sitting(*, sitting: Sitting, fields: Mapping[str, Any], seen: str | None = None) -> Sitting:
    locked = lock_row(sitting)
    if fields.get("held_on", locked.held_on) != locked.held_on:
        _require_day_of_its_votes(locked, fields["held_on"])
    save_changes(locked, fields, seen=seen)
    return locked


@transaction.atomic
def remove_sitting(*, sitting: Sitting) -> None:
    """Delete a sitting noted by mistake. One that a deliberation is meant for, or was voted at, stays."""
    locked = lock_row(sitting)
    found = dependants_of(locked)
    if found:
        raise DomainError(
            _(
                "Cette séance ne peut être supprimée\u00a0: %(what)s s’y rattachent. Changez-en d’abord la séance."
            )
            % {"what": enumerate_dependants(found)}
        )
    locked.delete()


@transaction.atomic
def create_deliberation(
    *,
    organisation: Organisation,
    fields: Mapping[str, Any],
    file: "File[bytes] | None" = None,
    public_id: UUID | None = None,
) -> Deliberation:
    """Note what a partner is to vote; the same form sent twice, with its ``public_id``, makes one."""
    lock_row(organisation)
    made = organisation.deliberations.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    deliberation = Deliberation(organisation=organisation, candidacy=organisation.candidacy, **fields)
    if public_id is not None:
        deliberation.public_id = public_id
    _require_sitting_over(deliberation, fields)
    deliberation.file = _act(deliberation, file)
    deliberation.full_clean()
    deliberation.save()
    return deliberation


@transaction.atomic
def change_deliberation(
    *,
    deliberation: Deliberation,
    fields: Mapping[str, Any],
    file: "File[bytes] | None" = None,
    seen: str | None = None,
) -> Deliberation:
    """Write ``fields`` and the signed act, which takes the place of the former one; without a file it stays.

    ``seen`` is the fingerprint of the fields and of the file: an act is not replaced by somebody who has not seen it.
    """
    locked = lock_row(deliberation)
    _require_sitting_over(locked, fields)
    former = locked.file.name
    changed = save_changes(locked, {**fields, "file": _act(locked, file)}, seen=seen)
    if former and "file" in changed:
        transaction.on_commit(partial(locked.file.storage.delete, former))
    return locked


@transaction.atomic
def remove_deliberation(*, deliberation: Deliberation) -> None:
    """Delete a deliberation and its file; one that a partner gave up is withdrawn instead."""
    locked = lock_row(deliberation)
    storage, name = locked.file.storage, locked.file.name
    locked.delete()
    if name:
        transaction.on_commit(partial(storage.delete, name))


def _act(deliberation: Deliberation, file: "File[bytes] | None") -> Any:
    """Name ``file`` by its content: the same act sent twice is the one that is there."""
    if file is None:
        return deliberation.file
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    name = f"{digest.hexdigest()}.pdf"
    return deliberation.file if deliberation.file.name == act_path(deliberation, name) else File(file, name)


def _require_sitting_over(deliberation: Deliberation, fields: Mapping[str, Any]) -> None:
    """Said before anything is written: a file that was stored would stay behind."""
    sitting: Sitting | None = fields.get("sitting", deliberation.sitting)
    is_voted = fields.get("status", deliberation.status) in Deliberation.VOTED
    if is_voted and sitting is not None and sitting.held_on > _today(deliberation):
        raise DomainError(
            _("La séance est le %(day)s\u00a0: le vote se note quand elle a eu lieu.")
            % {"day": short_date(sitting.held_on)}
        )


def _require_day_of_its_votes(sitting: Sitting, held_on: date) -> None:
    """A sitting that voted was held, and what it voted was transmitted no earlier."""
    voted = sitting.deliberations.filter(status__in=Deliberation.VOTED)
    if held_on > _today(sitting) and voted.exists():
        raise DomainError(_("Un vote est déjà noté à cette séance\u00a0: elle ne peut être à venir."))
    if voted.filter(transmitted_on__lt=held_on).exists():
        raise DomainError(
            _("Une délibération de cette séance a été transmise avant ce jour\u00a0: relisez les dates.")
        )


def _today(row: Sitting | Deliberation) -> date:
    return timezone.localdate(timezone=row.candidacy.zone)
