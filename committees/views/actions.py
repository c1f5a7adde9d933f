from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from committees.becoming import what_became_of
from committees.forms.filters import ActionFilterForm
from committees.forms.followup import ActionForm, ReportForm
from committees.ladder import ladder_of
from committees.lists import action_lines
from committees.models import Action, Meeting
from committees.models.followup import ActionQuerySet
from committees.permissions import can_change_action, can_create_action, can_report_action
from committees.register_pdf import print_actions, read_actions
from committees.registers import ACTION_HEADER, ACTION_ORIGIN_HEADER, action_rows
from committees.services.actions import create_action, edit_action, report_action
from committees.views.meeting_part import redirect_to_meeting
from committees.views.scope import action_of, meeting_of, page_of, readable, sheet_format_of
from core.downloads import made_file_response
from core.pdf import PdfError
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import spreadsheet_response


@require_GET
def action_list(request: AppRequest, slug: str) -> HttpResponse:
    """Show the team every action, anybody else those they own."""
    candidacy = candidacy_for(request, slug)
    form, actions = _narrowed(request, candidacy)
    page = page_of(request, actions)
    context = {
        "form": form,
        "page": page,
        "lines": action_lines(page, slug, timezone.localdate()),
        "may_create": can_create_action(request.user, candidacy),
    }
    return render(request, "committees/action_list.html", context)


@require_GET
def action_export(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    _form, actions = _narrowed(request, candidacy)
    with_origin = is_staff(request.user, candidacy)
    header = (*ACTION_HEADER, *ACTION_ORIGIN_HEADER) if with_origin else ACTION_HEADER
    return spreadsheet_response(
        sheet_format_of(request),
        title=_("Actions"),
        header=header,
        rows=action_rows(
            actions.select_related("owner__organisation", "decision", "meeting"), with_origin=with_origin
        ),
    )


@require_GET
def action_pdf(request: AppRequest, slug: str) -> HttpResponse:
    """Print the actions as they are filtered."""
    candidacy = candidacy_for(request, slug)
    form, actions = _narrowed(request, candidacy)
    with_origin = is_staff(request.user, candidacy)
    register = read_actions(actions, timezone.localdate(), with_origin=with_origin)
    try:
        printed = print_actions(candidacy, register, filters=form.in_words())
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("committees:action-list", slug)
    return made_file_response(printed, "application/pdf", f"suivi des actions {slug}", "pdf")


def _narrowed(request: AppRequest, candidacy: Candidacy) -> tuple[ActionFilterForm, ActionQuerySet]:
    form = ActionFilterForm(request.GET, candidacy=candidacy, reader=request.user)
    visible = readable(request, Action.objects.filter(candidacy=candidacy), candidacy)
    return form, form.narrow(visible, today=timezone.localdate())


@require_http_methods(["GET", "POST"])
def action_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_create_action(request.user, candidacy))
    return _create(request, candidacy, None)


@require_http_methods(["GET", "POST"])
def meeting_action_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = meeting_of(request, slug, public_id)
    require(can_create_action(request.user, meeting.committee.candidacy))
    return _create(request, meeting.committee.candidacy, meeting)


def _create(request: AppRequest, candidacy: Candidacy, meeting: Meeting | None) -> HttpResponse:
    form = ActionForm(request.POST or None, candidacy=candidacy, meeting=meeting)
    outcome = submit(
        form, lambda: create_action(candidacy=candidacy, meeting=meeting, **form.target, **form.values)
    )
    if outcome.is_saved:
        messages.success(request, _("L’action est enregistrée."))
        if meeting is not None:
            return redirect_to_meeting(meeting, "actions")
        return redirect("committees:action-list", candidacy.slug)
    context = {"meeting": meeting, "form": form, "outcome": outcome}
    return render(request, "committees/action_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def action_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change an action; its owner, outside the team, says how far it has come and nothing else."""
    action = action_of(request, slug, public_id)
    require(can_report_action(request.user, action))
    may_change = can_change_action(request.user, action)
    form = _action_form(request, action, may_change=may_change)
    save = edit_action if may_change else report_action
    outcome = submit(form, lambda: save(action=action, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("L’action est enregistrée."))
        return redirect("committees:action-list", slug)
    context = {
        "action": action,
        "form": form,
        "outcome": outcome,
        "may_change": may_change,
        "became": what_became_of(action) if may_change else None,
        "rungs": ladder_of(action) if may_change else (),
    }
    return render(request, "committees/action_edit.html", context, status=outcome.status)


def _action_form(request: AppRequest, action: Action, *, may_change: bool) -> ActionForm | ReportForm:
    if may_change:
        return ActionForm(request.POST or None, candidacy=action.candidacy, row=action)
    return ReportForm(request.POST or None, row=action)
