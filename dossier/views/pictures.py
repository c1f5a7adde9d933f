from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for

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
    """Serve a picture to those who may see it."""
    candidacy = candidacy_for(request, slug)
    found = get_object_or_404(candidacy.pictures.visible_to(request.user), public_id=public_id)
    stored_name = found.file.name or ""
    content_type = CONTENT_TYPES.get(PurePosixPath(stored_name).suffix.lower(), "")
    return kept_picture(request, stored_name, content_type, found.digest)


def kept_picture(request: AppRequest, stored_name: str, content_type: str, digest: str) -> HttpResponseBase:
    """Answer with a stored picture; the browser keeps it but asks each time whether it still may."""
    etag = quote_etag(digest)
    response = get_conditional_response(request, etag=etag) or _file_response(stored_name, content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_response(stored_name: str, content_type: str) -> FileResponse:
    try:
        content = default_storage.open(stored_name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content, as_attachment=not content_type, content_type=content_type or "application/octet-stream"
    )
