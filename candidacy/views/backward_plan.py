"""The backward plan: what is left to do before the deposit, and by when each task must begin."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.backward_plan_pdf import print_backward_plan
from candidacy.forms.backward_plan import PlanStepForm
from candidacy.models import Candidacy, PlanStep
from candidacy.permissions import can_change_backward_plan, can_read_backward_plan, can_remove_plan_step
from candidacy.plan_reading import read_backward_plan
from candidacy.scope import candidacy_for
from candidacy.services.backward_plan import (
    follow_step,
    keep_latest_dates,
    load_standard_plan,
    remove_step,
    save_step,
)
from candidacy.timeline import draw
from core.downloads import made_file_response
from core.errors import DomainError
from core.pdf import PdfError
from core.permissions import require
from core.sheets import submit


@require_safe
def backward_plan(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_backward_plan(request.user, candidacy))
    today = timezone.localdate()
    lines = read_backward_plan(candidacy, today=today)
    context = {
        "lines": lines,
        "alerts": [line for line in lines if line.alert],
        "timeline": draw(lines, deposit_on=candidacy.deposit_on, today=today)
        if candidacy.deposit_on
        else None,
        "may_change": can_change_backward_plan(request.user, candidacy),
    }
    return render(request, "candidacy/backward_plan.html", context)


@require_safe
def backward_plan_pdf(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_backward_plan(request.user, candidacy))
    try:
        content = print_backward_plan(candidacy, today=timezone.localdate())
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("candidacy:backward-plan", slug)
    return made_file_response(content, "application/pdf", f"retroplanning {slug}", "pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_step_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    candidacy = _plan_to_change(request, slug)
    step = _step(candidacy, public_id) if public_id else None
    form = PlanStepForm(request.POST if request.method == "POST" else None, row=step, candidacy=candidacy)
    outcome = submit(
        form,
        lambda: save_step(
            candidacy=candidacy,
            step=step,
            fields=form.values,
            predecessors=list(form.cleaned_data["predecessors"]),
            seen=form.cleaned_data.get("seen"),
            public_id=form.cleaned_data.get("public_id"),
        ),
    )
    if outcome.is_saved:
        messages.success(
            request, _("«\u00a0%(title)s\u00a0» est dans le rétroplanning.") % {"title": outcome.row}
        )
        return redirect("candidacy:backward-plan", slug)
    context = {
        "form": form,
        "step": step,
        "differences": outcome.differences,
        "may_remove": can_remove_plan_step(request.user, candidacy),
    }
    return render(request, "candidacy/plan_step_edit.html", context, status=outcome.status)


@require_POST
def plan_step_follow(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = _plan_to_change(request, slug)
    step = _step(candidacy, public_id)
    try:
        follow_step(step=step, deed=request.POST.get("deed", ""), today=timezone.localdate())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("candidacy:backward-plan", slug)


@require_POST
def plan_step_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = _plan_to_change(request, slug)
    require(can_remove_plan_step(request.user, candidacy))
    step = _step(candidacy, public_id)
    remove_step(step=step)
    messages.success(
        request, _("«\u00a0%(title)s\u00a0» n’est plus dans le rétroplanning.") % {"title": step}
    )
    return redirect("candidacy:backward-plan", slug)


@require_POST
def plan_standard(request: AppRequest, slug: str) -> HttpResponse:
    """Start from the usual tasks."""
    candidacy = _plan_to_change(request, slug)
    try:
        count = load_standard_plan(candidacy)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        told = ngettext("%(count)s tâche ajoutée.", "%(count)s tâches ajoutées.", count)
        messages.success(request, told % {"count": count})
    return redirect("candidacy:backward-plan", slug)


@require_POST
def plan_keep_dates(request: AppRequest, slug: str) -> HttpResponse:
    """Make the latest dates the planned ones."""
    candidacy = _plan_to_change(request, slug)
    try:
        count = keep_latest_dates(candidacy, today=timezone.localdate())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        told = ngettext(
            "%(count)s tâche a de nouvelles dates prévues.",
            "%(count)s tâches ont de nouvelles dates prévues.",
            count,
        )
        messages.success(request, told % {"count": count})
    return redirect("candidacy:backward-plan", slug)


def _plan_to_change(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_change_backward_plan(request.user, candidacy))
    return candidacy


def _step(candidacy: Candidacy, public_id: UUID) -> PlanStep:
    return get_object_or_404(PlanStep, candidacy=candidacy, public_id=public_id)
