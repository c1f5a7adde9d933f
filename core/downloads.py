"""Stored files handed to those who may have them."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


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
