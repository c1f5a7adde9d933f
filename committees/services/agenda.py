from typing import Literal, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import AgendaItem, Meeting
from committees.services.locking import already_made, identity, lock, save_changes
from core.errors import DomainError

Direction = Literal["up", "down"]


class AgendaFields(TypedDict, total=False):
    title: str
    kind: str
    rapporteur: str
    minutes: int
    details: str


@transaction.atomic
def add_agenda_item(
    *, meeting: Meeting, public_id: UUID | None = None, **fields: Unpack[AgendaFields]
) -> AgendaItem:
    """Put an item at the end of the agenda."""
    locked = _open_agenda(meeting)
    if (item := already_made(locked.agenda_items.all(), public_id)) is not None:
        return item
    last = locked.agenda_items.last()
    item = AgendaItem(
        meeting=locked, position=last.position + 1 if last else 1, **identity(public_id), **fields
    )
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def edit_agenda_item(
    *, item: AgendaItem, expected_revision: int, **fields: Unpack[AgendaFields]
) -> AgendaItem:
    _open_agenda(item.meeting)
    locked = lock(item)
    save_changes(locked, fields, expected_revision=expected_revision)
    return locked


@transaction.atomic
def move_agenda_item(*, item: AgendaItem, direction: Direction) -> None:
    """Let the item change places with its neighbour; at either end nothing happens."""
    meeting = _open_agenda(item.meeting)
    items = list(meeting.agenda_items.all())
    here = next((index for index, other in enumerate(items) if other.pk == item.pk), None)
    if here is None:
        return
    there = here - 1 if direction == "up" else here + 1
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
    _renumber(items)


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem) -> None:
    """Take an item off; decisions taken under it keep their wording and stand on their own."""
    meeting = _open_agenda(item.meeting)
    AgendaItem.objects.filter(pk=item.pk).delete()
    _renumber(list(meeting.agenda_items.all()))


def _open_agenda(meeting: Meeting) -> Meeting:
    locked = lock(meeting)
    if locked.is_held:
        raise DomainError(_("La réunion est tenue\u00a0: son ordre du jour ne change plus."))
    if locked.is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: rétablissez-la d’abord."))
    return locked


def _renumber(items: list[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
