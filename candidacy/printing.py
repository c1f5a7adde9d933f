"""What a candidacy prints beside its dossier, one document at a time and while somebody waits, in the dossier's dress."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.pdf import Document, Limits, Part, render
from core.typography import space_html, space_text

_STATIC = Path(settings.BASE_DIR) / "static"
FONT_SOURCES = Path(settings.BASE_DIR) / "node_modules"
#: The looks of the dossier, and of papers of a page or two.
PAPERS = ("dossier.css", "papers.css")
#: A long register takes half a minute; what takes longer is wrong.
_LIMITS = Limits(
    part_cpu_seconds=30,
    part_wall_seconds=40,
    wall_seconds=50,
    memory_bytes=settings.PDF_MEMORY_BYTES,
    processes=1,
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose document it is, in which language and on which clock."""

    candidacy: str
    bearer: str
    is_fictitious: bool
    language: str
    time_zone: str
    accent_colour: str

    @classmethod
    def of(cls, candidacy: Candidacy) -> "Letterhead":
        return cls(
            candidacy=candidacy.title,
            bearer=candidacy.bearer_name,
            is_fictitious=candidacy.is_fictitious,
            language=candidacy.language,
            time_zone=candidacy.time_zone,
            accent_colour=candidacy.accent_colour,
        )

    @property
    def mark(self) -> str:
        """What stands at the foot of each page."""
        return _("Candidature fictive de démonstration") if self.is_fictitious else self.bearer


@dataclass(frozen=True, slots=True)
class Printout:
    """All that decides the bytes: the same printout gives the same file."""

    letterhead: Letterhead
    title: str
    #: Its first heading has the identifier « titre ».
    html: str
    #: Unique and stable, as a URN.
    identifier: str
    #: The date of the content, not of the printing.
    dated: datetime
    #: Style sheets of static/pdf, in order.
    sheets: tuple[str, ...]


def print_out(printout: Printout) -> bytes:
    """Return the PDF; raises PdfError where there can be none."""
    letterhead = printout.letterhead
    zone = ZoneInfo(letterhead.time_zone)
    with translation.override(letterhead.language), timezone.override(zone):
        title = space_text(printout.title)
        document = Document(
            lang=letterhead.language,
            title=title,
            author=letterhead.bearer,
            identifier=printout.identifier,
            dated=printout.dated.astimezone(zone).replace(microsecond=0),
            style="\n".join((_STATIC / "pdf" / name).read_text(encoding="utf-8") for name in printout.sheets),
            cover="",
            parts=(Part("texte", title, space_html(printout.html), anchor="titre"),),
            accent=letterhead.accent_colour,
            header=space_text(letterhead.candidacy),
            footer=letterhead.mark,
            static_roots=(_STATIC,),
            is_excerpt=True,
        )
    rendered = render(
        document, directory=Path(settings.CACHE_DIR) / "pdf", font_sources=FONT_SOURCES, limits=_LIMITS
    )
    return rendered.content
