"""The page of a meeting for those who prepare it, and the parts of it that an action brings back alone."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.http import AppRequest
from accounts.models import User
from committees.agenda_digest import agenda_digest
from committees.closed_days import closed_reason
from committees.forms.followup import QuickActionForm, QuickDecisionForm
from committees.meeting_page import read_agenda, read_roll, read_seats, read_steps, uninvited_members
from committees.minutes_page import send_by
from committees.models import AgendaItem, Meeting
from committees.permissions import can_change_meeting
from committees.preparation import FollowUp, follow_up_of, remainder_for
from core.htmx import render_part


def meeting_context(meeting: Meeting, reader: User) -> dict[str, Any]:
    """Read what ``reader``, who prepares it, sees of ``meeting``."""
    seats = read_seats(meeting)
    roll = read_roll(meeting, seats)
    agenda = read_agenda(meeting, reader, with_reserved=True)
    is_open = meeting.is_draft or meeting.is_convened
    goes_ahead = meeting.is_convened and not meeting.has_started
    address = [meeting.committee.candidacy.slug, meeting.public_id]
    is_in_session = meeting.is_held or (meeting.is_convened and meeting.has_started)
    context = {
        "meeting": meeting,
        "is_in_session": is_in_session,
        "steps": read_steps(meeting),
        "agenda": agenda,
        "minutes": getattr(meeting, "minutes", None),
        "send_by": send_by(meeting) if meeting.is_held else None,
        "agenda_has_changed": goes_ahead
        and agenda_digest(
            (line.item, line.papers) for line in agenda.lines if isinstance(line.item, AgendaItem)
        )
        != meeting.announced_agenda,
        "closed_reason": closed_reason(meeting),
        "agenda_is_open": is_open,
        "follow_up": follow_up_of(meeting) if is_open else FollowUp(),
        "remainder": remainder_for(meeting) if is_open else None,
        "roll": roll,
        "own": next((row for row in roll.invitations if row.contact.user_id == reader.pk), None),
        "uninvited": uninvited_members(meeting, roll.invitations, seats) if goes_ahead else [],
        "answers_are_open": goes_ahead,
        "decisions": meeting.decisions.select_related("owner", "agenda_item").order_by("pk"),
        "today": timezone.localdate(),
        "actions": meeting.actions.select_related("owner__organisation", "decision").order_by("pk"),
    }
    if is_in_session:
        context |= {
            "decision_form": QuickDecisionForm(action=reverse("committees:decision-create", args=address)),
            "action_form": QuickActionForm(action=reverse("committees:meeting-action-create", args=address)),
        }
    return context


def back_to_meeting(request: AppRequest, meeting: Meeting, part: str) -> HttpResponse:
    """Answer an action on ``part`` of the page: that part alone for htmx, the whole page otherwise.

    Parts are those of the team's page, so whoever may not see that page is always sent to their own.
    """
    if request.htmx and can_change_meeting(request.user, meeting):
        fresh = Meeting.objects.select_related("committee__candidacy", "minutes").get(pk=meeting.pk)
        context = {**meeting_context(fresh, request.user), "is_part": True}
        return render_part(request, "committees/meeting_detail.html", part, context)
    return redirect_to_meeting(meeting, part)


def redirect_to_meeting(meeting: Meeting, part: str) -> HttpResponse:
    address = reverse("committees:meeting-detail", args=[meeting.committee.candidacy.slug, meeting.public_id])
    return redirect(f"{address}#{part}")
