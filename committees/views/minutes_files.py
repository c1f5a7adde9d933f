"""The files of minutes, for whoever may read them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from committees.minutes_printing import Form, print_minutes, write_minutes
from committees.models import Minutes
from committees.views.minutes_life import minutes_of, reads_reserved
from core.downloads import made_file_response
from core.pdf import PdfError

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def minutes_pdf(request: AppRequest, slug: str, public_id: UUID, form: str) -> HttpResponse:
    minutes = minutes_of(request, slug, public_id)
    try:
        return pdf_of(minutes, form_of(form), with_reserved=reads_reserved(request, minutes))
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:minutes-detail", slug, public_id)


@require_GET
def minutes_word(request: AppRequest, slug: str, public_id: UUID, form: str) -> HttpResponse:
    minutes, chosen = minutes_of(request, slug, public_id), form_of(form)
    content = write_minutes(minutes, chosen, with_reserved=reads_reserved(request, minutes))
    return made_file_response(content, _WORD, _name(minutes, chosen), "docx")


def pdf_of(minutes: Minutes, form: Form, *, with_reserved: bool) -> HttpResponse:
    content = print_minutes(minutes, form, with_reserved=with_reserved)
    return made_file_response(content, "application/pdf", _name(minutes, form), "pdf")


def form_of(name: str) -> Form:
    if name not in Form.values:
        raise Http404
    return Form(name)


def _name(minutes: Minutes, form: Form) -> str:
    return f"{form.value} {minutes.meeting.title}"
