"""The register of decisions as a PDF/UA document: what the list shows, as it is filtered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from committees.badges import decision_badge
from committees.models import Decision
from committees.models.followup import DecisionQuerySet
from core.pdf import Document, Limits, Part, RenderedPdf, Wording, render
from core.typography import space_text

FONT_SOURCES = Path(settings.BASE_DIR) / "node_modules"
_STYLE = Path(settings.BASE_DIR) / "static" / "pdf" / "register.css"
#: A register is printed while a person waits; longer ones are narrowed first, or taken as a spreadsheet.
LIMITS = Limits(
    part_cpu_seconds=30,
    part_wall_seconds=40,
    wall_seconds=50,
    memory_bytes=settings.PDF_MEMORY_BYTES,
    processes=1,
)
MOST_DECISIONS = 1000


@dataclass(frozen=True, slots=True)
class PrintedDecision:
    """One decision in plain values: nothing is read while the document is laid out."""

    number: str
    wording: str
    committee: str
    met_on: date
    owner: str
    due_on: date | None
    status: str
    note: str
    successor: str
    replaced: tuple[str, ...]


def read_register(decisions: DecisionQuerySet, today: date) -> list[PrintedDecision]:
    """Read what is printed of the first decisions of the list, in a fixed number of queries."""
    related = decisions.select_related(
        "meeting__committee__candidacy", "owner__organisation", "superseded_by"
    ).prefetch_related("supersedes")
    return [_printed(decision, today) for decision in related[:MOST_DECISIONS]]


def print_register(
    candidacy: Candidacy, decisions: Sequence[PrintedDecision], *, filters: Sequence[str]
) -> RenderedPdf:
    """Print ``decisions``; ``filters`` say in words what the list was narrowed to. Raises PdfError."""
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = {"candidacy": candidacy, "decisions": decisions, "filters": filters}
        html = render_to_string("committees/pdf/decision_register.html", context)
        title = _("Registre des décisions")
        document = Document(
            lang=candidacy.language,
            title=_("%(title)s – %(candidacy)s") % {"title": title, "candidacy": candidacy.title},
            author=candidacy.bearer_name,
            identifier=_identifier(candidacy.public_id, html).urn,
            dated=_midnight(candidacy),
            style=_STYLE.read_text(encoding="utf-8"),
            accent=candidacy.accent_colour,
            header=space_text(candidacy.title),
            footer=_("Candidature fictive de démonstration")
            if candidacy.is_fictitious
            else candidacy.bearer_name,
            cover="",
            parts=(Part(key="register", title=title, html=html, anchor="register-title"),),
            static_roots=(Path(settings.BASE_DIR) / "static",),
            wording=Wording(),
            is_excerpt=True,
        )
    directory = Path(settings.CACHE_DIR) / "pdf"
    return render(document, directory=directory, font_sources=FONT_SOURCES, limits=LIMITS)


def _printed(decision: Decision, today: date) -> PrintedDecision:
    owner = decision.owner
    return PrintedDecision(
        number=decision.number,
        wording=decision.wording,
        committee=decision.meeting.committee.acronym,
        met_on=decision.meeting.local_day,
        owner=f"{owner} ({owner.organisation.label})" if owner else "",
        due_on=decision.due_on,
        status=decision_badge(decision.status, decision.due_on, today).label,
        note=decision.status_note,
        successor=decision.superseded_by.number if decision.superseded_by else "",
        replaced=tuple(sorted(other.number for other in decision.supersedes.all())),
    )


def _identifier(candidacy: UUID, html: str) -> UUID:
    """Name the document by what it says: printed twice with the same content it is the same document."""
    return uuid5(candidacy, sha256(html.encode()).hexdigest())


def _midnight(candidacy: Candidacy) -> datetime:
    return timezone.localtime(timezone=candidacy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
