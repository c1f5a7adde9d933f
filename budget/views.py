from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from budget.charts import draw_certainty, draw_income
from budget.forms import ExpenseLineForm, IncomeLineForm, PlanYearsForm
from budget.models import ExpenseLine, FundingPlan, IncomeLine
from budget.permissions import (
    can_edit_plan,
    can_read_own_funding,
    can_read_plan,
    can_read_plan_summary,
    can_remove_plan_lines,
)
from budget.services import (
    remove_expense_line,
    remove_income_line,
    save_expense_line,
    save_income_line,
    set_plan_years,
)
from budget.spreadsheet import plan_workbook
from budget.summary import income_rows, read_plan
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.permissions import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def plan_detail(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_plan(request.user, candidacy))
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    if plan is None:
        return render(request, "budget/plan_detail.html", {"plan": None})
    summary = read_plan(plan)
    context = {"plan": plan, "summary": summary, "by_year": request.GET.get("vue") == "annees"}
    if summary.expenses.total:
        context |= {"certainty_chart": draw_certainty(summary), "income_chart": draw_income(summary)}
    return render(request, "budget/plan_detail.html", context)


@require_GET
def plan_summary(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_plan_summary(request.user, candidacy))
    plan = get_object_or_404(FundingPlan, candidacy=candidacy)
    summary = read_plan(plan)
    chart = draw_certainty(summary) if summary.expenses.total else None
    return render(
        request, "budget/plan_summary.html", {"plan": plan, "summary": summary, "certainty_chart": chart}
    )


@require_GET
def funding_own(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_own_funding(request.user, candidacy))
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    lines = (
        IncomeLine.objects.visible_to(request.user)
        .filter(plan__candidacy=candidacy)
        .select_related("funder")
        .prefetch_related("amounts")
        .in_plan_order()
    )
    years = tuple(plan.years) if plan else ()
    return render(request, "budget/funding_own.html", {"years": years, "rows": income_rows(lines, years)})


@require_http_methods(["GET", "POST"])
def plan_edit(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_plan(request.user, candidacy))
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    form = PlanYearsForm(request.POST or None, initial=_plan_initial(candidacy, plan))
    if form.is_valid():
        try:
            set_plan_years(candidacy=candidacy, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Le plan est enregistré."))
            return redirect("budget:plan-detail", slug)
    return render(
        request, "budget/plan_edit.html", {"form": form, "plan": plan}, status=422 if form.is_bound else 200
    )


def _plan_initial(candidacy: Candidacy, plan: FundingPlan | None) -> dict[str, Any]:
    if plan:
        return {"first_year": plan.first_year, "last_year": plan.last_year, "note": plan.note}
    return {"first_year": candidacy.title_year - 1, "last_year": candidacy.title_year + 1}


@require_http_methods(["GET", "POST"])
def expense_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    """Add a charge, or change the one that ``public_id`` names."""
    plan = _plan_to_edit(request, slug)
    line = get_object_or_404(ExpenseLine, plan=plan, public_id=public_id) if public_id else None
    form = ExpenseLineForm(request.POST or None, instance=line, plan=plan)
    if form.is_valid() and _saved(request, form, line, save_expense_line):
        return redirect("budget:plan-detail", slug)
    context = {"form": form, "line": line, "may_remove": can_remove_plan_lines(request.user, plan.candidacy)}
    return render(request, "budget/expense_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def income_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    """Add an income, or change the one that ``public_id`` names."""
    plan = _plan_to_edit(request, slug)
    line = get_object_or_404(IncomeLine, plan=plan, public_id=public_id) if public_id else None
    form = IncomeLineForm(request.POST or None, instance=line, plan=plan)
    if form.is_valid() and _saved(request, form, line, save_income_line):
        return redirect("budget:plan-detail", slug)
    context = {"form": form, "line": line, "may_remove": can_remove_plan_lines(request.user, plan.candidacy)}
    return render(request, "budget/income_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def expense_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    plan = _plan_to_edit(request, slug)
    require(can_remove_plan_lines(request.user, plan.candidacy))
    line = get_object_or_404(ExpenseLine, plan=plan, public_id=public_id)
    remove_expense_line(line=line)
    messages.success(request, _("La charge « %(label)s » est retirée du plan.") % {"label": line.label})
    return redirect("budget:plan-detail", slug)


@require_POST
def income_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    plan = _plan_to_edit(request, slug)
    require(can_remove_plan_lines(request.user, plan.candidacy))
    line = get_object_or_404(IncomeLine, plan=plan, public_id=public_id)
    try:
        remove_income_line(line=line)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Le produit « %(label)s » est retiré du plan.") % {"label": line.label})
    return redirect("budget:plan-detail", slug)


@require_GET
def plan_export(request: AppRequest, slug: str) -> HttpResponse:
    plan = _plan_to_edit(request, slug)
    response = HttpResponse(plan_workbook(read_plan(plan)), content_type=XLSX)
    name = slugify(f"plan-de-financement-{slug}")
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _plan_to_edit(request: AppRequest, slug: str) -> FundingPlan:
    candidacy = candidacy_for(request, slug)
    require(can_edit_plan(request.user, candidacy))
    return get_object_or_404(
        FundingPlan.objects.visible_to(request.user).select_related("candidacy"), candidacy=candidacy
    )


def _saved(request: AppRequest, form: Any, line: Any, save: Any) -> bool:
    """Hand a valid ``form`` to the service ``save``; a refusal goes back onto the form, which keeps what was typed."""
    try:
        save(plan=form.plan, line=line, fields=form.line_fields, amounts=form.amounts)
    except (DomainError, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return False
    messages.success(request, _("Le plan est enregistré."))
    return True
