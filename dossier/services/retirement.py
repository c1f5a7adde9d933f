"""Taking a written section off the outline without losing a word: retired, merged into another, restored."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError
from dossier.models import Section
from dossier.services.places import last_position, lock_outline
from dossier.services.states import lock_section
from dossier.services.telling import tell_reviewers, tell_writers
from dossier.services.writing import save_text


@transaction.atomic
def retire_section(*, section: Section, reason: str, by: User) -> Section:
    """Take ``section`` off the outline with its text, revisions and contract, until somebody restores it."""
    lock_outline(section.candidacy)
    locked = lock_section(section)
    return _retire(locked, reason=reason, by=by)


@transaction.atomic
def merge_sections(*, source: Section, target: Section, by: User) -> Section:
    """Append the text of ``source`` to that of ``target`` as a new revision, and retire ``source``.

    The contract of ``target`` stands. Both are locked in the order of their keys, so that two merges never wait for
    one another.
    """
    lock_outline(source.candidacy)
    if source.pk == target.pk or source.candidacy_id != target.candidacy_id:
        raise DomainError(_("Choisissez une autre section de la candidature."))
    locked = {pk: lock_section(row) for pk, row in sorted({source.pk: source, target.pk: target}.items())}
    merged, kept = locked[source.pk], locked[target.pk]
    reason = _("Fusionnée dans « %(title)s »") % {"title": kept.title}
    # Retired first: its tables keep their identities in the other text.
    _retire(merged, reason=reason[:300], by=by, merged_into=kept)
    if merged.body:
        return save_text(section=kept, body=kept.body + merged.body, expected_revision=kept.revision, by=by)
    return kept


@transaction.atomic
def restore_section(*, section: Section) -> Section:
    """Bring a retired section back to the end of its part, or among the parts when that is no part any more."""
    lock_outline(section.candidacy)
    locked = Section.objects.select_for_update(of=("self",)).select_related("candidacy").get(pk=section.pk)
    if not locked.is_retired:
        return locked
    part = locked.parent
    if part is not None and (part.is_retired or part.parent_id is not None):
        part = None
    locked.parent = part
    locked.position = last_position(locked.candidacy, part) + 1
    locked.retired_at = locked.retired_by = locked.merged_into = None
    locked.retirement_reason = ""
    locked.save()
    return locked


def _retire(section: Section, *, reason: str, by: User, merged_into: Section | None = None) -> Section:
    if section.is_frozen:
        raise DomainError(_("Cette section est figée : levez le gel avant de la retirer du plan."))
    if section.children.live().exists():
        raise DomainError(_("Cette partie contient des sections : déplacez-les d’abord."))
    if not reason.strip():
        raise DomainError(_("Dites pourquoi la section est retirée : la raison reste avec elle."))
    section.retired_at = timezone.now()
    section.retired_by = by
    section.retirement_reason = reason.strip()
    section.merged_into = merged_into
    section.save()
    tell_writers(section, by=by)
    tell_reviewers(section, by=by)
    return section
