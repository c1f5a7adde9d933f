from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from committees.committee_page import read_committee, read_committee_lines, with_line_facts
from committees.forms.committees import CommitteeForm
from committees.models import Decision, Meeting
from committees.permissions import (
    can_change_committee,
    can_change_reminder_rules,
    can_create_committee,
    can_create_meeting,
    can_read_committees,
)
from committees.services.committees import create_committee, edit_committee
from committees.views.scope import committee_of, page_of, readable
from core.permissions import require
from core.sheets import submit

#: A card takes a quarter of a screen.
COMMITTEES_A_PAGE = 12


@require_GET
def committee_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_committees(request.user, candidacy))
    committees = readable(request, candidacy.committees.all(), candidacy)
    now = timezone.now()
    page = page_of(
        request,
        with_line_facts(
            committees.in_usual_order(),
            meetings=readable(request, Meeting.objects.all(), candidacy),
            decisions=readable(request, Decision.objects.all(), candidacy),
            now=now,
        ),
        size=COMMITTEES_A_PAGE,
    )
    context = {
        "page": page,
        "lines": read_committee_lines(page, now=now),
        "may_create": can_create_committee(request.user, candidacy),
    }
    return render(request, "committees/committee_list.html", context)


@require_GET
def committee_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    may_change = can_change_committee(request.user, committee)
    meetings = readable(request, Meeting.objects.filter(committee=committee), committee.candidacy)
    context = {
        "committee": committee,
        "sheet": read_committee(committee, meetings=meetings, now=timezone.now(), with_followup=may_change),
        "today": timezone.localdate(),
        "may_change": may_change,
        "may_create_meeting": can_create_meeting(request.user, committee),
        "may_change_reminders": can_change_reminder_rules(request.user, committee),
    }
    return render(request, "committees/committee_detail.html", context)


@require_http_methods(["GET", "POST"])
def committee_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_create_committee(request.user, candidacy))
    form = CommitteeForm(request.POST or None, candidacy=candidacy)
    outcome = submit(form, lambda: create_committee(candidacy=candidacy, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("Le comité est créé. Donnez-lui maintenant ses membres."))
        return redirect("committees:committee-detail", slug, outcome.row.public_id)
    return render(
        request, "committees/committee_edit.html", {"form": form, "outcome": outcome}, status=outcome.status
    )


@require_http_methods(["GET", "POST"])
def committee_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    require(can_change_committee(request.user, committee))
    form = CommitteeForm(request.POST or None, candidacy=committee.candidacy, row=committee)
    outcome = submit(form, lambda: edit_committee(committee=committee, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("Le comité est enregistré."))
        return redirect("committees:committee-detail", slug, public_id)
    context = {"committee": committee, "form": form, "outcome": outcome}
    return render(request, "committees/committee_edit.html", context, status=outcome.status)
