"""An action that becomes a step of the funding: a resource to look for, as a line of the plan that is considered."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from budget.models import FundingPlan, IncomeLine
from budget.nomenclature import INCOME_CHOICES
from budget.permissions import can_edit_plan
from budget.services import save_income_line
from candidacy.models import Candidacy
from committees.becoming import Became, Future, register
from committees.models import Action

INCOME = "income"


def register_future() -> None:
    register(
        Future(
            key=INCOME,
            label=gettext_lazy("Un financement à rechercher, au compte"),
            choices=_choices,
            make=_make,
            find=_find,
        ),
        place=20,
    )


def _choices(user: User, action: Action) -> Sequence[tuple[str, str]]:
    has_plan = FundingPlan.objects.filter(candidacy=action.candidacy_id).exists()
    if not has_plan or not can_edit_plan(user, action.candidacy):
        return ()
    return [(code, f"{code}\u00a0– {label}") for code, label in INCOME_CHOICES]


def _make(user: User, action: Action, value: str) -> UUID:
    """Add the line without an amount; the structure of whoever had the action is the funder."""
    fields = {
        "account": value,
        "label": action.title[:200],
        "funder": action.owner.organisation if action.owner else None,
        "decision": action.decision,
    }
    plan = FundingPlan.objects.get(candidacy=action.candidacy_id)
    return save_income_line(plan=plan, line=None, fields=fields, amounts={}).public_id


def _find(candidacy: Candidacy, public_id: UUID) -> Became | None:
    line = IncomeLine.objects.filter(plan__candidacy=candidacy, public_id=public_id).first()
    if line is None:
        return None
    label = _("produit « %(label)s »") % {"label": line.label}
    return Became(label, reverse("budget:income-edit", args=[candidacy.slug, public_id]))
