from decimal import Decimal
from itertools import count

from budget.models import ExpenseAmount, ExpenseLine, FundingPlan, IncomeAmount, IncomeLine
from tests.factories.candidacy import make_candidacy

_serial = count(1)


def make_plan(*, candidacy=None, **fields):
    fields.setdefault("first_year", 2029)
    fields.setdefault("last_year", 2031)
    return FundingPlan.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_expense_line(*, plan=None, amounts=None, **fields):
    """Make a charge; ``amounts`` maps a year to euros."""
    plan = plan or make_plan()
    fields.setdefault("account", "604")
    fields.setdefault("label", f"Charge {next(_serial)}")
    line = ExpenseLine.objects.create(plan=plan, **fields)
    for year, amount in (amounts or {plan.first_year: 1000}).items():
        ExpenseAmount.objects.create(line=line, year=year, amount=Decimal(amount))
    return line


def make_income_line(*, plan=None, amounts=None, **fields):
    """Make an income; ``amounts`` maps a year to euros."""
    plan = plan or make_plan()
    fields.setdefault("account", "742")
    fields.setdefault("label", f"Produit {next(_serial)}")
    line = IncomeLine.objects.create(plan=plan, **fields)
    for year, amount in (amounts or {plan.first_year: 1000}).items():
        IncomeAmount.objects.create(line=line, year=year, amount=Decimal(amount))
    return line
