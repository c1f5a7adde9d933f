from collections.abc import Iterable
from functools import partial
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import AgendaConcern, AgendaItem, AgendaPaper, Meeting
from committees.services.locking import already_made, check_revision, identity, lock, save_changes
from committees.services.ordering import Direction, exchange, next_position, renumber
from committees.services.papers import copy_paper
from core.errors import DomainError

#: What an item is about: kinds registered in `committees.concerns`, with the identifiers of the rows.
Concerns = Iterable[tuple[str, UUID]]


class AgendaFields(TypedDict, total=False):
    title: str
    kind: str
    rapporteur: str
    minutes: int
    details: str


class MeetingItemFields(AgendaFields, total=False):
    is_confidential: bool


@transaction.atomic
def add_agenda_item(
    *,
    meeting: Meeting,
    public_id: UUID | None = None,
    concerns: Concerns = (),
    **fields: Unpack[MeetingItemFields],
) -> AgendaItem:
    """Put an item at the end of the agenda."""
    locked = _open_agenda(meeting)
    if (item := already_made(locked.agenda_items.all(), public_id)) is not None:
        return item
    position = next_position(locked.agenda_items.all())
    item = AgendaItem(meeting=locked, position=position, **identity(public_id), **fields)
    item.full_clean()
    item.save()
    _set_concerns(item, concerns)
    return item


@transaction.atomic
def edit_agenda_item(
    *,
    item: AgendaItem,
    expected_revision: int,
    concerns: Concerns | None = None,
    **fields: Unpack[MeetingItemFields],
) -> AgendaItem:
    """Change an item; without ``concerns`` what it is about stays."""
    _open_agenda(item.meeting)
    locked = lock(item)
    is_saved = bool(save_changes(locked, fields, expected_revision=expected_revision))
    wanted = None if concerns is None else set(concerns)
    if wanted is not None and wanted != set(locked.concerns.values_list("kind", "target")):
        if not is_saved:
            check_revision(locked, expected_revision)
            locked.revision += 1
            locked.save(update_fields=["revision"])
        _set_concerns(locked, wanted)
    return locked


_CARRIED = ("title", "kind", "rapporteur", "minutes", "details", "is_confidential")


@transaction.atomic
def carry_agenda_item(*, meeting: Meeting, item: AgendaItem) -> AgendaItem:
    """Take up an item of an earlier meeting of the same committee, with its papers; asked twice, it is the same item."""
    locked = _open_agenda(meeting)
    earlier = item.meeting
    if earlier.committee_id != locked.committee_id or earlier.starts_at >= locked.starts_at:
        raise DomainError(_("On reprend un point d’une séance précédente du même comité."))
    carried = locked.agenda_items.filter(carried_from=item).first()
    if carried is not None:
        return carried
    carried = AgendaItem(
        meeting=locked,
        position=next_position(locked.agenda_items.all()),
        carried_from=item,
        **{name: getattr(item, name) for name in _CARRIED},
    )
    carried.full_clean()
    carried.save()
    _set_concerns(carried, item.concerns.values_list("kind", "target"))
    for paper in item.papers.all():
        copy_paper(paper, carried)
    return carried


@transaction.atomic
def move_agenda_item(*, item: AgendaItem, direction: Direction) -> None:
    """Let the item change places with its neighbour; at either end nothing happens."""
    meeting = _open_agenda(item.meeting)
    exchange(meeting.agenda_items.all(), item, direction)


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem) -> None:
    """Take an item off with its papers. One under which something was decided or is to be done stays: what is
    confidential is so by its item.
    """
    meeting = _open_agenda(item.meeting)
    if item.minutes_texts.exists():
        raise DomainError(_("Le compte rendu a un texte pour ce point\u00a0: il reste à l’ordre du jour."))
    if item.decisions.exists() or item.actions.exists():
        raise DomainError(
            _("Une décision ou une action a été consignée à ce point\u00a0: il reste à l’ordre du jour.")
        )
    for paper in AgendaPaper.objects.filter(item=item):
        transaction.on_commit(partial(paper.file.storage.delete, str(paper.file.name)))
    AgendaItem.objects.filter(pk=item.pk).delete()
    renumber(list(meeting.agenda_items.all()))


def _set_concerns(item: AgendaItem, concerns: Concerns) -> None:
    item.concerns.all().delete()
    AgendaConcern.objects.bulk_create(
        AgendaConcern(item=item, kind=kind, target=target) for kind, target in dict.fromkeys(concerns)
    )


def _open_agenda(meeting: Meeting) -> Meeting:
    locked = lock(meeting)
    if locked.is_held:
        raise DomainError(_("La réunion est tenue\u00a0: son ordre du jour ne change plus."))
    if locked.is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: rétablissez-la d’abord."))
    return locked
