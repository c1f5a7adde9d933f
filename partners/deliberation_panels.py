"""What one organisation votes and when its assemblies sit, for its sheet."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.addresses import page_address
from core.templatetags.formats import short_date
from partners.deliberation_register import DeliberationLine, deliberation_lines, rank_deliberations
from partners.models import Deliberation, Organisation, Sitting
from partners.panels import Panel, PanelDeed, PanelRow
from partners.permissions import can_create_deliberation

#: The sittings to come and the latest of the past ones.
_PAST_SHOWN = 3


def deliberations_panel(user: User, organisation: Organisation) -> Panel | None:
    """A partner of whom nothing is awaited is not told of deliberations."""
    may_create = can_create_deliberation(user, organisation)
    own = Deliberation.objects.visible_to(user).filter(organisation=organisation)
    ranked = rank_deliberations(own, organisation.candidacy, today=timezone.localdate())
    lines = deliberation_lines(ranked, organisation.candidacy)
    if not lines and not may_create:
        return None
    arguments = [organisation.candidacy.slug, organisation.public_id]
    deeds = (
        PanelDeed(_("Délibération"), reverse("partners:deliberation-create", args=arguments)),
        PanelDeed(_("Séance"), reverse("partners:sitting-create", args=arguments)),
    )
    return Panel(
        title=_("Délibérations"),
        empty_text=_("Aucune délibération n’est attendue de ses assemblées."),
        rows=tuple(_deliberation_row(line) for line in lines),
        deeds=deeds if may_create else (),
    )


def _deliberation_row(line: DeliberationLine) -> PanelRow:
    sitting = f"{line.assembly}, {short_date(line.held_on)}" if line.held_on else ""
    return PanelRow(
        title=line.title,
        url=line.url,
        hint=str(line.alert or " – ".join(filter(None, [sitting, line.result]))),
        badge=line.alert.kind.label if line.alert else line.status,
        tone=line.alert.kind.tone if line.alert else line.tone,
    )


def sittings_panel(user: User, organisation: Organisation) -> Panel | None:
    today = timezone.localdate()
    sittings = Sitting.objects.visible_to(user).filter(organisation=organisation).order_by("held_on", "pk")
    rows = list(sittings.only("public_id", "assembly", "held_on", "agenda_closes_on"))
    if not rows:
        return None
    may_edit = can_create_deliberation(user, organisation)
    slug = organisation.candidacy.slug
    coming = [sitting for sitting in rows if sitting.held_on >= today]
    past = [sitting for sitting in reversed(rows) if sitting.held_on < today]
    return Panel(
        title=_("Séances d’assemblée"),
        empty_text="",
        rows=tuple(
            PanelRow(
                title=str(sitting).capitalize(),
                url=page_address("partners:sitting-edit", slug, organisation.public_id, sitting.public_id)
                if may_edit
                else "",
                hint=_("clôture de l’ordre du jour\u00a0: %(day)s")
                % {"day": short_date(sitting.agenda_closes_on)},
                **_state(sitting, today),
            )
            for sitting in [*coming, *past[:_PAST_SHOWN]]
        ),
    )


def _state(sitting: Sitting, today: date) -> dict[str, str]:
    if sitting.held_on < today:
        return {"badge": _("passée")}
    if sitting.agenda_closes_on < today:
        return {"badge": _("ordre du jour clos")}
    return {"badge": _("ordre du jour ouvert"), "tone": "info"}
