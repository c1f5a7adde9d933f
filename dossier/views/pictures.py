from pathlib import PurePosixPath
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from dossier.models import Picture

#: What a browser may draw; anything else is handed over as a file to keep.
CONTENT_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


@require_safe
def picture(request: AppRequest, slug: str, public_id: UUID) -> HttpResponseBase:
    """Serve a picture to those who may see it; the browser keeps it but asks each time whether it still may."""
    candidacy = candidacy_for(request, slug)
    found = get_object_or_404(candidacy.pictures.visible_to(request.user), public_id=public_id)
    etag = quote_etag(found.digest)
    response = get_conditional_response(request, etag=etag) or _file_response(found)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_response(found: Picture) -> FileResponse:
    content_type = CONTENT_TYPES.get(PurePosixPath(found.file.name or "").suffix.lower())
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content, as_attachment=content_type is None, content_type=content_type or "application/octet-stream"
    )
