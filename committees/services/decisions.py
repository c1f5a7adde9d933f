from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import AgendaItem, Decision, Meeting
from committees.services.locking import already_made, changed_fields, identity, lock, save_changes
from committees.supersession import check_succession
from core.errors import DomainError
from partners.models import Contact

#: A decision that is not to be applied any more says why.
EXPLAINED = frozenset({Decision.Status.SUPERSEDED, Decision.Status.ABANDONED})

#: What approved minutes say of a decision; how it is followed up goes on.
SETTLED = ("wording", "agenda_item")


class DecisionFields(TypedDict, total=False):
    agenda_item: AgendaItem | None
    wording: str
    owner: Contact | None
    due_on: date | None
    status: str
    status_note: str
    superseded_by: Decision | None


@transaction.atomic
def record_decision(
    *,
    meeting: Meeting,
    replaces: Decision | None = None,
    public_id: UUID | None = None,
    **fields: Unpack[DecisionFields],
) -> Decision:
    """Write down a decision under the next number of its committee and month: COPIL-2026-03-D2.

    The decision that it ``replaces`` is no longer open, and says so.

    The committee's row is locked, so two people who decide at once get two numbers.
    """
    committee = lock(meeting.committee)
    if (decision := already_made(meeting.decisions.all(), public_id)) is not None:
        return decision
    current = lock(meeting)
    if not (current.is_held or (current.is_convened and current.has_started)):
        raise DomainError(_("Une décision s’enregistre à partir de l’ouverture de la réunion."))
    if current.has_approved_minutes:
        raise DomainError(
            _(
                "Le compte rendu est approuvé\u00a0: aucune décision ne s’y ajoute, une réunion suivante le rectifie."
            )
        )
    decision = Decision(meeting=current, candidacy=committee.candidacy, **identity(public_id), **fields)
    decision.number = _next_number(current)
    _check(decision)
    decision.full_clean()
    decision.save()
    if replaces is not None:
        _replace(lock(replaces), decision)
    return decision


@transaction.atomic
def edit_decision(
    *, decision: Decision, expected_revision: int, **fields: Unpack[DecisionFields]
) -> Decision:
    """Change a decision; its number stays for ever.

    A decision that is given a successor is superseded; one that is taken out of that state has none any more.
    Once the minutes are approved, what was decided and under which item is settled.
    """
    meeting = lock(decision.meeting)  # as their approval does
    locked = lock(decision)
    touched = changed_fields(locked, {name: value for name, value in fields.items() if name in SETTLED})
    if touched and meeting.has_approved_minutes:
        raise DomainError(
            _(
                "Le compte rendu est approuvé\u00a0: le texte de la décision et son point ne changent plus, une réunion "
                "suivante les rectifie."
            )
        )
    successor = fields.get("superseded_by", locked.superseded_by)
    if successor is not None and successor != locked.superseded_by:
        fields["status"] = Decision.Status.SUPERSEDED
    elif fields.get("status", locked.status) != Decision.Status.SUPERSEDED:
        fields["superseded_by"] = None
    changed = save_changes(locked, fields, expected_revision=expected_revision)
    if changed:
        _check(locked)
    return locked


def _replace(decision: Decision, successor: Decision) -> None:
    if decision.status != Decision.Status.OPEN:
        raise DomainError(
            _("La décision %(number)s n’est plus à appliquer : elle ne se remplace pas.")
            % {"number": decision.number}
        )
    decision.status, decision.superseded_by = Decision.Status.SUPERSEDED, successor
    decision.revision += 1
    _check(decision)
    decision.full_clean()
    decision.save()


def _check(decision: Decision) -> None:
    if decision.agenda_item and decision.agenda_item.meeting_id != decision.meeting_id:
        raise DomainError(_("Ce point appartient à l’ordre du jour d’une autre réunion."))
    if decision.owner and decision.owner.candidacy_id != decision.candidacy_id:
        raise DomainError(_("Cette personne n’est pas un contact de la candidature."))
    if decision.superseded_by is not None:
        check_succession(decision, decision.superseded_by)
    elif decision.status in EXPLAINED and not decision.status_note:
        raise DomainError(_("Dites par quoi la décision est remplacée, ou pourquoi elle est abandonnée."))


def _next_number(meeting: Meeting) -> str:
    prefix = f"{meeting.committee.acronym}-{meeting.local_day:%Y-%m}-D"
    taken = Decision.objects.filter(
        candidacy=meeting.committee.candidacy, number__startswith=prefix
    ).values_list("number", flat=True)
    ranks = [int(rank) for number in taken if (rank := number.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(ranks, default=0) + 1}"
