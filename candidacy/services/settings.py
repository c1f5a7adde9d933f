"""What the lead sets of a candidacy: its identity, its population, its looks."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction

from candidacy.models import Candidacy
from core.rasters import rewrite_as_png
from core.staleness import lock_row, save_changes

LOGO_LONGEST_SIDE = 1200


@transaction.atomic
def change_settings(*, candidacy: Candidacy, fields: Mapping[str, Any], seen: str | None = None) -> Candidacy:
    locked = lock_row(candidacy)
    save_changes(locked, fields, seen=seen)
    return locked


@transaction.atomic
def set_logo(*, candidacy: Candidacy, file: IO[bytes]) -> None:
    """Keep the picture in ``file`` as the logo, written anew; its name changes with what it shows."""
    content = rewrite_as_png(file, longest_side=LOGO_LONGEST_SIDE)
    digest = hashlib.sha256(content).hexdigest()[:16]
    locked = lock_row(candidacy)
    _forget_file(locked)
    locked.logo.save(f"{locked.public_id}-{digest}.png", ContentFile(content), save=False)
    locked.save(update_fields=["logo", "updated_at"])
    candidacy.logo = locked.logo


@transaction.atomic
def remove_logo(*, candidacy: Candidacy) -> None:
    locked = lock_row(candidacy)
    _forget_file(locked)
    locked.logo = ""
    locked.save(update_fields=["logo", "updated_at"])
    candidacy.logo = locked.logo


def _forget_file(candidacy: Candidacy) -> None:
    """Delete the file once the row no longer names it; a transaction that fails keeps its logo."""
    if candidacy.logo.name:
        transaction.on_commit(partial(candidacy.logo.storage.delete, candidacy.logo.name), robust=True)
