"""What the personal link of a convocation opens: the meeting, its papers and the answer, for somebody who may have no account."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from candidacy.theme import theme_response
from committees.announcements import has_lost_access, reaching, reads_reserved
from committees.answer_tokens import invitation_id_in
from committees.forms.answers import AnswerForm
from committees.meeting_page import lay_out
from committees.models import AgendaPaper, Invitation
from committees.pack import print_pack
from committees.paper_formats import content_type_of
from committees.preparation import FollowUp, follow_up_of
from committees.reserved import as_shown, papers_shown
from committees.services.invitations import answer_invitation
from core.addressed import for_whoever_knows_the_address, is_sent_from_elsewhere
from core.downloads import file_response, made_file_response
from core.pdf import PdfError
from core.sheets import CONFLICT, submit


@for_whoever_knows_the_address
@require_http_methods(["GET", "HEAD", "POST"])
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the meeting and answers nothing, a POST answers; once the meeting has begun it only shows."""
    invitation = _invitation(token)
    if invitation is None:
        return render(request, "committees/answer_link_closed.html", status=404)
    meeting = invitation.meeting
    candidacy = meeting.committee.candidacy
    context: dict[str, object] = {"token": token, "candidacy": candidacy}
    if is_sent_from_elsewhere(request):
        return render(request, "committees/answer_link_refused.html", context, status=403)
    with timezone.override(candidacy.zone):
        context |= {"meeting": meeting, "invitation": invitation, **_agenda(invitation)}
        if not meeting.is_convened or meeting.has_started:
            status = CONFLICT if request.method == "POST" else 200
            return render(request, "committees/answer_link.html", context, status=status)
        form = AnswerForm(request.POST or None, invitation=invitation, may_withdraw=False, has_csrf=False)
        outcome = submit(form, lambda: answer_invitation(invitation=invitation, **form.said))
        if outcome.is_saved:
            return redirect(f"{reverse('committees:answer-link', args=[token])}?merci")
        context |= {"form": form, "just_answered": "merci" in request.GET and not form.is_bound}
        return render(request, "committees/answer_link.html", context, status=outcome.status)


@for_whoever_knows_the_address
@require_safe
def answer_link_paper(request: HttpRequest, token: str, public_id: UUID) -> FileResponse:
    invitation = _invitation(token)
    if invitation is None:
        raise Http404
    papers = AgendaPaper.objects.filter(item__meeting=invitation.meeting).select_related("item")
    paper = get_object_or_404(papers, public_id=public_id)
    if (paper.is_confidential or paper.item.is_confidential) and not reads_reserved(invitation):
        raise Http404
    return file_response(paper.file, paper.filename, content_type=content_type_of(paper))


@for_whoever_knows_the_address
@require_safe
def answer_link_pack(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the papers that the person may read as one file."""
    invitation = _invitation(token)
    if invitation is None:
        raise Http404
    try:
        content = print_pack(invitation.meeting, with_reserved=reads_reserved(invitation))
    except PdfError as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=503)
    name = _("dossier de séance %(title)s") % {"title": invitation.meeting.title}
    return made_file_response(content, "application/pdf", name, "pdf")


@for_whoever_knows_the_address
@require_safe
def answer_link_theme(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _invitation(token)
    if invitation is None:
        return HttpResponse(status=404)
    return theme_response(invitation.meeting.committee.candidacy.accent_colour)


def _invitation(token: str) -> Invitation | None:
    """Return whose address it is, unless the meeting is over or they have lost the right to read."""
    public_id = invitation_id_in(token)
    if public_id is None:
        return None
    called = Invitation.objects.filter(public_id=public_id, meeting__convened_at__isnull=False)
    rows = reaching(called, "meeting__committee__candidacy")
    related = ("contact__user", "stand_in", "meeting__committee__candidacy")
    invitation = rows.select_related(*related).first()
    if invitation is None or has_lost_access(invitation):
        return None
    meeting = invitation.meeting
    return None if meeting.is_held or meeting.ends_at <= timezone.now() else invitation


def _agenda(invitation: Invitation) -> dict[str, object]:
    meeting, with_reserved = invitation.meeting, reads_reserved(invitation)
    shown = as_shown(meeting.agenda_items.prefetch_related("papers"), with_reserved=with_reserved)
    agenda = lay_out(shown, meeting.duration_minutes, meeting.starts_at)
    papers = (papers_shown(item, with_reserved=with_reserved) for item in shown)
    return {
        "lines": list(zip(agenda.lines, papers, strict=True)),
        "follow_up": follow_up_of(meeting) if with_reserved else FollowUp(),
    }
