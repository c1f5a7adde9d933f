"""The agenda that every meeting of a committee begins with. A change of it reaches no meeting that is drafted already."""

from typing import Unpack
from uuid import UUID

from django.db import transaction

from committees.models import AgendaItem, Committee, Meeting, TemplateItem
from committees.services.agenda import AgendaFields
from committees.services.locking import already_made, identity, lock, save_changes
from committees.services.ordering import Direction, exchange, next_position, renumber

_COPIED = ("position", "title", "kind", "rapporteur", "minutes", "details")


@transaction.atomic
def add_template_item(
    *, committee: Committee, public_id: UUID | None = None, **fields: Unpack[AgendaFields]
) -> TemplateItem:
    locked = lock(committee)
    if (item := already_made(locked.template_items.all(), public_id)) is not None:
        return item
    position = next_position(locked.template_items.all())
    item = TemplateItem(committee=locked, position=position, **identity(public_id), **fields)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def edit_template_item(
    *, item: TemplateItem, expected_revision: int, **fields: Unpack[AgendaFields]
) -> TemplateItem:
    locked = lock(item)
    save_changes(locked, fields, expected_revision=expected_revision)
    return locked


@transaction.atomic
def move_template_item(*, item: TemplateItem, direction: Direction) -> None:
    """Let the item change places with its neighbour; at either end nothing happens."""
    exchange(lock(item.committee).template_items.all(), item, direction)


@transaction.atomic
def remove_template_item(*, item: TemplateItem) -> None:
    committee = lock(item.committee)
    TemplateItem.objects.filter(pk=item.pk).delete()
    renumber(list(committee.template_items.all()))


def copy_template_agenda(meeting: Meeting) -> None:
    """Begin the agenda of a meeting just drafted with that of its committee, in the caller's transaction."""
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, **{name: getattr(item, name) for name in _COPIED})
        for item in TemplateItem.objects.filter(committee=meeting.committee_id)
    )
