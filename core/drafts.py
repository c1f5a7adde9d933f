"""What one person has typed in a long text and not saved yet: kept for them alone, never over what they have not seen."""

import uuid
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django import forms
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import StaleRevisionError
from core.models import PublicIdModel

#: What the database can count to.
LAST_REVISION = 2**31 - 1


@dataclass(frozen=True)
class Seat:
    """Where a text is typed: the window, and the state of the draft that it read or wrote last."""

    window: UUID | None = None
    seen: UUID | None = None


class TextDraft(models.Model):
    """A draft of one person; the model below it has their ``body``, its author and the text that it is a draft of."""

    base_revision = models.PositiveIntegerField(_("révision de départ"))
    #: Changes at each save: who sends another one has not seen this text.
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    #: The window that saved it last, which may go on whatever token its lost answers carried.
    window = models.UUIDField(null=True, editable=False)
    saved_at = models.DateTimeField(_("enregistré le"), default=timezone.now)

    class Meta:
        abstract = True

    def is_from(self, seat: Seat) -> bool:
        return self.token == seat.seen or (self.window is not None and self.window == seat.window)


Draft = TypeVar("Draft", bound=TextDraft)


def keep_draft(
    drafts: "models.QuerySet[Draft]",
    beginning: Draft,
    *,
    body: str,
    saved: str,
    base_revision: int,
    seat: Seat,
) -> Draft | None:
    """Keep the clean ``body`` as the one draft among ``drafts``; None when it is what is ``saved``, which needs none.

    A draft that another window wrote since is not overwritten: StaleRevisionError. ``beginning`` is the row to write
    where there is no draft yet.
    """
    try:
        with transaction.atomic():
            return _write(drafts, beginning, body, saved, base_revision, seat)
    except IntegrityError as error:  # two windows began the draft in the same instant
        raise StaleRevisionError(_elsewhere()) from error


def end_draft(drafts: "models.QuerySet[Draft]", *, seat: Seat) -> None:
    """Forget the draft whose text has just been saved; one that another window wrote since stays."""
    draft = drafts.select_for_update().first()
    if draft and draft.is_from(seat):
        draft.delete()


def _write(
    drafts: "models.QuerySet[Draft]", beginning: Draft, body: str, saved: str, base_revision: int, seat: Seat
) -> Draft | None:
    found: Any = drafts.select_for_update().first()
    if found and found.body != body and not found.is_from(seat):
        raise StaleRevisionError(_elsewhere())
    if body == saved:
        if found:
            found.delete()
        return None
    if found and found.body == body and found.base_revision == base_revision and not found.is_from(seat):
        return cast(Draft, found)  # two windows have the same words: neither takes the draft from the other
    draft: Any = found or beginning
    draft.body = body
    draft.base_revision = base_revision
    draft.token = uuid.uuid4()
    draft.window = seat.window
    draft.saved_at = timezone.now()
    draft.save()
    return cast(Draft, draft)


def _elsewhere() -> str:
    return _t("Ce brouillon a été continué dans une autre fenêtre.")


class DraftedTextForm(forms.Form):
    """The revision that a text was read at, and where it is typed: by whom, in which window, after which draft.

    The form below it adds the text as ``body``; static/js/text-draft.js sends all of it while it is typed.
    """

    revision = forms.IntegerField(min_value=0, max_value=LAST_REVISION, widget=forms.HiddenInput)
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)
    window = forms.UUIDField(required=False, widget=forms.HiddenInput)
    writer = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def seat(self) -> Seat:
        return Seat(window=self.cleaned_data.get("window"), seen=self.cleaned_data.get("draft"))

    def is_from_another(self, user: PublicIdModel) -> bool:
        """Whether somebody else was signed in when the text was typed; a form that does not say is believed."""
        return self.cleaned_data.get("writer") not in {None, user.public_id}
