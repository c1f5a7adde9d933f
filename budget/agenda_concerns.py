"""The lines of the funding plan, as an item of a committee’s agenda is about them."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from budget.models import ExpenseLine, IncomeLine
from budget.permissions import can_edit_plan
from candidacy.models import Candidacy
from committees.concerns import Concern
from core.addresses import page_address


def offer_expenses(candidacy: Candidacy) -> Sequence[tuple[UUID, str]]:
    lines = ExpenseLine.objects.filter(plan__candidacy=candidacy).in_plan_order()
    return [
        (public_id, f"{account} {label}")
        for public_id, account, label in lines.values_list("public_id", "account", "label")
    ]


def show_expenses(user: User, candidacy: Candidacy, wanted: Collection[UUID]) -> Mapping[UUID, Concern]:
    lines = ExpenseLine.objects.visible_to(user).filter(plan__candidacy=candidacy, public_id__in=wanted)
    return {
        line.public_id: Concern(
            line.label, page_address("budget:expense-edit", candidacy.slug, line.public_id)
        )
        for line in lines.only("public_id", "label")
    }


def offer_incomes(candidacy: Candidacy) -> Sequence[tuple[UUID, str]]:
    lines = IncomeLine.objects.filter(plan__candidacy=candidacy).in_plan_order()
    return [
        (public_id, f"{account} {label}")
        for public_id, account, label in lines.values_list("public_id", "account", "label")
    ]


def show_incomes(user: User, candidacy: Candidacy, wanted: Collection[UUID]) -> Mapping[UUID, Concern]:
    """Lead the team to the line, a funder to what they bring themselves."""
    lines = IncomeLine.objects.visible_to(user).filter(plan__candidacy=candidacy, public_id__in=wanted)
    own = "" if can_edit_plan(user, candidacy) else reverse("budget:funding-own", args=[candidacy.slug])
    return {
        line.public_id: Concern(
            line.label, own or page_address("budget:income-edit", candidacy.slug, line.public_id)
        )
        for line in lines.only("public_id", "label")
    }
