"""The candidacy's own copy of its call: rules, criteria and aims, phases, pieces, and the territories it is filed for."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from candidacy.models import Call, Candidacy, Criterion, Indicator, Objective, Phase, Piece, Territory
from core.dependants import dependants_of, enumerate_dependants
from core.errors import DomainError
from core.staleness import lock_row, save_changes

CallRow = TypeVar("CallRow", Criterion, Objective, Indicator, Phase, Piece, Territory)

_KEY_LENGTH = 60


@transaction.atomic
def change_call(*, call: Call, fields: Mapping[str, Any], seen: str | None = None) -> Call:
    locked = lock_row(call)
    save_changes(locked, fields, seen=seen)
    return locked


@transaction.atomic
def save_call_row(
    *,
    model: type[CallRow],
    candidacy: Candidacy,
    fields: Mapping[str, Any],
    row: CallRow | None = None,
    seen: str | None = None,
    public_id: UUID | None = None,
) -> CallRow:
    """Write a criterion or one of its aims, a phase, a piece or a territory; a new one goes to the end of its list.

    ``public_id`` is the identifier that the form chose: the same form sent twice makes one row.
    """
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    _require_own(candidacy, fields)
    if row is not None:
        locked = lock_row(row)
        save_changes(locked, fields, seen=seen)
        return locked
    rows = model._base_manager.filter(candidacy=candidacy)
    made = rows.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    new = model(candidacy=candidacy, **_place(rows, model, str(fields.get("name", ""))), **fields)
    if public_id:
        new.public_id = public_id
    new.full_clean()
    new.save()
    return new


@transaction.atomic
def remove_call_row(*, row: CallRow) -> None:
    """Take a row off the call, unless something else of the candidacy still refers to it."""
    found = dependants_of(row)
    if found:
        raise DomainError(
            _("« %(name)s » sert encore : %(what)s. Détachez-les d’abord.")
            % {"name": row, "what": enumerate_dependants(found)}
        )
    row.delete()


@transaction.atomic
def set_piece_status(*, piece: Piece, status: str) -> Piece:
    locked = lock_row(piece)
    locked.status = status
    locked.full_clean()
    locked.save(update_fields=["status"])
    return locked


def _require_own(candidacy: Candidacy, fields: Mapping[str, Any]) -> None:
    refusals = {
        "phase": _("Cette phase n’est pas de cet appel."),
        "criterion": _("Ce critère n’est pas de cet appel."),
    }
    for name, refusal in refusals.items():
        row = fields.get(name)
        if row is not None and row.candidacy_id != candidacy.pk:
            raise DomainError(refusal)


def _place(rows: Any, model: type[Any], name: str) -> dict[str, Any]:
    """Return the place and the key of a new row, for the lists that have them."""
    if model is Territory:
        return {}
    place: dict[str, Any] = {"position": (rows.aggregate(last=Max("position"))["last"] or 0) + 1}
    if model in (Phase, Piece):
        place["key"] = _free_key(rows, name)
    return place


def _free_key(rows: Any, name: str) -> str:
    stem = slugify(name)[: _KEY_LENGTH - 4].strip("-") or "ligne"
    taken = set(rows.filter(key__startswith=stem).values_list("key", flat=True))
    keys = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(key for key in keys if key not in taken)
