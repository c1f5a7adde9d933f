"""The sections asked of one organisation, for its sheet."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.permissions import is_staff
from core.addresses import page_address
from core.templatetags.formats import short_date
from dossier.models import Section
from dossier.outline import numbers
from partners.models import Organisation
from partners.panels import Panel, PanelRow

_TONES = {
    Section.Status.FROZEN: "good",
    Section.Status.VALIDATED: "good",
    Section.Status.IN_REVIEW: "info",
    Section.Status.WRITING: "info",
}


def sections_panel(user: User, organisation: Organisation) -> Panel:
    today = timezone.localdate()
    candidacy = organisation.candidacy
    # The whole outline: a section has its number from those before it.
    outline = list(
        candidacy.sections.in_outline_order()
        .select_related(None)
        .only("candidacy", "parent", "public_id", "title", "status", "due_on", "organisation")
    )
    number_of = numbers((section.pk, section.parent_id) for section in outline)
    asked = [section for section in outline if section.organisation_id == organisation.pk]
    if asked and not is_staff(user, candidacy):
        shown = set(
            Section.objects.visible_to(user).filter(organisation=organisation).values_list("pk", flat=True)
        )
        asked = [section for section in asked if section.pk in shown]
    rows = [
        PanelRow(
            title=f"{number_of[section.pk]} {section.title}",
            url=page_address("dossier:section-detail", candidacy.slug, section.public_id),
            hint=_("pour le %(day)s") % {"day": short_date(section.due_on)} if section.due_on else "",
            badge=_("en retard") if section.is_late(today) else section.get_status_display(),
            tone="bad" if section.is_late(today) else _TONES.get(Section.Status(section.status), "neutral"),
        )
        for section in asked
    ]
    return Panel(
        title=_("Sections du dossier"), empty_text=_("Aucune section ne lui est confiée."), rows=tuple(rows)
    )
