from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import AgendaItem, Meeting
from committees.services.locking import already_made, identity, lock, save_changes
from committees.services.ordering import Direction, exchange, next_position, renumber
from core.errors import DomainError


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
    position = next_position(locked.agenda_items.all())
    item = AgendaItem(meeting=locked, position=position, **identity(public_id), **fields)
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
    exchange(meeting.agenda_items.all(), item, direction)


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem) -> None:
    """Take an item off; decisions taken under it keep their wording and stand on their own."""
    meeting = _open_agenda(item.meeting)
    if item.minutes_texts.exists():
        raise DomainError(_("Le compte rendu a un texte pour ce point\u00a0: il reste à l’ordre du jour."))
    AgendaItem.objects.filter(pk=item.pk).delete()
    renumber(list(meeting.agenda_items.all()))


def _open_agenda(meeting: Meeting) -> Meeting:
    locked = lock(meeting)
    if locked.is_held:
        raise DomainError(_("La réunion est tenue\u00a0: son ordre du jour ne change plus."))
    if locked.is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: rétablissez-la d’abord."))
    return locked
