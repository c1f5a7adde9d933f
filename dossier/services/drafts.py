"""The text that one person has typed in a section and not saved yet."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import StaleRevisionError
from dossier.models import Section, SectionDraft
from dossier.services.measure import clean_body


@dataclass(frozen=True)
class Seat:
    """Where a text is typed: the window, and the state of the draft that it read or wrote last."""

    window: UUID | None = None
    seen: UUID | None = None


def save_draft(
    *, section: Section, author: User, body: str, base_revision: int, seat: Seat
) -> SectionDraft | None:
    """Keep ``body`` as the draft of ``author``; None when it is the text of the section, which needs no draft.

    A draft that another window wrote since is not overwritten: StaleRevisionError. A closed section still takes
    drafts: what was typed while it was being validated is not lost.
    """
    clean = clean_body(body)
    try:
        with transaction.atomic():
            return _write(section, author, clean, base_revision, seat)
    except IntegrityError as error:  # two windows began the draft in the same instant
        raise StaleRevisionError(_elsewhere()) from error


def discard_draft(*, section: Section, author: User) -> bool:
    """Forget the draft of ``author``; tell whether there was one."""
    count, _rows = SectionDraft.objects.filter(section=section, author=author).delete()
    return bool(count)


def end_draft(*, section: Section, author: User, seat: Seat) -> None:
    """Forget the draft whose text has just been saved; one that another window wrote since stays."""
    draft = SectionDraft.objects.select_for_update().filter(section=section, author=author).first()
    if draft and _is_from(seat, draft):
        draft.delete()


def _write(section: Section, author: User, clean: str, base_revision: int, seat: Seat) -> SectionDraft | None:
    draft = SectionDraft.objects.select_for_update().filter(section=section, author=author).first()
    if draft and draft.body != clean and not _is_from(seat, draft):
        raise StaleRevisionError(_elsewhere())
    if clean == section.body:
        if draft:
            draft.delete()
        return None
    draft = draft or SectionDraft(section=section, author=author)
    draft.body = clean
    draft.base_revision = base_revision
    draft.token = uuid4()
    draft.window = seat.window
    draft.saved_at = timezone.now()
    draft.save()
    return draft


def _is_from(seat: Seat, draft: SectionDraft) -> bool:
    return draft.token == seat.seen or (draft.window is not None and draft.window == seat.window)


def _elsewhere() -> str:
    return _("Ce brouillon a été continué dans une autre fenêtre.")
