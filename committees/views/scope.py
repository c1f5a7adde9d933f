"""From the identifiers of a URL to rows the person may see; each is looked for inside its parent."""

from typing import TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from committees.models import (
    Action,
    AgendaItem,
    AgendaPaper,
    Committee,
    CommitteeMember,
    Decision,
    Invitation,
    Meeting,
)
from committees.models.committee import CommitteeQuerySet
from committees.models.followup import ActionQuerySet, DecisionQuerySet
from committees.models.meeting import MeetingQuerySet
from core.spreadsheet import SheetFormat

PAGE_SIZE = 50

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", CommitteeQuerySet, MeetingQuerySet, DecisionQuerySet, ActionQuerySet)


def committee_of(request: AppRequest, slug: str, public_id: UUID) -> Committee:
    candidacy = candidacy_for(request, slug)
    committees = readable(request, candidacy.committees.all(), candidacy)
    animated = committees.select_related("animator__organisation", "co_animator__organisation")
    return get_object_or_404(animated, public_id=public_id)


def seat_of(committee: Committee, seat_id: UUID) -> CommitteeMember:
    seats = CommitteeMember.objects.select_related("committee__candidacy", "contact", "deputy_of")
    return get_object_or_404(seats, committee=committee, public_id=seat_id)


def meeting_of(request: AppRequest, slug: str, public_id: UUID) -> Meeting:
    candidacy = candidacy_for(request, slug)
    meetings = readable(request, Meeting.objects.filter(committee__candidacy=candidacy), candidacy)
    meeting = get_object_or_404(meetings.select_related("committee", "minutes"), public_id=public_id)
    meeting.committee.candidacy = candidacy
    return meeting


def agenda_item_of(meeting: Meeting, item_id: UUID) -> AgendaItem:
    items = AgendaItem.objects.select_related("meeting__committee__candidacy")
    return get_object_or_404(items, meeting=meeting, public_id=item_id)


def earlier_item_of(meeting: Meeting, item_id: UUID) -> AgendaItem:
    """Return an item of another meeting of the same committee."""
    items = AgendaItem.objects.filter(meeting__committee=meeting.committee_id).exclude(meeting=meeting)
    return get_object_or_404(items.select_related("meeting"), public_id=item_id)


def paper_of(
    request: AppRequest, meeting: Meeting, paper_id: UUID, item: AgendaItem | None = None
) -> AgendaPaper:
    """Return one paper of ``meeting``, or of ``item`` alone, that the person may read."""
    papers = AgendaPaper.objects.visible_to(request.user).filter(item__meeting=meeting)
    if item is not None:
        papers = papers.filter(item=item)
    related = papers.select_related("item__meeting__committee__candidacy")
    return get_object_or_404(related, public_id=paper_id)


def invitation_of(request: AppRequest, meeting: Meeting, invitation_id: UUID) -> Invitation:
    """Return one invitation of ``meeting``: the person's own, or anybody's for the team."""
    invitations = Invitation.objects.visible_to(request.user).select_related(
        "contact", "stand_in", "meeting__committee__candidacy"
    )
    return get_object_or_404(invitations, meeting=meeting, public_id=invitation_id)


def decision_of(request: AppRequest, slug: str, public_id: UUID) -> Decision:
    candidacy = candidacy_for(request, slug)
    decisions = readable(request, Decision.objects.filter(candidacy=candidacy), candidacy)
    related = decisions.select_related(
        "candidacy",
        "meeting__committee__candidacy",
        "meeting__minutes",
        "agenda_item",
        "owner__organisation",
        "vote",
    )
    return get_object_or_404(related, public_id=public_id)


def action_of(request: AppRequest, slug: str, public_id: UUID) -> Action:
    candidacy = candidacy_for(request, slug)
    actions = readable(request, Action.objects.filter(candidacy=candidacy), candidacy)
    related = actions.select_related(
        "candidacy", "meeting__committee", "decision", "agenda_item", "owner__organisation"
    )
    return get_object_or_404(related, public_id=public_id)


def page_of(request: AppRequest, rows: QuerySet[Row], *, size: int = PAGE_SIZE) -> Page[Row]:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def readable(request: AppRequest, rows: Rows, candidacy: Candidacy) -> Rows:
    """Cut ``rows``, all of one candidacy, to those the person may see.

    The team sees them all: asking the database so would cost as much as the rest of the page.
    """
    return rows if is_staff(request.user, candidacy) else rows.visible_to(request.user)


def sheet_format_of(request: AppRequest) -> SheetFormat:
    return "csv" if request.GET.get("format") == "csv" else "xlsx"
