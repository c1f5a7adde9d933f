"""The steps of a meeting's life: convene, move, cancel, restore, hold."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from committees.convening import read_convening
from committees.forms.meetings import CancelForm, ConveneForm, MeetingMoveForm
from committees.permissions import can_change_meeting
from committees.services.meetings import (
    announce_agenda,
    cancel_meeting,
    convene_meeting,
    hold_meeting,
    move_meeting,
    restore_meeting,
)
from committees.views.scope import meeting_of
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit


@require_http_methods(["GET", "POST"])
def meeting_convene(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show to whom the convocation goes, then convene. Convening twice is convening once."""
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    if not meeting.is_draft:
        messages.info(request, _("La réunion est déjà convoquée."))
        return redirect("committees:meeting-detail", slug, public_id)
    convening = read_convening(meeting, today=timezone.localdate())
    form = ConveneForm(
        request.POST or None,
        members=convening.members,
        qualities=convening.qualities,
        guests=convening.guests,
        reach=convening.reach,
    )
    outcome = submit(
        form,
        lambda: convene_meeting(
            meeting=meeting,
            by=request.user,
            expected_revision=form.cleaned_data["revision"],
            contacts=form.cleaned_data["contacts"],
        ),
    )
    if outcome.is_saved:
        count = len(form.cleaned_data["contacts"])
        said = ngettext(
            "La réunion est convoquée\u00a0: %(count)d personne reçoit la convocation.",
            "La réunion est convoquée\u00a0: %(count)d personnes reçoivent la convocation.",
            count,
        )
        messages.success(request, said % {"count": count})
        return redirect("committees:meeting-detail", slug, public_id)
    context = {"meeting": meeting, "form": form, "convening": convening}
    return render(request, "committees/meeting_convene.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def meeting_move(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    form = MeetingMoveForm(request.POST or None, row=meeting)
    outcome = submit(form, lambda: move_meeting(meeting=meeting, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La réunion est déplacée."))
        return redirect("committees:meeting-detail", slug, public_id)
    context = {
        "meeting": meeting,
        "form": form,
        "outcome": outcome,
        "invited_count": meeting.invitations.count(),
        "answered_count": meeting.invitations.filter(answered_at__isnull=False).count(),
    }
    return render(request, "committees/meeting_move.html", context, status=outcome.status)


@require_POST
def meeting_announce(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    try:
        is_announced = announce_agenda(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = _("L’ordre du jour modifié est annoncé aux personnes convoquées.")
        messages.success(request, said if is_announced else _("L’ordre du jour annoncé est à jour."))
    return redirect("committees:meeting-detail", slug, public_id)


@require_http_methods(["GET", "POST"])
def meeting_cancel(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    form = CancelForm(request.POST or None)
    outcome = submit(form, lambda: cancel_meeting(meeting=meeting, reason=form.cleaned_data["reason"]))
    if outcome.is_saved:
        messages.success(request, _("La réunion est annulée. Vous pouvez la rétablir."))
        return redirect("committees:meeting-detail", slug, public_id)
    context = {"meeting": meeting, "form": form, "invited_count": meeting.invitations.count()}
    return render(request, "committees/meeting_cancel.html", context, status=outcome.status)


@require_POST
def meeting_restore(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    try:
        restore_meeting(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La réunion est rétablie."))
    return redirect("committees:meeting-detail", slug, public_id)


@require_POST
def meeting_hold(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    try:
        hold_meeting(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La réunion est tenue. Relevez les présences et les décisions."))
    return redirect("committees:meeting-detail", slug, public_id)
