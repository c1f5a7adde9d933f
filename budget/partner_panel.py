"""What one organisation brings to the funding plan, for its sheet."""

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from budget.models import IncomeLine
from budget.permissions import can_edit_plan
from core.addresses import page_address
from core.money import to_cents
from core.templatetags.formats import euros
from partners.models import Organisation
from partners.panels import Panel, PanelRow


def funding_panel(user: User, organisation: Organisation) -> Panel:
    own = IncomeLine.objects.visible_to(user).filter(funder=organisation).in_plan_order()
    lines = own.annotate(brought=Sum("amounts__amount")).values_list(
        "public_id", "label", "status", "brought"
    )
    slug = organisation.candidacy.slug
    edits = can_edit_plan(user, organisation.candidacy)
    return Panel(
        title=_("Financement"),
        empty_text=_("Aucune ligne du plan de financement à son nom."),
        rows=tuple(
            PanelRow(
                title=label,
                url=page_address("budget:income-edit", slug, public_id)
                if edits
                else reverse("budget:funding-own", args=[slug]),
                hint=euros(to_cents(brought)),
                badge=IncomeLine.Status(status).label,
                tone=_tone(status),
            )
            for public_id, label, status, brought in lines
        ),
    )


def _tone(status: str) -> str:
    if status in IncomeLine.SECURED:
        return "good"
    if status in IncomeLine.LOST:
        return "bad"
    return "info" if status in IncomeLine.PENDING else "neutral"
