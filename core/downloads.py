"""Files handed to those who may have them, stored or made for the request."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.utils.text import slugify


def pdf_response(file: FieldFile, filename: str, *, as_attachment: bool) -> FileResponse:
    """Answer with a stored PDF; one that is no longer there is not found."""
    return file_response(file, filename, content_type="application/pdf", as_attachment=as_attachment)


def file_response(
    file: FieldFile, filename: str, *, content_type: str, as_attachment: bool = True
) -> FileResponse:
    """Answer with a stored file of a known type, to keep rather than to open inside the site."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(content, as_attachment=as_attachment, filename=filename, content_type=content_type)


def made_file_response(content: bytes, content_type: str, name: str, extension: str) -> HttpResponse:
    """Answer with a file that was made for this request, under the name ``name``."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{slugify(name) or "document"}.{extension}"'},
    )
