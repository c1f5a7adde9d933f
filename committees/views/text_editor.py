"""The editor of one text of the minutes: the same on the page of the text and in the room."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.http import AppRequest
from committees.forms.minutes import MinutesTextForm
from committees.minutes_page import read_two_texts
from committees.models import MinutesDraft, MinutesText
from committees.permissions import can_write_minutes
from committees.ready_phrases import phrases_for
from committees.services.minutes import MAX_BODY_CHARACTERS, save_minutes_draft, save_minutes_text
from committees.views.scope import meeting_of
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from core.sheets import CONFLICT, UNPROCESSABLE
from core.two_texts import TwoTexts

#: What the address says of somebody who came from the room, and goes back there.
FROM_ROOM = "?retour=seance"

_TYPED_BY_ANOTHER = gettext_lazy(
    "Ce texte a été tapé par une autre personne\u00a0: il n’a pas été enregistré en votre nom."
)


@dataclass(frozen=True)
class TextEditor:
    """One text in its editor: as it is saved, as its writer left it, or beside what somebody else saved meanwhile."""

    text: MinutesText
    form: MinutesTextForm
    draft: MinutesDraft | None = None
    texts: TwoTexts | None = None
    #: What the page that shows it answers.
    status: int = HTTPStatus.OK

    def context(self, *, voices: int | None = None) -> dict[str, Any]:
        """Return what committees/_text_editor.html reads; ``voices`` for whoever has counted those that are there."""
        return {
            "text": self.text,
            "form": self.form,
            "draft": self.draft,
            "texts": self.texts,
            "phrases": phrases_for(self.text, self.text.minutes.meeting, voices=voices),
            "max_characters": MAX_BODY_CHARACTERS,
        }


@dataclass(frozen=True)
class Saving:
    """What became of a text that was sent: saved, or to be shown again, or neither where another person typed it."""

    is_saved: bool = False
    editor: TextEditor | None = None


def text_of(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> MinutesText:
    """Return one text of the minutes to somebody who writes them."""
    meeting = meeting_of(request, slug, public_id)
    require(can_write_minutes(request.user, meeting))
    texts = MinutesText.objects.select_related("minutes", "agenda_item")
    text = get_object_or_404(texts, minutes__meeting=meeting, public_id=text_id)
    text.minutes.meeting = meeting
    return text


def hands_back_text(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show somebody what they typed into a text that left their reach meanwhile, so that no word of it is lost."""

    @wraps(view)
    def watched(request: AppRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Http404, PermissionDenied) as refusal:
            answer = _hand_back(request, refusal) if request.method == "POST" else None
            if answer is None:
                raise
            return answer

    return watched


def came_from_room(request: AppRequest) -> bool:
    return request.GET.get("retour") == "seance"


def open_text(request: AppRequest, text: MinutesText, *, action: str = "") -> TextEditor:
    """Open the editor on the draft of the reader, beside what was saved since it was begun, or on the saved text.

    ``action`` is where its form goes, the page itself without.
    """
    draft = text.drafts.visible_to(request.user).first()
    if draft is None:
        return TextEditor(text, _text_form(request, text, text.body, action=action))
    if draft.is_stale:
        return _conflict(
            request, text, draft.body, draft.base_revision, draft, action=action, status=HTTPStatus.OK
        )
    return TextEditor(text, _text_form(request, text, draft.body, draft, action=action), draft)


def save_typed(request: AppRequest, text: MinutesText, *, action: str = "") -> Saving:
    """Save what was typed as the next revision, and say so; what cannot be is handed back in the editor."""
    form = MinutesTextForm(request.POST, action=action)
    if not form.is_valid():
        return Saving(editor=TextEditor(text, form, status=UNPROCESSABLE))
    if form.is_from_another(request.user):
        messages.error(request, _TYPED_BY_ANOTHER)
        return Saving()
    body, revision = form.cleaned_data["body"], form.cleaned_data["revision"]
    try:
        saved = save_minutes_text(
            text=text, body=body, expected_revision=revision, by=request.user, seat=form.seat
        )
    except StaleRevisionError:
        draft = _keep_typed(request, text, form)
        text.refresh_from_db(fields=["body", "revision"])
        editor = _conflict(request, text, body, revision, draft, action=action, status=CONFLICT)
        return Saving(editor=editor)
    except DomainError as error:
        _keep_typed(request, text, form)
        form.add_error(None, str(error))
        return Saving(editor=TextEditor(text, form, status=UNPROCESSABLE))
    if saved.revision == text.revision:
        messages.info(request, _("Rien n’avait changé."))
    else:
        messages.success(request, _("«\u00a0%(title)s\u00a0» est enregistré.") % {"title": text.title})
    return Saving(is_saved=True)


def _hand_back(request: AppRequest, refusal: Http404 | PermissionDenied) -> HttpResponse | None:
    form = MinutesTextForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data.get("body", "")
    if not typed or form.is_from_another(request.user):
        return None
    status = HTTPStatus.NOT_FOUND if isinstance(refusal, Http404) else HTTPStatus.FORBIDDEN
    return render(request, "committees/minutes_text_gone.html", {"typed": typed}, status=status)


def _keep_typed(request: AppRequest, text: MinutesText, form: MinutesTextForm) -> MinutesDraft | None:
    """Keep what could not be saved as a draft, unless it is too long or too late or another window is at one."""
    with suppress(DomainError):
        return save_minutes_draft(
            text=text,
            author=request.user,
            body=form.cleaned_data["body"],
            base_revision=form.cleaned_data["revision"],
            seat=form.seat,
        )
    return text.drafts.visible_to(request.user).first()


def _conflict(
    request: AppRequest,
    text: MinutesText,
    typed: str,
    base_revision: int,
    draft: MinutesDraft | None,
    *,
    action: str,
    status: int,
) -> TextEditor:
    """Show what each of two texts changed, and both together in the editor, on the newer revision: saving decides."""
    texts = read_two_texts(text=text, typed=typed, base_revision=base_revision)
    form = _text_form(request, text, texts.merged, draft, action=action, is_unsaved=True)
    return TextEditor(text, form, draft, texts, status)


def _text_form(
    request: AppRequest,
    text: MinutesText,
    body: str,
    draft: MinutesDraft | None = None,
    *,
    action: str,
    is_unsaved: bool = False,
) -> MinutesTextForm:
    """Return the form of ``body`` on the revision of today, in a window of its own."""
    values = {
        "body": body,
        "revision": text.revision,
        "draft": draft and draft.token,
        "window": uuid4(),
        "writer": request.user.public_id,
    }
    return MinutesTextForm(initial=values, action=action, is_unsaved=is_unsaved)
