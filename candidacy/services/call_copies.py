"""Copies of call templates, which their maker edits; the shipped files and the candidacies founded stay as they are."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.call_copies import content_of, template_of
from candidacy.call_templates import CallTemplate
from candidacy.models import CallTemplateCopy
from core.errors import DomainError, StaleRevisionError
from core.staleness import lock_row

#: The lists of a template, and what names a row of each.
KEYS = {"criteria": "code", "phases": "key", "pieces": "key", "sections": "key"}
#: Where the rows of one list are named in the others.
_MENTIONS = {
    "criteria": [("sections", "criteria")],
    "phases": [("pieces", "phase"), ("sections", "phase")],
    "pieces": [],
    "sections": [("sections", "parent")],
}
_KEY_LENGTH = 60
_NAME_LENGTH = 200

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """One row of a copy: the list it stands in, and what names it there; a new row has no name yet."""

    name: str
    key: str | None = None


def print_of(values: Mapping[str, Any]) -> str:
    """Return a short digest of what a form has shown."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:32]


@transaction.atomic
def copy_template(*, template: CallTemplate, by: User) -> CallTemplateCopy:
    """Copy a template, shipped or one's own, for ``by`` to change."""
    copy = CallTemplateCopy(
        made_by=by,
        copied_from=template.key,
        name=_free_name(by, template.title),
        content=content_of(template),
    )
    copy.full_clean()
    copy.save()
    return copy


@transaction.atomic
def change_rules(
    *, copy: CallTemplateCopy, name: str, rules: Mapping[str, Any], seen: str | None = None
) -> CallTemplateCopy:
    """Change the name of the copy and what its call says outside its lists."""
    locked = lock_row(copy)
    shown = {"name": locked.name, "rules": {key: locked.content.get(key) for key in rules}}
    _require_unchanged(shown, seen, {"name": name, "rules": dict(rules)})
    locked.name = name
    locked.content |= rules
    low, high = locked.content.get("population_min"), locked.content.get("population_max")
    if low is not None and high is not None and low > high:
        raise DomainError(_("La population minimale dépasse la population maximale."))
    return _keep(locked)


@transaction.atomic
def save_entry(
    *, copy: CallTemplateCopy, place: Place, entry: Mapping[str, Any], seen: str | None = None
) -> CallTemplateCopy:
    """Write one row of a list; a new one goes to the end. A criterion that changes number keeps its sections."""
    locked = lock_row(copy)
    rows, naming = _rows(locked, place.name), KEYS[place.name]
    row = _find(rows, naming, place.key) if place.key is not None else {}
    if place.key is not None:
        _require_unchanged({name: row.get(name) for name in entry}, seen, dict(entry))
    else:
        rows.append(row)
    row |= entry
    if naming not in entry and place.key is None:
        row[naming] = _free_key(rows, str(entry.get("title") or entry.get("name") or ""))
    if [other.get(naming) for other in rows].count(row[naming]) > 1:
        raise DomainError(_("Le numéro %(code)s est déjà pris.") % {"code": row[naming]})
    if place.key is not None and row[naming] != place.key:
        _rename(locked, place, row[naming])
    if place.name == "sections":
        _require_two_levels(rows, row)
    return _keep(locked)


@transaction.atomic
def move_entry(*, copy: CallTemplateCopy, place: Place, step: int) -> CallTemplateCopy:
    """Move a row by ``step`` places, a section among those of its part; at either end it stays where it is."""
    locked = lock_row(copy)
    rows = _rows(locked, place.name)
    row = _find(rows, KEYS[place.name], place.key)
    places = [index for index, other in enumerate(rows) if _part(other) == _part(row)]
    here = next(rank for rank, index in enumerate(places) if rows[index] is row)
    there = min(max(here + step, 0), len(places) - 1)
    rows[places[here]], rows[places[there]] = rows[places[there]], rows[places[here]]
    return _keep(locked)


@transaction.atomic
def remove_entry(*, copy: CallTemplateCopy, place: Place) -> CallTemplateCopy:
    """Take a row off its list, and its name off the rows that mention it."""
    locked = lock_row(copy)
    rows = _rows(locked, place.name)
    row = _find(rows, KEYS[place.name], place.key)
    if place.name == "sections":
        if any(_part(other) == place.key for other in rows):
            raise DomainError(_("Cette partie contient des sections : retirez-les ou déplacez-les d’abord."))
        if len(rows) == 1:
            raise DomainError(_("Un modèle garde au moins une section : il n’y aurait rien à écrire."))
    rows.remove(row)
    _rename(locked, place, None)
    return _keep(locked)


@transaction.atomic
def remove_copy(*, copy: CallTemplateCopy) -> None:
    """Forget the copy; the candidacies founded on it have their own rules."""
    lock_row(copy).delete()


def _keep(copy: CallTemplateCopy) -> CallTemplateCopy:
    """Count the change as a version, once the whole is known to hold together."""
    copy.version += 1
    template_of(copy)
    copy.full_clean()
    copy.save()
    return copy


def _require_unchanged(shown: Mapping[str, Any], seen: str | None, typed: Mapping[str, Any]) -> None:
    """Refuse to write over what the person has not seen; what is there already is no conflict."""
    if seen is not None and shown != typed and print_of(shown) != seen:
        raise StaleRevisionError(
            _("Ce modèle a changé dans une autre fenêtre pendant que vous écriviez ici.")
        )


def _rows(copy: CallTemplateCopy, name: str) -> list[Row]:
    rows: list[Row] = copy.content.setdefault(name, [])
    return rows


def _find(rows: list[Row], naming: str, key: str | None) -> Row:
    row = next((row for row in rows if row[naming] == key), None)
    if row is None:
        raise DomainError(_("Cette ligne n’est plus dans le modèle."))
    return row


def _part(row: Row) -> str:
    return str(row.get("parent") or "")


def _rename(copy: CallTemplateCopy, place: Place, new: str | None) -> None:
    for name, field in _MENTIONS[place.name]:
        for row in _rows(copy, name):
            if isinstance(row.get(field), list):
                row[field] = [
                    new if key == place.key else key for key in row[field] if key != place.key or new
                ]
            elif row.get(field) == place.key:
                row[field] = new or ""


def _require_two_levels(rows: list[Row], row: Row) -> None:
    has_children = any(_part(other) == row["key"] for other in rows)
    parent = next((other for other in rows if other["key"] == _part(row)), None)
    if _part(row) and (has_children or parent is row or parent is None or _part(parent)):
        raise DomainError(_("Le plan a deux niveaux : choisissez une partie du premier."))


def _free_key(rows: list[Row], title: str) -> str:
    stem = slugify(title)[: _KEY_LENGTH - 4].strip("-") or "ligne"
    taken = {row.get("key") for row in rows}
    keys = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(rows) + 2))
    return next(key for key in keys if key not in taken)


def _free_name(by: User, title: str) -> str:
    taken = set(CallTemplateCopy.objects.filter(made_by=by).values_list("name", flat=True))
    wording = _("%(title)s – copie") % {"title": title[: _NAME_LENGTH - 15]}
    names = (wording if n == 1 else f"{wording} {n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
