"""The convocation on paper: who is called to what, when and where, with the agenda as its reader may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from committees.meeting_page import lay_out
from committees.models import Meeting
from committees.organisers import organiser_of
from committees.preparation import FollowUp, follow_up_of
from committees.reserved import as_shown, papers_shown
from core.pdf import Document, Limits, Part, render
from core.typography import space_html, space_text

_FONT_SOURCES = Path(settings.BASE_DIR) / "node_modules"
_STYLES = [Path(settings.BASE_DIR) / "static" / "pdf" / name for name in ("dossier.css", "meeting.css")]
#: Two pages of plain text: what takes longer is wrong.
_LIMITS = Limits(
    part_cpu_seconds=15,
    part_wall_seconds=20,
    wall_seconds=25,
    memory_bytes=settings.PDF_MEMORY_BYTES,
    processes=1,
)


#: What is printed of a meeting beside its own fields; whoever prints for many reads it along.
READ_ALONG = ("agenda_items__papers", "agenda_items__carried_from__meeting")


@dataclass(frozen=True, slots=True)
class Printout:
    """All that decides the bytes: the same printout is printed once for the people of a meeting."""

    title: str
    html: str
    identifier: str
    dated: datetime
    language: str
    author: str
    header: str
    footer: str
    accent: str


def print_convocation(meeting: Meeting, *, with_reserved: bool) -> bytes:
    """Return the PDF for those who read what is confidential, or for the others. Raises PdfError."""
    return _printed(compose(meeting, with_reserved=with_reserved))


def compose(meeting: Meeting, *, with_reserved: bool) -> Printout:
    candidacy = meeting.committee.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        title = _("Convocation – %(title)s") % {"title": meeting.title}
        variant = "reserved" if with_reserved else "open"
        return Printout(
            title=space_text(title),
            html=space_html(
                render_to_string(
                    "committees/pdf/convocation.html", _context(meeting, with_reserved=with_reserved)
                )
            ),
            identifier=_identifier(meeting.public_id, variant),
            dated=meeting.updated_at.astimezone(candidacy.zone).replace(microsecond=0),
            language=candidacy.language,
            author=candidacy.bearer_name,
            header=space_text(candidacy.title),
            footer=_("Candidature fictive de démonstration")
            if candidacy.is_fictitious
            else candidacy.bearer_name,
            accent=candidacy.accent_colour,
        )


def _identifier(public_id: UUID, variant: str) -> str:
    return uuid5(public_id, f"convocation-{variant}").urn


def _context(meeting: Meeting, *, with_reserved: bool) -> Mapping[str, object]:
    prefetch_related_objects([meeting], *READ_ALONG)
    items = meeting.agenda_items.all()
    shown = as_shown(items, with_reserved=with_reserved)
    agenda = lay_out(shown, meeting.duration_minutes, meeting.starts_at)
    return {
        "meeting": meeting,
        "committee": meeting.committee,
        "agenda": agenda,
        "lines": [
            (line, papers_shown(item, with_reserved=with_reserved))
            for line, item in zip(agenda.lines, shown, strict=True)
        ],
        "follow_up": follow_up_of(meeting) if with_reserved else FollowUp(),
        "organiser": organiser_of(meeting.committee.candidacy, meeting.convened_by),
    }


@lru_cache(maxsize=16)
def _printed(printout: Printout) -> bytes:
    document = Document(
        lang=printout.language,
        title=printout.title,
        author=printout.author,
        identifier=printout.identifier,
        dated=printout.dated,
        style="\n".join(path.read_text(encoding="utf-8") for path in _STYLES),
        cover="",
        parts=(Part("convocation", printout.title, printout.html),),
        accent=printout.accent,
        header=printout.header,
        footer=printout.footer,
        is_excerpt=True,
        static_roots=(Path(settings.BASE_DIR) / "static",),
    )
    printed = render(
        document, directory=Path(settings.CACHE_DIR) / "pdf", font_sources=_FONT_SOURCES, limits=_LIMITS
    )
    return printed.content
