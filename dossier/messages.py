"""What the mail about a section says, decided when it leaves from what its reader may then read."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy, Membership
from core.templatetags.formats import long_date
from dossier.announcements import LABELS, ORDER, REVIEW, Recipient, name_of, reviewers_of, writers_of
from dossier.models import Section
from dossier.outline import read_outline
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, register
from notifications.rendering import page_url, render_mail


def register_composers() -> None:
    register(ORDER, compose_order, label=LABELS[ORDER])
    register(REVIEW, compose_review, label=LABELS[REVIEW])


def compose_order(message: OutboundMessage) -> Composed | Skip:
    return _compose(message, writers_of, "section_order")


def compose_review(message: OutboundMessage) -> Composed | Skip:
    section = _section(message)
    handed_in = section.state_changes.into_review().in_order().last() if section else None
    if handed_in is None or message.occurrence != str(handed_in.pk):
        return Skip(_("La section a été remise en rédaction avant l’envoi."))
    return _compose(message, reviewers_of, "section_review")


def _compose(
    message: OutboundMessage, recipients: Callable[[Section], Mapping[str, Recipient]], folder: str
) -> Composed | Skip:
    section = _section(message)
    recipient = recipients(section).get(message.recipient_key) if section else None
    if section is None or recipient is None:
        return Skip(_("La section ou son contrat a changé avant l’envoi."))
    user = recipient.user
    if user is not None and not _belongs(user, section.candidacy):
        return Skip(_("La personne n’a plus accès à la candidature."))
    address = (getattr(recipient, "email", "") or (user.email if user else "")).strip()
    if not address:
        return Skip(_("La personne n’a pas d’adresse électronique."))
    with translation.override(section.candidacy.language), timezone.override(section.candidacy.zone):
        subject, body = render_mail(folder, _context(section, recipient))
    return Composed(address=address, subject=subject, body=body, reply_to=_lead_address(section.candidacy))


def _section(message: OutboundMessage) -> Section | None:
    sections = Section.objects.live().filter(public_id=message.about)
    return sections.select_related("candidacy", "organisation").first()


def _belongs(user: User, candidacy: Candidacy) -> bool:
    return user.is_active and candidacy.memberships.filter(user=user).exists()


def _context(section: Section, recipient: Recipient) -> dict[str, Any]:
    candidacy, user = section.candidacy, recipient.user
    may_read = user is not None and Section.objects.visible_to(user).filter(pk=section.pk).exists()
    lead = _lead(candidacy)
    limit = {"limit": section.limit_value, "unit": section.get_limit_unit_display()}
    return {
        "candidacy": candidacy.title,
        "is_fictitious": candidacy.is_fictitious,
        "organiser": {"name": str(lead), "address": lead.email} if lead else None,
        "name": name_of(recipient),
        "section": section.title,
        "number": next(entry.number for entry in read_outline(candidacy) if entry.pk == section.pk),
        "organisation": section.organisation,
        "brief": section.brief,
        "questions": section.questions,
        "due": long_date(section.due_on) if section.due_on else "",
        "limit": _("%(limit)d %(unit)s au plus") % limit if section.limit_value else "",
        "url": page_url("dossier:section-detail", slug=candidacy.slug, public_id=section.public_id)
        if may_read
        else "",
    }


def _lead(candidacy: Candidacy) -> User | None:
    leads = candidacy.memberships.filter(role=Membership.Role.LEAD, user__is_active=True)
    first = leads.select_related("user").order_by("pk").first()
    return first.user if first else None


def _lead_address(candidacy: Candidacy) -> str:
    lead = _lead(candidacy)
    return lead.email if lead else ""
