"""Locks and revisions: two people at one row follow one another, and the second is told, not overwritten.

SQLite has no row locks; there every write transaction waits for the one before it, which is the same promise.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.errors import StaleRevisionError

Row = TypeVar("Row", bound=Model)


def lock(row: Row) -> Row:
    """Return the row as it stands now, kept from other writers until the transaction ends."""
    manager = type(row)._default_manager  # noqa: SLF001 -- documented by Django in spite of its name
    rows: QuerySet[Row] = manager.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=row.pk)


def already_made(rows: QuerySet[Row], public_id: UUID | None) -> Row | None:
    """Return what the same form, sent twice, has made the first time. Call it with the parent locked."""
    return rows.filter(public_id=public_id).first() if public_id else None


def identity(public_id: UUID | None) -> dict[str, UUID]:
    return {"public_id": public_id} if public_id else {}


def changed_fields(row: Model, fields: Mapping[str, Any]) -> list[str]:
    return [name for name, value in fields.items() if getattr(row, name) != value]


def check_revision(row: Model, expected: int) -> None:
    """Refuse to write over a state that the person has not seen."""
    if row.revision != expected:  # type: ignore[attr-defined]  # called for rows that carry a revision
        raise StaleRevisionError(_("Quelqu’un a enregistré une autre version pendant que vous écriviez."))


def save_changes(row: Model, fields: Mapping[str, Any], *, expected_revision: int) -> list[str]:
    """Write ``fields`` on a locked row that carries a revision; return the names of what changed.

    What is there already is no conflict: the same form sent twice is harmless.
    """
    changed = changed_fields(row, fields)
    if not changed:
        return []
    check_revision(row, expected_revision)
    for name in changed:
        setattr(row, name, fields[name])
    row.revision += 1  # type: ignore[attr-defined]  # see check_revision
    row.full_clean()
    row.save()
    return changed
