"""The life of minutes on their page: sent, corrected, approved, rectified."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from committees.forms.minutes import (
    ApprovalForm,
    CorrectionForm,
    CorrectionReplyForm,
    RectificationForm,
)
from committees.minutes_content import content_of
from committees.minutes_page import later_meetings, read_minutes, send_by, texts_shown
from committees.models import Correction, Invitation, Meeting, Minutes, MinutesDraft
from committees.permissions import (
    can_approve_minutes,
    can_propose_correction,
    can_read_reserved,
    can_write_minutes,
)
from committees.services.approval import (
    approve_minutes,
    decide_correction,
    has_left,
    propose_correction,
    rectify_minutes,
    send_minutes,
)
from committees.views.scope import meeting_of
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit


@require_GET
def minutes_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show the team the minutes they write, anybody else those that were sent to them or approved."""
    candidacy = candidacy_for(request, slug)
    if is_staff(request.user, candidacy):
        meeting = meeting_of(request, slug, public_id)
        return render(request, "committees/minutes_detail.html", _written(request, meeting))
    minutes = minutes_of(request, slug, public_id)
    return render(request, "committees/minutes_read.html", _read(request, minutes))


@require_POST
def minutes_send(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    minutes = _minutes_to_write(request, slug, public_id)
    try:
        send_minutes(minutes=minutes, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Le compte rendu part vers les personnes de la liste, pour correction."))
    return redirect("committees:minutes-detail", slug, public_id)


@require_POST
def minutes_approve(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    minutes = minutes_of(request, slug, public_id)
    require(can_approve_minutes(request.user, minutes.meeting))
    form = ApprovalForm(request.POST, meetings=later_meetings(minutes))
    outcome = submit(
        form,
        lambda: approve_minutes(minutes=minutes, by=request.user, in_meeting=form.cleaned_data["meeting"]),
    )
    if outcome.is_saved:
        messages.success(request, _("Le compte rendu est approuvé\u00a0: il ne change plus."))
    else:
        _tell(request, form)
    return redirect("committees:minutes-detail", slug, public_id)


@require_http_methods(["GET", "POST"])
def minutes_rectify(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    minutes = _minutes_to_write(request, slug, public_id)
    form = RectificationForm(request.POST or None, meetings=later_meetings(minutes))
    outcome = submit(form, lambda: rectify_minutes(minutes=minutes, by=request.user, **form.cleaned_data))
    if outcome.is_saved:
        messages.success(request, _("La rectification est consignée avec le compte rendu."))
        return redirect("committees:minutes-detail", slug, public_id)
    context = {"meeting": minutes.meeting, "form": form}
    return render(request, "committees/minutes_rectify.html", context, status=outcome.status)


@require_POST
def correction_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Ask for a correction as somebody who took part, whatever else one is in the candidacy."""
    minutes = minutes_of(request, slug, public_id)
    invitation = _own_invitation(request, minutes.meeting)
    if invitation is None:
        raise PermissionDenied
    require(can_propose_correction(request.user, minutes, invitation))
    form = _correction_form(request, minutes, request.POST)
    outcome = submit(form, lambda: propose_correction(minutes=minutes, invitation=invitation, **form.said))
    if outcome.is_saved:
        messages.success(request, _("Votre proposition de correction est transmise."))
        return redirect("committees:minutes-detail", slug, public_id)
    if is_staff(request.user, minutes.meeting.committee.candidacy):
        context = {**_written(request, minutes.meeting), "correction_form": form}
        return render(request, "committees/minutes_detail.html", context, status=outcome.status)
    context = {**_read(request, minutes), "correction_form": form}
    return render(request, "committees/minutes_read.html", context, status=outcome.status)


@require_POST
def correction_decide(request: AppRequest, slug: str, public_id: UUID, correction_id: UUID) -> HttpResponse:
    """Accept or refuse a correction; what is accepted for one text opens that text."""
    minutes = _minutes_to_write(request, slug, public_id)
    corrections = minutes.corrections.select_related("text", "minutes")
    correction = get_object_or_404(corrections, public_id=correction_id)
    form = CorrectionReplyForm(request.POST)
    outcome = submit(form, lambda: _decide(request, correction, form.cleaned_data))
    if not outcome.is_saved:
        _tell(request, form)
    elif outcome.row.outcome == Correction.Outcome.ACCEPTED:
        messages.success(request, _("La correction est acceptée\u00a0: portez-la dans le texte."))
        if correction.text is not None:
            return redirect("committees:minutes-text-edit", slug, public_id, correction.text.public_id)
    else:
        messages.success(request, _("La correction est refusée."))
    return redirect(reverse("committees:minutes-detail", args=[slug, public_id]) + "#corrections")


def _decide(request: AppRequest, correction: Correction, said: dict[str, Any]) -> Correction:
    is_accepted = said["outcome"] == Correction.Outcome.ACCEPTED
    return decide_correction(
        correction=correction, is_accepted=is_accepted, reply=said["reply"], by=request.user
    )


def _tell(request: AppRequest, form: Any) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, error)


def minutes_of(request: AppRequest, slug: str, public_id: UUID) -> Minutes:
    """Return the minutes of a meeting as far as the person may read them."""
    candidacy = candidacy_for(request, slug)
    rows = Minutes.objects.filter(meeting__committee__candidacy=candidacy)
    readable = rows if is_staff(request.user, candidacy) else rows.visible_to(request.user)
    related = readable.select_related("meeting__committee", "approved_in")
    minutes = get_object_or_404(related, meeting__public_id=public_id)
    minutes.meeting.committee.candidacy = candidacy
    return minutes


def _minutes_to_write(request: AppRequest, slug: str, public_id: UUID) -> Minutes:
    minutes = minutes_of(request, slug, public_id)
    require(can_write_minutes(request.user, minutes.meeting))
    return minutes


def _own_invitation(request: AppRequest, meeting: Meeting) -> Invitation | None:
    return meeting.invitations.filter(contact__user=request.user).select_related("contact", "meeting").first()


def reads_reserved(request: AppRequest, minutes: Minutes) -> bool:
    meeting = minutes.meeting
    return can_read_reserved(request.user, meeting, _own_invitation(request, meeting))


def _correction_form(request: AppRequest, minutes: Minutes, data: Any = None) -> CorrectionForm:
    meeting = minutes.meeting
    action = reverse(
        "committees:correction-create", args=[meeting.committee.candidacy.slug, meeting.public_id]
    )
    texts = texts_shown(minutes, with_reserved=reads_reserved(request, minutes))
    return CorrectionForm(data, texts=texts, action=action)


def _written(request: AppRequest, meeting: Meeting) -> dict[str, Any]:
    """Read what the team sees of the minutes of ``meeting``, begun or not."""
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    if minutes is None:
        return {"meeting": meeting, "minutes": None, "send_by": send_by(meeting)}
    minutes.meeting = meeting
    corrections = list(minutes.corrections.select_related("contact", "text__agenda_item").order_by("pk"))
    may_approve = minutes.is_sent and can_approve_minutes(request.user, meeting)
    place = [meeting.committee.candidacy.slug, meeting.public_id]
    return {
        **_for_everybody(request, minutes),
        "sheet": None if minutes.is_approved else read_minutes(minutes),
        "content": content_of(minutes, with_reserved=True) if minutes.is_approved else None,
        "may_write": not minutes.is_approved,
        "left_drafts": _drafts(request, minutes) if minutes.is_approved else (),
        "drafted": () if minutes.is_approved else {draft.text_id for draft in _drafts(request, minutes)},
        "send_by": send_by(meeting),
        "has_left": minutes.is_sent and has_left(minutes),
        "corrections": [(row, _reply_form(row, place)) for row in corrections],
        "pending": sum(row.is_pending for row in corrections),
        "approval_form": ApprovalForm(
            meetings=later_meetings(minutes), action=reverse("committees:minutes-approve", args=place)
        )
        if may_approve
        else None,
    }


def _drafts(request: AppRequest, minutes: Minutes) -> list[MinutesDraft]:
    """Return what the reader has typed in the minutes and not saved, in the order of the texts."""
    drafts = MinutesDraft.objects.visible_to(request.user).filter(text__minutes=minutes)
    return sorted(drafts.select_related("text__agenda_item"), key=lambda draft: draft.text.rank)


def _reply_form(correction: Correction, place: list[Any]) -> CorrectionReplyForm | None:
    if not correction.is_pending:
        return None
    key = correction.public_id
    action = reverse("committees:correction-decide", args=[*place, key])
    return CorrectionReplyForm(key=str(key), action=action)


def _read(request: AppRequest, minutes: Minutes) -> dict[str, Any]:
    own = minutes.corrections.filter(contact__user=request.user).select_related("text__agenda_item")
    return {
        **_for_everybody(request, minutes),
        "content": content_of(minutes, with_reserved=reads_reserved(request, minutes)),
        "own_corrections": own.order_by("pk"),
    }


def _for_everybody(request: AppRequest, minutes: Minutes) -> dict[str, Any]:
    invitation = _own_invitation(request, minutes.meeting) if minutes.is_sent else None
    may_correct = invitation is not None and can_propose_correction(request.user, minutes, invitation)
    return {
        "meeting": minutes.meeting,
        "minutes": minutes,
        "correction_form": _correction_form(request, minutes) if may_correct else None,
        "rectifications": minutes.rectifications.select_related("meeting__committee__candidacy").order_by(
            "pk"
        )
        if minutes.is_approved
        else (),
    }
