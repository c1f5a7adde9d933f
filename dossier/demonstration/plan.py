"""The funding plan of the demonstration bid."""

from decimal import Decimal
from typing import Any

from budget.models import FundingPlan
from budget.services import save_expense_line, save_income_line
from dossier.demonstration.cast import Cast


def load_plan(cast: Cast) -> None:
    """Fill the empty plan of the founding: amounts run over its years, in their order."""
    table = cast.source.table("budget")
    plan = cast.candidacy.funding_plan
    for row in table["expenses"]:
        save_expense_line(
            plan=plan,
            line=None,
            fields={"account": row["account"], "label": row["label"], "note": row.get("note", "")},
            amounts=_by_year(plan, row),
        )
    for row in table["income"]:
        save_income_line(
            plan=plan,
            line=None,
            fields={
                "account": row["account"],
                "label": row["label"],
                "funder": cast.organisations.get(row.get("funder", "")),
                "status": row["status"],
                "status_on": cast.day(row["status_days"]),
                "requested_amount": _euros(row.get("requested")),
                "granted_amount": _euros(row.get("granted")),
                "decision": cast.decisions.get(row.get("decision", "")),
                "note": row.get("note", ""),
            },
            amounts=_by_year(plan, row),
        )


def _by_year(plan: FundingPlan, row: dict[str, Any]) -> dict[int, Decimal | None]:
    return {year: Decimal(amount) for year, amount in zip(plan.years, row["amounts"], strict=True)}


def _euros(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)
