"""A reader's own copy of a printed edition: the stored file stays as it is, under its digest."""

from core.pdf.marking import mark
from dossier.rendering import FONT_SOURCES, pdf_directory


def marked_copy(content: bytes, words: str) -> bytes:
    """Return the PDF ``content`` with ``words`` at the foot of each page; raises PdfError where that fails."""
    return mark(content, words, font_sources=FONT_SOURCES, directory=pdf_directory())
