from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.pdf import PdfError
from dossier.assembly import read_dossier
from dossier.permissions import can_preview_data
from dossier.preview import preview_section


@require_safe
def section_preview(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Answer with the section as it will print; a new tab shows it."""
    candidacy = candidacy_for(request, slug)
    section = get_object_or_404(candidacy.sections.visible_to(request.user), public_id=public_id)
    try:
        rendered = preview_section(
            read_dossier(candidacy), section.key, with_data=can_preview_data(request.user, candidacy)
        )
    except PdfError as error:
        messages.error(
            request,
            _("L’aperçu de « %(title)s » n’a pas pu être produit. %(reason)s")
            % {"title": section.title, "reason": error},
        )
        return redirect("dossier:section-detail", slug, public_id)
    return HttpResponse(
        rendered.content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{section.key}.pdf"', "Cache-Control": "no-store"},
    )
