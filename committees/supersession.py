"""Which decision takes the place of which. A chain only ever leads to a later meeting, so it never closes on itself."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from committees.models import Decision, Meeting
from core.errors import DomainError


def possible_successors(decision: Decision) -> QuerySet[Decision]:
    """Return the decisions that may take the place of ``decision``: those decided after it."""
    later = Q(meeting__starts_at__gt=decision.meeting.starts_at) | Q(
        meeting=decision.meeting_id, pk__gt=decision.pk
    )
    return (
        Decision.objects.filter(later, candidacy=decision.candidacy_id)
        .exclude(pk=decision.pk)
        .order_by("-meeting__starts_at", "-pk")
    )


def replaceable(meeting: Meeting) -> QuerySet[Decision]:
    """Return the open decisions of which a new one of ``meeting`` may take the place."""
    decisions = Decision.objects.filter(candidacy=meeting.committee.candidacy_id).open()
    return decisions.filter(meeting__starts_at__lte=meeting.starts_at).order_by("-meeting__starts_at", "-pk")


def check_succession(decision: Decision, successor: Decision) -> None:
    """Refuse a successor of another candidacy, and one that was decided before."""
    if successor.candidacy_id != decision.candidacy_id:
        raise DomainError(_("Cette décision est celle d’une autre candidature."))
    if not possible_successors(decision).filter(pk=successor.pk).exists():
        raise DomainError(_("Une décision n’est remplacée que par une décision prise après elle."))
