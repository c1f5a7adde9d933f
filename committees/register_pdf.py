"""The register of decisions as a PDF/UA document: what the list shows, as it is filtered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID, uuid5

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from candidacy.printing import Letterhead, Printout, print_out
from committees.badges import decision_badge
from committees.models import Decision
from committees.models.followup import DecisionQuerySet

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
) -> bytes:
    """Print ``decisions``; ``filters`` say in words what the list was narrowed to. Raises PdfError."""
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = {"candidacy": candidacy, "decisions": decisions, "filters": filters}
        html = render_to_string("committees/pdf/decision_register.html", context)
        title = _("Registre des décisions")
    return print_out(
        Printout(
            letterhead=Letterhead.of(candidacy),
            title=_("%(title)s – %(candidacy)s") % {"title": title, "candidacy": candidacy.title},
            html=html,
            identifier=_identifier(candidacy.public_id, html).urn,
            dated=_midnight(candidacy),
            sheets=("register.css",),
        )
    )


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
