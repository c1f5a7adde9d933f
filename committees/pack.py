"""The papers of a meeting as one file: contents, then each paper behind the other, numbered from the first page to the last."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid5

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.printing import FONT_SOURCES, PAPERS, Letterhead, Printout, print_out
from committees.models import AgendaItem, AgendaPaper, Meeting
from committees.reserved import as_shown, papers_shown
from core.pdf import PdfError
from core.pdf.packing import Enclosure, count_pages, pack

#: Of all papers together: what is joined is held in memory once.
MAX_BYTES = 150 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackedPaper:
    paper: AgendaPaper
    #: Its first and last page in the whole; None for what cannot be joined.
    first_page: int | None = None
    last_page: int | None = None
    #: Why it is handed over apart.
    apart: str = ""


@dataclass(frozen=True, slots=True)
class PackedItem:
    number: int
    item: AgendaItem
    papers: tuple[PackedPaper, ...]


def print_pack(meeting: Meeting, *, with_reserved: bool) -> bytes:
    """Return the papers that the reader may read, as one PDF. Raises PdfError where there can be none.

    What is no PDF, or one that cannot be opened, is named in the contents and left out.
    """
    items = as_shown(meeting.agenda_items.prefetch_related("papers"), with_reserved=with_reserved)
    papers = [(item, papers_shown(item, with_reserved=with_reserved)) for item in items]
    joined = [paper for _item, rows in papers for paper in rows if paper.format == AgendaPaper.Format.PDF]
    if sum(paper.size for paper in joined) > MAX_BYTES:
        raise PdfError(_("Les pièces pèsent ensemble plus de 150 Mo\u00a0: téléchargez-les une à une."))
    directory = Path(settings.CACHE_DIR) / "pdf"
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix="pack-") as folder:
        copies = {paper.pk: _copy(paper, Path(folder)) for paper in joined}
        counted = dict(zip(copies, count_pages(list(copies.values())), strict=True))
        front = _front(meeting, _laid_out(papers, counted, 1), with_reserved=with_reserved)
        (first := Path(folder) / "front.pdf").write_bytes(front)
        if (length := count_pages([first])[0] or 1) > 1:
            front = _front(meeting, _laid_out(papers, counted, length), with_reserved=with_reserved)
        enclosures = [Enclosure(copies[paper.pk], paper.title) for paper in joined if counted[paper.pk]]
        return pack(front, enclosures, font_sources=FONT_SOURCES, directory=directory)


def _copy(paper: AgendaPaper, folder: Path) -> Path:
    """Bring the file to where a process without the storage can read it."""
    path = folder / f"{paper.public_id}.pdf"
    try:
        with paper.file.open("rb") as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except FileNotFoundError as error:
        raise PdfError(
            _("La pièce «\u00a0%(title)s\u00a0» n’est plus là.") % {"title": paper.title}
        ) from error
    return path


def _laid_out(
    papers: Sequence[tuple[AgendaItem, Sequence[AgendaPaper]]], counted: dict[int, int | None], front: int
) -> list[PackedItem]:
    """Say on which pages each paper comes to stand behind ``front`` pages."""
    page = front
    packed = []
    for number, (item, rows) in enumerate(papers, start=1):
        placed = []
        for paper in rows:
            pages = counted.get(paper.pk)
            if pages:
                placed.append(PackedPaper(paper, page + 1, page + pages))
                page += pages
            elif paper.format == AgendaPaper.Format.PDF:
                placed.append(PackedPaper(paper, apart=_("protégée ou illisible, remise à part")))
            else:
                placed.append(
                    PackedPaper(
                        paper, apart=_("%(format)s, remise à part") % {"format": paper.get_format_display()}
                    )
                )
        packed.append(PackedItem(number, item, tuple(placed)))
    return packed


def _front(meeting: Meeting, items: Sequence[PackedItem], *, with_reserved: bool) -> bytes:
    candidacy = meeting.committee.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        html = render_to_string("committees/pdf/pack.html", {"meeting": meeting, "items": items})
        title = _("Dossier de séance – %(title)s") % {"title": meeting.title}
    return print_out(
        Printout(
            letterhead=Letterhead.of(candidacy),
            title=title,
            html=html,
            identifier=uuid5(meeting.public_id, f"pack {with_reserved}").urn,
            dated=meeting.updated_at,
            sheets=PAPERS,
        )
    )
