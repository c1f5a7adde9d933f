"""Drafting several meetings at once: the rule, the dates it names, and those that the person keeps."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import AppRequest
from committees.closed_days import read_closed_days
from committees.forms.series import SeriesDaysForm, SeriesForm
from committees.models import Committee, Meeting, MeetingSeries
from committees.permissions import can_create_meeting
from committees.recurrence import Proposal, propose
from committees.services.series import create_series
from committees.views.scope import committee_of
from core.permissions import require
from core.sheets import UNPROCESSABLE, submit


@require_http_methods(["GET", "POST"])
def series_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """A GET shows the rule and, once it is given, the dates; the POST drafts the meetings on those kept."""
    committee = committee_of(request, slug, public_id)
    require(can_create_meeting(request.user, committee))
    asked = request.POST or (request.GET if "voir" in request.GET else None)
    form = SeriesForm(asked, today=timezone.localdate(), region=committee.candidacy.holiday_region)
    context = {"committee": committee, "form": form}
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "committees/series_create.html", context, status=status)
    proposals = _proposals(committee, form)
    days = SeriesDaysForm(request.POST or None, proposals=proposals, initial={"public_id": uuid4()})
    outcome = submit(
        days,
        lambda: create_series(
            committee=committee, days=days.kept, public_id=days.cleaned_data["public_id"], **form.rule
        ),
    )
    if outcome.is_saved:
        count = outcome.row.meetings.count()
        said = ngettext(
            "%(n)d réunion est en préparation. Personne n’en est encore averti.",
            "%(n)d réunions sont en préparation. Personne n’en est encore averti.",
            count,
        )
        messages.success(request, said % {"n": count})
        return redirect("committees:committee-detail", slug, public_id)
    context |= {"days": days, "rule": MeetingSeries(**form.rule)}
    return render(request, "committees/series_create.html", context, status=outcome.status)


def _proposals(committee: Committee, form: SeriesForm) -> Sequence[Proposal]:
    rule = MeetingSeries(**form.rule)
    closed = read_closed_days(committee.candidacy, form.cleaned_data["region"])
    meetings = committee.meetings.exclude(status=Meeting.Status.CANCELLED)
    zone = committee.candidacy.zone
    # Sent twice, the form finds the meetings that it has just made; the service gives them back.
    planned = {
        starts_at.astimezone(zone).date(): title
        for starts_at, title in meetings.values_list("starts_at", "title")
    }
    return propose(rule, closed, planned)
