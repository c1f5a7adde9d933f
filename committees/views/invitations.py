from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.permissions import is_staff
from committees.convening import read_reach
from committees.forms.answers import AnswerForm
from committees.forms.meetings import AttendanceForm, GuestsForm
from committees.models import Meeting, protocol_rank
from committees.permissions import (
    can_answer_invitation,
    can_change_meeting,
    can_record_attendance,
    can_remove_invitation,
)
from committees.services.invitations import (
    answer_invitation,
    record_attendance,
    take_answers_as_attendance,
)
from committees.services.meetings import invite_contacts, withdraw_invitation
from committees.views.meeting_part import back_to_meeting, redirect_to_meeting
from committees.views.scope import invitation_of, meeting_of
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit
from partners.models import Contact, ContactQuerySet

PART = "invitations"


@require_http_methods(["GET", "POST"])
def invitation_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Add people to a meeting that is already convened, or who came to one that was held."""
    meeting = meeting_of(request, slug, public_id)
    require(can_change_meeting(request.user, meeting))
    form = GuestsForm(
        request.POST or None,
        guests=_offered(request, meeting),
        reach=read_reach(meeting.committee.candidacy),
    )
    outcome = submit(form, lambda: invite_contacts(meeting=meeting, contacts=form.cleaned_data["guests"]))
    if outcome.is_saved:
        said = ngettext("%(count)d personne invitée.", "%(count)d personnes invitées.", outcome.row)
        messages.success(request, said % {"count": outcome.row})
        return redirect_to_meeting(meeting, PART)
    context = {"meeting": meeting, "form": form}
    return render(request, "committees/invitation_create.html", context, status=outcome.status)


@require_POST
def invitation_remove(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_remove_invitation(request.user, meeting))
    invitation = invitation_of(request, meeting, invitation_id)
    try:
        withdraw_invitation(invitation=invitation)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s n’est plus invité·e.") % {"name": invitation.contact})
    return back_to_meeting(request, meeting, PART)


@require_http_methods(["GET", "POST"])
def invitation_answer(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Answer for oneself, or note what somebody said; reading the page answers nothing."""
    meeting = meeting_of(request, slug, public_id)
    invitation = invitation_of(request, meeting, invitation_id)
    require(can_answer_invitation(request.user, invitation))
    form = AnswerForm(
        request.POST or None,
        invitation=invitation,
        may_withdraw=is_staff(request.user, meeting.committee.candidacy),
    )
    outcome = submit(form, lambda: answer_invitation(invitation=invitation, **form.said))
    if outcome.is_saved:
        messages.success(
            request,
            _("Réponse enregistrée pour %(name)s\u00a0: %(answer)s.")
            % {"name": invitation.contact, "answer": outcome.row.get_answer_display()},
        )
        return _where_they_came_from(request, meeting)
    context = {
        "meeting": meeting,
        "invitation": invitation,
        "form": form,
        "may_remove": not meeting.is_held and can_remove_invitation(request.user, meeting),
    }
    return render(request, "committees/invitation_answer.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def invitation_attendance(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_record_attendance(request.user, meeting))
    invitations = sorted(meeting.invitations.select_related("contact__organisation"), key=protocol_rank)
    form = AttendanceForm(request.POST or None, invitations=invitations)
    outcome = submit(form, lambda: record_attendance(meeting=meeting, attendance=form.changed))
    if outcome.is_saved:
        messages.success(request, _("Les présences sont enregistrées."))
        return redirect_to_meeting(meeting, PART)
    context = {"meeting": meeting, "form": form}
    return render(request, "committees/invitation_attendance.html", context, status=outcome.status)


@require_POST
def attendance_from_answers(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_record_attendance(request.user, meeting))
    try:
        count = take_answers_as_attendance(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect_to_meeting(meeting, PART)
    said = ngettext("%(count)d présence reprise.", "%(count)d présences reprises.", count)
    messages.success(request, said % {"count": count})
    return redirect("committees:invitation-attendance", slug, public_id)


def _offered(request: AppRequest, meeting: Meeting) -> ContactQuerySet:
    """Offer whoever is not on the list; a form sent twice names people who have just joined it."""
    contacts: ContactQuerySet = Contact.objects.filter(candidacy=meeting.committee.candidacy)
    if request.method == "GET":
        contacts = contacts.exclude(invitations__meeting=meeting)
    return contacts.select_related("organisation", "user").order_by("last_name", "first_name", "pk")


def _where_they_came_from(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Return to the list of meetings whoever answered there, to the meeting anybody else."""
    back = request.POST.get("retour", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return back_to_meeting(request, meeting, PART)
