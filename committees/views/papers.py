from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from committees.forms.agenda import PaperForm, PapersForm
from committees.models import AgendaItem, Meeting
from committees.paper_formats import content_type_of
from committees.permissions import can_change_meeting, can_remove_paper
from committees.services.ordering import Direction
from committees.services.papers import add_papers, edit_paper, move_paper, remove_paper
from committees.views.meeting_part import back_to_meeting, redirect_to_meeting
from committees.views.scope import agenda_item_of, meeting_of, paper_of
from core.downloads import file_response
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit

PART = "ordre-du-jour"


@require_safe
def paper_download(request: AppRequest, slug: str, public_id: UUID, paper_id: UUID) -> FileResponse:
    meeting = meeting_of(request, slug, public_id)
    paper = paper_of(request, meeting, paper_id)
    return file_response(paper.file, paper.filename, content_type=content_type_of(paper))


@require_http_methods(["GET", "POST"])
def paper_create(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    meeting, item = _item_to_prepare(request, slug, public_id, item_id)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PapersForm(*posted)
    outcome = submit(
        form,
        lambda: add_papers(item=item, files=form.given, is_confidential=form.cleaned_data["is_confidential"]),
    )
    if outcome.is_saved:
        count = len(outcome.row)
        said = ngettext("%(count)d pièce jointe.", "%(count)d pièces jointes.", count)
        messages.success(request, said % {"count": count})
        return redirect_to_meeting(meeting, PART)
    context = {"meeting": meeting, "item": item, "form": form, "outcome": outcome}
    return render(request, "committees/paper_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def paper_edit(
    request: AppRequest, slug: str, public_id: UUID, item_id: UUID, paper_id: UUID
) -> HttpResponse:
    meeting, item = _item_to_prepare(request, slug, public_id, item_id)
    paper = paper_of(request, meeting, paper_id, item)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*posted, row=paper)
    outcome = submit(form, lambda: edit_paper(paper=paper, **form.target, **form.values))
    if outcome.is_saved:
        return redirect_to_meeting(meeting, PART)
    context = {
        "meeting": meeting,
        "item": item,
        "paper": paper,
        "form": form,
        "outcome": outcome,
        "may_remove": can_remove_paper(request.user, meeting),
    }
    return render(request, "committees/paper_edit.html", context, status=outcome.status)


@require_POST
def paper_move(
    request: AppRequest, slug: str, public_id: UUID, item_id: UUID, paper_id: UUID
) -> HttpResponse:
    meeting, item = _item_to_prepare(request, slug, public_id, item_id)
    paper = paper_of(request, meeting, paper_id, item)
    direction = request.POST.get("direction")
    if direction not in {"up", "down"}:
        return HttpResponseBadRequest()
    try:
        move_paper(paper=paper, direction=cast("Direction", direction))
    except DomainError as error:
        messages.error(request, str(error))
    return back_to_meeting(request, meeting, PART)


@require_POST
def paper_remove(
    request: AppRequest, slug: str, public_id: UUID, item_id: UUID, paper_id: UUID
) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_remove_paper(request.user, meeting))
    paper = paper_of(request, meeting, paper_id, agenda_item_of(meeting, item_id))
    try:
        remove_paper(paper=paper)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("committees:meeting-detail", slug, public_id)
    messages.success(request, _("«\u00a0%(title)s\u00a0» est supprimée.") % {"title": paper})
    return redirect_to_meeting(meeting, PART)


def _item_to_prepare(
    request: AppRequest, slug: str, public_id: UUID, item_id: UUID
) -> tuple[Meeting, AgendaItem]:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    return meeting, agenda_item_of(meeting, item_id)
