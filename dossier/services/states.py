"""Where a section stands: every move is checked against ``dossier.workflow`` and logged, whoever makes it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError, StaleRevisionError
from dossier.models import Section, StateChange
from dossier.permissions import hats_of
from dossier.services.telling import tell_reviewers, tell_writers
from dossier.workflow import RECOMMENDERS, find_move

Status = Section.Status


@transaction.atomic
def change_status(
    *, section: Section, target: str, by: User, note: str = "", seen: str | None = None
) -> Section:
    """Take ``section`` to ``target`` by one of the ways of ``dossier.workflow``; being there already is no error.

    ``seen`` is the state that the person had before their eyes: when somebody moved the section meanwhile, that move
    stands and this one is refused. A program has seen nothing and passes None.
    """
    locked = lock_section(section)
    if seen is not None and seen != locked.status:
        raise StaleRevisionError(_overtaken(locked))
    if locked.status == target:
        return locked
    move = find_move(locked.status, target)
    if move is None or not (move.takers & hats_of(by, locked)):
        raise DomainError(
            _("Cette section est maintenant « %(status)s » : ce changement n’est plus possible.")
            % {"status": locked.get_status_display()}
        )
    if target in {Status.IN_REVIEW, Status.VALIDATED} and _is_missing_its_text(locked):
        raise DomainError(_("Rien n’est encore écrit dans cette section."))
    if move.needs_reason and not note.strip():
        raise DomainError(_("Dites pourquoi : la raison reste dans le parcours de la section."))
    return note_state_change(section=locked, target=target, by=by, note=note)


@transaction.atomic
def recommend_validation(*, section: Section, by: User, note: str = "") -> StateChange:
    """Log that a reviewer finds the text in review good; validating it stays with the lead and the team."""
    locked = lock_section(section)
    if locked.status != Status.IN_REVIEW or not (RECOMMENDERS & hats_of(by, locked)):
        raise DomainError(
            _("Cette section est maintenant « %(status)s » : elle n’attend pas d’avis.")
            % {"status": locked.get_status_display()}
        )
    handed_in = locked.state_changes.into_review().in_order().last()
    own = locked.state_changes.filter(moved_by=by, source=Status.IN_REVIEW, target=Status.IN_REVIEW)
    if handed_in is not None:
        own = own.filter(pk__gt=handed_in.pk)
    return own.first() or _log(locked, Status.IN_REVIEW, by=by, note=note)


def note_state_change(*, section: Section, target: str, by: User | None, note: str = "") -> Section:
    """Write the new state of a locked section and its line in the log, and tell those it concerns."""
    _log(section, target, by=by, note=note)
    section.status = target
    section.status_note = note.strip()
    section.save(update_fields=["status", "status_note", "updated_at"])
    tell_writers(section, by=by)
    tell_reviewers(section, by=by)
    return section


def lock_section(section: Section) -> Section:
    """Return ``section`` as it stands, kept from other writers; a retired one is refused."""
    rows = Section.objects.select_for_update(of=("self",)).select_related("candidacy")
    locked = rows.get(pk=section.pk)
    if locked.is_retired:
        raise DomainError(_("Cette section vient d’être retirée du plan."))
    return locked


def _log(section: Section, target: str, *, by: User | None, note: str) -> StateChange:
    change = StateChange(
        section=section, source=section.status, target=target, reason=note.strip(), moved_by=by
    )
    change.clean_fields(exclude=["section", "moved_by"])
    change.save()
    return change


def _overtaken(section: Section) -> str:
    """Say who moved the section while the person looked at it."""
    last = section.state_changes.in_order().select_related("moved_by").last()
    facts = {"status": section.get_status_display(), "person": last and last.moved_by}
    if last is None or last.moved_by is None:
        return _("La section vient de passer à « %(status)s » : rien n’a été changé de plus.") % facts
    return _("%(person)s vient de passer la section à « %(status)s » : rien n’a été changé de plus.") % facts


def _is_missing_its_text(section: Section) -> bool:
    """Whether there is nothing to judge: chapters of live data and parts that hold others may stay without text."""
    return not section.body and section.kind == Section.Kind.TEXT and not section.children.live().exists()
