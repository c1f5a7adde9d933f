"""Stored files handed to those who may have them."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


def pdf_response(file: FieldFile, filename: str, *, as_attachment: bool) -> FileResponse:
    """Answer with a stored PDF; one that is no longer there is not found."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content, as_attachment=as_attachment, filename=filename, content_type="application/pdf"
    )
