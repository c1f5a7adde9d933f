"""The screen of the room while a meeting is held: by keyboard, on a tablet, and as plain forms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.session import (
    ArrivalForm,
    SessionActionForm,
    SessionDecisionForm,
    SignatureForm,
    label_of,
)
from committees.models import AgendaItem, Invitation, Meeting
from committees.models.session import SIGNATURE_HEIGHT, SIGNATURE_WIDTH
from committees.permissions import can_hold_session
from committees.services.actions import create_action
from committees.services.session import (
    close_session,
    decide_in_session,
    go_to_item,
    note_arrival,
    open_session,
)
from committees.session_page import read_room
from committees.views.scope import agenda_item_of, meeting_of
from core.errors import DomainError
from core.htmx import render_part
from core.permissions import require
from core.sheets import Outcome, submit

PRESENT = Invitation.Attendance.PRESENT


@require_GET
def session(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _room(request, _meeting(request, slug, public_id))


@require_POST
def session_open(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    return _step(request, meeting, lambda: open_session(meeting=meeting))


@require_POST
def session_close(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    try:
        close_session(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("committees:session", slug, public_id)
    messages.success(request, _("La séance est levée et la réunion marquée comme tenue."))
    return redirect("committees:minutes-detail", slug, public_id)


@require_POST
def session_item(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Go to one item; the one that the page showed comes along, so that a double click goes on by one."""
    meeting = _meeting(request, slug, public_id)
    item = agenda_item_of(meeting, item_id)
    seen = request.POST.get("seen", "")
    try:
        shown = UUID(seen) if seen else None
    except ValueError:
        shown = None
    return _step(request, meeting, lambda: go_to_item(item=item, seen=shown))


@require_POST
def session_decide(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    form = _decision_form(meeting, request.POST)
    outcome = submit(
        form,
        lambda: decide_in_session(
            meeting=meeting, item=_item(meeting, form.cleaned_data["item"]), **form.said
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("La décision %(number)s est enregistrée.") % {"number": outcome.row})
        return _back(meeting, "decider")
    return _room(request, meeting, decision_form=form, status=outcome.status)


@require_POST
def session_act(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    form = _action_form(meeting, request.POST)
    candidacy = meeting.committee.candidacy
    outcome = submit(
        form,
        lambda: create_action(
            candidacy=candidacy,
            meeting=meeting,
            agenda_item=_item(meeting, form.cleaned_data["item"]),
            **form.said,
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("L’action est enregistrée."))
        return _back(meeting, "agir")
    return _room(request, meeting, action_form=form, status=outcome.status)


@require_POST
def session_arrive(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Tick somebody: that part of the page comes back alone to htmx."""
    meeting = _meeting(request, slug, public_id)
    invitation = _invitation(meeting, invitation_id)
    form = ArrivalForm(request.POST)
    outcome = submit(
        form, lambda: note_arrival(invitation=invitation, attendance=form.cleaned_data["attendance"])
    )
    if not outcome.is_saved:
        _tell(request, form)
    if request.htmx:
        context = {**_context(meeting), "is_part": True}
        return render_part(request, "committees/session.html", "presences", context)
    return _back(meeting, "presences")


@require_GET
def session_people(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Bring the people and the voices up to date for a tablet on which nobody ticked."""
    meeting = _meeting(request, slug, public_id)
    if not request.htmx:
        return _back(meeting, "presences")
    context = {**_context(meeting), "is_part": True}
    return render_part(request, "committees/session.html", "presences", context)


@require_http_methods(["GET", "POST"])
def session_sign(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Hand the tablet to somebody: they sign, or only say that they are there."""
    meeting = _meeting(request, slug, public_id)
    invitation = _invitation(meeting, invitation_id)
    form = SignatureForm(request.POST or None)
    outcome = Outcome()
    if request.method == "POST":
        # A form of one field that may be empty is posted empty where nobody draws.
        form = SignatureForm(request.POST)
        outcome = submit(
            form,
            lambda: note_arrival(
                invitation=invitation, attendance=PRESENT, signature=form.cleaned_data["signature"]
            ),
        )
    if outcome.is_saved:
        messages.success(request, _("%(name)s est présent·e.") % {"name": invitation.contact})
        return _back(meeting, "presences")
    context = {
        "meeting": meeting,
        "invitation": invitation,
        "form": form,
        "width": SIGNATURE_WIDTH,
        "height": SIGNATURE_HEIGHT,
    }
    return render(request, "committees/session_sign.html", context, status=outcome.status)


def _meeting(request: AppRequest, slug: str, public_id: UUID) -> Meeting:
    meeting = meeting_of(request, slug, public_id)
    require(can_hold_session(request.user, meeting))
    return meeting


def _invitation(meeting: Meeting, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.select_related("contact", "meeting", "arrival")
    return get_object_or_404(rows, meeting=meeting, public_id=invitation_id)


def _item(meeting: Meeting, item_id: UUID | None) -> AgendaItem | None:
    return meeting.agenda_items.filter(public_id=item_id).first() if item_id else None


def _step(request: AppRequest, meeting: Meeting, deed: Callable[[], object]) -> HttpResponse:
    try:
        deed()
    except DomainError as error:
        messages.error(request, str(error))
    return _back(meeting)


def _back(meeting: Meeting, part: str = "") -> HttpResponse:
    address = reverse("committees:session", args=[meeting.committee.candidacy.slug, meeting.public_id])
    return redirect(f"{address}#{part}" if part else address)


def _tell(request: AppRequest, form: ArrivalForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))


def _decision_form(meeting: Meeting, data: Any = None, item: AgendaItem | None = None) -> SessionDecisionForm:
    place = [meeting.committee.candidacy.slug, meeting.public_id]
    return SessionDecisionForm(
        data, meeting=meeting, item=item, action=reverse("committees:session-decide", args=place)
    )


def _action_form(meeting: Meeting, data: Any = None, item: AgendaItem | None = None) -> SessionActionForm:
    place = [meeting.committee.candidacy.slug, meeting.public_id]
    return SessionActionForm(
        data, meeting=meeting, item=item, action=reverse("committees:session-act", args=place)
    )


def _context(meeting: Meeting) -> dict[str, Any]:
    return {"meeting": meeting, "room": read_room(meeting), "now": timezone.now()}


def _room(
    request: AppRequest,
    meeting: Meeting,
    *,
    decision_form: SessionDecisionForm | None = None,
    action_form: SessionActionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(meeting)
    current = context["room"].current
    item = current.item if current else None
    decision_form = decision_form or _decision_form(meeting, item=item)
    context |= {
        "decision_form": decision_form,
        "action_form": action_form or _action_form(meeting, item=item),
        "actions": meeting.actions.select_related("owner").order_by("-pk"),
        "people_labels": [label_of(person) for person in decision_form.offered],
    }
    return render(request, "committees/session.html", context, status=status)
