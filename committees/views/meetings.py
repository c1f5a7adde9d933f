from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from committees.convocation import print_convocation
from committees.forms.answers import AnswerForm
from committees.forms.filters import MeetingFilterForm
from committees.forms.meetings import MeetingForm
from committees.lists import meeting_lines
from committees.meeting_page import read_agenda
from committees.messages import calendar_of
from committees.models import Invitation, Meeting, protocol_rank
from committees.models.meeting import MeetingQuerySet
from committees.pack import print_pack
from committees.permissions import (
    can_change_meeting,
    can_create_meeting,
    can_export_meetings,
    can_read_reserved,
)
from committees.poll_page import asked_of
from committees.preparation import FollowUp, follow_up_of, own_follow_up
from committees.registers import MEETING_HEADER, meeting_rows
from committees.services.meetings import create_meeting, edit_meeting
from committees.views.meeting_part import meeting_context
from committees.views.scope import committee_of, meeting_of, page_of, readable, sheet_format_of
from core.downloads import made_file_response
from core.pdf import PdfError
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import spreadsheet_response


@require_GET
def meeting_list(request: AppRequest, slug: str) -> HttpResponse:
    """Show the team all meetings, anybody else those they are called to with their own answer."""
    candidacy = candidacy_for(request, slug)
    form, meetings = _narrowed(request, candidacy)
    if is_staff(request.user, candidacy):
        page = page_of(request, meetings)
        context = {"form": form, "page": page, "lines": meeting_lines(page, slug)}
        return render(request, "committees/meeting_list.html", context)
    own = Invitation.objects.filter(contact__user=request.user)
    mine = meetings.select_related("committee").prefetch_related(
        Prefetch("invitations", queryset=own, to_attr="own_invitations")
    )
    context = {
        "page": page_of(request, mine),
        "asked": asked_of(request.user, candidacy),
        "period": form.asked.get("quand", ""),
        "now": timezone.now(),
    }
    return render(request, "committees/meeting_list_own.html", context)


@require_GET
def meeting_export(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_export_meetings(request.user, candidacy))
    _form, meetings = _narrowed(request, candidacy)
    return spreadsheet_response(
        sheet_format_of(request), title=_("Réunions"), header=MEETING_HEADER, rows=meeting_rows(meetings)
    )


def _narrowed(request: AppRequest, candidacy: Candidacy) -> tuple[MeetingFilterForm, MeetingQuerySet]:
    form = MeetingFilterForm(request.GET, candidacy=candidacy, reader=request.user)
    visible = readable(request, Meeting.objects.filter(committee__candidacy=candidacy), candidacy)
    return form, form.narrow(visible, user=request.user, now=timezone.now())


@require_GET
def meeting_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show the team the meeting they prepare; whoever is invited sees what they need to come, and no more."""
    meeting = meeting_of(request, slug, public_id)
    if can_change_meeting(request.user, meeting):
        return render(request, "committees/meeting_detail.html", meeting_context(meeting, request.user))
    own = meeting.invitations.filter(contact__user=request.user).select_related("stand_in").first()
    if own is not None:
        own.meeting = meeting
    with_reserved = can_read_reserved(request.user, meeting, own)
    context = {
        "meeting": meeting,
        "minutes": getattr(meeting, "minutes", None),
        "own": own,
        "form": _answer_form(slug, meeting, own),
        "agenda": read_agenda(meeting, request.user, with_reserved=with_reserved),
        "follow_up": _follow_up(request, meeting, with_reserved=with_reserved),
        "participants": sorted(
            meeting.invitations.select_related("contact__organisation"), key=protocol_rank
        ),
    }
    return render(request, "committees/meeting_read.html", context)


def _follow_up(request: AppRequest, meeting: Meeting, *, with_reserved: bool) -> FollowUp:
    if not meeting.is_convened:
        return FollowUp()
    return follow_up_of(meeting) if with_reserved else own_follow_up(meeting, request.user)


def _answer_form(slug: str, meeting: Meeting, own: Invitation | None) -> AnswerForm | None:
    if own is None or not meeting.is_convened or meeting.has_started:
        return None
    action = reverse("committees:invitation-answer", args=[slug, meeting.public_id, own.public_id])
    return AnswerForm(invitation=own, may_withdraw=False, action=action)


@require_http_methods(["GET", "POST"])
def meeting_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    require(can_create_meeting(request.user, committee))
    form = MeetingForm(request.POST or None, committee=committee, today=timezone.localdate())
    outcome = submit(form, lambda: create_meeting(committee=committee, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La réunion est en préparation. Personne n’en est encore averti."))
        return redirect("committees:meeting-detail", slug, outcome.row.public_id)
    context = {"committee": committee, "form": form, "outcome": outcome}
    return render(request, "committees/meeting_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def meeting_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    form = MeetingForm(
        request.POST or None, committee=meeting.committee, today=timezone.localdate(), row=meeting
    )
    outcome = submit(form, lambda: edit_meeting(meeting=meeting, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La réunion est enregistrée."))
        return redirect("committees:meeting-detail", slug, public_id)
    context = {
        "committee": meeting.committee,
        "meeting": meeting,
        "invited_count": meeting.invitations.count(),
        "form": form,
        "outcome": outcome,
    }
    return render(request, "committees/meeting_edit.html", context, status=outcome.status)


@require_GET
def meeting_calendar(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Download the meeting for one's calendar; a draft is in nobody's calendar."""
    meeting = meeting_of(request, slug, public_id)
    if meeting.convened_at is None:
        raise Http404
    own = meeting.invitations.filter(contact__user=request.user).first()
    return HttpResponse(
        calendar_of(meeting, with_reserved=can_read_reserved(request.user, meeting, own)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slugify(meeting.title) or "reunion"}.ics"'},
    )


@require_GET
def meeting_convocation(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show the convocation on paper as the person gets it; those who prepare the meeting look at it beforehand."""
    meeting = meeting_of(request, slug, public_id)
    own = meeting.invitations.filter(contact__user=request.user).first()
    try:
        content = print_convocation(meeting, with_reserved=can_read_reserved(request.user, meeting, own))
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:meeting-detail", slug, public_id)
    name = _("convocation %(title)s") % {"title": meeting.title}
    return made_file_response(content, "application/pdf", name, "pdf")


@require_GET
def meeting_pack(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Download the papers that the person may read as one file."""
    meeting = meeting_of(request, slug, public_id)
    own = meeting.invitations.filter(contact__user=request.user).first()
    try:
        content = print_pack(meeting, with_reserved=can_read_reserved(request.user, meeting, own))
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:meeting-detail", slug, public_id)
    name = _("dossier de séance %(title)s") % {"title": meeting.title}
    return made_file_response(content, "application/pdf", name, "pdf")
