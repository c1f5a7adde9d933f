"""What the personal link in a message about minutes opens, for somebody who may have no account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from candidacy.theme import theme_response
from committees.announcements import has_lost_access, invited, reads_reserved
from committees.forms.minutes import CorrectionForm
from committees.minutes_content import content_of
from committees.minutes_page import texts_shown
from committees.minutes_printing import Form
from committees.minutes_tokens import invitation_id_in
from committees.models import Invitation, Minutes
from committees.representation import took_part
from committees.services.approval import propose_correction
from committees.views.minutes_files import pdf_of
from core.addressed import for_whoever_knows_the_address, is_sent_from_elsewhere
from core.pdf import PdfError
from core.sheets import submit


@for_whoever_knows_the_address
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the minutes, a POST asks for a correction."""
    invitation = _invitation(token)
    if invitation is None:
        return render(request, "committees/minutes_link_closed.html", status=404)
    minutes = invitation.meeting.minutes
    candidacy = minutes.meeting.committee.candidacy
    context: dict[str, Any] = {"token": token, "candidacy": candidacy}
    if is_sent_from_elsewhere(request):
        return render(request, "committees/minutes_link_refused.html", context, status=403)
    with timezone.override(candidacy.zone):
        form = _form(request, minutes, invitation)
        status = 200
        if form is not None:
            outcome = submit(
                form, lambda: propose_correction(minutes=minutes, invitation=invitation, **form.said)
            )
            if outcome.is_saved:
                return redirect(f"{reverse('committees:minutes-link', args=[token])}?merci")
            status = outcome.status
        context |= {
            "meeting": minutes.meeting,
            "minutes": minutes,
            "invitation": invitation,
            "content": content_of(minutes, with_reserved=reads_reserved(invitation)),
            "own_corrections": minutes.corrections.filter(contact=invitation.contact)
            .select_related("text__agenda_item")
            .order_by("pk"),
            "rectifications": minutes.rectifications.select_related("meeting__committee__candidacy"),
            "correction_form": form,
            "just_proposed": "merci" in request.GET and request.method != "POST",
        }
        return render(request, "committees/minutes_link.html", context, status=status)


@for_whoever_knows_the_address
@require_safe
def minutes_link_theme(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _invitation(token)
    if invitation is None:
        return HttpResponse(status=404)
    return theme_response(invitation.meeting.committee.candidacy.accent_colour)


@for_whoever_knows_the_address
@require_safe
def minutes_link_pdf(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _invitation(token)
    if invitation is None:
        return render(request, "committees/minutes_link_closed.html", status=404)
    try:
        return pdf_of(invitation.meeting.minutes, Form.FULL, with_reserved=reads_reserved(invitation))
    except PdfError as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=503)


def _form(request: HttpRequest, minutes: Minutes, invitation: Invitation) -> CorrectionForm | None:
    if not minutes.is_sent or not took_part(invitation):
        return None
    texts = texts_shown(minutes, with_reserved=reads_reserved(invitation))
    return CorrectionForm(request.POST or None, texts=texts, has_csrf=False)


def _invitation(token: str) -> Invitation | None:
    """Return whose minutes the address opens: sent, and to somebody who has not lost the right to read them."""
    public_id = invitation_id_in(token)
    if public_id is None:
        return None
    rows = invited().filter(public_id=public_id, meeting__minutes__status__in=Minutes.TOLD)
    related = rows.select_related("contact__user", "meeting__minutes", "meeting__committee__candidacy")
    invitation = related.first()
    return None if invitation is None or has_lost_access(invitation) else invitation
