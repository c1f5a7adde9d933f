from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from candidacy.models import Candidacy
from committees.models import Blackout
from committees.services.locking import already_made, identity, lock, save_changes


class BlackoutFields(TypedDict, total=False):
    name: str
    first_day: date
    last_day: date


@transaction.atomic
def create_blackout(
    *, candidacy: Candidacy, public_id: UUID | None = None, **fields: Unpack[BlackoutFields]
) -> Blackout:
    """Enter days without meetings. Those already planned stay; their pages warn."""
    locked = lock(candidacy)
    if (blackout := already_made(locked.blackouts.all(), public_id)) is not None:
        return blackout
    blackout = Blackout(candidacy=locked, **identity(public_id), **fields)
    blackout.full_clean()
    blackout.save()
    return blackout


@transaction.atomic
def edit_blackout(
    *, blackout: Blackout, expected_revision: int, **fields: Unpack[BlackoutFields]
) -> Blackout:
    locked = lock(blackout)
    save_changes(locked, fields, expected_revision=expected_revision)
    return locked


@transaction.atomic
def remove_blackout(*, blackout: Blackout) -> None:
    lock(blackout).delete()
