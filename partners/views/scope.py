"""From the identifiers of a URL to rows the person may see; a contact is looked for inside its organisation."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from partners.models import Contact, Organisation


def organisation_of(request: AppRequest, slug: str, public_id: UUID) -> Organisation:
    candidacy = candidacy_for(request, slug)
    organisations = candidacy.organisations.visible_to(request.user).select_related("territory")
    return get_object_or_404(organisations, public_id=public_id)


def contact_of(request: AppRequest, slug: str, public_id: UUID, contact_id: UUID) -> Contact:
    organisation = organisation_of(request, slug, public_id)
    contacts = Contact.objects.visible_to(request.user).select_related("candidacy", "organisation", "user")
    return get_object_or_404(contacts, organisation=organisation, public_id=contact_id)
