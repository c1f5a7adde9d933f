"""What leaves by mail about reading links: the link itself to its reader, what the reader said to the leads."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.secret_addresses import digest_of_token, token_from
from core.templatetags.formats import long_date
from dossier.models import ReaderApproval, ReaderRemark, ReadingLink
from dossier.services.reading import APPROVAL, REMARK, leads_of
from dossier.services.reading_links import LINK
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, register
from notifications.rendering import page_url, render_mail

_LINKS = ReadingLink.objects.select_related("edition__candidacy", "created_by").defer("edition__snapshot")


def register_composers() -> None:
    register(LINK, compose_link, label=gettext_lazy("Lien de lecture"))
    register(REMARK, compose_remark, label=gettext_lazy("Remarque de lecture"))
    register(APPROVAL, compose_approval, label=gettext_lazy("Approbation d’une édition"))


def compose_link(message: OutboundMessage) -> Composed | Skip:
    """Write the address into the message that leaves; what the outbox keeps and shows of it goes without."""
    link = _LINKS.all().filter(public_id=message.about).first()
    if link is None or not link.is_live or not link.email:
        return Skip(_("Le lien n’est plus ouvert."))
    token = token_from(link.nonce, purpose=LINK)
    if not link.nonce or digest_of_token(token) != link.token_sha256:
        return Skip(_("La clé secrète de l’installation a changé : renouvelez le lien."))
    candidacy = link.edition.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = _context(link) | {
            "expires": long_date(link.expires_at),
            "url": page_url("dossier:reading-page", token=token),
            "may_comment": link.may_comment,
            "may_approve": link.may_approve,
        }
        subject, body = render_mail("reading_link", context)
    organiser = context["organiser"]
    return Composed(
        address=link.email,
        subject=subject,
        body=body,
        reply_to=organiser["address"] if organiser else "",
        withheld=(token,),
    )


def compose_remark(message: OutboundMessage) -> Composed | Skip:
    remark = ReaderRemark.objects.filter(public_id=message.about).first()
    link = _LINKS.all().filter(pk=remark.link_id).first() if remark else None
    return _to_lead(message, link, "reader_remark", {"remark": remark})


def compose_approval(message: OutboundMessage) -> Composed | Skip:
    link = _LINKS.all().filter(public_id=message.about).first()
    approval = ReaderApproval.objects.filter(link=link).first() if link else None
    return _to_lead(message, link if approval else None, "reader_approval", {"approval": approval})


def _to_lead(
    message: OutboundMessage, link: ReadingLink | None, folder: str, said: dict[str, Any]
) -> Composed | Skip:
    if link is None:
        return Skip(_("Le lien de lecture n’existe plus."))
    lead = _lead_named(message, link)
    if lead is None:
        return Skip(_("La personne n’a plus accès à la candidature."))
    candidacy = link.edition.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = _context(link) | said
        context["url"] = page_url(
            "dossier:reading-link-detail",
            slug=candidacy.slug,
            public_id=link.edition.public_id,
            link_id=link.public_id,
        )
        subject, body = render_mail(folder, context | {"lead": str(lead)})
    return Composed(address=lead.email, subject=subject, body=body, reply_to=link.email)


def _lead_named(message: OutboundMessage, link: ReadingLink) -> User | None:
    return next((lead for lead in leads_of(link) if message.recipient_key == f"user:{lead.public_id}"), None)


def _context(link: ReadingLink) -> dict[str, Any]:
    candidacy = link.edition.candidacy
    sender = link.created_by or next(iter(leads_of(link)), None)
    frame = {
        "candidacy": candidacy.title,
        "is_fictitious": candidacy.is_fictitious,
        "organiser": {"name": str(sender), "address": sender.email} if sender else None,
    }
    return {
        **frame,
        "reader": link.reader_name,
        "number": link.edition.number,
        "label": link.edition.label,
        "footer_part": render_to_string("emails/parts/footer.txt", frame),
    }
