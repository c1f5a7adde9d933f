from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from committees.attendance_sheet import SheetForm, print_attendance_sheet
from committees.permissions import can_record_attendance
from committees.views.scope import meeting_of
from core.downloads import made_file_response
from core.pdf import PdfError
from core.permissions import require


@require_GET
def attendance_sheet(request: AppRequest, slug: str, public_id: UUID, form: str) -> HttpResponse:
    """Print the sheet to be signed, at any time, or from the opening on the one that says who came."""
    meeting = meeting_of(request, slug, public_id)
    require(can_record_attendance(request.user, meeting))
    is_open = meeting.is_held or (meeting.is_convened and meeting.has_started)
    if form not in SheetForm.values or (form == SheetForm.NOTED and not is_open):
        raise Http404
    chosen = SheetForm(form)
    try:
        content = print_attendance_sheet(meeting, chosen)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:meeting-detail", slug, public_id)
    return made_file_response(content, "application/pdf", f"{chosen.label} {meeting.title}", "pdf")
