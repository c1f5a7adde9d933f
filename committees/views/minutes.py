"""Writing the minutes of a meeting, one text at a time."""

from contextlib import suppress
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.minutes import MinutesTextForm
from committees.minutes_page import neighbours, read_minutes, read_two_texts
from committees.models import Meeting, MinutesDraft, MinutesText
from committees.permissions import can_write_minutes
from committees.ready_phrases import phrases_for
from committees.services.minutes import (
    MAX_BODY_CHARACTERS,
    ApprovedMinutesError,
    begin_minutes,
    discard_minutes_draft,
    save_minutes_draft,
    save_minutes_text,
)
from committees.views.scope import meeting_of
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from core.sheets import CONFLICT, UNPROCESSABLE
from core.templatetags.formats import clock

_TYPED_BY_ANOTHER = gettext_lazy(
    "Ce texte a été tapé par une autre personne\u00a0: il n’a pas été enregistré en votre nom."
)


@require_POST
def minutes_begin(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_write_minutes(request.user, meeting))
    try:
        begin_minutes(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("committees:meeting-detail", slug, public_id)
    return redirect("committees:minutes-detail", slug, public_id)


@require_http_methods(["GET", "POST"])
def minutes_text_edit(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> HttpResponse:
    text = _text_of(request, slug, public_id, text_id)
    if request.method == "POST":
        return _save(request, text)
    draft = text.drafts.visible_to(request.user).first()
    if text.minutes.is_approved:
        return _read_left_draft(request, text, draft)
    if draft is None:
        return _editor(request, text, _text_form(request, text, text.body))
    if draft.is_stale:
        return _conflict(request, text, draft.body, draft.base_revision, draft, status=200)
    return _editor(request, text, _text_form(request, text, draft.body, draft), draft=draft)


@require_POST
def minutes_draft_save(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> JsonResponse:
    """Answer a script: 200 with the draft's new token, or why the text stays in the browser."""
    text = _text_of(request, slug, public_id, text_id)
    form = MinutesTextForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("Ce texte n’a pas pu être lu.")}, status=UNPROCESSABLE)
    if form.is_from_another(request.user):
        return JsonResponse({"reason": "another"}, status=CONFLICT)
    try:
        draft = save_minutes_draft(
            text=text,
            author=request.user,
            body=form.cleaned_data["body"],
            base_revision=form.cleaned_data["revision"],
            seat=form.seat,
        )
    except StaleRevisionError:
        token = text.drafts.visible_to(request.user).values_list("token", flat=True).first()
        return JsonResponse({"reason": "elsewhere", "draft": token}, status=CONFLICT)
    except ApprovedMinutesError as error:
        return JsonResponse({"reason": "approved", "message": str(error)}, status=CONFLICT)
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=UNPROCESSABLE)
    return JsonResponse({"draft": draft and draft.token, "at": draft and clock(draft.saved_at)})


@require_POST
def minutes_draft_discard(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> HttpResponse:
    text = _text_of(request, slug, public_id, text_id)
    if discard_minutes_draft(text=text, author=request.user):
        messages.success(request, _("Le brouillon est abandonné\u00a0; le texte enregistré n’a pas changé."))
    return redirect(_address(text))


def _text_of(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> MinutesText:
    meeting = meeting_of(request, slug, public_id)
    require(can_write_minutes(request.user, meeting))
    texts = MinutesText.objects.select_related("minutes", "agenda_item")
    text = get_object_or_404(texts, minutes__meeting=meeting, public_id=text_id)
    text.minutes.meeting = meeting
    return text


def _save(request: AppRequest, text: MinutesText) -> HttpResponse:
    form = MinutesTextForm(request.POST)
    if not form.is_valid():
        return _editor(request, text, form, status=UNPROCESSABLE)
    if form.is_from_another(request.user):
        messages.error(request, _TYPED_BY_ANOTHER)
        return redirect(_address(text))
    body, revision = form.cleaned_data["body"], form.cleaned_data["revision"]
    try:
        saved = save_minutes_text(
            text=text, body=body, expected_revision=revision, by=request.user, seat=form.seat
        )
    except StaleRevisionError:
        draft = _keep_typed(request, text, form)
        text.refresh_from_db(fields=["body", "revision"])
        return _conflict(request, text, body, revision, draft, status=CONFLICT)
    except DomainError as error:
        _keep_typed(request, text, form)
        form.add_error(None, str(error))
        return _editor(request, text, form, status=UNPROCESSABLE)
    if saved.revision == text.revision:
        messages.info(request, _("Rien n’avait changé."))
    else:
        messages.success(request, _("«\u00a0%(title)s\u00a0» est enregistré.") % {"title": text.title})
    _before, after = neighbours(read_minutes(text.minutes).texts, text)
    if "next" in request.POST and after is not None:
        after.minutes = text.minutes
        return redirect(_address(after, "minutes-text-edit"))
    return redirect(_address(text))


def _read_left_draft(request: AppRequest, text: MinutesText, draft: MinutesDraft | None) -> HttpResponse:
    """Show beside an approved text what its reader had typed and not saved before the approval."""
    if draft is None:
        messages.info(request, _("Ce compte rendu est approuvé\u00a0: il ne se modifie plus."))
        return redirect(_address(text))
    row = next(row for row in read_minutes(text.minutes).texts if row.text.pk == text.pk)
    context = {"meeting": text.minutes.meeting, "text": text, "row": row, "draft": draft}
    return render(request, "committees/minutes_draft_left.html", context)


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
    status: int,
) -> HttpResponse:
    """Show what each of two texts changed, and both together in the editor, on the newer revision: saving decides."""
    texts = read_two_texts(text=text, typed=typed, base_revision=base_revision)
    form = _text_form(request, text, texts.merged, draft, is_unsaved=True)
    return _editor(request, text, form, draft=draft, texts=texts, status=status)


def _text_form(
    request: AppRequest,
    text: MinutesText,
    body: str,
    draft: MinutesDraft | None = None,
    *,
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
    return MinutesTextForm(initial=values, is_unsaved=is_unsaved)


def _editor(
    request: AppRequest,
    text: MinutesText,
    form: MinutesTextForm,
    *,
    draft: MinutesDraft | None = None,
    texts: object = None,
    status: int = 200,
) -> HttpResponse:
    meeting: Meeting = text.minutes.meeting
    sheet = read_minutes(text.minutes)
    before, after = neighbours(sheet.texts, text)
    context = {
        "meeting": meeting,
        "text": text,
        "row": next(row for row in sheet.texts if row.text.pk == text.pk),
        "before": before,
        "after": after,
        "phrases": phrases_for(text, meeting),
        "form": form,
        "draft": draft,
        "texts": texts,
        "max_characters": MAX_BODY_CHARACTERS,
    }
    return render(request, "committees/minutes_text_edit.html", context, status=status)


def _address(text: MinutesText, name: str = "minutes-detail") -> str:
    meeting = text.minutes.meeting
    place = [meeting.committee.candidacy.slug, meeting.public_id]
    if name == "minutes-detail":
        return f"{reverse('committees:minutes-detail', args=place)}#texte-{text.public_id}"
    return reverse(f"committees:{name}", args=[*place, text.public_id])
