"""Two people on one form: the second to save is told, and nothing that either typed is lost.

The form carries the fingerprint of the values it showed. Two forms that show different fields of one row never
stand in each other's way, and a form tells nobody of fields it does not show.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.errors import StaleRevisionError

Row = TypeVar("Row", bound=Model)


def fingerprint(row: Model, names: Iterable[str]) -> str:
    """Return a short digest of the stored values of the fields ``names``."""
    values = [[name, str(row.serializable_value(name))] for name in sorted(names)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def lock_row(row: Row) -> Row:
    """Return ``row`` as it stands now, kept from other writers until the transaction ends.

    SQLite has no row locks; there every write transaction waits for the one before it, which is the same promise.
    """
    rows: QuerySet[Row] = type(row)._base_manager.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=row.pk)


def save_changes(row: Model, fields: Mapping[str, Any], *, seen: str | None) -> list[str]:
    """Write ``fields`` on a locked row; return the names of what changed.

    Refuses to write over values that the person has not seen. What is there already is no conflict, so the same
    form sent twice is harmless. A caller that is no form has seen nothing and passes None.
    """
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        return []
    if seen is not None and fingerprint(row, fields) != seen:
        raise StaleRevisionError(_("Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux."))
    for name in changed:
        setattr(row, name, fields[name])
    row.full_clean()
    row.save()
    return changed
