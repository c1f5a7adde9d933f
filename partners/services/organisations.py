from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.dependants import dependants_of, enumerate_dependants
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from partners.models import Organisation

Stage = Organisation.Stage


@transaction.atomic
def create_organisation(
    *, candidacy: Candidacy, fields: Mapping[str, Any], public_id: UUID | None = None
) -> Organisation:
    """Add a body to the address book; the same form sent twice, with its ``public_id``, makes one."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    made = candidacy.organisations.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    _require_own_territory(candidacy, fields)
    organisation = Organisation(candidacy=candidacy, **_completed(fields))
    if public_id is not None:
        organisation.public_id = public_id
    if organisation.stage != Stage.IDENTIFIED and organisation.stage_changed_on is None:
        organisation.stage_changed_on = timezone.localdate(timezone=candidacy.zone)
    organisation.full_clean()
    organisation.save()
    return organisation


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, fields: Mapping[str, Any], seen: str | None = None
) -> Organisation:
    """Write ``fields`` of the sheet, all of them or those that a partner may write."""
    _require_own_territory(organisation.candidacy, fields)
    locked = lock_row(organisation)
    save_changes(locked, _completed(fields), seen=seen)
    return locked


@transaction.atomic
def change_stage(*, organisation: Organisation, stage: str, on: date) -> Organisation:
    """Note how far the organisation has come, and since when. Said twice, it is said once."""
    if on > timezone.localdate(timezone=organisation.candidacy.zone):
        raise DomainError(_("Une étape se note quand elle est atteinte : la date ne peut être à venir."))
    locked = lock_row(organisation)
    if (locked.stage, locked.stage_changed_on) == (stage, on):
        return locked
    locked.stage, locked.stage_changed_on = stage, on
    locked.full_clean()
    locked.save(update_fields=["stage", "stage_changed_on", "updated_at"])
    return locked


@transaction.atomic
def remove_organisation(*, organisation: Organisation) -> None:
    """Delete a sheet made by mistake. One that anything refers to stays: it is withdrawn instead."""
    locked = lock_row(organisation)
    found = dependants_of(locked)
    if found:
        raise DomainError(
            _(
                "« %(name)s » ne peut être supprimée : %(what)s s’y rattachent. "
                "Passez-la plutôt à l’étape « retiré »."
            )
            % {"name": locked, "what": enumerate_dependants(found)}
        )
    locked.delete()


def _require_own_territory(candidacy: Candidacy, fields: Mapping[str, Any]) -> None:
    territory = fields.get("territory")
    if territory is not None and territory.candidacy_id != candidacy.pk:
        raise DomainError(_("Cette commune n’est pas dans la candidature."))


def _completed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A SIRET begins with the SIREN: whoever gives the one has given the other."""
    completed = dict(fields)
    if completed.get("siret") and not completed.get("siren"):
        completed["siren"] = completed["siret"][:9]
    return completed
