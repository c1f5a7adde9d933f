from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from committees.models import Action, AgendaItem, Decision, Meeting
from committees.services.locking import already_made, identity, lock, save_changes
from core.errors import DomainError
from partners.models import Contact


class ActionFields(TypedDict, total=False):
    title: str
    agenda_item: AgendaItem | None
    decision: Decision | None
    owner: Contact | None
    due_on: date | None
    status: str
    proof: str


@transaction.atomic
def create_action(
    *,
    candidacy: Candidacy,
    meeting: Meeting | None = None,
    public_id: UUID | None = None,
    **fields: Unpack[ActionFields],
) -> Action:
    """Note a follow-up; one that comes from a decision belongs to the meeting of that decision."""
    locked = lock(candidacy)
    if (action := already_made(locked.actions.all(), public_id)) is not None:
        return action
    decision = fields.get("decision")
    action = Action(
        candidacy=locked,
        meeting=meeting or (decision.meeting if decision else None),
        **identity(public_id),
        **fields,
    )
    action.closed_on = _closed_on(action, action.status)
    _check(action)
    action.full_clean()
    action.save()
    return action


@transaction.atomic
def edit_action(*, action: Action, expected_revision: int, **fields: Unpack[ActionFields]) -> Action:
    """Change an action; the day it was closed follows its state."""
    locked = lock(action)
    status = fields.get("status", locked.status)
    save_changes(
        locked,
        {**fields, "closed_on": _closed_on(locked, status)},
        expected_revision=expected_revision,
    )
    _check(locked)
    return locked


@transaction.atomic
def report_action(*, action: Action, expected_revision: int, status: str, proof: str) -> Action:
    """Let the owner say how far an action has come."""
    return edit_action(action=action, expected_revision=expected_revision, status=status, proof=proof)


def _closed_on(action: Action, status: str) -> date | None:
    if status in {Action.Status.TO_DO, Action.Status.IN_PROGRESS}:
        return None
    return action.closed_on or timezone.localdate(timezone=action.candidacy.zone)


def _check(action: Action) -> None:
    if action.owner and action.owner.candidacy_id != action.candidacy_id:
        raise DomainError(_("Cette personne n’est pas un contact de la candidature."))
    if action.decision and action.decision.candidacy_id != action.candidacy_id:
        raise DomainError(_("Cette décision est celle d’une autre candidature."))
    if action.agenda_item and action.agenda_item.meeting_id != action.meeting_id:
        raise DomainError(_("Ce point appartient à l’ordre du jour d’une autre réunion."))
    if action.meeting and action.meeting.committee.candidacy_id != action.candidacy_id:
        raise DomainError(_("Cette réunion est celle d’une autre candidature."))
