"""From the identifiers of a URL to rows the person may see; what is an organisation’s is looked for inside it."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from partners.models import Contact, Deliberation, Organisation, Sitting


def organisation_of(request: AppRequest, slug: str, public_id: UUID) -> Organisation:
    candidacy = candidacy_for(request, slug)
    organisations = candidacy.organisations.visible_to(request.user).select_related("territory")
    return get_object_or_404(organisations, public_id=public_id)


def contact_of(request: AppRequest, slug: str, public_id: UUID, contact_id: UUID) -> Contact:
    organisation = organisation_of(request, slug, public_id)
    contacts = Contact.objects.visible_to(request.user).select_related("candidacy", "organisation", "user")
    return get_object_or_404(contacts, organisation=organisation, public_id=contact_id)


def deliberation_of(request: AppRequest, slug: str, public_id: UUID, deliberation_id: UUID) -> Deliberation:
    organisation = organisation_of(request, slug, public_id)
    deliberations = Deliberation.objects.visible_to(request.user)
    rows = deliberations.select_related("candidacy", "organisation", "sitting")
    return get_object_or_404(rows, organisation=organisation, public_id=deliberation_id)


def sitting_of(request: AppRequest, slug: str, public_id: UUID, sitting_id: UUID) -> Sitting:
    organisation = organisation_of(request, slug, public_id)
    sittings = Sitting.objects.visible_to(request.user).select_related("candidacy", "organisation")
    return get_object_or_404(sittings, organisation=organisation, public_id=sitting_id)
