"""What one organisation brings to the funding plan, for its sheet."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from budget.models import IncomeLine
from budget.permissions import can_edit_plan
from core.addresses import row_address
from core.money import add_up
from core.templatetags.formats import euros
from partners.models import Organisation
from partners.panels import Panel, PanelRow


def funding_panel(user: User, organisation: Organisation) -> Panel:
    lines = (
        IncomeLine.objects.visible_to(user)
        .filter(funder=organisation)
        .prefetch_related("amounts")
        .only("public_id", "label", "status")
        .in_plan_order()
    )
    edits = can_edit_plan(user, organisation.candidacy)
    return Panel(
        title=_("Financement"),
        empty_text=_("Aucune ligne du plan de financement à son nom."),
        rows=tuple(_row(line, organisation.candidacy.slug, edits=edits) for line in lines),
    )


def _row(line: IncomeLine, slug: str, *, edits: bool) -> PanelRow:
    address = row_address("budget:income-edit", slug, line.public_id)
    return PanelRow(
        title=line.label,
        url=address if edits else reverse("budget:funding-own", args=[slug]),
        hint=euros(add_up(amount.amount for amount in line.amounts.all())),
        badge=line.get_status_display(),
        tone=_tone(line),
    )


def _tone(line: IncomeLine) -> str:
    if line.is_secured:
        return "good"
    if line.is_lost:
        return "bad"
    return "info" if line.status in IncomeLine.PENDING else "neutral"
