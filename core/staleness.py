"""Two people on one form: the second to save is told, and nothing that either typed is lost.

The form carries the fingerprint of the values it showed. Two forms that show different fields of one row never
stand in each other's way.
"""

import hashlib
import json
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from core.errors import StaleRevisionError


def fingerprint(row: models.Model, names: Iterable[str]) -> str:
    """Return a short digest of the stored values of the fields ``names``."""
    values = [[name, str(row.serializable_value(name))] for name in sorted(names)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def require_unchanged(row: models.Model, names: Iterable[str], seen: str | None) -> None:
    """Refuse to write over ``row``, just read under its lock, unless it still shows what was ``seen``.

    A caller that is no form, a command or a loader, has seen nothing and passes None.
    """
    if seen is not None and fingerprint(row, names) != seen:
        raise StaleRevisionError(_("Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux."))
