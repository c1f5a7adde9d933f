from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.agenda import MeetingItemForm
from committees.models import Meeting
from committees.permissions import can_change_meeting, can_remove_agenda_item
from committees.services.agenda import (
    add_agenda_item,
    carry_agenda_item,
    edit_agenda_item,
    move_agenda_item,
    remove_agenda_item,
)
from committees.services.ordering import Direction
from committees.views.meeting_part import back_to_meeting, redirect_to_meeting
from committees.views.scope import agenda_item_of, earlier_item_of, meeting_of
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit

PART = "ordre-du-jour"


@require_http_methods(["GET", "POST"])
def agenda_item_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting_to_prepare(request, slug, public_id)
    form = MeetingItemForm(request.POST or None, candidacy=meeting.committee.candidacy)
    outcome = submit(
        form,
        lambda: add_agenda_item(meeting=meeting, concerns=form.concerns, **form.target, **form.values),
    )
    if outcome.is_saved:
        if "another" in request.POST:
            messages.success(
                request, _("«\u00a0%(title)s\u00a0» est à l’ordre du jour.") % {"title": outcome.row}
            )
            return redirect("committees:agenda-item-create", slug, public_id)
        return redirect_to_meeting(meeting, PART)
    context = {"meeting": meeting, "form": form, "outcome": outcome}
    return render(request, "committees/agenda_item_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def agenda_item_edit(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    meeting = _meeting_to_prepare(request, slug, public_id)
    item = agenda_item_of(meeting, item_id)
    form = MeetingItemForm(request.POST or None, candidacy=meeting.committee.candidacy, row=item)
    outcome = submit(
        form, lambda: edit_agenda_item(item=item, concerns=form.concerns, **form.target, **form.values)
    )
    if outcome.is_saved:
        return redirect_to_meeting(meeting, PART)
    context = {
        "meeting": meeting,
        "item": item,
        "form": form,
        "outcome": outcome,
        "may_remove": can_remove_agenda_item(request.user, meeting),
    }
    return render(request, "committees/agenda_item_edit.html", context, status=outcome.status)


@require_POST
def agenda_item_move(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    meeting = _meeting_to_prepare(request, slug, public_id)
    item = agenda_item_of(meeting, item_id)
    direction = request.POST.get("direction")
    if direction not in {"up", "down"}:
        return HttpResponseBadRequest()
    try:
        move_agenda_item(item=item, direction=cast("Direction", direction))
    except DomainError as error:
        messages.error(request, str(error))
    return back_to_meeting(request, meeting, PART)


@require_POST
def agenda_item_remove(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    meeting = _meeting_to_prepare(request, slug, public_id)
    require(can_remove_agenda_item(request.user, meeting))
    item = agenda_item_of(meeting, item_id)
    try:
        remove_agenda_item(item=item)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("«\u00a0%(title)s\u00a0» est retiré de l’ordre du jour.") % {"title": item.title}
        )
    return back_to_meeting(request, meeting, PART)


@require_POST
def agenda_item_carry(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take up an item that an earlier meeting did not come to; ``item`` names it."""
    meeting = _meeting_to_prepare(request, slug, public_id)
    try:
        wanted = UUID(request.POST.get("item", ""))
    except ValueError:
        return HttpResponseBadRequest()
    item = earlier_item_of(meeting, wanted)
    try:
        carry_agenda_item(meeting=meeting, item=item)
    except DomainError as error:
        messages.error(request, str(error))
    return back_to_meeting(request, meeting, PART)


def _meeting_to_prepare(request: AppRequest, slug: str, public_id: UUID) -> Meeting:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    return meeting
