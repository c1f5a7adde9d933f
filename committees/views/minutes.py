"""Writing the minutes of a meeting, one text at a time."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.minutes import MinutesTextForm
from committees.minutes_page import neighbours, read_minutes
from committees.models import MinutesDraft, MinutesText
from committees.permissions import can_write_minutes
from committees.services.minutes import (
    ApprovedMinutesError,
    begin_minutes,
    discard_minutes_draft,
    save_minutes_draft,
)
from committees.views.scope import meeting_of
from committees.views.text_editor import (
    FROM_ROOM,
    TextEditor,
    came_from_room,
    hands_back_text,
    open_text,
    save_typed,
    text_of,
)
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from core.sheets import CONFLICT, UNPROCESSABLE
from core.templatetags.formats import clock


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
@hands_back_text
def minutes_text_edit(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> HttpResponse:
    text = text_of(request, slug, public_id, text_id)
    if request.method == "POST":
        return _save(request, text)
    if text.minutes.is_approved:
        return _read_left_draft(request, text, text.drafts.visible_to(request.user).first())
    return _page(request, open_text(request, text))


@require_POST
def minutes_draft_save(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> JsonResponse:
    """Answer a script: 200 with the draft's new token, or why the text stays in the browser."""
    text = text_of(request, slug, public_id, text_id)
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
    text = text_of(request, slug, public_id, text_id)
    if discard_minutes_draft(text=text, author=request.user):
        messages.success(request, _("Le brouillon est abandonné\u00a0; le texte enregistré n’a pas changé."))
    return redirect(_way_back(request, text))


def _save(request: AppRequest, text: MinutesText) -> HttpResponse:
    saving = save_typed(request, text)
    if saving.editor is not None:
        return _page(request, saving.editor)
    if saving.is_saved and "next" in request.POST:
        _before, after = neighbours(read_minutes(text.minutes).texts, text)
        if after is not None:
            after.minutes = text.minutes
            return redirect(_address(after, "minutes-text-edit"))
    return redirect(_way_back(request, text))


def _read_left_draft(request: AppRequest, text: MinutesText, draft: MinutesDraft | None) -> HttpResponse:
    """Show beside an approved text what its reader had typed and not saved before the approval."""
    if draft is None:
        messages.info(request, _("Ce compte rendu est approuvé\u00a0: il ne se modifie plus."))
        return redirect(_address(text))
    row = next(row for row in read_minutes(text.minutes).texts if row.text.pk == text.pk)
    context = {"meeting": text.minutes.meeting, "text": text, "row": row, "draft": draft}
    return render(request, "committees/minutes_draft_left.html", context)


def _page(request: AppRequest, editor: TextEditor) -> HttpResponse:
    text = editor.text
    sheet = read_minutes(text.minutes)
    before, after = neighbours(sheet.texts, text)
    context = {
        **editor.context(),
        "meeting": text.minutes.meeting,
        "row": next(row for row in sheet.texts if row.text.pk == text.pk),
        "before": before,
        "after": after,
        "here_url": request.get_full_path(),
        "back_url": _way_back(request, text),
        "return_query": FROM_ROOM if came_from_room(request) else "",
    }
    return render(request, "committees/minutes_text_edit.html", context, status=editor.status)


def _way_back(request: AppRequest, text: MinutesText) -> str:
    """Return where somebody goes once they are done with ``text``: where they came from."""
    if not came_from_room(request):
        return _address(text)
    meeting = text.minutes.meeting
    return reverse("committees:session", args=[meeting.committee.candidacy.slug, meeting.public_id])


def _address(text: MinutesText, name: str = "minutes-detail") -> str:
    meeting = text.minutes.meeting
    place = [meeting.committee.candidacy.slug, meeting.public_id]
    if name == "minutes-detail":
        return f"{reverse('committees:minutes-detail', args=place)}#texte-{text.public_id}"
    return reverse(f"committees:{name}", args=[*place, text.public_id])
