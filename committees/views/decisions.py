from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from committees.forms.filters import DecisionFilterForm
from committees.forms.followup import DecisionForm
from committees.ladder import ladder_of
from committees.lists import decision_lines
from committees.models import Decision
from committees.models.followup import DecisionQuerySet
from committees.permissions import can_change_decision, can_read_decisions, can_record_decision
from committees.register_pdf import print_decisions, read_decisions
from committees.registers import DECISION_HEADER, decision_rows
from committees.services.decisions import edit_decision, record_decision
from committees.views.meeting_part import redirect_to_meeting
from committees.views.scope import decision_of, meeting_of, page_of, readable, sheet_format_of
from core.downloads import made_file_response
from core.pdf import PdfError
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import spreadsheet_response


@require_GET
def decision_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_decisions(request.user, candidacy))
    form, decisions = _narrowed(request, candidacy)
    page = page_of(request, decisions)
    context = {
        "form": form,
        "page": page,
        "lines": decision_lines(page, slug, timezone.localdate()),
    }
    return render(request, "committees/decision_list.html", context)


@require_GET
def decision_export(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_decisions(request.user, candidacy))
    _form, decisions = _narrowed(request, candidacy)
    return spreadsheet_response(
        sheet_format_of(request),
        title=_("Relevé de décisions"),
        header=DECISION_HEADER,
        rows=decision_rows(
            decisions.select_related("meeting__committee__candidacy", "owner__organisation", "superseded_by")
        ),
    )


@require_GET
def decision_pdf(request: AppRequest, slug: str) -> HttpResponse:
    """Print the register as it is filtered."""
    candidacy = candidacy_for(request, slug)
    require(can_read_decisions(request.user, candidacy))
    form, decisions = _narrowed(request, candidacy)
    register = read_decisions(decisions, timezone.localdate())
    try:
        printed = print_decisions(candidacy, register, filters=form.in_words())
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:decision-list", slug)
    return made_file_response(printed, "application/pdf", f"registre des décisions {slug}", "pdf")


def _narrowed(request: AppRequest, candidacy: Candidacy) -> tuple[DecisionFilterForm, DecisionQuerySet]:
    form = DecisionFilterForm(request.GET, candidacy=candidacy, reader=request.user)
    visible = readable(request, Decision.objects.filter(candidacy=candidacy), candidacy)
    return form, form.narrow(visible, today=timezone.localdate())


@require_http_methods(["GET", "POST"])
def decision_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_record_decision(request.user, meeting))
    form = DecisionForm(request.POST or None, meeting=meeting)
    outcome = submit(form, lambda: record_decision(meeting=meeting, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La décision %(number)s est enregistrée.") % {"number": outcome.row})
        return redirect_to_meeting(meeting, "decisions")
    context = {"meeting": meeting, "form": form, "outcome": outcome}
    return render(request, "committees/decision_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def decision_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    decision = decision_of(request, slug, public_id)
    require(can_change_decision(request.user, decision))
    form = DecisionForm(request.POST or None, meeting=decision.meeting, row=decision)
    outcome = submit(form, lambda: edit_decision(decision=decision, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La décision %(number)s est enregistrée.") % {"number": decision})
        return redirect("committees:decision-list", slug)
    context = {
        "meeting": decision.meeting,
        "decision": decision,
        "vote": getattr(decision, "vote", None),
        "today": timezone.localdate(),
        "superseded": decision.supersedes.order_by("pk"),
        "actions": decision.actions.select_related("owner").order_by("pk"),
        "rungs": ladder_of(decision),
        "form": form,
        "outcome": outcome,
    }
    return render(request, "committees/decision_edit.html", context, status=outcome.status)
