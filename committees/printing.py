"""What committees print: one document after another through the PDF door, in the dress of the dossier."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.pdf import Document, Limits, Part, render
from core.typography import space_html, space_text

_STYLES = tuple(Path(settings.BASE_DIR) / "static" / "pdf" / name for name in ("dossier.css", "meetings.css"))
_FONT_SOURCES = Path(settings.BASE_DIR) / "node_modules"
#: A person waits before the page.
_LIMITS = Limits(
    part_cpu_seconds=15,
    part_wall_seconds=20,
    wall_seconds=25,
    memory_bytes=settings.PDF_MEMORY_BYTES,
    processes=1,
)


@dataclass(frozen=True)
class Letterhead:
    """Whose document it is, in which language and on which clock."""

    candidacy: str
    bearer: str
    is_fictitious: bool
    language: str
    time_zone: str
    accent_colour: str

    @property
    def mark(self) -> str:
        """What stands at the foot of each page."""
        return _("Candidature fictive de démonstration") if self.is_fictitious else self.bearer


def print_document(
    letterhead: Letterhead, *, title: str, html: str, identifier: str, dated: datetime
) -> bytes:
    """Return the PDF of ``html``, whose first heading has the identifier « titre »; raises PdfError where there can be none.

    The same values give the same bytes.
    """
    with translation.override(letterhead.language), timezone.override(ZoneInfo(letterhead.time_zone)):
        spaced = space_html(html)
        document = Document(
            lang=letterhead.language,
            title=space_text(title),
            author=letterhead.bearer,
            identifier=identifier,
            dated=dated.astimezone(ZoneInfo(letterhead.time_zone)).replace(microsecond=0),
            style="\n".join(path.read_text(encoding="utf-8") for path in _STYLES),
            cover="",
            parts=(Part("texte", space_text(title), spaced, anchor="titre"),),
            accent=letterhead.accent_colour,
            header=space_text(letterhead.candidacy),
            footer=letterhead.mark,
            static_roots=(Path(settings.BASE_DIR) / "static",),
            is_excerpt=True,
        )
    rendered = render(
        document, directory=Path(settings.CACHE_DIR) / "pdf", font_sources=_FONT_SOURCES, limits=_LIMITS
    )
    return rendered.content
