"""The lists of meetings, decisions and actions as rows of a spreadsheet. No address, no telephone number."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from committees.answers import count_answers
from committees.models import Action, Decision
from committees.models.meeting import MeetingQuerySet
from core.spreadsheet import Cell

MEETING_HEADER: Sequence[Cell] = (
    _("Comité"),
    _("Réunion"),
    _("Début"),
    _("Durée (minutes)"),
    _("Lieu"),
    _("État"),
    _("Personnes invitées"),
    _("Présent·e·s annoncé·e·s"),
    _("À distance"),
    _("Excusé·e·s"),
    _("Représenté·e·s"),
    _("Sans réponse"),
)
DECISION_HEADER: Sequence[Cell] = (
    _("Numéro"),
    _("Comité"),
    _("Réunion du"),
    _("Décision"),
    _("Responsable"),
    _("Structure"),
    _("Échéance"),
    _("État"),
    _("Suite donnée"),
    _("Remplacée par"),
)
ACTION_HEADER: Sequence[Cell] = (
    _("Action"),
    _("Responsable"),
    _("Structure"),
    _("Échéance"),
    _("État"),
    _("Close le"),
    _("Preuve ou suite"),
)
ACTION_ORIGIN_HEADER: Sequence[Cell] = (_("Décision"), _("Réunion"))


def meeting_rows(meetings: MeetingQuerySet) -> Iterator[Sequence[Cell]]:
    rows = list(meetings.select_related("committee"))
    counts = count_answers(meeting.pk for meeting in rows)
    for meeting in rows:
        answers = counts[meeting.pk]
        yield (
            meeting.committee.acronym,
            meeting.title,
            meeting.starts_at,
            meeting.duration_minutes,
            meeting.place,
            meeting.get_status_display(),
            answers.invited,
            answers.present,
            answers.remote,
            answers.excused,
            answers.represented,
            answers.none,
        )


def decision_rows(decisions: Iterable[Decision]) -> Iterator[Sequence[Cell]]:
    for decision in decisions:
        owner = decision.owner
        yield (
            decision.number,
            decision.meeting.committee.acronym,
            decision.meeting.local_day,
            decision.wording,
            owner.get_full_name() if owner else "",
            owner.organisation.name if owner else "",
            decision.due_on,
            decision.get_status_display(),
            decision.status_note,
            decision.superseded_by.number if decision.superseded_by else "",
        )


def action_rows(actions: Iterable[Action], *, with_origin: bool) -> Iterator[Sequence[Cell]]:
    """Write the actions; where they come from is told only to those who read the meetings."""
    for action in actions:
        owner = action.owner
        row = (
            action.title,
            owner.get_full_name() if owner else "",
            owner.organisation.name if owner else "",
            action.due_on,
            action.get_status_display(),
            action.closed_on,
            action.proof,
        )
        yield (*row, *_origin(action)) if with_origin else row


def _origin(action: Action) -> tuple[Cell, Cell]:
    return (
        action.decision.number if action.decision else "",
        action.meeting.title if action.meeting else "",
    )
