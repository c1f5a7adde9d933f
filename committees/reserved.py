"""An agenda as somebody reads it who is not told of what is confidential."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from committees.models import AgendaItem, AgendaPaper


def as_shown(items: Iterable[AgendaItem], *, with_reserved: bool) -> list[AgendaItem]:
    """Return ``items`` with an unsaved one, which tells its minutes alone, for each that the reader is not told of.

    Nobody's numbers and hours differ: in the room all speak of the same item 4.
    """
    return [item if with_reserved or not item.is_confidential else _withheld(item) for item in items]


def papers_shown(
    item: AgendaItem, papers: Iterable[AgendaPaper] | None = None, *, with_reserved: bool
) -> Sequence[AgendaPaper]:
    """Return the papers of an item that `as_shown` returned; ``papers`` are all of its own, where they have been read."""
    if is_withheld(item):
        return ()
    own = item.papers.all() if papers is None else papers
    return [paper for paper in own if with_reserved or not paper.is_confidential]


def is_withheld(item: AgendaItem) -> bool:
    """Whether `as_shown` put ``item`` in the place of another: of that one not even the kind is told."""
    return not item.kind


def _withheld(item: AgendaItem) -> AgendaItem:
    return AgendaItem(
        meeting_id=item.meeting_id,
        position=item.position,
        title=_("Point réservé"),
        kind="",
        minutes=item.minutes,
        is_confidential=True,
    )
