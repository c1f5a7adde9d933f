"""The registers of decisions and of actions as PDF/UA documents: what each list shows, as it is filtered."""

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
from committees.badges import action_badge, decision_badge
from committees.models import Action, Decision
from committees.models.followup import ActionQuerySet, DecisionQuerySet
from partners.models import Contact

MOST_ROWS = 1000


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


@dataclass(frozen=True, slots=True)
class PrintedAction:
    """One action likewise; ``origin`` is empty for those who do not read the meetings."""

    title: str
    owner: str
    due_on: date | None
    status: str
    closed_on: date | None
    proof: str
    origin: tuple[str, ...]


def read_decisions(decisions: DecisionQuerySet, today: date) -> list[PrintedDecision]:
    """Read what is printed of the first decisions of the list, in a fixed number of queries."""
    related = decisions.select_related(
        "meeting__committee__candidacy", "owner__organisation", "superseded_by"
    ).prefetch_related("supersedes")
    return [_printed(decision, today) for decision in related[:MOST_ROWS]]


def read_actions(actions: ActionQuerySet, today: date, *, with_origin: bool) -> list[PrintedAction]:
    """Read what is printed of the first actions of the list, in one query."""
    related = actions.select_related("owner__organisation", "decision", "meeting")
    return [
        PrintedAction(
            title=action.title,
            owner=_name(action.owner),
            due_on=action.due_on,
            status=action_badge(action.status, action.due_on, today).label,
            closed_on=action.closed_on,
            proof=action.proof,
            origin=_origin(action) if with_origin else (),
        )
        for action in related[:MOST_ROWS]
    ]


def print_decisions(
    candidacy: Candidacy, decisions: Sequence[PrintedDecision], *, filters: Sequence[str]
) -> bytes:
    """Print ``decisions``; ``filters`` say in words what the list was narrowed to. Raises PdfError."""
    return _print(
        candidacy, "committees/pdf/decision_register.html", _("Registre des décisions"), decisions, filters
    )


def print_actions(candidacy: Candidacy, actions: Sequence[PrintedAction], *, filters: Sequence[str]) -> bytes:
    """Print ``actions`` likewise. Raises PdfError."""
    return _print(candidacy, "committees/pdf/action_register.html", _("Suivi des actions"), actions, filters)


def _print(
    candidacy: Candidacy, template: str, title: str, rows: Sequence[object], filters: Sequence[str]
) -> bytes:
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = {"candidacy": candidacy, "title": title, "rows": rows, "filters": filters}
        html = render_to_string(template, context)
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
    return PrintedDecision(
        number=decision.number,
        wording=decision.wording,
        committee=decision.meeting.committee.acronym,
        met_on=decision.meeting.local_day,
        owner=_name(decision.owner),
        due_on=decision.due_on,
        status=decision_badge(decision.status, decision.due_on, today).label,
        note=decision.status_note,
        successor=decision.superseded_by.number if decision.superseded_by else "",
        replaced=tuple(sorted(other.number for other in decision.supersedes.all())),
    )


def _name(owner: Contact | None) -> str:
    return f"{owner} ({owner.organisation.label})" if owner else ""


def _origin(action: Action) -> tuple[str, ...]:
    decision = action.decision.number if action.decision else ""
    return tuple(filter(None, (decision, action.meeting.title if action.meeting else "")))


def _identifier(candidacy: UUID, html: str) -> UUID:
    """Name the document by what it says: printed twice with the same content it is the same document."""
    return uuid5(candidacy, sha256(html.encode()).hexdigest())


def _midnight(candidacy: Candidacy) -> datetime:
    return timezone.localtime(timezone=candidacy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
