"""The dossier, or one section of it, as a Word document: made at once, it takes less than a second."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from core.permissions import require
from dossier.assembly import read_dossier
from dossier.import_forms import WORD_TYPE
from dossier.permissions import can_request_export
from dossier.word_export import write_dossier, write_section


@require_GET
def dossier_word(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_request_export(request.user, candidacy))
    return _download(
        _("Dossier de candidature – %(title)s") % {"title": candidacy.title},
        write_dossier(read_dossier(candidacy)),
    )


@require_GET
def section_word(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    section = get_object_or_404(candidacy.sections.visible_to(request.user), public_id=public_id)
    content = write_section(
        read_dossier(candidacy), section.key, with_titles=is_staff(request.user, candidacy)
    )
    return _download(section.title, content)


def _download(title: str, content: bytes) -> HttpResponse:
    name = title.replace("/", "-").replace("\\", "-")
    header = content_disposition_header(
        as_attachment=True, filename=f"{name} – {timezone.localdate():%Y-%m-%d}.docx"
    )
    return HttpResponse(
        content,
        content_type=WORD_TYPE,
        headers={"Content-Disposition": header or "attachment", "Cache-Control": "private, no-store"},
    )
