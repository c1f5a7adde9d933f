"""What several views begin with."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from dossier.models import Section


def section_of(request: AppRequest, slug: str, public_id: UUID) -> Section:
    """Return the section among those that the person may see, or answer 404."""
    candidacy = candidacy_for(request, slug)
    sections = candidacy.sections.visible_to(request.user)
    return get_object_or_404(sections, public_id=public_id)
