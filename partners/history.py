"""What was changed on a sheet and by whom, read from the history tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.templatetags.formats import short_date
from partners.models import Contact, Organisation

#: Told by their name alone: too long for a line, or internal.
_WITHOUT_VALUE = frozenset({"notes", "address", "source"})
_NOT_TOLD = frozenset(
    {"id", "public_id", "created_at", "updated_at", "candidacy", "organisation", "search_text"}
)
_SHOWN = 50


#: The names of the communes by primary key, read when the first is wanted.
Places = Callable[[], dict[int, str]]


@dataclass(frozen=True)
class Change:
    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Entry:
    """One saving of one row."""

    moment: datetime
    who: str
    what: str | Promise
    changes: Sequence[Change] = ()


def history_of(organisation: Organisation) -> list[Entry]:
    """Return the latest changes of the sheet and of its contacts, newest first."""
    own = organisation.history.select_related("history_user").order_by("-history_date", "-history_id")
    people = (
        Contact.history.filter(organisation=organisation)
        .select_related("history_user")
        .order_by("id", "-history_date", "-history_id")
    )

    @cache
    def places() -> dict[int, str]:
        return {row.pk: row.name for row in organisation.candidacy.territories.all()}

    entries = _entries(list(own[: _SHOWN + 1]), Organisation, _("la structure"), places)
    by_person: dict[int, list[Any]] = {}
    for record in people:
        by_person.setdefault(record.id, []).append(record)
    for records in by_person.values():
        name = f"{records[0].first_name} {records[0].last_name}"
        entries += _entries(records, Contact, name, dict)
    return sorted(entries, key=lambda entry: entry.moment, reverse=True)[:_SHOWN]


def _entries(records: list[Any], model: type[Any], name: str, places: Places) -> list[Entry]:
    """Compare each record, newest first, with the one before it."""
    entries = []
    for record, before in pairwise([*records, None]):
        who = str(record.history_user) if record.history_user else _("l’application")
        if record.history_type == "~" and before is not None:
            changes = _compare(model, before, record, places)
            if changes:
                entries.append(Entry(record.history_date, who, name, changes))
        elif record.history_type == "+":
            entries.append(Entry(record.history_date, who, _("%(name)s : création") % {"name": name}))
        elif record.history_type == "-":
            entries.append(Entry(record.history_date, who, _("%(name)s : suppression") % {"name": name}))
    return entries


def _compare(model: type[Any], before: Any, after: Any, places: Places) -> list[Change]:
    changes = []
    for field in model._meta.concrete_fields:
        old, new = getattr(before, field.attname, None), getattr(after, field.attname, None)
        if field.name in _NOT_TOLD or old == new:
            continue
        label = str(field.verbose_name)
        if field.name in _WITHOUT_VALUE or field.name == "user":
            changes.append(Change(label))
        else:
            changes.append(Change(label, _shown(field, old, places), _shown(field, new, places)))
    return changes


def _shown(field: Any, value: Any, places: Places) -> str:
    if value in (None, ""):
        return _("(vide)")
    if field.name == "territory":
        return places().get(value, _("(commune retirée)"))
    if isinstance(value, date):
        return short_date(value)
    return str(dict(field.flatchoices).get(value, value))
