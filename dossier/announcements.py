"""Who is told by e-mail about a section: those it is ordered from, those who review it."""

from django.utils.translation import gettext_lazy as _

from candidacy.models import Membership
from dossier.models import Section
from partners.models import Contact

ORDER = "section-order"
REVIEW = "section-review"

LABELS = {ORDER: _("Section confiée"), REVIEW: _("Section à relire")}

Recipient = Contact | Membership


def writers_of(section: Section) -> dict[str, Recipient]:
    """Return whom an order goes to, by key: the person named, else those of the structure who sign in."""
    if section.is_retired or section.status not in {Section.Status.ORDERED, Section.Status.WRITING}:
        return {}
    contacts = Contact.objects.select_related("user")
    if section.writer_id:
        contacts = contacts.filter(pk=section.writer_id)
    else:
        contacts = contacts.filter(organisation=section.organisation_id, user__isnull=False)
    return {recipient_key(contact): contact for contact in contacts.order_by("pk")}


def reviewers_of(section: Section) -> dict[str, Recipient]:
    """Return who is waited for while ``section`` is in review, by key: those named, else the leads."""
    if section.is_retired or section.status != Section.Status.IN_REVIEW:
        return {}
    named = section.reviewers.select_related("contact__user", "membership__user").order_by("pk")
    found: list[Recipient] = [row for reviewer in named if (row := reviewer.contact or reviewer.membership)]
    if not found:
        leads = section.candidacy.memberships.filter(role=Membership.Role.LEAD)
        found = list(leads.select_related("user").order_by("pk"))
    return {recipient_key(recipient): recipient for recipient in found}


def recipient_key(recipient: Recipient) -> str:
    kind = "contact" if isinstance(recipient, Contact) else "member"
    return f"{kind}:{recipient.public_id}"


def name_of(recipient: Recipient) -> str:
    return recipient.get_full_name() if isinstance(recipient, Contact) else str(recipient.user)
