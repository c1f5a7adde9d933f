"""The sections asked of one organisation, for its sheet."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.addresses import page_address
from core.templatetags.formats import short_date
from dossier.models import Section
from dossier.outline import read_outline
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
    asked = Section.objects.visible_to(user).filter(organisation=organisation)
    sections = {section.pk: section for section in asked.only("public_id", "title", "status", "due_on")}
    outline = read_outline(organisation.candidacy) if sections else ()
    slug = organisation.candidacy.slug
    rows = [
        PanelRow(
            title=f"{entry.number} {section.title}",
            url=page_address("dossier:section-detail", slug, section.public_id),
            hint=_("pour le %(day)s") % {"day": short_date(section.due_on)} if section.due_on else "",
            badge=_("en retard") if section.is_late(today) else section.get_status_display(),
            tone="bad" if section.is_late(today) else _TONES.get(Section.Status(section.status), "neutral"),
        )
        for entry in outline
        if (section := sections.get(entry.pk))
    ]
    return Panel(
        title=_("Sections du dossier"), empty_text=_("Aucune section ne lui est confiée."), rows=tuple(rows)
    )
