from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from budget.models import ExpenseAmount, ExpenseLine, FundingPlan, IncomeAmount, IncomeLine
from candidacy.models import Candidacy
from core.errors import DomainError
from core.money import ZERO

#: Longer than any call's preparation, title year and follow-up together.
MAX_YEARS = 10


@transaction.atomic
def set_plan_years(*, candidacy: Candidacy, first_year: int, last_year: int, note: str = "") -> FundingPlan:
    """Open the plan of ``candidacy``, or change the years it covers.

    Refuses to drop a year in which a line holds money: nothing typed disappears with a date.
    """
    if not first_year <= last_year < first_year + MAX_YEARS:
        raise DomainError(_("Un plan couvre de une à %(max)d années, dans l’ordre.") % {"max": MAX_YEARS})
    plan = FundingPlan.objects.select_for_update(of=("self",)).filter(candidacy=candidacy).first()
    if plan is not None:
        outside = sorted(
            {
                year
                for model in (ExpenseAmount, IncomeAmount)
                for year in model.objects.filter(line__plan=plan, amount__gt=0)
                .exclude(year__range=(first_year, last_year))
                .values_list("year", flat=True)
            }
        )
        if outside:
            raise DomainError(
                _("Des montants sont inscrits en %(years)s : déplacez-les avant de retirer l’année.")
                % {"years": ", ".join(map(str, outside))}
            )
    plan = plan or FundingPlan(candidacy=candidacy)
    plan.first_year, plan.last_year, plan.note = first_year, last_year, note
    plan.full_clean()
    plan.save()
    return plan


@transaction.atomic
def save_expense_line(
    *,
    plan: FundingPlan,
    line: ExpenseLine | None,
    fields: Mapping[str, Any],
    amounts: Mapping[int, Decimal | None],
) -> ExpenseLine:
    """Write one charge and its amount for each year of the plan; a new line goes to the end of its account."""
    line = line or ExpenseLine(plan=plan)
    _fill(
        line,
        fields,
        plan.expense_lines.filter(account=fields["account"]).aggregate(last=Max("position"))["last"],
    )
    _write_amounts(ExpenseAmount, line, plan, amounts)
    return line


@transaction.atomic
def save_income_line(
    *,
    plan: FundingPlan,
    line: IncomeLine | None,
    fields: Mapping[str, Any],
    amounts: Mapping[int, Decimal | None],
) -> IncomeLine:
    """Write one income and its amount for each year of the plan.

    The funder must belong to the candidacy of the plan. An amount granted goes with a funding that has
    been voted, and leaves with it.
    """
    funder = fields.get("funder")
    if funder is not None and funder.candidacy_id != plan.candidacy_id:
        raise DomainError(_("Ce financeur n’appartient pas à la candidature."))
    line = line or IncomeLine(plan=plan)
    _fill(
        line,
        fields,
        plan.income_lines.filter(account=fields["account"]).aggregate(last=Max("position"))["last"],
    )
    _write_amounts(IncomeAmount, line, plan, amounts)
    return line


@transaction.atomic
def remove_expense_line(*, line: ExpenseLine) -> None:
    """Take a charge off the plan; its history keeps what it said."""
    line.delete()


@transaction.atomic
def remove_income_line(*, line: IncomeLine) -> None:
    """Take an income off the plan. One that a funder has voted is withdrawn instead, so that it stays in sight."""
    if line.is_secured:
        raise DomainError(
            _("Ce financement est acquis : passez-le à l’état « retirée » plutôt que de l’effacer.")
        )
    line.delete()


def _fill(line: ExpenseLine | IncomeLine, fields: Mapping[str, Any], last_position: int | None) -> None:
    if not line.pk or line.account != fields["account"]:
        line.position = (last_position or 0) + 1
    for name, value in fields.items():
        setattr(line, name, value)
    line.full_clean()
    line.save()


def _write_amounts(
    model: type[Any], line: ExpenseLine | IncomeLine, plan: FundingPlan, amounts: Mapping[int, Decimal | None]
) -> None:
    """Write one row a year into ``model``, the amounts of the kind of ``line``."""
    rows = [model(line=line, year=year, amount=amounts.get(year) or ZERO) for year in plan.years]
    for row in rows:
        row.clean_fields(exclude=["line"])
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["line", "year"], update_fields=["amount"]
    )
