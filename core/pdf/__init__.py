"""The PDF door: plain values in, bytes out. The only code of the project that speaks WeasyPrint.

What is imported here is light; the heavy libraries load in the process that paints (`core.pdf.server`).
"""

from core.pdf.document import (
    MEDIA_URL,
    STATIC_URL,
    Attachment,
    Document,
    Limits,
    Measures,
    MediaFile,
    Notice,
    Part,
    PdfCancelledError,
    PdfError,
    Place,
    PrintedFile,
    RenderedPdf,
    Section,
    Wording,
)
from core.pdf.engine import warm_up
from core.pdf.rendering import Progress, render

__all__ = [
    "MEDIA_URL",
    "STATIC_URL",
    "Attachment",
    "Document",
    "Limits",
    "Measures",
    "MediaFile",
    "Notice",
    "Part",
    "PdfCancelledError",
    "PdfError",
    "Place",
    "PrintedFile",
    "Progress",
    "RenderedPdf",
    "Section",
    "Wording",
    "render",
    "warm_up",
]
